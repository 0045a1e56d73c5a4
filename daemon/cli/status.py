"""`hotfolder status`: what the daemon does now, from its last snapshot, corrected by what is true.

Asks nobody and wakes nothing. Standard library only.
"""

from __future__ import annotations

import argparse
import gc
import json
import time

from daemon.cli.printing import Row, say, say_error, say_json, say_rows, say_text
from daemon.cli.status_line import say_line
from daemon.cli.status_rows import rows
from daemon.errors import ExitCode
from daemon.protocol.json_object import JsonObject
from daemon.root.layout import Layout, find_root
from daemon.root.lock import is_held
from daemon.root.own_command import command_here
from daemon.root.status_file import STALE_AFTER, Snapshot, read_status
from daemon.worker.pace import Pace


def status(arguments: argparse.Namespace) -> int:
    """Print the snapshot, or how far boards are; 2 if there is no such root or board, 4 if no
    daemon runs, 5 if it is blocked, paused or stuck, or a named board is paused, 1 if a named board
    has a mistake or a picture that failed, else 0."""
    layout = Layout(find_root(arguments.root))
    if not layout.id_file.is_file() and not is_held(layout.lock_file):
        from daemon.cli.wake import existing_root

        existing_root(arguments)  # says what other verbs say of it
    wall = time.time()
    gc.disable()  # a board of a thousand shots is a hundred thousand objects, all of which stay
    if arguments.board:
        return _boards(layout, arguments, wall)
    snapshot = current_status(layout, wall=wall)
    if arguments.line:
        return say_line(snapshot)
    snapshot["boards"] = []
    if layout.boards.exists():
        snapshot["boards"] = _summaries(layout, snapshot)
        _add_strays(layout, snapshot)
    told = _told(layout, snapshot, wall)
    if arguments.json:
        say_json(snapshot)
    else:
        say(f"{snapshot.get('state', 'unknown')}  ({snapshot['root']})")
        say_rows(told)
    return _code(str(snapshot.get("state")))


def _code(state: str) -> ExitCode:
    if state == "stopped":
        return ExitCode.NO_DAEMON
    return ExitCode.SETUP if state in ("blocked", "paused", "stuck") else ExitCode.OK


def _add_strays(layout: Layout, snapshot: Snapshot) -> None:
    """What lies in boards/ and is no board is said like what lies so in the inbox."""
    from daemon.boards.strays import strays

    found = strays(layout)
    told = [
        {"file": file, "reason": each.reason, "remedy": each.remedy} for file, each in found.items()
    ]
    if told:
        snapshot["ignored"] = [*(snapshot.get("ignored") or []), *told]
        snapshot["ignored_number"] = (snapshot.get("ignored_number") or 0) + len(told)


def _summaries(layout: Layout, snapshot: Snapshot) -> list[JsonObject]:
    from daemon.boards.folder import board_folders

    if not board_folders(layout):
        return []
    from daemon.cli.board_status import summary
    from daemon.cli.boards import Boards

    pace = _pace(snapshot)
    return [summary(board, pace) for board in Boards(layout, reads=False).all()]


def _boards(layout: Layout, arguments: argparse.Namespace, wall: float) -> ExitCode:
    from daemon.cli import board_status
    from daemon.cli.board_words import merged
    from daemon.cli.boards import Boards

    boards, snapshot = Boards(layout), current_status(layout, wall=wall)
    named = merged(each for word in arguments.board for each in boards.all_named_by(word))
    pace, steps = _pace(snapshot), board_status.steps_of(snapshot)
    if arguments.json:
        found = [board_status.whole(chosen, pace, steps) for chosen in named]
        say_text(json.dumps(found[0] if len(found) == 1 else found))  # set in, it takes far longer
    else:
        for chosen in named:
            say(*board_status.lines(chosen, pace, steps))
    code = _code(str(snapshot.get("state")))
    if code is not ExitCode.OK:
        if not arguments.json:
            state = str(snapshot.get("state"))
            say_error(f"{state}: {snapshot.get('reason') or _why(layout, state)}")
        return code
    if any(chosen.board.place.is_paused for chosen in named):
        return ExitCode.SETUP
    return ExitCode.FAILED if any(chosen.is_bad for chosen in named) else ExitCode.OK


def _why(layout: Layout, state: str) -> str:
    """Of a state that gives no reason of its own."""
    words = {
        "stopped": f"no daemon runs; `{command_here(layout, 'run')}` goes on",
        "paused": f"nothing is begun until `{command_here(layout, 'resume')}`",
    }
    return words.get(state, "")


def _pace(snapshot: Snapshot) -> Pace:
    told = snapshot.get("pace")
    return Pace.from_json(told if isinstance(told, dict) else {})


def _told(layout: Layout, snapshot: Snapshot, wall: float) -> list[Row]:
    """The snapshot as rows; where one of another shape lies in its place, what the disk says."""
    try:
        return rows(snapshot, wall=wall)
    except (TypeError, ValueError, LookupError, AttributeError, OverflowError):
        sound = {"state": str(snapshot.get("state")), "reason": "its status.json makes no sense"}
        return rows({**_at_rest(layout, wall), **sound}, wall=wall)


def current_status(layout: Layout, *, wall: float) -> Snapshot:
    """The snapshot corrected by what is true now: `state` is "stopped" when no daemon holds the
    root (then all else is read from the disk) and "stuck" when one does but its heartbeat is older
    than STALE_AFTER seconds."""
    snapshot = {**(read_status(layout) or {}), "root": str(layout.root)}
    if not is_held(layout.lock_file):
        last = {"pace": snapshot.get("pace"), "later": snapshot.get("later")}
        stopped = {"root": str(layout.root), "state": "stopped", "reason": None, **last}
        return {**_at_rest(layout, wall), **stopped}
    if "queue" not in snapshot:  # it has only begun, or has no room for more
        snapshot = {**_at_rest(layout, wall), **snapshot}
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


def _at_rest(layout: Layout, wall: float) -> Snapshot:
    """What the disk says; where a daemon works, nobody needs to import how."""
    from daemon.cli import at_rest

    return at_rest.look(layout, wall=wall)


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
