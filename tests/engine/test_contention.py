"""Busy neighbours: fewer threads while they are there, all of them once they are gone."""

from __future__ import annotations

import itertools
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as some
from support.warm_engine import BARE, THEIRS_TO_MEND, render, warm

from daemon.engine.sdxl import device
from daemon.engine.sdxl.device import Device
from daemon.engine.sdxl.speed.contention import WINDOW, Contention, Work
from daemon.engine.sdxl.speed.threads import Threads, was_held_up

pytestmark = THEIRS_TO_MEND

SECOND = 1.0


def quiet(threads: int) -> Work:
    return Work(wall=SECOND, ours=0.95 * threads, others=0.05)


def beside(most: int, threads: int, neighbours: int, weight: float = 1.0) -> Work:
    """What a fair scheduler gives `threads` of ours and so many neighbours of that weight."""
    others = min(neighbours, most * neighbours * weight / (neighbours * weight + threads))
    ours = min(threads, most - others) * (0.5 if threads > 1 and neighbours else 1.0)
    return Work(wall=SECOND, ours=ours, others=others)


@pytest.mark.parametrize("weight", [0.3, 1.0], ids=["nice", "same"])
@pytest.mark.parametrize(("most", "neighbours"), [(2, 2), (2, 4), (4, 4), (8, 8)])
def test_a_busy_machine_gets_down_to_few_threads_and_back_to_all(most, neighbours, weight):
    contention = Contention(most)
    for _ in range(8):
        contention.note(beside(most, contention.threads, neighbours, weight))
    assert contention.threads <= max(1, most // 2)
    contention.note(Work(wall=SECOND, ours=float(contention.threads), others=0.1))
    assert contention.threads == most


def test_a_neighbour_who_holds_nobody_up_changes_nothing():
    """So it is in a container: the system counts processors that are not ours."""
    contention = Contention(4)
    for _ in range(20):
        contention.note(Work(wall=SECOND, ours=3.8, others=9.0))
    assert contention.threads == 4


def test_a_model_that_never_fills_all_threads_is_not_taken_for_a_disturbed_one():
    contention = Contention(8)
    for _ in range(20):
        contention.note(Work(wall=SECOND, ours=3.0, others=0.1))
    contention.note(Work(wall=SECOND, ours=3.0, others=1.0))
    assert contention.threads == 8


def test_all_threads_are_tried_again_ever_more_seldom_while_others_seem_busy():
    contention, tries = Contention(2), []
    for second in range(600):
        contention.note(beside(2, contention.threads, 2))
        if contention.threads == 2:
            tries.append(second)
    gaps = [after - before for before, after in itertools.pairwise(tries)]
    assert 3 <= len(tries) <= 8
    assert gaps == sorted(gaps)


@given(
    most=some.integers(2, 64),
    works=some.lists(
        some.builds(
            Work,
            wall=some.floats(1e-6, 100),
            ours=some.floats(0, 6400),
            others=some.floats(0, 6400),
        )
    ),
)
def test_there_is_always_a_thread_and_never_more_than_all(most, works):
    contention = Contention(most)
    for work in works:
        contention.note(work)
        assert 1 <= contention.threads <= most


@pytest.fixture
def two_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


def test_strict_pictures_get_all_threads_whoever_is_busy(two_threads, monkeypatch):
    monkeypatch.setenv("HOTFOLDER_REHEARSE_NEIGHBOURS", "1")
    threads = Threads(Device("cpu", torch.float32))
    seen = []
    for strict in (False, True, False):
        threads.begin(strict=strict)
        seen.append((torch.get_num_threads(), threads.are_fewer))
    assert seen == [(1, True), (2, False), (1, True)]


def test_who_decodes_beside_the_steps_has_as_many_threads_as_who_makes_them(
    two_threads, monkeypatch
):
    """A thread begins with as many as torch was told last, by whatever other thread."""
    monkeypatch.setenv("HOTFOLDER_REHEARSE_NEIGHBOURS", "1")
    threads = Threads(Device("cpu", torch.float32))
    threads.begin(strict=False)

    def decode(strict: bool) -> tuple[bool, int]:
        return threads.use(strict=strict), torch.get_num_threads()

    with ThreadPoolExecutor(1) as aside:
        seen = list(aside.map(decode, (False, True, False, True)))
    assert seen == [(True, 1), (False, 2), (True, 1), (False, 2)]
    assert torch.get_num_threads() == 1  # the stepping one keeps its own


@pytest.mark.parametrize(
    ("threads", "there", "aside"),
    [(1, 1, False), (1, 2, True), (2, 2, False), (3, 4, False), (2, 4, True), (8, 16, True)],
)
def test_pictures_are_decoded_beside_the_steps_where_both_find_processors(
    two_threads, monkeypatch, threads, there, aside
):
    """GNU's OpenMP lets all threads sleep at each other as soon as there are more than processors,
    and it is so for as long as the worker lives."""
    monkeypatch.setattr(device, "processors", lambda: frozenset(range(there)))
    torch.set_num_threads(threads)

    assert Device("cpu", torch.float32).decodes_aside == aside


@pytest.mark.parametrize("moment", ["before", "after"])
def test_neighbours_that_come_before_the_first_step_or_after_the_last_show_in_the_record(
    two_threads, moment
):
    """What encodes and what decodes is as exact as what steps."""
    engine = warm(replace(BARE, threads=2))
    contention = engine._threads._contention
    busy, calm = (Work(SECOND, ours=0.0, others=2.0), Work(SECOND, ours=2.0, others=0.0))

    def look(*_: object) -> None:
        contention.note(busy if moment == "after" else calm)

    contention.note(calm if moment == "after" else busy)
    assert not engine.render(render(steps=2), look).exact


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="not GNU's OpenMP")
def test_beside_busy_neighbours_all_threads_of_a_strict_picture_sleep_and_no_bit_changes(
    two_threads, monkeypatch
):
    """With more threads than processors none of them spins; torch is used as ever meanwhile."""
    monkeypatch.setenv("HOTFOLDER_REHEARSE_NEIGHBOURS", "1")
    threads = Threads(Device("cpu", torch.float32))
    left, right = torch.randn(2, 300, 300, generator=torch.Generator().manual_seed(0))
    found, there, known = [], [], set(threading.enumerate())
    for strict in (False, True, True, False):
        threads.begin(strict=strict)
        there.append({each.name for each in threading.enumerate() if each not in known})
        torch.set_num_threads(2)
        found.append(left @ right)
    assert there == [set(), {"sleepers"}, {"sleepers"}, set()]
    assert all(torch.equal(each, found[0]) for each in found)
    assert torch.get_num_threads() == 2


