"""The record of a picture makes the same picture again."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from support.planned import SMALL, TEXT, bare, pictures

from daemon import __version__
from daemon.jobfile import read_job
from daemon.models.catalogue import DRY_RUN, Card
from daemon.plan.plan import Picture
from daemon.protocol.messages import Ready, Rendered
from daemon.protocol.render import REFERENCE_KINDS, Render
from daemon.protocol.samplers import SAMPLER_NAMES, SCHEDULE_NAMES, clash, sampler_row
from daemon.protocol.timings import Timings
from daemon.records.png_job import job_text_from_png
from daemon.records.sidecar import Course, sidecar
from daemon.sandbox.client import Sandbox
from daemon.settings import Settings, parse_settings

UNHURRIED = settings(deadline=None)  # the machine may be busy

SDXL = replace(SMALL, name="sdxl", native_size=1024, preset_sizes={}, min_size=512, max_size=2048)
OTHER = parse_settings(
    b"preset: quality\ndefaults: {negative: ugly, steps: 3, sampler: LCM, strict: true, "
    b"references: [z.png], notes: other, seed: [1, 2], priority: 9}\n"
)


def rendered(render: Render) -> Rendered:
    return Rendered(
        job=render.job, index=render.index, stage=render.stage, sha256="1" * 64,
        pixels_sha256="2" * 64, width=render.width, height=render.height,
        started_at="2026-11-23T18:00:01Z", finished_at="2026-11-23T18:00:05Z",
        timings=Timings(
            encode_prompt=0.1, steps=(0.5, 0.5), denoise=1.0, decode=0.2, save=0.05, total=1.35,
            seconds_per_step=0.5,
        ),
        cache={"prompt": "miss"}, warnings=("a little late",), peak_memory_bytes=5,
    )  # fmt: skip


def record(picture: Picture) -> dict[str, Any]:
    ready = Ready(
        seconds=2.0,
        model={"name": "sketch", "sha256": "ab" * 32},
        device={"type": "cpu", "name": "CPU", "memory": 1},
        versions={"torch": "2.13.0"},
    )
    course = Course(
        job_file="a.yaml",
        image="a.png",
        attempt=1,
        parent=None,
        queued_at="2026-11-23T18:00:00Z",
        queued=0.5,
        warnings=("rounded",),
    )
    return sidecar(picture.block, rendered(picture.render), ready, course)


SIDE = st.integers(24, 48).map(lambda n: n * 8)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-99, 99) | st.floats(-9, 9, width=32) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
REFERENCES = st.fixed_dictionaries(
    {"image": st.sampled_from(["anna.png", "cast/noir.jpg", "пляж.webp"])},
    optional={
        "scale": st.floats(0, 2, allow_nan=False),
        "kind": st.sampled_from(REFERENCE_KINDS),
        "model": st.sampled_from(["base", "plus", "plus-face"]),
        "start": st.floats(0, 0.4),
        "end": st.floats(0.5, 1),
        "mask": st.sampled_from(["left.png", "cast/right.png"]),
    },
)
LORAS = st.fixed_dictionaries(
    {"name": st.sampled_from(["chalk", "мел"])}, optional={"scale": st.floats(-4, 4)}
)
HIRES = st.fixed_dictionaries(
    {"scale": st.floats(1, 1.1), "steps": st.integers(4, 150)},
    optional={"strength": st.floats(0.25, 1)},
)
CANVAS = st.sampled_from([{}, {"image": "photo.jpg"}]) | st.fixed_dictionaries(
    {"image": st.sampled_from(["photo.jpg", "снимок.png"]), "strength": st.just(1.0)},
    optional={"mask": st.just("sky.png")},
)
WEIGHTED = st.sampled_from(
    [{}, {"prompt": "a (red:1.3) [boat]<lora:chalk:0.5>", "prompt_syntax": "a1111"}]
)
JOBS = st.fixed_dictionaries(
    {"prompt": TEXT},
    optional={
        "negative_prompt": TEXT,
        "prompt_2": TEXT,
        "negative_prompt_2": TEXT,
        "preset": st.sampled_from(["fast", "balanced", "quality"]),
        "steps": st.integers(1, 150),
        "guidance_scale": st.floats(0, 50, allow_nan=False) | st.integers(0, 50),
        "sampler": st.sampled_from(SAMPLER_NAMES),
        "schedule": st.sampled_from(SCHEDULE_NAMES),
        "references": st.lists(REFERENCES, max_size=3),
        "loras": st.lists(LORAS, max_size=3),
        "hires": HIRES,
        "clip_skip": st.integers(1, 12),
        "original_size": st.lists(st.integers(0, 2048), min_size=2, max_size=2),
        "target_size": st.lists(st.integers(0, 2048), min_size=2, max_size=2),
        "crops_coords_top_left": st.lists(st.integers(0, 2048), min_size=2, max_size=2),
        "strict": st.booleans(),
        "priority": st.integers(-1000, 1000),
        "notes": PLAIN,
        "id": TEXT,
        "name": TEXT,
    },
)


def can_be_drawn(facts: dict[str, Any]) -> bool:
    """Whether its sampler goes with its schedule and steps: what does not is no job."""
    row = sampler_row(facts.get("sampler", "euler"))
    most = max(facts.get("steps", 1), facts.get("hires", {}).get("steps", 1))
    return clash(row, facts.get("schedule"), most) is None


SIZES = st.sampled_from([{}, {"aspect": "16:9"}, {"aspect": "2:3"}]) | st.fixed_dictionaries(
    {}, optional={"width": SIDE, "height": SIDE}
)
SEEDS = st.sampled_from([{}, {"seed": -1}, {"count": 3}, {"seed": 7, "count": 2}, {"seed": [3, 1]}])


@UNHURRIED
@given(JOBS.filter(can_be_drawn), SIZES, SEEDS, CANVAS, WEIGHTED, st.sampled_from([SMALL, SDXL]))
def test_a_record_dropped_again_makes_the_same_picture(
    facts: dict[str, Any],
    sizes: dict[str, Any],
    seeds: dict[str, Any],
    canvas: dict[str, Any],
    weighted: dict[str, Any],
    card: Card,
) -> None:
    if card is SDXL:
        sizes = {k: v * 2 + 256 if isinstance(v, int) else v for k, v in sizes.items()}
    if "hires" in facts:  # leave room for it
        sizes = {"width": 320, "height": 256} if card is SMALL else {}
    if canvas.get("strength") is None and facts.get("steps", 9) < 2:
        canvas = {}
    text = json.dumps({**facts, **sizes, **seeds, **canvas, **weighted}).encode()
    job = read_job(text, file="a.json", base=Settings().job_defaults)

    for picture in pictures(job, card):
        dropped = json.dumps(record(picture), ensure_ascii=False).encode()
        # Other settings, other folder defaults, another number: nothing of it may matter.
        again = read_job(
            dropped,
            file="b.json",
            base=OTHER.job_defaults,
            defaults=[("d", b"negative: ugly\nsteps: 2\n")],
        )
        (second,) = pictures(again, card, number=2, name="b")

        assert bare(second.render) == bare(picture.render)
        assert second.block == picture.block
        assert again.id is None
        assert again.notes == job.notes


def test_the_text_in_the_picture_is_a_job_file_too(tmp_path: Path, sandbox: Sandbox) -> None:
    from PIL import Image, PngImagePlugin

    job = read_job(
        "prompt: a boat ⛵\ncount: 2\n".encode(), file="a.yaml", base=Settings().job_defaults
    )
    for index, picture in enumerate(pictures(job, SMALL)):
        info = PngImagePlugin.PngInfo()
        for key, value in picture.render.png_text.items():
            info.add_itxt(key, value)
        file = tmp_path / f"{index}.png"
        Image.new("RGB", (8, 8)).save(file, pnginfo=info)

        again = read_job(job_text_from_png(file, sandbox), file=file.name, base=OTHER.job_defaults)

        assert bare(pictures(again, SMALL)[0].render) == bare(picture.render)


def test_every_key_of_the_block_is_spoken_for() -> None:
    """A key that a block left out would be open to the defaults of tomorrow. Those that other keys
    stand for are not in it."""
    from daemon.jobfile.schema import NAMES, RESOLVED

    job = read_job(b"prompt: x", file="a.yaml", base=Settings().job_defaults)
    (picture,) = pictures(job, SMALL)

    assert set(picture.block) == set(NAMES) - {"id"} - RESOLVED


def test_one_picture_keeps_the_name_its_job_gave_and_one_of_several_goes_by_its_own() -> None:
    one = read_job(b"prompt: x\nname: harbour", file="a.yaml", base=Settings().job_defaults)
    two = read_job(
        b"prompt: x\nname: harbour\ncount: 2", file="a.yaml", base=Settings().job_defaults
    )

    assert pictures(one, SMALL)[0].block["name"] == "harbour"
    assert pictures(two, SMALL)[0].block["name"] is None


def test_a_dry_run_does_not_insist_on_being_one() -> None:
    job = read_job(b"prompt: x", file="a.yaml", base=Settings().job_defaults)

    assert pictures(job, DRY_RUN)[0].block["model"] is None
    assert pictures(job, SMALL)[0].block["model"] == "sketch"


# --- the record -----------------------------------------------------------------------------------------


def test_the_record_keeps_the_contract_key_by_key() -> None:
    job = read_job(
        b"prompt: a boat\nseed: 9\nsteps: 2", file="a.yaml", base=Settings().job_defaults
    )
    (picture,) = pictures(job, SMALL, number=42)
    written = record(picture)

    assert list(written) == ["schema", "job", "result"]
    assert written["schema"] == 1
    assert written["result"] == {
        "job": 42,
        "parent": None,
        "job_file": "a.yaml",
        "image": "a.png",
        "sha256": "1" * 64,
        "pixels_sha256": "2" * 64,
        "width": 256,
        "height": 256,
        "seed": 9,
        "attempt": 1,
        "queued_at": "2026-11-23T18:00:00Z",
        "started_at": "2026-11-23T18:00:01Z",
        "finished_at": "2026-11-23T18:00:05Z",
        "timings": {
            "queued": 0.5,
            "load": 0.0,
            "encode_prompt": 0.1,
            "encode_references": 0.0,
            "encode_image": 0.0,
            "steps": [0.5, 0.5],
            "denoise": 1.0,
            "decode": 0.2,
            "save": 0.05,
            "waited": 0.0,
            "total": 1.35,
            "seconds_per_step": 0.5,
            "hires": None,
        },
        "batch": {"size": 1, "index": 0},
        "exact": True,
        "cache": {"prompt": "miss", "references": None},
        "model": {"name": "sketch", "sha256": "ab" * 32},
        "adapters": [],
        "device": {"type": "cpu", "name": "CPU", "memory": 1},
        "versions": {"hotfolder": __version__, "torch": "2.13.0"},
        "peak_memory_bytes": 5,
        "warnings": ["rounded", "a little late"],
    }
    json.dumps(written, allow_nan=False)
