"""Where a shot of a board is that names no place, who is in a near one, and what is no thing there.

Tables of whole boards and of single lines; the drawing itself is not looked at.
"""

from __future__ import annotations

import pytest

from daemon.thumbs.reading import read_scene
from daemon.thumbs.scene import Scene
from daemon.thumbs.script.introductions import Introductions

HOLDS = [
    ("INT. KITCHEN - NIGHT. Anna cooks.", "Leo sits down.", "kitchen", "night"),
    ("INT. KITCHEN - DAY. Anna cooks.", "Anna turns to the sink.", "kitchen", "day"),
    ("INT. KITCHEN - DAY. Anna cooks.", "Insert: a cup on a table.", "kitchen", "day"),
    ("EXT. DESERT TOWN - DUSK. A dog sleeps.", "Two riders stop.", "western town", "dusk"),
    ("EXT. DESERT TOWN. A dog sleeps.", "Long shot down the street.", "western town", "day"),
    ("A man waits in a forest at dawn.", "Close on his face.", "forest", "dawn"),
    ("INT. SPACESHIP. Okoro floats.", "The robot points at the hatch.", "spaceship inside", "day"),
    ("INT. SPACESHIP. Okoro floats.", "Two men on the bridge.", "spaceship inside", "day"),
    ("INT. SHOP - NIGHT. Danny waits.", "A sound from the inside of a box.", "shop", "night"),
    ("INT. KITCHEN. Anna cooks.", "A dog barks at the cat.", "kitchen", "day"),
    ("INT. KITCHEN. Anna cries.", "From outside through the window: Leo.", "kitchen", "day"),
]
ENDS = [
    ("INT. KITCHEN - NIGHT. Anna cooks.", "INT. BATHROOM. Leo sits down.", "bathroom"),
    ("INT. KITCHEN - NIGHT. Anna cooks.", "Cut to: Leo runs.", ""),
    ("INT. KITCHEN - NIGHT. Anna cooks.", "The next day Leo runs.", ""),
    ("INT. KITCHEN - NIGHT. Anna cooks.", "Leo runs across a beach.", "beach"),
    ("In a park Anna waits.", "A sofa. Leo sleeps on it.", ""),
    ("In a kitchen Anna waits.", "A train passes below a grey sky.", ""),
    ("In a kitchen Anna waits.", "Three riders on horses.", ""),
    ("In a park Anna waits.", "A surgeon with a scalpel bends over the operating table.",
     "operating theatre"),
]  # fmt: skip
SENSES = [
    ("Anna runs the water", "figures", "running"),
    ("A cup on the left, empty space for the logo", "place", "space"),
    ("Aerial, drone drifting over salt flats", "things", "plane"),
    ("Match cut: Anna with a cup", "things", "match"),
    ("The door swings open behind Danny", "things", "swing"),
    ("A hatch slides open", "things", "slide"),
    ("Cracks race through the ice like lightning", "weather", "storm"),
    ("Coffee beans pouring into a grinder", "weather", "rain"),
    ("A sheriff with a polished star", "figures", "star"),
]


def board(*texts: str, scenes: tuple[str, ...] = ()) -> list[Scene]:
    """All shots of a board as they are drawn."""
    told, made = Introductions(), []
    for number, text in enumerate(texts):
        told.read(text, "", scenes[number] if scenes else "")
        made.append(read_scene(text, board="ep", known=dict(told.known_in(text))))
    return made


@pytest.mark.parametrize(("before", "text", "place", "time"), HOLDS)
def test_a_place_holds_for_shots_that_name_none(
    before: str, text: str, place: str, time: str
) -> None:
    *_, last = board(before, text)
    assert (last.place, last.time) == (place, time)
    *_, later = board(before, text, "He nods.")
    assert (later.place, later.time) == (place, time), "and for those after them"


@pytest.mark.parametrize(("before", "text", "place"), ENDS)
def test_a_heading_a_place_or_a_clear_hint_ends_it(before: str, text: str, place: str) -> None:
    *_, last = board(before, text)
    held = board(before)[0].place
    assert last.place == place if place else last.place != held


def test_a_new_heading_has_its_own_hour_and_weather() -> None:
    *_, last = board("EXT. STREET - NIGHT. Rain.", "INT. BAR. Anna drinks.", "She nods.")
    assert (last.place, last.time, last.weather) == ("bar", "day", "clear")


def test_a_heading_that_is_continuous_keeps_the_hour() -> None:
    *_, last = board("EXT. STREET - NIGHT. Rain.", "INT. BAR - CONTINUOUS. Anna drinks.")
    assert (last.place, last.time, last.weather) == ("bar", "night", "clear")


def test_weather_holds_out_of_doors() -> None:
    *_, same, inside = board("Rain on a street.", "Anna runs.", "Anna in a kitchen.")
    assert same.weather == "rain"
    assert inside.weather == "clear"


