"""Drawings and other pictures that say what is where: `drawing`, `controls`, and flat keys of other
tools.

How strongly is said in numbers, or in a word (`loose`, `follow`, `exact`), which means other
numbers for a rough drawing than for clean lines. A word stays one in the values of a level: what it
means also hangs on the control model.
"""

from __future__ import annotations

import re

from daemon.errors import JobError
from daemon.formats.kinds import SUFFIXES
from daemon.jobfile import aliases, tree
from daemon.jobfile.as_typed import number_of
from daemon.jobfile.collected import Place, Sheet
from daemon.jobfile.items import inner
from daemon.jobfile.job_parts import AUTO, DRAWN
from daemon.jobfile.schema import CONTROL_NAMES
from daemon.protocol.closeness import WORDS, followed
from daemon.protocol.json_object import JsonObject
from daemon.protocol.render import CONTROL_KINDS
from daemon.text.counted import agrees, counted
from daemon.text.suggest import did_you_mean

_FLAT = aliases.FLAT_CONTROLS
_UNSAID = (None, 1, 0, [1], [0])
"""diffusers' own defaults, which stand in every body that is written out."""

_EXAMPLES = {
    "drawing": "drawing: 010.png",
    "controls": "controls: [{image: 010.png, kind: drawing}]",
}

LAYERS = "layers"
"""Instead of a picture, in defaults: what was drawn of each board of a scene of Storyboarder."""

_WITH_WORD = re.compile(
    rf"(?P<image>{AUTO}|{LAYERS}|.*(?:{'|'.join(map(re.escape, SUFFIXES))}))"
    rf"[\s,=]+(?P<word>{'|'.join(WORDS)}|\d(?:\.\d+)?|\.\d+)",
    re.IGNORECASE | re.DOTALL,
)
"""`010.png exact`, `010.png=0.5`: a picture's whole name, and how closely it is followed."""


def drawing(outer: Sheet, node: tree.Node, place: Place) -> JsonObject | None:
    """`drawing`: a picture's name, perhaps with a word after it, or a mapping. Raises JobError."""
    if isinstance(node, tree.Listing):
        if len(node.items) != 1:
            raise JobError(
                f"`{place.key}` is one picture, but a list of {len(node.items)} stands here.",
                line=node.line,
                key=place.key,
                remedy="Write several under `controls`, each with its `image`.",
            )
        node = node.items[0]
    if isinstance(node, tree.Scalar) and node.value is None:
        return None
    return _item(outer, ("drawing", 0), node, place, "a drawing")


def listed(outer: Sheet, node: tree.Node, place: Place) -> list[JsonObject] | None:
    """`controls`: mappings or bare names, or one of either. Raises JobError."""
    if isinstance(node, tree.Scalar) and node.value is None:
        return None
    items = node.items if isinstance(node, tree.Listing) else (node,)
    return [
        _item(outer, ("controls", index), item, place, "a control")
        for index, item in enumerate(items)
    ]


def _item(outer: Sheet, at: tuple[str, int], node: tree.Node, place: Place, of: str) -> JsonObject:
    if isinstance(node, tree.Listing):
        what = f"{of.capitalize()} must be a picture's name or a mapping."
        raise JobError(what, line=node.line, key=place.key)
    if isinstance(node, tree.Scalar):
        outer.inner[(*at, "image")] = Place(place.key, node.line, number=number_of(node))
        values = _named(node.value)
    else:
        aliased = aliases.CONTROL_ALIASES
        sheet = inner(outer, node, at, ours=CONTROL_NAMES, aliases=aliased, of=of)
        values = sheet.values
        if values.get("image") is None:
            raise JobError(
                f"{of.capitalize()} has no `image`.",
                line=node.line,
                key=place.key,
                remedy=f"Write for instance {_EXAMPLES[at[0]]}",
            )
        for key in [key for key, value in values.items() if value is None]:
            del values[key]  # as if it were not there
    if (word := str(values["image"]).casefold()) in (AUTO, LAYERS):
        values["image"] = word
    kind = values.get("kind")
    if isinstance(kind, str):
        known = {each: each for each in CONTROL_KINDS} | aliases.CONTROL_KINDS
        values["kind"] = known.get(kind.casefold(), kind)
    if values["image"] == AUTO and values.get("sha256") is None:
        _check_lines(values, outer, at, place)
    _check_word(values, outer, at, place)
    _check_window(values, outer, at, place, of)
    return values


