"""Reasons not to install a service: better told at the keyboard than found in a log at login.

Looks at paths, at who we are and at the interpreter; changes nothing.
"""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path

from daemon.errors import SetupError, UsageError
from daemon.fs.naming import name_key
from daemon.service.target import LABEL, UNIT, Target

# Places a background job may not read without a grant of macOS, though Terminal may.
_PROTECTED_IN_HOME = (
    "Desktop",
    "Documents",
    "Downloads",
    "Library/Mobile Documents",
    "Library/CloudStorage",
)
_PROTECTED_ANYWHERE = ("/Volumes",)
_IMPORT_SECONDS = 60


def protected_by(path: Path, home: Path) -> Path | None:
    """The folder guarded by macOS privacy protection that `path` lies in, if it lies in one.

    Looked at as written and as resolved, since a symlink leads the daemon to the same refusal;
    names are compared the way the disk does, ignoring case and normalisation.
    """
    homes = {home, home.resolve()}
    guarded = [one / part for one in homes for part in _PROTECTED_IN_HOME]
    guarded += [Path(part) for part in _PROTECTED_ANYWHERE]
    for seen in (path, path.resolve()):
        for folder in guarded:
            if _inside(seen, folder):
                return folder
    return None


def _inside(path: Path, folder: Path) -> bool:
    parts, above = _folded(path), _folded(folder)
    return parts[: len(above)] == above


def _folded(path: Path) -> tuple[str, ...]:
    return tuple(name_key(part) for part in path.parts)


def is_away_from_home(home: Path) -> bool:
    """Whether the home folder lies on an external volume."""
    anywhere = [Path(part) for part in _PROTECTED_ANYWHERE]
    return any(_inside(seen, folder) for seen in (home, home.resolve()) for folder in anywhere)


HOME_AWAY = (
    "Your home folder {home} lies on an external volume, and launchd loads no agent from there: "
    "it answers `5: Input/output error`, whatever rights anything is given (as people report). "
    "Another folder on that volume does not help. What does: a home folder on the internal disk "
    "(System Settings > Users & Groups, Advanced Options); or no service: save a text file "
    "Hotfolder.command that holds the line\n"
    "    {command}\n"
    "make it executable (chmod +x), and add it in System Settings > General > Login Items: it then "
    "runs in a Terminal window at every login."
)


def home_away(target: Target) -> str:
    """Why there can be no agent in this home, and what to do instead."""
    words = [word for word in target.argv() if word != "--service"]
    return HOME_AWAY.format(home=target.home, command=shlex.join(words))


def refuse_home_away(target: Target, *, force: bool) -> None:
    """UsageError if the agent's file would lie where launchd does not take it from."""
    if not force and is_away_from_home(target.home):
        raise UsageError(home_away(target) + "\nTo try the service all the same, add --force.")


def refuse_protected(target: Target, *, force: bool) -> None:
    """UsageError if the root or the interpreter lies where a launchd job may not look."""
    if force:
        return
    for name, path in (("root", target.root), ("Python", target.python)):
        folder = protected_by(path, target.home)
        if folder is not None:
            raise UsageError(
                f"The {name} {path} lies in {folder}, which macOS privacy protection closes to "
                "background jobs although Terminal may read it. "
                + _ELSEWHERE[name]
                + " If you gave that Python Full Disk Access and know what you do, add --force."
            )


_ELSEWHERE = {
    "root": "Use a folder such as ~/Hotfolder: hotfolder --root ~/Hotfolder service install.",
    "Python": "Install Hotfolder elsewhere, for example with pipx, and run this again.",
}


def refuse_root_user(uid: int) -> None:
    """UsageError for root: a launchd agent belongs to a person with a desktop."""
    if uid == 0:
        raise UsageError(
            "The service belongs to the person who draws, not to root. "
            "Run this again without sudo, as yourself."
        )


def refuse_inside_agent() -> None:
    """UsageError when we are the service: taking it down would cut off this very command."""
    if os.environ.get("XPC_SERVICE_NAME") == LABEL:
        raise UsageError("This runs inside the service itself. Use a Terminal window instead.")


def refuse_inside_unit(cgroup: Path = Path("/proc/self/cgroup")) -> None:
    """The same for systemd, which tells us where we are through the control group."""
    try:
        where = cgroup.read_text()
    except OSError:
        return
    if any(line.strip().endswith(f"/{UNIT}") for line in where.splitlines()):
        raise UsageError("This runs inside the service itself. Use a terminal instead.")


def refuse_unusable_python(target: Target) -> None:
    """SetupError unless that interpreter can import Hotfolder the way the service will."""
    if not (target.python.is_file() and os.access(target.python, os.X_OK)):
        raise SetupError(
            f"{target.python} is not there or can't be run.",
            remedy="Run `hotfolder service install` from the environment Hotfolder is in.",
        )
    # The folder of the root and PYTHONPATH are left out: the service will have neither.
    environment = {key: text for key, text in os.environ.items() if key != "PYTHONPATH"}
    try:
        answer = subprocess.run(
            [str(target.python), "-P", "-c", "import daemon.cli"],
            cwd="/",
            env=environment,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=_IMPORT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SetupError(
            f"{target.python} could not be tried: {error}.",
            remedy="Mend that Python environment, then run this again.",
        ) from error
    if answer.returncode != 0:
        raise SetupError(
            f"{target.python} can't import Hotfolder from outside its checkout.",
            remedy="Install it there first: pip install . (or pip install -e .), then try again.",
        )


def cellar_of(python: Path) -> str | None:
    """The Homebrew Cellar folder a virtual environment hangs on, or None.

    Such a folder carries the version in its name, so `brew upgrade` removes it.
    """
    try:
        text = (python.parent.parent / "pyvenv.cfg").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    for line in text.splitlines():
        key, _, value = line.partition("=")
        if key.strip() == "home" and "/Cellar/" in value:
            return value.strip()
    return None
