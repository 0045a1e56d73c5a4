"""The drawings in a scene of Storyboarder: which file of `images/` is what was drawn of a board.

Whether they are followed, `drawing: layers` in the defaults above the scene says. Goes by names
alone.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path, PurePath

from daemon.boards.belongings import DRAWINGS
from daemon.jobfile import tree
from daemon.jobfile.control_items import LAYERS
from daemon.jobfile.defaults import JobDefaults
from daemon.jobfile.precedence import Merged
from daemon.jobfile.read import outer_levels
from daemon.protocol.json_object import JsonObject

MOST = 50_000
"""Files of the folder that are looked at: ten for each of a scene's boards."""

DRAWN = ("ink", "pencil", "tone", "fill", "main")
"""Layers that a hand has drawn, those first that say most of where things are."""

_BESIDE = ("reference", "shot-generator", "notes")
"""Layers that are shown with them and are no drawing: in the flattened picture they would be taken
for one."""


@dataclass(frozen=True, slots=True)
class Layers:
    """`names` are the files in `images/` of a scene; `how` says how closely its drawings are
    followed."""

    names: frozenset[str]
    how: JsonObject = field(default_factory=dict)


def layers_of(
    folder: Path, base: JobDefaults, defaults: Sequence[tuple[str, bytes]]
) -> Layers | None:
    """Those of a scene in `folder`, where what holds for it asks that they be followed. Raises
    DefaultsError."""
    if not base.values.get("drawing") and not any(
        b"layers" in data.lower() for _, data in defaults
    ):
        return None
    asked = Merged(base, outer_levels(base, defaults), lenient=False).values.get("drawing") or {}
    if asked.get("image") != LAYERS:
        return None
    try:
        names = frozenset(islice(os.listdir(folder / DRAWINGS), MOST))
    except OSError:
        names = frozenset()
    return Layers(names, {key: value for key, value in asked.items() if key != "image"})


def is_drawn(board: tree.Table) -> bool:
    """Whether a hand has drawn something of it, as it says itself."""
    return bool(_drawn(board))


def drawing_of(board: tree.Table, layers: Layers) -> str:
    """The file that shows what was drawn of a board, below its scene's folder; "" where none lies
    there. Of several layers it is the flattened picture, unless that shows more than them."""
    url = PurePath(_text(board.items.get("url")))
    drawn = [_file(board, name, url) for name in _drawn(board)]
    flattened = [f"{url.stem}-posterframe.jpg"]
    if not drawn:  # a scene of old has one drawing of each board, and no layers
        wanted = [url.name]
    elif any(name in _layers(board) for name in _BESIDE):
        wanted = drawn
    else:
        wanted = [*drawn, *flattened] if len(drawn) == 1 else [*flattened, *drawn]
    found = next((name for name in wanted if name in layers.names), "")
    return f"{DRAWINGS}/{found}" if found else ""


def _drawn(board: tree.Table) -> list[str]:
    there = _layers(board)
    return [name for name in DRAWN if name in there]


def _layers(board: tree.Table) -> Mapping[str, tree.Node]:
    layers = board.items.get("layers")
    return layers.items if isinstance(layers, tree.Table) else {}


def _file(board: tree.Table, name: str, url: PurePath) -> str:
    layer = _layers(board)[name]
    said = _text(layer.items.get("url")) if isinstance(layer, tree.Table) else ""
    return said or f"{url.stem}-{name}.png"


def _text(node: tree.Node | None) -> str:
    return node.value if isinstance(node, tree.Scalar) and isinstance(node.value, str) else ""
