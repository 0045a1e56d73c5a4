"""Our reader of YAML beside another, independent one of YAML 1.2: the same meaning, or a letter."""

from __future__ import annotations

import random

import pytest
from support.levels import SEED, counts
from support.yaml_peer import REFUSED, ours, same, some_file, theirs

from daemon.errors import JobError
from daemon.jobfile import read_job
from daemon.jobfile.document import read_table
from daemon.jobfile.tree import plain
from daemon.settings import Settings

FILES = counts(2_000, 20_000, 200_000)

BASE = Settings().job_defaults


def said(text: str) -> object:
    return plain(read_table(text.encode(), "a.yaml"))


def refusal(text: str) -> JobError:
    with pytest.raises(JobError) as caught:
        read_table(text.encode(), "a.yaml")
    return caught.value


def test_what_we_accept_means_what_another_reader_of_yaml_1_2_says() -> None:
    pytest.importorskip("yaml12", reason="py-yaml12 is not installed (make setup)")
    chance = random.Random(SEED)
    accepted = 0
    for _ in range(FILES):
        text = some_file(chance)
        mine = ours(text)
        if mine is not REFUSED:
            accepted += 1
            assert same(mine, theirs(text)), text
    assert accepted > FILES / 8  # or the files say nothing


# --- what ends a line, and what doesn't ---------------------------------------------------------------


@pytest.mark.parametrize("letter", ["\x85", "\u2028", "\u2029"])
@pytest.mark.parametrize(
    "text",
    [
        "prompt: a cat{}steps:3\n",
        "prompt: a cat{}on a mat\nseed: 1\n",
        'prompt: "a cat{}steps: 3"\n',
        "prompt: 'a cat{}steps: 3'\n",
        "prompt: |\n  a cat{}steps: 3\n",
        "prompt: >\n  a cat{}steps: 3\n",
        "{{prompt: a cat{}on a mat}}\n",
        "# a note{}steps: 3\nprompt: a cat\n",
        "prompt: a cat  # a note{}steps: 3\n",
    ],
)
def test_only_line_feeds_and_carriage_returns_end_a_line(text: str, letter: str) -> None:
    read = said(text.format(letter))

    assert isinstance(read, dict)
    assert set(read) <= {"prompt", "seed"}
    assert read["prompt"].startswith("a cat")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("letter", ["", "\x85", "\u2028", "\u2029", "\x85\u2028"])
def test_the_line_of_a_mistake_is_counted_as_an_editor_counts(letter: str, end: str) -> None:
    lines = (f"# a{letter}b", f"prompt: a{letter}b", f"notes: 'c{letter}d'", "seed: [1", "steps: 3")

    assert refusal(end.join(lines)).line == 4


def test_a_letter_that_looks_like_a_line_end_sets_no_key() -> None:
    for letter in "\x85\u2028\u2029":
        assert refusal(f"prompt: a cat{letter}steps: 3\n").key is None  # a second colon, no key


# --- the core schema ----------------------------------------------------------------------------------

WORDS = (
    *("yes", "no", "on", "off", "Yes", "NO", "y", "n", "12:30", "12:30:45", "1_000", "0b1", "1e3x"),
    *("=", "<<", "0o18", "0xg", "0X1F", "0O17", "2001-01-01", "1.2.3", "+", ".", "..", "nULL"),
    *("tRUE", ".infinity", "inf", "nan", "NaN", "+.nan", "1,000", "０", "١", "0²", "+-1", "--1", "1e", "e1", "++1", "-+1"),
)  # fmt: skip


@pytest.mark.parametrize("word", WORDS)
def test_words_that_only_older_yaml_twists_are_texts(word: str) -> None:
    assert said(f"notes: {word}\n") == {"notes": word}
    assert said(f"notes:\n- {word}\n- a: {word}\n") == {"notes": [word, {"a": word}]}


@pytest.mark.parametrize(
    ("written", "value"),
    [
        *(("1.5", 1.5), (".5", 0.5), ("1e1", 10.0), ("2.", 2.0), ("3", 3), ("+3", 3), ("-3", -3)),
        *(("0o17", 15), ("0x1f", 31), ("-0", 0), ("0.50", 0.5), ("0123", 123), ("-010", -10), ("01.5", 1.5), ("00", 0), ("+.5e-1", 0.05), ("1E+2", 100.0)),
        *(("true", True), ("TRUE", True), ("False", False), ("~", None), ("Null", None), ("", None)),
    ],
)  # fmt: skip
def test_numbers_and_constants_are_those_of_the_core_schema(written: str, value: object) -> None:
    read = said(f"notes: {written}\n")

    assert isinstance(read, dict)
    assert read["notes"] == value
    assert type(read["notes"]) is type(value)


