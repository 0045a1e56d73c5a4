"""A text file that is a Markdown list: an item is a shot, a heading the scene of those below it.

Takes the signs of Markdown away and keeps what they say; numbers and prompts are for the reader of
plain lines.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from daemon.boards.formats import columns
from daemon.jobfile import tree
from daemon.jobfile.plain_text import ITEM, Line

_HEADING = re.compile(r"(?P<level>#{1,6})\s+(?P<text>\S.*)")
_TOLD = re.compile(r"(?P<key>dialogue|action|notes|seconds|title)\s*:\s+(?P<text>\S.*)", re.I)
_DEEPER = 2
"""Blanks by which an item stands further in than the one that it belongs to."""


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
    """The items of a text that is a list, and warnings of what was left aside."""
    found: list[Item] = []
    aside: list[int] = []
    scene, section, edge, was_blank = "", 0, 0, True
    for number, written in enumerate(tree.LINE_BREAK.split(text), 1):
        line = written.expandtabs(4).rstrip()
        depth = len(line) - len(line.lstrip())
        line = line.strip().replace("**", "")
        item, heading = ITEM.fullmatch(line), _HEADING.fullmatch(line)
        if heading is not None and depth < 4:
            scene, section = (heading["text"] if len(heading["level"]) > 1 else ""), section + 1
        elif item is not None and (not found or depth < edge + _DEEPER):
            edge = depth
            found.append(
                Item(Line(number, item["text"]), section, {"scene": scene} if scene else {})
            )
        elif line and found and (item is not None or depth or not was_blank):
            _add(found[-1], item["text"] if item else line, is_item=item is not None)
        elif line and not line.startswith("#"):
            aside.append(number)
        was_blank = not line or heading is not None
    return found, [_left_aside(aside)] if aside else []


def _add(item: Item, text: str, *, is_item: bool) -> None:
    """What stands below an item: a key for people, a note, or more of its words."""
    if (said := _TOLD.fullmatch(text)) is not None:
        key, text = said["key"].lower(), said["text"]
    elif is_item:
        key = "notes"
    else:
        item.line = Line(item.line.number, f"{item.line.text} {text}")
        return
    item.told[key] = f"{item.told[key]}\n{text}" if key in item.told else text


def _left_aside(lines: list[int]) -> str:
    shown = ", ".join(map(str, lines[:5])) + (" …" if len(lines) > 5 else "")
    return f"What is no item of the list is no shot: left aside in line {shown}."
