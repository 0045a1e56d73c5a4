"""The text that other programs read in a picture, which is read back as the same picture."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from support.planned import SMALL, TEXT, bare, pictures

from daemon import __version__
from daemon.jobfile import Job, read_job
from daemon.jobfile.a1111_settings import from_parameters
from daemon.models.catalogue import Card
from daemon.protocol.render import Render
from daemon.protocol.samplers import SAMPLER_NAMES
from daemon.protocol.sampling import SamplingParams
from daemon.settings import Settings
from daemon.text.printable import is_unsafe

UNHURRIED = settings(deadline=None)  # the machine may be busy


def test_the_parameters_name_loras_and_second_passes_and_are_read_back() -> None:
    render = render_of(
        "prompt: a (boat)\nseed: 9\nloras: [{name: chalk, scale: 0.5}, мел]\n"
        "hires: {scale: 1.25, steps: 10, strength: 0.5}\nsize: 256x256\n"
    )
    text = render.png_text["parameters"]
    again = read_job(
        json.dumps(from_parameters(text)).encode(), file="a.png", base=Settings().job_defaults
    )

    assert (
        'Hires upscale: 1.25, Hires steps: 5, Hires upscaler: Lanczos, Loras: "chalk: 0.5' in text
    )
    assert "Lora hashes" in text
    assert bare(pictures(again, SMALL)[0].render) == bare(render)


def render_of(text: str, card: Card = SMALL) -> Render:
    job = read_job(text.encode(), file="a.yaml", base=Settings().job_defaults)
    return pictures(job, card)[0].render


def test_other_programs_find_the_parameters_they_know() -> None:
    render = render_of(
        "prompt: a boat\nnegative: fog\nseed: 9\nsampler: DPM++ 2M Karras\nclip_skip: 1\ncfg: 6.5\n"
    )

    assert render.png_text["parameters"] == (
        "a boat\nNegative prompt: fog\n"
        "Steps: 15, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 6.5, Seed: 9, "
        f"Size: 256x256, Model hash: ababababab, Model: sketch, Clip skip: 3, Version: Hotfolder {__version__}"
    )


@pytest.mark.parametrize("sampler", SAMPLER_NAMES)
def test_the_parameters_are_read_back_as_the_same_picture(sampler: str) -> None:
    render = render_of(
        f"prompt: a boat\nnegative: fog\nseed: 9\nsampler: {sampler}\nclip_skip: 2\n"
    )
    text = json.dumps(from_parameters(render.png_text["parameters"])).encode()
    again = read_job(text, file="a.png", base=Settings().job_defaults)

    assert bare(pictures(again, SMALL)[0].render) == bare(render)


@UNHURRIED
@given(TEXT)
def test_the_description_for_spotlight_is_sound_xml(prompt: str) -> None:
    job = Job(SamplingParams(prompt=prompt, steps=1, guidance_scale=1.0), width=768, height=768)
    xmp = pictures(job, SMALL)[0].render.png_text["XML:com.adobe.xmp"]
    body = xmp[xmp.index("?>") + 2 : xmp.rindex("<?xpacket")]
    tree = ElementTree.fromstring(body)

    said = tree.findtext(".//{http://www.w3.org/1999/02/22-rdf-syntax-ns#}li")
    assert said == "".join(c for c in prompt if c in "\t\n" or not is_unsafe(c))
