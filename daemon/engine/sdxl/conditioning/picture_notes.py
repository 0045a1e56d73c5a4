"""What becomes of pictures handed in that is not plainly to be expected: cropped, enlarged, laid on
white, left without effect. Said once in the picture's record, in words for the person who handed
them in.

Looks at the files only; whoever uses them does what is told here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

from PIL import Image

from daemon.engine.sdxl.conditioning.open_picture import look_at, open_mask
from daemon.engine.sdxl.conditioning.srgb import has_unusable_profile, is_transparent
from daemon.formats.kinds import upright_sides
from daemon.protocol.render import (
    CONTROL,
    CONTROL_MASK,
    IMAGE,
    MASK,
    REFERENCE,
    REFERENCE_MASK,
    InputPicture,
    KeptPicture,
    Render,
)

#: Sides that differ by less are taken for the same shape: sizes are rounded to what a model can do.
SAME_SHAPE = 0.03
#: From here on it is worth saying that a reference's ends are not looked at.
FAR_FROM_SQUARE = 1.2

MOST_REMEMBERED = 1000

Told = TypeVar("Told")

#: A picture is said to be enlarged from here on.
ENLARGED = 1.1

#: Of a mask whose greys count as black or white, those below are black.
MIDDLE = 128

WORDS = {
    IMAGE: "image",
    MASK: "mask",
    REFERENCE: "reference",
    REFERENCE_MASK: "mask of the reference",
    CONTROL: "control picture",
    CONTROL_MASK: "mask of the control picture",
}
MASKED = {REFERENCE_MASK: REFERENCE, CONTROL_MASK: CONTROL}
"""Of which of several pictures a mask tells where that one is felt."""


class PictureNotes:
    """Notes of pictures, remembered by content."""

    def __init__(self) -> None:
        self._seen: dict[str, Looks] = {}
        self._lightest: dict[str, int] = {}

    def of(self, render: Render) -> tuple[str, ...]:
        """What is to be said of the pictures of `render`. Raises RenderError for one that can't be
        opened."""
        return tuple(dict.fromkeys(self._notes(render)))

    def _notes(self, render: Render) -> Iterator[str]:
        image = self._looks(render.image.path, render.image.sha256) if render.image else None
        for one in render.inputs:
            looks = self._looks(one.source.path, one.source.sha256)
            called = _called(one, render)
            yield from looks.notes(called, drawn=one.role in (IMAGE, REFERENCE))
            yield from self._without_effect(called, one, render)
            if one.role == REFERENCE and looks.ratio > FAR_FROM_SQUARE:
                yield f"{called} is {looks.size}: only the square in its middle is looked at."
            if one.role == IMAGE:
                yield from _fitted(called, looks, render)
            if one.role == MASK and image is not None and not same_shape(looks.sides, image.sides):
                yield (
                    f"{called} is {looks.size} and the image {image.size}: it was scaled to cover "
                    "the image, and cropped at its middle."
                )

    def _looks(self, path: str, sha256: str) -> Looks:
        if sha256 and sha256 in self._seen:
            return self._seen[sha256]
        return _remember(self._seen, sha256, looks_of(path))

    def _without_effect(self, called: str, one: InputPicture, render: Render) -> Iterator[str]:
        """Of a mask that is black: somebody forgot to paint it, or has painted it the wrong way."""
        if one.role not in (MASK, *MASKED):
            return
        darkest = 1 if one.role == MASK or _is_soft(one, render) else MIDDLE
        if self._lightest_of(one.source) >= darkest:
            return
        if one.role == MASK:
            yield f"{called} is black all over: nothing of the image is painted anew."
        else:
            of = _called(InputPicture(MASKED[one.role], one.source, one.item), render).lower()
            yield f"{called} is black all over: {of} is felt nowhere."

    def _lightest_of(self, mask: KeptPicture) -> int:
        """The lightest grey of a mask, 0 (black) to 255."""
        if mask.sha256 and mask.sha256 in self._lightest:
            return self._lightest[mask.sha256]
        lightest = max(open_mask(mask).tobytes())
        return _remember(self._lightest, mask.sha256, lightest)


@dataclass(frozen=True, slots=True)
class Looks:
    """What one picture looks like, from the outside: its sides in pixels, upright."""

    width: int
    height: int
    frames: int
    profile_left_out: bool
    has_holes: bool

    @property
    def sides(self) -> tuple[int, int]:
        return self.width, self.height

    @property
    def size(self) -> str:
        return f"{self.width}x{self.height}"

    @property
    def ratio(self) -> float:
        """The longer side by the shorter one."""
        return max(self.width, self.height) / min(self.width, self.height)

    def notes(self, called: str, *, drawn: bool) -> Iterator[str]:
        """What is true of it wherever it is used; a mask is not `drawn`."""
        if self.frames > 1:
            yield f"{called} has {self.frames} pictures in it: the first is taken."
        if self.profile_left_out:
            yield f"{called} has a colour profile that can't be read: it is taken as sRGB."
        if self.has_holes and drawn:
            yield f"{called} is transparent in parts: they are laid on white."


def looks_of(path: str) -> Looks:
    """The looks of the picture at `path`. Raises RenderError if it can't be opened."""
    with look_at(path) as opened:
        width, height = upright_sides(opened)
        return Looks(
            width,
            height,
            int(getattr(opened, "n_frames", 1)),
            has_unusable_profile(opened),
            is_transparent(opened) and _has_holes(opened),
        )


def same_shape(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two sizes are of one shape, but for rounding."""
    return abs(one[0] * other[1] / (one[1] * other[0]) - 1) <= SAME_SHAPE


def _fitted(called: str, looks: Looks, render: Render) -> Iterator[str]:
    wanted = f"{render.width}x{render.height}"
    if not same_shape(looks.sides, (render.width, render.height)):
        yield f"{called} is {looks.size} and the picture {wanted}: it was cropped at its middle."
    if max(render.width / looks.width, render.height / looks.height) >= ENLARGED:
        yield f"{called} is {looks.size} and was enlarged to {wanted}, so it is soft."


def _called(one: InputPicture, render: Render) -> str:
    """What it is called in a sentence: with a number where there are several."""
    alike = MASKED.get(one.role, one.role)
    only = sum(other.role == alike for other in render.inputs) == 1
    return f"The {WORDS[one.role]}" + ("" if only else f" {one.item + 1}")


def _is_soft(mask: InputPicture, render: Render) -> bool:
    """Whether its greys are felt as greys."""
    if mask.role == REFERENCE_MASK:
        return render.references[mask.item].params.mask_soft
    return render.controls[mask.item].params.mask_soft


def _remember(seen: dict[str, Told], sha256: str, told: Told) -> Told:
    """`told`, kept under its content, if that is known."""
    if sha256:
        if len(seen) >= MOST_REMEMBERED:
            seen.clear()
        seen[sha256] = told
    return told


def _has_holes(picture: Image.Image) -> bool:
    return min(picture.convert("RGBA").getchannel("A").tobytes()) < 255
