"""Timelines of every format, read back by OpenTimelineIO itself."""

from __future__ import annotations

import sys
import types
from pathlib import Path
from urllib.parse import unquote, urlparse

import opentimelineio as otio
import pytest
from support.rendered import ODD

from daemon.cli import main
from daemon.root.layout import Layout

NAMES = ["010", ODD, "030", "040"]
FRAMES = {"24": [48, 36, 18, 48], "25": [50, 38, 19, 50], "23.976": [48, 36, 18, 48]}
ENDINGS = {"otio": "otio", "otioz": "otioz", "fcpxml": "xml", "edl": "edl"}
KINDS = tuple(ENDINGS)


def read(file: Path, rate: float) -> list[otio.schema.Clip]:
    options = {"rate": rate} if file.suffix == ".edl" else {}
    adapter = "fcp_xml" if file.suffix == ".xml" else None
    timeline = otio.adapters.read_from_file(str(file), adapter, **options)
    if not isinstance(timeline, otio.schema.Timeline):
        timeline = next(iter(timeline))
    return list(timeline.find_clips())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fps", FRAMES)
def test_a_timeline_reads_back_with_its_names_durations_and_words(
    rendered: Layout, tmp_path: Path, capsys, kind: str, fps: str
) -> None:
    where = str(tmp_path)
    rate = 24000 / 1001 if fps == "23.976" else float(fps)
    code = main(
        ["export", "ep03", "--to", kind, "--fps", fps, "-o", where, "--root", str(rendered.root)]
    )
    clips = read(tmp_path / f"ep03.{ENDINGS[kind]}", rate)

    assert code == 0
    assert "earlier version" not in capsys.readouterr().err
    assert [clip.name for clip in clips] == NAMES
    assert [round(clip.duration().value) for clip in clips] == FRAMES[fps]
    assert {round(clip.duration().rate, 3) for clip in clips} == {round(rate, 3)}
    said = " ".join(marker.name for clip in clips for marker in clip.markers).casefold()
    for words in ("mist <rolls> & in", "anna: привет!", "slow", "no picture yet"):
        assert words in said


@pytest.mark.parametrize("kind", ["otio", "fcpxml"])
def test_every_clip_of_a_timeline_names_a_picture_that_is_there(
    rendered: Layout, tmp_path: Path, kind: str
) -> None:
    main(["export", "ep03", "--to", kind, "-o", str(tmp_path), "--root", str(rendered.root)])
    clips = read(tmp_path / f"ep03.{ENDINGS[kind]}", 24.0)
    files = [Path(unquote(urlparse(clip.media_reference.target_url).path)) for clip in clips]

    assert all(file.is_file() for file in files)
    assert [file.parent.name for file in files] == ["ep03", "ep03", "ep03-cards", "ep03"]
    assert files[0].stem == "010-1"  # nobody picked one
    assert files[1].stem.endswith("-2")  # this one was picked


def test_a_bundle_holds_every_picture_and_no_path_of_this_machine(
    rendered: Layout, tmp_path: Path
) -> None:
    for name, count in (("ep03", 4), ("stills", 6)):
        main(["export", name, "--to", "otioz", "-o", str(tmp_path), "--root", str(rendered.root)])
        bundle, unpacked = tmp_path / f"{name}.otioz", tmp_path / f"{name}.unpacked"
        unpacked.mkdir()
        timeline = otio.adapters.read_from_file(str(bundle), extract_to_directory=str(unpacked))
        clips = list(timeline.find_clips())
        urls = [clip.media_reference.target_url for clip in clips]
        files = [unpacked / otio.url_utils.filepath_from_url(url) for url in urls]

        assert len({file for file in files if file.is_file()}) == count
        assert str(tmp_path.parent) not in (unpacked / "content.otio").read_text("utf-8")


def test_the_pictures_of_a_project_come_in_the_order_of_their_jobs(
    rendered: Layout, tmp_path: Path
) -> None:
    main(["export", "stills", "--to", "otio", "-o", str(tmp_path), "--root", str(rendered.root)])
    names = [clip.name for clip in read(tmp_path / "stills.otio", 24.0)]

    assert names == [f"{name}/{name}-0{number}" for name in "acb" for number in (1, 2)]


@pytest.mark.parametrize(
    ("kind", "lacks"), [("otio", "opentimelineio"), ("edl", "otio-cmx3600-adapter")]
)
def test_what_is_missing_is_named_with_the_command_that_installs_it(
    rendered: Layout, tmp_path: Path, capsys, monkeypatch, kind: str, lacks: str
) -> None:
    bare = types.ModuleType("opentimelineio")
    bare.adapters = types.SimpleNamespace(available_adapter_names=lambda: ["otio_json"])  # type: ignore[attr-defined]
    stand_in = None if lacks == "opentimelineio" else bare
    monkeypatch.setitem(sys.modules, "opentimelineio", stand_in)
    code = main(["export", "ep03", "--to", kind, "-o", str(tmp_path), "--root", str(rendered.root)])
    said = capsys.readouterr().err

    assert code == 5
    assert f"needs {lacks}" in said
    assert f"{sys.executable} -m pip install opentimelineio" in said
    assert list(tmp_path.iterdir()) == []


def test_frames_that_no_editor_counts_in_are_refused(
    rendered: Layout, tmp_path: Path, capsys
) -> None:
    where = ["--fps", "17", "-o", str(tmp_path), "--root", str(rendered.root)]

    assert main(["export", "ep03", "--to", "edl", *where]) == 2
    assert "--fps 24, 25" in capsys.readouterr().err
    assert main(["export", "ep03", "--to", "otio", *where]) == 0
