"""What `hotfolder export` writes besides timelines and films, and what it never does."""

from __future__ import annotations

import hashlib
import json
import resource
import zipfile
from pathlib import Path

import pytest
from PIL import Image
from support.living_boards import save
from support.rendered import BOARD, run

from daemon.boards.read import read_board
from daemon.cli import main
from daemon.cli.handing_over_options import EXPORTS
from daemon.export.package import Member, check_zip, write_zip
from daemon.root.layout import Layout
from daemon.settings import Settings

BASE = Settings().job_defaults


def export(layout: Layout, name: str, kind: str, *options: str) -> int:
    return main(["export", name, "--to", kind, "--root", str(layout.root), *options])


def listing(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_table_reads_back_as_the_board_it_was(rendered: Layout, tmp_path: Path) -> None:
    assert export(rendered, "ep03", "csv", "-o", str(tmp_path)) == 0
    data = (tmp_path / "ep03.csv").read_bytes()
    again = read_board(data, "ep03.csv", name="ep03", base=BASE)
    text = BOARD.replace("cast: {Anna: anna.png}\n", "")
    first = read_board(text.encode(), "board.yaml", name="ep03", base=BASE)

    assert data.startswith(b"\xef\xbb\xbfshot,")  # or Excel reads it in another alphabet
    for one, other in zip(first.shots, again.shots, strict=True):
        assert (one.id, one.written, one.pick, dict(one.told)) == (
            *(other.id, other.written, other.pick),
            dict(other.told),
        )
        assert len(one.takes) == len(other.takes)
        assert (one.follows and one.follows.shot) == (other.follows and other.follows.shot)


def test_a_table_of_a_project_asks_for_the_same_pictures(rendered: Layout, tmp_path: Path) -> None:
    export(rendered, "stills", "csv", "-o", str(tmp_path))
    board = read_board(
        (tmp_path / "stills.csv").read_bytes(), "stills.csv", name="stills", base=BASE
    )

    asked = [(shot.id, shot.written, shot.takes[0].job.seeds) for shot in board.shots]
    assert asked == [(f"{n}/{n}-0{i}", f"still {n}", (i,)) for n in ("a", "c", "b") for i in (1, 2)]


def test_a_zip_holds_everything_is_always_the_same_and_names_no_place_here(
    finished: Layout, tmp_path: Path
) -> None:
    for name in ("one.zip", "two.zip"):
        assert export(finished, "ep03", "zip", "-o", str(tmp_path / name)) == 0
        for file in finished.outbox.rglob("*.png"):
            file.touch()
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}

    stems = ("010-1", "010-2", "020 50%#__-1", "020 50%#__-2", "040-1", "040-2")
    for stem in stems:
        for ending in (".png", ".json"):
            there = (finished.outbox / "ep03" / f"{stem}{ending}").read_bytes()
            assert contents[f"ep03/pictures/{stem}{ending}"] == there
    assert contents["ep03/boards/ep03/board.yaml"].decode() == BOARD
    record = json.loads(contents["ep03/pictures/020 50%#__-1.json"])
    for reference in record["job"]["references"]:
        given = contents[f"ep03/pictures/{reference['image']}"]
        assert hashlib.sha256(given).hexdigest() == reference["sha256"]
    places = (str(tmp_path), str(finished.root), str(Path.home()) + "/")
    for name, content in contents.items():
        assert not any(place.encode() in content for place in places), name


def test_the_pictures_of_a_zip_can_be_made_again_in_another_root(
    finished: Layout, root: Layout, tmp_path: Path
) -> None:
    export(finished, "ep03", "zip", "-o", str(tmp_path / "ep03.zip"))
    with zipfile.ZipFile(tmp_path / "ep03.zip") as archive:
        archive.extractall(tmp_path / "unpacked")
    (tmp_path / "unpacked" / "ep03" / "pictures").rename(root.inbox / "given")
    root.settings_file.write_text(finished.settings_file.read_text())
    assert run(root) == ""
    assert len(list((root.outbox / "given").glob("*.png"))) == 6


@pytest.mark.parametrize("kind", EXPORTS)
def test_nothing_is_overwritten_unasked_and_nothing_is_written_in_the_outbox(
    rendered: Layout, tmp_path: Path, capsys, kind: str
) -> None:
    before = listing(rendered.outbox)
    assert export(rendered, "ep03", kind, "-o", str(tmp_path)) == 0
    made = listing(tmp_path)
    assert made
    for file in made:
        (tmp_path / file).write_text("mine")
    assert export(rendered, "ep03", kind, "-o", str(tmp_path)) == 2
    assert "--force" in capsys.readouterr().err
    assert {file.read_text() for file in tmp_path.iterdir() if file.is_file()} == {"mine"}
    assert export(rendered, "ep03", kind, "-o", str(tmp_path), "--force") == 0
    assert listing(tmp_path) == made
    assert listing(rendered.outbox) == before


@pytest.mark.parametrize("kind", ["otioz", "csv", "zip", "webp", "mp4"])
def test_a_disk_that_is_full_leaves_nothing_and_what_was_there(
    rendered: Layout, tmp_path: Path, capsys, kind: str
) -> None:
    (tmp_path / f"ep03.{kind}").write_text("mine")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
    try:
        code = export(rendered, "ep03", kind, "-o", str(tmp_path), "--force")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    assert code in (1, 5)
    assert str(tmp_path) in capsys.readouterr().err or kind == "mp4"
    assert [file.name for file in tmp_path.iterdir()] == [f"ep03.{kind}"]
    assert (tmp_path / f"ep03.{kind}").read_text() == "mine"


