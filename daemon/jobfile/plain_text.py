"""A text file of one line as a job: the line is the prompt, the folder's defaults say the rest.

The line is taken as it is typed; nothing in it is YAML. Knows nothing of what becomes of several
lines but that they are no job yet.
"""

from __future__ import annotations

import codecs
import re

from daemon.errors import JobError, UnfinishedError
from daemon.jobfile import tree

SUFFIX = ".txt"
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_KEY = re.compile(r"\s*[\"']?(?P<key>[A-Za-z][\w -]{0,40}?)[\"']?\s*:(?=\s)")
_FLAG = re.compile(r"(?:^|\s)(?P<flag>-{1,2}[A-Za-z][\w-]*(?:[ =][^\s-]\S*)?)")
_NAMED = frozenset({"prompt", "positive prompt", "positive_prompt"})


def prompt_table(data: bytes) -> tree.Table:
    """The mapping that a text file stands for: its one line under `prompt`.

    UTF-8 or, with its byte order mark, UTF-16. Raises UnfinishedError for no line at all and
    JobError for several."""
    text = tree.decode(as_utf8(data))
    tree.refuse_odd_letters(text)
    lines = [
        (n, line.strip()) for n, line in enumerate(tree.LINE_BREAK.split(text), 1) if line.strip()
    ]
    if not lines:
        raise UnfinishedError(
            "The file holds nothing.", line=1, remedy="Write what the picture shall show."
        )
    line, prompt = lines[0]
    if len(lines) > 1 or prompt.startswith('{"'):
        raise _several(lines)
    warnings = [_flag_warning(found["flag"]) for found in _FLAG.finditer(prompt)][:1]
    if (named := _KEY.match(prompt)) and named["key"].casefold() in _NAMED:
        prompt = prompt[named.end() :].strip()
        warnings.append("`prompt:` at the beginning of the line was not taken for a part of it.")
    scalar = tree.Scalar(prompt, line, prompt)
    return tree.Table({"prompt": scalar}, line, {"prompt": line}, warnings=tuple(warnings))


def as_utf8(data: bytes) -> bytes:
    """Windows' own editor used to write UTF-16."""
    if len(data) > tree.MAX_BYTES or not data.startswith(_UTF16):
        return data
    try:
        return data.decode("utf-16").encode()
    except UnicodeError:
        raise UnfinishedError("The file ends in the middle of a letter.", line=1) from None


def _several(lines: list[tuple[int, str]]) -> JobError:
    keys = [number for number, line in lines if _KEY.match(line)]
    if lines[0][0] in keys or lines[0][1].startswith("{"):
        return JobError(
            "This is a text file, but what it holds looks like a job file with keys.",
            line=lines[0][0],
            why="A .txt file is one line: the prompt.",
            remedy="Give it the ending .yaml (or .json) instead of .txt.",
        )
    return JobError(
        f"The text file holds {len(lines):,} lines; one line is one picture's prompt.",
        line=lines[1][0],
        why="Several lines will become a board later; that is not supported yet.",
        remedy="Make one file for each line, or join them if they are one prompt.",
    )


def _flag_warning(flag: str) -> str:
    return (
        f"`{tree.shown(flag)}` was read as a part of the prompt: a .txt file has no options; "
        "write a .yaml with a key for it."
    )
