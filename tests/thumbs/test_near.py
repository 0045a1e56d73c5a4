"""What fills a near shot: what it is of comes first, and what happens to it is said."""

from __future__ import annotations

import pytest

from daemon.thumbs.drawing import draw
from daemon.thumbs.reading import read_scene

SHOWN = [
    ("Insert of a new sign being painted, brush pausing on the last letter", "sign"),
    ("insert, a vending machine coil turning, snack gets stuck", "vending machine"),
    ("extreme close-up on a spider descending a thread in front of a face", "spider"),
    ("close on a lock clicking open, three picks, harsh flashlight", "keyhole"),
    ("insert, wax seal pressed onto a folded letter, crest of a two-headed heron", "wax seal"),
    ("insert: on the counter, a key", "key"),
    ("Insert of a hand writing a letter", "pen"),
    ("close on a scar traced by a fingertip", "finger"),
    ("close-up of fingertips tracing a carved jaguar's eye", "hand"),
    ("Insert of her finger pressing middle C, the note ringing clear", "piano keys"),
    ("Close-up of a trumpet's bell, stage lights curved across the brass", "trumpet"),
    ("Close-up of a guitar's neck", "guitar"),
    ("Close-up of a barometer needle dropping past a pencil mark", "gauge"),
    ("Insert of interlocking gears", "gears"),
    ("Close-up of hands typing", "laptop"),
    ("Close-up of a hand signing a contract", "pen"),
    ("Insert of a cracked rearview mirror, blue lights behind", "mirror"),
    ("Insert of a warning light turning from amber to red", "warning light"),
    ("Close-up of a telephone receiver swinging on its cord", "telephone receiver"),
    ("Close-up of a chess piece being tipped over", "chess piece"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind"), SHOWN)
def test_a_near_shot_shows_what_it_is_of(text, kind):
    scene = read_scene(text)

    assert scene.insert == kind
    assert draw(scene, 96, 54).size == (96, 54)


BOXED = [
    ("Close on rainwater flung from a spinning tire", "RAINWATER"),
    ("Close-up of a zorble torn in half", "ZORBLE"),
    ("Insert of a guest zorble with one name carefully scratched out", "ZORBLE"),
    ("Insert of a soldier ledger, pages blank", "LEDGER"),
    ("extreme close-up of a bruise", "BRUISE"),
    ("Extreme close-up of a stamp being licked", "STAMP"),
    ("Insert of a fuse burning down", "FUSE"),
    ("Insert of dust swirling in a beam of light", "DUST"),
    ("Close-up of a name carved into bark", "NAME"),
    ("Close-up of a knot tightening", "KNOT"),
    ("close on a cassette being pushed into a deck", "CASSETTE"),
    ("Close-up of the final entry being written in the logbook", "FINAL ENTRY"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "word"), BOXED)
def test_a_box_has_the_word_of_what_is_meant(text, word):
    assert read_scene(text).label == ("something", word)


@pytest.mark.parametrize(
    "text",
    [
        "Top shot of a round council table",
        "Overhead of a table, hands pointing from every side",
        "Reverse shot, a cup on a table",
        "close-up, a flash of scarlet feathers",
        "insert, gears turning backward",
    ],
)
def test_words_of_the_camera_and_measures_are_on_no_box(text):
    scene = read_scene(text)

    wrong = {"TOP", "OVERHEAD", "REVERSE", "FLASH", "BACKWARD"}
    said = {scene.label[1], *(one.text for one in scene.notes)}
    assert not wrong & said


BEFALLS = [
    ("Close-up of ice melting in a glass", "ICE MELTING IN GLASS"),
    ("Insert of gears slowly beginning to turn backward", "TURN BACKWARD"),
    ("Close-up of saffron being weighed on a brass scale", "BEING WEIGHED"),
    ("Insert of a passport being stamped", "BEING STAMPED"),
    ("Close-up of a telephone receiver swinging on its cord", "SWINGING ON CORD"),
    ("Insert of a warning light turning from amber to red", "TURNING TO RED"),
    ("Close-up of a chess piece being tipped over by a finger", "BEING TIPPED OVER"),
    ("Close on rainwater flung from a spinning tire", "FLUNG FROM TIRE"),
    ("Insert of a zipper being pulled shut", "BEING PULLED SHUT"),
    ("Insert of a candle being blown out", "BEING BLOWN OUT"),
    ("Close-up of a rope fraying", "FRAYING"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "note"), BEFALLS)
def test_what_happens_to_the_thing_is_noted(text, note):
    assert note in [one.text for one in read_scene(text).notes if one.kind == "deed"]


@pytest.mark.parametrize(
    "text",
    [
        "Insert of a key lying on a desk",
        "Close-up of a book resting on a bench",
        "Insert, a photograph of a lighthouse",
        "Close-up of a wristwatch",
        "Close-up of a playing card turned face up",
    ],
)
def test_how_a_thing_is_needs_no_note(text):
    assert not [one for one in read_scene(text).notes if one.kind == "deed"]


@pytest.mark.parametrize(
    "text",
    [
        "low angle, tree roots splitting a door, pale hand behind it",
        "POV looking down a spiral staircase, hand with a candle at the bottom",
        "Wide of a hallway, a door, a hand on its frame",
    ],
)
def test_a_hand_that_is_named_late_fills_no_shot_that_is_not_near(text):
    assert not read_scene(text).insert


def test_a_seal_of_wax_is_no_hint_at_ice():
    assert read_scene("Insert of a wax seal").place == ""
