"""Traced calls: the bits of the plain ones, whatever a picture is made of, and in nobody's way."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
import torch
from support.recordings import Clock, Counted, Other, Small, called, chosen, given
from support.warm_engine import (
    CHALK,
    LOAD,
    THEIRS_TO_MEND,
    kept,
    model_of,
    no_step,
    ours,
    picture,
    reference,
    render,
    sha256,
    warm,
)

from daemon.engine.sdxl.denoising.step import UnetBatch
from daemon.engine.sdxl.speed.recorded import REGULAR, SEEN, TRIES, RecordedUnet
from daemon.engine.sdxl.speed.traces import Traces
from daemon.protocol.render import Hires, Lora

pytestmark = THEIRS_TO_MEND


@pytest.fixture
def small():
    torch.manual_seed(0)
    plain, recorder = Small(), Counted()
    unet = RecordedUnet(plain, recorder, Clock())
    return plain, unet, recorder


@pytest.fixture(scope="module")
def engine():
    return warm(LOAD)


def by_traces(engine, recorder: Traces | None = None) -> RecordedUnet:
    """Have the engine record what it is asked from here on; no call is too quick to be taken."""
    unet = RecordedUnet(model_of(engine).unet, recorder or Counted(), lambda: 0.0)
    engine._calls._recorded = engine._idle_work._recorded = unet
    return unet


def rested(engine) -> int:
    """Have nobody wait until all is done; how many recordings there are then."""
    while engine.idle(lambda *_: None):
        pass
    return len(engine._calls._recorded._held)


def prepare(unet: RecordedUnet) -> int:
    """Record all that waits; how much that was."""
    count = 0
    with torch.inference_mode():
        while unet.prepare():
            count += 1
    return count


KINDS = {
    "no guidance": {"guidance_scale": 1.0},
    "long words": {"prompt": ", ".join(["a red circle on a blue background"] * 20)},
    "strict, ancestral": {"strict": True, "sampler": "euler_a"},
    "two references": {"references": ("orange", "blue")},
    "painted over": {"image": "orange", "strength": 0.9},
    "twice": {"hires": Hires(96, 96, strength=0.8, steps=REGULAR + 2)},
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_by_traces_is_the_same_to_the_last_bit(engine, tmp_path, kind):
    colours = {name: picture(tmp_path / f"{name}.png", name) for name in ("orange", "blue")}
    more = dict(KINDS[kind])
    if "references" in more:
        more["references"] = tuple(reference(colours[name]) for name in more["references"])
    if "image" in more:
        more["image"] = kept(colours[more["image"]])
    wanted = [render(**{"seed": seed, "steps": REGULAR + 2, **more}) for seed in (1, 2)]
    engine._calls._recorded = None
    plain = [ours(engine, each) for each in wanted]
    unet = by_traces(engine)
    before = ours(engine, wanted[0])
    assert rested(engine) == (2 if "hires" in more else 1)
    chosen(unet)
    again = [ours(engine, each) for each in wanted]

    assert (before == plain[0]).all()
    assert all((one == other).all() for one, other in zip(plain, again, strict=True))
    assert unet._recorder.replayed >= 2 * REGULAR


def test_pictures_that_share_a_call_are_the_same_by_a_trace(engine, tmp_path):
    disc = picture(tmp_path / "disc.png", "orange")
    flights = [
        engine.board(render(seed=seed, prompt=words, **more), no_step)
        for seed, (words, more) in enumerate(
            [
                ("a red circle", {}),
                (", ".join(["a blue square"] * 40), {}),
                ("a disc", {"references": (reference(disc),)}),
            ]
        )
    ]
    network, together = model_of(engine).unet, UnetBatch(flights)
    unet = RecordedUnet(network, Counted(patience=SEEN), lambda: 0.0)
    with torch.inference_mode():
        for _ in range(SEEN + 4):
            ones, others = together.predict(network), together.predict(unet)
            assert all(map(torch.equal, ones, others))
    assert unet._recorder.replayed == 3  # once to be looked at, and in turn with plain ones


def test_a_lora_is_worn_without_traces_and_leaves_none_behind(engine):
    unet = by_traces(engine)
    worn = (Lora("chalk", str(CHALK), sha256(CHALK), 1.0),)
    plain, dressed = render(steps=REGULAR), render(steps=REGULAR, loras=worn)
    before, other = ours(engine, plain), ours(engine, dressed)
    assert rested(engine) == 1
    chosen(unet)
    replayed = unet._recorder.replayed
    assert (ours(engine, dressed) == other).all()
    assert unet._recorder.replayed == replayed
    assert (ours(engine, plain) == before).all()
    assert unet._recorder.replayed == replayed + REGULAR
    assert not np.array_equal(before, other)


def test_what_was_one_thing_when_it_was_traced_may_be_two_later(small):
    plain, unet, recorder = small
    one, two = torch.full((2, 3), 2.0), torch.full((2, 3), 5.0)
    for _ in range(REGULAR):
        called(unet, given(one, one))
    assert prepare(unet) == 1
    chosen(unet)
    for lasting in (given(one, two), given(two, one), given(two, two)):
        assert torch.equal(called(unet, lasting), called(plain, lasting))
    assert recorder.replayed == 4


def test_weights_that_changed_where_they_lie_are_the_new_ones(small):
    plain, unet, recorder = small
    lasting = given(torch.ones(2, 3), torch.ones(2, 3))
    for _ in range(REGULAR):
        called(unet, lasting)
    assert prepare(unet) == 1
    with torch.no_grad():
        plain.layer.weight.mul_(2)
        plain.layer.bias.add_(1)
    assert torch.equal(called(unet, lasting), called(plain, lasting))
    assert recorder.replayed == 2
    assert all(weight.requires_grad for weight in plain.parameters())


@pytest.mark.parametrize("asked", [0, 1, 2])
def test_tracing_is_left_off_at_the_next_layer_once_a_picture_is_wanted(small, asked):
    plain, unet, recorder = small
    lasting = given(torch.ones(2, 3), torch.ones(2, 3))
    for _ in range(REGULAR):
        called(unet, lasting)
    answers = iter([False] * asked)
    with torch.inference_mode():
        assert unet.prepare(lambda: next(answers, True))
    assert recorder.recorded == 0
    assert torch.equal(called(unet, lasting), called(plain, lasting))
    assert prepare(unet) == 1  # and taken up again
    assert torch.equal(called(unet, lasting), called(plain, lasting))


def test_a_queue_that_never_ends_is_held_up_for_one_only_when_as_much_was_lost(small):
    _, unet, recorder = small
    recorder.patience = 2 * REGULAR
    lasting = given(torch.ones(2, 3), torch.ones(2, 3))
    for _ in range(recorder.patience):
        called(unet, lasting)
    assert recorder.recorded == 0
    called(unet, lasting)
    assert recorder.recorded == 1


def test_long_calls_are_not_traced(small):
    _, unet, recorder = small
    recorder.longest = 0.9  # of the clock's seconds
    for _ in range(REGULAR):
        called(unet, given(torch.ones(2, 3), torch.ones(2, 3)))
    assert prepare(unet) == 0


def test_one_that_is_not_quicker_is_let_go_for_good(small):
    plain, unet, recorder = small
    lasting = given(torch.ones(2, 3), torch.ones(2, 3))
    for _ in range(REGULAR):
        called(unet, lasting)
    assert prepare(unet) == 1
    for _ in range(2 * TRIES + 3):
        assert torch.equal(called(unet, lasting), called(plain, lasting))
    assert not unet._held
    assert recorder.replayed == 1 + TRIES
    assert prepare(unet) == 0


def test_a_recording_is_measured_by_what_would_be_called_instead_of_it(small):
    """And by nothing else: what has no such choice keeps its own."""
    plain, unet, recorder = small
    lasting, instead = given(torch.ones(2, 3), torch.ones(2, 3)), Other(plain)
    for usual in (None, instead):
        for _ in range(REGULAR):
            called(partial(unet, usual=usual), lasting)
    assert instead.calls == REGULAR
    assert prepare(unet) == 2
    assert instead.calls == REGULAR  # the bits are the UNet's own
    chosen(unet)
    slow = next(held for key, held in unet._held.items() if not key[-1])
    slow.replayed, slow.plain = [], []  # by this clock as quick as the other, so of no use
    for _ in range(2 * TRIES):
        called(partial(unet, usual=instead), lasting)
    before, replayed = instead.calls, recorder.replayed
    called(partial(unet, usual=instead), lasting)
    called(unet, lasting)
    assert (instead.calls, recorder.replayed) == (before + 1, replayed + 1)


def test_only_the_latest_shapes_wait_and_are_held(small):
    _, unet, recorder = small
    unet._clock = lambda: 0.0
    for rows in range(1, recorder.most + 3):
        for _ in range(REGULAR):
            called(unet, given(torch.ones(rows, 3), torch.ones(rows, 3)), rows)
    assert prepare(unet) == recorder.most
    assert len(unet._held) == recorder.most


def test_an_idle_engine_traces_what_it_painted_and_not_its_own_trial(engine):
    by_traces(engine)
    assert rested(engine) == 0
    ours(engine, render(steps=REGULAR))
    assert rested(engine) == 1
