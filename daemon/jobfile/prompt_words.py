"""Words put into prompts as they are written: the columns of `vary` filled in, `style` joined.

Texts only; which columns there are and what a row holds, `expand` says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from daemon.errors import JobError
from daemon.jobfile import tree
from daemon.jobfile.collected import Place
from daemon.text.suggest import did_you_mean

STYLE = "style"
_NONE = "none"
_NAME = r"[\w][\w .'-]{0,58}"
_BRACED = re.compile(r"\{\{(?P<kept>[^{}|]{1,60})\}\}|\{(?P<name>" + _NAME + r")\}")
_ENDS = ".!?;:…。！？"


def joined(prompt: str, style: object) -> str:
    """The prompt with the style at its end: after a comma, or after what ends it already."""
    words = style.strip() if isinstance(style, str) else ""
    if not words or is_none(style):
        return prompt
    before = prompt.rstrip(" \t\r\n,")
    return f"{before}{' ' if before.endswith(tuple(_ENDS)) else ', '}{words}"


def is_none(style: object) -> bool:
    """Whether it switches off what weaker levels say: `style: none`."""
    return isinstance(style, str) and style.strip().casefold() == _NONE


def braced(texts: Iterable[str]) -> Iterator[str]:
    """Every name that stands in braces in them."""
    for text in texts:
        for match in _BRACED.finditer(text):
            if match["name"]:
                yield match["name"].strip()


def filled(text: str, words: Mapping[str, str], place: Place, columns: Iterable[str]) -> str:
    """`text` with the words of one row for each `{column}`; `{{x}}` is `{x}`, and braces around
    anything but a name stay. Raises JobError, at `place`, for a name that is no column, and for
    a column of which this row has no word."""

    def word(match: re.Match[str]) -> str:
        if match["kept"]:
            return "{" + match["kept"] + "}"
        name = match["name"].strip()
        if name not in words:
            raise _unknown(name, place, tuple(columns))
        return words[name]

    return _BRACED.sub(word, text)


def prompt_in_words(written: Mapping[str, object]) -> str:
    """The prompt of a record's `written`, with the words of its row filled in: what a person reads
    of that one picture. What the row has no word for stays."""
    prompt, row = written.get("prompt"), written.get("vary")
    said = prompt if isinstance(prompt, str) else ""
    if not isinstance(row, Mapping):
        return said
    words = {str(name).strip(): text for name, text in row.items() if isinstance(text, str)}

    def word(match: re.Match[str]) -> str:
        if match["kept"]:
            return "{" + match["kept"] + "}"
        return words.get(match["name"].strip(), match[0])

    return _BRACED.sub(word, said)


def _unknown(name: str, place: Place, columns: tuple[str, ...]) -> JobError:
    shown = tree.shown(name)
    if name in columns:
        return JobError(
            f"`{place.key}` needs `{shown}`, and a row of `vary` has none.",
            line=place.line,
            key=place.key,
            file=place.file,
            remedy=f"Write a value of `{shown}` into every row.",
        )
    guess = did_you_mean(name, columns)
    listed = ", ".join(tree.shown(each) for each in columns[:8])
    return JobError(
        f"`{place.key}` holds {{{shown}}}, and `vary` has no column of that name.",
        line=place.line,
        key=place.key,
        file=place.file,
        why=guess or f"Its columns: {listed}.",
        remedy=f"Correct it, or write {{{{{shown}}}}} if the braces belong to the text.",
    )
