"""Shots in German, French, Spanish and Italian: what they are in English, and what is drawn.

Tables; English must come through untouched.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from daemon.thumbs.files import DATA
from daemon.thumbs.reading import read_scene
from daemon.thumbs.script.introductions import Introductions
from daemon.thumbs.script.tongues import LANGUAGES, glossary, in_english

SHOTS = Path(__file__).with_name("shots.txt").read_text("utf-8").splitlines()
SAID = [
    ("Eine junge Frau und ein Junge", "a young woman and a boy"),
    ("Ein alter Mann und sein Hund", "a old man and his dog"),
    ("Ein Mann läuft durch den Regen, Straße bei Nacht", "a man runs through the rain, street at"),
    ("Anna steht am Küchenfenster", "Anna stands at the window"),
    ("Zwei Kinder im Garten, „Tor!“ ruft der Junge", "two children in the garden, „Tor!“ shouts"),
    ("L'inspecteur entre dans la chambre", "the detective enters the bedroom"),
    ("Le chien noir dort devant la porte", "the black dog sleeps in front of the door"),
    ("Un château près du lac", "a castle beside lake"),
    ("EL PERRO DUERME", "the dog sleeps"),
    ("Un uomo anziano seduto su una panchina", "a old man sitting on a bench"),
]
DRAWN = [
    ("Eine alte Frau kocht Suppe in der Küche", "kitchen", ["f"], "stirring"),
    ("Nachts liegt ein Soldat im Schnee", "", ["m"], "lying"),
    ("Un homme court sous la pluie dans la rue", "street", ["m"], "running"),
    ("Une fille aux cheveux noirs est assise dans la cuisine", "kitchen", ["f"], "sitting"),
    ("Dos niños corren por la playa al atardecer", "beach", ["", ""], "running"),
    ("Una mujer con vestido rojo espera en la estación", "train station", ["f"], "standing"),
    ("Un anziano seduto su una panchina nel parco", "park", ["m"], "sitting"),
    ("Il ladro salta in strada", "street", [""], "jumping"),
]


@pytest.mark.parametrize(("text", "english"), SAID)
def test_a_shot_is_said_in_english_word_for_word(text, english) -> None:
    assert " ".join(in_english(text).split()).startswith(english)


@pytest.mark.parametrize(("text", "place", "sexes", "pose"), DRAWN)
def test_a_shot_is_drawn_as_an_english_one_is(text, place, sexes, pose) -> None:
    scene = read_scene(text)

    assert scene.place == place or not place
    assert [one.pose for one in scene.figures] == [pose] * len(sexes)
    for figure, sex in zip(scene.figures, sexes, strict=True):
        assert figure.look.sex == sex or not sex
    assert not scene.unknown


@pytest.mark.parametrize(
    "text", [*SHOTS, "chat", "Die Hard", "Rosa waits in a bar", "", "«»", "d'"]
)
def test_english_comes_through_untouched(text) -> None:
    assert in_english(text) == text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_entry_is_known_to_the_reader_and_told_once(language) -> None:
    forms = glossary(language).forms
    lines = (DATA / f"{language}.txt").read_text("utf-8").splitlines()
    written = [
        form.strip()
        for line in lines
        if line[0] not in "#~"
        for form in line.split(":")[1].split(",")
    ]

    assert len(forms) > 500
    assert [form for form, times in Counter(written).items() if times > 1] == []
    stems = {form.rstrip("~") for form in written if "~" in form}
    assert [form for form in written if form in stems] == []
    unknown = {english for english in forms.values() if read_scene(f"a man, {english}").unknown}
    assert not unknown


def test_who_is_introduced_in_german_is_known_later() -> None:
    told = Introductions()
    told.read("MARTA, 70, graue Haare und ein roter Mantel, steht im Garten")

    later = read_scene("Marta weint", known=dict(told.known_in("Marta weint")))

    assert later.place == "garden"
    assert later.figures[0].look.age == "old"
