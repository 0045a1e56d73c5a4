"""Animatics, looked at by ffprobe and by Pillow."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from PIL import Image
from support.daemon import needs

from daemon.cli import main
from daemon.root.layout import Layout

ENTRIES = "stream=codec_name,codec_type,nb_read_frames,pix_fmt,width,height:format=duration"


def probe(file: Path) -> dict:
    command = ["ffprobe", "-v", "error", "-count_frames", "-show_entries", ENTRIES]
    done = subprocess.run(
        [*command, "-of", "json", f"file:{file}"], capture_output=True, check=True
    )
    return json.loads(done.stdout)


def film(layout: Layout, name: str, *options: str) -> int:
    return main(["export", name, "--to", "mp4", "--root", str(layout.root), *options])


@needs("ffmpeg")
def test_a_film_has_every_frame_and_its_subtitles(rendered: Layout, tmp_path: Path) -> None:
    assert film(rendered, "ep03", "--fps", "25", "-o", str(tmp_path / "a b 50%'.mp4")) == 0
    found = probe(tmp_path / "a b 50%'.mp4")
    video, subtitles = found["streams"]

    assert (video["codec_name"], video["pix_fmt"]) == ("h264", "yuv420p")
    assert (video["width"], video["height"]) == (128, 72)
    assert int(video["nb_read_frames"]) == 50 + 38 + 19 + 50
    assert float(found["format"]["duration"]) == pytest.approx(157 / 25, abs=0.02)
    assert subtitles["codec_name"] == "mov_text"
    assert (tmp_path / "a b 50%'.srt").read_text("utf-8") == (
        "1\n00:00:00,000 --> 00:00:02,000\nmist <rolls> & in\n\n"
        "2\n00:00:02,000 --> 00:00:03,520\nANNA: Привет!\nabc → x\n"
    )


@needs("ffmpeg")
def test_odd_and_differing_sides_become_even_and_one(root: Layout, tmp_path: Path) -> None:
    (root.outbox / "odd").mkdir()
    for number, size in enumerate([(131, 77), (40, 200), (1, 1), (64, 64)]):
        Image.new("RGB", size, "red").save(root.outbox / "odd" / f"{number}.png")
    (root.outbox / "odd" / "4.png").write_bytes(b"no picture at all")

    assert film(root, "odd", "--seconds", "0.04", "-o", str(tmp_path)) == 0
    (video,) = probe(tmp_path / "odd.mp4")["streams"]  # nothing is said, so nothing is subtitled
    assert (video["width"], video["height"], video["nb_read_frames"]) == (132, 78, "5")
    assert not (tmp_path / "odd.srt").exists()


def test_without_ffmpeg_there_is_an_animation_and_a_sentence(
    rendered: Layout, tmp_path: Path, monkeypatch, capsys
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert film(rendered, "ep03", "-o", str(tmp_path / "x.mp4")) == 0
    said = capsys.readouterr()

    assert "brew install ffmpeg" in said.err
    assert said.out.strip() == str(tmp_path / "x.webp")
    with Image.open(tmp_path / "x.webp") as image:
        assert (image.n_frames, image.size) == (4, (128, 72))
        durations = []
        for frame in range(4):
            image.seek(frame)
            image.load()
            durations.append(image.info["duration"])
    assert durations == [2000, 1500, 750, 2000]


@pytest.mark.parametrize(
    ("says", "code", "told"),
    [
        ("out.mp4: No space left on device", 1, "No space left on device"),
        ("Unknown encoder 'libx264'", 5, "no H.264"),
        ("", 5, "ended with 1"),
    ],
)
def test_a_film_that_fails_leaves_nothing(
    rendered: Layout, tmp_path: Path, monkeypatch, capsys, says: str, code: int, told: str
) -> None:
    tools, out = tmp_path / "tools", tmp_path / "out"
    tools.mkdir()
    out.mkdir()
    (tools / "ffmpeg").write_text(f'#!/bin/sh\necho "{says}" >&2\nexit 1\n')
    (tools / "ffmpeg").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")

    assert film(rendered, "ep03", "-o", str(out)) == code
    assert told in capsys.readouterr().err
    assert list(out.iterdir()) == []
