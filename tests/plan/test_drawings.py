"""Drawings on their way into a plan: cleaned, kept by content, recorded so that the record alone
makes the picture again."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from support.daemon import hotfolder

from daemon.errors import JobError
from daemon.plan.plan import Plan, plan_from_json, plan_to_json
from daemon.plan.prepare import Preparer
from daemon.protocol.render import CONTROL
from daemon.root.layout import Layout
from daemon.settings import Settings


def draw(file: Path, size: tuple[int, int] = (600, 300)) -> bytes:
    file.parent.mkdir(parents=True, exist_ok=True)
    picture = Image.new("RGB", size, "white")
    ImageDraw.Draw(picture).ellipse(
        (size[0] * 0.2, 40, size[0] * 0.6, size[1] - 40), outline="black", width=4
    )
    picture.save(file)
    return file.read_bytes()


@pytest.fixture
def preparer(root: Layout) -> Preparer:
    return Preparer(root, Settings(), engine="dry-run", model=None)


def planned(root: Layout, preparer: Preparer, text: str, name: str = "job.yaml") -> Plan:
    file = root.inbox / name
    file.write_text(text)
    job = preparer.peek(file, project="")
    return preparer.plan(
        job, number=1, stem="job", project="", draw_seed=lambda: 7, taken=lambda _: False
    )


def test_a_drawing_is_kept_as_it_was_and_as_its_strokes_and_gives_the_picture_its_shape(
    root: Layout, preparer: Preparer
) -> None:
    data = draw(root.inbox / "010.png")
    plan = planned(root, preparer, "prompt: a boat\ndrawing: 010.png exact\n")
    render = plan.pictures[0].render

    (control,) = render.controls
    assert (control.params.scale, control.params.end, control.params.ready) == (1.0, 0.8, True)
    kept = Path(control.source.path)
    assert kept.parent == root.references
    assert hashlib.sha256(kept.read_bytes()).hexdigest() == kept.name == control.source.sha256
    with Image.open(kept) as strokes:
        assert (strokes.mode, strokes.size, strokes.getpixel((0, 0))) == ("L", (600, 300), 0)
    assert (root.references / hashlib.sha256(data).hexdigest()).read_bytes() == data
    assert render.width / render.height == pytest.approx(2, rel=0.03)
    assert plan_from_json(json.loads(json.dumps(plan_to_json(plan)))).pictures == plan.pictures


def test_a_record_alone_makes_the_same_picture_again(root: Layout, preparer: Preparer) -> None:
    draw(root.inbox / "010.png")
    first = planned(root, preparer, "prompt: a boat\ndrawing: 010.png\nseed: 3\n").pictures[0]
    (root.inbox / "010.png").unlink()
    text = json.dumps({"schema": 1, "job": first.block})
    again = planned(root, preparer, text, "record.json").pictures[0]

    (said,) = first.block["controls"]
    assert (said["image"], said["sha256"]) == (
        "010-cleaned.png",
        first.render.inputs[0].source.sha256,
    )
    assert (said["kind"], said["scale"], said["end"], said["ready"]) == ("drawing", 0.7, 0.7, True)
    assert "drawing" not in first.block
    assert again.render == first.render
    assert again.block == first.block


def test_what_is_ready_or_no_drawing_is_taken_as_it_lies(root: Layout, preparer: Preparer) -> None:
    data = draw(root.inbox / "p.png")
    plan = planned(root, preparer, (
        "prompt: a boat\nsize: 256x256\ncontrols:\n"
        "  - {image: p.png, kind: pose}\n  - {image: p.png, kind: lines, ready: true, mask: p.png}\n"
    ))  # fmt: skip
    render = plan.pictures[0].render

    content = hashlib.sha256(data).hexdigest()
    assert [one.source.sha256 for one in render.inputs] == [content] * 3
    assert [one.params.ready for one in render.controls] == [False, True]
    assert [one.mask is not None for one in render.controls] == [False, True]
    assert (render.width, render.height) == (256, 256)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "still empty"),
        (b"no picture at all", "is not a picture that can be read"),
        (None, "Nothing is drawn in 010.png"),
    ],
    ids=["empty", "text", "blank"],
)
def test_what_can_not_be_followed_is_said_of_its_line(
    root: Layout, preparer: Preparer, content: bytes | None, words: str
) -> None:
    if content is None:
        Image.new("RGB", (300, 300), "white").save(root.inbox / "010.png")
    else:
        (root.inbox / "010.png").write_bytes(content)
    with pytest.raises(JobError, match=words) as caught:
        planned(root, preparer, "prompt: a boat\n\ndrawing: 010.png\n")
    assert (caught.value.line, caught.value.key) == (3, "drawing")


@pytest.mark.parametrize("key", ["drawing", "image", "control_image"])
@pytest.mark.parametrize(
    "name", ["dawn.png", "a/dawn.jpg", "dawn.heic", "dawn", "/", "..", "d.png 70%"]
)
def test_a_picture_that_is_not_there_is_called_as_it_was_typed(
    root: Layout, preparer: Preparer, key: str, name: str
) -> None:
    with pytest.raises(JobError) as caught:
        planned(root, preparer, f'prompt: a boat\n{key}: "{name}"\n')
    assert "cleaned" not in str(caught.value)
    if "dawn" in name:
        assert f"'{name}' is not there" in str(caught.value)


@pytest.mark.parametrize("written", ["auto", "Auto", "AUTO exact", "auto=0.5"])
def test_auto_is_the_thumbnail_however_it_is_written(
    root: Layout, preparer: Preparer, written: str
) -> None:
    plan = planned(root, preparer, f"prompt: a boat\nsize: 256x256\ndrawing: {written}\n")
    assert len(plan.pictures[0].render.controls) == 1


def test_a_photograph_is_followed_with_a_warning_in_its_record(
    root: Layout, preparer: Preparer
) -> None:
    coarse = Image.effect_noise((60, 45), 90)
    coarse.resize((900, 675), Image.Resampling.BICUBIC).save(root.inbox / "010.jpg")
    plan = planned(root, preparer, "prompt: a boat\ndrawing: 010.jpg\n")

    assert any("looks like a photograph" in text for text in plan.warnings)


def test_boards_ask_for_a_drawing_by_its_own_content(root: Layout, preparer: Preparer) -> None:
    data = draw(root.inbox / "010.png")
    file = root.inbox / "job.yaml"
    file.write_text("prompt: a boat\ndrawing: 010.png\n")
    job = preparer.peek(file, project="")

    assert preparer.contents(job, root.inbox) == [(CONTROL, 0, hashlib.sha256(data).hexdigest())]
    block = preparer.recorded(replace(job, seeds=(1,)), folder=root.inbox)
    assert block["controls"][0]["sha256"] != hashlib.sha256(data).hexdigest()


def test_check_shows_what_the_model_will_see(root: Layout, tmp_path: Path) -> None:
    root.settings_file.write_text("engine: dry-run\n")
    draw(tmp_path / "010.png")
    (tmp_path / "a.yaml").write_text("prompt: a boat\ndrawing: 010.png\n")
    told = hotfolder("check", "a.yaml", "--show-drawing", "--root", str(root.root), cwd=tmp_path)

    assert told.returncode == 0, told.stdout + told.stderr
    assert "draws by 010.png (drawing, 0.7, 0% to 70% of the steps)" in told.stdout
    assert "wrote 010-cleaned.png" in told.stdout
    with Image.open(tmp_path / "010-cleaned.png") as strokes:
        assert (strokes.size, strokes.getpixel((0, 0))) == ((600, 300), 0)
    assert list(root.references.glob("*")) == []


def test_a_submitted_drawing_goes_along_by_its_content(root: Layout, tmp_path: Path) -> None:
    root.settings_file.write_text("engine: dry-run\n")
    data = draw(tmp_path / "010.png")
    words = ("submit", "--prompt", "a boat", "--drawing", "010.png=exact", "--root", str(root.root))
    told = hotfolder(*words, cwd=tmp_path)

    assert told.returncode == 0, told.stderr
    (file,) = root.inbox.glob("*.yaml")
    plan = Preparer(root, Settings(), engine="dry-run", model=None).foresee(file)
    assert plan.pictures[0].render.controls[0].params.scale == 1.0
    assert hashlib.sha256(data).hexdigest() in file.read_text()
    wrong = hotfolder(*words[:4], "010.png=often", *words[5:], cwd=tmp_path)
    assert "after = comes a number, the scale, or loose, follow, exact" in wrong.stderr
