"""Where a shot is: named, or implied by who and what is there, and never implied against a name."""

from __future__ import annotations

import pytest

from daemon.thumbs.outlines import outlines
from daemon.thumbs.panel.places import LAYERS, ON_FLOOR, ON_THE_WALL
from daemon.thumbs.panel.standing import up
from daemon.thumbs.place_table import places
from daemon.thumbs.reading import read_scene
from daemon.thumbs.script.hints import hinted

IMPLIED = [
    ("A barista hands a cup to a customer", "cafe"),
    ("Two surgeons at work", "operating theatre"),
    ("The detective stares at the suspect across the table", "interrogation room"),
    ("A teacher scolds her pupils", "classroom"),
    ("A man types on a keyboard at his desk", "office"),
    ("A judge bangs the gavel", "court"),
    ("A mechanic wipes his hands", "garage"),
    ("A line of camels, sunset", "desert"),
    ("A goalkeeper dives", "stadium"),
    ("A lion watches two zebras", "savanna"),
    ("A miner leans on his pickaxe", "cave"),
    ("A postman rings the doorbell", "doorstep"),
    ("A hiker meets a deer", "forest"),
    ("A boy builds a sandcastle", "beach"),
    ("A man blows on his soup", ""),
]


@pytest.mark.parametrize(("text", "place"), IMPLIED)
def test_who_and_what_is_there_imply_a_place_that_is_not_named(text, place):
    assert read_scene(text).place == place


NAMED = [
    ("A barista walks on the beach", "beach"),
    ("Two surgeons in the forest", "forest"),
    ("A teacher sits at the kitchen table in the kitchen", "kitchen"),
    ("EXT. HARBOUR - DAY. A nurse waits", "harbour"),
    ("A lion in the street", "street"),
]


@pytest.mark.parametrize(("text", "place"), NAMED)
def test_hints_never_win_against_words_that_name_a_place(text, place):
    assert read_scene(text).place == place


@pytest.mark.parametrize(
    "hint", ["A gardener", "A nurse", "A camel", "A dentist", "A strange thing"]
)
def test_a_heading_says_on_which_side_of_the_wall_it_is(hint):
    for slug, inside in (("INT.", True), ("EXT.", False)):
        place = read_scene(f"{slug} {hint} waits").place
        assert places()[place].indoors is inside, slug


def test_rain_that_nobody_sees_through_a_window_is_out_of_doors():
    assert not places()[read_scene("A nurse waits in the rain").place].indoors
    assert places()[read_scene("A nurse at the window, rain outside").place].indoors


WORDS = [
    ("A woman waits at a rural bus stop", "bus stop"),
    ("An old drive-in theater at dusk", "drive in"),
    ("INT. HIGH SCHOOL GYM. A girl waits", "sports hall"),
    ("A truck on a salt flat", "salt flat"),
    ("Two girls in school uniforms on a subway train", "subway train"),
    ("A bride in the back of a limousine", "back seat"),
    ("A man in a taxi", "car inside"),
    ("Two men walk along the ridge of a dune", "dunes"),
    ("A hitchhiker on a desert highway", "desert road"),
    ("Kids jump off a pier into the sea", "pier"),
    ("A hooded man stands in front of a wall of television screens", "control room"),
    ("A woman in front of a bakery", "street"),
    ("A magician pulls a rabbit out of a hat at a birthday party", "party"),
    ("Sweat runs down his temple, a man waits", ""),
    ("INT. CARGO BAY - a single crate, frost on the floor", "spaceship inside"),
    ("Two men walk through a field under a red sky", "field"),
    ("A basketball player at a stadium", "sports hall"),
    ("A moving van, a bride waits at the stadium", "stadium"),
    ("A woman waits on the subway platform", "subway platform"),
    ("A woman runs through the laundry room", "laundromat"),
    ("A dancer on the steps of an empty stage", "theatre"),
]


@pytest.mark.parametrize(("text", "place"), WORDS)
def test_several_words_name_one_place(text, place):
    assert read_scene(text).place == place


OUTSIDE = [
    ("A crowd waits outside a cinema", "cinema front"),
    ("A boy stands in front of a bank", "bank front"),
    ("Kids run out of the school", "school front"),
    ("Establishing shot of a hospital", "hospital front"),
    ("A bride waits behind a church", "chapel"),
]


