"""What a drawing shows, in words: those beside it, or its folder's; and why none can be made of it.

One rule for the keeper that has drawings rendered and for whoever only foretells it. Opens the text
beside a drawing, no picture.
"""

from __future__ import annotations

from pathlib import Path

from daemon.drawings.folders import TEXT
from daemon.errors import JobError, sentences
from daemon.fs.read import read_regular
from daemon.jobfile.each import EachDrawing
from daemon.jobfile.item_forms import MAX_NAME
from daemon.jobfile.plain_text import words_of

MOST_TEXT = 100_000

ALONE = "it says what a drawing of its name shows, and waits for that"
"""Of a text beside no drawing."""


def prompt_of(drawing: Path, text: Path | None, each: EachDrawing, lies_in: str) -> str:
    """The prompt of a drawing with that `text` beside it, which `lies_in` that folder. Raises
    JobError, whose `what` says what it waits for."""
    if unfit := _unfit(drawing, lies_in):
        raise JobError(unfit)
    prompt = each.prompt_of(drawing.stem, _beside(text))
    if not prompt.strip():
        raise JobError(
            f"nothing says what it shows. Write it into {drawing.stem}{TEXT} beside it, or "
            "prompt: into the folder's _defaults.yaml ({name} is the file's name).",
        )
    return prompt


def _beside(text: Path | None) -> str:
    """What is written beside a drawing, in one line; "" if nothing is. Raises JobError."""
    if text is None:
        return ""
    try:
        data = read_regular(text, limit=MOST_TEXT)
    except OSError:
        return ""
    try:
        return words_of(data)
    except JobError as error:
        raise JobError(sentences("its text can't be used.", error.what, error.remedy)) from error


def _unfit(drawing: Path, lies_in: str) -> str:
    """Why no job can be called as this drawing is; "" if one can."""
    try:
        f"{lies_in}/{drawing.name}".encode()
    except UnicodeEncodeError:
        return "its name, or that of its folder, is not written in UTF-8. Rename it."
    if len(drawing.stem) > MAX_NAME:
        return f"its name is too long. Give it one of at most {MAX_NAME} letters."
    return ""
