"""Jobs steered and told of by name, whatever they do at that moment."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from support.daemon import engine, hotfolder, pictures

from daemon.cli import main
from daemon.cli.tail import LogTail

SMALL = "prompt: p\nsize: 64x64\nsteps: 2\n"


def test_a_job_is_cancelled_by_any_of_its_names_while_it_renders(root, drop, daemon, wait, hold):
    child = daemon(engine=engine("held"), **hold.at(2))
    for number, word in enumerate(("m", "ep/m.yaml", "other"), 1):
        drop.whole("ep/m.yaml", f"prompt: long {number}\nsteps: 100\nname: other\n")
        wait(
            lambda number=number: [
                current for current in child.status.get("current", ()) if current["job"] == number
            ]
        )
        answer = hotfolder("cancel", word, "--root", str(root.root))

        assert (answer.returncode, answer.stderr) == (0, "")
        assert f"#{number} ep/m.yaml" in answer.stdout
        wait(
            lambda number=number: len(list((root.failed / "ep").glob("m*.yaml.why.txt"))) == number
        )


def test_a_file_that_has_just_come_is_cancelled_by_the_daemon(root, drop, daemon):
    root.paused_file.touch()
    daemon()
    for name in ("a.yaml", "b.yaml", "c.yaml"):
        drop.whole(name, SMALL)
        assert hotfolder("cancel", name, "--root", str(root.root)).returncode == 0
        assert (root.failed / f"{name}.why.txt").exists()


def test_a_retry_goes_again_whatever_id_it_has(root, drop, daemon):
    drop.whole("once.yaml", f"{SMALL}id: the-one\n")
    drop.whole("twice.yaml", f"{SMALL}id: the-one\n")
    assert daemon("--until-empty", ready=False).wait() == 0
    assert len(pictures(root)) == 1
    for word in ("once", "#1"):
        assert hotfolder("retry", word, "--root", str(root.root)).returncode == 0
    assert daemon("--until-empty", ready=False).wait() == 0

    assert len(pictures(root)) == 3


def test_what_is_tried_again_and_again_keeps_its_name(root, drop, daemon):
    """Where it is kept its name had to give way; dropped again, it has its own."""
    drop.whole("bad.yaml", "prompt: x\nsize: enormous\n")
    for number in range(1, 4):
        assert daemon("--until-empty", ready=False).wait() == 1
        answer = hotfolder("retry", f"#{number}", "--root", str(root.root))
        assert "inbox/bad.yaml" in answer.stdout
    assert [file.name for file in root.inbox.glob("*.yaml")] == ["bad.yaml"]


LOG = """\
2026-01-01 10:00:00.000 watching /r/inbox
2026-01-01 10:00:00.001 ep/b.yaml waits: The reference #7 is not there
2026-01-01 10:00:00.002 #7 a claimed (1 picture): a boat
2026-01-01 10:00:00.003 #8 b claimed (1 picture): the boat #7 in the harbour
2026-01-01 10:00:00.004 WARNING: #7 a: the size was rounded
2026-01-01 10:00:00.005 #77 c claimed (1 picture): a boat
2026-01-01 10:00:00.006 WARNING: #7 a: No space left. Trying again in 2 s.
2026-01-01 10:00:00.007 #8 b done: b.png
"""


def test_the_log_of_a_job_holds_its_own_lines_from_all_rotated_files(root, capsys):
    lines = LOG.splitlines(keepends=True)
    (root.logs / "hotfolder.2026-01-01_10-00-00_000000.log").write_text("".join(lines[:4]))
    root.log_file.write_text("".join(lines[4:]))
    root.journal_file.write_text(
        '{"job": 8, "file": "b.yaml", "project": "ep", "outcome": "done", "name": "b"}\n'
    )

    def told(*words):
        assert main(["logs", *words, "--root", str(root.root)]) == 0
        return [LOG.index(line) for line in capsys.readouterr().out.splitlines()]

    starts = [LOG.index(line) for line in lines]
    assert told("7") == told("#7") == [starts[2], starts[4], starts[6]]
    assert told("#8") == [starts[3], starts[7]]
    assert told("b") == told("ep/b.yaml") == [starts[1], starts[3], starts[7]]
    assert told("-n", "2") == starts[-2:]
    assert main(["logs", "#9", "--root", str(root.root)]) == 2


def new_inode(file):
    os.rename(file, file.with_name("hotfolder.2026-01-01.log"))
    file.write_bytes(b"")


def cut(file):
    os.truncate(file, 0)


def deleted(file):
    file.unlink()


@pytest.mark.parametrize("rotate", [new_inode, cut, deleted])
def test_a_followed_log_goes_on_after_any_rotation(root, rotate):
    file = root.log_file
    file.write_text("one\ntwo\n")
    with LogTail(file) as tail:
        assert list(tail.kept()) == ["one", "two"]
        follow = tail.follow()
        with file.open("a") as log:
            log.write("three\n")
        assert next(follow) == "three"
        rotate(file)
        with file.open("a") as log:
            log.write("four, and longer than all that there was before\n")
        assert next(follow) == "four, and longer than all that there was before"


def test_who_follows_a_job_that_is_not_there_is_told_so(root):
    command = [sys.executable, "-m", "daemon", "logs", "-f", "999", "--root", str(root.root)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as reader:
        assert "no job 999 yet" in reader.stderr.readline()
        reader.terminate()


def test_a_job_that_waits_is_followed_by_name_into_its_rendering(root, drop, daemon):
    root.paused_file.touch()
    daemon()
    drop.whole("ep/b.yaml", SMALL)
    drop.whole("a.yaml", SMALL)
    command = [sys.executable, "-m", "daemon", "logs", "-f", "ep/b.yaml", "--root", str(root.root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as reader:
        hotfolder("resume", "--root", str(root.root))
        seen = []
        for line in reader.stdout:
            seen.append(line)
            if " done: " in line:
                break
        reader.terminate()

    assert all(" b " in line for line in seen)
    assert any(" step 2/2" in line for line in seen)
