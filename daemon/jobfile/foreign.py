"""Bodies and records of other tools: which tool's a mapping is, and what it says in our keys.

A mapping that carries a tool's unmistakable keys is turned key by key; what is not understood is
one warning a key, and what can't be turned at all is refused by the tool's name. Pictures that
carry such a record are read through here too. Knows no files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from daemon.errors import JobError
from daemon.jobfile import tree
from daemon.jobfile.aliases import ALIASES, COMPOUND, IGNORED, UNSUPPORTED
from daemon.jobfile.foreign_schedule import settled
from daemon.jobfile.foreign_tools import TOOLS, Tool, folded, has_a1111_marks
from daemon.jobfile.sampler_names import is_automatic, sampler_named, schedule_named
from daemon.jobfile.schema import NAMES
from daemon.text.suggest import is_slip

OURS_ALONE = frozenset((*NAMES, "size"))
"""Keys that are no tool's sign, however many of them stand together."""

_KNOWN = frozenset((*NAMES, *ALIASES, *COMPOUND, *UNSUPPORTED, *IGNORED))
_GRAPH = re.compile(r'"class_type"\s*:|"last_node_id"\s*:|"invocation_id"\s*:|"edges"\s*:\s*\[')
_A1111 = frozenset(
    """
    sampler_index override_settings override_settings_restore_afterwards alwayson_scripts
    send_images save_images do_not_save_samples do_not_save_grid seed_resize_from_h
    seed_resize_from_w subseed subseed_strength s_churn s_tmin s_tmax s_noise s_min_uncond
    script_args script_name firstphase_width firstphase_height force_task_id infotext
    disable_extra_networks distilled_cfg_scale hr_force diffusers_guidance_rescale
    """.split()  # noqa: SIM905 - a page of words reads better than a page of quotes
)
_ALWAYS_IDLE = frozenset(
    ("send_images", "save_images", "override_settings_restore_afterwards", "force_task_id")
)
WHOLE = 3
"""So many keys of A1111's alone make a body that its API was given, every default included."""

_PLACEHOLDER = "string"  # what A1111's API page shows for every text


UNREAD = "unread settings"
"""The key under which a picture's text hands over what it says and we have no use for: {name:
value}. Where that was changed, the warnings themselves, a list under one name; they alone where a
body was, whose alternatives are still to be drawn. No job file of a person has it."""


def comfyui(line: int | None = None) -> JobError:
    """A graph says how to compute, not what is wanted."""
    return JobError(
        "This is a workflow of ComfyUI, which can't be rendered here.",
        line=line,
        why="A graph of nodes says how to compute a picture; a job says what is wanted.",
        remedy="Write its prompt, size, steps, cfg, sampler_name and seed as keys of a job file.",
    )


def invokeai_graph(line: int | None = None) -> JobError:
    """The same of InvokeAI."""
    return JobError(
        "This is a workflow of InvokeAI, which can't be rendered here.",
        line=line,
        why="A graph of nodes says how to compute a picture; a job says what is wanted.",
        remedy="Copy the metadata of a picture made with it (Recall Parameters) instead.",
    )


def graph_in(text: str) -> JobError | None:
    """The refusal of a text that is too large to be read and has the marks of a graph."""
    found = _GRAPH.search(text[:1_000_000])
    if found is None:
        return None
    return comfyui() if "class_type" in found[0] or "last_node" in found[0] else invokeai_graph()


def translated(table: tree.Table) -> tree.Table:
    """`table` itself if it is a job in our words, else what it says in them. Raises JobError for
    what can't be turned, naming the tool."""
    if table.items.keys() <= OURS_ALONE and not any(map(_is_table, table.items.values())):
        return table
    keys = frozenset(table.items)
    if UNREAD in keys:
        return settled(_told(table), "the picture's text")
    if "job" in keys and "schema" in keys:
        return table
    _refuse_graphs(table, keys)
    for tool in TOOLS:
        if tool.signs(table.items):
            return settled(_turned(tool, _inside(tool, table)), tool.name)
    return settled(_a1111(table), _kin(table)) if keys & _A1111 else table


