"""One level of a job: the settings' defaults, a folder's `_defaults.yaml`, or the file itself.

Turns a table of typed keys into values under our names, each remembering its line and the key as
it was written; says what is wrong with the words of the person who wrote it. Levels are merged
by `precedence`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from pydantic import ValidationError

from daemon.errors import JobError
from daemon.jobfile import (
    a1111_keys,
    aliases,
    cast_items,
    control_items,
    numbers,
    pairs,
    reference_items,
    sampling_words,
    tree,
    typed,
    value_errors,
    vary,
)
from daemon.jobfile import items as nested
from daemon.jobfile.collected import Place, Sheet, place_of, unknown
from daemon.jobfile.schema import NAMES, JobForm
from daemon.protocol.json_object import JsonObject
from daemon.text.printable import visible


@dataclass(frozen=True, slots=True)
class Level:
    """Checked values under our names. `places` has at least the same keys."""

    values: JsonObject = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def place(self, key: str) -> Place:
        return self.places.get(key, Place(key))


_TOGETHER: Sequence[tuple[frozenset[str], Callable[[Sheet], None]]] = (
    (frozenset({"batch_size"}), numbers.join_batches),
    (frozenset({"sampler_index"}), sampling_words.join_sampler_index),
    (frozenset({"schedule"}), a1111_keys.join_schedule),
    (frozenset({"reference_image", "reference_scale"}), reference_items.join_flat),
    (frozenset(aliases.FLAT_CONTROLS), control_items.join_flat),
    (frozenset({"lora_paths", "lora_scales"}), nested.join_loras),
    (frozenset(nested.HIRES_KEYS), nested.join_hires),
    (frozenset({"strength"}), a1111_keys.drop_idle_strength),
    (frozenset({"width", "height"}), numbers.round_sides),
    (frozenset({"aspect"}), numbers.check_shape),
)
"""What is settled once all keys are read, in this order, where one of these keys was."""

KNOWN = (*NAMES, *aliases.ALIASES, *aliases.COMPOUND, *aliases.UNSUPPORTED)
_WORDS = (*KNOWN, *aliases.OTHER_WAYS)
_WORDS_SET, _OURS = frozenset(_WORDS), frozenset(NAMES)


def make_level(table: tree.Table, *, of: str = "a job file", beside: Sequence[str] = ()) -> Level:
    """The level that `table` describes, which is called `of`; `beside` are keys that could stand
    there too and are read by others. Raises JobError."""
    sheet = Sheet()
    sheet.warnings.extend(table.warnings)
    for key, node in table.items.items():
        place = place_of(table, key)
        if not _take(sheet, place, node):
            raise unknown(
                place,
                node,
                table,
                known=(*KNOWN, *beside),
                of=of,
                remedy="`hotfolder schema` lists them; free text belongs under `notes`.",
            )
    for keys, settle in _TOGETHER:
        if not keys.isdisjoint(sheet.places):
            settle(sheet)
    return Level(_validated(sheet), sheet.places, tuple(sheet.warnings))


def _take(sheet: Sheet, place: Place, node: tree.Node) -> bool:
    """Whether the key is one that a job file may have."""
    key = place.key if place.key in _WORDS_SET else aliases.known_word(place.key, _WORDS)
    if key in aliases.UNSUPPORTED:
        _unsupported(sheet, place, key, node)
    elif key in aliases.COMPOUND:
        _compound(sheet, place, key, typed.unquoted(sheet, key, place, node))
    elif key in _OURS or key in aliases.ALIASES:
        name = aliases.ALIASES.get(key, key)
        node = typed.unquoted(sheet, name, place, node)
        typed.check(sheet, name, place, node)
        _convert(sheet, name, place, node)
    elif key == "$schema":
        pass  # how a JSON file tells an editor of our schema
    elif key in aliases.IGNORED or key.startswith("hr_"):
        if tree.plain(node) is not None:  # bodies of other tools hold every key they have
            said = f"`{tree.shown(key)}` is a key of another tool and was left aside."
            sheet.warnings.append(said)
    elif key in aliases.OTHER_WAYS:
        raise another_way(place, key)
    else:
        return False
    return True


def another_way(place: Place, key: str) -> JobError:
    """What to say of a key that people expect, and that is written otherwise here."""
    why, remedy = aliases.OTHER_WAYS[key]
    what = f"`{tree.shown(place.key)}` is not a key here."
    return JobError(what, line=place.line, key=place.key, why=why, remedy=remedy)


def _unsupported(sheet: Sheet, place: Place, key: str, node: tree.Node) -> None:
    value = tree.plain(node)
    if value is None or value is False or value in ([], {}, ""):
        if value is False:
            sheet.warnings.append(f"`{place.key}: false` was left aside.")
        return
    why, remedy = aliases.UNSUPPORTED[key]
    raise JobError(
        f"`{place.key}` can't be used yet.", line=place.line, key=place.key, why=why, remedy=remedy
    )


def _compound(sheet: Sheet, place: Place, key: str, node: tree.Node) -> None:
    value = tree.plain(node)
    typed.refuse_padded(place, node)
    if key == "size":
        width, height = pairs.pair(value, place)
        sheet.put("width", width, place.of_item(0))
        sheet.put("height", height, place.of_item(1))
    elif key == "scheduler":
        name = "schedule" if sampling_words.means_schedule(value) else "sampler"
        _convert(sheet, name, place, node)
    elif key == "override_settings":
        a1111_keys.take_override_settings(sheet, place, node)
    elif key == "image_strength":
        if value is not None:
            sheet.put("strength", _inverse(value, place), place)
    else:
        sheet.put(key.replace("ip_adapter_", "reference_"), value, place)


def _convert(sheet: Sheet, name: str, place: Place, node: tree.Node) -> None:
    value = tree.plain(node)
    if name in ("original_size", "target_size", "crops_coords_top_left") and value is not None:
        value = list(pairs.pair(value, place))
    elif name == "aspect" and value is not None:
        value = list(pairs.aspect(value, place))
    elif name == "sampler" and isinstance(value, str):
        value = sampling_words.sampler(sheet, place, value)
    elif name == "schedule" and isinstance(value, str):
        value = sampling_words.schedule(sheet, place, value)
    elif name == "references":
        value = reference_items.listed(sheet, node, place)
    elif name == "drawing":
        value = control_items.drawing(sheet, node, place)
    elif name == "controls":
        value = control_items.listed(sheet, node, place)
    elif name == "loras":
        value = nested.listed_loras(sheet, node, place)
    elif name == "vary":
        value = vary.parse(node, place)
    elif name == "hires":
        value = nested.second_pass(sheet, node, place)
    elif name == "cast":
        value = cast_items.listed_cast(sheet, node, place)
    elif name in ("with", "without"):
        value = cast_items.listed_names(node, place)
    elif name == "place":
        value = cast_items.listed_places(node, place)
    elif name in ("prompt", "prompt_2") and isinstance(value, str) and not visible(value):
        raise JobError(
            f"`{place.key}` is empty.",
            line=place.line,
            key=place.key,
            remedy="Write what the picture shall show, or remove the key.",
        )
    elif name.startswith(("prompt", "negative")) and isinstance(value, list | dict):
        raise _bracketed(place, node)
    elif name == "preset" and isinstance(value, list) and len(value) < 2:
        value = value[0] if value else None  # A1111's `styles` is a list
    sheet.put(name, value, place)


def _inverse(value: object, place: Place) -> float:
    """mflux says how much of the picture is kept."""
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 0.99:
        return round(1 - value, 9)
    said = value_errors.say(value, place.number)
    raise JobError(
        f"`{place.key}` must be a number from 0 to 0.99, but {said}.",
        line=place.line,
        key=place.key,
        why="It says how much of the picture is kept.",
        remedy="Or say with `strength` how much is painted anew.",
    )


def _bracketed(place: Place, node: tree.Node) -> JobError:
    flow = isinstance(node, tree.Table | tree.Listing) and node.flow
    kind = "list" if isinstance(node, tree.Listing) else "mapping"
    return JobError(
        f"`{place.key}` must be a text, but a {kind} stands here.",
        line=place.line,
        key=place.key,
        why="A bare { or [ begins a mapping or list in YAML." if flow else "",
        remedy="Put the whole text in double quotes." if flow else "Write it as one text.",
    )


# --- checked against the schema ------------------------------------------------------------------


def _validated(sheet: Sheet) -> JsonObject:
    try:
        JobForm.model_validate(sheet.values)
    except ValidationError as error:
        raise value_errors.first(error, sheet) from None
    return sheet.values


def relabelled(level: Level, origin: str) -> Level:
    """The same level, its places and warnings naming the file they come from."""
    return replace(
        level,
        places={key: replace(place, file=origin) for key, place in level.places.items()},
        warnings=tuple(f"{origin}: {text}" for text in level.warnings),
    )
