"""Which schedule a sampler can take is judged where a job is read, at the line that says it."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.daemon import hotfolder
from support.job_texts import job, refusal

from daemon.errors import DefaultsError, SettingsError
from daemon.settings import Settings, read_settings

LACKS = "The sampler tcd has no karras schedule."


@pytest.mark.parametrize(
    ("text", "levels", "place"),
    [
        ("sampler: tcd\nschedule: karras\n", {}, (3, "schedule", None)),
        ("schedule: karras\nsampler: tcd\n", {}, (2, "schedule", None)),
        ("sampler: TCD Karras\n", {}, (2, "sampler", None)),
        ("sampler: tcd\n", {"film": "schedule: karras\n"}, (2, "sampler", None)),
        ("schedule: karras\n", {"film": "sampler: tcd\n"}, (2, "schedule", None)),
        ("scheduler: Karras\nsampler_name: TCD\n", {}, (2, "scheduler", None)),
        ("vary: {schedule: [normal, karras]}\nsampler: tcd\n", {}, (2, "schedule", None)),
        ("vary: {sampler: [euler, tcd]}\n", {"film": "schedule: karras\n"}, (2, "sampler", None)),
    ],
)
def test_the_refusal_names_the_line_that_is_nearest(
    text: str, levels: dict[str, str], place: tuple[int, str, str | None]
) -> None:
    refused = refusal(f"prompt: a\n{text}", **levels)

    assert (refused.line, refused.key, refused.file) == place
    assert refused.what == LACKS
    assert refused.why == "It can have normal, trailing, leading or linspace."
    assert refused.remedy.startswith("Take one of these, or a sampler that has karras: euler, heun")


def test_defaults_that_no_job_could_follow_are_the_ones_to_mend() -> None:
    refused = refusal("prompt: a\n", film="steps: 4\nsampler: tcd\nschedule: karras\n")
    assert isinstance(refused, DefaultsError)
    assert (refused.line, refused.file, refused.what) == (3, "film/_defaults.yaml", LACKS)

    between = {"film": "sampler: tcd\n", "film/night": "schedule: karras\n"}
    refused = refusal("prompt: a\n", **between)
    assert (refused.line, refused.file) == (1, "film/night/_defaults.yaml")
    assert job("prompt: a\nschedule: trailing\n", **between).sampling.schedule == "trailing"


@pytest.mark.parametrize(
    "text",
    [
        "presets: {own: {sampler: tcd, schedule: karras}}\n",
        "presets:\n  one: {schedule: karras}\n  two: {base: one, sampler: ddim}\n",
        "presets: {own: {sampler: lcm, steps: 51}}\n",
        "defaults: {sampler: euler_a, schedule: exponential}\n",
    ],
)
def test_settings_that_no_job_could_follow_are_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "hotfolder.yaml"
    file.write_text(text)
    with pytest.raises(SettingsError, match=r"has no \w+ schedule|can't take 51 steps"):
        read_settings(file)


def test_a_preset_goes_with_what_a_job_says_or_the_job_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "hotfolder.yaml"
    file.write_text("presets: {own: {sampler: tcd, steps: 4}}\n")
    settings: Settings = read_settings(file)

    assert job("prompt: a\npreset: own\n", settings=settings).sampling.sampler == "tcd"
    refused = refusal("prompt: a\npreset: own\nschedule: karras\n", settings=settings)
    assert (refused.line, refused.what) == (3, LACKS)
    said = job("prompt: a\npreset: own\nschedule: karras\nsampler: euler\n", settings=settings)
    assert said.sampling.sampler == "euler"


def test_check_submit_and_a_drop_refuse_alike_and_nothing_is_claimed(
    root, tmp_path, drop, daemon, wait
) -> None:
    text = "prompt: a boat\nsampler: tcd\nschedule: karras\n"
    (tmp_path / "boat.yaml").write_text(text)
    told = []
    for verb, code in (("check", 1), ("submit", 2)):
        done = hotfolder(verb, str(tmp_path / "boat.yaml"), "--root", str(root.root))
        assert done.returncode == code, done.stdout + done.stderr
        told.append(" ".join((done.stdout + done.stderr).split()))
    assert not list(root.inbox.glob("*.yaml"))
    drop.whole("boat.yaml", text)
    daemon()
    wait(lambda: (root.failed / "boat.yaml.why.txt").exists())
    told.append(" ".join((root.failed / "boat.yaml.why.txt").read_text().split()))

    for words in told:
        assert "line 3" in words
        assert LACKS in words
        assert "It can have normal, trailing, leading or linspace." in words
        assert "Take one of these, or a sampler that has karras: euler" in words
    assert not list(root.outbox.glob("*.png"))
    assert "claimed" not in root.log_file.read_text()
