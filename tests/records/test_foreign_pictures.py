"""Pictures of other tools: what their texts say is used, or told; never painted as something else."""

from __future__ import annotations

import json
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from PIL import Image, PngImagePlugin
from support.foreign_pictures import A1111, PLAIN, commented, job_of, png, utf16
from support.places import JOB_FILES

from daemon.errors import JobError
from daemon.jobfile import read_job
from daemon.jobfile.draft import draft
from daemon.sandbox.client import Sandbox
from daemon.settings import Settings

BODIES = JOB_FILES / "other_tools"


# --- records of other tools -------------------------------------------------------------------------


def body(name: str) -> str:
    return (BODIES / f"{name}.json").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "texts", "sampler"),
    [
        ("fooocus", ("parameters", "fooocus_scheme"), "dpmpp_2m_sde"),
        ("swarmui_record", ("parameters",), "euler"),
        ("invokeai", ("invokeai_metadata", "invokeai_graph"), "dpmpp_2m"),
        ("novelai", ("Comment", "Software"), "euler_a"),
        ("draw_things", ("parameters",), "dpmpp_2m"),
        ("mflux", ("Comment",), None),
        ("easy_diffusion", ("parameters",), "euler_a"),
        ("invokeai_2", ("sd__metadata",), "euler_a"),
    ],
)
def test_a_record_in_json_is_read_and_never_painted(
    tmp_path: Path, sandbox: Sandbox, name: str, texts: tuple[str, ...], sampler: str | None
) -> None:
    read = job_of(png(tmp_path / "a.png", **dict.fromkeys(texts, body(name))), sandbox)

    assert "boat" in read.sampling.prompt
    assert "{\n" not in read.sampling.prompt
    assert (read.sampling.sampler, bool(read.seeds), bool(read.warnings)) == (sampler, True, True)


