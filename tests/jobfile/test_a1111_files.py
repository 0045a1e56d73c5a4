"""A text file with A1111's text is the one job that it describes, and never a board of its lines."""

from __future__ import annotations

import random

import pytest
from support.foreign_pictures import PLAIN

from daemon.boards.read import table_of_board
from daemon.errors import IsABoardError, JobError
from daemon.jobfile import Job, read_job
from daemon.jobfile.overlay import overlaid
from daemon.jobfile.plain_text import words_of
from daemon.jobfile.vary import Outside
from daemon.settings import Settings


def read(text: str | bytes, **more: Outside) -> Job:
    data = text if isinstance(text, bytes) else text.encode()
    return read_job(data, file="00012-7.txt", base=Settings().job_defaults, **more)


def refusal(text: str) -> JobError:
    with pytest.raises(JobError) as caught:
        read(text)
    assert not isinstance(caught.value, IsABoardError)
    return caught.value


WHOLE = {
    "as A1111 saves it": f"a (boat:1.2)\nNegative prompt: fog\n{PLAIN}",
    "no negative prompt": f"a (boat:1.2)\n{PLAIN}",
    "no settings": "a (boat:1.2)\nNegative prompt: fog",
    "typed by hand": f"a (boat:1.2)\nnegative prompt: fog\n{PLAIN}",
    "typed by hand, no settings": "a (boat:1.2)\n NEGATIVE PROMPT: fog",
    "blank lines": f"\n\na (boat:1.2)\n\nNegative prompt: fog\n\n{PLAIN}\n\n",
    "Windows' lines": f"a (boat:1.2)\r\nNegative prompt: fog\r\n{PLAIN}\r\n",
    "other settings first": "a (boat:1.2)\nNegative prompt: fog\nSize: 512x768, Seed: 1, Steps: 20, "
    "Sampler: Euler, CFG scale: 7",
    "SD.Next": "a (boat:1.2)\nNegative prompt: fog\nSteps: 20| Size: 512x768| Sampler: Euler| "
    "CFG scale: 7| Seed: 1| App: SD.Next",
    "settings in quotes": f'a (boat:1.2)\nNegative prompt: fog\n{PLAIN}, Old: "x\nNegative prompt: y\n'
    'Steps: 3, Sampler: Heun, Seed: 5\ny"',
    "lines after it": f"a (boat:1.2)\nNegative prompt: fog\n{PLAIN}\nTemplate: x",
}


@pytest.mark.parametrize("text", WHOLE.values(), ids=WHOLE)
@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "utf-16"])
def test_it_is_the_job_that_it_describes(text: str, code: str) -> None:
    read_back = read(text.encode(code))
    found = read_back.sampling

    assert (found.prompt, read_back.prompt_syntax) == ("a (boat:1.2)", "a1111")
    assert found.negative_prompt == ("fog" if "fog" in text else "")
    if "Steps" in text:
        assert (found.steps, found.sampler, read_back.seeds) == (20, "euler", (1,))
        assert (read_back.width, read_back.height) == (512, 768)


@pytest.mark.parametrize(
    "prompt",
    ["# no comment\na boat", "010 a boat\n020 a sea", "- a boat\n- a sea", "prompt: a boat\nsteps: 3",
     "a boat --steps 3", "Model: Anna, Version: 2", "a sign\nSteps: 3, easy ones", "a, b,\n\nc BREAK d"],
)  # fmt: skip
def test_its_prompt_is_every_letter_of_it(prompt: str) -> None:
    found = read(f"{prompt}\nNegative prompt: {prompt}\n{PLAIN}")
    alone = read(f"{prompt}\n{PLAIN}")

    assert (found.sampling.prompt, found.sampling.negative_prompt) == (prompt, prompt)
    assert (alone.sampling.prompt, alone.seeds) == (prompt, (1,))


def test_each_setting_without_a_use_is_a_warning() -> None:
    told = read(f"a boat\n{PLAIN}, Model: dreams, ENSD: 31337").warnings

    assert [setting in text for setting, text in zip(("dreams", "ENSD"), told, strict=True)]


def test_what_was_drawn_is_not_drawn_again() -> None:
    outside = Outside(chance=random.Random(1))

    assert read(f"a {{red|blue}} boat\n{PLAIN}", outside=outside).sampling.prompt == (
        "a {red|blue} boat"
    )


def test_a_mistake_is_found_in_its_line() -> None:
    assert (error := refusal(f"a boat\n\nNegative prompt: a [b:c:0.5]\n{PLAIN}")).line == 3
    assert "can't be used" in error.what
    assert refusal("a boat\nNegative prompt: fog\nSteps: 999, Sampler: Euler, Seed: 1").line == 3


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"a boat\n{PLAIN}\n\na car\n{PLAIN}", 5),
        (f"a boat\nNegative prompt: fog\n{PLAIN}\n\na car\nNegative prompt: rain\n{PLAIN}", 6),
        ("a boat\nNegative prompt: fog\n\na car\nNegative prompt: rain", 5),
    ],
)
def test_several_in_one_file_are_refused_with_the_line_of_the_second(text: str, line: int) -> None:
    error = refusal(text)

    assert ("texts of 2 pictures" in error.what, error.line, bool(error.remedy)) == (
        True,
        line,
        True,
    )
    with pytest.raises(JobError, match="texts of 2 pictures"):
        table_of_board(text.encode(), "board.txt")


