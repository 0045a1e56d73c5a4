"""References as people write them: a list of mappings, a bare file name, or two flat keys."""

from __future__ import annotations

from daemon.errors import JobError
from daemon.jobfile import aliases, tree
from daemon.jobfile.as_typed import number_of
from daemon.jobfile.collected import Place, Sheet
from daemon.jobfile.items import inner
from daemon.jobfile.schema import REFERENCE_NAMES
from daemon.protocol.json_object import JsonObject
from daemon.text.counted import agrees, counted


def listed(outer: Sheet, node: tree.Node, place: Place) -> list[JsonObject] | None:
    if isinstance(node, tree.Scalar) and node.value is None:
        return None
    items = node.items if isinstance(node, tree.Listing) else (node,)
    return [_reference(outer, index, item, place) for index, item in enumerate(items)]


def _reference(outer: Sheet, index: int, node: tree.Node, place: Place) -> JsonObject:
    if isinstance(node, tree.Scalar):
        outer.inner["references", index, "image"] = Place(
            place.key, node.line, number=number_of(node)
        )
        return {"image": node.value}
    if isinstance(node, tree.Listing):
        raise JobError("A reference must be a picture's name or a mapping.", line=node.line)
    sheet = inner(
        outer,
        node,
        ("references", index),
        ours=REFERENCE_NAMES,
        aliases=aliases.REFERENCE_ALIASES,
        of="a reference",
    )
    kind = sheet.values.get("kind")
    if isinstance(kind, str):
        sheet.values["kind"] = aliases.KINDS.get(kind.casefold(), kind)
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
            why=f"It starts at {outer.said(('references', index, 'start'), start)} and ends at "
            f"{outer.said(('references', index, 'end'), end)} of the steps.",
        )
    return sheet.values


def join_flat(sheet: Sheet) -> None:
    """`reference_image` + `reference_scale`, one each or lists of equal length."""
    image, scale = (
        sheet.values.pop("reference_image", None),
        sheet.values.pop("reference_scale", None),
    )
    of_scale = sheet.places.pop("reference_scale", None)
    place = sheet.places.pop("reference_image", None) or of_scale
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
            f"There {agrees(len(images), 'is', 'are')} "
            f"{counted(len(images), 'reference picture')} and {counted(len(scales), 'scale')}.",
            line=place.line,
            key=place.key,
            remedy="Give one scale, or one for each picture.",
        )
    items = [
        {"image": one} | ({} if two is None else {"scale": two})
        for one, two in zip(images, scales, strict=True)
    ]
    for index in range(len(items)):
        if of_scale is not None:
            sheet.inner["references", index, "scale"] = of_scale.of_item(index)
    sheet.put("references", items, place)
