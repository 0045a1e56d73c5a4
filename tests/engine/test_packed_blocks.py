"""Packed blocks: what diffusers' say but for the last bits, whatever they are given."""

from __future__ import annotations

import pytest
import torch
from diffusers import UNet2DConditionModel
from diffusers.models.resnet import ResnetBlock2D
from diffusers.models.upsampling import Upsample2D
from torch import nn
from torch.nn import functional as F

from daemon.engine.sdxl import attention
from daemon.engine.sdxl.attention import Keyed, Layer
from daemon.engine.sdxl.speed import fused_attention, onednn
from daemon.engine.sdxl.speed.fused_attention import FusedAttention
from daemon.engine.sdxl.speed.packed_blocks import PackedResnet, PackedTransformer
from daemon.engine.sdxl.speed.packed_layers import PackedUpsample
from daemon.models.catalogue import BUNDLED

pytestmark = pytest.mark.skipif(
    not torch.backends.mkldnn.is_available(), reason="torch without oneDNN"
)

NEAR = {"rtol": 0, "atol": 1e-4}


@pytest.fixture(scope="module")
def unet():
    unet = UNet2DConditionModel.from_pretrained(BUNDLED, subfolder="unet").eval()
    attention.install(unet)
    return unet


@pytest.fixture(scope="module")
def twin(unet):
    return onednn.pack(unet)


@pytest.fixture
def dice():
    return torch.Generator().manual_seed(3)


def packed(plain: nn.Module) -> nn.Module:
    """The packed form of a block that stands alone."""
    return onednn.pack(nn.Sequential(plain))[0]


