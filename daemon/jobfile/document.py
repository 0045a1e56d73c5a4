"""From a file's bytes (YAML, JSON, a line of text) to its mapping, or to an error with a line.

Knows bytes and trees only: nothing of which keys there are or what they mean.
"""

from __future__ import annotations

import re
from pathlib import PurePath

from daemon.errors import (
    IsABoardError,
    JobError,
    NeverAJobError,
    TooBigError,
    UnfinishedError,
)
from daemon.jobfile import aliases, plain_text, tree, yaml_mistakes
from daemon.jobfile.a1111_file import pasted
from daemon.jobfile.foreign import graph_in
from daemon.jobfile.json_reader import read_json
from daemon.jobfile.yaml_reader import read_yaml

_BOARDS = (".csv", ".tsv", ".fountain", ".spmd", ".storyboarder")
SPREADSHEETS = (".xlsx", ".xls", ".xlsm", ".xlsb", ".ods", ".numbers")
_JSON_SUFFIXES = (".json", ".png")  # a picture's record, taken out of it, is JSON


def is_board(table: tree.Table) -> bool:
    """Whether a mapping is a board, and no job: it has `shots`."""
    return any(aliases.folded(key) == "shots" for key in table.items)


_SHOTS = re.compile(rb"\bshots[\"']?[ \t]*:", re.IGNORECASE)
_DOCUMENTS = re.compile(rb"(?:\A|(?<=[\r\n]))(?:---|\.\.\.)(?=[ \t\r\n]|\Z)")
_LIST = re.compile(
    rb"\A(?:\xef\xbb\xbf)?(?:\s*+(?:#[^\r\n]*+|---[ \t]*+(?=[\r\n])))*+\s*+(?:-[ \t\r\n]|\[)"
)


def looks_like_board(data: bytes) -> bool:
    """Whether a YAML or JSON file that is too big for a job may well be a board."""
    return any(sign.search(data) is not None for sign in (_SHOTS, _DOCUMENTS, _LIST))


def is_board_file(data: bytes, file: str) -> bool:
    """Whether what came from a file named `file` is a board, and no job."""
    try:
        return is_board(read_table(data, file))
    except IsABoardError:
        return True
    except TooBigError:
        return looks_like_board(data)
    except JobError:
        return False


_MARKS = re.compile(rb"(?:\xef\xbb\xbf)?\s*\{\s*\"hotfolder\"\s*:\s*\"marks\"")


def is_marks(data: bytes) -> bool:
    """Whether a file holds what somebody thought of pictures, as the page saves it, and no job."""
    return _MARKS.match(data) is not None


_OF_JOBS = re.compile(r"\bjobs?\b|\bprompt:", re.IGNORECASE)


def no_job(error: JobError, example: str) -> JobError:
    """The same mistake said of a file that is no job: what speaks of jobs is left out, and
    `example` is a line that such a file may hold. Changes `error`."""
    if _OF_JOBS.search(f"{error.what} {error.why} {error.remedy}"):
        error.why, error.remedy = "", f"Write lines such as `{example}`."
    return error


def a_spreadsheet(file: str) -> NeverAJobError:
    """What is said of a file that only a spreadsheet's own program reads well."""
    return NeverAJobError(
        f"A spreadsheet ({PurePath(file).suffix.lower()}) can't be read.",
        why="Its rows are packed in a way that only its own program reads well.",
        remedy="Save it as CSV (Excel: Save As > CSV UTF-8; Numbers: File > Export To > CSV; "
        "Sheets: Download > Comma-separated values), a shot in each row, and use that.",
    )


def read_table(data: bytes, file: str) -> tree.Table:
    """The mapping a file consists of; a file without any is no job."""
    if file.lower().endswith(plain_text.SUFFIX):
        return plain_text.prompt_table(data)
    if file.lower().endswith(SPREADSHEETS):
        raise a_spreadsheet(file)
    if file.lower().endswith(_BOARDS):
        raise tree.several_shots("a table or a script", 1)
    text = tree.decode(data)
    try:
        node = read_json(text) if file.lower().endswith(_JSON_SUFFIXES) else read_yaml(text)
    except JobError as error:
        raise graph_in(text) or pasted(text) or error from None
    if isinstance(node, tree.Table):
        return node
    if isinstance(node, tree.Scalar) and isinstance(node.value, str):
        raise yaml_mistakes.no_mapping(node.line, node.value)
    if isinstance(node, tree.Listing):
        raise tree.several_shots("a list", node.line)
    raise UnfinishedError(
        "The file holds no `key: value`.",
        line=node.line,
        remedy=tree.AT_LEAST,
    )
