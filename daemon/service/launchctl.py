"""Speaking to launchctl: one call at a time, each with a limit, each answer put into words.

The printout of `launchctl print` is no interface, so only its first level is read and whatever is
not understood is unknown. Never uses load, unload or `kickstart -k` (that one kills outright).
"""

from __future__ import annotations

import re
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from daemon.errors import SetupError
from daemon.service.target import LABEL, STOP_SECONDS

GONE = 113
NO_SUCH_PROCESS = 3
IN_PROGRESS = 36
INPUT_OUTPUT = 5
ALREADY = 37
NO_DESKTOP = (125, 134)

_DESKTOP = (
    "launchd has no desktop session for you: this looks like SSH, a locked screen or a Mac nobody "
    "is logged in to. Log in at the desktop and run this again in Terminal; the file is in place."
)
EXPLAINED = {
    3: "No such process: the service is not running.",
    5: (
        "launchd only says 'input/output error'. It means one of, most likely first: the service "
        "is already loaded; its old self is still stopping (wait a minute); it is switched off in "
        "System Settings > General > Login Items; the file is not yours or others can write it; "
        "the file is damaged (plutil -lint); your home folder lies on an external volume, from "
        "where launchd loads nothing (System Settings > Users & Groups, Advanced Options shows "
        "where it is); this is not a desktop session; the label is taken."
    ),
    37: "launchd is already doing that.",
    78: (
        "EX_CONFIG: launchd could not start the program at all. Its log folder can't be written, "
        "or the Python in the file is gone. Run `hotfolder service install` again."
    ),
    113: "launchd does not know the service: it is not loaded. `hotfolder service start` loads it.",
    119: "The service is switched off in System Settings > General > Login Items.",
    122: "The file is not yours or others can write it. Run `hotfolder service install` again.",
    125: _DESKTOP,
    134: _DESKTOP,
}


