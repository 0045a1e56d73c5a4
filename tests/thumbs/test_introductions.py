"""Who is introduced once and only named later looks as the introduction says.

Tables of introductions, of what is none, and whole boards; the drawing itself is not looked at.
"""

from __future__ import annotations

import random

import pytest

from daemon.thumbs.reading import read_scene
from daemon.thumbs.scene import Figure, Scene
from daemon.thumbs.script.continuity import SETTING
from daemon.thumbs.script.introductions import MOST_NAMES, Introductions

INTRODUCED = [
    ("DETECTIVE RUIZ (50s, heavy coat, tired eyes) sips cold coffee", "Ruiz", "m", "adult"),
    ("The man in the hoodie, DANNY, drops the bag", "Danny", "m", "adult"),
    ("Ramesh, 61, salt farmer, looks into the lens", "Ramesh", "m", "old"),
    ("Tomas coils a rope. His granddaughter Meera, 9, runs", "Meera", "f", "child"),
    ("Captain Okoro (40s woman, shaved head) lowers the radio", "Okoro", "f", "adult"),
    ("ELLIE (16, braids, denim jacket) reads in the boat", "Ellie", "f", "teen"),
    ("A girl, Wren, 7, yellow raincoat, kneels in the rain", "Wren", "f", "child"),
    ("An old woman, Ito, cooks at the hearth", "Ito", "f", "old"),
    ("A boy called Ash hides under the table", "Ash", "m", "child"),
    ("TOMAS, an old fisherman with a grey beard, mends a net", "Tomas", "m", "old"),
    ("Mrs. Okafor hangs washing on the line", "Okafor", "f", "adult"),
    ("Old fisherman Anders mends a net", "Anders", "m", "old"),
    ("Commander Yara Voss (45, orange spacesuit) waits in the cockpit", "Yara", "f", "adult"),
    ("Dr. Lind (38) raises her glasses", "Lind", "f", "adult"),
    ("Magda, parking attendant, red vest, in her booth", "Magda", "f", "adult"),
    ("The singer, Delphine. Her eyes are hollow", "Delphine", "f", "adult"),
]
BEASTS = [
    ("In the reeds a small hedgehog called Pip sniffs at a boot", "Pip", "hedgehog"),
    ("Her dog Biscuit barks at the postman", "Biscuit", "dog"),
    ("A horse named Thunder drinks at the trough", "Thunder", "horse"),
]
NO_NAMES = [
    "BANG (off screen). The door shakes",
    "CU (50mm) of a hand",
    "POV (the man): a long corridor",
    "Paris (France) in the rain",
    "In May, 1945, soldiers march",
    "SECURITY GUARD (40s, moustache) yawns",
    "A red Volvo, an old wreck, stands in the rain",
    "Danny, the bag in his hand, runs",
    "Danny, his brother beside him, runs",
    "A woman, Danny, and a dog wait",
    "Danny, boy, dog, all run",
    "The man kisses Anna",
    "INT. RUIZ'S FLAT (NIGHT)",
    "EXT. HARBOUR, 1920, A SAILOR",
    "A man in a coat sips cold coffee",
    "",
    "(((((((((( , , , A B C D E F (",
]


def after(*texts: str, style: str = "") -> Scene:
    """The last of these shots, read as a board's."""
    told = Introductions()
    for text in texts:
        told.read(text, style)
    return read_scene(texts[-1], board="ep", known=dict(told.known_in(texts[-1])))


def names_in(told: Introductions, text: str) -> list[str]:
    return [name for name, _ in told.known_in(text) if name != SETTING]


def only(scene: Scene) -> Figure:
    (figure,) = scene.figures
    return figure


@pytest.mark.parametrize(("text", "name", "sex", "age"), INTRODUCED)
def test_who_was_introduced_is_drawn_so_where_only_named(
    text: str, name: str, sex: str, age: str
) -> None:
    for later in (f"{name} sits on a bench", f"CU {name}'s face", f"{name.upper()} runs"):
        look = only(after(text, later)).look
        assert (look.sex, look.age) == (sex, age), later


@pytest.mark.parametrize(("text", "name", "kind"), BEASTS)
def test_an_animal_stays_one(text: str, name: str, kind: str) -> None:
    scene = after(text, f"{name} runs on the beach")
    assert not scene.figures
    assert [one.kind for one in scene.things] == [kind]
    told, plain = after(text, f"Anna feeds {name}"), read_scene(f"Anna feeds the {kind}")
    assert [one.kind for one in told.things] == [one.kind for one in plain.things]


@pytest.mark.parametrize("text", NO_NAMES)
def test_what_is_no_introduction_changes_nothing(text: str) -> None:
    told = Introductions()
    told.read(text)
    names = "Bang CU POV Paris May Volvo Danny Anna Ruiz Harbour Guard A B"
    assert names_in(told, names) == []


