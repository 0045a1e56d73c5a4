"""A board once it is read: its shots in their order, and of each the takes that are wanted.

Plain values; nothing here opens a file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from daemon.jobfile import Job


@dataclass(frozen=True, slots=True)
class Follow:
    """What a shot takes of another's picture: a reference to follow (`like`), or the picture to
    start from (`from`: `paints_over`). `strength` is 0..1; `line` is where the board says so."""

    shot: str
    paints_over: bool
    strength: float
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Take:
    """One picture that is wanted. `number` counts from 1 through the takes of its row: of each row
    of `vary`, or of the shot where it has none; `label` says in words of a file name which row that
    is, "" without `vary`; `name` is the picture's file name without ending; `job` is a job of one
    picture with its seed, every level merged, style and cast joined."""

    number: int
    label: str
    name: str
    job: Job


@dataclass(frozen=True, slots=True)
class Shot:
    """One shot. `written` is its prompt as the board has it; `who` are the characters in it;
    `told` holds what is for people only (dialogue, action, notes, seconds, scene, title);
    `pick` is the place of the chosen take among `takes`, from 1; `line` is where the shot stands in
    the file, from 1."""

    id: str
    written: str
    takes: tuple[Take, ...]
    who: tuple[str, ...] = ()
    follows: Follow | None = None
    pick: int | None = None
    told: Mapping[str, str] = field(default_factory=dict)
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Board:
    """Every shot of a board, in its order; `warnings` are about the whole file, `told` holds its
    own `title` and `notes`."""

    name: str
    shots: tuple[Shot, ...]
    warnings: tuple[str, ...] = ()
    told: Mapping[str, str] = field(default_factory=dict)

    @property
    def pictures(self) -> int:
        """How many pictures it asks for."""
        return sum(len(shot.takes) for shot in self.shots)
