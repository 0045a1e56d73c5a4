"""The launch agent: its file, and its verbs against a stand-in `launchctl` that keeps state.

No Mac was involved. The stand-in answers with the codes and printouts that public reports show.
"""

from __future__ import annotations

import json
import os
import plistlib
import re
import stat
import sys
import xml.parsers.expat
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from support.daemon import HANG
from support.places import HOME

from daemon.errors import SetupError, UsageError
from daemon.service import (
    LABEL,
    LaunchAgent,
    launchctl,
    launchd_plist,
    preflight,
    text,
    trim_logs,
    write_if_changed,
)
from daemon.service import target as facts
from daemon.service.launchctl import Launchctl

COMMITTED = HOME / "launchd" / f"{LABEL}.plist"

STAND_IN = r"""#!{python} -S
import json, os, sys, time
here = os.path.dirname(os.path.abspath(__file__))
book = os.path.join(here, "book.json")
state = json.load(open(book))
argv = sys.argv[1:]
with open(os.path.join(here, "calls"), "a") as calls:
    calls.write(json.dumps(argv) + "\n")

def leave(code, said=""):
    json.dump(state, open(book, "w"))
    sys.stderr.write(said + "\n" if said else "")
    sys.exit(code)

verb = argv[0]
if verb in state["hangs"]:
    time.sleep(60)
if state["no_desktop"] and verb in state["desktop_verbs"]:
    leave(state["no_desktop"], "Bootstrap failed: %d: no desktop" % state["no_desktop"])
if verb == "print":
    if state["life"] == "SIGTERMed":
        state["drain"] -= 1
        if state["drain"] < 0:
            state["life"] = None
    if state["life"] is None:
        leave(113, 'Could not find service "com.hotfolder.daemon" in domain for login: 501')
    print(state["printout"] or open(os.path.join(here, "printout")).read().replace("@", state["life"]))
    leave(0)
if verb == "print-disabled":
    word = state["words"][0] if state["disabled"] else state["words"][1]
    print('disabled services = {\n\t\t"com.hotfolder.daemon" => %s\n\t}' % word)
    leave(0)
if verb == "enable":
    state["disabled"] = False
    leave(0)
if verb == "bootout":
    if state["life"] is None:
        leave(state["bootout_gone"], "Boot-out failed: %d" % state["bootout_gone"])
    state["life"] = "SIGTERMed"
    leave(state["bootout"])
if verb == "kickstart":
    if state["life"] is None:
        leave(113, "Could not find service")
    state["life"] = "running"
    leave(0)
if verb == "bootstrap":
    if state["life"] or state["disabled"]:
        leave(5, "Bootstrap failed: 5: Input/output error")
    if state["bootstrap"]:
        code = state["bootstrap"].pop(0)
        if code == 37:
            state["life"] = "running"
        if code:
            leave(code, "Bootstrap failed: %d: said so" % code)
    assert os.path.isfile(argv[2]), argv
    state["life"] = state["becomes"]
    leave(0)
leave(64, "Unrecognized subcommand: " + verb)
"""

PRINTOUT = """gui/501/com.hotfolder.daemon = {
\tactive count = 1
\tpath = /Users/you/Library/LaunchAgents/com.hotfolder.daemon.plist
\ttype = LaunchAgent
\tstate = @

\tprogram = /Users/you/src/hotfolder/.venv/bin/python
\targuments = {
\t\t/Users/you/src/hotfolder/.venv/bin/python
\t\t-m
\t\tstate = lies
\t}

\tdefault environment = {
\t\tPATH => /usr/bin:/bin:/usr/sbin:/sbin
\t}

\tminimum runtime = 30
\texit timeout = 45
\truns = 1
\tpid = 4242
\timmediate reason = speculative
\tlast exit code = (never exited)

\tresource coalition = {
\t\tID = 1234
\t\tstate = active
\t\tactive count = 1
\t}

\tspawn type = interactive (4)
}"""


@dataclass
class Mac:
    """A person's home, a root in it, and the stand-in launchctl on PATH."""

    folder: Path
    home: Path
    root: Path
    agent: LaunchAgent

    def book(self) -> dict[str, Any]:
        return json.loads((self.folder / "book.json").read_text())

    def set(self, **changes: Any) -> None:
        (self.folder / "book.json").write_text(json.dumps({**self.book(), **changes}))

    def calls(self) -> list[list[str]]:
        path = self.folder / "calls"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def forget_calls(self) -> None:
        (self.folder / "calls").unlink(missing_ok=True)

    def verbs(self) -> list[str]:
        return [call[0] for call in self.calls()]

    @property
    def path(self) -> Path:
        return launchd_plist.plist_path(self.home)


