"""The status in one line: for the terminal's foot, a menu bar, a prompt, systemd.

Pure. The snapshot may be of another version: what is missing in it is left out.
"""

from __future__ import annotations

from collections.abc import Mapping

from daemon.root.status_file import Snapshot

SEPARATOR = " · "

IDLE = ("idle", "rendering", "loading", "waiting")
"""States that need not be named where the numbers are."""


def footer(snapshot: Snapshot) -> str:
    """`3 waiting, about 2 min · 14 done · 1 failed`; a state worth knowing goes first."""
    totals = _table(snapshot.get("totals"))
    state = str(snapshot.get("state") or "unknown")
    waiting = _number(totals.get("waiting")) + _number(totals.get("in_hand"))
    estimate = _table(snapshot.get("queue")).get("estimate_seconds")
    about = f", about {_duration(estimate)}" if waiting and _is_time(estimate) else ""
    parts = [state] if state not in IDLE else []
    parts += [f"{waiting} waiting{about}"]
    parts += [f"{_number(totals.get('done_today'))} done"]
    failed = _number(totals.get("failed"))
    parts += [f"{failed} failed"] if failed else []
    return SEPARATOR.join(parts)


def now(snapshot: Snapshot) -> str:
    """`ep03/060, 7 of 12, 2 min left`: what is being made, or the state and why."""
    current = snapshot.get("current")
    first = _table(current[0]) if isinstance(current, list) and current else {}
    if not first:
        reason = str(snapshot.get("reason") or "").split("\n")[0]
        return f"{snapshot.get('state') or 'unknown'}" + (f": {reason}" if reason else "")
    name = str(first.get("name") or "")
    for held in snapshot.get("held") or []:
        if _table(held).get("job") == first.get("job") and _table(held).get("project"):
            name = f"{held['project']}/{name}"
    parts = [name]
    if _number(first.get("pictures")) > 1:
        parts.append(f"{_number(first.get('picture'))} of {_number(first.get('pictures'))}")
    left = _table(snapshot.get("queue")).get("estimate_seconds")
    if _is_time(left):
        parts.append(f"{_duration(left)} left")
    return ", ".join(parts)


def line(snapshot: Snapshot) -> str:
    """Both, for `status --line`."""
    current = snapshot.get("current")
    said = footer(snapshot)
    return f"{now(snapshot)}{SEPARATOR}{said}" if current else said


def _duration(seconds: object) -> str:
    """As a person says it who has no need of the second."""
    whole = float(seconds) if isinstance(seconds, int | float) else 0.0
    if whole < 55:
        return f"{max(1, round(whole))} s"
    minutes = max(1, round(whole / 60))
    return f"{minutes} min" if minutes < 100 else f"{round(minutes / 60)} h"


def _is_time(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1e9


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _table(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
