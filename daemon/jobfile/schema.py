"""A pydantic model of one level of a job file: strict, under our names only.

Every field may be absent (a level rarely says everything). The same model gives editors their
JSON Schema. `value_errors` turns what it refuses into sentences.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from daemon.protocol.render import REFERENCE_KINDS, REFERENCE_MODELS
from daemon.protocol.samplers import SAMPLER_NAMES, SCHEDULE_NAMES

MAX_PROMPT = 4_000
MAX_SEED = 2**64 - 1
MAX_SIDE = 16_384
MAX_WORDS = 1_000
MAX_LOOKS = 16

Prompt = Annotated[str, StringConstraints(max_length=MAX_PROMPT)]
Side = Annotated[int, Field(ge=8, le=MAX_SIDE)]
Pair = Annotated[list[Annotated[int, Field(ge=0, le=MAX_SIDE)]], Field(min_length=2, max_length=2)]
Fraction = Annotated[float, Field(ge=0, le=1)]
Seed = Annotated[int, Field(ge=0, le=MAX_SEED)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
File = Annotated[str, StringConstraints(min_length=1, max_length=1_000)]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Steps = Annotated[int, Field(ge=1, le=150)]
Strength = Annotated[float, Field(ge=0.01, le=1)]
if TYPE_CHECKING:  # no checker follows a Literal that is made from a table
    Sampler = str
    Schedule = str
    Kind = str
    Adapter = str
else:
    Sampler, Schedule = Literal[SAMPLER_NAMES], Literal[SCHEDULE_NAMES]
    Kind, Adapter = Literal[REFERENCE_KINDS], Literal[REFERENCE_MODELS]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class ReferenceForm(_Strict):
    """A picture to follow."""

    image: File = Field(examples=["anna.png"])
    """The picture, relative to the job file (then to the library folders of the settings)."""
    sha256: Sha256 | None = None
    """The picture's content; set in sidecars, so that the same picture is found again."""
    scale: Annotated[float, Field(ge=0, le=2)] = 0.6
    """How strongly it is followed: 0 not at all, 1 fully."""
    kind: Kind = "subject"
    """What of it is followed: what it shows, its style, its layout, or the last two."""
    model: Adapter = "base"
    """Which IP-Adapter reads it."""
    start: Fraction = 0.0
    """From which fraction of the steps on."""
    end: Fraction = 1.0
    """Up to which fraction of the steps."""
    mask: File | None = Field(None, examples=["left.png"])
    """Where it is felt: a picture that is white there and black elsewhere."""
    mask_sha256: Sha256 | None = None
    """The mask's content; set in sidecars."""
    mask_soft: bool = False
    """Whether a grey of the mask is felt as one; else it counts as black or white, whichever is
    nearer."""


class LoraForm(_Strict):
    """A LoRA of the catalogue to wear."""

    name: Annotated[str, StringConstraints(max_length=200, pattern=r"^[^/\\]+$")] = Field(
        examples=["chalk"]
    )
    """Its name in the catalogue (`hotfolder models`)."""
    scale: Annotated[float, Field(ge=-4, le=4)] = 1.0
    """How strongly it is worn."""
    sha256: Sha256 | None = None
    """Its content; set in sidecars, so that another of the same name is noticed."""


class HiresForm(_Strict):
    """A second pass over the finished picture, enlarged."""

    scale: Annotated[float, Field(ge=1, le=4)] = 1.5
    """How many times wider and higher."""
    steps: Steps | None = None
    """The second pass's steps, of which `strength` leaves some to make; the job's when absent."""
    strength: Strength = 0.5
    """How much of the enlarged picture is painted anew."""


class LookForm(_Strict):
    """One picture of a character."""

    image: File
    sha256: Sha256 | None = None


class CharacterLoraForm(LoraForm):
    """A LoRA that a character brings."""

    trigger: Annotated[str, StringConstraints(max_length=MAX_WORDS)] | None = None
    """The words it was trained to answer to; they are said with the character's own."""


