"""Buildings that a shot is of are seen from outside, where its words are."""

from __future__ import annotations

import pytest

from daemon.thumbs.drawing import draw
from daemon.thumbs.place_table import places
from daemon.thumbs.reading import read_scene
from daemon.thumbs.script.whereabouts import FRONTS

OUTSIDE = [
    ("Wide of the hotel at sunrise, every shutter thrown open", "HOTEL"),
    ("Night exterior of a jazz club, rain on the awning", "JAZZ CLUB"),
    ("Wide of the shop on reopening day, bikes leaning along the block", "SHOP"),
    ("Wide of the school at dusk, one window lit", "SCHOOL"),
    ("Wide of the hospital in the rain", "HOSPITAL"),
    ("Aerial of a prison at night", "PRISON"),
    ("EXT. DINER - NIGHT", "DINER"),
    ("Exterior, police station, night", "POLICE STATION"),
    ("Exterior shot of a nightclub, neon sign flickering", "NIGHTCLUB"),
    ("Wide of the library at dawn, steps empty", "LIBRARY"),
    ("Establishing shot of the museum, flags in the wind", "MUSEUM"),
    ("Wide of the bakery before sunrise, smoke from the chimney", "BAKERY"),
    ("Wide of a cinema at night, marquee half dark", "CINEMA"),
    ("Wide of an abandoned factory at sunset", "FACTORY"),
    ("Wide of a church in the snow", "CHURCH"),
    ("wide, Arctic research station, footprints leading out", "RESEARCH STATION"),
    ("Establishing shot of a grand old hotel in the Alps, half its shutters closed", "HOTEL"),
    ("Wide on the theater, its marquee dark", "THEATER"),
    ("Wide of a casino under the stars", "CASINO"),
    ("Establishing shot of a bicycle repair shop between two towers", "BICYCLE REPAIR SHOP"),
    ("A motel parking lot at night, one room lit", "MOTEL"),
    ("Exterior of a laundromat, 3 a.m., one machine spinning", "LAUNDROMAT"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "name"), OUTSIDE)
def test_a_building_that_a_shot_is_of_is_seen_from_outside(text, name):
    scene = read_scene(text)

    assert not places()[scene.place].indoors
    assert {one.kind for one in scene.things} & FRONTS
    assert draw(scene, 96, 54).size == (96, 54)
    assert ("place", name) in [(one.kind, one.text) for one in scene.notes]


INSIDE = [
    ("Wide of the empty bar, chairs on the tables", "bar"),
    ("Wide interior of a library with ladders on rails", "library"),
    ("Wide of the stage from the back wall, a single spotlight", "theatre"),
    ("Wide of an empty classroom at dusk", "classroom"),
    ("Wide of a casino, rows of slot machines", "casino"),
    ("Wide of the kitchen at dawn", "kitchen"),
    ("Wide of the empty restaurant at night, candles burning down", "restaurant"),
    ("Wide, dust in the library at dusk", "library"),
    ("Wide of a bar at night, a man drinks alone", "bar"),
    ("INT. DINER - NIGHT", "diner"),
    ("wide, night, an empty church, rows of pews", "church"),
    ("wide, library of jars, each one holding a tiny glowing storm", "library"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "place"), INSIDE)
def test_a_room_is_seen_from_inside(text, place):
    assert read_scene(text).place == place


def test_who_is_outside_a_building_has_it_behind_them():
    scene = read_scene("a black dog outside a supermarket in the snow")

    assert (scene.place, scene.things[-1].kind) == ("street", "shop front")


PLACED = [
    ("Wide of a rooftop garden at dusk", "rooftop"),
    ("Wide of a spiral staircase", "staircase"),
    ("A long corridor, a nurse walking away", "corridor"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "place"), PLACED)
def test_a_place_of_two_words_is_that_of_the_more_telling_one(text, place):
    assert read_scene(text).place == place


@pytest.mark.parametrize(
    "text", ["Wide of a velodrome at night", "wide, the old zorblarium", "Aerial of a frobnast"]
)
def test_an_empty_place_that_is_not_known_is_named_as_one(text):
    scene = read_scene(text)

    assert not scene.place
    assert [one.kind for one in scene.notes] == ["place"]


def test_no_curtain_hangs_in_the_open():
    scene = read_scene("High angle of a parking lot at night, curtains half open")

    assert "curtain" not in [one.kind for one in scene.things]
