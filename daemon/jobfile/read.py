"""From the bytes of a job file to a Job: levels in order, presets before keys, one Job or error.

Precedence, weakest first: the settings' preset, the settings' `defaults`, each folder's
`_defaults.yaml` from the outermost in, the file. Inside each level its preset applies first.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from daemon.errors import DefaultsError, JobError, UnfinishedError
from daemon.jobfile import tree
from daemon.jobfile.assemble import finish
from daemon.jobfile.job import Job
from daemon.jobfile.json_reader import read_json
from daemon.jobfile.level import Level, make_level, relabelled
from daemon.jobfile.precedence import Merged
from daemon.jobfile.yaml_reader import read_yaml

if TYPE_CHECKING:
    from daemon.settings import Settings

SCHEMA = 1
_JSON_SUFFIXES = (".json", ".png")  # a picture's record, taken out of it, is JSON


def read_job(
    data: bytes,
    *,
    file: str,
    settings: Settings,
    defaults: Sequence[tuple[str, bytes]] = (),
) -> Job:
    """The job in `data`, which came from a file named `file` (its suffix decides the format).

    `defaults` are the `_defaults.yaml` of the folders above it, (shown name, bytes), outer first.
    Raises JobError, UnfinishedError (it does not parse) or DefaultsError (a defaults file is
    wrong; `error.file` names it).
    """
    table = read_table(data, file)
    record = _is_record(table)
    if record:
        # A sidecar says everything there is to say; defaults of today must not change it.
        levels = [make_level(_job_block(table))]
    else:
        outer = [_defaults_level(name, content) for name, content in defaults]
        levels = [Level(dict(settings.defaults)), *outer, make_level(table)]
    return finish(Merged(settings, levels, lenient=record))


def read_table(data: bytes, file: str) -> tree.Table:
    """The mapping a file consists of; a file without any is no job."""
    text = tree.decode(data)
    node = read_json(text) if file.lower().endswith(_JSON_SUFFIXES) else read_yaml(text)
    if isinstance(node, tree.Table):
        return node
    if isinstance(node, tree.Scalar) and isinstance(node.value, str):
        raise UnfinishedError(
            "The file holds a text, but no `key: value`.",
            line=node.line,
            remedy=f'Write: prompt: "{tree.shown(node.value)}"',
        )
    if isinstance(node, tree.Listing):
        raise JobError(
            "The file holds a list; a job is a mapping of `key: value`.",
            line=node.line,
            why="Several jobs in one file are not supported yet.",
            remedy="Save each job as a file of its own, and drop them all.",
        )
    raise UnfinishedError(
        "The file holds no `key: value`.",
        line=node.line,
        remedy="Write at least a line such as: prompt: a lighthouse",
    )


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


@lru_cache(maxsize=64)
def _defaults_level(name: str, data: bytes) -> Level:
    """Cached: a folder of thousands of jobs reads its defaults once."""
    if tree.only_comments(data):
        return Level()
    try:
        level = make_level(read_table(data, name))
        if level.values.get("id") is not None:
            raise JobError(
                "`id` can't be a default.",
                line=level.place("id").line,
                key="id",
                why="Every job of the folder would be the same one.",
            )
    except JobError as error:
        raise DefaultsError(
            error.what,
            line=error.line,
            key=error.key,
            why=error.why,
            remedy=error.remedy,
            file=name,
        ) from None
    return relabelled(level, name)
