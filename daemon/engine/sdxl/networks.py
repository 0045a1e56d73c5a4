"""The libraries' classes that an SDXL model is made of, by one name each: for annotations only.

mypy takes the libraries as they come (they are typed loosely), so a name here tells a reader what
is expected and costs nothing. Import it under `TYPE_CHECKING`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from diffusers import AutoencoderKL as Vae
    from diffusers import ModelMixin as Network
    from diffusers import SchedulerMixin as NoiseScheduler
    from diffusers import UNet2DConditionModel as Unet
    from diffusers.models.attention import BasicTransformerBlock as Block
    from diffusers.models.attention_processor import Attention as AttentionLayer
    from diffusers.models.autoencoders.vae import Decoder
    from transformers import CLIPImageProcessor as ImageProcessor
    from transformers import CLIPTextModel as TextEncoder
    from transformers import CLIPTokenizer as Tokenizer
    from transformers import CLIPVisionModelWithProjection as ImageEncoder

    __all__ = [
        "AttentionLayer",
        "Block",
        "Decoder",
        "ImageEncoder",
        "ImageProcessor",
        "Network",
        "NoiseScheduler",
        "TextEncoder",
        "Tokenizer",
        "Unet",
        "Vae",
    ]
