"""What `vary` asks for is what is counted, filled in, set and called: no more, no less."""

from __future__ import annotations

import itertools
import json
import math
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.varying import LISTS, job

from daemon.jobfile import Job


def prompts(read: Job) -> list[str]:
    return [row.job.sampling.prompt for row in read.parts]


def labels(read: Job) -> list[str]:
    return [row.label for row in read.parts]


# --- rows -----------------------------------------------------------------------------------------


def test_a_mapping_is_every_combination_and_the_first_column_changes_slowest() -> None:
    read = job("prompt: pier, {light}, {lens}\nvary: {light: [dawn, night], lens: [wide, tele]}\n")

    assert prompts(read) == [
        "pier, dawn, wide",
        "pier, dawn, tele",
        "pier, night, wide",
        "pier, night, tele",
    ]
    assert labels(read) == ["dawn-wide", "dawn-tele", "night-wide", "night-tele"]
    assert read.pictures == 4


def test_a_list_is_exactly_its_rows() -> None:
    read = job(
        "prompt: pier, {light}, {lens}\n"
        "vary: [{light: dawn, lens: wide}, {light: night, lens: tele}]\n"
    )

    assert prompts(read) == ["pier, dawn, wide", "pier, night, tele"]


@pytest.mark.parametrize("key", ["guidance_scale", "cfg", "Guidance-Scale"])
def test_a_key_of_a_job_is_set_however_it_is_called(key: str) -> None:
    read = job(f"prompt: pier\nvary: {{{key}: [5, 7.5]}}\n")

    assert [row.job.sampling.guidance_scale for row in read.rows] == [5, 7.5]
    assert labels(read) == [f"{key}-5", f"{key}-7.5"]


@pytest.mark.parametrize(
    ("column", "field", "values"),
    [
        ("preset: [fast, quality]", "preset", ["fast", "quality"]),
        ("aspect: ['16:9', '1:1']", "aspect", [(16, 9), (1, 1)]),
        ("size: [512x256, 256x512]", "width", [512, 256]),
        ("seed: [3, 5]", "seeds", [(3,), (5,)]),
        ("notes: [a, {b: c}]", "notes", ["a", {"b": "c"}]),
    ],
)
def test_what_a_row_sets_counts_as_if_it_were_typed_there(
    column: str, field: str, values: list[object]
) -> None:
    read = job(f"prompt: pier\nvary:\n  {column}\n")

    assert [getattr(row.job, field) for row in read.rows] == values


def test_a_row_is_the_same_job_as_the_file_that_says_what_it_says() -> None:
    varied = job("prompt: a {what}\nsteps: 9\nvary: {what: [boat, cat], preset: [fast, quality]}\n")

    for row, (what, preset) in zip(
        varied.rows, itertools.product(["boat", "cat"], ["fast", "quality"]), strict=True
    ):
        typed = job(f"prompt: a {what}\nsteps: 9\npreset: {preset}\n")
        assert row.job.sampling == typed.sampling
        assert (row.job.width, row.job.preset) == (typed.width, typed.preset)


def test_a_column_that_stands_in_braces_is_a_word_even_if_a_key_is_called_so() -> None:
    read = job("prompt: a {size} {name}\nvary: {size: [small, big], name: [cat]}\n")

    assert prompts(read) == ["a small cat", "a big cat"]
    assert {row.job.width for row in read.rows} == {768}


def test_words_are_filled_in_as_they_are_typed() -> None:
    read = job("prompt: '.{n}'\nvary:\n  n: [010, true, 1.50, '', \"{n}\"]\n")

    assert prompts(read) == [".010", ".true", ".1.50", ".", ".{n}"]


def test_every_prompt_is_filled_in_and_the_style_too() -> None:
    read = job(
        "prompt: a {x}\nprompt_2: b {x}\nnegative: c {x}\nnegative_prompt_2: d {x}\nstyle: e {x}\n"
        "vary: {x: [1, 2]}\n"
    )
    said = read.rows[1].job.sampling

    assert (said.prompt, said.prompt_2) == ("a 2, e 2", "b 2, e 2")
    assert (said.negative_prompt, said.negative_prompt_2) == ("c 2", "d 2")


