"""Records and pictures as job files: ours, and A1111's."""

from __future__ import annotations

import json
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, PngImagePlugin
from support.job_texts import job

from daemon.errors import JobError
from daemon.jobfile import read_job
from daemon.records.png_job import job_text_from_png
from daemon.sandbox.client import Sandbox
from daemon.settings import Settings


def record(**facts: Any) -> str:
    return json.dumps({"schema": 1, "job": {"prompt": "a boat", **facts}, "result": {"seed": 4}})


def test_a_record_is_read_as_its_job_and_no_default_touches_it() -> None:
    read = job(record(steps=4), file="a.json", a="negative: fog\n")

    assert (read.sampling.steps, read.sampling.negative_prompt) == (4, "")


def test_a_record_may_name_a_preset_that_is_gone() -> None:
    read = job(record(steps=4, preset="gone", width=256, height=256), file="a.json")

    assert (read.sampling.steps, read.width, read.preset) == (4, 256, None)
    assert "gone" in read.warnings[0]


def test_nothing_in_the_result_of_a_record_can_matter() -> None:
    text = json.dumps({"schema": 1, "job": {"prompt": "x"}, "result": {"job": {"prompt": "y"}}})

    assert job(text, file="a.json").sampling.prompt == "x"


def picture(file: Path, **text: str) -> Path:
    info = PngImagePlugin.PngInfo()
    for key, value in text.items():
        info.add_itxt(key, value)
    Image.new("RGB", (8, 8)).save(file, pnginfo=info)
    return file


def test_a_picture_of_ours_carries_its_job(tmp_path: Path, sandbox: Sandbox) -> None:
    file = picture(tmp_path / "a.png", hotfolder=record(seed=7, notes="лодка"), parameters="no")

    read = read_job(job_text_from_png(file, sandbox), file="a.png", base=Settings().job_defaults)

    assert (read.sampling.prompt, read.seeds, read.notes) == ("a boat", (7,), "лодка")


def test_a_picture_of_automatic1111_is_translated(tmp_path: Path, sandbox: Sandbox) -> None:
    parameters = (
        "a boat, (sea:1.2)\non a line\nNegative prompt: fog,\nblur\n"
        "Steps: 20, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 6.5, Seed: 12, "
        'Size: 832x1216, Model hash: abc, Model: x, Clip skip: 2, Hashes: "a: b, c: d", Version: 1'
    )
    file = picture(tmp_path / "a.png", parameters=parameters)

    read = read_job(job_text_from_png(file, sandbox), file="a.png", base=Settings().job_defaults)

    assert (read.sampling.prompt, read.sampling.negative_prompt) == (
        "a boat, (sea:1.2)\non a line",
        "fog,\nblur",
    )
    assert (read.sampling.steps, read.sampling.sampler, read.sampling.schedule) == (
        20,
        "dpmpp_2m",
        "karras",
    )
    assert (read.sampling.guidance_scale, read.seeds, read.sampling.clip_skip) == (6.5, (12,), None)
    assert (read.width, read.height, read.size_from) == (832, 1216, "explicit")


def test_an_older_automatic1111_sampler_brings_its_schedule(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    file = picture(tmp_path / "a.png", parameters="x\nSteps: 5, Sampler: DPM++ SDE Karras, Seed: 1")

    read = read_job(job_text_from_png(file, sandbox), file="a.png", base=Settings().job_defaults)

    assert (read.sampling.sampler, read.sampling.schedule) == ("dpmpp_sde", "karras")


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 40])
def test_a_broken_picture_is_refused(tmp_path: Path, content: bytes, sandbox: Sandbox) -> None:
    file = tmp_path / "a.png"
    file.write_bytes(content)

    with pytest.raises(JobError):
        job_text_from_png(file, sandbox)


def test_a_picture_without_a_record_says_so(tmp_path: Path, sandbox: Sandbox) -> None:
    with pytest.raises(JobError, match="carries no record"):
        job_text_from_png(picture(tmp_path / "a.png", Comment="x"), sandbox)


def test_a_picture_that_claims_a_gigantic_size_is_only_looked_at(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    file = picture(tmp_path / "a.png", hotfolder=record())
    content = bytearray(file.read_bytes())
    content[16:24] = (60_000).to_bytes(4, "big") * 2
    content[29:33] = zlib.crc32(bytes(content[12:29])).to_bytes(4, "big")
    file.write_bytes(bytes(content))

    with pytest.raises(JobError):
        job_text_from_png(file, sandbox)
