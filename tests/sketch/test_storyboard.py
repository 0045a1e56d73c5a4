"""The storyboard world: panels by chance, the facts to be seen in them, and captions that say them."""

import random
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from daemon.sketch.storyboard import captions, drawn, facts, panels, people, wording
from daemon.sketch.storyboard import vocabulary as known
from daemon.sketch.storyboard.facts import QUESTIONS, Facts
from daemon.thumbs.scene import Figure, Look, Scene


@cache
def some(count: int, *, unseen: bool = False) -> list[Scene]:
    return [drawn.scene_of("test", number, unseen=unseen) for number in range(count)]


def said(count: int) -> list[tuple[Scene, str, Facts]]:
    return [
        (scene, *captions.caption(random.Random(number), facts.truth(scene)))
        for number, scene in enumerate(some(count))
    ]


def test_a_panel_and_its_caption_are_the_same_for_the_same_seed() -> None:
    first, again = some(40), some.__wrapped__(40)

    assert first == again
    assert len(set(map(repr, first))) == 40
    assert [text for _, text, _ in said(40)] == [text for _, text, _ in said(40)]
    assert (drawn.pixels(first[3]) == drawn.pixels(again[3])).all()


def test_a_drawing_is_as_large_as_it_is_asked_to_be() -> None:
    (scene,) = some(1)

    assert drawn.pixels(scene).shape == (256, 256, 3)
    assert drawn.pixels(scene, 96, 160).shape == (96, 160, 3)


def pairs(scenes: list[Scene]) -> set[tuple[str, str]]:
    told = [facts.truth(scene) for scene in scenes]
    slots = ("a.pose", "b.pose")
    return {(one[s], one["place"]) for one in told for s in slots if s in one and "place" in one}


def test_training_never_sees_a_held_out_pose_at_its_place() -> None:
    every = {(pose, place) for pose in known.POSES for place in known.PLACES}
    kept = {pair for pair in every if panels.held_out(*pair)}

    assert {pose for pose, _ in kept} == set(known.POSES)
    assert {place for _, place in kept} == set(known.PLACES)
    assert 0.1 < len(kept) / len(every) < 0.15
    assert not pairs(some(4000)) & kept
    assert pairs(some(400, unseen=True)) <= kept


def test_the_first_lesson_is_one_figure_on_paper() -> None:
    for number in range(60):
        scene = panels.sample(random.Random(number), panels.FIGURES)

        assert len(scene.figures) == 1
        assert (scene.place, scene.things, scene.style) == ("", (), "colour")
        assert "a.pose" in facts.truth(scene)


def test_every_answer_is_met_and_no_other() -> None:
    met: dict[str, set[str]] = {question: set() for question in QUESTIONS}
    for scene in some(4000):
        for question, answer in facts.truth(scene).items():
            met[question].add(answer)

    assert met == {question: set(answers) for question, answers in QUESTIONS.items()}


def other(chance: random.Random, question: str, now: str, *not_these: str) -> str:
    return chance.choice([a for a in QUESTIONS[question] if a not in (now, *not_these)])


def dressed(**how: str) -> Callable[[Figure], Figure]:
    return lambda figure: replace(figure, look=replace(figure.look, **how))


def as_kind(kind: str) -> Callable[[Figure], Figure]:
    sex, age = known.KINDS[kind]
    hair = "white" if age == "old" else "black"
    return dressed(sex=sex, age=age, hair=known.HAIRS[sex][0], hair_colour=hair)


def figure_changed(chance: random.Random, scene: Scene, name: str, now: str) -> Figure:
    """The first figure, so that this fact of it is another one."""
    figure = scene.figures[0]
    answer = other(chance, f"a.{name}", now) if name != "garment" else "shirt"
    if name in ("pose", "holds"):
        pose = panels.pose_of(figure) if name == "holds" else other(chance, "a.pose", now, "lying")
        held = answer if name == "holds" else ""
        return panels.posed(replace(figure, held=held), pose)
    ways: dict[str, Callable[[Figure], Figure]] = {
        "kind": as_kind(answer) if name == "kind" else dressed(),
        "clothes": dressed(colour=answer),
        "garment": dressed(wear=answer, below="trousers"),
        "hair": dressed(hair_colour=answer),
        "hat": dressed(hat=answer),
        "facing": lambda one: replace(one, facing=answer),
    }
    return ways[name](figure)


def changed(chance: random.Random, scene: Scene, question: str, now: str) -> Scene:
    """The scene with one fact of it another one."""
    slot, _, name = question.partition(".")
    if slot == "a":
        figure = figure_changed(chance, scene, name, now)
        return replace(scene, figures=(figure, *scene.figures[1:]))
    answer = other(chance, question, now)
    if question == "side":
        return replace(scene, figures=(replace(scene.figures[0], side=answer),))
    if slot == "prop":
        field = {"prop": "kind", "prop.side": "side", "prop.colour": "colour"}[question]
        return replace(scene, things=(replace(scene.things[0], **{field: answer}),))
    if question == "count":
        return replace(scene, figures=scene.figures[1:] or (Figure(Look()),))
    if question == "in_hand":
        return replace(scene, by_hand=not scene.by_hand)
    if question == "place":
        alike = known.INDOORS if now in known.INDOORS else known.OUTDOORS
        answer = chance.choice([place for place in alike if place != now])
    return replace(scene, **{question: answer})


