"""One of several pictures that share calls ends early, breaks or does not fit: the others go on, and
nothing of it stays.
"""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from support.shared_calls import MANY, alone, assert_alike, pixels, render, together
from support.warm_engine import THEIRS_TO_MEND, no_step, reference, warm

from daemon.errors import CancelledError
from daemon.protocol.render import Hires

pytestmark = THEIRS_TO_MEND


@pytest.fixture(scope="module")
def engine():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOTFOLDER_BATCHING", "always")
        return warm(MANY)


def test_stopping_one_leaves_the_others_to_finish(engine) -> None:
    def stop_at_two(step: int, *_: object) -> None:
        if step == 2:
            raise CancelledError("stop")

    flights = [engine.board(render(1), stop_at_two), engine.board(render(2), no_step)]
    while not all(flight.is_over for flight in flights):
        engine.step([flight for flight in flights if not flight.is_over])
    assert isinstance(flights[0].failure, CancelledError)
    assert flights[0].call == 2
    made = engine.land(flights[1])()
    assert len(made.stages.steps) == 4
    assert_alike(pixels(made), alone(engine, render(2)))


def held_by(flight) -> list[weakref.ref]:
    """Its latents, its scheduler (which remembers predictions), and what it looks at."""
    view = next(iter(flight.brief.attention.at(flight.share).values()))
    looked_at = [tensor for keyed in (view.text, *view.images.values()) for tensor in keyed[:2]]
    return [weakref.ref(each) for each in (flight.latents, flight.brief.scheduler, *looked_at)]


@pytest.mark.parametrize("neighbours", [0, 2])
@pytest.mark.parametrize("hires", [None, Hires(96, 96, strength=0.5, steps=4)])
@pytest.mark.parametrize("ending", ["cancelled", "broken"])
def test_a_picture_that_ends_before_its_time_is_let_go_at_once(
    engine, references, neighbours, hires, ending
) -> None:
    """Whether or not another one follows; and not only when Python next looks for garbage."""
    first = render(1, references=(reference(references["orange"]),), hires=hires)
    wanted = [first, *(render(number) for number in range(2, 2 + neighbours))]
    flying = [engine.board(each, no_step) for each in wanted]
    engine.step(flying)
    if ending == "broken":
        flying[0].options = {"no": "such option"}
        engine.step(flying)
    else:
        flying[0].failure = CancelledError("stop")
    held = held_by(flying[0])
    gc.collect()
    gc.disable()
    try:
        ended = flying.pop(0)
        assert isinstance(ended.failure, TypeError if ending == "broken" else CancelledError)
        ended.failure = None  # it has been answered
        engine.drop(ended)
        del ended
        assert [ref() for ref in held] == [None] * 6
    finally:
        gc.enable()
    while not all(flight.is_over for flight in flying):
        engine.step(flying)
    for number, flight in enumerate(flying, start=2):
        assert_alike(pixels(engine.land(flight)()), alone(engine, render(number)))


def test_one_that_breaks_in_its_own_step_fails_alone(engine) -> None:
    """Its sampler raises; a neighbour in the same call never hears of it."""
    bad, good = engine.board(render(1), no_step), engine.board(render(2), no_step)
    bad.brief.scheduler.step = None
    while not all(flight.is_over for flight in (bad, good)):
        engine.step([flight for flight in (bad, good) if not flight.is_over])
    assert isinstance(bad.failure, TypeError)
    assert_alike(pixels(engine.land(good)()), alone(engine, render(2)))


def test_one_that_breaks_the_shared_call_is_found_and_the_others_go_on(engine) -> None:
    import torch

    bad, good = engine.board(render(1), no_step), engine.board(render(2), no_step)
    bad.latents = torch.zeros(1, 4, 5, 5)  # of no size that goes with the other's
    bad.options = {"no": "such option"}
    while not all(flight.is_over for flight in (bad, good)):
        engine.step([flight for flight in (bad, good) if not flight.is_over])
    assert isinstance(bad.failure, TypeError)
    made = engine.land(good)()
    assert_alike(pixels(made), alone(engine, render(2)))


@contextmanager
def no_more_than_two_rows(error: Exception) -> Iterator[None]:
    """The UNet refuses larger calls; that it is asked for one only once is asserted at the end."""
    from diffusers import UNet2DConditionModel
    from torch.nn.modules.module import register_module_forward_pre_hook

    tried = []

    def narrow(module, given):
        if isinstance(module, UNet2DConditionModel):
            tried.append(given[0].shape[0])
            if given[0].shape[0] > 2:
                raise error

    hook = register_module_forward_pre_hook(narrow)
    try:
        yield
    finally:
        hook.remove()
    assert sum(rows > 2 for rows in tried) == 1


def test_a_shared_call_that_does_not_fit_into_memory_is_made_one_by_one(engine) -> None:
    """The UNet is given so many rows at most; nobody fails, and no such call is tried again."""
    wanted = [render(n, width=72) for n in (1, 2)]
    with no_more_than_two_rows(RuntimeError("MPS backend out of memory (made up)")):
        done = together(engine, wanted)
    for each, made in zip(wanted, done, strict=True):
        assert np.array_equal(pixels(made), alone(engine, each))


def test_a_shared_call_that_fails_for_no_fault_of_its_pictures_is_not_tried_again(engine) -> None:
    """Each can be moved alone: they are, to the end, and their records say so once."""
    wanted = [render(n, width=104) for n in (1, 2)]
    with no_more_than_two_rows(ValueError("no more than two rows (made up)")):
        done = together(engine, wanted)
        assert engine.room([], wanted[0]) == 1
    for each, made in zip(wanted, done, strict=True):
        (warning,) = made.warnings
        assert "shared with other pictures failed" in warning
        assert "no more than two rows (made up)" in warning
        assert np.array_equal(pixels(made), alone(engine, each))
