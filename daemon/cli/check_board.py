"""What `hotfolder check` says of a board: shots, who is in each, the prompts, how long it takes.

Plans one take of every row of every shot; what a board is, `boards` knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path

from daemon.boards.board import Board, Follow, Shot, Take
from daemon.boards.follow import following
from daemon.boards.keys import FROM, LIKE
from daemon.boards.lacking import Lack, sentences
from daemon.cli.strange_words import others
from daemon.errors import JobError, UsageError
from daemon.fs.naming import name_key
from daemon.jobfile.cast_remarks import is_question
from daemon.jobfile.job import NamedPicture
from daemon.plan.model_checks import check_adapters
from daemon.plan.plan import Plan
from daemon.plan.prepare import Preparer
from daemon.protocol.json_object import JsonObject
from daemon.protocol.render import KeptPicture, made_steps
from daemon.text.counted import counted
from daemon.text.duration import duration
from daemon.text.suggest import did_you_mean
from daemon.worker.pace import Pace, Pass


@dataclass(frozen=True, slots=True)
class SeenRow:
    """The takes of one row, and the plan of the first."""

    takes: tuple[Take, ...]
    plan: Plan

    def passes(self, follow: Follow | None) -> tuple[Pass, ...]:
        """What a picture of it costs; one that begins with another's picture makes fewer steps."""
        (width, height, steps), *more = self.plan.pictures[0].render.passes
        if follow and follow.paints_over:
            steps = made_steps(steps, follow.strength)
        return ((width, height, steps), *more)


@dataclass(frozen=True, slots=True)
class SeenShot:
    """A shot with its rows, or the `problem` that keeps it from being made."""

    shot: Shot
    rows: tuple[SeenRow, ...] = ()
    problem: JobError | None = None

    @property
    def warnings(self) -> tuple[str, ...]:
        said = (text for row in self.rows for text in row.plan.warnings)
        return tuple(dict.fromkeys(said))

    def seconds(self, pace: Pace) -> float | None:
        follow = self.shot.follows
        each = [pace.estimate(row.passes(follow), len(row.takes)) for row in self.rows]
        known = [seconds for seconds in each if seconds is not None]
        return sum(known) if known and len(known) == len(each) else None


@dataclass(frozen=True, slots=True)
class SeenBoard:
    """A board whose every shot was planned. `asked` are the shots of which is to be told, None: of
    all."""

    board: Board
    shots: tuple[SeenShot, ...]
    asked: frozenset[str] | None = None

    @property
    def told(self) -> tuple[SeenShot, ...]:
        if self.asked is None:
            return self.shots
        return tuple(seen for seen in self.shots if seen.shot.id in self.asked)

    @property
    def problems(self) -> tuple[SeenShot, ...]:
        return tuple(seen for seen in self.told if seen.problem)

    @property
    def pictures(self) -> int:
        return sum(len(seen.shot.takes) for seen in self.told)

    def only(self, part: str) -> SeenBoard:
        """The same, to tell of what `part` means: a shot, a picture, or a pattern. Raises
        UsageError."""
        ids = [seen.shot.id for seen in self.shots]
        asked = {seen.shot.id for seen in self.shots if _is_meant(seen.shot, part)}
        if not asked:
            some = ", ".join(ids[:8]) + (" …" if len(ids) > 8 else "")
            guess = did_you_mean(part, ids) or f"There are {some}."
            raise UsageError(f"There is no shot {part} on the board {self.board.name}. {guess}")
        return replace(self, asked=frozenset(asked))

    @property
    def lacks(self) -> Iterator[tuple[str, Lack]]:
        """The shots that can't be made now, each with what it lacks, or one that it follows."""
        has_problems = any(seen.problem for seen in self.shots)
        by_id = {seen.shot.id: seen for seen in self.shots} if has_problems else {}
        for shot in by_id:
            at = by_id[shot]
            while at.problem is None and at.shot.follows:
                at = by_id[at.shot.follows.shot]
            if at.problem is not None:
                yield shot, Lack(at.shot.id, at.problem)

    @property
    def has_warnings(self) -> bool:
        return bool(self.board.warnings) or any(seen.warnings for seen in self.told)

    def seconds(self, pace: Pace) -> float | None:
        """For all that can be made; None before anything was measured."""
        each = [seen.seconds(pace) for seen in self.told if not seen.problem]
        known = [seconds for seconds in each if seconds is not None]
        return sum(known) if known and len(known) == len(each) else None


def _is_meant(shot: Shot, part: str) -> bool:
    """Whether a word after the board's name means it, or a picture of it."""
    names = (shot.id, *(take.name for take in shot.takes))
    return any(
        name_key(name) == name_key(part) or fnmatchcase(name, part)
        for name in (*names, *(f"{name}.png" for name in names))
    )


