"""What the page says a person should look at: by the status file and by what lies in `boards/`."""

from __future__ import annotations

import shlex

import pytest

from daemon.boards.folder import looks_of, place_of
from daemon.cli.boards import Boards
from daemon.page.troubles import MOST, Known, Trouble, of_boards, of_status
from daemon.root.layout import Layout

STATUS = [
    ({}, []),
    ({"failed": 5, "ignored": ["x"], "troubles": None, "totals": []}, []),
    (
        {"failed": [{"job": 7, "name": "a", "reason": "No.", "project": "ep/b"}]},
        [Trouble("failed", "ep", "#7 a: No.")],
    ),
    (
        {"ignored": [{"file": "urgent/ep/x.doc", "reason": "it is no job", "remedy": "Save it."}]},
        [Trouble("ignored", "ep", "urgent/ep/x.doc: it is no job. Save it.")],
    ),
    (
        {"troubles": [{"file": "x.yaml", "reason": "The reference a.png is not there."}]},
        [Trouble("kept waiting", "", "x.yaml: The reference a.png is not there.")],
    ),
    (
        {"failed": [{"job": 7, "name": "a", "reason": "No."}], "totals": {"failed": 9}},
        [
            Trouble("failed", "", "#7 a: No."),
            Trouble("failed", "", "and 8 more: failed/ holds them, each with a letter", 8),
        ],
    ),
]


@pytest.mark.parametrize(("status", "told"), STATUS)
def test_of_the_status_each_has_its_words_and_all_are_counted(status, told):
    assert list(of_status(status)) == told


def test_of_many_the_first_are_named_and_the_rest_counted():
    names = [{"job": 1, "name": str(number), "reason": "No."} for number in range(3 * MOST)]
    told = of_status({"failed": names})
    assert (len(told), sum(one.count for one in told)) == (MOST + 1, 3 * MOST)


def board(root: Layout, name: str) -> None:
    (root.boards / name).mkdir(parents=True)
    (root.boards / name / "board.yaml").write_text("shots: {}")


def test_a_board_that_is_paused_mistaken_or_lacks_something_says_so_and_a_sound_one_nothing(root):
    for name in ("lacks", "mistaken", "paused", "sound"):
        board(root, name)
    letter = "board.yaml has a mistake in it.\n\nThere is\nno preset fats.\n\nboard.yaml, line 3:"
    (root.boards / "mistaken/board.yaml.why.txt").write_text(letter)
    (root.boards / "paused/.paused").touch()
    lacks = ("The reference a.png is not there.", "The reference a.png is not there.")
    resume = f"hotfolder --root {root.root} resume paused"
    told = of_boards(root, {"lacks": Known("ep", lacks), "sound": Known("sound")})
    assert told == (
        Trouble(
            "mistaken",
            "mistaken",
            "mistaken: There is no preset fats. See boards/mistaken/board.yaml.why.txt.",
        ),
        Trouble("lacking", "ep", "ep: The reference a.png is not there.", 2),
        Trouble("paused", "paused", f"Nothing more is begun until `{resume}`."),
    )


def test_a_mistake_made_since_a_board_was_read_comes_before_what_it_lacked_then(root):
    board(root, "ep")
    place, letter = place_of(root.boards / "ep"), root.boards / "ep/board.yaml.why.txt"
    letter.write_text("It has a mistake in it.\n\nThere is no preset fats.\n\nboard.yaml:")
    lacks = ("The reference a.png is not there.",)
    for looks, kind in ((looks_of(root, place), "lacking"), ("of before", "mistaken")):
        told = of_boards(root, {"ep": Known("ep", lacks, looks)})
        assert [one.kind for one in told] == [kind]
    letter.unlink()  # saved a moment ago, and not read yet
    told = of_boards(root, {"ep": Known("ep", lacks, "of before")})
    assert [one.kind for one in told] == ["lacking"]


@pytest.mark.parametrize("name", ["ep03", "My Board", "Ben's", "#10", "-x", "$(ls)", "a*"])
def test_what_a_paused_board_goes_on_by_can_be_copied_into_a_shell(root, name):
    board(root, name)
    (root.boards / name / ".paused").touch()
    (told,) = of_boards(root, {})
    *_, verb, word = shlex.split(told.text.split("`")[1])
    assert verb == "resume"
    assert Boards(root).board(word).folder == name
