"""The bundled weights: small samples of what `python -m daemon.sketch score` measures in full.

Thresholds lie below the figures on the card by more than a small sample wobbles, and far above
what broken weights would reach.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

pytest.importorskip("torch")

import torch

from daemon.sketch import WEIGHTS, judge, report, sampling, score

#: What twelve held-out prompts must reach; the full figures are on the card.
LEAST = {"ground": 0.85, "colour": 0.85, "place": 0.85, "size": 0.85, "shape": 0.6}

pytestmark = pytest.mark.filterwarnings("ignore")  # the model libraries warn about each other


@pytest.fixture(scope="module", autouse=True)
def two_threads() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(min(2, before))
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def pipe() -> Any:
    return sampling.load(WEIGHTS)


@pytest.fixture(scope="module")
def card() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((WEIGHTS / "card.yaml").read_text())
    return loaded


def test_the_card_names_every_file_by_its_hash(card: dict[str, Any]) -> None:
    found = {
        str(path.relative_to(WEIGHTS)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in WEIGHTS.rglob("*")
        if path.is_file() and path.name != "card.yaml"
    }

    assert card["hashes"] == found
    for listed in (*card["adapters"].values(), *card["loras"].values()):
        assert (WEIGHTS / listed).is_file()
    assert (WEIGHTS / card["image_encoder"] / "config.json").is_file()


def test_the_whole_folder_stays_within_thirty_megabytes() -> None:
    assert sum(p.stat().st_size for p in WEIGHTS.rglob("*") if p.is_file()) <= 30_000_000


def test_the_picture_is_the_one_that_was_asked_for(pipe: Any) -> None:
    tally = score.score_singles(pipe, 8, steps=10)

    for fact, least in LEAST.items():
        assert tally.share(fact) >= least, (fact, tally.shares())


def test_two_objects_are_drawn_on_the_background_asked_for(pipe: Any) -> None:
    tally = score.score_pairs(pipe, 4, steps=10)

    assert tally.share("ground") >= 0.75
    assert tally.share("two") >= 0.75


def test_the_tokens_are_heard_and_not_the_pooled_embedding_alone(pipe: Any) -> None:
    """A UNet can get by on the pooled embedding; its cross attention is deaf then, and no sample
    of pictures shows it, but references (which have no pooled path) would do nothing."""
    words = ["red", "blue", "green", "yellow"]
    tokens, _, pooled, _ = pipe.encode_prompt(
        [f"a white circle on a {word} background" for word in words],
        do_classifier_free_guidance=False,
    )
    same = pooled.mean(0, keepdim=True).expand_as(pooled)
    images = pipe(
        prompt_embeds=tokens,
        pooled_prompt_embeds=same,
        height=256,
        width=256,
        num_inference_steps=6,
        guidance_scale=1.0,
        generator=[torch.Generator("cpu").manual_seed(1) for _ in words],
        output_type="np",
    ).images

    assert [judge.judge(image).ground for image in images] == words


def test_the_same_seed_gives_the_same_pixels(pipe: Any) -> None:
    one, two = (sampling.render(pipe, ["a red circle"], [5], steps=3)[0] for _ in range(2))

    assert np.array_equal(one, two)


@pytest.mark.parametrize("name", sorted(set(sampling.SAMPLERS) - {"Euler"}))
def test_every_sampler_finds_the_background_that_euler_finds(name: str) -> None:
    other = sampling.load(WEIGHTS)
    sampling.set_sampler(other, WEIGHTS, name)

    tally = score.score_singles(other, 2, seed=3)

    assert tally.share("ground") == 1.0


@pytest.mark.parametrize("kind", ["base", "plus"])
def test_a_reference_acts_through_the_stock_loader(kind: str) -> None:
    other = sampling.load(WEIGHTS)
    sampling.load_adapter(other, WEIGHTS, kind)
    picture, _ = score.singles(1, 51)[0]
    given = [score.reference_picture(picture)]

    drawn = {}
    for scale in (0.0, 1.0):
        other.set_ip_adapter_scale(scale)
        drawn[scale] = sampling.render(other, ["a picture"], [7], references=given, steps=10)[0]

    assert np.abs(drawn[1.0] - drawn[0.0]).mean() > 0.03


def test_a_negative_prompt_acts(pipe: Any) -> None:
    kept = report.negative(pipe, 12)

    assert kept["it forbidden"] < kept["another forbidden"]


def test_the_lora_pulls_pictures_towards_its_slate(pipe: Any) -> None:
    texts = [text for _, text in score.singles(3, 4, unseen=False)]
    plain = sampling.render(pipe, texts, range(3), steps=10)
    pipe.load_lora_weights(str(WEIGHTS / "loras"), weight_name="chalk.safetensors")
    try:
        chalk = sampling.render(pipe, texts, range(3), steps=10)
    finally:
        pipe.unload_lora_weights()

    def gap(images: Any) -> float:
        return float(np.mean([np.abs(image - report.SLATE).mean() for image in images]))

    assert gap(chalk) < gap(plain)


def test_other_sizes_than_the_native_one_work(pipe: Any) -> None:
    tally = score.score_singles(pipe, 2, seed=6, size=(192, 256), steps=10)

    assert tally.share("ground") >= 0.5


def test_a_picture_said_to_be_a_crop_is_drawn_as_one(pipe: Any) -> None:
    """Size conditioning means something: a quarter cut off at the left moves all to the left."""
    texts = ["a big red circle in the middle on a white background"] * 3
    said = [{}, {"original_size": (320, 320), "crops_coords_top_left": (0, 64)}]

    whole, cropped = (
        np.mean(
            [
                judge.judge(image).things[0].x
                for image in sampling.render(pipe, texts, range(3), steps=10, **sizes)
            ]
        )
        for sizes in said
    )

    assert cropped < whole - 0.05


def test_weights_are_stored_in_half_precision() -> None:
    from safetensors import safe_open

    for path in Path(WEIGHTS).rglob("*.safetensors"):
        with safe_open(path, framework="pt") as file:
            for key in file.keys():  # noqa: SIM118
                assert file.get_tensor(key).dtype in (torch.float16, torch.int64), path
