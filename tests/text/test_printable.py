"""What may reach a terminal, a log or a letter: one rule, for every kind of dangerous character."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.text.printable import is_unsafe, one_line, page, printable, visible

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
    "a left-to-right mark": "\u200e",
    "a soft hyphen": "\xad",
    "an interlinear note": "\ufff9",
    "a letter without a shape": "\u3164",
    "a mark without a shape": "\u034f",
    "a joiner between Latin letters": "\u200d",
    "a non-joiner between Latin letters": "\u200c",
    "a style of an emoji, of a letter": "\ufe0f",
    "a variant of a Han sign, of a letter": "\U000e0100",
}


@pytest.mark.parametrize("sign", DANGEROUS.values(), ids=DANGEROUS.keys())
def test_nothing_that_steers_or_hides_gets_through(sign: str) -> None:
    assert sign not in printable(f"a{sign}b")
    assert one_line(f"a{sign}{sign}b") == "a b"


@pytest.mark.parametrize("sign", DANGEROUS.values(), ids=DANGEROUS.keys())
def test_what_was_there_is_told_apart(sign: str) -> None:
    said = printable(f"a{sign}b")

    assert (
        said == "a b"
        if sign.isspace()
        else said.encode("ascii").decode("unicode_escape") == f"a{sign}b"
    )


@pytest.mark.parametrize(
    "text",
    ["می‌خواهم", "क्‍ष", "❤️‍🔥", "1️⃣", "🏳️‍🌈", "👨🏽‍💻", "‼️", "葛\U000e0100", "©️", "ᠠ\u180b"],
)
def test_what_shapes_a_letter_or_an_emoji_stays_with_it(text: str) -> None:
    assert printable(text) == text
    assert one_line(text) == text


def test_letters_of_any_script_and_emoji_in_several_parts_stay() -> None:
    text = "лодка 👩‍🚀 é שלום 本 ﷽"

    assert printable(text) == text
    assert one_line(text) == text


def test_a_line_break_is_a_space_and_a_long_text_is_cut() -> None:
    assert printable("a\nb\tc\r\n") == "a b c  "
    assert page("a\n\x1bb\r\n") == "a\n\\x1bb \n"
    assert one_line("a\r\n\tb\n") == "a b"
    assert one_line("x" * 50, 10) == "x" * 9 + "…"


@settings(deadline=None)
@given(st.text(st.characters()))
def test_whatever_comes_in_what_goes_out_is_one_safe_line(text: str) -> None:
    for out in (printable(text), one_line(text)):
        assert not any(map(is_unsafe, out))
        assert printable(out) == out
        assert len(out.splitlines()) <= 1
        out.encode("utf-8")
        assert all(unicodedata.category(c) != "Cc" for c in out)


@given(st.text(max_size=40))
def test_of_a_text_that_may_be_shown_as_it_is_all_but_outer_space_is_visible(text):
    if printable(text) == text and not any("\ufe00" <= c <= "\ufe0f" for c in text):
        shaping = {"\u200c", "\u200d", "\u180b", "\u180c", "\u180d", "\u180f"}
        assert shaping & set(text) or visible(text) == text.strip()


@pytest.mark.parametrize("text", ["\u200b", "\u3164 ", " \ufe0f\t", "\u200d", "\u2800"])
def test_of_signs_without_a_shape_nothing_is_visible(text):
    assert visible(text) == ""
