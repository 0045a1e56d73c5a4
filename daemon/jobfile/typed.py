"""What a person typed and would lose unnoticed: each is a warning, or an error.

Knows what is typed, not what becomes of it: comments that cut a text off, numbers with zeros before
them, signs of other tools' prompt languages that are read as typed here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from daemon.errors import JobError
from daemon.jobfile import quotes, tree
from daemon.jobfile.collected import Place, Sheet

_TEXTS = frozenset(
    {
        *("prompt", "negative_prompt", "prompt_2", "negative_prompt_2", "style"),
        *("name", "id", "image", "mask", "references", "loras", "model", "drawing", "controls"),
    }
)
_MEANT = re.compile(r" ?#|[ \t]+#[^ \t#]")
"""A comment that may be meant as text: one space before the #, or none after it."""

#: Other tools' signs in a prompt; A1111's only where they mean nothing.
_ALTERNATIVES = re.compile(r"\{[^{}|]{0,200}\|[^{}]{0,200}\}|(?<!\w)__[\w/*-]{1,60}__(?!\w)")
_A1111 = re.compile(
    r"<(?:lora|lyco|hypernet):[^<>]{1,200}>|\([^()]{1,200}:[0-9]{0,9}\.?[0-9]{1,9}\)"
    r"|\bBREAK\b|\(\([^()]{1,200}\)\)"
)
_TAG = re.compile(
    r"<(?!lora:|lyco:|hypernet:)[a-z]{2,20}(?:\[[^\[\]<>]{0,60}\])?:[^<>]{1,200}>"
    r"|\bembedding:[\w./-]{1,100}",
    re.IGNORECASE,
)
"""What SwarmUI, ComfyUI and extensions of A1111 take for an order, and no syntax here does."""
_PARAMETERS = re.compile(
    r"(?:^|(?<=[\s,.]))(?:Negative prompt:|Steps: *\d{1,4}[,|] *Sampler:)", re.IGNORECASE
)
"""A1111's text of a picture, pasted as a prompt."""
_WORDS = frozenset(
    {"prompt", "negative_prompt", "prompt_2", "negative_prompt_2", "style"}
    | {"notes", "vary", "written"}
)
_WORDS_INSIDE = ("as", "avoid")  # of a character


def unquoted(sheet: Sheet, name: str, place: Place, node: tree.Node) -> tree.Node:
    """The value of a key, called `name` by us, that takes names or numbers, without typographic
    quotes around it; words stay as they are typed."""
    if name in _WORDS:
        return node
    meant = quotes.plain(node, words=_WORDS_INSIDE)
    if meant is not node and meant != node:
        sheet.warnings.append(quotes.note(place.key))
    return meant


def check(sheet: Sheet, name: str, place: Place, node: tree.Node) -> None:
    """What is lost of the value of one key, which is called `name` by us."""
    if name == "notes":
        if number := tree.padded(node):
            shown, plain = tree.shown(number.text), tree.shown(str(number.value))
            sheet.warnings.append(
                f"{shown} in `{place.key}` was read as the number {plain}; "
                f"in quotes it stays {shown}."
            )
        return
    if name == "vary":
        return  # `010` may be a word there; a key it sets is looked at in its row
    refuse_padded(place, node)
    if name in _TEXTS:
        for scalar in _scalars(node):
            _check_comment(sheet, name, place, scalar)


def refuse_padded(place: Place, node: tree.Node) -> None:
    """`010` is ten in YAML 1.2; whoever types it may mean shot 010. Raises JobError."""
    if not (number := tree.padded(node)):
        return
    shown, plain = tree.shown(number.text), tree.shown(str(number.value))
    raise JobError(
        f"`{tree.shown(place.key)}` holds {shown}, a number that begins with a zero.",
        line=number.line,
        key=place.key,
        why=f"YAML 1.2 reads it as {plain}; people may mean the text.",
        remedy=f'Write {plain}, or, if it is a name, put it in quotes: "{shown}"',
    )


def _check_comment(sheet: Sheet, name: str, place: Place, scalar: tree.Scalar) -> None:
    if not scalar.cut or not _MEANT.match(scalar.cut) or isinstance(scalar.value, int | float):
        return
    cut = tree.shown(scalar.cut.strip(), 30)
    if scalar.value is None and name == "prompt":
        raise JobError(
            f"`{tree.shown(place.key)}` is empty: what follows is a comment.",
            line=scalar.line,
            key=place.key,
            why=f"A # after a space begins a comment ({cut}).",
            remedy=f'Put the text in quotes: {place.key}: "{cut}"',
        )
    sheet.warnings.append(
        f"`{tree.shown(place.key)}` ends before `{cut}` (line {scalar.line}): a # after a space "
        "begins a comment. If it belongs to the text, put the text in quotes."
    )


def _scalars(node: tree.Node) -> Iterator[tree.Scalar]:
    if isinstance(node, tree.Scalar):
        yield node
        return
    for item in node.items if isinstance(node, tree.Listing) else node.items.values():
        yield from _scalars(item)


def read_as_typed(key: str, text: str, *, a1111: bool) -> Iterator[str]:
    """Warnings of what another tool would not read as it stands in the prompt `text`."""
    if not a1111 and (found := _ALTERNATIVES.search(text)):
        yield (
            f"`{tree.shown(found[0])}` in `{key}` was read as typed. For a picture of each write, "
            "for instance, {colour} there and add: vary: {colour: [red, blue]}. "
            "Under prompt_syntax: a1111 one is drawn for each picture."
        )
    if not a1111 and (found := _A1111.search(text)):
        yield (
            f"`{tree.shown(found[0])}` in `{key}` was read as typed. If it is meant as in "
            "AUTOMATIC1111, add: prompt_syntax: a1111"
        )
    if found := _TAG.search(text):
        yield (
            f"`{tree.shown(found[0])}` in `{key}` was read as typed: such tags and embeddings of "
            "other tools have no meaning here. Take it out if it is not meant as words."
        )
    if found := _PARAMETERS.search(text):
        yield (
            f"`{tree.shown(found[0])}` in `{key}` was read as typed. What AUTOMATIC1111 writes of "
            "a picture is a job as a .txt by itself, its lines as they were; else write "
            "negative_prompt, steps and the like as keys."
        )
    if (words := quotes.inside(text)) is not None:
        yield (
            f"The typographic quotes around `{key}` were read as a part of it: only straight ones "
            f"(\" or ') are quotes here. Without them: {key}: {quotes.quoted(tree.shown(words))}"
        )
