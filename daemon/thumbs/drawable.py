"""What the thumbnail of one take is drawn from: the one value that rooms hand to `thumbs`.

Plain values; what words look like is not known here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from daemon.thumbs.scene import Scene


@dataclass(frozen=True, slots=True)
class Drawable:
    """A prompt as it is rendered, its seed (None: the words are the seed), the number of its take,
    and the board whose characters keep their looks; `style` are words at the prompt's end that give
    way to the others; `known` whom earlier shots of the board have introduced (name, words)."""

    prompt: str
    seed: int | None = None
    take: int = 1
    board: str = ""
    style: str = ""
    known: tuple[tuple[str, str], ...] = ()


def scene_of(drawable: Drawable, looks: Mapping[str, Mapping[str, str]] | None = None) -> Scene:
    """What is to be drawn; `looks` as `read_scene` takes them. The words are read from disk by the
    first call of a process."""
    from daemon.thumbs.reading import read_scene

    return read_scene(
        drawable.prompt,
        style=drawable.style,
        seed=drawable.seed,
        take=drawable.take,
        board=drawable.board,
        looks=looks,
        known=dict(drawable.known),
    )
