"""Several places in one pool: which gets a picture, and one that fails is set aside until it is well."""

from __future__ import annotations

from pathlib import Path

import pytest

from daemon.fs.moment import Moment
from daemon.models.catalogue import DRY_RUN
from daemon.notify import events
from daemon.notify.log_lines import line
from daemon.protocol.messages import Note, Ready
from daemon.protocol.render import Render
from daemon.protocol.sampling import SamplingParams
from daemon.settings import Settings
from daemon.worker.local_pool import local_pool
from daemon.worker.pace import Pace
from daemon.worker.process import Gone
from daemon.worker.slot_state import SlotState as S
from daemon.worker.trials import FIRST_PAUSE, LONGEST_PAUSE, MOST_FAILURES, SILENCE


def at(now: float) -> Moment:
    return Moment(now=now, wall=now)


def render(job: int, *, width: int = 64, strict: bool = False) -> Render:
    sampling = SamplingParams(prompt="a", steps=2, guidance_scale=1.0, strict=strict)
    return Render(job, 1, width, 64, seed=1, stage="/nowhere/a.png", sampling=sampling)


@pytest.fixture
def pools(tmp_path, monkeypatch):
    made = []

    def make(*devices: str):
        told: list[events.Event] = []
        settings = Settings(devices=devices)
        pool = local_pool(
            "dry-run",
            settings,
            tmp_path,
            Pace(),
            lambda _: None,
            told.append,
            Path("/nowhere/now.png"),
        )
        made.append(pool)
        return pool, told

    yield make
    for pool in made:
        pool.release()


def warm(pool, *numbers: int) -> None:
    for number in numbers:
        pool.slots[number].start(DRY_RUN, at(0.0))
        pool.slots[number].loaded(Ready(0.0), at(0.0))


def place(pool, job: int, now: float = 0.0, **about):
    slot = pool.place_for(render(job, **about), DRY_RUN, alone=False, at=at(now))
    if slot is not None:
        slot.send(render(job, **about))
    return slot


def test_a_picture_goes_where_there_is_least_to_do_and_the_same_was_made(pools):
    pool, _ = pools("cpu", "cpu", "cpu")
    warm(pool, 0, 1, 2)
    for job, width, expected in ((1, 64, 0), (2, 128, 1), (3, 192, 2)):
        assert place(pool, job, width=width) is pool.slots[expected]
    for job, slot in zip((1, 2, 3), pool.slots, strict=True):
        slot.returned(job, 1, at(1.0))
    assert [place(pool, job, width=w) for job, w in ((4, 192), (5, 64), (6, 128))] == [
        pool.slots[2],
        pool.slots[0],
        pool.slots[1],
    ]


def test_one_picture_starts_one_worker_and_the_second_a_second_which_waits_for_no_first(pools):
    pool, _ = pools("cpu", "cpu")
    first = place(pool, 1)
    assert first is pool.slots[0]
    assert pool.slots[1].state is S.ABSENT
    first.loaded(Ready(0.0), at(1.0))
    second = place(pool, 2)
    assert second is first  # warm, and takes one more
    assert pool.slots[1].state is S.LOADING  # for what comes
    third = place(pool, 3)
    assert third is pool.slots[1]


def test_cards_are_added_as_the_first_worker_tells_of_them(pools):
    pool, _ = pools("auto")
    assert len(pool.slots) == 1
    pool.learn(Ready(0.0, devices=3))
    assert [slot.name for slot in pool.slots] == ["cuda:0", "cuda:1", "cuda:2"]
    pool.learn(Ready(0.0))
    assert len(pool.slots) == 3


def test_places_of_one_kind_are_told_apart_and_share_the_processor(pools):
    pool, _ = pools("cpu", "cpu")
    assert [slot.name for slot in pool.slots] == ["cpu 1", "cpu 2"]
    place(pool, 1)
    assert pool.name_of(1, 1) == "cpu 1"
    alone, _ = pools("cpu")
    place(alone, 1)
    assert alone.name_of(1, 1) == ""


def test_every_event_of_a_worker_says_which_where_there_are_several_and_only_there(pools):
    for devices, names in ((("cpu",), [None]), (("cpu", "cpu"), ["cpu 1", "cpu 2"])):
        pool, told = pools(*devices)
        warm(pool, *range(len(devices)))
        for slot in pool.slots:
            slot.kill("no sign of life")
            slot.died(Gone(slot.serial, -9, ""), at(1.0))
            slot.start(DRY_RUN, at(1e6))
            slot.release("idle")
        assert {e.word for e in told} == {"worker_state", "loading", "ready", "killed", "gone"}
        for event in told:
            assert event.slot == names[event.worker]
            assert line(event).startswith("cpu ") is (event.slot is not None)
        assert sum("the worker died while idle (signal 9)" in line(e) for e in told) == len(names)


