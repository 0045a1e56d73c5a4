"""Every take of a board that is still to come has a drawing on the page, until it is painted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image
from support.daemon import engine
from support.living_boards import pictures, save

from daemon.page.drawings import Wanted, draw, sweep, wanted_of
from daemon.page.places import DRAWN, drawn_of
from daemon.thumbs.drawable import Drawable

BOARD = """
size: 384x192
steps: {steps}
takes: 2
cast: {{Anna: {{as: a woman in a red coat}}}}
shots:
  010: wide, harbour at dawn
  020: Anna runs, 🎈 unsayable
"""


def drawings(outbox: Path) -> list[Path]:
    folder = outbox / DRAWN
    made = folder.iterdir() if folder.is_dir() else ()
    return sorted(file for file in made if file.name[0] != ".")  # not those on their way


def test_takes_are_drawn_while_they_wait_and_drawings_go_when_they_are_painted(
    root, daemon, wait, hold
):
    daemon(engine=engine("held"), HOTFOLDER_PAGE="on", **hold.at(2))
    save(root, "ep", BOARD.format(steps=140))
    wait(lambda: len(drawings(root.outbox)) == 4)

    with Image.open(drawings(root.outbox)[0]) as image:
        assert image.size == (320, 160)
    assert len({file.read_bytes() for file in drawings(root.outbox)}) == 4
    assert pictures(root, "ep") == []
    assert not list(root.outbox.rglob("*.json"))

    save(root, "ep", BOARD.format(steps=1))
    wait(lambda: len(pictures(root, "ep")) == 4)
    wait(lambda: drawings(root.outbox) == [])


def test_a_drawing_is_made_anew_where_an_earlier_shot_introduces_somebody_else(
    root, daemon, wait, hold
):
    daemon(engine=engine("held"), HOTFOLDER_PAGE="on", **hold.at(2))
    board = "size: 384x192\nsteps: 140\nshots:\n  010: a {} called Pip digs\n  020: Pip runs\n"
    save(root, "ep", board.format("dog"))
    wait(lambda: len(drawings(root.outbox)) == 2)
    first = set(drawings(root.outbox))

    save(root, "ep", board.format("horse"))
    wait(lambda: len(set(drawings(root.outbox)) - first) == 2)


def test_the_same_take_is_the_same_drawing_and_what_nobody_wants_is_taken_away(tmp_path):
    one = Wanted("a", Drawable("a man in the rain", 5, 1, "ep"), (16, 9))
    draw(tmp_path, one)
    first = (tmp_path / drawn_of("a")).read_bytes()
    draw(tmp_path, one)
    draw(tmp_path, Wanted("b", Drawable("", take=2), (1, 1)))

    assert (tmp_path / drawn_of("a")).read_bytes() == first
    unwanted = sweep(tmp_path, {"b"}, before=())
    assert len(drawings(tmp_path)) == 2  # a page that is open may ask for it still
    assert sweep(tmp_path, {"b"}, unwanted) == unwanted
    assert [file.name for file in drawings(tmp_path)] == [Path(drawn_of("b")).name]


@pytest.mark.parametrize(
    "take",
    [
        {}, {"prompt": 5, "shape": [1, 1]}, {"prompt": "p"}, {"prompt": "p", "shape": [0, 5]},
        {"prompt": "p", "shape": [1, 2, 3]}, {"prompt": "p", "shape": ["1", "2"]}, {"prompt": "p", "shape": [10**9, 1]},
    ],
)  # fmt: skip
def test_what_is_not_written_down_whole_is_not_drawn(take):
    assert wanted_of(json.loads(json.dumps(take)), "ep") is None