def an_interpreter(path: Path) -> Path:
    """An environment's python: a file of its own that can import us, as an installed one could."""
    path.parent.mkdir(parents=True)
    path.write_text(f'#!/bin/sh\nPYTHONPATH="{HOME}" exec "{sys.executable}" "$@"\n')
    path.chmod(0o755)
    return path


@pytest.fixture
def mac(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mac:
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "stand_in.py").write_text(STAND_IN)
    script = folder / "launchctl"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -S "{folder}/stand_in.py" "$@"\n')
    script.chmod(0o755)
    (folder / "printout").write_text(PRINTOUT)
    start = {
        "life": None, "becomes": "running", "drain": 0, "disabled": False, "no_desktop": 0, "desktop_verbs": ["bootstrap"],
        "bootstrap": [], "bootout": 0, "bootout_gone": 3, "printout": None, "hangs": [],
        "words": ["disabled", "enabled"],
    }  # fmt: skip
    (folder / "book.json").write_text(json.dumps(start))
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    monkeypatch.delenv("XPC_SERVICE_NAME", raising=False)
    home = tmp_path / "Users" / "you"
    (home / "Library").mkdir(parents=True)
    python = an_interpreter(home / "src" / "hotfolder" / ".venv" / "bin" / "python")
    root = home / "Hotfolder"
    control = Launchctl(501, call_seconds=HANG, drain_seconds=HANG, settle_seconds=0.1, pause=0.01)
    return Mac(folder, home, root, LaunchAgent(facts.target(root, python, home), control))


# --- the file ------------------------------------------------------------------------------------


def you(home: str = "/Users/you") -> facts.Target:
    return facts.target(
        Path(home) / "Hotfolder", Path(home) / "src/hotfolder/.venv/bin/python", Path(home)
    )


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


# --- files on disk -------------------------------------------------------------------------------


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


# --- refusals ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "where",
    [
        "Desktop/h", "Documents/h", "Downloads", "Library/Mobile Documents/com~apple~CloudDocs/h",
        "Library/CloudStorage/Dropbox/h", "documents/H",
    ],
)  # fmt: skip
def test_a_root_in_a_protected_folder_is_refused_unless_forced(mac: Mac, where: str) -> None:
    agent = replace(mac.agent, target=replace(mac.agent.target, root=mac.home / where))

    with pytest.raises(UsageError, match="privacy protection"):
        agent.install()
    assert mac.calls() == []

    assert "Running" in " ".join(agent.install(force=True))


def test_a_link_into_a_protected_folder_is_refused_too(mac: Mac) -> None:
    (mac.home / "Documents" / "real").mkdir(parents=True)
    mac.root.symlink_to(mac.home / "Documents" / "real")

    with pytest.raises(UsageError, match="Documents"):
        mac.agent.install()


@pytest.mark.parametrize("root", ["Hotfolder", "pictures/film", "/Users/Shared/Hotfolder"])
def test_a_home_on_an_external_volume_is_told_what_helps_and_nothing_that_does_not(
    mac: Mac, root: str
) -> None:
    home = Path("/Volumes/980Pro/home/you")
    target = replace(mac.agent.target, home=home, root=home / root)

    with pytest.raises(UsageError) as caught:
        replace(mac.agent, target=target).install()

    said = str(caught.value)
    assert "external volume" in said
    assert "5: Input/output error" in said
    assert "Login Items" in said
    assert f"-m daemon run --root {home / root}" in said
    assert "--root ~/Hotfolder" not in said
    assert mac.calls() == []


def test_a_home_that_is_a_link_to_an_external_volume_is_one_too(tmp_path: Path) -> None:
    (tmp_path / "you").symlink_to("/Volumes/Disk/you")

    assert preflight.is_away_from_home(tmp_path / "you")
    assert preflight.is_away_from_home(Path("/volumes/Disk/you"))
    assert not preflight.is_away_from_home(tmp_path)
    assert not preflight.is_away_from_home(Path("/Volumes2/you"))


def test_an_answer_of_5_names_the_external_home_among_its_causes(mac: Mac) -> None:
    mac.set(bootstrap=[5])

    with pytest.raises(SetupError, match="external volume"):
        mac.agent.install()


