"""The shapes and the tokenizer that come along for models of one file are SDXL's own."""

from __future__ import annotations

from support.warm_engine import THEIRS_TO_MEND

pytestmark = THEIRS_TO_MEND


def test_the_shapes_that_are_bundled_are_sdxls() -> None:
    import torch
    from diffusers import AutoencoderKL, UNet2DConditionModel
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

    from daemon.engine.sdxl.loading.single_file import BASE

    with torch.device("meta"):
        networks = (
            UNet2DConditionModel.from_config(UNet2DConditionModel.load_config(BASE / "unet")),
            AutoencoderKL.from_config(AutoencoderKL.load_config(BASE / "vae")),
            CLIPTextModel(CLIPTextConfig.from_pretrained(BASE / "text_encoder")),
            CLIPTextModelWithProjection(CLIPTextConfig.from_pretrained(BASE / "text_encoder_2")),
        )
    counts = [sum(p.numel() for p in network.parameters()) for network in networks]
    assert counts == [2_567_463_684, 83_653_863, 123_060_480, 694_659_840]


def test_the_bundled_tokenizer_is_clips() -> None:
    from daemon.engine.sdxl.loading.single_file import clip_tokenizer

    tokenizer = clip_tokenizer("!")
    assert tokenizer("a photo of a cat").input_ids == [49406, 320, 1125, 539, 320, 2368, 49407]
    assert len(tokenizer) == 49408
    assert tokenizer.pad_token_id == 0
    assert clip_tokenizer("<|endoftext|>").pad_token_id == 49407
    assert tokenizer.unk_token_id not in tokenizer("маяк 🗼 naïve").input_ids[1:-1]
