"""A sampler is one row of one table: everything that names samplers reads it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.daemon import HANG
from support.places import PACKAGE

from daemon.jobfile import job_schema
from daemon.jobfile.sampler_names import folded_names, sampler_named, schedule_named
from daemon.protocol.samplers import (
    SAMPLER_NAMES,
    SAMPLERS,
    SCHEDULE_NAMES,
    SCHEDULES,
)
from daemon.root.create import prepare
from daemon.root.layout import Layout

PNDM = (
    '    Sampler("pndm", "PLMS", "PNDMScheduler", {"skip_prk_steps": True}, aliases=("k_pndm",)),\n'
)


def run(code_or_arguments: list[str], where: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *code_or_arguments],
        cwd=where,
        capture_output=True,
        text=True,
        timeout=HANG,
        check=False,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A folder with a copy of the package, for changing it."""
    shutil.copytree(
        PACKAGE,
        tmp_path / "copy" / "daemon",
        ignore=shutil.ignore_patterns("sketch", "__pycache__"),
    )
    return tmp_path / "copy"


def check(copy: Path, tmp_path: Path, text: str) -> subprocess.CompletedProcess[str]:
    root = tmp_path / "root"
    prepare(Layout(root))
    (root / "hotfolder.yaml").write_text("engine: dry-run\n")
    (root / "job.yaml").write_text(text)
    return run(
        ["-m", "daemon", "check", "--json", "--root", str(root), str(root / "job.yaml")], copy
    )


def test_a_row_is_all_that_another_sampler_needs(copy, tmp_path):
    table = copy / "daemon" / "protocol" / "samplers.py"
    rows = table.read_text("utf-8")
    assert rows.count("SAMPLERS = (\n") == 1
    table.write_text(rows.replace("SAMPLERS = (\n", "SAMPLERS = (\n" + PNDM))

    done = check(copy, tmp_path, "prompt: a boat\nsampler: PLMS\n")
    code = (
        "from daemon.engine.sdxl.schedulers import build_scheduler as build\n"
        "print(type(build({'_class_name': 'DDIMScheduler'}, 'pndm', None)).__name__)\n"
        "from daemon.jobfile import job_schema\n"
        "print('pndm' in str(job_schema()))\n"
    )

    assert done.returncode == 0, done.stdout + done.stderr
    (picture,) = json.loads(done.stdout)[0]["pictures"]
    assert "Sampler: PLMS" in picture["png_text"]["parameters"]
    assert '"sampler": "pndm"' in picture["png_text"]["hotfolder"]
    assert run(["-W", "ignore", "-c", code], copy).stdout.split() == ["PNDMScheduler", "True"]


def test_a_fault_of_our_own_in_reading_a_file_is_told_and_no_traceback(copy, tmp_path):
    with (copy / "daemon" / "plan" / "planner.py").open("a", encoding="utf-8") as file:
        file.write("\n\ndef make_plan(*_, **__):\n    return {}['no such thing']\n")

    done = check(copy, tmp_path, "prompt: a boat\n")

    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert json.loads(done.stdout)[0]["ok"] is False
    assert "KeyError: 'no such thing'" in json.loads(done.stdout)[0]["why"]


def test_no_two_rows_share_a_name():
    for rows in (SAMPLERS, SCHEDULES):
        labels = [row.label for row in rows]
        names = [name for row in rows for name in folded_names(row)]
        assert all(labels)
        assert len(set(labels)) == len(labels)
        assert len(set(names)) == len(names)


@pytest.mark.parametrize("row", SAMPLERS, ids=lambda row: row.name)
def test_a_sampler_goes_by_every_name_of_its_row_and_with_every_schedule(row):
    for name in (row.name, row.label, *row.aliases):
        assert sampler_named(name) == (row.name, None)
        for schedule in SCHEDULES:
            if schedule.spacing or schedule.timesteps:
                assert sampler_named(f"{name} {schedule.label}") == (row.name, schedule.name)


@pytest.mark.parametrize("row", SCHEDULES, ids=lambda row: row.name)
def test_a_schedule_goes_by_every_name_of_its_row(row):
    assert {schedule_named(name) for name in (row.name, row.label, *row.aliases)} == {row.name}


def test_the_schema_offers_the_samplers_and_schedules_of_the_table():
    properties = job_schema()["$defs"]["Job"]["properties"]

    assert tuple(properties["sampler"]["anyOf"][0]["enum"]) == SAMPLER_NAMES
    assert tuple(properties["schedule"]["anyOf"][0]["enum"]) == SCHEDULE_NAMES


@pytest.mark.filterwarnings("ignore")  # the model libraries warn about each other
@pytest.mark.parametrize("row", SAMPLERS, ids=lambda row: row.name)
def test_every_row_builds_a_scheduler_of_diffusers(row):
    from daemon.engine.sdxl.schedulers import build_scheduler

    made = build_scheduler({"_class_name": "DDIMScheduler"}, row.name, None)

    assert type(made).__name__ == row.scheduler
    assert all(made.config[key] == value for key, value in row.options.items())
