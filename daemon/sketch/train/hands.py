"""Processes that learn from one step together: the same weights, each a batch of its own.

Networks as small as these gain next to nothing from a second thread (of two cores of a Xeon with
AMX: 1.1 s a step instead of 1.2, and 5 to 20 s once others were at work), but a third from a second
process. The weights lie in memory that all of them see, so nothing but gradients is handed over.
What is learnt, and from what, is not known here.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from queue import Empty
from typing import Any

import torch
from torch import Tensor, multiprocessing, nn

Learner = Callable[[int, float], None]
"""Adds the gradient of a step, by its number and the share done of the stage, to a model's."""
BY_NAME = "file_system"
"""How tensors are shared: by descriptors, a network of 500 takes more than a process may have."""
PATIENCE = 1.0
"""Seconds between two looks whether a process that is waited for still lives."""


class Hands:
    """So many processes beside this one; `close` ends them."""

    def __init__(
        self, model: nn.Module, count: int, make: Callable[..., Learner], *given: Any
    ) -> None:
        """Each calls `make(model, hand, *given)` once, for its `hand` from 1 on."""
        self.model, self.count = model, count
        context = multiprocessing.get_context("spawn")
        self.asked = [context.Queue() for _ in range(count)]
        self.told = context.Queue()
        self.gradients: list[list[Tensor]] = []
        self.processes: list[Any] = []
        if count:
            multiprocessing.set_sharing_strategy(BY_NAME)
            model.share_memory()
        for hand, asked in enumerate(self.asked, 1):
            own = [torch.zeros_like(p).share_memory_() for p in model.parameters()]
            process = context.Process(
                target=_lend,
                args=(model, own, asked, self.told, os.getpid(), make, hand, *given),
                daemon=True,
            )
            process.start()
            self.gradients.append(own)
            self.processes.append(process)

    def begin(self, step: int, done: float) -> None:
        """Have all of them compute the gradient of this step."""
        for asked in self.asked:
            asked.put((step, done))

    def gather(self) -> None:
        """Wait for them, and make the model's gradient the mean of its own and theirs.

        RuntimeError where one of them has ended.
        """
        waited = self.count
        while waited:
            try:
                self.told.get(timeout=PATIENCE)
                waited -= 1
            except Empty:
                dead = [one.exitcode for one in self.processes if not one.is_alive()]
                if dead:
                    raise RuntimeError(
                        f"a process that learnt beside this one ended (exit code {dead[0]}; -9 may "
                        "mean that memory ran out): what it said last is above"
                    ) from None
        for own in self.gradients:
            for p, gradient in zip(self.model.parameters(), own, strict=True):
                if p.grad is not None:
                    p.grad.add_(gradient)
        if self.count:
            for p in self.model.parameters():
                if p.grad is not None:
                    p.grad.div_(1 + self.count)

    def close(self) -> None:
        """Let them go."""
        for process in self.processes:
            process.terminate()
            process.join()


def _lend(
    model: nn.Module,
    own: list[Tensor],
    asked: Any,
    told: Any,
    trainer: int,
    make: Callable[..., Learner],
    hand: int,
    *given: Any,
) -> None:
    """What such a process does, as long as the process `trainer` lives."""
    multiprocessing.set_sharing_strategy(BY_NAME)
    torch.set_num_threads(1)
    learn = make(model, hand, *given)
    while os.getppid() == trainer:
        try:
            step, done = asked.get(timeout=PATIENCE)
        except Empty:
            continue
        model.zero_grad(set_to_none=False)
        learn(step, done)
        with torch.no_grad():
            for p, gradient in zip(model.parameters(), own, strict=True):
                gradient.copy_(p.grad) if p.grad is not None else gradient.zero_()
        told.put(hand)
