"""What all events have: a word, a level, the job they are about; and their fields, flat.

Plain values only.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import ClassVar

DEBUG, INFO, WARNING = "DEBUG", "INFO", "WARNING"
"""Levels: for programs only, for people, and for people who should do something."""


@dataclass(frozen=True, slots=True)
class Subject:
    """The job an event is about: its number and name, the file as dropped, in `project` (a folder
    of the inbox, "" for the inbox itself). `pictures` are absolute paths: of an event of one
    picture that picture's, else all of the job; before they are published, the planned ones. `id`
    is the job file's own; `board`, `shot` and `take` say which picture of a board it is."""

    job: int
    name: str
    file: str
    project: str
    pictures: tuple[str, ...]
    id: str | None = None
    board: str | None = None
    shot: str | None = None
    take: int | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """What all events have: a word, and how much it matters (`level`)."""

    WORD: ClassVar[str] = ""
    LEVEL: ClassVar[str] = INFO

    @property
    def word(self) -> str:
        """What stands in the field `event` of its line."""
        return self.WORD

    @property
    def level(self) -> str:
        """DEBUG, INFO or WARNING."""
        return self.LEVEL


def facts(event: Event) -> dict[str, object]:
    """The event's own fields, flat, as they stand in its line of JSON; without those
    that don't apply (None)."""
    found: dict[str, object] = {}
    for name in _names(event):
        value = getattr(event, name)
        if isinstance(value, Subject):
            parts = {part: getattr(value, part) for part in _names(value)}
            found |= {part: each for part, each in parts.items() if each is not None}
        elif value is not None:
            found[name] = value
    return found


_NAMES: dict[str, tuple[str, ...]] = {}  # of the fields of a class: thousands a second are asked


def _names(value: Event | Subject) -> tuple[str, ...]:
    kind = type(value).__name__
    if kind not in _NAMES:
        _NAMES[kind] = tuple(each.name for each in fields(value))
    return _NAMES[kind]
