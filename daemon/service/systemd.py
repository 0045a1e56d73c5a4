"""The verbs for a systemd user unit: install, uninstall, start, stop, status.

Every question to systemctl has a limit, and a machine without a user bus (a container, `su`, an
SSH session without lingering) is told apart from a unit that does not work.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from daemon.errors import SetupError
from daemon.service import preflight, systemd_unit, write_if_changed
from daemon.service.target import RESTART_SECONDS, STOP_SECONDS, UNIT, ServiceState, Target

_LINGER = (
    "It starts when you log in; to have it run from boot on: loginctl enable-linger "
    "(may ask for an administrator)."
)
_NO_BUS = (
    "There is no systemd user session here (a container, `su`, or SSH without lingering). "
    "Log in directly, or run `loginctl enable-linger` as an administrator and "
    "`export XDG_RUNTIME_DIR=/run/user/$(id -u)`; without systemd, start the daemon yourself: "
    "hotfolder run --service"
)
_SHOWN = "LoadState,ActiveState,SubState,MainPID,ExecMainStatus,Result,UnitFileState,NRestarts"


@dataclass(frozen=True, slots=True)
class Answer:
    """How a call ended; `text` is what it printed."""

    code: int
    text: str


@dataclass(frozen=True, slots=True)
class UserUnit:
    """Our unit in one person's systemd. `call_seconds` outlasts a slow stop."""

    target: Target
    call_seconds: float = STOP_SECONDS + 30

    @property
    def path(self) -> Path:
        return systemd_unit.unit_path(self.target.home)

    def text(self) -> str:
        """The unit, as `install` would write it."""
        return systemd_unit.render(self.target)

    def install(self, *, force: bool = False) -> list[str]:
        """Write the unit, have it start at login and now. `force` replaces a unit not ours."""
        preflight.refuse_inside_unit()
        systemd_unit.refuse_unrunnable(self.target.python)
        preflight.refuse_unusable_python(self.target)
        self._need_bus()
        before = self._written()
        if before is not None and not systemd_unit.is_ours(before) and not force:
            raise SetupError(
                f"{self.path} was not made by Hotfolder.",
                remedy="Look at it, then move it away or add --force.",
            )
        write_if_changed.make_folder(self.target.root)
        running = before is not None and self._shown().get("ActiveState") == "active"
        changed = write_if_changed.write_if_different(
            self.path, systemd_unit.render(self.target).encode("utf-8")
        )
        self._do("daemon-reload")
        self._do("enable", "--now", UNIT)
        if changed and running:
            self._do("restart", UNIT)
        said = f"Wrote {self.path}" if changed else f"{self.path} was up to date"
        return [f"{said}; it serves {self.target.root}.", *self._outcome(), _LINGER]

    def uninstall(self) -> list[str]:
        """Stop, forget and remove the unit; everything in the root stays."""
        preflight.refuse_inside_unit()
        before = self._written()
        if before is None:
            return ["No service was installed."]
        if not systemd_unit.is_ours(before):
            raise SetupError(
                f"{self.path} was not made by Hotfolder.", remedy="Remove it yourself if you must."
            )
        self._need_bus()
        self._do("disable", "--now", UNIT)
        self.path.unlink()
        self._do("daemon-reload")
        self._ask("reset-failed", UNIT)  # complains when nothing had failed
        return [f"Removed {self.path}. Inbox, outbox, logs and settings are untouched."]

    def start(self) -> list[str]:
        """Start it now."""
        if self._written() is None:
            raise SetupError(
                "No service is installed.", remedy="Install it: hotfolder service install"
            )
        self._need_bus()
        self._do("start", UNIT)
        return self._outcome()

    def stop(self) -> list[str]:
        """Stop and stay stopped until `start` or the next login."""
        preflight.refuse_inside_unit()
        if self._written() is None:
            return ["No service is installed."]
        self._need_bus()
        self._do("stop", UNIT)
        return [
            "Stopped. It comes back with `hotfolder service start` and at your next login; "
            "`hotfolder service uninstall` ends that."
        ]

    def status(self) -> ServiceState:
        """What systemd and the file say, with everything odd remarked."""
        written = self._written()
        shown = self._shown()
        remarks = [*_file_remarks(written, self.target), *_life_remarks(shown, written)]
        active = shown.get("ActiveState", "unknown")
        pid = int(shown.get("MainPID", "0") or 0)
        return ServiceState(
            kind="systemd",
            path=self.path,
            installed=written is not None,
            loaded=shown.get("LoadState") == "loaded",
            running=active == "active",
            state=f"{active} ({shown['SubState']})" if "SubState" in shown else active,
            pid=pid or None,
            last_exit=shown.get("ExecMainStatus") if active != "active" else None,
            remarks=tuple(remarks),
        )

    def _written(self) -> str | None:
        content = write_if_changed.current(self.path)
        return None if content is None else content.decode("utf-8", "replace")

    def _shown(self) -> dict[str, str]:
        answer = self._ask("show", UNIT, f"--property={_SHOWN}")
        if answer.code != 0:
            return {}
        pairs = (line.partition("=") for line in answer.text.splitlines())
        return {name: text for name, sign, text in pairs if sign}

    def _outcome(self) -> list[str]:
        state = self.status()
        if state.running:
            return [f"Running, pid {state.pid}. It starts by itself at every login."]
        return [f"Not running yet: {state.state}. See: journalctl --user -u {UNIT} -n 50"]

    def _need_bus(self) -> None:
        if self._ask("show", "--property=Version").code != 0:
            raise SetupError("systemd can't be reached.", remedy=_NO_BUS)

    def _do(self, *arguments: str) -> None:
        answer = self._ask(*arguments)
        if answer.code != 0:
            said = answer.text.strip().splitlines()
            raise SetupError(
                f"systemctl --user {' '.join(arguments)} ended with {answer.code}"
                + (f": {said[0]}" if said else "."),
                remedy=f"See: journalctl --user -u {UNIT} -n 50",
            )

    def _ask(self, *arguments: str) -> Answer:
        try:
            done = subprocess.run(
                ["systemctl", "--user", "--no-pager", "--no-ask-password", *arguments],
                capture_output=True,
                stdin=subprocess.DEVNULL,
                env={**os.environ, "LC_ALL": "C"},
                timeout=self.call_seconds,
                check=False,
            )
        except FileNotFoundError as error:
            raise SetupError(
                "This Linux has no systemctl.",
                remedy="Start the daemon with what keeps services here: hotfolder run --service",
            ) from error
        except subprocess.TimeoutExpired as error:
            raise SetupError(
                f"systemctl {arguments[0]} did not answer within {self.call_seconds:.0f} s.",
                remedy=f"See: journalctl --user -u {UNIT} -n 50",
            ) from error
        return Answer(done.returncode, (done.stdout + done.stderr).decode("utf-8", "replace"))


