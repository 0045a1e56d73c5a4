"""What a person is told in a few words: that the queue is empty, of a failure, of a block.

Never of a picture. Many failures at once are one message.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from daemon.listeners.moments import Moment
from daemon.notify import events
from daemon.notify.log_lines import tally
from daemon.protocol.outcome import Outcome
from daemon.text.printable import one_line

MOST = 3
"""Failures that are told one by one; of more that come at once one message tells."""

NAMED = 5
"""Jobs that such a message names."""


@dataclass(frozen=True, slots=True)
class Message:
    """A title and a text, each a line; `is_bad` where somebody should look; `job` is the name of
    one that failed."""

    title: str
    text: str
    is_bad: bool = False
    job: str = ""


def message_of(moment: Moment) -> Message | None:
    """What is said of a moment; None of those that nobody is to be disturbed for."""
    match moment.event:
        case events.QueueEmpty() as event:
            return Message("Hotfolder has done all", one_line(tally(event), 200))
        case events.JobFinished(outcome=Outcome.FAILED) as event:
            name = _name(event.subject)
            return Message(f"Hotfolder: {name} failed", one_line(event.reason, 200), True, name)
        case events.Blocked(reason=reason, advice=advice):
            text = ". ".join(part.rstrip(".") for part in (reason, advice) if part)
            return Message("Hotfolder is blocked", one_line(text, 200), True)
    return None


def together(messages: Sequence[Message]) -> list[Message]:
    """Those that have come at once, in fewer where they are many."""
    bad = [each for each in messages if each.job]
    if len(bad) <= MOST:
        return list(messages)
    names = [each.job for each in bad]
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    one = Message(f"Hotfolder: {len(bad)} jobs failed", ", ".join(names[:NAMED]) + more, True)
    return [one, *(each for each in messages if not each.job)]


def _name(subject: events.Subject) -> str:
    folder = f"{subject.project}/" if subject.project else ""
    return one_line(folder + subject.name, 80)
