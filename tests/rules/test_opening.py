"""One way to open what lies on the disk: nobody waits on a pipe that stands where a file was."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.places import PACKAGE

from daemon.fs.read import open_file, read_json

ALLOWED = {
    "fs/read.py", "fs/hashing.py",  # the door itself; what is hashed was judged before
    "doctor/folders.py", "doctor/machine.py", "service/preflight.py", "engine/sdxl/device.py",  # /proc
    "service/write_if_changed.py",
}  # fmt: skip
"""Who may open a file by its path alone."""

ELSEWHERE = (
    "sketch",
    "bench",
    "models/pull",
    "engine/sdxl/loading",
    "engine/sdxl/model_files",
    "engine/sdxl/lora",
)
"""What a person starts and watches; files of models, judged by `check_plain` before."""


def opens(file: Path) -> list[int]:
    """The lines in which a module opens for reading whatever stands at a path."""
    found = []
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        match node:
            case ast.Call(func=ast.Attribute(attr="read_bytes" | "read_text")):
                found.append(node.lineno)
            case ast.Call(
                func=ast.Attribute(attr="open"), args=[ast.Constant(value="rb" | "r"), *_]
            ):
                found.append(node.lineno)
            case ast.Call(
                func=ast.Name(id="open"),
                args=[ast.Name() | ast.Attribute(), ast.Constant(value="rb" | "r"), *_],
                keywords=[],
            ):
                found.append(node.lineno)
    return found


def test_files_are_opened_through_one_door() -> None:
    reading = [
        name
        for file in sorted(PACKAGE.rglob("*.py"))
        if not (name := file.relative_to(PACKAGE).as_posix()).startswith(ELSEWHERE)
    ]

    assert len(reading) > 300
    found = {name: opens(PACKAGE / name) for name in reading if name not in ALLOWED}
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_the_door_opens_files_and_links_to_them_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"{}")
    (tmp_path / "link").symlink_to("file")
    for name in ("file", "link"):
        with open_file(tmp_path / name) as file:
            assert file.read() == b"{}"
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "to a pipe").symlink_to("pipe")
    (tmp_path / "folder").mkdir()
    (tmp_path / "device").symlink_to("/dev/zero")
    (tmp_path / "nowhere").symlink_to("gone")
    (tmp_path / "loop").symlink_to("loop")
    for name in ("pipe", "to a pipe", "folder", "device", "nowhere", "loop", "missing"):
        with pytest.raises(OSError, match=r"."):
            open_file(tmp_path / name)


@pytest.mark.parametrize("content", [b"", b"[" * 100_000, b"\xff", b"{", b"nul"])
def test_what_is_no_json_is_a_value_error_whatever_it_is(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.json").write_bytes(content)

    with pytest.raises(ValueError, match=r"."):
        read_json(tmp_path / "a.json")


PLACES = (
    "hotfolder.yaml", "logs/hotfolder.log", "logs/hotfolder.jsonl", ".hotfolder/job.schema.json",
    ".hotfolder/counter", ".hotfolder/journal.jsonl", ".hotfolder/status.json", "inbox/a.yaml",
    "inbox/_defaults.yaml",
)  # fmt: skip
VERBS = (
    ("status",), ("logs",), ("events",), ("doctor",), ("check", "inbox/a.yaml"),
    ("submit", "inbox/a.yaml"), ("cancel", "nothing"), ("retry", "--all"), ("models",),
)  # fmt: skip

ALL = """
import contextlib, os, sys
from daemon.cli import main
root = sys.argv[1]
os.chdir(root)
for place in sys.argv[2].split(","):
    if os.path.lexists(place):
        os.unlink(place)
    os.mkfifo(place)
    for verb in sys.argv[3].split(","):
        with contextlib.suppress(SystemExit):
            main([*verb.split(), "--root", root])
    if os.path.lexists(place):
        os.unlink(place)
print("through")
"""


@pytest.mark.usefixtures("no_torch")
def test_no_verb_waits_on_a_pipe_that_stands_where_a_file_of_the_root_was(root) -> None:
    verbs = ",".join(map(" ".join, VERBS))
    done = subprocess.run(
        [sys.executable, "-c", ALL, str(root.root), ",".join(PLACES), verbs],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )

    assert done.stdout.endswith("through\n"), done.stderr[-3000:]
    assert "Traceback" not in done.stderr
