"""`drawing`, `controls` and what other tools call them: what they mean, and what is said of slips."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from daemon.errors import DefaultsError, JobError
from daemon.jobfile import Job, job_schema, read_job
from daemon.jobfile.each import each_drawing
from daemon.jobfile.overlay import overlaid, pinned
from daemon.protocol.render import ControlParams
from daemon.settings import Settings

BASE = Settings().job_defaults


def job(text: str, file: str = "job.yaml") -> Job:
    return read_job(f"prompt: a boat\n{text}\n".encode(), file=file, base=BASE)


@pytest.mark.parametrize(
    ("text", "params"),
    [
        ("drawing: 010.png", ("drawing", 0.7, 0.0, 0.7)),
        ("drawing: 010.png loose", ("drawing", 0.4, 0.0, 0.5)),
        ("drawing: 010.png=loose", ("drawing", 0.4, 0.0, 0.5)),
        ("drawing: 010.png=0.5", ("drawing", 0.5, 0.0, 0.7)),
        ("drawing: 010.png .5", ("drawing", 0.5, 0.0, 0.7)),
        ("drawing: 010.png, 1", ("drawing", 1.0, 0.0, 0.7)),
        ("drawing: 010.png follow", ("drawing", 0.7, 0.0, 0.7)),
        ("drawing: 010.png, Exact", ("drawing", 1.0, 0.0, 0.8)),
        ("drawing: {image: 010.png, scale: exact}", ("drawing", 1.0, 0.0, 0.8)),
        ("drawing: {image: 010.png, scale: exact, end: 0.6}", ("drawing", 1.0, 0.0, 0.6)),
        ("drawing: {path: 010.png, weight: 0.5}", ("drawing", 0.5, 0.0, 0.7)),
        ("drawing: {image: 010.png, start: 0.8}", ("drawing", 0.7, 0.8, 1.0)),
        ("controls: 010.png", ("drawing", 0.7, 0.0, 0.7)),
        ("controls: {image: 010.png, kind: lines}", ("lines", 0.7, 0.0, 0.8)),
        ("controls: [{image: 010.png, kind: lineart, scale: loose}]", ("lines", 0.5, 0.0, 0.5)),
        ("controls: [{image: 010.png, kind: lines, scale: exact}]", ("lines", 1.0, 0.0, 1.0)),
        ("controls: [{image: 010.png, type: Canny, end_at: 0.3}]", ("edges", 0.7, 0.0, 0.3)),
        ("controls: [{image: 010.png, kind: LINES}]", ("lines", 0.7, 0.0, 0.8)),
        ("controls: [{image: 010.png, kind: null, ready: null}]", ("drawing", 0.7, 0.0, 0.7)),
        ("control_image: 010.png", ("drawing", 0.7, 0.0, 0.7)),
        (
            "control_image: 010.png\ncontrolnet_conditioning_scale: 0.9\ncontrol_guidance_end: 0.5",
            ("drawing", 0.9, 0.0, 0.5),
        ),
        (
            "control_image: [010.png]\nadapter_conditioning_scale: [0.2]\ncontrol_guidance_start: 0.1",
            ("drawing", 0.2, 0.1, 0.7),
        ),
    ],
)
def test_a_drawing_may_be_named_in_many_ways(text: str, params: tuple[str, float, float, float]):
    read = job(text)

    kind, scale, start, end = params
    assert [each.image for each in read.controls] == ["010.png"]
    assert read.controls[0].params == ControlParams(kind, scale, start, end)
    assert read.warnings == ()
    assert read.takes_shape


def test_the_drawing_goes_before_the_other_controls_and_each_keeps_its_own():
    read = job(
        "controls: [{image: p.png, kind: openpose, ready: true, mask: left.png}]\ndrawing: 010.png"
    )

    assert [(one.image, one.params.kind, one.clean) for one in read.controls] == [
        ("010.png", "drawing", "drawing"), ("p.png", "pose", ""),
    ]  # fmt: skip
    assert [(one.role, one.item, one.typed, one.key) for one in read.inputs] == [
        ("control", 0, "010.png", "drawing"),
        ("control", 1, "p.png", "image"),
        ("control mask", 1, "left.png", "mask"),
    ]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("drawing: {imag: 010.png}", 2, "`imag` is not a key of a drawing. Did you mean `image`?"),
        ("drawing:\n  image: 010.png\n  scale: lose", 4, "Did you mean `loose`?"),
        ("drawing:\n  image: 010.png\n  scale: 3", 4, "`scale` must be at most 2"),
        ("drawing: {image: 010.png, start: 0.5, end: 0.4}", 2, "must end after it starts"),
        ("drawing: [010.png, 020.png]", 2, "Write several under `controls`"),
        ("drawing: 12", 2, 'Put it in quotes: drawing: "12"'),
        (
            "drawing: {scale: 0.5}",
            2,
            "A drawing has no `image`. Write for instance drawing: 010.png",
        ),
        ("controls: {}", 2, "Write for instance controls: [{image: 010.png, kind: drawing}]"),
        ("controls: [{image: 010.png, kind: depht}]", 2, "Did you mean `depth`?"),
        ("controls: [[010.png]]", 2, "must be a picture's name or a mapping"),
        ("controls: [{image: 010.png, model: ../x}]", 2, "never a path"),
        ("controls: [1.png, 2.png, 3.png, 4.png, 5.png]", 2, "at most 4 are allowed"),
        ("controlnet_conditioning_scale: 0.5", 2, "stands without a picture"),
        (
            "control_image: [1.png, 2.png]\ncontrol_guidance_end: [0.5]",
            3,
            "2 control pictures and 1",
        ),
        ("drawing: 1.png\nsketch: 1.png", 3, "Did you mean `drawing`?"),
        ("controlnet: 1.png", 2, "Did you mean `controls`?"),
        ("controls: 1.png\ncontrol_image: 2.png", 3, "contradict each other"),
        ("each: drawing", 2, "Write it into the folder's _defaults.yaml"),
    ],
)
def test_a_slip_is_said_with_its_line_and_what_to_do(text: str, line: int, words: str):
    with pytest.raises(JobError) as caught:
        job(text)

    assert caught.value.line == line
    assert words in str(caught.value).replace("\n", " ")


def test_the_idle_defaults_of_diffusers_say_nothing():
    text = "controlnet_conditioning_scale: 1.0\ncontrol_guidance_start: 0.0\ncontrol_image: null"
    assert job(text).controls == ()


def test_what_is_read_fits_the_schema_for_editors():
    check = Draft202012Validator(job_schema())
    for said in (
        {"drawing": "010.png"},
        {"drawing": {"image": "010.png", "scale": "exact"}},
        {"controls": [{"control_image": "010.png", "kind": "scribble", "scale": 0.5}, "020.png"]},
        {"control_image": "010.png", "adapter_conditioning_scale": 0.5},
    ):
        assert not list(check.iter_errors({"prompt": "x", **said})), said
        data = json.dumps({"prompt": "x", **said}).encode()
        assert read_job(data, file="a.json", base=BASE).controls, said
    assert list(
        check.iter_errors({"prompt": "x", "drawing": {"image": "010.png", "scale": "lose"}})
    )


def test_options_replace_what_the_file_draws_by_and_its_pictures_are_pinned():
    data = b"prompt: x\ncontrol_image: old.png\ncontrolnet_conditioning_scale: 0.5\n"
    changed = read_job(
        overlaid(data, "a.yaml", {"drawing": {"image": "new.png"}}), file="a.yaml", base=BASE
    )
    assert [one.image for one in changed.controls] == ["new.png"]

    text = b"prompt: x\ndrawing: 010.png exact\ncontrols: [{image: p.png, kind: pose}]\n"
    kept = read_job(pinned(text, "a.yaml", lambda _: "ab" * 32), file="a.yaml", base=BASE)
    assert [(one.sha256, one.params.scale) for one in kept.controls] == [
        ("ab" * 32, 1.0),
        ("ab" * 32, 0.7),
    ]


def test_a_folders_defaults_say_that_its_pictures_are_drawings_and_what_they_show():
    outer = ("inbox/_defaults.yaml", b"each: drawing\nprompt: a film, {name}\nseed: 3\n")
    inner = ("inbox/a/_defaults.yaml", b"references: [{image: looks/style.png}]\n")
    off = ("inbox/a/_defaults.yaml", b"each: none\n")

    found = each_drawing(BASE, [outer, inner])
    assert found is not None
    assert (found.prompt_of("dawn", ""), found.has_seed) == ("a film, dawn", True)
    assert found.prompt_of("dawn", "{name} at sea") == "dawn at sea"
    assert found.named == {"style.png"}
    assert each_drawing(BASE, [outer, off]) is None
    assert each_drawing(BASE, [("inbox/_defaults.yaml", b"steps: 3\n")]) is None
    with pytest.raises(DefaultsError, match="can't be a default"):
        each_drawing(BASE, [("inbox/_defaults.yaml", b"each: drawing\nid: x\n")])
    with pytest.raises(DefaultsError, match="Did you mean `drawing`"):
        each_drawing(BASE, [("inbox/_defaults.yaml", b"each: drawng\n")])
