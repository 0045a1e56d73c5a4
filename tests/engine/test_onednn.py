"""Packed layers: another road to the same numbers, and the plain road untouched."""

from __future__ import annotations

import pytest
import torch
from diffusers import AutoencoderKL, UNet2DConditionModel

from daemon.engine.sdxl.speed import onednn
from daemon.models.catalogue import BUNDLED


@pytest.fixture(scope="module")
def unet():
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

    assert any(isinstance(layer, onednn.PackedLinear) for layer in twin.modules())
    assert any(isinstance(layer, onednn.PackedConv2d) for layer in twin.modules())
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
        twin, gain = onednn.pack(unet), onednn._gain()

    assert gain > 0
    assert torch.equal(call(twin, 3), call(onednn.pack(unet), 3))


def test_a_twin_is_made_once_and_again_after_it_was_forgotten(unet, monkeypatch):
    asked = []
    monkeypatch.setattr(onednn, "pays", lambda network: asked.append(network) or True)
    packed = onednn.PackedNetworks()
    assert packed.pay(unet)
    assert packed.pay(unet)
    assert asked == [unet]
    twin = packed.of(unet)
    assert packed.of(unet) is twin
    packed.forget()
    assert packed.of(unet) is not twin


def test_a_packed_decoder_gives_the_plain_ones_picture_but_for_the_last_bits():
    vae = AutoencoderKL.from_pretrained(BUNDLED, subfolder="vae").eval()
    latents = torch.randn((1, 4, 24, 24), generator=torch.Generator().manual_seed(5))
    with torch.inference_mode():
        plain, twin = (net.decode(latents, return_dict=False)[0] for net in (vae, onednn.pack(vae)))
    assert torch.allclose(twin, plain, rtol=0, atol=1e-4)


@pytest.mark.skipif(not torch.backends.mkldnn.is_available(), reason="torch without oneDNN")
def test_it_is_the_measured_gain_that_decides(unet, monkeypatch):
    monkeypatch.setattr(onednn, "WORTHWHILE", 0.0)
    assert onednn.pays(unet)
    monkeypatch.setattr(onednn, "WORTHWHILE", 1e6)
    assert not onednn.pays(unet)
    monkeypatch.setattr(onednn, "WORTHWHILE", 0.0)
    monkeypatch.setattr(onednn, "SHARE_OF_MEMORY", 0.0)
    assert not onednn.pays(unet)


def test_only_single_precision_on_a_processor_is_worth_a_look():
    with torch.device("meta"):
        elsewhere = torch.nn.Linear(4, 4)

    assert not onednn.pays(elsewhere)
    assert not onednn.pays(torch.nn.Linear(4, 4).half())
