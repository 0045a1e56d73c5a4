"""From the levels of a job to the Job, and where it varies to a job for each of its rows.

A row stands in the level that has `vary` as if its keys were typed there; its words are filled
into the prompts, then the style is joined. What one row means as a whole, `assemble` decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from daemon.errors import JobError
from daemon.jobfile import aliases, numbers, tree, vary
from daemon.jobfile.assemble import PROMPTS, bounded, finish, seeds_of
from daemon.jobfile.cast import NOBODY, CastLibrary
from daemon.jobfile.collected import Place, Sheet
from daemon.jobfile.defaults import JobDefaults
from daemon.jobfile.drawn import drawn, draws
from daemon.jobfile.job import Job, JobRow
from daemon.jobfile.level import KNOWN, Level, make_level
from daemon.jobfile.precedence import Merged
from daemon.jobfile.prompt_words import STYLE, braced, filled, is_none, joined
from daemon.jobfile.vary import Outside, Row, Vary
from daemon.protocol.json_object import JsonObject
from daemon.text.suggest import did_you_mean

TEXTS = (*PROMPTS, STYLE)
"""The keys that `{column}` is filled into."""

_FIXED = frozenset(
    {"count", "id", "model", "name", "parent", "priority", "prompt_syntax", "vary", "written"}
)
"""Keys that hold for a job as a whole."""


def expanded(
    base: JobDefaults,
    levels: Sequence[Level],
    *,
    outside: Outside,
    cast: CastLibrary = NOBODY,
    lenient: bool = False,
) -> Job:
    """The job that `levels` (the weakest first) make over `base`; where it varies, with `rows`.
    `cast` are the characters of the root. `lenient`: a record, whose prompts say all they meant.
    Raises JobError and NotYetError."""
    merged = Merged(base, levels, lenient=lenient)
    if lenient:
        return finish(merged, cast)
    surroundings = _Surroundings(outside, cast)
    asked = merged.values.get("vary")
    if not isinstance(asked, Vary):
        return _whole(_each(merged, None, surroundings))
    return _whole(_varied(base, levels, asked, surroundings))


@dataclass(frozen=True, slots=True)
class _Surroundings:
    """What is the same for every row."""

    outside: Outside
    cast: CastLibrary


def _whole(rows: Sequence[JobRow]) -> Job:
    """One job of all its rows, which differ in nothing that is said of it as a whole."""
    first = rows[0].job
    warnings = bounded([text for row in rows for text in row.job.warnings])
    if len(rows) == 1 and not rows[0].label:
        return first
    return replace(first, rows=tuple(rows), warnings=warnings)


# --- the rows of `vary` --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Split:
    """The columns of `vary` that are words to fill in; all others are keys to set."""

    columns: tuple[str, ...]
    words: frozenset[str]


def _varied(
    base: JobDefaults, levels: Sequence[Level], asked: Vary, around: _Surroundings
) -> list[JobRow]:
    merged = Merged(base, levels, lenient=False)
    found = vary.rows(asked, around.outside, most=merged.max_pictures)
    split = _split(asked, found, merged)
    seeds, count = seeds_of(merged)
    each = len(seeds) if seeds else count or 1
    if len(found) * each > merged.max_pictures:
        told = f"{len(found):,} rows of {each:,}"
        raise vary.too_many(asked.place, len(found) * each, merged.max_pictures, told)
    at = max(n for n, level in enumerate(levels) if level.values.get("vary") is not None)
    jobs: list[JobRow] = []
    for row in found:
        level = _with_keys(levels[at], row, asked, split)
        whole = Merged(base, [*levels[:at], level, *levels[at + 1 :]], lenient=False)
        jobs += _each(whole, _Words(row, split), around, label=row.label)
    return jobs


def _split(asked: Vary, rows: Iterable[Row], merged: Merged) -> _Split:
    """Raises JobError for a column that is neither a word of the prompts nor a key of a job."""
    typed = [merged.values.get(key) for key in TEXTS]
    for name in asked.names:
        if aliases.ALIASES.get(_known(name), _known(name)) in TEXTS:
            typed += [vary.text_of(row.values[name]) for row in rows if name in row.values]
    named = dict.fromkeys(braced(text for text in typed if isinstance(text, str)))
    words = [name for name in asked.names if name.strip() in named]
    for name, place in asked.places.items():
        if name in words:
            _check_words(name, rows)
        elif not _is_key(name):
            raise _unused(place, [*named] or KNOWN)
    return _Split(asked.names, frozenset(words))


def _known(name: str) -> str:
    return aliases.known_word(name, KNOWN)


def _is_key(name: str) -> bool:
    return _known(name) in KNOWN


def _check_words(name: str, rows: Iterable[Row]) -> None:
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


def _with_keys(level: Level, row: Row, asked: Vary, split: _Split) -> Level:
    """The level with the keys of one row, as if they were typed there."""
    keys = {name: node for name, node in row.values.items() if name not in split.words}
    if not keys:
        return level
    lines = {name: node.line for name, node in keys.items()}
    typed = make_level(tree.Table(keys, asked.place.line or 1, lines))
    for name, value in typed.values.items():
        _check_key(level, typed.place(name), name, value)
    sheet = Sheet()
    sheet.values = {**level.values, **typed.values}
    sheet.places = {**level.places, **typed.places}
    numbers.check_shape(sheet)
    return Level(sheet.values, sheet.places, (*level.warnings, *typed.warnings))


def _check_key(level: Level, place: Place, name: str, value: object) -> None:
    if name in _FIXED or (name == "seed" and isinstance(value, list)):
        each = name in ("count", "seed")
        raise JobError(
            f"`{tree.shown(place.key)}` can't vary from row to row.",
            line=place.line,
            key=place.key,
            why="Every row gets the same number of pictures." if each else "It is the whole job's.",
            remedy="Write one number for each row." if name == "seed" else
            "Write it outside of `vary`, or make a file for each.",
        )  # fmt: skip
    if value is not None and level.values.get(name) is not None:
        first = level.place(name)
        raise JobError(
            f"`{tree.shown(place.key)}` varies, and `{tree.shown(first.key)}` stands in the job as "
            f"well{f' (line {first.line})' if first.line else ''}.",
            line=place.line,
            key=place.key,
            why=f"Both set `{name}`.",
            remedy="Keep one of them.",
        )


# --- the prompts of one row ----------------------------------------------------------------------


class _Words:
    """What one row fills in."""

    def __init__(self, row: Row, split: _Split) -> None:
        self.columns = split.columns
        self.texts: Mapping[str, str] = {
            name.strip(): vary.text_of(row.values[name])
            for name in split.words
            if name in row.values
        }
        self.told: JsonObject = {
            name: self.texts.get(name.strip(), tree.plain(node))
            for name, node in row.values.items()
        }


def _each(
    merged: Merged, words: _Words | None, around: _Surroundings, *, label: str = ""
) -> list[JobRow]:
    """One job; where its prompts leave something to chance, one for each of its pictures."""
    typed = {key: merged.values.get(key) for key in TEXTS}
    whole = _joined(merged, typed, words)
    a1111 = merged.values.get("prompt_syntax") == "a1111" and around.outside.draws
    if not (a1111 and any(draws(text) for text in whole.values())):
        return [JobRow(_told(finish(merged, around.cast), typed, words), label)]
    seeds, count = seeds_of(merged)
    rows = []
    for take in range(len(seeds) if seeds else count or 1):
        for key, text in whole.items():
            merged.values[key] = drawn(text, around.outside, merged.place(key))
        job = _told(finish(merged, around.cast), typed, words)
        mine = seeds[take : take + 1] if seeds else None
        rows.append(JobRow(replace(job, count=1, seeds=mine), label, take))
    return rows


def _joined(merged: Merged, typed: Mapping[str, object], words: _Words | None) -> dict[str, object]:
    """The prompts with the row's words and the style; they stand in `merged` from here on."""
    for key, text in typed.items():
        if not isinstance(text, str):
            continue
        if words is not None:
            merged.values[key] = filled(text, words.texts, merged.place(key), words.columns)
        elif name := next(braced([text]), None):
            shown = tree.shown(name)
            merged.warnings.append(
                f"`{{{shown}}}` in `{merged.place(key).key}` was read as typed; to fill something "
                f"in there, add: vary: {{{shown}: [one, another]}}"
            )
    style = merged.values.get(STYLE)
    for key in ("prompt", "prompt_2"):
        if isinstance(text := merged.values.get(key), str):
            merged.values[key] = joined(text, style)
    return {key: merged.values.get(key) for key in PROMPTS}


def _told(job: Job, typed: Mapping[str, object], words: _Words | None) -> Job:
    """The job with its prompts as they were typed, where it has them otherwise."""
    prompts = {key: typed[key] for key in PROMPTS}
    if words is None and all(
        (text or None) == (getattr(job.sampling, key) or None) for key, text in prompts.items()
    ):
        return job
    style = None if is_none(typed[STYLE]) else typed[STYLE]
    row = words.told if words is not None else None
    return replace(job, written={**prompts, STYLE: style, "vary": row})
