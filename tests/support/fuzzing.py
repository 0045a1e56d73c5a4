"""Files that people, programs and accidents write, and one function that reads each in every way.

Noise, grammar (YAML-like and JSON-like text made of the pieces people and programs write), and good
jobs with something done to them. What was accepted as a job must be planned, written down and read
back, too.
"""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from support.places import JOB_FILES

from daemon.errors import JobError
from daemon.jobfile import Job, read_job
from daemon.jobfile.aliases import ALIASES, COMPOUND, IGNORED, UNSUPPORTED
from daemon.models.catalogue import DRY_RUN
from daemon.plan.input_pictures import as_inputs
from daemon.plan.plan import plan_from_json, plan_to_json
from daemon.plan.planner import PlanContext, make_plan
from daemon.protocol.messages import RenderBatch, decode, encode
from daemon.protocol.render import KeptPicture
from daemon.settings import Settings, parse_settings
from daemon.text.failure_letter import explain

SEEDS = sorted(
    file.read_bytes()
    for folder in (JOB_FILES / "good", JOB_FILES / "bad")
    for file in folder.iterdir()
    if file.suffix != ".txt" and file.stat().st_size < 4_000
)
SETTINGS = Settings()
MANY = settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def _may_be_read(letter: str) -> bool:
    """Breaks of our own lines, what joins letters, and all that shows: narrow spaces, too."""
    kind = unicodedata.category(letter)
    return letter in "\n\u200c\u200d" or not (kind[0] == "C" or kind in ("Zl", "Zp"))


def try_all(data: bytes) -> None:
    """Reads `data` as every kind of file there is; anything but JobError is a fault of ours."""
    for name in ("a.yaml", "a.json", "_defaults.yaml"):
        try:
            if name.startswith("_"):
                read_job(
                    b"prompt: x", file="b.yaml", base=SETTINGS.job_defaults, defaults=[(name, data)]
                )
            else:
                plan_it(read_job(data, file=name, base=SETTINGS.job_defaults))
        except JobError as error:
            letter = explain(error, file=name, source=data, when="now")
            assert all(map(_may_be_read, letter)), ascii(letter)
            letter.encode()
    try:
        parse_settings(data)
    except JobError as error:
        explain(error, file="hotfolder.yaml", source=data)


def plan_it(job: Job) -> None:
    inputs = as_inputs(job, dict.fromkeys(job.inputs, KeptPicture("/s", "0" * 64)))
    try:
        plan = make_plan(
            job,
            PlanContext(
                number=1,
                name=job.name or "a",
                project="",
                card=DRY_RUN,
                inputs=inputs,
                draw_seed=lambda: 1,
                stage=Path("/stage"),
                taken=lambda _: False,
            ),
        )
    except JobError:
        return
    assert plan_from_json(json.loads(json.dumps(plan_to_json(plan)))) == plan
    command = RenderBatch(tuple(plan.to_send(picture) for picture in plan.pictures))
    assert decode(encode(command)) == command
    for picture in plan.pictures:
        json.dumps(picture.block, allow_nan=False).encode()
        for text in plan.to_send(picture).png_text.values():
            text.encode()


KEYS = [
    *sorted({*ALIASES, *ALIASES.values(), *COMPOUND, *UNSUPPORTED, "references", "notes", "hires"}),
    *("prompt_syntax", "image_sha256", "clip_skip"),
    *sorted(IGNORED)[:5], "<<", "", "?", "schema", "job", "result", "model", "strict", "id"
]  # fmt: skip
SCALARS = [
    "a boat", "1", "0", "-1", "3.5", ".nan", ".inf", "-.inf", "1e999", "010", "0x1f", "1_000",
    "12:30:45", "true", "yes", "null", "~", "''", '""', '"\\ud83d"', '"\\0"', '"\\e[2J"', '"\\x85"',
    "9" * 30, "99999999999999999999", "2001-01-01", "768x768", "16:9", "!!timestamp x", "!!bool x",
    "!!int x", "!!float ''", "!!binary a", "!<x> y", "&a b", "*a", "- b", "? c", "%d", "@e", "`f`",
    "(a:1.3) [b] <lora:c:.5> BREAK", "((((", "[a|b]", "a1111", "{name: chalk, scale: 2}",
    "{scale: 1.5, strength: 0.5}", "|", ">-", "|2", ">9", "karras", "DPM++ 2M Karras", "fast", "\u202e", "😀", "é", "\u2028", "\t",
    "[1, 2]", "[a, [b, {c: d}]]", "{image: a.png, scale: 0.5}", "{a, b}", "{a: b: c}", "[", "]", "{",
    "}", '"', "'", "#x", "a #x", "a: b", "=", "<<",
]  # fmt: skip
LINES = st.one_of(
    st.tuples(st.sampled_from(KEYS), st.sampled_from([": ", ":", " : ", ":\t"]), st.sampled_from(SCALARS))
    .map("".join),
    st.sampled_from(SCALARS),
    st.sampled_from(["---", "...", "%YAML 1.1", "%TAG ! x", "# note", "", "\t", "\ufeff", "\0"]),
)  # fmt: skip
YAML = st.lists(
    st.tuples(st.sampled_from(["", "", "", "  ", "- ", "  - ", "\t", "? "]), LINES).map("".join),
    max_size=10,
).map("\n".join)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=10)
    | st.sampled_from(["16:9", "768x768", "fast", "Euler a", "a.png", "9" * 25]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*KEYS, "image", "scale", "kind"]), inner, max_size=4)
    ),
    max_leaves=8,
)


EDITS = st.lists(
    st.tuples(
        st.sampled_from(["cut", "drop", "twice", "insert", "flip"]),
        st.integers(0, 4_000),
        st.sampled_from([b"\0", b"\xff", b"\n", b"\t", b'"', b"'", b": ", b"[", b"}", b"&a ", b"*a", b"!", b"\x80"]),
    ),
    min_size=1,
    max_size=4,
)  # fmt: skip


def edited(data: bytes, edits: list[tuple[str, int, bytes]]) -> bytes:
    for kind, where, what in edits:
        at = where % (len(data) + 1)
        if kind == "cut":
            data = data[:at]
        elif kind == "drop":
            data = data[:at] + data[at + 3 :]
        elif kind == "twice":
            data = data[:at] + data
        elif kind == "insert":
            data = data[:at] + what + data[at:]
        elif at < len(data):
            data = data[:at] + bytes([data[at] ^ (1 << where % 8)]) + data[at + 1 :]
    return data


ANY_FILE = st.one_of(
    st.binary(max_size=300),
    YAML.map(str.encode),
    st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=8).map(
        lambda facts: json.dumps({"prompt": "x", **facts}).encode()
    ),
    st.builds(edited, st.sampled_from(SEEDS), EDITS),
)
"""Noise, grammar, and good files with something done to them; `make faults` reads many."""
