"""What a job file means once it is read: every level merged, every name ours, nothing invented.

A Job still leaves open what needs a model or chance: the size a preset has on this model, seeds
not given, where references lie. `plan` settles those.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from daemon.jobfile.areas import Area, Box
from daemon.protocol.json_object import JsonObject
from daemon.protocol.render import IMAGE, MASK, REFERENCE, REFERENCE_MASK, ReferenceParams
from daemon.protocol.sampling import SamplingParams

STRENGTH = 0.75
"""How much of a picture is painted anew when a job doesn't say; other tools begin there too."""


@dataclass(frozen=True, slots=True)
class NamedPicture:
    """A picture as a job names it: for what `role`, which `item` of several, in which words
    (`typed`) and under which `key`; `sha256` only when a sidecar pinned its content.

    Of the picture only `face` is taken; a mask of an `area` is drawn and looked for nowhere;
    `of_library`: `typed` is a path within the root's `cast/`.
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

    @property
    def recorded(self) -> str:
        """What a record calls it: the content that is kept goes by no other file's name."""
        path = PurePosixPath("cast") / self.typed if self.of_library else self.typed
        if self.face is None:
            return str(path)
        return str(PurePosixPath(path).with_name(f"{PurePosixPath(path).stem}-face.png"))

    @property
    def of_reference(self) -> bool:
        """Whether it stands in an item of `references`."""
        return self.role in (REFERENCE, REFERENCE_MASK)

    @property
    def pin(self) -> str:
        """The key beside it for its content."""
        return "sha256" if self.role == REFERENCE else f"{self.key}_sha256"

    @property
    def what(self) -> str:
        """What it is to the job's author."""
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
class JobLora:
    """A LoRA by its name in the catalogue; `sha256` only when a sidecar pinned its content."""

    name: str
    scale: float = 1.0
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class JobHires:
    """A second pass; `steps` None: as many as the first; `fits`: no larger than the model allows,
    where that is less than `scale`."""

    scale: float = 1.5
    steps: int | None = None
    strength: float = 0.5
    fits: bool = False


@dataclass(frozen=True, slots=True)
class Job:
    """One job file, validated. `sampling` are the scalars that go to the engine as they are.

    `size_from` says what `width` and `height` are: "preset" (SDXL's numbers, to be mapped by the
    model's card), "explicit", or "width"/"height" when only that one was given.
    `seeds` None: `count` pictures (1 if None) with seeds drawn by the plan.
    `image` and `mask` are as typed; their `…_sha256` only when a sidecar pinned their content.
    Under `prompt_syntax` a1111 the LoRAs named in the prompt are in `loras`, not in the prompt.
    `written` are the prompts, style and row as typed, where the prompts are more than that.
    `rows` are the jobs that it consists of where it varies; all else is then as of the first.
    `who` are the characters in it; their words stand in the prompts, their looks in `references`.
    `lines` tells in which line the file itself says what.
    """

    sampling: SamplingParams
    width: int
    height: int
    preset: str | None = None
    size_from: str = "preset"
    aspect: tuple[int, int] | None = None
    seeds: tuple[int, ...] | None = None
    count: int | None = None
    references: tuple[JobReference, ...] = ()
    loras: tuple[JobLora, ...] = ()
    image: str | None = None
    image_sha256: str | None = None
    strength: float = STRENGTH
    mask: str | None = None
    mask_sha256: str | None = None
    hires: JobHires | None = None
    prompt_syntax: str = "plain"
    priority: int = 0
    id: str | None = None
    name: str | None = None
    notes: object = None
    model: str | None = None
    parent: int | None = None
    written: JsonObject | None = None
    rows: tuple[JobRow, ...] = ()
    who: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict, compare=False, repr=False)

    @property
    def pictures(self) -> int:
        """How many pictures it asks for."""
        if self.rows:
            return sum(row.job.pictures for row in self.rows)
        return len(self.seeds) if self.seeds else (self.count or 1)

    @property
    def parts(self) -> tuple[JobRow, ...]:
        """Its rows, or itself as the only one."""
        return self.rows or (JobRow(self),)

    @property
    def one_of_each(self) -> Job:
        """The same with one picture of every row."""
        return self.each(lambda row: replace(row, count=1, seeds=row.seeds and row.seeds[:1]))

    def each(self, change: Callable[[Job], Job]) -> Job:
        """The same with each of its rows changed, or itself."""
        if not self.rows:
            return change(self)
        rows = tuple(replace(row, job=change(row.job)) for row in self.rows)
        warnings = tuple(text for row in rows for text in row.job.warnings)
        return replace(rows[0].job, rows=rows, warnings=tuple(dict.fromkeys(warnings)))

    @property
    def takes_shape(self) -> bool:
        """Whether its pictures have the shape of its `image`, since nothing says another."""
        return self.image is not None and self.size_from == "preset" and self.aspect is None

    @property
    def inputs(self) -> tuple[NamedPicture, ...]:
        """Every picture it needs, wherever it names it; row after row."""
        if self.rows:
            return tuple(named for row in self.rows for named in row.job.inputs)
        return tuple(_inputs(self))


@dataclass(frozen=True, slots=True)
class JobRow:
    """One row of `vary`: a job of its own, without rows. `label` says in words of a file name
    which; `take` counts, from 0, the first of the seeds that it uses where the job draws them:
    rows of one take share a seed, so that they can be compared."""

    job: Job
    label: str = ""
    take: int = 0


def _inputs(job: Job) -> Iterator[NamedPicture]:
    for item, said in enumerate(job.references):
        at = (said.line, item)
        how = (said.params, said.face, None, said.of_library)
        yield NamedPicture(REFERENCE, said.image, said.sha256, "image", said.line, item, *how)
        if said.place:
            drawn = f"{said.place.word}.png"
            yield NamedPicture(REFERENCE_MASK, drawn, None, "mask", *at, area=said.place)
        elif said.mask:
            yield NamedPicture(REFERENCE_MASK, said.mask, said.mask_sha256, "mask", *at)
    if job.image:
        line = job.lines.get("image")
        yield NamedPicture(IMAGE, job.image, job.image_sha256, "image", line)
    if job.image and job.mask:
        line = job.lines.get("mask")
        yield NamedPicture(MASK, job.mask, job.mask_sha256, "mask", line)
