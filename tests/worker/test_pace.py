"""How long it will take: one rule, told alike by log, status and check."""

from __future__ import annotations

import json

import pytest
from support.daemon import hotfolder

from daemon.worker.pace import Pace

TWO_PASSES = ((512, 512, 10), (1024, 1024, 5))


def test_before_anything_was_measured_nothing_is_promised():
    assert Pace().eta(TWO_PASSES, 0) is None
    assert Pace().estimate(TWO_PASSES, 3) is None


def test_a_second_pass_still_to_come_counts_by_its_own_size():
    pace = Pace()
    pace.step((512, 512), 0.4)

    assert pace.eta(TWO_PASSES, 4) == pytest.approx(6 * 0.4 + 5 * 1.6)

    pace.step((1024, 1024), 2.0)
    assert pace.eta(TWO_PASSES, 11) == pytest.approx(4 * 2.0)


def test_what_a_picture_takes_beyond_its_steps_is_expected_of_the_next_from_the_first_on():
    pace = Pace()
    pace.step((512, 512), 0.1)
    pace.picture([(512, 512, 10)], 1.5)

    assert pace.eta([(512, 512, 10)], 10) == pytest.approx(0.5)
    assert pace.estimate([(512, 512, 10)], 2) == pytest.approx(3.0)


def test_pictures_that_share_steps_are_promised_so_together_but_not_the_one_at_work():
    pace = Pace()
    for _ in range(50):
        pace.step((512, 512), 1.0, shared=4)

    assert pace.estimate([(512, 512, 10)], 4) == pytest.approx(10.0, rel=0.01)
    assert pace.eta([(512, 512, 10)], 5) == pytest.approx(5.0)


def test_a_pace_is_the_same_after_a_trip_through_status_json():
    pace = Pace()
    pace.step((512, 512), 0.4, shared=2)
    pace.step((768, 512), 0.7, shared=2)
    pace.picture([(512, 512, 3)], 2.0)
    again = Pace.from_json(json.loads(json.dumps(pace.to_json())))

    for size in ((512, 512), (768, 512), (1024, 1024)):
        assert again.estimate([(*size, 9)], 3) == pytest.approx(pace.estimate([(*size, 9)], 3))


@pytest.mark.parametrize(
    "body", [{}, {"overhead": "soon"}, {"seconds_per_step": {"wide": 1}}, {"seconds_per_step": 3}]
)
def test_a_pace_that_makes_no_sense_is_none(body):
    assert Pace.from_json(body).estimate(TWO_PASSES, 1) is None


def test_log_and_status_tell_one_eta_while_a_second_pass_is_still_to_come(root, drop, daemon, wait):
    child = daemon(HOTFOLDER_DRY_STEP_SECONDS="0.4")
    text = "prompt: high\nsize: 512x512\nsteps: 60\nhires: {scale: 2, strength: 0.5}\n"
    drop.whole("high.yaml", text)  # which nobody waits for
    now = wait(lambda: next((c for c in child.status.get("current") or [] if c["step"] >= 4), None))
    step = now["step"]
    told = wait(lambda: [ln for ln in child.log().splitlines() if f" step {step}/90 " in ln])

    assert now["steps"] == 90
    assert float(told[0].split(" eta ")[1].split()[0]) == pytest.approx(now["eta"], abs=0.06)


def test_check_promises_what_status_promises(root, drop, daemon, wait, tmp_path):
    root.settings_file.write_text("engine: dry-run\n")
    child = daemon(HOTFOLDER_DRY_STEP_SECONDS="0.05")
    text = "prompt: a\nsize: 512x512\nsteps: 10\nhires: {scale: 2, strength: 0.5}\ncount: 2\n"
    drop.whole("a.yaml", text)
    wait(lambda: "#1 a done" in child.log())
    assert hotfolder("pause", "--root", str(root.root)).returncode == 0
    drop.whole("b.yaml", text)
    queue = wait(
        lambda: (queue := child.status["queue"])["number"] and queue["estimate_seconds"] and queue
    )
    sketch = tmp_path / "b.yaml"
    sketch.write_text(text)
    found = hotfolder("check", str(sketch), "--json", "--root", str(root.root))

    [told] = json.loads(found.stdout)
    assert told["estimate_seconds"] == pytest.approx(queue["estimate_seconds"], rel=0.01)
