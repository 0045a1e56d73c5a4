"""The drawings among what `hotfolder check` is given, each as the job that a drop would make of it.

Which files are drawings and what is written beside them, `drawings` says; here they are only laid
out to be checked.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from pathlib import Path

from daemon.cli.checked_files import CheckedFile
from daemon.drawings.folders import is_picture, listed
from daemon.drawings.version import Version
from daemon.drawings.words import prompt_of
from daemon.errors import JobError
from daemon.fs.naming import fit
from daemon.jobfile.each import EachDrawing
from daemon.plan.job_reader import JobReader
from daemon.root.inbox_places import place_of
from daemon.root.layout import Layout

_Found = Mapping[str, CheckedFile]


class CheckedDrawings:
    """Those of one root; their jobs lie in a folder that is there until `stack` is closed."""

    def __init__(self, layout: Layout, reader: JobReader, stack: ExitStack) -> None:
        self._inbox = layout.inbox
        self._reader = reader
        self._drafts = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        self._drafted = 0
        self._known: dict[tuple[Path, ...], _Found] = {}

    def of(self, place: Path, above: tuple[Path, ...]) -> _Found:
        """What is checked in place of the files of a folder, by their names; nothing where its
        defaults, those of the folders `above` among them, say of no drawings."""
        if (place, *above) not in self._known:
            self._known[place, *above] = self._found(place, above)
        return self._known[place, *above]

    def _found(self, place: Path, above: tuple[Path, ...]) -> _Found:
        folder = place.absolute()
        if is_inside := folder.is_relative_to(self._inbox):
            lies_in = folder.relative_to(self._inbox).as_posix()
        else:  # as it would lie there
            lies_in = folder.relative_to(above[0].parent).as_posix()
        home = place_of(lies_in)
        try:
            if is_inside:
                each = None if home.remake else self._reader.each_drawing(home.project, lies_in)
            else:
                each = self._reader.each_drawing("", "", above)
            return {} if each is None else self._drawn(place, above, home.project, each)
        except JobError as error:
            return _untold(place, above, error)
        except OSError:
            return {}

    def _drawn(
        self, place: Path, above: tuple[Path, ...], project: str, each: EachDrawing
    ) -> _Found:
        pairs, alone = listed(place, each)
        found: dict[str, CheckedFile] = {}
        for name, text in pairs.items():
            found[name] = self._drawing(place, name, text, above, project, each)
            if text:
                found[text] = found[name]
        return {**found, **{name: _alone(place / name, above) for name in alone}}

    def _drawing(
        self,
        place: Path,
        name: str,
        text: str | None,
        above: tuple[Path, ...],
        project: str,
        each: EachDrawing,
    ) -> CheckedFile:
        path = place / name
        try:
            prompt = prompt_of(path, place / text if text else None, each, project)
        except JobError as error:
            waits = JobError(f"It would wait: {error.what.rstrip('.')}.")
            return CheckedFile(str(path), path, place.absolute(), above, True, waits)
        job = Version(project, name, "", False, prompt, each.has_seed).job()
        self._drafted += 1
        draft = self._drafts / str(self._drafted) / fit(path.stem, ".json")
        draft.parent.mkdir()
        draft.write_text(json.dumps(job, ensure_ascii=False), "utf-8")
        return CheckedFile(str(path), draft, place.absolute(), above, is_drawing=True)


def _untold(place: Path, above: tuple[Path, ...], error: JobError) -> _Found:
    """Where defaults can't be used, nobody knows whether the pictures below them are drawings."""
    file = Path(error.file or "")
    with suppress(OSError):
        if file.name and any(is_picture(path.name) for path in place.iterdir()):
            return {file.name: CheckedFile(str(file), file, place.absolute(), above, True, error)}
    return {}


def _alone(text: Path, above: tuple[Path, ...]) -> CheckedFile:
    problem = JobError(
        "It is no job here: it says what a drawing of its name shows, and there is none.",
        why="The defaults of its folder say `each: drawing`.",
        remedy="Put the drawing beside it, or write the job as YAML.",
    )
    return CheckedFile(str(text), text, text.absolute().parent, above, True, problem)
