"""Where a job's pictures go in the outbox: a name that a file can bear and nobody has taken.

Pure: what the outbox holds comes in as a question.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

from daemon.errors import JobError
from daemon.fs.naming import first_free

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
    letters = (
        "_" if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") or c in _STEERING else c
        for c in unicodedata.normalize("NFC", text).translate(_SEPARATORS)
    )
    name = "".join(letters).strip()
    if name.startswith("."):
        name = "_" + name.lstrip(".")
    if name.split(".")[0].casefold() in _DEVICES:
        name = "_" + name
    cut = name.encode("utf-8")[:MAX_NAME_BYTES].decode("utf-8", "ignore").rstrip(" .")
    return cut if cut.strip("_. ") else "picture"


def outputs(
    name: str, project: str, pictures: int, taken: Callable[[str], bool]
) -> tuple[str, ...]:
    prefix = f"{project}/" if project else ""
    digits = max(2, len(str(pictures)))

    def numbered(number: int) -> tuple[str, ...]:
        stem = name if number == 1 else f"{name}-{number}"
        if pictures == 1:
            return (prefix + stem,)
        return tuple(f"{prefix}{stem}/{stem}-{i:0{digits}d}" for i in range(1, pictures + 1))

    number = first_free(lambda number: not any(map(taken, numbered(number))))
    if number is None:
        raise JobError(f"There are too many pictures named {name}.", remedy="Name this one anew.")
    return numbered(number)
