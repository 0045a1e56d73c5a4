"""A pydantic model of one level of a job file: strict, under our names only.

Every field may be absent (a level rarely says everything). The same model gives editors their
JSON Schema. `value_errors` turns what it refuses into sentences.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from daemon.jobfile.item_forms import (
    MAX_CONTROLS,
    MAX_LOOKS,
    MAX_PROMPT,
    MAX_SEED,
    MAX_SIDE,
    MAX_WORDS,
    Adapter,
    AreaForm,
    CharacterForm,
    CharacterLoraForm,
    ControlForm,
    ControlKind,
    File,
    Fraction,
    HiresForm,
    Kind,
    LookForm,
    LoraForm,
    Name,
    Pair,
    Prompt,
    ReferenceForm,
    Sampler,
    Schedule,
    Seed,
    Sha256,
    Side,
    Steps,
    Strength,
    Strict,
    WrittenForm,
)

__all__ = [
    "MAX_CONTROLS",
    "MAX_LOOKS",
    "MAX_PROMPT",
    "MAX_SEED",
    "MAX_SIDE",
    "MAX_WORDS",
    "Adapter",
    "AreaForm",
    "CharacterForm",
    "CharacterLoraForm",
    "ControlForm",
    "ControlKind",
    "File",
    "Fraction",
    "HiresForm",
    "Kind",
    "LookForm",
    "LoraForm",
    "Name",
    "Pair",
    "Prompt",
    "ReferenceForm",
    "Sampler",
    "Schedule",
    "Seed",
    "Sha256",
    "Side",
    "Steps",
    "Strength",
    "Strict",
    "WrittenForm",
]

MAX_COUNT = 10_000
Guidance = Annotated[float, Field(ge=0, le=50)]


class JobForm(Strict):
    """A picture to be made: only `prompt` is needed."""

    prompt: Prompt | None = Field(
        None, examples=["a boat on the sea under a moon at night", "a red circle left of a star"]
    )
    """What the picture shows."""
    negative_prompt: Prompt | None = Field(None, examples=["blurry"])
    """What it must not show."""
    prompt_2: Prompt | None = None
    """For SDXL's second text encoder; the same as `prompt` when absent."""
    negative_prompt_2: Prompt | None = None
    """For SDXL's second text encoder; the same as `negative_prompt` when absent."""
    style: Prompt | None = Field(None, examples=["rough pencil storyboard, black and white"])
    """Joined to the end of the prompt, also as a default of a folder; `none` switches it off."""
    vary: object = Field(None, examples=[{"light": ["dawn", "noon", "night"]}])
    """What differs from picture to picture: columns to combine, or a list of rows. A column fills
    the braces of its name in the prompt, or sets the key of its name."""
    preset: Name | None = Field(None, examples=["fast", "balanced", "quality", "draft"])
    """Size, steps and guidance at once: fast, balanced, quality, draft (in few steps, where the
    model has a LoRA for that), or one of your own."""
    width: Side | None = Field(None, examples=[768, 1024])
    """Pixels, rounded to a multiple of 8."""
    height: Side | None = Field(None, examples=[768, 1024])
    """Pixels, rounded to a multiple of 8."""
    aspect: Pair | None = Field(None, examples=["16:9", "3:2", "1:1"])
    """The preset's number of pixels in this shape."""
    steps: Steps | None = Field(None, examples=[15])
    """How many denoising steps."""
    guidance_scale: Guidance | None = Field(None, examples=[7.0])
    """How closely the prompt is followed (CFG)."""
    seed: Literal[-1] | Seed | Annotated[list[Seed], Field(min_length=1)] | None = Field(
        None, examples=[42, [1, 2, 3]]
    )
    """The picture's chance: the same seed, the same picture. A list gives one picture each; -1 or
    absent: drawn, and recorded."""
    count: Annotated[int, Field(ge=1, le=MAX_COUNT)] | None = Field(None, examples=[4])
    """How many pictures; with one seed they get seed, seed + 1, …"""
    sampler: Sampler | None = None
    """The way from noise to picture; the model's own when absent."""
    schedule: Schedule | None = None
    """How the steps are spread: `trailing` begins at noise alone, as models for few steps want."""
    eta: Fraction | None = Field(None, examples=[0.3])
    """How much chance each step of `tcd` or `ddim` adds: 0 none; when absent 0.3 and 0."""
    references: list[ReferenceForm] | None = None
    """Pictures to follow (IP-Adapter)."""
    drawing: ControlForm | None = Field(None, examples=["010.png", "010.png exact"])
    """A drawing, on paper or on a screen, or `auto`: the thumbnail of the prompt, in lines. The
    picture is composed as it is; without a size it takes a drawing's shape."""
    controls: Annotated[list[ControlForm], Field(max_length=MAX_CONTROLS)] | None = None
    """Pictures that say what is where, `drawing` in its long form; several may act at once."""
    each: Literal["drawing", "none"] | None = None
    """In `_defaults.yaml` alone: every picture in the folder is a `drawing` to be made a picture
    of, again whenever it is saved; `none` switches it off below."""
    loras: Annotated[list[LoraForm], Field(max_length=8)] | None = None
    """LoRAs of the catalogue, worn for this job only."""
    cast: Annotated[dict[Name, CharacterForm], Field(max_length=200)] | None = Field(
        None, examples=[{"Anna": "anna.png"}, ["anna", "ben"]]
    )
    """Characters by name: one whose name stands in the prompt brings its look and its words."""
    with_: list[Name] | None = Field(None, alias="with", examples=["Ben"])
    """Characters who are in the picture although the prompt does not name them."""
    without: list[Name] | None = Field(None, examples=["Ben"])
    """Characters who are not in the picture although the prompt names them."""
    place: dict[Name, AreaForm] | None = Field(None, examples=[{"Anna": "left", "Ben": "right"}])
    """Where the look of a character is felt: left, right, top, centre, left third … or
    [x, y, width, height] in fractions."""
    image: File | None = Field(None, examples=["photo.jpg"])
    """The picture to start from, or `auto`: the thumbnail of the prompt, drawn in flat colours. Without a size the result takes a picture's shape; with one it is scaled to cover that and cropped at its middle."""  # noqa: E501
    image_sha256: Sha256 | None = None
    """The content of `image`; set in sidecars."""
    strength: Strength | None = Field(None, examples=[0.6])
    """How much of `image` is painted anew: that share of the steps is made; 0.75 when absent."""
    mask: File | None = Field(None, examples=["sky.png"])
    """Where `image` is painted anew: white there; what is black stays, pixel for pixel."""
    mask_sha256: Sha256 | None = None
    """The content of `mask`; set in sidecars."""
    hires: HiresForm | None = None
    """A second pass over the finished picture, enlarged."""
    prompt_syntax: Literal["plain", "a1111"] | None = None
    """`plain`: what is typed is what is encoded; `a1111`: (word:1.3), [word], BREAK and
    <lora:name:0.8> mean what they mean there."""
    clip_skip: Annotated[int, Field(ge=1, le=12)] | None = None
    """How many of the text encoder's last layers are skipped."""
    original_size: Pair | None = Field(None, examples=["1024x1024"])
    """SDXL's size conditioning."""
    target_size: Pair | None = Field(None, examples=["1024x1024"])
    """SDXL's size conditioning."""
    crops_coords_top_left: Pair | None = Field(None, examples=[[0, 0]])
    """SDXL's crop conditioning."""
    strict: bool | None = None
    """Alone in its batch, exact paths only: identical pixels every time on one machine."""
    model: Annotated[str, StringConstraints(max_length=200, pattern=r"^[^/\\]+$")] | None = None
    """A model of the catalogue (`hotfolder models`)."""
    priority: Annotated[int, Field(ge=-1_000, le=1_000)] | None = Field(None, examples=[10])
    """Higher goes first."""
    id: Name | None = Field(None, examples=["ep01-010"])
    """A job with this id is rendered once, however often it is dropped."""
    name: Name | None = Field(None, examples=["harbour at dawn"])
    """The picture's file name; the job file's when absent."""
    notes: object = None
    """Anything; carried to the sidecar."""
    parent: Annotated[int, Field(ge=1)] | None = None
    """The number of the job this one was made from; set by `hotfolder retry`."""
    written: WrittenForm | None = None
    """The prompts, style and row as they were typed; set in sidecars."""


def _names(form: type[BaseModel]) -> tuple[str, ...]:
    """The keys of a form as they are written: `with` and `as` are words of Python's own."""
    return tuple(info.alias or key for key, info in form.model_fields.items())


NAMES: tuple[str, ...] = _names(JobForm)
CHARACTER_NAMES: tuple[str, ...] = _names(CharacterForm)
CHARACTER_LORA_NAMES: tuple[str, ...] = _names(CharacterLoraForm)
RESOLVED = frozenset({"cast", "with", "without", "place", "style", "vary", "drawing", "each"})
"""Keys that a record does not have: what they meant stands under other keys there."""
REFERENCE_NAMES: tuple[str, ...] = tuple(ReferenceForm.model_fields)
CONTROL_NAMES: tuple[str, ...] = tuple(ControlForm.model_fields)
LORA_NAMES: tuple[str, ...] = tuple(LoraForm.model_fields)
HIRES_NAMES: tuple[str, ...] = tuple(HiresForm.model_fields)