def test_an_external_volume_is_protected_and_an_ordinary_folder_is_not(tmp_path: Path) -> None:
    assert preflight.protected_by(Path("/Volumes/Disk/h"), tmp_path) == Path("/Volumes")
    assert preflight.protected_by(tmp_path / "Hotfolder", tmp_path) is None
    assert preflight.protected_by(tmp_path / "Documents2", tmp_path) is None


def test_the_service_can_not_be_changed_from_inside_itself(
    mac: Mac, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XPC_SERVICE_NAME", LABEL)

    for verb in (mac.agent.install, mac.agent.uninstall, mac.agent.stop):
        with pytest.raises(UsageError, match="inside the service"):
            verb()
    assert mac.calls() == []


def test_root_is_refused(mac: Mac) -> None:
    agent = replace(mac.agent, launchctl=Launchctl(0))

    for verb in (agent.install, agent.uninstall, agent.start, agent.stop):
        with pytest.raises(UsageError, match="without sudo"):
            verb()
    assert mac.calls() == []


def test_a_python_that_can_not_import_hotfolder_is_refused(mac: Mac) -> None:
    mac.agent.target.python.write_text(
        f'#!/bin/sh\nexec "{sys.executable}" -I -S -c "import nix"\n'
    )

    with pytest.raises(SetupError, match="can't import Hotfolder"):
        mac.agent.install()


def test_a_missing_python_is_refused(mac: Mac) -> None:
    mac.agent.target.python.unlink()

    with pytest.raises(SetupError, match="not there"):
        mac.agent.install()


def test_without_launchctl_the_message_says_so(
    mac: Mac, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))

    with pytest.raises(SetupError, match="macOS only"):
        mac.agent.status()


def test_a_launchctl_that_hangs_is_given_up(mac: Mac) -> None:
    mac.set(hangs=["print"])
    agent = replace(mac.agent, launchctl=replace(mac.agent.launchctl, call_seconds=0.5))

    with pytest.raises(SetupError, match="did not answer"):
        agent.status()


def test_every_call_may_take_longer_than_the_slowest_stop() -> None:
    control = Launchctl(501)

    assert control.call_seconds > facts.STOP_SECONDS
    assert control.drain_seconds >= facts.STOP_SECONDS + 10
    assert 30 <= facts.STOP_SECONDS <= 60
    assert facts.RESTART_SECONDS >= 10


# --- the verbs -----------------------------------------------------------------------------------


def test_installing_enables_then_loads_then_looks(mac: Mac) -> None:
    said = mac.agent.install()

    assert mac.calls() == [
        ["print", f"gui/501/{LABEL}"],
        ["enable", f"gui/501/{LABEL}"],
        ["bootstrap", "gui/501", str(mac.path)],
        ["print", f"gui/501/{LABEL}"],
    ]
    assert "Running, pid 4242" in "\n".join(said)
    assert mac.root.is_dir()
    assert (mac.home / "Library/Logs/Hotfolder").is_dir()


def test_installing_twice_leaves_the_running_service_alone(mac: Mac) -> None:
    mac.agent.install()
    seen = mac.path.stat().st_mtime_ns
    mac.forget_calls()

    said = mac.agent.install()

    assert not {"bootout", "bootstrap", "kickstart"} & set(mac.verbs())
    assert mac.path.stat().st_mtime_ns == seen
    assert "up to date" in said[0]
    assert mac.book()["life"] == "running"


def test_installing_another_root_stops_the_old_one_waits_and_loads_the_new(mac: Mac) -> None:
    mac.agent.install()
    mac.forget_calls()
    mac.set(drain=3)
    agent = replace(mac.agent, target=replace(mac.agent.target, root=mac.home / "Other"))

    said = agent.install()

    assert mac.verbs() == [
        "print", "bootout", "print", "print", "print", "print", "enable", "bootstrap", "print",
    ]  # fmt: skip
    assert f"instead of {mac.root}" in said[0]
    assert launchd_plist.root_of(mac.path.read_bytes()) == str(mac.home / "Other")


def test_no_call_ever_kills_outright_or_uses_the_old_verbs(mac: Mac) -> None:
    mac.agent.install()
    mac.agent.stop()
    mac.agent.start()
    mac.agent.status()
    mac.agent.uninstall()

    for call in mac.calls():
        assert call[0] in {"print", "print-disabled", "enable", "bootstrap", "bootout", "kickstart"}
        assert "-k" not in call
        assert "-w" not in call
        assert call[1].startswith("gui/501")
        if call[0] == "bootout":
            assert call[1:] == [f"gui/501/{LABEL}"]


