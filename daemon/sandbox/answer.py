"""What the child is asked about one file, and what it answers, as one JSON object each.

Plain values; the descriptors travel beside them.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field

from daemon.errors import JobError
from daemon.protocol.codec import build

TEXTS, KEEP, SIDES, DECODE = "texts", "keep", "sides", "decode"
HASH, CROP, CLEAN, DRAW = "hash", "crop", "clean", "draw"
"""The verbs: read a picture's texts; copy a picture and look at its header; look at that only;
decode every pixel; the sha256 of any file; a part of a picture as a picture of its own; a drawing
as its strokes; the thumbnail that a file asks for."""


@dataclass(frozen=True, slots=True)
class Question:
    """`name` is what the person calls the file; `keywords` are the texts wanted of a PNG;
    `box` the part (x, y, width, height in fractions); `kind` what sort of drawing it is; `seconds`
    of processor time are allowed."""

    verb: str
    name: str
    keywords: tuple[str, ...] = ()
    seconds: int = 20
    box: tuple[float, ...] = ()
    kind: str = ""

    def to_json(self) -> bytes:
        return json.dumps(asdict(self)).encode("ascii")

    @classmethod
    def from_json(cls, data: bytes) -> Question:
        return build(cls, json.loads(data))


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the file is no good, in the words of a JobError."""

    what: str
    why: str = ""
    remedy: str = ""

    def error(self) -> JobError:
        return JobError(self.what, why=self.why, remedy=self.remedy)


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found, as far as it was asked for. `ends`: whether the picture has the end its kind
    must have, None for kinds we don't know; `width` and `height` in pixels,
    once it is turned upright; `notes` are sentences for whoever drew it."""

    sha256: str = ""
    width: int = 0
    height: int = 0
    ends: bool | None = None
    texts: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    refusal: Refusal | None = None

    def to_json(self) -> bytes:
        return json.dumps(asdict(self)).encode("ascii")

    @classmethod
    def from_json(cls, data: bytes) -> Answer:
        return build(cls, json.loads(data))