@pytest.mark.parametrize(("text", "front"), OUTSIDE)
def test_a_building_seen_from_outside_looks_like_what_it_is(text, front):
    scene = read_scene(text)

    assert front in [one.kind for one in scene.things]
    assert not places()[scene.place].indoors


WALLED = [
    ("A man in the living room watches a van", "living room", "van"),
    ("A groom in the street beside a window", "street", "window"),
    ("A mechanic repairs a van in the garage", "garage", ""),
    ("A nurse leans against her ambulance", "street", ""),
]


@pytest.mark.parametrize(("text", "place", "gone"), WALLED)
def test_what_is_on_the_other_side_of_a_wall_is_named_and_not_drawn(text, place, gone):
    scene = read_scene(text)

    assert (scene.place, gone in scene.unknown) == (place, bool(gone))
    assert gone not in [one.kind for one in scene.things]


def test_of_several_in_a_car_one_drives():
    scene = read_scene("Anna and Ben drive through the city")

    assert [one.pose for one in scene.figures] == ["driving", "sitting"]


HOURS = [
    ("Two boys on a hill look at the moon", "night"),
    ("Two boys on a hill look at the stars at dawn", "dawn"),
    ("Two boys on a hill", "day"),
    ("A nurse waits at 3 a.m. outside", "night"),
]


@pytest.mark.parametrize(("text", "hour"), HOURS)
def test_what_is_there_at_night_alone_makes_it_night_unless_an_hour_is_named(text, hour):
    assert read_scene(text).time == hour


RIDING = [
    ("A woman reads on a train", "armchair"),
    ("A child watches the rain from a bus window", "armchair"),
    ("A woman stands on a crowded train", ""),
    ("The conductor walks through the train carriage", ""),
]


@pytest.mark.parametrize(("text", "seat"), RIDING)
def test_who_rides_sits_unless_they_are_said_to_be_on_their_feet(text, seat):
    assert read_scene(text).figures[0].on == seat


def test_who_is_named_in_a_car_or_a_lift_is_seen_in_it():
    for text, place in (
        ("A taxi driver talks to his passenger", "car inside"),
        ("A drunk man in the back of a taxi", "back seat"),
        ("Two cops in a squad car", "car inside"),
    ):
        scene = read_scene(text)
        assert (scene.place, scene.shot) == (place, "medium"), text


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("Over the shoulder of a detective, a man sits across the table", "at"),
        ("A barista slides a cup across the counter to a customer", "at"),
    ],
)
def test_what_is_across_a_table_has_the_table_between(text, where):
    assert where in [one.relation for one in read_scene(text).things]


def test_who_is_on_a_diving_board_is_high_above_the_pool():
    scene = read_scene("A girl stands on the high diving board")

    assert (scene.place, scene.figures[0].on) == ("pool", "diving tower")
    assert up(scene.figures[0]) > 2


def test_a_place_before_a_noun_only_says_which():
    assert read_scene("A circus elephant walks down an empty highway").place == "highway"
    assert read_scene("A nurse beside a hospital bed").place == "hospital"


def test_all_that_places_and_hints_name_is_there():
    assert hinted() <= set(places())
    for place in places().values():
        assert {name for name, _ in place.layers} <= set(LAYERS), place.name
        for piece in place.pieces:
            drawn = {"trunk", *outlines(), *(ON_THE_WALL if piece.how == "^" else ON_FLOOR)}
            said = piece.name.startswith('"')  # a word on a sign
            assert said or piece.name in drawn, (place.name, piece.name)


@pytest.mark.parametrize(
    ("text", "place", "pose"),
    [
        ("A boy sits in the back seat of a car, looking out of the window", "back seat", "looking"),
        ("A boy in the back seat, looking out of the window", "back seat", "looking"),
        ("She sits in the back of a car", "back seat", "sitting"),
        ("She sits in a taxi", "car inside", "sitting"),
        ("A woman in the passenger seat does her make-up", "car inside", "sitting"),
        ("Mara drives through the night", "car inside", "driving"),
        ("On the train, a soldier looks out of the window", "train carriage", "looking"),
        ("She looks out of the window", "room", "looking"),
    ],
)
def test_who_sits_in_a_vehicle_is_where_was_said_and_only_drivers_drive(text, place, pose):
    scene = read_scene(text, seed=1)
    assert (scene.place, scene.figures[0].pose) == (place, pose)
    assert "car" not in [one.kind for one in scene.things]  # they are inside it
