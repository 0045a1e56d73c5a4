"""Pictures of characters as a plan finds and keeps them: folders, parts, masks, and what may not be."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from daemon.errors import JobError, NotYetError
from daemon.plan.plan import Plan
from daemon.plan.prepare import Preparer
from daemon.protocol.render import Reference
from daemon.root.layout import Layout
from daemon.settings import Settings


def plan(root: Layout, text: str) -> Plan:
    preparer = Preparer(root, Settings(), engine="sdxl", model=None)
    file = root.inbox / "job.yaml"
    file.write_text(text)
    job = preparer.peek(file, project="")
    return preparer.plan(
        job, number=1, stem="job", project="", draw_seed=lambda: 7, taken=lambda _: False
    )


def references(root: Layout, text: str) -> tuple[Reference, ...]:
    return plan(root, text).pictures[0].render.references


def picture(file: Path, colour: str = "red", **how: object) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    image = Image.new("RGB", (80, 40), colour)
    image.paste("white", (0, 0, 40, 40))
    image.save(file, **how)
    return file


def kept(reference: Reference) -> Image.Image:
    with Image.open(reference.source.path) as image:
        image.load()
        return image


def test_a_folder_is_all_its_pictures_as_people_count_them(root: Layout) -> None:
    for name in ("10.png", "2.png", "1.JPG", "._1.png", ".DS_Store", "notes.txt"):
        picture(root.inbox / "ben" / name, format="PNG" if "JPG" not in name else "JPEG")
    made = plan(root, "prompt: Ben\ncast: {Ben: ben/}\n").pictures[0]

    names = [one["image"] for one in made.block["references"]]
    assert names == ["ben/1.JPG", "ben/2.png", "ben/10.png"]
    assert {each.params.scale for each in made.render.references} == {0.6}


def test_any_reference_may_be_a_folder(root: Layout) -> None:
    picture(root.inbox / "looks" / "mood" / "1.png")

    (found,) = references(root, "prompt: x\nreferences: [{image: looks/mood, scale: 0.3}]\n")
    assert found.params.scale == 0.3


def test_a_part_of_a_picture_is_kept_as_one_of_its_own(root: Layout) -> None:
    picture(root.inbox / "anna.png")
    text = "prompt: Anna\ncast: {Anna: {look: anna.png, face: [0.5, 0.25, 0.25, 0.5]}}\n"
    (found,) = references(root, text)

    assert kept(found).size == (20, 20)
    assert kept(found).convert("RGB").getcolors() == [(400, (255, 0, 0))]
    assert references(root, text)[0].source == found.source


def test_a_part_is_of_the_picture_as_a_viewer_shows_it(root: Layout) -> None:
    exif = Image.Exif()
    exif[0x0112] = 3  # upside down
    picture(root.inbox / "anna.png", exif=exif)
    (found,) = references(
        root, "prompt: Anna\ncast: {Anna: {look: anna.png, face: [0, 0, 0.5, 1]}}\n"
    )

    assert kept(found).convert("RGB").getcolors() == [(1600, (255, 0, 0))]


@pytest.mark.parametrize("mode", ["P", "1", "L", "LA", "RGBA", "CMYK", "I;16"])
def test_a_part_of_any_kind_of_picture_can_be_kept(root: Layout, mode: str) -> None:
    name = "anna.jpg" if mode == "CMYK" else "anna.png"
    Image.new(mode, (64, 64)).save(root.inbox / name)
    (found,) = references(
        root, f"prompt: Anna\ncast: {{Anna: {{look: {name}, face: [0, 0, 0.5, 0.5]}}}}\n"
    )

    assert kept(found).size == (32, 32)


def test_a_mask_has_the_shape_of_the_picture(root: Layout) -> None:
    picture(root.cast / "anna.png")
    (found,) = references(root, "prompt: Anna\ncast: [Anna]\nplace: {Anna: left}\nsize: 384x256\n")

    assert found.mask is not None
    with Image.open(found.mask.path) as mask:
        assert (mask.size, mask.getpixel((2, 16)), mask.getpixel((40, 16))) == ((48, 32), 255, 0)


def test_what_lies_outside_is_no_ones_look(root: Layout, tmp_path: Path) -> None:
    picture(tmp_path / "secret.png")
    picture(tmp_path / "secrets" / "1.png")
    (root.cast / "anna.png").symlink_to(tmp_path / "secret.png")
    (root.cast / "ben").symlink_to(tmp_path / "secrets")
    (root.inbox / "carl").mkdir()
    (root.inbox / "carl" / "1.png").symlink_to(tmp_path / "secret.png")
    for cast in ("[Anna]", "{Anna: ben}", "{Anna: carl/}", "{Anna: ../secret.png}"):
        with pytest.raises(JobError, match="outside the folders") as caught:
            plan(root, f"prompt: Anna\ncast: {cast}\n")
        assert caught.value.line == 2
        assert not isinstance(caught.value, NotYetError)


@pytest.mark.parametrize(
    ("names", "what"),
    [
        (["a.png", "b.HEIC"], "ben/b.HEIC is a HEIC file"),
        ([], "holds no picture"),
        (["a.png", "b.png.part"], "not whole yet"),
        ([f"{n}.png" for n in range(17)], "holds 17 pictures; at most 16"),
    ],
)
def test_what_is_wrong_with_a_folder_is_told(root: Layout, names: list[str], what: str) -> None:
    (root.inbox / "ben").mkdir()
    for name in names:
        picture(root.inbox / "ben" / name, format="PNG")

    with pytest.raises(JobError, match=what) as caught:
        plan(root, "prompt: Ben\ncast: {Ben: ben/}\n")
    assert caught.value.line == 2


def test_a_folder_that_is_not_there_may_still_come(root: Layout) -> None:
    with pytest.raises(NotYetError, match="folder ben/ is not there"):
        plan(root, "prompt: Ben\ncast: {Ben: ben/}\n")


def test_a_model_without_the_adapter_for_faces_reads_them_with_another(root: Layout) -> None:
    picture(root.cast / "anna.png")
    made = plan(root, "prompt: Anna\ncast: {Anna: {look: anna, model: plus-face}}\n")

    params = made.pictures[0].render.references[0].params
    assert (params.model, params.start) == ("base", 0.0)
    assert any("has no IP-Adapter named plus-face" in text for text in made.warnings)
