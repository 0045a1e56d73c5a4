"""Several hints at one path become one."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from daemon.inbox.observer import Hint, at_once

paths = st.sampled_from([None, Path("a"), Path("b"), Path("c")])
items = st.lists(st.one_of(st.builds(Hint, paths, st.booleans(), st.booleans()), st.integers()))


def test_a_file_that_was_made_and_closed_is_looked_at_once_and_before_what_came_later() -> None:
    a, b = Path("a"), Path("b")
    hints = [Hint(a), Hint(b), 7, Hint(b, complete=True), Hint(a, complete=True)]

    assert at_once(hints) == [Hint(a, complete=True), Hint(b, complete=True), 7]


@given(items)
def test_every_path_keeps_its_first_place_and_its_last_word(given_in: list[object]) -> None:
    def at_paths(found: list[object]) -> list[Hint]:
        return [one for one in found if isinstance(one, Hint) and one.is_at_a_path]

    found, before = at_once(given_in), at_paths(given_in)
    assert [one.path for one in at_paths(found)] == list(dict.fromkeys(one.path for one in before))
    assert set(at_paths(found)) == set({one.path: one for one in before}.values())
    others = [one for one in given_in if one not in before]
    assert [one for one in found if one not in before] == others
