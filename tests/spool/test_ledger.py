"""What the journal says of today and of failures: each once, and none that is mended."""

from __future__ import annotations

import json
import time
from dataclasses import replace

import pytest

from daemon.protocol.outcome import Outcome
from daemon.root.layout import Layout
from daemon.spool import journal
from daemon.spool.journal import JournalEntry
from daemon.spool.ledger import MOST_LISTED, Ledger, day_of

NOW = time.time()


def end(root: Layout, job: int, outcome: Outcome, **fields: object) -> JournalEntry:
    """A line of the journal, and the file that it says is kept."""
    folder = root.done if outcome.is_good else root.failed
    kept = folder / f"{job}.yaml"
    kept.write_text("prompt: a\n")
    entry = JournalEntry(
        job, f"{job}.yaml", "", False, outcome, NOW, str(job), None, "why", (), None
    )
    entry = replace(entry, kept=str(kept.relative_to(root.root)), **fields)
    journal.append(root, entry)
    return entry


def failed(ledger: Ledger) -> list[int]:
    return [told["job"] for told in ledger.to_json(NOW, waiting=0, in_hand=0)["failed"]]


def test_a_failure_stays_until_it_is_mended(root: Layout) -> None:
    ledger = Ledger(root)
    for job in range(1, 7):
        end(root, job, Outcome.FAILED)
    assert failed(ledger) == [6, 5, 4, 3, 2, 1]

    end(root, 11, Outcome.DONE, parent=1)  # retried, and done
    end(root, 12, Outcome.FAILED, parent=2)  # retried, and failed again: told once, as the new one
    end(root, 13, Outcome.DONE, file="3.yaml")  # corrected, and dropped again
    end(root, 14, Outcome.DONE, file="4.yaml", project="ep")  # another one of that name
    (root.failed / "5.yaml").unlink()  # thrown away

    assert failed(ledger) == [12, 6, 4]
    end(root, 15, Outcome.DONE, parent=12)
    assert failed(ledger) == failed(Ledger(root)) == [6, 4]


def test_a_cancelled_job_is_no_failure(root: Layout) -> None:
    end(root, 1, Outcome.CANCELLED)
    told = Ledger(root).to_json(NOW, waiting=2, in_hand=3)

    assert told["failed"] == []
    assert told["last_failed"]["outcome"] == "cancelled"
    assert told["totals"] == {"waiting": 2, "in_hand": 3, "done_today": 0, "failed": 0}


def test_today_is_counted_and_yesterday_is_not(root: Layout) -> None:
    ledger = Ledger(root)
    for job, days in enumerate([9, 1, 1, 0, 0, 0], start=1):
        end(root, job, Outcome.DONE, finished_unix=NOW - 86400 * days)
    end(root, 7, Outcome.DUPLICATE)

    assert ledger.to_json(NOW, waiting=0, in_hand=0)["totals"]["done_today"] == 3
    assert ledger.to_json(NOW + 86400, waiting=0, in_hand=0)["totals"]["done_today"] == 0
    assert ledger.last_done is not None
    assert day_of(float("inf")) == ""


def test_a_journal_that_is_torn_spoilt_cut_or_replaced_is_read_as_far_as_it_goes(
    root: Layout,
) -> None:
    ledger = Ledger(root)
    end(root, 1, Outcome.DONE)
    with root.journal_file.open("a") as lines:
        for line in ("[" * 100_000, "null", '{"job": 7', '{"job": true, "outcome": 3}', "\udc00"):
            lines.write(line.encode("utf-8", "replace").decode() + "\n")
        lines.write('{"job": 2, "outcome": "done", "finish')
    ledger.read_on()
    assert ledger.done_on(day_of(NOW)) == 1

    root.journal_file.write_text("")  # somebody empties it
    end(root, 3, Outcome.DONE)
    end(root, 3, Outcome.DONE)  # a crash writes a line twice
    ledger.read_on()
    assert ledger.done_on(day_of(NOW)) == 1

    kept = root.journal_file.read_bytes()
    root.journal_file.unlink()
    ledger.read_on()
    root.journal_file.write_bytes(kept + kept)
    ledger.read_on()
    assert ledger.last_done is not None
    assert ledger.last_done.job == 3


@pytest.mark.parametrize("name", ['"outcome": "done", "finished_unix": 1', "\\", "a\nb", "\udcff"])
def test_no_name_is_taken_for_an_end(root: Layout, name: str) -> None:
    end(root, 1, Outcome.FAILED, name=name, reason=name)

    assert failed(Ledger(root)) == [1]
    assert json.loads(root.journal_file.read_text())["name"] == name


def test_of_many_failures_the_newest_are_listed_and_all_counted(root: Layout) -> None:
    for job in range(1, MOST_LISTED + 11):
        end(root, job, Outcome.FAILED)
    told = Ledger(root).to_json(NOW, waiting=0, in_hand=0)

    assert told["totals"]["failed"] == MOST_LISTED + 10
    assert len(told["failed"]) == MOST_LISTED
