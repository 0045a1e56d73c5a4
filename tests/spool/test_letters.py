"""Every file that is refused has a letter of its own beside it, and whoever asks is told which."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from support.daemon import hotfolder

from daemon.root.layout import WHY_SUFFIX, Layout
from daemon.root.letters import letter_of

LONG = {
    "latin": "x" * 249,
    "three bytes each": "画" * 83,
    "four bytes each": "🌊" * 62,
    "no UTF-8": os.fsdecode(b"\xff" * 249),
}


@pytest.mark.parametrize("room", range(256 - len(".yaml" + WHY_SUFFIX) - 2, 251))
def test_no_two_files_share_a_letter_however_long_their_names_are(tmp_path, room):
    names = [f"{'x' * (room - 1)}{end}.yaml" for end in "12"]
    files = [tmp_path / name for name in names if len(name) <= 255]
    letters = [letter_of(file) for file in files]
    for letter in letters:
        letter.write_text("why")

    assert len({letter.name for letter in letters}) == len(files)
    assert all(letter.name.endswith(WHY_SUFFIX) for letter in letters)
    assert not set(letters) & set(files)


def test_a_name_that_leaves_room_is_kept_whole(tmp_path):
    file = tmp_path / ("x" * 247)
    assert letter_of(file) == tmp_path / f"{file.name}{WHY_SUFFIX}"


@pytest.mark.parametrize("kind", LONG)
def test_long_names_that_differ_at_their_end_alone_are_told_of_each(root, drop, daemon, wait, kind):
    stem = LONG[kind]
    names = [f"{stem[:-1]}{end}.yaml" for end in "12"]
    daemon()
    for end, name in zip("12", names, strict=True):
        drop.whole(name, f"promt{end}: a boat\n")
    letters = {str(letter_of(root.failed / name)) for name in names}
    wait(lambda: letters <= {str(file) for file in root.failed.iterdir()})

    for end, name in zip("12", names, strict=True):
        assert f"`promt{end}` is not a key" in letter_of(root.failed / name).read_text("utf-8")
    wait(lambda: letters_told(root) == letters)


def letters_told(root: Layout) -> set[str]:
    lines = hotfolder("events", "--root", str(root.root)).stdout.splitlines()
    return {letter for line in lines if (letter := json.loads(line).get("letter"))}


FOREIGN = {
    "a folder": Path.mkdir,
    "notes": lambda path: path.write_text("call Ben about this shot\n"),
    "a link": lambda path: path.symlink_to("/etc/hostname"),
    "a link to nowhere": lambda path: path.symlink_to("nowhere"),
    "a pipe": os.mkfifo,
    "bytes": lambda path: path.write_bytes(b"\0\xff" * 5000),
}


def test_what_lies_where_a_letter_goes_is_left_alone_and_stops_nothing(root, drop, daemon, wait):
    for number, make in enumerate(FOREIGN.values()):
        make(root.failed / f"bad{number}.yaml{WHY_SUFFIX}")
    (root.failed / f"again.yaml{WHY_SUFFIX}").write_text("again.yaml was not rendered.\n\nOld.\n")
    before = {path: os.lstat(path).st_ino for path in root.failed.glob("bad*")}
    daemon()
    for number in range(len(FOREIGN)):
        drop.whole(f"bad{number}.yaml", "promt: a boat\n")
    drop.whole("again.yaml", "promt: a boat\n")
    drop.whole("good.yaml", "prompt: a boat\nsize: 64x64\nsteps: 1\n")
    wait(lambda: (root.done / "good.yaml").exists())
    wait(lambda: os.listdir(root.spool) == [])

    assert {path: os.lstat(path).st_ino for path in before} == before
    for number in range(len(FOREIGN)):
        letter = letter_of(root.failed / f"bad{number}-2.yaml")
        assert "`promt` is not a key" in letter.read_text("utf-8")
        assert not (root.failed / f"bad{number}.yaml").exists()
    assert "`promt`" in letter_of(root.failed / "again.yaml").read_text("utf-8")
