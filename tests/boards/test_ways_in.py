"""Boards in every format, dropped into the inbox as people drop them: each lives in boards/NAME/."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from PIL import Image
from support.daemon import hotfolder, wait_for
from support.living_boards import keys_made, pictures

from daemon.boards.arrival import adopt
from daemon.boards.belongings import belongings
from daemon.jobfile import document
from daemon.root import layout as names
from daemon.root.layout import Layout

FILES = Path(__file__).parent / "formats"

#: a file as programs write it, dropped alone: how many pictures it asks for
ALONE = {
    "excel_semicolon.csv": 9,
    "excel_unicode.txt": 9,
    "numbers.csv": 9,
    "sheets.tsv": 9,
    "harbour.fountain": 5,
    "ep03.txt": 5,
    "documents.yaml": 3,
    "list.json": 3,
}
ONE_JOB = {"one line.txt": b"a boat on the sea\n"}

#: what is no board either: the words of its letter
REFUSED = {
    "flags.txt": (b"a boat\n--steps 20\n", "--steps 20"),
    "shots.xlsx": (b"PK\x03\x04" + bytes(50), "CSV UTF-8"),
}


@pytest.fixture
def quick(root: Layout) -> Layout:
    root.settings_file.write_text(
        "settle: 0.1\nscan_interval: 0.2\nfolder_settle: 0.1\ndefaults: {size: 64x64, steps: 1}\n"
    )
    return root


def paint(file: Path, colour: str = "red") -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (64, 64), colour).save(file)
    return file


def scene(folder: Path) -> None:
    """A scene as Storyboarder keeps it: a folder with its file and its drawings."""
    folder.mkdir(parents=True)
    shutil.copy(FILES / "harbour.storyboarder", folder / f"{folder.name}.storyboarder")
    for name in ("board-1-UDRF3-pencil.png", "board-1-UDRF3-posterframe.jpg", "other-UDRF3.png"):
        paint(folder / "images" / name)


def test_every_way_to_write_a_board_may_be_dropped(quick: Layout, daemon) -> None:
    for name in ALONE:
        shutil.copy(FILES / name, quick.inbox / name)
    for name, data in {**ONE_JOB, **{name: data for name, (data, _) in REFUSED.items()}}.items():
        (quick.inbox / name).write_bytes(data)
    scene(quick.inbox / "Scene 1")
    paint(quick.inbox / "anna.png")
    paint(quick.inbox / "both.png")
    paint(quick.inbox / "nobody.png")
    paint(quick.inbox / "ben" / "one.png")
    paint(quick.inbox / "project" / "unnamed.png")
    for name, more in (("alone", "Ben: {look: ben/}"), ("other", "Carl: both.png")):
        (quick.inbox / f"{name}.yaml").write_text(
            f"cast:\n  Anna: {'anna' if name == 'alone' else 'both'}.png\n  {more}\n"
            "  Dora: both.png\nshots:\n  010: Anna and Dora on the pier\n"
        )

    assert daemon("--until-empty").process.wait() == 1  # for what is refused

    counts = {name: len(pictures(quick, Path(name).stem)) for name in ALONE}
    assert counts == ALONE
    for name in ALONE:
        home = quick.boards / Path(name).stem / f"board{Path(name).suffix}"
        assert home.read_bytes() == (FILES / name).read_bytes()
    assert (quick.outbox / "one line.png").exists()
    for name, (data, words) in REFUSED.items():
        assert (quick.failed / name).read_bytes() == data
        letter = (quick.failed / f"{name}.why.txt").read_text()
        assert words in " ".join(letter.split())
        assert (" retry " in letter) is (not name.endswith(".xlsx"))
    assert (quick.boards / "Scene 1" / "images" / "board-1-UDRF3-pencil.png").exists()
    assert len(pictures(quick, "Scene 1")) == 3
    at_home = [[*(quick.boards / name).rglob("*.png")] for name in ("alone", "other")]
    assert [sorted(each.name for each in found) for found in at_home] == [
        ["anna.png", "both.png", "one.png"], ["both.png"]
    ]  # fmt: skip
    assert [*sorted(each.name for each in quick.inbox.rglob("*.png"))] == [
        "nobody.png",
        "unnamed.png",
    ]
    assert [pictures(quick, name) for name in ("alone", "other")] == [["010.png"], ["010.png"]]
    assert set(keys_made(quick).values()) == {1}


def test_a_second_drop_is_the_next_version_in_whatever_format_and_brings_its_picture(
    quick: Layout, daemon
) -> None:
    daemon()
    text = "cast: {Anna: anna.png}\nshots:\n  010: Anna on a pier\n  020: a boat\n"
    for colour in ("red", "blue"):
        paint(quick.inbox / "anna.png", colour)
        (quick.inbox / "ep.yaml").write_text(text + f"# {colour}\n")
        made = 2 if colour == "red" else 3
        wait_for(lambda made=made: len(pictures(quick, "ep")) == made, quick)
    (quick.inbox / "ep.csv").write_bytes(
        "shot;prompt\n020;a boat\n030;a caf\xe9\n".encode("latin-1")
    )
    letter = quick.boards / "ep" / "board.csv.why.txt"
    wait_for(letter.exists, quick)
    assert "CSV UTF-8" in letter.read_text()
    (quick.inbox / "ep.csv").write_text("shot;prompt\n020;a boat\n030;a gull\n")
    wait_for(lambda: (quick.outbox / "ep" / "030.png").exists(), quick)

    assert pictures(quick, "ep") == ["010-v2.png", "010.png", "020.png", "030.png"]
    assert sorted(file.name for file in (quick.boards / "ep").iterdir()) == [
        "anna.png",
        "board.csv",
    ]
    kept = {file.name for file in (quick.done / "ep").iterdir() if file.suffix != ".json"}
    assert kept == {"board.yaml", "board-2.yaml", "board.csv", "anna.png"}
    assert set(keys_made(quick).values()) == {1}


def test_a_daemon_that_leaves_when_all_is_done_makes_the_board_that_was_dropped_first(
    root: Layout, daemon
) -> None:
    root.settings_file.write_text("settle: 0.2\nscan_interval: 1\nfolder_settle: 0.1\n")
    for shots in ("[a pier]", "[a pier, a boat]"):
        (root.inbox / "ep.yaml").write_text(f"size: 64x64\nsteps: 1\nshots: {shots}\n")
        assert daemon("--until-empty").process.wait() == 0
        assert len(pictures(root, "ep")) == shots.count("a ")


#: what a board says: which of the files beside it are its own
NAMED = [
    ("b.yaml", "cast: {Anna: anna.png}\nshots: [p]", {"anna.png"}),
    ("b.yaml", "cast: {Anna: {look: ben/}}\nshots: [p]", {"ben"}),
    ("b.yaml", "cast:\n  Ben:\n    look: ben\nshots: [p]", {"ben"}),
    ("b.yaml", "image: ben/one.png\nshots: [p]", {"ben"}),
    ("b.yaml", 'shots: {010: {prompt: p, image: "with blank.png"}}', {"with blank.png"}),
    ("b.yaml", "shots: {010: {prompt: '{l}', vary: {l: lights.txt}}}", {"lights.txt"}),
    ("b.yaml", "shots: [ben on a pier, 'urgent/ matters, jobs/']", set()),
    ("b.yaml", "cast: {A: hanna.png}\nshots: [ana.png, 'anna.png.bak', x-anna.png-y]", set()),
    ("b.json", '{"shots": [{"prompt": "p", "image": "caf\u00e9.png"}]}', {"cafe\u0301.png"}),
    ("b.csv", "shot;prompt;image\n1;a;anna.png\n", {"anna.png"}),
    ("b.yaml", "shots: [p\n  broken: anna.png", {"anna.png"}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "own"), NAMED)
def test_what_a_board_names_beside_it_is_its_own_and_nothing_else(
    tmp_path: Path, name: str, text: str, own: set[str]
) -> None:
    beside = ("anna.png", "a.png", "with blank.png", "cafe\u0301.png", "lights.txt", "ben/one.png")
    for each in (*beside, "urgent/one.png", "jobs/one.png", "jobs/job.yaml", "other.yaml"):
        (tmp_path / each).parent.mkdir(exist_ok=True)
        (tmp_path / each).touch()
    (tmp_path / name).write_text(text)
    assert {path.name for path in belongings(tmp_path / name)} == own


def test_drawings_of_a_scene_are_told_by_the_boards_they_are_of(tmp_path: Path) -> None:
    scene(tmp_path / "s")
    found = [path.name for path in belongings(tmp_path / "s" / "s.storyboarder")]
    assert found == ["board-1-UDRF3-pencil.png", "board-1-UDRF3-posterframe.jpg"]


def test_a_board_among_other_jobs_takes_only_what_is_its_own(quick: Layout, daemon) -> None:
    paint(quick.inbox / "show" / "anna.png")
    (quick.inbox / "show" / "later" / "x").mkdir(parents=True)
    (quick.inbox / "show" / "later" / "x" / "job.yaml").write_text("prompt: a tree\n")
    (quick.inbox / "show" / "ep.yaml").write_text("references: [anna.png]\nshots: [a boat]\n")
    (quick.inbox / "show" / "job.yaml").write_text("prompt: a house\nreferences: [anna.png]\n")
    (quick.inbox / "urgent" / "board.yaml").write_text("name: soon\nshots: [a gull]\n")
    assert daemon("--until-empty").process.wait() == 0
    assert pictures(quick, "ep") == ["010.png"]
    assert pictures(quick, "soon") == ["010.png"]
    assert pictures(quick, "show") == ["job.png"]
    assert (quick.outbox / "show" / "later" / "x" / "job.png").exists()
    assert (quick.boards / "ep" / "anna.png").exists()


def test_endings_are_listed_alike_on_every_floor() -> None:
    assert document.SPREADSHEETS == names.SPREADSHEETS
    assert set(document._BOARDS) == set(names.BOARD_SUFFIXES)


# --- by the command line --------------------------------------------------------------------------


def test_submit_drops_a_board_with_what_it_names(quick: Layout, daemon, tmp_path: Path) -> None:
    folder = tmp_path / "ep07"
    paint(folder / "anna.png")
    paint(folder / "not mine.png")
    paint(folder / "ben" / "one.png")
    (folder / "board.yaml").write_text(
        "cast: {Anna: anna.png, Ben: {look: ben/}}\nshots:\n  010: Anna on a pier\n  020: Ben\n"
    )
    table = tmp_path / "list.csv"
    shutil.copy(FILES / "numbers.csv", table)
    said = hotfolder(
        "submit", str(folder / "board.yaml"), str(table), "--json", "--root", str(quick.root)
    )
    assert said.returncode == 0, said.stderr
    assert [each["file"] for each in json.loads(said.stdout)] == ["ep07/ep07.yaml", "list/list.csv"]
    assert daemon("--until-empty").process.wait() == 0
    assert pictures(quick, "ep07") == ["010.png", "020.png"]
    assert len(pictures(quick, "list")) == 9
    home = quick.boards / "ep07"
    assert sorted(path.name for path in home.rglob("*.*")) == ["anna.png", "board.yaml", "one.png"]


@pytest.mark.parametrize(
    ("name", "data", "options", "words"),
    [
        ("a.xlsx", b"PK\x03\x04", [], "CSV UTF-8"),
        ("a.csv", b"shot,prompt\n010,\n", [], "no prompt"),
        ("a.yaml", b"cast: {A: a.png}\nshots: [A]\n", [], "a.png"),
        ("a.txt", b"a boat\n--steps 20\n", [], "--steps 20"),
        ("later.yaml", b"shots: [a boat]\n", [], "can't be called later"),
        ("a.yaml", b"name: again\nshots: [a boat]\n", [], "can't be called again"),
        ("Final.yaml", b"shots: [a boat]\n", [], "folder final/ in the inbox"),
        ("a.yaml", b"shots: [a boat]\n", ["--steps", "3"], "at its top"),
        ("a.yaml", b"shots: [a boat]\n", ["--project", "x"], "--project"),
        ("a.yaml", b"shots: [a boat]\n", ["--wait"], "--wait"),
    ],
)
def test_submit_drops_no_board_that_would_fail_and_says_why(
    quick: Layout, tmp_path: Path, name: str, data: bytes, options: list[str], words: str
) -> None:
    (tmp_path / name).write_bytes(data)
    said = hotfolder("submit", str(tmp_path / name), *options, "--root", str(quick.root))
    assert said.returncode == 2
    assert words in " ".join(said.stderr.split())
    assert [path for path in quick.inbox.rglob("*") if path.is_file()] == []


def test_check_tells_of_every_format_and_of_a_spreadsheet(quick: Layout) -> None:
    given = [str(FILES / name) for name in (*ALONE, "harbour.storyboarder")]
    said = hotfolder("check", *given, "--json", "--root", str(quick.root))
    assert [each["pictures"] for each in json.loads(said.stdout)] == [*ALONE.values(), 3]
    (quick.root / "a.xlsx").write_bytes(b"PK\x03\x04")
    said = hotfolder("check", str(quick.root / "a.xlsx"), "--root", str(quick.root))
    assert said.returncode == 1
    assert "CSV UTF-8" in said.stdout


def test_a_picture_that_a_claimed_job_names_stays_for_it_too(root: Layout) -> None:
    picture, board = paint(root.inbox / "show" / "anna.png"), root.inbox / "show" / "ep.yaml"
    board.write_text("references: [anna.png]\nshots: [a boat]\n")
    (root.spool / "000001").mkdir()
    (root.spool / "000001" / "job.yaml").write_text("prompt: a house\nreferences: [anna.png]\n")

    home = adopt(root, root.inbox, board).parent

    assert (home / "anna.png").read_bytes() == picture.read_bytes()
