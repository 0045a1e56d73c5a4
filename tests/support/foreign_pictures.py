"""Pictures with the texts that other tools write into them, read as jobs."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, PngImagePlugin

from daemon.jobfile import Job, read_job
from daemon.records.png_job import job_text_from_png
from daemon.sandbox.client import Sandbox
from daemon.settings import Settings

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


PLAIN = "Steps: 20, Sampler: Euler, CFG scale: 7, Seed: 1, Size: 512x768"
