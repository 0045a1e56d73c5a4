"""hotfolder.yaml: every field has a default, every mistake a line."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest
from support.doc_tables import settings_table

from daemon.errors import SettingsError
from daemon.jobfile.presets import BALANCED, FAST, PRESETS, QUALITY, Preset
from daemon.settings import Settings, parse_settings, read_settings
from daemon.settings_forms import UNITS
from daemon.text.failure_letter import explain


def refusal(text: str) -> SettingsError:
    with pytest.raises(SettingsError) as caught:
        parse_settings(text.encode())
    return caught.value


def test_a_missing_file_means_the_defaults(tmp_path: Path) -> None:
    assert read_settings(tmp_path / "hotfolder.yaml") == Settings()


@pytest.mark.parametrize(
    "text", ["", "\n", "# nothing yet\n", "\ufeff# nothing yet\n", "model: null\n"]
)
def test_a_file_that_says_nothing_means_the_defaults(text: str) -> None:
    assert parse_settings(text.encode()) == Settings()


def test_every_field_can_be_set(tmp_path: Path) -> None:
    file = tmp_path / "hotfolder.yaml"
    file.write_text(
        "model: sdxl\nengine: dry-run\ndevice: cpu\ndtype: float32\nthreads: 2\npreset: mine\n"
        "presets: {mine: {base: fast, steps: 6}}\ndefaults: {negative: fog}\nsettle: 0.5\n"
        "scan_interval: 1\nidle_timeout: 0\nreference_wait: 5\nlibrary: [library]\n"
        "models: [models]\nkeep_awake: false\nlog_rotation: 5 MB\nlog_retention: 3\n"
        "max_pictures: 10\n"
    )

    read = read_settings(file)

    assert read == Settings(
        model="sdxl",
        engine="dry-run",
        device="cpu",
        dtype="float32",
        threads=2,
        preset="mine",
        presets={**PRESETS, "mine": Preset("mine", 768, 768, 6, 6.5)},
        defaults={"negative_prompt": "fog"},
        settle=0.5,
        scan_interval=1.0,
        idle_timeout=0.0,
        reference_wait=5.0,
        library=("library",),
        models=("models",),
        keep_awake=False,
        log_rotation="5 MB",
        log_retention=3,
        max_pictures=10,
    )


def test_the_table_tells_of_every_field_and_its_default() -> None:
    table = settings_table()

    assert [key for key, _, _ in table] == [field.name for field in fields(Settings)]
    assert all(meaning.endswith(".") for _, _, meaning in table)
    assert (
        "settle",
        "1",
        "Seconds a file must stay unchanged before it is taken for complete.",
    ) in (table)


def test_the_presets_are_the_ones_asked_for() -> None:
    assert Preset("fast", 768, 768, 10, 6.5) == FAST
    assert Preset("balanced", 768, 768, 15, 7.0) == BALANCED
    assert Preset("quality", 1024, 1024, 20, 7.5) == QUALITY
    assert Settings().preset == "balanced"


def test_presets_build_on_each_other_in_any_order() -> None:
    read = parse_settings(
        b"presets:\n  c: {base: b, steps: 3}\n  b: {base: a, sampler: Euler a}\n"
        b"  a: {base: quality, guidance_scale: 5}\n  fast: {base: fast, steps: 8}\n"
    )

    assert read.presets["c"] == Preset("c", 1024, 1024, 3, 5.0, "euler_a")
    assert read.presets["fast"] == Preset("fast", 768, 768, 8, 6.5)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("modle: x\n", 1, "Did you mean `model`?"),
        ("weather: x\n", 1, "is not a setting"),
        ("model: a\nthreads: many\n", 2, '`threads` must be a whole number, but the text "many"'),
        ("threads: -1\n", 1, "at least 0"),
        ("device: gpu\n", 1, "Write auto, cpu, mps, cuda or cuda:1."),
        ("engine: sdxll\n", 1, "sdxl, dry-run or module:Class"),
        ("keep_awake: yes\n", 1, "Write keep_awake: true"),
        ("settle: .inf\n", 1, "not a number"),
        ("log_rotation: often\n", 1, "Write 10 MB"),
        ("library: pictures\n", 1, "must be a list"),
        ("library:\n  - 3\n", 1, "must be a text"),
        ("preset: fasst\n", 1, "Did you mean `fast`?"),
        ("presets:\n  mine: {base: fasst}\n", 2, "Did you mean `fast`?"),
        ("presets:\n  mine:\n    stepz: 3\n", 3, "Did you mean `steps`?"),
        ("presets:\n  mine:\n    steps: 0\n", 3, "at least 1"),
        ("presets:\n  a: {base: b}\n  b: {base: a}\n", 2, "built on itself"),
        ("presets:\n  mine:\n    sampler: eular\n", 3, "Did you mean `euler`?"),
        ("defaults:\n  stepz: 3\n", 2, "Did you mean `steps`?"),
        ("defaults:\n  preset: fasst\n", 2, "Did you mean `fast`?"),
        ("defaults:\n  id: x\n", 2, "can't be a default"),
        ("defaults: 3\n", 1, "must be a mapping"),
        ("model: a\nmodel: b\n", 2, "twice"),
        ("model: a: b\n", 1, "colon"),
        ("- a\n", 1, "list"),
    ],
)
def test_a_mistake_is_named_with_its_line(text: str, line: int, words: str) -> None:
    error = refusal(text)

    assert words in str(error)
    assert (error.line, error.file) == (line, "hotfolder.yaml")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("idle_timeout: 10m", "600"),
        ("idle_timeout: 10 min", "600"),
        ("hang_timeout: 1.5 hours", "5400"),
        ("settle: 500ms", "0.5"),
        ("scan_interval: 2s", "2"),
        ("worker_memory: 512 MB", "0.512"),
        ("cache_disk: 2GiB", "2"),
        ("cache_memory: '0,5 GB'", "0.5"),
        ("library: ~/pictures", "[~/pictures]"),
    ],
)
def test_a_number_of_another_unit_is_told_in_the_one_of_its_setting(written, meant) -> None:
    key = written.split(":")[0]
    found = refusal(written)

    assert found.remedy == f"Write {key}: {meant}"
    parse_settings(found.remedy.removeprefix("Write ").encode())


def test_every_setting_that_is_said_to_be_of_a_unit_is_known_to_be() -> None:
    said = {key: meaning.split()[0].lower() for key, _, meaning in settings_table()}

    assert {key: word for key, word in said.items() if word in ("seconds", "gigabytes")} == {
        key: unit.name for key, unit in UNITS.items()
    }


def test_a_letter_about_settings_does_not_speak_of_jobs() -> None:
    source = b"threads: many\n"
    letter = explain(refusal(source.decode()), file="hotfolder.yaml", source=source)

    assert letter.startswith("hotfolder.yaml has a mistake in it.")
    assert "> 1 | threads: many" in letter
    assert "retry" not in letter


def test_settings_that_can_not_be_read_are_an_error_of_theirs(tmp_path: Path) -> None:
    (tmp_path / "hotfolder.yaml").mkdir()

    with pytest.raises(SettingsError, match="can't be read"):
        read_settings(tmp_path / "hotfolder.yaml")


@pytest.mark.parametrize(
    "data", [b"[]", b"- a", b"a boat", b"\0\0\0\0", b"\n\0\n", b"x" * 2_000_000, b"42", b"{"]
)
def test_no_letter_about_settings_speaks_of_jobs(data: bytes) -> None:
    with pytest.raises(SettingsError) as caught:
        parse_settings(data)

    said = f"{caught.value.what} {caught.value.why} {caught.value.remedy}"
    assert not re.search(r"\bjobs?\b|prompt", said, re.IGNORECASE), said
