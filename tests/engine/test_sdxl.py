"""The SDXL engine against diffusers' own pipeline, on the bundled model: the same pixels."""

from __future__ import annotations

import numpy as np
import pytest
from support.warm_engine import THEIRS_TO_MEND, no_step, ours, picture, reference, render, warm

from daemon.engine.interface import RenderError
from daemon.errors import CancelledError
from daemon.protocol.samplers import SAMPLER_NAMES, SCHEDULE_NAMES

pytestmark = THEIRS_TO_MEND


@pytest.fixture(scope="module")
def engine():
    return warm()


@pytest.mark.parametrize("sampler", [None, *SAMPLER_NAMES])
def test_every_sampler_paints_what_plain_diffusers_paints(engine, stock, sampler) -> None:
    wanted = render(sampler=sampler, negative_prompt="a green square", width=72)
    assert np.array_equal(ours(engine, wanted), stock(wanted))


@pytest.mark.parametrize(
    "changes",
    [
        {"negative_prompt": "", "negative_prompt_2": None},
        {"negative_prompt": "a green square"},
        {"negative_prompt": "a green square", "negative_prompt_2": "a bird"},
        {"prompt_2": "a yellow star on a black background"},
        {"clip_skip": 1, "negative_prompt": "grey"},
        {"guidance_scale": 1.0},
        {"guidance_scale": 0.0},
        {"original_size": (512, 256)},
        {"width": 96, "height": 56},
        {"prompt": "Ein Ölgemälde: маяк в шторм 🗼"},
        {"steps": 1},
        {"seed": 2**63 - 1},
    ],
    ids=lambda changes: " ".join(f"{key}={value}" for key, value in changes.items()),
)
def test_what_a_job_may_say_means_what_it_means_in_plain_diffusers(engine, stock, changes) -> None:
    wanted = render(**changes)
    assert np.array_equal(ours(engine, wanted), stock(wanted))


SPACED = ("euler", "heun", "dpmpp_2m", "dpmpp_2m_sde", "dpmpp_sde", "unipc")

#: Every schedule by three samplers, every sampler by every second schedule.
PAIRS = [
    (sampler, schedule)
    for i, sampler in enumerate(SPACED)
    for schedule in SCHEDULE_NAMES[i % 2 :: 2]
]


@pytest.mark.parametrize(("sampler", "schedule"), PAIRS)
def test_every_schedule_paints_what_plain_diffusers_paints(
    engine, stock, sampler, schedule
) -> None:
    wanted = render(sampler=sampler, schedule=schedule, steps=5)
    assert np.array_equal(ours(engine, wanted), stock(wanted))


@pytest.mark.parametrize(
    ("sampler", "schedule", "changes"),
    [
        ("euler_a", "leading", {}),
        ("ddim", "leading", {"eta": 0.5}),
        ("ddim", None, {"eta": 1.0}),
        ("lcm", "trailing", {"guidance_scale": 0.0}),  # as DMD2 was trained
        ("tcd", None, {"eta": 0.0, "steps": 8}),
        ("tcd", "trailing", {"eta": 1.0, "steps": 1, "guidance_scale": 0.0}),
        ("tcd", "leading", {"steps": 8}),
    ],
)
def test_so_do_the_samplers_of_models_for_few_steps(
    engine, stock, sampler, schedule, changes
) -> None:
    wanted = render(sampler=sampler, schedule=schedule, **changes)
    assert np.array_equal(ours(engine, wanted), stock(wanted))


def test_a_schedule_changes_the_steps_of_the_models_own_sampler_too(engine) -> None:
    others = [name for name in SCHEDULE_NAMES if name != "trailing"]  # which is the model's own
    pictures = {ours(engine, render(schedule=schedule)).tobytes() for schedule in others}
    assert len(pictures) == len(others)
    assert ours(engine, render(schedule="trailing")).tobytes() in pictures


