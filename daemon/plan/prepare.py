"""From a job to its plan: its pictures found, its model's card looked up, everything fixed.

Used twice for every job: when its file is peeked at in the inbox, and again after the claim, since
until then the file is the person's to change. Pictures are found by name only until the claim, and
kept by content from then on. Moves nothing.
"""

from __future__ import annotations

import contextlib
import stat
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from daemon.errors import NoJobError, NotYetError, SetupError, StillLookingError
from daemon.jobfile import Job
from daemon.jobfile.job import NamedPicture
from daemon.models.hashes import Hasher, content_of
from daemon.plan.home import at_home
from daemon.plan.input_pictures import as_inputs
from daemon.plan.job_pictures import JobPictures, still_empty
from daemon.plan.job_reader import JobReader, is_picture_job
from daemon.plan.kept_inputs import KeptInputs
from daemon.plan.known_lists import KnownLists
from daemon.plan.list_files import ListFiles
from daemon.plan.model_checks import HashOf, job_loras, settled_adapters
from daemon.plan.model_choice import ModelChoice
from daemon.plan.named_pictures import NamedPictures
from daemon.plan.picture_store import PictureStore
from daemon.plan.plan import Plan
from daemon.plan.planner import PlanContext, check_plan, make_plan
from daemon.plan.recipes import with_recipes
from daemon.plan.remakes import project_of
from daemon.protocol.json_object import JsonObject
from daemon.protocol.render import InputPicture, KeptPicture, Lora
from daemon.records.png_job import origin_of
from daemon.root.inbox_places import place_of, without_turn
from daemon.root.layout import Layout
from daemon.sandbox.client import Sandbox
from daemon.settings import Settings


class Preparer:
    """Plans the jobs of one root. `model` overrides the settings' (the command line's --model);
    `patience` is how long (seconds) a look at a picture may keep the caller waiting, None for
    as long as it takes; `drafts` tells what it copies from what another process of the same root
    copies at the same time."""

    def __init__(
        self,
        layout: Layout,
        settings: Settings,
        *,
        engine: str,
        model: str | None,
        patience: float | None = None,
        drafts: str = "",
    ) -> None:
        self._layout = layout
        self._sandbox = Sandbox(patience)
        self._pictures = PictureStore(layout.references, self._sandbox, drafts)
        self.named = NamedPictures(layout.references, self._sandbox)
        library = [layout.root / place for place in settings.library]
        self._list_roots = (layout.inbox, *library)
        self._known_lists = KnownLists(layout.inbox, layout.references)
        self._found = JobPictures(layout, library, self._pictures)
        self._hasher = Hasher()
        self.models = ModelChoice(layout, settings, engine=engine, model=model)
        self._kept = KeptInputs(self._found, self._pictures, self.models)
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
        if file.suffix.lower() == ".txt" and not remake:
            lay = project if lies_in is None else lies_in
            if self.reader.each_drawing(project, lay) is not None:
                raise NoJobError("It says what the drawing of its name shows.")
        folder = self._layout.inbox / (project if lies_in is None else lies_in)
        with self.reader.drafting(file, is_picture=is_picture_job(file)):
            lists, found = self.lists(None, folder), {}
            job = self.reader.job(
                file, name=file.name, project=project, lies_in=lies_in, remake=remake, lists=lists
            )
            whole = self._resolved(job, folder)
            for wanted in dict.fromkeys(whole.inputs):
                found[wanted] = KeptPicture("", "")
                if not wanted.is_drawn:
                    path = self._found.place(wanted, folder)
                    facts = path.stat()
                    if facts.st_size == 0 and stat.S_ISREG(facts.st_mode):  # a pipe never fills
                        raise still_empty(wanted)
                    self.named.add(path)
                    found[wanted] = KeptPicture(str(path), "")
            stand_ins = as_inputs(whole, found)
            with contextlib.suppress(SetupError):  # no model yet: not this file's fault
                check_plan(whole, self._context(whole, 0, file.stem, project, stand_ins))
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
        job, notes = self._resolved(job, folder), list[str]()
        found = {} if found is None else found
        for wanted in dict.fromkeys(job.inputs):
            if wanted not in found:
                found[wanted] = self._found.check(wanted, folder, notes)
        job = replace(job, warnings=(*job.warnings, *notes))
        kept = as_inputs(job, found)
        seen = self._context(job, 0, name, project, kept, lambda: -1, sha256_of=content_of)
        plan = make_plan(job, seen)
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
        job, notes = self._resolved(job, folder), list[str]()
        kept = self._kept.of(job, folder, notes)
        job = replace(job, warnings=(*job.warnings, *notes))
        return make_plan(job, self._context(job, number, stem, project, kept, draw_seed, taken))

    def contents(self, job: Job, folder: Path) -> list[tuple[str, int, str]]:
        """(role, item, sha256) of every picture that a job in `folder` names, as it was dropped,
        which are kept from here on; masks of places have none. Of a drawing that is its own, not
        that of its strokes: another way to find them asks for nothing anew. Raises what `plan`
        raises."""
        job = self._resolved(job, folder)
        return [
            (one.role, one.item, "" if one.is_drawn else self._found.dropped(one, folder).sha256)
            for one in job.inputs
        ]

    def settled(self, job: Job) -> Job:
        """A row with what recipes say where it says nothing. Raises JobError, SetupError."""
        return with_recipes(job, self.models.card_for(job))

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
        kept = self._kept.of(job, folder, [])
        return make_plan(job, self._context(job, 0, "picture", "", kept)).pictures[0].block

    def show_drawings(self, folder: Path) -> None:
        """Write the strokes of every drawing that is checked from here on into `folder`."""
        self._found.drawings = folder

    def drawings_shown(self) -> list[Path]:
        """Those that were, since this was last asked."""
        written, self._found.written = self._found.written, []
        return written

    def keep(self, picture: Path) -> str:
        """Keep a picture by its content, the sha256 that is returned. Raises JobError, OSError."""
        return self._pictures.keep(picture)[0]

    def _resolved(self, job: Job, folder: Path) -> Job:
        """The job with nothing left open about its references: folders of looks as the pictures in
        them, IP-Adapters as the model has them."""

        def resolved(row: Job) -> Job:
            row = self._found.expanded(row, folder)
            with contextlib.suppress(SetupError):  # no model yet: it is asked for later
                card = self.models.card_for(row)
                row = with_recipes(settled_adapters(row, card), card)
            return row

        return job.each(resolved)

    def at_home(self, plan: Plan) -> Plan:
        """A saved plan with its paths in this root, wherever that lay when it was planned."""
        return at_home(plan, self._layout)

    def _context(
        self,
        job: Job,
        number: int,
        stem: str,
        project: str,
        kept: tuple[InputPicture, ...],
        draw_seed: Callable[[], int] = lambda: 0,
        taken: Callable[[str], bool] = lambda _: False,
        sha256_of: HashOf | None = None,
    ) -> PlanContext:
        return PlanContext(
            number=number,
            name=job.name or stem,
            project=project,
            card=self.models.card_for(job),
            inputs=kept,
            draw_seed=draw_seed,
            stage=self._layout.stage,
            taken=taken,
            sha256_of=sha256_of or self._hasher.content_of,
            image_size=self._kept.image_size,
        )
