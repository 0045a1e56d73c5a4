"""One picture as the engine is told of it: nothing about it is left to chance or to a default.

Frozen values of plain types, which travel inside commands and are kept in plans. What they mean,
the engine knows; here is only what can be told from the numbers alone. Standard library only.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import TYPE_CHECKING

from daemon.protocol.made_with import MadeWith
from daemon.protocol.sampling import SamplingParams

REFERENCE_KINDS = ("subject", "style", "layout", "style+layout")
REFERENCE_MODELS = ("base", "plus", "plus-face")

CONTROL_KINDS = ("drawing", "lines", "edges", "depth", "pose", "tile")
CONTROL_FAMILIES = ("t2i", "controlnet", "union")

REFERENCE, REFERENCE_MASK, IMAGE, MASK = "reference", "reference mask", "image", "mask"
CONTROL, CONTROL_MASK = "control", "control mask"
"""What an input picture is to its render: one to follow, where that one is felt (white), the one
to start from, and where that is painted anew (white); one that says what is where, and where that
one is felt (white)."""


@dataclass(frozen=True, slots=True)
class KeptPicture:
    """Where a picture's content lies: `path` is absolute, in the store kept by content."""

    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class ReferenceParams:
    """How a picture is followed: how strongly, what of it, by which IP-Adapter, and from which to
    which fraction of the steps. `mask_soft`: a grey of its mask is felt as one."""

    scale: float = 0.6
    kind: str = "subject"
    model: str = "base"
    start: float = 0.0
    end: float = 1.0
    mask_soft: bool = False


@dataclass(frozen=True, slots=True)
class ControlParams:
    """How a picture says what is where: as what `kind`, how strongly, and from which to which
    fraction of the steps. `ready`: it is a control picture already, and taken as it is; `model`
    names a control model of the catalogue, None is whichever serves the kind. `mask_soft`: a grey
    of its mask is felt as one."""

    kind: str = "drawing"
    scale: float = 0.7
    start: float = 0.0
    end: float = 0.7
    ready: bool = False
    model: str | None = None
    mask_soft: bool = False


@dataclass(frozen=True, slots=True)
class InputPicture:
    """A picture a render needs, whatever for. A job may have several references and several
    controls: `item` (from 0) says which one this is, or is the mask of; how it is followed stands
    in `reference` or `control`."""

    role: str
    source: KeptPicture
    item: int = 0
    reference: ReferenceParams | None = None
    control: ControlParams | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """One picture to follow, as the engine looks at it: felt where `mask` is white."""

    source: KeptPicture
    params: ReferenceParams
    mask: KeptPicture | None = None


@dataclass(frozen=True, slots=True)
class ControlModel:
    """The weights that a control picture goes through: a file or folder of the catalogue; `path` is
    absolute, `sha256` that of its weights, `family` one of `CONTROL_FAMILIES`."""

    name: str
    path: str
    sha256: str | None
    family: str


@dataclass(frozen=True, slots=True)
class Control:
    """One picture that says what is where, as the engine looks at it: felt where `mask` is white,
    through `model`. Drawings and lines are white on black by now."""

    source: KeptPicture
    params: ControlParams
    mask: KeptPicture | None = None
    model: ControlModel | None = None


@dataclass(frozen=True, slots=True)
class Lora:
    """One LoRA a render wears, and how strongly; `path` is absolute, in the catalogue."""

    name: str
    path: str
    sha256: str | None
    scale: float


