"""Who somebody is, as far as a drawing shows it; and what their whole body does."""

from __future__ import annotations

import pytest

from daemon.thumbs.drawing import draw
from daemon.thumbs.reading import read_scene

WEARS = [
    ("a boy in pajamas", "pyjamas", ""), ("a surgeon", "scrubs", "face mask"),
    ("a nurse pulls down her mask", "dress", "face mask"), ("a thief in a mask", "sweater", "mask"),
    ("a ballet dancer", "tutu", ""), ("a priest", "robe", "collar"), ("a boxer", "top", "gloves"),
    ("a man in headphones", "", "headphones"), ("a schoolgirl", "jacket", "tie"),
    ("a man in a hazmat suit", "spacesuit", ""), ("a blind man", "", "sunglasses"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wear", "extra"), WEARS)
def test_a_kind_of_person_is_seen_by_what_they_wear(text, wear, extra):
    (one,) = read_scene(text).figures

    assert one.look.wear == wear or not wear
    assert extra in one.look.extras or not extra
    assert draw(read_scene(text), 96, 54).size == (96, 54)


@pytest.mark.parametrize("noun", ["school uniforms", "flat caps", "raincoats"])
def test_what_several_wear_each_of_them_wears(noun):
    one, other = read_scene(f"Two girls in {noun}").figures

    assert (one.look.wear, one.look.hat) == (other.look.wear, other.look.hat)
    assert (one.look.wear, one.look.hat) != ("dress", "")


def test_costumes_differ():
    looks = [one.look for one in read_scene("three kids in Halloween costumes").figures]

    assert len({(one.body, one.hat) for one in looks}) == 3


def test_a_son_or_daughter_is_a_child_unless_grown_up():
    ages = [one.look.age for one in read_scene("a father and his daughter walk").figures]

    assert ages == ["adult", "child"]
    assert read_scene("a grown daughter").figures[0].look.age == "adult"


BODIES = [
    ("A farmer leans on a fence and watches a tractor sink into the mud", "leaning on"),
    ("A woman backs away from the door", "backing"), ("A boy looks up at the stars", "looking up"),
    ("A man trips over a cable", "falling"), ("A man slips on the ice", "slipping"),
    ("A scientist holds a vial up to the light", "raising"), ("Her hands cuffed, a woman", "clasping"),
    ("A hitchhiker sticks out his thumb", "hitching"), ("A man waits in falling snow", "standing"),
    ("A girl feeds a carrot to a horse", "giving"), ("A woman in a wheelchair throws a ball", "throwing"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "pose"), BODIES)
def test_a_body_does_what_the_words_say(text, pose):
    assert read_scene(text).figures[0].pose == pose


def test_what_flies_is_in_nobodys_hand():
    scene = read_scene("A waiter trips and a tray of glasses goes flying")

    assert [(one.kind, one.relation) for one in scene.things] == [("tray", "flung")]
    assert [(one.pose, one.held) for one in scene.figures] == [("falling", "")]
    fallen = read_scene("A waiter slips, his tray in mid air").figures
    assert [one.held for one in fallen] == [""]


def test_who_is_carried_on_a_back_rides_there():
    assert read_scene("A man carries his daughter on his back").action == "piggyback"


def test_what_two_fight_over_is_between_them():
    (thing,) = read_scene("Two brothers fight over a teddy bear").things

    assert thing.relation == "between"


@pytest.mark.parametrize(("text", "count"), [("Five office workers stand in an elevator", 5),
                                             ("six boys run", 6), ("thirty people", 4)])  # fmt: skip
def test_five_or_six_are_drawn_one_by_one(text, count):
    scene = read_scene(text)

    assert (len(scene.figures), scene.crowd) == (count, count == 4)
    assert draw(scene, 96, 54).size == (96, 54)


STOOD = [
    ("A man stands on a table and sings", "table"), ("A woman stands on the roof of a car", "car"),
    ("A man sits on a table", ""), ("A man stands by a table", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "upon"), STOOD)
def test_who_stands_on_something_is_on_top_of_it(text, upon):
    (one,) = read_scene(text).figures

    assert one.upon == upon


TABLED = [
    ("a chess game in the park, two old men", "table", "chessboard"),
    ("The cat sits on the keyboard while a man tries to work", "desk", "keyboard"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "table", "kind"), TABLED)
def test_what_is_done_at_a_table_has_one(text, table, kind):
    things = {one.kind: one.relation for one in read_scene(text).things}

    assert (things[table], things[kind]) == ("at", "on")


def test_what_slides_across_a_counter_has_it_between_the_two():
    scene = read_scene("A barista slides a cup across the counter to a customer")

    assert ("worktop", "at") in [(one.kind, one.relation) for one in scene.things]
    assert scene.figures[0].held == "cup"


def test_nouns_stay_nouns_where_a_deed_would_be_the_same_word():
    wedding = read_scene("A bride and groom cut the cake")
    cord = read_scene("a woman lying on the floor, phone cord stretched across the room")

    assert [one.pose for one in wedding.figures] == ["chopping", "chopping"]
    assert [one.pose for one in cord.figures] == ["lying"]


def test_whose_neck_is_seen_is_in_the_picture():
    scene = read_scene("CU of a cello player's tattooed neck, eyes closed")

    assert (len(scene.figures), scene.insert) == (1, "")
