"""What people do not do, and who is not there, though words for it stand beside them."""

from __future__ import annotations

import pytest

from daemon.thumbs.reading import read_scene

MATTER = [
    ("A girl on a bus, neon reflections sliding across her face", "sitting"),
    ("A man in a doorway, long shadow stretching across the floor", "standing"),
    ("Wrestlers clash, dust rising", "standing"), ("A jockey looks back, mud flying", "looking back"),
    ("A swimmer floating in a pool, leaves on the surface", "afloat"),
    ("A woman walking across a desert, heat shimmer bending her legs", "walking"),
    ("A woman at a bar, warm light cast across her face", "standing"),
    ("A woman at a bar, light cast across her face", "standing"),
    ("A man reads, dust drifting in the light", "reading"),
    ("A soldier kneels, dirt raining down around him", "kneeling"),
    ("Six strangers, warm light cast on their faces", "standing"),
    ("A boxer sitting on a stool, sweat dripping", "sitting"),
    ("A man kneels, smoke curling past him", "kneeling"),
    ("A boy, dusting a shelf", "washing"), ("A man stands up, leaves the room", "walking"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "pose"), MATTER)
def test_what_light_and_dust_do_nobody_does(text, pose):
    found = read_scene(text).figures

    assert pose in (found[0].pose, found[0].base)
    assert not {one.held for one in found} & {"ball", "cloth"} or pose == "washing"


NOBODY = [
    ("A gas station at night, Coen brothers mood", 0), ("Rooftops at noon, Lisbon", 0),
    ("A woman on a bridge, Lisbon", 1),
    ("A boy holds a drawing of a monster", 1), ("Silhouette, a saxophone player in a tunnel", 1),
    ("Silhouette, mother and child behind a screen", 2), ("Elevator doors opening, a man in a suit", 1),
    ("Looking up through ice at a man pounding with his fists", 1),
    ("A hacker at three monitors, energy drink cans", 1), ("A tired dad in boxers", 1),
]  # fmt: skip


@pytest.mark.parametrize(("text", "count"), NOBODY)
def test_nobody_is_there_whom_words_only_mention(text, count):
    figures = read_scene(text).figures

    assert len(figures) == count
    assert not {one.pose for one in figures} & {"opening", "drinking"}


def test_a_feeling_before_a_noun_is_theirs():
    kid, *others = read_scene("A kid opening a box, jealous classmates behind").figures

    assert kid.expression == "calm"
    assert {one.expression for one in others} == {"angry"}


def test_who_comes_after_a_comma_does_it_alone():
    boxer, other = read_scene("A boxer on a stool, a trainer pressing ice to his eye").figures
    both = read_scene("Anna in a red dress, Ben in black, walking").figures

    assert (boxer.pose, other.pose) == ("sitting", "reaching")
    assert [one.pose for one in both] == ["walking", "walking"]


@pytest.mark.parametrize("text", ["A boy on his father's shoulders", "A kid on dad's shoulders"])
def test_who_is_on_shoulders_is_carried(text):
    scene = read_scene(text)

    assert (scene.action, len(scene.figures)) == ("piggyback", 2)
    assert scene.figures[1].look.age == "child"


NOUNS = [
    "Two men climb a rope up the wet rock",
    "A man and a woman climb a rope beside the falling water",
    "Two boys climb a ladder in the driving rain",
]


@pytest.mark.parametrize("text", NOUNS)
def test_nouns_after_adjectives_are_no_deeds(text):
    scene = read_scene(text)

    assert ({one.pose for one in scene.figures}, scene.action) == ({"climbing"}, "")


@pytest.mark.parametrize("text", ["A man at a bar, eyes shut", "Close-up of a nun, eyes closed"])
def test_shut_eyes_are_no_sleep(text):
    assert [one.pose for one in read_scene(text).figures] == ["standing"]


def test_a_word_that_is_said_twice_ends_the_reading_all_the_same():
    assert read_scene("close-up, sleeping sleeping lit in a town").shot