def test_the_first_card_is_told_by_name_from_the_moment_another_is_known(pools):
    pool, told = pools("auto")
    pool.slots[0].start(DRY_RUN, at(0.0))
    assert {event.slot for event in told} == {None}
    pool.learn(Ready(0.0, devices=2), pool.slots[0])
    pool.slots[0].loaded(Ready(0.0, devices=2), at(0.0))
    assert told[-1].slot == "cuda:0"


def failing(pool, slot, jobs, now: float = 0.0):
    for job in jobs:
        lost = pool.failed(slot, job, at(now))
    return lost


def test_a_place_where_three_different_jobs_fail_in_a_row_is_set_aside_and_said(pools):
    pool, told = pools("cpu", "cpu")
    warm(pool, 0, 1)
    slot = pool.slots[0]
    slot.send(render(7))
    failing(pool, slot, [1, 2, 2, 1])
    pool.passed(slot)  # a picture came out
    failing(pool, slot, [1, 2])
    assert slot.state is S.READY
    lost = failing(pool, slot, [3])
    assert [held.job for held in lost] == [7]
    assert slot.state is S.ASIDE
    said = [line(e) for e in told if isinstance(e, events.WorkerSaid)]
    assert any(text.startswith("cpu 1: it is set aside: different jobs") for text in said)
    assert place(pool, 8) is pool.slots[1]
    assert pool.width == 1


def test_the_last_place_is_never_set_aside(pools):
    for devices in (("cpu",), ("cpu", "cpu")):
        pool, _ = pools(*devices)
        warm(pool, *range(len(devices)))
        for slot in pool.slots[1:]:
            failing(pool, slot, range(MOST_FAILURES))
            assert slot.state is S.ASIDE
        failing(pool, pool.slots[0], range(9))
        assert pool.slots[0].state is S.READY
        assert pool.blocked is None


@pytest.mark.parametrize("ending", ["canary right", "no canary", "canary wrong", "dies"])
def test_a_place_set_aside_comes_back_once_its_canary_is_right(pools, ending):
    pool, told = pools("cpu", "cpu")
    warm(pool, 0, 1)
    slot = pool.slots[0]
    failing(pool, slot, range(MOST_FAILURES))
    pool.look(at(FIRST_PAUSE - 1))
    assert slot.state is S.ASIDE
    assert pool.due(at(0.0)) <= FIRST_PAUSE
    pool.look(at(FIRST_PAUSE))
    assert slot.state is S.TRIAL
    slot.loaded(Ready(0.0), at(FIRST_PAUSE))
    pool.slots[1].send(render(20))
    assert place(pool, 21, FIRST_PAUSE) is pool.slots[1]
    if ending == "no canary":
        pool.look(at(FIRST_PAUSE + SILENCE + 1))
    elif ending == "dies":
        slot.died(Gone(slot.serial, -9, ""), at(FIRST_PAUSE))
        assert pool.failed_trial(slot, at(FIRST_PAUSE))
    else:
        level = "INFO" if ending == "canary right" else "WARNING"
        pool.judged(slot, Note(level, "the canary", "canary"), at(FIRST_PAUSE))
    if ending in ("canary right", "no canary"):
        assert slot.state is S.READY
        assert place(pool, 22, FIRST_PAUSE) is slot
        assert any(
            isinstance(e, events.WorkerSaid) and "gets pictures again" in e.text for e in told
        )
    else:
        assert slot.state is S.ASIDE
        assert not slot.may_be_tried(at(3 * FIRST_PAUSE - 1))
        assert slot.may_be_tried(at(3 * FIRST_PAUSE))
        assert not pool.failed_trial(pool.slots[1], at(0.0))


def test_pauses_grow_to_a_bound(pools):
    pool, _ = pools("cpu", "cpu")
    slot, now = pool.slots[0], 0.0
    for _ in range(12):
        failing(pool, slot, range(MOST_FAILURES), now)
        assert not slot.may_be_tried(at(now + FIRST_PAUSE - 1))
        now += LONGEST_PAUSE
        assert slot.may_be_tried(at(now))
        slot.start(DRY_RUN, at(now))
        slot.release()


def test_the_estimate_knows_how_many_are_at_work():
    pace = Pace()
    pace.step((64, 64), 1.0)
    alone = pace.estimate([(64, 64, 10)], 8)
    pace.workers = 4
    assert pace.estimate([(64, 64, 10)], 8) == pytest.approx(alone / 4)
    assert Pace.from_json(pace.to_json()).workers == 4
