"""What stands for a shot that has no picture: a drawing of its words, marked, else a card."""

from __future__ import annotations

from dataclasses import replace

import pytest

from daemon.export.reel import Panel
from daemon.export.stills import card, still_of
from daemon.thumbs.drawable import Drawable

WORDS = Drawable("a woman in a red coat runs through the rain at night", 7, 1, "ep03")
SHOT = Panel("020", None, 2.0, prompt="Anna runs", drawable=WORDS)


@pytest.mark.parametrize("size", [(1024, 576), (333, 333), (2390, 1000), (64, 64)])
def test_a_shot_without_a_picture_is_drawn_in_the_size_of_the_others(size) -> None:
    still = still_of(SHOT, size)

    assert (still.mode, still.size) == ("RGB", size)
    assert still.tobytes() == still_of(SHOT, size).tobytes()
    assert still.tobytes() != card("020", size).tobytes()


def test_it_is_the_drawing_of_its_words_and_says_that_it_is_one() -> None:
    from daemon.thumbs.drawing import draw
    from daemon.thumbs.reading import read_scene

    scene = read_scene(WORDS.prompt, seed=7, take=1, board="ep03")
    still, bare = still_of(SHOT, (640, 360)), draw(scene, 640, 360)
    upper = (0, 0, 640, 300)

    assert still.crop(upper).tobytes() == bare.crop(upper).tobytes()
    assert still.crop((0, 300, 320, 360)).tobytes() != bare.crop((0, 300, 320, 360)).tobytes()


def test_a_panel_without_words_has_a_card(tmp_path) -> None:
    bare = replace(SHOT, drawable=None)
    assert still_of(bare, (320, 180)).tobytes() == card("020", (320, 180)).tobytes()
    gone = replace(SHOT, picture=tmp_path / "deleted.png")
    assert still_of(gone, (320, 180)).tobytes() == still_of(SHOT, (320, 180)).tobytes()


def test_whom_earlier_shots_introduced_is_drawn_so() -> None:
    named = replace(WORDS, prompt="Okoro runs")
    known = replace(named, known=(("okoro", "captain; an old woman"),))
    one, other = (still_of(replace(SHOT, drawable=each), (320, 180)) for each in (named, known))
    assert one.tobytes() != other.tobytes()