@pytest.mark.parametrize(
    "text",
    [
        "010 Model: Anna, Size: large\n020 a boat",
        "a boat\nSteps: a staircase",
        "a boat\nSize: 3, Version: 2",
    ],
)
def test_shots_that_only_sound_like_it_stay_shots(text: str) -> None:
    with pytest.raises(IsABoardError):
        read(text)


def test_beside_a_drawing_or_among_shots_it_is_refused() -> None:
    for look in (words_of, lambda data: table_of_board(data, "board.txt")):
        with pytest.raises(JobError, match="as AUTOMATIC1111 writes it") as caught:
            look(f"a boat\nNegative prompt: fog\n{PLAIN}".encode())
        assert (caught.value.line, bool(caught.value.remedy)) == (2, True)


@pytest.mark.parametrize("file", ["a.yaml", "a.yml", "a.json"])
@pytest.mark.parametrize("before", ["a boat\nNegative prompt: fog\n", "a boat\n", "a: b, c\n"])
def test_under_the_ending_of_a_file_with_keys_it_is_told_by_what_it_is(
    file: str, before: str
) -> None:
    with pytest.raises(JobError, match="as AUTOMATIC1111 writes it") as caught:
        read_job(f"{before}{PLAIN}".encode(), file=file, base=Settings().job_defaults)
    assert (caught.value.line, ".txt" in caught.value.remedy) == (before.count("\n") + 1, True)


SEVERAL = ("010 a castle\n020 a house\n{}\n030 a cat", "- a castle\n{}\n- a house", "a castle\n{}\na house",
           "INT. HOUSE - DAY\n\nANNA\nHello.\n{}", "prompt: a cat\n{}\nsteps: 20", "{}\na cat\na dog")  # fmt: skip


@pytest.mark.parametrize("lines", SEVERAL)
@pytest.mark.parametrize("negative", ["Negative prompt: blurry", "negative prompt: dog"])
def test_without_settings_several_lines_are_no_picture(lines: str, negative: str) -> None:
    error = refusal(lines.format(negative))

    assert ("may be shots or keys" in error.what, "_defaults.yaml" in error.remedy) == (True, True)
    assert error.line == lines.split("{}")[0].count("\n") + 1


def test_what_is_typed_by_hand_is_drawn() -> None:
    outside = Outside(chance=random.Random(1))
    job = read("a {red|blue} boat\nNegative prompt: {fog|rain}", outside=outside)

    assert job.sampling.prompt in ("a red boat", "a blue boat")
    assert job.sampling.negative_prompt in ("fog", "rain")


@pytest.mark.parametrize("key", ["Prompt: ", "prompt:  ", "Positive prompt: "])
def test_a_key_before_what_is_typed_by_hand_is_no_part_of_it(key: str) -> None:
    job = read(f"{key}a cat\nNegative prompt: dog")

    assert (job.sampling.prompt, job.sampling.negative_prompt) == ("a cat", "dog")
    assert any("prompt:" in told for told in job.warnings)


def test_pasted_in_one_line_it_keeps_its_prompt() -> None:
    job = read(text := "a cat, Steps: 20, Sampler: Euler a, CFG scale: 7")

    assert (job.sampling.prompt, any("read as typed" in told for told in job.warnings)) == (
        text,
        True,
    )
    assert "empty" in refusal(PLAIN).what


@pytest.mark.parametrize("key", ["prompt", "Prompt", '"prompt"'])
def test_a_file_with_keys_keeps_its_own_mistake(key: str) -> None:
    text = f"{key}: a cat: dog\nnotes: |\n  x\n  Steps: 20, Sampler: Euler a, Seed: 4\n"
    with pytest.raises(JobError) as caught:
        read_job(text.encode(), file="a.yaml", base=Settings().job_defaults)
    assert ("AUTOMATIC1111" in caught.value.what, caught.value.line) == (False, 1)


def test_a_mistake_beside_our_own_keys_is_told_as_that() -> None:
    text = b"prompt: x\nNegative prompt: fog\nSteps: 20\n  seed: 1: 2\n"
    with pytest.raises(JobError) as caught:
        read_job(text, file="a.yaml", base=Settings().job_defaults)
    assert "AUTOMATIC1111" not in caught.value.what


def test_options_are_laid_over_it() -> None:
    data = overlaid(f"a boat\n{PLAIN}, ENSD: 5".encode(), "a.txt", {"steps": 9})
    job = read_job(data, file="a.yaml", base=Settings().job_defaults)

    assert (job.sampling.steps, job.sampling.prompt, job.seeds) == (9, "a boat", (1,))
    assert any("ENSD" in text for text in job.warnings)
