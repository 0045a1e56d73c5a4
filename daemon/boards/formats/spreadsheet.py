"""A board as a shot list: a table with headings, as Excel, Numbers and Sheets save it as CSV.

Which sign stands between the cells, whether there are lines above the headings, and in which
Unicode it is written is found out from the file; what the columns mean, `columns` knows.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Collection, Iterator

from daemon.boards.formats import columns
from daemon.boards.formats.columns import ACTION, PROMPT
from daemon.boards.formats.shot_rows import Row, ShotRows
from daemon.errors import JobError, UnfinishedError
from daemon.jobfile import tree, unseen

_SIGNS = (",", ";", "\t", "|")
_ABOVE = 10
"""Rows that may stand above the headings: a title, an empty row."""
_LOOKED_AT = 50
"""Rows that say what the columns hold."""
_PEEKED = 20_000
"""Letters looked at to find out what stands between the cells."""
_RULE = re.compile(
    r"^[ \t]*(?:\|[ \t]*)?(?::?-{2,}:?[ \t]*\|[ \t]*)+(?::?-{2,}:?[ \t]*)?$", re.MULTILINE
)
"""The line below the headings of a table in Markdown."""
_BAR = re.compile(r"(?<!\\)\|")
_BREAK = re.compile(r"<br */?>", re.IGNORECASE)
_DECLARED = re.compile(r"\Asep=(.)\r?\n")
_SHOWS = frozenset({PROMPT, ACTION, columns.PICTURED})
"""Columns of which a table has one: they say what is seen."""
_SAVE = (
    "Save it as CSV in Unicode (Excel: CSV UTF-8; Numbers: Text Encoding > Unicode (UTF-8); "
    "LibreOffice: Character set > UTF-8)."
)


def has_header(text: str) -> bool:
    """Whether the first row is one of headings, with tabs between: a table saved as text."""
    try:
        cells = next(_rows(text[:_PEEKED], "\t")).cells
    except (JobError, StopIteration):
        return False
    return len(cells) > 1 and bool({PROMPT, columns.PICTURED} & {*map(columns.column, cells)})


def board_of_rows(data: bytes, characters: Collection[str] = ()) -> tree.Table:
    """The board in a shot list. Raises JobError and its kinds."""
    text = _text(data)
    if is_piped(text):
        return _board(_piped(text), characters, "|")
    sign, rest, skipped = _sign(text)
    rows = _tabbed(rest, skipped) if sign == "\t" else _rows(rest, sign, skipped)
    return _board(rows, characters, sign)


def is_piped(text: str) -> bool:
    """Whether a text has a table as Markdown writes it: a rule below headings that are known."""
    text = tree.LINE_BREAK.sub("\n", text[:_PEEKED])
    found = _RULE.search(text)
    above = text[: found.start()].rstrip().rpartition("\n")[2] if found else ""
    known = {columns.column(cell) for cell in _cells(above)}
    return bool(known & _SHOWS)


def _board(rows: Iterator[Row], characters: Collection[str], sign: str) -> tree.Table:
    header, above = _header(rows, sign)
    first = [*itertools.islice(rows, _LOOKED_AT)]
    found = ShotRows(header, characters, first)
    if above:
        found.warnings.append(
            f"What stands above the headings (line {header.line}) was left aside."
        )
    for row in itertools.chain(first, rows):
        found.take(row)
    return found.board()


# --- the file -------------------------------------------------------------------------------------


def _text(data: bytes) -> str:
    try:
        text = tree.unicode_text(data, limit=tree.BOARD_BYTES)
    except UnfinishedError:
        raise
    except JobError as error:
        if "UTF-8" in error.remedy:
            error.remedy = _SAVE
        raise
    unseen.refuse_odd_letters(text)
    return text


def _sign(text: str) -> tuple[str, str, int]:
    """What stands between the cells, the text without Excel's own line about it, and how many
    lines that was: the sign with which most headings are known."""
    if declared := _DECLARED.match(text):
        return declared[1], text[declared.end() :], 1
    likely = max(
        _SIGNS, key=lambda sign: (_known(text, sign), sign != "|", text[:4_000].count(sign))
    )
    return likely, text, 0


def _known(text: str, sign: str) -> int:
    """The most headings that any of the first rows has."""
    most = 0
    try:
        for number, row in enumerate(_rows(text[:_PEEKED], sign)):
            most = max(most, len({columns.column(cell) for cell in row.cells} - {None}))
            if number >= _ABOVE:
                break
    except JobError:
        pass
    return most


def _rows(text: str, sign: str, skipped: int = 0) -> Iterator[Row]:
    """Every row that says something. Raises JobError."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=True)
    before = skipped
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise _broken(str(error), before + 1) from None
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield Row(before + 1, tuple(cells))
        before = skipped + reader.line_num


def _tabbed(text: str, skipped: int) -> Iterator[Row]:
    """Rows with tabs between their cells, which some programs put in quotes and some don't."""
    try:
        return iter([*_rows(text, "\t", skipped)])
    except JobError:
        lines = enumerate(tree.LINE_BREAK.split(text), skipped + 1)
        return (Row(number, tuple(line.split("\t"))) for number, line in lines if line.strip())


def _piped(text: str) -> Iterator[Row]:
    """The rows of a table in Markdown, and of those after it with the same headings; what stands
    outside of them is none."""
    lines = tree.LINE_BREAK.split(text)
    headings: tuple[str, ...] = ()
    for rule in [at for at, line in enumerate(lines) if at and _RULE.fullmatch(line)]:
        above = _cells(lines[rule - 1])
        if headings and above != headings:
            continue
        first, headings = not headings, above
        if first:
            yield Row(rule, above)
        for at in range(rule + 1, len(lines)):
            if "|" not in lines[at] or lines[at + 1 : at + 2] == [lines[rule]]:
                break
            if any(cells := _cells(lines[at])):
                yield Row(at + 1, cells)


def _cells(line: str) -> tuple[str, ...]:
    found = _BAR.split(line.strip().removeprefix("|").removesuffix("|"))
    return tuple(
        _BREAK.sub("\n", cell.replace("\\|", "|").replace("**", "")).strip() for cell in found
    )


def _header(rows: Iterator[Row], sign: str) -> tuple[Row, int]:
    """The row of headings, and how many rows stood above it."""
    first: Row | None = None
    for above, row in enumerate(rows):
        first = first or row
        if _SHOWS & {columns.column(cell) for cell in row.cells}:
            return row, above
        if above >= _ABOVE:
            break
    raise JobError(
        "No row of headings with a column `prompt` (or `description`) was found.",
        line=first.line if first else 1,
        why=f"Columns that are known: {columns.SHOWN}."
        + ("" if sign != "\t" else " The cells were read with tabs between them."),
        remedy="Write the headings into the first row.",
    )


def _broken(said: str, line: int) -> JobError:
    if "unexpected end" in said:
        return UnfinishedError(
            "A cell in quotes is never closed.",
            line=line,
            why="A quote at the beginning of a cell opens a text that runs to the next quote.",
            remedy='Close it, or write quotes inside a cell twice: "the ""Anna"" leaves".',
        )
    if "field larger" in said:
        return JobError(
            "A cell is far too long.", line=line, remedy="Look for a quote that is never closed."
        )
    return JobError(
        "Something stands between the quote that closes a cell and the next cell.",
        line=line,
        why="Inside a cell in quotes each quote is written twice.",
        remedy='Write for instance: "the ""Anna"" leaves".',
    )
