"""Boards as large as they may be: taken by a daemon that stays small, with what they say kept."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from support.daemon import wait_for
from support.living_boards import save

from daemon.boards.account import Account, read_account
from daemon.boards.asked import MOST_ACTS
from daemon.boards.folder import PAUSED
from daemon.root.layout import Layout

MOST_MEGABYTES = 80
SHOTS, CHAIN = 5_000, 200


@pytest.fixture
def anew() -> bool:
    """The supervisor's memory is measured."""
    return True


def test_five_thousand_shots_and_a_chain_of_two_hundred_leave_the_daemon_small(
    root: Layout, daemon
) -> None:
    """Paused, so that nothing is rendered."""
    root.settings_file.write_text("settle: 0.1\nscan_interval: 0.2\n")
    many = "".join(f"  {n:04d}: a harbour, no. {n}\n" for n in range(SHOTS))
    links = "".join(f"  {n:03d}: {{prompt: a boat, like: {n - 1:03d}}}\n" for n in range(1, CHAIN))
    for name, shots in (("many", many), ("chain", f"  000: a boat\n{links}")):
        (root.boards / name).mkdir(parents=True)
        (root.boards / name / PAUSED).touch()
        save(root, name, f"shots:\n{shots}")
    child = daemon()
    told: dict[str, Account | None] = {}

    def are_taken() -> bool:
        told.update({name: read_account(root, name) for name in ("many", "chain")})
        return None not in told.values()

    wait_for(are_taken, root)
    assert len(list(told["many"].takes)) == SHOTS
    needs = [shot.needs for shot in told["chain"].shots]
    assert needs == ["", *(take.id for _, take in told["chain"].takes)][:CHAIN]
    assert not list(root.boards.rglob("*.why.txt"))
    status = Path(f"/proc/{child.process.pid}/status")
    if status.exists():
        peak = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        assert int(peak.split()[1]) / 1024 < MOST_MEGABYTES


def test_all_that_a_board_waits_for_is_taken_back_with_it_however_much(
    root: Layout, daemon
) -> None:
    """Nothing is begun meanwhile: what is claimed is taken back by itself."""
    root.settings_file.write_text("settle: 0.1\nscan_interval: 0.2\nfolder_settle: 0\n")
    root.paused_file.touch()
    shots = "".join(f"  {n:04d}: a harbour, no. {n}\n" for n in range(MOST_ACTS + 50))
    save(root, "many", f"size: 64x64\nsteps: 1\nshots:\n{shots}")
    daemon()
    wait_for(lambda: len(waiting(root)) == MOST_ACTS + 50, root)
    shutil.rmtree(root.boards / "many")
    wait_for(lambda: not waiting(root), root)


def waiting(root: Layout) -> list[Path]:
    return list(root.inbox.rglob("*.json"))
