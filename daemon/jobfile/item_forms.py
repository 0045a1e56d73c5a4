"""Pydantic models of what stands in the lists and tables of a job file, and of its values.

`schema` has the level they stand in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from daemon.protocol.closeness import WORDS
from daemon.protocol.render import CONTROL_KINDS, REFERENCE_KINDS, REFERENCE_MODELS
from daemon.protocol.samplers import SAMPLER_NAMES, SCHEDULE_NAMES

MAX_PROMPT = 4_000
MAX_SEED = 2**64 - 1
MAX_SIDE = 16_384
MAX_ENLARGED = 4
MAX_WORDS = 1_000
MAX_LOOKS = 16
MAX_CONTROLS = 4

Prompt = Annotated[str, StringConstraints(max_length=MAX_PROMPT)]
Side = Annotated[int, Field(ge=8, le=MAX_SIDE)]
Pair = Annotated[list[Annotated[int, Field(ge=0, le=MAX_SIDE)]], Field(min_length=2, max_length=2)]
Fraction = Annotated[float, Field(ge=0, le=1)]
Seed = Annotated[int, Field(ge=0, le=MAX_SEED)]
MAX_NAME = 200
Name = Annotated[str, StringConstraints(min_length=1, max_length=MAX_NAME)]
File = Annotated[str, StringConstraints(min_length=1, max_length=1_000)]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Steps = Annotated[int, Field(ge=1, le=150)]
Strength = Annotated[float, Field(ge=0.01, le=1)]
if TYPE_CHECKING:  # no checker follows a Literal that is made from a table
    Sampler = str
    Schedule = str
    Kind = str
    Adapter = str
    ControlKind = str
    Closeness = str
else:
    Sampler, Schedule = Literal[SAMPLER_NAMES], Literal[SCHEDULE_NAMES]
    ControlKind = Literal[CONTROL_KINDS]
    Closeness = Literal[WORDS]
    Kind, Adapter = Literal[REFERENCE_KINDS], Literal[REFERENCE_MODELS]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class ReferenceForm(Strict):
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


class ControlForm(Strict):
    """A picture that says what is where."""

    image: File = Field(examples=["010.png"])
    """The picture, looked for as references are."""
    sha256: Sha256 | None = None
    """The picture's content; set in sidecars."""
    kind: ControlKind = "drawing"
    """What the picture is: a rough `drawing`, clean `lines`, something of which the `edges`, the
    `depth` or the `pose` count, or a `tile` to be made again in detail."""
    scale: Annotated[float, Field(ge=0, le=2)] | Closeness = 0.7
    """How strongly it is followed; or `loose`, `follow` or `exact`, which say `end` as well. When
    absent as the control model's recipe says, if it has one."""
    start: Fraction = 0.0
    """From which fraction of the steps on."""
    end: Fraction = 0.7
    """Up to which fraction of the steps; when absent 0.8 for any other kind than `drawing`, or as
    the control model's recipe says."""
    ready: bool = False
    """Whether it is a control picture already, which is taken as it is: white lines on black, a map
    of depths, a skeleton."""
    model: Annotated[str, StringConstraints(max_length=200, pattern=r"^[^/\\]+$")] | None = None
    """The control model that reads it; whichever serves the kind when absent."""
    model_sha256: Sha256 | None = None
    """The control model's content; set in sidecars, so that another of the same name is noticed."""
    mask: File | None = Field(None, examples=["left.png"])
    """Where it is felt: a picture that is white there and black elsewhere."""
    mask_sha256: Sha256 | None = None
    """The mask's content; set in sidecars."""
    mask_soft: bool = False
    """Whether a grey of the mask is felt as one; else it counts as black or white, whichever is
    nearer."""


class LoraForm(Strict):
    """A LoRA of the catalogue to wear."""

    name: Annotated[str, StringConstraints(max_length=200, pattern=r"^[^/\\]+$")] = Field(
        examples=["chalk"]
    )
    """Its name in the catalogue (`hotfolder models`)."""
    scale: Annotated[float, Field(ge=-4, le=4)] = 1.0
    """How strongly it is worn."""
    sha256: Sha256 | None = None
    """Its content; set in sidecars, so that another of the same name is noticed."""


class HiresForm(Strict):
    """A second pass over the finished picture, enlarged."""

    scale: Annotated[float, Field(ge=1, le=MAX_ENLARGED)] = 1.5
    """How many times wider and higher."""
    steps: Steps | None = None
    """The second pass's steps, of which `strength` leaves some to make; the job's when absent."""
    strength: Strength = 0.5
    """How much of the enlarged picture is painted anew."""


class LookForm(Strict):
    """One picture of a character."""

    image: File
    sha256: Sha256 | None = None


class CharacterLoraForm(LoraForm):
    """A LoRA that a character brings."""

    trigger: Annotated[str, StringConstraints(max_length=MAX_WORDS)] | None = None
    """The words it was trained to answer to; they are said with the character's own."""


class CharacterForm(Strict):
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


class AreaForm(Strict):
    """A part of the picture: how it is called, and x, y, width, height in fractions."""

    word: str
    box: Annotated[list[float], Field(min_length=4, max_length=4)]


class WrittenForm(Strict):
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
