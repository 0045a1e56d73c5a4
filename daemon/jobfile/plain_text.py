"""Text files: one line is a job, its prompt; the folder's defaults say the rest.

The line is taken as it is typed; nothing in it is YAML. Several lines are a board, which others
read, unless they are A1111's text of one picture; what all have in common, the lines that count and
what can't be one, is here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import takewhile

from daemon.errors import JobError, UnfinishedError
from daemon.jobfile import aliases, tree, unseen
from daemon.jobfile.a1111_file import a1111_table, refuse_a1111
from daemon.jobfile.named_line import KEY, WITHOUT_KEY, without_key
from daemon.jobfile.schema import MAX_PROMPT, NAMES

SUFFIX = ".txt"
_FLAG = re.compile(r"(?:^|\s)(?P<flag>-{1,2}[A-Za-z][\w-]*(?:[ =][^\s-]\S*)?)")
_KEYS = frozenset(
    map(aliases.folded, (*NAMES, *aliases.ALIASES, *aliases.COMPOUND, *aliases.UNSUPPORTED))
)
ITEM = re.compile(
    r"(?:[-*+–—•·‣▪●○◦■□\uf0b7\uf0a7]\s+(?:\[[ xX]\]\s+)?(?=\S)"
    r"|(?=\d{1,6}[^\W\d_]?[.)]\s))(?P<text>\S.*)"
)
"""An item of a list without its sign, which word processors write in many ways; the number of a
numbered one is a part of `text`."""
_SHOT = (
    "shot|sh|panel|frame|cut|setup|board|einstellung|bild|plan|vignette|plano|toma|viñeta|"
    "inquadratura|vignetta|кадр|план|カット|ショット|镜头|鏡頭"
)
"""What people call a shot before its number."""
SCENES = "scene|sc|sequence|seq|szene|scène|escena|scena|сцена|シーン"
"""The same of scenes; a line may be one."""
_NUMBER = r"\d{1,6}(?:[.-]\d{1,6})?(?:[^\W\d_]|(?-i:[A-Z]{2}))?"
_SIGN = r"\s*+(?:[.:)\]](?:\s*+[-–—>|]+(?=[\s*]))?|[：．、）]|[-–—>|]+)"
_UNIT = r"(?-i:mm|cm|km|m|kg|ft|px|fps)\b"
"""`24-70 mm lens` begins with a length."""
NUMBERED = re.compile(
    rf"(?:\*\*)?(?P<label>(?:{_SHOT}|{SCENES})\s*+(?:no\.?|nr\.?)?\s*+[#№.]?\s*+|[#№]\s*+|[\[(](?=[\w.-]+[)\]]))?"
    rf"(?P<id>{_NUMBER})(?:\*\*)?(?P<sign>{_SIGN})?(?:\*\*)?"
    rf"(?:\s+|(?<=[：．、）])|(?<=[.)])(?=[^\W\d_]))(?(sign)|(?!{_UNIT}))(?P<prompt>\S.*)",
    re.IGNORECASE,
)
"""A line that begins with what may be the id of a shot: `010`, `12A:`, `Shot 3 -`, `#4`, `2.1`."""
_BOTH = re.compile(
    rf"(?:\*\*)?(?:{SCENES})\.?\s*#?(?P<scene>\d{{1,4}}[a-z]?)[\s,.:;/_–-]*"
    rf"(?:{_SHOT})\.?\s*#?(?P<shot>\d{{1,6}}[a-z]?)\b",
    re.IGNORECASE,
)
HEAD = re.compile(
    rf"(?:\*\*)?(?:{_SHOT})\s*+(?:no\.?|nr\.?)?\s*+[#№.]?\s*+(?P<id>{_NUMBER})(?:\*\*)?"
    r"\s*[.:]?(?:\*\*)?",
    re.IGNORECASE,
)
"""A line that says nothing but which shot the lines below it are: `SHOT 12A`."""
TOLD = re.compile(
    r"(?P<key>dialogue|action|notes|seconds|title|duration)\s*:\s+(?P<text>\S.*)", re.I
)
"""What a list says below an item for people."""
SILENT = re.compile(r"([-*_])(?:\s*\1){2,}\Z|```|~~~|>")
"""A rule, a fence, a quotation: signs of Markdown that are no shots of a list."""
DEEPER, MOST_BLANKS = 2, 1 << 20
"""Blanks by which an item stands further in than the one that it belongs to; more than a line has.
"""


@dataclass(frozen=True, slots=True)
class Line:
    """A line that says something, without the spaces around it; `number` counts from 1."""

    number: int
    text: str


def prompt_table(data: bytes) -> tree.Table:
    """The mapping that a text file stands for: its one line under `prompt`, or what A1111's text
    in it says.

    Raises UnfinishedError for no line at all and JobError for several."""
    text = tree.unicode_text(data)
    unseen.refuse_odd_letters(text)
    if (table := a1111_table(text)) is not None:
        return table
    lines = lines_of(data)
    line, prompt = lines[0].number, lines[0].text
    if len(lines) > 1:
        raise tree.several_shots("several lines", lines[1].number)
    warnings = flag_warnings(lines)
    if (bare := without_key(prompt)) != prompt:
        prompt = bare
        warnings.append(WITHOUT_KEY)
    scalar = tree.Scalar(prompt, line, prompt)
    return tree.Table({"prompt": scalar}, line, {"prompt": line}, warnings=tuple(warnings))


def words_of(data: bytes) -> str:
    """What the text beside a drawing says that it shows: its lines in one, read as those of a job.

    Raises what `lines_of` raises, and JobError for more than a prompt may hold."""
    lines = [line.text for line in lines_of(data)]
    words = " ".join(" ".join([without_key(lines[0]), *lines[1:]]).split())
    if len(words) > MAX_PROMPT:
        raise JobError(
            f"It has {len(words):,} characters; at most {MAX_PROMPT:,} are allowed in a prompt.",
            remedy="Say less.",
        )
    return words


def lines_of(data: bytes, *, limit: int = tree.MAX_BYTES) -> list[Line]:
    """The lines that are neither empty nor begin with `#`; at least one. Raises UnfinishedError
    for none, and JobError for what looks like a job file with keys, like an option or like A1111's
    text."""
    text = tree.unicode_text(data, limit=limit)
    unseen.refuse_odd_letters(text)
    refuse_a1111(text)
    told = [
        Line(number, line.strip())
        for number, line in enumerate(tree.LINE_BREAK.split(text), 1)
        if line.strip()
    ]
    lines = _that_count(told)
    if not lines:
        raise UnfinishedError(
            "The file holds nothing." if not told else "The file holds nothing but comments.",
            line=1,
            remedy="Write what the picture shall show.",
        )
    if not is_list(text):
        refuse_no_shots(lines)
    return lines


def _that_count(lines: list[Line]) -> list[Line]:
    """Those that are no comments. `#1 a street` is a shot where no other line is numbered, else
    one that was taken out."""
    counting = [line for line in lines if not line.text.startswith("#")]
    hashed = [line for line in lines if re.match(r"#\d", line.text) and NUMBERED.match(line.text)]
    if len(hashed) < 2 or any(NUMBERED.match(line.text) for line in counting):
        return counting
    return sorted([*counting, *hashed], key=lambda line: line.number)


def is_list(text: str) -> bool:
    """Whether a text of several lines is a list in Markdown: most of its lines are items, and one
    has a sign that no shot's words begin with, or a heading stands among them. What is indented
    below a line goes with it. A list of numbered lines with dashes below them is none."""
    told = [line.expandtabs(4) for line in tree.LINE_BREAK.split(text) if line.strip()]
    counting = [line for line in told if not line.lstrip().startswith("#")]
    tops: list[str] = []
    is_marked, edge = any(line.lstrip().startswith("## ") for line in told), MOST_BLANKS
    for written in counting:
        line = written.strip()
        depth = len(written) - len(written.lstrip())
        if SILENT.match(line):
            continue
        item = ITEM.match(line)
        if depth >= edge + (DEEPER if item or is_numbered(line) else 1):
            below = item["text"] if item else line
            is_marked = is_marked or item is not None or TOLD.match(below) is not None
            continue
        edge = depth if item or not line.endswith(":") else MOST_BLANKS
        tops.append(line)
        is_marked = is_marked or (item is not None and not line[0].isdigit())
    return len(counting) > 1 and is_marked and _are_items(tops)


def with_one_number(text: str) -> str:
    """`Scene 1, Shot 2: …` and `SC01_SH020 …` with the number of the scene before the shot's."""
    return _BOTH.sub(r"\g<scene>-\g<shot>", text, count=1) if _BOTH.match(text) else text


