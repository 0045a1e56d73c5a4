"""A waiting file's states: what each input makes of each, with invented clocks."""

from __future__ import annotations

import stat
from dataclasses import replace

import pytest

from daemon.errors import (
    DefaultsError,
    JobError,
    NoJobError,
    NotYetError,
    StillWrittenError,
    UnfinishedError,
)
from daemon.inbox import inspection
from daemon.inbox.inspection import (
    NEVER,
    PATIENCE_WITH_SYNTAX,
    RETRY_DISK,
    RETRY_INPUT,
    UNSEEN,
    WAITING,
    Inspection,
)
from daemon.inbox.inspection import FileState as S
from daemon.inbox.settle import Look, Sighting, Verdict
from daemon.jobfile import read_job
from daemon.settings import Settings

NOW = 1000.0
UNTIL = NOW + 60
JOB = read_job(b"prompt: a boat", file="a.yaml", base=Settings().job_defaults)
LOOK = Look(10, 1, 1, 1, stat.S_IFREG | 0o644, busy=False, dataless=False)
RESTED = Sighting(LOOK, NOW - 10, complete=False)


def look(known: Inspection | None, **facts) -> Inspection:
    sighting = replace(RESTED, look=replace(LOOK, **facts))
    return inspection.looked_at(sighting, known, now=NOW, settle=1.0, limit=1000)


def fails(known: Inspection, error: Exception, *, until: float = UNTIL) -> Inspection:
    return inspection.not_read(known, error, RESTED, now=NOW, input_until=until)


NEEDS_INPUT = NotYetError("The picture a.png is not there.")
WRONG_DEFAULTS = DefaultsError("steps can't be x.", file="_defaults.yaml")

#: One of each state, as it comes about.
KNOWN = {
    S.UNSETTLED: UNSEEN,
    S.UNREAD: look(None),
    S.READY: inspection.read(UNSEEN, JOB),
    S.NEEDS_INPUT: fails(UNSEEN, NEEDS_INPUT),
    S.UNPARSED: inspection.not_read(
        UNSEEN, UnfinishedError("?"), replace(RESTED, unchanged_since=NOW), now=NOW, input_until=0
    ),
    S.BAD_DEFAULTS: fails(UNSEEN, WRONG_DEFAULTS),
    S.REFUSED: fails(UNSEEN, JobError("No.")),
    S.UNREADABLE: fails(UNSEEN, PermissionError(13, "Permission denied")),
    S.UNCLAIMABLE: inspection.claim_failed(UNSEEN, "can't be claimed", now=NOW),
    S.INPUT: fails(UNSEEN, NoJobError("A job names this text as a list.")),
}

INPUTS = {
    "changed and complete": lambda _: look(None),
    "changed and growing": lambda _: inspection.looked_at(
        replace(RESTED, unchanged_since=NOW), None, now=NOW, settle=1.0, limit=1000
    ),
    "looked at again": look,
    "an input arrived": inspection.input_arrived,
    "defaults changed": inspection.defaults_changed,
    "claim failed": lambda known: inspection.claim_failed(known, "locked", now=NOW),
    "a moment passed": lambda known: inspection.passed(known, now=NOW + 0.5),
    "two seconds passed": lambda known: inspection.passed(known, now=NOW + 2.1),
    "two minutes passed": lambda known: inspection.passed(known, now=NOW + 120),
}

