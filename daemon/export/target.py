"""Where an export is written: whole or not at all, and over nothing unless that is asked for.

Knows names and files, not what is in them.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from daemon.errors import UsageError
from daemon.fs import atomic
from daemon.fs.naming import fit
from daemon.plan.output_names import output_name
from daemon.root.layout import Layout

_ANOTHER = "Name another with -o."

Fill = Callable[[Path], None]
"""Writes the whole content to a path where nothing is yet."""


@dataclass(frozen=True, slots=True)
class Target:
    """The file that is to be written; `force` if what lies there may be replaced, `remedy` what to
    do where it may not."""

    path: Path
    force: bool = False
    remedy: str = "Name another with -o, or replace it with --force."

    def beside(self, ending: str) -> Target:
        """Another file of the same name, with this ending."""
        name = fit(self.path.stem, ending)
        return replace(self, path=self.path.with_name(name))

    def check(self) -> None:
        """Raises UsageError where something lies there, or there is no such folder."""
        if os.path.lexists(self.path) and (not self.force or self.path.is_dir()):
            raise self._taken()
        if not self.path.parent.is_dir():
            raise UsageError(f"There is no folder {self.path.parent}.")

    def write(self, fill: Fill) -> Path:
        """Have `fill` write a draft beside it, and give that its name once it is whole. Raises
        UsageError where something has come to lie there, OSError, and then nothing has changed."""
        draft = atomic.draft_beside(self.path)
        try:
            fill(draft)
            _sync(draft)
            if self.force:
                os.replace(draft, self.path)
            else:
                atomic.move_new(draft, self.path)
        except FileExistsError:
            raise self._taken() from None
        except OSError as error:
            if error.filename not in (None, str(draft), draft) or not error.errno:
                raise
            place = str(self.path.parent)  # a full disk does not say which, nor is a draft known
            raise OSError(error.errno, error.strerror, place) from error
        finally:
            with contextlib.suppress(OSError):
                os.unlink(draft)
        atomic.fsync_folder(self.path.parent)
        return self.path

    def put(self, data: bytes) -> Path:
        """The same for what is at hand."""
        return self.write(lambda draft: atomic.write_new(draft, data))

    def _taken(self) -> UsageError:
        if self.path.is_dir():
            return UsageError(f"{self.path} is a folder. Name a file with -o.")
        return UsageError(f"{self.path} is there already. {self.remedy}")


def target_of(
    layout: Layout, name: str, ending: str, given: str | None, *, force: bool | None
) -> Target:
    """Where an export of `name` goes: the file or into the folder that was `given`, else into the
    folder we are in; `force` None where nobody can ask for that. Raises UsageError where it would
    be taken for something dropped, or where something lies."""
    if given == "-":  # pictures, films and archives are no text for a terminal
        raise UsageError(
            "An export is a file, and can't be printed. Name a file or a folder with -o."
        )
    path = Path(os.path.abspath(given or "."))  # noqa: PTH100 (links are not to be followed)
    if given is None or path.is_dir():
        path = path / fit(output_name(name), ending)
    real = Path(os.path.realpath(path.parent))
    for folder in (layout.inbox, layout.boards, layout.cast, layout.state):
        if real.is_relative_to(os.path.realpath(folder)):
            shown = folder.relative_to(layout.root).as_posix()
            raise UsageError(
                f"{path} lies in {shown}/, where it would be taken for something you dropped. "
                "Name another place with -o."
            )
    target = Target(path, force) if force is not None else Target(path, remedy=_ANOTHER)
    target.check()
    return target


def _sync(draft: Path) -> None:
    fd = os.open(draft, os.O_RDONLY | os.O_CLOEXEC)
    try:
        atomic.fsync(fd)
    finally:
        os.close(fd)
