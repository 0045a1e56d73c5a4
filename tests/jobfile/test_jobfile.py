"""What a job file means: the least and the most it may say, sizes and seeds, limits, its schema."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from support.job_texts import job, refusal
from support.places import HOME, JOB_FILES

from daemon.errors import UnfinishedError
from daemon.jobfile import Job, job_schema, read_job, tree
from daemon.jobfile.document import read_table
from daemon.jobfile.presets import FAST
from daemon.jobfile.schema import NAMES
from daemon.protocol.sampling import SamplingParams
from daemon.settings import Settings

GOOD = sorted((JOB_FILES / "good").iterdir())
EXAMPLES = sorted((HOME / "examples").glob("*.yaml"))


# --- the smallest and the largest -----------------------------------------------------------------


def test_a_prompt_is_all_a_job_needs() -> None:
    read = job("prompt: a boat on the sea\n")

    said = SamplingParams(prompt="a boat on the sea", steps=15, guidance_scale=7.0)
    assert read == Job(said, width=768, height=768)


@pytest.mark.parametrize("file", [*GOOD, *EXAMPLES], ids=lambda file: file.name)
def test_every_good_job_is_read_without_a_warning_and_fits_the_schema(file: Path) -> None:
    read = read_job(file.read_bytes(), file=file.name, base=Settings().job_defaults)

    assert read.sampling.prompt
    assert read.warnings == ()


def test_a_json_job_may_name_our_schema_for_its_editor() -> None:
    assert job('{"$schema": "job.schema.json", "prompt": "x"}', file="a.json").warnings == ()


def test_json_and_yaml_say_the_same() -> None:
    facts = {
        "prompt": "a boat ⛵",
        "seed": [1, 2],
        "references": [{"image": "a.png", "scale": 0.5}],
    }
    yaml = "prompt: a boat ⛵\nseed: [1, 2]\nreferences:\n  - image: a.png\n    scale: 0.5\n"

    assert job(json.dumps(facts), file="a.JSON") == job(yaml)


def test_a_byte_order_mark_and_windows_line_ends_change_nothing() -> None:
    assert job("\ufeffprompt: a boat\r\nsteps: 12\r\n") == job("prompt: a boat\nsteps: 12\n")


# --- sizes, seeds -----------------------------------------------------------------------------------


def test_a_size_is_rounded_to_a_multiple_of_eight_with_a_warning() -> None:
    read = job("prompt: x\nsize: 770x500\n")

    assert (read.width, read.height, read.size_from) == (768, 504, "explicit")
    assert len(read.warnings) == 2


def test_one_side_given_leaves_the_other_to_the_preset() -> None:
    read = job("prompt: x\nwidth: 512\n")

    assert (read.width, read.height, read.size_from) == (512, 768, "width")


@pytest.mark.parametrize(
    ("text", "seeds", "count", "pictures"),
    [
        ("", None, None, 1),
        ("seed: -1", None, None, 1),
        ("count: 3", None, 3, 3),
        ("seed: -1\ncount: 3", None, 3, 3),
        ("seed: 5", (5,), None, 1),
        ("seed: 0", (0,), None, 1),
        ("seed: 5\ncount: 3", (5, 6, 7), 3, 3),
        ("seed: [9, 4]", (9, 4), 2, 2),
        ("seed: [9, 4]\ncount: 2", (9, 4), 2, 2),
    ],
)
def test_seeds_and_counts(text: str, seeds: object, count: object, pictures: int) -> None:
    read = job(f"prompt: x\n{text}\n")

    assert (read.seeds, read.count, read.pictures) == (seeds, count, pictures)


def test_a_job_may_not_ask_for_more_pictures_than_the_settings_allow() -> None:
    few = replace(Settings(), max_pictures=3)

    assert job("prompt: x\ncount: 3\n", settings=few).pictures == 3
    assert "at most 3" in refusal("prompt: x\ncount: 4\n", settings=few).what
    assert "at most 3" in refusal("prompt: x\nseed: [1, 2, 3, 4]\n", settings=few).what


# --- limits -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "unit", ["[", "{a: ", "? ", "- ", "[[", "{a: [", "- - ", "---\na\n", "a: b\n"]
)
def test_a_megabyte_of_pathology_is_refused(unit: str) -> None:
    assert refusal(unit * (990_000 // len(unit)))


def test_more_than_a_megabyte_is_refused_unread() -> None:
    assert "larger than 1 MB" in refusal("#" * 1_000_001).what


def test_a_file_cut_in_the_middle_of_a_letter_is_taken_for_unfinished() -> None:
    with pytest.raises(UnfinishedError):
        read_job("prompt: é".encode()[:-1], file="a.yaml", base=Settings().job_defaults)


def test_reading_imports_no_heavy_parts() -> None:
    code = (
        "import sys, daemon.jobfile, daemon.plan.planner, daemon.settings, daemon.models.catalogue, "
        "daemon.text.failure_letter;"
        "print([m for m in ('torch', 'PIL', 'rich', 'loguru', 'watchdog', 'huggingface_hub')"
        " if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=HOME, capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "[]"


# --- the schema -------------------------------------------------------------------------------------


def test_the_schema_is_sound_and_strict() -> None:
    schema = job_schema()
    Draft202012Validator.check_schema(schema)

    assert schema["additionalProperties"] is False
    for name, prop in schema["$defs"]["Job"]["properties"].items():
        assert prop["title"], name
        assert prop["description"], name


@pytest.mark.parametrize("file", [*GOOD, *EXAMPLES], ids=lambda file: file.name)
def test_the_schema_accepts_every_good_job(file: Path) -> None:
    said = tree.plain(read_table(file.read_bytes(), file.name))

    assert [e.message for e in Draft202012Validator(job_schema()).iter_errors(said)] == []


def test_the_fullest_example_shows_every_key_a_person_may_write() -> None:
    shown = read_table((HOME / "examples" / "full.yaml").read_bytes(), "full.yaml").items
    by_us = {"parent", "image_sha256", "mask_sha256", "written"}  # what only records say
    beside = {"width", "height"}  # shown in a comment, since `aspect` is

    assert set(NAMES) - set(shown) == by_us | beside


@pytest.mark.parametrize(
    "bad", [{"promt": "x"}, {"prompt": "x", "steps": 500}, {"prompt": 3}, {"steps": 3}, []]
)
def test_the_schema_refuses_what_we_refuse(bad: object) -> None:
    assert not Draft202012Validator(job_schema()).is_valid(bad)


@pytest.mark.parametrize("preset", ["fast", "balanced", "quality"])
def test_the_presets_are_the_ones_asked_for(preset: str) -> None:
    expected = {"fast": (768, 10, 6.5), "balanced": (768, 15, 7.0), "quality": (1024, 20, 7.5)}
    read = job(f"prompt: x\npreset: {preset}\n")

    assert (read.width, read.sampling.steps, read.sampling.guidance_scale) == expected[preset]
    assert read.height == read.width
    assert FAST.sampler is None
