"""What lies in the inbox and is no job is named once, with its cure: a table over real files."""

from __future__ import annotations

import os
import socket
from dataclasses import replace
from pathlib import Path

import pytest
from support.cures import CURES

from daemon.errors import DefaultsError
from daemon.fs.moment import Moment
from daemon.inbox.candidates import list_folder, walk
from daemon.inbox.leftovers import STILL
from daemon.inbox.scanner import Inbox
from daemon.inbox.strays import AGAIN, Strays, grouped
from daemon.root.layout import JOB_SUFFIXES
from daemon.root.our_page import GENERATOR


class Place:
    """An inbox with its strays, looked at when a test says so."""

    def __init__(self, folder: Path, *, inputs: tuple[str, ...] = ()) -> None:
        self.folder = folder
        self.began = Moment.read()
        folder.mkdir(exist_ok=True)
        self.inbox = Inbox(folder)
        self.inputs: dict[str, bool | None] = dict.fromkeys(inputs, True)
        self.mistakes: dict[str, DefaultsError] = {}
        self.strays = Strays(self.inbox, self.is_input, self.check, settle=1.0)

    def is_input(self, path: Path) -> bool | None:
        return self.inputs.get(path.name, False)

    def check(self, path: Path) -> None:
        if error := self.mistakes.get(path.parent.name):
            raise error

    def put(self, name: str, content: bytes = b"prompt: a boat\n") -> Path:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        self.begin()
        return file

    def begin(self) -> None:
        """Seconds count from now: whatever lies there was put there before, however long it took."""
        self.began = Moment.read()

    def look(self, seconds: float) -> list[Path]:
        at = Moment(self.began.now + seconds, self.began.wall + seconds)
        self.inbox.scan(at, full=True)
        return self.strays.look(at)

    def named(self) -> dict[str, str]:
        """What is told of each, by its path below the inbox."""
        return {
            stray.path.relative_to(self.folder).as_posix(): (
                f"{stray.remedy.reason}. {stray.remedy.remedy}" if stray.remedy else ""
            )
            for stray in self.strays.take()
        }


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path / "inbox")


def test_every_kind_of_file_that_is_no_job_is_named_once_with_its_cure(place: Place) -> None:
    for name in CURES:
        place.put(name, b"" if name == "empty" else b"prompt: a boat\n")

    place.look(1)
    place.look(STILL - 2)
    assert not place.named(), "nobody is told of a file that was put there this moment"
    place.look(STILL + 1)
    named = place.named()

    assert named.keys() == CURES.keys()
    wrong = {name: named[name] for name, cure in CURES.items() if cure not in named[name]}
    assert not wrong
    assert all(text.endswith(".") for text in named.values())
    for seconds in (STILL + 2, STILL + AGAIN + 3, STILL + 3 * AGAIN):
        place.look(seconds)
    assert not place.named(), "once is enough"
    assert len(place.strays.all) == len(CURES), "but it stays in `status`"


