"""What a row of `vary` is called in the names of its pictures.

Pure text: what else a file name may not hold, who makes the name knows.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence

from daemon.fs.naming import first_free, name_key
from daemon.jobfile import tree

MAX_PART = 40
"""Bytes of one value in a name."""

MAX_LABEL = 120
"""Bytes of all of them."""

_UNFIT = re.compile(r"[\s/\\:?*<>|\"'`,;{}()\[\]\x00-\x1f\x7f-\x9f-]+")
_PICTURE = re.compile(r"\.(?:png|jpe?g|webp)$", re.IGNORECASE)


def labels(
    rows: Sequence[Mapping[str, tree.Node]], text_of: Callable[[tree.Node], str]
) -> list[str]:
    """One for each row, and no two that a disk can't tell apart: the values of the columns that
    differ, as `dawn-wide-angle`; where they differ in signs alone, numbers tell them apart."""
    varying = _varying(rows)
    called = [
        _cut("-".join(filter(None, map(_part, _called(row, varying, text_of)))), MAX_LABEL)
        for row in rows
    ]
    made: set[str] = set()
    return [_free(label, made) for label in called]


def identity(node: tree.Node) -> str:
    """Equal for values that say the same."""
    return json.dumps(tree.plain(node), sort_keys=True, ensure_ascii=False)


def _varying(rows: Sequence[Mapping[str, tree.Node]]) -> dict[str, dict[str, int]]:
    """The columns that hold several values (to have none is one, too), each value's number."""
    found: dict[str, dict[str, int]] = {}
    for name in dict.fromkeys(name for row in rows for name in row):
        numbers: dict[str, int] = {}
        for row in rows:
            numbers.setdefault(identity(row[name]) if name in row else "", len(numbers) + 1)
        if len(numbers) > 1:
            found[name] = numbers
    return found


def _called(
    row: Mapping[str, tree.Node],
    varying: Mapping[str, Mapping[str, int]],
    text_of: Callable[[tree.Node], str],
) -> Iterator[str]:
    for name, numbers in varying.items():
        if name not in row:
            continue
        node = row[name]
        if not isinstance(node, tree.Scalar):
            yield f"{name}-{numbers[identity(node)]}"
        elif isinstance(node.value, str):
            picture = _PICTURE.search(node.value)
            yield node.value[: picture.start()].rsplit("/", 1)[-1] if picture else node.value
        else:
            yield f"{name}-{text_of(node)}"


def _free(label: str, made: set[str]) -> str:
    """The label, or the first of label-2, label-3 … that is not `made` yet."""

    def numbered(number: int) -> str:
        return label if number == 1 else f"{label}-{number}".lstrip("-")

    number = first_free(lambda number: name_key(numbered(number)) not in made) or 1
    made.add(name_key(numbered(number)))
    return numbered(number)


def _part(text: str) -> str:
    return _cut(_UNFIT.sub("-", unicodedata.normalize("NFC", text)), MAX_PART)


def _cut(text: str, limit: int) -> str:
    return text.encode("utf-8")[:limit].decode("utf-8", "ignore").strip("-. _")
