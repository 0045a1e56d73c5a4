"""Kill -9 over a board that is saved meanwhile: every wanted picture once, none lost, none twice."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter

import pytest
from faults.rig import counts, dice, facts, figure, finish, start, stop_for_sure
from faults.test_kills import aim_and_kill, come_up, counted
from support.living_boards import keys_made, pictures, records, save

SETTINGS = "settle: 0.1\nscan_interval: 0.2\nfolder_settle: 0.1\n"
AIMS = ("anywhere", "step", "staging", "publishing", "claiming")


def board(throw: random.Random, shots: int, takes: int) -> str:
    """As somebody might have saved it: words changed, shots taken out or moved."""
    lines = [f"  s{n:03d}: shot {n} {throw.choice('ab')}" for n in range(shots)]
    kept = throw.sample(lines, max(1, shots - throw.randint(0, 3)))
    return f"takes: {takes}\nsize: 64x64\nsteps: 2\nshots:\n" + "\n".join(kept) + "\n"


@pytest.mark.timeout(3000)
def test_a_board_saved_again_and_again_in_a_storm_of_kills_is_made_exactly_once(root) -> None:
    shots, takes = counts(6, 40, 40), counts(2, 3, 3)
    saves, kills = counts(4, 20, 60), counts(4, 60, 240)
    root.settings_file.write_text(SETTINGS)
    throw, edits = dice("board"), dice("saves")
    env = {"HOTFOLDER_DRY_STEP_SECONDS": "0.02"}
    save(root, "ep", board(edits, shots, takes))
    ended = threading.Event()

    def edit() -> None:
        for _ in range(saves):
            ended.wait(edits.uniform(0.3, 2.0))
            save(root, "ep", board(edits, shots, takes))

    editor = threading.Thread(target=edit)
    editor.start()
    killed: list[tuple[str, str]] = []
    child = start(root, **env)
    try:
        while len(killed) < kills:
            come_up(root, child, throw)
            time.sleep(throw.uniform(0.2, 1.2))
            killed.append(aim_and_kill(root, child, throw, AIMS, 0.5))
            if child.process.poll() is not None:
                child = start(root, **env)
    finally:
        ended.set()
        editor.join()
        stop_for_sure(child)
    last = board(dice("last"), shots, takes)
    save(root, "ep", last)
    assert finish(root, **env) == 0, facts(root)
    made, found = keys_made(root), records(root, "ep")
    keys = Counter(_key(record) for record in found.values())
    wanted = takes * (len(last.splitlines()) - 4)
    lines = {line.split(": ", 1)[1] for line in last.splitlines() if line.startswith("  s")}
    there = sum(1 for record in found.values() if record["job"]["prompt"] in lines)
    doubled = sum(times - 1 for times in (*made.values(), *keys.values()))
    lost = wanted - there
    figure(
        f"a board of {shots} shots x {takes}, saved {saves} times, {len(killed)} x kill -9 "
        f"({counted(killed)})",
        "dry-run",
        f"{len(found)} pictures, {wanted} wanted at last; lost {lost}, doubled {doubled}",
    )
    assert (lost, doubled) == (0, 0), facts(root)
    assert len(pictures(root, "ep")) == len(found) == len(keys)


def _key(record) -> str:
    about = record["job"]["board"]
    return f"{about['shot']} {about['key']}"
