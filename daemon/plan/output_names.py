"""Where a job's pictures go in the outbox: a name that a file can bear and nobody has taken.

Pure: what the outbox holds comes in as a question.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence

from daemon.errors import JobError
from daemon.fs.naming import first_free, name_key
from daemon.inbox.candidates import is_passed_over

MAX_NAME_BYTES = 200

_SEPARATORS = str.maketrans(dict.fromkeys("/\\:", "-") | dict.fromkeys('?*<>|"', "_"))
"""What separates names somewhere, and what exFAT, Windows and its shares take in no name: pictures
are carried about on such disks."""

_DEVICES = frozenset(
    ("con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10)))
)
"""Names that Windows keeps for itself, with any ending."""
_STEERING = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def output_name(text: str) -> str:
    """`text` as a file name: as typed, but for what a file name can't or shouldn't hold."""
    name = _safe(text).strip()
    if name.startswith("."):
        name = "_" + name.lstrip(".")
    if name.split(".")[0].casefold() in _DEVICES:
        name = "_" + name
    cut = _cut(name, MAX_NAME_BYTES)
    return cut if cut.strip("_. ") else "picture"


def shot_name(shot: str) -> str:
    """The id of a shot as its pictures' names begin with it: as typed, but for an id by which their
    jobs, which are called as they are, would be passed over in the inbox."""
    tries = (shot, f"_{shot}", f"_{shot}_")
    return next((one for one in tries if not is_passed_over(f"{output_name(one)}.json")), "picture")


def _safe(text: str) -> str:
    letters = (
        "_" if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") or c in _STEERING else c
        for c in unicodedata.normalize("NFC", text).translate(_SEPARATORS)
    )
    return "".join(letters)


def _cut(name: str, limit: int) -> str:
    """At most `limit` bytes of it, ending between letters."""
    return name.encode("utf-8")[:limit].decode("utf-8", "ignore").rstrip(" .")


def outputs(
    name: str, project: str, rows: Sequence[tuple[str, int]], taken: Callable[[str], bool]
) -> tuple[str, ...]:
    """A name for every picture: of one beside its siblings, of several in a folder of their own.
    `rows` has the label of each row ("" for none) and how many pictures it gets."""
    prefix = f"{project}/" if project else ""
    endings = _endings(rows)
    room = MAX_NAME_BYTES - max(len(ending.encode()) for ending in endings) - _NUMBER_BYTES

    def numbered(number: int) -> tuple[str, ...]:
        stem = name if number == 1 else f"{name}-{number}"
        if len(endings) == 1:
            return (prefix + stem,)
        short = _cut(name, room) if len(name.encode()) > room else name
        called = short if number == 1 else f"{short}-{number}"
        return tuple(f"{prefix}{stem}/{called}{ending}" for ending in endings)

    number = first_free(lambda number: not any(map(taken, numbered(number))))
    if number is None:
        raise JobError(f"There are too many pictures named {name}.", remedy="Name this one anew.")
    return numbered(number)


_NUMBER_BYTES = 8


def _endings(rows: Sequence[tuple[str, int]]) -> list[str]:
    """What follows the job's name in the name of each picture. Rows of one label count on; labels
    that a disk can't tell apart get numbers."""
    totals: dict[str, int] = {}
    for label, count in rows:
        totals[name_key(label)] = totals.get(name_key(label), 0) + count
    endings: list[str] = []
    made: set[str] = set()
    begun: dict[str, int] = {}
    for label, count in rows:
        key = name_key(label)
        digits = max(2, len(str(totals[key])))
        for _ in range(count):
            begun[key] = begun.get(key, 0) + 1
            ending = f"-{_safe(label)}" if label else ""
            if totals[key] > 1:
                ending += f"-{begun[key]:0{digits}d}"
            endings.append(_free(ending, made))
    return endings


def _free(ending: str, made: set[str]) -> str:
    number = first_free(lambda n: name_key(ending if n == 1 else f"{ending}-{n}") not in made)
    free = ending if number in (1, None) else f"{ending}-{number}"
    made.add(name_key(free))
    return free
