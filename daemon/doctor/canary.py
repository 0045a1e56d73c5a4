"""What the doctor hears from the canary: whether this machine still paints what it painted.

The worker makes a small picture when it has nothing to do, and keeps what came of it; this reads
its record and makes none.
"""

from __future__ import annotations

from daemon.doctor.finding import Finding, bad, ok, warn
from daemon.fs.read import read_json
from daemon.root.layout import Layout

CURE = (
    "Render something you know (`hotfolder retry` of a strict job) and look at it; if it is wrong, "
    "go back to the torch or system of before, or try `device: cpu` in the settings."
)


def songs(layout: Layout) -> list[Finding]:
    """A finding for each model that has a canary."""
    try:
        known = read_json(layout.caches / "canary.json")
        songs = known.values() if isinstance(known, dict) else ()
        entries = [entry for entry in songs if isinstance(entry, dict)]
    except (OSError, ValueError, AttributeError):
        return []
    return [_heard(entry) for entry in entries if {"level", "text", "at"} <= entry.keys()]


def _heard(entry: dict[str, object]) -> Finding:
    said = f"{entry['text']} ({entry['at']})"
    if entry["level"] == "ERROR":
        return bad("Canary", said, CURE)
    if entry["level"] == "WARNING":
        return warn("Canary", said, CURE)
    return ok("Canary", said)
