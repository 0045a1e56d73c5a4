"""What a dropped file says: from its path to a validated job, and from a job to its plan.

Opens the job file, the folder defaults above it and (by name only, until the claim) its pictures.
Used twice for every job: when it is peeked at in the inbox, and again after the claim, since until
then the file is the person's to change. Moves nothing.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from daemon.errors import HotfolderError, JobError, NotYetError, SetupError, StillWrittenError
from daemon.fs.read import read_regular
from daemon.jobfile import Job, read_job
from daemon.jobfile.job import NamedPicture
from daemon.models.catalogue import DRY_RUN, Card, content_of, find_model
from daemon.plan.input_pictures import as_inputs
from daemon.plan.model_checks import second_pass
from daemon.plan.picture_lookup import keep, locate, stored
from daemon.plan.plan import Plan
from daemon.plan.planner import PlanContext, make_plan
from daemon.plan.sizes import picture_size
from daemon.protocol.engines import engine_spec
from daemon.protocol.render import InputPicture, KeptPicture, Render, passes
from daemon.records.png_job import job_text_from_png
from daemon.root.layout import DEFAULTS_NAME, Layout
from daemon.settings import Settings


class Reader:
    """Reads jobs of one root. `model` overrides the settings' (the command line's --model)."""

    def __init__(self, layout: Layout, settings: Settings, *, engine: str, model: str | None):
        self._layout = layout
        self._settings = settings
        self._model = model or settings.model
        self._dry = not engine_spec(engine).needs_model
        self._models = [layout.root / place for place in settings.models]
        self._library = [layout.root / place for place in settings.library]
        self._cards: dict[str, Card] = {}

    def card(self, name: str | None = None) -> Card:
        """The card of a model by name (None: the default). Raises SetupError if it is not here."""
        if self._dry:
            return DRY_RUN
        wanted = self._wanted(name)
        if wanted not in self._cards:
            self._cards[wanted] = find_model(wanted, self._models)
        return self._cards[wanted]

    def _card_for(self, job: Job) -> Card:
        """The card a job is planned with. LoRAs come and go while a model stays warm, so those of
        a job that names any are looked up afresh; the card the worker is known by stays."""
        card = self.card(job.model)
        if not job.loras or self._dry:
            return card
        return replace(card, loras=find_model(self._wanted(job.model), self._models).loras)

    def _wanted(self, name: str | None) -> str:
        if name is not None and name != self._model and name == self._own_name():
            return self._model  # records name a model given as a path by its card
        return name or self._model

    def _own_name(self) -> str | None:
        known = self._cards.get(self._model)
        return known.name if known is not None else None

    def model_of(self, job: Job) -> str:
        """The name or path of the model a job is rendered with."""
        return DRY_RUN.name if self._dry else job.model or self._model

    def passes_of(self, job: Job) -> tuple[tuple[int, int, int], ...]:
        """(width, height, steps) of each pass over a waiting job's pictures, for estimates."""
        try:
            card = self.card(job.model)
            width, height, _ = picture_size(job, card)
            hires = second_pass(job, card, width, height)
        except HotfolderError:
            width, height, hires = job.width, job.height, None
        return passes(width, height, job.sampling.steps, job.strength if job.image else 1.0, hires)

    def forget_cards(self) -> None:
        """Look at the catalogue afresh next time (a missing model may have come)."""
        self._cards.clear()

    def job(self, file: Path, *, name: str, project: str, again: bool) -> Job:
        """The job in `file`, whose name and project were these when it was dropped.

        Raises JobError and its kinds, StillWrittenError, or OSError if it can't be read."""
        data = job_text_from_png(file) if again else _read_closed(file)
        shown = f"{name}.json" if again else name
        job = read_job(
            data, file=shown, base=self._settings.job_defaults, defaults=self._defaults(project)
        )
        if job.model is not None:
            self._known_model(job.model)
        return job

    def peek(self, file: Path, *, project: str, again: bool) -> Job:
        """The job in a waiting file, everything checked that can be without rendering it.

        Raises what `job` raises, and NotYetError while a reference is not there."""
        job = self.job(file, name=file.name, project=project, again=again)
        for wanted in job.inputs:
            path = self._place(wanted, self._layout.inbox / project)
            if path is None or path.stat().st_size == 0:
                raise _not_there(wanted)
        stand_ins = as_inputs(job, dict.fromkeys(job.inputs, KeptPicture("", "")))
        with contextlib.suppress(SetupError):  # no model yet: not this file's fault
            self._plan(job, 0, file.stem, project, stand_ins, lambda: 0, lambda _: False)
        return job

    def foresee(self, file: Path) -> Plan:
        """The plan of a job file wherever it lies, for `hotfolder check`: nothing is kept, and a
        seed that would be drawn shows as -1. Raises what `peek` raises, and SetupError."""
        folder = file.absolute().parent
        inside = folder.is_relative_to(self._layout.inbox)
        project = folder.relative_to(self._layout.inbox).as_posix() if inside else ""
        project = "" if project == "." else project
        job = self.job(file, name=file.name, project=project, again=file.suffix.lower() == ".png")
        found = {}
        for wanted in job.inputs:
            path = self._place(wanted, folder)
            if path is None:
                raise _not_there(wanted)
            found[wanted] = KeptPicture(str(path), wanted.sha256 or "")
        kept = as_inputs(job, found)
        return self._plan(job, 0, file.stem, project, kept, lambda: -1, lambda _: False)

    def plan(
        self,
        job: Job,
        *,
        number: int,
        stem: str,
        project: str,
        draw_seed: Callable[[], int],
        taken: Callable[[str], bool],
    ) -> Plan:
        """Fix everything about a claimed job; its pictures are kept by content from here on."""
        found = {}
        for wanted in job.inputs:
            path = self._place(wanted, self._layout.inbox / project)
            if path is None:
                raise _not_there(wanted)
            sha256, place = (
                (wanted.sha256, path)
                if wanted.sha256 and path.parent == self._layout.references
                else keep(path, self._layout.references)
            )
            if wanted.sha256 and sha256 != wanted.sha256:
                raise _another(wanted, sha256)
            found[wanted] = KeptPicture(str(place), sha256)
        kept = as_inputs(job, found)
        return self._plan(job, number, stem, project, kept, draw_seed, taken)

    def at_home(self, plan: Plan) -> Plan:
        """A saved plan with its paths in this root, wherever that lay when it was planned."""
        moved = (replace(picture, render=self._moved(picture.render)) for picture in plan.pictures)
        return replace(plan, pictures=tuple(moved))

    def _moved(self, render: Render) -> Render:
        return replace(
            render,
            stage=str(self._layout.stage / Path(render.stage).name),
            inputs=tuple(replace(one, source=self._home(one.source)) for one in render.inputs),
        )

    def _home(self, source: KeptPicture) -> KeptPicture:
        if Path(source.path).name != source.sha256:
            return source
        return replace(source, path=str(self._layout.references / source.sha256))

    # --- inside -------------------------------------------------------------------------------

    def _plan(
        self,
        job: Job,
        number: int,
        stem: str,
        project: str,
        kept: tuple[InputPicture, ...],
        draw_seed: Callable[[], int],
        taken: Callable[[str], bool],
    ) -> Plan:
        context = PlanContext(
            number=number,
            name=job.name or stem,
            project=project,
            card=self._card_for(job),
            inputs=kept,
            draw_seed=draw_seed,
            stage=self._layout.stage,
            taken=taken,
            sha256_of=content_of,
        )
        return make_plan(job, context)

    def _place(self, wanted: NamedPicture, folder: Path) -> Path | None:
        """Where a picture lies: in the store if a record pinned it, else where `locate` looks."""
        if wanted.sha256 and (place := stored(wanted.sha256, self._layout.references)):
            return place
        try:
            return locate(wanted.typed, folder=folder, roots=[self._layout.inbox, *self._library])
        except NotYetError:
            return None
        except JobError as error:
            error.line, error.key = error.line or wanted.line, error.key or wanted.key
            raise

    def _known_model(self, name: str) -> None:
        try:
            self.card(name)
        except SetupError as error:
            raise JobError(error.what, key="model", remedy=error.remedy) from error

    def _defaults(self, project: str) -> list[tuple[str, bytes]]:
        folder, chain = self._layout.inbox, []
        for part in ("", *(project.split("/") if project else ())):
            folder = folder / part
            file = folder / DEFAULTS_NAME
            with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                shown = file.relative_to(self._layout.root).as_posix()
                chain.append((shown, read_regular(file)))
        return chain


