"""What libraries complain of is told once a place, and never at length."""

from __future__ import annotations

import logging
import threading
import warnings

from daemon.notify.library_words import LONGEST, heard


def test_a_complaint_that_names_another_thing_each_time_is_told_once() -> None:
    told: list[str] = []
    with heard(told.append), warnings.catch_warnings():
        warnings.simplefilter("always")
        for number in range(50):
            warnings.warn(f"callback {number} exists already: {'x' * 5_000}", stacklevel=1)
            logging.getLogger("of.a.library").warning("no watch for %s", number)

    assert len(told) == 2
    assert all(len(text) <= LONGEST for text in told)
    assert "callback 0" in told[0]
    assert "no watch for 0" in told[1]


def test_threads_that_end_differently_are_told_each() -> None:
    told: list[str] = []

    def fail(what: str) -> None:
        raise KeyError(what)

    with heard(told.append):
        for what in ("a", "b\x1b[2J"):
            thread = threading.Thread(target=fail, args=(what,), name="emitter")
            thread.start()
            thread.join()

    assert len(told) == 2
    assert all(text.isprintable() for text in told)