@pytest.mark.parametrize(
    ("turns", "held_up"),
    [
        ("1300000000 40000000 900", False),
        ("1300000000 380000000 900", False),
        ("1300000000 400000000 900", True),
        ("1300000000 9000000000 900", True),
        ("0 0 0", False),
        ("", False),  # another system
    ],
)
def test_who_waited_for_a_processor_while_it_imported_begins_beside_busy_neighbours(turns, held_up):
    assert was_held_up(turns) is held_up


def test_work_is_judged_once_there_is_enough_of_it():
    contention = Contention(2)
    contention.note(Work(wall=WINDOW / 2, ours=WINDOW, others=0.0))
    assert not contention.has_judged
    contention.note(Work(wall=WINDOW / 2, ours=WINDOW, others=0.0))
    assert contention.has_judged


def test_strict_pictures_too_learn_that_the_machine_is_quiet_again():
    contention = Contention(2)
    contention.note(beside(2, 2, 2))
    assert contention.is_busy
    for _ in range(3):
        contention.note(beside(2, 2, 2), 2)
        assert contention.is_busy
    contention.note(quiet(2), 2)
    assert not contention.is_busy


def test_on_a_graphics_card_nothing_is_changed(two_threads, monkeypatch):
    monkeypatch.setenv("HOTFOLDER_REHEARSE_NEIGHBOURS", "1")
    threads = Threads(Device("mps", torch.float16))
    threads.begin(strict=False)
    threads.end()
    assert torch.get_num_threads() == 2
