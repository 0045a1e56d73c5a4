"""`hotfolder status BOARD`: how far it is, a row a shot; and a line a board for the bare `status`.

Told from files; pure but for that. Standard library only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from daemon.boards.progress import ShotNow, Stage, TakeNow
from daemon.cli.board_words import Chosen, SeenBoard
from daemon.cli.printing import Row
from daemon.protocol.json_object import JsonObject
from daemon.root.layout import Layout
from daemon.root.letters import letter_of
from daemon.root.own_command import command_here, typed
from daemon.text.counted import counted
from daemon.text.duration import duration
from daemon.worker.pace import Pace

NAMED = 3
"""Pictures of a shot that are named one by one; more are counted."""

Steps = Mapping[int, str]
"""How far jobs are that render, by number."""


def steps_of(snapshot: JsonObject) -> dict[int, str]:
    """Of the daemon's last snapshot."""
    found = {}
    for item in snapshot.get("current") or []:
        if isinstance(item, dict) and isinstance(item.get("job"), int):
            found[item["job"]] = f"step {item.get('step')}/{item.get('steps')}"
    return found


# --- one board ------------------------------------------------------------------------------------


def lines(chosen: Chosen, pace: Pace, steps: Steps) -> Iterator[str]:
    """A board, or a part of it, for a person: of a part each picture has a line."""
    yield from _head(chosen, pace)
    told = [f"{_in_words(shot, steps)}{_after(shot)}" for shot in chosen.shots]
    width = min(24, max((len(shot.shot.id) for shot in chosen.shots), default=1))
    room = min(40, max(map(len, told), default=1))
    for shot, words in zip(chosen.shots, told, strict=True):
        yield f"  {shot.shot.id:<{width}}  {words:<{room}}  {shot.shot.words}".rstrip()
        if not chosen.is_whole:
            for take in shot.takes:
                yield f"  {'':<{width}}    {take.take.name}  {_of_take(take, steps)}"


def _head(chosen: Chosen, pace: Pace) -> Iterator[str]:
    board, now = chosen.board, chosen.board.progress
    place = (board.place.file or board.place.folder).name
    home = f"boards/{board.folder}/{place if board.place.file else ''}"
    if now is None:
        yield f"{board.folder}: {board.reason or UNREAD}  ({home})"
        return
    done = sum(shot.stage is Stage.DONE for shot in now.shots)
    yield f"{board.name}: {done} of {counted(len(now.shots), 'shot')} done  ({home})"
    yield f"  pictures: {in_numbers(now.count(), now.account.withdrawn)}"
    seconds = now.seconds_left(pace)
    if seconds:
        yield f"  left: about {duration(seconds)}"
    if board.place.is_paused:
        root = Layout(board.place.folder.parents[1])
        resume = f"`{command_here(root, f'resume {typed(board.folder)}')}`"
        yield f"  paused: nothing more of it is begun until {resume}"
    if board.reason:
        yield f"  {'mistake' if board.is_wrong else 'note'}: {board.reason}"


UNREAD = "nobody has read it yet"


def in_numbers(count: Counter[Stage], withdrawn: int = 0) -> str:
    """`22 of 36 done, 1 running, 11 waiting, 2 held`."""
    parts = [f"{count[Stage.DONE]} of {count.total()} done"]
    parts += [f"{count[s]} {s.value}" for s in Stage if s is not Stage.DONE and count[s]]
    if withdrawn:
        parts.append(f"{withdrawn} withdrawn (no longer asked for)")
    return ", ".join(parts)


def _in_words(shot: ShotNow, steps: Steps) -> str:
    by_stage: dict[Stage, list[TakeNow]] = {}
    for take in shot.takes:
        by_stage.setdefault(take.stage, []).append(take)
    parts = [f"{len(by_stage.pop(Stage.DONE, ()))} of {len(shot.takes)}"]
    for stage, takes in by_stage.items():
        if len(takes) == len(shot.takes):
            parts.append(_told(takes, stage, steps, named=len(takes) == 1))
        elif len(takes) <= NAMED:
            parts.append(", ".join(t.take.name for t in takes) + f" {stage.value}")
        else:
            parts.append(f"{len(takes)} {stage.value}")
    return ", ".join(parts)


def _told(takes: Sequence[TakeNow], stage: Stage, steps: Steps, *, named: bool) -> str:
    return _of_take(takes[0], steps) if named and stage is Stage.RUNNING else stage.value


def _after(shot: ShotNow) -> str:
    is_held = any(take.stage is Stage.HELD for take in shot.takes)
    lacks = next((take.take.lacks for take in shot.takes if take.stage is Stage.LACKING), "")
    return (f" until {shot.shot.follows} is made" if is_held else "") + (lacks and f": {lacks}")


