"""Several processes that learn from one step: the mean of their gradients, and what ends them."""

import os
import signal
from collections.abc import Iterator

import pytest

pytest.importorskip("torch")

import torch
from torch import nn

from daemon.sketch.train.hands import Hands, Learner


def learner(model: nn.Module, hand: int, factor: float) -> Learner:
    """Whose gradient is `factor` times its hand and the number of the step, and what was seen."""

    def learn(step: int, done: float) -> None:
        (weight,) = model.parameters()
        (weight * factor * hand * step + weight.detach() * weight * done).sum().backward()

    return learn


@pytest.fixture
def model() -> nn.Module:
    made = nn.Linear(1, 1, bias=False)
    made.weight.data.fill_(2.0)
    return made


@pytest.fixture
def hands(model: nn.Module) -> Iterator[Hands]:
    made = Hands(model, 2, learner, 10.0)
    yield made
    made.close()


def test_the_gradient_is_the_mean_of_everybodys_at_the_weights_there_are_now(
    model: nn.Module, hands: Hands
) -> None:
    (weight,) = model.parameters()
    own = learner(model, 0, 10.0)
    for step, value in ((1, 2.0), (3, 5.0)):
        with torch.no_grad():
            weight.fill_(value)
        weight.grad = None

        hands.begin(step, 0.5)
        own(step, 0.5)
        hands.gather()

        assert weight.grad is not None
        theirs = [10.0 * hand * step + 0.5 * value for hand in (0, 1, 2)]
        assert weight.grad.item() == pytest.approx(sum(theirs) / 3)


def test_nobody_waits_for_a_process_that_was_killed(model: nn.Module, hands: Hands) -> None:
    os.kill(hands.processes[1].pid, signal.SIGKILL)
    hands.processes[1].join()

    hands.begin(1, 0.0)

    with pytest.raises(RuntimeError, match="exit code -9"):
        hands.gather()


def test_alone_the_gradient_is_its_own(model: nn.Module) -> None:
    (weight,) = model.parameters()
    alone = Hands(model, 0, learner, 10.0)
    weight.grad = torch.full_like(weight, 3.0)

    alone.begin(1, 0.0)
    alone.gather()
    alone.close()

    assert weight.grad.item() == 3.0
