"""The drawing world, its captions, and the judge that is to measure the model."""

import random
from dataclasses import replace

import numpy as np
import pytest
from support.levels import counts

pytest.importorskip("torch")

from daemon.sketch.score import grounds, judge, judge_checks, measures, score, styles
from daemon.sketch.world import captions, scenes, words, world
from daemon.sketch.world import facts as truths
from daemon.sketch.world.draw import draw


def test_the_judge_reads_true_drawings_almost_without_mistakes() -> None:
    ceiling = score.ceiling(counts(40, 80, 500))

    assert ceiling["single"]["all"]["share"] >= 0.97
    assert ceiling["pair"]["all"]["share"] >= 0.95
    assert ceiling["scene"]["all"]["share"] >= 0.95


def test_the_judge_is_not_fooled_by_an_empty_picture() -> None:
    picture = world.Picture("single", ground="red", things=())
    blank = world.single(random.Random(1), plain=True)

    marks = score.mark_single(blank, score.to_pixels(picture))

    assert not any(marks[name] for name in ("colour", "place", "size", "shape"))


def test_training_never_sees_a_held_out_pair() -> None:
    rng = random.Random(2)
    seen = {(t.colour, t.shape) for _ in range(3000) for t in world.sample(rng).things}

    assert not seen & set(world.pairs(unseen=True))
    assert seen == set(world.pairs(unseen=False))
    assert len(world.pairs(unseen=True)) == 12


def test_every_shape_and_colour_is_held_out_somewhere() -> None:
    colours, shapes = zip(*world.pairs(unseen=True), strict=True)

    assert set(colours) == set(world.COLOURS)
    assert set(shapes) == set(world.SHAPES)


def test_what_a_caption_says_is_true_of_the_picture() -> None:
    rng = random.Random(3)
    for _ in range(500):
        picture = world.sample(rng)
        text, facts = captions.caption(rng, picture)
        truth = truths.truth(picture)

        for question, answer in facts.items():
            assert answer in words.QUESTIONS[question]
            if not question.endswith(".side"):
                assert truth[question] == answer, text


def test_no_sentence_that_is_scored_occurs_in_training() -> None:
    """Compared as people would: articles, fillers and spelling aside, the order of words not."""
    fillers = sorted({*words.LEADS, *words.TAILS} - {""}, key=len, reverse=True)

    def heart(text: str) -> str:
        text = text.lower().rstrip(".")
        for filler in fillers:
            text = text.removeprefix(filler).removesuffix(filler)
        return " ".join(w for w in text.replace(",", " ").split() if w not in ("a", "an", "the"))

    rng = random.Random(4)
    trained = {heart(captions.caption(rng, world.sample(rng))[0]) for _ in range(20_000)}
    scored = {heart(t) for t in [t for _, t in score.singles(300, 1)]}
    scored |= {heart(t) for _, t, _ in score.pairs(300, 1)}

    assert len(scored) > 550
    assert not scored & trained


def test_the_form_of_a_scored_noun_never_meets_its_sentence_pattern_in_training() -> None:
    """The tables themselves: each meeting is of training or kept back, and both have some."""
    forms, orders = range(len(words.NOUNS)), range(8)
    kept = [(f, o) for o in orders for f in forms if captions.kept_back(f, o)]

    assert {order for _, order in kept} == set(orders)
    assert {form for form, _ in kept} == set(forms)
    assert len(kept) == 8


def test_the_same_seed_draws_the_same_picture() -> None:
    one, two = (draw(world.sample(random.Random(5)), 96, 128) for _ in range(2))

    assert one.shape == (3, 96, 128)
    assert (one == two).all()


def test_objects_apart_are_counted_apart() -> None:
    picture = world.pair(random.Random(6), unseen=True)

    assert len(judge.judge(score.to_pixels(picture), 2).things) == 2


