"""A picture that is not there holds the shots that need it, and no other; they follow once it is there."""

from __future__ import annotations

import contextlib
import json
import random
from collections import Counter
from pathlib import Path

import pytest
from PIL import Image
from support.daemon import wait_for
from support.living_boards import keys_made, pictures, save
from support.stream import heard, words

from daemon.boards.lacking import Lack, sentences, wrong_of
from daemon.boards.progress import Stage
from daemon.boards.reconcile import Known, Wanted, reconcile
from daemon.cli import main
from daemon.cli.boards import Boards
from daemon.errors import ExitCode, JobError, NotYetError
from daemon.root.layout import Layout

HEAD = "size: 64x64\nsteps: 1\n"
BOARD = (
    HEAD + "cast: {Anna: anna.png}\n"
    "shots:\n"
    "  010: a harbour\n"
    "  020: Anna on a pier\n"
    "  030: {prompt: a gull, like: 020}\n"
    "  040: {prompt: a boat, references: [ben.png]}\n"
    "  050: {prompt: a rope, like: 010}\n"
)


@pytest.fixture
def quick(root: Layout) -> Layout:
    root.settings_file.write_text(
        "engine: dry-run\nsettle: 0.1\nscan_interval: 0.2\nfolder_settle: 0.1\n"
    )
    return root


def paint(file: Path, colour: str = "red") -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (64, 64), colour).save(file)
    return file


def letter(layout: Layout, name: str = "ep") -> str:
    """What lies beside the board, in one line; "" if nothing does."""
    with contextlib.suppress(FileNotFoundError):
        return " ".join((layout.boards / name / "board.yaml.why.txt").read_text("utf-8").split())
    return ""


def stages(layout: Layout) -> dict[str, str]:
    board = Boards(layout, patiently=True).named("ep")
    assert board is not None
    assert board.progress is not None
    return {take.take.name: take.stage.value for take in board.progress.takes}


def at_rest(layout: Layout, *wanted: str) -> bool:
    """Whether there are these pictures, and no job of any board is left."""
    jobs = [*layout.inbox.rglob("*.json"), *layout.spool.iterdir()]
    return pictures(layout, "ep") == [f"{name}.png" for name in wanted] and not jobs


# --- a real board ---------------------------------------------------------------------------------


def test_only_what_needs_a_missing_picture_waits_through_kills_and_follows_when_it_comes(
    quick: Layout, daemon, capsys
) -> None:
    save(quick, "ep", BOARD)
    child = daemon()
    wait_for(lambda: at_rest(quick, "010", "050") and letter(quick), quick)
    told = letter(quick)
    assert "Shots 020 and 030 wait for this. All others are made." in told
    assert "anna.png" in told
    assert "> 3 | cast: {Anna: anna.png}" in told
    assert "Shot 040 waits, too: line 8: The reference 'ben.png' is not there" in told
    assert "by itself" in told
    assert "boards/ep/board.yaml: Shots 020 and 030 wait, and all others are made" in child.log()

    def status(*words: str) -> str:
        main(["status", "--root", str(quick.root), *words])
        return capsys.readouterr().out

    now = stages(quick)
    assert now == {"010": "done", "020": "lacking", "030": "held", "040": "lacking", "050": "done"}
    said = status("ep")
    assert "020  0 of 1, lacking: The reference 'anna.png' is not there, or still empty." in said
    assert "030  0 of 1, held until 020 is made" in said
    assert "see boards/ep/board.yaml.why.txt" in said
    assert "2 of 5 done, 2 lacking, 1 held" in status()
    (row,) = json.loads(status("--json"))["boards"]
    assert (row["state"], row["lacking"], row["held"]) == ("lacking", 2, 1)
    takes = [shot["takes"][0] for shot in json.loads(status("ep", "--json"))["rows"]]
    assert [bool(take["lacks"]) for take in takes] == [False, True, False, True, False]

    child.kill()
    daemon()
    paint(quick.boards / "ep" / "anna.png")
    wait_for(lambda: at_rest(quick, "010", "020", "030", "050"), quick)
    wait_for(lambda: "Shot 040 waits for this." in letter(quick), quick)
    assert "'anna.png' is not there" not in letter(quick)
    assert stages(quick)["040"] == "lacking"
    paint(quick.inbox / "ben.png", "blue")
    wait_for(lambda: at_rest(quick, "010", "020", "030", "040", "050") and not letter(quick), quick)
    assert set(stages(quick).values()) == {Stage.DONE.value}
    assert set(keys_made(quick).values()) == {1}
    wait_for(lambda: "board_mended" in words(quick), quick)
    (mended,) = [event for event in heard(quick) if event["event"] == "board_mended"]
    assert (mended["level"], mended["board"]) == ("INFO", "ep")
    assert mended["message"] == "the board ep is mended, and goes on"