def is_numbered(line: str) -> bool:
    """Whether a line without a sign may be an item among others: its number stands by itself."""
    found = NUMBERED.match(line)
    return found is not None and not found["label"]


def _are_items(tops: list[str]) -> bool:
    """Whether most of the lines are items; a number without a sign is one among others with
    numbers, and among mere dashes the shot whose details those are."""
    items = [match["text"] for line in tops if (match := ITEM.match(line))]
    bare = [line for line in tops if not ITEM.match(line) and is_numbered(line)]
    if bare and 2 * sum(1 for text in items if NUMBERED.match(text)) <= len(items):
        return False
    return 2 * (len(items) + len(bare)) > len(tops)


def refuse_keys_above(lines: list[Line]) -> None:
    """Raises JobError for a key that stands above the items of a list."""
    above = list(takewhile(lambda line: not ITEM.match(line.text), lines))
    for line in above:
        if _is_key(line.text):
            is_yaml = any(each.text == "shots:" for each in above)
            raise _looks_like_keys(line) if is_yaml else _key_among_shots(line)


def refuse_no_shots(lines: list[Line]) -> None:
    """Raises JobError for lines with keys, and for one that is an option of a command."""
    _refuse_keys(lines)
    for line in lines:
        if (flag := _FLAG.match(line.text)) and flag.start("flag") == 0:
            raise _option(line, flag["flag"])


