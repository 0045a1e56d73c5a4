"""Listeners of the stream: never in the way of who emits, whatever they do."""

from __future__ import annotations

import threading

from support.daemon import wait_for

from daemon.notify import events
from daemon.notify.held_events import HeldEvents
from daemon.notify.stream import UNSEEN, EventStream
from daemon.notify.subscribers import one_of
from daemon.settings import Settings
from daemon.supervisor.build import build
from daemon.supervisor.options import Options


def counted():
    return EventStream(iter(range(1, 10**9)).__next__)


def test_a_listener_that_sleeps_never_delays_who_emits_and_loses_the_oldest():
    stream, told, awake = counted(), [], threading.Event()

    def sleepy(numbered):
        awake.wait()
        told.append(numbered.number)

    subscriber = stream.subscribe("sleepy", sleepy, bound=3)
    prompt = []
    stream.attach(lambda numbered: prompt.append(numbered.event))
    for number in range(2000):
        stream.emit(events.Warned(str(number)))  # waited it, this would never end
        stream.rest()

    assert subscriber.lost > 1900
    awake.set()
    wait_for(lambda: told[-1:] == [2001])
    stream.close()
    assert told[-3:] == [1999, 2000, 2001]
    complaints = [e.text for e in prompt if e.text.startswith("the listener sleepy")]
    assert complaints == ["the listener sleepy is too slow and loses events"]


def test_a_burst_before_anybody_is_woken_is_lost_on_nobody():
    """As many files as may lie in an inbox, seen within one turn."""
    stream, told = counted(), []
    subscriber = stream.subscribe("quick", lambda numbered: told.append(numbered.number))

    for number in range(12_000):
        stream.emit(events.FileSeen(f"ep/{number}.yaml", "ep"))
    stream.close()

    assert subscriber.lost == 0
    assert told == list(range(1, 12_001))


def test_a_listener_hears_of_the_kinds_it_has_named_alone():
    stream, some, every = counted(), [], []
    stream.subscribe(
        "some", lambda each: some.append(each.event.word), wants=one_of((events.Paused,))
    )
    stream.subscribe("every", lambda each: every.append(each.event.word))
    for _ in range(2):
        stream.emit(events.Paused())
        stream.emit(events.Resumed())
    stream.rest()
    wait_for(lambda: len(some) >= 2 and len(every) >= 4)
    stream.close()

    assert some == ["paused"] * 2
    assert every == ["paused", "resumed"] * 2


def test_a_listener_that_gathers_hears_all_in_order_and_at_the_latest_when_it_ends():
    stream, often, seldom, rests = counted(), [], [], []
    stream.subscribe("often", lambda each: often.append(each.number), gather=0.001)
    stream.subscribe(
        "seldom",
        lambda each: seldom.append(each.number),
        gather=1e6,
        at_rest=lambda: rests.append(len(seldom)),
    )
    for _ in range(20):
        stream.emit(events.Paused())
    stream.rest()
    wait_for(lambda: len(often) == 20)
    stream.emit(events.Resumed())
    stream.close()

    assert often == seldom == list(range(1, 22))
    assert rests == [21]


def test_a_listener_is_woken_once_who_emits_has_told_all_or_talks_on_for_longer_than_one_can_see():
    now, heard = [1_000.0], []
    stream = EventStream(iter(range(1, 10**9)).__next__, clock=lambda: now[0])
    stream.subscribe("waits", lambda each: heard.append(each.number))
    stream.emit(events.Paused())
    stream.emit(events.Resumed())
    assert not heard
    stream.rest()
    wait_for(lambda: heard == [1, 2])

    stream.emit(events.Paused())
    now[0] += 2 * UNSEEN
    stream.emit(events.Resumed())
    wait_for(lambda: heard == [1, 2, 3, 4])
    stream.close()


def test_a_listener_that_hangs_for_ever_does_not_keep_the_daemon_from_ending():
    stream = counted()
    stream.subscribe("stuck", lambda _: threading.Event().wait())
    stream.emit(events.DaemonStopped())
    stream.close()  # comes back, though the listener never does

    [stuck] = [each for each in threading.enumerate() if each.name == "listener stuck"]
    assert stuck.daemon, "the process may end without it"


def test_a_listener_that_raises_is_complained_of_once_and_goes_on_being_told():
    stream, told, all_told = counted(), [], []

    def broken(numbered):
        told.append(numbered.number)
        raise KeyError("oh no")

    subscriber = stream.subscribe("broken", broken)
    stream.attach(lambda numbered: all_told.append(numbered.event))

    def complaints():
        stream.emit(events.Resumed())
        stream.rest()
        return [e.text for e in all_told if isinstance(e, events.Warned)]

    wait_for(complaints)
    for _ in range(3):  # an error is noted before the next event is taken
        told_so_far = complaints()
        wait_for(lambda: len(told) == len(all_told))
    stream.close()

    assert told == list(range(1, len(all_told) + 1))
    assert told_so_far == ["the listener broken fails with KeyError: 'oh no'"]
    assert subscriber.lost == 0


def test_what_is_attached_and_raises_keeps_nobody_else_from_being_told():
    stream, told = counted(), []

    def broken(numbered):
        raise OSError("no space")

    stream.attach(broken)
    stream.attach(lambda numbered: told.append(numbered.event.word))
    for _ in range(3):
        stream.emit(events.Paused())

    assert told == ["paused", "warning", "paused", "paused"]


def test_listeners_that_sleep_or_raise_neither_delay_nor_fail_a_job(root, drop):
    for name in ("a", "b", "c"):
        drop.whole(f"{name}.yaml", f"prompt: {name}\nsize: 64x64\nsteps: 20\n")
    stream, ends = counted(), []

    def keep(numbered):
        if isinstance(numbered.event, events.JobFinished):
            ends.append(numbered.event)

    def raises(numbered):
        raise RuntimeError("a webhook that is down")

    stream.attach(raises)
    stream.attach(keep)
    stream.subscribe("sleeps", lambda _: threading.Event().wait())
    stream.subscribe("raises", raises)
    options = Options(engine="dry-run", until_empty=True)
    supervisor = build(root, Settings(), HeldEvents(stream.emit, stream.rest), options)

    assert supervisor.run() == 0
    assert sorted(end.subject.name for end in ends) == ["a", "b", "c"]
    assert {end.subject.pictures for end in ends} == {
        (str(root.outbox / f"{name}.png"),) for name in ("a", "b", "c")
    }


def test_a_warning_is_written_at_once_and_with_it_whatever_came_before():
    stream, gathered, written = counted(), [], []

    def write():
        written.extend(gathered)
        gathered.clear()

    stream.attach(lambda numbered: gathered.append(numbered.event.word), at_rest=write)
    stream.emit(events.Paused())
    assert written == []

    stream.emit(events.Warned("the worker died"))

    assert written == ["paused", "warning"]
