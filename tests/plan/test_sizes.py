"""Sizes follow the preset, the shape and the model, and what can't be is said."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.places import HOME
from support.planning import SDXL, SMALL, plan

from daemon.errors import JobError
from daemon.jobfile import read_job
from daemon.models.catalogue import DRY_RUN, Card
from daemon.plan.planner import PlanContext, make_plan
from daemon.settings import Settings

UNHURRIED = settings(deadline=None)  # the machine may be busy


def size(text: str, card: Card = SMALL) -> tuple[int, int]:
    render = plan(f"prompt: x\n{text}\n", card).pictures[0].render
    return render.width, render.height


@pytest.mark.parametrize(
    ("text", "small", "sdxl"),
    [
        ("", (256, 256), (768, 768)),
        ("preset: quality", (384, 384), (1024, 1024)),
        ("preset: quality\naspect: 16:9", None, (1344, 768)),
        ("preset: quality\naspect: 9:16", None, (768, 1344)),
        ("preset: quality\naspect: 3:2", None, (1216, 832)),
        ("preset: quality\naspect: 1:1", (384, 384), (1024, 1024)),
        ("aspect: 16:9", (344, 192), (1024, 576)),
        ("aspect: 3:2", (312, 208), (944, 624)),
        ("aspect: 2:3", (208, 312), (624, 944)),
        ("size: 320x200", (320, 200), None),
        ("width: 320", (320, 256), None),
        ("width: 320\naspect: 4:3", (320, 240), None),
        ("height: 320\naspect: 3:4", (240, 320), None),
    ],
)
def test_sizes_follow_the_preset_the_shape_and_the_card(
    text: str, small: tuple[int, int] | None, sdxl: tuple[int, int] | None
) -> None:
    if small:
        assert size(text, SMALL) == small
    if sdxl:
        assert size(text, SDXL) == sdxl


@UNHURRIED
@given(st.integers(1, 800), st.integers(100, 800), st.sampled_from(["fast", "quality"]))
def test_any_shape_stays_within_the_models_bounds(width: int, height: int, preset: str) -> None:
    for card in (SMALL, SDXL, DRY_RUN):
        for shape in (f"{max(width, 100)}:{height}", f"{height}:{max(width, 100)}"):
            sides = size(f"preset: {preset}\naspect: {shape}", card)
            assert all(card.min_size <= side <= card.max_size for side in sides)
            assert all(side % card.size_multiple == 0 for side in sides)


def test_a_size_the_model_can_not_do_names_its_limits() -> None:
    with pytest.raises(JobError) as caught:
        plan("prompt: x\nsize: 1024x1024\n")

    assert "too large for the model sketch" in caught.value.what
    assert "192 to 384" in caught.value.why
    assert (caught.value.line, caught.value.key) == (2, "width")


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ("2.39:1", "2:1 (384x192)"),
        ("2.39", "2:1"),
        ("1:3", "0.5:1"),
        ("16:9", ""),
        ("3:2", ""),
        ("2:1", ""),
    ],
)
def test_a_shape_the_model_can_not_have_is_said_with_the_one_it_became(
    shape: str, words: str
) -> None:
    said = " ".join(plan(f"prompt: x\npreset: quality\naspect: {shape}\n").warnings)

    assert words in said
    assert bool(words) == ("The shape asked for" in said)


@pytest.mark.parametrize("page", ["README.md", "docs/job-files.md", "examples/full.yaml"])
def test_the_sizes_the_pages_show_can_be_made_by_the_model_that_comes_along(page: str) -> None:
    for shown in re.findall(r"size: ([0-9]{2,4}x[0-9]{2,4})(?=,|\s)", (HOME / page).read_text()):
        if "768x768" not in shown:  # in tables of what a key is
            assert size(f"size: {shown}", SMALL) == tuple(map(int, shown.split("x")))


def test_a_model_of_coarser_steps_rounds_with_a_warning() -> None:
    coarse = replace(SMALL, size_multiple=32)
    made = plan("prompt: x\nsize: 292x256\n", coarse)

    assert (made.pictures[0].render.width, made.pictures[0].render.height) == (288, 256)
    assert "multiples of 32" in made.warnings[-1]


def test_a_preset_size_the_card_does_not_name_is_scaled() -> None:
    settings = replace(Settings(), presets={**Settings().presets})
    read = replace(
        read_job(b"prompt: x", file="a.yaml", base=settings.job_defaults), width=832, height=640
    )
    context = PlanContext(
        number=1, name="a", project="", card=SMALL, inputs=(), draw_seed=lambda: 1,
        stage=Path("/s"), taken=lambda _: False,
    )  # fmt: skip
    made = make_plan(read, context)

    assert (made.pictures[0].render.width, made.pictures[0].render.height) == (280, 216)
