"""What a job file says before anyone asks whether it makes sense: values that know their lines.

Both readers (YAML and JSON) build these nodes under the same limits, so that no file can cost
more than a moment or a few megabytes. Knows no key names.
"""

from __future__ import annotations

import codecs
import math
import re
from dataclasses import dataclass, field

from daemon.errors import IsABoardError, JobError, TooBigError, UnfinishedError
from daemon.text.printable import one_line

MAX_BYTES = 1_000_000
MAX_DEPTH = 16
MAX_NODES = 3_000
BOARD_BYTES = 4_000_000
"""A board may be larger than a job: thousands of shots, and what drawing programs keep beside."""
BOARD_NODES = 100_000
MAX_DIGITS = 20

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_HALF = "The file ends in the middle of a letter."
SAVE_AS_UTF8 = (
    "Save it as UTF-8. TextEdit: File > Duplicate, then File > Save, Plain Text Encoding; "
    "Notepad: Save As, Encoding; elsewhere it is mostly called encoding, too."
)
AT_LEAST = "Write at least a line such as: prompt: a lighthouse"

Plain = str | int | float | bool | None

_PADDED = re.compile(r"[-+]?0[0-9]")
LINE_BREAK = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Scalar:
    """`bare`: written without quotes; `text` is what was written; `cut`: the comment that follows
    a bare one in its line, with the spaces before it."""

    value: Plain
    line: int
    text: str = ""
    bare: bool = False
    cut: str = ""

    @property
    def is_padded(self) -> bool:
        """Whether it is a number written with zeros before it, which people may mean as a text."""
        return self.is_number and _PADDED.match(self.text) is not None

    @property
    def is_number(self) -> bool:
        return self.bare and type(self.value) in (int, float)


@dataclass(frozen=True, slots=True)
class Listing:
    items: tuple[Node, ...]
    line: int
    flow: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping; `flow`: written inside `{}`, where a bare comma or colon surprises people.
    `warnings`: what its reader passed over, for the author."""

    items: dict[str, Node]
    line: int
    key_lines: dict[str, int] = field(default_factory=dict)
    flow: bool = False
    warnings: tuple[str, ...] = ()


Node = Scalar | Listing | Table


def plain(node: Node) -> object:
    """The same value in dicts and lists, without lines."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Listing):
        return [plain(item) for item in node.items]
    return {key: plain(item) for key, item in node.items.items()}


def is_nothing(node: Node) -> bool:
    """Whether a value asks for nothing: tools write every key they have."""
    value = plain(node)
    return value is None or value is False or value in ("", [], {})


def padded(node: Node) -> Scalar | None:
    """The first number in `node` that is written with zeros before it."""
    if isinstance(node, Scalar):
        return node if node.is_padded else None
    inner = node.items if isinstance(node, Listing) else node.items.values()
    return next((found for item in inner if (found := padded(item))), None)


def decode(data: bytes, *, limit: int = MAX_BYTES) -> str:
    """The text of a file in UTF-8, or an error that says what is wrong with its bytes."""
    if len(data) > limit:
        raise TooBigError(
            f"The file is larger than {limit // 1_000_000} MB.",
            line=1,
            why="A job file is a few lines of text; this is probably something else.",
            remedy="Drop the job file itself, without pictures or other data inside.",
        )
    if data.startswith(_UTF16) or _has_wide_letters(data):
        wide = "UTF-32" if b"\0\0" in data[:4] else "UTF-16"
        raise JobError(f"The file is saved as {wide}.", line=1, remedy=SAVE_AS_UTF8)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _not_utf8(data, error) from None
    if text.startswith("{\\rtf"):
        raise JobError(
            "The file is formatted text (RTF), not plain text.",
            line=1,
            why="TextEdit saves so unless it is told otherwise.",
            remedy="In TextEdit: Format > Make Plain Text, then save and drop it again.",
        )
    start = text.lstrip("\0 \t\r\n")
    if not start:
        raise UnfinishedError(
            "The file holds nothing.",
            line=1,
            remedy=AT_LEAST,
        )
    if start.startswith(_FENCES):
        raise UnfinishedError(
            f"The file begins with {start[:3]}, as code does in a chat or in Markdown.",
            line=text[: len(text) - len(start)].count("\n") + 1,
            why="It is no part of what was meant to be copied.",
            remedy=f"Delete the two lines that begin with {start[:3]}.",
        )
    return text


