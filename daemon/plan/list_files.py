"""The lists of words that a job reads by name: a text file, one value in each line.

They lie where pictures may lie. What a line means, `jobfile` knows.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from daemon.errors import JobError, NotYetError
from daemon.jobfile import tree, unseen
from daemon.plan.picture_lookup import locate
from daemon.sandbox.descriptor import is_of_the_machine, open_regular
from daemon.text.printable import one_line

WHAT = "list"


@dataclass(frozen=True, slots=True)
class ListFiles:
    """Lists as a job in `folder` names them; they may lie in `roots` too. `read` gathers the
    content of those that were read."""

    folder: Path
    roots: Sequence[Path] = ()
    read: dict[Path, bytes] = field(default_factory=dict)

    def lines(self, name: str) -> tuple[str, ...]:
        """Every line but empty ones and those that begin with a #, without spaces around it.
        Raises NotYetError where the list is not there (yet), JobError for what is no list, and
        OSError for the machine's own troubles."""
        shown = one_line(name, 120)
        try:
            path = locate(name, folder=self.folder, roots=self.roots, what=WHAT)
        except NotYetError as error:
            raise NotYetError(error.what, why=error.why, remedy=_BESIDE) from None
        data = self.read[path] = _content(path, shown)
        try:
            text = tree.unicode_text(data)
            unseen.refuse_odd_letters(text)
        except JobError as error:
            line = f" (line {error.line})" if error.line else ""
            what = f"The list {shown} can't be read{line}: {error.what}"
            raise JobError(what, why=error.why, remedy=error.remedy) from None
        lines = (line.strip() for line in tree.LINE_BREAK.split(text))
        return tuple(line for line in lines if line and not line.startswith("#"))


_BESIDE = "Put it beside the job file or into a library folder, or correct its name."


def _content(path: Path, shown: str) -> bytes:
    """At most one byte more than a list may have."""
    try:
        descriptor = open_regular(path, shown=f"The list {shown}")
        with os.fdopen(descriptor, "rb") as file:
            return file.read(tree.MAX_BYTES + 1)
    except FileNotFoundError:
        raise NotYetError(f"The list {shown} is not there.", remedy=_BESIDE) from None
    except OSError as error:
        if is_of_the_machine(error):
            raise
        raise JobError(
            f"The list {shown} can't be opened: {error.strerror}.",
            remedy="Check that it is a file of yours that may be read.",
        ) from None