def test_braces_in_braces_stay_and_so_do_those_around_no_name() -> None:
    read = job("prompt: '{x} {{x}} {} {a, b} {'\nvary: {x: [1, 2]}\n")

    assert prompts(read)[0] == "1 {x} {} {a, b} {"


def test_every_row_has_the_same_seeds_so_that_rows_can_be_compared() -> None:
    read = job("prompt: a {x}\nseed: 7\ncount: 3\nvary: {x: [1, 2]}\n")

    assert [row.job.seeds for row in read.rows] == [(7, 8, 9)] * 2
    assert read.pictures == 6


def test_json_varies_as_well() -> None:
    body = {"prompt": "a {x}", "vary": {"x": [1, True, 2.5, "y"]}}

    assert prompts(job(json.dumps(body), "a.json")) == ["a 1", "a true", "a 2.5", "a y"]


WORD = st.text(st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="\ufeff"),
               min_size=1, max_size=12)  # fmt: skip


@settings(deadline=None)
@given(st.lists(st.lists(WORD, min_size=1, max_size=4, unique=True), min_size=1, max_size=2))
def test_the_number_of_pictures_is_the_product_and_no_column_is_left_in_braces(
    columns: list[list[str]],
) -> None:
    names = ["one", "two"][: len(columns)]
    prompt = "a boat " + " ".join("{" + name + "}" for name in names)
    body = {"prompt": prompt, "vary": dict(zip(names, columns, strict=True))}
    read = job(json.dumps(body), "a.json")

    assert read.pictures == math.prod(map(len, columns))
    found = [text.removeprefix("a boat ") for text in prompts(read)]
    assert found == [" ".join(row) for row in itertools.product(*columns)]
    alike = {unicodedata.normalize("NFC", label).casefold() for label in labels(read)}
    assert len(alike) == len(read.parts)
    assert not any(set(label) & set('/\\:*?"<>|\n') for label in labels(read))


# --- lists, and chance ------------------------------------------------------------------------------


def test_a_list_gives_a_value_a_line_and_the_same_line_once() -> None:
    assert prompts(job("prompt: '{x}'\nvary: {x: lights.txt}\n")) == [
        "dawn",
        "noon",
        "dusk",
        "night",
    ]
    steps = job("prompt: a\nvary: {steps: steps.txt}\n")
    assert [row.job.sampling.steps for row in steps.rows] == [9, 12]


def test_some_are_taken_by_chance_in_the_order_of_the_list() -> None:
    text = "prompt: '{x}'\nvary: {x: {pick: 3, of: lights.txt}}\n"
    drawn = {tuple(prompts(job(text, seed=seed))) for seed in range(40)}

    assert drawn == set(itertools.combinations(["dawn", "noon", "dusk", "night"], 3))
    assert prompts(job(text, seed=1)) == prompts(job(text, seed=1))


def test_alternatives_and_wildcards_are_drawn_for_each_picture_where_their_syntax_is_asked_for(
) -> None:  # fmt: skip
    text = "prompt: a {red|{dark|light} blue} boat, __lights__\ncount: 40\nprompt_syntax: a1111\n"
    read = job(text + "seed: 5\n")

    colours, lights = zip(
        *(one.removeprefix("a ").split(" boat, ") for one in prompts(read)), strict=True
    )
    assert set(colours) == {"red", "dark blue", "light blue"}
    assert set(lights) <= set(LISTS["lights.txt"])
    assert len(set(lights)) > 1
    assert [row.job.seeds for row in read.rows] == [(5 + take,) for take in range(40)]
    assert [row.take for row in job(text).rows] == list(range(40))


@pytest.mark.parametrize("prompt", ["a {red} (boat:1.2)", "a {b", "a | b", "a__b__c"])
def test_what_is_no_alternative_stays_under_their_syntax_too(prompt: str) -> None:
    (one,) = job(json.dumps({"prompt": prompt, "prompt_syntax": "a1111"}), "a.json").parts

    assert one.job.sampling.prompt == prompt
