"""What becomes of pictures that are handed in is said once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from support.photos import SIZE, saved
from support.renders import changed
from support.warm_engine import LOAD, THEIRS_TO_MEND, kept, no_step, ours, reference, render, warm

from daemon.engine.sdxl.conditioning.picture_notes import PictureNotes
from daemon.protocol.render import Control, ControlParams, Reference, ReferenceParams

pytestmark = THEIRS_TO_MEND


@pytest.fixture(scope="module")
def engine():
    return warm(LOAD)


def test_what_became_of_the_pictures_is_said_once(tmp_path) -> None:
    wide = saved(tmp_path / "wide.png", "red", size=(160, 90))
    clear = saved(tmp_path / "clear.png", (255, 0, 0, 99), "RGBA")
    mask = saved(tmp_path / "mask.png", 255, "L", size=(90, 160))
    small = saved(tmp_path / "small.png", "red", size=(32, 32))
    both = Image.new("RGB", SIZE)
    both.save(tmp_path / "both.tif", save_all=True, append_images=[both])
    plain = saved(tmp_path / "plain.png", "red")
    notes = PictureNotes()

    def said(**pictures) -> str:
        return "\n".join(notes.of(changed(render(), **pictures)))

    assert said(image=kept(plain), references=(reference(plain),)) == ""
    assert "is 160x90 and the picture 64x64: it was cropped" in said(image=kept(wide))
    assert "only the square in its middle" in said(references=(reference(wide),))
    assert "transparent in parts" in said(references=(reference(clear),))
    assert "transparent in parts" in said(image=kept(clear))
    assert "was scaled to cover" in said(image=kept(plain), mask=kept(mask))
    assert "was enlarged to 64x64" in said(image=kept(small))
    assert "has 2 pictures in it" in said(image=kept(tmp_path / "both.tif"))
    two = said(references=(reference(plain), reference(wide)))
    assert two.startswith("The reference 2 is 160x90")
    assert len(two.splitlines()) == 1


@pytest.mark.parametrize(
    ("grey", "soft", "felt"),
    [
        (0, False, False),
        (6, True, False),
        (100, False, False),
        (100, True, True),
        (200, False, True),
    ],
)
def test_a_mask_that_leaves_nothing_to_be_felt_is_told(tmp_path, grey, soft, felt) -> None:
    plain, mask = saved(tmp_path / "plain.png", "red"), saved(tmp_path / "mask.png", grey, "L")
    followed = Reference(kept(plain), ReferenceParams(mask_soft=soft), kept(mask))
    control = Control(kept(plain), ControlParams(mask_soft=soft), kept(mask))

    def said(**pictures) -> tuple[str, ...]:
        return PictureNotes().of(changed(render(), **pictures))

    told = "is black all over: the"
    assert (
        any(
            f"The mask of the reference {told} reference is" in n
            for n in said(references=(followed,))
        )
        is not felt
    )
    assert (
        any(
            f"The mask of the control picture {told} control" in n
            for n in said(controls=(control,))
        )
        is not felt
    )
    two = said(references=(reference(plain), followed))
    assert (
        any(f"The mask of the reference 2 {told} reference 2 is" in note for note in two)
        is not felt
    )


@pytest.mark.parametrize(("grey", "told"), [(0, True), (8, True), (9, False), (255, False)])
def test_a_mask_under_which_nothing_is_painted_anew_is_told(tmp_path, grey, told) -> None:
    plain, mask = saved(tmp_path / "plain.png", "red"), saved(tmp_path / "mask.png", grey, "L")
    notes = PictureNotes().of(changed(render(), image=kept(plain), mask=kept(mask)))
    assert any(note.startswith("The mask is black all over") for note in notes) is told


def test_each_picture_is_called_what_it_is_in_the_job(tmp_path) -> None:
    two = Image.new("RGB", SIZE, "white")
    two.save(tmp_path / "two.tif", save_all=True, append_images=[two])
    source = kept(tmp_path / "two.tif")
    every = {
        "references": (Reference(source, ReferenceParams(), source),),
        "controls": (Control(source, ControlParams(), source),),
        "image": source,
        "mask": source,
    }
    notes = PictureNotes().of(changed(render(), **every))
    called = [note.removesuffix(" has 2 pictures in it: the first is taken.") for note in notes]
    assert called == [
        "The reference",
        "The mask of the reference",
        "The control picture",
        "The mask of the control picture",
        "The image",
        "The mask",
    ]


def test_notes_reach_the_record_of_the_picture_also_when_all_is_remembered(tmp_path) -> None:
    engine = warm(LOAD)
    wide = saved(tmp_path / "wide.png", "red", size=(160, 90))
    for _ in range(2):
        done = engine.render(render(steps=1, references=(reference(wide),)), no_step)
        assert [note for note in done.warnings if "square in its middle" in note]


def test_of_a_portrait_the_square_in_its_middle_is_seen_and_its_head_is_not(tmp_path) -> None:
    """As CLIP's own crop has it, which the record tells."""

    def portrait(name: str, head: str, body: str) -> Path:
        drawn = Image.new("RGB", (100, 200), body)
        drawn.paste(head, (0, 0, 100, 40))  # above the square, which begins at 50
        drawn.paste("black", (30, 90, 60, 130))
        drawn.save(tmp_path / name)
        return tmp_path / name

    engine = warm(LOAD)
    red, green, other = (
        ours(engine, render(steps=1, references=(reference(portrait(*each), 1.0),), strict=True))
        for each in (
            ("a.png", "red", "white"),
            ("b.png", "green", "white"),
            ("c.png", "red", "blue"),
        )
    )
    assert np.array_equal(red, green)
    assert not np.array_equal(red, other)
