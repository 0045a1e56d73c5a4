"""What people type: taken where it can mean one thing, said where it would be lost, else a remedy."""

from __future__ import annotations

import json

import pytest

from daemon.errors import JobError
from daemon.jobfile import Job, read_job
from daemon.jobfile.aliases import MEANT
from daemon.jobfile.level import KNOWN
from daemon.settings import Settings

BASE = Settings().job_defaults


def job(text: str, file: str = "a.yaml") -> Job:
    return read_job(text.encode(), file=file, base=BASE)


def refusal(text: str, file: str = "a.yaml") -> JobError:
    with pytest.raises(JobError) as caught:
        job(text, file)
    return caught.value


# --- keys -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "key", "value"),
    [
        ("Steps: 9", "steps", 9),
        ("STEPS: 9", "steps", 9),
        ("Negative prompt: fog", "negative_prompt", "fog"),
        ("negative-prompt: fog", "negative_prompt", "fog"),
        ("negativePrompt: fog", "negative_prompt", "fog"),
        ("CFG scale: 5", "guidance_scale", 5),
        ("Guidance-Scale: 5", "guidance_scale", 5),
        ("“steps”: 9", "steps", 9),
        ("numInferenceSteps: 9", "steps", 9),
    ],
)
def test_a_key_is_taken_however_it_is_spelled(line: str, key: str, value: object) -> None:
    read = job(f"Prompt: a boat\n{line}\n")

    assert read.sampling.prompt == "a boat"
    assert getattr(read.sampling, key) == value


@pytest.mark.parametrize(
    "text",
    [
        "reference: anna.png",
        "Reference: {Image: anna.png}",
        "references: [{Image: anna.png, START: 0.0}]",
        "Reference_Image: anna.png",
    ],
)
def test_keys_inside_and_the_singular_are_taken_too(text: str) -> None:
    assert [one.image for one in job(f"prompt: x\n{text}\n").references] == ["anna.png"]


def test_two_spellings_of_one_key_with_two_values_contradict_each_other() -> None:
    error = refusal("Steps: 9\nprompt: x\nsteps: 10\n")

    assert "`Steps` (line 1)" in error.what
    assert "`steps` (line 3)" in error.what


@pytest.mark.parametrize("word", sorted(MEANT))
def test_another_word_for_a_key_is_refused_with_the_line_to_write(word: str) -> None:
    assert MEANT[word] in KNOWN
    error = refusal(f"prompt: x\n{word}: 4\n")

    assert (error.line, error.key) == (2, word)
    assert MEANT[word] in error.why + error.remedy
    assert f"Write {MEANT[word]}: " in error.remedy


@pytest.mark.parametrize(
    ("line", "remedy"),
    [
        ("variations: 4", "Write count: 4"),
        ("quality: high", "Write preset: quality"),
        ("quality: draft", "Write preset: draft"),
        ("seed: 1-4", "Write seed: [1, 2, 3, 4]"),
        ("seed: 1..3", "Write seed: [1, 2, 3]"),
        ("seed: 1, 2, 3", "Write seed: [1, 2, 3]"),
        ("seed: 1 - 90", "Write seed: 1 and, in a line of its own, count: 90"),
        ("seed: random", "Remove the key"),
        ("seed: −1", "seed: -1"),
        ("seed: '#5'", "seed: 5"),
        ("steps: 20 steps", "steps: 20"),
        ("steps: x20", "steps: 20"),
        ("steps: “20”", "steps: 20"),
        ("steps: １２", "steps: 12"),
        ("cfg: 7,5", "cfg: 7.5"),
        ("image: a.png\nstrength: 60%", "Write strength: 0.6"),
        ("width: 512 px", "Write width: 512"),
        ("strict: yes", "Write strict: true"),
        ("aspect: wide", "aspect: 16:9"),
        ("resolution: 512x512", "Write size: 512x512"),
    ],
)
def test_a_value_of_another_shape_gets_the_one_to_write(line: str, remedy: str) -> None:
    error = refusal(f"prompt: x\n{line}\n")

    assert remedy in error.remedy
    assert error.line
    assert error.key


@pytest.mark.parametrize(
    ("written", "shape"),
    [
        ("2.39", (239, 100)),
        ("2.39:1", (239, 100)),
        ("2", (2, 1)),
        ("'1.85'", (37, 20)),
        ("0.5", (1, 2)),
    ],
)
def test_one_number_is_a_shape_to_one(written: str, shape: tuple[int, int]) -> None:
    assert job(f"prompt: x\naspect: {written}\n").aspect == shape


def test_nine_loras_are_one_too_many() -> None:
    error = refusal(f"prompt: x\nloras: {json.dumps([f'l{n}' for n in range(9)])}\n")

    assert "holds 9 items; at most 8" in error.what


