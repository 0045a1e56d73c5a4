"""Boards with something wrong, or to which something happens: a letter, or the right thing."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image
from support.boards import board
from support.daemon import wait_for
from support.living_boards import keys_made, pictures, records, save

from daemon.boards.folder import place_of
from daemon.boards.formats.board_table import board_table
from daemon.boards.reconcile import Known, Wanted, reconcile
from daemon.errors import JobError
from daemon.jobfile import tree
from daemon.root.layout import Layout

HELD = str(Path(__file__).parents[1] / "misbehaving_engines/held.py") + ":Engine"
HEAD = "size: 192x192\nsteps: 2\n"
FILES = Path(__file__).parent / "formats"


@pytest.fixture
def quick(root: Layout) -> Layout:
    root.settings_file.write_text(
        "settle: 0.1\nscan_interval: 0.2\nfolder_settle: 0.1\nmodels: [models]\n"
    )
    return root


def paint(file: Path, colour: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (64, 64), colour).save(file)
    return file


def replaced(file: Path, text: str) -> None:
    """At once: empty defaults would be others, for as long as they are."""
    draft = file.with_name(f".{file.name}.part")
    draft.write_text(text)
    draft.replace(file)


def vast(file: Path) -> Path:
    """A PNG that says it has 60,000 pixels a side."""
    file.parent.mkdir(parents=True, exist_ok=True)

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    data = zlib.compress(bytes(1000))
    parts = chunk(b"IHDR", head), chunk(b"IDAT", data), chunk(b"IEND", b"")
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(parts))
    return file


def letters(layout: Layout) -> dict[str, str]:
    """What lies beside boards, by the file it is about."""
    found = {}
    for file in layout.boards.glob("*/*.why.txt"):
        with contextlib.suppress(FileNotFoundError):  # mended just now
            name = file.relative_to(layout.boards).as_posix().removesuffix(".why.txt")
            found[name] = " ".join(file.read_text("utf-8").split())
    return found


def under_way(layout: Layout) -> list[str]:
    """The ids of all jobs of boards that wait or are claimed."""
    found = []
    walked = (each for top in (layout.inbox, layout.spool) for each in os.walk(top))
    for file in (Path(folder) / name for folder, _, names in walked for name in names):
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            found.append(json.loads(file.read_bytes())["job"]["id"])
    return found


# --- what is wrong with one keeps nobody up -------------------------------------------------------

#: what is saved as a board: words of the letter beside it, None if it is made
SAVED: dict[str, tuple[str | bytes, str | None]] = {
    "half/board.yaml": ('shots:\n  010: "a pier', "never closed"),
    "tabs/board.yaml": ("shots:\n\t010: a pier\n", "tab"),
    "curly/board.yaml": ("shots:\n  010: \u201ca pier\u201d\n", None),
    "twice/board.yaml": ("shots:\n  010: a\n  010: b\n", "line 2 and in line 3"),
    "zeros/board.yaml": (b"shots:\n  010: a\n\0\0\0\0", "NUL byte"),
    "empty/board.yaml": (b"", "holds nothing"),
    "circle/board.yaml": ("shots:\n  1: {prompt: a, like: 2}\n  2: {prompt: b, like: 1}\n", "-> 1"),
    "missing/board.yaml": ("cast: {A: gone.png}\nshots: [A on a pier]\n", "gone.png"),
    "vast/board.yaml": ("cast: {A: vast.png}\nshots: [A on a pier]\n", "vast.png"),
    "nothing/board.yaml": ("cast: {A: none.png}\nshots: [A on a pier]\n", "none.png"),
    "wide/board.csv": ("\ufeffshot;prompt\r\n1;\"a \"\"red\"\" pier\"\r\n".encode("utf-16-le"), None),
    "marked/board.csv": ("\ufeffshot;prompt\r\n1;a pier\r\n".encode(), None),
    "old/board.csv": ("shot;prompt\r\n1;caf\xe9\r\n".encode("latin-1"), "CSV UTF-8"),
    "scene/board.storyboarder": ('{"boards": [{"uid": "A", "action": "a pier"}]}', None),
    "drawn/board.storyboarder": (
        '{"boards": [{"uid": "A", "action": "a pier", "layers": {"pencil": {}, "ink": null}}]}', None
    ),
    "wordless/board.storyboarder": ('{"boards": [{"uid": "A", "layers": {}}]}', "in words"),
    "packed/board.xlsx": (b"PK\x03\x04", "CSV UTF-8"),
    "options/board.txt": ("a boat\n--steps 20\n", "--steps 20"),
    "named/board.yaml": ("name: urgent\nshots: [a pier]\n", "called urgent"),
}  # fmt: skip


def test_each_bad_board_has_its_letter_and_keeps_no_other_from_being_made(
    quick: Layout, daemon
) -> None:
    vast(quick.boards / "vast" / "vast.png")
    (quick.boards / "nothing").mkdir()
    (quick.boards / "nothing" / "none.png").touch()
    (quick.boards / "_defaults.yaml").write_text("size: 192x192\nsteps: 1\n")
    for name, (content, _) in SAVED.items():
        (quick.boards / name).parent.mkdir(exist_ok=True)
        (quick.boards / name).write_bytes(
            content if isinstance(content, bytes) else content.encode()
        )
    daemon()
    good = {name.split("/")[0] for name, (_, words) in SAVED.items() if words is None}
    bad = {name: words for name, (_, words) in SAVED.items() if words is not None}
    wait_for(lambda: letters(quick).keys() == bad.keys(), quick)
    wait_for(lambda: all(pictures(quick, name) for name in good), quick)

    told = letters(quick)
    assert {name: told[name] for name, words in bad.items() if words not in told[name]} == {}
    assert {path.name for path in quick.outbox.iterdir() if path.name[0] != "."} <= {
        *good,
        "now.png",
    }

    paint(quick.boards / "missing" / "gone.png", "red")
    (quick.boards / "half" / "board.yaml").write_text('shots:\n  010: "a pier"\n')
    wait_for(lambda: pictures(quick, "missing") and pictures(quick, "half"), quick)
    wait_for(lambda: letters(quick).keys() == bad.keys() - {"missing/board.yaml", "half/board.yaml"},
             quick)  # fmt: skip
    assert set(keys_made(quick).values()) == {1}


# --- what is done to a board while it renders -----------------------------------------------------


def test_a_board_deleted_renamed_or_moved_while_it_renders_loses_and_doubles_nothing(
    quick: Layout, daemon, hold, tmp_path: Path
) -> None:
    faulty = save(quick, "faulty", "shots:\n  010: [\n")  # never read since the start
    for name in ("deleted", "moved", "renamed"):
        save(quick, name, HEAD + "shots:\n  010: a pier\n  020: a boat\n")
    save(quick, "staying", HEAD + "name: same\nshots:\n  010: a pier\n")
    paint(quick.boards / "with_cast" / "anna.png", "red")
    save(quick, "with_cast", HEAD + "cast: {Anna: anna.png}\nshots:\n  010: Anna on a pier\n")
    child = daemon(engine=HELD, **hold.at(1))
    wait_for(lambda: child.status.get("current"), quick)
    wait_for(lambda: len(set(under_way(quick))) == 8, quick)

    red = {one for one in under_way(quick) if one.startswith("with_cast/")}
    gone = ("deleted/", "moved/", "renamed/")

    shutil.rmtree(quick.boards / "deleted")
    (quick.boards / "moved").rename(tmp_path / "moved")
    (quick.boards / "renamed").rename(quick.boards / "anew")
    (quick.boards / "staying").rename(quick.boards / "other")
    blue = paint(tmp_path / "blue.png", "blue").read_bytes()
    (quick.boards / "with_cast" / "anna.png").write_bytes(blue)
    wait_for(lambda: not [one for one in under_way(quick) if one.startswith(gone)], quick)
    wait_for(lambda: len([one for one in set(under_way(quick)) if one[:4] == "anew"]) == 2, quick)
    wait_for(lambda: [one for one in under_way(quick) if one[:9] == "with_cast" and one not in red],
             quick)  # fmt: skip
    hold.off()
    wait_for(lambda: not under_way(quick) and not [*quick.spool.iterdir()], quick)

    made = {name: pictures(quick, name) for name in ("deleted", "moved", "renamed", "anew", "same")}
    assert made.pop("anew") == ["010.png", "020.png"]
    assert made.pop("same") == ["010.png"]
    assert made == {"deleted": [], "moved": [], "renamed": []}
    (record,) = records(quick, "with_cast").values()
    assert record["job"]["references"][0]["sha256"] == hashlib.sha256(blue).hexdigest()
    assert [path for path in quick.failed.rglob("*") if path.is_file()] == []
    assert set(keys_made(quick).values()) == {1}
    assert faulty.with_name("board.yaml.why.txt").exists()


# --- a folder of one board ------------------------------------------------------------------------


def test_what_decides_a_picture_from_outside_the_board_renders_it_anew_and_nothing_else_does(
    quick: Layout, daemon, hold
) -> None:
    lora = quick.root / "models" / "loras" / "felt.safetensors"
    lora.parent.mkdir(parents=True)
    lora.write_bytes(b"one")
    quick.boards.mkdir()
    (quick.boards / "_defaults.yaml").write_text(HEAD)
    save(quick, "plain", "shots: [a pier]\n")
    save(
        quick, "worn", "loras: [felt]\nshots:\n  010: a pier\n  020: {prompt: a boat, loras: []}\n"
    )
    daemon(engine=HELD, **hold.at(1))
    hold.off()
    wait_for(lambda: pictures(quick, "plain") and len(pictures(quick, "worn")) == 2, quick)

    file = save(quick, "lacking", "loras: [gone]\nshots: [a pier]\n")
    wait_for(lambda: "no LoRA named gone" in letters(quick).get("lacking/board.yaml", ""), quick)
    shutil.rmtree(file.parent)
    replaced(lora, "another")
    wait_for(lambda: pictures(quick, "worn") == ["010-v2.png", "010.png", "020.png"], quick)
    replaced(quick.boards / "plain" / "_defaults.yaml", "style: chalk\n")
    wait_for(lambda: pictures(quick, "plain") == ["010-v2.png", "010.png"], quick)
    replaced(quick.boards / "_defaults.yaml", HEAD + "stepps: 4\n")
    wait_for(lambda: letters(quick).keys() == {"plain/board.yaml", "worn/board.yaml"}, quick)
    assert "boards/_defaults.yaml" in letters(quick)["plain/board.yaml"]
    replaced(quick.boards / "_defaults.yaml", HEAD + "# as before\n")
    wait_for(lambda: not letters(quick), quick)
    second = quick.boards / "plain" / "second.csv"
    second.write_text("shot;prompt\n020;a boat\n")
    (quick.boards / "plain" / "notes.txt").write_text("call Ben\nabout the pier\n")
    wait_for(lambda: letters(quick).keys() == {"plain/second.csv"}, quick)
    assert "board.yaml is read" in letters(quick)["plain/second.csv"]
    (quick.boards / "second").mkdir()
    second.rename(quick.boards / "second" / "second.csv")
    wait_for(lambda: pictures(quick, "second") == ["020.png"], quick)
    wait_for(lambda: not letters(quick), quick)

    assert len(pictures(quick, "plain")) == 2
    assert len(pictures(quick, "worn")) == 3
    assert set(keys_made(quick).values()) == {1}


@pytest.mark.parametrize(
    ("names", "read"),
    [
        (("ep.yaml", "board.csv"), "board.csv"),
        (("a.yaml", "ep.csv"), "ep.csv"),
        (("a.txt", "b.yaml"), "b.yaml"),
        (("a.txt",), "a.txt"),
        (("a.xlsx",), "a.xlsx"),
        (("a.xlsx", "b.yaml"), "b.yaml"),
        (("_defaults.yaml", ".b.yaml", "b.yaml.why.txt", "~$a.xlsx"), None),
    ],
)
def test_which_file_of_a_folder_is_the_board(
    tmp_path: Path, names: tuple[str, ...], read: str | None
) -> None:
    (tmp_path / "ep").mkdir()
    for name in names:
        (tmp_path / "ep" / name).touch()
    file = place_of(tmp_path / "ep").file
    assert (file.name if file else None) == read


# --- large ones -----------------------------------------------------------------------------------


def test_a_chain_of_two_hundred_is_made_one_after_the_other() -> None:
    text = "shots:\n  0: a pier\n" + "".join(
        f"  {n}: {{prompt: a pier, like: {n - 1}}}\n" for n in range(1, 200)
    )
    shots = board(text).shots
    wanted = [Wanted(s.id, s.follows.shot if s.follows else None) for s in reversed(shots)]
    known: dict[str, Known] = {}
    order: list[str] = []
    while drop := reconcile(wanted, known).drop:
        order += drop
        known |= dict.fromkeys(drop, Known.DONE)
    assert order == [str(n) for n in range(200)]


def test_a_table_of_ten_thousand_rows_is_a_board_and_one_more_is_too_many() -> None:
    rows = "shot;prompt\r\n" + "".join(f'{n};"a ""red"" pier"\r\n' for n in range(10_000))
    table = board_table(("\ufeff" + rows).encode("utf-16-le"), "a.csv")
    assert table is not None
    shots = table.items["shots"]
    assert isinstance(shots, tree.Table | tree.Listing)
    assert len(shots.items) == 10_000
    with pytest.raises(JobError, match="10,000"):
        board_table((rows + "x;y\r\n").encode(), "a.csv")
