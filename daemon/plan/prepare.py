"""From a job to its plan: its pictures found, its model's card looked up, everything fixed.

Used twice for every job: when its file is peeked at in the inbox, and again after the claim, since
until then the file is the person's to change. Pictures are found by name only until the claim, and
kept by content from then on. Moves nothing.
"""

from __future__ import annotations

import contextlib
import stat
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from daemon.errors import JobError, NoJobError, NotYetError, SetupError, StillLookingError
from daemon.jobfile import Job
from daemon.jobfile.job import NamedPicture
from daemon.models.hashes import Hasher, content_of
from daemon.plan.home import at_home
from daemon.plan.input_pictures import as_inputs
from daemon.plan.job_pictures import JobPictures, still_empty
from daemon.plan.job_reader import JobReader, is_picture_job
from daemon.plan.known_lists import KnownLists
from daemon.plan.list_files import ListFiles
from daemon.plan.model_checks import HashOf, job_loras, settled_adapters
from daemon.plan.model_choice import ModelChoice
from daemon.plan.named_pictures import NamedPictures
from daemon.plan.picture_store import PictureStore
from daemon.plan.plan import Plan
from daemon.plan.planner import PlanContext, make_plan
from daemon.plan.remakes import project_of
from daemon.plan.sizes import picture_size
from daemon.protocol.json_object import JsonObject
from daemon.protocol.render import IMAGE, InputPicture, KeptPicture, Lora
from daemon.records.png_job import origin_of
from daemon.root.inbox_places import place_of, without_turn
from daemon.root.layout import Layout
from daemon.sandbox.client import Sandbox
from daemon.settings import Settings


