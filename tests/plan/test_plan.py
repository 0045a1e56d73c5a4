"""A plan leaves nothing open, is the same every time, and says what a model can't do."""

from __future__ import annotations

import itertools
import json
import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.places import HOME

from daemon.errors import JobError
from daemon.jobfile import Job, read_job
from daemon.models.catalogue import DRY_RUN, Card
from daemon.plan.input_pictures import as_inputs
from daemon.plan.output_names import output_name
from daemon.plan.plan import Plan, plan_from_json, plan_to_json
from daemon.plan.planner import PlanContext, make_plan
from daemon.protocol.render import KeptPicture
from daemon.settings import Settings

UNHURRIED = settings(deadline=None)  # the machine may be busy

SMALL = Card(
    name="sketch",
    folder=Path("/models/sketch"),
    weights=Path("/models/sketch"),
    native_size=256,
    preset_sizes={768: 256, 1024: 384},
    min_size=192,
    max_size=384,
    adapters={"base": Path("/models/sketch/base.safetensors")},
)
SDXL = Card(name="sdxl", folder=Path("/m"), weights=Path("/m"))


def job(text: str) -> Job:
    return read_job(text.encode(), file="a.yaml", base=Settings().job_defaults)


def plan(text: str, card: Card = SMALL, **changes: Any) -> Plan:
    read = job(text)
    seeds: Callable[[], int] = itertools.count(100).__next__
    facts: dict[str, Any] = {
        "number": 42,
        "name": "lighthouse",
        "project": "",
        "card": card,
        "inputs": as_inputs(read, dict.fromkeys(read.inputs, KeptPicture("/store/x", "f" * 64))),
        "draw_seed": seeds,
        "stage": Path("/root/outbox/.stage"),
        "taken": lambda _: False,
    }
    return make_plan(read, PlanContext(**{**facts, **changes}))


def size(text: str, card: Card = SMALL) -> tuple[int, int]:
    render = plan(f"prompt: x\n{text}\n", card).pictures[0].render
    return render.width, render.height


# --- what is settled ----------------------------------------------------------------------------------


def test_a_plan_says_everything_about_a_picture() -> None:
    made = plan(
        "prompt: a boat\nnegative: fog\nseed: 7\nsampler: Euler a\nclip_skip: 1\nstrict: true\n"
    )
    (picture,) = made.pictures
    render = picture.render

    assert (made.number, made.name, made.project) == (42, "lighthouse", "")
    assert (render.job, render.index, render.seed) == (42, 1, 7)
    assert (render.sampling.prompt, render.sampling.negative_prompt) == ("a boat", "fog")
    assert (render.width, render.height, render.sampling.steps, render.sampling.guidance_scale) == (
        256,
        256,
        15,
        7.0,
    )
    assert (render.sampling.sampler, render.sampling.schedule, render.sampling.clip_skip) == (
        "euler_a",
        None,
        1,
    )
    assert render.sampling.strict is True
    assert render.stage == "/root/outbox/.stage/000042-01.png"
    assert picture.output == "lighthouse"
    assert set(made.to_send(picture).png_text) == {"parameters", "hotfolder", "XML:com.adobe.xmp"}


def test_planning_twice_gives_the_same_plan() -> None:
    text = "prompt: a boat\ncount: 3\naspect: 3:2\nreferences: [a.png]\n"

    assert plan(text) == plan(text)


def test_a_plan_written_down_is_read_back_exactly() -> None:
    made = plan(
        "prompt: a boat ⛵\ncount: 2\nreferences: [{image: a.png, scale: 0.35}]\n"
        "original_size: 1024x512\nnotes: {shot: 3, takes: [1, 2.5, null, true]}\nsize: 257x257\n",
        project="ep01/сцена",
    )

    assert plan_from_json(json.loads(json.dumps(plan_to_json(made)))) == made
    assert made.warnings


@pytest.mark.parametrize(
    "text", ["{}", "[]", "null", "7", '{"number": 1}', '{"no": 1}', '{"common": 1}']
)
def test_what_is_no_plan_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - what it says is for the log
        plan_from_json(json.loads(text))


