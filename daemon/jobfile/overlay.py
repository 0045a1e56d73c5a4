"""Options of a command line laid over a job file: the file that says what both say.

Which of the file's keys an option makes meaningless is the rule of `precedence`; here it is
applied to what was written, so that the changed file means on its own what the two levels would.
Pure.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from daemon.errors import JobError
from daemon.jobfile import aliases, tree
from daemon.jobfile.cast_items import is_library_name
from daemon.jobfile.document import read_table
from daemon.jobfile.foreign import UNREAD, translated
from daemon.jobfile.level import make_level
from daemon.jobfile.presets import SAMPLED_BY
from daemon.jobfile.sampler_names import sampler_named, schedule_named
from daemon.jobfile.vary import LIST_SUFFIX, typed_line
from daemon.protocol.json_object import JsonObject

Options = Mapping[str, object]
ContentOf = Callable[[str], str | None]
"""The sha256 of a picture by the name it is called in the file; None to leave it to its name."""

LinesOf = Callable[[str], Sequence[str] | None]
"""The lines of a list by the name it is called in the file; None to leave it to its name."""

_REFERENCES = frozenset(
    {
        *("references", "reference", "reference_image", "reference_scale"),
        *("ip_adapter_image", "ip_adapter_scale"),
    }
)
_CONTROLS = frozenset({"controls", "drawing", *aliases.FLAT_CONTROLS})
_SIZES = frozenset({"width", "height", "size"})
_REPLACES: dict[str, frozenset[str]] = {
    "preset": frozenset({*SAMPLED_BY, "scheduler", "timestep_spacing"}) | _SIZES,
    "size": _SIZES | {"aspect"},
    "aspect": _SIZES,
    "count": frozenset({"batch_size"}),
    "image": frozenset({"image_sha256"}),
    "mask": frozenset({"mask_sha256"}),
    "strength": frozenset({"image_strength"}),
    "references": _REFERENCES,
    "drawing": _CONTROLS,
    "loras": frozenset({"lora_paths", "lora_scales"}),
    "hires": frozenset({"enable_hr", "hr_scale", "hr_second_pass_steps"}),
}
"""What else an option replaces than the key of its name."""


def is_record(body: Mapping[str, object]) -> bool:
    """Whether it is a sidecar: its job stands in a block of its own."""
    return "schema" in body and isinstance(body.get("job"), dict)


def overlaid(data: bytes, file: str, options: Options) -> bytes:
    """The bytes of a job file with `options` (under our names) laid over it, in the format that
    the name `file` says. Raises JobError."""
    if not options:
        return data
    return _changed(data, file, lambda body: _laid_over(body, options))


def pinned(data: bytes, file: str, content_of: ContentOf) -> bytes:
    """The same with its pictures named by content as well, as sidecars name them; unchanged where
    `content_of` knows none of them. Raises JobError."""
    return _changed(data, file, lambda body: _pinned(body, content_of))


def inlined(data: bytes, file: str, lines_of: LinesOf) -> bytes:
    """The same with the lines of its lists written into it; unchanged where `lines_of` knows none
    of them. Raises JobError."""

    def change(body: dict[str, object]) -> dict[str, object]:
        return {
            key: _with_lines(value, lines_of) if _ours(key) == "vary" else value
            for key, value in body.items()
        }

    return _changed(data, file, change)


def line_of(key: str | None, source: bytes | None, file: str) -> int | None:
    """The line in which a person finds what was wrong with a file after it was changed: that of
    `key`, or of what can't be read."""
    if source is None:
        return None
    try:
        table = read_table(source, file)
    except JobError as error:
        return error.line
    return _line_below(table, key) if key else None


def _line_below(node: tree.Node, key: str) -> int | None:
    if isinstance(node, tree.Table):
        if key in node.key_lines:
            return node.key_lines[key]
        inner: Iterable[tree.Node] = node.items.values()
    else:
        inner = node.items if isinstance(node, tree.Listing) else ()
    return next((line for item in inner if (line := _line_below(item, key))), None)


def _with_lines(columns: object, lines_of: LinesOf) -> object:
    if not isinstance(columns, dict):
        return columns
    found = dict(columns)
    for name, value in columns.items():
        if isinstance(value, dict) and "of" in value:
            found[name] = {**value, "of": _listed(value["of"], lines_of)}
        else:
            found[name] = _listed(value, lines_of)
    return found


def _listed(value: object, lines_of: LinesOf) -> object:
    if not isinstance(value, str) or not value.strip().lower().endswith(LIST_SUFFIX):
        return value
    lines = lines_of(value.strip())
    return value if lines is None else [_as_typed(typed_line(line)) for line in lines]


def _as_typed(node: tree.Node) -> object:
    """What is read as `node` again: `010` and `1.50` are texts, if they are words."""
    if isinstance(node, tree.Listing):
        return [_as_typed(item) for item in node.items]
    if isinstance(node, tree.Table):
        return {key: _as_typed(item) for key, item in node.items.items()}
    value = node.value
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return node.text if number and node.text and str(value) != node.text else value


def written(body: Mapping[str, object], file: str) -> bytes:
    """A job file's bytes."""
    if file.lower().endswith(".json"):
        return json.dumps(body, ensure_ascii=False, indent=2).encode("utf-8") + b"\n"
    import yaml

    text: str = yaml.safe_dump(dict(body), allow_unicode=True, sort_keys=False, width=1000)
    return text.encode("utf-8")


