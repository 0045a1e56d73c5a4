"""Strings between a hand and what it holds from afar: a kite's, a dog's leash, a rope."""

from __future__ import annotations

from collections.abc import Sequence

from daemon.thumbs.panel.spots import Spot
from daemon.thumbs.panel.standing import Standing
from daemon.thumbs.puppet import puppet
from daemon.thumbs.stage import Stage

LEASHES = {
    "dog": 0.38,
    "horse": 1.3,
    "donkey": 1.0,
    "cow": 1.2,
    "goat": 0.7,
    "camel": 1.5,
    "sled": 0.2,
}
"""What is led, and how high its end of the leash is, in metres."""


def draw_strings(stage: Stage, standing: Sequence[Standing], things: Sequence[Spot]) -> None:
    """From the hand of whoever pulls to every kite and animal that is theirs."""
    for spot in things:
        thing = spot.thing
        if thing.who >= len(standing):
            continue
        if standing[thing.who].figure.pose != "pulling" and thing.kind != "balloon":
            continue
        one = standing[thing.who]
        scale = stage.camera.scale(one.z)
        made = puppet(one.figure, stage.at(one.x, one.up, one.z), scale * 1.75, one.yaw)
        if spot.sky and thing.kind in ("kite", "balloon"):
            end = spot.sky
        elif thing.kind in LEASHES and thing.relation == "before":
            end = stage.at(spot.x + 0.2 * spot.turn, LEASHES[thing.kind], spot.z)
        else:
            continue
        stage.paper.pale = 0.0
        stage.paper.stroke([made.hand, end], 0.9)