# --- seeds --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "seeds"),
    [
        ("", [100]),
        ("seed: -1", [100]),
        ("count: 3", [100, 101, 102]),
        ("seed: 5", [5]),
        ("seed: 5\ncount: 3", [5, 6, 7]),
        ("seed: [9, 4]", [9, 4]),
    ],
)
def test_every_picture_has_its_seed(text: str, seeds: list[int]) -> None:
    assert [p.render.seed for p in plan(f"prompt: x\n{text}\n").pictures] == seeds


# --- sizes --------------------------------------------------------------------------------------------


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


# --- references ---------------------------------------------------------------------------------------


def test_an_adapter_the_model_lacks_is_named_with_those_it_has() -> None:
    with pytest.raises(JobError) as caught:
        plan("prompt: x\nreferences: [{image: a.png, model: plus}]\n")

    assert "no IP-Adapter named plus" in caught.value.what
    assert "base" in caught.value.why


def test_a_model_without_adapters_says_so() -> None:
    with pytest.raises(JobError, match="none"):
        plan("prompt: x\nreferences: [a.png]\n", SDXL)


# --- names --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("lighthouse", "lighthouse"),
        ("Маяк на холме", "Маяк на холме"),
        ("scene 3 🌊 take 2", "scene 3 🌊 take 2"),
        ("a/b\\c:d", "a-b-c-d"),
        ("../../etc/passwd", "_-..-etc-passwd"),
        (".hidden", "_hidden"),
        ("...", "picture"),
        ("", "picture"),
        ("   ", "picture"),
        ("a\nb\tc\x00d\x1be", "a_b_c_d_e"),
        ("right\u202eleft", "right_left"),
        ("  padded  ", "padded"),
        ("broken\udcff", "broken_"),
        ("e\u0301", "\u00e9"),
        ("👩‍🚀", "👩‍🚀"),
        ("-rf", "-rf"),
        ("what? <a|b> *", "what_ _a_b_ _"),
        ('she said "no"', "she said _no_"),
        ("NUL", "_NUL"),
        ("com1.v2", "_com1.v2"),
        ("console", "console"),
        ("to be continued...", "to be continued"),
    ],
)
def test_a_name_is_kept_as_typed_but_for_what_a_file_name_can_not_hold(
    typed: str, name: str
) -> None:
    assert output_name(typed) == name


@UNHURRIED
@given(st.text(max_size=300))
def test_every_name_is_a_safe_file_name(typed: str) -> None:
    name = output_name(typed)

    assert name
    assert not name.startswith(".")
    assert not set(name) & set('/\\:\0?*<>|"')
    assert not name.endswith((" ", "."))
    assert len(name.encode()) <= 200
    assert unicodedata.normalize("NFC", name) == name
    assert output_name(name) == name


def test_a_long_name_is_cut_between_letters() -> None:
    assert output_name("ж" * 300) == "ж" * 100
    assert output_name("a" + "ж" * 300) == "a" + "ж" * 99


def test_one_picture_lies_beside_its_siblings_and_several_in_a_folder() -> None:
    one = plan("prompt: x\n", project="ep01/scene 2")
    several = plan("prompt: x\ncount: 12\n", project="ep01")

    assert [p.output for p in one.pictures] == ["ep01/scene 2/lighthouse"]
    assert several.pictures[0].output == "ep01/lighthouse/lighthouse-01"
    assert several.pictures[11].output == "ep01/lighthouse/lighthouse-12"
    assert several.pictures[11].render.stage.endswith("/000042-12.png")


def test_hundreds_of_pictures_still_sort_by_name() -> None:
    outputs = [p.output for p in plan("prompt: x\ncount: 120\n").pictures]

    assert outputs[0] == "lighthouse/lighthouse-001"
    assert outputs == sorted(outputs)


def test_a_taken_name_is_never_used_again() -> None:
    there = {"lighthouse", "lighthouse-2", "lighthouse/lighthouse-02"}

    assert plan("prompt: x\n", taken=there.__contains__).pictures[0].output == "lighthouse-3"
    assert [p.output for p in plan("prompt: x\ncount: 2\n", taken=there.__contains__).pictures] == [
        "lighthouse-2/lighthouse-2-01",
        "lighthouse-2/lighthouse-2-02",
    ]
