"""A storm in which people go on working: jobs cancelled, retried, paused, submitted and moved about
while daemon and worker are killed, with files of state spoiled in between."""

from __future__ import annotations

import json
import os
import random
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest
from faults.rig import at_rest, check, dice, facts, figure, finish, start, stop_for_sure
from faults.test_kills import AIMS, aim_and_kill, come_up, counted
from support.daemon import hotfolder_process, pictures
from support.levels import counts

from daemon.root.layout import Layout

STEP = "0.03"


class People:
    """What is done to a root from outside, at random, until told to stop."""

    def __init__(self, layout: Layout, names: list[str], throw: random.Random) -> None:
        self._layout = layout
        self._names = names
        self._throw = throw
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._work)
        self.did: Counter[str] = Counter()
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()
        self._verb("resume")

    def _work(self) -> None:
        todo = list(self._names)
        acts = [self._drop] * 5 + [self._cancel, self._retry, self._pause, self._submit, self._move]
        while not self._stopped.is_set() and todo:
            act = self._throw.choice(acts)
            if act in (self._drop, self._submit):
                act(todo.pop())
            else:
                act(self._throw.choice(self._names))
            self.did[act.__name__.strip("_")] += 1
            time.sleep(self._throw.uniform(0, 0.15))
        for name in todo:
            self._drop(name)

    def _text(self, name: str) -> str:
        return f"prompt: {name}\nsize: 64x64\nsteps: 2\n"

    def _drop(self, name: str) -> None:
        folder = self._layout.inbox / self._throw.choice(["", "ep1", "ep2"])
        folder.mkdir(exist_ok=True)
        draft = folder / f".{name}.tmp"
        draft.write_text(self._text(name))
        with suppress(FileNotFoundError):  # somebody moves the folder at this very moment
            os.rename(draft, folder / f"{name}.yaml")
            return
        (self._layout.inbox / f"{name}.yaml").write_text(self._text(name))

    def _submit(self, name: str) -> None:
        file = self._layout.root / f"{name}.yaml"
        file.write_text(self._text(name))
        if self._verb("submit", str(file)) != 0:
            self._drop(name)

    def _cancel(self, name: str) -> None:
        self._verb("cancel", name)

    def _retry(self, name: str) -> None:
        self._verb("retry", name)

    def _pause(self, _name: str) -> None:
        self._verb(self._throw.choice(["pause", "resume", "resume"]))

    def _move(self, _name: str) -> None:
        one, other = self._layout.inbox / "ep1", self._layout.inbox / "ep2"
        with suppress(OSError):
            os.rename(one, self._layout.inbox / "ep3")
            os.rename(other, one)
        with suppress(OSError):
            os.rename(self._layout.inbox / "ep3", other)

    def _verb(self, *words: str) -> int:
        return hotfolder_process(*words, "--root", str(self._layout.root)).returncode


#: Files of the daemon's own state that speak of no single job.
STATE = ("status.json", "counter", "journal.jsonl", "lock", "drops", "caches")
SPOILT = (b"", b"{", b"[" * 5000, b"\0" * 100, b'{"1": "x"}', b"[1, 2]", b"\xff\xfe", b"null")


def spoil(layout: Layout, throw: random.Random) -> None:
    """One file of the state, while no daemon runs: cut off, or of another kind inside."""
    place = layout.state / throw.choice(STATE)
    if place.is_dir():
        inside = sorted(path for path in place.rglob("*") if path.is_file())
        if not inside:
            return
        place = throw.choice(inside)
    if place.exists():
        with suppress(OSError):
            place.write_bytes(throw.choice(SPOILT))


def judge(layout: Layout, names: list[str], row: str) -> None:
    """Every job ended once: done, or failed because a person cancelled it."""
    tally = check(layout, dict.fromkeys(names, 1))
    ends = Counter(_stem(path, names) for path in _jobs(layout.done))
    cancelled = Counter(_stem(path, names) for path in _jobs(layout.failed))
    why = [path.read_text() for path in layout.failed.rglob("*.why.txt")]
    by_job: Counter[tuple[int, int]] = Counter()
    for name in pictures(layout):
        told = json.loads((layout.outbox / name).with_suffix(".json").read_bytes())["result"]
        by_job[told["job"], told["seed"]] += 1
    wrong = {
        "lost": [name for name in names if not ends[name] and not cancelled[name]],
        "failed by themselves": [text[:300] for text in why if "cancel" not in text.lower()],
        "of nobody": [name for name in [*ends, *cancelled] if name not in names],
        "twice": [key for key, times in by_job.items() if times > 1],
        "without a picture": max(0, sum(ends.values()) - len(by_job)),
        "torn": tally.torn,
        "orphaned": tally.orphaned,
        "left over": tally.left_over,
    }
    figure(
        row,
        "dry-run",
        ", ".join(f"{k} {v if isinstance(v, int) else len(v)}" for k, v in wrong.items()),
    )
    assert not any(wrong.values()), (wrong, facts(layout))


def _jobs(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*.yaml") if not path.name.startswith(".")]


def _stem(path: Path, names: list[str]) -> str:
    """The name a job was dropped under; NAME-2 is another of that name."""
    stem = path.stem
    return stem if stem in names else stem.rpartition("-")[0] or stem


@pytest.mark.timeout(3000)
def test_people_who_go_on_working_through_kills_and_spoilt_state_lose_nothing(root):
    throw = dice("busy day")
    jobs, kills = counts(None, 60, 300), counts(None, 10, 40)
    names = [f"shot{number:03d}" for number in range(jobs)]
    people = People(root, names, dice("people"))
    env = {"HOTFOLDER_DRY_STEP_SECONDS": STEP}
    killed: list[tuple[str, str]] = []
    child = start(root, **env)
    try:
        while len(killed) < kills:
            come_up(root, child, throw)
            time.sleep(throw.uniform(0.3, 1.5))
            killed.append(aim_and_kill(root, child, throw, AIMS, 1.0))
            if child.process.poll() is not None:
                spoil(root, throw)
                child = start(root, **env)
    finally:
        people.stop()
        stop_for_sure(child)
    while not at_rest(root):
        assert finish(root, **env) in (0, 1), facts(root)
    acts = ", ".join(f"{times} {act}" for act, times in people.did.most_common())
    judge(root, names, f"{jobs} jobs ({acts}), {kills} x kill -9 ({counted(killed)}), state spoilt")
