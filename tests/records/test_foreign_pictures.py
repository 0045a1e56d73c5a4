"""Pictures of other tools: what their texts say is used, or told; never painted as something else."""

from __future__ import annotations

import json
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from PIL import Image, PngImagePlugin

from daemon.errors import JobError
from daemon.jobfile import Job, read_job
from daemon.jobfile.draft import draft
from daemon.records.a1111_text import split_text
from daemon.records.png_job import job_text_from_png
from daemon.sandbox.client import Sandbox
from daemon.settings import Settings

BODIES = Path(__file__).parents[1] / "job_files" / "other_tools"
A1111 = (
    "a (boat:1.2), sea\nNegative prompt: fog\nSteps: 20, Sampler: DPM++ 2M, Schedule type: Karras, "
    "CFG scale: 6.5, Seed: 12, Size: 832x1216, Version: v1.10.1"
)


def png(file: Path, **texts: str) -> Path:
    info = PngImagePlugin.PngInfo()
    for key, value in texts.items():
        info.add_itxt(key.replace("__", "-"), value)
    Image.new("RGB", (8, 8)).save(file, pnginfo=info)
    return file


def commented(file: Path, comment: bytes, **more: str) -> Path:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9286] = comment
    for tag, text in more.items():
        exif[int(tag.removeprefix("t"), 16)] = text
    Image.new("RGB", (8, 8)).save(file, exif=exif.tobytes())
    return file


def utf16(text: str, order: str = "be") -> bytes:
    return b"UNICODE\0" + text.encode(f"utf-16-{order}")


def job_of(file: Path, sandbox: Sandbox) -> Job:
    data = job_text_from_png(file, sandbox)
    return read_job(data, file=f"{file.name}.json", base=Settings().job_defaults)


def a1111(tmp_path: Path, sandbox: Sandbox, text: str) -> Job:
    return job_of(png(tmp_path / "a.png", parameters=text), sandbox)


# --- A1111's text -----------------------------------------------------------------------------------

PLAIN = "Steps: 20, Sampler: Euler, CFG scale: 7, Seed: 1, Size: 512x768"


@pytest.mark.parametrize(
    ("said", "clip_skip"), [("1", None), ("2", None), ("3", 1), ("4", 2), ("0", None)]
)
def test_clip_skip_counts_as_the_field_counts(
    tmp_path: Path, sandbox: Sandbox, said: str, clip_skip: int | None
) -> None:
    read = a1111(tmp_path, sandbox, f"x\n{PLAIN}, Clip skip: {said}")

    assert (read.sampling.clip_skip, read.warnings) == (clip_skip, ())


@pytest.mark.parametrize(
    "text",
    [
        f"a boat\nNegative prompt: fog\n{PLAIN}\nTemplate: a, b, (c:1.2)\nNegative Template: fog",
        f'a boat\nNegative prompt: fog\n{PLAIN}, Wildcard prompt: "one,\nNegative prompt: two\nthree"',
        f'a boat\nNegative prompt: fog\n{PLAIN}, Old: "x\nSteps: 3, Sampler: Heun, Seed: 5\ny"',
        f"a boat\nNegative prompt: fog\n{PLAIN}\n\nThanks for looking!",
        f"a boat\r\nNegative prompt: fog\r\n{PLAIN}, ENSD: 31337\r\n",
        "a boat\nNegative prompt: fog\nSteps: 20, Sampler: Euler, CFG scale: 7\nSeed: 1, "
        "Size: 512x768, Eta: 0",
        "a boat\nNegative prompt: fog\nSteps: 20 | Seed: 1 | Sampler: Euler | CFG scale: 7 | "
        "Size: 512x768 | Parser: Full parser | App: SD.Next | Version: 7f5",
        "a boat\nNegative prompt: fog\nSteps: 20| Size: 512x768| Sampler: Euler| CFG scale: 7| "
        "Seed: 1| Model: a, b",
        "a boat\nNegative prompt: fog\nSize: 512x768, Seed: 1, Steps: 20, Sampler: Euler, "
        "CFG scale: 7, Pipeline: SDXL",
    ],
)
def test_settings_are_found_wherever_they_stand_and_however_they_are_parted(
    tmp_path: Path, sandbox: Sandbox, text: str
) -> None:
    read = a1111(tmp_path, sandbox, text)
    found = read.sampling

    assert (found.prompt, found.negative_prompt, read.seeds) == ("a boat", "fog", (1,))
    assert (found.steps, found.sampler, found.guidance_scale) == (20, "euler", 7.0)
    assert (read.width, read.height) == (512, 768)
    assert read.warnings