@pytest.mark.parametrize("question", [one for one in QUESTIONS if not one.startswith("b.")])
def test_what_is_a_fact_of_a_panel_is_to_be_seen(question: str) -> None:
    """Were it another one, the drawing would be another: of 256 x 256 dots at least 40 differ
    plainly, a hat in a wide shot."""
    told = ((scene, facts.truth(scene).get(question)) for scene in some(4000))
    found = [(scene, now) for scene, now in told if now]
    for number, (scene, now) in enumerate(found[:5]):
        spoilt = changed(random.Random(number), scene, question, now)

        apart = np.abs(drawn.pixels(scene).astype(int) - drawn.pixels(spoilt)).max(axis=2) > 20
        assert apart.sum() > 40, (scene, spoilt)


def test_pencil_has_no_colours_and_a_close_up_no_legs() -> None:
    for scene in some(2000):
        truth = facts.truth(scene)
        if scene.style == "pencil":
            assert not {"a.clothes", "a.hair", "b.clothes", "prop.colour"} & truth.keys()
            assert truth.get("time") != "dusk"
        if scene.shot == "close-up":
            assert not {"a.pose", "a.garment", "a.holds", "side"} & truth.keys()


def test_a_caption_says_nothing_but_facts() -> None:
    for scene, text, told in said(3000):
        assert told.items() <= facts.truth(scene).items(), text


TABLES = {
    "shot": wording.SHOT, "camera": wording.CAMERA, "time": wording.TIME,
    "weather": wording.WEATHER, "style": wording.STYLE, "insert": wording.INSERT,
}  # fmt: skip


def has(text: str, words: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(words)}(?![\w-])", text, re.IGNORECASE) is not None


def test_what_a_caption_did_not_say_is_not_in_its_words() -> None:
    """Where the words are nobody else's: a field, a hat or a side may stand in other words."""
    for _, text, told in said(3000):
        for question in ("camera", "time", "weather", "style"):
            if question in told:
                continue
            listed = [words for each in TABLES[question].values() for words in each]
            listed += [word for each in wording.ADJECTIVE.values() for word in each] * (
                question == "weather"
            )
            assert not [words for words in listed if has(text, words)], (question, text)


def test_what_a_caption_said_is_in_its_words() -> None:
    also = {
        "shot": wording.LEADING, "time": wording.HOUR, "weather": wording.ADJECTIVE,
        "place": wording.WHERE,
    }  # fmt: skip
    tables = TABLES | {
        "place": wording.PLACE, "prop": wording.PROP,
        **{f"{slot}.hat": wording.HAT for slot in "a"}, "a.holds": wording.HOLDS,
    }  # fmt: skip
    for _, text, told in said(3000):
        for question in tables.keys() & told.keys():
            words = (
                *tables[question][told[question]],
                *also.get(question, {}).get(told[question], ()),
            )
            several = [people.plural(one) for one in words]
            assert any(has(text, one) for one in (*words, *several)), (question, text)


def test_captions_differ_and_know_plurals_pairs_and_names() -> None:
    texts = [text.lower() for _, text, _ in said(3000)]

    assert len(set(texts)) > 0.95 * len(texts)
    for words in (
        "two men",
        "two old women",
        "a couple",
        "ext. ",
        "seen from",
    ):
        assert any(words in text for text in texts), words
    assert any(re.search("two .*men .*(sitting|standing|walking)", text) for text in texts)
    assert min(map(len, wording.names().values())) > 250


@pytest.mark.parametrize(
    ("noun", "several"),
    [("old man", "old men"), ("lady", "ladies"), ("dress", "dresses"), ("small boy", "small boys")],
)
def test_plurals(noun: str, several: str) -> None:
    assert people.plural(noun) == several


@pytest.mark.parametrize(
    ("verb", "shown"),
    [
        ("run", "running"), ("are lying down", "lying down"), ("lie flat", "lying flat"),
        ("have folded arms", "with folded arms"), ("stride", "striding"), ("sit down", "sitting down"),
    ],
)  # fmt: skip
def test_what_a_shot_is_of_is_doing_something(verb: str, shown: str) -> None:
    assert people.doing(verb) == shown


def test_a_shard_is_drawn_once_and_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = drawn.write_shard(tmp_path, 3, 0, count=2)
    made = np.load(path)
    monkeypatch.setattr(drawn, "pixels", None)

    assert drawn.write_shard(tmp_path, 3, 0, count=2) == path
    assert made.shape == (2, 256, 256, 3)
    assert [one.name for one in tmp_path.iterdir()] == ["3-0000.npy"]


def test_the_world_needs_no_torch() -> None:
    """Whoever draws panels beside a training starts in a second."""
    asked = "import sys, daemon.sketch.storyboard.drawn, daemon.sketch.storyboard.captions"
    told = subprocess.run(
        [sys.executable, "-c", f"{asked}; print('torch' in sys.modules)"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert told.stdout.strip() == "False"