def test_a_refusal_right_after_our_own_bootout_is_tried_again(mac: Mac) -> None:
    mac.agent.install()
    mac.set(bootstrap=[5, 5, 0])
    agent = replace(mac.agent, target=replace(mac.agent.target, root=mac.home / "Other"))

    assert "Running" in " ".join(agent.install())


def test_a_refusal_on_a_clean_slate_fails_at_once_and_lists_the_causes(mac: Mac) -> None:
    mac.set(bootstrap=[5, 5])

    with pytest.raises(SetupError) as caught:
        mac.agent.install()
    words = str(caught.value)
    order = ["already loaded", "still stopping", "switched off", "not yours", "damaged", "desktop"]
    assert [words.index(cause) for cause in order] == sorted(words.index(c) for c in order)
    assert mac.verbs().count("bootstrap") == 1


def test_already_in_progress_counts_as_success_once_it_is_loaded(mac: Mac) -> None:
    mac.set(bootstrap=[37])

    assert "Running" in " ".join(mac.agent.install())


@pytest.mark.parametrize("code", [125, 134])
@pytest.mark.parametrize("verbs", [["bootstrap"], ["print", "bootstrap", "bootout", "enable"]])
def test_without_a_desktop_the_message_says_log_in_and_the_file_stays(
    mac: Mac, code: int, verbs: list[str]
) -> None:
    mac.set(no_desktop=code, desktop_verbs=verbs)

    with pytest.raises(SetupError, match="Log in at the desktop"):
        mac.agent.install()
    assert mac.path.exists()

    assert mac.agent.uninstall()[0].startswith("Removed")
    assert not mac.path.exists()


@pytest.mark.parametrize("words", [["disabled", "enabled"], ["true", "false"]])
def test_a_service_switched_off_is_reported_and_installing_switches_it_on(
    mac: Mac, words: list[str]
) -> None:
    mac.set(disabled=True, words=words)
    assert any("switched off" in remark for remark in mac.agent.status().remarks)

    mac.agent.install()

    verbs = mac.verbs()
    assert verbs.index("enable") < verbs.index("bootstrap")
    assert not any("switched off" in remark for remark in mac.agent.status().remarks)


@pytest.mark.parametrize("code", [0, 36, 5])
def test_stopping_waits_until_launchd_has_forgotten_it(mac: Mac, code: int) -> None:
    mac.agent.install()
    mac.set(bootout=code, drain=4)

    assert mac.agent.stop()[0].startswith("Stopped")
    assert mac.book()["life"] is None


@pytest.mark.parametrize("code", [3, 113])
def test_a_service_already_gone_is_as_good_as_stopped(mac: Mac, code: int) -> None:
    mac.set(bootout_gone=code)

    mac.agent.launchctl.bootout()
    assert mac.agent.stop() == ["It was not running."]


def test_a_service_that_never_stops_gives_an_error_and_no_hang(mac: Mac) -> None:
    mac.agent.install()
    mac.set(drain=10**9)
    agent = replace(mac.agent, launchctl=replace(mac.agent.launchctl, drain_seconds=0.3))

    with pytest.raises(SetupError, match="still stopping"):
        agent.stop()


def test_a_bootout_refused_for_good_is_explained(mac: Mac) -> None:
    mac.agent.install()
    mac.set(bootout=1)

    with pytest.raises(SetupError, match="bootout ended with 1"):
        mac.agent.stop()


def test_start_after_stop_loads_it_again(mac: Mac) -> None:
    mac.agent.install()
    mac.agent.stop()
    mac.forget_calls()

    assert "Running" in mac.agent.start()[0]
    assert "bootstrap" in mac.verbs()
    assert mac.agent.start() == ["Already running, pid 4242."]


def test_start_of_a_loaded_but_idle_service_kicks_it(mac: Mac) -> None:
    mac.agent.install()
    mac.set(life="not running")
    mac.forget_calls()

    assert "Running" in mac.agent.start()[0]
    assert "kickstart" in mac.verbs()
    assert "bootstrap" not in mac.verbs()


def test_start_without_an_installed_service_says_how_to_install(mac: Mac) -> None:
    with pytest.raises(SetupError, match="hotfolder service install"):
        mac.agent.start()