class Preparer:
    """Plans the jobs of one root. `model` overrides the settings' (the command line's --model);
    `patience` is how long (seconds) a look at a picture may keep the caller waiting, None for
    as long as it takes."""

    def __init__(
        self,
        layout: Layout,
        settings: Settings,
        *,
        engine: str,
        model: str | None,
        patience: float | None = None,
    ) -> None:
        self._layout = layout
        self._sandbox = Sandbox(patience)
        self._pictures = PictureStore(layout.references, self._sandbox)
        self.named = NamedPictures(self._pictures, self._sandbox)
        library = [layout.root / place for place in settings.library]
        self._list_roots = (layout.inbox, *library)
        self._known_lists = KnownLists(layout.inbox, layout.references)
        self._found = JobPictures(layout, library, self._pictures)
        self._hasher = Hasher()
        self.models = ModelChoice(layout, settings, engine=engine, model=model)
        self.reader = JobReader(
            layout, settings.job_defaults, self.models, self._sandbox, settings.final_pass
        )

    def lists(self, lies_in: str | None, folder: Path | None = None) -> ListFiles:
        """The lists that a job in `folder` (that of the inbox it `lies_in`, if not given) may
        name."""
        folder = folder or self._layout.inbox / (lies_in or "")
        return ListFiles(folder, (*without_turn(self._layout.inbox, folder), *self._list_roots))

    def peek(
        self, file: Path, *, project: str, lies_in: str | None = None, remake: str = ""
    ) -> Job:
        """The job in a waiting file, everything checked that can be without rendering it. It
        `lies_in` that folder of the inbox, if that is not its project's; `remake` is the folder of
        that family above it, if any.

        Raises what JobReader.job raises, NotYetError while a reference is not there, and NoJobError
        for a list that jobs name."""
        if self._known_lists.has(file):
            raise NoJobError("A job names this text as a list.")
        folder = self._layout.inbox / (project if lies_in is None else lies_in)
        with self.reader.drafting(file, is_picture=is_picture_job(file)):
            lists, found = self.lists(None, folder), {}
            job = self.reader.job(
                file, name=file.name, project=project, lies_in=lies_in, remake=remake, lists=lists
            )
            whole = self._resolved(job, folder)
            for wanted in dict.fromkeys(whole.inputs):
                found[wanted] = KeptPicture("", "")
                if wanted.area is None:
                    path = self._found.place(wanted, folder)
                    facts = path.stat()
                    if facts.st_size == 0 and stat.S_ISREG(facts.st_mode):  # a pipe never fills
                        raise still_empty(wanted)
                    self.named.add(path)
                    found[wanted] = KeptPicture(str(path), "")
            first = whole.one_of_each
            stand_ins = as_inputs(whole, found)
            with contextlib.suppress(SetupError):  # no model yet: not this file's fault
                self._plan(first, 0, file.stem, project, stand_ins, lambda: 0, lambda _: False)
            return job

    def foresee(
        self,
        file: Path,
        *,
        project: str | None = None,
        folder: Path | None = None,
        beyond: Sequence[Path] = (),
    ) -> Plan:
        """The plan of a job file wherever it lies, for `hotfolder check`: nothing is kept, and a
        seed that would be drawn shows as -1. `project`: as if it were dropped there; else its
        pictures are looked for in `folder` (where it lies, if not given), and outside the inbox the
        defaults of the folders `beyond` hold too. Raises what `peek` raises, and SetupError."""
        folder = folder or file.absolute().parent
        if project is not None:
            folder, beyond = self._layout.inbox / project, ()
        elif folder.is_relative_to(self._layout.inbox):
            project, beyond = folder.relative_to(self._layout.inbox).as_posix(), ()
        lies_in = project
        place = place_of(project or "")
        project = place.project
        job = self.reader.job(
            file,
            name=file.name,
            project=project,
            lies_in=lies_in,
            remake=place.remake,
            lists=self.lists(None, folder),
            beyond=beyond,
        )
        origin = origin_of(self.reader.record(file)) if is_picture_job(file) else None
        project = project_of(project, origin.project if origin else "", place.remake)
        return self.foresee_job(job, name=file.stem, project=project, folder=folder)

    def foresee_job(
        self,
        job: Job,
        *,
        name: str,
        project: str,
        folder: Path,
        found: dict[NamedPicture, KeptPicture] | None = None,
    ) -> Plan:
        """The plan of a job that was read already, as of `foresee`; of its pictures, those in
        `found` are not looked at again, and the others are added to it."""
        job = self._resolved(job, folder)
        found = {} if found is None else found
        for wanted in dict.fromkeys(job.inputs):
            if wanted not in found:
                found[wanted] = self._found.check(wanted, folder)
        kept = as_inputs(job, found)
        plan = self._plan(job, 0, name, project, kept, lambda: -1, lambda _: False, content_of)
        whole = (replace(one, render=plan.to_send(one)) for one in plan.pictures)
        return replace(plan, pictures=tuple(whole))

    def plan(
        self,
        job: Job,
        *,
        number: int,
        stem: str,
        project: str,
        draw_seed: Callable[[], int],
        taken: Callable[[str], bool],
        lies_in: str | None = None,
        lists: ListFiles | None = None,
    ) -> Plan:
        """Fix everything about a claimed job; its pictures are kept by content from here on, and
        the `lists` it has read are known for what they are. Pictures are looked for beside it,
        where it `lies_in` the inbox, if that is not its project."""
        if lists is not None:
            self._known_lists.keep(lists)
        folder = self._layout.inbox / (project if lies_in is None else lies_in)
        job = self._resolved(job, folder)
        kept = self._kept(job, folder)
        return self._plan(job, number, stem, project, kept, draw_seed, taken)

    def contents(self, job: Job, folder: Path) -> list[tuple[str, int, str]]:
        """(role, item, sha256) of every picture that a job in `folder` names, which are kept from
        here on; masks of places have none. Raises what `plan` raises."""
        job = self._resolved(job, folder)
        return [
            (one.role, one.item, "" if one.area else self._found.keep(one, folder).sha256)
            for one in job.inputs
        ]

    def loras(self, job: Job) -> tuple[Lora, ...]:
        """The LoRAs of a job, each with its file and content. Raises JobError for one that is not
        there, StillLookingError while one is being read, SetupError."""
        try:
            return job_loras(job, self.models.card_for(job), self._hasher.content_of)
        except NotYetError as error:
            raise StillLookingError(error.what, key=error.key) from None

    def recorded(self, job: Job, *, folder: Path) -> JsonObject:
        """The record of the one picture of a job that lies in `folder`: all that makes it again,
        its pictures by their content. Raises what `plan` raises."""
        job = self._resolved(job, folder)
        kept = self._kept(job, folder)
        plan = self._plan(job, 0, "picture", "", kept, lambda: 0, lambda _: False)
        return plan.pictures[0].block

    def keep(self, picture: Path) -> str:
        """Keep a picture by its content, the sha256 that is returned. Raises JobError, OSError."""
        return self._pictures.keep(picture)[0]

    def _kept(self, job: Job, folder: Path) -> tuple[InputPicture, ...]:
        """The pictures of a resolved job and of its rows, one for one."""
        named = [one for one in dict.fromkeys(job.inputs) if one.area is None]
        found = {one: self._found.keep(one, folder) for one in named}
        return tuple(one for part in job.parts for one in self._with_masks(part.job, found))

    def _with_masks(
        self, job: Job, found: Mapping[NamedPicture, KeptPicture]
    ) -> tuple[InputPicture, ...]:
        """The pictures of a row, once all that lie somewhere are found; its masks are drawn in its
        own size. Raises what `_size` raises, and OSError."""
        masks = [wanted for wanted in job.inputs if wanted.area is not None]
        if not masks:
            return as_inputs(job, found)
        size = self._size(job, found)
        drawn = {wanted: self._found.draw(wanted, size) for wanted in masks}
        return as_inputs(job, {**found, **drawn})

    def _resolved(self, job: Job, folder: Path) -> Job:
        """The job with nothing left open about its references: folders of looks as the pictures in
        them, IP-Adapters as the model has them."""

        def resolved(row: Job) -> Job:
            row = self._found.expanded(row, folder)
            with contextlib.suppress(SetupError):  # no model yet: it is asked for later
                row = settled_adapters(row, self.models.card_for(row))
            return row

        return job.each(resolved)

    def _size(self, job: Job, found: Mapping[NamedPicture, KeptPicture]) -> tuple[int, int]:
        """Width and height of its pictures, which a mask is to have the shape of. Raises JobError,
        SetupError."""
        images = [InputPicture(one.role, found[one]) for one in job.inputs if one in found]
        card = self.models.card_for(job)
        return picture_size(job, card, self._image_size(job, images))[:2]

    def at_home(self, plan: Plan) -> Plan:
        """A saved plan with its paths in this root, wherever that lay when it was planned."""
        return at_home(plan, self._layout)

    def _plan(
        self,
        job: Job,
        number: int,
        stem: str,
        project: str,
        kept: tuple[InputPicture, ...],
        draw_seed: Callable[[], int],
        taken: Callable[[str], bool],
        sha256_of: HashOf | None = None,
    ) -> Plan:
        context = PlanContext(
            number=number,
            name=job.name or stem,
            project=project,
            card=self.models.card_for(job),
            inputs=kept,
            draw_seed=draw_seed,
            stage=self._layout.stage,
            taken=taken,
            sha256_of=sha256_of or self._hasher.content_of,
            image_size=self._image_size,
        )
        return make_plan(job, context)

    def _image_size(self, job: Job, kept: Sequence[InputPicture]) -> tuple[int, int] | None:
        """That of the picture whose shape `job` takes, if it does."""
        if not job.takes_shape:
            return None
        place = next(one.source.path for one in kept if one.role == IMAGE)
        try:
            return self._pictures.sides(Path(place))
        except JobError as error:
            error.line, error.key = error.line or job.lines.get("image"), error.key or "image"
            raise
