"""AUTOMATIC1111's text in three parts: prompt, negative prompt, settings by name.

Many tools write it, each a little otherwise: more lines after the settings, values in quotes that
hold commas and line breaks, SD.Next's `|` between them. Knows no setting's meaning.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

NEGATIVE = "Negative prompt:"
MOST_QUOTES = 100

_NAME = r"[^\W\d_][\w \-/.()+]{0,60}"
_VALUE = r'"(?:\\.|[^"\\])*"'
_PAIR = re.compile(
    rf"[ \t]*(?P<name>{_NAME}):[ \t]*(?P<value>{_VALUE}(?=\s*(?:[,|\n]|$)))?", re.DOTALL
)
KNOWN = re.compile(r"(?:^|[,|])\s*(Steps|Sampler|CFG scale|Seed|Size|Model hash|Model|Version):\s")
_QUOTED = re.compile(rf":[ \t]*{_VALUE}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class A1111Text:
    """`settings` are in the order they stand in; `rest` are lines after them that say none; `line`
    is where they begin, from 1 and without blank lines at the beginning, 0 for none."""

    prompt: str
    negative: str = ""
    settings: dict[str, str] = field(default_factory=dict)
    rest: tuple[str, ...] = ()
    line: int = 0


def split_text(text: str) -> A1111Text:
    """The parts of `text`; without a line of settings, all of it is prompts."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip().split("\n")
    at = _settings_line(lines)
    prompts = lines if at is None else lines[:at]
    prompt, negative = _prompts(prompts)
    if at is None:
        return A1111Text(prompt, negative)
    settings: dict[str, str] = {}
    rest = []
    for name, value in _pairs("\n".join(lines[at:])):
        if not name or name in settings:
            rest.append(f"{name}: {value}" if name else value)
        else:
            settings[name] = value
    return A1111Text(prompt, negative, settings, tuple(rest), at + 1)


def has_settings(text: str) -> bool:
    """Whether this is such a text beyond doubt."""
    return bool(split_text(text).settings)


def _settings_line(lines: list[str]) -> int | None:
    """Where the settings begin: at the last line that lists some and lies in no quoted value."""
    found: int | None = None
    seen: set[str] = set()
    last = offset = 0
    quotes: list[tuple[int, int]] | None = None  # values that run over lines
    whole = "\n".join(lines)
    for index, line in enumerate(lines):
        names = set(KNOWN.findall(line))
        if len(names) >= 2 or _is_bare(line, index, lines):
            if quotes is None:
                quotes = [match.span() for match in _QUOTED.finditer(whole, offset)]
                quotes = [span for span in quotes if "\n" in whole[slice(*span)]][:MOST_QUOTES]
            if not any(start < offset < end for start, end in quotes):
                begins = line.lstrip().startswith("Steps:")  # as lists over several lines do
                if found is None or begins or last != index - 1 or names & seen:
                    found, seen = index, set()  # else it is one list over several lines
                last, seen = index, seen | names
        offset += len(line) + 1
    return found


def _is_bare(line: str, index: int, lines: list[str]) -> bool:
    """A last line that says but how many steps."""
    return index == len(lines) - 1 and re.match(r"\s*Steps:\s*\d", line) is not None


def _prompts(lines: list[str]) -> tuple[str, str]:
    for index, line in enumerate(lines):
        if line.lstrip().startswith(NEGATIVE):
            negative = [line.lstrip().removeprefix(NEGATIVE), *lines[index + 1 :]]
            return "\n".join(lines[:index]).strip(), "\n".join(negative).strip()
    return "\n".join(lines).strip(), ""


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    """(name, value) of each setting; ("", text) of what is none. A piece without a name goes on
    the value before it."""
    first = text.split("\n", 1)[0]
    separator = "|" if re.match(rf"\s*{_NAME}:[^,|\n]*\|", first) else ","
    at, name, pieces = 0, "", list[str]()
    while at < len(text):
        match = _PAIR.match(text, at)
        if match:
            if name or pieces:
                yield name, f"{separator} ".join(pieces)
            name, pieces, at = match["name"].strip(), [], match.end()
            if match["value"] is not None:
                pieces.append(_unquoted(match["value"]))
        piece, at = _after(text, at, separator)
        if piece:
            pieces.append(piece)
        if text[at - 1 : at] == "\n":
            if name or pieces:
                yield name, f"{separator} ".join(pieces)
            name, pieces = "", []
    if name or pieces:
        yield name, f"{separator} ".join(pieces)


def _after(text: str, at: int, separator: str) -> tuple[str, int]:
    """The text up to the next separator or line's end, and where to go on."""
    found = re.compile(rf"[{separator}\n]").search(text, at)
    end = found.start() if found else len(text)
    return text[at:end].strip(), end + 1


def _unquoted(value: str) -> str:
    try:
        return str(json.loads(value, strict=False))
    except ValueError:
        return value.strip('"')
