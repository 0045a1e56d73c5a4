"""Every key with every odd value: a job or a letter that names line and key, never anything else."""

from __future__ import annotations

import json

import pytest

from daemon.boards.read import read_board
from daemon.errors import JobError, SettingsError
from daemon.jobfile import read_job
from daemon.jobfile.aliases import IGNORED
from daemon.jobfile.level import KNOWN
from daemon.jobfile.schema import HIRES_NAMES, LORA_NAMES, REFERENCE_NAMES
from daemon.settings import KEYS as SETTINGS
from daemon.settings import Settings, parse_settings
from daemon.text.failure_letter import explain

BASE = Settings().job_defaults

#: As they stand in YAML.
BARE = (
    *("0²", "+-01", "-+1", "--1", "٣", "１２", "Ⅳ", "½", "1²", "1_000", "1'000", "1,5", "1.2.3", "0x1F", "0o17"),
    *("0b1", "0123", "-0", "+0", "-1", "1e400", "-1e400", "1e-400", "1e3", ".5", "5.", ".inf", "-.INF", ".nan"),
    *("nan", "inf", "Infinity", "9" * 19, "9" * 21, "1" + "0" * 400, "1" * 100_000, "0." + "1" * 5_000),
    *("9223372036854775807", "9223372036854775808", "true", "FALSE", "yes", "no", "~", "''", "' '"),
    *("2001-01-01", "2001-12-14t21:59:43.10-05:00", "12:30:45", "!!binary R0lG", "!!int 3", "!!float x"),
    *("!!timestamp 2001", "&a 1", "*a", "<<", "=", "[]", "{}", "[[]]", "[1]", "[1, 2, 3]", "[true]", "[~]"),
    *("[1.5, x]", "{a: b}", "{1: 2}", "[{}]", "[[1, 2]]", "[nan]", "[0²]", "{scale: 0²}", "{name: 0²}"),
    *('"\\0"', '"\\x07"', '"\\ud83d"', '"\\ud83d\\ude39"', "\u202e", "\u2028", "é" * 5_000, "'a\n\n  b'"),
    *("|\n  0²\n", "16:9", "0:0", "1:0", "99999:1", "1:99999", "0.0001", "1/0", "0x0", "99999x99999"),
    *("-1x-1", "768x", "x768", "../a", "/etc/passwd", "a/b", "a\\b", ".", "..", "~root", "a" * 201, "#1", "x #1"),
    *("fast", "Fast", "euler", "Euler a", "karras", "1-4", "1..", "5-1", "60%", "a1111", "plain", "null"),
)  # fmt: skip
TOP = (
    *sorted(KNOWN),
    *sorted(IGNORED)[:3],
    "Steps",
    "variations",
    "quality",
    "nobody",
    "schema",
    "job",
    "",
)
INNER = (
    *(("references", name) for name in (*REFERENCE_NAMES, "weight", "cast", "nobody")),
    *(("loras", name) for name in (*LORA_NAMES, "weight", "nobody")),
)


def try_job(data: bytes, file: str) -> None:
    """Reads it; a letter names the line (but of what is missing), and is short."""
    error = refused(data, file)
    if error is not None:
        assert error.line or "has no `prompt`" in error.what, (data[:200], str(error))
        assert len(explain(error, file=file, source=data)) < 4_000


def refused(data: bytes, file: str) -> JobError | None:
    try:
        read_job(data, file=file, base=BASE)
    except JobError as error:
        return error
    return None


@pytest.mark.parametrize("key", TOP)
def test_every_key_with_every_odd_value_gives_a_job_or_a_letter(key: str) -> None:
    for value in BARE:
        for prompt in ("prompt: x\nimage: a.png\n", ""):
            try_job(f"{prompt}{key}: {value}\n".encode(), "a.yaml")


@pytest.mark.parametrize(("outer", "key"), INNER)
def test_every_key_of_an_item_with_every_odd_value_gives_a_job_or_a_letter(
    outer: str, key: str
) -> None:
    needed = {"references": "image: a.png", "loras": "name: a"}[outer]
    for value in BARE:
        text = value.replace("\n", "\n  ")
        try_job(f"prompt: x\n{outer}:\n- {needed}\n  {key}: {text}\n".encode(), "a.yaml")


@pytest.mark.parametrize("key", HIRES_NAMES)
def test_every_key_of_hires_with_every_odd_value_gives_a_job_or_a_letter(key: str) -> None:
    for value in BARE:
        try_job(
            f"prompt: x\nhires:\n  {key}: {value.replace(chr(10), chr(10) + '  ')}\n".encode(),
            "a.yaml",
        )


@pytest.mark.parametrize("key", TOP)
def test_every_key_with_every_odd_text_of_json_gives_a_job_or_a_letter(key: str) -> None:
    for value in BARE:
        for shape in (value, [{"image": value, "name": [value]}]):
            try_job(json.dumps({"prompt": "x", key: shape}).encode(), "a.json")
    for raw in (
        "1E400",
        "-0",
        "1e5",
        "-1.5e-7",
        "9" * 30,
        "NaN",
        "1.0",
        "[1.0]",
        "[9e99]",
        "1e15",
        "1e308",
    ):
        try_job(f'{{"prompt": "x", "{key}": {raw}}}'.encode(), "a.json")


@pytest.mark.parametrize("key", SETTINGS)
def test_every_setting_with_every_odd_value_gives_settings_or_a_letter(key: str) -> None:
    for value in BARE:
        for line in (f"{key}: {value}\n", f"{key}: {{a: {value}}}\n" if "\n" not in value else ""):
            error = refused_settings(line.encode())
            assert error is None or error.line


