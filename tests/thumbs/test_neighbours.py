"""Words whose meaning their neighbours decide, parts of a body seen close, and seats by name."""

from __future__ import annotations

import pytest

from daemon.thumbs.drawing import draw
from daemon.thumbs.lexicon import lexicon
from daemon.thumbs.outlines import outlines
from daemon.thumbs.place_table import places
from daemon.thumbs.reading import read_scene

PLACES = [
    ("INT. SPACESHIP BRIDGE. The captain waits", "spaceship inside"),
    ("The crew of the starship runs across the bridge", "spaceship inside"),
    ("A man walks across the bridge", "bridge"),
    ("A woman grips the steering wheel", "car inside"),
    ("The getaway driver taps the steering wheel outside the bank", "car inside"),
    ("A woman stares out of the bus window", "bus inside"),
    ("A climber on a sheer rock face", "mountains"),
    ("Two kids play on the basketball court", "playground"),
    ("Dusty miners come up out of the shaft", "cave"),
    ("The boxer falls in the ring", "boxing ring"),
    ("Exam hall, one head up", "classroom"),
]


@pytest.mark.parametrize(("text", "place"), PLACES)
def test_a_place_is_what_its_neighbours_make_of_it(text, place):
    assert read_scene(text).place == place


THINGS = [
    ("Rain hammers the phone booth", ["phone booth"]),
    ("A gardener trims a hedge into the shape of an elephant", ["bush"]),
    ("A chess player stares at the queen", []),
    ("A dog waits, the doors open", ["dog"]),
    ("A plumber kneels beside a pipe", ["tube"]),
    ("A man sits beside a rocking horse", ["toy"]),
    ("A woman stands beside a fish tank", ["aquarium"]),
    ("A small house shaped like a teapot", ["house"]),
    ("Dancers in turtle formation cross the square", []),
    ("A teacher holds a tree pose", []),
    ("Tight on the compass. Glass cracked, needle loose", ["compass"]),
    ("Kitchen floor. Far off, the cat flap", []),
    ("A spaceship reflected in a helmet", []),
    ("A girl stands beside a television showing a lion on a beach", ["television"]),
    ("A herd of cattle on a hill", ["cow"]),
    ("Insert, a thumb taps the pay button of a phone", ["phone"]),
]


@pytest.mark.parametrize(("text", "kinds"), THINGS)
def test_several_words_are_one_thing(text, kinds):
    assert [one.kind for one in read_scene(text).things] == kinds


def test_what_is_only_depicted_is_named_and_not_drawn():
    scene = read_scene("A woman in an office watches an interview of her father on the computer")

    assert (len(scene.figures), scene.unknown) == (1, ("father",))
    assert read_scene("A finger points at a boy in the school picture").figures == ()


def test_in_a_game_of_chess_a_queen_is_nobody_and_elsewhere_she_is():
    assert len(read_scene("A chess player moves the queen").figures) == 1
    assert len(read_scene("The queen waves to a boy").figures) == 2


CLOSE = [
    ("ECU of an eye opening in the dark", "eye", False),
    ("Close-up of her eyes", "eyes", False),
    ("Extreme close-up of an ear", "ear", False),
    ("Close, a mother's hand lets go of a child's hand", "hands", False),
    ("Insert: a finger presses the red button", "doorbell", True),
    ("Close on a finger pointing at a map", "map", True),
    ("Insert, a thumb taps the send button on a phone", "phone", True),
    ("Insert, a key in a hand", "key", False),
]


@pytest.mark.parametrize(("text", "shown", "finger"), CLOSE)
def test_a_part_of_a_body_seen_close_is_large(text, shown, finger):
    scene = read_scene(text)

    assert (scene.shot, scene.insert, scene.finger) == ("insert", shown, finger)
    assert draw(scene, 160, 90).getbbox()


SEATS = [
    ("A bride sits on the church steps eating a hamburger", "steps", "eating"),
    ("Construction workers eat lunch on a steel beam", "beam", "sitting"),
    ("Two brothers sit on the hood of a pickup", "car", "sitting"),
    ("A boy sits on the guardrail", "fence", "sitting"),
]


@pytest.mark.parametrize(("text", "seat", "pose"), SEATS)
def test_people_sit_on_what_is_named(text, seat, pose):
    scene = read_scene(text)

    assert {(one.on, one.pose) for one in scene.figures} == {(seat, pose)}
    assert not [one for one in scene.things if one.relation == "at"]


def test_an_unknown_deed_has_a_hand_at_what_it_is_done_to():
    (one,) = (scene := read_scene("A man frobnicates the fridge")).figures

    assert one.pose == "working"
    assert [(thing.kind, thing.relation) for thing in scene.things] == [("fridge", "before")]


def test_whatever_the_tables_name_can_be_drawn():
    for found in lexicon().phrases.values():
        for one in found:
            assert one.kind != "place" or one.value in places(), one
            assert one.kind != "thing" or one.value in outlines(), one
