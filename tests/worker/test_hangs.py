"""A worker that hangs, takes too much memory or grows old is replaced, and no job is lost by it."""

from __future__ import annotations

import os
import sys

from support.daemon import engine, pictures, record

from daemon.fs.moment import Moment
from daemon.protocol.messages import Rendered
from daemon.protocol.timings import Timings
from daemon.settings import Settings
from daemon.worker import monitor
from daemon.worker.deadlines import LONG_PHASE, STALL, TIMES_USUAL, Deadline
from daemon.worker.pace import Pace
from daemon.worker.recycling import GROWTH, SETTLING, SLOW_PICTURES, Recycling, resident_bytes


def test_a_step_has_its_patience_or_twenty_usual_steps_whichever_is_more():
    quick, slow = Deadline(60.0), Deadline(60.0)
    quick.begin("taking step 2", 0.0, usual=0.5)
    slow.begin("taking step 2", 0.0, usual=30.0)

    assert quick.due() == 60.01
    assert slow.due() == TIMES_USUAL * 30.0 + 0.01


def test_loading_and_decoding_have_ten_times_the_patience():
    deadline = Deadline(60.0)
    deadline.begin("loading the unet", 0.0, long=True)

    assert deadline.due() == 60.0 * LONG_PHASE + 0.01


def test_a_sign_of_life_begins_the_limit_anew():
    deadline = Deadline(10.0)
    deadline.begin("taking step 2", 0.0, usual=0.1)
    deadline.begin("taking step 3", 9.0, usual=0.1)

    assert deadline.overrun(15.0) is None
    assert "taking step 3" in (deadline.overrun(19.5) or "")


def test_our_own_stall_is_not_held_against_the_worker():
    deadline = Deadline(10.0)
    deadline.begin("taking step 2", 0.0, usual=0.1)

    assert deadline.overrun(STALL + 500.0) is None
    assert deadline.overrun(STALL + 509.0) is None
    assert deadline.overrun(STALL + 515.0) is not None


def test_no_limit_is_no_limit():
    deadline = Deadline(0.0)
    deadline.begin("taking step 2", 0.0, usual=0.1)

    assert deadline.overrun(10.0) is None
    assert deadline.overrun(10_000.0) is None


def test_memory_that_only_grows_tires_a_worker_and_its_first_pictures_do_not():
    health = Recycling()
    size, told = 4 << 30, []
    for number in range(SETTLING + 4):
        told.append(
            health.picture(
                resident=size + number * GROWTH, size=(64, 64), seconds_per_step=0.0, now=0.0
            )
        )

    assert told[:SETTLING] == [None] * SETTLING
    assert "grew" in (told[-1] or "")


def test_steps_five_times_slower_for_three_pictures_tire_a_worker_but_not_twice_at_once():
    health = Recycling()
    paces = [0.1] * 4 + [0.6] * (2 * SLOW_PICTURES)
    told = [
        health.picture(resident=None, size=(64, 64), seconds_per_step=pace, now=float(number))
        for number, pace in enumerate(paces)
    ]

    assert [bool(reason) for reason in told].count(True) == 1
    assert told[4 + SLOW_PICTURES - 1] is not None


def test_the_memory_of_a_process_can_be_told():
    assert (resident_bytes(os.getpid()) or 0) > 1_000_000
    assert resident_bytes(2**22 + 1) is None


def test_a_workers_memory_is_read_twice_a_second_and_after_every_picture_and_every_birth(
    monkeypatch,
):
    sizes = iter(range(1, 100))
    monkeypatch.setattr(monitor, "resident_bytes", lambda _: next(sizes))
    monkeypatch.setattr(sys, "platform", "linux")
    watch = monitor.Monitor(Pace(), Settings())
    watch.born(Moment(0.0, 0.0))

    def told(now: float) -> int | None:
        return watch.resident_now(1, Moment(now, now))

    assert [told(0.1), told(0.5), told(0.6), told(1.0), told(1.2)] == [1, 1, 2, 2, 3]
    made = Rendered(1, 1, "", "", "", 64, 64, "", "", Timings())
    watch.grown_old(made, 1, Moment(1.3, 1.3))
    assert [told(1.4), told(1.7), told(1.8)] == [4, 4, 5]
    watch.born(Moment(1.9, 1.9))
    assert told(1.9) == 6


def test_a_worker_that_stops_stepping_is_killed_and_the_third_time_its_job_fails(
    root, drop, daemon, wait
):
    root.settings_file.write_text("hang_timeout: 4\n")
    child = daemon(engine=engine("poisonous"))
    drop.whole("stuck.yaml", "prompt: hang at step three\n")
    drop.whole("well.yaml", "prompt: well\n")
    wait(lambda: (root.failed / "stuck.yaml.why.txt").exists())
    wait(lambda: (root.done / "well.yaml").exists())

    why = " ".join((root.failed / "stuck.yaml.why.txt").read_text().split())
    assert "no sign of life" in why
    assert "step 3" in why
    assert "The worker died 3 times at it." in why
    # the third death was the last; a machine that stands still may cost another job a worker, too
    assert child.log().count("the worker is killed: no sign of life") >= 3
    assert child.process.poll() is None


def test_a_worker_that_hangs_while_loading_is_killed_and_no_job_is_blamed(root, drop, daemon, wait):
    root.settings_file.write_text("hang_timeout: 0.3\n")
    child = daemon("--service", engine=engine("stuck_while_loading"))
    drop.whole("innocent.yaml", "prompt: innocent\n")
    wait(lambda: child.status.get("state") == "blocked")
    child.stop()
    root.settings_file.unlink()

    assert not list(root.failed.glob("*"))
    assert daemon("--until-empty", ready=False).wait() == 0
    assert pictures(root) == ["innocent.png"]


def test_a_worker_that_takes_more_memory_than_it_may_is_killed_and_its_job_fails_in_the_end(
    root, drop, daemon, wait
):
    root.settings_file.write_text("worker_memory: 0.4\n")
    child = daemon(engine=engine("poisonous"))
    drop.whole("greedy.yaml", "prompt: memory\n")
    drop.whole("well.yaml", "prompt: well\n")
    wait(lambda: (root.failed / "greedy.yaml.why.txt").exists())
    wait(lambda: (root.done / "well.yaml").exists())

    why = (root.failed / "greedy.yaml.why.txt").read_text()
    assert "more than its limit" in " ".join(why.split())
    assert child.process.poll() is None


def test_a_worker_near_its_limit_is_replaced_between_pictures_and_costs_no_attempt(
    root, drop, daemon, wait
):
    root.settings_file.write_text("worker_memory: 0.4\n")
    child = daemon(engine=engine("leaking"))
    names = [f"leak{number}" for number in range(20)]
    for name in names:
        drop.whole(f"{name}.yaml", "prompt: leak\nsteps: 1\n")
    wait(lambda: len(list(root.done.glob("*.yaml"))) == len(names))

    assert "a fresh worker takes over: it holds" in child.log()
    assert "the worker is killed" not in child.log()
    assert all(record(root, name)["result"]["attempt"] == 1 for name in names)


def test_a_picture_that_memory_never_suffices_for_fails_after_some_tries_and_others_go_on(
    root, drop, daemon, wait
):
    child = daemon(engine=engine("poisonous"))
    drop.whole("huge.yaml", "prompt: shortage\n")
    drop.whole("well.yaml", "prompt: well\n")
    wait(lambda: (root.done / "well.yaml").exists())
    wait(lambda: (root.failed / "huge.yaml.why.txt").exists())

    assert "memory" in (root.failed / "huge.yaml.why.txt").read_text()
    assert "the worker died" not in child.log()
