"""From the levels of a job to the Job, and where it varies to a job for each of its rows.

A row's keys count as if they were typed beside its `vary`; its words are filled into the prompts,
then the style is joined. What one row means as a whole, `assemble` decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from daemon.jobfile import columns, tree, vary
from daemon.jobfile.assemble import PROMPTS, bounded, finish, seeds_of
from daemon.jobfile.cast import NOBODY, CastLibrary
from daemon.jobfile.columns import TEXTS
from daemon.jobfile.defaults import JobDefaults
from daemon.jobfile.drawn import drawn, draws
from daemon.jobfile.job import Job, JobRow
from daemon.jobfile.level import Level
from daemon.jobfile.precedence import Merged
from daemon.jobfile.prompt_words import STYLE, braced, filled, is_none, joined
from daemon.jobfile.vary import Outside, Row, Vary
from daemon.protocol.json_object import JsonObject
from daemon.text.counted import counted


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
    own = level.values.get("vary") is not None
    split = columns.split(asked, found, merged, own=own)
    if len(split.columns) < len(asked.names):
        found = columns.narrowed(found, split.columns)
    seeds, count = seeds_of(merged)
    each = len(seeds) if seeds else count or 1
    if len(found) * each > merged.max_pictures:
        told = f"{counted(len(found), 'row')} of {each:,}"
        raise vary.too_many(asked.place, len(found) * each, merged.max_pictures, told)
    rows = []
    for row in found:
        keys = columns.keys_of(row, asked, split)
        whole = above.over(columns.with_keys(level, keys)) if own else above.over(keys).over(level)
        rows.append(VariedRow(whole, Words(row, split), row.label))
    return rows


# --- the prompts of one row ----------------------------------------------------------------------


class Words:
    """What one row fills in."""

    def __init__(self, row: Row, split: columns.Split) -> None:
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
