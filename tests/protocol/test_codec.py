"""The JSON form of a dataclass: the same as the standard library's, without its copies."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from daemon.protocol.codec import as_body


class Word(StrEnum):
    A = "a"


@dataclass(frozen=True, slots=True)
class Leaf:
    number: float | None
    word: Word
    pair: tuple[int, ...]


@dataclass(frozen=True)
class Tree:
    leaves: tuple[Leaf, ...]
    by_name: dict[str, Any]
    text: str
    one: Leaf | None = None


numbers = st.none() | st.floats(allow_nan=False) | st.integers()
leaves = st.builds(Leaf, numbers, st.just(Word.A), st.lists(st.integers()).map(tuple))
values = st.recursive(
    numbers | st.booleans() | st.text() | leaves,
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
trees = st.builds(
    Tree,
    st.lists(leaves, max_size=3).map(tuple),
    st.dictionaries(st.text(), values, max_size=3),
    st.text(),
    st.none() | leaves,
)


@given(trees)
def test_it_is_what_the_standard_library_makes(tree: Tree) -> None:
    assert json.dumps(as_body(tree)) == json.dumps(asdict(tree))
