"""The launch agent's file: what it says, and that nothing odd gets into it or is taken for it."""

from __future__ import annotations

import os
import plistlib
import re
import stat
import sys
import xml.parsers.expat
from pathlib import Path

import pytest
from support.mac import Mac, you
from support.places import HOME

from daemon.errors import SetupError, UsageError
from daemon.service import (
    LABEL,
    launchd_plist,
    text,
    trim_logs,
    write_if_changed,
)
from daemon.service import target as facts

COMMITTED = HOME / "launchd" / f"{LABEL}.plist"


def test_the_committed_plist_is_what_the_generator_prints_for_a_person_named_you() -> None:
    assert COMMITTED.read_bytes() == launchd_plist.render(you())
    assert COMMITTED.stem == LABEL


def test_printing_changes_nothing_and_gives_the_same_bytes_every_time(tmp_path: Path) -> None:
    once = text(tmp_path / "Hotfolder", kind="launchd")

    assert text(tmp_path / "Hotfolder", kind="launchd") == once
    assert list(tmp_path.iterdir()) == []


def test_the_plist_has_exactly_the_keys_it_should_with_exactly_the_right_types() -> None:
    keys = plistlib.loads(launchd_plist.render(you()))

    assert keys == {
        "Label": "com.hotfolder.daemon",
        "ProgramArguments": [
            "/Users/you/src/hotfolder/.venv/bin/python", "-m", "daemon", "run", "--service",
            "--root", "/Users/you/Hotfolder",
        ],
        "WorkingDirectory": "/Users/you/Hotfolder",
        "RunAtLoad": True,
        "KeepAlive": {"SuccessfulExit": False},
        "ThrottleInterval": 30,
        "ExitTimeOut": 45,
        "ProcessType": "Interactive",
        "LimitLoadToSessionType": "Aqua",
        "EnvironmentVariables": keys["EnvironmentVariables"],
        "StandardOutPath": "/Users/you/Library/Logs/Hotfolder/launchd.out.log",
        "StandardErrorPath": "/Users/you/Library/Logs/Hotfolder/launchd.err.log",
        "Umask": 18,
        "SoftResourceLimits": {"NumberOfFiles": 4096},
    }  # fmt: skip
    assert keys["RunAtLoad"] is True
    assert keys["KeepAlive"]["SuccessfulExit"] is False
    assert all(type(keys[name]) is int for name in ("ThrottleInterval", "ExitTimeOut", "Umask"))
    assert re.fullmatch(r"[A-Za-z0-9.-]+", keys["Label"])


def test_the_environment_is_all_strings_and_holds_no_secret() -> None:
    environment = launchd_plist.agent(you())["EnvironmentVariables"]

    assert all(type(value) is str and value for value in environment.values())
    assert environment["PATH"].startswith("/Users/you/src/hotfolder/.venv/bin:/opt/homebrew/bin:")
    assert environment["HF_HUB_OFFLINE"] == "1"
    assert not [name for name in environment if re.search("token|key|secret|watermark", name, re.I)]


def test_the_plist_is_xml_that_a_strict_parser_reads_without_the_network() -> None:
    content = launchd_plist.render(you())

    xml.parsers.expat.ParserCreate().Parse(content, True)
    assert content.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE plist PUBLIC')


def test_every_path_in_the_plist_is_absolute_and_free_of_shell_signs() -> None:
    keys = launchd_plist.agent(you())
    paths = [
        keys["ProgramArguments"][0], keys["ProgramArguments"][-1], keys["WorkingDirectory"],
        keys["StandardOutPath"], keys["StandardErrorPath"],
    ]  # fmt: skip

    for path in paths:
        assert path.startswith("/")
        assert not re.search(r"[~$%{\n]|//", path)


@pytest.mark.parametrize(
    "name",
    ["with space", "o'clock", "R&D", "a<b>c", "Zoë", "Zoe\u0308", "数", 'quo"te', "100%", "$HOME"],
)
def test_odd_homes_survive_the_plist(name: str) -> None:
    target = you(f"/Users/{name}")

    assert plistlib.loads(launchd_plist.render(target)) == launchd_plist.agent(target)
    assert launchd_plist.root_of(launchd_plist.render(target)) == f"/Users/{name}/Hotfolder"


