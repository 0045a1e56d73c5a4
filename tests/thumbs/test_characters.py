"""Who a board's people and animals are, in all of its shots: names, pronouns, clothes of animals.

Tables of kinds of words; whole boards; the drawing itself is looked at by people.
"""

from __future__ import annotations

import pytest

from daemon.thumbs.drawing import draw
from daemon.thumbs.reading import read_scene
from daemon.thumbs.scene import Scene
from daemon.thumbs.script.introductions import Introductions

NOBODY = [
    "Fr 1. A clock on a shelf",
    "Panel 12: A clock on a shelf",
    "Shot 3 - A clock on a shelf",
    "Confetti optional",
    "Walkway, looking along a row of doors",
    "Goodnight. A lamp on a shelf",
    "Ringside beyond the ropes",
    "Closer – a letter on a table",
    "Poster on a wall: 'GRAND FINAL ADEYEMI v KOZAK'",
    "A box on a table. Room for the line 'Get up. Properly.'",
    "Bernard's empty chair, his spectacles folded on the seat",
    "A cliff, tall as a giant",
    "Clouds like pillows, rocks like old men",
    "Polaroids of sleeping guests on a wall",
]
SOMEBODY = [
    "Fr 1. Jess shuffles into the kitchen",
    "Kestrel waits by the door",
    "KESTREL by the door",
    "They've both stopped; Kestrel points",
    "Kestrel at the window",
    "Kestrel's hand holds a key",
]
CLOTHED = [
    ("A small hedgehog, PIM, in a yellow coat, waits", "Pim", "hedgehog"),
    ("OLD MRS. STORK, with half-moon glasses and a shawl, bows", "Stork", "swan"),
    ("A fox called Rusk, in a red scarf, waves", "Rusk", "fox"),
    ("Mr. Badger yawns. Mr. Fox waits", "Fox", "fox"),
    ("WILF, a stout fox in a blue waistcoat, winds a clock", "Wilf", "fox"),
    ("His friend DOT, a field mouse in a red scarf, peeks out", "Dot", "mouse"),
]
REFERRED = [
    ("IONE, 14, long copper plait, sits on a bench", "She runs", "Ione"),
    ("Anders, 60, grey beard, mends a net", "He sits on a rock", "Anders"),
    ("WREN, 7, red coat, skips. MARLO (40s, moustache) waits", "He waves", "Marlo"),
]


def shots(*texts: str) -> list[Scene]:
    """These shots of one board, in their order."""
    told, made = Introductions(), []
    for text in texts:
        told.read(text)
        made.append(read_scene(text, board="ep", known=dict(told.known_in(text))))
    return made


@pytest.mark.parametrize("text", NOBODY)
def test_what_only_opens_a_sentence_or_is_quoted_owned_or_likened_is_nobody(text: str) -> None:
    assert shots(text)[0].figures == ()


@pytest.mark.parametrize("text", SOMEBODY)
def test_who_does_something_is_somebody(text: str) -> None:
    scene = shots(text)[0]
    assert scene.figures or scene.by_hand


@pytest.mark.parametrize(("text", "name", "kind"), CLOTHED)
def test_an_animal_in_clothes_is_somebody_in_all_shots(text: str, name: str, kind: str) -> None:
    first, later = shots(text, f"{name} kneels and points at the sky")
    for scene in (first, later):
        assert kind in [one.look.body for one in scene.figures]
    assert later.figures[0].pose in ("pointing", "kneeling")
    assert later.figures[0].name == name
    assert not later.things


@pytest.mark.parametrize("kind", ["hedgehog", "swan", "deer", "lion", "elephant", "rabbit", "frog"])
def test_heads_of_animals_are_their_own(kind: str) -> None:
    pictures = {
        draw(read_scene(f"{text} in a blue coat stands", seed=7), 120, 68).tobytes()
        for text in (f"a {kind}", "a bear", "a man")
    }
    assert len(pictures) == 3


@pytest.mark.parametrize(("first", "later", "name"), REFERRED)
def test_she_and_he_are_who_was_spoken_of_last(first: str, later: str, name: str) -> None:
    scene = shots(first, later)[1]
    assert [one.name for one in scene.figures] == [name]
    assert scene.figures[0].look == next(
        one.look for one in shots(first, f"{name} waits")[1].figures
    )


def test_a_twin_looks_alike_but_for_what_is_said() -> None:
    one, other = (
        scene.figures[-1].look
        for scene in shots(
            "RUTH ADEYEMI (17, braids, green coat) waits",
            "Doorway: her twin NAOMI, identical but with glasses, waits",
        )
    )
    assert (other.sex, other.age, other.hair, other.wear) == (one.sex, one.age, one.hair, one.wear)
    assert "glasses" in other.extras


def test_both_names_are_one_person_and_a_hair_style_is_no_fairy() -> None:
    scene = shots("RUTH ADEYEMI (17, braids) kneels")[0]
    assert [one.name for one in scene.figures] == ["Ruth"]
    look = shots("DANI, 24, bleached pixie cut, denim jacket, waits")[0].figures[0].look
    assert (look.sex, look.hair, look.hair_colour, look.extras) == ("f", "bob", "blond", ())


SPLIT = [
    "Split screen – left, a man holding bread; right, a woman in a car",
    "Split screen: a man holding bread on the left, a woman in a car on the right",
    "Split screen. On the left a man holding bread. On the right a woman in a car.",
    "Split-screen of a man holding bread and a woman in a car",
    "Diptych: a man holding bread / a woman in a car",
]