def test_clothes_hair_and_hat_come_along_and_what_the_shot_says_wins() -> None:
    told = "JONAS (17, red beanie, green coat) waits"
    look = only(after(told, "Jonas runs")).look
    assert (look.hat, look.hat_colour, look.wear, look.colour) == ("beanie", "red", "coat", "green")
    look = only(after(told, "Jonas in a blue hoodie runs")).look
    assert (look.wear, look.colour, look.hat) == ("hoodie", "blue", "beanie")


def test_the_first_introduction_holds_and_the_cast_wins_over_it() -> None:
    first, second = "IVO (70, grey coat) waits", "IVO (12, red hoodie) waits"
    assert only(after(first, second, "Ivo runs")).look.age == "old"
    assert only(after(first, "Ivo runs; Ivo: a boy in a red hoodie")).look.age == "child"
    cast = "A street; Ivo: a woman, 30, red dress"
    assert only(after(cast, "Ivo runs")) == only(read_scene("Ivo runs", board="ep"))


def test_an_introduction_brings_neither_deed_nor_place_nor_unknown_words() -> None:
    told = "A runner, KIM, waits. Anders, 60, a fisherman with a zorble, waits"
    for later in ("Kim stands in a bar", "CU Anders, sad"):
        scene, bare = after(told, later), read_scene(later, board="ep")
        assert (scene.place, scene.shot, scene.unknown) == (bare.place, bare.shot, bare.unknown)
        assert (only(scene).pose, only(scene).held) == (only(bare).pose, only(bare).held)


@pytest.mark.parametrize(("text", "name", "sex", "age"), INTRODUCED)
def test_who_is_introduced_is_in_the_picture_once(text: str, name: str, sex: str, age: str) -> None:
    (look,) = [one.look for one in after(text).figures if one.name == name]
    assert (look.sex, look.age) == (sex, age)
    assert len(after(text).figures) == 1 + text.startswith("Tomas coils")


@pytest.mark.parametrize(("text", "name", "kind"), BEASTS)
def test_an_animal_that_is_introduced_is_no_person_as_well(text: str, name: str, kind: str) -> None:
    scene = after(text)
    assert kind in [one.kind for one in scene.things]
    assert name not in [one.name for one in scene.figures]


def test_two_may_be_introduced_in_one_shot() -> None:
    told = "Anna, 30, and her son Ivo (8) wait. A bear called Winter digs"
    anna, ivo = after(told, "Anna hugs Ivo").figures
    assert (anna.look.sex, anna.look.age, ivo.look.sex, ivo.look.age) == (
        "f",
        "adult",
        "m",
        "child",
    )
    assert [one.kind for one in after(told, "CU Winter").things] == ["bear"]


def test_words_of_an_introduction_that_are_not_known_are_named_still() -> None:
    assert after("JONAS (17, zorble, red cap) waits").unknown == ("zorble",)


def test_a_shot_before_the_introduction_is_as_it_was() -> None:
    told = Introductions()
    assert told.known_in("Ruiz runs") == ()
    told.read("DETECTIVE RUIZ (50s) waits")
    assert told.known_in("A man runs") == ()
    assert dict(told.known_in("Ruiz’s hand")).keys() == {"ruiz"}


def test_without_introductions_nothing_changes() -> None:
    chance = random.Random(7)
    parts = ("Anna", "Ben", "runs", "and", "a man", "in Paris", "CU", "sits,", "night", "Pip", ".")
    for _ in range(200):
        text = " ".join(chance.choices(parts, k=chance.randint(1, 9)))
        plain = read_scene(text, board="ep")
        assert read_scene(text, board="ep", known={}) == plain
        assert read_scene(text, board="ep", known={"zorb": "woman", "quib": "dog"}) == plain


def test_any_texts_at_all_are_read_and_names_are_bounded() -> None:
    chance = random.Random(3)
    told = Introductions()
    for text, *_ in INTRODUCED + BEASTS:
        for _ in range(20):
            letters = list(text)
            chance.shuffle(letters)
            told.read("".join(letters), "style")
            cut = text[chance.randrange(len(text)) :] * chance.randint(1, 9)
            told.read(cut)
            for one in (cut, "".join(letters)):
                read_scene(one, board="ep", known=dict(told.known_in(one)))
    names = [f"{chr(65 + one // 26)}o{chr(97 + one % 26)}ux" for one in range(MOST_NAMES * 2)]
    for name in names:
        told.read(f"{name} (50s, a man) waits")
    assert len(names_in(told, " ".join(names[:150]))) > 0
    assert sum(len(names_in(told, name)) for name in names) <= MOST_NAMES