def test_a_picture_taken_away_stops_nothing_and_back_again_makes_nothing_twice(
    quick: Layout, daemon
) -> None:
    anna = paint(quick.boards / "ep" / "anna.png")
    save(quick, "ep", BOARD.replace("ben.png", "anna.png"))
    quick.paused_file.touch()
    daemon()
    wait_for(lambda: len([*quick.inbox.rglob("*.json")]) == 3, quick)
    assert main(["cancel", "ep/040", "--root", str(quick.root)]) == ExitCode.OK
    wait_for(lambda: stages(quick)["040"] == "cancelled", quick)
    before = sorted(quick.inbox.rglob("*.json"))

    kept = anna.rename(quick.root / "away.png")
    wait_for(lambda: "020, 030 and 040 wait" in letter(quick), quick)
    assert sorted(quick.inbox.rglob("*.json")) == before
    assert stages(quick)["020"] == "waiting"
    assert main(["resume", "--root", str(quick.root)]) == ExitCode.OK
    wait_for(lambda: at_rest(quick, "010", "020", "050"), quick)

    kept.rename(anna)
    wait_for(lambda: at_rest(quick, "010", "020", "030", "050") and not letter(quick), quick)
    assert stages(quick)["040"] == "cancelled"
    assert set(keys_made(quick).values()) == {1}


BAD = {
    "no picture": ("references: [a.png]", b"nothing that is a picture" * 99, "can't be made"),
    "empty": ("references: [a.png]", b"", "wait"),
    "another kind": ("references: [a.heic]", b"heic", "can't be made"),
    "no folder": ("cast: {Anna: looks/}, with: Anna", None, "wait"),
    "outside": ("references: [../a.png]", None, "can't be made"),
    "no drawing": ("drawing: gone.png", None, "wait"),
    "no mask": ("image: a.png, mask: gone.png", b"", "wait"),
}


def test_whatever_can_t_be_used_costs_the_shots_that_need_it(quick: Layout, daemon) -> None:
    for number, (keys, data, _) in enumerate(BAD.values()):
        name = f"bad{number}"
        said = f"  010: a pier\n  020: {{prompt: a boat, {keys}}}\n  030: a gull\n"
        save(quick, name, f"{HEAD}shots:\n{said}")
        for ending in ("png", "heic") if data is not None else ():
            (quick.boards / name / f"a.{ending}").write_bytes(data or b"")
    daemon()
    for number, (case, (_, _, verb)) in enumerate(BAD.items()):
        name = f"bad{number}"
        wait_for(lambda name=name: pictures(quick, name) == ["010.png", "030.png"], quick)
        wait_for(lambda name=name: letter(quick, name), quick)
        says = "Shot 020 waits for this" if verb == "wait" else "Shot 020 can't be made"
        assert f"{says}. All others are made." in letter(quick, name), case


