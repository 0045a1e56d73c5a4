"""A plan leaves nothing open, is the same every time, and says what a model can't do."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.planning import SDXL, plan

from daemon.errors import JobError
from daemon.plan.output_names import output_name
from daemon.plan.plan import plan_from_json, plan_to_json

UNHURRIED = settings(deadline=None)  # the machine may be busy


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