def test_uninstalling_removes_the_plist_and_nothing_else_and_twice_is_fine(mac: Mac) -> None:
    mac.agent.install()
    (mac.root / "inbox").mkdir()
    (mac.root / "inbox" / "waiting.yaml").write_text("prompt: a lighthouse\n")

    assert "untouched" in mac.agent.uninstall()[0]

    assert not mac.path.exists()
    assert (mac.root / "inbox" / "waiting.yaml").exists()
    assert (mac.home / "Library/Logs/Hotfolder").is_dir()
    assert mac.book()["life"] is None
    assert mac.agent.uninstall() == ["No service was installed."]


def test_a_program_launchd_could_not_start_is_explained(mac: Mac) -> None:
    broken = PRINTOUT.replace("state = @", "state = not running").replace(
        "(never exited)", "78: EX_CONFIG"
    )
    mac.set(printout=broken)

    assert "did not start" in " ".join(mac.agent.install())
    assert any("EX_CONFIG" in remark for remark in mac.agent.status().remarks)


# --- status --------------------------------------------------------------------------------------


def test_status_reads_a_running_service_and_has_nothing_to_remark(mac: Mac) -> None:
    mac.agent.install()

    state = mac.agent.status()

    assert (state.running, state.pid, state.state, state.remarks) == (True, 4242, "running", ())
    assert state.last_exit == "(never exited)"
    assert f"launchd service: {mac.path}" in state.lines()


def test_status_of_nothing_says_not_installed(mac: Mac) -> None:
    state = mac.agent.status()

    assert (state.installed, state.loaded, state.running) == (False, False, False)
    assert "not installed" in state.lines()[0]


@pytest.mark.parametrize(
    ("printout", "expected"),
    [
        ("x = {\n\tstate = running\n\tpid = 7\n}", ("running", 7, None)),
        ("x = {\n\tstate = not running\n\tlast exit code = 0\n}", ("not running", None, "0")),
        ("x = {\n\tstate = spawn scheduled\n\truns = 1\n}", ("spawn scheduled", None, None)),
        ("x = {\n\tstate = SIGTERMed\n\tpid = 9\n}", ("SIGTERMed", 9, None)),
        (
            "x = {\n\tcoalition = {\n\t\tstate = active\n\t\tpid = 5\n\t}\n}",
            ("unknown", None, None),
        ),
        ("x = {\n\tstate = running\n\tpid = soon\n}", ("running", None, None)),
        ("\x00\x01 garbage = \n\t\t= =\n\t =", ("unknown", None, None)),
        ("", ("unknown", None, None)),
    ],
)
def test_only_the_first_level_of_the_printout_is_believed(
    printout: str, expected: tuple[str, int | None, str | None]
) -> None:
    seen = launchctl.parse(printout)

    assert (seen.state, seen.pid, seen.last_exit) == expected


def test_a_throttled_or_outdated_load_is_remarked(mac: Mac) -> None:
    mac.agent.install()
    old = PRINTOUT.replace("exit timeout = 45", "exit timeout = 5")
    mac.set(printout=old.replace("@", "running").replace("interactive (4)", "daemon (3)"))

    remarks = " ".join(mac.agent.status().remarks)

    assert "slows the GPU" in remarks
    assert "only 5 s to stop" in remarks


def test_a_plist_that_was_changed_or_serves_another_root_is_remarked(mac: Mac) -> None:
    mac.agent.install()
    keys = plistlib.loads(mac.path.read_bytes())
    mac.path.write_bytes(plistlib.dumps({**keys, "Nice": 5}))
    assert any("differs" in remark for remark in mac.agent.status().remarks)

    elsewhere = replace(mac.agent, target=replace(mac.agent.target, root=mac.home / "Other"))
    assert any(f"serves {mac.root}" in remark for remark in elsewhere.status().remarks)


def test_a_python_that_vanished_after_the_install_is_remarked(mac: Mac) -> None:
    mac.agent.install()
    mac.agent.target.python.unlink()

    assert any("Python is gone" in remark for remark in mac.agent.status().remarks)


def test_an_environment_hanging_on_homebrews_cellar_is_remarked_at_install(mac: Mac) -> None:
    config = mac.agent.target.python.parent.parent / "pyvenv.cfg"
    config.write_text("home = /opt/homebrew/Cellar/python@3.13/3.13.1/bin\nversion = 3.13.1\n")

    assert any("brew upgrade" in line for line in mac.agent.install())


# --- launchd's own log files ---------------------------------------------------------------------


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
