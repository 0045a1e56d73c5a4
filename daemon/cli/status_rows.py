"""The status snapshot as rows for a person: each job once, what it waits for, and the totals.

Pure. The snapshot may be of another version: what is missing in it is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from daemon.cli.printing import Row
from daemon.inbox.turns import Hours
from daemon.protocol.json_object import JsonObject
from daemon.root.layout import AGAIN_SUFFIXES, Layout
from daemon.root.own_command import command_here
from daemon.root.status_file import Snapshot
from daemon.text.counted import counted
from daemon.text.duration import duration
from daemon.text.job_names import job_name

MB = 1e6
DAY = 86_400.0
MOST = 5
"""Rows of one kind; the rest is a number."""

_WORDS = {
    "admitting": "is being planned",
    "queued": "",
    "rendering": "is with the worker",
    "publishing": "is being published",
    "ending": "is on its way out",
    "claimed": "goes on when a daemon runs",
}
"""What a claimed job does, by its state."""


def rows(snapshot: Snapshot, *, wall: float) -> list[Row]:
    """`wall` is now, in seconds since 1970."""
    state, told = str(snapshot.get("state", "unknown")), [Row("", "")][:0]
    why = [line for line in str(snapshot.get("reason") or "").split("\n") if line.strip()]
    told += [Row("" if place else "why", line.strip()) for place, line in enumerate(why)]
    if snapshot.get("paused") and state != "paused":
        resume = command_here(_root(snapshot), "resume")
        told.append(Row("paused", f"nothing is begun until `{resume}`"))
    if state not in ("stopped", "unknown"):
        told += _machine(snapshot)
    told += _in_hand(snapshot, wall)
    told += _waiting(snapshot)
    told += _later(snapshot, wall)
    told += _boards(snapshot)
    told += _ignored(snapshot)
    told += [Row("note", str(notice)) for notice in snapshot.get("notices") or []]
    return [*told, *_ends(snapshot, wall)]


def _root(snapshot: Snapshot) -> Layout:
    return Layout(Path(str(snapshot.get("root") or "")))


def _machine(snapshot: Snapshot) -> Iterator[Row]:
    model = snapshot.get("model") or {}
    workers = snapshot.get("workers") or []
    if len(workers) > 1 or any(not worker.get("pid") for worker in workers):
        yield from _workers(workers)
    elif model.get("name"):
        device = (model.get("device") or {}).get("type")
        yield Row(
            "model", f"{model['name']}, {model['state']}" + (f" on {device}" if device else "")
        )
    for worker in workers if len(workers) == 1 else ():
        if worker.get("memory_bytes"):
            yield Row("memory", _memory(worker))
    if snapshot.get("events", "") is None:
        yield Row("events", "none come; the inbox is looked at every few seconds instead")


def _workers(workers: list[JsonObject]) -> Iterator[Row]:
    """A row for each of several places."""
    for place, worker in enumerate(workers):
        why = f": {worker['reason']}" if worker.get("reason") else ""
        why = why or (f", {_memory(worker)}" if worker.get("memory_bytes") else "")
        yield Row("" if place else "workers", f"{worker.get('name')}, {worker.get('state')}{why}")


def _memory(worker: JsonObject) -> str:
    kept = [
        f"{size / MB:,.0f} for {name}"
        for name, size in (worker.get("kept_bytes") or {}).items()
        if size >= MB / 2
    ]
    return f"{worker['memory_bytes'] / MB:,.0f} MB" + (f", {', '.join(kept)}" if kept else "")


# --- claimed jobs ---------------------------------------------------------------------------------


def _in_hand(snapshot: Snapshot, wall: float) -> Iterator[Row]:
    """Every claimed job once: what is being made of it, or what it waits for."""
    current: dict[object, list[JsonObject]] = {}
    for item in snapshot.get("current") or []:
        current.setdefault(item.get("job"), []).append(item)
    held = {item.get("job"): item for item in snapshot.get("held") or []}
    for job, pictures in current.items():
        first, *others = map(_picture, pictures)
        called = _job({**held.get(job, {}), **pictures[0]})
        yield Row("now", f"{called} {first}")
        yield from (Row("", other) for other in others)
    resting = [item for job, item in held.items() if job not in current]
    for item in resting[:MOST]:
        waits = bool(item.get("reason"))
        yield Row("held" if waits else "next", _resting(item, wall))
    if len(resting) > MOST:
        yield Row("", f"and {len(resting) - MOST} more (--json shows all)")


def _job(item: JsonObject) -> str:
    """`#68 ep01/020`: the one of which board."""
    return f"#{item['job']} {job_name(str(item['name']), str(item.get('project') or ''))}"


def _picture(item: JsonObject) -> str:
    pace = f"  {item['seconds_per_step']:.2f} s/step" if item["seconds_per_step"] else ""
    eta = f"  eta {duration(item['eta'])}" if item["eta"] is not None else ""
    where = f"  on {item['device']}" if item.get("device") else ""
    step = f"step {item['step']}/{item['steps']}{where}"
    return f"{item['picture']}/{item['pictures']}  {step}{pace}{eta}"


def _resting(item: JsonObject, wall: float) -> str:
    count, made = item.get("pictures"), item.get("published")
    size = f" ({made} of {count} made)" if count and made else ""
    size = size or (f" ({count} pictures)" if count and count > 1 else "")
    head = f"{_job(item)}{size}"
    if not item.get("reason"):
        return f"{head} {_WORDS.get(str(item.get('state')), '')}".rstrip()
    retry = item.get("retry_unix")
    again = f"; tried again in {duration(max(0.0, retry - wall))}" if retry else ""
    return f"{head}: {item['reason']}{again}"


# --- the inbox ------------------------------------------------------------------------------------


def _waiting(snapshot: Snapshot) -> Iterator[Row]:
    """Every waiting file once: in its turn, or with what it waits for."""
    queue, troubles = snapshot.get("queue") or {}, snapshot.get("troubles") or []
    troubled = {item["file"] for item in troubles}
    files = [file for file in queue.get("files") or [] if file not in troubled]
    yield Row("queue", _queue(files, queue.get("estimate_seconds"), waits=bool(troubles)))
    yield from _some("waiting", [f"{item['file']}: {item['reason']}" for item in troubles])


def _later(snapshot: Snapshot, wall: float) -> Iterator[Row]:
    """What waits for its hours, and when these are."""
    number, said = (snapshot.get("queue") or {}).get("later"), str(snapshot.get("later") or "")
    hours = Hours.of(said) if said else None
    if not number or hours is None:
        return
    begin, end = said.split("-")
    when = f"until {end}" if hours.hold(wall) else f"from {begin} on"
    files = f"{counted(number, 'file')} of later/"
    yield Row("later", f"{files} may begin {when} (later: {said} in hotfolder.yaml)")


def _boards(snapshot: Snapshot) -> Iterator[Row]:
    if snapshot.get("boards"):
        from daemon.cli.board_status import rows as of_boards

        yield from of_boards(snapshot["boards"], MOST, _root(snapshot))


def _ignored(snapshot: Snapshot) -> Iterator[Row]:
    """Files that are no jobs, each with its cure."""
    texts = [
        f"{item['file']}: {_sentence(str(item['reason']))} {item['remedy']}".rstrip()
        for item in snapshot.get("ignored") or []
    ]
    yield from _some("ignored", texts, snapshot.get("ignored_number"))


def _sentence(said: str) -> str:
    return said if said.endswith((".", "?", "!")) else f"{said}."


def _queue(files: list[str], estimate: float | None, *, waits: bool) -> str:
    if not files:
        return "nothing that can be begun" if waits else "empty"
    about = f", about {duration(estimate)}" if estimate else ""
    names = ", ".join(files[:MOST]) + (" …" if len(files) > MOST else "")
    return f"{len(files)} {'file' if len(files) == 1 else 'files'}{about}: {names}"


# --- ends -----------------------------------------------------------------------------------------


def _ends(snapshot: Snapshot, wall: float) -> Iterator[Row]:
    totals, done = snapshot.get("totals"), snapshot.get("last_done")
    if totals:
        yield Row(
            "totals",
            f"{totals['waiting']} waiting, {totals['in_hand']} in hand, "
            f"{totals['done_today']} done today, {totals['failed']} failed",
        )
    if done:
        pictures = ", ".join(f"outbox/{image}" for image in done["images"][:3])
        more = f" and {len(done['images']) - 3} more" if len(done["images"]) > 3 else ""
        yield Row("done", f"{_job(done)}: {pictures}{more}")
    yield from _failures(snapshot, (totals or {}).get("failed"), wall)


def _failures(snapshot: Snapshot, number: int | None, wall: float) -> Iterator[Row]:
    """The newest of those that nobody has mended, and how to be rid of them: a line each for those
    of this day, a number for older ones."""
    listed = snapshot.get("failed") or []
    new = [end for end in listed if wall - (end.get("finished_unix") or wall) < DAY]
    for end in new[:MOST]:
        yield Row("failed", f"{_job(end)}: {end['reason']}{_picture_at(end)}")
    rest = (number or len(listed)) - len(new[:MOST])
    more = "more" if len(new) > MOST else "older than a day"
    if rest > 0:
        yield (
            Row("", f"and {rest} {more} (--json shows all)")
            if new
            else Row("failed", f"{rest} {more} (--json shows all)")
        )
    if any(not _is_picture(end) for end in listed):
        own = [command_here(_root(snapshot), words) for words in ("retry --all", "tidy --failed")]
        yield Row("", f"`{own[0]}` tries them again, `{own[1]}` puts them into the Trash")


def _picture_at(end: JsonObject) -> str:
    """Where a picture lies that was to be made again: it may be the only one. Whether it can be
    tried once more hangs on what its letter says."""
    said = f" (the picture is {end.get('path')}; the letter beside it says what to do)"
    return said if _is_picture(end) else ""


def _is_picture(end: JsonObject) -> bool:
    return str(end.get("path") or "").lower().endswith(AGAIN_SUFFIXES)


def _some(label: str, texts: list[str], number: int | None = None) -> Iterator[Row]:
    yield from (Row(label, text) for text in texts[:MOST])
    rest = (number or len(texts)) - MOST
    if rest > 0:
        yield Row("", f"and {rest} more (--json shows all)")
