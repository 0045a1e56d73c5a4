"""A word on the command line means the same to every verb, or nothing at all is done."""

from __future__ import annotations

import json
from unicodedata import normalize

import pytest

from daemon.cli import main
from daemon.cli.names import Names
from daemon.errors import UsageError
from daemon.root.layout import Layout
from daemon.spool import journal
from daemon.spool.journal import JournalEntry

NFC, NFD = normalize("NFC", "café"), normalize("NFD", "café")


def ended(root: Layout, number: int, place: str, outcome: str = "done", **more: object) -> None:
    """A job that has come to its end, its file where it belongs."""
    project, _, file = place.rpartition("/")
    kept = f"{'done' if outcome == 'done' else 'failed'}/{more.pop('as_', place)}"
    (root.root / kept).parent.mkdir(parents=True, exist_ok=True)
    (root.root / kept).write_text("prompt: p\n")
    line = {"job": number, "file": file, "project": project, "outcome": outcome, "kept": kept}
    entry = JournalEntry.from_json({**line, "finished_unix": 1.0, **more})
    assert entry is not None
    journal.append(root, entry)


def claimed(root: Layout, number: int, place: str) -> None:
    """A job that is being worked on."""
    project, _, file = place.rpartition("/")
    folder = root.spool / f"{number:06d}"
    folder.mkdir()
    (folder / "job.yaml").write_text("prompt: p\n")
    ticket = {"number": number, "file": file, "project": project, "suffix": ".yaml"}
    ticket |= {"again": False, "queued_wall": 1.0, "claimed_wall": 1.0}
    (folder / "ticket.json").write_text(json.dumps(ticket))


def waiting(root: Layout, place: str) -> None:
    (root.inbox / place).parent.mkdir(parents=True, exist_ok=True)
    (root.inbox / place).write_text("prompt: p\n")


@pytest.fixture
def storyboard(root: Layout) -> Layout:
    """Twelve shots named 010 to 120, done; two other episodes with shots of the same names."""
    for number in range(1, 13):
        ended(root, number, f"ep01/{number}0.yaml" if number > 9 else f"ep01/0{number}0.yaml")
    ended(root, 13, "ep03/010.yaml", "failed")
    ended(root, 14, "ep03/010.yaml", "failed", as_="ep03/010-2.yaml", parent=13)
    ended(root, 15, f"{NFC}.yaml")
    ended(root, 16, "ep04/300.yaml")
    claimed(root, 17, "ep02/m.yaml")
    claimed(root, 18, "boat.yaml")
    waiting(root, "ep02/020.yaml")
    waiting(root, "boat.yaml")
    waiting(root, "17.yaml")
    waiting(root, "ep05.yaml")
    waiting(root, "ep05/a.yaml")
    waiting(root, "a[1].yaml")
    waiting(root, "a1.yaml")
    (root.inbox / "again" / "old.png").write_bytes(b"x")
    return root


MEANT = {
    "#10": ["#10 ep01/100.yaml"],
    "#010": ["#10 ep01/100.yaml"],
    "10": ["#10 ep01/100.yaml"],
    "1": ["#1 ep01/010.yaml"],
    "100": ["#10 ep01/100.yaml"],  # no job has this number
    "300.yaml": ["#16 ep04/300.yaml"],
    "300": ["#16 ep04/300.yaml"],
    "ep01/010.yaml": ["#1 ep01/010.yaml"],
    "ep01/010": ["#1 ep01/010.yaml"],
    "EP01/010": ["#1 ep01/010.yaml"],
    "done/ep01/010.yaml": ["#1 ep01/010.yaml"],
    "ep03/010.yaml": ["#14 ep03/010.yaml"],  # the newest try
    "failed/ep03/010.yaml": ["#13 ep03/010.yaml"],  # that very file
    "failed/ep03/010.yaml.why.txt": ["#13 ep03/010.yaml"],
    "ep03/010-2.yaml": ["#14 ep03/010.yaml"],
    "failed/ep03/": ["#13 ep03/010.yaml", "#14 ep03/010.yaml"],
    "ep02/": ["#17 ep02/m.yaml", "ep02/020.yaml"],
    "ep02": ["#17 ep02/m.yaml", "ep02/020.yaml"],
    "ep05/": ["ep05/a.yaml"],
    "m": ["#17 ep02/m.yaml"],
    "m.yaml": ["#17 ep02/m.yaml"],
    "ep02/m": ["#17 ep02/m.yaml"],
    "inbox/ep02/m.yaml": ["#17 ep02/m.yaml"],
    "inbox/boat.yaml": ["boat.yaml"],
    "#18": ["#18 boat.yaml"],
    "#17": ["#17 ep02/m.yaml"],
    "inbox/17.yaml": ["17.yaml"],
    "ep0[24]/*": ["#16 ep04/300.yaml", "#17 ep02/m.yaml", "ep02/020.yaml"],
    "11?": ["#11 ep01/110.yaml"],
    "a[1].yaml": ["a[1].yaml"],  # a name before it is a pattern
    "again/old.png": ["again/old.png"],
    "old": ["again/old.png"],
    NFC: [f"#15 {NFC}.yaml"],
    f"{NFD}.yaml": [f"#15 {NFC}.yaml"],
}

