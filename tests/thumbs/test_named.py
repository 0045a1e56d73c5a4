"""Whom and what names, pronouns and unknown nouns stand for; what an insert is about."""

from __future__ import annotations

import pytest

from daemon.thumbs.reading import read_scene
from daemon.thumbs.scene import Scene
from daemon.thumbs.script.introductions import Introductions


def board(*texts: str) -> list[Scene]:
    told, made = Introductions(), []
    for text in texts:
        told.read(text)
        made.append(read_scene(text, board="b", known=dict(told.known_in(text))))
    return made


def test_a_last_name_that_is_a_word_for_a_place_is_a_name():
    first, then = board("INT. OFFICE. VERA LANE, 30s, dark bob, waits.", "Vera sits down.")

    assert [one.name for one in first.figures] == ["Vera"]
    assert [one.place for one in (first, then)] == ["office", "office"]


ONE = [
    ("The rider: ESPERANZA CRUZ, 40, flat hat, waits", "Esperanza"),
    ("INT. HALL. LADY HONORIA ASHBY, 30s, in black, waits", "Honoria"),
    ("Interview, second subject: ENGINEER DUARTE, 30s, hard hat", "Duarte"),
    ("SHERIFF DALE COOPER, 50, moustache, waits in a bus", "Dale"),
    ("JOAN PETTIFER, 50, grey coat, waits at a door", "Joan"),
]


@pytest.mark.parametrize(("text", "name"), ONE)
def test_a_name_of_several_words_is_one_person(text, name):
    (scene,) = board(text)

    assert [one.name for one in scene.figures] == [name]


def test_who_is_he_or_she_a_later_shot_may_say():
    *_, last = board(
        "INT. SHIP. OKONKWO, late 30s, shaved head, sleeps.", "Her eyes open.", "Okonkwo waits."
    )

    assert [(one.name, one.look.sex, one.look.hair) for one in last.figures] == [
        ("Okonkwo", "f", "bald")
    ]


def test_whoever_stands_behind_him_is_behind_him():
    *_, last = board(
        "INT. HALL. MR. FENWICK, 30, long coat, waits.",
        "LADY HONORIA ASHBY, 30s, in black, stands in the doorway behind him.",
    )
    at = {one.name: one.at for one in last.figures}

    assert at.keys() == {"Fenwick", "Honoria"}
    assert at["Honoria"] == "far"


def test_children_are_not_she():
    *_, last = board("A street. RITA, 40, hat, waits.", "Kids splash in a puddle. She rides away.")

    assert "Rita" in [one.name for one in last.figures]


THINGS = [
    ("The ledger hits the floor", "LEDGER"), ("The zorble falls off a table", "ZORBLE"),
    ("A frobnator slides across the floor", "FROBNATOR"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "word"), THINGS)
def test_an_unknown_noun_that_falls_is_a_thing(text, word):
    scene = read_scene(text)

    assert scene.figures == ()
    assert scene.label[1] == word


NOBODY = [
    "Splat. A pie on a table.", "Comms room, wide. Screens.", "Racks of clothes in a shop.",
    "Relay Seven, a ring station, in space.", "Passenger POV: a road.",
]  # fmt: skip


@pytest.mark.parametrize("text", NOBODY)
def test_who_only_opens_a_sentence_or_looks_is_not_seen(text):
    assert read_scene(text).figures == ()


INSERTS = [
    ("Insert. Inside the piano, wedged beneath the hammers, a letter.", "letter"),
    ("INSERT: A woman's white glove, palm up, an envelope under it.", "glove"),
    ("CU of two hands, open", "hands"), ("CU of clasped hands", "clasped hands"),
    ("Close on her hand untying a ribbon", "ribbon"), ("ECU of an eye", "eye"),
    ("CU Vera's hands sliding a ledger across a desk", "something"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "shown"), INSERTS)
def test_an_insert_shows_what_it_is_about(text, shown):
    (scene,) = board(text)

    assert scene.insert == shown


def test_a_mouth_that_something_goes_to_is_no_close_up_of_it():
    scene = read_scene("Tight on a man. A cigarette stopped halfway to his mouth.")

    assert (scene.shot, scene.insert) == ("close-up", "")


HEADINGS = [
    ("INT. DEAD LETTER OFFICE - DAY. A man waits.", ["DEAD LETTER OFFICE"]),
    ("INT. HYDROPONICS. A man sleeps in a jumpsuit.", ["HYDROPONICS"]),
    ("INT. SMALL KITCHEN. A man waits.", []), ("INT. OFFICE. A man waits.", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "found"), HEADINGS)
def test_a_heading_that_says_more_than_is_drawn_is_lettered(text, found):
    scene = read_scene(text)

    assert [one.text for one in scene.notes if one.kind == "place"] == found
    assert scene.place != "prison"


HELD = [
    ("A man waits in a street, gun down at his side.", "gun"),
    ("A woman stands at a window, the letter lowered at her side.", "letter"),
    ("A man stands at a car. Flashlight held up at the shoulder.", "flashlight"),
    ("A man in a doorway with the zorble held high.", "something"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "held"), HELD)
def test_what_is_at_a_side_or_held_up_is_in_a_hand(text, held):
    assert [one.held for one in read_scene(text).figures] == [held]


INTRODUCED = [
    ("LINH, 12, red raincoat, a duck under one arm, waits in a field.", "duck"),
    ("INT. BANK. MR. PODD, 70, bow tie, a cup clutched to his chest, waits.", "cup"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "held"), INTRODUCED)
def test_what_an_introduction_puts_into_a_hand_is_held_there_once(text, held):
    first, then = board(text, f"{'Linh' if 'LINH' in text else 'Podd'} waits.")

    assert [one.held for one in (*first.figures, *then.figures)] == [held, ""]


def test_a_television_hides_nobody_who_eats():
    scene = read_scene("A man eats soup at a table. TV on.")

    assert [one.at for one in scene.things if one.kind == "television"] == ["far"]


def test_a_point_of_view_that_looks_down_is_from_above():
    assert read_scene("POV, looking down at upturned faces below").camera == "high"


def test_what_a_thing_does_nobody_does():
    scene = read_scene("Anna at a table, a cup leaving the plate. It's tied to a rope.")

    assert [one.pose for one in scene.figures] == ["sitting"]
