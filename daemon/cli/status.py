"""`hotfolder status`: what the daemon does now, from its last snapshot. Standard library only."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from daemon.cli.printing import say, say_json
from daemon.errors import ExitCode
from daemon.inbox.candidates import walk
from daemon.protocol.json_object import JsonObject
from daemon.root.layout import Layout, find_root
from daemon.root.lock import is_held
from daemon.root.status_file import STALE_AFTER, Snapshot, read_status

_SHOWN = 5


def status(arguments: argparse.Namespace) -> int:
    """Print the snapshot; 4 if no daemon runs, 5 if it is blocked, paused or stuck, else 0."""
    layout = Layout(find_root(arguments.root))
    snapshot = current_status(layout)
    if arguments.json:
        say_json(snapshot)
    else:
        say(*describe(snapshot))
    state = snapshot.get("state")
    if state == "stopped":
        return ExitCode.NO_DAEMON
    return ExitCode.SETUP if state in ("blocked", "paused", "stuck") else ExitCode.OK


def current_status(layout: Layout, *, wall: float | None = None) -> Snapshot:
    """The snapshot corrected by what is true now: `state` is "stopped" when no daemon holds the
    root and "stuck" when one does but its heartbeat is older than STALE_AFTER seconds."""
    snapshot = read_status(layout) or {}
    snapshot["root"] = str(layout.root)
    if not is_held(layout.lock_file):
        snapshot.update(state="stopped", reason=None, current=[], workers=[])
        snapshot["queue"] = _waiting_files(layout.inbox)
        return snapshot
    age = (time.time() if wall is None else wall) - float(snapshot.get("heartbeat_unix") or 0)
    if age > STALE_AFTER and snapshot.get("state") != "starting":
        snapshot.update(state="stuck", reason=f"no heartbeat for {age:.0f} s")
    return snapshot


def _waiting_files(inbox: Path) -> JsonObject:
    """What a daemon would find, by name alone."""
    files = [str(found.path.relative_to(inbox)) for found in walk(inbox)]
    return {"number": len(files), "files": sorted(files), "estimate_seconds": None}


def describe(snapshot: Snapshot) -> list[str]:
    """The snapshot as lines for a person."""
    reason = f": {snapshot['reason']}" if snapshot.get("reason") else ""
    lines = [f"{snapshot.get('state', 'unknown')}{reason}  ({snapshot['root']})"]
    model = snapshot.get("model") or {}
    if model.get("name") and snapshot.get("state") != "stopped":
        device = (model.get("device") or {}).get("type")
        on = f" on {device}" if device else ""
        lines.append(f"  model    {model['name']}, {model['state']}{on}")
    if snapshot.get("events", "") is None and snapshot.get("state") != "stopped":
        lines.append("  events   none come; the inbox is looked at every few seconds instead")
    lines += [f"  now      {_current(item)}" for item in snapshot.get("current") or []]
    lines += _queue(snapshot.get("queue") or {})
    troubles = snapshot.get("troubles") or []
    lines += [f"  waiting  {item['file']}: {item['reason']}" for item in troubles[:_SHOWN]]
    if len(troubles) > _SHOWN:
        lines.append(f"           and {len(troubles) - _SHOWN} more (--json shows all)")
    done, failed = snapshot.get("last_done"), snapshot.get("last_failed")
    if done:
        pictures = ", ".join(f"outbox/{image}" for image in done["images"][:3])
        more = f" and {len(done['images']) - 3} more" if len(done["images"]) > 3 else ""
        lines.append(f"  done     #{done['job']} {done['name']}: {pictures}{more}")
    if failed:
        lines.append(f"  failed   #{failed['job']} {failed['name']}: {failed['reason']}")
    return [line.encode("utf-8", "replace").decode("utf-8") for line in lines]


def _current(item: JsonObject) -> str:
    pace = f"  {item['seconds_per_step']:.2f} s/step" if item["seconds_per_step"] else ""
    eta = f"  eta {_duration(item['eta'])}" if item["eta"] is not None else ""
    return (
        f"#{item['job']} {item['name']} {item['picture']}/{item['pictures']}"
        f"  step {item['step']}/{item['steps']}{pace}{eta}"
    )


def _queue(queue: JsonObject) -> list[str]:
    number = queue.get("number") or 0
    if not number:
        return ["  queue    empty"]
    estimate = queue.get("estimate_seconds")
    about = f", about {_duration(estimate)}" if estimate else ""
    names = ", ".join(queue["files"][:_SHOWN]) + (" …" if number > _SHOWN else "")
    return [f"  queue    {number} {'file' if number == 1 else 'files'}{about}: {names}"]


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"
