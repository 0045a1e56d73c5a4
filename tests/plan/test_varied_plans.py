"""A job of many rows is one plan: each row's pictures, names and records, on disk and back."""

from __future__ import annotations

import itertools
import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.errors import JobError
from daemon.jobfile import Job, read_job
from daemon.jobfile.vary import Outside
from daemon.models.catalogue import DRY_RUN
from daemon.plan.input_pictures import as_inputs
from daemon.plan.output_names import outputs
from daemon.plan.plan import Plan, plan_from_json, plan_to_json
from daemon.plan.planner import PlanContext, make_plan
from daemon.protocol.render import KeptPicture
from daemon.settings import Settings


def job(text: str, file: str = "pier.yaml") -> Job:
    base = Settings(max_pictures=500).job_defaults
    outside = Outside(lambda _: ("dawn", "night"), random.Random(3))
    return read_job(text.encode(), file=file, base=base, outside=outside)


def plan(read: Job, **changes: Any) -> Plan:
    found = {named: KeptPicture(f"/store/{named.typed}", "f" * 64) for named in read.inputs}
    facts: dict[str, Any] = {
        "number": 42,
        "name": read.name or "pier",
        "project": "",
        "card": DRY_RUN,
        "inputs": as_inputs(read, found),
        "draw_seed": itertools.count(100).__next__,
        "stage": Path("/root/outbox/.stage"),
        "taken": lambda _: False,
    }
    return make_plan(read, PlanContext(**{**facts, **changes}))


def names(made: Plan) -> list[str]:
    return [picture.output for picture in made.pictures]


SIX = "prompt: Anna, {light}, {lens}\nvary: {light: [dawn, night], lens: [wide angle, tele, 35]}\n"


def test_files_are_named_by_what_varies() -> None:
    assert names(plan(job(SIX))) == [
        "pier/pier-dawn-wide-angle",
        "pier/pier-dawn-tele",
        "pier/pier-dawn-lens-35",
        "pier/pier-night-wide-angle",
        "pier/pier-night-tele",
        "pier/pier-night-lens-35",
    ]


def test_several_pictures_of_a_row_are_numbered_and_share_their_seeds_with_the_other_rows() -> None:
    made = plan(job("prompt: '{x}'\ncount: 2\nvary: {x: [a, b]}\n"))

    assert names(made) == ["pier/pier-a-01", "pier/pier-a-02", "pier/pier-b-01", "pier/pier-b-02"]
    assert [picture.render.seed for picture in made.pictures] == [100, 101, 100, 101]
    assert [picture.render.index for picture in made.pictures] == [1, 2, 3, 4]


def test_pictures_that_are_drawn_each_have_a_seed_of_their_own() -> None:
    made = plan(job("prompt: '{a|b} __x__'\ncount: 3\nprompt_syntax: a1111\n"))

    assert names(made) == ["pier/pier-01", "pier/pier-02", "pier/pier-03"]
    assert [picture.render.seed for picture in made.pictures] == [100, 101, 102]


@pytest.mark.parametrize(
    ("values", "called"),
    [
        ('["Dawn", "dawn"]', ["Dawn", "dawn-2"]),
        ('["caf\\u00e9", "cafe\\u0301"]', ["café", "café-2"]),
        ('["a/b", "a:b", "a b"]', ["a-b", "a-b-2", "a-b-3"]),
        ('["../x", "con", "..", "🚀"]', ["x", "con", "", "🚀"]),
        ('["", "?"]', ["", "2"]),
        ('["a-01", "a"]', ["a-01", "a"]),
        ('["x\\u202ey", "y"]', ["x_y", "y"]),
    ],
)
def test_labels_are_safe_file_names_and_clashes_get_numbers(values: str, called: list[str]) -> None:
    made = plan(job(f'{{"prompt": "a {{x}}", "vary": {{"x": {values}}}}}', "pier.json"))

    assert names(made) == ["pier/pier" + (f"-{label}" if label else "") for label in called]


