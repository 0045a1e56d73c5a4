"""What Civitai's API says of a picture is the job that made it, as it stands or inside its `meta`."""

from __future__ import annotations

import json

import pytest

from daemon.jobfile import Job, read_job
from daemon.settings import Settings

META = {
    "Size": "512x768", "seed": 123, "Model": "dreams", "steps": 25, "hashes": {"model": "1fe6"},
    "prompt": "a (boat:1.2)", "Version": "v1.9", "sampler": "DPM++ 2M Karras", "cfgScale": 7,
    "Clip skip": "2", "resources": [{"hash": "1fe6", "name": "dreams", "type": "model"}],
    "Model hash": "1fe6", "negativePrompt": "fog", "Denoising strength": "0.4",
}  # fmt: skip


def read(body: object) -> Job:
    return read_job(json.dumps(body).encode(), file="a.json", base=Settings().job_defaults)


@pytest.mark.parametrize(
    "body",
    [
        META,
        {
            "id": 7,
            "url": "https://x/y.jpeg",
            "width": 1024,
            "height": 1536,
            "nsfw": False,
            "meta": META,
        },
        {key: value for key, value in META.items() if key not in ("resources", "hashes")},
    ],
    ids=["the record", "the picture", "without resources"],
)
def test_it_is_read_whole_and_what_is_not_used_is_told(body: dict[str, object]) -> None:
    job = read(body)
    found = job.sampling

    assert (found.prompt, found.negative_prompt, job.prompt_syntax) == (
        "a (boat:1.2)",
        "fog",
        "a1111",
    )
    assert (found.steps, found.guidance_scale, found.sampler, found.schedule) == (
        25,
        7,
        "dpmpp_2m",
        "karras",
    )
    assert (job.seeds, job.width, job.height, found.clip_skip) == ((123,), 512, 768, None)
    for key in ("Model", "Model hash", "Denoising strength", *(("url",) if "url" in body else ())):
        assert any(f"`{key}" in warning for warning in job.warnings), key


def test_meta_beside_a_prompt_stays_what_a_person_notes() -> None:
    job = read({"prompt": "a boat", "meta": {"prompt": "a car", "cfgScale": 7}})

    assert (job.sampling.prompt, job.warnings) == ("a boat", ())
