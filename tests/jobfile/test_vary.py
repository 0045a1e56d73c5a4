"""What `vary` asks for is what is counted, filled in, set and called: no more, no less."""

from __future__ import annotations

import itertools
import json
import math
import random
import unicodedata
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.errors import DefaultsError, JobError, NotYetError, SettingsError
from daemon.jobfile import Job, read_job
from daemon.jobfile.vary import Outside
from daemon.settings import Settings, parse_settings

LISTS = {"lights.txt": ("dawn", "noon", "dusk", "night", "dusk"), "steps.txt": ("9", "12"),
         "empty.txt": (), "bad.txt": ("9", "nine")}  # fmt: skip


def lines(name: str) -> tuple[str, ...]:
    if name not in LISTS:
        raise NotYetError(f"The list {name} is not there.")
    return LISTS[name]


def job(text: str, file: str = "a.yaml", *, seed: int = 0, **more: Any) -> Job:
    base = Settings(max_pictures=60).job_defaults
    outside = Outside(lines, random.Random(seed))
    return read_job(text.encode(), file=file, base=base, outside=outside, **more)


def refusal(text: str, **more: Any) -> JobError:
    with pytest.raises(JobError) as caught:
        job(text, **more)
    return caught.value


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


# --- what is wrong --------------------------------------------------------------------------------

MANY = "\n".join(f"  {name}: [{', '.join(map(str, range(900)))}]" for name in "abc")
WRONG = {
    # text after `prompt: a {x}\n`: (line, in what, in why or remedy)
    "vary: {x: [1], lihgt: [2]}\n": (2, "`lihgt` of `vary` stands nowhere", "Write {lihgt}"),
    "vary: {y: [1]}\n": (2, "`y` of `vary` stands nowhere in the prompt", "{y}"),
    "vary:\n  xx: [1]\n": (3, "`xx` of `vary`", "Did you mean `x`?"),
    "vary: [{x: 1}, {steps: 2}]\n": (1, "needs `x`, and a row of `vary` has none", "every row"),
    "vary: {x: []}\n": (2, "`x` is an empty list", "values"),
    "vary: {}\n": (2, "`vary` is empty", "vary: {light:"),
    "vary: []\n": (2, "`vary` is empty", "vary: {light:"),
    "vary: light\n": (2, "must be a mapping of columns or a list", "vary: {light:"),
    "vary: [x]\n": (2, "Row 1 of `vary` must be a mapping", "{light: dawn}"),
    "vary: {x: dawn}\n": (2, "`x` must be a list of values", "x: [one, another]"),
    "vary:\n  x:\n  - a\n  - [b]\n": (5, "`x` holds no text here", "a text"),
    "vary:\n  x:\n  - a\n  -\n": (5, "`x` holds nothing here", '""'),
    "vary: {x: [a, b, a]}\n": (2, "`x` holds a twice", "same picture"),
    "vary: [{x: 1}, {x: 1}]\n": (2, "twice", "same picture"),
    f"vary:\n  x: [1]\n{MANY}\n": (2, "asks for 729,000,000 pictures", "max_pictures"),
    "count: 31\nvary: {x: [1, 2]}\n": (3, "asks for 62 pictures (2 rows of 31)", "max_pictures"),
    "vary: {x: [1], steps: [5, nine]}\n": (2, "`steps` must be a whole number", "digits"),
    "vary: {x: [1], steps: [010]}\n": (2, "begins with a zero", "YAML 1.2"),
    "steps: 9\nvary: {x: [1], steps: [5, 6]}\n": (3, "`steps` varies, and `steps`", "Keep one"),
    "cfg: 9\nvary: {x: [1], guidance: [5, 6]}\n": (3, "`cfg` stands in the job", "Keep one"),
    "size: 9x9\nvary: {x: [1], aspect: [1]}\n": (3, "stands beside both", "Keep"),
    "vary: {x: [1], count: [5, 6]}\n": (2, "`count` can't vary", "same number"),
    "vary: {x: [1], seed: [[5, 6]]}\n": (2, "`seed` can't vary", "one number"),
    "vary: {x: [1], model: [sketch]}\n": (2, "`model` can't vary", "a file for each"),
    "vary: {x: [1], vary: [2]}\n": (2, "", ""),
    "vary: {x: [1], shots: [2]}\n": (2, "`shots`", ""),
    "vary: {x: {pick: 9, of: lights.txt}}\n": (2, "picks 9 of 4", "fewer"),
    "vary: {x: {pick: 0, of: lights.txt}}\n": (2, "`pick` must be a whole number", ""),
    "vary: {x: {pick: 2}}\n": (2, "has no `of`", "{pick: 4"),
    "vary: {x: {pck: 2, of: lights.txt}}\n": (2, "`pck` says nothing", "`pick`"),
    "vary: {x: {pick: 2, of: []}}\n": (2, "`of` is an empty list", ""),
    "prompt_2: '{x}'\nvary: {x: [a, ' ']}\n": (2, "`prompt_2` is empty once", "beside"),
    "vary: {x: empty.txt}\n": (2, "holds no line", ""),
    "vary: {x: nowhere.txt}\n": (2, "nowhere.txt is not there", ""),
    "vary: {x: [1], steps: bad.txt}\n": (2, "`steps` must be a whole number", ""),
}  # fmt: skip


@pytest.mark.parametrize("rest", WRONG, ids=[text[:40] for text in WRONG])
def test_what_can_not_vary_is_said_with_its_line_and_what_to_do(rest: str) -> None:
    line, what, more = WRONG[rest]
    error = refusal("prompt: a {x}\n" + rest)

    assert error.line == line
    assert what in error.what
    assert more in f"{error.why} {error.remedy}"


@pytest.mark.parametrize(
    ("prompt", "what", "remedy"),
    [
        ("a {2$$red|blue}", "$$", "{one|another}"),
        ("a {0.5::red|blue}", "0.5::", "{one|another}"),
        ("a __*__", "*", "colours.txt"),
        ("a __empty__", "no line", ""),
        ("a __nowhere__", "nowhere.txt", ""),
    ],
)
def test_what_other_tools_draw_by_is_refused_by_name(prompt: str, what: str, remedy: str) -> None:
    error = refusal(json.dumps({"prompt": prompt, "prompt_syntax": "a1111"}), file="a.json")

    assert what in error.what
    assert remedy in error.remedy
    assert error.key == "prompt"


def test_a_list_that_leads_to_itself_is_an_error() -> None:
    LISTS["round.txt"] = ("__round__",)
    error = refusal('{"prompt": "__round__", "prompt_syntax": "a1111"}', file="a.json")

    assert "without an end" in error.what


@pytest.mark.parametrize("key", ["vary: {steps: [1, 2]}", "prompt: x", "id: x", "parent: 3"])
def test_what_is_one_jobs_own_can_not_be_a_default(key: str) -> None:
    name = key.partition(":")[0]
    with pytest.raises(DefaultsError) as caught:
        job("prompt: x\n", defaults=[("ep/_defaults.yaml", key.encode())])
    assert f"`{name}` can't be a default" in caught.value.what
    with pytest.raises(SettingsError, match=f"`{name}` can't be a default"):
        parse_settings(f"defaults:\n  {key}\n".encode())


def test_a_default_prompt_is_told_of_style() -> None:
    with pytest.raises(DefaultsError) as caught:
        job("prompt: x\n", defaults=[("ep/_defaults.yaml", b"steps: 9\nprompt: pencil\n")])

    assert (caught.value.file, caught.value.line) == ("ep/_defaults.yaml", 2)
    assert "`style`" in caught.value.remedy
