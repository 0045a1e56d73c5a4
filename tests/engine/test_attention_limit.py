"""A device whose attention goes wrong above a number of products is never handed more, and makes
the same pictures. Apple's graphics are such a device; here a processor pretends."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest
import torch
from support.renders import changed
from support.warm_engine import (
    BARE,
    LOAD,
    MODEL,
    THEIRS_TO_MEND,
    no_step,
    ours,
    picture,
    reference,
    render,
    warm,
)
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

from daemon.engine.sdxl.attention_check import SAMPLES, WRONG, attention_error
from daemon.engine.sdxl.batching.policy import BatchPolicy
from daemon.engine.sdxl.device import METAL_LIMIT, choose_device
from daemon.engine.sdxl.memory.slices import Slices, whole_rows
from daemon.protocol.render import Hires

pytestmark = THEIRS_TO_MEND

#: Where the pretended device goes wrong: a picture of 128x128 has attentions above it,
#: while what the text encoders do lies below.
LIMIT = 30_000
SIDES = (64, 128, 192)


class Recorder(TorchFunctionMode):
    """Notes the products of every attention that is computed inside, and whether it was handed a
    view from inside another tensor."""

    def __init__(self) -> None:
        super().__init__()
        self.products: list[int] = []

    def __torch_function__(self, func, types, args=(), kwargs=None):
        if func is F.scaled_dot_product_attention:
            query, key = args[:2]
            self.products.append(math.prod(query.shape[:-1]) * key.shape[-2])
        return func(*args, **(kwargs or {}))


@contextmanager
def recorded() -> Iterator[Recorder]:
    with Recorder() as recorder:
        yield recorder


@pytest.fixture(scope="module")
def plain():
    return warm(LOAD)


@pytest.fixture(scope="module")
def limited():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOTFOLDER_REHEARSE_ATTENTION_LIMIT", str(LIMIT))
        return warm(LOAD)


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("strict", [False, True], ids=["free", "strict"])
def test_no_attention_is_above_the_limit_and_the_pixels_are_the_same(
    plain, limited, side, strict
) -> None:
    wanted = render(width=side, height=side + 8, steps=2, strict=strict)

    with recorded() as without:
        expected = ours(plain, wanted)
    with recorded() as recorder:
        painted = ours(limited, wanted)

    assert recorder.products
    assert max(recorder.products) <= LIMIT
    if side > SIDES[0]:
        assert max(without.products) > LIMIT  # the test would notice
    assert np.abs(painted.astype(int) - expected.astype(int)).max() <= 1
    assert np.array_equal(painted, ours(limited, wanted))


def test_nor_with_references_masks_and_a_second_pass(plain, limited, tmp_path) -> None:
    seen = reference(picture(tmp_path / "a.png", "red"))
    wanted = changed(
        render(width=128, height=128, steps=2, hires=Hires(192, 192, 2, 0.5)), references=(seen,)
    )

    with recorded() as recorder:
        painted = ours(limited, wanted)

    assert max(recorder.products) <= LIMIT
    assert np.abs(painted.astype(int) - ours(plain, wanted).astype(int)).max() <= 1


def test_where_memory_is_short_no_shared_call_computes_attention_that_cannot_be_cut(plain) -> None:
    """Packed networks have one of their own."""
    flights = [plain.board(render(seed=seed, steps=4), no_step) for seed in (1, 2)]
    seen = []
    with torch.inference_mode():
        for _ in range(4):
            with recorded() as recorder:
                plain._calls.predict(flights, frozenset({"slices"}))
            seen.append(recorder.products)

    assert seen[0]
    assert all(each == seen[0] for each in seen)


def test_real_sdxl_stays_below_at_every_size_and_number_of_rows() -> None:
    """Shapes only, on tensors without content: self attention at half and quarter size, with 10 and
    20 heads, and the one in the middle of the VAE."""
    for side in range(512, 2049, 128):
        for rows in (1, 2, 6, 12, 16):
            shapes = [(rows, 10, side // 16), (rows, 20, side // 32), (1, 1, side // 8)]
            for many, heads, edge in shapes:
                with torch.device("meta"):
                    query = torch.empty(many, heads, edge * edge, 64)
                with recorded() as recorder, Slices(limit=METAL_LIMIT):
                    answer = F.scaled_dot_product_attention(query, query, query)
                assert answer.shape == query.shape
                assert max(recorder.products) <= METAL_LIMIT < 2**31


@pytest.mark.parametrize("places", [None, 5])
def test_slices_are_the_whole_to_the_last_place(places) -> None:
    generator = torch.Generator().manual_seed(3)
    query, key = (torch.randn(2, 3, n, 8, generator=generator) for n in (50, 41))

    with Slices(places, limit=2 * 3 * 41 * 7):
        parts = F.scaled_dot_product_attention(query, key, key)

    assert torch.allclose(parts, F.scaled_dot_product_attention(query, key, key), atol=1e-6)


@pytest.mark.parametrize(
    ("side", "rows"), [(768, 35), (1024, 11), (1344, 3), (2048, 0)], ids=lambda value: str(value)
)
def test_how_many_rows_need_no_slices_is_told_from_the_unet(side, rows) -> None:
    """SDXL's own: 5, 10 and 20 heads, none at full size. An eighth is left as a margin."""
    from diffusers import UNet2DConditionModel

    config = UNet2DConditionModel.load_config(MODEL / "unet")
    with torch.device("meta"):
        unet = UNet2DConditionModel.from_config(
            {**config, "block_out_channels": [40, 80, 160], "attention_head_dim": [5, 10, 20]}
        )

    assert whole_rows(unet, side, side, METAL_LIMIT) == rows


