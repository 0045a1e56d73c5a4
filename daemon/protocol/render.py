"""One picture as the engine is told of it: nothing about it is left to chance or to a default.

Frozen values of plain types, which travel inside commands and are kept in plans. What they mean,
the engine knows; here is only what can be told from the numbers alone. Standard library only.
"""

from __future__ import annotations

from dataclasses import dataclass, field

REFERENCE_KINDS = ("subject", "style", "layout", "style+layout")
REFERENCE_MODELS = ("base", "plus", "plus-face")


@dataclass(frozen=True, slots=True)
class KeptPicture:
    """A picture a render needs: `path` is absolute, in the store kept by content."""

    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Reference:
    """One IP-Adapter picture of a render, kept like any other; felt where `mask` is white."""

    path: str
    sha256: str
    scale: float
    kind: str = "subject"
    model: str = "base"
    start: float = 0.0
    end: float = 1.0
    mask: KeptPicture | None = None


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

    `index` counts from 1; sizes are pixels, width before height, and `crops_coords_top_left` is
    (top, left); `sampler` None is the scheduler of the model's folder; `image` is what it starts
    from, as far as `strength` leaves it, and `mask` is white where that is painted anew;
    `emphasis` None takes the prompts as they are;
    `stage` is the absolute path the PNG is written to; `png_text` is embedded as iTXt chunks.
    """

    job: int
    index: int
    prompt: str
    negative_prompt: str
    width: int
    height: int
    steps: int
    guidance_scale: float
    seed: int
    stage: str
    prompt_2: str | None = None
    negative_prompt_2: str | None = None
    sampler: str | None = None
    schedule: str | None = None
    clip_skip: int | None = None
    references: tuple[Reference, ...] = ()
    loras: tuple[Lora, ...] = ()
    image: KeptPicture | None = None
    strength: float = 1.0
    mask: KeptPicture | None = None
    hires: Hires | None = None
    emphasis: Emphasis | None = None
    strict: bool = False
    original_size: tuple[int, int] | None = None
    target_size: tuple[int, int] | None = None
    crops_coords_top_left: tuple[int, int] | None = None
    png_text: dict[str, str] = field(default_factory=dict)

    @property
    def passes(self) -> tuple[tuple[int, int, int], ...]:
        """(width, height, steps really made) of the first pass and, if there is one, the second."""
        strength = self.strength if self.image else 1.0
        return passes(self.width, self.height, self.steps, strength, self.hires)

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
