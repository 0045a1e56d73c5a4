"""A file followed to its end is the one that was dropped, whatever its name was used for before."""

from __future__ import annotations

from daemon.cli.follow import Dropped, StreamFollower, last_job
from daemon.cli.progress import Progress

SMALL = "prompt: p\nsteps: 2\n"


def test_two_drops_of_one_name_are_two_jobs(root, daemon, wait):
    """The first is claimed before the second lies there, so that its name is free again."""
    daemon()
    follower = StreamFollower(root)
    dropped = []
    for seed in range(3):
        dropped.append(Dropped(root.inbox / "a.yaml", last_job(root)))
        (root.inbox / "a.yaml").write_text(f"{SMALL}seed: {seed}\n")
        wait(lambda: not (root.inbox / "a.yaml").exists())

    with Progress() as progress:
        ends = list(follower.see_through(dropped, progress))

    assert [end.job for end in ends] == [1, 2, 3]
    assert len({path for end in ends for path in end.pictures}) == 3