U, R = S.UNREAD, S.REFUSED
SAME = None
#: input -> what becomes of (unsettled, unread, ready, needs input, unparsed, bad defaults, refused,
#: unreadable, unclaimable, input); SAME where nothing does.
TABLE = {
    "changed and complete": (U,) * 10,
    "changed and growing": (S.UNSETTLED,) * 10,
    "looked at again": (U, SAME, SAME, SAME, SAME, SAME, SAME, SAME, SAME, SAME),
    "an input arrived": (SAME, SAME, SAME, U, SAME, U, SAME, SAME, SAME, SAME),
    "defaults changed": (SAME, SAME, U, U, U, U, U, U, U, U),
    "claim failed": (S.UNCLAIMABLE,) * 10,
    "a moment passed": (SAME,) * 10,
    "two seconds passed": (SAME, SAME, SAME, U, R, U, SAME, U, U, SAME),
    "two minutes passed": (SAME, SAME, SAME, R, R, U, SAME, U, U, SAME),
}


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("word", INPUTS)
def test_every_input_makes_of_every_state_what_the_table_says(state: S, word: str) -> None:
    known = KNOWN[state]
    assert known.state is state
    expected = TABLE[word][list(S).index(state)]

    found = INPUTS[word](known)

    assert found.state is (state if expected is SAME else expected)
    if expected is SAME and word != "claim failed":
        assert found == known or state is S.UNSETTLED


@pytest.mark.parametrize(
    ("error", "state", "retry_at", "until"),
    [
        (StillWrittenError("?"), S.UNSETTLED, NOW, NEVER),
        (NEEDS_INPUT, S.NEEDS_INPUT, NOW + RETRY_INPUT, UNTIL),
        (WRONG_DEFAULTS, S.BAD_DEFAULTS, NOW + RETRY_INPUT, NEVER),
        (JobError("No."), S.REFUSED, NEVER, NEVER),
        (PermissionError(13, "Permission denied"), S.UNREADABLE, NOW + 2, NEVER),
        (RuntimeError("a library's"), S.REFUSED, NEVER, NEVER),
        (RecursionError(), S.REFUSED, NEVER, NEVER),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_what_reading_raises_decides_the_state(error, state, retry_at, until) -> None:
    found = fails(UNSEEN, error)

    assert (found.state, found.retry_at, found.until) == (state, retry_at, until)
    assert found.reason
    assert (found.error is not None) == (state in (S.NEEDS_INPUT, S.BAD_DEFAULTS, S.REFUSED))


def test_a_file_that_does_not_parse_is_given_up_when_it_has_rested_long_enough() -> None:
    fresh = KNOWN[S.UNPARSED]
    assert fresh.until == NOW + PATIENCE_WITH_SYNTAX
    assert fails(UNSEEN, UnfinishedError("?")).state is S.REFUSED  # at rest for ten seconds


def test_an_input_that_never_came_is_given_up_with_its_own_words() -> None:
    given_up = inspection.passed(KNOWN[S.NEEDS_INPUT], now=UNTIL)

    assert given_up.state is S.REFUSED
    assert given_up.error is NEEDS_INPUT


def test_the_disk_is_asked_ever_less_often_but_for_ever() -> None:
    known, waits = UNSEEN, []
    for _ in range(9):
        known = inspection.claim_failed(known, "locked", now=NOW)
        waits.append(known.retry_at - NOW)
        known = inspection.passed(known, now=known.retry_at)

    assert waits == [2, 4, 8, 16, 32, 60, 60, 60, 60]
    assert max(waits) == RETRY_DISK


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        ({"size": 0}, Verdict.EMPTY),
        ({"dataless": True}, Verdict.DATALESS),
        ({"busy": True}, Verdict.BUSY),
    ],
)
def test_a_file_that_is_not_complete_says_why(facts, verdict) -> None:
    found = look(None, **facts)

    assert (found.state, found.reason, found.verdict) == (S.UNSETTLED, verdict.value, verdict)
    assert found.is_stuck == (verdict is not Verdict.BUSY)


@pytest.mark.parametrize("facts", [{"size": 1001}, {"mode": stat.S_IFLNK}, {"mode": stat.S_IFIFO}])
def test_what_is_too_big_or_no_file_is_refused_without_being_opened(facts) -> None:
    assert look(None, **facts).state is S.REFUSED


def test_only_what_waits_has_a_time_to_be_read_again() -> None:
    for state, known in KNOWN.items():
        if state is not S.UNSETTLED:
            timed = known.retry_at < NEVER or known.until < NEVER
            assert timed == (state in WAITING), state
