"""Kinds of sentences that people write: who does what to whom and to what, and what only says which."""

from __future__ import annotations

import pytest
from PIL import Image, ImageDraw

from daemon.thumbs.look_colours import look_colours
from daemon.thumbs.reading import read_scene
from daemon.thumbs.scene import Scene


def poses(scene: Scene) -> list[str]:
    return [one.pose for one in scene.figures]


WHO = [
    ("A glorper scolds two boys in the corridor", 3),
    ("A barber cuts an old man's hair", 2),
    ("A trucker nurses a cold coffee", 1),
    ("The archaeologist brushes dust from a skull", 1),
    ("A family of four eats dinner; the father says grace", 4),
    ("Dr. Patel listens to the boy's chest", 2),
    ("a bulb swinging above the table", 0),
    ("A flock of sheep crosses the road", 0),
    ("A magician before an audience of two girls", 3),
    ("A teacher walks, shot from desk height, a ruler behind his back", 1),
    ("The cat. Only the eyes, a radish reflected in each pupil", 0),
    ("A dad in boxer shorts with his own empty mug", 1), ("Beauty shot. A cup on a table", 0),
]  # fmt: skip


@pytest.mark.parametrize(("text", "count"), WHO)
def test_everybody_is_there_once_whatever_their_trade(text, count):
    assert len(read_scene(text).figures) == count


DEEDS = [
    ("A surgeon bends over a crying child", ["bowing", "crying"]),
    ("A girl sits on a bench and reads a book", ["reading"]),
    ("Three girls sit around a table, one sings", ["singing", "sitting", "sitting"]),
    ("The gardener pushes his broken-down car", ["pushing"]),
    ("A waiter trips and drops a tray", ["falling"]),
    ("Anna sleeps in her bed", ["lying"]),
    ("Grandpa naps in his armchair", ["dozing"]),
    ("A man waits, leaves flying behind him", ["standing"]),
    ("A man on his back in the alley", ["lying"]),
    ("A woman sits in the tent", ["sitting on the ground"]),
    ("A man sits on the edge, a train passes", ["sitting on the ground"]),
    ("A man sits, a wardrobe beside him", ["sitting"]),
    ("The engineer in the third row waits", ["standing"]),
    ("Three boys run. The third jumps", ["running", "jumping", "running"]),
    ("A man sits, the soup all gone", ["sitting"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), DEEDS)
def test_deeds_go_to_those_who_do_them(text, expected):
    assert poses(read_scene(text)) == expected


def test_who_rides_on_shoulders_is_carried():
    scene = read_scene("A girl rides on her father's shoulders")

    assert (scene.action, [one.look.age for one in scene.figures]) == ("carry", ["adult", "child"])
    assert all(not one.on for one in scene.figures)


THINGS = [
    ("Two old men play chess", "table", "at"), ("a family has dinner at a table", "table", "at"),
    ("A girl hugs her dog", "dog", "hugged"), ("A postman is chased by a dog", "dog", "after"),
    ("Lucy opens the fridge", "open fridge", "before"), ("A butcher stands behind his counter", "worktop", "behind"),
    ("A woman at a desk, a lamp on the desk", "lamp", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind", "relation"), THINGS)
def test_a_thing_stands_as_the_words_have_it(text, kind, relation):
    assert (kind, relation) in [(one.kind, one.relation) for one in read_scene(text).things]


HELD = [
    ("A farmer carries two buckets of milk", "bucket"), ("he runs, briefcase in hand", "briefcase"),
    ("Maria looks at the letter", "letter"), ("The villain strokes his cat", "cat"),
    ("Two samurai wait, swords drawn", "sword"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "held"), HELD)
def test_what_is_in_a_hand_is_held(text, held):
    assert read_scene(text).figures[0].held == held


@pytest.mark.parametrize(
    "text", ["A man with a cup in each hand", "A boy stands, cup in each hand"]
)
def test_what_is_in_each_hand_is_there_twice(text):
    (one,) = read_scene(text).figures

    assert (one.held, one.also) == ("cup", "cup")


@pytest.mark.parametrize(
    "text", ["Exam hall, rows of desks, all heads down", "The entire year is on the grass"]
)
def test_words_for_many_are_a_crowd(text):
    assert read_scene(text).crowd


@pytest.mark.parametrize(
    ("text", "sex"), [("Her face, lips split", "f"), ("His face, eyes red", "m")]
)
def test_a_face_of_nobody_named_is_somebodys(text, sex):
    scene = read_scene(text)

    assert (scene.shot, scene.insert) == ("close-up", "")
    assert [one.look.sex for one in scene.figures] == [sex]


@pytest.mark.parametrize(
    "text", ["Top shot: eight cars around a woman", "High angle, a man beside a car on a road"]
)
def test_from_above_the_picture_is_wide_enough_for_what_is_large(text):
    assert read_scene(text).shot == "wide"


def test_a_booth_is_no_room_with_a_fireplace():
    assert read_scene("A woman in her booth").place == ""


def test_a_shoulder_over_which_somebody_reads_is_no_camera():
    scene = read_scene("Maria looks at the letter, Tom reads over her shoulder")

    assert scene.camera == "eye level"
    assert [one.name for one in scene.figures] == ["Maria", "Tom"]


def test_a_trade_is_he_or_she_as_the_pronoun_says():
    assert read_scene("a doctor ties her shoe").figures[0].look.sex == "f"
    assert read_scene("a king ties his shoe, her dog waits").figures[0].look.sex == "m"


def test_vague_words_name_a_shot_only_where_they_stand_alone():
    assert read_scene("full shot, a single spotlight on a ballerina").shot == "full"
    assert read_scene("Medium. The judge bangs the gavel").shot == "medium"


def test_colours_are_taken_from_a_plain_look_and_words_win():
    picture = Image.new("RGB", (120, 240), (236, 236, 236))
    pen = ImageDraw.Draw(picture)
    pen.ellipse((48, 12, 72, 44), (232, 198, 108))
    pen.rectangle((38, 46, 82, 130), (205, 58, 52))
    pen.rectangle((42, 131, 78, 228), (44, 60, 106))
    found = look_colours(picture)

    assert (found["colour"], found["below_colour"]) == ("red", "navy")
    look = read_scene("Anna waits", looks={"Anna": found}).figures[0].look
    assert (look.colour, look.below_colour) == ("red", "navy")
    said = read_scene("Anna in a green coat waits", looks={"Anna": found}).figures[0].look
    assert said.colour == "green"


@pytest.mark.parametrize(
    "picture", [Image.new("RGB", (200, 200)), Image.effect_noise((99, 99), 90)]
)
def test_a_look_that_is_not_plain_says_nothing(picture):
    assert look_colours(picture) == {}