@pytest.mark.parametrize(
    "written",
    [".inf", "-.INF", "+.Inf", ".nan", ".NaN", "1e400", "-1e999", "9" * 21, "1" * 500000, "0x" + "f" * 21, "0o" + "7" * 30]
)  # fmt: skip
@pytest.mark.parametrize("shape", ["seed: {}", "notes: [{}]", "notes: {{a: {}}}", "notes:\n  - {}"])
def test_numbers_nobody_can_be_sure_of_get_a_letter_that_names_the_key(
    written: str, shape: str
) -> None:
    error = refusal(f"prompt: x\n{shape.format(written)}\n")

    assert error.key
    assert error.line in (2, 3)


@pytest.mark.parametrize("written", ["010", "-01", "+00", "00", "01.5", "0123456789", "007e1"])
@pytest.mark.parametrize(
    "line", ["id: {}", "steps: {}", "seed: [1, {}]", "prompt: {}", "hires: {{scale: {}}}"]
)
def test_a_number_with_zeros_before_it_is_asked_about_where_a_picture_depends_on_it(
    written: str, line: str
) -> None:
    text = f"prompt: x\n{line.format(written)}\n"
    with pytest.raises(JobError, match="begins with a zero") as caught:
        read_job(
            text.removeprefix("prompt: x\n" * ("prompt" in line)).encode(), file="a.yaml", base=BASE
        )

    assert caught.value.key == line.partition(":")[0]
    assert f'"{written}"' in caught.value.remedy


def test_notes_carry_the_number_that_yaml_1_2_reads_and_say_so() -> None:
    job = read_job(b"prompt: x\nnotes: {shot: 010}\n", file="a.yaml", base=BASE)

    assert job.notes == {"shot": 10}
    assert "stays 010" in job.warnings[0]


# --- the whole stream -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "prompt: a\n---\nprompt: b\n",
        "prompt: a\n---\n---\nprompt: b\n",
        "prompt: a\n...\nprompt: b\n",
        "---\nprompt: a\n...\n---\n...\n# x\n---\nprompt: b\n",
        "prompt: a\n--- ~\n",
        "prompt: a\n--- 'b'\n",
        "prompt: a\n---\n- b\n",
        "--- {prompt: a}\n--- {prompt: b}\n",
    ],
)
def test_no_document_vanishes_behind_another(text: str) -> None:
    assert "several YAML documents" in refusal(text).what


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("prompt: a\n---\n", "2"),
        ("---\n---\nprompt: a\n", "1"),
        ("---\nprompt: a\n---\n# nothing\n---\n...\n", "3, 5"),
    ],
)
def test_an_empty_document_is_passed_over_and_named(text: str, lines: str) -> None:
    job = read_job(text.encode(), file="a.yaml", base=BASE)

    assert job.sampling.prompt == "a"
    assert f"line {lines})" in job.warnings[0]


@pytest.mark.parametrize(
    "text", ["---\nprompt: a\n...\n", "%YAML 1.2\n---\nprompt: a", "--- {prompt: a}"]
)
def test_the_marks_of_one_document_say_nothing(text: str) -> None:
    assert read_job(text.encode(), file="a.yaml", base=BASE).warnings == ()


@pytest.mark.parametrize(
    "text",
    [
        "prompt: a\n---\nprompt: [b\n",
        "%YAML 1.1\n---\nprompt: a\n",
        "%TAG ! x\n---\nprompt: a\n",
        "%YAML 1.2\nprompt: a\n",
        "prompt: a\n%YAML 1.2\n---\n",
        "prompt: a\n... b\n",
        "--- prompt: a\n",
    ],
)
def test_a_stream_that_is_not_whole_is_refused(text: str) -> None:
    assert refusal(text).line


# --- JSON ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        r'{"prompt": "a \ud83d\ude39 \u00e9 \" \\ \/ \b\f\n\r\t", "notes": ["\uD83D\uDE00"]}',
        '{\n\t"prompt": "a",\n\t"notes": {\n\t\t"b": [\n\t\t\t1,\n\t\t\t2\n\t\t]\n\t}\n}\n',
        '{"prompt":"a","steps":3,"notes":{"a":[],"b":{},"c":null,"d":-1.5e3,"e":true}}',
        '{"prompt": "a\u2028b", "notes": "\x7f"}'.replace("\x7f", "\u00a0"),
        '\ufeff{"prompt": "a"}',
        "{}",
    ],
)
def test_json_saved_under_a_name_of_yaml_means_the_same(text: str) -> None:
    assert said(text) == plain(read_table(text.encode(), "a.json"))


@pytest.mark.parametrize("half", [r"\ud83d", r"\ude39\ud83d", r"\ud83d x", r"\uD83D\u0041"])
@pytest.mark.parametrize("file", ["a.yaml", "a.json"])
def test_half_a_letter_is_refused_in_both(half: str, file: str) -> None:
    with pytest.raises(JobError, match="half of a letter"):
        read_table(f'{{"prompt": "{half}"}}'.encode(), file)
