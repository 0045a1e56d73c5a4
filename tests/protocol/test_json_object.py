"""JSON for people is the same bytes as the library's."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from daemon.protocol.json_object import indented
from daemon.protocol.outcome import Outcome

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just(Outcome.DONE),
    lambda each: st.lists(each) | st.lists(each).map(tuple) | st.dictionaries(st.text(), each),
)


@given(values, st.integers(1, 4))
def test_what_is_indented_is_what_the_library_writes(value: object, spaces: int) -> None:
    assert indented(value, spaces) == json.dumps(value, indent=spaces, ensure_ascii=False)