class CharacterForm(_Strict):
    """Someone or something that several pictures show."""

    look: Annotated[list[LookForm], Field(max_length=MAX_LOOKS)] | None = None
    """A picture, a folder of pictures, or a list of them; a name without an ending is one of the
    root's `cast/`."""
    words: Annotated[str, StringConstraints(max_length=MAX_WORDS)] | None = Field(
        None, alias="as", examples=["a woman with red hair"]
    )
    """What a model should read for the name, which it does not know; said at the end of the
    prompt."""
    strength: Annotated[float, Field(ge=0, le=2)] | None = Field(None, examples=[0.6])
    """How strongly the look is followed; 0.6 when absent."""
    model: Adapter | None = None
    """Which IP-Adapter reads the look: `base`, or `plus-face` where the model has it; absent:
    `plus-face` for a look with a `face`, else `base`."""
    start: Fraction | None = None
    """From which fraction of the steps on the look is followed; 0.2 for `plus-face`, else 0."""
    face: Annotated[list[Fraction], Field(min_length=4, max_length=4)] | None = Field(
        None, examples=[[0.3, 0.1, 0.4, 0.4]]
    )
    """The part of the look that is looked at: x, y, width and height in fractions of it."""
    loras: Annotated[list[CharacterLoraForm], Field(max_length=8)] | None = None
    """LoRAs that are worn where the character is."""
    avoid: Annotated[str, StringConstraints(max_length=MAX_WORDS)] | None = Field(
        None, examples=["hat, glasses"]
    )
    """What a picture with the character must not show; joined to the negative prompt."""


class AreaForm(_Strict):
    """A part of the picture: how it is called, and x, y, width, height in fractions."""

    word: str
    box: Annotated[list[float], Field(min_length=4, max_length=4)]


class WrittenForm(_Strict):
    """A prompt as it was typed, before anything was filled in or joined."""

    prompt: Prompt | None = None
    """`prompt` as typed."""
    negative_prompt: Prompt | None = None
    """`negative_prompt` as typed."""
    prompt_2: Prompt | None = None
    """`prompt_2` as typed."""
    negative_prompt_2: Prompt | None = None
    """`negative_prompt_2` as typed."""
    style: Prompt | None = None
    """The style that was joined."""
    vary: dict[str, object] | None = None
    """The picture's row of `vary`: the value of each column."""


class JobForm(_Strict):
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
    preset: Name | None = Field(None, examples=["fast", "balanced", "quality"])
    """Size, steps and guidance at once: fast, balanced, quality, or one of your own."""
    width: Side | None = Field(None, examples=[768, 1024])
    """Pixels, rounded to a multiple of 8."""
    height: Side | None = Field(None, examples=[768, 1024])
    """Pixels, rounded to a multiple of 8."""
    aspect: Pair | None = Field(None, examples=["16:9", "3:2", "1:1"])
    """The preset's number of pixels in this shape."""
    steps: Steps | None = Field(None, examples=[15])
    """How many denoising steps."""
    guidance_scale: Annotated[float, Field(ge=0, le=50)] | None = Field(None, examples=[7.0])
    """How closely the prompt is followed (CFG)."""
    seed: Literal[-1] | Seed | Annotated[list[Seed], Field(min_length=1)] | None = Field(
        None, examples=[42, [1, 2, 3]]
    )
    """The picture's chance: the same seed, the same picture. A list gives one picture each; -1 or
    absent: drawn, and recorded."""
    count: Annotated[int, Field(ge=1, le=10_000)] | None = Field(None, examples=[4])
    """How many pictures; with one seed they get seed, seed + 1, …"""
    sampler: Sampler | None = None
    """The way from noise to picture; the model's own when absent."""
    schedule: Schedule | None = None
    """How the steps are spread."""
    references: list[ReferenceForm] | None = None
    """Pictures to follow (IP-Adapter)."""
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
    """The picture to start from. Without a size the result takes its shape; with one it is scaled to cover that and cropped at its middle."""  # noqa: E501
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
RESOLVED = frozenset({"cast", "with", "without", "place", "style", "vary"})
"""Keys that a record does not have: what they meant stands under other keys there."""
REFERENCE_NAMES: tuple[str, ...] = tuple(ReferenceForm.model_fields)
LORA_NAMES: tuple[str, ...] = tuple(LoraForm.model_fields)
HIRES_NAMES: tuple[str, ...] = tuple(HiresForm.model_fields)
