"""The pictures and lists that go along with a submitted job, and the check of all before that.

A picture beside the job file, or named on the command line, is kept in the root by its content,
and the job names that content as a sidecar does: nothing of it lies in the inbox, and another
picture of the same name later is another picture. What is in a library folder or in the inbox
stays there.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Collection
from pathlib import Path

from daemon.cli.drafts import Draft, scaled
from daemon.cli.printing import say_aside
from daemon.cli.running import engine_now
from daemon.errors import (
    HotfolderError,
    JobError,
    NotYetError,
    SetupError,
    UsageError,
    unreadable,
)
from daemon.jobfile.overlay import inlined, line_of, pinned
from daemon.plan.list_files import WHAT, ListFiles
from daemon.plan.picture_lookup import locate
from daemon.plan.picture_store import PictureStore
from daemon.plan.prepare import Preparer
from daemon.protocol.closeness import WORDS
from daemon.protocol.engines import DRY_RUN
from daemon.root.layout import Layout
from daemon.sandbox.client import Sandbox
from daemon.settings import Settings


class Carrier:
    """For jobs that are dropped into `project` (a/b or "")."""

    def __init__(self, layout: Layout, settings: Settings, project: str) -> None:
        self._layout = layout
        self._pictures = PictureStore(layout.references, Sandbox(None))
        self._project = project
        self._library = [layout.root / place for place in settings.library]
        self._any_model = Preparer(layout, settings, engine=DRY_RUN.name, model=None)
        engine = engine_now(layout, settings)
        self._own_model = Preparer(layout, settings, engine=engine, model=None)

    def picture_options(self, arguments: argparse.Namespace) -> dict[str, object]:
        """--image, --mask, --drawing and --reference as keys of a job file. A file that is there is
        meant as the shell means it; any other name is looked for as one in a job file. Raises
        UsageError."""
        found: dict[str, object] = {}
        for role in ("image", "mask"):
            word = getattr(arguments, role)
            if word is not None:
                name, sha256 = self._typed(word, role)
                found |= {role: name, **({f"{role}_sha256": sha256} if sha256 else {})}
        if arguments.drawing is not None:
            found["drawing"] = self._item(arguments.drawing, "drawing", WORDS)
        references = [self._item(word, "reference") for word in arguments.reference]
        return {**found, **({"references": references} if references else {})}

    def checked(self, draft: Draft) -> Draft:
        """The draft as it is dropped, its pictures kept. Raises UsageError for what would fail."""
        try:
            return self._checked(draft)
        except (JobError, OSError) as error:
            if isinstance(error, JobError) and not error.file:  # else of the folder's defaults
                error.line = line_of(error.key, draft.source, draft.name)
            raise UsageError(f"{draft.origin} was not dropped: {error}") from error
        except HotfolderError:
            raise
        except Exception as error:  # a file's content may not end a verb, as it ends no daemon
            raise UsageError(f"{draft.origin} was not dropped: {unreadable(error)}") from error

    def _checked(self, draft: Draft) -> Draft:
        data = inlined(draft.data, draft.name, lambda name: self._lines(name, draft.folder))
        data = pinned(data, draft.name, lambda typed: self._carried(typed, draft.folder))
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / draft.name
            file.write_bytes(data)
            self._any_model.foresee(file, project=self._project)
            self._warn(draft, file)
        return Draft(draft.origin, draft.name, data, draft.folder, draft.source)

    def _warn(self, draft: Draft, file: Path) -> None:
        """Of what the model in the settings can't do: a daemon may be started with another one."""
        try:
            self._own_model.foresee(file, project=self._project)
        except JobError as error:
            say_aside(f"{draft.origin} will fail with the model of the settings: {error}")
        except SetupError:
            pass  # no model yet: not this file's fault

    def _item(self, word: str, option: str, words: Collection[str] = ()) -> dict[str, object]:
        item = {"image": word} if Path(word).is_file() else scaled(word, option, "image", words)
        name, sha256 = self._typed(str(item["image"]), option)
        return {**item, "image": name, **({"sha256": sha256} if sha256 else {})}

    def _typed(self, word: str, option: str) -> tuple[str, str | None]:
        """(what the job calls it, its content) of a picture named on the command line."""
        if not word.strip():
            raise UsageError(f"--{option}: name a picture, such as 010.png.")
        path = Path(word).expanduser()
        if not path.exists():
            return word, None
        try:
            return path.name, self._pictures.keep(path.resolve())[0]
        except JobError as error:
            raise UsageError(f"--{option} {word}: {error}") from error

    def _lines(self, name: str, folder: Path) -> tuple[str, ...] | None:
        """The lines of a list that lies beside the job file and is to go along."""
        if self._is_at_home(folder):
            return None
        try:
            path = locate(name, folder=folder, roots=self._library, what=WHAT)
        except NotYetError:
            return None
        if not path.is_relative_to(folder.resolve()):
            return None
        return tuple(dict.fromkeys(ListFiles(folder, self._library).lines(name)))

    def _carried(self, typed: str, folder: Path) -> str | None:
        """The content of a picture that a job file names, if it is to go along."""
        if self._is_at_home(folder):
            return None
        try:
            path = locate(typed, folder=folder, roots=self._library)
        except NotYetError:
            return None
        if not path.is_relative_to(folder.resolve()):
            return None
        return self._pictures.keep(path)[0]

    def _is_at_home(self, folder: Path) -> bool:
        """Whether what lies there lies where the job will."""
        return folder.resolve() == (self._layout.inbox / self._project).resolve()
