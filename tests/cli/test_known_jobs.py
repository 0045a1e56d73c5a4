"""Jobs go on while they are listed: each is found, wherever it is by then."""

from __future__ import annotations

import threading
import time

from daemon.cli.known_jobs import known_jobs
from daemon.cli.names import Names
from daemon.cli.wait import _of_id
from daemon.protocol.outcome import Outcome
from daemon.root.layout import Layout
from daemon.spool import finish
from daemon.spool.journal import JournalEntry
from daemon.spool.spool import Spool
from daemon.spool.ticket import Dropped

FILES = [f"{number:03d}.yaml" for number in range(150)]


def bring_to_its_end(root: Layout, spool: Spool, file: str) -> None:
    """As a daemon does: out of the inbox into the spool, and from there to done/."""
    wall = time.time()
    claim = spool.claim(Dropped(root.inbox / file, "", False, 0.0, wall), wall=wall)
    entry = JournalEntry(
        claim.number, file, "", False, Outcome.DONE, wall, file, f"id {file}", "", (), None
    )
    finish.finish(root, claim, finish.Intent(entry, None))


def test_a_job_that_goes_on_meanwhile_is_found_by_its_name_and_by_its_id(root: Layout) -> None:
    for file in FILES:
        (root.inbox / file).write_text(f"prompt: a boat\nid: id {file}\n")
    spool = Spool(root)
    spool.open()

    def work() -> None:
        for file in FILES:
            bring_to_its_end(root, spool, file)

    worker = threading.Thread(target=work)
    worker.start()
    while worker.is_alive():
        assert {job.place for job in known_jobs(root)} == set(FILES)
        for file in FILES[::10]:
            assert [job.place for job in _of_id(root, Names(root), f"id {file}")] == [file]
    worker.join()
    assert [job.place for job in known_jobs(root) if job.is_over] == FILES
