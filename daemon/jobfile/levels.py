"""One level of a job: the settings' defaults, a folder's `_defaults.yaml`, or the file itself.

Turns a table of typed keys into values under our names, each remembering its line and the key as
it was written; says what is wrong with the words of the person who wrote it. Levels are merged
by `read`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import ValidationError

from daemon.errors import JobError
from daemon.jobfile import names, shapes, tree, words
from daemon.jobfile.form import NAMES, REFERENCE_NAMES, JobForm
from daemon.jobfile.samplers import sampler_named, schedule_named
from daemon.protocol import SAMPLERS, SCHEDULES


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value came from."""

    key: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Level:
    """Checked values under our names. `places` has at least the same keys."""

    values: dict[str, Any] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def place(self, key: str) -> Place:
        return self.places.get(key, Place(key))


KNOWN = (*NAMES, *names.ALIASES, *names.COMPOUND, *names.UNSUPPORTED)
_OURS = frozenset(NAMES)


class _Sheet:
    """Collects values under our names while the keys of one table are gone through."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.places: dict[str, Place] = {}
        self.warnings: list[str] = []

    def put(self, name: str, value: Any, place: Place) -> None:
        if name not in self.values:
            self.values[name], self.places[name] = value, place
            return
        first = self.places[name]
        if self.values[name] != value or type(self.values[name]) is not type(value):
            raise JobError(
                f"`{first.key}`{_in_line(first)} and `{place.key}`{_in_line(place)} "
                "mean the same, with different values.",
                line=place.line,
                key=place.key,
                remedy="Keep one of them.",
            )


def _in_line(place: Place) -> str:
    return f" (line {place.line})" if place.line else ""


def make_level(table: tree.Table) -> Level:
    """The level that `table` describes; raises JobError."""
    sheet = _Sheet()
    for key, node in table.items.items():
        _take(sheet, Place(key, table.key_lines.get(key)), node, table)
    _join_batches(sheet)
    _join_flat_references(sheet)
    _round_sides(sheet)
    _check_shape(sheet)
    return Level(_validated(sheet), sheet.places, tuple(sheet.warnings))


def _take(sheet: _Sheet, place: Place, node: tree.Node, table: tree.Table) -> None:
    key = place.key
    if key in names.UNSUPPORTED:
        _unsupported(sheet, place, node)
    elif key in names.COMPOUND:
        _compound(sheet, place, node)
    elif key in _OURS or key in names.ALIASES:
        name = names.ALIASES.get(key, key)
        _convert(sheet, name, place, node)
    elif key in names.IGNORED or key.startswith("hr_"):
        sheet.warnings.append(f"`{tree.shown(key)}` is a key of another tool and was left aside.")
    else:
        raise _unknown(place, node, table)


def _unknown(place: Place, node: tree.Node, table: tree.Table) -> JobError:
    shown = tree.shown(place.key)
    if table.flow and isinstance(node, tree.Scalar) and node.bare and node.text == "":
        return JobError(
            f"`{shown}` stands here as a key without a value.",
            line=place.line,
            key=place.key,
            why="Inside {} a bare comma ends a text, and the rest is taken for the next key.",
            remedy='Put the text in quotes: {prompt: "a cat, a dog"}',
        )
    guess = names.did_you_mean(place.key, KNOWN)
    return JobError(
        f"`{shown}` is not a key of a job file.",
        line=place.line,
        key=place.key,
        why=guess,
        remedy="" if guess else "`hotfolder schema` lists them; free text belongs under `notes`.",
    )


def _unsupported(sheet: _Sheet, place: Place, node: tree.Node) -> None:
    value = tree.plain(node)
    if place.key == "prompt_syntax" and value == "plain":
        return
    if value is None or value is False or value in ([], {}, ""):
        if value is False:
            sheet.warnings.append(f"`{place.key}: false` was left aside.")
        return
    why, remedy = names.UNSUPPORTED[place.key]
    raise JobError(
        f"`{place.key}` can't be used yet.", line=place.line, key=place.key, why=why, remedy=remedy
    )


def _compound(sheet: _Sheet, place: Place, node: tree.Node) -> None:
    value = tree.plain(node)
    if place.key == "size":
        width, height = shapes.pair(value, place.key, place.line)
        sheet.put("width", width, place)
        sheet.put("height", height, place)
    elif place.key == "scheduler":
        # ComfyUI and A1111 call the spread of the steps so; diffusers and InvokeAI the sampler.
        name = "schedule" if isinstance(value, str) and schedule_named(value) else "sampler"
        _convert(sheet, name, place, node)
    elif place.key == "batch_size":
        sheet.put("batch_size", value, place)
    else:
        sheet.put(place.key.replace("ip_adapter", "reference"), value, place)


def _convert(sheet: _Sheet, name: str, place: Place, node: tree.Node) -> None:
    value = tree.plain(node)
    if name in ("original_size", "target_size", "crops_coords_top_left") and value is not None:
        value = list(shapes.pair(value, place.key, place.line))
    elif name == "aspect" and value is not None:
        value = list(shapes.aspect(value, place.key, place.line))
    elif name == "sampler" and isinstance(value, str):
        value = _sampler(sheet, place, value)
    elif name == "schedule" and isinstance(value, str):
        value = _schedule(place, value)
    elif name == "references":
        value = _references(node, place)
    elif name in ("prompt", "prompt_2") and isinstance(value, str) and not value.strip():
        raise JobError(
            f"`{place.key}` is empty.",
            line=place.line,
            key=place.key,
            remedy="Write what the picture shall show, or remove the key.",
        )
    elif name.startswith(("prompt", "negative")) and isinstance(value, list | dict):
        raise _bracketed(place, node)
    elif name == "preset" and isinstance(value, list) and len(value) == 1:
        value = value[0]  # A1111's `styles` is a list
    sheet.put(name, value, place)


def _bracketed(place: Place, node: tree.Node) -> JobError:
    flow = isinstance(node, tree.Table) and node.flow
    kind = "list" if isinstance(node, tree.Listing) else "mapping"
    return JobError(
        f"`{place.key}` must be a text, but a {kind} stands here.",
        line=place.line,
        key=place.key,
        why="A bare { or [ begins a mapping or list in YAML." if flow or kind == "list" else "",
        remedy="Put the whole text in double quotes.",
    )


def _sampler(sheet: _Sheet, place: Place, value: str) -> str:
    found = sampler_named(value)
    if found is None:
        guess = names.did_you_mean(value, SAMPLERS)
        raise JobError(
            f"`{place.key}` names no sampler known here: {tree.shown(value)}.",
            line=place.line,
            key=place.key,
            why=guess,
            remedy=f"It can be {', '.join(SAMPLERS[:-1])} or {SAMPLERS[-1]}.",
        )
    sampler, schedule = found
    if schedule:
        sheet.put("schedule", schedule, place)
    return sampler


def _schedule(place: Place, value: str) -> str:
    found = schedule_named(value)
    if found is None:
        raise JobError(
            f"`{place.key}` names no schedule known here: {tree.shown(value)}.",
            line=place.line,
            key=place.key,
            why=names.did_you_mean(value, SCHEDULES),
            remedy=f"It can be {', '.join(SCHEDULES[:-1])} or {SCHEDULES[-1]}.",
        )
    return found


# --- references -----------------------------------------------------------------------------------


def _references(node: tree.Node, place: Place) -> list[dict[str, Any]] | None:
    if isinstance(node, tree.Scalar) and node.value is None:
        return None
    items = node.items if isinstance(node, tree.Listing) else (node,)
    return [_reference(item, place) for item in items]


def _reference(node: tree.Node, place: Place) -> dict[str, Any]:
    if isinstance(node, tree.Scalar):
        return {"image": node.value}
    if isinstance(node, tree.Listing):
        raise JobError("A reference must be a picture's name or a mapping.", line=node.line)
    sheet = _Sheet()
    for key, item in node.items.items():
        inner = Place(key, node.key_lines.get(key))
        name = names.REFERENCE_ALIASES.get(key, key)
        value = tree.plain(item)
        if name in ("mask", "cast"):
            if value is None:
                continue
            raise JobError(
                f"`{key}` of a reference can't be used yet.",
                line=inner.line,
                key=key,
                why="Masks and casts are not supported yet.",
                remedy="Remove the key; name the picture under `image`.",
            )
        if name not in REFERENCE_NAMES:
            raise _unknown_in_reference(inner, item, node)
        if name == "kind" and isinstance(value, str):
            value = names.KINDS.get(value.casefold(), value)
        sheet.put(name, value, inner)
    if "image" not in sheet.values:
        raise JobError(
            "A reference has no `image`.",
            line=node.line,
            key=place.key,
            remedy="Write for instance: references: [{image: anna.png, scale: 0.6}]",
        )
    start, end = sheet.values.get("start", 0.0), sheet.values.get("end", 1.0)
    if isinstance(start, int | float) and isinstance(end, int | float) and start >= end:
        raise JobError(
            "A reference must end after it starts.",
            line=sheet.places.get("end", sheet.places.get("start", place)).line,
            why=f"It starts at {start:g} and ends at {end:g} of the steps.",
        )
    return sheet.values


def _unknown_in_reference(place: Place, node: tree.Node, table: tree.Table) -> JobError:
    error = _unknown(place, node, table)
    if error.why.startswith("Inside {}"):
        return error
    return JobError(
        f"`{tree.shown(place.key)}` is not a key of a reference.",
        line=place.line,
        key=place.key,
        why=names.did_you_mean(place.key, (*REFERENCE_NAMES, *names.REFERENCE_ALIASES)),
        remedy=f"A reference has {', '.join(REFERENCE_NAMES[:-1])}.",
    )


def _join_flat_references(sheet: _Sheet) -> None:
    """`reference_image` + `reference_scale`, one each or lists of equal length."""
    image, scale = (
        sheet.values.pop("reference_image", None),
        sheet.values.pop("reference_scale", None),
    )
    place = sheet.places.pop("reference_image", None) or sheet.places.get("reference_scale")
    sheet.places.pop("reference_scale", None)
    if place is None or (image is None and scale is None):
        return
    if image is None:
        raise JobError(
            f"`{place.key}` stands without a picture.",
            line=place.line,
            key=place.key,
            remedy="Name the picture: reference_image: anna.png",
        )
    images = image if isinstance(image, list) else [image]
    scales = scale if isinstance(scale, list) else [scale] * len(images)
    if len(images) != len(scales):
        raise JobError(
            f"There are {len(images)} reference pictures and {len(scales)} scales.",
            line=place.line,
            key=place.key,
            remedy="Give one scale, or one for each picture.",
        )
    items = [
        {"image": one} | ({} if two is None else {"scale": two})
        for one, two in zip(images, scales, strict=True)
    ]
    sheet.put("references", items, place)


# --- numbers that belong together -----------------------------------------------------------------


def _join_batches(sheet: _Sheet) -> None:
    """A1111's `batch_size` multiplies the count."""
    if "batch_size" not in sheet.values:
        return
    place = sheet.places.pop("batch_size")
    size, count = sheet.values.pop("batch_size"), sheet.values.get("count", 1)
    if size is None:
        return
    if isinstance(size, bool) or not isinstance(size, int) or size < 1:
        raise JobError(
            f"`batch_size` must be a whole number, at least 1, but {words.say(size)}.",
            line=place.line,
            key=place.key,
        )
    if isinstance(count, int) and not isinstance(count, bool):
        sheet.values["count"] = count * size
        sheet.places.setdefault("count", place)


