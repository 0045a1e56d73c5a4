"""The launch agent's property list, from a target alone. Pure; `plistlib` does the escaping.

Deliberately absent: WatchPaths and QueueDirectories (lossy, and our daemon watches by itself),
Nice and the I/O keys (weights are read at start), EnableTransactions (launchd would kill at once),
AbandonProcessGroup (its default takes our children down with us).
"""

from __future__ import annotations

import plistlib
from pathlib import Path
from xml.parsers.expat import ExpatError

from daemon.service.target import LABEL, RESTART_SECONDS, STOP_SECONDS, Target, is_our_verb


def plist_path(home: Path) -> Path:
    return home / "Library" / "LaunchAgents" / f"{LABEL}.plist"


def log_folder(home: Path) -> Path:
    """Where launchd puts what Python says before our own log is open."""
    return home / "Library" / "Logs" / "Hotfolder"


def agent(target: Target) -> dict[str, object]:
    """Every key of the agent, in the order a person reads them."""
    logs = log_folder(target.home)
    environment = target.environment("/opt/homebrew/bin")
    return {
        "Label": LABEL,
        "ProgramArguments": target.argv(),
        "WorkingDirectory": str(target.root),
        "RunAtLoad": True,
        # A crash brings it back; a polite stop (exit 0) stays stopped.
        "KeepAlive": {"SuccessfulExit": False},
        "ThrottleInterval": RESTART_SECONDS,
        "ExitTimeOut": STOP_SECONDS,
        # Anything else slows the GPU several times over.
        "ProcessType": "Interactive",
        "LimitLoadToSessionType": "Aqua",
        "EnvironmentVariables": {**environment, "PYTORCH_ENABLE_MPS_FALLBACK": "1"},
        "StandardOutPath": str(logs / "launchd.out.log"),
        "StandardErrorPath": str(logs / "launchd.err.log"),
        "Umask": 18,  # 022; integers are decimal here
        "SoftResourceLimits": {"NumberOfFiles": 4096},  # launchd's own soft limit is 256
    }


def render(target: Target) -> bytes:
    """The file's bytes: the same for the same target, always."""
    return plistlib.dumps(agent(target), sort_keys=False)


def parse(content: bytes) -> dict[str, object]:
    """The keys of a property list; empty if it is none."""
    try:
        read = plistlib.loads(content)
    except (plistlib.InvalidFileException, ExpatError, ValueError, TypeError, OverflowError):
        return {}
    return read if isinstance(read, dict) else {}


def is_ours(content: bytes) -> bool:
    """Whether this agent was made by us: our label, running our package."""
    keys = parse(content)
    return keys.get("Label") == LABEL and is_our_verb(argv_of(content)[1:])


def argv_of(content: bytes) -> list[str]:
    """What an agent runs; empty if it says nothing of the kind."""
    argv = parse(content).get("ProgramArguments")
    return [str(word) for word in argv] if isinstance(argv, list) else []


def root_of(content: bytes) -> str | None:
    """The root an agent of ours serves."""
    argv = argv_of(content)
    return argv[argv.index("--root") + 1] if "--root" in argv[:-1] else None
