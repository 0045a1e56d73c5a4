"""Which versions a machine has of what decides about pixels, read without importing any of it."""

from __future__ import annotations

import importlib.metadata
import platform

from daemon import __version__
from daemon.protocol.json_object import JsonObject
from daemon.protocol.made_with import DECISIVE

WIRE = 1
"""Of what bridge and machine say to each other; both have the same, or nothing is said."""


def versions() -> dict[str, str]:
    """Of this machine."""
    found = {"hotfolder": __version__, "python": platform.python_version()}
    for name in DECISIVE:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = "missing"
    return found


def refused(told: JsonObject, ours: dict[str, str]) -> str:
    """Why a machine of these versions can't work with us, if so."""
    theirs = str(told.get("versions", {}).get("hotfolder", "?"))
    if told.get("wire") == WIRE and theirs == ours["hotfolder"]:
        return ""
    return f"it runs Hotfolder {theirs}, here it is {ours['hotfolder']}; install the same there"


def differing(theirs: dict[str, str], ours: dict[str, str]) -> str:
    """What of its versions may change pixels, in a sentence; empty if nothing does."""
    other = [
        f"{name} {theirs.get(name, 'missing')} (here {ours[name]})"
        for name in DECISIVE
        if theirs.get(name) != ours[name]
    ]
    return f"it has {', '.join(other)}" if other else ""
