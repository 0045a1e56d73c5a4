"""When a file is complete: a table of looks, with invented clocks."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from daemon.inbox.settle import MAX_BYTES, Look, Sighting, Verdict, judge, see

FILE = Look(100, 10**18, 10**18, 7, stat.S_IFREG | 0o644, busy=False, dataless=False)
THEN = 10**9
"""Wall time of FILE's timestamps, seconds."""


@pytest.mark.parametrize(
    ("look", "quiet", "complete", "verdict"),
    [
        (FILE, 1.0, False, Verdict.READY),
        (FILE, 0.9, False, Verdict.UNSETTLED),
        (FILE, 0.0, True, Verdict.READY),
        (replace(FILE, size=0), 900.0, True, Verdict.EMPTY),
        (replace(FILE, busy=True), 900.0, True, Verdict.BUSY),
        (replace(FILE, dataless=True), 900.0, True, Verdict.DATALESS),
        (replace(FILE, size=MAX_BYTES + 1), 1.0, False, Verdict.TOO_BIG),
        (replace(FILE, size=MAX_BYTES + 1), 0.5, False, Verdict.UNSETTLED),
        (replace(FILE, mode=stat.S_IFIFO), 0.0, False, Verdict.NOT_A_FILE),
        (replace(FILE, mode=stat.S_IFLNK), 0.0, False, Verdict.NOT_A_FILE),
    ],
)
def test_the_verdict_on_a_file(look, quiet, complete, verdict):
    sighting = Sighting(look, unchanged_since=50.0, complete=complete)

    assert judge(sighting, now=50.0 + quiet, settle=1.0) is verdict


def test_a_file_long_at_rest_is_ready_at_first_sight_whatever_its_mtime_says():
    old = see(None, FILE, now=50.0, wall=THEN + 3600, complete=False)
    forged = see(None, replace(FILE, mtime_ns=1), now=50.0, wall=THEN + 0.2, complete=False)
    future = see(None, FILE, now=50.0, wall=THEN - 3600, complete=False)

    assert judge(old, now=50.0, settle=1.0) is Verdict.READY
    assert judge(forged, now=50.0, settle=1.0) is Verdict.UNSETTLED
    assert judge(future, now=50.0, settle=1.0) is Verdict.UNSETTLED


def test_every_change_of_content_starts_the_wait_again_and_takes_back_completeness():
    first = see(None, FILE, now=50.0, wall=THEN, complete=True)
    grown = see(first, replace(FILE, size=200), now=60.0, wall=THEN + 10, complete=False)
    same = see(grown, replace(FILE, size=200), now=60.5, wall=THEN + 10.5, complete=False)

    assert judge(first, now=50.0, settle=1.0) is Verdict.READY
    assert judge(grown, now=60.0, settle=1.0) is Verdict.UNSETTLED
    assert same.unchanged_since == 60.0
    assert judge(same, now=61.0, settle=1.0) is Verdict.READY


@pytest.mark.parametrize("birth", [443779200, -2082844800])
def test_a_file_the_finder_is_still_copying_is_known_by_its_birth_time(birth):
    class MacStat:
        st_size, st_mtime_ns, st_ctime_ns, st_ino = 10, 1, 1, 1
        st_mode, st_birthtime, st_flags = stat.S_IFREG, birth, 0

    class CloudStat(MacStat):
        st_birthtime, st_flags = 1_700_000_000, 0x40000000

    assert Look.from_stat(MacStat()).busy
    assert Look.from_stat(CloudStat()).dataless
    assert not Look.from_stat(Path(__file__).stat()).busy
