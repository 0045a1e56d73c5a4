"""What a job file means once it is read: every level merged, every name ours, nothing invented.

A Job still leaves open what needs a model or chance: the size a preset has on this model, seeds
not given, where references lie. `plan` settles those.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from daemon.jobfile.job_parts import (
    AUTO,
    CONTROLLING,
    DRAWN,
    FOLLOWING,
    STRENGTH,
    THUMBNAIL,
    TRIGGER,
    JobControl,
    JobHires,
    JobLora,
    JobReference,
    NamedPicture,
    Thumbnail,
)
from daemon.protocol.json_object import JsonObject
from daemon.protocol.made_with import MadeWith
from daemon.protocol.render import (
    CONTROL,
    CONTROL_MASK,
    IMAGE,
    MASK,
    REFERENCE,
    REFERENCE_MASK,
)
from daemon.protocol.sampling import SamplingParams
from daemon.thumbs.given import FLAT, LINES

__all__ = [
    "AUTO",
    "CONTROLLING",
    "DRAWN",
    "FOLLOWING",
    "STRENGTH",
    "THUMBNAIL",
    "TRIGGER",
    "Job",
    "JobControl",
    "JobHires",
    "JobLora",
    "JobReference",
    "JobRow",
    "NamedPicture",
    "Thumbnail",
]


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
    `said` are the keys of `sampling` that somebody wrote, over whatever recipes say, and `TRIGGER`
    in a record; `few_steps` asks for the catalogue's LoRA for few steps.
    `board` tells which picture of which board it is; only a record of a board's picture has it.
    `made_with` is what a record's picture was made with, where it is to come out again as it was.
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
    controls: tuple[JobControl, ...] = ()
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
    said: frozenset[str] = frozenset()
    few_steps: bool = False
    board: Mapping[str, object] | None = field(default=None, compare=False)
    made_with: MadeWith | None = field(default=None, compare=False)
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
    def style(self) -> str:
        """The words of `style` that stand in its prompt as well, as they were typed."""
        said = self.written.get("style") if self.written else None
        return said if isinstance(said, str) else ""

    def each(self, change: Callable[[Job], Job]) -> Job:
        """The same with each of its rows changed, or itself."""
        if not self.rows:
            return change(self)
        rows = tuple(replace(row, job=change(row.job)) for row in self.rows)
        warnings = tuple(text for row in rows for text in row.job.warnings)
        return replace(rows[0].job, rows=rows, warnings=tuple(dict.fromkeys(warnings)))

    @property
    def takes_shape(self) -> bool:
        """Whether its pictures have the shape of its `image`, or of what it is drawn by, since
        nothing says another."""
        return bool(self.shaped_by) and self.size_from == "preset" and self.aspect is None

    @property
    def shaped_by(self) -> str:
        """The role of the picture that may give its pictures their shape; "" where none does."""
        if self.image is not None and self._is_named(self.image, self.image_sha256):
            return IMAGE
        return CONTROL if self.controls and self.controls[0].is_named else ""

    @staticmethod
    def _is_named(typed: str, sha256: str | None) -> bool:
        """Whether a picture is meant, not the thumbnail."""
        return typed != AUTO or sha256 is not None

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
            name = f"{said.place.word}.png"
            yield NamedPicture(REFERENCE_MASK, name, None, "mask", *at, area=said.place)
        elif said.mask:
            yield NamedPicture(REFERENCE_MASK, said.mask, said.mask_sha256, "mask", *at)
    for item, drawn in enumerate(job.controls):
        at = (drawn.line, item)
        key = "drawing" if drawn.key == "drawing" else "image"
        shown = None if drawn.is_named else _thumbnail(job, LINES)
        yield NamedPicture(CONTROL, THUMBNAIL if shown else drawn.image, drawn.sha256, key, *at,
                           clean="" if shown else drawn.clean, control=drawn.params,
                           thumbnail=shown)  # fmt: skip
        if drawn.mask:
            yield NamedPicture(CONTROL_MASK, drawn.mask, drawn.mask_sha256, "mask", *at)
    if job.image:
        yield _named(job, IMAGE, job.image, job.image_sha256, FLAT)
    if job.image and job.mask:
        line = job.lines.get("mask")
        yield NamedPicture(MASK, job.mask, job.mask_sha256, "mask", line)


def _named(job: Job, role: str, typed: str, sha256: str | None, kind: str) -> NamedPicture:
    """The picture under the key of the same name as its role, or the thumbnail where it says so."""
    line = job.lines.get(role)
    if typed != AUTO or sha256 is not None:
        return NamedPicture(role, typed, sha256, role, line)
    return NamedPicture(role, THUMBNAIL, None, role, line, thumbnail=_thumbnail(job, kind))


def _thumbnail(job: Job, kind: str) -> Thumbnail:
    """That of its prompt."""
    return Thumbnail(job.sampling.prompt, job.seeds[0] if job.seeds else None, kind)
