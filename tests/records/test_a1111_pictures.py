"""A1111's text in a picture: every setting is used, or told once."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.foreign_pictures import PLAIN, a1111

from daemon.errors import JobError
from daemon.jobfile.a1111_text import split_text
from daemon.sandbox.client import Sandbox


@pytest.mark.parametrize(
    ("said", "clip_skip"), [("1", None), ("2", None), ("3", 1), ("4", 2), ("0", None)]
)
def test_clip_skip_counts_as_the_field_counts(
    tmp_path: Path, sandbox: Sandbox, said: str, clip_skip: int | None
) -> None:
    read = a1111(tmp_path, sandbox, f"x\n{PLAIN}, Clip skip: {said}")

    assert (read.sampling.clip_skip, read.warnings) == (clip_skip, ())


@pytest.mark.parametrize(
    "text",
    [
        f"a boat\nNegative prompt: fog\n{PLAIN}\nTemplate: a, b, (c:1.2)\nNegative Template: fog",
        f'a boat\nNegative prompt: fog\n{PLAIN}, Wildcard prompt: "one,\nNegative prompt: two\nthree"',
        f'a boat\nNegative prompt: fog\n{PLAIN}, Old: "x\nSteps: 3, Sampler: Heun, Seed: 5\ny"',
        f"a boat\nNegative prompt: fog\n{PLAIN}\n\nThanks for looking!",
        f"a boat\r\nNegative prompt: fog\r\n{PLAIN}, ENSD: 31337\r\n",
        "a boat\nNegative prompt: fog\nSteps: 20, Sampler: Euler, CFG scale: 7\nSeed: 1, "
        "Size: 512x768, Eta: 0",
        "a boat\nNegative prompt: fog\nSteps: 20 | Seed: 1 | Sampler: Euler | CFG scale: 7 | "
        "Size: 512x768 | Parser: Full parser | App: SD.Next | Version: 7f5",
        "a boat\nNegative prompt: fog\nSteps: 20| Size: 512x768| Sampler: Euler| CFG scale: 7| "
        "Seed: 1| Model: a, b",
        "a boat\nNegative prompt: fog\nSize: 512x768, Seed: 1, Steps: 20, Sampler: Euler, "
        "CFG scale: 7, Pipeline: SDXL",
    ],
)
def test_settings_are_found_wherever_they_stand_and_however_they_are_parted(
    tmp_path: Path, sandbox: Sandbox, text: str
) -> None:
    read = a1111(tmp_path, sandbox, text)
    found = read.sampling

    assert (found.prompt, found.negative_prompt, read.seeds) == ("a boat", "fog", (1,))
    assert (found.steps, found.sampler, found.guidance_scale) == (20, "euler", 7.0)
    assert (read.width, read.height) == (512, 768)
    assert read.warnings


@pytest.mark.parametrize(
    "line", ["Model: Anna, Version: 2", "Size: large, Seed: sown", "Steps: 1, Seed: 2"]
)
@pytest.mark.parametrize("before", ["", "a poster\n"])
def test_a_line_of_the_prompt_that_sounds_like_settings_stays_in_it(
    tmp_path: Path, sandbox: Sandbox, line: str, before: str
) -> None:
    read = a1111(tmp_path, sandbox, f"{before}{line}\n{PLAIN}")

    assert (read.sampling.prompt, read.sampling.steps) == (f"{before}{line}", 20)


@pytest.mark.parametrize(
    ("sampler", "schedule"),
    [("Euler a", "Karras"), ("Euler a Karras", ""), ("DDIM", "Exponential"), ("LCM", "Beta")],
)
@pytest.mark.parametrize("beside", ["", ", Model: x"])
def test_a_schedule_that_a_sampler_has_not_is_left_aside_whatever_stands_beside_it(
    tmp_path: Path, sandbox: Sandbox, sampler: str, schedule: str, beside: str
) -> None:
    spread = f", Schedule type: {schedule}" if schedule else ""
    text = f"x\nSteps: 20, Sampler: {sampler}{spread}, Seed: 1{beside}"
    read = a1111(tmp_path, sandbox, text)

    assert (read.sampling.schedule, read.seeds) == (None, (1,))
    assert any("was left aside: the sampler" in warning for warning in read.warnings)


@pytest.mark.parametrize(
    "sign", ["AND", "AND_PERP", "AND_SALT", "AND_TOPK", "ADDCOMM", "ADDBASE", "ADDCOL", "ADDROW"]
)
@pytest.mark.parametrize("key", ["prompt", "negative_prompt"])
def test_what_an_extension_takes_for_an_order_is_refused_by_name_and_never_painted(
    tmp_path: Path, sandbox: Sandbox, sign: str, key: str
) -> None:
    said = f"a boat\n{sign} a car"
    text = said if key == "prompt" else f"a boat\nNegative prompt: {said}"

    with pytest.raises(JobError, match=rf"`{key}` holds {sign}, ") as caught:
        a1111(tmp_path, sandbox, f"{text}\n{PLAIN}")
    assert caught.value.remedy


def test_words_that_only_contain_such_an_order_are_words(tmp_path: Path, sandbox: Sandbox) -> None:
    prompt = "SAND, LAND_PERPETUAL, BRANDY, ADDCOLOUR, Madder, and, add row"

    assert a1111(tmp_path, sandbox, f"{prompt}\n{PLAIN}").sampling.prompt == prompt


@pytest.mark.parametrize("tag", ["<segment:face,0.5>", "<random:red|blue>", "embedding:badhand"])
def test_a_tag_of_another_language_is_told(tmp_path: Path, sandbox: Sandbox, tag: str) -> None:
    read = a1111(tmp_path, sandbox, f"a boat {tag}\n{PLAIN}")

    assert tag in read.sampling.prompt
    assert any(tag in warning and "read as typed" in warning for warning in read.warnings)


UNREAD = (
    "Denoising strength: 0.4", "Mask blur: 4", "Model: juggernaut", "Model hash: 1fe6c7ec54",
    "Variation seed: 5", "Variation seed strength: 0.1", "RNG: CPU", "ENSD: 31337", "Refiner: x",
    "Refiner switch at: 0.8", "Schedule type: Align Your Steps", "Token merging ratio: 0.5",
    'ControlNet 0: "Module: canny, Model: control [abc], Weight: 1"', "ADetailer model: face.pt",
    "Hires steps: 5", "VAE: sdxl.vae", 'TI hashes: "a: b, c: d"', "Face restoration: CodeFormer",
)  # fmt: skip


@pytest.mark.parametrize("setting", UNREAD)
def test_each_setting_without_a_use_is_one_warning(
    tmp_path: Path, sandbox: Sandbox, setting: str
) -> None:
    read = a1111(tmp_path, sandbox, f"x\n{PLAIN}, {setting}, Version: v1.10.1")

    (warning,) = read.warnings
    assert setting.split(":")[0] in warning
    assert (read.sampling.schedule, read.image, read.hires) == (None, None, None)


def test_all_of_them_at_once_are_as_many_warnings(tmp_path: Path, sandbox: Sandbox) -> None:
    read = a1111(tmp_path, sandbox, f"x\n{PLAIN}, {', '.join(UNREAD)}, Version: v1")

    assert len(read.warnings) == len(UNREAD)


@pytest.mark.parametrize(
    ("said", "schedule", "told"),
    [("Karras", "karras", 0), ("Automatic", "karras", 0), ("Simple", None, 1), ("SGM Uniform", "trailing", 0),
     ("Uniform", "normal", 0), ("Align Your Steps", None, 1)],
)  # fmt: skip
def test_a_schedule_is_used_or_told(
    tmp_path: Path, sandbox: Sandbox, said: str, schedule: str | None, told: int
) -> None:
    text = f"x\nSteps: 20, Sampler: DPM++ 2M, Schedule type: {said}, Seed: 1"
    read = a1111(tmp_path, sandbox, text)

    assert (read.sampling.schedule, len(read.warnings)) == (schedule, told)


@pytest.mark.parametrize(
    ("said", "scale"),
    [("Hires resize: 1024x1536", 2.0), ("Hires upscale: 1.5", 1.5), ("Hires resize: 1024x1024", None)],
)  # fmt: skip
def test_a_second_pass_is_made_as_large_as_it_was_or_told(
    tmp_path: Path, sandbox: Sandbox, said: str, scale: float | None
) -> None:
    read = a1111(tmp_path, sandbox, f"x\n{PLAIN}, Denoising strength: 0.4, {said}")

    assert (read.hires.scale if read.hires else None) == scale
    assert bool(read.warnings) == (scale is None)


def test_a_million_letters_of_settings_are_read_in_a_moment_or_refused() -> None:
    for unit in ("Steps: 1, Seed: 1\n", "a, ", ': "', ": ", 'a: "x"y ', 'Seed: "\n', "|", "A: "):
        parts = split_text(f"x\n{PLAIN}, " + unit * (900_000 // len(unit)))
        assert parts.settings["Steps"] in ("20", "1")


def test_a_prompt_in_braces_is_still_a_prompt(tmp_path: Path, sandbox: Sandbox) -> None:
    read = a1111(tmp_path, sandbox, "{a red|a blue} boat\n" + PLAIN)

    assert read.sampling.prompt == "{a red|a blue} boat"
