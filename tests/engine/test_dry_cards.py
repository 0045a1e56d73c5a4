"""The dry-run engine draws what a prompt says, and labels it; the same render is the same pixels."""

from __future__ import annotations

import pytest
from PIL import Image, ImageChops
from support.renders import make_render

from daemon.engine.dry_run import DryRun, fitting, font
from daemon.protocol.messages import Load


def engine(**options: str) -> DryRun:
    made = DryRun()
    made.load(
        Load(name="dry-run", model="", options={"cards": "drawn", **options}), lambda *_: None
    )
    return made


def card(made: DryRun, **facts: object) -> Image.Image:
    said = {
        "job": 1,
        "index": 0,
        "stage": "",
        "seed": 7,
        "width": 512,
        "height": 320,
        "steps": 2,
        "guidance_scale": 5.0,
    }
    return made.render(
        make_render(**{"prompt": "a man in the rain", **said, **facts}), lambda *_: None
    ).image


def test_the_same_render_is_the_same_drawing_and_another_prompt_another() -> None:
    one, again = card(engine()), card(engine(), job=9, index=3)
    other = card(engine(), prompt="a ship at sea")

    assert one.tobytes() == again.tobytes()
    drawn = (0, 0, 512, 280)
    assert ImageChops.difference(one.crop(drawn), other.crop(drawn)).getbbox() is not None


@pytest.mark.parametrize(
    "fact", [{"steps": 3}, {"guidance_scale": 3.5}, {"negative_prompt": "red"}, {"seed": 8}]
)
def test_renders_that_differ_in_anything_have_another_stripe(fact) -> None:
    one, other = card(engine()), card(engine(), **fact)

    stripe = (0, 318, 512, 320)
    assert one.crop(stripe).tobytes() != other.crop(stripe).tobytes()


def test_small_pictures_and_plain_cards_are_painted_without_a_drawing() -> None:
    plain, drawn = card(engine(cards="plain")), card(engine())
    small = card(engine(), width=64, height=64)

    assert plain.tobytes() != drawn.tobytes()
    paper = drawn.getpixel((256, 10))
    assert plain.getpixel((500, 10)) != paper
    assert small.size == (64, 64)


def test_prompts_that_say_nothing_that_can_be_drawn_are_drawn() -> None:
    for prompt in ("", "🎈", "雨の中", "<lora:x:1>", "\u202e"):
        assert card(engine(), prompt=prompt).size == (512, 320)


@pytest.mark.parametrize("size", [8, 12, 24])
@pytest.mark.parametrize("width", [144, 240, 600, 2000])
def test_a_label_is_never_cut_off_and_loses_no_word(size: int, width: int) -> None:
    text = "drawn by rule, not painted   256 x 256, 15 steps, guidance 7, seed 4294967295"

    lines = fitting(text, size, width)

    assert " ".join(lines).split() == text.split()
    words = [font(size).getlength(word) for word in text.split()]
    assert all(font(size).getlength(line) <= max(width, *words) for line in lines)
    assert (lines == [text]) is (font(size).getlength(text) <= width)
