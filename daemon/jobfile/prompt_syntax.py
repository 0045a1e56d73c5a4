r"""The prompt language of AUTOMATIC1111, for jobs that ask for it: weights, BREAK, LoRA tags.

`(word)` counts 1.1 times, `[word]` 1/1.1 times, `(word:1.3)` 1.3 times, nested ones multiply;
`\(` is a bracket to be read; a bracket left open counts to the end; `BREAK` begins a new window of
the text encoder. Only texts: what a weight does to tensors is the engine's business.

compel, the one kept-up library for this, has a language of its own (`word++`, `(word)1.3`) and
other arithmetic; pictures that carry A1111's text need A1111's, which is a page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from daemon.errors import JobError
from daemon.jobfile import tree
from daemon.protocol.json_object import JsonObject
from daemon.protocol.render import Emphasis, Span

STRONGER = 1.1
MOST = 10.0
MOST_OPEN = 100

_NUMBER = r"[+-]?(?:[0-9]{1,9}(?:\.[0-9]{0,9})?|\.[0-9]{1,9})"
_TOKEN = re.compile(
    rf"\\(?P<escaped>[()\[\]\\])|(?P<open>[(\[])|:\s*(?P<weight>{_NUMBER})\s*\)"
    r"|(?P<close>[)\]])|(?<!\s)\s*+\b(?P<fresh>BREAK)\b\s*+"
    r"|\b(?P<join>AND(?:_PERP|_SALT|_TOPK)?)\b|\b(?P<region>ADD(?:COMM|BASE|COL|ROW))\b"
    r"|(?P<text>[^\\()\[\]:\sBA]++|.)",
    re.DOTALL,
)
_TAG = re.compile(r"<\s*(?P<kind>lora|lyco|hypernet)\s*:(?P<rest>[^<>]{0,300})>", re.IGNORECASE)
_EDITED = re.compile(rf"\||:\s*{_NUMBER}\s*$")
_PAIRS = {")": "(", "]": "["}


@dataclass(slots=True)
class _Part:
    """A piece of a prompt whose weight the brackets around it still change."""

    text: str
    weight: float = 1.0
    fresh: bool = False


def spans(prompt: str, key: str = "prompt", line: int | None = None) -> tuple[Span, ...]:
    """The weighted parts of a prompt, neighbours of one weight joined."""
    parts: list[_Part] = []
    opened: dict[str, list[tuple[int, int]]] = {"(": [], "[": []}  # (part, place in the prompt)

    def weigh(since: int, factor: float) -> None:
        for part in parts[since:]:
            part.weight *= factor

    for match in _TOKEN.finditer(prompt):
        kind, found = match.lastgroup, match[match.lastgroup or 0]
        if kind == "join":
            raise _unsupported(found, "Prompts joined by AND", key, line)
        if kind == "region":
            raise _unsupported(found, "Prompts for parts of a picture", key, line)
        if kind == "open":
            if len(opened[found]) == MOST_OPEN:
                raise _too_deep(key, line)
            opened[found].append((len(parts), match.end()))
        elif kind == "weight" and opened["("]:
            weigh(opened["("].pop()[0], float(found))
        elif kind == "close" and opened[_PAIRS[found]]:
            since, place = opened[_PAIRS[found]].pop()
            inside = prompt[place : match.start()]
            if found == "]" and _EDITED.search(inside):
                raise _unsupported(f"[{inside}]", "Prompts that change on the way", key, line)
            weigh(since, STRONGER if found == ")" else 1 / STRONGER)
        elif kind == "fresh":
            parts.append(_Part("", fresh=True))
        else:
            parts.append(_Part(found if kind in ("escaped", "close", "text") else match[0]))
    for sign, factor in (("(", STRONGER), ("[", 1 / STRONGER)):
        for since, _ in opened[sign]:
            weigh(since, factor)
    return tuple(_checked(_joined(parts), key, line))


def _joined(parts: list[_Part]) -> Iterator[Span]:
    text, weight, fresh = "", 1.0, False
    for part in parts:
        if part.fresh or (text and part.weight != weight):
            if text or fresh:
                yield Span(text, weight, fresh)
            text, fresh = "", part.fresh
        text, weight = text + part.text, part.weight
    if text or fresh:
        yield Span(text, weight, fresh)


def _checked(found: Iterator[Span], key: str, line: int | None) -> Iterator[Span]:
    for span in found:
        if not abs(span.weight) <= MOST:  # not a number either
            raise JobError(
                f"In `{key}`, {tree.shown(span.text.strip())!r} is given the weight "
                f"{span.weight:g}; at most {MOST:g} makes sense.",
                line=line,
                key=key,
                remedy="Weights from 0.5 to 1.5 are usual: (word:1.3).",
            )
        yield Span(span.text, round(span.weight, 6), span.fresh)


def _too_deep(key: str, line: int | None) -> JobError:
    return JobError(
        f"`{key}` holds more than {MOST_OPEN} brackets inside each other.",
        line=line,
        key=key,
        why="Each one changes the weight of what it holds by a tenth.",
        remedy="Write one weight instead, such as (word:1.3).",
    )


def _unsupported(what: str, why: str, key: str, line: int | None) -> JobError:
    return JobError(
        f"`{key}` holds {tree.shown(what)}, which can't be used yet.",
        line=line,
        key=key,
        why=f"{why} are not supported.",
        remedy="Write that part another way, or set prompt_syntax: plain to have it read as typed.",
    )


def without_loras(prompt: str, key: str, line: int | None) -> tuple[str, list[JsonObject]]:
    """The prompt without its `<lora:name:0.8>` tags, and what they ask for."""
    asked = []
    for match in _TAG.finditer(prompt):
        name, _, scale = match["rest"].partition(":")
        name = name.strip().removesuffix(".safetensors")
        known = match["kind"].lower() == "lora" and re.fullmatch(rf"\s*{_NUMBER}\s*", scale or "1")
        if not known or not name or "/" in name or "\\" in name:
            raise JobError(
                f"`{key}` holds {tree.shown(match[0])}, which can't be used.",
                line=line,
                key=key,
                remedy="Write <lora:name:0.8>, with a name that `hotfolder models` lists.",
            )
        asked.append({"name": name, "scale": float(scale or 1)})
    return (_TAG.sub("", prompt).strip() if asked else prompt), asked


def emphasis(prompt: str, negative: str, prompt_2: str | None, negative_2: str | None) -> Emphasis:
    """All prompts of a job in weighted parts."""
    return Emphasis(
        prompt=spans(prompt),
        negative_prompt=spans(negative, "negative_prompt"),
        prompt_2=None if prompt_2 is None else spans(prompt_2, "prompt_2"),
        negative_prompt_2=None if negative_2 is None else spans(negative_2, "negative_prompt_2"),
    )
