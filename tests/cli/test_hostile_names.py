"""Whatever names and files hold, no verb prints what could steer a terminal or forge a line."""

from __future__ import annotations

import fcntl
import io
import json
import os
import pty
import subprocess
import sys
import time
import unicodedata
from pathlib import Path

import pytest
from support.daemon import HANG, hotfolder, wait_for

from daemon.cli import main
from daemon.root.create import prepare
from daemon.root.layout import Layout
from daemon.root.status_file import write_status
from daemon.spool import journal
from daemon.spool.journal import JournalEntry

SIGNS = (
    *("\x1b[2J", "\x1b]0;owned\a", "\x9b31m", "\r", "\n", "\x7f", "\x08", "\v"),
    *("\u061c", "\u200b", "\u200e", "\u202e", "\u2066", "\u2028", "\u2060", "\u2064", "\u206a"),
    *(
        "\ufeff",
        "\xad",
        "\ufff9",
        "\ufffb",
        "\U000e0041",
        "\U000e0100",
        "\ufe0f",
        "\u3164",
        "\u115f",
    ),
)
NAME = "a" + "b".join(SIGNS) + "c\nhotfolder: forged\n#7 forged"
SPOILT = "half \udcff byte"  # a name that is no UTF-8
FORGED = ("hotfolder: forged", "#7 forged", "forged")


def is_forbidden(letter: str) -> bool:
    hidden = "\ufe0f\u3164\u115f\U000e0100"
    return (
        unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
        or letter in hidden
    )


def check_safe(said: str) -> None:
    raw = sorted({ascii(c) for c in said if c != "\n" and is_forbidden(c)})
    assert not raw, raw
    assert not [line for line in said.splitlines() if line.startswith(FORGED)]


@pytest.fixture
def hostile(root: Layout) -> Layout:
    """A root with such names in every state a job can be in, in settings, models and logs."""
    bad, spoilt = f"{NAME}.yaml", f"{SPOILT}.yaml"
    for name in (bad, spoilt):
        (root.inbox / name).write_text(json.dumps({"prompt": NAME, "model": NAME}))
    (root.inbox / NAME).mkdir()
    (root.inbox / NAME / "x.yaml").write_text(json.dumps({NAME: NAME}))
    for number, outcome in ((1, "done"), (2, "failed"), (3, "cancelled")):
        folder = root.done if outcome == "done" else root.failed
        kept = folder / f"{number}{bad}"
        kept.write_text(json.dumps({"prompt": NAME}))
        entry = {"job": number, "file": bad, "project": NAME, "outcome": outcome, "name": NAME}
        entry |= {"reason": NAME, "images": [f"{NAME}.png"], "finished_unix": time.time()}
        entry |= {"id": NAME, "kept": str(kept.relative_to(root.root))}
        found = JournalEntry.from_json(entry)
        assert found is not None
        journal.append(root, found)
    claim = root.spool / "000004"
    claim.mkdir()
    (claim / "job.yaml").write_text(json.dumps({"prompt": NAME}))
    ticket = {"number": 4, "file": bad, "project": NAME, "suffix": ".yaml", "again": False}
    ticket |= {"queued_wall": 1.0, "claimed_wall": 1.0, "attempts": 1}
    (claim / "ticket.json").write_text(json.dumps(ticket))
    event = {"number": 1, "event": "done", "job": 1, "name": NAME, "file": bad, "level": "INFO"}
    root.jsonl_file.write_text(json.dumps({**event, "message": NAME}) + "\n")
    root.log_file.write_text(
        f"2026-01-01 #1 {NAME.replace(chr(10), chr(11))} done\n", errors="surrogateescape"
    )
    (root.root / "models" / NAME).mkdir(parents=True)
    (root.root / "models" / NAME / "card.yaml").write_text(json.dumps({"name": NAME, "width": 7}))
    (root.root / "models" / NAME / "x.safetensors").write_bytes(b"none")
    root.settings_file.write_text("models: [models]\n")
    make_board(root)
    return root


