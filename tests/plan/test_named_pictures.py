"""Which pictures of the inbox jobs have named is known after a restart, and of each file by itself."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest
from support.small_pictures import picture

from daemon.plan.named_pictures import NamedPictures
from daemon.plan.picture_store import PictureStore
from daemon.sandbox.client import Sandbox


@pytest.mark.parametrize(
    ("came", "named", "known"),
    [
        ("before", ["010.png"], True),
        ("before", [], False),
        ("after", ["elsewhere.png"], False),
        ("after", ["elsewhere.png", "010.png"], True),
    ],
)
def test_a_file_is_known_if_it_was_there_when_its_content_was_named(
    inbox: Path, sandbox: Sandbox, came: str, named: list[str], known: bool
) -> None:
    store = PictureStore(inbox.parent / "references", sandbox)
    original = picture(inbox.parent / "original.png")
    file = inbox / "010.png"
    if came == "before":
        shutil.copyfile(original, file)
    for name in named:
        if name == file.name and came == "after":
            _later(file, original)
        store.keep(shutil.copyfile(original, inbox / name) if name != file.name else file)
    if not file.exists():
        _later(file, original)

    assert NamedPictures(store.folder, sandbox).knows(file) is known


def _later(file: Path, original: Path) -> None:
    """Some ticks of the disk's clock after all that was done before."""
    time.sleep(0.05)
    shutil.copyfile(original, file)


def test_what_a_job_of_this_run_names_is_known_whatever_is_kept(
    inbox: Path, sandbox: Sandbox
) -> None:
    names = NamedPictures(inbox.parent / "references", sandbox)
    file = picture(inbox / "010.png")

    names.add(file)

    assert names.knows(file) is True
    assert names.knows(inbox / "note.txt") is False
