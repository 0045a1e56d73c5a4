"""The paragraphs of a Fountain screenplay, each with its kind and its line.

After the rules of fountain.io: what is told by a line's place and capitals, what is forced by a
sign, and what is never printed. Knows nothing of shots.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from daemon.boards.formats.directions import LISTED, is_direction, is_signpost
from daemon.jobfile import tree
from daemon.jobfile.schema import MAX_PROMPT


class Kind(enum.Enum):
    HEADING = "scene heading"
    ACTION = "action"
    DIRECTION = "direction of the camera"
    DIALOGUE = "dialogue"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """`speaker` is of dialogue, as it is written; `unseen`: heard, but not in the picture (V.O.,
    O.S.); `number` is of a heading, what stands there between `#`."""

    kind: Kind
    line: int
    text: str
    speaker: str = ""
    unseen: bool = False
    number: str = ""


_TITLE = re.compile(r"[A-Za-z][A-Za-z ]{0,40}:")
_BONEYARD = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_NOTE = re.compile(r"\[\[([^\[\]]*+)\]\]")
_INSIDE = "INT|(?-i:INTERIOR|INNEN|INTERNO|INTÉRIEUR|ИНТ)"
_OUTSIDE = "EXT|EST|(?-i:EXTERIOR|AUSSEN|AUẞEN|ESTERNO|EXTÉRIEUR|ЭКСТ|НАТ)"
_NO_WORD = r"(?:(?<=INT)|(?<=E[XS]T)|(?=(?-i:[./]|\s(?:[^a-z\n]*\s)?[-–—]+\s)))"
"""Behind a heading's first word, which may be one of a sentence: `INTERIOR DESIGNERS crowd in`."""
HEADING = re.compile(
    rf"(?:(?P<inside>{_INSIDE})|(?P<outside>{_OUTSIDE})){_NO_WORD}"
    rf"(?P<both>\.?/(?:{_INSIDE}|{_OUTSIDE}))?[. ]"
    r"|I\.?/E[. ]",
    re.IGNORECASE,
)
_MARGIN = re.compile(r"(?P<number>\d{1,4}[A-Z]?)[.)]?\s+(?P<heading>\S.*)")
"""A heading with its scene's number before it, as shooting scripts are printed."""
_NUMBER = re.compile(r"\s*#([^#\n]{1,40})#\s*\Z")
_TRANSITION = re.compile(r"[^a-z]*TO:|(?:FADE|IRIS|CUT|SMASH|DISSOLVE)[^a-z]*[.:]")
_CUE = re.compile(r"(?P<name>[^a-z()^]*[A-Z\u00c0-\uffff][^a-z()^]*)(?P<more>\([^()]*\)\s*)*\^?\s*")
_EXTENSIONS = re.compile(r"\(([^()]*)\)")
_UNSEEN = re.compile(r"\b(?:V\.?\s?O|O\.?\s?S|O\.?\s?C)\b", re.IGNORECASE)
_EMPHASIS = re.compile(r"(?<!\\)(\*{1,3}|_)(?=\S)(.+?)(?<=\S)(?<!\\)\1")
_ESCAPED = re.compile(r"\\([*_\\])")
_LONG = 300
"""Letters: no heading, cue or transition is longer."""
_PLACE = re.compile(r"\s+[-–—]+\s+")


def paragraphs(text: str) -> list[Paragraph]:
    """What is seen, said and noted, in order."""
    text = tree.LINE_BREAK.sub("\n", text)
    text = _BONEYARD.sub(_only_breaks, text)
    return list(_directed(_read(text)))


def _directed(found: Iterable[Paragraph]) -> Iterator[Paragraph]:
    """What only says how the next paragraph is seen becomes a part of that; where no action
    follows it is what is seen, if it names anything."""
    lead: Paragraph | None = None
    for paragraph in found:
        if lead is not None and paragraph.kind is Kind.ACTION:
            text = f"{lead.text.rstrip(': ')}: {paragraph.text}"
            paragraph, lead = replace(paragraph, line=lead.line, text=text), None
        elif lead is not None and paragraph.kind is not Kind.NOTE:
            yield from _alone(lead)
            lead = None
        if paragraph.kind is Kind.DIRECTION:
            lead = paragraph
        else:
            yield paragraph
    if lead is not None:
        yield from _alone(lead)


def _alone(direction: Paragraph) -> Iterator[Paragraph]:
    if not direction.text.endswith((":", " ON", " TO")):
        yield replace(direction, kind=Kind.ACTION)


def place_of(heading: str) -> str:
    """Where and when a scene is, in words for a picture: `INT. KITCHEN - NIGHT` is `kitchen, night,
    interior`."""
    found = HEADING.match(heading)
    rest = heading[found.end() :] if found else heading
    words = [part.strip().lower() for part in _PLACE.split(rest.strip(" .-–—"))]
    if found and not found["both"] and (found["inside"] or found["outside"]):
        words.append("interior" if found["inside"] else "exterior")
    return ", ".join(word for word in words if word)


def empty_scenes(found: Iterable[tuple[str, int]]) -> str:
    """What is told of headings, each with its line, below which nothing is to be seen."""
    named = ", ".join(f"{tree.shown(text)} (line {line})" for text, line in [*found][:5])
    return f"Scenes without action make no shot: {named}."


def _only_breaks(found: re.Match[str]) -> str:
    return "\n" * found[0].count("\n")