def make_board(root: Layout) -> None:
    """A board, characters and a LoRA of such names, and one thing amiss in each."""
    (root.boards / NAME).mkdir(parents=True)
    shots = {NAME[:60]: {"prompt": NAME, "dialogue": NAME, "like": NAME}, "020": {NAME: NAME}}
    board = {"shots": shots, "cast": {NAME: NAME, "Ann": {"look": NAME, "loras": [NAME]}}}
    (root.boards / NAME / "board.yaml").write_text(json.dumps(board))
    for folder, ending in ((root.cast, ".png"), (root.root / "models" / "loras", ".safetensors")):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{NAME}{ending}").write_bytes(b"none")


def said_by(capsys: pytest.CaptureFixture[str], root: Layout, *words: str) -> str:
    """What a verb prints, on both outputs."""
    main([*words, "--root", str(root.root)])
    out, err = capsys.readouterr()
    return out + err


VERBS = (
    *(("status",), ("logs",), ("logs", "1"), ("logs", NAME), ("events",), ("events", NAME)),
    *(("models",), ("models", "check"), ("models", "check", NAME), ("doctor",), ("schema",)),
    *(
        ("check", "INBOX/" + NAME + ".yaml"),
        ("check", "INBOX/" + SPOILT + ".yaml"),
        ("check", NAME),
    ),
    *(("check", "--json", "INBOX/" + NAME + ".yaml"), ("check", "INBOX/" + NAME + "/x.yaml")),
    *(("submit", "INBOX/" + NAME + ".yaml"), ("submit", NAME), ("submit", "--prompt", NAME)),
    *(("submit", "--prompt", "p", "--name", NAME), ("submit", "--prompt", "p", "--model", NAME)),
    *(("submit", "--prompt", "p", "--reference", NAME), ("submit", "--project", NAME, "x.yaml")),
    *(("retry", NAME), ("retry", "1"), ("retry", "--all"), ("retry", "failed/2" + NAME + ".yaml")),
    *(("cancel", NAME), ("cancel", NAME + ".yaml"), ("cancel", "4"), ("cancel", SPOILT + ".yaml")),
    *(("pause",), ("resume",), ("service", "print"), ("completion", "bash"), (NAME,)),
    *(("status", "--" + NAME), ("status", "--json"), ("doctor", "--json"), ("page",)),
    *(("check", "BOARDS/" + NAME), ("check", "--json", "BOARDS/" + NAME), ("new", "board", NAME)),
    *(("status", NAME), ("first", NAME), ("final", NAME), ("final", NAME + "/020")),
)


@pytest.mark.usefixtures("no_torch")
@pytest.mark.parametrize("words", VERBS, ids=lambda words: ascii(" ".join(words))[:40])
def test_no_verb_prints_what_steers_a_terminal_or_forges_a_line(
    hostile: Layout, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    places = {"INBOX": str(hostile.inbox), "BOARDS": str(hostile.boards)}
    for place, path in places.items():
        words = tuple(word.replace(place, path) for word in words)
    check_safe(said_by(capsys, hostile, *words))


def test_nor_does_status_while_a_daemon_holds_the_root(
    hostile: Layout, capsys: pytest.CaptureFixture[str]
) -> None:
    item = {"job": 4, "name": NAME, "file": NAME, "project": NAME, "picture": 1, "pictures": 2}
    item |= {"step": 1, "steps": 2, "seconds_per_step": 1.0, "eta": 1.0, "attempts": 1}
    item |= {"state": NAME, "reason": NAME, "outcome": "failed", "images": [NAME], "kept": NAME}
    snapshot = {"schema": 1, "state": "blocked", "reason": NAME}
    snapshot |= {"heartbeat_unix": time.time() + HANG}  # not stuck, however slow it is here
    snapshot |= {
        "model": {"name": NAME, "state": NAME, "device": {"type": NAME}},
        "current": [item],
    }
    snapshot |= {"held": [item], "queue": {"number": 1, "files": [NAME], "estimate_seconds": 1.0}}
    snapshot |= {"troubles": [item], "events": None, "last_done": item, "last_failed": item}
    write_status(hostile, snapshot)
    with hostile.lock_file.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        said = said_by(capsys, hostile, "status")

    assert "blocked" in said
    check_safe(said)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_no_encoding_of_a_terminal_makes_a_verb_fail(hostile: Layout, encoding: str) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "LC_ALL": "C", "PYTHONUTF8": "0"}
    for words in (("status",), ("logs",), ("check", str(hostile.inbox / f"{NAME}.yaml"))):
        done = subprocess.run(
            [sys.executable, "-m", "daemon", *words, "--root", str(hostile.root)],
            capture_output=True,
            env=environment,
            check=False,
        )
        assert b"Traceback" not in done.stderr, done.stderr
        assert done.stdout


