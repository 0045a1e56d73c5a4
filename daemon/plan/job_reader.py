"""From the path of a dropped file to a validated job.

Opens the job file and the folder defaults above it, and asks whether the model it names is here.
Plans nothing and moves nothing.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from daemon.errors import DefaultsError, JobError, SetupError, StillWrittenError
from daemon.fs.read import is_being_written, read_regular
from daemon.inbox.candidates import is_conflict_copy
from daemon.jobfile import Job, read_job
from daemon.jobfile.defaults import JobDefaults
from daemon.jobfile.draft import draft
from daemon.jobfile.each import EachDrawing, each_drawing
from daemon.jobfile.job import JobHires
from daemon.jobfile.vary import Outside, no_lists
from daemon.plan import defaults
from daemon.plan.cast_library import CastFolder
from daemon.plan.list_files import ListFiles
from daemon.plan.model_choice import ModelChoice
from daemon.plan.remakes import remade
from daemon.records.png_job import job_text_from_png
from daemon.root.layout import AGAIN_SUFFIXES, Layout
from daemon.sandbox.client import Sandbox


class JobReader:
    """Reads job files of one root, over what `base` says of all of them; `final` is what final/
    makes of them."""

    def __init__(
        self,
        layout: Layout,
        base: JobDefaults,
        models: ModelChoice,
        sandbox: Sandbox,
        final: JobHires,
    ) -> None:
        self._layout = layout
        self._base = base
        self._final = final
        self._models = models
        self._sandbox = sandbox
        self.cast = CastFolder(layout.cast)
        self._chance = random.SystemRandom()
        self._last: tuple[tuple[int, ...], bytes] | None = None

    def job(
        self,
        file: Path,
        *,
        name: str,
        project: str,
        lies_in: str | None = None,
        remake: str = "",
        lists: ListFiles | None = None,
        beyond: Sequence[Path] = (),
    ) -> Job:
        """The job in `file`, whose name and project were these when it was dropped; the defaults
        of the folders `beyond` are laid over those of the project, and so are those of the folder
        of the inbox that it `lies_in`, if that is not the project's. `remake` is the folder of that
        family above it, if any; a picture is the record it carries. Without `lists` the job may
        name none. What is left to chance is drawn anew each time.

        Raises JobError and its kinds, StillWrittenError and StillLookingError among them, or
        OSError if it can't be read."""
        is_picture = is_picture_job(file)
        data = self.record(file) if is_picture else _read_closed(file)
        chain = self._chain(project, lies_in, beyond)
        # What another tool wrote into a picture is what it drew.
        lines = lists.lines if lists else no_lists
        outside = Outside(lines, self._chance, draws=not is_picture)
        try:
            job = read_job(data, file=f"{name}.json" if is_picture else name, base=self._base,
                           defaults=chain, cast=self.cast.read(), outside=outside)  # fmt: skip
            if job.model is not None:
                self._known_model(job.model)
        except DefaultsError:
            raise
        except JobError as error:
            self._blame_defaults(error, chain)
            raise
        stem = os.path.splitext(name)[0]  # noqa: PTH122 (a name, no path)
        job = remade(job, remake, self._final, of_picture=is_picture, stem=stem)
        return warned_of_conflicts(job, name)

    @contextmanager
    def drafting(self, file: Path, *, is_picture: bool) -> Iterator[None]:
        """Whatever refuses a picture in here goes on with what was read of it, as YAML."""
        try:
            yield
        except DefaultsError:
            raise
        except JobError as error:
            if is_picture and not error.draft:
                with suppress(JobError, OSError):
                    error.draft = draft(self.record(file))
            raise

    def record(self, file: Path) -> bytes:
        """What the picture in `file` says of how it was made, as JSON. The last one is remembered:
        it is asked for twice when it is claimed. Raises what `job` raises of the picture."""
        facts = os.lstat(file)
        key = (facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns)
        if self._last is None or self._last[0] != key:
            self._last = key, job_text_from_png(file, self._sandbox)
        return self._last[1]

    def each_drawing(
        self, project: str, lies_in: str, beyond: Sequence[Path] = ()
    ) -> EachDrawing | None:
        """What the defaults say of a picture of that project which `lies_in` that folder of the
        inbox, those of the folders `beyond` laid over them, if they say that it is a drawing to be
        made a picture of. Raises JobError and OSError."""
        return each_drawing(self._base, self._chain(project, lies_in, beyond))

    def check_defaults(self, file: Path) -> None:
        """Whether the defaults in `file` are good. Raises DefaultsError, OSError."""
        found = defaults.find(file.parent, self._shown(file.parent))
        if found is not None:
            self._try(*found)

    def _known_model(self, name: str) -> None:
        try:
            self._models.card(name)
        except SetupError as error:
            raise JobError(error.what, key="model", remedy=error.remedy) from error

    def _blame_defaults(self, error: JobError, chain: list[tuple[str, bytes]]) -> None:
        """A job is not to blame for what its folder says. Raises DefaultsError if that is so."""
        for shown, data in chain:
            if error.file == shown:
                raise error.relocated(DefaultsError, shown)
            if error.line is None:  # nothing of the job's own file
                self._try(shown, data)

    def _try(self, shown: str, data: bytes) -> None:
        """These defaults on a job that says nothing else. Raises DefaultsError."""
        try:
            job = read_job(b"prompt: p", file="p.yaml", base=self._base, defaults=[(shown, data)],
                           cast=self.cast.read())  # fmt: skip
            if job.model is not None and b"model" in data:
                self._known_model(job.model)
        except DefaultsError:
            raise
        except JobError as error:
            raise error.relocated(DefaultsError, shown) from error

    def _chain(
        self, project: str, lies_in: str | None, beyond: Sequence[Path]
    ) -> list[tuple[str, bytes]]:
        """(shown name, content) of every folder's defaults, the outermost first."""
        inbox, chain = self._layout.inbox, []
        ours = [inbox, *_down(inbox, project)]
        if lies_in is not None and lies_in != project:
            ours += [each for each in _down(inbox, lies_in) if each not in ours]
        named = [(folder, self._shown(folder)) for folder in ours]
        room = defaults.MAX_BYTES
        for folder, shown in (*named, *((each, str(each)) for each in beyond)):
            found = defaults.find(folder, shown, limit=room)
            if found is not None:
                chain.append(found)
                room -= len(found[1])
        return chain

    def _shown(self, folder: Path) -> str:
        """How a folder of the inbox is called in letters."""
        path, inbox = str(folder), str(self._layout.inbox)
        if not f"{path}/".startswith(f"{inbox}/"):
            inbox = os.path.realpath(inbox)
            if not f"{path}/".startswith(f"{inbox}/"):
                return folder.name
        return f"inbox{path[len(inbox) :]}"


def _down(inbox: Path, folder: str) -> list[Path]:
    """Every folder on the way from the inbox to `folder` (a/b or ""), that one included."""
    parts = folder.split("/") if folder not in ("", ".") else []
    return [inbox.joinpath(*parts[: count + 1]) for count in range(len(parts))]


def is_picture_job(file: Path) -> bool:
    """Whether a job is read out of the record that a picture carries."""
    return file.suffix.lower() in AGAIN_SUFFIXES


def warned_of_conflicts(job: Job, name: str) -> Job:
    """A sync client's copy of a file that two machines changed is a job, but perhaps not meant."""
    if not is_conflict_copy(name):
        return job
    warning = (
        "The file's name is that of a sync client's conflict copy; it is a job like any other."
    )
    return replace(job, warnings=(*job.warnings, warning))


def _read_closed(file: Path) -> bytes:
    """The bytes of a file that nobody has open for writing, where the system can tell."""
    data = read_regular(file)
    fd = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        if is_being_written(fd):
            raise StillWrittenError("Some program still has the file open for writing.")
    finally:
        os.close(fd)
    return data
