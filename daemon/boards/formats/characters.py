"""Characters that a shot list or a screenplay names, and which of them have a look.

Such files name everybody; only those with a file in `cast/` can go with a shot.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from daemon.jobfile import tree

_WORD = re.compile(r"[^\W_]+")


def known(
    names: Iterable[str], library: Collection[str], strangers: dict[str, int], line: int
) -> tree.Listing | None:
    """Those of `names` that the library has, under its names; the others are put into `strangers`
    with their first line."""
    by_fold = {name.casefold(): name for name in library}
    here: list[str] = []
    for name in names:
        found = by_fold.get(name.casefold())
        if found is None:
            strangers.setdefault(name, line)
        elif found not in here:
            here.append(found)
    if not here:
        return None
    return tree.Listing(tuple(tree.Scalar(name, line, name) for name in here), line)


def named_in(text: str, library: Collection[str]) -> list[str]:
    """Those of the library whom a text names: as whole words, written as names or in capitals."""
    said = _spaced(text)
    return [name for name in library if any(_spaced(form) in said for form in _forms(name))]


def _forms(name: str) -> tuple[str, ...]:
    found = (name, name.title(), name.upper())
    return tuple(form for form in found if not form[:1].islower())


def _spaced(text: str) -> str:
    """Its words, a space around each."""
    return f" {' '.join(_WORD.findall(text))} "


def warnings(strangers: dict[str, int]) -> list[str]:
    """What is told of characters without a look."""
    if not strangers:
        return []
    named = ", ".join(
        f"{tree.shown(name)} (line {line})" for name, line in list(strangers.items())[:8]
    )
    more = f" and {len(strangers) - 8} more" if len(strangers) > 8 else ""
    return [f"Characters without a picture in cast/ are drawn as the prompt says: {named}{more}."]
