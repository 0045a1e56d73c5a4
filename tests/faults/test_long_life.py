"""A daemon that goes on for thousands of jobs: nothing of it grows but what people asked for."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from faults.rig import at_rest, check, facts, figure, running
from PIL import Image
from support.daemon import living_children, wait_for
from support.levels import counts

from daemon.root.layout import Layout

GOOD = "prompt: life {n}\nsize: 64x64\nsteps: 1\n"
REFERRING = "prompt: life {n}\nsize: 64x64\nsteps: 1\nreferences: [{{image: ref{r}.png}}]\n"
BAD = "prompt: life {n}\nsize: enormous {n}\n"
REFERENCES = 5


@dataclass(frozen=True, slots=True)
class Sample:
    """What a daemon holds at rest."""

    supervisor: int
    worker: int
    descriptors: int
    threads: int
    files: int

    @classmethod
    def of(cls, pid: int, layout: Layout) -> Sample:
        daemon = psutil.Process(pid)
        workers = living_children(pid, "daemon.engine")  # others come and go as they are needed
        return cls(
            supervisor=daemon.memory_info().rss,
            worker=sum(worker.memory_info().rss for worker in workers),
            descriptors=daemon.num_fds() + sum(worker.num_fds() for worker in workers),
            threads=daemon.num_threads(),
            files=len(ours(layout)),
        )


def ours(layout: Layout) -> list[Path]:
    """Files that are neither a result nor a record that is kept on purpose."""
    kept = {layout.journal_file, layout.id_file, layout.lock_file, layout.counter_file}
    places = (layout.state, layout.stage, layout.live, layout.logs)
    found = [path for place in places for path in place.rglob("*") if path.is_file()]
    return [path for path in found if path not in kept and layout.references not in path.parents]


def life_of(root: Layout, child, jobs: int, text: Callable[[int], str]) -> list[Sample]:
    """So many jobs, fifty at once at most; a sample after each tenth of them."""
    samples, dropped, at_once = [], 0, min(50, jobs // 10)
    while dropped < jobs:
        for number in range(dropped, min(jobs, dropped + at_once)):
            (root.inbox / f"life{number:05d}.yaml").write_text(text(number))
        dropped = min(jobs, dropped + at_once)
        wait_for(lambda: ended(root) == dropped and at_rest(root), root)  # noqa: B023
        if dropped * 10 // jobs > len(samples):
            time.sleep(0.2)
            samples.append(Sample.of(child.process.pid, root))
    return samples


def mixed(number: int) -> str:
    """Mostly good ones, a tenth bad, a tenth with a reference."""
    text = {3: BAD, 7: REFERRING}.get(number % 10, GOOD)
    return text.format(n=number, r=number // 10 % REFERENCES)


def ended(root: Layout) -> int:
    """Counted by the journal, one line for each."""
    try:
        return root.journal_file.read_bytes().count(b"\n")
    except FileNotFoundError:
        return 0


@pytest.mark.skipif(sys.platform == "win32", reason="counts descriptors")
@pytest.mark.timeout(1800)
def test_thousands_of_jobs_in_one_daemon_leave_it_as_small_as_it_was(root):
    jobs = counts(120, 1_000, 5_000)
    root.settings_file.write_text("log_rotation: 100 KB\nlog_retention: 3\n")
    for number in range(REFERENCES):
        Image.new("RGB", (40, 40), (number, 0, 0)).save(root.inbox / f"ref{number}.png")
    with running(root) as child:
        samples = life_of(root, child, jobs, mixed)
        alive = child.process.poll() is None
    bad = {f"life{n:05d}" for n in range(jobs) if n % 10 == 3}
    tally = check(root, {f"life{n:05d}": 1 for n in range(jobs)} | dict.fromkeys(bad, 0))
    tally.wrongly_failed -= len(bad)
    early, late = samples[len(samples) // 3], samples[-1]
    logs = sum(file.stat().st_size for file in root.logs.iterdir())
    references = len(os.listdir(root.references))
    figure(
        f"{jobs:,} jobs in one daemon, a tenth bad, from a third of them to the last",
        "dry-run",
        f"supervisor {early.supervisor / 1e6:.1f} to {late.supervisor / 1e6:.1f} MB, "
        f"worker {early.worker / 1e6:.1f} to {late.worker / 1e6:.1f} MB, "
        f"descriptors {early.descriptors} to {late.descriptors}, "
        f"threads {early.threads} to {late.threads}, files {early.files} to {late.files}; "
        f"logs {logs / 1e6:.2f} MB (limit 2 x 4 x 0.1), {references} references kept; {tally}",
    )
    assert alive
    assert tally.clean, (tally, facts(root))
    assert late.supervisor - early.supervisor < 10e6
    assert late.worker - early.worker < 10e6
    assert late.descriptors <= early.descriptors + 2
    assert late.threads <= early.threads + 1
    assert late.files <= early.files + 4
    assert logs < 1.2e6
    assert references == REFERENCES


CACHE = 2_000_000


@pytest.mark.timeout(3000)
def test_a_worker_that_draws_hundreds_of_prompts_keeps_its_size_and_its_caches_their_limit(root):
    jobs = counts(None, 60, 600)
    root.settings_file.write_text(f"cache_disk: {CACHE / 1e9}\ncache_memory: {CACHE / 1e9}\n")
    with running(root, engine="sdxl") as child:
        samples = life_of(
            root, child, jobs, lambda n: f"prompt: life {n} of many\nsize: 192x192\nsteps: 1\n"
        )
    tally = check(root, {f"life{n:05d}": 1 for n in range(jobs)})
    kept = sum(path.stat().st_size for path in root.caches.rglob("*") if path.is_file())
    early, late = samples[len(samples) // 3], samples[-1]
    figure(
        f"{jobs} pictures of {jobs} prompts by one worker, from a third of them to the last",
        "sdxl (sketch)",
        f"worker {early.worker / 1e6:.0f} to {late.worker / 1e6:.0f} MB, "
        f"descriptors {early.descriptors} to {late.descriptors}, "
        f"caches {kept / 1e6:.2f} MB (limit {CACHE / 1e6:.0f}); {tally}",
    )
    assert tally.clean, (tally, facts(root))
    assert late.worker - early.worker < 60e6
    assert late.descriptors <= early.descriptors + 2
    assert 0 < kept < CACHE * 1.1
