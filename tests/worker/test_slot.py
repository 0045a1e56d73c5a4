"""A worker's slot: what each state does with each input, with real processes that never load.

They only read what they are sent, so that no model is needed; what a worker would say is told to
the slot.
"""

from __future__ import annotations

import pytest
from support.slots import READY, Slot, at, render

from daemon.models.catalogue import DRY_RUN
from daemon.notify import events
from daemon.protocol.messages import Started
from daemon.worker.lifecycle import MAX_LOADS, RETRY_BLOCKED
from daemon.worker.pool import WorkerPool
from daemon.worker.slot_state import SlotState as S


def in_state(made, state: S) -> Slot:
    """A slot brought there as it gets there in life."""
    it = made()
    if state is S.ABSENT:
        return it
    if state is S.BLOCKED:
        it.slot.block("no model", at(0.0))
        return it
    if state in (S.ASIDE, S.TRIAL):
        it.slot.set_aside("it fails", 4.0)
    if state is S.ASIDE:
        return it
    it.slot.start(DRY_RUN, at(4.0))
    if state in (S.READY, S.RETIRING):
        it.slot.loaded(READY, at(1.0))
    if state is S.RETIRING:
        it.slot.retire("it grew")
    if state is S.KILLED:
        it.slot.kill("it hung")
    if state is S.BACKOFF:
        it.dies(0.0)
    assert it.slot.state is state
    return it


INPUTS = {
    "start": lambda it: it.slot.start(DRY_RUN, at(1000.0)),
    "loaded": lambda it: it.slot.loaded(READY, at(5.0)),
    "retire": lambda it: it.slot.retire("it grew"),
    "kill": lambda it: it.slot.kill("it hung"),
    "release": lambda it: it.slot.release(),
    "died": lambda it: it.dies(5.0),
    "block": lambda it: it.slot.block("no model", at(5.0)),
    "clear": lambda it: it.slot.clear(),
    "send": lambda it: it.slot.send(render()),
    "set aside": lambda it: it.slot.set_aside("it fails", 9.0),
    "admit": lambda it: it.slot.admit("its small picture came out as ever"),
}

FROM_AWAY = {"start": S.LOADING, "block": S.BLOCKED, "clear": S.ABSENT, "set aside": S.ASIDE}

#: state -> input -> the state it leads to; whatever is not listed is refused.
TABLE = {
    S.ABSENT: {**FROM_AWAY, "retire": S.ABSENT},
    S.BACKOFF: {**FROM_AWAY, "retire": S.BACKOFF},
    S.BLOCKED: {**FROM_AWAY, "retire": S.BLOCKED},
    S.ASIDE: {"start": S.TRIAL, "retire": S.ASIDE},
    S.TRIAL: {
        "loaded": S.TRIAL,
        "retire": S.TRIAL,
        "kill": S.KILLED,
        "release": S.ABSENT,
        "died": S.BACKOFF,
        "admit": S.READY,
    },
    S.LOADING: {
        "loaded": S.READY,
        "retire": S.LOADING,
        "kill": S.KILLED,
        "release": S.ABSENT,
        "died": S.BACKOFF,
        "send": S.LOADING,
    },
    S.READY: {
        "loaded": S.READY,
        "retire": S.RETIRING,
        "kill": S.KILLED,
        "release": S.ABSENT,
        "died": S.BACKOFF,
        "send": S.READY,
    },
    S.RETIRING: {
        "loaded": S.RETIRING,
        "retire": S.RETIRING,
        "kill": S.KILLED,
        "release": S.ABSENT,
        "died": S.BACKOFF,
    },
    S.KILLED: {
        "loaded": S.KILLED,
        "retire": S.KILLED,
        "kill": S.KILLED,
        "release": S.ABSENT,
        "died": S.BACKOFF,
    },
}


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("word", INPUTS)
def test_every_state_answers_every_input_or_refuses_it(made, state, word):
    it = in_state(made, state)
    leads_to = TABLE[state].get(word)
    if leads_to is None:
        with pytest.raises(AssertionError):
            INPUTS[word](it)
        assert it.slot.state is state
    else:
        INPUTS[word](it)
        assert it.slot.state is leads_to