def refused_settings(data: bytes) -> JobError | None:
    try:
        parse_settings(data)
    except JobError as error:
        return error
    return None


@pytest.mark.parametrize(
    "value", ["0²", "+-01", "１２", "٣", "Ⅳ", "1²", "nan", "1_000", "''", "[]", "true"]
)
@pytest.mark.parametrize(
    "key", ["steps", "seed", "width", "count", "guidance_scale", "clip_skip", "priority"]
)
def test_what_is_no_number_to_us_is_refused_where_a_number_must_stand(key: str, value: str) -> None:
    with pytest.raises(JobError) as caught:
        read_job(f"prompt: x\n{key}: {value}\n".encode(), file="a.yaml", base=BASE)

    assert (caught.value.line, caught.value.key) == (2, key)


#: what is typed, and what the letter says of the number: never what became of it meanwhile
TYPED = {
    "width: 99999": "the number 99999 stands here",
    "size: 512x99999": "the number 99999 stands here",
    "width: 1e5": "the number 1e5 stands here. Write 100000.",
    "steps: 0x1FF": "the number 0x1FF stands here",
    "count: 20000\nbatch_size: 3": "`count` must be at most 10000, but the number 20000",
    "count: 200\nbatch_size: 100": "`batch_size` 100 asks for more than 10,000 pictures",
    "image: a.png\nimage_strength: 0.995": "the number 0.995 stands here",
    "hires: {scale: 1e1}": "the number 1e1 stands here",
    "enable_hr: true\nhr_scale: 10": "`hr_scale` must be at most 4, but the number 10",
    "width: 512\nenable_hr: true\nhr_resize_x: 4096": "by a factor of 8",
    "references: [{image: a.png, scale: 1e2}]": "the number 1e2 stands here",
    "override_settings: {CLIP_stop_at_last_layers: 99}": "the number 99 stands here",
    "vary: {steps: [1e9]}": "the number 1e9 stands here",
    "vary: [{steps: 1e9}, {steps: 2}]": "the number 1e9 stands here",
    "seed: [1, 1e3]": "the number 1e3 stands here. Write 1000.",
    "seed: [1, 0xFFFFFFFFFFFFFFFFF]": "the number 0xFFFFFFFFFFFFFFFFF stands here",
    "size: [512, 0x1FFFF]": "the number 0x1FFFF stands here",
    "size: [1e3, 512]": "two whole numbers, but the number 1e3 stands here",
    "original_size: [0o17777777, 5]": "the number 0o17777777 stands here",
    "aspect: [1e1, 2]": "the number 1e1 stands here",
    "batch_size: 1.5e1": "the number 1.5e1 stands here",
    "batch_size: 0x7FFF": "`batch_size` 0x7FFF asks for more",
    "count: 0x64\nbatch_size: 0x7FF": "With `count` 0x64 they would be",
    "model: 0x10": 'Put it in quotes: model: "0x10"',
    "sampler: 1e3": "`sampler` can't be 1e3.",
    "hires: 1e1": "`hires` must be at most 4, but the number 1e1",
    "references: [1e3]": "the number 1e3 stands here",
    "references: [{image: a.png, start: 1e2}]": "It starts at 1e2 and ends at 1",
    "reference_image: [a.png, b.png]\nreference_scale: [1, 1e2]": "the number 1e2 stands here",
    "loras: [1e3]": "the number 1e3 stands here",
    "lora_paths: [a, b]\nlora_scales: [1, 0x10]": "but the number 0x10 stands here",
    "drawing: 1e3": "the number 1e3 stands here",
    "controls: [{image: a.png, start: 1e2}]": "It starts at 1e2 and ends at 1",
    "control_image: a.png\ncontrolnet_conditioning_scale: 1e2": "but the number 1e2 stands here",
    "with: [1e3]": "the number 1e3 stands here",
    "cast: {Anna: 1e3}": "the number 1e3 stands here",
    "cast: {Anna: {look: 0x10}}": "the number 0x10 stands here",
    "cast: {Anna: {look: a.png, loras: [{name: x, scale: 1e3}]}}": "the number 1e3 stands here",
    "cast: {Anna: a.png}\nplace: {Anna: 1e3}": "the number 1e3 stands here",
}


@pytest.mark.parametrize("typed", TYPED)
def test_a_number_is_told_as_it_was_typed(typed: str) -> None:
    with pytest.raises(JobError) as caught:
        read_job(f"prompt: x\n{typed}\n".encode(), file="a.yaml", base=BASE)
    assert TYPED[typed] in str(caught.value)


@pytest.mark.parametrize(
    "typed",
    [
        *("shots: 1e3", "shots: {010: 1e3}", "shots: [1e3]", "takes: 1e3\nshots: {010: a}"),
        "shots: {010: a, 020: {prompt: b, like: {shot: 010, strength: 1e3}}}",
        "shots: {010: {prompt: a, seed: [1, 1e3]}}",
    ],
)
def test_so_it_is_on_a_board(typed: str) -> None:
    with pytest.raises(JobError, match="the number 1e3 stands here"):
        read_board(typed.encode(), "board.yaml", name="ep", base=BASE)


@pytest.mark.parametrize(
    "typed",
    [
        *("idle_timeout: -1e3", "presets: {mine: {steps: -1e3}}", "final: {scale: -1e3}"),
        *("library: [a, -1e3]", "defaults: {seed: [1, -1e3]}"),
        "presets: {mine: {loras: [{name: a, scale: -1e3}]}}",
    ],
)
def test_so_it_is_in_the_settings(typed: str) -> None:
    with pytest.raises(SettingsError, match="the number -1e3 stands here"):
        parse_settings(typed.encode())
