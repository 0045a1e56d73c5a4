"""Two threads whose work never mixes."""

from __future__ import annotations

import threading

import pytest
from support.daemon import wait_for

from daemon.engine.sdxl.speed.turns import Turns


class Worker:
    """A thread that does a piece whenever it is told to, and gives way after each."""

    def __init__(self, turns: Turns, pieces: int) -> None:
        self.turns, self.pieces, self.begun = turns, pieces, 0
        self.piece = threading.Semaphore(0)
        self.thread = threading.Thread(target=self.work, daemon=True)
        self.thread.start()

    def work(self) -> None:
        with self.turns.work():
            for _ in range(self.pieces):
                self.begun += 1
                self.piece.acquire()
                self.turns.give_way()

    def ends_a_piece(self) -> None:
        self.piece.release()


def free(turns: Turns) -> bool:
    with turns.between() as is_free:
        return is_free


def test_whoever_asks_within_a_piece_is_let_after_it_and_the_next_waits_for_that() -> None:
    turns = Turns()
    worker = Worker(turns, 2)
    wait_for(lambda: worker.begun)
    assert not free(turns)
    worker.ends_a_piece()
    wait_for(lambda: not turns._is_working)
    with turns.between() as is_free:
        assert is_free
        assert worker.begun == 1
    wait_for(lambda: worker.begun == 2)
    worker.ends_a_piece()
    worker.thread.join()
    assert free(turns)


def test_a_wish_that_is_taken_back_holds_nobody_up() -> None:
    turns = Turns()
    worker = Worker(turns, 2)
    wait_for(lambda: worker.begun)
    assert not free(turns)
    turns.not_needed()
    worker.ends_a_piece()
    wait_for(lambda: worker.begun == 2)
    worker.ends_a_piece()
    worker.thread.join()


def test_no_work_begins_while_another_is_between() -> None:
    turns = Turns()
    with turns.between() as is_free:
        worker = Worker(turns, 1)
        assert is_free
        worker.thread.join(0.05)
        assert worker.begun == 0
    wait_for(lambda: worker.begun)
    worker.ends_a_piece()
    worker.thread.join()


def test_however_either_ends_the_other_goes_on() -> None:
    turns = Turns()
    with pytest.raises(ZeroDivisionError), turns.work():
        raise ZeroDivisionError
    with pytest.raises(ZeroDivisionError), turns.between():
        raise ZeroDivisionError
    with turns.work():
        assert not free(turns)
    assert free(turns)
