"""A board as a text file: a line is a shot, and a number at its beginning is the shot's id.

Whether numbers are ids or words ("3 boats") the whole file decides. Spreadsheets save tables as
text files as well; those go to `spreadsheet`. The signs of a list in Markdown `markdown` takes
away.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from daemon.boards.formats import fountain, spreadsheet
from daemon.boards.formats.documents import listed
from daemon.boards.formats.markdown import Item, items_of
from daemon.boards.formats.plain_lines import items_of_lines
from daemon.jobfile import tree
from daemon.jobfile.plain_text import (
    NUMBERED,
    Line,
    flag_warnings,
    is_list,
    lines_of,
    refuse_keys_above,
    refuse_no_shots,
)

_Keys = Mapping[int, Mapping[str, tree.Node]]

_TABS = re.compile(r"\s*\t\s*")
_BY_SCENE = re.compile(r"(?P<label>)(?P<id>\d+-[^\s:]{1,20})(?P<sign>:) (?P<prompt>\S.*)")
"""An id with the number of its scene, as `_apart` writes it."""


_READ_AS_SCREENPLAY = (
    "The text has headings of scenes and people who speak, and was read as a screenplay: every "
    "paragraph of action is a shot."
)


def board_of_lines(
    data: bytes, characters: Collection[str] = (), *, least: int = 2
) -> tree.Table | None:
    """The board in a text file; None for fewer than `least` lines: one is a job. Raises JobError
    and its kinds for what can be neither."""
    text = tree.unicode_text(data, limit=tree.BOARD_BYTES)
    if spreadsheet.is_piped(text) or ("\t" in text and spreadsheet.has_header(text)):
        return spreadsheet.board_of_rows(data, characters)
    lines = lines_of(data, limit=tree.BOARD_BYTES)
    if len(lines) < least:
        return None
    if is_list(text):
        refuse_keys_above(lines)
        items, warnings = items_of(text)
        refuse_no_shots([item.line for item in items])
    elif fountain.is_screenplay(text) and not _are_numbered(lines):
        return _screenplay(data, characters)
    else:
        items, warnings = items_of_lines(text, lines)
    lines, numbered = _apart(items, is_list=is_list(text))
    keys = {item.line.number: item.keys() for item in items}
    return _board(lines, keys, flag_warnings(lines) + warnings, numbered)


def _are_numbered(lines: Sequence[Line]) -> bool:
    return 2 * sum(1 for line in lines if NUMBERED.match(line.text)) > len(lines)


def _screenplay(data: bytes, characters: Collection[str]) -> tree.Table:
    board = fountain.board_of_screenplay(data, characters)
    return replace(board, warnings=(_READ_AS_SCREENPLAY, *board.warnings))


def _board(
    lines: Sequence[Line], keys: _Keys, warnings: list[str], numbered: re.Pattern[str]
) -> tree.Table:
    """The board of these lines; `keys` say more of a shot, by the number of its line."""
    found = [numbered.match(line.text) for line in lines]
    if _are_ids(found):
        board, told = _numbered(lines, found, keys)
        warnings += told
    else:
        odd = [line for line, match in zip(lines, found, strict=True) if match]
        shots = tuple(_shot(line.text, line.number, keys) for line in lines)
        board = listed(shots, lines[0].number)
        warnings += [_read_as_words(odd)] if odd else []
    return tree.Table(board.items, board.line, board.key_lines, warnings=tuple(warnings))


def _apart(items: Sequence[Item], *, is_list: bool) -> tuple[list[Line], re.Pattern[str]]:
    """The lines, and how their ids are written. Numbers that begin anew below each heading get the
    heading's before them; where that doesn't tell them apart (`1.` before every item of a list)
    they count for nothing."""
    found = [(item, NUMBERED.match(item.line.text)) for item in items]
    both = [(item.section, match["id"]) for item, match in found if match]
    is_told = len(set(both)) == len(both)
    if len({name for _, name in both}) == len(both) or not (is_told or is_list):
        return [item.line for item in items], NUMBERED
    lines = []
    for item, match in found:
        text = match["prompt"] if match else item.line.text
        if match and is_told:
            text = f"{item.section}-{match['id']}: {text}"
        lines.append(Line(item.line.number, text))
    return lines, _BY_SCENE


def _shot(prompt: str, line: int, keys: _Keys) -> tree.Node:
    node = tree.Scalar(prompt, line, prompt)
    more = keys.get(line)
    if not more:
        return node
    items: dict[str, tree.Node] = {"prompt": node, **more}
    return tree.Table(items, line, dict.fromkeys(items, line))


def _are_ids(found: Sequence[re.Match[str] | None]) -> bool:
    """Whether the numbers are ids: most lines have one, or half of them, written as nobody writes
    how many there are of a thing (`010`, `3.`)."""
    numbered = [match for match in found if match]
    if 2 * len(numbered) != len(found):
        return 2 * len(numbered) > len(found)
    return all(match["sign"] or match["label"] or match["id"].startswith("0") for match in numbered)


def _numbered(
    lines: Sequence[Line], found: Sequence[re.Match[str] | None], keys: _Keys
) -> tuple[tree.Table, list[str]]:
    """Shots by their ids. A line without one was put in between: 020 is followed by 020A."""
    shots: dict[str, tree.Node] = {}
    at: dict[str, int] = {}
    given = {match["id"] for match in found if match}
    before, added = "000", []
    for line, match in zip(lines, found, strict=True):
        if match:
            before = shot = match["id"]
            prompt = _TABS.sub(", ", match["prompt"])
        else:
            shot, prompt = _between(before, given | shots.keys()), line.text
            added.append((line, shot))
        if shot in shots:
            raise tree.duplicate(shot, at[shot], line.number)
        shots[shot] = _shot(prompt, line.number, keys)
        at[shot] = line.number
    first = lines[0].number
    table = tree.Table({"shots": tree.Table(shots, first, at)}, first, {"shots": first})
    return table, [_without_id(added)] if added else []


def _between(before: str, taken: Collection[str]) -> str:
    stem = before.rstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
    for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ":
        if f"{stem}{letter}" not in taken:
            return f"{stem}{letter}"
    number = 1
    while f"{stem}Z{number}" in taken:
        number += 1
    return f"{stem}Z{number}"


def _without_id(added: Sequence[tuple[Line, str]]) -> str:
    shown = ", ".join(f"{shot} in line {line.number}" for line, shot in added[:5])
    more = f" and {len(added) - 5} more" if len(added) > 5 else ""
    return f"Lines without a number got an id after the one before: {shown}{more}."


def _read_as_words(odd: Sequence[Line]) -> str:
    first = odd[0]
    return (
        f"The number at the beginning of line {first.number} (`{tree.shown(first.text, 24)}`) was "
        "read as a part of the prompt, because most lines begin without one."
    )
