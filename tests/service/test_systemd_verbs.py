"""The verbs for the systemd user unit, before a stand-in of `systemctl`.

The stand-in keeps state, as the real one would with a user session, which a container lacks; that
lack itself is tried with the real one where there is one.
"""

from __future__ import annotations

import json
import os
import stat
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from support.daemon import HANG, needs
from support.places import HOME

from daemon.errors import SetupError, UsageError
from daemon.service import UserUnit, preflight, systemd_unit
from daemon.service import target as facts

STAND_IN = r"""#!{python} -S
import json, os, sys, time
here = os.path.dirname(os.path.abspath(__file__))
book = os.path.join(here, "book.json")
state = json.load(open(book))
argv = [word for word in sys.argv[1:] if word not in ("--user", "--no-pager", "--no-ask-password")]
assert "--user" in sys.argv and os.environ["LC_ALL"] == "C"
with open(os.path.join(here, "calls"), "a") as calls:
    calls.write(json.dumps(argv) + "\n")

def leave(code, said=""):
    json.dump(state, open(book, "w"))
    sys.stderr.write(said + "\n" if said else "")
    sys.exit(code)

if not state["bus"]:
    leave(1, "Failed to connect to bus: No medium found")
verb = argv[0]
if verb in state["hangs"]:
    time.sleep(60)
if verb in state["fails"]:
    leave(1, "Job for hotfolder.service failed because of reasons.")
there = os.path.exists(state["unit"])
if verb == "show":
    if argv[1] == "--property=Version":
        print("Version=252")
        leave(0)
    alive = state["alive"]
    print("LoadState=" + ("loaded" if state["known"] else "not-found"))
    print("ActiveState=" + ("failed" if state["failed"] else "active" if alive else "inactive"))
    print("SubState=" + (state["failed"] if state["failed"] else "running" if alive else "dead"))
    print("MainPID=%d" % (4242 if alive else 0))
    print("ExecMainStatus=%d" % (1 if state["failed"] else 0))
    print("Result=" + ("exit-code" if state["failed"] else "success"))
    print("UnitFileState=" + ("enabled" if state["enabled"] else "disabled"))
    print("NRestarts=0")
    leave(0)
if verb == "daemon-reload":
    state["known"] = there
    leave(0)
if not state["known"]:
    leave(5, "Unit hotfolder.service not found.")
if verb == "enable":
    state["enabled"] = True
    state["alive"] = state["alive"] or "--now" in argv
elif verb == "disable":
    state["enabled"] = False
    state["alive"] = state["alive"] and "--now" not in argv
elif verb in ("start", "restart"):
    state["alive"] = True
elif verb == "stop":
    state["alive"] = False
leave(0)
"""


@dataclass
class Linux:
    """A person's home, a root in it, and the stand-in systemctl on PATH."""

    folder: Path
    home: Path
    unit: UserUnit

    def book(self) -> dict[str, Any]:
        return json.loads((self.folder / "book.json").read_text())

    def set(self, **changes: Any) -> None:
        (self.folder / "book.json").write_text(json.dumps({**self.book(), **changes}))

    def verbs(self) -> list[str]:
        calls = self.folder / "calls"
        lines = calls.read_text().splitlines() if calls.exists() else []
        return [" ".join(json.loads(line)) for line in lines if '"show"' not in line]


def an_interpreter(path: Path) -> Path:
    path.parent.mkdir(parents=True)
    path.write_text(f'#!/bin/sh\nPYTHONPATH="{HOME}" exec "{sys.executable}" "$@"\n')
    path.chmod(0o755)
    return path