def _told(table: tree.Table) -> tree.Table:
    """What a picture's text says, each setting without a use as a warning."""
    items = dict(table.items)
    unread = items.pop(UNREAD)
    told: list[str] = []
    for name, node in (unread.items if isinstance(unread, tree.Table) else {"": unread}).items():
        if isinstance(node, tree.Listing):
            told += [text for item in node.items if isinstance(text := tree.plain(item), str)]
        elif name:
            told.append(left_aside(name, node, "the picture's text"))
    return replace(table, items=items, warnings=(*table.warnings, *told))


# --- graphs ---------------------------------------------------------------------------------------


def _refuse_graphs(table: tree.Table, keys: frozenset[str]) -> None:
    is_workflow = {"nodes", "links"} <= keys or "last_node_id" in keys
    if is_workflow or any(_is_node(node) for node in _nodes(table)):
        raise comfyui(table.line)
    graph: tree.Node = table
    for key in ("batch", "graph"):
        if isinstance(graph, tree.Table) and key in graph.items:
            graph = graph.items[key]
    if isinstance(graph, tree.Table) and {"nodes", "edges"} <= graph.items.keys():
        raise invokeai_graph(table.line)


def _nodes(table: tree.Table) -> Iterator[tree.Node]:
    yield from table.items.values()
    for key in ("prompt", "workflow", "output"):
        inner = table.items.get(key)
        if isinstance(inner, tree.Table):
            yield from inner.items.values()


def _is_node(node: tree.Node) -> bool:
    return isinstance(node, tree.Table) and "class_type" in node.items


def _is_table(node: tree.Node) -> bool:
    return isinstance(node, tree.Table)


# --- records --------------------------------------------------------------------------------------


def _inside(tool: Tool, table: tree.Table) -> tree.Table:
    """The settings, where a tool lays them inside a mapping; what stands beside them comes last."""
    for key in tool.inner:
        inner = table.items.get(key)
        if isinstance(inner, tree.Table):
            beside = {name: node for name, node in table.items.items() if name != key}
            return tree.Table(
                {**inner.items, **{k: v for k, v in beside.items() if k not in inner.items}},
                table.line,
                {**table.key_lines, **inner.key_lines},
                warnings=(*table.warnings, *inner.warnings),
            )
    return table


def _turned(tool: Tool, table: tree.Table) -> tree.Table:
    items: dict[str, tree.Node] = {}
    lines: dict[str, int] = {}
    warnings = list(table.warnings)
    for key, node in table.items.items():
        if tree.is_nothing(node):
            continue
        line = table.key_lines.get(key, node.line)
        turn = tool.keys.get(folded(key))
        found = turn(tree.plain(node)) if turn else None
        if found is None:
            warnings.append(left_aside(key, node, tool.name))
            continue
        for name, value in found.items():
            items.setdefault(name, _as_node(value, line))
            lines.setdefault(name, line)
    texts = [str(tree.plain(items[key])) for key in ("prompt", "negative_prompt") if key in items]
    if tool.is_a1111_language and has_a1111_marks(texts):
        items["prompt_syntax"] = tree.Scalar("a1111", table.line, "a1111")
    elif tool.marks and any(re.search(tool.marks, text) for text in texts):
        warnings.append(f"The weights that {tool.name} writes into prompts are read as words.")
    _settle_shape(items)
    return tree.Table(items, table.line, lines, warnings=tuple(warnings))


def _settle_shape(items: dict[str, tree.Node]) -> None:
    """Tools write the shape beside the size it came to."""
    if "width" in items and "height" in items:
        items.pop("aspect", None)