def attended(unet, dice, rows: int, images: int = 0, *, uneven: bool = False, placed=0):
    """What every layer looks at; `uneven` has the last row see fewer tokens, and `placed` says at
    how many places of the largest picture references are seen."""

    def seen(tokens: int) -> dict[str, Keyed]:
        words = torch.randn(rows, tokens, unet.config.cross_attention_dim, generator=dice)
        keyed = attention.key_text(unet, words)
        if not uneven:
            return keyed
        there = torch.ones(rows, 1, 1, tokens, dtype=torch.bool)
        there[-1, ..., tokens // 2 :] = False
        return {name: each._replace(there=there) for name, each in keyed.items()}

    def shown(name: str, keyed: Keyed) -> Keyed:
        scale = torch.full((rows, 1, 1), 0.7)
        there = placed // (4 if unet.get_submodule(name.split(".attn")[0]).dim == 96 else 16)
        where = torch.rand(rows, there, 1, generator=dice) if placed else None
        return keyed._replace(scale=scale, where=where)

    pictures = [seen(4) for _ in range(images)]
    return {
        name: Layer(text, tuple(shown(name, picture[name]) for picture in pictures))
        for name, text in seen(77).items()
    }


def called(unet, dice, rows: int, height: int, width: int, layers) -> torch.Tensor:
    noise = torch.randn(rows, 4, height, width, generator=dice)
    words = torch.zeros(rows, 77, unet.config.cross_attention_dim)
    side = unet.config.projection_class_embeddings_input_dim - 6 * 16
    added = {"text_embeds": torch.ones(rows, side), "time_ids": torch.ones(rows, 6)}
    named = {"cross_attention_kwargs": {"attended": layers}, "added_cond_kwargs": added}
    with torch.inference_mode():
        return unet(noise, torch.full((rows,), 400.0), words, return_dict=False, **named)[0]


LOOKS = {
    "words": {},
    "two references": {"images": 2},
    "rows of different lengths": {"images": 1, "uneven": True},
    "a reference in places": {"images": 1, "placed": 16 * 24},
}


@pytest.mark.parametrize("looks", LOOKS)
def test_a_packed_unet_says_what_the_plain_one_says_whatever_it_looks_at(unet, twin, dice, looks):
    layers = attended(unet, dice, 4, **LOOKS[looks])
    state = dice.get_state()
    plain = called(unet, dice, 4, 16, 24, layers)
    dice.set_state(state)
    assert torch.allclose(called(twin, dice, 4, 16, 24, layers), plain, **NEAR)


@pytest.mark.parametrize(
    ("rows", "height", "width"), [(1, 8, 8), (2, 4, 12), (3, 18, 14), (5, 11, 13), (16, 8, 8)]
)
def test_pictures_may_be_of_any_size_and_number(unet, twin, dice, rows, height, width):
    """Such as can't be halved evenly too: they are not simply doubled on the way up."""
    layers = attended(unet, dice, rows)
    state = dice.get_state()
    plain = called(unet, dice, rows, height, width, layers)
    dice.set_state(state)
    assert torch.allclose(called(twin, dice, rows, height, width, layers), plain, **NEAR)


def test_every_block_of_the_bundled_unet_is_packed(unet, twin):
    kinds = {
        "ResnetBlock2D": PackedResnet,
        "BasicTransformerBlock": PackedTransformer,
        "Upsample2D": PackedUpsample,
    }
    found = {
        name: kinds[type(plain).__name__]
        for name, plain in unet.named_modules()
        if type(plain).__name__ in kinds
    }
    assert set(found.values()) == set(kinds.values())
    assert all(type(twin.get_submodule(name)) is kind for name, kind in found.items())


def test_what_is_packed_leaves_nothing_of_the_plain_unet_behind(unet, twin):
    """Weights that are joined or parted are not held a third time."""
    held = {
        name
        for name, module in twin.named_modules()
        if type(module) in (nn.Linear, nn.Conv2d) or name.endswith(("attn1.to_q", "ff.net.0.proj"))
    }
    assert not held


@pytest.mark.parametrize("words", [None, 24])
@pytest.mark.parametrize("channels", [(16, 16), (16, 32)])
def test_a_packed_resnet_writes_over_nothing_that_it_was_given(dice, channels, words):
    torch.manual_seed(1)
    plain = ResnetBlock2D(
        in_channels=channels[0], out_channels=channels[1], temb_channels=words, groups=4
    ).eval()
    twin = packed(plain)
    states = torch.randn(2, channels[0], 9, 7, generator=dice)
    temb = None if words is None else torch.randn(2, words, generator=dice)
    before = [None if each is None else each.clone() for each in (states, temb)]
    with torch.inference_mode():
        assert torch.allclose(twin(states, temb), plain(states, temb), **NEAR)
    assert type(twin) is PackedResnet
    assert torch.equal(states, before[0])
    assert temb is None or torch.equal(temb, before[1])


@pytest.mark.parametrize("kind", [{"output_scale_factor": 2.0}, {"up": True}, {"down": True}])
def test_a_resnet_of_another_kind_keeps_its_formula(dice, kind):
    torch.manual_seed(1)
    plain = ResnetBlock2D(in_channels=16, temb_channels=None, groups=4, **kind).eval()
    twin, states = packed(plain), torch.randn(1, 16, 6, 8, generator=dice)
    with torch.inference_mode():
        assert torch.allclose(twin(states, None), plain(states, None), **NEAR)
    assert type(twin) is ResnetBlock2D


@pytest.mark.parametrize("size", [(1, 1), (1, 6), (5, 7), (16, 16)])
@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_convolutions_of_the_small_picture_say_what_one_of_the_large_says(dice, size, layout):
    torch.manual_seed(1)
    plain = Upsample2D(16, use_conv=True, out_channels=24).eval()
    twin = packed(plain)
    states = torch.randn(3, 16, *size, generator=dice).contiguous(memory_format=layout)
    height, width = size
    with torch.inference_mode():
        for wanted in (None, (2 * height, 2 * width), (2 * height - 1, 2 * width + 1)):
            assert torch.allclose(twin(states, wanted), plain(states, wanted), **NEAR)


def test_an_upsampling_without_a_convolution_stays_as_it_is(dice):
    plain, states = Upsample2D(8, use_conv=False), torch.randn(1, 8, 3, 3, generator=dice)
    assert torch.equal(packed(plain)(states), plain(states))


def heads(dice, rows: int, count: int, tokens: int, width: int = 32) -> torch.Tensor:
    return attention.split_heads(torch.randn(rows, tokens, count * width, generator=dice), count)


SHAPES = [(1, 1, 1, 1), (2, 3, 64, 77), (5, 4, 35, 35), (4, 3, 256, 4)]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("largest", [0, 1, 64 * 3 * 77, 2**24])
def test_fused_attention_sees_what_torchs_sees(dice, monkeypatch, shape, largest):
    """At once, in parts where it is large, or not at all."""
    monkeypatch.setattr(fused_attention, "LARGEST", largest)
    rows, count, places, tokens = shape
    given = [heads(dice, rows, count, each) for each in (places, tokens, tokens)]
    attend = FusedAttention()
    with torch.inference_mode():
        for _ in range(3):
            seen = attend(*given)
            assert torch.allclose(seen, F.scaled_dot_product_attention(*given), **NEAR)


def test_shapes_are_compiled_once_and_the_oldest_go(dice, monkeypatch):
    monkeypatch.setattr(fused_attention, "MOST_SHAPES", 2)
    attend = FusedAttention()
    with torch.inference_mode():
        for tokens in (4, 5, 4, 6, 4):
            attend(*[heads(dice, 2, 2, tokens) for _ in range(3)])
    assert [shape[0][0][2] for shape in attend._known] == [6, 4]


def test_nothing_else_is_fused_once_an_attention_was(dice):
    given = [heads(dice, 2, 2, 8) for _ in range(3)]
    FusedAttention()(*given)
    assert not torch._C._jit_llga_enabled()