def test_a_long_name_leaves_room_for_what_varies() -> None:
    rows = [("x" * 120, 100), ("y" * 120, 1)]
    made = outputs("ж" * 100, "", rows, lambda _: False)

    assert len(set(made)) == 101
    assert max(len(Path(one).name.encode()) for one in made) <= 200


def test_a_single_row_is_a_single_picture_under_the_jobs_own_name() -> None:
    made = plan(job("prompt: '{x}'\nname: Anna\nvary: {x: [a]}\n"))

    assert names(made) == ["Anna"]
    assert made.pictures[0].block["name"] == "Anna"


def test_a_taken_name_is_never_used_again() -> None:
    taken = {"pier/pier-dawn-tele"}
    assert names(plan(job(SIX), taken=taken.__contains__))[0] == "pier-2/pier-2-dawn-wide-angle"


def test_each_row_has_its_own_pictures_and_what_it_says_of_them() -> None:
    read = job(
        "prompt: '{x}'\nvary: [{x: a, image: one.png, strength: 0.5}, {x: b, size: 64x128}, "
        "{x: c, references: [two.png, three.png]}]\n"
    )
    first, second, third = (picture.render for picture in plan(read).pictures)

    assert first.image is not None
    assert (first.image.path, first.strength) == ("/store/one.png", 0.5)
    assert (second.width, second.height, second.inputs) == (64, 128, ())
    assert [one.source.path for one in third.references] == ["/store/two.png", "/store/three.png"]


def test_what_one_row_can_not_have_refuses_the_job_with_the_rows_line() -> None:
    with pytest.raises(JobError) as caught:
        plan(job("prompt: a\nimage: a.png\nvary:\n  strength:\n  - 0.5\n  - 0.01\n"))

    assert "no step at all" in caught.value.what
    assert caught.value.line == 6


def test_a_plan_on_disk_says_once_what_its_rows_share() -> None:
    made = plan(job(SIX + "notes: " + "n" * 5_000 + "\n"))
    body = plan_to_json(made)

    assert plan_from_json(json.loads(json.dumps(body))) == made
    assert len(json.dumps(body)) < 5_000 + 12_000
    assert "common" not in body  # an older Hotfolder refuses it, instead of taking row 1 for all


@pytest.mark.parametrize("row", [-1, 7, "0", None, True, 1.0])
def test_a_plan_with_a_row_that_is_not_there_is_no_plan(row: object) -> None:
    body = json.loads(json.dumps(plan_to_json(plan(job(SIX)))))
    body["pictures"][1]["row"] = row
    with pytest.raises(ValueError, match="plan"):
        plan_from_json(body)


WORDS = st.lists(
    st.text(min_size=1, max_size=8).filter(str.strip), min_size=1, max_size=3, unique=True
)


@settings(deadline=None)
@given(WORDS, st.lists(st.integers(1, 150), min_size=1, max_size=3, unique=True),
       st.integers(1, 2), st.sampled_from(["", "ink"]), st.sampled_from(["plain", "a1111"]))  # fmt: skip
def test_a_record_alone_makes_the_same_picture(
    words: list[str], steps: list[int], count: int, style: str, syntax: str
) -> None:
    body = {"prompt": "a {x} boat", "prompt_2": "{x}", "style": style, "count": count,
            "prompt_syntax": syntax, "vary": {"x": words, "steps": steps}}  # fmt: skip
    try:
        made = plan(job(json.dumps(body), "pier.json"))
    except JobError:  # a word may hold half a letter, or brackets that mean something
        return
    assert len(made.pictures) == len(words) * len(steps) * count
    assert len({name.casefold() for name in names(made)}) == len(made.pictures)
    assert plan_from_json(json.loads(json.dumps(plan_to_json(made)))) == made
    for picture in made.pictures:
        again = plan(job(json.dumps({"schema": 1, "job": picture.block}), "again.json"))
        (same,) = again.pictures
        assert same.render.sampling == picture.render.sampling
        assert (same.render.seed, same.render.emphasis) == (
            picture.render.seed, picture.render.emphasis,
        )  # fmt: skip
        assert {**same.block, "name": None} == {**picture.block, "name": None}
