"""`hotfolder status`: what the daemon does now, from its last snapshot, corrected by what is true.

Asks nobody and wakes nothing. Standard library only.
"""

from __future__ import annotations

import argparse
import time

from daemon.cli import at_rest
from daemon.cli.printing import Row, say, say_json, say_rows
from daemon.cli.status_rows import rows
from daemon.errors import ExitCode, UsageError
from daemon.root.layout import Layout, find_root
from daemon.root.lock import is_held
from daemon.root.status_file import STALE_AFTER, Snapshot, read_status


def status(arguments: argparse.Namespace) -> int:
    """Print the snapshot; 2 if there is no such root, 4 if no daemon runs, 5 if it is blocked,
    paused or stuck, else 0."""
    layout = Layout(find_root(arguments.root))
    if not layout.id_file.is_file() and not is_held(layout.lock_file):
        raise UsageError(
            f"{layout.root} is no Hotfolder root. Name one with --root DIR or $HOTFOLDER_ROOT; "
            "`hotfolder run` makes one."
        )
    wall = time.time()
    snapshot = current_status(layout, wall=wall)
    told = _told(layout, snapshot, wall)
    if arguments.json:
        say_json(snapshot)
    else:
        say(f"{snapshot.get('state', 'unknown')}  ({snapshot['root']})")
        say_rows(told)
    state = snapshot.get("state")
    if state == "stopped":
        return ExitCode.NO_DAEMON
    return ExitCode.SETUP if state in ("blocked", "paused", "stuck") else ExitCode.OK


def _told(layout: Layout, snapshot: Snapshot, wall: float) -> list[Row]:
    """The snapshot as rows; where one of another shape lies in its place, what the disk says."""
    try:
        return rows(snapshot, wall=wall)
    except (TypeError, ValueError, LookupError, AttributeError, OverflowError):
        sound = {"state": str(snapshot.get("state")), "reason": "its status.json makes no sense"}
        return rows({**at_rest.look(layout, wall=wall), **sound}, wall=wall)


def current_status(layout: Layout, *, wall: float) -> Snapshot:
    """The snapshot corrected by what is true now: `state` is "stopped" when no daemon holds the
    root (then all else is read from the disk) and "stuck" when one does but its heartbeat is older
    than STALE_AFTER seconds."""
    snapshot = {**(read_status(layout) or {}), "root": str(layout.root)}
    if not is_held(layout.lock_file):
        pace = snapshot.get("pace")
        stopped = {"root": str(layout.root), "state": "stopped", "reason": None, "pace": pace}
        return {**at_rest.look(layout, wall=wall), **stopped}
    if "queue" not in snapshot:  # it has only begun, or has no room for more
        snapshot = {**at_rest.look(layout, wall=wall), **snapshot}
    if not layout.id_file.is_file():
        return {**snapshot, "state": "stuck", "reason": _STATELESS}
    began = _taken_at(layout)
    beat = _number(snapshot.get("heartbeat_unix"))
    if beat < began:  # of an earlier run; this one has said nothing yet
        snapshot.update(state="starting", reason=None)
    age = wall - max(beat, began)
    if age > STALE_AFTER and (beat < began or snapshot.get("state") != "starting"):
        since = f"since it was started {age:.0f} s ago" if beat < began else f"for {age:.0f} s"
        snapshot.update(state="stuck", reason=f"no heartbeat {since}")
    return snapshot


_STATELESS = (
    "its folder .hotfolder was deleted or moved away under it: put that back, or stop the daemon "
    "and start it anew"
)


def _taken_at(layout: Layout) -> float:
    """When the daemon that holds the root wrote its name into the lock (seconds since 1970)."""
    try:
        return layout.lock_file.stat().st_mtime
    except OSError:
        return 0.0


def _number(value: object) -> float:
    try:
        return float(value) if isinstance(value, int | float) else 0.0
    except OverflowError:
        return 0.0
