"""What the columns of `vary` are to a job: words that are filled into its prompts, or keys that are
set.

Knows the keys of a job and the prompts it has; what a row then means, `expand` puts together.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from daemon.errors import JobError
from daemon.jobfile import aliases, numbers, tree, vary
from daemon.jobfile.assemble import PROMPTS
from daemon.jobfile.collected import Place, Sheet
from daemon.jobfile.level import KNOWN, Level, make_level
from daemon.jobfile.precedence import Merged
from daemon.jobfile.prompt_words import STYLE, braced
from daemon.jobfile.row_labels import identity, labels
from daemon.jobfile.vary import Row, Vary
from daemon.text.suggest import did_you_mean

TEXTS = (*PROMPTS, STYLE)
"""The keys that `{column}` is filled into."""

_FIXED = frozenset(
    {"count", "id", "model", "name", "parent", "priority", "prompt_syntax", "vary", "written"}
)
"""Keys that hold for a job as a whole."""


@dataclass(frozen=True, slots=True)
class Split:
    """The columns of `vary`, and which are words to fill in; all others are keys to set."""

    columns: tuple[str, ...]
    words: frozenset[str]


def split(asked: Vary, rows: Sequence[Row], merged: Merged, *, own: bool) -> Split:
    """What the columns are to the job that is `merged`. One that is nothing to it, neither a word
    of the prompts nor a key, may be meant for other shots unless `vary` is the job's `own`; there
    it raises JobError."""
    typed = [merged.values.get(key) for key in TEXTS]
    for name in asked.names:
        if aliases.ALIASES.get(_known(name), _known(name)) in TEXTS:
            typed += [vary.text_of(row.values[name]) for row in rows if name in row.values]
    named = dict.fromkeys(braced(text for text in typed if isinstance(text, str)))
    words = [name for name in asked.names if name.strip() in named]
    unused = [name for name in asked.names if name not in words and not _is_key(name)]
    if unused and own:
        raise _unused(asked.places[unused[0]], [*named] or KNOWN)
    for name in words:
        _check_words(name, rows)
    columns = tuple(name for name in asked.names if name not in unused)
    return Split(columns, frozenset(words))


def narrowed(rows: Sequence[Row], columns: Collection[str]) -> tuple[Row, ...]:
    """The rows with these columns alone, each once; a single one of none where none is left."""
    found: dict[str, dict[str, tree.Node]] = {}
    for row in rows:
        values = {name: node for name, node in row.values.items() if name in columns}
        said = [[name, identity(node)] for name, node in values.items()]
        found.setdefault(json.dumps(said), values)
    kept = list(found.values())
    return tuple(Row(*each) for each in zip(kept, labels(kept, vary.text_of), strict=True))


def _known(name: str) -> str:
    return aliases.known_word(name, KNOWN)


def _is_key(name: str) -> bool:
    return _known(name) in KNOWN


def _check_words(name: str, rows: Sequence[Row]) -> None:
    for row in rows:
        node = row.values.get(name)
        if node is not None and not (isinstance(node, tree.Scalar) and node.value is not None):
            nothing = isinstance(node, tree.Scalar)
            raise JobError(
                f"`{tree.shown(name)}` holds {'nothing' if nothing else 'no text'} here, and it is "
                "to be filled into the prompt.",
                line=node.line,
                key=name,
                remedy='Write a word or a text; for none, "".',
            )


def _unused(place: Place, known: Sequence[str]) -> JobError:
    shown = tree.shown(place.key)
    guess = did_you_mean(place.key, known)
    return JobError(
        f"The column `{shown}` of `vary` stands nowhere in the prompt, and is no key of a job.",
        line=place.line,
        key=place.key,
        file=place.file,
        why=guess,
        remedy=f"Write {{{shown}}} where its words belong in the prompt.",
    )


def keys_of(row: Row, asked: Vary, split: Split) -> Level:
    """The keys that one row sets."""
    keys = {name: node for name, node in row.values.items() if name not in split.words}
    lines = {name: node.line for name, node in keys.items()}
    level = make_level(tree.Table(keys, asked.place.line or 1, lines), of="a row of `vary`")
    for name, value in level.values.items():
        _check_may_vary(level.place(name), name, value)
    return level


def with_keys(level: Level, keys: Level) -> Level:
    """The level with the keys of a row, as if they were typed there."""
    for name, value in keys.values.items():
        if value is not None and level.values.get(name) is not None:
            raise _said_twice(level.place(name), keys.place(name), name)
    sheet = Sheet()
    sheet.values = {**level.values, **keys.values}
    sheet.places = {**level.places, **keys.places}
    numbers.check_shape(sheet)
    return Level(sheet.values, sheet.places, (*level.warnings, *keys.warnings))


def _check_may_vary(place: Place, name: str, value: object) -> None:
    if name not in _FIXED and not (name == "seed" and isinstance(value, list)):
        return
    each = name in ("count", "seed")
    raise JobError(
        f"`{tree.shown(place.key)}` can't vary from row to row.",
        line=place.line,
        key=place.key,
        why="Every row gets the same number of pictures." if each else "It is the whole job's.",
        remedy="Write one number for each row."
        if name == "seed"
        else "Write it outside of `vary`, or make a file for each.",
    )


def _said_twice(first: Place, place: Place, name: str) -> JobError:
    line = f" (line {first.line})" if first.line else ""
    return JobError(
        f"`{tree.shown(place.key)}` varies, and `{tree.shown(first.key)}` stands in the job as "
        f"well{line}.",
        line=place.line,
        key=place.key,
        why=f"Both set `{name}`.",
        remedy="Keep one of them.",
    )
