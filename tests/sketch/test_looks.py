"""Somebody's looks: what a reference shows, what is said beside it, and whether they are kept."""

import random
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

import torch
import yaml
from PIL import Image

from daemon.sketch.__main__ import main
from daemon.sketch.score import looks as scored
from daemon.sketch.storyboard import captions, drawn, facts, looks, wording
from daemon.sketch.train import stages, train_few_steps, train_storyboard, train_vision
from daemon.sketch.train.galleries import GALLERIES
from daemon.sketch.train.shape_gallery import NOT_ASKED
from daemon.sketch.train.worlds import STORYBOARD, WORLDS
from daemon.thumbs.scene import Scene

pytestmark = pytest.mark.filterwarnings("ignore")  # the model libraries warn about each other

PANELS = GALLERIES[STORYBOARD]
MANY = 150


def some(count: int = MANY, seed: str = "looks") -> list[Scene]:
    """Panels of one person in colour."""
    made = (drawn.scene_of(seed, number) for number in range(20 * count))
    return [scene for scene in made if looks.is_of_one(scene)][:count]


def test_a_reference_is_another_panel_of_the_same_person() -> None:
    chance = random.Random(1)
    for scene in some():
        other = looks.reference(chance, scene)

        assert other.figures[0].look == scene.figures[0].look
        assert looks.is_of_one(other)
        shared = looks.looks(scene).items() & looks.looks(other).items()
        assert ("a.clothes", scene.figures[0].look.colour) in shared


def test_a_caption_beside_a_reference_leaves_out_what_it_shows_and_nothing_else() -> None:
    """Every fact of many panels is said by some caption, looks by none."""
    said: set[str] = set()
    for number, scene in enumerate(some()):
        told = {
            name: answer
            for name, answer in facts.truth(scene).items()
            if name.partition(".")[2] not in looks.SHOWN
        }
        beside = looks.caption(random.Random(number), scene)
        worded, meant = captions.caption(random.Random(number), told)

        assert beside == worded
        said |= meant.keys()
    assert not said & {f"a.{name}" for name in looks.SHOWN}
    assert {"a.kind", "a.pose", "place", "shot", "time", "a.facing"} <= said


def test_the_plain_sentence_says_every_look_in_words_that_the_encoders_know() -> None:
    tables = {"hair": wording.HAIR, "hat": wording.HAT, "garment": wording.GARMENT}
    for scene in some():
        told, sentence = looks.looks(scene), looks.plainly(scene)

        assert wording.NOUN[told["a.kind"]][0] in sentence
        assert told["a.clothes"] in sentence
        for name, table in tables.items():
            if f"a.{name}" in told:
                assert table[told[f"a.{name}"]][0] in sentence
        assert " a o" not in f" {sentence}"
        assert " an b" not in f" {sentence}"


def test_patches_on_somebody_are_asked_how_they_look_and_others_are_not() -> None:
    edge = train_vision.EDGE
    for scene in some(6):
        asked = PANELS.patches(scene, edge)

        assert asked.shape == (len(PANELS.questions), edge * edge)
        on = asked[0] != NOT_ASKED  # their kind, which every panel shows
        assert 0 < on.sum() < edge * edge
        for row, (name, answers) in enumerate(PANELS.questions.items()):
            answer = looks.looks(scene).get(name)
            wanted = NOT_ASKED if answer is None else answers.index(answer)
            assert set(asked[row][on].tolist()) == {wanted}
            assert set(asked[row][~on].tolist()) <= {NOT_ASKED}


def test_a_drawing_has_lines_where_somebody_stands_and_its_hint_says_no_side() -> None:
    for number, scene in enumerate(some(8)):
        lines = PANELS.lines(scene, 256, 256)
        hint = PANELS.hint(random.Random(number), scene)

        assert lines.shape == (1, 256, 256)
        assert set(lines.unique().tolist()) == {0.0, 1.0}
        assert 0.005 < lines.mean() < 0.5
        said = wording.SIDE["left"] + wording.SIDE["right"]
        assert not [words for words in said if words in hint]