UNREAD = (
    "Denoising strength: 0.4", "Mask blur: 4", "Model: juggernaut", "Model hash: 1fe6c7ec54",
    "Variation seed: 5", "Variation seed strength: 0.1", "RNG: CPU", "ENSD: 31337", "Refiner: x",
    "Refiner switch at: 0.8", "Schedule type: Align Your Steps", "Token merging ratio: 0.5",
    'ControlNet 0: "Module: canny, Model: control [abc], Weight: 1"', "ADetailer model: face.pt",
    "Hires steps: 5", "VAE: sdxl.vae", 'TI hashes: "a: b, c: d"', "Face restoration: CodeFormer",
)  # fmt: skip


@pytest.mark.parametrize("setting", UNREAD)
def test_each_setting_without_a_use_is_one_warning(
    tmp_path: Path, sandbox: Sandbox, setting: str
) -> None:
    read = a1111(tmp_path, sandbox, f"x\n{PLAIN}, {setting}, Version: v1.10.1")

    (warning,) = read.warnings
    assert setting.split(":")[0] in warning
    assert (read.sampling.schedule, read.image, read.hires) == (None, None, None)


def test_all_of_them_at_once_are_as_many_warnings(tmp_path: Path, sandbox: Sandbox) -> None:
    read = a1111(tmp_path, sandbox, f"x\n{PLAIN}, {', '.join(UNREAD)}, Version: v1")

    assert len(read.warnings) == len(UNREAD)


@pytest.mark.parametrize(
    ("said", "schedule", "told"),
    [("Karras", "karras", 0), ("Automatic", "karras", 0), ("Simple", None, 1), ("SGM Uniform", "trailing", 0),
     ("Uniform", "normal", 0), ("Align Your Steps", None, 1)],
)  # fmt: skip
def test_a_schedule_is_used_or_told(
    tmp_path: Path, sandbox: Sandbox, said: str, schedule: str | None, told: int
) -> None:
    text = f"x\nSteps: 20, Sampler: DPM++ 2M, Schedule type: {said}, Seed: 1"
    read = a1111(tmp_path, sandbox, text)

    assert (read.sampling.schedule, len(read.warnings)) == (schedule, told)


@pytest.mark.parametrize(
    ("said", "scale"),
    [("Hires resize: 1024x1536", 2.0), ("Hires upscale: 1.5", 1.5), ("Hires resize: 1024x1024", None)],
)  # fmt: skip
def test_a_second_pass_is_made_as_large_as_it_was_or_told(
    tmp_path: Path, sandbox: Sandbox, said: str, scale: float | None
) -> None:
    read = a1111(tmp_path, sandbox, f"x\n{PLAIN}, Denoising strength: 0.4, {said}")

    assert (read.hires.scale if read.hires else None) == scale
    assert bool(read.warnings) == (scale is None)


def test_a_million_letters_of_settings_are_read_in_a_moment_or_refused() -> None:
    for unit in ("Steps: 1, Seed: 1\n", "a, ", ': "', ": ", 'a: "x"y ', 'Seed: "\n', "|", "A: "):
        parts = split_text(f"x\n{PLAIN}, " + unit * (900_000 // len(unit)))
        assert parts.settings["Steps"] in ("20", "1")


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


def test_a_prompt_in_braces_is_still_a_prompt(tmp_path: Path, sandbox: Sandbox) -> None:
    read = a1111(tmp_path, sandbox, "{a red|a blue} boat\n" + PLAIN)

    assert read.sampling.prompt == "{a red|a blue} boat"


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
