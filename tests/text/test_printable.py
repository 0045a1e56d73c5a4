"""What may reach a terminal, a log or a letter: one rule, for every kind of dangerous character."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.text.printable import is_unsafe, one_line, printable

DANGEROUS = {
    "an escape": "\x1b",
    "a bell": "\a",
    "a C1 control": "\x9b",
    "a delete": "\x7f",
    "a line separator": "\u2028",
    "a paragraph separator": "\u2029",
    "a right-to-left override": "\u202e",
    "an isolate": "\u2066",
    "an Arabic letter mark": "\u061c",
    "a word joiner": "\u2060",
    "an invisible plus": "\u2064",
    "a deprecated format sign": "\u206a",
    "a zero width space": "\u200b",
    "a byte order mark": "\ufeff",
    "half a character": "\ud83d",
    "a tag letter": "\U000e0041",
    "a private sign": "\ue000",
}


@pytest.mark.parametrize("sign", DANGEROUS.values(), ids=DANGEROUS.keys())
def test_nothing_that_steers_or_hides_gets_through(sign: str) -> None:
    assert sign not in printable(f"a{sign}b")
    assert one_line(f"a{sign}{sign}b") == "a b"


def test_letters_of_any_script_and_emoji_in_several_parts_stay() -> None:
    text = "лодка 👩‍🚀 é שלום 本 ﷽"

    assert printable(text) == text
    assert one_line(text) == text


def test_a_line_break_is_a_space_and_a_long_text_is_cut() -> None:
    assert printable("a\nb\tc\r\n") == "a b c  "
    assert one_line("a\r\n\tb\n") == "a b"
    assert one_line("x" * 50, 10) == "x" * 9 + "…"


@settings(deadline=None)
@given(st.text(st.characters()))
def test_whatever_comes_in_what_goes_out_is_one_safe_line(text: str) -> None:
    for out in (printable(text), one_line(text)):
        assert not any(map(is_unsafe, out))
        assert len(out.splitlines()) <= 1
        out.encode("utf-8")
        assert all(unicodedata.category(c) != "Cc" for c in out)