def test_a_running_daemon_shows_such_names_safely_in_lines_and_above_bars(
    root: Layout,
) -> None:
    (root.inbox / f"{NAME}.json").write_text(json.dumps({"prompt": NAME, "steps": 2}))
    (root.inbox / f"{SPOILT}.json").write_text(json.dumps({NAME: "a"}))
    make_board(root)
    run = ("run", "--until-empty", "--engine", "dry-run", "--root", str(root.root))
    lines = hotfolder(*run)
    check_safe(lines.stdout + lines.stderr)
    assert "done" in lines.stderr

    (root.inbox / f"{NAME}.json").write_text(json.dumps({"prompt": NAME, "steps": 2}))
    reader, writer = pty.openpty()
    child = subprocess.Popen([sys.executable, "-m", "daemon", *run], stderr=writer)
    os.close(writer)
    shown = b""
    with io.FileIO(reader) as screen:
        while True:
            try:
                part = screen.read(65536)
            except OSError:  # the other end is closed
                break
            if not part:
                break
            shown += part
    assert child.wait() == 0
    wait_for((root.done / f"{NAME}.json").exists, root)
    text = shown.decode("utf-8")
    assert "\x1b[2J" not in text
    assert "\x1b]0;" not in text
    assert not [c for c in text if is_forbidden(c) and unicodedata.category(c) != "Cc"]


@pytest.mark.parametrize("key", ["model", "preset", "sampler", "models", "library", NAME[:40]])
def test_nor_do_settings_with_such_values(
    root: Layout, capsys: pytest.CaptureFixture[str], key: str
) -> None:
    root.settings_file.write_text(json.dumps({key: NAME}, ensure_ascii=False))
    (root.inbox / "a.yaml").write_text("prompt: a\n")
    for words in (("status",), ("check", str(root.inbox / "a.yaml")), ("models",)):
        check_safe(said_by(capsys, root, *words))
    ran = hotfolder("run", "--until-empty", "--engine", "dry-run", "--root", str(root.root))
    check_safe(ran.stdout + ran.stderr)


@pytest.mark.usefixtures("no_torch")
def test_nor_does_a_root_of_such_a_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in (NAME, SPOILT):
        missing, there = Layout(tmp_path / f"no {name}"), Layout(tmp_path / name)
        prepare(there)
        for layout in (missing, there):
            for words in (("status",), ("logs",), ("doctor",), ("models",), ("service", "print")):
                check_safe(said_by(capsys, layout, *words))


def test_a_spoilt_stream_is_printed_without_its_signs(
    root: Layout, capsys: pytest.CaptureFixture[str]
) -> None:
    raw = NAME.replace("\n", "")
    line = f'{{"number": 1, "event": "x", "text": "{raw}"}}\n'
    root.jsonl_file.write_text(line, errors="surrogateescape")
    root.log_file.write_bytes(b"#1 \xff\xfe \x9b31m " + raw.encode() + b"\n")
    for words in (("events",), ("logs",)):
        check_safe(said_by(capsys, root, *words))
