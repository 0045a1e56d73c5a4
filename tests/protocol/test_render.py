"""What a render says of itself, and that each of a job's scalars is told in one place."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from pathlib import Path

import pytest
from support.places import TESTS
from support.renders import changed, make_render

from daemon.jobfile import read_job
from daemon.jobfile.schema import NAMES, RESOLVED
from daemon.models.catalogue import DRY_RUN
from daemon.plan.input_pictures import as_inputs
from daemon.plan.plan import Plan, plan_from_json
from daemon.plan.planner import PlanContext, make_plan
from daemon.protocol.messages import RenderBatch, decode, encode
from daemon.protocol.render import KeptPicture, Lora
from daemon.protocol.sampling import SAMPLING_KEYS, SamplingParams
from daemon.settings import Settings

FLAT = TESTS / "saved_plans" / "flat.json"
"""A plan as version 0.1 kept it, of a job that uses everything there was."""

RENDER = make_render(
    job=1, index=1, width=64, height=48, seed=5, stage="", prompt="a boat", steps=4,
    guidance_scale=7.0,
)  # fmt: skip
CHALK = Lora("chalk", "/loras/chalk.safetensors", None, 0.5)


def test_what_json_and_yaml_write_in_another_way_has_its_own_shape() -> None:
    said = {"prompt": "a", "steps": 4, "guidance_scale": 7, "eta": 1, "target_size": [64, 48]}
    found = SamplingParams.of({**said, "sampler": None, "count": 3})
    assert found == SamplingParams(
        prompt="a", steps=4, guidance_scale=7.0, eta=1.0, target_size=(64, 48)
    )
    assert all(type(each) is float for each in (found.guidance_scale, found.eta))


def plan(text: str) -> Plan:
    job = read_job(text.encode(), file="a.yaml", base=Settings().job_defaults)
    found = {one: KeptPicture(f"/store/{one.typed}", "5" * 64) for one in job.inputs}
    context = PlanContext(
        number=1, name="a", project="", card=DRY_RUN, inputs=as_inputs(job, found),
        draw_seed=lambda: 1, stage=Path("/stage"), taken=lambda _: False,
    )  # fmt: skip
    return make_plan(job, context)


# --- which renders may share a step -------------------------------------------------------------------


@pytest.mark.parametrize(
    "facts",
    [
        {"prompt": "a star", "steps": 9, "guidance_scale": 1.0, "sampler": "euler_a", "seed": 6},
        {"image": KeptPicture("/store/0", "0" * 64), "strength": 0.5},
        {"job": 2, "index": 3},
    ],
)
def test_renders_of_one_size_and_the_same_weights_may_share_a_step(facts):
    assert changed(RENDER, **facts).share_key == RENDER.share_key


@pytest.mark.parametrize("facts", [{"width": 72}, {"height": 64}, {"loras": (CHALK,)}])
def test_renders_of_another_size_or_other_weights_may_not_share_a_step(facts):
    assert changed(RENDER, **facts).share_key != RENDER.share_key


def test_a_strict_render_shares_with_none_not_even_with_another_strict_one():
    one = changed(RENDER, strict=True)

    assert one.share_key != RENDER.share_key
    assert one.share_key != replace(one, index=2).share_key


# --- scalars ------------------------------------------------------------------------------------------


def test_every_sampling_parameter_is_a_key_of_a_job_file_and_of_the_record():
    (picture,) = plan("prompt: a boat\n").pictures

    assert set(SAMPLING_KEYS) <= set(NAMES)
    assert {key: picture.block[key] for key in SAMPLING_KEYS} == {
        each.name: getattr(picture.render.sampling, each.name) for each in fields(SamplingParams)
    }


def test_a_record_says_every_key_of_a_job_file_but_its_id():
    (picture,) = plan("prompt: a boat\nid: ep01-010\n").pictures

    assert list(picture.block) == [name for name in NAMES if name != "id" and name not in RESOLVED]


def test_a_whole_number_is_a_float_where_a_float_is_meant():
    said = SamplingParams.of({"prompt": "x", "steps": 4, "guidance_scale": 7, "unknown": 1})

    assert isinstance(said.guidance_scale, float)
    assert said.strict is False


# --- pictures -----------------------------------------------------------------------------------------


def test_every_picture_a_job_names_is_in_its_renders_and_comes_over_the_wire():
    (picture,) = plan(
        "prompt: x\nimage: photo.jpg\nmask: sky.png\n"
        "references: [a.png, {image: b.png, scale: 0.2, mask: left.png}]\n"
    ).pictures
    command = RenderBatch((picture.render,))
    (arrived,) = decode(encode(command)).renders

    assert arrived == picture.render
    assert [Path(one.source.path).name for one in arrived.inputs] == [
        "a.png", "b.png", "left.png", "photo.jpg", "sky.png",
    ]  # fmt: skip
    one, two = arrived.references
    assert (one.mask, two.params.scale) == (None, 0.2)
    assert Path(two.mask.path).name == "left.png"
    assert Path(arrived.image.path).name == "photo.jpg"
    assert Path(arrived.mask.path).name == "sky.png"


# --- plans of an earlier version ----------------------------------------------------------------------


def test_a_plan_of_an_earlier_version_is_read_whole():
    old = json.loads(FLAT.read_text("utf-8"))
    first, second = plan_from_json(json.loads(FLAT.read_text("utf-8"))).pictures
    render, flat = first.render, old["pictures"][0]["render"]

    for key in set(SAMPLING_KEYS) & set(flat):
        assert getattr(render.sampling, key) == _tuple(flat[key])
    for key in ("job", "index", "width", "height", "seed", "stage", "strength", "png_text"):
        assert getattr(render, key) == flat[key]
    assert [each.params.scale for each in render.references] == [0.35, 0.5]
    assert [each.params.kind for each in render.references] == ["style", "subject"]
    assert [each.source.path for each in render.references] == [
        each["path"] for each in flat["references"]
    ]
    assert render.references[0].mask == KeptPicture(**flat["references"][0]["mask"])
    assert (render.image, render.mask) == (
        KeptPicture(**flat["image"]),
        KeptPicture(**flat["mask"]),
    )
    assert (render.hires.width, render.loras[0].name) == (384, "chalk")
    assert render.emphasis.prompt[1].weight == 1.2
    assert first.block == old["pictures"][0]["block"]
    assert (second.render.seed, second.output) == (8, old["pictures"][1]["output"])


def _tuple(value):
    return tuple(value) if isinstance(value, list) else value


def test_an_engine_of_an_earlier_version_finds_what_is_sampled_by_where_it_was():
    render = make_render(
        job=1,
        index=1,
        width=64,
        height=64,
        seed=1,
        stage="/s",
        prompt="a boat",
        steps=7,
        guidance_scale=1.0,
    )

    assert (render.prompt, render.steps) == ("a boat", 7)
    with pytest.raises(AttributeError, match="no nonsense"):
        _ = render.nonsense
