"""What a model says of words it has never seen: natural prompts are warned of, its own are not."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from daemon.jobfile import read_job
from daemon.models.catalogue import Card, find_model
from daemon.models.vocabulary import unknown_words, warning
from daemon.plan.input_pictures import as_inputs
from daemon.plan.planner import PlanContext, make_plan
from daemon.settings import Settings
from daemon.sketch.world.captions import caption
from daemon.sketch.world.vocabulary import vocabulary
from daemon.sketch.world.world import sample

NATURAL = """
wide shot of a lighthouse at dusk, storm clouds
close-up of an old fisherman mending nets
a girl in a yellow raincoat runs along the pier
interior, cabin, candlelight, two people at a table
aerial view of a fleet leaving the harbour
low angle, a ship's bow cutting through waves
a letter burning in a fireplace
over the shoulder: the captain reads a map
medium shot, a woman opens a wooden door
establishing shot, a fishing village in fog
a seagull on a railing, shallow depth of field
two silhouettes on a cliff against the moon
the lighthouse beam sweeps across black water
insert: a pocket watch, cracked glass
a boy climbs the spiral stairs
rain on a window, blurred city lights behind it
an empty swing in a park, golden hour
crowd at a train station, 1940s, steam
a dog waits by the road
tracking shot through a wheat field
a soldier looks at a photograph
night, neon signs reflected in puddles
dutch angle, a corridor with flickering lamps
hands kneading dough, flour in the air
a balloon rises above rooftops
the mother hugs her son, back to camera
an astronaut walks on red sand
a knight kneels before a queen
desert highway, a car far away, heat haze
a red boat on the sea at sunset
""".strip().splitlines()


@pytest.fixture(scope="module")
def sketch() -> Card:
    return find_model("sketch")


def warnings_of(card: Card, text: str) -> list[str]:
    job = read_job(text.encode(), file="a.yaml", base=Settings().job_defaults)
    context = PlanContext(
        number=1,
        name="a",
        project="",
        card=card,
        inputs=as_inputs(job, {}),
        draw_seed=lambda: 1,
        stage=Path("/stage"),
        taken=lambda _: False,
    )
    return [said for said in make_plan(job, context).warnings if "words, and not:" in said]


def test_natural_prompts_are_warned_of_once_a_job_all_but_the_one_it_knows(sketch: Card) -> None:
    assert len(NATURAL) == 30
    warned = [warnings_of(sketch, f"prompt: {prompt!r}\ncount: 3") for prompt in NATURAL]

    assert [len(one) for one in warned] == [1] * 29 + [0]


def test_a_warning_says_which_words_what_this_is_and_what_to_do(sketch: Card) -> None:
    (said,) = warnings_of(sketch, "prompt: a Lighthouse, (storm:1.3) and a red boat")

    assert "lighthouse, storm." in said
    assert "toy" in said
    assert "`hotfolder models pull sdxl`" in said


def test_none_of_its_own_captions_is_warned_of(sketch: Card) -> None:
    rng = random.Random(2026)
    for number in range(2000):
        text, _ = caption(rng, sample(rng), whole=number % 3 == 0, unseen=number % 2 == 0)
        assert unknown_words([text], sketch.vocabulary) == [], text


def test_the_card_lists_the_words_of_its_world(sketch: Card) -> None:
    assert list(sketch.vocabulary) == vocabulary()


@pytest.mark.parametrize(
    ("prompt", "unknown"),
    [
        ("A RED Circle!", []),
        ("(red:1.3) [circle] ((blue:.5))", []),
        ("red_circle, blue-star", []),
        ("the moon's side", []),
        ("the moon’s light", ["light"]),
        ("<lora:chalk:0.8> a circle", []),
        ("a circle BREAK a star AND a moon", []),
        ("3 circle 256x256 2.39:1, 50%", ["x256"]),
        ("ｒｅｄ circle", []),  # full-width letters are letters
        ("red\ncircle\ttree", []),
        ("circles", ["circles"]),  # its world never says so
        ("stripes, striped, dots, dotted", []),
        ("a circle, a circle, a lamp, a lamp", ["lamp"]),
        ("красный круг", ["красный", "круг"]),
        ("赤い丸", ["赤い丸"]),
        ("a red circle 🚀", ["🚀"]),
        ("8k, 35mm", ["8k", "35mm"]),
        ("", []),
        ("... --- !!!", []),
        ("don't", ["don't"]),
        ("a \u0336\u0336\u0336", []),
        ("x" * 100_000, ["x" * 4000]),
    ],
)
def test_words_are_compared_as_a_reader_would(
    prompt: str, unknown: list[str], sketch: Card
) -> None:
    found = unknown_words([prompt], sketch.vocabulary)

    assert [word for word in found if word != "256x256"] == [w for w in unknown if w != "x256"]


def test_the_second_prompt_counts_and_a_negative_one_does_not(sketch: Card) -> None:
    text = "prompt: a red circle\nnegative_prompt: watermark, blurry\n"

    assert warnings_of(sketch, text) == []
    assert "lamp" in warnings_of(sketch, text + "prompt_2: a lamp")[0]


def test_a_model_without_a_list_of_words_warns_of_none(sketch: Card) -> None:
    assert warnings_of(replace(sketch, vocabulary=()), "prompt: a lamp") == []


def test_many_words_and_long_ones_are_cut() -> None:
    said = warning("m", "", [f"{n}" * 100 for n in range(1, 10)] * 5, 3)

    assert "and 37 more" in said
    assert len(said) < 600


def test_any_card_may_list_words(tmp_path: Path) -> None:
    from daemon.models.card import read_card

    (tmp_path / "model_index.json").write_text("{}")
    for listed in (
        "vocabulary: [Red, circle]",
        "vocabulary: red CIRCLE",
        "vocabulary: ['red circle']",
    ):
        (tmp_path / "card.yaml").write_text(listed)
        assert read_card(tmp_path).vocabulary == ("circle", "red")
