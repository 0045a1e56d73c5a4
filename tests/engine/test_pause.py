"""A thread that stands still while another asks it to."""

from __future__ import annotations

import sys
import threading

import pytest
from support.daemon import wait_for

from daemon.engine.sdxl.speed.pause import Pause


class Worker:
    """A thread that calls a function for as long as it is let."""

    def __init__(self, pause: Pause) -> None:
        self.calls, self.pause, self.enough = 0, pause, threading.Event()
        self.thread = threading.Thread(target=self.work)

    def call(self) -> None:
        self.calls += 1

    def work(self) -> None:
        with self.pause.kept():
            while not self.enough.is_set():
                self.call()

    def __enter__(self) -> Worker:
        self.thread.start()
        wait_for(lambda: self.calls)
        return self

    def __exit__(self, *_: object) -> None:
        self.enough.set()
        self.pause.end()
        self.thread.join()

    def stands_still(self) -> bool:
        """Whether a thousand turns of this thread pass without a call of that one."""
        before = self.calls
        for _ in range(1000):
            threading.Event().wait(0.0001)
        return self.calls == before


def test_it_stands_still_until_the_end_and_at_every_asking() -> None:
    pause = Pause()
    with Worker(pause) as worker:
        for _ in range(3):
            pause.ask()
            wait_for(worker.stands_still)
            assert worker.stands_still()
            before = worker.calls
            pause.end()
            wait_for(lambda before=before: worker.calls > before)


def test_it_goes_on_by_itself_if_nobody_asks_any_more() -> None:
    """Whoever asked may wait for something that it holds."""
    pause = Pause(longest=0.05)
    with Worker(pause) as worker:
        pause.ask()
        before = worker.calls + 1  # it may be in the midst of a call
        wait_for(lambda: worker.calls > before)


def test_whoever_asks_is_not_slowed_down_by_being_looked_for() -> None:
    """Since Python 3.12 a trace function in one thread is felt in all of them."""
    pause = Pause()
    with Worker(pause) as worker:
        pause.ask()
        wait_for(worker.stands_still)
        if sys.version_info >= (3, 12):
            for _ in range(3):
                pause.ask()
                assert sys.monitoring.get_events(pause._calls.TOOL) == 0
        else:
            assert sys.gettrace() is threading.gettrace()


def test_what_traced_before_traces_again_however_it_ends() -> None:
    before, pause = sys.gettrace(), Pause()
    with pause.kept():
        assert (sys.gettrace() is before) == (sys.version_info >= (3, 12))
    with pytest.raises(ZeroDivisionError), pause.kept():
        raise ZeroDivisionError
    assert sys.gettrace() is before


def test_an_end_before_anybody_asked_and_asking_twice_are_one() -> None:
    pause = Pause()
    pause.end()
    pause.keep()
    pause.ask()
    pause.ask()
    pause.end()
    pause.keep()