def test_easy_diffusion_lays_each_key_into_a_text_of_its_own(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    said = {"prompt": "a boat", "negative_prompt": "fog", "seed": "5", "num_inference_steps": "25",
            "guidance_scale": "7.5", "width": "512", "height": "768", "sampler_name": "euler_a",
            "use_stable_diffusion_model": "sd-v1-4"}  # fmt: skip
    read = job_of(png(tmp_path / "a.png", **said), sandbox)

    assert (read.sampling.prompt, read.sampling.negative_prompt) == ("a boat", "fog")
    assert (read.sampling.steps, read.seeds, (read.width, read.height)) == (25, (5,), (512, 768))
    assert any("sd-v1-4" in warning for warning in read.warnings)


def test_tensorart_lays_its_record_into_generation_data(tmp_path: Path, sandbox: Sandbox) -> None:
    said = {"prompt": "a boat", "samplerName": "Euler a", "clipSkip": 2, "cfgScale": 7, "seed": "1"}
    read = job_of(png(tmp_path / "a.png", generation_data=json.dumps(said)), sandbox)

    assert (read.sampling.prompt, read.sampling.sampler, read.seeds) == ("a boat", "euler_a", (1,))


@pytest.mark.parametrize(
    ("texts", "tool"),
    [
        ({"prompt": body("comfyui"), "workflow": '{"nodes": [], "links": []}'}, "ComfyUI"),
        ({"workflow": '{"last_node_id": 1, "nodes": ' + "[" * 2_000_000}, "ComfyUI"),
        ({"parameters": body("comfyui")}, "ComfyUI"),
        ({"invokeai_graph": "{}"}, "InvokeAI"),
        ({"Dream": '"a boat" -s 50 -S 1 -W 512'}, "InvokeAI"),
    ],
)  # fmt: skip
def test_a_graph_in_a_picture_is_refused_by_the_name_of_its_tool(
    tmp_path: Path, sandbox: Sandbox, texts: dict[str, str], tool: str
) -> None:
    with pytest.raises(JobError, match=tool):
        job_of(png(tmp_path / "a.png", **texts), sandbox)


@pytest.mark.parametrize(
    "text", ['{"prompt": "a boat", "se', '{"made_by": "nobody"}', '{"a": NaN}']
)
def test_json_that_is_not_understood_is_refused(
    tmp_path: Path, sandbox: Sandbox, text: str
) -> None:
    with pytest.raises(JobError):
        job_of(png(tmp_path / "a.png", parameters=text), sandbox)


# --- JPEG and WebP ----------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", ["jpg", "jpeg", "webp", "png"])
@pytest.mark.parametrize(
    "comment",
    [utf16(A1111), utf16(A1111, "le"), b"ASCII\0\0\0" + A1111.encode(), b"\0" * 8 + A1111.encode(),
     A1111.encode()],
    ids=["be", "le", "ascii", "undefined", "bare"],
)  # fmt: skip
def test_the_user_comment_of_any_picture_is_read(
    tmp_path: Path, sandbox: Sandbox, suffix: str, comment: bytes
) -> None:
    read = job_of(commented(tmp_path / f"a.{suffix}", comment), sandbox)

    assert (read.sampling.prompt, read.prompt_syntax) == ("a (boat:1.2), sea", "a1111")
    assert (read.sampling.sampler, read.sampling.schedule, read.seeds) == (
        "dpmpp_2m",
        "karras",
        (12,),
    )


@pytest.mark.parametrize("text", ["лодка на море", "海の上のボート", "a boat ⛵"])
@pytest.mark.parametrize("order", ["be", "le"])
def test_the_user_comment_may_be_in_any_language(
    tmp_path: Path, sandbox: Sandbox, text: str, order: str
) -> None:
    read = job_of(commented(tmp_path / "a.jpg", utf16(f"{text}\n{PLAIN}", order)), sandbox)

    assert read.sampling.prompt == text


@pytest.mark.parametrize("name", ["fooocus", "swarmui_record", "mflux"])
@pytest.mark.parametrize("suffix", ["jpg", "webp"])
def test_json_in_the_user_comment_is_read_too(
    tmp_path: Path, sandbox: Sandbox, suffix: str, name: str
) -> None:
    read = job_of(commented(tmp_path / f"a.{suffix}", utf16(body(name))), sandbox)

    assert read.sampling.prompt == "a boat on the sea"


def test_draw_things_lays_its_record_into_xmp(tmp_path: Path, sandbox: Sandbox) -> None:
    xmp = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><exif:UserComment><rdf:Alt><rdf:li xml:lang="x-default">'
        f"{escape(body('draw_things'), {chr(34): '&quot;'})}</rdf:li></rdf:Alt></exif:UserComment>"
        "</x:xmpmeta>"
    )
    info = PngImagePlugin.PngInfo()
    info.add_itxt("XML:com.adobe.xmp", xmp)
    Image.new("RGB", (8, 8)).save(tmp_path / "a.png", pnginfo=info)

    assert job_of(tmp_path / "a.png", sandbox).seeds == (1803129012,)


def test_a_comfyui_workflow_in_webp_is_named(tmp_path: Path, sandbox: Sandbox) -> None:
    file = commented(tmp_path / "a.webp", b"", t010f='prompt:{"3": {"class_type": "KSampler"}}')

    with pytest.raises(JobError, match="ComfyUI"):
        job_of(file, sandbox)


@pytest.mark.parametrize("comment", [b"", b"ASCII\0\0\0   ", utf16("a nice day"), b"\xff" * 99])
def test_a_photograph_carries_no_record(tmp_path: Path, sandbox: Sandbox, comment: bytes) -> None:
    with pytest.raises(JobError, match="carries no record"):
        job_of(commented(tmp_path / "a.jpg", comment), sandbox)


# --- what a refused picture leaves behind ------------------------------------------------------------


@pytest.mark.parametrize("name", ["fooocus", "swarmui_record", "invokeai", "novelai", "mflux"])
def test_what_was_read_of_a_picture_is_a_job_that_says_the_same(name: str) -> None:
    data = body(name).encode()
    text = draft(data)
    first, again = (
        read_job(each, file=file, base=Settings().job_defaults)
        for each, file in ((data, "a.json"), (text.encode(), "a.yaml"))
    )

    assert (again.sampling, again.seeds, again.width) == (first.sampling, first.seeds, first.width)
    assert all(line[0] == "#" or ": " in line for line in text.splitlines())
    assert "was left aside" in text


def test_of_what_is_no_job_nothing_is_left_behind() -> None:
    for data in (b"", b"[]", b"{", json.dumps({"3": {"class_type": "x"}}).encode()):
        assert draft(data) == ""
