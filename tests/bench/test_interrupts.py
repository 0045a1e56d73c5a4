"""An interrupt that comes while something is started leaves it to whoever has to end it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from daemon.bench.interrupts import held_back


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_comes_after_the_block_and_once(number: signal.Signals) -> None:
    heard: list[int] = []
    before = signal.signal(number, lambda number, _frame: heard.append(number))
    try:
        with held_back():
            os.kill(os.getpid(), number)
            os.kill(os.getpid(), number)
            assert heard == []
        assert heard == [number]
        os.kill(os.getpid(), number)
        assert heard == [number, number]
    finally:
        signal.signal(number, before)


def start_while_interrupted(kept: list[subprocess.Popen[bytes]]) -> None:
    with held_back():
        os.kill(os.getpid(), signal.SIGINT)
        kept.append(subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE))


def test_what_is_started_in_it_is_kept_and_hears_its_own_interrupts() -> None:
    kept: list[subprocess.Popen[bytes]] = []
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            start_while_interrupted(kept)
        [child] = kept
        child.send_signal(signal.SIGTERM)
        assert child.wait() == -signal.SIGTERM
        assert child.stdin is not None
        child.stdin.close()
    finally:
        signal.signal(signal.SIGINT, before)