@pytest.mark.parametrize("sampler", ["euler_a", "ddim", "lcm"])
def test_a_schedule_that_a_sampler_lacks_is_refused_by_name(engine, sampler) -> None:
    with pytest.raises(RenderError) as caught:
        engine.render(render(sampler=sampler, schedule="karras"), no_step)
    assert caught.value.what == f"The sampler {sampler} has no karras schedule."
    assert "dpmpp_2m" in caught.value.remedy


def test_the_beta_schedule_is_spaced_as_scipy_would_space_it() -> None:
    from daemon.engine.sdxl.beta_schedule import beta_quantile

    scipy_says = {0.0: 0.0, 0.05: 0.0125544568736114, 0.25: 0.1756803786526949, 0.5: 0.5, 1.0: 1.0}
    for share, asked in scipy_says.items():
        assert beta_quantile(share) == pytest.approx(asked, abs=1e-10)
        assert beta_quantile(1.0 - share) == pytest.approx(1.0 - asked, abs=1e-10)


def test_steps_no_sampler_can_take_are_refused(engine) -> None:
    with pytest.raises(RenderError, match="can't take 900 steps"):
        engine.render(render(sampler="lcm", steps=900), no_step)


def test_skipping_more_layers_than_there_are_is_refused(engine) -> None:
    with pytest.raises(RenderError, match="too few layers to skip 12") as caught:
        engine.render(render(clip_skip=12), no_step)
    assert caught.value.remedy == "Make `clip_skip` at most 3."


@pytest.mark.parametrize("sampler", ["euler", "heun"])  # heun asks the UNet twice for a step
def test_every_step_is_reported_as_it_is_done(engine, sampler) -> None:
    seen: list[tuple[int, float]] = []
    done = engine.render(render(sampler=sampler, steps=5), lambda *step: seen.append(step[:2]))
    assert seen == list(enumerate(done.stages.steps, 1))
    assert len(seen) == 5
    assert sum(done.stages.steps) <= done.stages.denoise


def test_a_picture_stopped_in_the_middle_leaves_nothing_behind(engine, tmp_path) -> None:
    before = ours(engine, render())

    def stop_at_two(step: int, *_: object) -> None:
        if step == 2:
            raise CancelledError("stop")

    with pytest.raises(CancelledError):
        engine.render(
            render(references=(reference(picture(tmp_path / "a.png", "red")),)), stop_at_two
        )
    assert np.array_equal(ours(engine, render()), before)


# --- what is remembered -----------------------------------------------------------------------------


def test_what_is_remembered_gives_the_same_pixels(engine, tmp_path) -> None:
    wanted = render(
        prompt="a never seen prompt", references=(reference(picture(tmp_path / "a.png", "lime")),)
    )
    first, second = engine.render(wanted, no_step), engine.render(wanted, no_step)
    assert first.cache == {"prompt": "miss", "references": "miss"}
    assert second.cache == {"prompt": "hit", "references": "hit"}
    assert np.array_equal(np.asarray(first.image), np.asarray(second.image))


def test_a_remembered_prompt_is_not_mistaken_for_another(engine, stock) -> None:
    for wanted in (
        render(),
        render(clip_skip=1),
        render(prompt_2="a"),
        render(negative_prompt="a"),
    ):
        assert np.array_equal(ours(engine, wanted), stock(wanted))


def test_the_shelf_forgets_the_oldest_first_and_keeps_to_its_bytes() -> None:
    import torch

    from daemon.engine.sdxl.lru import Lru

    lru: Lru[str] = Lru(100)
    for name in "abc":
        lru.put(name, name, torch.zeros(40, dtype=torch.uint8))
        lru.get("a")
    assert [name for name in "abc" if lru.get(name)] == ["a", "c"]
    assert lru.held == 80
    lru.put("huge", "huge", torch.zeros(500, dtype=torch.uint8))
    assert lru.get("huge") == "huge"
    assert len(lru) == 1
