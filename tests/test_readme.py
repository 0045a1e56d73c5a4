"""What the README and the examples say is true: their job files are jobs, their tables are ours."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from daemon.cli.parser import make_parser, verbs_of
from daemon.jobfile import read_job
from daemon.jobfile.presets import PRESETS
from daemon.settings import Settings, settings_table

HOME = Path(__file__).parent.parent
README = (HOME / "README.md").read_text("utf-8")
JOBS = re.findall(r"```yaml\n((?:# yaml-language-server[^\n]*\n)?prompt:.*?)```", README, re.S)


@pytest.mark.parametrize("text", JOBS)
def test_every_job_file_in_the_readme_is_a_job(text):
    assert read_job(text.encode(), file="readme.yaml", base=Settings().job_defaults).sampling.prompt


def test_the_readme_shows_a_smallest_and_a_fuller_job_file():
    assert len(JOBS) >= 2


@pytest.mark.parametrize("file", sorted((HOME / "examples").glob("*.yaml")), ids=lambda p: p.name)
def test_every_example_is_a_job(file):
    assert read_job(file.read_bytes(), file=file.name, base=Settings().job_defaults).sampling.prompt


def test_the_settings_table_is_the_settings():
    rows = re.findall(
        r"^\| `(\w+)` \| (.*?) \| (.*) \|$", README.split("<!-- settings -->")[1], re.M
    )

    assert [tuple(row) for row in rows] == [tuple(map(str, row)) for row in settings_table()]


def test_the_preset_table_is_the_presets():
    rows = re.findall(r"^\| (\w+) \| (\d+)x(\d+) \| (\d+) \| ([\d.]+) \|$", README, re.M)

    assert rows == [
        (p.name, str(p.width), str(p.height), str(p.steps), str(p.guidance_scale))
        for p in PRESETS.values()
    ]


def test_every_verb_is_in_the_readme():
    for verb in verbs_of(make_parser()):
        assert re.search(rf"\b{verb}\b", README), verb


def test_every_file_the_readme_links_to_is_there():
    for link in re.findall(r"\]\(([^)#]+)\)", README):
        if "://" not in link:
            assert (HOME / link).exists(), link
