"""Inserts: what happens in them, and what is to be read there."""

from __future__ import annotations

import pytest

from daemon.thumbs.drawing import draw
from daemon.thumbs.panel.writing import LETTERS, PLATES
from daemon.thumbs.reading import read_scene
from daemon.thumbs.script.said import time_in, words_in

EVENTS = [
    ("Insert: a key turning in a rusty padlock", "key", "padlock"),
    ("Insert of a photograph floating in a puddle", "photograph", "puddle"),
    ("Insert: a coin dropped into a glass jar", "coin", "glass"),
    ("Close on a pair of muddy boots stepping through a doorway", "feet", ""),
    ("Close-up of a hand on the door handle", "door", ""),
    ("Close shot of a pilot's hand pushing the throttle", "lever", ""),
    ("Close-up of a pianist's fingers", "piano", ""),
    ("Insert, a key", "key", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "insert", "into"), EVENTS)
def test_an_insert_shows_what_happens(text, insert, into):
    scene = read_scene(text)

    assert (scene.insert, scene.into) == (insert, into)
    assert draw(scene, 96, 54).size == (96, 54)


WORDS = [
    ("Insert of a note that reads \"I'm sorry\"", ("I'M SORRY",)),
    ("a phone with 14 missed calls", ("14", "MISSED", "CALLS")),
    ("a sign that says CLOSED hangs in the door", ("CLOSED",)),
    ("the phone shows 3:15", ("3:15",)),
    ("a phone at 3 percent", ("3%",)),
    ("the boys' room and the dog's bowl", ()),
    ("Insert: a light on a console, OXYGEN 4%", ("OXYGEN 4%",)),
    ("He says nothing", ()),
]  # fmt: skip


@pytest.mark.parametrize(("text", "lines"), WORDS)
def test_words_that_are_quoted_are_read(text, lines):
    assert words_in(text) == lines


TIMES = [
    ("a wristwatch, one minute to midnight", (11, 59)),
    ("the clock shows quarter past three", (3, 15)),
    ("the clock at half past ten", (10, 30)),
    ("an alarm clock, six o'clock", (6, 0)),
    ("a watch that says 4:20", (4, 20)),
    ("the clock strikes midnight", (12, 0)),
    ("a clock on the wall", None),
    ("at midnight in the street", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "time"), TIMES)
def test_a_clock_shows_the_time_that_is_said(text, time):
    assert time_in(text) == time


def test_what_is_to_be_read_changes_the_picture():
    one, other = (draw(read_scene(f'a sign reads "{word}"', seed=1), 480, 270) for word in "AB")

    assert one.tobytes() != other.tobytes()


def test_every_letter_is_on_its_grid_and_every_plate_on_a_thing():
    from daemon.thumbs.outlines import outlines

    spots = [spot for each in LETTERS.values() for spot in each.replace("|", " ").split()]
    assert all(len(spot) == 2 and spot[0] <= "4" and spot[1] <= "6" for spot in spots)
    assert {name for name in PLATES if name not in outlines()} == set()
