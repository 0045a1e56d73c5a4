"""The hand and the pool: which picture goes to which slot, with real processes that never load."""

from __future__ import annotations

from support.slots import READY, at, render

from daemon.models.catalogue import DRY_RUN
from daemon.notify import events
from daemon.protocol.messages import Capacity, Step
from daemon.worker.pool import WorkerPool


def test_a_hand_takes_what_shares_and_one_more_and_nothing_behind_what_does_not(made):
    it = made()
    it.slot.start(DRY_RUN, at(0.0))
    it.slot.send(render(1))
    assert it.slot.hand.takes(render(2), alone=False)
    it.slot.send(render(2))
    assert not it.slot.hand.takes(render(3), alone=False)
    it.slot.heard(Capacity(64, 64, 4), None, at(0.0))
    assert it.slot.hand.takes(render(3), alone=False)
    it.slot.send(render(3, width=128))
    assert not it.slot.hand.takes(render(4), alone=False)


def test_a_suspect_has_the_worker_to_itself(made):
    it = made()
    it.slot.start(DRY_RUN, at(0.0))
    it.slot.send(render(1))
    assert not it.slot.hand.takes(render(1, job=2), alone=True)
    it.slot.returned(1, 1, at(0.0))
    it.slot.send(render(1, job=2), alone=True)
    assert not it.slot.hand.takes(render(2), alone=False)


def test_a_picture_that_only_needs_decoding_leaves_its_place(made):
    it = made()
    it.slot.start(DRY_RUN, at(0.0))
    for index in (1, 2):
        it.slot.send(render(index))
    it.slot.heard(Step(1, 1, 2, 2, 0.1), render(1), at(0.0))

    assert it.slot.hand.takes(render(3), alone=False)


def test_the_pool_starts_a_worker_for_the_first_picture_and_exchanges_it_for_another_model(made):
    from dataclasses import replace

    it = made()
    pool, other = WorkerPool([it.slot]), replace(DRY_RUN, name="other")

    assert pool.place_for(render(), DRY_RUN, alone=False, at=at(0.0)) is it.slot
    first = it.slot.serial
    it.slot.send(render())
    assert pool.place_for(render(2, job=2), other, alone=False, at=at(0.0)) is None
    it.slot.returned(1, 1, at(0.0))
    assert pool.place_for(render(2, job=2), other, alone=False, at=at(0.0)) is it.slot
    assert pool.slot_of(first) is None
    assert it.slot.card == other


def test_a_worker_that_has_grown_old_is_replaced_once_its_hand_is_empty(made):
    it = made()
    pool = WorkerPool([it.slot])
    it.slot.start(DRY_RUN, at(0.0))
    it.slot.loaded(READY, at(0.0))
    it.slot.send(render())
    it.slot.retire("it grew")
    first = it.slot.serial

    assert pool.place_for(render(2), DRY_RUN, alone=False, at=at(0.0)) is None
    it.slot.returned(1, 1, at(0.0))
    assert pool.place_for(render(2), DRY_RUN, alone=False, at=at(0.0)) is it.slot
    assert it.slot.serial != first
    assert events.WorkerGone("worn", "it grew") in it.told


def test_a_pool_is_blocked_only_where_every_slot_is(made):
    one, other = made(), made()
    pool = WorkerPool([one.slot, other.slot])
    one.slot.block("no model", at(0.0))
    assert pool.blocked is None
    other.slot.block("no model", at(0.0))
    assert pool.blocked == "no model"
    pool.clear()
    assert pool.blocked is None


def test_the_next_slot_takes_what_the_first_can_not(made):
    one, other = made(), made()
    pool = WorkerPool([one.slot, other.slot])
    first = pool.place_for(render(1), DRY_RUN, alone=True, at=at(0.0))
    assert first is one.slot
    first.send(render(1), alone=True)

    assert pool.place_for(render(2), DRY_RUN, alone=False, at=at(0.0)) is other.slot