# --- what would be lost ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "cut"),
    [
        ("prompt: a boat #3 in the harbour", "#3 in the harbour"),
        ("prompt: a boat # 3", "# 3"),
        ("prompt: a boat   #blue", "#blue"),
        ("prompt: a boat\t#3", "#3"),
        ("prompt: x\nnegative_prompt: fog #2", "#2"),
        ("prompt: x\nname: shot #3", "#3"),
        ("prompt: x\nimage: scene #3.png", "#3.png"),
        ("prompt: x\nreferences:\n  - ep/scene #3.png\n", "#3.png"),
        ("prompt: x\nreferences:\n  - image: ep/scene #3.png\n", "#3.png"),
        ("prompt: x\nnegative: #fog", "#fog"),
        ("prompt: x\nloras: [a #b\n  ]", "#b"),
        ("prompt: >\n  a\nid: ep #1", "#1"),
    ],
)
def test_a_text_that_a_comment_cuts_off_is_said(line: str, cut: str) -> None:
    (warning,) = job(line + "\n").warnings

    assert f"`{cut}`" in warning
    assert "quotes" in warning


@pytest.mark.parametrize(
    "text",
    [
        "prompt: a boat   # the harbour",
        "prompt: a boat  # 3 takes",
        "# 1\nprompt: a boat\n#steps: 3",
        "prompt: 'a boat #3'",
        "prompt: a boat#3",
        "prompt: |\n  a boat #3\n",
        "prompt: x\nsteps: 9 #fast",
        "prompt: x\nsampler: euler # as ever",
    ],
)
def test_a_comment_is_a_comment(text: str) -> None:
    assert job(text).warnings == ()


@pytest.mark.parametrize("text", ["prompt: #3 boats", "steps: 3\nprompt: #red\n"])
def test_a_prompt_that_is_all_comment_gets_a_letter(text: str) -> None:
    error = refusal(text)

    assert "comment" in error.what
    assert "quotes" in error.remedy


def test_a_text_that_goes_on_behind_a_comment_says_what_ended_it() -> None:
    error = refusal("prompt: a boat #3\n  in the harbour\n")

    assert error.line == 2
    assert "#3" in error.why


@pytest.mark.parametrize(
    ("prompt", "sign"),
    [
        ("a {red|blue} boat", "{red|blue}"),
        ("a {colour} boat", "vary: {colour: [one, another]}"),
        ("a {red|{dark|light} blue} boat", "{dark|light}"),
        ("a __colour__ boat", "__colour__"),
        ("a boat <lora:chalk:0.8>", "<lora:chalk:0.8>"),
        ("a (red:1.3) boat", "(red:1.3)"),
        ("a ((red)) boat", "((red))"),
        ("a boat BREAK at dawn", "BREAK"),
        ("a <segment:face,0.6> boat", "<segment:face,0.6>"),
        ("a <fromto[0.5]:red,blue> boat", "<fromto[0.5]:red,blue>"),
        ("a <random:red, blue> boat", "<random:red, blue>"),
        ("a boat, embedding:badhand", "embedding:badhand"),
        ("a boat\nNegative prompt: fog", "Negative prompt:"),
        ("a boat negative prompt: fog Steps: 20, Sampler: Euler", "negative prompt:"),
        ("a boat, Steps: 20, Sampler: Euler, Seed: 1", "Steps: 20, Sampler:"),
        ("“a boat”", "typographic"),
        ("„a boat“", "typographic"),
        ("«a boat»", "typographic"),
    ],
)
@pytest.mark.parametrize("key", ["prompt", "negative_prompt"])
def test_signs_of_other_tools_are_read_as_typed_and_said(prompt: str, sign: str, key: str) -> None:
    read = job(json.dumps({"prompt": "x", key: prompt}), "a.json")

    assert getattr(read.sampling, key) == prompt
    assert sign in read.warnings[0]


@pytest.mark.parametrize(
    "prompt",
    ["a boat (red)", "5:4 | x", "snake_case_name", "BREAKFAST", "it’s “red” here"],
)
def test_words_that_mean_themselves_get_no_warning(prompt: str) -> None:
    assert job(json.dumps({"prompt": prompt}), "a.json").warnings == ()


@pytest.mark.parametrize(
    ("text", "file", "words"),
    [
        ("prompt: “a boat: red”\n", "a.yaml", 'prompt: "a boat: red"'),
        ("{“prompt”: “a boat”}", "a.json", "straight"),
        ('{"prompt": “a boat”}', "a.json", "straight"),
        ("prompt:a boat\n", "a.yaml", "Write: prompt: a boat"),
        ("steps: 3\nprompt:a boat\n", "a.yaml", "Write: prompt: a boat"),
        ("prompt=a boat\n", "a.yaml", "Write: prompt: a boat"),
        ("prompt = a boat\nsteps = 20\n", "a.yaml", "Write: prompt: a boat"),
        ("prompt: a boat\nsteps=20\n", "a.yaml", "Write: steps: 20"),
        ("E=mc2 on a board\n", "a.yaml", 'prompt: "E=mc2 on a board"'),
        ("prompt：a boat\n", "a.yaml", "full-width colon"),
        ("prompt:\N{NO-BREAK SPACE}a boat\n", "a.yaml", "no-break space"),
    ],
)
def test_what_looks_right_to_a_person_and_not_to_a_reader_is_told(
    text: str, file: str, words: str
) -> None:
    assert words in str(refusal(text, file))


def test_no_more_warnings_are_carried_than_a_person_reads() -> None:
    lines = "".join(f"hr_{n}: 1\n" for n in range(2_000))

    assert len(job(f"prompt: x\n{lines}").warnings) == 21
