"""A picture that no step follows is told, by the very rule the engine goes by."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageDraw

from daemon.errors import JobError
from daemon.plan.prepare import Preparer
from daemon.protocol.following import controls_in, looked_at
from daemon.root.layout import Layout
from daemon.settings import read_settings


def drawing() -> bytes:
    picture = Image.new("RGB", (320, 240), "white")
    ImageDraw.Draw(picture).rectangle((30, 30, 200, 200), outline="black", width=3)
    data = io.BytesIO()
    picture.save(data, "PNG")
    return data.getvalue()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("drawing: 010.png\nsteps: 15\n", ""),
        ("drawing: 010.png loose\nsteps: 2\n", ""),
        ("drawing: 010.png exact\nsteps: 1\n", "drawing 010.png is not followed in the only step"),
        ("controls: [{image: 010.png, end: 1}]\nsteps: 1\n", ""),
        (
            "controls: [{image: 010.png, start: 0.6, end: 0.7}]\nsteps: 4\n",
            "drawing 010.png is not followed in any of the 4 steps: none lies wholly within 0.6 to 0.7.",
        ),
        ("controls: [{image: 010.png, start: 0.6, end: 0.7}]\nsteps: 40\n", ""),
        ("controls: [{image: 010.png, start: 0.4, end: 0.7}]\nsteps: 4\nsampler: heun\n", ""),
        ("controls: [{image: 010.png, scale: 0}]\n", "drawing 010.png is not followed: its scale is 0."),
        (
            "drawing: 010.png\nimage: 010.png\nstrength: 0.25\nsteps: 4\n",
            "drawing 010.png is not followed in the only step",
        ),
        (
            "drawing: 010.png\nimage: 010.png\nstrength: 0.25\nsteps: 4\nhires: 1.2\n",
            "",  # the second pass makes two steps more
        ),
        ("references: [{image: 010.png, start: 0.9}]\nsteps: 4\n", "reference 010.png is not followed"),
        ("references: [{image: 010.png, start: 0.7}]\nsteps: 4\n", ""),
        ("references: [{image: 010.png, scale: 0}]\n", "reference 010.png is not followed: its scale"),
        ("drawing: auto\nsteps: 1\n", "drawing thumbnail.png is not followed in the only step"),
    ],
)  # fmt: skip
def test_a_picture_that_no_step_follows_is_told(root: Layout, text: str, told: str) -> None:
    (root.inbox / "010.png").write_bytes(drawing())
    (root.inbox / "boat.yaml").write_text(f"prompt: a boat\n{text}")
    preparer = Preparer(root, read_settings(root.settings_file), engine="dry-run", model=None)

    said = [
        each
        for each in preparer.foresee(root.inbox / "boat.yaml").warnings
        if "is not followed" in each
    ]

    assert len(said) == bool(told)
    assert not told or f"The {told}" in said[0]


@pytest.mark.parametrize("calls", [1, 2, 3, 4, 7, 30])
def test_every_call_of_a_whole_pass_is_followed(calls: int) -> None:
    assert all(controls_in(0.0, 1.0, call, calls) for call in range(calls))
    assert all(looked_at(0.0, 1.0, call / calls) for call in range(calls))
    assert not any(controls_in(0.999, 1.0, call, calls) for call in range(calls))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("controls: [010.png, 010.png]\n", 1),
        ("drawing: 010.png\ncontrols: [{image: 010.png, scale: exact}]\n", 1),
        ("drawing: 010.png\ncontrols: [{image: 010.png, kind: lines}]\n", 0),
        ("controls: [010.png, {image: 010.png, mask: 010.png}]\n", 0),
    ],
)
def test_a_picture_that_is_followed_twice_is_told(root: Layout, text: str, told: int) -> None:
    (root.inbox / "010.png").write_bytes(drawing())
    (root.inbox / "boat.yaml").write_text(f"prompt: a boat\n{text}")
    preparer = Preparer(root, read_settings(root.settings_file), engine="dry-run", model=None)

    warnings = preparer.foresee(root.inbox / "boat.yaml").warnings

    assert (
        len([each for each in warnings if "followed twice, and its scales add up" in each]) == told
    )


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("010.png exactly", "010.png"),
        ("010.png:exact", "010.png"),
        ("010.png (exact)", "010.png"),
        ("010.png 50%", "010.png"),
        ("010.png -1", "010.png"),
        ("my drawing.png verry exact", "my drawing.png"),
        ("loose 010.png", "010.png"),
        ("{image: 010.png exact}", "010.png"),
    ],
)
def test_how_closely_is_said_where_it_was_written_otherwise(
    root: Layout, typed: str, name: str
) -> None:
    (root.inbox / "boat.yaml").write_text(f"prompt: a boat\ndrawing: {typed}\n")
    preparer = Preparer(root, read_settings(root.settings_file), engine="dry-run", model=None)

    with pytest.raises(JobError) as refused:
        preparer.foresee(root.inbox / "boat.yaml")

    assert f"write drawing: {name} exact (one of loose, follow, exact" in refused.value.remedy