SEVERAL = ("010", "020", "boat", "boat.yaml", "17", "ep05")
NOTHING = (
    *("999", "#999", "0", "nothing", "", "/", "..", "ep09/", "#boat", "²", "zz*", "no/such"),
    *("ep01/0", "ep1", "#", "*.txt", "failed/ep09/", "done/ep03/010.yaml", "-1", "1.0", "10 "),
)
NOT_MEANT = {**dict.fromkeys(SEVERAL, "several"), **dict.fromkeys(NOTHING, "no job")}


@pytest.mark.parametrize("word", MEANT, ids=ascii)
def test_a_word_means_the_jobs_it_names(storyboard: Layout, word: str) -> None:
    assert [job.label for job in Names(storyboard).find(word)] == MEANT[word]


@pytest.mark.parametrize("word", NOT_MEANT, ids=ascii)
def test_a_word_that_means_none_or_several_is_never_guessed(storyboard: Layout, word: str) -> None:
    with pytest.raises(UsageError, match=NOT_MEANT[word]):
        Names(storyboard).find(word)


VERBS = ("cancel", "retry", "logs", "events")
WORDS = {"unknown": ("nothing",), "no such number": ("#999",), "several": ("010",), "none": ()}
FREE = {("logs", "none"), ("events", "none")}
"""What may be said without a job: it is about all of them."""


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("kind", WORDS)
def test_every_verb_ends_alike_over_a_word_it_cannot_follow(
    storyboard: Layout, capsys: pytest.CaptureFixture[str], verb: str, kind: str
) -> None:
    before = sorted(storyboard.root.rglob("*"))
    code = main([verb, *WORDS[kind], "--root", str(storyboard.root)])
    out, err = capsys.readouterr()

    assert code == (0 if (verb, kind) in FREE else 2)
    assert out == ""
    assert bool(err) == (code == 2 or verb == "logs")
    assert sorted(storyboard.root.rglob("*")) == before
    if kind == "several":
        assert "#1 ep01/010.yaml" in err
        assert "#14 ep03/010.yaml" in err


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("cancel", "300"), "has come to its end"),
        (("retry", "m"), "is being worked on"),
        (("retry", "ep02/020"), "waits in the inbox"),
    ],
)
def test_what_is_known_but_cannot_be_done_is_said_and_ends_with_1(
    storyboard: Layout, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], why: str
) -> None:
    assert main([*words, "--root", str(storyboard.root)]) == 1
    assert why in capsys.readouterr().err


def test_nothing_is_done_if_one_of_several_words_means_nothing(storyboard: Layout) -> None:
    assert main(["cancel", "inbox/boat.yaml", "nothing", "--root", str(storyboard.root)]) == 2
    assert main(["retry", "1", "010", "--root", str(storyboard.root)]) == 2

    assert (storyboard.inbox / "boat.yaml").exists()
    assert not (storyboard.inbox / "ep01").exists()


def test_a_folder_and_a_pattern_act_on_all_of_it(storyboard: Layout) -> None:
    assert main(["cancel", "ep02/", "a*", "--root", str(storyboard.root)]) == 0
    assert main(["retry", "ep01", "--root", str(storyboard.root)]) == 0

    assert sorted(p.name for p in (storyboard.failed / "ep02").glob("*.yaml")) == [
        "020.yaml",
        "m.yaml",
    ]
    assert not list(storyboard.inbox.glob("a*.yaml"))
    assert len(list((storyboard.inbox / "ep01").glob("*.yaml"))) == 12


@pytest.mark.parametrize(
    "verb", ["pause", "resume", "cancel", "retry", "logs", "events", "submit", "status", "page"]
)
def test_a_mistyped_root_is_made_by_no_verb(tmp_path, capsys, verb: str) -> None:
    words = {"submit": ["--prompt", "p"], "cancel": ["1"], "retry": ["1"]}.get(verb, [])
    code = main([verb, *words, "--root", str(tmp_path / "typo")])

    assert code == 2
    told = capsys.readouterr().err
    assert "is no Hotfolder root" in told
    assert "`hotfolder run --root DIR`" in told
    assert not (tmp_path / "typo").exists()
