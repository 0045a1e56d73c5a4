"""Nouns of a shot that are in no way in its drawing, or only as something like them, are lettered."""

from __future__ import annotations

import random

import pytest

from daemon.thumbs.lexicon import lexicon
from daemon.thumbs.palette import light_of
from daemon.thumbs.panel.bodies import Body
from daemon.thumbs.panel.layout import lay_out
from daemon.thumbs.panel.lettering import draw_notes
from daemon.thumbs.panel.margins import box_of, gap
from daemon.thumbs.panel.skull import Head
from daemon.thumbs.paper import Paper
from daemon.thumbs.puppet import puppet
from daemon.thumbs.reading import read_scene
from daemon.thumbs.scene import Figure, Look
from daemon.thumbs.script.evident import evident
from daemon.thumbs.stage import Stage, camera_of

SIZE = (480, 270)


def labels(text: str) -> list[str]:
    return [one.text for one in read_scene(text).notes if one.kind == "thing"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("A lamp beside a zorble", ["ZORBLE"]),  # an unknown noun
        ("wide, a street at night, frobnicators, rain", ["FROBNICATORS"]),  # one of several
        ("fishing village at dawn, fog rolling off the harbor", ["HARBOR"]),  # a second place
        ("a ship at sea with black smoke rising", ["BLACK SMOKE"]),  # nothing draws it
        ("wide, lighthouse on a cliff hit by a massive wave", ["MASSIVE WAVE"]),
        ("wide, empty platform, a scarf left on the tracks", ["SCARF"]),  # worn by nobody
        ("wide, a street, confetti, rain", ["CONFETTI"]),
        ("a road at night, a mausoleum door", ["MAUSOLEUM DOOR"]),  # which one
        ("a herd of elephants crossing a dry riverbed", ["DRY RIVERBED"]),
        ("medium, a girl at a spelling bee", ["SPELLING BEE"]),  # no insect
        ("a man in a fox mask waits in an alley", ["FOX MASK"]),  # no animal
    ],
)
def test_what_is_named_and_not_drawn_is_lettered(text, said):
    assert labels(text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("close-up on hands untying a knotted rope", ["UNTYING ROPE"]),
        ("a convoy of trucks snaking through a mountain pass", ["SNAKING THROUGH PASS"]),
        ("the balloon drifting over terraced rooftops", ["DRIFTING OVER ROOFTOPS"]),
    ],
)
def test_a_deed_that_no_table_knows_is_lettered(text, said):
    assert labels(text) == said


@pytest.mark.parametrize("word", sorted(evident().alike))
def test_what_is_drawn_as_one_like_it_is_known_as_a_thing(word):
    """Else its line in evident.txt says nothing."""
    assert any(one.kind == "thing" for one in lexicon().find(tuple(word.split())))


@pytest.mark.parametrize(
    ("text", "said", "what"),
    [
        ("A heron beside a pond", "HERON", "swan"),
        ("low angle, a dented toy soldier on the ground", "TOY SOLDIER", "toy"),
        ("A robot holds up a ladybug", "LADYBUG", "beetle"),
        ("A scorpion on a rock", "SCORPION", "spider"),
        ("A man throws a harpoon", "HARPOON", "rifle"),
    ],
)
def test_what_is_drawn_as_one_like_it_has_its_own_name(text, said, what):
    found = [(one.text, one.what) for one in read_scene(text).notes if one.kind == "thing"]

    assert (said, what) in found


@pytest.mark.parametrize(
    "text",
    [
        "A man in an empty room without a zorble",  # not there
        "A swan beside a pond",  # drawn as itself
        "A woman on a couch",  # the same by another name
        "A tired man in a red coat and a hat",  # worn
        "close-up, warm fluorescent light on a woman's face",  # light, a part of somebody
        "wide, a street, shallow depth of field, cinematic, film grain",
        "A boy named Zorble waves",
        "A man sits by the window",
        "two kids in the foreground, mountains in the background",
        "A man holds a towel",
        "INT. CHURCH - DAY. A bride runs out.",
        "A farmer pushes a wheelbarrow",
    ],
)
def test_what_is_seen_and_what_is_none_has_no_label(text):
    assert labels(text) == []


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("close on an inked crest dropping into red", "INKED CREST"),
        ("extreme close-up of a zorble", "ZORBLE"),
        ("insert, a mask on a wall", "MASK"),  # not the wall alone
        ("close on a crown sitting in a bucket", "CROWN"),
        ("close-up of an electromagnetic interferometer", ""),  # too long to stand on it
    ],
)
def test_a_near_shot_of_what_is_not_known_is_a_box_with_its_word(text, word):
    scene = read_scene(text)

    assert scene.label == (("something", word) if word else ("", ""))
    assert (scene.insert == "something") is bool(word)


