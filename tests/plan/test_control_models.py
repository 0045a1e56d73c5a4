"""Which control model a control picture gets, and what is said where there is none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from support import weight_files
from support.control_files import of_others
from support.weight_files import write

from daemon.errors import JobError, NotYetError
from daemon.jobfile import read_job
from daemon.jobfile.job import Job, JobControl
from daemon.models.catalogue import DRY_RUN, Card, find_model
from daemon.plan.control_models import control_models
from daemon.plan.recipes import with_recipes
from daemon.protocol.closeness import WORDS, closeness
from daemon.protocol.render import ControlParams
from daemon.settings import Settings

T2I = {
    "adapter.conv_in.weight": (320, 768, 3, 3),
    "adapter.body.0.resnets.0.block1.weight": (320, 320, 3, 3),
}
CONTROLNET = {
    "controlnet_cond_embedding.conv_in.weight": (16, 3, 3, 3),
    "controlnet_mid_block.weight": (1280, 1280, 1, 1),
    "controlnet_down_blocks.0.weight": (320, 320, 1, 1),
    **weight_files.UNET,
}


@pytest.fixture
def card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Card:
    """An SDXL with a T2I-Adapter, two ControlNets, a small union and one for SD 1.5."""
    unet = {**weight_files.UNET, "conv_in.weight": (320, 4, 3, 3)}
    write(tmp_path / "dreams" / "model_index.json", b"{}")
    write(tmp_path / "dreams" / "unet" / "diffusion_pytorch_model.safetensors", unet)
    home = tmp_path / "controls"
    write(home / "sketch.safetensors", T2I)
    write(home / "scribble.safetensors", CONTROLNET)
    write(home / "mine.safetensors", CONTROLNET)
    write(home / "six.safetensors", {**CONTROLNET, "task_embedding": (6, 320)})
    of_others(tmp_path / "others")["t2i-sd15"].rename(home / "canny-sd15.safetensors")
    monkeypatch.setenv("HOTFOLDER_MODELS", str(tmp_path))
    return find_model("dreams")


def job(*controls: JobControl) -> Job:
    said = read_job(b"prompt: a boat", file="a.yaml", base=Settings().job_defaults)
    return replace(said, controls=controls)


def wanted(kind: str, model: str | None = None, **facts: object) -> JobControl:
    ready = bool(facts.pop("ready", True))
    return JobControl(
        "a.png", params=ControlParams(kind, model=model, ready=ready), line=3, **facts
    )


def chosen(card: Card, *controls: JobControl) -> list[tuple[str, str]]:
    found = control_models(job(*controls), card, lambda _: "5" * 64)
    return [(one.name, one.family) for one in found]


def test_a_kind_gets_the_cheapest_family_that_is_here_and_a_name_gets_what_it_names(card) -> None:
    assert chosen(card, wanted("drawing"), wanted("lines"), wanted("drawing", "scribble")) == [
        ("sketch", "t2i"), ("six", "union"), ("scribble", "controlnet"),
    ]  # fmt: skip
    assert chosen(card, wanted("pose", "mine")) == [("mine", "controlnet")]
    assert chosen(DRY_RUN, wanted("depth", ready=False)) == []


def test_the_content_of_a_control_model_is_fixed_and_a_record_finds_no_other(card) -> None:
    (found,) = control_models(job(wanted("drawing")), card, lambda file: file.name)
    assert found.sha256 == "sketch.safetensors"
    pinned = job(wanted("drawing", model_sha256="0" * 64))
    with pytest.raises(JobError, match="another one than this record"):
        control_models(pinned, card, lambda _: "5" * 64)

    def reading(_: Path) -> str:
        raise NotYetError("The LoRA sketch is still being read.", key="loras")

    with pytest.raises(NotYetError, match="The control model sketch is still being read"):
        control_models(job(wanted("drawing")), card, reading)


@pytest.mark.parametrize(
    ("control", "what", "why", "remedy"),
    [
        (wanted("tile"), "no control model for the kind tile", "sketch (drawing)", "pull union"),
        (
            wanted("drawing", "skecth"),
            "no control model named skecth",
            "Did you mean `sketch`",
            "controls",
        ),
        (wanted("edges", "canny-sd15"), "named canny-sd15", "Stable Diffusion 1.5", "controls"),
        (wanted("tile", "six"), "knows nothing of the kind tile", "pose", "another `kind`"),
        (wanted("depth", ready=False), "reads the depth", "no depth", "`ready: true`"),
        (wanted("pose", ready=False), "reads the pose", "no pose", "models pull pose"),
    ],
)
def test_what_is_not_here_is_said_with_what_is_and_what_to_do(
    card, control: JobControl, what: str, why: str, remedy: str
) -> None:
    with pytest.raises(JobError) as refused:
        control_models(job(control), card, lambda _: None)
    error = refused.value
    assert what in error.what
    assert why in (error.why or "")
    assert remedy in (error.remedy or "")
    assert (error.line, error.key) == (3, "controls")


FOLLOWED = [
    ("drawing: 010.png", (0.84, 0.77)),
    ("drawing: 010.png loose", (0.48, 0.55)),
    ("drawing: 010.png exact", (1.2, 0.88)),
    ("drawing: {image: 010.png, scale: 0.3}", (0.3, 0.77)),
    ("drawing: {image: 010.png, end: 0.5}", (0.84, 0.5)),
    ("drawing: {image: 010.png, scale: 0.3, end: 0.5}", (0.3, 0.5)),
    ("drawing: {image: 010.png, start: 0.75}", (0.84, 0.77)),
    ("drawing: {image: 010.png, start: 0.8}", (0.84, 1.0)),
    ("controls: {image: 010.png, model: mine}", (0.7, 0.7)),
    ("controls: {image: 010.png, kind: lines, model: sketch, scale: exact}", (1.2, 0.963)),
    ("control_image: 010.png", (0.84, 0.77)),
]


@pytest.mark.parametrize(("text", "numbers"), FOLLOWED)
def test_a_recipe_says_what_the_words_mean_with_its_control_model(
    card, tmp_path: Path, text: str, numbers: tuple[float, float]
) -> None:
    (tmp_path / "controls" / "sketch.yaml").write_text("scale: 0.84\nend: 0.77\n")
    read = read_job(f"prompt: a\n{text}\n".encode(), file="a.yaml", base=Settings().job_defaults)

    settled = with_recipes(read, card)

    (found,) = settled.controls
    assert (found.params.scale, found.params.end) == numbers
    assert with_recipes(settled, card).controls == settled.controls
    assert settled.warnings == ()


def test_whatever_a_recipe_says_the_words_keep_their_order() -> None:
    for scale in (0.0, 0.3, 0.7, 1.0, 2.0):
        for end in (0.05, 0.5, 0.7, 1.0):
            for kind in ("drawing", "lines"):
                meant = {"scale": scale, "end": end}
                found = [closeness(word, kind, meant) for word in WORDS]
                assert found[1] == meant
                for key, most in (("scale", 2.0), ("end", 1.0)):
                    numbers = [each[key] for each in found]
                    assert numbers == sorted(numbers)
                    assert numbers[-1] <= most


def test_a_recipe_beside_a_control_model_that_is_no_good_costs_a_warning(
    card, tmp_path: Path
) -> None:
    (tmp_path / "controls" / "sketch.yaml").write_text("scale: strong\n")
    text = b"prompt: a\ndrawing: 010.png\n"
    settled = with_recipes(read_job(text, file="a.yaml", base=Settings().job_defaults), card)

    assert settled.controls[0].params.scale == 0.7
    assert any("sketch.yaml can't be used" in told for told in settled.warnings)


def test_the_bundled_model_follows_a_drawing_as_its_own_recipe_says() -> None:
    read = read_job(b"prompt: a\ndrawing: 010.png\n", file="a.yaml", base=Settings().job_defaults)

    (found,) = with_recipes(read, find_model("sketch")).controls

    assert (found.params.scale, found.params.end) == (1.0, 0.8)
