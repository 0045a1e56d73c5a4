"""`hotfolder render`: what is missing in a folder is rendered into it, once, and farms can read it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from support.farm_render import ALL, BOARD, command, made, render
from support.places import ENGINES

from daemon.boards.board import Board, Shot
from daemon.boards.key import TakeId
from daemon.boards.wanted import Picture
from daemon.cli import main
from daemon.errors import LockHeldError, SetupError
from daemon.farm.results import LOCK, Results
from daemon.farm.wanted import Ask, WantedPicture


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., int]]:
    """The command in this process, where nothing is to be rendered."""
    kept = {
        number: signal.getsignal(number)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    }

    def call(place: Path, *words: str) -> int:
        monkeypatch.chdir(place)
        return main(command(place, *words))

    yield call
    for number, handler in kept.items():
        signal.signal(number, handler)


def written(place: Path) -> dict[str, int]:
    return {p.name: p.stat().st_mtime_ns for p in (place / "out").rglob("*.png")}


def test_a_board_is_rendered_once_whatever_is_asked_again(place: Path, here, capsys) -> None:
    some = render(place, "ep03/board.yaml", "--shots", "20", "--progress", "openjd")

    assert some.returncode == 0, some.stderr
    assert made(place) == ["020-1", "020-2"]
    lines = some.stdout.splitlines()
    told = [float(line.split()[1]) for line in lines if line.startswith("openjd_progress: ")]
    assert told[0] == 0.0
    assert told == sorted(told)
    assert told[-1] == 100.0
    assert len(told) > 3  # steps move it, too
    assert all(line.startswith(("openjd_progress: ", "openjd_status: ")) for line in lines)
    before = written(place)

    rest = render(place, "ep03", "--progress", "afanasy")

    assert rest.returncode == 0, rest.stderr
    assert made(place) == ALL
    assert before.items() <= written(place).items()
    assert "PROGRESS: 50%" in rest.stdout
    assert "PROGRESS: 100%" in rest.stdout
    record = json.loads((place / "out" / "ep03" / "030.json").read_bytes())
    assert record["result"]["image"] == "030.png"
    assert record["job"]["image_sha256"] is not None  # it began with 010's picture
    before = written(place)

    assert here(place, "ep03/board.yaml") == 0
    again = capsys.readouterr()
    assert again.out == ""
    assert "all there: 4 pictures, 0 of them new" in again.err
    assert written(place) == before
    assert os.listdir(place / "tmp") == []  # the root of its own is gone

    (place / "ep03" / "board.yaml").write_text(BOARD.replace("a house", "a blue house"))
    (place / "out" / "ep03" / "010.png").unlink()
    other = render(place, "ep03", "--shots", "010-020")

    assert other.returncode == 0, other.stderr
    new = ("020-v2-1", "020-v2-2", "010")
    assert {*other.stdout.split()} == {f"{place}/out/ep03/{name}.png" for name in new}


def test_jobs_are_rendered_under_their_own_names_and_seeds_stay(place: Path, here, capsys) -> None:
    (place / "boat.yaml").write_text("prompt: a boat\nsize: 64x64\nsteps: 1\ncount: 2\n")
    (place / "one.txt").write_text("one house")

    first = render(place, "boat.yaml", "one.txt")

    assert first.returncode == 0, first.stderr
    out = place / "out"
    found = sorted(p.relative_to(out).as_posix() for p in out.rglob("*.png"))
    assert found == ["boat/boat-01.png", "boat/boat-02.png", "one.png"]
    records = [json.loads((out / p).with_suffix(".json").read_bytes()) for p in found]
    assert len({each["job"]["seed"] for each in records}) == 3
    assert here(place, "one.txt", "boat.yaml") == 0
    assert "all there: 3 pictures, 0 of them new" in capsys.readouterr().err


def test_a_signal_ends_it_between_steps_and_the_same_command_goes_on(place: Path, hold) -> None:
    (place / "dry.yaml").write_text("engine: held:Engine\n")
    (place / "ep03" / "board.yaml").write_text(BOARD.replace("64x64", "192x192"))
    slow = {**os.environ, "PYTHONPATH": str(ENGINES), "OMP_NUM_THREADS": "1", **hold.at(1)}
    words = command(place, "ep03", "--progress", "openjd")
    child = subprocess.Popen(
        [sys.executable, "-m", "daemon", *words],
        cwd=place,
        env=slow,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert child.stdout is not None
    for line in child.stdout:
        if "step 1" in line:
            break
    child.send_signal(signal.SIGTERM)
    said, complaint = child.communicate()

    assert child.returncode == 5, complaint
    assert "openjd_fail: It was interrupted." in said
    assert made(place) == []
    hidden = [p.name for p in (place / "out").rglob(".*")]
    assert hidden == [LOCK]
    assert os.listdir(place / "tmp") == []
    hold.off()
    assert render(place, "ep03", env=slow).returncode == 0
    assert made(place) == ALL


def test_a_picture_that_fails_is_said_and_the_others_are_made(place: Path) -> None:
    (place / "dry.yaml").write_text("engine: raises_while_rendering:Engine\n")
    (place / "ep03" / "board.yaml").write_text(BOARD.replace("64x64", "192x192"))
    env = {**os.environ, "PYTHONPATH": f"{os.environ.get('PYTHONPATH', '')}:{ENGINES}"}

    done = render(place, "ep03", "--shots", "010,030", "--progress", "openjd", env=env)

    assert done.returncode == 1, done.stderr
    assert "ep03/010 is not made" in done.stdout
    assert "ep03/030 is not made: it follows ep03/010" in done.stdout
    assert "openjd_fail: not made: 2 of 2 pictures" in done.stdout
    assert "a bug in the engine" in done.stderr  # its letter


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("none.yaml",), 2, "none.yaml: There is no such file or folder."),
        (("ep03", "--shots", "010-090"), 2, "--shots 010-090: ep03 has no shot 090."),
        (("ep03", "--shots", "030"), 2, "ep03/030 follows ep03/010, which is neither there nor"),
        (("wrong.yaml",), 2, "`sizze` is not a key"),
        (("bad/board.yaml", "ep03"), 2, "line 3"),
        (("boat.yaml", "--shots", "010"), 2, "boat.yaml is a job; --shots names the shots of"),
        (("notes.docx",), 2, "notes.docx has a mistake in it."),
        (("ep03", "--out", "dry.yaml"), 2, "dry.yaml: no pictures can be written there"),
        (("ep03", "--root", "dry.yaml"), 2, "--root"),
        (("ep03", "--settings", "none.yaml"), 2, "--settings none.yaml: there is no such file."),
        (("ep03", "--model", "none", "--settings", "sdxl.yaml"), 5, "none"),
        (("ep03", "--daemon", "tmp"), 4, "No daemon serves"),
        (("ep03", "--shots", ""), 2, "argument --shots: it is empty"),
        (("ep03", "--daemon", " "), 2, "argument --daemon: it is empty"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, tuple) else "",
)
def test_what_can_not_be_rendered_is_said(
    place: Path, here, capsys, words, code: int, said: str
) -> None:
    (place / "boat.yaml").write_text("prompt: a boat\nsize: 64x64\nsteps: 1\n")
    (place / "wrong.yaml").write_text("prompt: a boat\nsizze: 64x64\n")
    (place / "sdxl.yaml").write_text("engine: sdxl\n")
    (place / "notes.docx").write_text("no job")
    (place / "bad").mkdir()
    (place / "bad" / "board.yaml").write_text("shots:\n  010: a boat\n  020: {step: many}\n")

    assert here(place, *words) == code

    complaint = capsys.readouterr().err
    assert said in complaint
    assert "Traceback" not in complaint
    assert list(place.rglob("*.png")) == []


def test_two_renders_share_a_folder_and_no_shot(place: Path, here, capsys) -> None:
    held = (
        "from daemon.farm.results import Results; import sys, pathlib\n"
        "Results(pathlib.Path(sys.argv[1]))._lock('ep03\\0' + '020'); print(flush=True); input()"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", held, str(place / "out")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert other.stdout is not None
    with other:
        other.stdout.readline()
        assert here(place, "ep03") == 3
        assert "Another render makes ep03/020 in" in capsys.readouterr().err
        with closing(Results(place / "out")) as ours:
            ours.claim([_wanted("010")])
            with pytest.raises(LockHeldError):
                ours.claim([_wanted("020")])


def test_a_picture_that_finds_something_in_its_way_is_not_there(tmp_path: Path) -> None:
    made = tmp_path / "made.png"
    for name, text in (("made.png", b"x"), ("out/ep03/010.png", b"somebody's"), ("out/a", b"")):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(text)
    with closing(Results(tmp_path / "out")) as results:
        for shot, place in (("010", "ep03"), ("020", "a")):
            with pytest.raises(SetupError, match="can't be written"):
                results.deliver(_wanted(shot, place), shot, made)
    assert (tmp_path / "out/ep03/010.png").read_bytes() == b"somebody's"
    assert made.exists()


def _wanted(shot: str, place: str = "ep03") -> WantedPicture:
    one = Shot(shot, "", ())
    ask = Ask(Board(place, (one,)), frozenset({shot}), Path(), place)
    return WantedPicture(Picture(TakeId("ep03", shot, "", ""), one, None), ask)
