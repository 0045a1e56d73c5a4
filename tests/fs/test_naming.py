"""The next free number: found soon, however many are taken."""

from __future__ import annotations

import pytest

from daemon.fs.naming import ONE_BY_ONE, first_free, free_name


@pytest.mark.parametrize("taken", [0, 1, 5, ONE_BY_ONE - 1, ONE_BY_ONE, 17, 31, 32, 33, 100, 4097])
def test_the_number_after_an_unbroken_run_is_found(taken):
    assert first_free(lambda number: number > taken) == taken + 1


def test_a_hundred_thousand_names_are_not_tried_one_by_one():
    asked = []

    def is_free(number):
        asked.append(number)
        return number > 100_000

    assert first_free(is_free) == 100_001
    assert len(asked) < 60


def test_an_early_gap_is_filled_and_a_late_one_gives_some_free_number():
    assert first_free(lambda number: number == 3 or number > 50) == 3
    holes = {40, 70}
    found = first_free(lambda number: number in holes or number > 100)
    assert found in holes | {101}


def test_there_may_be_no_free_number():
    assert first_free(lambda _: False) is None


def test_the_hundredth_file_of_one_name_has_the_hundredth_name(tmp_path):
    for _ in range(100):
        free_name(tmp_path, "a.yaml").touch()

    assert free_name(tmp_path, "a.yaml").name == "a-101.yaml"
