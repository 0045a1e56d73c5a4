"""From the bytes of a job file to a Job: levels in order, presets before keys, one Job or error.

Precedence, weakest first: the settings' preset, the settings' `defaults`, each folder's
`_defaults.yaml` from the outermost in, the file. Inside each level its preset applies first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import PurePath

from daemon.errors import DefaultsError, IsMarksError, JobError, TooBigError
from daemon.jobfile import tree
from daemon.jobfile.assemble import NO_PROMPT, bounded
from daemon.jobfile.board_block import a_board, board_of, warnings_of_board, without_board
from daemon.jobfile.cast import NOBODY, CastLibrary
from daemon.jobfile.defaults import JobDefaults
from daemon.jobfile.document import is_board, is_marks, looks_like_board, no_job, read_table
from daemon.jobfile.expand import expanded
from daemon.jobfile.foreign import UNREAD, translated
from daemon.jobfile.job import Job
from daemon.jobfile.level import Level, make_level, relabelled
from daemon.jobfile.record_result import made_with
from daemon.jobfile.sampling_words import check_sampling
from daemon.jobfile.vary import Outside

SCHEMA = 1


def read_job(
    data: bytes,
    *,
    file: str,
    base: JobDefaults,
    defaults: Sequence[tuple[str, bytes]] = (),
    outside: Outside | None = None,
    cast: CastLibrary = NOBODY,
) -> Job:
    """The job in `data`, which came from a file named `file` (its suffix decides the format).

    `base` is what holds for every job of the root; `defaults` are the `_defaults.yaml` of the
    folders above it, (shown name, bytes), outer first; `cast` are the characters of the root;
    `outside` reads lists and draws (without it no list may be read, and prompts stay as typed).
    Raises JobError, UnfinishedError (it does not parse) or DefaultsError (a defaults file is
    wrong; `error.file` names it), NotYetError for a character who may still come.
    """
    if is_marks(data):
        raise IsMarksError(
            "The file holds marks of pictures, and no job.",
            remedy="Drop it into the inbox: the pictures that it rejects are put aside.",
        )
    if is_board(table := _table(data, file)):
        raise a_board(table)
    outside = _outside(outside, table)
    table = translated(table)
    record = _is_record(table)
    if record:
        # A sidecar says everything there is to say; defaults of today must not change it.
        block = _job_block(table)
        levels = [make_level(without_board(block))]
    else:
        levels = [*outer_levels(base, defaults), make_level(table, beside=("shots",))]
        _check_each(levels[-1])
    try:
        job = expanded(base, levels, cast=cast, outside=outside, lenient=record)
    except JobError as error:
        _hint_at_defaults(error, file)
        raise
    return _of_record(job, table, block) if record else job


def _outside(given: Outside | None, table: tree.Table) -> Outside:
    """`given`; what another tool wrote of a picture is what it drew, and is drawn no more."""
    outside = given or Outside(draws=False)
    is_drawn = isinstance(table.items.get(UNREAD), tree.Table)
    return replace(outside, draws=False) if is_drawn else outside


def _of_record(job: Job, table: tree.Table, block: tree.Table) -> Job:
    """`job` with what its record says beside it."""
    warnings = bounded((*warnings_of_board(block), *job.warnings))
    board, made = board_of(block), made_with(table, job)
    return replace(job, board=board, made_with=made, warnings=warnings)


def _table(data: bytes, file: str) -> tree.Table:
    try:
        return read_table(data, file)
    except TooBigError:
        if looks_like_board(data):
            raise tree.several_shots("more than a job may", 1) from None
        raise


def _hint_at_defaults(error: JobError, file: str) -> None:
    """A job without a prompt that is called like defaults was meant to be some."""
    if error.what == NO_PROMPT and PurePath(file).stem.casefold() in ("default", "defaults"):
        error.why = "It is the one key a job needs; a file of defaults has another name."
        error.remedy = "If it is to hold for all jobs of its folder, call it _defaults.yaml."


def outer_levels(base: JobDefaults, defaults: Sequence[tuple[str, bytes]]) -> list[Level]:
    """What holds for a file before it is read: the settings, then the folders above it, outer
    first. Raises DefaultsError."""
    return [
        Level(dict(base.values)),
        *(_defaults_level(name, content) for name, content in defaults),
    ]


def _is_record(table: tree.Table) -> bool:
    return "schema" in table.items and "job" in table.items


def _job_block(table: tree.Table) -> tree.Table:
    schema, job = table.items["schema"], table.items["job"]
    if tree.plain(schema) != SCHEMA or isinstance(tree.plain(schema), bool):
        raise JobError(
            f"This record has schema {tree.shown(str(tree.plain(schema)))}; "
            f"this Hotfolder reads schema {SCHEMA}.",
            line=table.key_lines.get("schema"),
            key="schema",
            remedy="A newer Hotfolder wrote it, perhaps: update this one.",
        )
    if not isinstance(job, tree.Table):
        raise JobError("`job` must be a mapping.", line=table.key_lines.get("job"), key="job")
    for key in table.items:
        if key not in ("schema", "job", "result"):
            raise JobError(
                f"`{tree.shown(key)}` is not a key of a record (a sidecar).",
                line=table.key_lines.get(key),
                key=key,
                remedy="A record has schema, job and result; change the picture under `job`.",
            )
    return job


_ONE_JOB: dict[str, tuple[str, str]] = {
    "id": ("Every job would be the same one.", ""),
    "parent": ("It says of one job which other it was made from.", ""),
    "prompt": (
        "Every job says its own, and a default would be lost without a word.",
        "To join words to every prompt, write them under `style`.",
    ),
    "vary": (
        "Every job would become many.",
        "Write it into the jobs that shall vary.",
    ),
    "written": ("It is a note in the record of one picture.", ""),
}
"""Keys that say something of one job alone: (why, what to do instead)."""


def no_defaults(level: Level) -> None:
    """Raises JobError for what can't hold for many jobs, or for none."""
    check_sampling(level.values, level.places)
    for key, (why, remedy) in _ONE_JOB.items():
        if key == "prompt" and level.values.get("each") == "drawing":
            continue  # of the drawings beside which nothing is written
        if level.values.get(key) is not None:
            place = level.place(key)
            what = f"`{tree.shown(place.key)}` can't be a default."
            raise JobError(what, line=place.line, key=place.key, why=why, remedy=remedy)


def _check_each(level: Level) -> None:
    """What holds for a folder's pictures says nothing in a job. Raises JobError."""
    if level.values.get("each") is not None:
        place = level.place("each")
        raise JobError(
            f"`{place.key}` can't stand in a job.",
            line=place.line,
            key=place.key,
            why="It says of a folder that each of its pictures is a drawing to be made a picture "
            "of.",
            remedy="Write it into the folder's _defaults.yaml; a job names one: drawing: 010.png",
        )


@lru_cache(maxsize=64)
def _defaults_level(name: str, data: bytes) -> Level:
    """Cached: a folder of thousands of jobs reads its defaults once."""
    if tree.only_comments(data):
        return Level()
    try:
        try:
            table = read_table(data, name)
        except JobError as error:
            raise no_job(error, "steps: 20") from None
        level = make_level(table)
        no_defaults(level)
    except JobError as error:
        raise error.relocated(DefaultsError, name) from None
    return relabelled(level, name)
