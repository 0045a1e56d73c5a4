"""Packed layers: another road to the same numbers, and the plain road untouched."""

from __future__ import annotations

import pytest
import torch
from diffusers import AutoencoderKL, UNet2DConditionModel

from daemon.engine.sdxl.speed import onednn
from daemon.engine.sdxl.speed.packed_layers import PackedConv2d, PackedLinear
from daemon.models.catalogue import BUNDLED


@pytest.fixture(scope="module")
def unet():
    """With diffusers' own attention, which stays as it is; `test_packed_blocks` has ours."""
    return UNet2DConditionModel.from_pretrained(BUNDLED, subfolder="unet").eval()


def call(unet, rows: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(3)
    width = unet.config.cross_attention_dim
    noise, words = (
        torch.randn(shape, generator=generator) for shape in ((rows, 4, 24, 24), (rows, 77, width))
    )
    side = unet.config.projection_class_embeddings_input_dim - 6 * 16
    added = {"text_embeds": torch.ones(rows, side), "time_ids": torch.ones(rows, 6)}
    with torch.inference_mode():
        answer = unet(noise, 400, words, added_cond_kwargs=added, return_dict=False)
    return answer[0]


def test_a_packed_unet_predicts_what_the_plain_one_predicts_but_for_the_last_bits(unet):
    twin = onednn.pack(unet)

    assert any(isinstance(layer, PackedLinear) for layer in twin.modules())
    assert any(isinstance(layer, PackedConv2d) for layer in twin.modules())
    assert torch.allclose(call(twin, 6), call(unet, 6), rtol=0, atol=1e-4)


def test_packing_leaves_the_plain_unet_as_it_was_to_the_last_bit(unet):
    before = call(unet, 2)
    kinds = [type(layer) for layer in unet.modules()]
    twin = onednn.pack(unet)
    call(twin, 2)

    assert [type(layer) for layer in unet.modules()] == kinds
    assert torch.equal(call(unet, 2), before)


def test_packing_shares_what_it_does_not_pack(unet):
    twin = onednn.pack(unet)
    plain = {name: tensor for name, tensor in unet.named_parameters() if ".norm" in name}

    assert plain
    assert all(twin.get_parameter(name) is tensor for name, tensor in plain.items())


def test_packing_while_another_thread_loads_a_network_loses_no_tensor(unet):
    """Loaders send all that is registered anywhere meanwhile to the meta device."""
    from accelerate import init_empty_weights

    with init_empty_weights():
        twin = onednn.pack(unet)

    assert torch.equal(call(twin, 3), call(onednn.pack(unet), 3))


needs_onednn = pytest.mark.skipif(
    not torch.backends.mkldnn.is_available(), reason="torch without oneDNN"
)


def tell(packed, unet, kind: str, *, plain: float, twin: float) -> list[bool]:
    """What is chosen, call after call, if they take so long; True is the twin."""
    chosen = []
    for _ in range(3 * onednn.TRIES):
        used = packed.choose(unet, kind)
        chosen.append(used is not unet)
        packed.took(unet, used, kind, twin if used is not unet else plain)
    return chosen


@needs_onednn
def test_the_calls_themselves_decide_for_each_kind_of_call(unet):
    packed = onednn.PackedNetworks()

    faster = tell(packed, unet, "large", plain=2.0, twin=1.0)
    slower = tell(packed, unet, "small", plain=1.0, twin=2.0)
    same = tell(packed, unet, "even", plain=1.0, twin=0.99)

    tried = 2 * onednn.TRIES
    assert sum(faster[:tried]) == sum(slower[:tried]) == onednn.TRIES
    assert all(faster[tried:])
    assert not any(slower[tried:])
    assert not any(same[tried:])


@needs_onednn
def test_a_twin_that_is_faster_for_nothing_is_not_kept(unet):
    packed = onednn.PackedNetworks()
    tell(packed, unet, "small", plain=1.0, twin=2.0)
    assert packed.held == 0
    tell(packed, unet, "large", plain=2.0, twin=1.0)
    tell(packed, unet, "even", plain=1.0, twin=1.0)
    weights = sum(tensor.nbytes for tensor in unet.parameters())
    assert 0.9 * weights < packed.held <= weights


@needs_onednn
def test_one_slow_call_decides_nothing(unet):
    """Another program's turn, or the weights being laid out."""
    packed = onednn.PackedNetworks()
    for seconds in (9.0, 1.0, 1.0):
        for _ in range(2):
            used = packed.choose(unet, "a")
            packed.took(unet, used, "a", seconds if used is not unet else 2.0)

    assert packed.choose(unet, "a") is not unet


@needs_onednn
def test_a_twin_is_made_once_and_again_after_it_was_forgotten(unet):
    packed = onednn.PackedNetworks()
    tell(packed, unet, "a", plain=2.0, twin=1.0)
    twin = packed.choose(unet, "a")
    assert packed.choose(unet, "a") is twin
    packed.forget()
    assert packed.choose(unet, "a") not in (twin, unet)


@needs_onednn
def test_weights_are_laid_out_once_for_a_size_whatever_the_rows():
    plain = torch.nn.Conv2d(8, 16, 3, padding=1)
    packed = PackedConv2d(plain)
    laid_out = []
    with torch.inference_mode():
        for rows, side in ((2, 16), (6, 16), (1, 16), (2, 24)):
            given = torch.randn(rows, 8, side, side)
            assert torch.allclose(packed(given), plain(given), atol=1e-5)
            laid_out.append(packed._laid_out[1])
    assert laid_out[0] is laid_out[1] is laid_out[2]
    assert laid_out[3] is not laid_out[0]


def test_a_packed_decoder_gives_the_plain_ones_picture_but_for_the_last_bits():
    vae = AutoencoderKL.from_pretrained(BUNDLED, subfolder="vae").eval()
    latents = torch.randn((1, 4, 24, 24), generator=torch.Generator().manual_seed(5))
    with torch.inference_mode():
        plain, twin = (net.decode(latents, return_dict=False)[0] for net in (vae, onednn.pack(vae)))
    assert torch.allclose(twin, plain, rtol=0, atol=1e-4)


@needs_onednn
def test_a_twin_that_would_take_too_much_memory_is_not_made(unet, monkeypatch):
    assert onednn.able(unet)
    monkeypatch.setattr(onednn, "SHARE_OF_MEMORY", 0.0)
    assert not onednn.able(unet)


def test_only_single_precision_on_a_processor_is_worth_a_look():
    with torch.device("meta"):
        elsewhere = torch.nn.Linear(4, 4)

    assert not onednn.able(elsewhere)
    assert not onednn.able(torch.nn.Linear(4, 4).half())
