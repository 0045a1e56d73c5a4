"""What hands do: an action is a pose, what is in the hands, and what stands before them."""

from __future__ import annotations

from pathlib import Path

import pytest

from daemon.thumbs.drawing import draw
from daemon.thumbs.halves import BASES, UPPER, based
from daemon.thumbs.lexicon import lexicon
from daemon.thumbs.outlines import outlines
from daemon.thumbs.place_table import places
from daemon.thumbs.poses import POSES
from daemon.thumbs.reading import read_scene

ACTIONS = [
    ("Dana chops onions at the kitchen counter", "chopping", "knife", "", "worktop"),
    ("a man knocks on a heavy wooden door", "knocking", "", "", "door"),
    ("she pours a whisky", "pouring", "bottle", "glass", ""),
    ("he hammers a nail into the wall", "hammering", "hammer", "nail", ""),
    ("the janitor mops the floor", "sweeping", "mop", "", ""),
    ("a woman plays the accordion", "squeezing", "accordion", "", ""),
    ("a girl plays the violin", "fiddling", "fiddle bow", "fiddle", ""),
    ("a woman carries a basket on her head", "carrying on the head", "basket", "", ""),
    ("Ben repairs a bicycle", "fixing", "wrench", "", "bicycle"),
    ("she writes a letter", "writing", "pen", "", "desk"),
    ("a boy climbs a rope ladder", "climbing", "", "", "rope ladder"),
    ("the painter paints the ceiling", "painting", "roller", "paint can", ""),
    ("an old man smokes a pipe", "smoking", "pipe", "", ""),
    ("Joe shaves in front of the mirror", "making up", "razor", "", "sink"),
    ("a carpenter saws a plank", "sawing", "saw", "", "trestle"),
    ("a tailor sews a jacket", "sewing", "needle", "cloth", ""),
    ("a girl sleeps over her open books", "slumped", "", "", "desk"),
    ("a chef tosses pancakes", "tossing", "pan", "", "stove"),
    ("a scientist looks into a microscope", "peering", "", "", "worktop"),
    ("she washes the dishes", "washing", "plate", "sponge", "sink"),
    ("a gardener waters the roses with a hose", "watering", "hose", "", ""),
    ("the archer draws her bow", "drawing a bow", "", "bow", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "pose", "held", "also", "before"), ACTIONS)
def test_a_deed_of_hands_shows_what_they_do_and_with_what(text, pose, held, also, before):
    scene = read_scene(text)
    figure = scene.figures[0]

    assert (figure.pose, figure.held, figure.also) == (pose, held, also)
    assert not before or before in [one.kind for one in scene.things if one.relation]


def test_every_deed_of_hands_names_poses_things_and_places_that_can_be_drawn():
    for phrase, words in lexicon().phrases.items():
        for word in words:
            if word.kind != "verb":
                continue
            props = [one.partition("@")[0] for one in word.more.get("prop", "").split("+") if one]
            things = [*props, *(word.more.get(key, "") for key in ("held", "also"))]
            assert all(one in outlines() for one in things if one), (phrase, things)
            home = word.more.get("home", "nowhere")
            assert home in places(), phrase


def test_hands_go_on_with_their_work_while_legs_walk_or_kneel():
    walker = read_scene("a man walks down the street, smoking").figures[0]
    kneeler = read_scene("the photographer kneels and takes a picture").figures[0]

    assert (walker.pose, walker.base) == ("smoking", "walking")
    assert (kneeler.pose, kneeler.base) == ("photographing", "kneeling")
    for pose in UPPER:
        for base in BASES:
            both = based(pose, base)
            assert both.left_foot == POSES[base].left_foot
            assert both.tilt == POSES[pose].tilt


def test_the_first_work_of_hands_is_what_is_drawn():
    figure = read_scene("Dana chops onions, wiping her eyes with her sleeve").figures[0]

    assert (figure.pose, figure.held) == ("chopping", "knife")


def test_a_thing_stands_before_whoever_does_something_to_it():
    scene = read_scene("Anna waits, a carpenter saws a plank")
    trestle = next(one for one in scene.things if one.kind == "trestle")

    assert (trestle.relation, trestle.who) == ("before", 1)


CLOSE = [
    ("close-up, a woman holds up a key", "showing", "key"),
    ("Close-up: Lena holds the phone to her ear, her eyes filling with tears", "phoning", "phone"),
    ("close-up on Marek's face as he lights a cigarette", "lighting", "cigarette"),
    ("close-up: the old man takes off his glasses and rubs his eyes", "rubbing eyes", "glasses"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "pose", "held"), CLOSE)
def test_a_close_up_is_of_a_head_and_of_what_hands_do_there(text, pose, held):
    scene = read_scene(text)

    assert (scene.shot, scene.insert) == ("close-up", "")
    assert [(one.pose, one.held) for one in scene.figures] == [(pose, held)]


INSERTS = [
    ("insert: a hand turning a rusty key in a lock", "key"), ("close-up, a hand strikes a match", "match"),
    ("a hand drops a letter into a red mailbox", "letter"), ("close-up of hands playing the piano", "piano"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "insert"), INSERTS)
def test_hands_alone_are_shown_with_what_they_are_at(text, insert):
    scene = read_scene(text)

    assert (scene.shot, scene.insert, scene.by_hand, scene.figures) == ("insert", insert, True, ())


def test_natural_shots_are_drawn_with_somebody_or_something_in_them():
    for shot in (Path(__file__).parent / "shots.txt").read_text("utf-8").splitlines():
        scene = read_scene(shot)
        assert scene.figures or scene.things or scene.insert or scene.crowd, shot
        assert draw(scene, 80, 45).size == (80, 45)