def test_pictures_share_a_call_only_as_far_as_it_needs_no_slices(limited, plain) -> None:
    device = choose_device("cpu", "auto")
    unet = plain._model.unet
    size, load = (128, 128), replace(BARE, max_batch=4)
    assert BatchPolicy(load, unet, device, always=True).room([], size, "key") > 1
    device.attention_limit = 2 * 3 * 64 * 64 + 1
    assert BatchPolicy(load, unet, device, always=True).room([], size, "key") == 1


def test_rows_apart_are_handed_over_as_tensors_of_their_own(limited, monkeypatch) -> None:
    """Memory that runs out has a picture computed row by row, and on such a device no row is a view
    from inside another tensor."""
    from daemon.engine.sdxl.memory.fallbacks import RowByRow

    offsets = []

    def unet(sample, timesteps, *, cross_attention_kwargs, added_cond_kwargs, **_):
        each = [sample, timesteps, *added_cond_kwargs.values()]
        each += [layer.text.key for layer in cross_attention_kwargs["attended"].values()]
        offsets.extend(tensor.storage_offset() for tensor in each)
        return (sample,)

    from daemon.engine.sdxl.attention import Keyed, Layer

    RowByRow(unet, copies=True)(
        torch.zeros(2, 4, 8, 8),
        torch.zeros(2),
        timestep_cond=None,
        cross_attention_kwargs={
            "attended": {"a": Layer(Keyed(torch.zeros(2, 1, 3, 4), torch.zeros(2, 1, 3, 4)))}
        },
        added_cond_kwargs={"text_embeds": torch.zeros(2, 6)},
    )
    assert offsets
    assert not any(offsets)


class Wrong(TorchFunctionMode):
    """A driver's fault: half of what an attention answers is nothing, and no error is raised."""

    def broken(self, query, key) -> bool:
        return query.shape[-2] != SAMPLES and key.shape[-2] > 100

    def __torch_function__(self, func, types, args=(), kwargs=None):
        answer = func(*args, **(kwargs or {}))
        if func is F.scaled_dot_product_attention and self.broken(*args[:2]):
            answer = answer.clone()
            answer[..., ::2] = 0
        return answer


def test_the_largest_size_painted_is_checked_once_when_nobody_waits() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOTFOLDER_REHEARSE_ATTENTION_LIMIT", str(LIMIT))
        engine = warm(BARE)
    told: list[tuple[str, str]] = []

    def idle() -> None:
        while engine.idle(lambda *words: told.append(words)):
            pass

    for side in (64, 192, 128):
        ours(engine, render(width=side, height=side, steps=1))
    idle()
    assert told == [("INFO", "attention of 192x192 pictures on cpu agrees with the processor's")]
    idle()
    ours(engine, render(width=128, height=128, steps=1))
    idle()
    assert len(told) == 1

    ours(engine, render(width=256, height=256, steps=1))
    with Wrong():
        idle()
    assert told[1][0] == "WARNING"
    assert "256x256" in told[1][1]
    assert "can't be trusted" in told[1][1]


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_half_precision_is_no_fault(dtype) -> None:
    device = choose_device("cpu", dtype)
    assert attention_error(device, rows=2, heads=3, places=500) < WRONG / 3
