"""Scenes to pictures: every place, pose, hat and thing, in every style and shape; never an exception."""

from __future__ import annotations

import random

import pytest
from PIL import ImageStat

from daemon.thumbs.drawing import draw
from daemon.thumbs.lexicon import lexicon
from daemon.thumbs.outlines import outlines
from daemon.thumbs.place_table import places
from daemon.thumbs.poses import POSES
from daemon.thumbs.reading import read_scene
from daemon.thumbs.scene import (
    ACTIONS,
    CAMERAS,
    EXPRESSIONS,
    SHOTS,
    STYLES,
    TIMES,
    WEATHERS,
    Figure,
    Look,
    Scene,
    Thing,
)  # fmt: skip
from daemon.thumbs.wardrobe import USUAL

SIZE = (80, 45)


def detail(image) -> float:
    """How much there is to see: the deviation of its greys."""
    return ImageStat.Stat(image.convert("L")).stddev[0]


@pytest.mark.parametrize("style", STYLES)
def test_every_place_can_be_drawn(style):
    seen = {name: draw(Scene(place=name, style=style, shot="wide"), *SIZE) for name in places()}

    assert all(detail(image) > 2 for name, image in seen.items() if name != "nowhere")
    assert len({image.tobytes() for image in seen.values()}) == len(seen)


def test_every_pose_is_another_drawing_from_every_side():
    for facing in ("left", "back"):
        seen = {
            draw(Scene(figures=(Figure(Look(), pose=pose, facing=facing),)), *SIZE).tobytes()
            for pose in POSES
        }
        assert len(seen) == len(POSES)


def test_every_hat_and_expression_is_another_drawing():
    def close(**more):
        figure = Figure(
            Look(hat=more.get("hat", "")), expression=more.get("feeling", "calm"), facing="front"
        )
        return draw(Scene(shot="close-up", figures=(figure,)), *SIZE).tobytes()

    assert len({close(hat=hat) for hat in ("", *USUAL)}) >= len(USUAL) - 6  # some share a shape
    assert len({close(feeling=one) for one in EXPRESSIONS}) == len(EXPRESSIONS)


def test_every_thing_stands_in_a_picture_and_is_an_insert():
    empty = draw(Scene(place="beach"), *SIZE)
    for name in outlines():
        there = draw(Scene(place="beach", things=(Thing(name),)), *SIZE)
        large = draw(Scene(shot="insert", insert=name), *SIZE)
        assert there.tobytes() != empty.tobytes(), name
        assert detail(large) > 2, name


@pytest.mark.parametrize(
    "size", [(96, 96), (160, 90), (240, 100), (90, 160), (1, 1), (7, 300), (2048, 16)]
)
def test_any_shape_is_drawn_at_exactly_its_size(size):
    assert draw(read_scene("Anna and Ben talk in a bar"), *size).size == size


def test_shots_cameras_hours_and_weathers_all_differ():
    figures = (Figure(Look(), name="a"), Figure(Look(sex="f", hair="long"), name="b"))
    for key, values in (("shot", SHOTS[:6]), ("camera", CAMERAS), ("time", TIMES), ("weather", WEATHERS),
                        ("style", STYLES), ("action", ("", *ACTIONS))):  # fmt: skip
        seen = {
            draw(Scene(place="hills", figures=figures, **{key: value}), *SIZE).tobytes()
            for value in values
        }
        assert len(seen) == len(values), key


def test_the_same_scene_is_the_same_pixels_and_a_take_frames_it_anew():
    scene = read_scene("a detective in the street at night", seed=5)

    assert draw(scene, *SIZE).tobytes() == draw(scene, *SIZE).tobytes()
    other = read_scene("a detective in the street at night", seed=5, take=2)
    assert draw(scene, *SIZE).tobytes() != draw(other, *SIZE).tobytes()


LORA = "masterpiece, best quality, 8k, <lora:add_detail:0.8>, (1girl:1.3), [blue eyes], {x}, BREAK, score_9"
SCRIPT = """\
INT. WAREHOUSE - NIGHT

ANNA (30s, tense) creeps between crates. A noise. She freezes.

\t\tANNA
\t(whispering)
\tWho's there?

BEN steps out of the dark, gun raised.

CUT TO:
"""
HOSTILE = {
    "empty": "", "blank": " \n\t ", "one letter": "a", "signs": "!?.,;:-—…()[]{}<>", "zero": "a\0man\x1b[31m",
    "long": "a man walks in the rain and " * 150, "one long word": "a" * 4000, "digits": "9" * 4000,
    "emoji": "🎉👨‍👩‍👧‍👦🔥🏴‍☠️", "chinese": "一个男人在雨中走路", "japanese": "雨の中を歩く男", "korean": "비 속을 걷는 남자",
    "arabic": "رجل يمشي تحت المطر", "hebrew": "איש הולך בגשם", "right to left": "\u202ea man\u202c", "thai": "ผู้ชายเดินในสายฝน",
    "html": "<b>a man</b> <script>alert(1)</script> &amp; <a href='x'>a dog</a>", "lora": LORA, "screenplay": SCRIPT,
    "contradictions": "no man, a man, day at night, inside outside, wide close-up, rain snow sun fog, black and white colour",
    "thirty people": "30 people, 30 dogs and 30 cars on 30 bridges", "numbers": "999999999999999999999 men",
    "names": " and ".join(["Anna", "Ben", "Carl", "Dora", "Emil", "Frida", "Gustav", "Hanna", "Ivan"]) + " talk to each other",
    "nobody": "no one, nobody, nothing, without anyone", "only verbs": "run jump sit kiss hug fight give", "only colours": "red blue green",
    "only prepositions": "in on at with over under behind", "cast marks": "; Anna: ; Ben: red; : ; ;;", "surrogates": "\ud800 a man \udfff",
    "crude": "a nude naked woman, gore, blood, a severed head", "combining": "a\u0301\u0301\u0301 man" * 50,
}  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_any_text_at_all_becomes_a_drawing(text):
    scene = read_scene(text, cast={"": "", "Anna": text, "Ben": ""})

    assert draw(scene, *SIZE).size == SIZE
    assert len(scene.figures) <= 4


def test_hundreds_of_mutated_prompts_become_drawings():
    chance = random.Random(11)
    phrases = sorted(lexicon().phrases)
    signs = [
        ",",
        ".",
        ";",
        ":",
        "'s",
        "-",
        "\n",
        "and",
        "with",
        "in the",
        "no",
        "two",
        "her",
        "🎈",
        "Ж",
        "Name",
        "5",
    ]
    for number in range(240):
        words = [
            chance.choice(phrases if chance.random() < 0.7 else signs)
            for _ in range(chance.randint(1, 24))
        ]
        text = chance.choice((" ", ", ", "")).join(words)
        style = chance.choice(STYLES)
        scene = read_scene(text, style=chance.choice(("", "ink wash", text[:20])), seed=number)
        assert draw(scene, *chance.choice((SIZE, (68, 68), (120, 50)))).mode == "RGB", (text, style)


def test_a_figure_is_always_dressed():
    """There is no bare body to ask for: whatever is said, clothes are drawn over the mannequin."""
    for text in (
        "a naked woman",
        "nude man",
        "undressed, topless, in underwear",
        "a man without a shirt",
    ):
        figures = read_scene(text).figures
        assert all(one.look.wear and one.look.below for one in figures)
        assert all(one.look.colour not in ("skin", "") for one in figures)
