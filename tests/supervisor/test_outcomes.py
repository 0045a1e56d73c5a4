"""What is told when the queue is empty: all that was made since, under the first few names."""

from __future__ import annotations

import pytest

from daemon.fs.moment import Moment
from daemon.notify import events
from daemon.notify.log_lines import tally
from daemon.protocol.outcome import Outcome
from daemon.supervisor.outcomes import MOST_NAMES, Outcomes

FEW = ["a", "b", "c", "d", "e"]


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ([], ""),
        (["a"], "a: "),
        (["a", "a", "b"], "a, b: "),
        (FEW, "a, b, c, d, e: "),
        ([*FEW, *FEW], "a, b, c, d, e: "),
        ([*FEW, "f"], "a, b, c, d, e and others: "),
        ([*FEW, *(str(number) for number in range(1000))], "a, b, c, d, e and others: "),
    ],
)
def test_it_names_the_first_and_says_whether_there_are_others(names: list[str], said: str) -> None:
    assert len(FEW) == MOST_NAMES
    told: list[events.Event] = []
    outcomes = Outcomes(told.append)
    outcomes.left = lambda _: 0
    for number, name in enumerate(names):
        subject = events.Subject(number, name, file=name, project="", pictures=())
        outcomes.tell(events.JobFinished(subject, Outcome.FAILED, "failed", "why", ()))
    told.clear()
    outcomes.look(Moment(10.0, 10.0), at_once=True)
    assert [tally(event) for event in told if isinstance(event, events.QueueEmpty)] == (
        [f"{said}0 pictures, {len(names)} failed"] if names else []
    )


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        ([("a", Outcome.FAILED), ("b", Outcome.CANCELLED)], "a: 0 pictures, 1 failed, 1 cancelled"),
        ([("b", Outcome.CANCELLED), ("a", Outcome.FAILED)], "a: 0 pictures, 1 failed, 1 cancelled"),
        ([("b", Outcome.CANCELLED)], "b: 0 pictures, 1 cancelled"),
    ],
)
def test_what_was_cancelled_is_not_named_as_if_it_was_made(
    ends: list[tuple[str, Outcome]], said: str
) -> None:
    told: list[events.Event] = []
    outcomes = Outcomes(told.append)
    outcomes.left = lambda _: 0
    for number, (name, outcome) in enumerate(ends):
        subject = events.Subject(number, name, file=name, project="", pictures=())
        outcomes.tell(events.JobFinished(subject, outcome, "failed", "why", ()))
    outcomes.look(Moment(10.0, 10.0), at_once=True)
    assert tally(next(each for each in told if isinstance(each, events.QueueEmpty))) == said
