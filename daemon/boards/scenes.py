"""The scenes of shots that are screenplay headings: thumbnails draw them, no model reads them.

Says so once of a board, where the shots themselves don't name their place. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from daemon.boards.board import Shot
from daemon.boards.formats.fountain_lines import HEADING, place_of
from daemon.jobfile import tree

_WORD = re.compile(r"[^\W\d_]{3,}")


def unpainted_scenes(shots: Sequence[Shot]) -> Iterator[str]:
    """What is said of a board of which shots leave their place to the heading of their scene."""
    bare = [shot for shot in shots if _is_bare(shot)]
    if not bare:
        return
    heading = bare[0].told["scene"].partition("\n")[0]
    more = f" and {len(bare) - 1} more" if len(bare) > 1 else ""
    yield (
        f"Scene headings (`{tree.shown(heading, 40)}`) are drawn in thumbnails and not painted, "
        f"and shot {tree.shown(bare[0].id)}{more} "
        f"{'name' if more else 'names'} no place: what is to be painted of it belongs into the "
        f"words of the shot, for instance `{tree.shown(place_of(heading), 40)}`."
    )


def _is_bare(shot: Shot) -> bool:
    """Whether its scene is a heading of which its words say nothing."""
    scene = shot.told.get("scene", "")
    if not HEADING.match(scene):
        return False
    of_place = set(_WORD.findall(place_of(scene).casefold())) - {"interior", "exterior"}
    return bool(of_place) and not of_place.intersection(_WORD.findall(shot.written.casefold()))
