"""Whose turn it is by the hours of the day, and which empty folders go."""

from __future__ import annotations

import calendar
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from daemon.errors import SettingsError
from daemon.fs.moment import Moment
from daemon.inbox.empty_folders import EmptyFolders
from daemon.inbox.turns import Hours, may_begin
from daemon.settings import parse_settings


@pytest.fixture
def berlin() -> Iterator[None]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = "CET-1CEST,M3.5.0,M10.5.0/3"
    time.tzset()
    yield
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


def utc(text: str) -> float:
    return calendar.timegm(time.strptime(text, "%Y-%m-%d %H:%M"))


@pytest.mark.usefixtures("berlin")
@pytest.mark.parametrize(
    ("hours", "moment", "holds"),
    [
        ("22:00-07:00", "2026-01-15 20:59", False),  # 21:59 in winter
        ("22:00-07:00", "2026-01-15 21:00", True),
        ("22:00-07:00", "2026-01-16 05:59", True),
        ("22:00-07:00", "2026-01-16 06:00", False),
        ("22:00-07:00", "2026-07-15 20:00", True),  # 22:00 in summer
        ("22:00-07:00", "2026-07-16 05:00", False),
        ("02:00-03:00", "2026-03-29 00:59", False),  # the hour that summer time leaves out
        ("02:00-03:00", "2026-03-29 01:00", False),
        ("02:00-03:00", "2026-10-25 00:30", True),  # the hour that comes twice
        ("02:00-03:00", "2026-10-25 01:30", True),
        ("09:00-17:00", "2026-01-15 08:00", True),
        ("09:00-17:00", "2026-01-15 16:00", False),
        ("00:00-00:00", "2026-01-15 16:00", True),
        ("", "2026-01-15 16:00", True),
    ],
)
def test_later_begins_in_its_hours_by_the_clock_on_the_wall(
    hours: str, moment: str, holds: bool
) -> None:
    said = Hours.of(parse_settings(f"later: {hours}\n".encode()).later if hours else "")

    assert may_begin(-1, said, wall=utc(moment)) == holds
    assert may_begin(0, said, wall=utc(moment))


@pytest.mark.parametrize("text", ["22-07", "22:00-24:00", "22:00", "at night", "[22, 7]"])
def test_hours_that_are_none_are_told_with_an_example(text: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parse_settings(f"later: {text}\n".encode())

    assert caught.value.key == "later"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("final: {scale: 5}", "scale"),
        ("final: {scales: 2}", "scales"),
        ("final: {steps: many}", "steps"),
        ("final: {preset: nowhere}", "nowhere"),
        ("final: 2", "final"),
    ],
)
def test_what_final_can_not_mean_is_told(text: str, key: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parse_settings(f"{text}\n".encode())

    assert key in str(caught.value)


def test_a_preset_gives_final_its_steps_unless_they_are_said() -> None:
    assert parse_settings(b"final: {preset: quality}").final_pass.steps == 20
    assert parse_settings(b"final: {preset: quality, steps: 5}").final_pass.steps == 5
    assert parse_settings(b"final: {scale: 3}").final_pass.steps == 30


def test_only_folders_that_jobs_have_left_empty_go_and_never_the_special_ones(
    tmp_path: Path,
) -> None:
    for name in ("ep01/a", "ep02", "made", "final/ep03", "urgent", "kept"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "ep01" / "a" / ".DS_Store").touch()
    (tmp_path / "kept" / "_defaults.yaml").touch()
    empty, now = EmptyFolders(tmp_path, still=5.0), time.time()

    empty.look(["ep01/a", "ep02", "final/ep03", "urgent", "kept", "", "gone"], Moment(10.0, now))
    assert (tmp_path / "ep02").exists(), "somebody may be filling it this moment"
    for seconds in (20.0, 40.0, 60.0):
        empty.look([], Moment(10.0 + seconds, now + seconds))

    left = sorted(each.relative_to(tmp_path).as_posix() for each in tmp_path.rglob("*"))
    assert left == ["final", "kept", "kept/_defaults.yaml", "made", "urgent"]
