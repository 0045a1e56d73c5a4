"""`--shots 010-040,060`: which shots of a board are meant.

Pure. A range goes by the order of the board, not by that of numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from daemon.errors import UsageError
from daemon.text.suggest import did_you_mean

_MOST_SHOWN = 8


def chosen_shots(text: str, shots: Sequence[str], board: str) -> frozenset[str]:
    """The ids of `shots` (all of them, in their order) that `text` names. Raises UsageError for
    what names none of them."""
    found: set[str] = set()
    for part in filter(None, map(str.strip, text.split(","))):
        found |= set(_of(part, shots, board))
    if not found:
        raise UsageError(f"--shots {text}: it names no shot.")
    return frozenset(found)


def _of(part: str, shots: Sequence[str], board: str) -> Sequence[str]:
    if (one := _id(part, shots)) is not None:
        return (one,)
    for first, last in _halves(part):
        begin, end = _id(first, shots), _id(last, shots)
        if begin is None or end is None:
            continue
        if shots.index(begin) > shots.index(end):
            raise UsageError(
                f"--shots {part}: in {board}, shot {begin} comes after {end}. Write {last}-{first}."
            )
        return shots[shots.index(begin) : shots.index(end) + 1]
    raise UsageError(_unknown(part, shots, board))


def _halves(part: str) -> Iterator[tuple[str, str]]:
    """Every way to read it as a range: an id may hold a hyphen itself."""
    for at, letter in enumerate(part):
        if letter == "-" and 0 < at < len(part) - 1:
            yield part[:at].strip(), part[at + 1 :].strip()


def _id(word: str, shots: Sequence[str]) -> str | None:
    """The shot a word names: by its id, or by a number that only one id is (a farm counts 10, where
    the board says 010)."""
    if word in shots:
        return word
    if not (word.isascii() and word.isdigit()):
        return None
    same = [shot for shot in shots if shot.isascii() and shot.isdigit() and int(shot) == int(word)]
    return same[0] if len(same) == 1 else None


def _unknown(part: str, shots: Sequence[str], board: str) -> str:
    wrong = part
    for first, last in _halves(part):
        wrong = last if _id(first, shots) is not None else first
    guess = did_you_mean(wrong, shots)
    some = ", ".join(shots[:_MOST_SHOWN]) + (" …" if len(shots) > _MOST_SHOWN else "")
    return f"--shots {part}: {board} has no shot {wrong}. {guess or f'There are {some}.'}"