@dataclass(frozen=True, slots=True)
class Hires:
    """A second pass over the finished picture at another size: of its `steps` steps those that
    `strength` leaves are made."""

    width: int
    height: int
    steps: int
    strength: float


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a prompt and its weight; `fresh` begins a new window of the text encoder."""

    text: str
    weight: float = 1.0
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Emphasis:
    """The prompts of a render in weighted parts, where its job asked for that syntax."""

    prompt: tuple[Span, ...] = ()
    negative_prompt: tuple[Span, ...] = ()
    prompt_2: tuple[Span, ...] | None = None
    negative_prompt_2: tuple[Span, ...] | None = None


@dataclass(frozen=True, slots=True)
class Render:
    """One picture, fully resolved: nothing about it is left to chance or to a default.

    `index` counts from 1; `width` and `height` are pixels; `inputs` are all the pictures it needs;
    `control_models` has one for each control, in their order; of an image to start from `strength`
    says how much is painted anew; `emphasis` None takes the prompts as they are; `stage` is the
    absolute path the PNG is written to; `png_text` is embedded as iTXt chunks; `made_with` says by
    what it came out before, where it is to come out again, and is no part of what it is.
    """

    job: int
    index: int
    width: int
    height: int
    seed: int
    stage: str
    sampling: SamplingParams
    inputs: tuple[InputPicture, ...] = ()
    loras: tuple[Lora, ...] = ()
    control_models: tuple[ControlModel, ...] = ()
    strength: float = 1.0
    hires: Hires | None = None
    emphasis: Emphasis | None = None
    png_text: dict[str, str] = field(default_factory=dict)
    made_with: MadeWith | None = field(default=None, compare=False, repr=False)

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> object:
            """`render.prompt` for `render.sampling.prompt`, as people's own engines say it; kept
            for a release."""
            if name in SamplingParams.__dataclass_fields__:
                return getattr(self.sampling, name)
            raise AttributeError(f"a Render has no {name}")

    @property
    def share_key(self) -> Hashable:
        """Equal for renders that may share a step: the size of what is denoised and the weights
        are the same; all else may differ. A strict one shares with none."""
        if self.sampling.strict:
            return (self.job, self.index)
        return (self.width, self.height, self.loras)

    @property
    def references(self) -> tuple[Reference, ...]:
        """The pictures to follow, in the job's order."""
        masks = {each.item: each.source for each in self.inputs if each.role == REFERENCE_MASK}
        return tuple(
            Reference(each.source, each.reference or ReferenceParams(), masks.get(each.item))
            for each in self.inputs
            if each.role == REFERENCE
        )

    @property
    def controls(self) -> tuple[Control, ...]:
        """The pictures that say what is where, in the job's order, each with its model where that
        is known."""
        masks = {each.item: each.source for each in self.inputs if each.role == CONTROL_MASK}
        found = [each for each in self.inputs if each.role == CONTROL]
        return tuple(
            Control(each.source, each.control or ControlParams(), masks.get(each.item), model)
            for each, model in zip_longest(found, self.control_models[: len(found)])
        )

    @property
    def image(self) -> KeptPicture | None:
        """What it starts from, if not from noise."""
        return self._only(IMAGE)

    @property
    def mask(self) -> KeptPicture | None:
        """White where `image` is painted anew."""
        return self._only(MASK)

    def _only(self, role: str) -> KeptPicture | None:
        return next((each.source for each in self.inputs if each.role == role), None)

    @property
    def passes(self) -> tuple[tuple[int, int, int], ...]:
        """(width, height, steps really made) of the first pass and, if there is one, the second."""
        steps, strength = self.sampling.steps, self.strength if self.image else 1.0
        return passes(self.width, self.height, steps, strength, self.hires)

    def size_at(self, step: int) -> tuple[int, int]:
        """Width and height of what step number `step` (from 1) works on."""
        width, height, first = self.passes[0]
        return self.passes[-1][:2] if step > first else (width, height)

    @property
    def total_steps(self) -> int:
        """How many steps will be reported."""
        return sum(steps for _, _, steps in self.passes)


def passes(
    width: int, height: int, steps: int, strength: float, hires: Hires | None
) -> tuple[tuple[int, int, int], ...]:
    """(width, height, steps really made) of the first pass and, if there is one, the second."""
    first = (width, height, made_steps(steps, strength))
    if hires is None:
        return (first,)
    return first, (hires.width, hires.height, made_steps(hires.steps, hires.strength))


def made_steps(steps: int, strength: float) -> int:
    """Of a schedule of `steps`, how many are made when a picture is repainted at `strength`."""
    return min(int(steps * strength), steps)
