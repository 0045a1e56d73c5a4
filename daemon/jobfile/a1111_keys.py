"""Keys of A1111's API that are more than another name for one of ours.

Each says something only beside others: an older word that yields to the newer, settings inside a
mapping, the size a second pass comes to, a schedule that depends on the sampler.
"""

from __future__ import annotations

from daemon.errors import JobError
from daemon.jobfile import tree
from daemon.jobfile.collected import Place, Sheet, place_of
from daemon.jobfile.foreign_values import clip_skip, model_named
from daemon.jobfile.item_forms import MAX_ENLARGED
from daemon.protocol.samplers import automatic_schedule

STRENGTH_KEY = "denoising_strength"


def take_override_settings(sheet: Sheet, place: Place, node: tree.Node) -> None:
    """Of the settings, the checkpoint is our `model`; each other one is told."""
    if not isinstance(node, tree.Table) or not node.items:
        if tree.plain(node) is not None:
            sheet.warnings.append(f"`{place.key}` is a key of another tool and was left aside.")
        return
    for key, item in node.items.items():
        value = tree.plain(item)
        inner = place_of(node, key)
        if tree.is_nothing(item):
            continue
        if key == "sd_model_checkpoint" and isinstance(value, str):
            sheet.put("model", model_named(value), inner)
        elif key == "CLIP_stop_at_last_layers" and (found := clip_skip(value)) is not None:
            if found:
                sheet.put("clip_skip", found["clip_skip"], inner)
        else:
            said = f"{place.key}.{tree.shown(key)}"
            sheet.warnings.append(f"`{said}` is a setting of another tool and was left aside.")


def join_schedule(sheet: Sheet) -> None:
    """`Automatic` is what the sampler goes by in A1111; without a sampler, the model's own."""
    place = sheet.automatic
    if place is None or sheet.values.get("schedule") is not None:
        return
    sampler = sheet.values.get("sampler")
    sheet.values["schedule"] = automatic_schedule(sampler) if isinstance(sampler, str) else None
    sheet.places["schedule"] = place


def drop_idle_strength(sheet: Sheet) -> None:
    """A1111 writes a `denoising_strength` of 0 into every job; without a picture it is idle."""
    place, value = sheet.places.get("strength"), sheet.values.get("strength")
    if place is None or place.key != STRENGTH_KEY or isinstance(value, bool) or value != 0:
        return
    if sheet.values.get("image") is None and sheet.values.get("hires") is None:
        del sheet.values["strength"], sheet.places["strength"]


def enlarged_by(sheet: Sheet, width: object, height: object, place: Place) -> float | None:
    """The scale of a second pass that comes to so many pixels; None if neither is given. One may
    be 0. Raises JobError for another shape, or where the first pass has no size."""
    wanted = {"width": width or None, "height": height or None}
    asked = {side: value for side, value in wanted.items() if value is not None}
    if not asked:
        return None
    scales = []
    for side, value in asked.items():
        first = sheet.values.get(side)
        if not _is_size(value) or not _is_size(first):
            raise JobError(
                "`hr_resize_x` and `hr_resize_y` need a `width` and `height` to be scaled from.",
                line=place.line,
                key=place.key,
                remedy="Write width and height, or hr_scale instead.",
            )
        assert isinstance(value, int)
        assert isinstance(first, int)
        scales.append(value / first)
    if max(scales) - min(scales) > 0.02 * max(scales):
        raise JobError(
            "`hr_resize_x` and `hr_resize_y` ask for another shape than `width` and `height`.",
            line=place.line,
            key=place.key,
            why="The second pass enlarges the picture as a whole.",
            remedy="Set one of them to 0, or write hr_scale instead.",
        )
    if not 1 <= scales[0] <= MAX_ENLARGED:
        raise JobError(
            f"`hr_resize_x` and `hr_resize_y` enlarge the picture by a factor of {scales[0]:.4g}.",
            line=place.line,
            key=place.key,
            why=f"It can be 1 to {MAX_ENLARGED}.",
        )
    return round(scales[0], 6)


def _is_size(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0
