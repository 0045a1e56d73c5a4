"""Names as whole words of a text."""

from __future__ import annotations

import random

import pytest

from daemon.jobfile.names_in_text import names_in


@pytest.mark.parametrize(
    ("text", "names", "found"),
    [
        ("Anna waves", ["Anna", "Ben"], ["Anna"]),
        ("over Anna's shoulder, Ben waves", ["Anna", "Ben"], ["Anna", "Ben"]),
        ("over Anna\u2019s shoulder", ["Anna"], ["Anna"]),
        ("the twins' mother, James' hat", ["James"], ["James"]),
        ("Annabel and Joanna", ["Anna"], []),
        ("anna waves", ["Anna"], []),
        ("ANNA_2 waves", ["ANNA"], []),
        ("(Anna:1.2), Ben-like", ["Anna", "Ben"], ["Anna", "Ben"]),
        ("Anna Maria waves", ["Anna", "Anna Maria"], ["Anna Maria"]),
        ("Anna Maria and Anna", ["Anna", "Anna Maria"], ["Anna", "Anna Maria"]),
        ("Anna Mariana", ["Anna", "Anna Maria"], ["Anna"]),
        ("Zoe\u0308 runs", ["Zoë"], ["Zoë"]),
        ("Zoë runs", ["Zoe"], []),
        ("Zoe\u0308 runs", ["Zoe"], []),
        ("Анна стоит у моря", ["Анна"], ["Анна"]),
        ("Анна-Мария, Жанна", ["Анна"], ["Анна"]),
        ("Жанна и ПоАнна", ["Анна"], []),
        ("安娜站在港口", ["安娜"], ["安娜"]),
        ("李明和李在说话", ["李", "李明"], ["李", "李明"]),
        ("李明在说话", ["李", "李明"], ["李明"]),
        ("アンナは海にいる", ["アンナ"], ["アンナ"]),
        ("안나는 바다에", ["안나"], ["안나"]),
        ("Anna在港口", ["Anna"], ["Anna"]),
        ("อันนายืน", ["อันนา"], ["อันนา"]),
        ("अन्नाी", ["अन्ना"], []),
        ("R2-D2 and C.3 rolls", ["R2-D2", "C.3"], ["R2-D2", "C.3"]),
        ("", ["Anna"], []),
    ],
)
def test_a_name_is_found_as_a_whole_word_in_any_script(
    text: str, names: list[str], found: list[str]
) -> None:
    assert list(names_in(text, names)) == found


def test_a_name_is_found_exactly_where_it_stands_between_what_are_no_letters() -> None:
    rng = random.Random(5)
    for _ in range(300):
        name = "".join(rng.choices("abcßçЖя", k=rng.randint(1, 4)))
        before, after = (
            rng.choice(["a", "é", "7", "_", "-", "'", "(", "\n"]),
            rng.choice(["b", "я", "0", "_", "!", "’", ")", "."]),
        )
        parted = all(not (each.isalnum() or each == "_") for each in before + after)

        assert bool(names_in(f"x {before}{name}{after} y", [name])) == parted, (before, name, after)
