"""From the levels of a job to the Job, and where it varies to a job for each of its rows.

A row's keys count as if they were typed beside its `vary`; its words are filled into the prompts,
then the style is joined. What one row means as a whole, `assemble` decides.
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


@dataclass(frozen=True, slots=True)
class VariedRow:
    """One row before it is a job: every level and the row's keys `merged`, and the `words` that go
    into its prompts (None where nothing varies). `label` is as of `vary.Row`."""

    merged: Merged
    words: Words | None = None
    label: str = ""


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
    if lenient:
        return finish(Merged(base, levels, lenient=True), cast)
    rows = [
        job
        for row in varied(Merged(base, levels[:-1], lenient=False), levels[-1], outside)
        for job in jobs_of(row, outside, cast)
    ]
    first = rows[0].job
    if len(rows) == 1:
        return first
    warnings = bounded([text for row in rows for text in row.job.warnings])
    return replace(first, rows=tuple(rows), warnings=warnings)


# --- the rows of `vary` --------------------------------------------------------------------------


def varied(above: Merged, level: Level, outside: Outside) -> list[VariedRow]:
    """The rows of a file or a shot that says `level` over what stands `above` it; a single one
    where neither varies. What `level` says itself of `vary` counts before what stands above.
    Raises JobError and NotYetError."""
    merged = above.over(level)
    asked = merged.values.get("vary")
    if not isinstance(asked, Vary):
        return [VariedRow(merged)]
    found = vary.rows(asked, outside, most=merged.max_pictures)
    split = _split(asked, found, merged)
    seeds, count = seeds_of(merged)
    each = len(seeds) if seeds else count or 1
    if len(found) * each > merged.max_pictures:
        told = f"{len(found):,} rows of {each:,}"
        raise vary.too_many(asked.place, len(found) * each, merged.max_pictures, told)
    own = level.values.get("vary") is not None
    rows = []
    for row in found:
        keys = _keys(row, asked, split)
        whole = above.over(_joined_level(level, keys)) if own else above.over(keys).over(level)
        rows.append(VariedRow(whole, Words(row, split), row.label))
    return rows


@dataclass(frozen=True, slots=True)
class Split:
    """The columns of `vary`, and which are words to fill in; all others are keys to set."""

    columns: tuple[str, ...]
    words: frozenset[str]


def _split(asked: Vary, rows: Iterable[Row], merged: Merged) -> Split:
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
    return Split(asked.names, frozenset(words))


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


def _keys(row: Row, asked: Vary, split: Split) -> Level:
    """The keys that one row sets."""
    keys = {name: node for name, node in row.values.items() if name not in split.words}
    lines = {name: node.line for name, node in keys.items()}
    level = make_level(tree.Table(keys, asked.place.line or 1, lines), of="a row of `vary`")
    for name, value in level.values.items():
        _check_may_vary(level.place(name), name, value)
    return level


def _joined_level(level: Level, keys: Level) -> Level:
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


# --- the prompts of one row ----------------------------------------------------------------------


class Words:
    """What one row fills in."""

    def __init__(self, row: Row, split: Split) -> None:
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


def jobs_of(row: VariedRow, outside: Outside, cast: CastLibrary) -> list[JobRow]:
    """One job; where its prompts leave something to chance, one for each of its pictures. Raises
    JobError and NotYetError."""
    merged, words = row.merged, row.words
    typed = {key: merged.values.get(key) for key in TEXTS}
    whole = _joined(merged, typed, words)
    a1111 = merged.values.get("prompt_syntax") == "a1111" and outside.draws
    if not (a1111 and any(draws(text) for text in whole.values())):
        return [JobRow(_told(finish(merged, cast), typed, words), row.label)]
    seeds, count = seeds_of(merged)
    jobs = []
    for take in range(len(seeds) if seeds else count or 1):
        for key, text in whole.items():
            merged.values[key] = drawn(text, outside, merged.place(key))
        job = _told(finish(merged, cast), typed, words)
        mine = seeds[take : take + 1] if seeds else None
        jobs.append(JobRow(replace(job, count=1, seeds=mine), row.label, take))
    return jobs


def _joined(merged: Merged, typed: Mapping[str, object], words: Words | None) -> dict[str, object]:
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


def _told(job: Job, typed: Mapping[str, object], words: Words | None) -> Job:
    """The job with its prompts as they were typed, where it has them otherwise."""
    prompts = {key: typed[key] for key in PROMPTS}
    if words is None and all(
        (text or None) == (getattr(job.sampling, key) or None) for key, text in prompts.items()
    ):
        return job
    style = None if is_none(typed[STYLE]) else typed[STYLE]
    row = words.told if words is not None else None
    return replace(job, written={**prompts, STYLE: style, "vary": row})
