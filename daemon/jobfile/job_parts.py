"""The parts of a job: pictures as it names them, and the items of its lists.

Knows nothing of the job around them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from pathlib import PurePosixPath

from daemon.jobfile.areas import Area, Box
from daemon.protocol.closeness import USUAL
from daemon.protocol.render import (
    CONTROL,
    CONTROL_MASK,
    IMAGE,
    REFERENCE,
    REFERENCE_MASK,
    ControlParams,
    ReferenceParams,
)

DRAWN = ("drawing", "lines")
"""The kinds of control whose picture is a drawing, which is cleaned before a model looks at it."""

CONTROLLING = tuple(each.name for each in fields(ControlParams))
"""What an item of `controls` may say of how its picture is followed."""

FOLLOWING = tuple(each.name for each in fields(ReferenceParams))
"""What an item of `references` may say of how its picture is followed."""

TRIGGER = "trigger"
"""Among the keys that a job `said`: words that a LoRA answers to are not joined to its prompts."""

STRENGTH = 0.75
"""How much of a picture is painted anew when a job doesn't say; other tools begin there too."""


AUTO = "auto"
"""Instead of a picture: the thumbnail of the prompt."""
THUMBNAIL = "thumbnail.png"
"""What a record calls a thumbnail that was given to the model."""


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """What a thumbnail shows: a prompt with its seed (None: the words are it), and in which of the
    ways of `thumbs.given`."""

    prompt: str
    seed: int | None
    kind: str


@dataclass(frozen=True, slots=True)
class NamedPicture:
    """A picture as a job names it: for what `role`, which `item` of several, in which words
    (`typed`) and under which `key`; `sha256` only when a sidecar pinned its content.

    Of the picture only `face` is taken; a mask of an `area` and a `thumbnail` are drawn and looked
    for nowhere; `of_library`: `typed` is a path within the root's `cast/`; a drawing is to be
    cleaned, as one of that kind.
    Two of one role and content are equal: the file need be found only once."""

    role: str
    typed: str
    sha256: str | None
    key: str
    line: int | None = None
    item: int = field(default=0, compare=False)
    reference: ReferenceParams | None = field(default=None, compare=False)
    face: Box | None = None
    area: Area | None = None
    of_library: bool = False
    clean: str = ""
    control: ControlParams | None = field(default=None, compare=False)
    thumbnail: Thumbnail | None = None

    @property
    def is_drawn(self) -> bool:
        """Whether it lies nowhere, since it is made for the job."""
        return self.area is not None or self.thumbnail is not None

    @property
    def sought(self) -> str:
        """The file that is looked for, as a person knows it."""
        return str(PurePosixPath("cast") / self.typed) if self.of_library else self.typed

    @property
    def recorded(self) -> str:
        """What a record calls it: the content that is kept goes by no other file's name."""
        path = self.sought
        part = "face" if self.face else "cleaned" if self.clean else ""
        if not part:
            return path
        return str(PurePosixPath(path).with_name(f"{PurePosixPath(path).stem}-{part}.png"))

    @property
    def of_reference(self) -> bool:
        """Whether it stands in an item of `references`."""
        return self.role in (REFERENCE, REFERENCE_MASK)

    @property
    def of_control(self) -> bool:
        """Whether it stands in `drawing` or in an item of `controls`."""
        return self.role in (CONTROL, CONTROL_MASK)

    @property
    def pin(self) -> str:
        """The key beside it for its content."""
        return "sha256" if self.role in (REFERENCE, CONTROL) else f"{self.key}_sha256"

    @property
    def what(self) -> str:
        """What it is to the job's author."""
        if self.role == CONTROL:
            return "drawing" if self.key == "drawing" or self.clean else "control picture"
        return {REFERENCE: "reference", IMAGE: "picture"}.get(self.role, "mask")


@dataclass(frozen=True, slots=True)
class JobReference:
    """A picture to follow, or a folder of them: `image` and `mask` as typed; their `…sha256` only
    when a sidecar pinned their content.

    What a character brings says more: `face` is the part of the picture that is looked at, `place`
    where it is felt (instead of a mask), `of_library` that `image` is a path within the root's
    `cast/`, and `otherwise` how it is followed where the model lacks the IP-Adapter of `params`."""

    image: str
    sha256: str | None = None
    params: ReferenceParams = field(default_factory=ReferenceParams)
    mask: str | None = None
    mask_sha256: str | None = None
    line: int | None = field(default=None, compare=False)
    face: Box | None = None
    place: Area | None = None
    of_library: bool = False
    otherwise: ReferenceParams | None = None


@dataclass(frozen=True, slots=True)
class JobControl:
    """A picture that says what is where: `image` and `mask` as typed; their `…sha256`, and that of
    the control model, only when a sidecar pinned their content. `key` is the one it stands under:
    `drawing` or `controls`. Those numbers of `params` that are `left_open` are what `word` means,
    unless the control model's recipe says another."""

    image: str
    sha256: str | None = None
    params: ControlParams = field(default_factory=ControlParams)
    mask: str | None = None
    mask_sha256: str | None = None
    model_sha256: str | None = None
    key: str = field(default="controls", compare=False)
    line: int | None = field(default=None, compare=False)
    word: str = USUAL
    left_open: tuple[str, ...] = ()

    @property
    def is_named(self) -> bool:
        """Whether a picture is meant, not the thumbnail."""
        return self.image != AUTO or self.sha256 is not None

    @property
    def clean(self) -> str:
        """As which kind of drawing its picture is to be cleaned; "" for none."""
        return self.params.kind if self.params.kind in DRAWN and not self.params.ready else ""


@dataclass(frozen=True, slots=True)
class JobLora:
    """A LoRA by its name in the catalogue; `sha256` only when a sidecar pinned its content. A scale
    of None is its recipe's, or 1."""

    name: str
    scale: float | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class JobHires:
    """A second pass; `steps` None: as many as the first; `fits`: no larger than the model allows,
    where that is less than `scale`."""

    scale: float = 1.5
    steps: int | None = None
    strength: float = 0.5
    fits: bool = False
