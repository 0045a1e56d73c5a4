"""Inbox, done/ and failed/ may lie on disks of their own: what is dropped goes the same way there."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from support.daemon import pictures
from support.other_disk import needs_other_disk, other_disk

from daemon.root.layout import Layout

pytestmark = needs_other_disk

JOB = "prompt: a boat\nsize: 64x64\nsteps: 1\n"


@pytest.fixture
def far(root: Layout) -> Iterator[Path]:
    root.settings_file.write_text("folder_settle: 0.1\nscan_interval: 0.2\n")
    with other_disk(than=root.root) as folder:
        yield folder


def lead(folder: Path, far: Path) -> None:
    """The folder of a root is a link to the other disk from now on."""
    (far / folder.name).mkdir()
    folder.rmdir() if folder.name != "inbox" else folder.rename(folder.with_name("old"))
    folder.symlink_to(far / folder.name)


@pytest.mark.parametrize("moved", ["inbox", "failed", "done"])
def test_what_is_no_file_is_refused_with_its_letter_and_keeps_no_job_waiting(
    root, drop, daemon, wait, far, moved
):
    lead(root.root / moved, far)
    daemon()
    os.mkfifo(root.inbox / "pipe.yaml")
    (root.inbox / "link.yaml").symlink_to("/etc/hostname")
    (root.inbox / "nowhere.txt").symlink_to("nowhere")
    odd = {"pipe.yaml", "link.yaml", "nowhere.txt"}
    wait(lambda: {f"{name}.why.txt" for name in odd} <= {p.name for p in root.failed.iterdir()})
    drop.whole("a.yaml", JOB)
    wait(lambda: (root.done / "a.yaml").exists())

    assert (root.failed / "pipe.yaml").is_fifo()
    assert (root.failed / "link.yaml").readlink() == Path("/etc/hostname")
    assert (root.failed / "nowhere.txt").is_symlink()
    assert not [p for p in root.inbox.iterdir() if p.name in odd]
    wait(lambda: os.listdir(root.spool) == [])


@pytest.mark.parametrize("moved", ["inbox", "boards"])
def test_a_folder_with_a_board_moves_with_all_that_is_in_it(root, daemon, wait, far, moved):
    root.boards.mkdir(exist_ok=True)
    lead(root.root / moved, far)
    draft = root.root / "ep"
    (draft / "refs" / "deep").mkdir(parents=True)
    for name in ("refs/a.png", "refs/deep/b.png"):
        Image.new("RGB", (64, 64), "red").save(draft / name)
    (draft / "refs" / "link").symlink_to("deep")
    (draft / "board.yaml").write_text(
        "size: 64x64\nsteps: 1\nshots:\n"
        "  - {prompt: a boat, references: [{image: refs/a.png}]}\n  - a house\n"
    )
    daemon()
    os.rename(draft, root.root / "inbox" / "ep") if moved != "inbox" else copied(draft, root.inbox)
    wait(lambda: pictures(root) == ["ep/010.png", "ep/020.png"])

    home = root.boards / "ep"
    assert (home / "refs" / "deep" / "b.png").is_file()
    assert (home / "refs" / "link").readlink() == Path("deep")
    wait(lambda: not (root.inbox / "ep").exists())


def copied(folder: Path, inbox: Path) -> None:
    """As a file manager copies to another disk: the board last."""
    board = folder / "board.yaml"
    shutil.copytree(folder, inbox / folder.name, symlinks=True, ignore=lambda *_: [board.name])
    shutil.copy(board, inbox / folder.name)


def test_a_picture_of_a_board_that_is_still_being_copied_is_waited_for(root, daemon, wait, far):
    lead(root.inbox, far)
    folder = root.inbox / "ep"
    folder.mkdir()
    Image.new("RGB", (64, 64), "red").save(root.root / "a.png")
    content = (root.root / "a.png").read_bytes()
    (folder / "board.yaml").write_text("size: 64x64\nsteps: 1\nshots: [a boat, a house]\n")
    with (folder / "a.png").open("wb") as writer:
        writer.write(content[:20])
        writer.flush()
        child = daemon()
        wait(lambda: "still being written" in str(child.status.get("troubles")))
        assert not (root.boards / "ep").exists(), "no board is told of that has not come"
        writer.write(content[20:])
    wait(lambda: pictures(root) == ["ep/010.png", "ep/020.png"])

    assert (root.boards / "ep" / "a.png").read_bytes() == content