def _of_take(take: TakeNow, steps: Steps) -> str:
    """A picture in words: where it is, or why it is not."""
    made = take.made
    if take.stage is Stage.DONE and made is not None:
        return f"done: outbox/{made.image}"
    if take.stage is Stage.RUNNING:
        return f"running: #{take.job} {steps.get(take.job, '')}".rstrip()
    if take.stage is Stage.FAILED and made is not None:
        letter = f" ({letter_of(Path(made.kept))})" if made.kept else ""
        return f"failed: #{made.job} {made.reason}{letter}"
    if take.stage is Stage.DELETED and made is not None:
        return f"deleted: outbox/{made.image} is no longer there"
    if take.stage is Stage.LACKING:
        return f"lacking: {take.take.lacks}"
    if take.stage is Stage.WAITING:
        where = f" in {take.turn}/" if take.turn else ""
        return f"waiting{where}" + (f": #{take.job} is next" if take.is_claimed else "")
    return str(take.stage.value)


# --- for programs ---------------------------------------------------------------------------------


def summary(board: SeenBoard, pace: Pace) -> JsonObject:
    """A board in numbers, as the bare `status --json` has it under `boards`."""
    now = board.progress
    count = now.count() if now else Counter[Stage]()
    return {
        "board": now.account.board if now else board.folder,
        "folder": board.folder,
        "file": board.place.file.name if board.place.file else None,
        "state": _state(board, count),
        "reason": board.reason or None,
        "shots": len(now.shots) if now else None,
        "shots_done": sum(shot.stage is Stage.DONE for shot in now.shots) if now else None,
        "pictures": count.total() if now else None,
        **{stage.value: count[stage] for stage in Stage},
        "withdrawn": now.account.withdrawn if now else 0,
        "estimate_seconds": now.seconds_left(pace) if now else None,
    }


def _state(board: SeenBoard, count: Counter[Stage]) -> str:
    if board.is_wrong:
        return "mistaken"
    if board.place.is_paused:
        return "paused"
    if board.progress is None:
        return "unread"
    if count[Stage.RUNNING]:
        return "running"
    ends = (Stage.WAITING, Stage.LACKING, Stage.HELD, Stage.FAILED)
    state = next((stage for stage in ends if count[stage]), Stage.DONE)
    return (Stage.WAITING if state is Stage.HELD else state).value


def whole(chosen: Chosen, pace: Pace, steps: Steps) -> JsonObject:
    """`status BOARD --json`: the numbers of the whole board, and each shot that was named."""
    return {
        **summary(chosen.board, pace),
        "rows": [_shot(shot, steps) for shot in chosen.shots],
    }


def _shot(shot: ShotNow, steps: Steps) -> JsonObject:
    return {
        "shot": shot.shot.id,
        "words": shot.shot.words,
        "state": shot.stage.value,
        "follows": shot.shot.follows or None,
        "takes": [_take(take, steps) for take in shot.takes],
    }


def _take(take: TakeNow, steps: Steps) -> JsonObject:
    made = take.made
    return {
        "name": take.take.name,
        "state": take.stage.value,
        "job": take.job or None,
        "step": steps.get(take.job, "").removeprefix("step ") or None,
        "image": (made.image or None) if made else None,
        "reason": made.reason if made and take.stage is Stage.FAILED else None,
        "kept": made.kept if made and take.stage is Stage.FAILED else None,
        "lacks": take.take.lacks or None,
        "turn": take.turn or None,
        "id": take.take.id,
    }


# --- a row of the bare status ---------------------------------------------------------------------


def rows(summaries: Sequence[JsonObject], most: int, layout: Layout) -> Iterator[Row]:
    """A row a board, those with something left first."""
    ordered = sorted(summaries, key=lambda each: each["state"] == "done")
    for each in ordered[:most]:
        yield Row("board", _row(each, layout))
    if len(ordered) > most:
        yield Row("", f"and {len(ordered) - most} more (--json shows all)")


def _row(board: JsonObject, layout: Layout) -> str:
    if board["pictures"] is None:
        return str(board["folder"]) + f": {board['reason'] or UNREAD}"
    count = Counter({stage: board[stage.value] for stage in Stage})
    text = f"{board['board']}: {in_numbers(count)}"
    if board["estimate_seconds"]:
        text += f", about {duration(board['estimate_seconds'])}"
    if board["state"] == "paused":
        resume = command_here(layout, f"resume {typed(board['folder'])}")
        text += f"; paused until `{resume}`"
    return f"{text}; {board['reason']}" if board["reason"] else text
