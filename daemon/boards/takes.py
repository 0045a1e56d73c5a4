"""From a written shot to the pictures it asks for: its keys over the board's, a job for each take.

Seeds are fixed: the same board, shot and take have the same seed tomorrow.
"""

from __future__ import annotations

import hashlib
import random
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from daemon.boards.board import Follow, Shot, Take
from daemon.boards.follow import STRENGTHS, follow_of
from daemon.boards.keys import FROM, OF_SHOT, PICK, TOLD, Keys, of_shot
from daemon.boards.names import head_of, picture_name
from daemon.boards.shot_list import WrittenShot, text_of
from daemon.errors import JobError, UnfinishedError
from daemon.jobfile import tree
from daemon.jobfile.cast import CastLibrary
from daemon.jobfile.collected import Place
from daemon.jobfile.expand import VariedRow, jobs_of, varied
from daemon.jobfile.level import Level, make_level
from daemon.jobfile.precedence import Merged
from daemon.jobfile.vary import Outside, no_lists
from daemon.text.counted import agrees, counted

SEED_BITS = 32


@dataclass(frozen=True, slots=True)
class Common:
    """What all shots of the board named `board` share: the levels above them, what is `told` of
    each, the characters of the root, and the `lines` of lists that a shot may vary by."""

    board: str
    merged: Merged
    told: Mapping[str, str]
    cast: CastLibrary
    lines: Callable[[str], Sequence[str]] = no_lists


def make_shot(written: WrittenShot, common: Common) -> Shot:
    """The shot with all its takes; whom it follows and what its pictures are called is not held
    against other shots yet. Raises JobError."""
    keys = of_shot(written.table)
    level = make_level(keys.job, of="a shot", beside=(*OF_SHOT, *TOLD))
    follow = follow_of(keys)
    if follow and follow.paints_over:
        follow = _with_strength(follow, keys, level)
    # Drawn from the shot itself: a board that is saved again draws the same again.
    outside = Outside(common.lines, random.Random(f"{common.board}\0{written.id}"))
    rows = varied(common.merged, level, outside)
    for row in rows:
        _settle_canvas(row.merged, level, follow)
        if row.merged.values.get("prompt") is None:
            raise _no_prompt(written)
    prompt = rows[0].merged.values["prompt"]
    takes = tuple(take for row in rows for take in _takes(written.id, row, common, outside))
    return Shot(
        id=written.id,
        written=prompt,
        takes=takes,
        who=tuple(dict.fromkeys(name for take in takes for name in take.job.who)),
        follows=follow,
        pick=_pick(written.id, keys, takes),
        told={**common.told, **keys.told},
        line=written.line,
    )


def seed_of(board: str, shot: str, number: int) -> int:
    """The seed of a take whose shot names none."""
    said = "\0".join((unicodedata.normalize("NFC", board), shot, str(number)))
    return int.from_bytes(hashlib.sha256(said.encode()).digest()[: SEED_BITS // 8], "big")


# --- one row --------------------------------------------------------------------------------------


def _takes(shot: str, row: VariedRow, common: Common, outside: Outside) -> Iterator[Take]:
    """The takes of one row; without `vary` it is the only one."""
    _check_count(shot, row.merged)
    followed = row.merged.values.get("image") is _FOLLOWED
    jobs = jobs_of(row, outside, common.cast)
    total = sum(each.job.pictures for each in jobs)
    number = 0
    for each in jobs:
        count = each.job.pictures
        job = replace(each.job, image=None, image_sha256=None) if followed else each.job
        for at in range(count):
            number += 1
            seed = job.seeds[at] if job.seeds else seed_of(common.board, shot, number)
            one = replace(job, seeds=(seed,), count=None)
            yield Take(number, row.label, picture_name(shot, row.label, number, of=total), one)


def _check_count(shot: str, merged: Merged) -> None:
    asked, limit = merged.values.get("count") or 1, merged.max_pictures
    if asked > limit:
        place = merged.place("count")
        raise JobError(
            f"Shot {tree.shown(shot)} asks for {asked:,} takes; at most {limit:,} "
            f"{agrees(limit, 'is', 'are')} allowed.",
            line=place.line,
            key=place.key,
            file=place.file,
            remedy="Ask for fewer, or raise `max_pictures` in hotfolder.yaml.",
        )


def _no_prompt(written: WrittenShot) -> JobError:
    name = tree.shown(written.id)
    kind = JobError if written.table.items else UnfinishedError  # `070:` and the cursor behind it
    return kind(
        f"Shot {name} has no prompt.",
        line=written.line,
        key=written.id,
        why="Neither it nor the top of the board says what the picture shall show.",
        remedy=f"Write {name}: a harbour at dawn, or prompt: below it.",
    )


# --- what is painted over -------------------------------------------------------------------------

_FOLLOWED = "the picture of another shot"
"""Stands for `image` while the shot is put together, so that a mask and a strength have one."""


def _with_strength(follow: Follow, keys: Keys, level: Level) -> Follow:
    """`strength` beside `from` is how much of that picture is painted anew."""
    if level.values.get("image") is not None:
        here, image = keys.places[FROM], level.place("image")
        raise JobError(
            f"`{here.key}` (line {here.line}) and `{image.key}` (line {image.line}) both say what "
            "is painted over.",
            line=image.line,
            key=image.key,
            remedy="Keep one of them.",
        )
    strength = level.values.get("strength")
    if strength is None:
        return follow
    place = level.place("strength")
    if isinstance(keys.own[FROM], tree.Table) and follow.strength != STRENGTHS[FROM]:
        raise JobError(
            f"The strength of `{keys.places[FROM].key}` is said twice.",
            line=place.line,
            key=place.key,
            remedy="Keep one of them.",
        )
    return replace(follow, strength=float(strength))


def _settle_canvas(merged: Merged, level: Level, follow: Follow | None) -> None:
    """A mask or a strength of the board waits for the shots that have a picture to paint over."""
    if follow and follow.paints_over:
        merged.values.update(image=_FOLLOWED, image_sha256=None, strength=follow.strength)
    elif not merged.values.get("image"):
        for key in ("mask", "strength"):
            if level.values.get(key) is None:
                merged.values[key] = None


# --- the chosen take ------------------------------------------------------------------------------


def _pick(shot: str, keys: Keys, takes: tuple[Take, ...]) -> int | None:
    """The place of the chosen take: its number, or how its picture is called after the id."""
    node = keys.own.get(PICK)
    if node is None or tree.plain(node) is None:
        return None
    place = keys.places[PICK]
    if not isinstance(node, tree.Scalar) or isinstance(node.value, bool | float):
        raise _no_take(shot, place, "", takes)
    said = text_of(node).strip()
    number = int(said) if said.isascii() and said.isdigit() and len(said) < 6 else 0
    if 0 < number <= len(takes):
        return number
    names = [take.name.removeprefix(f"{head_of(shot, take.name)}-") for take in takes]
    if said in names:
        return names.index(said) + 1
    raise _no_take(shot, place, said, takes)


def _no_take(shot: str, place: Place, said: str, takes: tuple[Take, ...]) -> JobError:
    count = counted(len(takes), "take")
    return JobError(
        f"`{place.key}` names {f'take {tree.shown(said)}' if said else 'no take'}, but shot "
        f"{tree.shown(shot)} has {count}.",
        line=place.line,
        key=place.key,
        remedy="Write the number of one of them, for instance pick: 1"
        + (f", or takes: {said}" if said.isdigit() and len(said) < 4 and int(said) > 0 else ""),
    )