def _not_there(wanted: NamedPicture) -> NotYetError:
    return NotYetError(
        f"The {wanted.what} {wanted.typed!r} is not there, or still empty.",
        line=wanted.line,
        key=wanted.key,
        why="It was looked for beside the job file and in the library folders.",
        remedy="Put the picture there, then drop the job file again.",
    )


def _another(wanted: NamedPicture, found: str) -> JobError:
    return JobError(
        f"The {wanted.what} {wanted.typed!r} is another one than this record was made with.",
        line=wanted.line,
        key=wanted.key,
        why=f"Its content is {found[:12]}…; the record says {(wanted.sha256 or '')[:12]}….",
        remedy="Put the other one back, or remove its sha256 to take the one that is here.",
    )


def _read_closed(file: Path) -> bytes:
    """The bytes of a file that nobody has open for writing, where the system can tell."""
    data = read_regular(file)
    if not sys.platform.startswith("linux"):
        return data
    fd = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        # A read lease is refused with EAGAIN while any descriptor is open for writing; see
        # F_SETLEASE in fcntl(2). The supervisor ignores SIGIO, which breaking it would send.
        fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except OSError as error:
        if error.errno == errno.EAGAIN:
            raise StillWrittenError("Some program still has the file open for writing.") from None
    finally:
        os.close(fd)
    return data
