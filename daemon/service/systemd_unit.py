"""The systemd user unit, from a target alone. Pure; does its own quoting, which systemd needs.

Inside double quotes systemd reads backslash escapes and, everywhere, `%` specifiers; the colon
before the command switches off `$` expansion.
"""

from __future__ import annotations

from pathlib import Path

from daemon.errors import UsageError
from daemon.service.target import (
    RESTART_SECONDS,
    STOP_SECONDS,
    UNIT,
    WATCHDOG_SECONDS,
    Target,
    is_our_verb,
)


def unit_path(home: Path) -> Path:
    return home / ".config" / "systemd" / "user" / UNIT


def refuse_unrunnable(python: Path) -> None:
    """UsageError for a program whose path systemd won't accept, however it is quoted."""
    if any(sign in str(python) for sign in "\"'\\"):
        raise UsageError(
            f"systemd can't run {python}: quotes and backslashes are not allowed in a program's "
            "path. Install Hotfolder in an environment elsewhere, then run this again."
        )


def quoted(text: str) -> str:
    """One word of a unit file, whatever it holds but control characters."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{escaped}"'


def render(target: Target) -> str:
    """The unit's text: the same for the same target, always."""
    words = target.argv()
    command = " ".join([":" + quoted(words[0]), *map(quoted, words[1:])])
    environment = "\n".join(
        f"Environment={quoted(f'{name}={text}')}" for name, text in target.environment().items()
    )
    return (_WORKER if target.scheduler else _UNIT).format(
        command=command,
        environment=environment,
        stop=STOP_SECONDS,
        restart=RESTART_SECONDS,
        watchdog=WATCHDOG_SECONDS,
    )


_UNIT = """\
# Written by `hotfolder service install`; changes here are lost at the next one.
[Unit]
Description=Hotfolder: drop a prompt file, get the picture

[Service]
Type=notify
NotifyAccess=main
# A loop that has not turned for so long is ended, and started anew.
WatchdogSec={watchdog}
WatchdogSignal=SIGKILL
ExecStart={command}
{environment}
UMask=0022
LimitNOFILE=4096
# A crash brings it back; a polite stop (exit 0) stays stopped.
Restart=on-failure
RestartSec={restart}
TimeoutStopSec={stop}
# The daemon hears the signal first and ends its worker itself.
KillMode=mixed
# A worker killed for want of memory costs one attempt, not the daemon.
OOMPolicy=continue

[Install]
WantedBy=default.target
"""


_WORKER = _UNIT.replace(
    """Type=notify
NotifyAccess=main
# A loop that has not turned for so long is ended, and started anew.
WatchdogSec={watchdog}
WatchdogSignal=SIGKILL
""",
    "Type=exec\n",
).replace("drop a prompt file, get the picture", "render for the daemon of a cluster")
"""A machine of a cluster is watched by the daemon that it renders for."""


def is_ours(text: str) -> bool:
    """Whether this unit was made by us."""
    return is_our_verb(words_of(text)[1:])


def words_of(text: str) -> list[str]:
    """The command line of a unit we wrote, unquoted; empty if it has none."""
    line = next((one for one in text.splitlines() if one.startswith("ExecStart=:")), "")
    return _unquoted(line.removeprefix("ExecStart=:"))


def _unquoted(line: str) -> list[str]:
    words: list[str] = []
    letters = iter(line)
    for letter in letters:
        if letter != '"':
            continue
        word = ""
        for inner in letters:
            if inner == '"':
                break
            word += next(letters, "") if inner == "\\" else inner
        words.append(word.replace("%%", "%"))
    return words
