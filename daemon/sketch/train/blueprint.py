"""The shapes of the networks: SDXL's own geometry with slim channels, freshly initialised.

Two layers a block and SDXL's block types are kept, so that everything addressed by name in the
big model (`down.block_2.attentions[1]` for layout, `up.block_0.attentions[1]` for style) exists.
Nothing here knows how any of it is trained.
"""

from __future__ import annotations

import json
import math
from typing import Any

import torch
from diffusers import AutoencoderKL, EulerDiscreteScheduler, UNet2DConditionModel
from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers
from torch import Tensor, nn
from transformers import (
    CLIPTextConfig,
    CLIPTextModel,
    CLIPTextModelWithProjection,
    CLIPTokenizer,
    CLIPVisionConfig,
    CLIPVisionModelWithProjection,
)

TEXT_WIDTHS = (96, 128)
CROSS = sum(TEXT_WIDTHS)
TOKENS = 77
START, END = "<|startoftext|>", "<|endoftext|>"
REFERENCE_SIZE = 96
#: Eight patches a side: of twelve a side the encoder had not made sense in five times the time.
PATCH = 12
SCALING = 0.13025

#: Velocity prediction and a finite but high last sigma (about 64): the mean of a picture does not
#: leak through the noise, so flat backgrounds come out flat, and yet Karras' spacing still fits.
#: That spacing (and no other) keeps to `sigma_min` and `sigma_max`: over the whole range it spends
#: half its steps where nothing is to be seen yet or any more, and a stochastic sampler, which adds
#: noise of its own, then leaves specks of it.
SCHEDULER: dict[str, Any] = {
    "num_train_timesteps": 1000,
    "beta_start": 0.00085,
    "beta_end": 0.02,
    "beta_schedule": "scaled_linear",
    "prediction_type": "v_prediction",
    "timestep_spacing": "trailing",
    "interpolation_type": "linear",
    "sigma_min": 0.1,
    "sigma_max": 20.0,
}


def scheduler() -> Any:
    """The scheduler the folder names; every other one is built from its config."""
    return EulerDiscreteScheduler(**SCHEDULER)


def alphas_cumprod() -> Tensor:
    """How much of the picture is left at each timestep."""
    return scheduler().alphas_cumprod  # type: ignore[no-any-return]


def tokenizer(captions: list[str], entries: int = 1100) -> Any:
    """A byte-pair tokenizer in CLIP's own format; every byte is known, so any text encodes."""
    bpe = Tokenizer(models.BPE(end_of_word_suffix="</w>"))
    bpe.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(r"\s+"), "removed"),
            pre_tokenizers.ByteLevel(add_prefix_space=False),
        ]
    )
    trainer = trainers.BpeTrainer(
        vocab_size=entries,
        special_tokens=[START, END],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        end_of_word_suffix="</w>",
        show_progress=False,
    )
    bpe.train_from_iterator(
        (c.lower().replace(",", " , ").replace(".", " . ") for c in captions), trainer
    )
    learned = sorted(bpe.get_vocab().items(), key=lambda item: item[1])
    merges = [tuple(m) for m in json.loads(bpe.to_str())["model"]["merges"]]
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    names = [START, END, *alphabet, *(a + "</w>" for a in alphabet)]
    names += [a + b for a, b in merges] + [name for name, _ in learned]
    vocab = {name: index for index, name in enumerate(dict.fromkeys(names))}
    return CLIPTokenizer(
        vocab=vocab,
        merges=merges,
        unk_token=END,
        bos_token=START,
        eos_token=END,
        pad_token=END,
        model_max_length=TOKENS,
    )


def text_encoders(vocabulary: int) -> tuple[Any, Any]:
    """CLIP's text model, and a second one with a projection, as SDXL has."""

    def config(width: int) -> CLIPTextConfig:
        return CLIPTextConfig(
            vocab_size=vocabulary,
            hidden_size=width,
            intermediate_size=4 * width,
            num_hidden_layers=4,
            num_attention_heads=4,
            max_position_embeddings=TOKENS,
            projection_dim=width,
            hidden_act="gelu",
            bos_token_id=0,
            eos_token_id=1,
            pad_token_id=1,
        )

    return CLIPTextModel(config(TEXT_WIDTHS[0])), CLIPTextModelWithProjection(
        config(TEXT_WIDTHS[1])
    )