def test_a_folder_with_a_newline_in_its_name_is_refused_in_words() -> None:
    with pytest.raises(UsageError, match="control character"):
        facts.target(Path("/Users/you/Hot\nfolder"))


def test_the_environments_python_is_not_followed_to_the_one_behind_it(tmp_path: Path) -> None:
    link = tmp_path / "python"
    link.symlink_to(sys.executable)

    assert facts.target(tmp_path, link).argv()[0] == str(link)


def test_garbage_is_not_taken_for_our_agent() -> None:
    for content in (b"", b"\xff\xfe", b"bplist00garbage", b"<plist><dict>", b"[1]", b"x" * 5000):
        assert not launchd_plist.is_ours(content)
        assert launchd_plist.root_of(content) is None


def test_launchds_logs_are_cut_in_place_so_that_its_open_handle_goes_on(tmp_path: Path) -> None:
    folder = launchd_plist.log_folder(tmp_path)
    folder.mkdir(parents=True)
    grown, small = folder / "launchd.err.log", folder / "launchd.out.log"
    grown.write_bytes(b"old line\n" * 200_000)
    small.write_bytes(b"few\n")

    with grown.open("ab") as launchds:
        trim_logs(tmp_path)
        launchds.write(b"new line\n")

    assert grown.read_bytes() == b"new line\n"
    assert small.read_bytes() == b"few\n"
    assert (folder / "launchd.err.log.1").read_bytes().endswith(b"old line\n")
    trim_logs(tmp_path / "nobody")


@pytest.mark.parametrize("mask", [0o000, 0o002, 0o077])
def test_the_plist_is_0644_in_a_0755_folder_under_any_umask(mac: Mac, mask: int) -> None:
    before = os.umask(mask)
    try:
        mac.agent.install()
    finally:
        os.umask(before)

    assert stat.S_IMODE(mac.path.stat().st_mode) == 0o644
    assert stat.S_IMODE(mac.path.parent.stat().st_mode) == 0o755
    assert os.listdir(mac.path.parent) == [f"{LABEL}.plist"]


def test_an_unchanged_plist_is_not_written_again_but_its_mode_is_mended(tmp_path: Path) -> None:
    path = tmp_path / "x.plist"
    assert write_if_changed.write_if_different(path, b"one")
    path.chmod(0o666)
    seen = path.stat().st_mtime_ns

    assert not write_if_changed.write_if_different(path, b"one")
    assert path.stat().st_mtime_ns == seen
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


def test_a_plist_that_is_a_link_is_refused_and_what_it_points_to_stays(mac: Mac) -> None:
    mac.path.parent.mkdir(parents=True)
    other = mac.home / "mine.txt"
    other.write_text("mine")
    mac.path.symlink_to(other)

    with pytest.raises(SetupError, match="link"):
        mac.agent.install()
    assert other.read_text() == "mine"


@pytest.mark.skipif(os.geteuid() != 0, reason="giving a file away needs root")
def test_a_plist_of_another_owner_is_refused(mac: Mac) -> None:
    mac.agent.install()
    os.chown(mac.path, 12345, -1)

    with pytest.raises(SetupError, match="belongs to user 12345"):
        mac.agent.install()


def test_a_plist_under_our_name_that_we_did_not_make_is_neither_replaced_nor_removed(
    mac: Mac,
) -> None:
    mac.path.parent.mkdir(parents=True)
    theirs = plistlib.dumps({"Label": LABEL, "ProgramArguments": ["/bin/true"]})
    mac.path.write_bytes(theirs)

    with pytest.raises(SetupError, match="not made by Hotfolder"):
        mac.agent.install()
    with pytest.raises(SetupError, match="not made by Hotfolder"):
        mac.agent.uninstall()
    assert mac.path.read_bytes() == theirs
