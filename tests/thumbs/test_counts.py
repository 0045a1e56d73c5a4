"""How many of a thing there are, what it stands on, and where that is."""

from __future__ import annotations

import pytest

from daemon.thumbs.drawing import draw
from daemon.thumbs.place_table import places
from daemon.thumbs.reading import read_scene

AT_DESKS = [
    ("A hacker at three monitors, night", "computer", 3),
    ("medium, a trader at two screens", "computer", 2),
    ("A night guard at a bank of monitors", "computer", 3),
    ("A woman at a laptop in a kitchen", "laptop", 1),
    ("A man at a typewriter", "typewriter", 1),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind", "count"), AT_DESKS)
def test_who_is_at_a_screen_has_it_on_a_desk(text, kind, count):
    scene = read_scene(text)

    assert [(one.kind, one.relation, one.count) for one in scene.things] == [
        ("desk", "at", 1),
        (kind, "on", count),
    ]
    assert scene.figures[0].on == "chair"


STOOD = [
    ("Wide of an empty office, a phone ringing", "phone"),
    ("wide, six places set for dinner in a kitchen", "plate"),
    ("Full shot of a room, a lamp, a radio", "radio"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind"), STOOD)
def test_small_things_stand_on_a_table_where_nobody_is_as_well(text, kind):
    assert {kind, "table"} <= {one.kind for one in read_scene(text).things}


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Insert of three keys on a hook", 3),
        ("Close-up of two cups on a table", 2),
        ("Static wide of an empty kitchen, six places set for dinner", 6),
    ],
)
def test_a_count_is_kept(text, count):
    scene = read_scene(text)

    assert max(one.count for one in scene.things) == count


def test_an_insert_of_several_shows_them():
    one, three = (draw(read_scene(f"insert of {many}", seed=1), 480, 270) for many in
                  ("a key", "three keys"))  # fmt: skip

    assert one.tobytes() != three.tobytes()


WHERE = [
    ("Wide of a wooden canoe crossing a mirror-flat brown river", "river"),
    ("Golden hour wide of the battered trawler limping home, gulls circling", "harbour"),
    ("A bus driving home in the rain", "street"),
    ("Anna at home", "room"),
    ("She comes home with a suitcase", "room"),
    ("Wide, a nursing home at dusk", "hospital"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "place"), WHERE)
def test_on_the_way_home_nobody_is_in_a_room(text, place):
    assert read_scene(text).place == place


def test_a_row_of_motel_doors_is_no_room():
    scene = read_scene("Slow dolly past a row of identical motel doors")

    assert [(one.kind, one.count) for one in scene.things] == [("motel front", 1)]
    assert not scene.place or not places()[scene.place].indoors


def test_a_door_that_opens_is_there():
    assert read_scene("Low angle as the sealed door opens").things[0].kind == "door"
