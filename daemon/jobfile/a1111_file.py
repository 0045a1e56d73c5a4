"""A text file that holds A1111's text is one job: A1111 saves it beside its pictures, and sites
copy it. Read line by line its negative prompt would be a picture of what it forbids.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from daemon.errors import JobError, UnfinishedError
from daemon.jobfile import tree
from daemon.jobfile.a1111_settings import from_parameters
from daemon.jobfile.a1111_text import KNOWN, NEGATIVE, split_text
from daemon.jobfile.foreign import UNREAD
from daemon.jobfile.json_reader import read_json
from daemon.jobfile.named_line import WITHOUT_KEY, without_key
from daemon.text.counted import counted

_STEPS = "Steps:"
_LIST = re.compile(rf"\s*{_STEPS}\s*\d")
_TYPED = re.compile(rf"^[ \t]*{NEGATIVE}", re.IGNORECASE | re.MULTILINE)
_PROMPT_KEY = re.compile(r"^[{ \t\"'-]*+prompt[\"']?\s*:", re.IGNORECASE | re.MULTILINE)
"""What a file with keys has, and no such text."""
_NAMES_OF_A_LIST = 2


@dataclass(frozen=True, slots=True)
class _Marks:
    """The lines, from 1, that only such a text has: where the prompt begins, and each that begins a
    negative prompt or a list of settings. `settings` is the list that counts, 0 for none."""

    prompt: int
    negatives: tuple[int, ...]
    lists: tuple[int, ...]
    settings: int

    @property
    def are_there(self) -> bool:
        return bool(self.negatives or self.lists)


def a1111_table(text: str) -> tree.Table | None:
    """The mapping that such a text stands for; None for any other. Raises JobError for several."""
    text = _as_written(text)
    marks = _marks(text)
    if not marks.are_there:
        return None
    _refuse_several(marks)
    _refuse_lines(text, marks)
    job = from_parameters(text)
    typed = job["prompt"]
    if not marks.lists and isinstance(typed, str):
        job["prompt"] = without_key(typed)
    told = () if job["prompt"] == typed else (WITHOUT_KEY,)
    if not marks.lists and not job.get(UNREAD):
        job.pop(UNREAD, None)  # typed by hand: nothing of it was drawn yet
    node = read_json(json.dumps(job))
    assert isinstance(node, tree.Table)
    lines = {"prompt": marks.prompt, "negative_prompt": (*marks.negatives, 1)[0]}
    below = marks.settings or marks.prompt
    found = {key: lines.get(key, below) for key in node.items}
    items = {key: _at(item, found[key]) for key, item in node.items.items()}
    return tree.Table(items, marks.prompt, found, warnings=told)


def pasted(text: str) -> JobError | None:
    """What is said of such a text in a file that should have keys and can't be read as one."""
    lists = _marks(text).lists
    if not lists or _PROMPT_KEY.search(text):
        return None
    return UnfinishedError(
        "This is the text of one picture, as AUTOMATIC1111 writes it, and no file with keys.",
        line=lists[0],
        remedy="Give it the ending .txt: it is a job then.",
    )


def refuse_a1111(text: str) -> None:
    """Raises JobError for such a text where lines are read one by one."""
    marks = _marks(_as_written(text))
    if not marks.are_there:
        return
    _refuse_several(marks)
    raise JobError(
        "This is the text of one picture, as AUTOMATIC1111 writes it.",
        line=min((*marks.negatives, *marks.lists)),
        why="A negative prompt and settings are nothing to be painted.",
        remedy="Leave only the prompt. As a .txt by itself in the inbox the whole is a job.",
    )


def _as_written(text: str) -> str:
    """With the line breaks and the `Negative prompt:` that A1111 writes, as people type them."""
    text = tree.LINE_BREAK.sub("\n", text)
    return text if NEGATIVE in text else _TYPED.sub(NEGATIVE, text)


def _marks(text: str) -> _Marks:
    if NEGATIVE not in text and _STEPS not in text:
        return _Marks(1, (), (), 0)
    blank = text[: len(text) - len(text.lstrip())].count("\n")
    parts = split_text(text)
    above = text.strip().split("\n")[: parts.line - 1 if parts.line else None]
    negatives, lists = [], []
    for number, line in enumerate(above, blank + 1):
        if line.lstrip().startswith(NEGATIVE):
            negatives.append(number)
        elif _LIST.match(line) and len(set(KNOWN.findall(line))) >= _NAMES_OF_A_LIST:
            lists.append(number)
    settings = parts.line + blank if parts.line else 0
    is_counted = parts.settings.get("Steps", "").isdecimal()
    # With the prompt in the same line it is a text pasted into one, and read as typed.
    is_apart = bool(parts.prompt or parts.negative or KNOWN.match(text.lstrip()))
    if is_counted and is_apart and len(parts.settings) >= _NAMES_OF_A_LIST:
        lists.append(settings)
    return _Marks(blank + 1, tuple(negatives), tuple(lists), settings)


def _refuse_several(marks: _Marks) -> None:
    several = marks.negatives if len(marks.negatives) > 1 else marks.lists
    if len(several) > 1:
        raise JobError(
            f"This file holds the texts of {counted(len(several), 'picture')}, as AUTOMATIC1111 "
            "writes them.",
            line=several[1],
            why="A text file has no sign for where one ends, and the next begins.",
            remedy="Make a file of each, with the ending .txt.",
        )


def _refuse_lines(text: str, marks: _Marks) -> None:
    """A1111 writes settings below; without them several lines are rather shots, or keys."""
    parts = split_text(text)
    if not marks.lists and any("\n" in part for part in (parts.prompt, parts.negative)):
        raise JobError(
            "A line is a negative prompt, and others may be shots or keys.",
            line=marks.negatives[0],
            why="It can't be told whether this is one picture or several.",
            remedy="Of one picture write the prompt in one line, and the negative prompt in the "
            "next; what holds for all shots may stand in _defaults.yaml beside the file.",
        )


def _at(node: tree.Node, line: int) -> tree.Node:
    """The same, read in that line."""
    if isinstance(node, tree.Scalar):
        return tree.Scalar(node.value, line, node.text)
    if isinstance(node, tree.Listing):
        return tree.Listing(tuple(_at(item, line) for item in node.items), line)
    items = {key: _at(item, line) for key, item in node.items.items()}
    return tree.Table(items, line, dict.fromkeys(items, line))
