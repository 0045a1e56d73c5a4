"""Recorded calls: the bits of the plain ones, or none; a pretended recorder stands in for CUDA."""

from __future__ import annotations

import gc
import weakref

import pytest
import torch
from support.recordings import chosen
from support.warm_engine import (
    LOAD,
    THEIRS_TO_MEND,
    model_of,
    ours,
    picture,
    reference,
    render,
    warm,
)
from torch import nn

from daemon.engine.interface import UnloadableError
from daemon.engine.sdxl.attention import Keyed, Layer
from daemon.engine.sdxl.speed import levers, recorded
from daemon.engine.sdxl.speed.graphs import Graphs
from daemon.engine.sdxl.speed.recorded import SEEN, TRIES, RecordedUnet

MOST = Graphs.most

pytestmark = THEIRS_TO_MEND


class Pretended:
    """Replays by calling again what it was handed, which reads no input but its own buffers."""

    def __init__(self, *, faster: bool = True, wrong: bool = False, able: bool = True) -> None:
        self.now, self.recorded, self.replayed, self.forgotten = 0.0, 0, 0, 0
        self._faster, self._wrong, self._able = faster, wrong, able

    def clock(self) -> float:
        """Every plain call takes a second, since it is asked before and after each."""
        self.now += 1.0
        return self.now

    def record(self, act):
        if not self._able:
            raise RuntimeError("operation not permitted when stream is capturing")
        self.recorded += 1
        result = act().clone() + self._wrong

        def replay() -> None:
            self.replayed += 1
            result.copy_(act() + self._wrong)
            self.now -= 0.5 if self._faster else 0.0

        return replay, result

    def forget(self) -> None:
        self.forgotten += 1


