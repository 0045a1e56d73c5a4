"""The states of a claimed job: which follows which, and that an end waits for the worker."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.worker_process import card

from daemon.jobs.claimed_job import ClaimedJob, End, Facts, JobState, StagedPicture, Work
from daemon.jobs.retry_policy import MAX_DEATHS, MAX_SHORTAGES, blame
from daemon.plan.planner import Picture, Plan
from daemon.protocol.messages import Ready, Rendered
from daemon.protocol.outcome import Outcome
from daemon.protocol.timings import Timings
from daemon.spool.publication_record import PublicationRecord
from daemon.spool.ticket import Claim, Ticket

FAILED, CANCELLED = End(Outcome.FAILED, "broken"), End(Outcome.CANCELLED, "enough")


def ticket(**known):
    return Ticket(1, "x.yaml", "", ".yaml", False, 0.0, 0.0, **known)


def claimed():
    return ClaimedJob(Claim(Path("000001"), ticket()), queued_at=0.0)


def admitted(pictures=2):
    job = claimed()
    job.admit(Work(Facts("a boat", "sketch"), plan(pictures)))
    return job


def plan(pictures):
    renders = [card(Path("stage"), index=index) for index in range(1, pictures + 1)]
    return Plan(1, "boat", "", tuple(Picture(each, f"boat-{each.index}", {}) for each in renders))


def staged(index):
    event = Rendered(
        job=1,
        index=index,
        stage=f"/stage/{index}.png",
        sha256="",
        pixels_sha256="",
        width=256,
        height=256,
        started_at="",
        finished_at="",
        timings=Timings(total=1.0),
    )
    return StagedPicture(event, Ready(seconds=1.0), at=0.0)


def test_a_job_goes_from_the_claim_to_the_spools_exit_through_every_state():
    job = claimed()
    seen = [job.state]
    job.admit(Work(Facts("a boat", "sketch"), plan(1)))
    seen.append(job.state)
    job.hand_down(1)
    seen.append(job.state)
    job.stage(staged(1))
    seen.append(job.state)
    job.records[1] = PublicationRecord("boat-1", True)
    job.unstage()
    assert job.is_complete
    job.decide(End(Outcome.DONE))
    seen.append(job.state)
    job.leave()

    assert [*seen, job.state] == list(JobState)


def test_pictures_are_handed_down_while_others_wait_to_be_published():
    job = admitted(3)
    job.hand_down(1)
    job.stage(staged(1))
    job.hand_down(2)

    assert job.state is JobState.RENDERING
    assert [picture.render.index for picture in job.to_render] == [3]


def test_a_picture_that_comes_back_unfinished_is_rendered_again():
    job = admitted(1)
    job.hand_down(1)
    job.let_go(1)

    assert job.state is JobState.QUEUED
    assert [picture.render.index for picture in job.to_render] == [1]


@pytest.mark.parametrize("end", [FAILED, CANCELLED])
def test_an_end_asked_for_waits_until_the_worker_has_let_go(end):
    job = admitted()
    job.hand_down(1)
    job.not_before = 99.0
    job.request(end)

    assert job.state is JobState.RENDERING
    assert job.to_render == []
    assert job.not_before == 0.0
    with pytest.raises(AssertionError):
        job.decide(end)
    job.let_go(1)
    job.decide(end)
    assert job.state is JobState.ENDING


def test_the_first_end_asked_for_counts():
    job = admitted()
    job.request(FAILED)
    job.request(CANCELLED)

    assert job.end is FAILED


def test_a_job_that_has_no_plan_yet_ends_at_once():
    job = claimed()
    job.request(CANCELLED)

    assert job.state is JobState.ENDING


def test_nothing_is_handed_down_of_a_job_that_is_ending():
    job = admitted()
    job.decide(CANCELLED)

    with pytest.raises(AssertionError):
        job.hand_down(1)


def test_the_third_death_at_a_job_alone_is_its_own_doing():
    assert blame(ticket(deaths=MAX_DEATHS - 1), "gone") is None
    error = blame(ticket(deaths=MAX_DEATHS), "gone")
    assert error is not None
    assert "gone" in error.why


def test_memory_may_run_out_at_a_job_a_few_times_after_ever_longer_pauses():
    tries = admitted().tries

    assert [tries.pause() for _ in range(7)] == [1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]
    assert [tries.is_too_big() for _ in range(MAX_SHORTAGES)][-2:] == [False, True]