@pytest.fixture
def linux(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Linux:
    folder, home = tmp_path / "bin", tmp_path / "home" / "you"
    folder.mkdir()
    home.mkdir(parents=True)
    (folder / "stand_in.py").write_text(STAND_IN)
    script = folder / "systemctl"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -S "{folder}/stand_in.py" "$@"\n')
    script.chmod(0o755)
    start = {
        "bus": True, "known": False, "enabled": False, "alive": False, "failed": "",
        "hangs": [], "fails": [], "unit": str(systemd_unit.unit_path(home)),
    }  # fmt: skip
    (folder / "book.json").write_text(json.dumps(start))
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    python = an_interpreter(home / "src" / ".venv" / "bin" / "python")
    return Linux(folder, home, UserUnit(facts.target(home / "Hotfolder", python, home), HANG))


def test_a_python_whose_path_systemd_will_not_run_is_refused(linux: Linux) -> None:
    python = an_interpreter(linux.home / "you're" / "bin" / "python")
    odd = replace(linux.unit, target=replace(linux.unit.target, python=python))

    with pytest.raises(UsageError, match="quotes and backslashes"):
        odd.install()


def test_installing_writes_reloads_enables_and_starts(linux: Linux) -> None:
    said = " ".join(linux.unit.install())

    assert linux.verbs() == ["daemon-reload", "enable --now hotfolder.service"]
    assert "Running, pid 4242" in said
    assert "loginctl enable-linger" in said
    assert stat.S_IMODE(linux.unit.path.stat().st_mode) == 0o644
    assert linux.unit.target.root.is_dir()


def test_installing_twice_does_not_disturb_the_running_daemon(linux: Linux) -> None:
    linux.unit.install()
    seen = linux.unit.path.stat().st_mtime_ns

    assert "up to date" in linux.unit.install()[0]
    assert linux.unit.path.stat().st_mtime_ns == seen
    assert not [verb for verb in linux.verbs() if verb.startswith(("restart", "stop"))]


def test_installing_for_another_root_restarts_the_daemon_there(linux: Linux) -> None:
    linux.unit.install()
    other = replace(linux.unit, target=replace(linux.unit.target, root=linux.home / "Other"))

    other.install()

    assert linux.verbs()[-1] == "restart hotfolder.service"
    assert f"serves {linux.home}/Other" in " ".join(linux.unit.status().remarks)


def test_stop_start_and_uninstall_do_what_they_say_and_twice_is_fine(linux: Linux) -> None:
    linux.unit.install()

    assert linux.unit.stop()[0].startswith("Stopped")
    assert not linux.unit.status().running
    assert "Running" in linux.unit.start()[0]
    assert "untouched" in linux.unit.uninstall()[0]
    assert not linux.unit.path.exists()
    assert linux.unit.uninstall() == ["No service was installed."]
    assert linux.unit.stop() == ["No service is installed."]


def test_start_without_an_installed_service_says_how_to_install(linux: Linux) -> None:
    with pytest.raises(SetupError, match="hotfolder service install"):
        linux.unit.start()


def test_status_tells_running_changed_and_failed(linux: Linux) -> None:
    assert not linux.unit.status().installed

    linux.unit.install()
    state = linux.unit.status()
    assert (state.running, state.pid, state.state, state.remarks) == (
        True, 4242, "active (running)", (),
    )  # fmt: skip

    linux.unit.path.write_text(linux.unit.text() + "Nice=5\n")
    assert "differs" in " ".join(linux.unit.status().remarks)

    linux.set(failed="failed", alive=False)
    state = linux.unit.status()
    assert (state.running, state.last_exit) == (False, "1")
    assert "ended badly (exit-code). See: journalctl" in " ".join(state.remarks)

    linux.set(failed="auto-restart")
    assert "is started again within 30 s" in " ".join(linux.unit.status().remarks)


def test_a_python_that_vanished_is_remarked(linux: Linux) -> None:
    linux.unit.install()
    linux.unit.target.python.unlink()

    assert "Python is gone" in " ".join(linux.unit.status().remarks)


def test_a_unit_that_is_not_ours_is_neither_replaced_nor_removed(linux: Linux) -> None:
    linux.unit.path.parent.mkdir(parents=True)
    linux.unit.path.write_text("[Service]\nExecStart=/bin/true\n")

    with pytest.raises(SetupError, match="not made by Hotfolder"):
        linux.unit.install()
    with pytest.raises(SetupError, match="not made by Hotfolder"):
        linux.unit.uninstall()
    assert "/bin/true" in linux.unit.path.read_text()


def test_a_start_that_fails_names_the_journal(linux: Linux) -> None:
    linux.set(fails=["enable"])

    with pytest.raises(SetupError, match="journalctl --user -u hotfolder"):
        linux.unit.install()


def test_without_a_user_session_nothing_is_written_and_the_message_says_what_to_do(
    linux: Linux,
) -> None:
    linux.set(bus=False)

    with pytest.raises(SetupError, match="enable-linger"):
        linux.unit.install()
    assert not linux.unit.path.exists()
    assert "no systemd user session" in " ".join(linux.unit.status().remarks)


@needs("systemctl")
def test_the_real_systemctl_without_a_session_gives_the_same_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    python = an_interpreter(tmp_path / "env" / "bin" / "python")

    with pytest.raises(SetupError, match="no systemd user session"):
        UserUnit(facts.target(tmp_path / "root", python, tmp_path)).install()


def test_a_systemctl_that_hangs_is_given_up(linux: Linux) -> None:
    linux.set(hangs=["show"])

    with pytest.raises(SetupError, match="did not answer"):
        replace(linux.unit, call_seconds=0.5).status()


def test_a_linux_without_systemd_is_told_so(
    linux: Linux, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))

    with pytest.raises(SetupError, match="no systemctl"):
        linux.unit.status()


def test_the_unit_is_not_changed_from_inside_itself(tmp_path: Path) -> None:
    cgroup = tmp_path / "cgroup"
    cgroup.write_text(
        "0::/user.slice/user-1000.slice/user@1000.service/app.slice/hotfolder.service\n"
    )

    with pytest.raises(UsageError, match="inside the service"):
        preflight.refuse_inside_unit(cgroup)
    cgroup.write_text("0::/user.slice/user-1000.slice/session-2.scope\n")
    preflight.refuse_inside_unit(cgroup)
    preflight.refuse_inside_unit(tmp_path / "absent")