class Small(nn.Module):
    """Takes what the UNet is given, and lets every part of it count."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(4, 4)
        self.last = nn.Linear(4, 4)

    def forward(self, sample, timesteps, *, cross_attention_kwargs, added_cond_kwargs, **_):
        text = cross_attention_kwargs["attended"]["a"].text
        states = self.last(self.layer(sample)) * timesteps[:, None]
        return (states + text.key.sum() + added_cond_kwargs["ids"].sum(),)


def given(rows: int = 2, seed: int = 0):
    dice = torch.Generator().manual_seed(seed)
    key = torch.randn(rows, 2, 3, generator=dice).transpose(1, 2)
    return {
        "cross_attention_kwargs": {"attended": {"a": Layer(Keyed(key, key), ())}},
        "added_cond_kwargs": {"ids": torch.randn(rows, generator=dice)},
        "timestep_cond": None,
        "return_dict": False,
    }


def called(unet, lasting, rows: int = 2, seed: int = 9):
    dice = torch.Generator().manual_seed(seed)
    sample, times = torch.randn(rows, 4, generator=dice), torch.rand(rows, generator=dice)
    with torch.inference_mode():
        return unet(sample, times, **lasting)[0]


def often(unet, plain, lasting, times: int, rows: int = 2) -> None:
    """Calls on new latents, each as the plain UNet answers."""
    for seed in range(times):
        answer = called(unet, lasting, rows, seed)
        assert torch.equal(answer, called(plain, lasting, rows, seed))


@pytest.fixture
def plain() -> Small:
    torch.manual_seed(0)
    return Small()


def recorded_by(plain: Small, **how) -> tuple[RecordedUnet, Pretended]:
    recorder = Pretended(**how)
    return RecordedUnet(plain, Graphs(recorder), recorder.clock), recorder


def test_a_shape_is_recorded_once_it_was_seen_often_and_answers_for_whatever_comes(plain):
    unet, recorder = recorded_by(plain)
    often(unet, plain, given(), SEEN)
    assert recorder.recorded == 0
    often(unet, plain, given(), 5)
    for seed in range(2 * TRIES):  # other pictures of the same shape
        often(unet, plain, given(seed=seed), 3)
    assert recorder.recorded == 1
    assert recorder.replayed > 15


def test_what_lasts_is_copied_once_for_the_same_pictures(plain):
    unet, _ = recorded_by(plain)
    often(unet, plain, given(), SEEN + 1)
    chosen(unet)
    lasting = given(seed=4)
    often(unet, plain, lasting, 1)
    held = next(iter(unet._held.values()))
    with torch.inference_mode():
        for tensor in held.recording.own.lasting.tensors:
            tensor.zero_()  # which nobody notices, since they are not copied again
    assert not torch.equal(called(unet, lasting), called(plain, lasting))
    often(unet, plain, given(seed=5), 1)


@pytest.mark.parametrize(
    "how", [{"faster": False}, {"wrong": True}, {"able": False}], ids=lambda how: next(iter(how))
)
def test_what_is_not_faster_or_not_the_same_or_not_to_be_recorded_is_never_tried_again(plain, how):
    unet, recorder = recorded_by(plain, **how)
    often(unet, plain, given(), SEEN + 1 + 2 * TRIES + 5)
    assert recorder.recorded <= 1
    assert recorder.replayed <= 1 + TRIES
    assert not unet._held


def test_so_many_are_held_at_most_and_the_least_used_go(plain):
    unet, recorder = recorded_by(plain)
    for rows in range(1, MOST + 3):
        often(unet, plain, given(rows), SEEN + 2, rows)
    assert len(unet._held) == MOST
    before = recorder.recorded
    often(unet, plain, given(MOST + 2), 2, MOST + 2)
    assert recorder.recorded == before
    often(unet, plain, given(1), 2, 1)
    assert recorder.recorded == before + 1


def test_memory_that_is_short_and_weights_that_were_elsewhere_drop_them_all(plain):
    unet, recorder = recorded_by(plain)
    often(unet, plain, given(), SEEN + 2)
    unet.forget()
    assert not unet._held
    often(unet, plain, given(), 2)
    assert recorder.recorded == 2
    plain.layer.weight.data = plain.layer.weight.data.clone() + 1
    often(unet, plain, given(), 2)
    assert recorder.recorded == 3
    assert recorder.forgotten == 2


def test_nothing_of_a_picture_is_held_once_it_is_done(plain):
    unet, _ = recorded_by(plain)
    lasting = given()
    often(unet, plain, lasting, SEEN + 2)
    gone = weakref.ref(lasting["added_cond_kwargs"]["ids"])
    del lasting
    unet.let_go()
    gc.collect()
    assert gone() is None


def test_the_engine_s_pictures_are_the_same_to_the_last_bit(tmp_path):
    engine, recorder = warm(LOAD), Pretended()
    disc = picture(tmp_path / "disc.png", "orange")
    wanted = [
        render(prompt=words, seed=seed, steps=6, **more)
        for seed, words in enumerate(("a red circle", "a blue square"))
        for more in ({}, {"references": (reference(disc),)}, {"strict": True})
    ]
    plain = [ours(engine, each) for each in wanted]
    unet = model_of(engine).unet
    engine._calls._recorded = RecordedUnet(unet, Graphs(recorder), recorder.clock)
    again = [ours(engine, each) for each in wanted * 2]

    assert all((one == other).all() for one, other in zip(plain * 2, again, strict=True))
    assert recorder.recorded == 2
    assert recorder.replayed > 20


def test_what_a_picture_looks_at_is_the_same_from_call_to_call(tmp_path):
    """Or it would be copied for every step, which are the most of what a call is given."""
    engine, recorder = warm(LOAD), Pretended()
    unet = RecordedUnet(model_of(engine).unet, Graphs(recorder), recorder.clock)
    engine._calls._recorded = unet
    shown, seen = reference(picture(tmp_path / "disc.png", "orange"), end=0.5), []

    engine.render(render(references=(shown,)), lambda *_: seen.append(unet._lasting))

    assert [each is seen[0] for each in seen] == [True, True, False, False]  # the disc has gone
    assert seen[2] is seen[3]


def test_no_lever_is_pulled_unless_it_is_asked_for_and_there(monkeypatch):
    monkeypatch.delenv(levers.VARIABLE, raising=False)
    assert levers.wanted() == frozenset()
    monkeypatch.setenv(levers.VARIABLE, "graphs, channels_last,")
    assert levers.wanted() == {levers.GRAPHS, levers.CHANNELS_LAST}
    monkeypatch.setenv(levers.VARIABLE, "gears")
    with pytest.raises(UnloadableError, match="gears"):
        levers.wanted()
    assert recorded.WORTHWHILE > 1