def flag_warnings(lines: list[Line]) -> list[str]:
    """A warning for the first line in which something looks like an option."""
    for line in lines:
        if found := _FLAG.search(line.text):
            where = f" in line {line.number}" if len(lines) > 1 else ""
            return [
                f"`{tree.shown(found['flag'])}`{where} was read as a part of the prompt: a .txt "
                "file has no options; write a .yaml with a key for it."
            ]
    return []


def _refuse_keys(lines: list[Line]) -> None:
    first = lines[0].text
    if first.startswith('{"') or (len(lines) > 1 and (first.startswith("{") or _is_key(first))):
        is_yaml = sum(1 for line in lines if KEY.match(line.text) or line.text[0] in '{}[]-"')
        if 2 * is_yaml <= len(lines):
            raise _key_among_shots(lines[0])
        raise _looks_like_keys(lines[0])


def _is_key(line: str) -> bool:
    named = KEY.match(line)
    return named is not None and aliases.folded(named["key"]) in _KEYS


def _looks_like_keys(line: Line) -> JobError:
    return JobError(
        "This is a text file, but what it holds looks like a job file with keys.",
        line=line.number,
        why="A .txt file has none: a line is what a picture shall show.",
        remedy="Give it the ending .yaml (or .json) instead of .txt.",
    )


def _key_among_shots(line: Line) -> JobError:
    return JobError(
        f"`{tree.shown(line.text, 40)}` looks like a key, and the lines below it like shots.",
        line=line.number,
        why="A .txt file has no keys: every line is what a picture shall show.",
        remedy="Take the line out, or begin it with # so that it doesn't count; what holds for all "
        "shots may stand in _defaults.yaml beside the file.",
    )


def _option(line: Line, flag: str) -> JobError:
    return JobError(
        f"`{tree.shown(flag)}` looks like an option, and no picture shows one.",
        line=line.number,
        why="A .txt file has no options: every line is what a picture shall show.",
        remedy="Take the line out, and write a .yaml with a key for it, such as steps: 20.",
    )
