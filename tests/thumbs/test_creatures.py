"""What animals do: they are no people, and no furniture either."""

from __future__ import annotations

import pytest

from daemon.thumbs.drawing import draw
from daemon.thumbs.outlines import outlines
from daemon.thumbs.panel.beasts import TILTS
from daemon.thumbs.reading import read_scene
from daemon.thumbs.scene import Scene, Thing
from daemon.thumbs.uses import ANIMALS

DOES = [
    ("A dog drags a suitcase down the hallway", "dog", "pulling", "suitcase", ""),
    ("A penguin gets off the bus carrying a briefcase", "penguin", "holding", "briefcase", ""),
    ("The cat sits on the sofa", "cat", "sitting", "", "sofa"),
    ("A cat sleeps on the windowsill", "cat", "asleep", "", "window"),
    ("A horse rears in the storm", "horse", "rearing", "", ""),
    ("A bear eats from a cooler", "bear", "eating", "box", ""),
    ("An owl lands on the windowsill with a letter in its beak", "owl", "sitting", "letter", "window"),
    ("A wolf howls on a hill", "wolf", "howling", "", ""),
    ("A dog runs across the beach with a stick in its mouth", "dog", "running", "stick", ""),
    ("A man reads while his dog sleeps at his feet", "dog", "asleep", "", ""),
    ("A fox walks through the snow", "fox", "walking", "", ""),
    ("A man with a dog walks down the road", "dog", "", "", ""),
    ("A monk writes, a cat asleep on the books", "cat", "asleep", "", ""),
    ("Close-up of a dog with a chicken in its mouth", "dog", "", "chicken", ""),
    ("Anna sits in a meadow, a fox curled up asleep beside her", "fox", "asleep", "", ""),
    ("A woman pets a cat", "cat", "", "", ""),
    ("A cat on a sofa", "cat", "sitting", "", "sofa"),
    ("wide, a crow on a fence, fog", "crow", "sitting", "", "fence"),
    ("A cat on the street", "cat", "", "", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind", "does", "held", "on"), DOES)
def test_an_animal_does_what_the_words_say_of_it(text, kind, does, held, on):
    scene = read_scene(text)

    animal = next((one for one in scene.things if one.kind == kind), None)
    if animal is None:  # on a lap
        assert any(one.held == kind for one in scene.figures)
        return
    assert (animal.does, animal.held, animal.on) == (does, held, on)
    assert all(one.kind != held for one in scene.things if held)


def test_what_flees_runs_before_what_chases_it():
    dog, cat = read_scene("A dog chases a cat through the garden").things

    assert (dog.kind, dog.does, cat.kind, cat.relation) == ("dog", "running", "cat", "fleeing")


@pytest.mark.parametrize("does", ["asleep", "sitting", "eating", "running", "howling", *TILTS])
def test_every_animal_can_be_drawn_at_everything(does):
    kinds = sorted(ANIMALS)
    for first in range(0, len(kinds), 6):
        some = kinds[first : first + 6]
        assert set(some) <= outlines().keys()
        things = tuple(Thing(kind, does=does, held="stick", on="sofa") for kind in some)
        assert draw(Scene(things=things), 64, 36).size == (64, 36)


FLYING = sorted(kind for kind in ANIMALS if outlines()[kind].where == "sky")


@pytest.mark.parametrize("kind", FLYING)
@pytest.mark.parametrize("does", ["", "walking", "asleep", "eating"])
def test_an_animal_of_the_sky_is_to_be_seen_whatever_it_does(kind, does):
    there = Scene(shot="wide", place="living room", things=(Thing(kind, does=does),))
    without = Scene(shot="wide", place="living room")

    assert draw(there, 320, 180).tobytes() != draw(without, 320, 180).tobytes()