def test_what_was_not_asked_for_is_a_mistake() -> None:
    """A third thing beside a pair, a second beside one, and a blob that is nearly a circle."""
    rng = random.Random(8)
    more = world.Thing("star", "red", "small", "top left", 0.12, 0.12, 0.1)
    pair, single = world.pair(rng, unseen=True), world.single(rng, unseen=True, plain=True)
    single = replace(
        single, ground="white", things=(replace(single.things[0], colour="blue", x=0.6, y=0.6),)
    )
    facts = truths.truth(pair)
    crowded = [replace(p, things=(*p.things, more)) for p in (pair, single)]

    assert all(score.mark_pair(pair, facts, score.to_pixels(pair)).values())
    assert not score.mark_pair(pair, facts, score.to_pixels(crowded[0]))["two"]
    assert score.mark_single(single, score.to_pixels(single))["alone"]
    assert not score.mark_single(single, score.to_pixels(crowded[1]))["alone"]
    blob = judge.Seen("circle", "red", "big", "centre", 0.5, 0.5, 0.2, 0.75, 1.0, 0.0)
    assert judge.least_likeness("circle") > 0.75 > judge.least_likeness("moon") > 0.4
    assert not blob.is_a("circle")


def test_the_judges_notice_whatever_is_wrong_in_a_drawing() -> None:
    """A wrong colour, place, size, shape; two colours in one thing, a hole, a stain, company."""
    told = judge_checks.noticed(counts(12, 24, 100), seed=3)

    for kind in told.values():
        for name, figures in kind.items():
            if name != "pictures":
                assert figures["share"] >= 0.95, (name, figures)


def test_a_drawing_of_something_else_is_right_by_chance_alone() -> None:
    told = judge_checks.chance(60)

    assert told["all"]["share"] == 0
    assert told["shape"]["share"] < 0.3


def test_patterned_grounds_are_told_apart() -> None:
    told = measures.score_drawn_grounds(40)

    assert told["all"]["share"] >= 0.9


def test_a_patterned_ground_in_other_colours_is_a_mistake() -> None:
    thing = world.Thing("star", "red", "big", "centre", 0.5, 0.5, 0.23)
    dots = world.Picture("single", "flat", "dotted", "yellow", "blue", (thing,))
    swapped = replace(dots, ground="blue", ground2="yellow")

    assert all(grounds.mark(dots, score.to_pixels(dots)).values())
    assert not grounds.mark(dots, score.to_pixels(swapped))["colours"]
    assert not grounds.mark(dots, score.to_pixels(replace(dots, pattern="striped")))["pattern"]
    assert not grounds.mark(dots, score.to_pixels(replace(dots, things=())))["object's colour"]


@pytest.mark.parametrize("style", styles.TESTS)
def test_styles_are_told_from_flat_drawings(style: str) -> None:
    pictures = [p for p, _ in styles.filled_singles(30, 3)]
    told = styles._shares(pictures, style)

    assert told["drawings with"]["share"] >= 0.9
    assert told["drawings without"]["share"] <= 0.05


def test_a_solid_thing_beside_a_speck_is_no_outline() -> None:
    solid = world.Thing("circle", "red", "big", "centre", 0.5, 0.5, 0.2)
    speck = world.Thing("circle", "red", "small", "top left", 0.05, 0.05, 0.02)
    picture = world.Picture("single", things=(solid, speck))

    assert not styles.is_outline(picture, score.to_pixels(picture))


def test_a_second_sun_and_a_boat_nobody_asked_for_are_mistakes() -> None:
    scene = world.Picture("scene", time="day", land="sea", light="sun", light_side="left")
    sunny = score.to_pixels(scene)
    other = score.to_pixels(replace(scene, light_side="right"))
    boat = replace(scene, props=(world.Prop("boat", "right", "red", 0.73),))
    facts = truths.truth(scene)

    assert all(scenes.mark(scene, facts, sunny).values())
    assert not scenes.mark(scene, facts, np.where(other > sunny, other, sunny))["one light"]
    assert not scenes.mark(scene, facts, other)["light's side"]
    assert not scenes.mark(scene, facts, score.to_pixels(boat))["props"]
    boat_marks = scenes.mark(boat, truths.truth(boat), sunny)  # none was drawn
    assert not any(boat_marks[name] for name in ("props", "props' sides", "props' colours"))


def test_an_interval_contains_its_share_and_narrows_with_more_pictures() -> None:
    few, many = score.interval(9, 10), score.interval(900, 1000)

    assert few[0] < 0.9 < few[1]
    assert many[1] - many[0] < few[1] - few[0]