_FENCES = ("```", "~~~")


def unicode_text(data: bytes, *, limit: int = MAX_BYTES) -> str:
    """The text of a file without keys (a text, a table, a screenplay) in UTF-8 or, with its byte
    order mark, in UTF-16: spreadsheets write that. Raises what `decode` raises."""
    if len(data) <= limit and data.startswith(_UTF16) and b"\0\0" not in data[:4]:
        try:
            data, limit = data.decode("utf-16").encode(), 2 * limit
        except UnicodeError:
            raise UnfinishedError(_HALF, line=1, remedy=SAVE_AS_UTF8) from None
    return decode(data, limit=limit)


def _has_wide_letters(data: bytes) -> bool:
    """Whether every other byte at the beginning is a zero: UTF-16 without a byte order mark."""
    first, second = data[:8:2], data[1:8:2]
    return len(data) > 3 and any(first) != any(second)


def only_comments(data: bytes) -> bool:
    """Whether a file says nothing, on purpose: how settings and defaults begin."""
    text = data.removeprefix(b"\xef\xbb\xbf")
    lines = [line.strip() for line in text.splitlines()]
    return any(lines) and all(not line or line.startswith(b"#") for line in lines)


def _not_utf8(data: bytes, error: UnicodeDecodeError) -> JobError:
    line = data.count(b"\n", 0, error.start) + 1
    if error.reason == "unexpected end of data":
        return UnfinishedError(_HALF, line=line, remedy=SAVE_AS_UTF8)
    return JobError(
        "The file is not UTF-8 text.",
        line=line,
        why=f"The byte 0x{data[error.start]:02x} there belongs to another encoding.",
        remedy=SAVE_AS_UTF8,
    )


class Counter:
    """Counts values and depth; raises before a file becomes a burden."""

    def __init__(self, limit: int = MAX_NODES) -> None:
        self._nodes, self._limit = 0, limit

    def add(self, line: int) -> None:
        self._nodes += 1
        if self._nodes > self._limit:
            raise TooBigError(
                f"The file holds more than {self._limit:,} values.",
                line=line,
                remedy="A job needs a dozen or so; make several files of it.",
            )


def too_deep(line: int) -> JobError:
    return JobError(
        f"Lists and mappings are nested more than {MAX_DEPTH} deep.",
        line=line,
        remedy="A job needs three levels at most; look for brackets that are never closed.",
    )


def number(text: str, line: int, *, base: int | None = 10, key: str | None = None) -> int | float:
    """The number in `text`, already known to look like one; `base` None: a broken one."""
    if len(text) > 40 or (base and len(text.lstrip("+-")) > MAX_DIGITS):
        raise JobError(f"The number {text[:20]}… is too long.", line=line, key=key)
    value = int(text, base) if base else float(text)
    if isinstance(value, float) and not math.isfinite(value):
        raise JobError(f"The number {text} is too large.", line=line, key=key)
    return value


def whole_text(text: str, line: int) -> str:
    """`text`, unless it could not be written to a sidecar later (half of a surrogate pair)."""
    if "\0" in text:
        raise JobError("The text contains a NUL character.", line=line, remedy="Remove it.")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise JobError(
            f"The escape \\u{ord(text[error.start]):04x} is half of a letter.",
            line=line,
            remedy="Type the letter or emoji itself instead of its escape.",
        ) from None
    return text


def duplicate(key: str, first: int, line: int) -> JobError:
    return JobError(
        f"`{shown(key)}` stands here twice: in line {first} and in line {line}.",
        line=line,
        key=key,
        remedy="Keep the one you mean.",
    )


def several_shots(what: str, line: int) -> JobError:
    """What is said where one mapping must stand, and `what` the file holds is several jobs."""
    return IsABoardError(
        f"The file holds {what}; a mapping of `key: value` must stand here.",
        line=line,
        why="Several jobs in one file are a board.",
        remedy="Drop a board into the inbox as it is, or lay it in boards/NAME/.",
    )


def shown(text: str, limit: int = 40) -> str:
    """`text` as it may stand in a sentence: one line, no control characters, not too long."""
    return one_line(text[: 4 * limit], limit)  # the rest is not looked at: it may be a megabyte