@pytest.mark.parametrize("place", ["inbox", "boards/ep03", "cast", ".hotfolder/spool"])
def test_no_export_is_dropped_by_mistake(finished: Layout, capsys, monkeypatch, place: str) -> None:
    monkeypatch.chdir(finished.root / place)

    assert export(finished, "ep03", "csv") == 2
    assert "Name another place with -o" in capsys.readouterr().err


@pytest.mark.parametrize(
    "name", ["q\"uo'te", "50% #1?", "\u202egpj\u200f.exe", "é" * 99 + "x", "—dash", "a\\b"]
)
def test_projects_of_any_name_are_handed_over(
    root: Layout, tmp_path: Path, monkeypatch, name: str
) -> None:
    (root.outbox / name).mkdir()
    picture = root.outbox / name / ("x" * 251 + ".png")
    Image.new("RGB", (8, 8)).save(picture)
    monkeypatch.chdir(tmp_path)
    for kind in EXPORTS:
        assert export(root, name, kind) == 0, kind
    assert len({file.suffix for file in tmp_path.iterdir()}) >= len(EXPORTS)


def test_a_picture_is_found_by_its_record_whatever_became_of_its_name(
    finished: Layout, tmp_path: Path
) -> None:
    for ending in (".png", ".json"):
        (finished.outbox / "ep03" / f"010-1{ending}").rename(
            finished.outbox / "ep03" / f"best one{ending}"
        )
    export(finished, "ep03", "otio", "-o", str(tmp_path))

    assert "best%20one.png" in (tmp_path / "ep03.otio").read_text("utf-8")


def test_a_shot_that_is_not_made_anew_yet_has_its_earlier_picture(
    finished: Layout, tmp_path: Path, capsys
) -> None:
    save(finished, "ep03", BOARD.replace("wide harbour", "narrow harbour"))
    export(finished, "ep03", "otio", "-o", str(tmp_path))

    assert "010-1.png" in (tmp_path / "ep03.otio").read_text("utf-8")
    # 040 follows it, so that it asks for another picture too
    assert "shots 010, 040 have a picture of an earlier version" in capsys.readouterr().err


def test_larger_pictures_are_taken_where_there_are_any(finished: Layout, tmp_path: Path) -> None:
    folder = finished.outbox / "ep03" / "final"
    folder.mkdir()
    for ending in (".png", ".json"):
        (folder / f"010-1{ending}").write_bytes(
            (finished.outbox / "ep03" / f"010-1{ending}").read_bytes()
        )
    export(finished, "ep03", "otio", "-o", str(tmp_path / "plain.otio"))
    export(finished, "ep03", "otio", "--final", "-o", str(tmp_path / "final.otio"))

    assert "final/010-1.png" not in (tmp_path / "plain.otio").read_text("utf-8")
    assert "final/010-1.png" in (tmp_path / "final.otio").read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "text", "code", "told"),
    [
        ("ep3", None, 2, "Did you mean `ep03`?"),
        ("../ep03x", None, 2, "no board and no folder"),
        (".page", None, 2, "no board and no folder"),
        ("empty", "shots:\n", 1, "holds no shot yet"),
        ("bad", "shots:\n  010: {prompt: x, stepps: 3}\n", 1, "boards/bad/board.yaml, line 2"),
    ],
)
def test_what_can_not_be_handed_over_is_said(
    finished: Layout, tmp_path: Path, capsys, name: str, text: str | None, code: int, told: str
) -> None:
    if text is not None:
        save(finished, name, text)
    (finished.outbox / "bare").mkdir()

    assert export(finished, name, "csv", "-o", str(tmp_path)) == code
    assert told in capsys.readouterr().err
    assert export(finished, "bare", "csv", "-o", str(tmp_path)) == 2
    assert "no picture in outbox/bare" in capsys.readouterr().err


def test_a_board_goes_by_its_own_name_its_folders_and_a_path(
    finished: Layout, tmp_path: Path, monkeypatch
) -> None:
    file = save(finished, "shoot", "name: Ep 9\nshots:\n  010: a pier\n")
    monkeypatch.chdir(finished.root)
    for number, word in enumerate(("shoot", "Ep 9", "ep 9", str(file), "boards/shoot")):
        assert export(finished, word, "csv", "-o", str(tmp_path / f"{number}.csv")) == 0
    assert len({file.read_bytes() for file in tmp_path.glob("*.csv")}) == 1


def test_a_zip_that_is_not_what_was_written_is_found_out(tmp_path: Path) -> None:
    file = tmp_path / "a.zip"
    hashes = write_zip(file, [Member("a.png", b"a" * 999), Member("b.txt", b"b" * 999)])
    whole = file.read_bytes()

    assert check_zip(file, hashes) == []
    assert check_zip(file, {**hashes, "c": "0" * 64}) == ["c"]
    for data in (whole[:-5], whole.replace(b"aaa", b"axa", 1), whole[: len(whole) // 2], b""):
        file.write_bytes(data)
        assert "a.png" in check_zip(file, hashes)


@pytest.mark.parametrize("kind", ["csv", "zip", "otio"])
def test_nothing_is_written_to_a_file_called_a_dash(
    rendered: Layout, tmp_path: Path, monkeypatch, capsys, kind: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert export(rendered, "ep03", kind, "-o", "-", "--force") == 2
    assert "can't be printed" in capsys.readouterr().err
    assert listing(tmp_path) == {}


@pytest.mark.parametrize(("kind", "option"), [("pdf", " --pdf"), (".PDF", " --pdf"), ("html", "")])
def test_a_kind_that_another_verb_makes_names_that_verb(
    rendered: Layout, capsys: pytest.CaptureFixture[str], kind: str, option: str
) -> None:
    assert main(["export", "ep03", "--to", kind, "--root", str(rendered.root)]) == 2
    assert f"hotfolder sheet NAME{option}. See" in capsys.readouterr().err
