"""Encoded pictures for a training upon a finished UNet, whichever way its world keeps them."""

from __future__ import annotations

from daemon.sketch.train import panel_latents
from daemon.sketch.train.batches import Shelf
from daemon.sketch.train.data_pool import Pool
from daemon.sketch.train.stages import Room
from daemon.sketch.train.worlds import SHAPES

MOST = 600


def stock(room: Room, seed: int, most: int = MOST) -> Shelf:
    """Batches with their pictures, of at most so many shards; `close` it in the end. SystemExit
    where a world's panels are not encoded yet."""
    if room.world == SHAPES:
        return Pool(room, seed, most)
    return panel_latents.shelf(room, seed, most)