def _round_sides(sheet: _Sheet) -> None:
    for name in ("width", "height"):
        value = sheet.values.get(name)
        if isinstance(value, bool) or not isinstance(value, int) or value % 8 == 0 or value < 8:
            continue
        rounded = (value + 4) // 8 * 8
        sheet.values[name] = rounded
        sheet.warnings.append(f"`{name}` {value} was rounded to {rounded}, a multiple of 8.")


def _check_shape(sheet: _Sheet) -> None:
    given = [name for name in ("width", "height", "aspect") if sheet.values.get(name) is not None]
    if len(given) == 3:
        place = sheet.places["aspect"]
        raise JobError(
            f"`{place.key}` stands beside both `width` and `height`.",
            line=place.line,
            key=place.key,
            remedy="Keep either the shape, or the two sizes.",
        )


# --- the door -------------------------------------------------------------------------------------


def _validated(sheet: _Sheet) -> dict[str, Any]:
    try:
        JobForm.model_validate(sheet.values)
    except ValidationError as error:
        raise _first(error, sheet) from None
    return sheet.values


def _first(error: ValidationError, sheet: _Sheet) -> JobError:
    found: list[dict[str, Any]] = [dict(item) for item in error.errors(include_url=False)]
    found.sort(key=lambda item: sheet.places.get(str(item["loc"][0]), Place("")).line or 0)
    top = str(found[0]["loc"][0])
    mine = [item for item in found if str(item["loc"][0]) == top]
    item = _seed_error(mine) if top == "seed" else mine[0]
    place = sheet.places.get(top, Place(top))
    inner = [part for part in item["loc"][1:] if isinstance(part, str)]
    key = inner[-1] if top == "references" and inner else place.key
    what, why, remedy = words.describe(key, item)
    return JobError(what, line=place.line, key=key, why=why, remedy=remedy)


def _seed_error(items: list[dict[str, Any]]) -> dict[str, Any]:
    """Of the complaints of -1, number and list, the one that fits what was typed."""
    wants_list = any(isinstance(item["input"], list) for item in items)
    for item in items:
        if str(item["loc"][1]).startswith("list") == wants_list and item["type"] != "literal_error":
            return item
    return items[-1]


def relabelled(level: Level, origin: str) -> Level:
    """The same level, its warnings naming the file they come from."""
    return replace(level, warnings=tuple(f"{origin}: {text}" for text in level.warnings))
