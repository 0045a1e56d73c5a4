"""A command in a letter means its root wherever it is typed; where that is found anyway, unsaid."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import pytest

from daemon.root.layout import Layout
from daemon.root.own_command import command_here, own_command


@pytest.mark.parametrize("name", ["films", "my films", "it's", "$HOME;x"])
def test_a_shell_reads_the_root_that_is_meant(tmp_path: Path, name: str) -> None:
    words = shlex.split(own_command(Layout(tmp_path / name), "retry 'a b.yaml'"))

    assert words == ["hotfolder", "--root", str(tmp_path / name), "retry", "a b.yaml"]


def test_the_root_that_is_found_anywhere_goes_unsaid(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("HOTFOLDER_ROOT", raising=False)
    monkeypatch.chdir(tmp_path)
    usual = Layout((tmp_path / "Hotfolder").resolve())

    assert own_command(usual, "retry a") == command_here(usual, "retry a") == "hotfolder retry a"
    assert own_command(usual) == "hotfolder"


@pytest.mark.parametrize("how", ["named in the environment", "stood in"])
def test_the_root_of_this_shell_goes_unsaid_here_and_is_said_in_letters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    root = tmp_path / "films"
    (root / ".hotfolder").mkdir(parents=True)
    (root / ".hotfolder" / "id").touch()
    monkeypatch.delenv("HOTFOLDER_ROOT", raising=False)
    if how == "stood in":
        monkeypatch.chdir(root)
    else:
        monkeypatch.setenv("HOTFOLDER_ROOT", str(root))

    layout = Layout(root.resolve())
    assert command_here(layout, "resume ep") == "hotfolder resume ep"
    assert own_command(layout, "retry a") == f"hotfolder --root {layout.root} retry a"


def test_a_root_is_named_where_neither_a_home_nor_this_folder_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.delenv("HOTFOLDER_ROOT", raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000)  # of whom no passwd knows a home
    layout = Layout(tmp_path / "films")

    for said in (own_command(layout, "retry a"), command_here(layout, "retry a")):
        assert said == f"hotfolder --root {tmp_path}/films retry a"
