"""One more take of a picture has the next number of its shot, and none that a board may give."""

from __future__ import annotations

from dataclasses import replace

import pytest

from daemon.jobfile import Job, read_job
from daemon.plan.output_names import outputs
from daemon.plan.remakes import remade
from daemon.plan.takes import take_of, without_take
from daemon.root.inbox_places import AGAIN, MORE
from daemon.settings import Settings

PASS = Settings().final_pass


def job(name: str | None, **board: object) -> Job:
    whole = read_job(b"prompt: a moon\nseed: 7\n", file="a.yaml", base=Settings().job_defaults)
    return replace(whole, name=name, board=board or None)


BARE = [
    ("060-2", {"shot": "060", "take": 2}, "060"),
    ("060", {"shot": "060", "take": 1}, "060"),
    ("060-v2-3", {"shot": "060", "take": 3, "version": 2}, "060-v2"),
    ("060-v2", {"shot": "060", "take": 2, "version": 2}, "060-v2"),
    ("sc-1", {"shot": "sc-1", "take": 1}, "sc-1"),
    ("sc-1-1", {"shot": "sc-1", "take": 1}, "sc-1"),
    ("010-dawn-2", {"shot": "010", "take": 2, "row": "dawn"}, "010-dawn"),
    ("020-5", {"shot": "020", "take": 5, "row": "5"}, "020-5"),
    ("020-5-5", {"shot": "020", "take": 5, "row": "5"}, "020-5"),
    ("020-v3-5", {"shot": "020", "take": 5, "row": "5", "version": 3}, "020-v3-5"),
    ("010-6", {"shot": "010", "take": 4, "row": ""}, "010"),
    ("010-6", {"shot": "010", "take": 4}, "010-6"),
    ("sea-dawn-6", {"shot": "sea", "take": 4, "row": "dawn"}, "sea-dawn"),
    ("060-1-2", {"shot": "060", "take": 1, "row": ""}, "060-1-2"),
    ("a-b-2", {"shot": "a/b", "take": 2}, "a-b"),
    ("renamed-2", {"shot": "060", "take": 2}, "renamed-2"),
    ("060-2", {"shot": "060", "take": "2"}, "060-2"),
    ("060-2", {"shot": "060", "take": True}, "060-2"),
    ("060-2", {"shot": "060"}, "060-2"),
    ("060-0", {"shot": "060", "take": 0}, "060-0"),
]


@pytest.mark.parametrize(("name", "board", "bare"), BARE)
def test_the_number_of_a_take_is_told_from_the_names_of_shot_and_row(
    name: str, board: dict[str, object], bare: str
) -> None:
    assert without_take(name, board) == bare


MORE_TAKES = [
    # (name of the picture, what its record says, what there is beside it, the new name)
    ("060-1", {"shot": "060", "take": 1, "takes": 3}, [], "060-4"),
    ("060-1", {"shot": "060", "take": 1, "takes": 3}, ["060-4", "060-5"], "060-6"),
    ("060-1", {"shot": "060", "take": 1, "takes": 3}, ["060-9"], "060-4"),
    ("060-1", {"shot": "060", "take": 1}, ["060-2", "060-3"], "060-4"),
    ("060", {"shot": "060", "take": 1, "takes": 1}, [], "060-2"),
    ("060-5", {"shot": "060", "take": 5, "takes": 3}, [], "060-6"),
    ("060-v2-1", {"shot": "060", "take": 1, "takes": 2, "version": 2}, [], "060-v2-3"),
    ("sea-dawn-2", {"shot": "sea", "take": 2, "takes": 2, "row": "dawn"}, [], "sea-dawn-3"),
    ("020-5", {"shot": "020", "take": 1, "takes": 1, "row": "5"}, [], "020-5-2"),
    ("060-1", {"shot": "060", "take": 1, "takes": "many"}, [], "060-2"),
]


@pytest.mark.parametrize(("name", "board", "there", "expected"), MORE_TAKES)
@pytest.mark.parametrize("project", ["", "ep"])
def test_more_of_a_board_s_picture_is_its_next_take_and_so_is_more_of_that(
    name: str, board: dict[str, object], there: list[str], expected: str, project: str
) -> None:
    taken = {f"{project}/{one}".strip("/") for one in (name, *there)}
    more = remade(job(name, key="k", **board), MORE, PASS, of_picture=True, stem=name)
    assert more.seeds is None
    found = take_of(more, more.name or "", project, taken.__contains__)
    assert found is not None
    assert found.output == f"{project}/{expected}".strip("/")
    assert found.name == expected
    assert "key" not in found.board
    number = int(expected.rpartition("-")[2])
    assert found.board["take"] == number

    taken.add(found.output)
    again = replace(more, name=found.name, board=found.board)
    once_more = remade(again, MORE, PASS, of_picture=True, stem=expected)
    further = take_of(once_more, once_more.name or "", project, taken.__contains__)
    assert further is not None
    assert int(further.name.rpartition("-")[2]) > number
    assert further.name.rpartition("-")[0] == expected.rpartition("-")[0]


def test_a_board_s_own_take_whose_name_is_taken_has_the_next_number_and_again_is_no_take() -> None:
    own = replace(job("060-2", shot="060", take=2, takes=2), id="ep/060@1.2")
    assert take_of(own, "060-2", "", lambda _: False) is None
    found = take_of(own, "060-2", "", {"060-2", "060-3"}.__contains__)
    assert found is not None
    assert (found.output, found.board) == ("060-4", own.board)
    again = remade(replace(own, id=None), AGAIN, PASS, of_picture=True, stem="060-2")
    assert take_of(again, "060-2", "", lambda _: True) is None


@pytest.mark.parametrize(("name", "stem"), [(None, "moon"), ("moon", "moon-2"), ("moon", "best")])
def test_more_of_any_other_picture_goes_by_the_name_that_the_first_one_had(
    name: str | None, stem: str
) -> None:
    more = remade(job(name), MORE, PASS, of_picture=True, stem=stem)
    assert more.name == "moon"
    assert take_of(more, "moon", "", lambda _: True) is None


def test_more_of_one_picture_of_several_lies_beside_the_folder_of_its_job() -> None:
    """Whose pictures stay those that it made."""
    more = remade(job(None), MORE, PASS, of_picture=True, stem="set-01")
    there = {"set", "set/set-01", "set/set-02"}
    assert take_of(more, "set-01", "ep", there.__contains__) is None
    assert outputs(more.name or "", "ep", [("", 1)], there.__contains__) == ("ep/set-01",)
    there.add("ep/set-01")
    assert outputs(more.name or "", "ep", [("", 1)], there.__contains__) == ("ep/set-01-2",)
