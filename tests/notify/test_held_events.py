"""Events that may be told a little later keep their order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from daemon.notify.events import Event, FileSeen
from daemon.notify.held_events import HeldEvents


@given(st.lists(st.sampled_from(["hold", "emit", "tell"])))
def test_whatever_is_held_all_are_told_once_and_in_their_order(calls: list[str]) -> None:
    told: list[Event] = []
    events, given_in = HeldEvents(told.append), []
    for number, call in enumerate(calls):
        if call == "tell":
            events.tell()
            assert told == given_in
            continue
        given_in.append(FileSeen(f"{number}.yaml", ""))
        getattr(events, call)(given_in[-1])
        assert told == given_in or call == "hold"
    events.tell()
    assert told == given_in


def test_what_is_told_may_be_held_again_by_whoever_hears_it() -> None:
    told: list[Event] = []
    first, second = FileSeen("a.yaml", ""), FileSeen("b.yaml", "")

    def hear(event: Event) -> None:
        told.append(event)
        if event is first:
            events.hold(second)

    events = HeldEvents(hear)
    events.hold(first)
    events.tell()
    assert told == [first, second]
