"""A schedule that another tool has for a sampler and that there is none of here: left aside, told.

Knows the mapping that a body or record was turned into, and the table of samplers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from daemon.jobfile import tree
from daemon.jobfile.sampler_names import sampler_named, schedule_named
from daemon.protocol.samplers import clash, sampler_row

_SAMPLERS = ("sampler", "sampler_name", "scheduler", "sampler_index")
_SCHEDULES = ("schedule", "schedule_type", "scheduler")


def settled(table: tree.Table, tool: str) -> tree.Table:
    """`table`, of `tool`, without a schedule that its sampler can't take."""
    named = ((key, sampler_named(text)) for key, text in _texts(table, _SAMPLERS))
    key, found = next((each for each in named if each[1] is not None), ("", None))
    if found is None:
        return table
    name, implied = found
    items, told = dict(table.items), list(table.warnings)
    if implied and (wrong := clash(sampler_row(name), implied)):
        items[key] = tree.Scalar(name, table.items[key].line, name)
        told.append(_left_aside(implied, tool, wrong.what))
    for key, text in _texts(table, _SCHEDULES):
        said = schedule_named(text)
        if said and (wrong := clash(sampler_row(name), said)):
            del items[key]
            told.append(_left_aside(said, tool, wrong.what))
    return replace(table, items=items, warnings=tuple(told))


def _texts(table: tree.Table, keys: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for key in keys:
        node = table.items.get(key)
        if isinstance(node, tree.Scalar) and isinstance(node.value, str):
            yield key, node.value


def _left_aside(schedule: str, tool: str, what: str) -> str:
    return f"`{schedule}` of {tool} was left aside: {what[:1].lower()}{what[1:]}"