@pytest.mark.parametrize("text", SPLIT)
def test_a_split_screen_is_two_pictures(text: str) -> None:
    scene = shots(text)[0]
    one, other = scene.halves
    assert [half.figures[0].look.sex for half in (one, other)] == ["m", "f"]
    assert (one.figures[0].held, other.place) == ("bread", "car inside")
    assert draw(scene, 161, 90).size == (161, 90)


@pytest.mark.parametrize("text", ["A road with trees left and right", "A banana split, a screen"])
def test_what_has_sides_is_not_split(text: str) -> None:
    assert shots(text)[0].halves == ()


DOES = [
    ("Anna on the bench, quiet", "sitting"),
    ("RUTH (17, braids) shadowboxing. Close, sweat flying", "punching"),
    ("Anna stands in a field. Smoke drifts across", "standing"),
    ("All sleep, except Anna, standing on a chair", "standing"),
    ("MARLO, 40s, grey stubble, crouched, checks his watch", "crouching"),
    ("From inside the trench looking up, black figures climb ladders", "climbing"),
    ("Anna waits. A rifle is lying in the mud", "standing"),
    ("Anna lies face-down in the mud", "lying"),
    ("Anna takes first spoonful", "eating"),
    ("KOZAK (tall, red kit) lands a right hook", "punching"),
    ("Anna sits cross-legged on a rug", "sitting on the ground"),
    ("Anna waits. A line draws itself across the wall", "standing"),
    ("Anna stands in a field. The fence is half-painted", "standing"),
]


@pytest.mark.parametrize(("text", "pose"), DOES)
def test_what_is_done_is_done_by_who_does_it(text: str, pose: str) -> None:
    assert shots(text)[0].figures[0].pose == pose


SEEN = [
    ("CU whistle at Anna's lips", "whistle"),
    ("ECU last polaroid, still developing: Anna, from behind", "photograph"),
    ("Insert - poster taped to brick wall: 'GRAND FINAL SAT 7PM'", "poster"),
    ("Close-up of a coffee cup, Anna's hands around it", "cup"),
]


@pytest.mark.parametrize(("text", "kind"), SEEN)
def test_a_near_shot_that_begins_with_a_small_thing_shows_it(text: str, kind: str) -> None:
    assert shots(text)[0].insert == kind


def test_what_things_do_is_lettered_where_nobody_is() -> None:
    scene = shots("A curtain yanked aside. A dark passage beyond")[0]
    assert [one.text for one in scene.notes if one.kind == "deed"] == ["CURTAIN YANKED"]
    assert not [one for one in shots("A poster taped to a wall")[0].notes if one.kind == "deed"]


def test_the_same_position_is_the_one_before() -> None:
    scene = shots("Leo lies face-down in a ditch. Opposite him a soldier in the same position")[0]
    assert [one.pose for one in scene.figures] == ["lying", "lying"]


def test_somebodys_hand_counts_and_nobody_else() -> None:
    scene = shots("Ruth on one elbow, the referee's hand counting above")[0]
    assert [one.pose for one in scene.figures] == ["lying", "pointing"]


def test_water_alone_moves_nobody_to_the_sea() -> None:
    assert shots("EXT. TRENCH - DAY", "A rifle in the water")[1].place == "trench"
    assert shots("EXT. STREET - DAY", "A boat on the sea")[1].place == "sea"


def test_looking_over_her_shoulder_is_over_that_of_who_was_named_last() -> None:
    scene = shots("IONE, 14, red coat, sits", "Looking over her shoulder at the map")[1]
    assert (scene.camera, scene.figures[0].name) == ("over the shoulder", "Ione")


def test_they_are_the_two_of_the_shots_before() -> None:
    told = ("A hedgehog, PIM, in a coat, waits", "MRS. STORK bows to Pim", "They sit on a rock")
    assert {one.name for one in shots(*told)[2].figures} == {"Pim", "Stork"}
    three = ("ANNA, 7, waits. BEN, 70, sits", "CLEO, 71, red hat, runs", "They sit on a rock")
    assert not {one.name for one in shots(*three)[2].figures} & {"Ben", "Cleo"}


def test_who_has_wings_flies_with_the_other_on_the_back() -> None:
    told = ("A hedgehog, PIM, in a coat, waits", "MRS. STORK bows to Pim")
    scene = shots(*told, "Flying! Pim hangs on to Mrs. Stork's neck, clouds all around")[2]
    assert {one.name: one.pose for one in scene.figures} == {"Pim": "riding", "Stork": "flying"}
    assert draw(scene, 120, 68).size == (120, 68)


def test_a_blow_is_struck_by_whose_it_is() -> None:
    scene = shots("LENNY, 70, flat cap, grimacing as Ruth's punch connects")[0]
    assert {one.name: one.pose for one in scene.figures} == {
        "Ruth": "punching",
        "Lenny": "standing",
    }


def test_what_is_said_wins_over_what_a_deed_has_by_itself() -> None:
    rider = shots("Anna rides off on a bicycle")[0].figures[0]
    assert (rider.pose, rider.on) == ("riding", "bicycle")


@pytest.mark.parametrize(
    "text", ["Silhouette of a woman on a hill", "A woman in silhouette", "A woman silhouetted"]
)
def test_a_silhouette_is_a_dark_shape(text: str) -> None:
    assert [one.look.body for one in shots(text)[0].figures] == ["shadow"]


def test_camels_cross_dunes_and_a_birds_eye_view_is_one() -> None:
    camels, pool = shots("A caravan of camels crosses the dunes", "Birds-eye view of a swimmer")
    assert ([one.kind for one in camels.things], pool.camera) == (["camel"], "top")


def test_a_tower_from_the_air_is_in_no_room() -> None:
    scene = shots("A living room. An armchair", "Wide. The lighthouse from the air")[1]
    assert (scene.place != "living room", scene.camera) == (True, "high")