def _changed(
    data: bytes, file: str, change: Callable[[dict[str, object]], dict[str, object]]
) -> bytes:
    table, body = _in_our_words(data, file)
    body |= {key: _as_typed(node) for key, node in table.items.items() if _ours(key) == "vary"}
    changed = {**body, "job": change(body["job"])} if is_record(body) else change(body)
    return data if changed == body else written(changed, file)


def _in_our_words(data: bytes, file: str) -> tuple[tree.Table, dict[str, Any]]:
    """What a file says, and its plain values; of another tool's body or record what is used of it,
    and what was left aside as it is told of a picture's text."""
    table = read_table(data, file)
    ours = translated(table)
    body = tree.plain(ours)
    assert isinstance(body, dict)
    if ours is not table:
        told = list(ours.warnings)
        is_text = isinstance(table.items.get(UNREAD), tree.Table)
        body[UNREAD] = {"told": told} if is_text else told  # what a text says was drawn
    return ours, body


def _laid_over(body: Mapping[str, object], options: Options) -> dict[str, object]:
    kept = {
        key: value for key, value in body.items() if not _is_replaced(_ours(key), value, options)
    }
    schedule = _schedule_within(body) if "sampler" in options else None
    if schedule and not ("preset" in options or _sets_schedule(options)):
        kept.setdefault("schedule", schedule)  # named with the sampler, and not replaced with it
    return {**kept, **options}


def _schedule_within(body: Mapping[str, object]) -> str | None:
    """The schedule that the file's sampler names, as in `DPM++ 2M Karras`."""
    for key, value in body.items():
        if _ours(key) in ("sampler", "scheduler") and isinstance(value, str):
            found = sampler_named(value)
            if found is not None and found[1]:
                return found[1]
    return None


def _is_replaced(key: str, value: object, options: Options) -> bool:
    """Whether an option says this, or makes it meaningless."""
    if key in options or any(key in _REPLACES.get(option, ()) for option in options):
        return True
    if key == "scheduler" and isinstance(value, str) and not schedule_named(value):
        return "sampler" in options
    if key in ("schedule", "scheduler"):
        return _sets_schedule(options)
    return key == "seed" and isinstance(value, list) and "count" in options


def _sets_schedule(options: Options) -> bool:
    """Other tools' names of samplers name a schedule as well."""
    sampler = options.get("sampler")
    found = sampler_named(sampler) if isinstance(sampler, str) else None
    return found is not None and bool(found[1])


def _ours(key: str) -> str:
    """Our name of a key, however it is written."""
    plain = key.casefold().replace("-", "_").replace(" ", "_")
    return aliases.ALIASES.get(key, aliases.ALIASES.get(plain, plain))


def _pinned(body: Mapping[str, object], content_of: ContentOf) -> dict[str, object]:
    """Every picture that has no content yet gets it."""
    values = make_level(translated(read_table(written(body, "x.json"), "x.json"))).values
    changed = dict(body)
    for role in ("image", "mask"):
        typed = values.get(role)
        if isinstance(typed, str) and not values.get(f"{role}_sha256"):
            _pin(changed, role, content_of(typed))
    for role, others in (("references", _REFERENCES), ("controls", _CONTROLS - {"drawing"})):
        items = values.get(role) or []
        pinned_items = [_pinned_item(item, content_of) for item in items]
        if pinned_items != items:
            changed = {key: value for key, value in changed.items() if _ours(key) not in others}
            changed[role] = pinned_items
    if drawing := values.get("drawing"):
        pinned_drawing = _pinned_item(drawing, content_of)
        if pinned_drawing != drawing:
            changed = {key: value for key, value in changed.items() if _ours(key) != "drawing"}
            changed["drawing"] = pinned_drawing
    if cast := _pinned_cast(values.get("cast") or {}, content_of):
        changed = {key: value for key, value in changed.items() if _ours(key) != "cast"}
        changed["cast"] = cast
    return changed


def _pinned_item(item: JsonObject, content_of: ContentOf) -> JsonObject:
    """A reference or a control with its pictures named by content, where that is known."""
    found = dict(item)
    for role, pin in (("image", "sha256"), ("mask", "mask_sha256")):
        is_open = item.get(role) and not item.get(pin) and not is_library_name(item[role])
        sha256 = content_of(item[role]) if is_open else None
        if sha256:
            found[pin] = sha256
    return found


def _pinned_cast(cast: Mapping[str, JsonObject], content_of: ContentOf) -> JsonObject:
    """Characters with the pictures of their looks named by content, if any can be; those of the
    library and folders are left to their names."""
    pinned: JsonObject = {}
    for name, said in cast.items():
        looks = [_pinned_look(look, content_of) for look in said.get("look") or ()]
        pinned[name] = {**said, "look": looks} if looks else said
    return {} if pinned == cast else pinned


def _pinned_look(look: JsonObject, content_of: ContentOf) -> JsonObject:
    typed = look["image"]
    is_picture = not look.get("sha256") and not is_library_name(typed) and typed[-1] != "/"
    sha256 = content_of(typed) if is_picture else None
    return {**look, "sha256": sha256} if sha256 else look


def _pin(body: dict[str, object], role: str, sha256: str | None) -> None:
    if sha256:
        body[f"{role}_sha256"] = sha256