def test_the_verbs_say_of_what_lacks_something_that_it_does(
    quick: Layout, daemon, capsys, tmp_path: Path
) -> None:
    save(quick, "ep", BOARD)
    daemon()
    wait_for(lambda: at_rest(quick, "010", "050") and letter(quick), quick)

    def say(*words: str) -> tuple[int, str]:
        code = main([*words, "--root", str(quick.root)])
        out, err = capsys.readouterr()
        return code, " ".join((out + err).split())

    for verb, done in (("cancel", "be cancelled"), ("first", "go first")):
        code, said = say(verb, "ep/020")
        assert code == ExitCode.FAILED
        assert "1 picture of ep/020 lacks something: The reference 'anna.png'" in said
        assert f"It can {done} once that is there." in said
    code, said = say("wait", "ep")
    assert code == ExitCode.FAILED
    assert "ep/020 waits: The reference 'anna.png' is not there" in said
    assert "ep/030 waits until 020 is made" in said
    code, said = say("check", str(quick.boards / "ep"))
    assert code == ExitCode.FAILED
    assert "Shots 020 and 030 wait: The reference 'anna.png' is not there" in said
    assert "Shot 040 waits: The reference 'ben.png' is not there" in said
    code, said = say("render", str(quick.boards / "ep/board.yaml"), "--out", str(tmp_path))
    assert code != ExitCode.OK
    assert "anna.png" in said


def test_it_ends_until_empty_though_something_is_lacking(quick: Layout, daemon) -> None:
    save(quick, "ep", BOARD)
    assert daemon("--until-empty", ready=False).wait() == ExitCode.OK
    assert pictures(quick, "ep") == ["010.png", "050.png"]
    assert "ben.png" in letter(quick)


# --- what is said ---------------------------------------------------------------------------------

GONE = NotYetError("'a.png' is not there.", line=3)
SPOILED = JobError("'b.png' is no picture.")


@pytest.mark.parametrize(
    ("lacks", "said"),
    [
        ([], []),
        ([("1", GONE)], ["Shot 1 waits: 'a.png' is not there."]),
        ([("1", GONE), ("1", GONE), ("2", GONE)], ["Shots 1 and 2 wait: 'a.png' is not there."]),
        (
            [("1", SPOILED), ("2", GONE), ("3", SPOILED)],
            [
                "Shots 1 and 3 can't be made: 'b.png' is no picture.",
                "Shot 2 waits: 'a.png' is not there.",
            ],
        ),
        (
            [(str(number), GONE) for number in range(1, 12)],
            ["Shots 1, 2, 3, 4, 5, 6, 7, 8 and 3 more wait: 'a.png' is not there."],
        ),
        (
            [(str(number), GONE) for number in range(1, 9)],
            ["Shots 1, 2, 3, 4, 5, 6, 7 and 8 wait: 'a.png' is not there."],
        ),
    ],
)
def test_each_thing_is_said_once_with_the_shots_that_lack_it(
    lacks: list[tuple[str, JobError]], said: list[str]
) -> None:
    found = [(shot, Lack(shot, error)) for shot, error in lacks]
    assert sentences(found) == said
    wrong = wrong_of("board.yaml", b"shots:\n  1: a\n  2: b\n", found)
    assert (wrong is not None) is bool(lacks)
    if wrong is not None:
        told = " ".join(wrong.letter.split())
        assert all(sentence.split(":")[0] in told for sentence in said)
        assert ("by itself" in told) is (GONE in [error for _, error in lacks])


# --- whatever comes and goes ----------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(30))
def test_whatever_comes_and_goes_every_picture_is_made_once_and_none_without_what_it_needs(
    seed: int,
) -> None:
    """A picture is known by an id while all is there that it needs, and by another while it isn't."""
    chance = random.Random(seed)
    shots, known, made = [f"s{number}" for number in range(6)], dict[str, Known](), Counter[str]()
    for step in range(60):
        is_last = step >= 40
        lacking = set() if is_last else {s for s in shots if chance.random() < 0.4}
        wanted = [Wanted(f"{s}?" if s in lacking else s, is_lacking=s in lacking) for s in shots]
        todo = reconcile(wanted, known, spared=[one for one in known if one in lacking])
        assert not {name.rstrip("?") for name in todo.drop} & lacking
        assert todo.withdraw == todo.cancel == ()
        assert set(todo.held) == {f"{s}?" for s in lacking}
        known |= dict.fromkeys(todo.drop, Known.WAITING)
        for name in sorted(known):
            if known[name] is Known.WAITING and (is_last or chance.random() < 0.3):
                known[name] = Known.DONE
                made[name] += 1
    assert made == Counter(shots)
