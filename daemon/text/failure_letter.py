"""The letter that lies beside a failed job: what is wrong, where, why, and what to do now.

Plain text for a person, safe to show in a terminal: whatever a file contains, no control
character of it gets through.
"""

from __future__ import annotations

import codecs
import re
import textwrap
import unicodedata
from typing import TYPE_CHECKING

from daemon.errors import EmptyBoardError, JobError, NeverAJobError, SettingsError
from daemon.text.printable import printable

if TYPE_CHECKING:
    from daemon.errors import HotfolderError

WIDTH = 88
_CUT = 72
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_LINE_END = re.compile(r"\r\n|\r|\n")  # no other letter ends a line of YAML, JSON or an editor


def explain(
    error: HotfolderError,
    *,
    file: str,
    source: bytes | None = None,
    when: str = "",
    dropped: bool = True,
    command: str = "hotfolder",
) -> str:
    """The text of NAME.yaml.why.txt. `source` is the job file's content, quoted at the line;
    `command` is how ours is typed for that root.

    `dropped` False: the file was only looked at (`hotfolder check`); nothing is to be retried. Nor
    is what never becomes a job, nor what waits for the settings to be mended."""
    what = error.what if isinstance(error, JobError) else str(error)
    why = error.why if isinstance(error, JobError) else ""
    remedy = getattr(error, "remedy", "")
    elsewhere = error.file if isinstance(error, JobError) and error.file != file else None
    about_settings = isinstance(error, SettingsError) and not elsewhere
    title = "was not rendered" if dropped and not about_settings else "has a mistake in it"
    title = "waits to be filled in" if isinstance(error, EmptyBoardError) else title
    parts = [_headline(file, when, title), paragraph(what)]
    draft = getattr(error, "draft", "")
    place = _place(error, elsewhere or file, source if not elsewhere else None)
    if place and not draft:  # its lines count in a text that nobody can open
        parts.append(place)
    if why:
        parts.append(paragraph(why))
    steps = [_bullet(remedy)] if remedy else []
    if dropped and draft:
        steps += [_bullet(_DRAFT)]
    elif dropped and not about_settings and not isinstance(error, NeverAJobError):
        blamed = isinstance(error, JobError) and bool(error.line or error.key)
        steps += _again(f"{command} retry", printable(file), printable(elsewhere or ""), blamed)
    if steps:
        parts.append("What to do now\n" + "\n".join(steps))
    if also := _also(error):
        parts.append("Also in it\n" + "\n".join(map(_bullet, also)))
    return "\n\n".join(parts) + "\n"


def _also(error: HotfolderError) -> list[str]:
    """What else is wrong in the same file."""
    if not isinstance(error, JobError):
        return []
    more = "What stands below them was not looked at: there may be more."
    return [str(other) for other in error.others] + [more] * error.is_cut


_DRAFT = (
    "The job that was read from the picture lies beside this letter, under the picture's name with "
    "the ending .yaml: correct it there and move it into the inbox."
)


def _headline(file: str, when: str, said: str) -> str:
    title = f"{printable(file)} {said}"
    return f"{title} ({when})." if when else f"{title}."


def _place(error: HotfolderError, file: str, source: bytes | None) -> str:
    if not isinstance(error, JobError) or not error.line:
        return ""
    head = f"{printable(file)}, line {error.line}:"
    lines = _LINE_END.split(_text(source or b""))
    lines = lines[:-1] if lines[-1] == "" else lines
    if error.line > len(lines):
        return head.rstrip(":") + "."
    first = max(1, error.line - 1)
    last = min(len(lines), error.line + 1)
    digits = len(str(last))
    quoted = []
    for number in range(first, last + 1):
        arrow = ">" if number == error.line else " "
        # Cut before it is looked at: a line may be a megabyte.
        text = printable(lines[number - 1][: 4 * _CUT].replace("\t", "→   "))
        quoted.append(f"  {arrow} {number:>{digits}} | {_short(text)}".rstrip())
        if number == error.line and (mark := _caret(text, error.key)):
            quoted.append(f"    {'':>{digits}} | {mark}")
    return head + "\n\n" + "\n".join(quoted)


def _text(source: bytes) -> str:
    """Of a job file; none of a picture, which isn't quoted."""
    if source.startswith(_UTF16):
        return source.decode("utf-16", "replace")
    return "" if b"\0" in source[:1024] else source.decode("utf-8-sig", "replace")


def _short(text: str) -> str:
    return text if len(text) <= _CUT else text[: _CUT - 1] + "…"


def _caret(text: str, key: str | None) -> str:
    """Carets under the key, if it is to be seen."""
    shown = printable(key[:_CUT]) if key else ""
    at = _standing(text, shown) if shown else None
    if at is None or at + len(shown) > _CUT - 1:
        return ""
    return " " * _columns(text[:at]) + "^" * _columns(shown)


def _standing(text: str, key: str) -> int | None:
    """Where `key` stands in a line: at its beginning as a key, inside {}, or else as a word, which
    it may also be in a text before it."""
    word = rf"(?P<key>(?<!\w){re.escape(key)}(?!\w))"
    as_key = rf"""["']?{word}["']?[ \t]*:(?![^\s"'\[{{])"""
    if (found := re.match(rf"[ \t→]*(?:-[ \t]+)*{{?[ \t]*{as_key}", text)) is not None:
        return found.start("key")
    inside = list(re.finditer(rf"[{{,][ \t]*{as_key}", text))
    found = inside[-1] if inside else re.search(word, text)
    return None if found is None else found.start("key")


def _columns(text: str) -> int:
    """How wide `text` is on a terminal."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def _again(command: str, file: str, elsewhere: str, blamed: bool) -> list[str]:
    """How to have the file rendered after all."""
    retry = f"      {printable(command)} {_argument(file)}"  # a line of its own, to be copied whole
    if elsewhere:
        return [_bullet(f"Correct {elsewhere}, then run"), retry]
    if not blamed:
        return [_bullet("To have it rendered again, run"), retry]
    return [
        _bullet("Correct the file and drop it into the inbox again,"),
        _bullet("or correct it here, beside this letter, and run"),
        retry,
    ]


def _bullet(text: str) -> str:
    return textwrap.fill(
        printable(text),
        WIDTH,
        initial_indent="  - ",
        subsequent_indent="    ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _argument(name: str) -> str:
    """`name` as one would type it in a shell."""
    plain = name.replace(".", "").replace("-", "").replace("_", "")
    quoted = name if plain.isalnum() else "'" + name.replace("'", "'\\''") + "'"
    return f"-- {quoted}" if name.startswith("-") else quoted


def paragraph(text: str) -> str:
    """A sentence or more of a letter, in lines of its width."""
    shown = printable(text)
    return textwrap.fill(
        shown,
        WIDTH,
        # What had to be escaped may be made to look like a line of ours where it is broken.
        subsequent_indent="" if shown == text else "  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
