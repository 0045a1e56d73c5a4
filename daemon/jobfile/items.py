"""Mappings inside a job file: the items of `references` and `loras`, and `hires`.

Each key of such a mapping is turned into our name and remembered with its line, like those of the
file itself. Several LoRAs or references may also be written as other tools do, in parallel lists.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from daemon.errors import JobError
from daemon.jobfile import aliases as names
from daemon.jobfile import tree
from daemon.jobfile.a1111_keys import enlarged_by
from daemon.jobfile.as_typed import number_of
from daemon.jobfile.collected import Place, Sheet, place_of, unknown
from daemon.jobfile.foreign_values import model_named
from daemon.jobfile.schema import HIRES_NAMES, LORA_NAMES
from daemon.protocol.json_object import JsonObject
from daemon.protocol.render import made_steps
from daemon.text.counted import agrees, counted

_SUFFIX = ".safetensors"
HIRES_KEYS = ("enable_hr", "hr_scale", "hr_second_pass_steps", "hr_resize_x", "hr_resize_y")


def inner(
    outer: Sheet,
    node: tree.Table,
    at: tuple[str, int | str],
    *,
    ours: Iterable[str],
    aliases: Mapping[str, str],
    of: str,
) -> Sheet:
    """The keys of one inner mapping under our names; `at` is its place: ("loras", 0)."""
    sheet, ours = Sheet(), tuple(ours)
    for key, item in node.items.items():
        place = place_of(node, key)
        word = names.known_word(key, (*ours, *aliases))
        name = aliases.get(word, word)
        if name not in ours:
            said = ", ".join(one for one in ours if not one.endswith("sha256"))
            raise unknown(
                place,
                item,
                node,
                known=(*ours, *aliases),
                of=of,
                remedy=f"{of.capitalize()} has {said}.",
            )
        sheet.put(name, tree.plain(item), place)
        outer.inner[(*at, name)] = place
    return sheet


# --- LoRAs ----------------------------------------------------------------------------------------


def listed_loras(outer: Sheet, node: tree.Node, place: Place) -> list[JsonObject] | None:
    """A list of mappings or bare names, or one of either."""
    if isinstance(node, tree.Scalar) and node.value is None:
        return None
    items = node.items if isinstance(node, tree.Listing) else (node,)
    return [_lora(outer, index, item, place) for index, item in enumerate(items)]


def _lora(outer: Sheet, index: int, node: tree.Node, place: Place) -> JsonObject:
    if isinstance(node, tree.Scalar):
        outer.inner["loras", index, "name"] = Place(place.key, node.line, number=number_of(node))
        return {"name": _bare(node.value)}
    if isinstance(node, tree.Listing):
        raise JobError("A LoRA must be a name or a mapping.", line=node.line, key=place.key)
    sheet = inner(
        outer,
        node,
        ("loras", index),
        ours=LORA_NAMES,
        aliases=names.LORA_ALIASES,
        of="a LoRA",
    )
    if "name" not in sheet.values:
        raise JobError(
            "A LoRA has no `name`.",
            line=node.line,
            key=place.key,
            remedy="Write for instance: loras: [{name: chalk, scale: 0.8}]",
        )
    sheet.values["name"] = _bare(sheet.values["name"])
    return sheet.values


def _bare(name: object) -> object:
    """A file's name without its suffix; anything else as it is."""
    return name.removesuffix(_SUFFIX) if isinstance(name, str) else name


def _file_name(path: object) -> object:
    """mflux names LoRAs by the files they lie in on the machine that made the picture."""
    return model_named(path) if isinstance(path, str) else path


def join_loras(sheet: Sheet) -> None:
    """mflux's `lora_paths` and `lora_scales`."""
    paths, scales = sheet.values.pop("lora_paths", None), sheet.values.pop("lora_scales", None)
    of_scale = sheet.places.pop("lora_scales", None)
    place = sheet.places.pop("lora_paths", None) or of_scale
    if place is None or (paths in (None, []) and scales in (None, [])):
        return
    listed = paths if isinstance(paths, list) else [] if paths is None else [paths]
    weights = scales if isinstance(scales, list) else [scales] * len(listed)
    if len(listed) != len(weights):
        raise JobError(
            f"There {agrees(len(listed), 'is', 'are')} {counted(len(listed), 'LoRA')} and "
            f"{counted(len(weights), 'scale')}.",
            line=place.line,
            key=place.key,
            remedy="Give one scale for each LoRA.",
        )
    items = [
        {"name": _file_name(name)} | ({} if scale is None else {"scale": scale})
        for name, scale in zip(listed, weights, strict=True)
    ]
    for index in range(len(items)):
        if of_scale is not None:
            sheet.inner["loras", index, "scale"] = of_scale.of_item(index)
    sheet.put("loras", items, place)


# --- the second pass ------------------------------------------------------------------------------


def second_pass(outer: Sheet, node: tree.Node, place: Place) -> object:
    """A mapping, a bare scale, or true for everything as usual."""
    if isinstance(node, tree.Table):
        return inner(
            outer,
            node,
            ("hires", 0),
            ours=HIRES_NAMES,
            aliases=names.HIRES_ALIASES,
            of="`hires`",
        ).values
    value = tree.plain(node)
    if value is None or value is False:
        return None
    if value is True:
        return {}
    if not isinstance(value, int | float):
        return value
    outer.inner["hires", 0, "scale"] = place
    return {"scale": value}


def join_hires(sheet: Sheet) -> None:
    """A1111's `enable_hr` with its companions; without it they mean nothing there either."""
    found = {key: sheet.values.pop(key, None) for key in HIRES_KEYS}
    places = {key: sheet.places.pop(key, None) for key in HIRES_KEYS}
    place = places["enable_hr"]
    if place is None or found["enable_hr"] is not True:
        for key in HIRES_KEYS:
            if found[key] not in (None, 0) or found[key] is False:
                sheet.warnings.append(f"`{key}` was left aside: no second pass is asked for.")
        return
    scale = enlarged_by(sheet, found["hr_resize_x"], found["hr_resize_y"], place)
    typed = places["hr_scale"] if scale is None else None
    scale = found["hr_scale"] if scale is None else scale
    asked: JsonObject = {"scale": 2 if scale is None else scale}
    strength = sheet.places.get("strength")
    if (
        strength is not None
        and strength.key == "denoising_strength"
        and "image" not in sheet.values
    ):
        asked["strength"] = sheet.values.pop("strength")
        sheet.places.pop("strength")
    made = found["hr_second_pass_steps"]
    if isinstance(made, int) and not isinstance(made, bool) and made > 0:
        asked["steps"] = _schedule_making(made, asked.get("strength", 0.5))
    for name, at in (("scale", typed), ("strength", strength)):
        if at is not None:
            sheet.inner["hires", 0, name] = at
    sheet.put("hires", asked, place)


def _schedule_making(made: int, strength: object) -> int:
    """The shortest schedule of which `strength` makes so many steps; A1111 counts those made."""
    if not isinstance(strength, int | float) or not 0 < strength <= 1:
        return made  # it is refused for what it is later
    return next((n for n in range(made, 150) if made_steps(n, strength) >= made), 150)
