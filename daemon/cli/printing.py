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
    """Print each text as exactly one line of standard output."""
    _write(sys.stdout, "".join(f"{printable(line)}\n" for line in lines), flush=flush)


def say_rows(rows: Iterable[Row]) -> None:
    """Print each row as a line, broken under its text where a terminal is too narrow for it."""
    room = _columns(sys.stdout) - _INDENT
    for label, text in rows:
        lines = _broken(printable(text), room) if room >= _NARROWEST else [printable(text)]
        say(f"  {label:<{_INDENT - 3}} {lines[0]}", *(" " * _INDENT + line for line in lines[1:]))


def say_text(text: str) -> None:
    """Print a text of our own making (a letter, a property list), whose line breaks are meant."""
    _write(sys.stdout, page(text) if text.endswith("\n") else f"{page(text)}\n", flush=False)


def say_json(value: object) -> None:
    """Print a value for programs: ASCII, with JSON's own escapes."""
    _write(sys.stdout, json.dumps(value, indent=2, default=str) + "\n", flush=False)


def say_aside(*lines: str) -> None:
    """Print each text as one line of standard error, at once: progress, notes."""
    _write(sys.stderr, "".join(f"{printable(line)}\n" for line in lines), flush=True)


def say_error(error: object) -> None:
    """Print what went wrong on standard error. Further lines are set in, so that nothing in them
    looks like a line of ours."""
    first, *rest = page(str(error)).rstrip("\n").split("\n")
    lines = [f"hotfolder: {first}", *(f"  {line}".rstrip() for line in rest)]
    _write(sys.stderr, "\n".join(lines) + "\n", flush=True)


def stderr() -> TextIO | None:
    """Where argparse is to write what is wrong; None where nobody reads it."""
    return sys.stderr


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


def _columns(stream: TextIO | None) -> int:
    """How wide the terminal is; 0 where nobody looks, so that a line stays a line."""
    try:
        if stream is None or not stream.isatty():
            return 0
        return os.get_terminal_size(stream.fileno()).columns
    except (OSError, ValueError):
        return 0


def _broken(text: str, width: int) -> list[str]:
    """`text` as lines of at most `width` characters, broken between words where that is possible;
    spaces in between stay."""
    lines = []
    while len(text) > width:
        at = text.rfind(" ", 1, width + 1)
        at = at if at > 0 else width
        lines.append(text[:at].rstrip())
        text = text[at:].lstrip()
    return [*lines, text]


def _write(stream: TextIO | None, text: str, *, flush: bool) -> None:
    if stream is None:  # closed before we were started
        return
    stream.write(text)
    if flush:
        stream.flush()
