"""The verbs for launchd: install, uninstall, start, stop, status, each safe to say twice.

Order matters here and only here: write, then unload and wait, then enable, then load, then look.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from daemon.errors import SetupError
from daemon.service import launchd_plist, preflight, write_if_changed
from daemon.service.launchctl import EXPLAINED, GONE, NO_SUCH_PROCESS, Launchctl, Printed, refused
from daemon.service.target import LABEL, RESTART_SECONDS, ServiceState, Target

_LOGIN_ITEMS = "System Settings > General > Login Items & Extensions"


@dataclass(frozen=True, slots=True)
class LaunchAgent:
    """Our agent in one person's desktop session."""

    target: Target
    launchctl: Launchctl

    @property
    def path(self) -> Path:
        return launchd_plist.plist_path(self.target.home)

    def text(self) -> str:
        """The property list, as `install` would write it."""
        return launchd_plist.render(self.target).decode("utf-8")

    def install(self, *, force: bool = False) -> list[str]:
        """Write the agent, load it, and say what is now so."""
        self._refuse()
        preflight.refuse_home_away(self.target, force=force)
        preflight.refuse_protected(self.target, force=force)
        preflight.refuse_unusable_python(self.target)
        seen = self.launchctl.look_anyway()
        self._make_folders()
        before = write_if_changed.current(self.path)
        _refuse_foreign(before)
        written = write_if_changed.write_if_different(self.path, launchd_plist.render(self.target))
        if seen is not None and written:
            self.launchctl.bootout()
        said = [_written(before, self.target) if written else f"{self.path} was up to date."]
        loaded = seen is not None and not written
        now = self._bring_up(loaded=loaded, after_bootout=seen is not None and written)
        return said + _outcome(now) + self._advice(written)

    def uninstall(self) -> list[str]:
        """Unload and remove the agent; everything in the root stays."""
        self._refuse()
        content = write_if_changed.current(self.path)
        _refuse_foreign(content)
        loaded = self.launchctl.look_anyway() is not None
        if loaded:
            self.launchctl.bootout()
        if content is None:
            return ["Stopped." if loaded else "No service was installed."]
        self.path.unlink()
        return [f"Removed {self.path}. Inbox, outbox, logs and settings are untouched."]

    def start(self) -> list[str]:
        """Load it if need be, start it if need be."""
        self._refuse()
        if write_if_changed.current(self.path) is None:
            raise SetupError(
                "No service is installed.", remedy="Install it: hotfolder service install"
            )
        seen = self.launchctl.look()
        if seen is not None and seen.running:
            return [f"Already running, pid {seen.pid}."]
        return _outcome(self._bring_up(loaded=seen is not None, after_bootout=False))

    def stop(self) -> list[str]:
        """Stop and stay stopped until `start` or the next login."""
        self._refuse()
        if self.launchctl.look() is None:
            return ["It was not running."]
        self.launchctl.bootout()
        return [
            "Stopped. It comes back with `hotfolder service start` and at your next login; "
            "`hotfolder service uninstall` ends that."
        ]

    def status(self) -> ServiceState:
        """What launchd and the file say, with everything odd remarked."""
        content = write_if_changed.current(self.path)
        seen = self.launchctl.look()
        remarks = [
            *([preflight.home_away(self.target)] if self._is_in_vain(content, seen) else []),
            *_file_remarks(content, self.target, loaded=seen is not None),
            *_life_remarks(seen, disabled=self.launchctl.disabled()),
        ]
        return ServiceState(
            kind="launchd",
            path=self.path,
            installed=content is not None,
            loaded=seen is not None,
            running=seen is not None and seen.running,
            state=seen.state if seen else "not loaded",
            pid=seen.pid if seen else None,
            last_exit=seen.last_exit if seen else None,
            remarks=tuple(remarks),
        )

    def _refuse(self) -> None:
        preflight.refuse_root_user(self.launchctl.uid)
        preflight.refuse_inside_agent()

    def _is_in_vain(self, content: bytes | None, seen: Printed | None) -> bool:
        """Whether launchd is not to be had, from where this home lies."""
        return (
            content is not None and seen is None and preflight.is_away_from_home(self.target.home)
        )

    def _make_folders(self) -> None:
        # launchd opens the log files before Python starts; if it can't, Python never starts.
        write_if_changed.make_folder(launchd_plist.log_folder(self.target.home))
        write_if_changed.make_folder(self.target.root)

    def _bring_up(self, *, loaded: bool, after_bootout: bool) -> Printed | None:
        enabled = self.launchctl.call("enable", self.launchctl.service)
        if enabled.code != 0:
            raise refused("enable", enabled)
        if loaded:
            seen = self.launchctl.look()
            if seen is not None and seen.running:
                return seen
            kicked = self.launchctl.call("kickstart", self.launchctl.service)
            if kicked.code in (GONE, NO_SUCH_PROCESS):
                loaded = False
            elif kicked.code != 0:
                raise refused("kickstart", kicked)
        if not loaded:
            self.launchctl.bootstrap(self.path, after_bootout=after_bootout)
        return self.launchctl.settled()

    def _advice(self, written: bool) -> list[str]:
        said = []
        cellar = preflight.cellar_of(self.target.python)
        if cellar:
            said.append(_cellar_remark(cellar))
        if written:
            said.append(
                f"macOS announces a new background item named after Python; its switch is in "
                f"{_LOGIN_ITEMS}. Leave it on."
            )
        return said


