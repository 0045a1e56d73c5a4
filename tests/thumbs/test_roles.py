"""What people do by what they are, and who is who where two are called the same."""

from __future__ import annotations

from dataclasses import replace

import pytest

from daemon.thumbs.drawing import draw
from daemon.thumbs.reading import read_scene


def test_who_serves_is_on_the_other_side_of_a_counter():
    scene = read_scene("A barista hands a coffee to a customer")

    assert [(one.kind, one.relation) for one in scene.things] == [("worktop", "at")]
    assert [one.kind for one in read_scene("A bartender runs through the bar").things] == []


def test_a_patient_lies_unless_words_say_what_else():
    assert read_scene("A doctor talks to a patient").figures[1].on == "bed"
    assert read_scene("A patient walks through the hospital").figures[0].pose == "walking"


def test_boxers_box():
    assert read_scene("Two boxers circle each other in the ring").action == "fight"


OPEN = [
    ("A farmer drives a tractor across a field", "tractor"),
    ("She drives a scooter", "scooter"),
]


@pytest.mark.parametrize(("text", "kind"), OPEN)
def test_who_drives_what_has_no_roof_sits_on_it(text, kind):
    scene = read_scene(text)

    assert (scene.figures[0].on, scene.place != "car inside") == (kind, True)


PAIRS = [
    ("A man slaps another man in the street", "hit"),
    ("One man pushes another off the roof", "push"),
    ("One person passes a ball to another", "give"),
    ("They hug one another", "embrace"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "action"), PAIRS)
def test_two_of_one_word_are_two(text, action):
    scene = read_scene(text)

    assert (scene.action, len(scene.figures)) == (action, 2)


def test_riders_are_behind_who_is_on_foot():
    woman, *riders = read_scene("A widow with a rifle, three horsemen at the gate").figures

    assert (woman.at, {one.at for one in riders}) == ("middle", {"far"})
    assert {one.at for one in read_scene("Three horsemen at the gate").figures} == {"middle"}


def test_a_helmet_is_that_of_who_wears_it():
    (one,) = read_scene("Close-up of an astronaut in a helmet, a light in the visor").figures

    assert one.look.hat == "space helmet"


def test_who_yells_is_seen_to_yell():
    scene = read_scene("A man yells at his son in the street")

    assert scene.figures[0].expression == "shouting"
    assert scene.figures[1].expression == "calm"


@pytest.mark.parametrize("feeling", ["sad", "angry", "afraid", "surprised", "shouting", "asleep"])
def test_a_feeling_has_marks_beside_the_head_that_are_seen_from_far(feeling):
    words = {"afraid": "frightened", "asleep": "sleeping", "shouting": "screaming"}
    scene = read_scene(f"A {words.get(feeling, feeling)} man sits on a bench")

    bare = replace(scene, lettered=False)

    assert scene.figures[0].expression == feeling
    assert draw(scene, 240, 136).tobytes() != draw(bare, 240, 136).tobytes()


ALONE = [
    ("A dog runs, in the style of Vincent van Gogh", 0),
    ("Romero Britto style, a girl goes to a farm", 1),
    ("a man holding a best actor trophy", 1),
    ("A person is rock climbing", 1),
    ("A person arranging minimalist decor", 1),
    ("A person is shaking hands", 2),
    ("One person ties a scarf around another person's neck", 2),
]  # fmt: skip


@pytest.mark.parametrize(("text", "count"), ALONE)
def test_names_of_styles_and_what_only_says_which_are_nobody(text, count):
    assert len(read_scene(text).figures) == count


def test_close_up_shot_is_no_shot_of_a_gun():
    scene = read_scene("close-up shot, highly detailed, a boy with a baseball cap")

    assert (scene.shot, scene.figures[0].held) == ("close-up", "")