def test_what_is_no_file_at_all_is_named(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(place.folder / "pipe.txt2")
    (place.folder / "dangling.png").symlink_to("/nowhere/at/all")
    (place.folder / "link.png").symlink_to(place.put("real.weird"))
    (place.folder / "door").symlink_to(place.folder.parent)
    for folder in ("Photos.app", "shot.rtfd", "notes.PAGES"):
        place.put(f"{folder}/inside.yaml")
    monkeypatch.chdir(place.folder)  # a socket's whole path would be too long
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket")
    place.begin()
    place.look(STILL + 1)

    named = place.named()

    words = {
        "pipe.txt2": "pipe", "dangling.png": "leads nowhere", "link.png": "link", "door": "link",
        "socket": "socket", "Photos.app": "program", "shot.rtfd": "Make Plain Text",
        "notes.PAGES": "plain text", "real.weird": ".yaml",
    }  # fmt: skip
    assert named.keys() == words.keys(), "what lies in such a folder is the folder's"
    assert all(word in named[name] for name, word in words.items())
    assert not list(walk(place.folder))


LITTER = (
    *("#recycle", "@Recycle", "@eaDir", "$RECYCLE.BIN", "RECYCLER", "System Volume Information"),
    *(".Trashes", ".Trash-1000", ".stversions", ".stfolder", ".dropbox.cache", ".@__thumb"),
    *("lost+found", "FOUND.000", "__MACOSX", "node_modules", ".git", ".svn", ".idea", "CVS"),
    *("#snapshot", "~snapshot", "Network Trash Folder", "_gsdata_", "__pycache__", ".hotfolder"),
)


@pytest.mark.parametrize("under", ["", "ep01/"])
def test_recycle_bins_and_tools_folders_are_never_looked_into_and_never_named(
    place: Place, under: str
) -> None:
    for folder in LITTER:
        place.put(f"{under}{folder}/old.yaml")
        place.put(f"{under}{folder}/deeper/old.rtf")
    for name in (".DS_Store", "._x.yaml", "Thumbs.db", "desktop.ini", "Icon\r", "job.schema.json"):
        place.put(under + name)
    place.look(STILL + 1)

    assert not list(walk(place.folder))
    assert not place.inbox.files
    assert not place.named()


def test_jobs_and_what_they_name_are_never_named(tmp_path: Path) -> None:
    place = Place(tmp_path / "inbox", inputs=("anna.png", "mask.jpg"))
    for name in (
        "a.yaml",
        "b.YML",
        "c.json",
        "e.txt",
        "again/x.PNG",
        "odd.yaml/d.yaml",
        "anna.png",
    ):
        place.put(name)
    place.put("ep01/mask.jpg")
    place.look(STILL + 1)

    assert not place.named()
    assert len(place.inbox.files) == 6


@pytest.mark.parametrize("folder", ["final", "more", "again", "ep01"])
def test_the_page_of_a_folder_of_the_outbox_that_was_copied_in_is_never_named(
    place: Place, folder: str
) -> None:
    place.put(f"{folder}/ep01/index.html", f"<html>{GENERATOR}</html>".encode())
    place.put(f"{folder}/ep02/index.html", b"<html>of a person</html>")
    place.put(f"{folder}/ep03/page.html", f"<html>{GENERATOR}</html>".encode())
    place.look(STILL + 1)

    assert place.named().keys() == {f"{folder}/ep02/index.html", f"{folder}/ep03/page.html"}


def test_a_picture_that_is_being_looked_up_is_judged_when_that_is_known(place: Place) -> None:
    place.put("anna.png")
    place.inputs["anna.png"] = None
    place.look(STILL + 1)
    assert not place.named()
    place.inputs["anna.png"] = False
    place.look(STILL + 2)

    assert list(place.named()) == ["anna.png"]


def test_a_file_that_is_still_being_copied_or_lies_in_a_growing_folder_waits(
    tmp_path: Path,
) -> None:
    place = Place(tmp_path / "inbox")
    place.inbox = Inbox(place.folder, quiet=50.0)
    place.strays = Strays(place.inbox, place.is_input, place.check, settle=1.0)
    place.put("slow.rtf")
    place.put("ep01/still.rtf")
    place.look(1)
    place.put("slow.rtf", b"more of it")
    place.look(STILL)
    place.look(STILL + 1)
    assert not place.named()
    place.look(2 * STILL + 1)

    assert list(place.named()) == ["slow.rtf"]
    place.look(55)
    assert list(place.named()) == ["ep01/still.rtf"]


def test_what_goes_or_becomes_a_job_is_named_no_longer(place: Place) -> None:
    shot = place.put("shot.yaml.txt")
    place.put("other.rtf").unlink()
    place.look(STILL + 1)
    assert len(place.strays.all) == 1
    shot.rename(place.folder / "shot.yaml")
    place.look(STILL + 2)

    assert not place.strays.all
    assert list(place.inbox.files) == [place.folder / "shot.yaml"]


def test_many_of_one_kind_in_a_folder_are_one_line(place: Place) -> None:
    for number in range(300):
        place.put(f"library/{number:03d}.png")
    place.put("library/one.fods")
    for extra in range(30):
        place.look(STILL + 1 + extra)

    lines = [(stray.path.suffix, more) for stray, more in grouped(place.strays.take())]

    assert sorted(lines) == [(".fods", 0), (".png", 299)]


# --- defaults -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["_defaults.yaml", "_defaults.yml", "_defaults.json"])
def test_a_mistake_in_defaults_is_told_at_once_once_and_until_it_is_mended(
    place: Place, name: str
) -> None:
    wrong = DefaultsError("`stepss` is not a key.", why="Did you mean `steps`?", file=name)
    place.mistakes["ep01"] = wrong
    file = place.put(f"ep01/{name}")
    assert place.look(0) == [file], "jobs that were read under it may mean something else now"
    place.look(2)
    (told,) = place.strays.take()
    assert (told.path, told.error) == (file, wrong)
    place.look(4)
    assert not place.strays.take()
    assert len(place.strays.all) == 1

    place.mistakes.clear()
    file.write_bytes(b"steps: 3\n# mended\n")
    assert place.look(6) == [file]
    place.look(8)
    (mended,) = place.strays.take()

    assert (mended.path, mended.remedy) == (file, None)
    assert not place.strays.all


def test_another_mistake_is_told_anew_and_defaults_that_go_are_forgotten(place: Place) -> None:
    file = place.put("_defaults.yaml")
    for seconds, what in ((0, "one"), (3, "two")):
        place.mistakes["inbox"] = DefaultsError(what)
        file.write_bytes(what.encode() * 9)
        place.look(seconds)
        place.look(seconds + 2)
        assert [str(stray.error) for stray in place.strays.take()] == [what]
    file.unlink()
    assert place.look(6) == [file]

    assert [stray.remedy for stray in place.strays.take()] == [None]


def test_a_listing_tells_jobs_folders_and_others_apart(place: Place) -> None:
    for name in ("a.yaml", "b.rtf", "_defaults.yml", ".hidden.yaml"):
        place.put(name)
    place.put("ep/c.yaml")
    found = list_folder(place.folder, place.folder)

    assert replace(found, others=sorted(found.others)) == type(found)(
        ["ep"], ["a.yaml"], ["_defaults.yml", "b.rtf"]
    )
    assert all(name.startswith(".") for name in JOB_SUFFIXES)
