"""The process that reads boards: whatever becomes of it costs the board it was at, at the most."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from support.daemon import wait_for
from support.living_boards import save

from daemon.boards.asked import COMPARE, READ, Answer, Question
from daemon.boards.process import BoardProcess
from daemon.root.layout import Layout

LARGE = "".join(f"  {number:04d}: a harbour, no. {number}\n" for number in range(800))

HELD = """
import os, sys, time

def hold(event, given):
    if event == "open" and str(given[0]).endswith("large/board.yaml"):
        while os.path.exists(os.environ["HOTFOLDER_TEST_HOLD"]):
            time.sleep(0.05)

sys.addaudithook(hold)
"""


def test_one_that_is_killed_is_asked_again_and_the_second_time_the_board_is_to_blame(
    root: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is killed while it reads: it stays at that until then, however quick the machine is."""
    hold, site = tmp_path / "hold", tmp_path / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(HELD)
    monkeypatch.setenv("PYTHONPATH", str(site))
    monkeypatch.setenv("HOTFOLDER_TEST_HOLD", str(hold))
    save(root, "large", f"shots:\n{LARGE}")
    save(root, "small", "shots: [a boat]\n")
    process = BoardProcess((str(root.root), "dry-run", "", ""), b"")

    def answer_to(question: Question, kills: int) -> Answer:
        heard: list[Answer] = []
        killed: set[int] = set()

        def is_answered() -> bool:
            if process.is_ready and len(killed) < kills and process.pid not in killed:
                assert process.pid is not None
                killed.add(process.pid)
                os.kill(process.pid, signal.SIGKILL)
                if len(killed) == kills:
                    hold.unlink()  # the next one is not there yet
            answer = process.hear(0.01)
            heard.extend([answer] if answer is not None else [])
            return bool(heard)

        if kills:
            hold.touch()
        process.ask(question)
        wait_for(is_answered, root)
        return heard[0]

    read = Question(READ, "large", "board.yaml")
    assert answer_to(Question(READ, "small", "board.yaml"), 0).pictures == 1
    assert answer_to(read, 1).pictures == 800
    assert answer_to(Question(COMPARE, "small", "board.yaml"), 0).is_unread
    refused = answer_to(read, 2).wrong
    assert refused is not None
    assert refused.is_final
    assert "ended the process" in refused.letter
    assert answer_to(Question(READ, "small", "board.yaml"), 0).pictures == 1
    process.close()
