"""What the daemon keeps in mind of one board: little, whatever the board asks for.

Plain values, written by `living` and `keeper`.
"""

from __future__ import annotations

from dataclasses import dataclass

from daemon.boards.folder import Place

AGAIN, LATEST = 5.0, 60.0
"""Seconds until a picture that is not there, or a model, is asked for again: twice as many each
time."""


@dataclass(slots=True)
class Living:
    """One board: `seen` is how its files looked last and since when, `within` the part of it that
    is its own, `read` how they looked when they were read, `heard` of which of these readings was
    told, `announced` after which of them it was told that it is being saved, `name` and `project`
    what they said then. `is_wrong` if they could not be read, `is_planned` once it is known which
    pictures it wants, with `held`, `missing`, `under_way` and `waiting` of them when it was
    compared last; `is_starved` where others left no room for its jobs. `loras` are the files that
    they wear, and how these looked. Nothing is asked of it until `not_before`, and at `again_at` in
    any case (monotonic, 0 if never), after a `pause`. `perhaps` is all that it may be called where
    it was never read."""

    place: Place
    seen: str = ""
    seen_loras: str = ""
    within: str = ""
    since: float = 0.0
    read: str = ""
    read_loras: str = ""
    heard: str = ""
    announced: str | None = None
    name: str = ""
    project: str = ""
    pictures: int = 0
    is_read: bool = False
    is_wrong: bool = False
    is_twin: bool = False
    is_planned: bool = False
    has_letter: bool = False
    not_before: float = 0.0
    again_at: float = 0.0
    pause: float = 0.0
    perhaps: frozenset[str] = frozenset()
    loras: tuple[str, ...] = ()
    missing: int = 0
    held: int = 0
    under_way: int = 0
    waiting: int = 0
    is_starved: bool = False

    @property
    def is_changing(self) -> bool:
        """Whether its files have changed since they were read."""
        return self.place.file is not None and (
            self.seen != self.read or self.seen_loras != self.read_loras
        )

    @property
    def is_unread(self) -> bool:
        """Whether it must be read, or its pictures looked for."""
        return self.place.file is not None and not self.is_planned

    def longer_pause(self) -> float:
        """Seconds until what it lacks, which may come from anywhere, is asked for again."""
        self.pause = min(2 * self.pause, LATEST) if self.pause else AGAIN
        return self.pause

    def empty(self) -> None:
        """Its file is gone: it wants nothing, and is called nothing."""
        self.name = self.project = self.read = self.read_loras = ""
        self.pictures = self.missing = self.held = self.under_way = self.waiting = 0
        self.is_read = self.is_wrong = self.is_twin = self.has_letter = False
        self.is_planned = True