def image_encoder() -> Any:
    """CLIP's vision model in small, for the IP-Adapters.

    Its places start as sinusoids of row and column: from CLIP's own small noise it had not learnt
    in a quarter of an hour where things are.
    """
    model = CLIPVisionModelWithProjection(
        CLIPVisionConfig(
            hidden_size=128,
            intermediate_size=512,
            num_hidden_layers=4,
            num_attention_heads=4,
            image_size=REFERENCE_SIZE,
            patch_size=PATCH,
            projection_dim=128,
            hidden_act="gelu",
        )
    )
    places = model.vision_model.embeddings.position_embedding.weight
    with torch.no_grad():
        places[1:] = 0.3 * _sinusoids(REFERENCE_SIZE // PATCH, places.shape[1])
    return model


def _sinusoids(edge: int, width: int) -> Tensor:
    """(edge * edge, width): row and column as sines and cosines, as in "Attention is all you
    need" but of longest wave 50 times the shortest."""
    rates = 50.0 ** -(torch.arange(width // 4) / (width // 4))
    angles = torch.arange(edge)[:, None] * rates
    line = torch.cat([angles.sin(), angles.cos()], 1)
    rows, columns = line[:, None].expand(-1, edge, -1), line[None].expand(edge, -1, -1)
    return torch.cat([rows, columns], -1).reshape(edge * edge, width)


def unet(
    widths: tuple[int, ...] = (48, 96, 128), heads: tuple[int, ...] = (3, 3, 4), channels: int = 4
) -> Any:
    """SDXL's UNet in small: 8 million parameters with these widths of its three levels.

    `heads` are those of its attentions, `channels` how many numbers a latent has.
    """
    return UNet2DConditionModel(
        sample_size=32,
        in_channels=channels,
        out_channels=channels,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        block_out_channels=widths,
        layers_per_block=2,
        transformer_layers_per_block=(1, 1, 1),
        attention_head_dim=heads,
        norm_num_groups=8,
        cross_attention_dim=CROSS,
        use_linear_projection=True,
        addition_embed_type="text_time",
        addition_time_embed_dim=16,
        projection_class_embeddings_input_dim=TEXT_WIDTHS[1] + 6 * 16,
    )


def vae(widths: tuple[int, ...] = (16, 32, 48, 64), channels: int = 4) -> Any:
    """An autoencoder of SDXL's geometry that starts as an exact 8x8 average-pooling one.

    `widths` are those of its four levels, `channels` how many numbers a latent has.
    """
    model = AutoencoderKL(
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        block_out_channels=widths,
        layers_per_block=1,
        norm_num_groups=2,  # more groups wash flat colours out
        mid_block_add_attention=False,
        latent_channels=channels,
        sample_size=256,
        scaling_factor=SCALING,
        force_upcast=False,
    )
    _start_as_pooling(model)
    return model


def _identity(conv: nn.Conv2d, scale: float = 1.0) -> None:
    """Carry channels straight through, as many as both sides have, leaving a little noise."""
    with torch.no_grad():
        conv.weight.mul_(0.1)
        if conv.bias is not None:
            conv.bias.zero_()
        centre = conv.weight.shape[-1] // 2
        for c in range(min(conv.weight.shape[:2])):
            conv.weight[c, c, centre, centre] += scale


def _start_as_pooling(model: nn.Module) -> None:
    """From plain initialisation this network sat at constant grey for minutes and did not move.

    So at step 0 the residual paths carry R, G, B and their negatives: the encoder pools, the
    decoder repeats, and training starts from a blurred picture instead of from nothing.
    """
    from diffusers.models.downsampling import Downsample2D
    from diffusers.models.resnet import ResnetBlock2D
    from diffusers.models.upsampling import Upsample2D

    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, ResnetBlock2D):
                module.conv2.weight.mul_(0.1)
                module.conv2.bias.zero_()
                if module.conv_shortcut is not None:
                    _identity(module.conv_shortcut)
            elif isinstance(module, Upsample2D):
                _identity(module.conv)
            elif isinstance(module, Downsample2D):
                module.conv.weight.mul_(0.1)
                module.conv.bias.zero_()
                for c in range(min(module.conv.weight.shape[:2])):
                    module.conv.weight[c, c, :2, :2] += 0.25
        _signed_ends(model)


def _signed_ends(model: Any) -> None:
    """RGB in and out of the residual path, with norms that undo themselves at the end."""
    first, last = model.encoder.conv_in, model.decoder.conv_in
    for conv in (first, last):
        conv.weight.mul_(0.1)
        conv.bias.zero_()
    for c in range(3):
        first.weight[c, c, 1, 1] += 1.0
        first.weight[3 + c, c, 1, 1] -= 1.0
    for c in range(4):
        last.weight[c, c, 1, 1] += 1.0
        last.weight[4 + c, c, 1, 1] -= 1.0
    # silu(x) - silu(-x) = x, so pairs of opposite sign survive the activation before conv_out
    for part, outputs in ((model.encoder.conv_out, 3), (model.decoder.conv_out, 3)):
        part.weight.mul_(0.1)
        part.bias.zero_()
        offset = 3 if part is model.encoder.conv_out else 4
        for c in range(outputs):
            part.weight[c, c, 1, 1] += 1.0 / math.sqrt(2)
            part.weight[c, offset + c, 1, 1] -= 1.0 / math.sqrt(2)
    for conv, scale in ((model.quant_conv, 1.0), (model.post_quant_conv, 1.0)):
        _identity(conv, scale)
