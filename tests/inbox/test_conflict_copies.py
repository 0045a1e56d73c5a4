"""A sync client's copy of a file that two machines changed is a job, with a word that it may not be meant."""

from __future__ import annotations

import pytest

from daemon.inbox.candidates import is_conflict_copy
from daemon.jobfile import read_job
from daemon.plan.job_reader import warned_of_conflicts
from daemon.settings import Settings


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("shot.sync-conflict-20260101-101010-ABCDEFG.yaml", True),
        ("shot (conflicted copy 2026-01-01).yaml", True),
        ("shot (Anna's conflicted copy 2026-01-01).yaml", True),
        ("shot (SFConflict anna@example.org 2026-01-01).yaml", True),
        ("shot [Conflict].yaml", True),
        ("shot.yaml", False),
        ("a conflict in the harbour.yaml", False),
    ],
)
def test_it_is_known_by_its_name_and_warned_of(name: str, is_one: bool) -> None:
    job = read_job(b"prompt: a", file=name, base=Settings().job_defaults)

    assert is_conflict_copy(name) is is_one
    assert ["conflict copy" in said for said in warned_of_conflicts(job, name).warnings] == (
        [True] * is_one
    )