def _file_remarks(written: str | None, target: Target) -> list[str]:
    if written is None:
        return []
    if not systemd_unit.is_ours(written):
        return ["The file was not made by Hotfolder."]
    remarks = []
    words = systemd_unit.words_of(written)
    root = words[words.index("--root") + 1] if "--root" in words[:-1] else "nothing"
    if root != str(target.root):
        remarks.append(f"It serves {root}, not {target.root}.")
    elif written != systemd_unit.render(target):
        remarks.append("The file differs from what this version writes: run install again.")
    if words and not os.access(words[0], os.X_OK):
        remarks.append(f"Its Python is gone: {words[0]}. Run install again.")
    return remarks


def _life_remarks(shown: dict[str, str], written: str | None) -> list[str]:
    if not shown:
        return [_NO_BUS]
    remarks = []
    if written is not None and shown.get("UnitFileState") == "disabled":
        remarks.append("It does not start at login: `hotfolder service install` turns that on.")
    if shown.get("ActiveState") == "failed" or shown.get("Result", "success") != "success":
        again = (
            f" and is started again within {RESTART_SECONDS} s"
            if shown.get("SubState") == "auto-restart"
            else ""
        )
        remarks.append(
            f"It ended badly ({shown.get('Result')}){again}. See: journalctl --user -u {UNIT} -n 50"
        )
    return remarks
