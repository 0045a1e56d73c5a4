"""The letter beside a board that can't be read: put there, renewed, and taken away when mended.

Only a letter that we wrote is ever removed.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path

from daemon.errors import JobError, NotYetError, SetupError
from daemon.fs import atomic
from daemon.fs.read import read_regular
from daemon.root.letters import letter_of, may_lie_at
from daemon.text.failure_letter import explain, paragraph

OURS = "The pictures that were made before stay."
"""By this a letter of ours is known."""
SAVE_AGAIN = f"{OURS} Save the board again once it is mended.\n"
BY_ITSELF = f"{OURS} It goes on by itself once that is there, or the board is saved again.\n"


def letter_text(
    name: str,
    error: JobError,
    source: bytes | None,
    *,
    costs: Sequence[str] = (),
    by_itself: bool | None = None,
) -> str:
    """What is wrong with a board whose file is called so; `source` is its content, if it is to be
    quoted, `costs` what that keeps from being made, if not all of it. `by_itself`: it goes on once
    that is mended, without a save; by the kind of the error, if not given."""
    text = explain(error, file=name, source=source, dropped=False).rstrip("\n")
    parts = [text, *map(paragraph, costs)]
    by_itself = isinstance(error, NotYetError) if by_itself is None else by_itself
    return "\n\n".join([*parts, BY_ITSELF if by_itself else SAVE_AGAIN])


def put_letter(file: Path, text: str, *, is_new: bool = False) -> bool:
    """Lay a letter beside `file`; True if it says something new. False where its folder was moved
    or deleted meanwhile: nobody would read it there. Where something that is not ours has its name,
    there is none, and the answer is `is_new`. Raises OSError."""
    data = text.encode("utf-8", "replace")
    letter = letter_of(file)
    if not may_lie_at(letter):
        return is_new
    if _content(letter) == data:
        return False
    try:
        atomic.replace(letter, data)
    except FileNotFoundError:
        if file.parent.is_dir():
            raise
        return False
    return True


def remove_letter(file: Path) -> bool:
    """Take the letter away, if it is ours; True if there was one. Raises OSError."""
    letter = letter_of(file)
    if OURS.encode() not in (_content(letter) or b""):
        return False
    letter.unlink(missing_ok=True)  # moved with its board meanwhile
    return True


def as_job_error(error: JobError | SetupError) -> JobError:
    """What a letter can say of either."""
    return error if isinstance(error, JobError) else JobError(error.what, remedy=error.remedy)


def _content(file: Path) -> bytes | None:
    with contextlib.suppress(OSError):
        return read_regular(file)
    return None
