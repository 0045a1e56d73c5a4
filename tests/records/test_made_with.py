"""What a picture was made with travels with its record, where it is to come out again as it was."""

from __future__ import annotations

import json

import pytest

from daemon.jobfile import read_job
from daemon.jobfile.job import JobHires
from daemon.plan.remakes import remade
from daemon.protocol.made_with import MadeWith
from daemon.protocol.messages import RenderBatch, decode, encode
from daemon.protocol.render import Render
from daemon.protocol.sampling import SamplingParams
from daemon.settings import Settings

DEVICE = {"type": "cuda", "name": "a card", "memory": 1}
VERSIONS = {"hotfolder": "0.1.0", "torch": "2.13.0+cpu", "diffusers": "0.36.0", "pillow": "12.0"}
WITH = MadeWith("cuda", {"torch": "2.13.0+cpu", "diffusers": "0.36.0"})

RECORDS = [
    ({"exact": True, "device": DEVICE, "versions": VERSIONS}, False, WITH),
    ({"exact": False, "device": DEVICE, "versions": VERSIONS}, False, None),
    ({"exact": False, "device": DEVICE, "versions": VERSIONS}, True, WITH),
    ({"exact": "yes", "device": DEVICE, "versions": VERSIONS}, False, None),
    ({"exact": True, "device": DEVICE}, False, MadeWith("cuda")),
    ({"exact": True, "versions": {"torch": 2, "diffusers": "x\n" * 9}}, False, None),
    ({"exact": True, "device": "a card", "versions": ["torch"]}, False, None),
    ({}, True, None),
    ("gone", True, None),
    (None, True, None),
]


def read(result: object, *, strict: bool):
    record = {"schema": 1, "job": {"prompt": "a", "strict": strict}, "result": result}
    base = Settings().job_defaults
    return read_job(json.dumps(record).encode(), file="a.json", base=base)


@pytest.mark.parametrize(("result", "strict", "expected"), RECORDS)
def test_a_record_says_what_its_picture_was_made_with_where_that_matters(result, strict, expected):
    assert read(result, strict=strict).made_with == expected


@pytest.mark.parametrize(("folder", "expected"), [("", WITH), ("more", None), ("final", None)])
def test_another_picture_made_of_a_record_may_be_made_with_anything(folder, expected):
    job = read({"exact": True, "device": DEVICE, "versions": VERSIONS}, strict=False)
    again = remade(job, folder, JobHires(), of_picture=False)
    assert again.made_with == expected


def test_what_differs_is_said_and_nothing_that_was_not_told():
    assert WITH.differs(DEVICE, VERSIONS) == ""
    assert MadeWith("", {"torch": "1"}).differs({}, {"torch": "1"}) == ""
    said = WITH.differs({"type": "mps"}, {"torch": "2.12.0"})
    assert "torch 2.12.0 (its record: 2.13.0+cpu)" in said
    assert "diffusers missing" in said
    assert "kind mps (its record: cuda)" in said


def test_it_travels_to_a_worker_and_decides_nothing_of_what_is_one_picture():
    sampling = SamplingParams(prompt="a", steps=1, guidance_scale=1.0)
    about = {"seed": 1, "stage": "/a.png", "sampling": sampling}
    render = Render(1, 1, 64, 64, made_with=WITH, **about)
    told = decode(encode(RenderBatch((render,))))
    assert told.renders[0].made_with == WITH
    assert render == Render(1, 1, 64, 64, **about)