@pytest.mark.parametrize(
    "text",
    [
        "close on gnippets broken gnippets broken onto a hallway glass glass being",
        "a zorble zorble being zorble being zorble",
        "light lights light of of a the mid mid",
        "spinning spinning spinning a spinning",
        "A dog pulls coyote owner GNOLA the",
        "(‘" * 1000 + " " + "s' " * 600,
        "hug " * 700,
    ],
)
def test_words_said_again_are_read_to_the_end(text):
    assert read_scene(text).notes is not None


def test_a_word_that_stands_on_a_thing_is_said_once():
    scene = read_scene("insert, a passport on a table")

    assert scene.label == ("paper", "PASSPORT")
    assert "PASSPORT" not in labels("insert, a passport on a table")


@pytest.mark.parametrize(
    "text",
    ["A heron beside a pond", "wide, a kayak on the beach", "a dented toy soldier on the floor"],
)
def test_the_name_stands_at_what_is_drawn_instead(text):
    scene = read_scene(text)
    light = light_of(scene.time, scene.weather, False)
    stage = Stage(Paper(*SIZE, scene.style, 1), camera_of(scene, random.Random(1)), light, scene)
    standing, things = lay_out(stage)
    draw_notes(stage, standing, things)
    note = next(one for one in scene.notes if one.what)
    thing = next(one for one in things if one.thing.kind == note.what)

    assert min(gap(spot, box_of(stage, thing)) for spot in stage.lettered) < 0.12


@pytest.mark.parametrize("hair", ["short", "bald", "buzz"])
def test_a_head_seen_from_behind_has_a_neck_and_no_chin(hair):
    """Where a face ends in a point, the back of a head is still wide."""
    figure = Figure(Look(hair=hair))
    scene = read_scene("close-up, a man")
    stage = Stage(
        Paper(*SIZE, "pencil", 1), camera_of(scene, random.Random(1)),
        light_of("day", "clear", False), scene,
    )  # fmt: skip
    away, towards = (
        Head(Body(stage, puppet(figure, (0.0, 1.0), 0.5, yaw), 1.0)) for yaw in (180.0, 0.0)
    )

    assert away.half(-0.8) > 1.15 * towards.half(-0.8)
    assert (away.is_away, towards.is_away) == (True, False)


@pytest.mark.parametrize(
    ("text", "insert"),
    [
        ("Close-up, the boy's mouth falling open", "open mouth"),
        ("Close-up of her mouth, screaming", "open mouth"),
        ("Close-up, her eyes closed", "closed eyes"),
        ("Close-up of a mouth", "mouth"),
        ("Close-up of an eye as the door closes", "eye"),
        ("Close-up of a mouth, she opens a letter", "mouth"),
        ("Close-up of his eyes", "eyes"),
    ],
)
def test_a_part_of_a_face_is_as_the_words_say(text, insert):
    assert read_scene(text).insert == insert


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("Two-shot, Wren and the fox staring at each other", 1),
        ("Two-shot, the fox and the cat by the fire", 0),
        ("Two-shot, Anna and Ben", 2),
        ("Wide shot, the two walking home across the fields", 2),
    ],
)
def test_an_animal_is_one_of_two(text, people):
    assert len(read_scene(text).figures) == people


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("The captain stands at the ship's wheel", "ship deck"),
        ("A man climbs through the car's window", "car inside"),
        ("A boxing match in a ring", "boxing ring"),
        ("A thief leaves home at night", "room"),
    ],
)
def test_what_belongs_to_a_thing_still_says_where_it_is(text, place):
    assert read_scene(text).place == place


@pytest.mark.parametrize("text", ["Wide shot, a car chase through the city at night"])
def test_a_chase_of_cars_has_nobody_on_foot(text):
    assert read_scene(text).figures == ()
