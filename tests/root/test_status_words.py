"""The status in one line: what waits, what is done, what failed, and what is being made."""

from __future__ import annotations

import pytest

from daemon.root.status_words import footer, line, now

TOTALS = {"waiting": 2, "in_hand": 1, "done_today": 14, "failed": 1}
BUSY = {
    "state": "rendering",
    "totals": TOTALS,
    "queue": {"number": 2, "estimate_seconds": 128.0},
    "current": [{"job": 7, "name": "060", "picture": 7, "pictures": 12, "step": 3, "steps": 15}],
    "held": [{"job": 6, "project": "ep01"}, {"job": 7, "project": "ep03"}],
}


def test_what_a_busy_daemon_says():
    assert footer(BUSY) == "3 waiting, about 2 min · 14 done · 1 failed"
    assert now(BUSY) == "ep03/060, 7 of 12, 2 min left"
    assert line(BUSY) == f"{now(BUSY)} · {footer(BUSY)}"


FOOTERS = [
    ({"state": "idle", "totals": {"done_today": 3, "waiting": 0, "in_hand": 0}}, "0 waiting · 3 done"),
    ({"state": "paused", "totals": TOTALS}, "paused · 3 waiting · 14 done · 1 failed"),
    ({"state": "stopped"}, "stopped · 0 waiting · 0 done"),
    ({**BUSY, "queue": {"estimate_seconds": 12.4}}, "3 waiting, about 12 s · 14 done · 1 failed"),
    ({**BUSY, "queue": {"estimate_seconds": 36_000}}, "3 waiting, about 10 h · 14 done · 1 failed"),
    ({**BUSY, "queue": {"estimate_seconds": None}}, "3 waiting · 14 done · 1 failed"),
]  # fmt: skip


@pytest.mark.parametrize(("snapshot", "said"), FOOTERS)
def test_each_state_in_its_words(snapshot, said):
    assert footer(snapshot) == said


def test_what_is_not_busy_says_why():
    assert now({"state": "blocked", "reason": "no model\nmore"}) == "blocked: no model"
    assert now({"state": "idle"}) == "idle"


@pytest.mark.parametrize("odd", [{}, {"totals": [1], "current": "x", "queue": 3, "held": None},
                                 {"current": [{}], "totals": {"waiting": "many"}}])  # fmt: skip
def test_a_snapshot_of_another_shape_says_what_it_can(odd):
    assert isinstance(line(odd), str)