def test_a_flashback_is_somewhere_else_and_then_it_goes_on() -> None:
    _, back, after = board(
        "INT. CHURCH - DAY. Kevin grins.", "Flashback: Gordo at the zoo at night.", "Gordo sits."
    )
    assert (back.place, back.time) == ("zoo", "night")
    assert (after.place, after.time) == ("church", "day")


def test_another_scene_of_the_board_ends_it_and_its_heading_counts() -> None:
    shots = ("Anna in a kitchen.", "Leo stands there.", "Leo nods.")
    same = board(*shots, scenes=("One", "One", "One"))
    other = board(*shots, scenes=("One", "Two", "INT. SHOP - NIGHT"))
    assert [one.place for one in same] == ["kitchen"] * 3
    assert [one.place for one in other] == ["kitchen", "", "shop"]
    assert other[2].time == "night"


@pytest.mark.parametrize("text", ["Leo sits down.", "Anna turns to the sink.", "Close on a face."])
def test_a_single_prompt_and_a_first_shot_are_the_same(text: str) -> None:
    assert board(text)[0] == read_scene(text, board="ep")


def test_what_is_told_of_a_place_may_be_anything() -> None:
    for words in ("", ";;;", "no such place;never;green;x", "kitchen", "a;b", ";night;rain;"):
        assert read_scene("Leo sits.", known={"(setting)": words}).figures


@pytest.mark.parametrize(("text", "where", "never"), SENSES)
def test_words_of_film_and_of_doors_are_no_things(text: str, where: str, never: str) -> None:
    scene = read_scene(text)
    found = {
        "figures": [one.pose for one in scene.figures] + ["star"] * (len(scene.figures) > 1),
        "things": [one.kind for one in scene.things],
        "place": [scene.place],
        "weather": [scene.weather],
    }
    assert never not in found[where]


def test_a_heading_has_no_people_of_its_own() -> None:
    assert len(read_scene("INT. FAMILY KITCHEN - DAY. Anna cooks.").figures) == 1
    assert len(read_scene("INT. KITCHEN - DAY. A family eats.").figures) > 2


def test_a_near_shot_shows_the_thing_or_the_hands_it_begins_with() -> None:
    for text, shown in (
        ("CU on a chair, a man's cardigan hanging over the back", "chair"),
        ("CU of spurs as the rider gets down from his horse", "feet"),
        ("Hands of an old worker, gripping a wooden rake", "rake"),
        ("Insert of small wet footprints on the floor", "footprints"),
    ):
        scene = read_scene(text)
        assert (scene.shot, scene.insert) == ("insert", shown), text


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("Leo walks over and lays his hand on her shoulder", 2),
        ("Close on their faces side by side", 2),
        ("The robot's thin arm types in the code", 1),
        ("We see Nora's face lit by candlelight", 1),
        ("Leo lays his hand on his shoulder", 1),
        ("Anna's coat on a chair", 0),
        ("Gordo, drunk, feeds a goat", 1),
        ("A drunk sings", 1),
    ],
)
def test_who_is_touched_or_at_work_is_in_the_picture(text: str, people: int) -> None:
    assert len(read_scene(text).figures) == people


def test_what_is_taken_from_a_vessel_is_in_the_hand() -> None:
    scene = read_scene("Leo takes an apple from the bowl in a kitchen")
    assert scene.figures[0].held == "apple"
    assert {one.kind for one in scene.things} == {"bowl", "table"}, "and that stands on a table"


def test_a_tall_thing_that_falls_hides_nobody() -> None:
    scene = read_scene("Danny knocks over a bookcase and runs")
    assert [one.relation for one in scene.things] == ["before"]
    assert scene.figures[0].base == "running" or scene.figures[0].pose == "running"


def test_what_lies_on_a_desk_is_nobody_who_stands_there() -> None:
    scene = read_scene("Nina talks, a lamp on the desk")
    assert scene.figures[0].upon == ""
    assert {one.kind for one in scene.things} == {"lamp", "desk"}
    assert read_scene("A boy stands on a desk").figures[0].upon == "desk"


@pytest.mark.parametrize(
    "text",
    ["They walk home under one umbrella in the rain.", "Anna stands in the snow.",
     "Ben walks home.", "Anna hails a taxi."],
)  # fmt: skip
def test_who_is_in_the_rain_or_on_the_way_home_is_in_no_room(text: str) -> None:
    *_, last = board("INT. RESTAURANT - NIGHT. Anna and Ben eat.", text)
    assert last.place != "restaurant"


@pytest.mark.parametrize("text", ["Rain lashes the window.", "She listens to the rain."])
def test_rain_that_is_only_heard_or_seen_leaves_everybody_inside(text: str) -> None:
    *_, last = board("INT. KITCHEN - NIGHT. Anna cooks.", text)
    assert last.place == "kitchen"
