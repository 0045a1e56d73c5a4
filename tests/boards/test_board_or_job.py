"""Whether a file is a board is decided once: a drop, `boards/` and `check` say the same of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from daemon.boards.board_file import BoardReader
from daemon.cli import main
from daemon.errors import IsABoardError, JobError
from daemon.jobfile import read_job
from daemon.plan.model_choice import ModelChoice
from daemon.root.layout import Layout
from daemon.settings import Settings

MANY = "".join(f"  s{number:04}: {{prompt: a boat, seed: {number}}}\n" for number in range(1500))
LONG = "".join(f"  s{number:04}: {'a boat and ' * 25}a boat\n" for number in range(4500))

BOARDS = {
    "documents that an end mark parts": ("a.yaml", "prompt: a\n...\nprompt: b\n", 2),
    "documents in lines of the old Macintosh": ("a.yaml", "prompt: a\r---\rprompt: b\r", 2),
    "a key in escapes": ("a.yaml", '"sh\\x6fts":\n  010: a boat\n', 1),
    "a key in escapes, in JSON": ("a.json", '{"sh\\u006fts": {"010": "a boat"}}', 1),
    "a key in capitals": ("a.yaml", "SHOTS:\n  010: a boat\n", 1),
    "a list below a directive": ("a.yaml", "%YAML 1.2\n---\n- a boat\n- a tree\n", 2),
    "more values than a job may hold": ("a.yaml", f"shots:\n{MANY}", 1500),
    "more values, in JSON": ("a.json", json.dumps([{"prompt": "a", "seed": 1}] * 1200), 1200),
    "more bytes than a job may hold": ("a.yaml", f"takes: 1\nshots:\n{LONG}", 4500),
}

NEITHER = {
    "nothing": ("board.yaml", ""),
    "nothing, in JSON": ("board.json", ""),
    "a comment": ("board.yaml", "# soon\n"),
    "a job": ("board.yaml", "prompt: a boat\n"),
    "a job, in JSON": ("board.json", '{"prompt": "a boat"}'),
    "a text": ("board.yml", "a boat\n"),
    "no text": ("board.yaml", "\x00\x01"),
    "one document": ("board.yaml", "---\nshot: a boat\n...\n"),
}


def reader(root: Layout) -> BoardReader:
    settings = Settings(engine="dry-run")
    return BoardReader(root, settings, ModelChoice(root, settings, engine="dry-run", model=None))


@pytest.mark.parametrize("case", BOARDS)
def test_what_is_no_job_but_a_board_is_one_wherever_it_is_dropped(
    root: Layout, tmp_path: Path, case: str, capsys
) -> None:
    name, text, shots = BOARDS[case]
    file = tmp_path / name
    file.write_bytes(text.encode())

    with pytest.raises(IsABoardError):  # which moves it to boards/
        read_job(file.read_bytes(), file=name, base=Settings().job_defaults)
    assert len(reader(root).board(file).shots) == shots
    root.settings_file.write_text("engine: dry-run\n")
    if shots < 100:
        assert main(["--root", str(root.root), "check", str(file)]) == 0
        assert f"board a, {shots} shot" in capsys.readouterr().out


@pytest.mark.parametrize("case", NEITHER)
def test_what_lies_in_boards_and_is_none_is_told_what_it_lacks(
    root: Layout, case: str, capsys
) -> None:
    name, text = NEITHER[case]
    file = root.boards / "ep" / name
    file.parent.mkdir(parents=True)
    file.write_text(text)

    with pytest.raises(JobError) as raised:
        reader(root).board(file)
    assert raised.value.remedy
    assert "prompt: a lighthouse" not in raised.value.remedy
    assert main(["--root", str(root.root), "check", str(file)]) == 1
    assert raised.value.what in " ".join(capsys.readouterr().out.split())
