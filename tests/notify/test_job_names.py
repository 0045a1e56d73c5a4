"""A picture of a board is named with it wherever people read: every board has an 010."""

from __future__ import annotations

import pytest

from daemon.cli.status_rows import rows
from daemon.notify import events
from daemon.notify.log_lines import line


@pytest.mark.parametrize(
    ("project", "board", "name"),
    [("ep01", "ep01", "ep01/010"), ("Ep 1", "Ep: 1", "Ep 1/010"), ("", None, "010")],
)
def test_in_the_log(project: str, board: str | None, name: str) -> None:
    subject = events.Subject(7, "010", "010.json", project, (), board=board)

    assert line(events.JobClaimed(subject, "a boat", 1)) == f"#7 {name} claimed (1 picture): a boat"


def test_in_a_status() -> None:
    one = {"job": 7, "name": "010", "project": "ep01", "state": "rendering"}
    step = {"picture": 1, "pictures": 1, "step": 2, "steps": 3, "seconds_per_step": 0, "eta": None}
    other = {"job": 8, "name": "010", "project": "ep02", "state": "queued"}
    lone = {"job": 9, "name": "boat", "project": "", "state": "queued"}
    done = {"job": 5, "name": "020", "project": "ep01", "images": ["ep01/020.png"]}
    failed = {"job": 6, "name": "030", "project": "ep01", "reason": "no"}
    snapshot = {
        "state": "rendering",
        "current": [{"job": 7, "name": "010", **step}],
        "held": [one, other, lone],
        "last_done": done,
        "failed": [failed],
    }
    said = {row.label: row.text for row in rows(snapshot, wall=1.0) if row.label}

    assert said["now"].startswith("#7 ep01/010 ")
    assert [row.text for row in rows(snapshot, wall=1.0) if row.label == "next"] == [
        "#8 ep02/010",
        "#9 boat",
    ]
    assert said["done"].startswith("#5 ep01/020:")
    assert said["failed"].startswith("#6 ep01/030:")
