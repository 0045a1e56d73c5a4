"""What a job file says before anyone asks whether it makes sense: values that know their lines.

Both readers (YAML and JSON) build these nodes under the same limits, so that no file can cost
more than a moment or a few megabytes. Knows no key names.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from daemon.errors import JobError, UnfinishedError
from daemon.text.printable import one_line

MAX_BYTES = 1_000_000
MAX_DEPTH = 16
MAX_NODES = 10_000
MAX_DIGITS = 20

Plain = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Scalar:
    """`bare`: written without quotes; `text` is what was written."""

    value: Plain
    line: int
    text: str = ""
    bare: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    items: tuple[Node, ...]
    line: int
    flow: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping; `flow`: written inside `{}`, where a bare comma or colon surprises people."""

    items: dict[str, Node]
    line: int
    key_lines: dict[str, int] = field(default_factory=dict)
    flow: bool = False


Node = Scalar | Listing | Table


def plain(node: Node) -> object:
    """The same value in dicts and lists, without lines."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Listing):
        return [plain(item) for item in node.items]
    return {key: plain(item) for key, item in node.items.items()}


def decode(data: bytes) -> str:
    """The text of a file, or an error that says what is wrong with its bytes."""
    if len(data) > MAX_BYTES:
        raise JobError(
            f"The file is larger than {MAX_BYTES // 1_000_000} MB.",
            line=1,
            why="A job file is a few lines of text; this is probably something else.",
            remedy="Drop the job file itself, without pictures or other data inside.",
        )
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise JobError(
            "The file is saved as UTF-16.", line=1, remedy="Save it as UTF-8 in your editor."
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _not_utf8(data, error) from None
    if not text.strip("\0 \t\r\n"):
        raise UnfinishedError(
            "The file holds nothing.",
            line=1,
            remedy="Write at least a line such as: prompt: a lighthouse",
        )
    return text


def only_comments(data: bytes) -> bool:
    """Whether a file says nothing, on purpose: how settings and defaults begin."""
    lines = [line.strip() for line in data.removeprefix(b"\xef\xbb\xbf").splitlines()]
    return any(lines) and all(not line or line.startswith(b"#") for line in lines)


def _not_utf8(data: bytes, error: UnicodeDecodeError) -> JobError:
    line = data.count(b"\n", 0, error.start) + 1
    if error.reason == "unexpected end of data":
        return UnfinishedError("The file ends in the middle of a letter.", line=line)
    return JobError(
        "The file is not UTF-8 text.",
        line=line,
        why=f"The byte 0x{data[error.start]:02x} there belongs to another encoding.",
        remedy="Save it as UTF-8 in your editor.",
    )


class Counter:
    """Counts values and depth; raises before a file becomes a burden."""

    def __init__(self) -> None:
        self._nodes = 0

    def add(self, line: int) -> None:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise JobError(
                f"The file holds more than {MAX_NODES:,} values.",
                line=line,
                remedy="A job needs a dozen or so; make several files of it.",
            )


def too_deep(line: int) -> JobError:
    return JobError(
        f"Lists and mappings are nested more than {MAX_DEPTH} deep.",
        line=line,
        remedy="A job needs three levels at most; look for brackets that are never closed.",
    )


def number(text: str, line: int, *, whole: bool) -> int | float:
    """The number in `text`, already known to look like one."""
    if len(text) > 40 or (whole and len(text.lstrip("+-")) > MAX_DIGITS):
        raise JobError(f"The number {text[:20]}… is too long.", line=line)
    value = int(text) if whole else float(text)
    if isinstance(value, float) and not math.isfinite(value):
        raise JobError(f"The number {text} is too large.", line=line)
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


def shown(text: str, limit: int = 40) -> str:
    """`text` as it may stand in a sentence: one line, no control characters, not too long."""
    return one_line(text, limit)
