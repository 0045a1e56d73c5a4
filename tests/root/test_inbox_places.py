"""What the folder of a dropped file says: one table."""

from __future__ import annotations

import pytest

from daemon.root.inbox_places import InboxPlace, is_special, place_of


@pytest.mark.parametrize(
    ("folder", "place"),
    [
        ("", InboxPlace()),
        (".", InboxPlace()),
        ("ep01", InboxPlace("ep01")),
        ("ep01/a", InboxPlace("ep01/a")),
        ("again", InboxPlace("", "again")),
        ("final/ep01", InboxPlace("ep01", "final")),
        ("urgent", InboxPlace(turn=1)),
        ("urgent/ep01", InboxPlace("ep01", turn=1)),
        ("later/more/ep01/a", InboxPlace("ep01/a", "more", -1)),
        ("ep01/final", InboxPlace("ep01/final")),
        ("ep01/urgent/again", InboxPlace("ep01/urgent/again")),
        ("final/urgent", InboxPlace("urgent", "final")),
        ("Final", InboxPlace("Final")),
    ],
)
def test_special_names_count_at_the_top_and_in_their_order(folder: str, place: InboxPlace) -> None:
    assert place_of(folder) == place
    assert is_special(folder) == (not place.project)
