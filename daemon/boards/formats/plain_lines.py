"""A text file without the signs of a list: a line is a shot, a screenplay's heading the scene of
those below it, and what is indented below a numbered line more of its words.

Which shots there are; whether numbers are ids, and what a shot is then called, others say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from daemon.boards.formats import columns
from daemon.boards.formats.fountain_lines import HEADING, empty_scenes
from daemon.boards.formats.markdown import Item
from daemon.jobfile import tree
from daemon.jobfile.plain_text import HEAD, ITEM, NUMBERED, SCENES, Line, with_one_number

_SCENE = re.compile(
    rf"(?:\*\*)?(?:{SCENES})\.?\s*#?\d{{1,4}}[a-z]?\b\W*(?P<rest>.*)", re.IGNORECASE
)

_KEYED = re.compile(r"(?P<key>[^\W\d_][\w ]{1,30}):\s+(?P<text>\S.*)")
_SEEN = (columns.PROMPT, columns.PICTURED, columns.ACTION, columns.CAMERA)
_FOR_PEOPLE = ("dialogue", "notes", "title", columns.SECONDS)
_Told = dict[int, dict[str, str]]
_ENDS = (".", ",", ";", ":", "!", "?", "…")


def items_of_lines(text: str, lines: Sequence[Line]) -> tuple[list[Item], list[str]]:
    """The shots in the lines of a text that count, with their scenes and all of their words; and
    what is to be said of it."""
    depths = [_depth(line) for line in tree.LINE_BREAK.split(text)]
    whole = list(_joined([*map(_bare, lines)], depths))
    told: _Told = {}
    if sum(1 for line in whole if HEAD.fullmatch(line.text)) > 1:
        whole = list(_below_their_heads(whole, told))
    headings = _headings(whole)
    found: list[Item] = []
    scene, section = "", 0
    for index, line in enumerate(whole):
        if index in headings:
            scene, section = line.text.replace("**", ""), section + 1
        else:
            of_scene = {"scene": scene} if scene else {}
            found.append(Item(line, section, of_scene | told.get(line.number, {})))
    return found, _told_of_headings(whole, headings)


def _told_of_headings(lines: Sequence[Line], headings: set[int]) -> list[str]:
    """What may have been a shot, and was taken from between them, is not swallowed in silence."""
    empty = {index for index in headings if index + 1 in headings | {len(lines)}}
    told = []
    unsure = {index for index in headings - empty if not _is_bare(lines[index].text)}
    if taken := [lines[index] for index in sorted(unsure)]:
        named = ", ".join(f"{tree.shown(line.text)} (line {line.number})" for line in taken[:5])
        more = f" and {len(taken) - 5} more" if len(taken) > 5 else ""
        told.append(f"Lines read as headings of scenes, which are no shots: {named}{more}.")
    if empty:
        scenes = [lines[index] for index in sorted(empty)]
        told.append(empty_scenes((line.text, line.number) for line in scenes))
    return told


def _depth(line: str) -> int:
    line = line.expandtabs(4)
    return len(line) - len(line.lstrip())


def _bare(line: Line) -> Line:
    return Line(line.number, with_one_number(line.text.replace("**", "")))


def _below_their_heads(lines: Sequence[Line], told: _Told) -> Iterator[Line]:
    """One line for each shot whose number stands in a line of its own, above its words; what those
    say under the name of a column that is for people is `told` by the number of the line."""
    head: Line | None = None
    for line in lines:
        is_head = HEAD.fullmatch(line.text) is not None
        if head is not None and (is_head or _is_scene(line.text)):
            yield head
            head = None
        if is_head:
            head = line
        elif head is None:
            yield line
        else:
            head = Line(head.number, _with_words(head, line.text, told))
    if head is not None:
        yield head


def _with_words(head: Line, words: str, told: _Told) -> str:
    """A shot with another line of its words; a sign between the number and the first of them."""
    said = _KEYED.fullmatch(words)
    key = columns.column(said["key"]) if said else None
    if said and key in _FOR_PEOPLE:
        of_shot = told.setdefault(head.number, {})
        before = f"{of_shot[key]}\n" if key in of_shot else ""
        of_shot[key] = before + said["text"]
        return head.text
    if said and key in _SEEN:
        words = said["text"]
    if (only := HEAD.fullmatch(head.text)) is not None:
        return f"{only['id']}: {words}"
    return f"{head.text}{' ' if head.text.endswith(_ENDS) else ', '}{words}"


def _joined(lines: Sequence[Line], depths: Sequence[int]) -> Iterator[Line]:
    """The lines, each with those that its author or a program has broken off: they stand right
    below a numbered one and further in."""
    last: Line | None = None
    edge = end = 0
    for line in lines:
        depth = depths[line.number - 1]
        is_shot = NUMBERED.match(line.text) is not None
        is_more = last is not None and line.number == end + 1 and depth > edge
        if last is not None and is_more and not is_shot and not ITEM.match(line.text):
            last, end = Line(last.number, f"{last.text} {line.text}"), line.number
            continue
        if last is not None:
            yield last
            last = None
        if is_shot:
            last, edge, end = line, depth, line.number
        else:
            yield line
    if last is not None:
        yield last


def _headings(lines: Sequence[Line]) -> set[int]:
    """Which of the lines are headings of scenes. Among numbered shots all that look so; else those
    that can be nothing else, and only if shots stand below each: where places follow on each
    other, every one is a shot."""
    likely = {index for index, line in enumerate(lines) if _is_scene(line.text)}
    others = [line for index, line in enumerate(lines) if index not in likely]
    if 2 * sum(1 for line in others if NUMBERED.match(line.text)) > len(others):
        return likely
    sure = {index for index in likely if _is_bare(lines[index].text)}
    is_followed = all(index + 1 < len(lines) and index + 1 not in sure for index in sure)
    return sure if is_followed else set()


def _is_scene(text: str) -> bool:
    return _SCENE.fullmatch(text) is not None or _is_bare(text)


def _is_bare(text: str) -> bool:
    """`INT. KITCHEN - DAY`, `Scene 2`: a place in capitals, or a number, and nothing of a shot."""
    numbered = _SCENE.fullmatch(text)
    place = numbered["rest"].strip("*") if numbered else text
    return (numbered is not None and not place) or (
        HEADING.match(place) is not None and place == place.upper()
    )
