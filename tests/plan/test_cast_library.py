"""The root's `cast/`: who is in it, and what of it can't be used."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PIL import Image

from daemon.errors import JobError
from daemon.jobfile.cast import CastLibrary
from daemon.plan.cast_library import CastFolder
from daemon.root.create import prepare
from daemon.root.layout import Layout


def picture(file: Path) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (32, 24), "red").save(file, "PNG")
    return file


@pytest.fixture
def cast(tmp_path: Path) -> Path:
    folder = tmp_path / "cast"
    folder.mkdir()
    return folder


def looks(library: CastLibrary, name: str) -> list[str]:
    member = library.find(name)
    assert member is not None
    assert all(look["of_library"] for look in member.values["look"])
    return [look["image"] for look in member.values["look"]]


def test_a_new_root_has_a_cast(tmp_path: Path) -> None:
    prepare(Layout(tmp_path))

    assert (tmp_path / "cast").is_dir()


def test_a_picture_a_folder_and_a_file_of_one_name_are_one_character(cast: Path) -> None:
    picture(cast / "Anna.png")
    picture(cast / "Anna" / "1.png")
    picture(cast / "ben.JPG")
    (cast / "anna.yaml").write_text("as: a woman with red hair\nstrength: 0.5\n")
    library = CastFolder(cast).read()

    assert library.names == ("Anna", "ben")
    assert sorted(looks(library, "ANNA")) == ["Anna.png", "Anna/"]
    assert library.members["Anna"].values["as"] == "a woman with red hair"
    assert looks(library, "Ben") == ["ben.JPG"]


def test_a_name_is_found_however_its_letters_are_composed(cast: Path) -> None:
    picture(cast / "Zoe\u0308.png")

    assert looks(CastFolder(cast).read(), "zoë") == ["Zoe\u0308.png"]


def test_its_own_file_may_name_the_looks(cast: Path) -> None:
    picture(cast / "anna.png")
    (cast / "anna.yaml").write_text("look: [anna.png, more/]\n")
    (cast / "Extra.yml").write_text("as: a passer-by\n")
    library = CastFolder(cast).read()

    assert looks(library, "anna") == ["anna.png", "more/"]
    assert library.members["Extra"].values == {"as": "a passer-by"}


def test_what_file_managers_leave_there_is_nobody(cast: Path) -> None:
    for name in (".DS_Store", "._anna.png", "Thumbs.db", "desktop.ini", "Icon\r"):
        (cast / name).write_bytes(b"x")
    (cast / "@eaDir").mkdir()

    assert CastFolder(cast).read() == CastLibrary()


def test_no_folder_is_an_empty_library(tmp_path: Path) -> None:
    assert CastFolder(tmp_path / "cast").read() == CastLibrary()


def test_a_change_is_seen_at_once(cast: Path) -> None:
    shelf = CastFolder(cast)
    (cast / "anna.yaml").write_text("as: a\n")
    assert shelf.read().members["anna"].values == {"as": "a"}

    (cast / "anna.yaml").write_text("as: another\n")
    assert shelf.read().members["anna"].values == {"as": "another"}


BAD = {
    "anna.heic": (b"x", "cast/anna.heic is a HEIC file", None),
    "anna.txt": (b"x", "cast/anna.txt is a TXT file", None),
    "anna.yaml": (b"as: x\nstrenth: 1\n", "`strenth` is not a key of a character", 2),
    "anna.yml": (b"as: [\n", "never closed", 1),
    "anna.json": (b'{"strength": 9}', "at most 2", 1),
    "Anna.yaml": (b"look: ben\n", "neither a picture nor a folder", None),
    "ANNA.yaml": (b"as: " + b"x" * 100_001, "more than 100,000 bytes", None),
    "aNna.yaml": (b"a: \xff\xfe\n", "UTF-8", 1),
    "annA.yaml": (b"- a\n", "list", 1),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_used_costs_that_character_alone(cast: Path, name: str) -> None:
    data, what, line = BAD[name]
    (cast / name).write_bytes(data)
    picture(cast / "ben.png")
    library = CastFolder(cast).read()

    assert looks(library, "ben") == ["ben.png"]
    with pytest.raises(JobError, match=what) as caught:
        library.find("anna")
    assert caught.value.line == line
    assert (caught.value.file or "").startswith("cast")


def test_a_file_that_is_a_link_or_no_file_is_told(cast: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("as: x\n")
    (cast / "anna.yaml").symlink_to(tmp_path / "secret")
    os.mkfifo(cast / "ben.yaml")
    library = CastFolder(cast).read()

    for name in ("anna", "ben"):
        with pytest.raises(JobError, match="is not a file") as caught:
            library.find(name)
        assert caught.value.file == f"cast/{name}.yaml"


def test_two_files_of_one_character_are_told(cast: Path) -> None:
    (cast / "anna.yaml").write_text("as: a\n")
    (cast / "anna.json").write_text('{"as": "b"}')

    with pytest.raises(JobError, match="several files in cast/"):
        CastFolder(cast).read().find("anna")


def test_a_cast_that_is_no_folder_is_told_to_whoever_asks(tmp_path: Path) -> None:
    (tmp_path / "cast").write_text("x")
    library = CastFolder(tmp_path / "cast").read()

    assert library.names == ()
    with pytest.raises(JobError, match="can't be looked into"):
        library.find("anna")
