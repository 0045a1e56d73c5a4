"""Frames of one colour, what fills a frame, and who is seen through something."""

from __future__ import annotations

import pytest

from daemon.thumbs.drawing import draw
from daemon.thumbs.reading import read_scene


@pytest.mark.parametrize(
    ("text", "colour"),
    [
        ("Hard cut to black with only the sound of a hatch locking", "black"),
        ("Fade to black", "black"),
        ("Smash cut to black, a gunshot", "black"),
        ("Black screen, a voice", "black"),
        ("Cut to white", "white"),
        ("Fades to white as the music swells", "white"),
        ("Cut to black boots on the stairs", ""),
        ("Camera pulls back to a whole sleeping town, snow, fade to black", ""),
        ("Cut to a black car in the rain", ""),
        ("A woman in white, fade to black", ""),
        ("a black cat on a white wall", ""),
    ],
)
def test_a_frame_of_one_colour_is_drawn_so(text, colour):
    scene = read_scene(text)

    assert scene.blank == colour
    tones = draw(scene, 96, 54).convert("L").tobytes()
    assert colour != "black" or sum(tones) / len(tones) < 150


@pytest.mark.parametrize(
    "text",
    [
        "Low angle as a rusted trawler slides past, hull filling the screen",
        "A horse fills the frame",
        "Wide, lens flare swallowing the frame over a field",
    ],
)
def test_what_fills_the_screen_is_on_no_computer(text):
    assert "computer" not in [one.kind for one in read_scene(text).things]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Keyhole POV of a man pacing", 1),
        ("Binocular POV of two women on a beach", 2),
        ("POV of a burglar, a dog in the kitchen", 0),
        ("Two-shot in a taxi, neon colors sliding over two faces", 2),
        ("Two-shot of honeymooners arguing behind a shared menu", 2),
        ("Two-shot of Anna and Ben at a table", 2),
        ("A face filling the frame, sweat on the brow", 1),
    ],
)
def test_who_a_shot_is_of_is_there(text, count):
    assert len(read_scene(text).figures) == count


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("POV from inside a locker as a handmade card is slid through the vent", "INSIDE LOCKER"),
        ("POV from inside a mailbox, a hand drops a letter in", "INSIDE MAILBOX"),
        ("POV from inside a fridge, a boy reaches for milk", "INSIDE FRIDGE"),
        ("POV inside a helmet, visor display scrolling", "INSIDE HELMET"),
        ("From inside the oven, a baker opens the door", "INSIDE OVEN"),
        ("POV from inside the car, rain on the windshield", ""),
        ("POV from inside a kitchen, a man at the door", ""),
        ("A man shouts from inside a wardrobe", ""),
    ],
)
def test_what_the_camera_is_in_is_around_the_frame(text, note):
    scene = read_scene(text)

    assert scene.through == ("inside" if note else "")
    assert not note or note in [one.text for one in scene.notes]
    assert draw(scene, 96, 54).size == (96, 54)


@pytest.mark.parametrize(
    ("text", "shot"),
    [
        ("Night exterior of a jazz club", "wide"),
        ("A motel parking lot at night", "wide"),
        ("Full shot of a motel parking lot", "full"),
    ],
)
def test_a_building_is_in_the_picture_whole(text, shot):
    assert read_scene(text).shot == shot
