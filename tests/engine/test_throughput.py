"""How many pictures share a call: as many as are measured to pay, tried one by one."""

from __future__ import annotations

import json

import pytest

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]

SIZE = (768, 768)


def curve(file=None, **given):
    from daemon.engine.sdxl.batching.throughput import Curve

    return Curve(file, **given)


def flat(_rows: int) -> float:
    return 1.0


def fly(known, seconds, waiting: int = 8, calls: int = 60) -> list[int]:
    """How many of so many waiting guided pictures each call took, on a device where a call of n
    rows takes `seconds(n)`."""
    taken = []
    for _ in range(calls):
        number = known.together(SIZE, [2] * waiting)
        known.note(SIZE, 2 * number, seconds(2 * number))
        taken.append(number)
    return taken


def test_where_a_call_costs_the_same_for_all_of_them_they_all_fly_together() -> None:
    taken = fly(curve(), flat)
    assert taken[0] == 1
    assert taken == sorted(taken)  # one more at a time
    assert taken[-1] == 8


def test_where_a_call_costs_by_the_row_they_fly_alone() -> None:
    taken = fly(curve(), lambda rows: rows * 0.5)
    assert max(taken) <= 8
    assert taken[-1] == 1


def test_where_three_are_best_three_fly() -> None:
    taken = fly(curve(), lambda rows: 1.0 + max(0, rows - 6) * 0.8)
    assert taken[-1] == 3
    assert max(taken) == 4  # more than that was never tried


def test_a_shared_call_that_costs_more_than_turns_is_tried_four_times_and_no_more() -> None:
    taken = fly(curve(), lambda rows: float(rows * rows))
    assert taken.count(2) == 4  # the first of a shape does not count
    assert taken[-1] == 1
    assert 3 not in taken


def test_a_number_that_is_a_little_worse_does_not_hide_a_better_one_behind_it() -> None:
    """Three pictures may not divide well among two processors, and four may."""
    taken = fly(curve(), lambda rows: {2: 1.0, 4: 1.5, 6: 2.4, 8: 2.5}.get(rows, 9.0))
    assert taken[-1] == 4
    assert max(taken) == 5


def test_two_numbers_that_share_badly_do_not_hide_that_many_share_well() -> None:
    """What one picture has for itself, two and three lose, and eight win back several times over."""
    taken = fly(curve(), lambda rows: {2: 1.0, 4: 2.2, 6: 3.3, 8: 4.4}.get(rows, 4.8))
    assert taken[-1] == 8
    assert not {5, 6, 7} & set(taken), (
        "every number was tried between two that are worse and better"
    )


@pytest.mark.parametrize("worse", [1.05, 1.1, 1.19])
def test_where_sharing_never_pays_few_numbers_are_tried(worse: float) -> None:
    taken = fly(
        curve(), lambda rows: rows * 0.5 * (1 if rows == 2 else worse), waiting=64, calls=99
    )
    assert taken[-1] == 1
    assert {number for number in taken if number > 3} == {4, 8, 16, 32, 64}


def test_what_did_not_pay_is_tried_again_after_a_thousand_calls() -> None:
    """It may have been a busy moment."""
    known = curve()
    taken = fly(known, lambda rows: float(rows * rows), calls=100)
    assert taken[4:8] == [2] * 4
    assert set(taken[8:]) == {1}
    later = fly(known, flat, calls=1100)
    assert set(later[:800]) == {1}
    assert later[-1] == 8


def test_one_slow_call_does_not_spoil_what_is_known() -> None:
    known = curve()
    fly(known, flat)
    known.note(SIZE, 16, 90.0)
    assert known.together(SIZE, [2] * 8) == 8


def test_sizes_are_learnt_apart() -> None:
    known = curve()
    fly(known, flat)
    assert known.together((1024, 1024), [2] * 8) == 1


def test_unguided_pictures_count_for_one_row() -> None:
    known = curve()
    for rows in (2, 3):
        for _ in range(4):
            known.note(SIZE, rows, 1.0)
    assert known.together(SIZE, [2, 1]) == 2


def test_what_did_not_fit_into_memory_is_not_tried_again() -> None:
    known = curve(always=True)
    assert known.together(SIZE, [2] * 8) == 8
    known.too_many(SIZE, 16)
    assert known.together(SIZE, [2] * 8) == 7
    known.too_many(SIZE, 2)
    assert known.together(SIZE, [2] * 8) == 1


def test_a_machine_is_learnt_once(tmp_path) -> None:
    file = tmp_path / "pace" / "a.json"
    known = curve(file)
    fly(known, flat)
    known.save()
    assert json.loads(file.read_bytes()).keys() == {"768x768"}
    assert curve(file).together(SIZE, [2] * 8) == 8


@pytest.mark.parametrize("text", ["", "{", "[]", '{"a": 1}', '{"8x8": {"2": "x"}}', "null"])
def test_a_spoilt_file_is_as_good_as_none(tmp_path, text) -> None:
    file = tmp_path / "a.json"
    file.write_text(text)
    assert curve(file).together(SIZE, [2] * 8) == 1


def test_a_disk_that_refuses_costs_nothing_but_memory(tmp_path) -> None:
    (tmp_path / "pace").write_text("in the way")
    known = curve(tmp_path / "pace" / "a.json")
    fly(known, flat)
    known.save()
    assert known.together(SIZE, [2] * 8) == 8
