"""A text file that is a Markdown list: an item is a shot, a heading the scene of those below it.

Takes the signs of Markdown away and keeps what they say; numbers and prompts are for the reader of
plain lines.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from daemon.boards.formats import columns
from daemon.errors import JobError
from daemon.jobfile import tree
from daemon.jobfile.plain_text import (
    DEEPER,
    ITEM,
    MOST_BLANKS,
    SILENT,
    TOLD,
    Line,
    is_numbered,
    with_one_number,
)

_HEADING = re.compile(r"##{1,5}\s+(?P<text>\S.*)")


@dataclass(slots=True)
class Item:
    """An item of the list. `told` are its keys for people, `section` counts headings."""

    line: Line
    section: int
    told: dict[str, str] = field(default_factory=dict)

    def keys(self) -> Mapping[str, tree.Node]:
        """What stands beside its prompt. Raises JobError."""
        at = self.line.number
        return {key: columns.value(key, text, at) for key, text in self.told.items()}


def items_of(text: str) -> tuple[list[Item], list[str]]:
    """The items of a text that is a list, and warnings of what was left aside. Raises JobError for
    a line that may be a shot, or may not."""
    found: list[Item] = []
    aside: list[int] = []
    scene, section, edge, above = "", 0, MOST_BLANKS, None
    for number, written in enumerate(tree.LINE_BREAK.split(text), 1):
        line = written.expandtabs(4).rstrip()
        depth = len(line) - len(line.lstrip())
        line = line.strip()
        lead, above = above, None  # what stands right above without being an item
        if (heading := _HEADING.fullmatch(line)) is not None and depth < 4:
            scene = heading["text"].rstrip("#").rstrip().replace("**", "")
            section, edge = section + 1, MOST_BLANKS
        elif not line or line.startswith("#") or SILENT.match(line):
            aside += [number] if line.startswith(">") else []
        elif depth >= edge + 1 and not _is_item(line, depth - edge):
            _add(found[-1], line.replace("**", ""))
        elif (item := ITEM.fullmatch(line)) or is_numbered(line):
            if lead is not None:
                raise _unclear(*lead)
            words = with_one_number((item["text"] if item else line).replace("**", ""))
            found.append(Item(Line(number, words), section, {"scene": scene} if scene else {}))
            edge = depth
        elif edge != MOST_BLANKS:
            raise _unclear(number, line)
        else:
            aside.append(number)
            above = None if line.endswith(":") else (number, line)
    return found, [_left_aside(aside)] if aside else []


def _is_item(line: str, deeper: int) -> bool:
    return deeper < DEEPER and (ITEM.match(line) is not None or is_numbered(line))


def _unclear(number: int, line: str) -> JobError:
    return JobError(
        f"`{tree.shown(line, 40)}` stands among the items of a list and is none.",
        line=number,
        why="It may be a shot, the scene of those below it, or more words of the one above.",
        remedy="Begin it with - if it is a shot, with ## if it is a scene, with # if it doesn't "
        "count; indent it by two spaces if it belongs to the item above.",
    )


def _add(item: Item, text: str) -> None:
    """What stands below an item: a key for people, a note, or more of its words."""
    below = ITEM.fullmatch(text)
    text = below["text"] if below else text
    if (said := TOLD.fullmatch(text)) is not None:
        key, text = columns.column(said["key"]) or "notes", said["text"]
    elif below:
        key = "notes"
    else:
        item.line = Line(item.line.number, f"{item.line.text} {text}")
        return
    item.told[key] = f"{item.told[key]}\n{text}" if key in item.told else text


def _left_aside(lines: list[int]) -> str:
    shown = ", ".join(map(str, lines[:5])) + (" …" if len(lines) > 5 else "")
    return f"What is no item of the list is no shot: left aside in line {shown}."