def _check_lines(values: JsonObject, outer: Sheet, at: tuple[str, int], place: Place) -> None:
    """The thumbnail of a prompt is lines, and no map of depths. Raises JobError."""
    kind = values.get("kind") or DRAWN[0]
    if kind in (*DRAWN, "edges"):
        return
    here = outer.inner.get((*at, "kind"), place)
    raise JobError(
        f"The thumbnail of a prompt is lines, and can't be followed as {tree.shown(str(kind))}.",
        line=here.line,
        key=here.key,
        remedy="Write drawing: auto, or name a picture of that kind.",
    )


def _named(value: object) -> JsonObject:
    """`010.png`, or `010.png exact`."""
    found = _WITH_WORD.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return {"image": value}
    word = found["word"]
    return {"image": found["image"], "scale": word if word.isalpha() else float(word)}


def _check_word(values: JsonObject, outer: Sheet, at: tuple[str, int], place: Place) -> None:
    """What stands for `scale` is a number or one of the words. Raises JobError."""
    word = values.get("scale")
    if isinstance(word, str) and word.casefold() not in WORDS:
        here = outer.inner.get((*at, "scale"), place)
        raise JobError(
            f"`{here.key}` must be a number or one of {', '.join(WORDS)}, but the text "
            f'"{tree.shown(word)}" stands here.',
            line=here.line,
            key=here.key,
            why=did_you_mean(word, WORDS),
            remedy="Write for instance scale: 0.7, or scale: exact",
        )
    if isinstance(word, str):
        values["scale"] = word.casefold()
    for key in ("scale", "start", "end"):
        if values.get(key) is None:
            values.pop(key, None)


def _check_window(
    values: JsonObject, outer: Sheet, at: tuple[str, int], place: Place, of: str
) -> None:
    start, end = values.get("start", 0.0), followed(values).end
    if isinstance(start, int | float) and isinstance(end, int | float) and start >= end:
        here = outer.inner.get((*at, "end"), outer.inner.get((*at, "start"), place))
        raise JobError(
            f"{of.capitalize()} must end after it starts.",
            line=here.line,
            key=here.key,
            why=f"It starts at {outer.said((*at, 'start'), start)} and ends at "
            f"{outer.said((*at, 'end'), end)} of the steps.",
        )


def join_flat(sheet: Sheet) -> None:
    """diffusers' `control_image` and what goes with it: one each, or lists of equal length. Raises
    JobError."""
    said = {key: sheet.values.pop(key, None) for key in _FLAT}
    places = {key: sheet.places.pop(key) for key in _FLAT if key in sheet.places}
    images = said.pop("control_image")
    if images is None:
        for key, value in said.items():
            if value not in _UNSAID:
                here = places[key]
                raise JobError(
                    f"`{here.key}` stands without a picture.",
                    line=here.line,
                    key=here.key,
                    remedy="Name the picture: control_image: 010.png",
                )
        return
    place = places["control_image"]
    images = images if isinstance(images, list) else [images]
    items: list[JsonObject] = [{"image": one} for one in images]
    for key, value in said.items():
        if value is None:
            continue
        values = value if isinstance(value, list) else [value] * len(items)
        if len(values) != len(items):
            here = places[key]
            raise JobError(
                f"There {agrees(len(items), 'is', 'are')} {counted(len(items), 'control picture')} "
                f"and {len(values)} of `{here.key}`.",
                line=here.line,
                key=here.key,
                remedy="Give one, or one for each picture.",
            )
        for index, (item, one) in enumerate(zip(items, values, strict=True)):
            item[_FLAT[key]] = one
            sheet.inner["controls", index, _FLAT[key]] = places[key].of_item(index)
    for index, item in enumerate(items):
        _check_word(item, sheet, ("controls", index), place)
        _check_window(item, sheet, ("controls", index), place, "a control")
    sheet.put("controls", items, place)
