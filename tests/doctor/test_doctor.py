"""The doctor's whole examination, and what it finds about Hotfolder itself."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import time
from typing import Any

import pytest
from support.daemon import HANG
from support.findings import levels, words
from support.places import HOME

from daemon.doctor import Finding, examine, hotfolder, report
from daemon.root.layout import Layout

# --- the whole examination -----------------------------------------------------------------------


def test_a_sound_machine_is_told_so_without_importing_torch(layout: Layout) -> None:
    code = (
        "import sys, json\nfrom pathlib import Path\nfrom daemon.doctor import examine\n"
        "found = examine(Path(sys.argv[1]))\n"
        "print(json.dumps([[f.level, f.title, f.detail, f.remedy] for f in found]))\n"
        "heavy = {'torch', 'diffusers', 'transformers', 'watchdog', 'loguru'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    environment = {**os.environ, "HOME": str(layout.root.parent), "OMP_NUM_THREADS": "1"}
    answer = subprocess.run(
        [sys.executable, "-c", code, str(layout.root)],
        cwd=HOME, capture_output=True, text=True, timeout=HANG, env=environment,
    )  # fmt: skip

    assert answer.returncode == 0, answer.stderr
    found = [Finding(*row) for row in json.loads(answer.stdout)]
    titles = {finding.title for finding in found}
    assert {"Python", "Device", "Settings", "Model", "Root", "Disk", "Daemon", "Service"} <= titles
    assert "could not be examined" not in words(found)


def test_importing_the_doctor_is_cheap() -> None:
    code = (
        "import sys, daemon.doctor\n"
        "heavy = {'torch', 'pydantic', 'yaml', 'PIL', 'rich', 'loguru', 'watchdog'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=HOME, check=True, timeout=HANG)


@pytest.mark.usefixtures("no_torch")
def test_a_check_that_falls_over_is_a_finding_and_the_others_go_on(layout: Layout) -> None:
    layout.status_file.write_text(json.dumps({"state": "idle", "heartbeat_unix": 10**400}))
    with layout.lock_file.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        found = examine(layout.root)

    assert any("could not be examined" in f.detail for f in found if f.title == "Daemon")
    assert found[-1].title == "Service"


@pytest.mark.usefixtures("no_torch")
def test_every_finding_that_is_not_well_says_how_to_mend_it(layout: Layout) -> None:
    layout.settings_file.write_text("modell: sketch\n")
    layout.inbox.chmod(0o777)

    for finding in examine(layout.root):
        assert finding.level == "ok" or (finding.detail and finding.remedy), finding


def test_the_report_is_one_line_for_what_is_well_and_two_for_what_is_not() -> None:
    told = report([Finding("ok", "Disk", "9 GB"), Finding("bad", "Model", "gone", "Fetch it.")])

    assert told == [
        "  ok    Disk: 9 GB", "  BAD   Model: gone", "        -> Fetch it.", "",
        "1 to mend, 0 worth knowing.",
    ]  # fmt: skip
    assert report([Finding("ok", "Disk")])[-1] == "All is well."


# --- Hotfolder itself ----------------------------------------------------------------------------


def test_settings_that_can_not_be_read_are_named_with_their_mistake(layout: Layout) -> None:
    layout.settings_file.write_text("modell: sketch\n")

    found = hotfolder.settings_and_model(layout)

    assert levels(found) == {"bad"}
    assert "modell" in words(found)


def test_a_model_that_is_not_here_is_named_with_the_way_to_get_it(layout: Layout) -> None:
    layout.settings_file.write_text("model: sdxl-of-mine\n")

    found = hotfolder.settings_and_model(layout)

    assert [f.level for f in found] == ["ok", "bad"]
    assert "hotfolder models pull" in words(found)


def test_a_model_whose_file_was_changed_is_found_by_its_hash(layout: Layout) -> None:
    model = layout.root / "shelf" / "mine"
    model.mkdir(parents=True)
    (model / "mine.safetensors").write_bytes(b"weights")
    (model / "card.yaml").write_text("name: mine\nhashes: {mine.safetensors: 'ab'}\n")
    layout.settings_file.write_text("model: mine\nmodels: [shelf]\n")

    found = hotfolder.settings_and_model(layout)

    assert "bad" in levels(found)
    assert "mine.safetensors differs" in words(found)


def test_the_dry_run_engine_needs_no_model(layout: Layout) -> None:
    layout.settings_file.write_text("engine: dry-run\nmodel: nowhere\n")

    assert levels(hotfolder.settings_and_model(layout)) == {"ok"}


@pytest.mark.parametrize(
    ("snapshot", "level", "said"),
    [
        (None, "ok", "not reported"),
        ({"state": "idle", "heartbeat_unix": 995}, "ok", "running, idle"),
        ({"state": "rendering", "heartbeat_unix": 900}, "bad", "silent for 100 s"),
        ({"state": "starting", "heartbeat_unix": 900}, "ok", "starting"),
        ({"state": "blocked", "reason": "no model", "heartbeat_unix": 999}, "bad", "no model"),
        ({"state": "paused", "heartbeat_unix": 999}, "warn", "hotfolder resume"),
        ({}, "ok", "unknown"),
    ],
)
def test_what_a_daemon_says_of_itself_is_judged(
    snapshot: dict[str, Any] | None, level: str, said: str
) -> None:
    found = hotfolder.judge_daemon(snapshot, 1_000)

    assert levels(found) == {level}
    assert said in words(found)


def test_a_daemon_is_known_by_its_lock_and_not_by_its_leavings(layout: Layout) -> None:
    layout.status_file.write_text(json.dumps({"state": "idle", "heartbeat_unix": time.time()}))
    layout.lock_file.write_text("1\n")
    assert "none is running" in words(hotfolder.daemon(layout))

    with layout.lock_file.open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "running, idle" in words(hotfolder.daemon(layout))