def test_chalk_is_light_on_a_board_and_no_caption_says_so() -> None:
    chance = random.Random(2)
    for _ in range(6):
        drawing, scene = PANELS.chalked(chance)
        text = PANELS.unchalked(chance, scene).lower()

        assert drawing.shape == (3, 256, 256)
        assert drawing.mean() < 0.6
        assert drawing.max() > 0.5
        assert not [one for table in wording.STYLE.values() for one in table if one in text]


def test_pictures_of_few_steps_have_the_channels_and_sizes_of_their_world() -> None:
    def still(x, *rest, **more):
        return (torch.zeros_like(x),)

    subject = train_few_steps.Subject(STORYBOARD, 8)
    told = torch.zeros(1, 77, 8), torch.zeros(1, 8)
    lessons = train_few_steps.Lessons(
        lambda texts: tuple(one.expand(len(texts), *one.shape[1:]) for one in told),
        random.Random(4),
        still,
        still,
        subject,
    )
    for _ in range(60):
        lessons.make(1, 0.0)

    assert {jump.x.shape[0] for kept in lessons.kept.values() for jump in kept} == {8}
    assert set(lessons.kept) == {(256, 256), *PANELS.sizes}


def test_examples_are_the_same_whenever_they_are_made() -> None:
    lessons = train_vision.Lessons("1 vision", STORYBOARD)

    pixels, answers, patches, sentence = lessons[5]

    again = lessons[5]
    assert torch.equal(pixels, again[0])
    assert torch.equal(patches, again[2])
    assert sentence == again[3] != lessons[6][3]
    assert pixels.shape == (3, 96, 96)
    assert len(answers) == len(WORLDS[STORYBOARD].questions)


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A step of everything that is built upon the UNet that has been learnt so far."""
    folder = tmp_path_factory.mktemp("work")
    given = ("--steps", "1", "--device", "cpu", "--work", str(folder), "--from-weights")
    upon = ("vision", "plus", "drawing")
    assert main(["train", "--world", STORYBOARD, *given, "--only", "figures-encoded", *upon]) == 0
    return folder


def test_what_is_built_upon_the_unet_is_what_diffusers_reads(work: Path) -> None:
    from diffusers import T2IAdapter

    adapter = T2IAdapter.from_pretrained(work / "model" / "controls" / "drawing")

    lines = adapter(torch.zeros(1, 1, 256, 256))
    assert [one.shape[1] for one in lines] == [64, 128, 192, 192][: len(lines)]
    assert [one["stage"] for one in stages.history(work)][-3:] == ["vision", "plus", "drawing"]


def test_the_looks_of_a_cast_are_told_beside_those_of_others(
    work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ("--world", STORYBOARD, "--work", str(work), "--scale", "0.17", "--only", "looks")

    assert main(["score", *asked]) == 0

    told = yaml.safe_load((work / "panels-looks.yaml").read_text())
    assert told.keys() <= {name.removeprefix("a.") for name in looks.LOOKS}
    assert told["clothes"]["of"] == 4
    assert told["clothes"]["true drawings"] > 0.7
    with Image.open(work / "panels-looks.png") as sheet:
        assert sheet.width == 2 * drawn.SIDE
    assert "clothes" in capsys.readouterr().out


def test_nobody_s_looks_are_scored_without_an_adapter(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="run the stage `plus`"):
        main(["score", "--world", STORYBOARD, "--work", str(tmp_path), "--only", "looks"])


def test_a_cast_is_told_apart_and_its_shots_show_the_same_person() -> None:
    people = scored.cast(scored.PEOPLE)

    assert len({looks.plainly(one) for one in people}) == scored.PEOPLE
    for number, one in enumerate(people):
        shots = scored.story(one, number, scored.SHOTS)
        assert {shot.scene.figures[0].look for shot in shots} == {one.figures[0].look}
        assert len({shot.caption for shot in shots}) == scored.SHOTS
    assert np.unique([len(one.figures) for one in people]).tolist() == [1]


def test_everything_is_a_stage_of_the_storyboard_world() -> None:
    built = ("vision", "base", "plus", "lora", "drawing", "four-steps")

    assert tuple(train_storyboard.STAGES)[-len(built) :] == built
