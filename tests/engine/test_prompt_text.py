"""Prompts of any length and with weights: all of it is read, and what is short or unweighted is
read as plain diffusers reads it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from support import warm_engine
from support.warm_engine import (
    BARE,
    DEVICE,
    THEIRS_TO_MEND,
    no_step,
    ours,
    warm,
)

from daemon.protocol.render import Emphasis, Render, Span

pytestmark = THEIRS_TO_MEND

render = partial(warm_engine.render, steps=3)
LONG = "a red circle, " * 30 + "and a purple star"  # 123 tokens


@pytest.fixture(scope="module")
def engine():
    return warm(BARE)


def stock(pipeline, wanted: Render, **given) -> np.ndarray:
    import torch

    if not given:
        given = {
            "prompt": wanted.sampling.prompt,
            "negative_prompt": wanted.sampling.negative_prompt or None,
        }
    return np.asarray(
        pipeline(
            width=wanted.width,
            height=wanted.height,
            num_inference_steps=wanted.sampling.steps,
            guidance_scale=wanted.sampling.guidance_scale,
            generator=torch.Generator("cpu").manual_seed(wanted.seed),
            **given,
        ).images[0]
    )


def said(pipeline, texts: list[str]) -> tuple:
    """What plain diffusers makes of each text by itself: hidden states and pooled, no negatives."""
    import torch

    with torch.inference_mode():
        parts = [
            pipeline.encode_prompt(text, device=DEVICE, do_classifier_free_guidance=False)
            for text in texts
        ]
    return [part[0] for part in parts], parts[0][2]


@pytest.fixture(scope="module")
def tokens(pipeline):
    """The tokens of a text, without beginning and end."""

    def count(text: str) -> list[int]:
        return pipeline.tokenizer(text, add_special_tokens=False, verbose=False).input_ids

    return count


# --- length -----------------------------------------------------------------------------------------


def test_a_prompt_that_fills_the_window_is_read_as_plain_diffusers_reads_it(
    engine, pipeline, tokens
) -> None:
    words = ["a", "red", "circle", "on", "a", "blue", "background"]
    full = " ".join((words * 20)[:75])
    while len(tokens(full)) > 75:
        full = full.rsplit(" ", 1)[0]
    assert len(tokens(full)) >= 73
    wanted = render(prompt=full, negative_prompt=full[: len(full) // 2])
    done = engine.render(wanted, no_step)
    assert not done.warnings
    assert np.array_equal(np.asarray(done.image), stock(pipeline, wanted))


def test_a_longer_prompt_is_read_window_by_window_and_that_is_reported(
    engine, pipeline, tokens
) -> None:
    import torch

    assert 75 < len(tokens(LONG)) <= 150
    done = engine.render(render(prompt=LONG), no_step)
    (warning,) = done.warnings
    assert warning == (
        f"The prompt has {len(tokens(LONG))} tokens, more than the model reads at once; "
        "it was read in 2 parts."
    )
    # The first window ends at the last comma among its last 20 tokens.
    pieces = LONG.split(", ")
    first = ""
    while len(tokens(first + pieces[0] + ",")) <= 75:
        first += pieces.pop(0) + ", "
    hidden, pooled = said(pipeline, [first.strip(), ", ".join(pieces)])
    whole = torch.cat(hidden, dim=1)
    theirs = stock(
        pipeline,
        render(),
        prompt_embeds=whole,
        pooled_prompt_embeds=pooled,
        negative_prompt_embeds=torch.zeros_like(whole),
        negative_pooled_prompt_embeds=torch.zeros_like(pooled),
    )
    assert np.array_equal(np.asarray(done.image), theirs)


def test_the_end_of_a_long_prompt_has_an_effect(engine) -> None:
    other = LONG.replace("purple star", "yellow moon")
    assert not np.array_equal(ours(engine, render(prompt=LONG)), ours(engine, render(prompt=other)))


@pytest.mark.parametrize(
    "texts",
    [("short", LONG), (LONG, "short"), (LONG, LONG * 2)],
    ids=["short prompt", "short negative", "both long"],
)
def test_the_shorter_of_prompt_and_negative_is_filled_up_with_silence(
    engine, pipeline, texts
) -> None:
    done = engine.render(render(prompt=texts[0], negative_prompt=texts[1]), no_step)
    assert len(done.warnings) == sum(len(text) > 100 for text in texts)
    again = engine.render(render(prompt=texts[0], negative_prompt=texts[1]), no_step)
    assert np.array_equal(np.asarray(done.image), np.asarray(again.image))
    assert again.cache["prompt"] == "hit"


def test_each_encoder_may_have_a_prompt_of_another_length(engine) -> None:
    done = engine.render(render(prompt="a boat", prompt_2=LONG), no_step)
    assert "read in 2 parts" in done.warnings[0]


# --- weights ----------------------------------------------------------------------------------------


def weighted(*parts: tuple[str, float], **changes) -> Render:
    spans = tuple(Span(text, weight) for text, weight in parts)
    text = "".join(text for text, _ in parts)
    return render(prompt=text, emphasis=Emphasis(prompt=spans), **changes)


def test_weights_multiply_what_the_encoders_say_at_their_places(engine, pipeline, tokens) -> None:
    import torch

    wanted = weighted(("a ", 1.0), ("red circle", 1.4), (" on a blue background", 0.7))
    hidden, pooled = said(pipeline, [wanted.sampling.prompt])
    weights = torch.ones(1, 77, 1)
    ends = [1 + len(tokens(text)) for text in ("a", "a red circle", wanted.sampling.prompt)]
    weights[:, ends[0] : ends[1]] = 1.4
    weights[:, ends[1] : ends[2]] = 0.7
    theirs = stock(
        pipeline,
        wanted,
        prompt_embeds=hidden[0] * weights,
        pooled_prompt_embeds=pooled,
        negative_prompt_embeds=torch.zeros_like(hidden[0]),
        negative_pooled_prompt_embeds=torch.zeros_like(pooled),
    )
    painted = ours(engine, wanted)
    assert np.array_equal(painted, theirs)
    assert not np.array_equal(painted, ours(engine, render(prompt=wanted.sampling.prompt)))


def test_weights_of_one_are_no_weights(engine, pipeline) -> None:
    wanted = weighted(("a red circle", 1.0), (" on a blue background", 1.0))
    assert np.array_equal(ours(engine, wanted), stock(pipeline, wanted))


def test_brackets_of_a_plain_prompt_are_words(engine, pipeline) -> None:
    wanted = render(prompt="a (red:1.4) circle [on] a BREAK background")
    assert np.array_equal(ours(engine, wanted), stock(pipeline, wanted))


def test_a_part_may_begin_a_window_of_its_own(engine, pipeline) -> None:
    import torch

    wanted = render(
        prompt="unused",
        emphasis=Emphasis(prompt=(Span("a red circle"), Span("a blue background", 1.0, True))),
    )
    hidden, pooled = said(pipeline, ["a red circle", "a blue background"])
    whole = torch.cat(hidden, dim=1)
    theirs = stock(
        pipeline,
        wanted,
        prompt_embeds=whole,
        pooled_prompt_embeds=pooled,
        negative_prompt_embeds=torch.zeros_like(whole),
        negative_pooled_prompt_embeds=torch.zeros_like(pooled),
    )
    done = engine.render(wanted, no_step)
    assert np.array_equal(np.asarray(done.image), theirs)
    assert not done.warnings  # it was asked for


def test_a_weighted_window_is_remembered_without_its_weights(engine) -> None:
    one = weighted(("a never seen", 1.2), (" thing", 1.0))
    other = weighted(("a never seen", 0.5), (" thing", 1.0))
    assert engine.render(one, no_step).cache["prompt"] == "miss"
    assert engine.render(other, no_step).cache["prompt"] == "hit"
    assert not np.array_equal(ours(engine, one), ours(engine, other))


def test_negatives_and_second_prompts_have_weights_too(engine) -> None:
    plain = Emphasis(
        prompt=(Span("a boat"),), negative_prompt=(Span("fog"),), prompt_2=(Span("a ship"),)
    )
    wanted = render(prompt="a boat", negative_prompt="fog", prompt_2="a ship", emphasis=plain)
    first = ours(engine, wanted)
    assert np.array_equal(first, ours(engine, replace(wanted, emphasis=None)))
    for change in ({"negative_prompt": (Span("fog", 1.5),)}, {"prompt_2": (Span("a ship", 1.5),)}):
        assert not np.array_equal(
            first, ours(engine, replace(wanted, emphasis=replace(plain, **change)))
        )
