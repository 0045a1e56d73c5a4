"""The one door of the command line to a terminal: every verb prints through it.

Whatever a file, a name or a prompt holds, nothing that steers a terminal gets through, and a value
with a line break in it forges no second line. What the terminal's encoding lacks is written as an
escape; an output that is closed swallows what is said. Standard library only.
"""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Iterable
from typing import NamedTuple, TextIO

from daemon.text.printable import page, printable

_INDENT = 11
"""Columns before a row's text: its label."""

_NARROWEST = 24
"""Columns of text below which lines are left to the terminal to break."""


class Row(NamedTuple):
    """A line with a label in front; the label of one that goes on is ""."""

    label: str
    text: str


def prepare_streams() -> None:
    """Names may hold what the terminal can't say: no output may fail over a letter."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def say(*lines: str, flush: bool = False) -> None:
    """Print each text as exactly one line of standard output; a terminal that is too narrow for it
    gets it broken between words, and set in."""
    _write(sys.stdout, _laid_out(sys.stdout, map(printable, lines)), flush=flush)


def say_rows(rows: Iterable[Row]) -> None:
    """Print each row as a line, broken under its text where a terminal is too narrow for it."""
    room = _columns(sys.stdout) - _INDENT
    for label, text in rows:
        lines = (
            _broken(printable(text), room, room, cut=True)
            if room >= _NARROWEST
            else [printable(text)]
        )
        head, *rest = lines
        laid = [f"  {label:<{_INDENT - 3}} {head}", *(" " * _INDENT + line for line in rest)]
        _write(sys.stdout, "\n".join(laid) + "\n", flush=False)


def say_text(text: str, *, flush: bool = False) -> None:
    """Print a text of our own making (a property list, an event for a program), whose line breaks
    are meant, whatever the terminal's width."""
    _write(sys.stdout, page(text) if text.endswith("\n") else f"{page(text)}\n", flush=flush)


def say_json(value: object) -> None:
    """Print a value for programs: ASCII, with JSON's own escapes."""
    _write(sys.stdout, json.dumps(value, indent=2, default=str) + "\n", flush=False)


USUAL_WIDTH = 80


def say_aside(*lines: str) -> None:
    """Print each text as one line of standard error, at once: progress, notes."""
    _write(sys.stderr, _laid_out(sys.stderr, map(printable, lines)), flush=True)


def say_error(error: object) -> None:
    """Print what went wrong on standard error. Further lines are set in, so that nothing in them
    looks like a line of ours."""
    first, *rest = page(str(error)).rstrip("\n").split("\n")
    lines = [f"hotfolder: {first}", *(f"  {line}".rstrip() for line in rest)]
    _write(sys.stderr, _laid_out(sys.stderr, lines), flush=True)


def ask(question: str) -> str:
    """What a person answers at the terminal, in small letters; "" if nobody does."""
    _write(sys.stderr, printable(question), flush=True)
    return sys.stdin.readline().strip().lower()


def flush() -> None:
    """Bring everything said to where it goes. Raises OSError, BrokenPipeError for a reader that
    has left."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()


def be_silent() -> None:
    """Say no more: the reader has left, or the disk is full. Python is not to complain of what it
    still holds when it ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            try:
                stream.flush()
            except OSError:
                os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def terminal_width() -> int:
    """In letters: what $COLUMNS says, else that of the terminal, else what is usual."""
    told = os.environ.get("COLUMNS", "")
    if told.isascii() and told.isdigit() and int(told[:9]):
        return int(told[:9])
    return _columns(sys.stdout) or USUAL_WIDTH


def _columns(stream: TextIO | None) -> int:
    """How wide the terminal is; 0 where nobody looks, so that a line stays a line."""
    try:
        if stream is None or not stream.isatty():
            return 0
        return os.get_terminal_size(stream.fileno()).columns
    except (OSError, ValueError):
        return 0


def _laid_out(stream: TextIO | None, lines: Iterable[str]) -> str:
    """Lines as they are printed. A word that is too long stays whole: paths are copied."""
    width, laid = _columns(stream), []
    for line in lines:
        indent = min(len(line) - len(line.lstrip()) + 2, 8)
        room = width - indent
        head, *rest = _broken(line, width, room, cut=False) if room >= _NARROWEST else [line]
        laid += [head, *(" " * indent + part for part in rest)]
    return "".join(f"{line}\n" for line in laid)


def _broken(text: str, width: int, room: int, *, cut: bool) -> list[str]:
    """`text` as lines of at most `width` characters, from the second on of `room`, broken between
    words; a longer word is `cut` or stays whole. Spaces within a line stay."""
    lines = []
    while len(text) > width:
        start = len(text) - len(text.lstrip())
        at = text.rfind(" ", start + 1, width + 1)
        if at < 0:
            at = width if cut else text.find(" ", start + 1)
        if at < 0:
            break
        lines.append(text[:at].rstrip())
        width = room
        text = text[at:].lstrip()
    return [*lines, text]


def _write(stream: TextIO | None, text: str, *, flush: bool) -> None:
    if stream is None:  # closed before we were started
        return
    stream.write(text)
    if flush:
        stream.flush()
