"""What keeps single pictures of a board from being made, and how that is told beside the board.

A shot lacks a picture that it names and that is not there, a LoRA, or what can be used of either;
the others are made meanwhile. Looks for nothing itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from daemon.boards.asked import Wrong
from daemon.boards.letters import letter_text
from daemon.errors import JobError, NotYetError

NAMED = 8
"""Shots that are named one by one; more are counted."""

MOST_TOLD = 20
"""Things that are lacking of which one letter tells."""

LONGEST = 2_000
"""Letters of what is said in a line."""


@dataclass(frozen=True, slots=True)
class Lack:
    """Why a picture of `shot` can't be made now, nor any that follows it."""

    shot: str
    error: JobError


Lacking = Iterable[tuple[str, Lack]]
"""Shots, each with what it lacks, or one that it follows."""


def sentences(lacks: Lacking) -> list[str]:
    """Which shots wait for what, a sentence for each thing."""
    return [f"{_wait(shots, error)}: {error.what}" for error, shots in _grouped(lacks)]


def wrong_of(file: str, source: bytes | None, lacks: Lacking) -> Wrong | None:
    """What is told of the board in `file` of whose pictures some can't be made. `source` is the
    board, to be quoted. None where there are none."""
    found = _grouped(lacks)
    if not found:
        return None
    error, shots = found[0]
    said = f"{_wait(shots, error)}, and all others are made: {error}"
    if len(found) > 1:
        said += f" {len(found) - 1} more {'is' if len(found) == 2 else 'are'} lacking."
    for_this = " for this" if isinstance(error, NotYetError) else ""
    costs = [f"{_wait(shots, error)}{for_this}. All others are made.", *_others(found[1:])]
    by_itself = any(isinstance(each, NotYetError) for each, _ in found)
    quoted = None if error.file else source
    letter = letter_text(file, error, quoted, costs=costs, by_itself=by_itself)
    return Wrong(letter, said[:LONGEST])


def _grouped(lacks: Lacking) -> list[tuple[JobError, list[str]]]:
    groups: dict[str, tuple[JobError, dict[str, None]]] = {}
    for shot, lack in lacks:
        shots = groups.setdefault(str(lack.error), (lack.error, {}))[1]
        shots[shot] = None
    return [(error, list(shots)) for error, shots in groups.values()]


def _others(found: Sequence[tuple[JobError, Sequence[str]]]) -> list[str]:
    told = [f"{_wait(shots, error)}, too: {error}" for error, shots in found[:MOST_TOLD]]
    if len(found) > MOST_TOLD:
        told.append(f"{len(found) - MOST_TOLD} more are lacking.")
    return told


def _wait(shots: Sequence[str], error: JobError) -> str:
    """`Shots 020 and 060 wait`."""
    verb = "wait" if isinstance(error, NotYetError) else "can't be made"
    if len(shots) == 1:
        return f"Shot {shots[0]} {'waits' if verb == 'wait' else verb}"
    named, more = list(shots[:NAMED]), len(shots) - NAMED
    last = f"{more} more" if more > 0 else named.pop()
    return f"Shots {', '.join(named)} and {last} {verb}"