def test_what_happens_to_a_worker_is_told_once_each(made):
    it = made()
    it.slot.start(DRY_RUN, at(0.0))
    it.slot.loaded(READY, at(1.0))
    it.slot.loaded(READY, at(1.5))
    it.slot.kill("no sign of life")
    death = it.dies(2.0, code=-9)

    states = [event for event in it.told if isinstance(event, events.WorkerStateChanged)]
    assert [event.state for event in states] == ["loading", "ready", "killed", "backoff"]
    assert states[2].reason == "no sign of life"
    assert [type(event).__name__ for event in it.told if event not in states] == [
        "WorkerLoading",
        "WorkerReady",
        "WorkerKilled",
        "WorkerGone",
    ]
    assert death.last_words == "It was killed: no sign of life."


def test_a_death_with_a_picture_begun_may_be_followed_by_a_start_at_once(made):
    it = made()
    it.slot.start(DRY_RUN, at(0.0))
    it.slot.loaded(READY, at(1.0))
    it.slot.send(render())
    it.slot.heard(Started(1, 1, 2, 64, 64), render(), at(2.0))
    death = it.dies(3.0)

    assert [(held.job, held.index, held.started) for held in death.lost] == [(1, 1, True)]
    assert it.slot.state is S.ABSENT
    assert it.slot.may_start(at(3.0))


def test_a_model_that_kills_its_worker_while_loading_is_given_up_after_three(made):
    it, now = made(), 0.0
    for _ in range(MAX_LOADS - 1):
        it.slot.start(DRY_RUN, at(now))
        assert it.dies(now).hopeless is None
        assert not it.slot.may_start(at(now))
        now += 60
    it.slot.start(DRY_RUN, at(now))

    assert "its last words" in it.dies(now).hopeless


def test_a_picture_that_came_back_forgives_earlier_deaths(made):
    it, now = made(), 0.0
    for _ in range(2 * MAX_LOADS):
        it.slot.start(DRY_RUN, at(now))
        it.slot.loaded(READY, at(now))
        it.slot.send(render())
        it.slot.returned(1, 1, at(now))
        assert it.dies(now).hopeless is None
        now += 60


def test_a_worker_that_can_not_be_started_blocks_its_slot_and_says_why(made):
    it = made(("/nowhere/python3", "-m", "daemon.engine"))
    for now in (0.0, 30.0):  # once is bad luck
        it.slot.start(DRY_RUN, at(now))
        assert it.slot.state is S.BACKOFF
        assert not it.slot.may_start(at(now + 1))
    it.slot.start(DRY_RUN, at(60.0))

    assert it.slot.state is S.BLOCKED
    assert "/nowhere/python3" in it.slot.reason
    assert WorkerPool([it.slot]).blocked == it.slot.reason
    assert not it.slot.may_start(at(60.0 + RETRY_BLOCKED - 1))
    assert it.slot.may_start(at(60.0 + RETRY_BLOCKED))


def test_an_idle_worker_is_let_go_and_one_with_a_picture_is_not(made):
    it = made(idle_timeout=10.0)
    it.slot.start(DRY_RUN, at(0.0))
    it.slot.loaded(READY, at(0.0))
    it.slot.send(render())
    it.slot.look(at(11.0))
    assert it.slot.state is S.READY
    it.slot.returned(1, 1, at(11.0))
    it.slot.look(at(20.0))
    assert it.slot.state is S.READY
    it.slot.look(at(21.0))
    assert it.slot.state is S.ABSENT
    assert it.told[-1] == events.WorkerGone("idle", "")


def test_a_worker_that_has_grown_old_is_let_go_when_idle_too(made):
    it = made(idle_timeout=10.0)
    it.slot.start(DRY_RUN, at(0.0))
    it.slot.loaded(READY, at(0.0))
    it.slot.retire("it grew")
    it.slot.look(at(10.0))

    assert it.slot.state is S.ABSENT
