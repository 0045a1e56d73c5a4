"""What a folder's defaults say of its pictures: that each is a drawing to be made a picture of.

Pure. Which folders there are and what lies in them, others know.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from daemon.formats.kinds import SUFFIXES
from daemon.jobfile.defaults import JobDefaults
from daemon.jobfile.precedence import Merged
from daemon.jobfile.read import outer_levels

NAME = "{name}"
"""In a prompt: what the drawing's file is called."""


@dataclass(frozen=True, slots=True)
class EachDrawing:
    """Every picture of a folder is a drawing: `prompt` is for those that have none of their own,
    `has_seed` whether the folder says a seed; `named` are the files that the defaults use
    otherwise, a reference for one, which are no drawings."""

    prompt: str
    has_seed: bool
    named: frozenset[str]

    def prompt_of(self, stem: str, own: str) -> str:
        """Of the drawing called `stem`, beside which `own` is written; "" where nothing is."""
        return (own or self.prompt).replace(NAME, stem)


def each_drawing(base: JobDefaults, defaults: Sequence[tuple[str, bytes]]) -> EachDrawing | None:
    """What the `defaults` above a picture say of it, (shown name, bytes), outer first; None if they
    say nothing. Raises JobError."""
    if not any(b"each" in data.lower() for _, data in defaults) and not base.values.get("each"):
        return None
    values = Merged(base, outer_levels(base, defaults), lenient=False).values
    if values.get("each") != "drawing":
        return None
    named = frozenset(PurePath(text).name for text in _pictures(values))
    return EachDrawing(values.get("prompt") or "", values.get("seed") is not None, named)


def _pictures(value: object) -> Iterator[str]:
    """Every name of a picture within."""
    if isinstance(value, str):
        if value.lower().endswith(SUFFIXES):
            yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _pictures(each)
    elif isinstance(value, list):
        for each in value:
            yield from _pictures(each)