class BoardChecker:
    """Plans the shots of one board. Its pictures are looked for in `folder`, each but once."""

    def __init__(self, board: Board, preparer: Preparer, folder: Path) -> None:
        self._board = board
        self._preparer = preparer
        self._folder = folder
        self._found: dict[NamedPicture, KeptPicture] = {}

    def seen(self) -> SeenBoard:
        """All of it; what is wrong with one shot alone is its problem. Raises SetupError."""
        return SeenBoard(self._board, tuple(map(self._shot, self._board.shots)))

    def _shot(self, shot: Shot) -> SeenShot:
        rows: dict[str, list[Take]] = {}
        for take in shot.takes:
            rows.setdefault(take.label, []).append(take)
        try:
            return SeenShot(shot, tuple(self._row(shot, takes) for takes in rows.values()))
        except JobError as error:
            return SeenShot(shot, problem=error)

    def _row(self, shot: Shot, takes: Sequence[Take]) -> SeenRow:
        job = takes[0].job
        if shot.follows:
            whole = following(job, shot.follows, shot.follows.shot)
            check_adapters(whole, self._preparer.models.card_for(whole))
        plan = self._preparer.foresee_job(
            job,
            name=takes[0].name,
            project=self._board.name,
            folder=self._folder,
            found=self._found,
        )
        return SeenRow(tuple(takes), plan)


# --- for a person ---------------------------------------------------------------------------------


def describe(word: str, seen: SeenBoard, pace: Pace) -> Iterator[str]:
    """The lines of a board that was given as `word`."""
    board, bad = seen.board, len(seen.problems)
    verdict = "good" if not bad else f"{count(bad, 'shot')} can't be made"
    shots = count(len(board.shots), "shot")
    if seen.asked is not None:
        shots = f"{len(seen.told)} of {shots}"
    yield f"{word}: {verdict}; board {board.name}, {shots}, {count(seen.pictures, 'picture')}"
    width = min(12, max(len(shot.id) for shot in board.shots))
    asked: set[str] = set()
    for shot in seen.told:
        yield from _describe_shot(shot, width, asked)
    for warning in board.warnings:
        yield f"  warning: {warning}"
    told = {shot.shot.id for shot in seen.told}
    for sentence in sentences(lack for lack in seen.lacks if lack[0] in told):
        yield f"  {sentence}"
    seconds = seen.seconds(pace)
    if seconds is not None:
        yield f"  about {duration(seconds)} at the pace measured so far"


def _describe_shot(seen: SeenShot, width: int, asked: set[str]) -> Iterator[str]:
    shot, indent = seen.shot, " " * (width + 4)
    facts = [count(len(shot.takes), "picture")]
    if seconds := shot.told.get("seconds"):
        facts.append(f"{seconds} s")
    if shot.who:
        facts.append(", ".join(shot.who))
    facts += [f"drawn by {one.image}" for one in shot.takes[0].job.controls]
    if shot.follows:
        key = FROM if shot.follows.paints_over else LIKE
        facts.append(f"{key} {shot.follows.shot} ({shot.follows.strength:g})")
    if shot.pick:
        facts.append(f"picked {shot.takes[shot.pick - 1].name}")
    yield f"  {shot.id:<{width}}  {'; '.join(facts)}"
    for row in seen.rows:
        render = row.plan.pictures[0].render
        label = f"{row.takes[0].label}: " if row.takes[0].label else ""
        without = f" | without {said}" if (said := render.sampling.negative_prompt) else ""
        yield f"{indent}{label}{render.sampling.prompt}{without}"
    for warning in others(seen.warnings):
        if warning not in asked:
            yield f"{indent}warning: {warning}"
        asked.update([warning] if is_question(warning) else [])
    if words := undrawn(row.plan.pictures[0].render.sampling.prompt for row in seen.rows):
        yield f"{indent}not in the thumbnail: {', '.join(words)}"
    if seen.problem:
        yield f"{indent}problem: {seen.problem}"


def undrawn(prompts: Iterable[str]) -> list[str]:
    """The words that a thumbnail of these prompts leaves out."""
    from daemon.thumbs.reading import read_scene

    return list(dict.fromkeys(word for text in prompts for word in read_scene(text).unknown))


def count(number: int, of: str) -> str:
    """`3 shots`, `1 shot`, `no shots`."""
    return counted(number, of, none="no")


# --- for a program --------------------------------------------------------------------------------


def facts(seen: SeenBoard, pace: Pace) -> JsonObject:
    """The same as JSON."""
    return {
        "board": seen.board.name,
        "told": dict(seen.board.told),
        "pictures": seen.pictures,
        "shots": [_shot_facts(shot, pace) for shot in seen.told],
        "warnings": list(seen.board.warnings),
        "estimate_seconds": seen.seconds(pace),
    }


def _shot_facts(seen: SeenShot, pace: Pace) -> JsonObject:
    shot = seen.shot
    return {
        "shot": shot.id,
        "line": shot.line,
        "written": shot.written,
        "who": list(shot.who),
        "told": dict(shot.told),
        "follows": asdict(shot.follows) if shot.follows else None,
        "pick": shot.pick,
        "drawn_by": [one.image for one in shot.takes[0].job.controls],
        "takes": [
            {
                "name": take.name,
                "number": take.number,
                "label": take.label,
                "seed": take.job.seeds[0] if take.job.seeds else None,
                "prompt": take.job.sampling.prompt,
                "negative_prompt": take.job.sampling.negative_prompt,
            }
            for take in shot.takes
        ],
        "warnings": list(seen.warnings),
        "undrawn": undrawn(row.plan.pictures[0].render.sampling.prompt for row in seen.rows),
        "estimate_seconds": seen.seconds(pace),
        "why": str(seen.problem) if seen.problem else None,
    }