class NoDesktopError(SetupError):
    """launchd has no desktop session for this person; nothing of theirs can be loaded in it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """How a call ended; `text` is what it printed."""

    code: int
    text: str


@dataclass(frozen=True, slots=True)
class Printed:
    """The first level of `launchctl print`: names as printed, values as printed."""

    fields: dict[str, str]

    @property
    def state(self) -> str:
        return self.fields.get("state", "unknown")

    @property
    def running(self) -> bool:
        return self.state == "running"

    @property
    def pid(self) -> int | None:
        return self._number("pid")

    @property
    def exit_timeout(self) -> int | None:
        return self._number("exit timeout")

    @property
    def spawn_type(self) -> str | None:
        return self.fields.get("spawn type")

    @property
    def last_exit(self) -> str | None:
        return self.fields.get("last exit code")

    def _number(self, name: str) -> int | None:
        text = self.fields.get(name, "")
        return int(text) if re.fullmatch(r"\d{1,9}", text) else None


_FIRST_LEVEL = re.compile(r"\t(?P<name>[^\t=][^=]*?) = (?P<text>.*?)\s*")


def parse(text: str) -> Printed:
    """Lines indented by one tab; the first of a name wins, blocks opening with a brace are passed
    over. Deeper blocks repeat `state` and `pid` for other things."""
    fields: dict[str, str] = {}
    for line in text.splitlines():
        match = _FIRST_LEVEL.fullmatch(line)
        if match and not match["text"].endswith("{"):
            fields.setdefault(match["name"], match["text"])
    return Printed(fields)


@dataclass(frozen=True, slots=True)
class Launchctl:
    """launchctl for one person's desktop.

    `call_seconds` bounds one call, `drain_seconds` the wait for a stopped service to be gone,
    `settle_seconds` the wait for a started one to show; `pause` lies between two looks.
    """

    uid: int
    call_seconds: float = STOP_SECONDS + 15
    drain_seconds: float = STOP_SECONDS + 10
    settle_seconds: float = 5
    pause: float = 0.25

    @property
    def domain(self) -> str:
        return f"gui/{self.uid}"

    @property
    def service(self) -> str:
        return f"{self.domain}/{LABEL}"

    def call(self, *arguments: str) -> Answer:
        """Run launchctl; SetupError if it is missing or does not come back."""
        try:
            done = subprocess.run(
                ["launchctl", *arguments],
                capture_output=True,
                stdin=subprocess.DEVNULL,
                timeout=self.call_seconds,
                check=False,
            )
        except FileNotFoundError as error:
            raise SetupError(
                "launchctl was not found; launchd services exist on macOS only.",
                remedy="Elsewhere start the daemon yourself: hotfolder run --service",
            ) from error
        except subprocess.TimeoutExpired as error:
            raise SetupError(
                f"launchctl {arguments[0]} did not answer within {self.call_seconds:.0f} s.",
                remedy="Log out and in again, then look with `hotfolder service status`.",
            ) from error
        text = (done.stdout + done.stderr).decode("utf-8", "replace")
        return Answer(done.returncode, text.strip("\n"))

    def look(self) -> Printed | None:
        """The service as launchd prints it; None if launchd does not know it."""
        answer = self.call("print", self.service)
        if answer.code == 0:
            return parse(answer.text)
        if answer.code in (GONE, NO_SUCH_PROCESS) or "Could not find service" in answer.text:
            return None
        raise refused("print", answer)

    def look_anyway(self) -> Printed | None:
        """The same; None also where there is no desktop for anything to be loaded in."""
        try:
            return self.look()
        except NoDesktopError:
            return None

    def disabled(self) -> bool:
        """Whether the person, or an old tool, switched the service off."""
        answer = self.call("print-disabled", self.domain)
        found = re.search(rf'"{re.escape(LABEL)}" => (\w+)', answer.text)
        return found is not None and found[1] in ("disabled", "true")

    def bootout(self) -> None:
        """Unload, and wait until it is really gone: the command returns while the job still stops,
        and loading again in that window fails."""
        answer = self.call("bootout", self.service)
        if answer.code not in (0, NO_SUCH_PROCESS, INPUT_OUTPUT, IN_PROGRESS, GONE):
            raise refused("bootout", answer)
        until = time.monotonic() + self.drain_seconds
        while self.look() is not None:
            if time.monotonic() >= until:
                raise SetupError(
                    f"The service is still stopping after {self.drain_seconds:.0f} s.",
                    remedy="Look again in a minute: hotfolder service status",
                )
            time.sleep(self.pause)

    def bootstrap(self, plist: Path, *, after_bootout: bool) -> None:
        """Load. Right after our own bootout launchd may refuse for a moment, so that is tried
        again; on a clean slate the same answer is final."""
        until = time.monotonic() + (self.drain_seconds if after_bootout else 0)
        while True:
            answer = self.call("bootstrap", self.domain, str(plist))
            if answer.code == 0 or self._loaded_anyway(answer):
                return
            if answer.code != INPUT_OUTPUT or time.monotonic() >= until:
                raise refused("bootstrap", answer)
            time.sleep(self.pause)

    def _loaded_anyway(self, answer: Answer) -> bool:
        return answer.code in (ALREADY, INPUT_OUTPUT) and self.look() is not None

    def settled(self) -> Printed | None:
        """What it is once it runs or has ended once; the last look if neither comes in time."""
        until = time.monotonic() + self.settle_seconds
        while True:
            seen = self.look()
            if seen is None or seen.running or _has_ended(seen) or time.monotonic() >= until:
                return seen
            time.sleep(self.pause)


def _has_ended(seen: Printed) -> bool:
    return seen.last_exit is not None and "never exited" not in seen.last_exit


def refused(verb: str, answer: Answer) -> SetupError:
    """The error for an answer that is not success, explained as far as codes explain anything."""
    if answer.code in NO_DESKTOP:
        return NoDesktopError(f"launchctl {verb} ended with {answer.code}.", remedy=_DESKTOP)
    said = f": {answer.text.splitlines()[0].strip()}" if answer.text.strip() else ""
    known = EXPLAINED.get(answer.code, f"Ask `launchctl error {answer.code}` what it means.")
    return SetupError(f"launchctl {verb} ended with {answer.code}{said}.", remedy=known)