def _as_node(value: object, line: int) -> tree.Node:
    if isinstance(value, list):
        return tree.Listing(tuple(_as_node(item, line) for item in value), line)
    assert value is None or isinstance(value, str | int | float | bool)
    return tree.Scalar(value, line, str(value))


def left_aside(key: str, node: tree.Node, tool: str) -> str:
    """The warning of a key that is not used."""
    value = tree.plain(node)
    said = "" if isinstance(value, list | dict) or value == "" else f": {tree.shown(str(value))}"
    return f"`{tree.shown(key)}{said}` of {tool} was left aside: it has no meaning here."


# --- the API of A1111 and its kin -----------------------------------------------------------------


def _a1111(table: tree.Table) -> tree.Table:
    """A body of A1111, Forge or SD.Next: our aliases know its keys; what they don't is told."""
    tool = _kin(table)
    items: dict[str, tree.Node] = {}
    warnings = list(table.warnings)
    is_whole = len(table.items.keys() & _A1111) >= WHOLE
    is_enlarged = "enable_hr" in table.items and tree.plain(table.items["enable_hr"]) is True
    for key, node in table.items.items():
        if is_whole and _is_idle(key, node, is_enlarged=is_enlarged):
            continue
        if key == "alwayson_scripts" and isinstance(node, tree.Table) and node.items:
            named = ", ".join(tree.shown(name) for name in node.items)
            warnings.append(f"`{key}` ({named}) is a key of {tool} and was left aside.")
        elif key == "scheduler" and not _is_schedule(tree.plain(node)):
            warnings.append(left_aside(key, node, tool))
        elif key in _KNOWN or key.startswith("hr_") or is_slip(key, NAMES):
            items[key] = node  # a slip of the fingers is an error
        elif not tree.is_nothing(node):
            warnings.append(left_aside(key, node, tool))
    if tool == "SD.Next" and "clip_skip" in items:
        _count_layers(items)
    texts = [str(tree.plain(items[key])) for key in ("prompt", "negative_prompt") if key in items]
    if "prompt_syntax" not in items and has_a1111_marks(texts):
        items["prompt_syntax"] = tree.Scalar("a1111", table.line, "a1111")
        warnings.append(f"The prompt is read as {tool} reads it (prompt_syntax: a1111).")
    return replace(table, items=items, warnings=tuple(warnings))


def _is_schedule(value: object) -> bool:
    """Whether it is known here; also what is no text, for which the key answers."""
    if not isinstance(value, str):
        return True
    return bool(schedule_named(value) or is_automatic(value) or sampler_named(value))


def _is_idle(key: str, node: tree.Node, *, is_enlarged: bool) -> bool:
    """Whether a key of a whole body asks for nothing: a default, or the text of the API's page."""
    value = tree.plain(node)
    if value in (_PLACEHOLDER, [_PLACEHOLDER]) or key in _ALWAYS_IDLE:
        return True
    if key == "enable_hr" or key.startswith("hr_"):
        return not is_enlarged or tree.is_nothing(node) or value == 0
    is_ignored = key in IGNORED or key in ("override_settings", "sampler_index")
    return is_ignored and (tree.is_nothing(node) or value in (0, -1))


def _kin(table: tree.Table) -> str:
    if table.items.keys() & {"distilled_cfg_scale", "hr_distilled_cfg", "forge_additional_modules"}:
        return "Forge"
    if table.items.keys() & {"hr_force", "diffusers_guidance_rescale", "pag_scale", "cfg_end"}:
        return "SD.Next"
    return "AUTOMATIC1111"


def _count_layers(items: dict[str, tree.Node]) -> None:
    """SD.Next counts the layers it uses from the end, of which SDXL's own is the second."""
    node = items["clip_skip"]
    value = tree.plain(node)
    if isinstance(value, int | float) and not isinstance(value, bool):
        if value > 2:
            items["clip_skip"] = tree.Scalar(int(value) - 2, node.line, str(int(value) - 2))
        else:
            del items["clip_skip"]
