"""What is handed over: panels in their order, each a still with how long it is held and what is
said.

Plain values; nothing here opens a file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from daemon.boards.board import Board
from daemon.thumbs.drawable import Drawable

SECONDS = 2.0
"""How long a panel is held that does not say."""

FPS = Fraction(24)
USUAL_SIZE = (1024, 576)


@dataclass(frozen=True, slots=True)
class Panel:
    """One shot, or one picture of a project. `picture` is None while there is none; `size` (width,
    height) what it is, or would be; `told` what is for people only, by the keys of a board;
    `take` the name of the take that was taken; `drawable` what can be drawn of a shot."""

    name: str
    picture: Path | None
    seconds: float
    size: tuple[int, int] | None = None
    prompt: str = ""
    told: Mapping[str, str] = field(default_factory=dict)
    take: str = ""
    seed: int | None = None
    drawable: Drawable | None = None

    def frames(self, fps: Fraction) -> int:
        """How many frames of a film it is held, one at least."""
        return max(1, round(Fraction(self.seconds).limit_denominator(1_000_000) * fps))

    @property
    def remarks(self) -> tuple[tuple[str, str], ...]:
        """(kind, text) of what is said of it, for markers; of a panel that says nothing its
        prompt."""
        kinds = ("dialogue", "action", "notes")
        said = tuple((kind, self.told[kind]) for kind in kinds if self.told.get(kind))
        return said or ((("prompt", self.prompt),) if self.prompt else ())

    @property
    def caption(self) -> str:
        """What stands under it in a film: what is said, else what happens, else the prompt of a
        picture that belongs to no board."""
        for kind in ("dialogue", "action"):
            if self.told.get(kind):
                return self.told[kind]
        return "" if self.take else self.prompt


@dataclass(frozen=True, slots=True)
class Reel:
    """Panels under one `name`, their pictures in `folder` of the outbox; of a board also itself and
    the folder it lies in. `remarks` are sentences for whoever exports it."""

    name: str
    folder: Path
    panels: tuple[Panel, ...]
    board: Board | None = None
    board_folder: Path | None = None
    remarks: tuple[str, ...] = ()

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the largest picture: what all of them are shown in."""
        sizes = [panel.size for panel in self.panels if panel.size and panel.picture]
        sizes = sizes or [panel.size for panel in self.panels if panel.size]
        return max(sizes, key=lambda size: size[0] * size[1], default=USUAL_SIZE)