def _read(text: str) -> Iterator[Paragraph]:
    for block in _blocks(_without_title(text.split("\n"))):
        yield from _of_block(block)


Block = Sequence[tuple[int, str]]


def _without_title(all_lines: list[str]) -> list[str]:
    """The same lines, those of a title page empty: `Title: …` up to the first empty line."""
    first = next((index for index, line in enumerate(all_lines) if line.strip()), None)
    if (
        first is None
        or not _TITLE.match(all_lines[first])
        or _TRANSITION.fullmatch(all_lines[first].strip())
    ):
        return all_lines
    kept = list(all_lines)
    for index in range(first, len(kept)):
        if not kept[index].strip():
            break
        kept[index] = ""
    return kept


def _blocks(all_lines: list[str]) -> Iterator[Block]:
    """Lines that stand together, with their numbers. Two spaces keep an empty line in a speech."""
    block: list[tuple[int, str]] = []
    for number, line in enumerate(all_lines, start=1):
        if line.strip() or (line == "  " and block):
            block.append((number, line))
        elif block:
            yield block
            block = []
    if block:
        yield block


def _of_block(block: Block) -> Iterator[Paragraph]:
    noted = "\n".join(line for _, line in block)
    line = block[0][0]
    notes = [" ".join(found.split()) for found in _NOTE.findall(noted)]
    bare = _NOTE.sub(_only_breaks, noted).split("\n")
    kept = [(line + index, each.strip()) for index, each in enumerate(bare)]
    while kept and not kept[0][1]:
        kept.pop(0)
    if kept:
        yield from _told(kept)
    for note in notes:
        yield Paragraph(Kind.NOTE, line, note)


def _told(block: Block) -> Iterator[Paragraph]:
    """A block as what its first line makes of it."""
    line, first = block[0]
    if first[0] == "#" or (first[0] == "=" and not first.startswith("===")):
        if len(block) > 1:  # a section or a synopsis; what follows stands for itself
            yield from _told(block[1:])
    elif _is_heading(first):
        yield _heading(line, first)
        if len(block) > 1:
            yield from _told(block[1:])
    elif (
        first.startswith("===")
        or _is_transition(first, alone=len(block) == 1)
        or is_signpost(first)
    ):
        if len(block) > 1:
            yield from _told(block[1:])
    elif len(block) > 1 and (cue := _cue(first)):
        yield _dialogue(line, *cue, block[1:])
    elif first[0] == "~":
        return
    else:
        yield from _seen(block)


def _seen(block: Block) -> Iterator[Paragraph]:
    """A paragraph of action; of one that lists what is seen, as a montage does, each by itself."""
    if len(block) > 1 and all(LISTED.match(text) for _, text in block):
        for line, text in block:
            yield Paragraph(Kind.ACTION, line, plain(LISTED.sub("", text, count=1)))
        return
    line, first = block[0]
    text = plain(_joined(block).removeprefix("!"))
    kind = Kind.DIRECTION if len(block) == 1 and is_direction(first) else Kind.ACTION
    yield Paragraph(kind, line, text)


def _is_heading(line: str) -> bool:
    if len(line) > _LONG:
        return False
    margin = _MARGIN.fullmatch(line)
    return bool(HEADING.match(margin["heading"] if margin else line)) or is_forced(line)


def is_forced(line: str) -> bool:
    return re.match(r"\.(?=\w)", line) is not None


def _heading(line: int, text: str) -> Paragraph:
    found = _NUMBER.search(text)
    number, words = found[1].strip() if found else "", _NUMBER.sub("", text)
    if margin := _MARGIN.fullmatch(words):
        number, words = number or margin["number"], margin["heading"]
        words = re.sub(rf"\s+{margin['number']}\.?\Z", "", words)
    return Paragraph(Kind.HEADING, line, plain(words.removeprefix(".").strip()), number=number)


def _is_transition(line: str, *, alone: bool) -> bool:
    """`> FADE OUT.`, `CUT TO:`; `> THE END <` is centred, a title, and no picture either."""
    return line[0] == ">" or (alone and _TRANSITION.fullmatch(line) is not None)


def _cue(line: str) -> tuple[str, bool] | None:
    """Who speaks, and whether unseen; None if the line is none who could."""
    if line[0] == "@":
        name, _, more = line[1:].rstrip("^ ").partition("(")
        return (name.strip(), _UNSEEN.search(more) is not None) if name.strip() else None
    if line[0] == "!" or len(line) > _LONG or is_direction(line):
        return None
    if not (found := _CUE.fullmatch(line)):
        return None
    unseen = any(_UNSEEN.search(each) for each in _EXTENSIONS.findall(line))
    return found["name"].strip(), unseen


def _dialogue(line: int, speaker: str, unseen: bool, spoken: Block) -> Paragraph:
    sung = [(number, text.removeprefix("~")) for number, text in spoken]
    return Paragraph(Kind.DIALOGUE, line, plain(_joined(sung)), plain(speaker), unseen)


def _joined(block: Block) -> str:
    return " ".join(word for _, text in block for word in text.split())


def plain(text: str) -> str:
    """Without the signs for bold, italic and underlined."""
    for _ in range(3 if len(text) <= MAX_PROMPT else 0):
        text = _EMPHASIS.sub(r"\2", text)
    return _ESCAPED.sub(r"\1", text)
