"""A command in a letter means its root wherever it is typed; where that is found anyway, unsaid."""

from __future__ import annotations

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