def _refuse_foreign(content: bytes | None) -> None:
    if content is not None and not launchd_plist.is_ours(content):
        raise SetupError(
            f"The installed {LABEL}.plist was not made by Hotfolder.",
            remedy="Look at it and move it away, then run this again.",
        )


def _written(before: bytes | None, target: Target) -> str:
    root = launchd_plist.root_of(before) if before else None
    instead = f", instead of {root}" if root and root != str(target.root) else ""
    return f"Wrote {launchd_plist.plist_path(target.home)}; it serves {target.root}{instead}."


def _outcome(seen: Printed | None) -> list[str]:
    if seen is None:
        return ["launchd does not show the service yet; look with `hotfolder service status`."]
    if seen.running:
        return [f"Running, pid {seen.pid}. It starts by itself at every login."]
    last = seen.last_exit or "unknown"
    if last.startswith("78"):
        return [f"It did not start. {EXPLAINED[78]}"]
    return [
        f"Loaded, but not running (state {seen.state}, last exit {last}); launchd tries again "
        f"after {RESTART_SECONDS} s. See ~/Library/Logs/Hotfolder/launchd.err.log."
    ]


def _cellar_remark(cellar: str) -> str:
    return (
        f"This Python hangs on {cellar}, which `brew upgrade` removes. After an upgrade make the "
        "environment anew and run `hotfolder service install` again."
    )


def _file_remarks(content: bytes | None, target: Target, *, loaded: bool) -> list[str]:
    if content is None:
        return ["It is loaded, but its file is gone: run install again."] if loaded else []
    if not launchd_plist.is_ours(content):
        return ["The file was not made by Hotfolder."]
    remarks = []
    root = launchd_plist.root_of(content)
    if root != str(target.root):
        remarks.append(f"It serves {root}, not {target.root}.")
    elif content != launchd_plist.render(target):
        remarks.append("The file differs from what this version writes: run install again.")
    python = launchd_plist.argv_of(content)[0]
    if not os.access(python, os.X_OK):
        remarks.append(f"Its Python is gone: {python}. Run install again.")
    return remarks


def _life_remarks(seen: Printed | None, *, disabled: bool) -> list[str]:
    remarks = []
    if disabled:
        remarks.append(f"It is switched off ({_LOGIN_ITEMS}); `hotfolder service start` undoes it.")
    if seen is None:
        return remarks
    if seen.spawn_type is not None and not seen.spawn_type.startswith("interactive"):
        remarks.append(
            f"launchd runs it as '{seen.spawn_type}', which slows the GPU: run install again."
        )
    if seen.exit_timeout is not None and seen.exit_timeout < 30:
        remarks.append(
            f"An old file is loaded (only {seen.exit_timeout} s to stop): run install again."
        )
    if seen.last_exit is not None and seen.last_exit.startswith("78"):
        remarks.append(EXPLAINED[78])
    return remarks
