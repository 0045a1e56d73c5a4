"""Words in a drawing that no words quote: labels of what can't be drawn, and signs of places."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest

from daemon.thumbs.drawing import draw
from daemon.thumbs.given import FLAT, Asked, given
from daemon.thumbs.labels import unlettered
from daemon.thumbs.reading import read_scene

SIZE = (240, 136)

LABELLED = [
    ("A technician holds a spectrometer", ("something", "SPECTROMETER")),
    ("Insert: a gyrocompass on a table", ("something", "GYROCOMPASS")),
    ("A man repairs a carburettor", ("something", "CARBURETTOR")),
    ("The secretary kicks the printer", ("box", "PRINTER")),
    ("Close-up of a hand holding a passport", ("paper", "PASSPORT")),
]  # fmt: skip
PLAIN = (
    "A man carries a box",
    "A woman holds a glorpy dog",
    "A woman wanders through the zorble",
    "He takes a desperation",
    "A man reads a letter",
    'He holds a passport that reads "VOID"',
)


@pytest.mark.parametrize(("text", "label"), LABELLED)
def test_what_hands_are_at_has_its_word_on_it(text, label):
    assert read_scene(text).label == label


@pytest.mark.parametrize("text", PLAIN)
def test_what_is_drawn_as_itself_or_is_no_thing_has_none(text):
    assert read_scene(text).label == ("", "")


def test_a_word_on_a_thing_is_named_as_not_drawn_all_the_same():
    assert read_scene("A technician holds a spectrometer").unknown == ("spectrometer",)


def test_one_thing_of_a_panel_is_labelled():
    scene = read_scene("A man holds a frobnator. A woman holds a zibbler.")

    assert scene.label[1] == "FROBNATOR"
    assert [one.held for one in scene.figures] == ["something", ""]


@pytest.mark.parametrize("text", ["The secretary kicks the printer", "A man sits in a bar"])
def test_labels_and_signs_are_seen_and_can_be_left_out(text):
    scene = read_scene(text)

    assert draw(scene, *SIZE).tobytes() != draw(unlettered(scene), *SIZE).tobytes()


@pytest.mark.parametrize(
    "text", ["An angry man holds a spectrometer in a bar", "He kicks a printer"]
)
def test_what_a_model_is_given_has_no_letters(text):
    scene = unlettered(read_scene(text))
    bare = replace(scene, label=("", ""))

    assert not scene.lettered
    assert all(one.held != "something" for one in scene.figures)
    assert draw(scene, *SIZE).tobytes() == draw(bare, *SIZE).tobytes()


def test_a_model_is_given_what_has_no_letters():
    words = "An angry man kicks a printer in a bar"
    scene = replace(unlettered(read_scene(words, seed=7)), style="colour")
    target = io.BytesIO()
    draw(scene, *SIZE, tooth=False).save(target, "PNG")

    assert given(Asked(words, 7, FLAT, *SIZE)) == target.getvalue()


def test_a_box_with_a_word_on_it_hides_no_face():
    scene = replace(read_scene("A technician holds a spectrometer"), notes=())
    bare = replace(scene, figures=(replace(scene.figures[0], held=""),))
    face = (0, 0, SIZE[0], round(SIZE[1] * 0.3))

    drawn = draw(scene, *SIZE).crop(face).tobytes()
    assert drawn == draw(bare, *SIZE).crop(face).tobytes()
