"""An SDXL of full size without a download: every shape is the real one's, every weight is random.

Speed does not depend on what the weights are, so what is measured with these holds for the real
ones; the pictures are noise. Written to a folder like any model's, so that every side loads it the
way it loads any model, an IP-Adapter (4 tokens) and its ViT-H beside it.
"""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

from daemon.bench.scripts.answer_lines import answer
from daemon.engine.sdxl.loading.single_file import BASE, END, clip_tokenizer
from daemon.protocol.json_object import JsonObject

SPREAD = 0.02
"""Standard deviation of weights; with larger ones half precision overflows."""

VISION: JsonObject = {
    "hidden_size": 1280,
    "intermediate_size": 5120,
    "num_hidden_layers": 32,
    "num_attention_heads": 16,
    "patch_size": 14,
    "image_size": 224,
    "projection_dim": 1024,
    "hidden_act": "gelu",
}
TOKENS = 4

DRAWN = 2**25
"""How many different random numbers there are."""

CARD = """\
name: full-size
architecture: sdxl
native_size: 1024
adapters:
  base: ip_adapter/base.safetensors
image_encoder: ip_adapter/image_encoder
"""


INDEX = {
    "_class_name": "StableDiffusionXLPipeline",
    "force_zeros_for_empty_prompt": True,
    "feature_extractor": [None, None],
    "image_encoder": [None, None],
    "scheduler": ["diffusers", "EulerDiscreteScheduler"],
    "text_encoder": ["transformers", "CLIPTextModel"],
    "text_encoder_2": ["transformers", "CLIPTextModelWithProjection"],
    "tokenizer": ["transformers", "CLIPTokenizer"],
    "tokenizer_2": ["transformers", "CLIPTokenizer"],
    "unet": ["diffusers", "UNet2DConditionModel"],
    "vae": ["diffusers", "AutoencoderKL"],
}


def build(
    folder: str,
    dtype: str,
    device: str,
    seed: int,
    shapes: str | None = None,
    vision: JsonObject | None = None,
) -> JsonObject:
    """Write the whole model; says how large it is and how long that took. `shapes` is another
    folder of configs than SDXL's, `vision` another image encoder's."""
    began = time.perf_counter()
    place = Path(shapes) if shapes else BASE
    Builder(Path(folder), getattr(torch, dtype), device, seed, place, vision or VISION).run()
    files = [file for file in Path(folder).rglob("*") if file.is_file()]
    return {
        "bytes": sum(file.stat().st_size for file in files),
        "seconds": time.perf_counter() - began,
    }


class Builder:
    """Writes component after component, holding one at a time."""

    def __init__(
        self,
        folder: Path,
        dtype: torch.dtype,
        device: str,
        seed: int,
        shapes: Path,
        vision: JsonObject,
    ) -> None:
        self._folder = folder
        self._shapes = shapes
        self._vision = vision
        self._dtype = dtype
        self._device = device
        self._dice = torch.Generator(device).manual_seed(seed)
        drawn = torch.randn(DRAWN, generator=self._dice, device=device) * SPREAD
        self._drawn = drawn.to(dtype)
        if not torch.isfinite(self._drawn).all():
            raise ValueError("the random weights came out with numbers that are not finite")

    def run(self) -> None:
        from diffusers import AutoencoderKL, UNet2DConditionModel
        from transformers import (
            CLIPTextConfig,
            CLIPTextModel,
            CLIPTextModelWithProjection,
            CLIPVisionConfig,
            CLIPVisionModelWithProjection,
        )

        shapes = self._shapes
        self._write_texts()
        with torch.device("meta"):
            unet = UNet2DConditionModel.from_config(
                UNet2DConditionModel.load_config(shapes / "unet")
            )
            vae = _unweighted(AutoencoderKL, shapes / "vae")
            first = CLIPTextModel(CLIPTextConfig.from_pretrained(shapes / "text_encoder"))
            second = CLIPTextModelWithProjection(
                CLIPTextConfig.from_pretrained(shapes / "text_encoder_2")
            )
            vision = CLIPVisionModelWithProjection(CLIPVisionConfig(**self._vision))
        for name, network in (("unet", unet), ("vae", vae)):
            network.save_config(self._folder / name)
            self._write(network, f"{name}/diffusion_pytorch_model.safetensors")
        encoders = {
            "text_encoder": first,
            "text_encoder_2": second,
            "ip_adapter/image_encoder": vision,
        }
        for name, network in encoders.items():
            network.config.save_pretrained(self._folder / name)
            self._write(network, f"{name}/model.safetensors")
        self._write_adapter(unet)
        (self._folder / "card.yaml").write_text(CARD, encoding="utf-8")

    def _write_texts(self) -> None:
        """Everything that is no network: index, scheduler, tokenizers."""
        (self._folder / "scheduler").mkdir(parents=True)
        (self._folder / "model_index.json").write_text(json.dumps(INDEX, indent=2))
        settings = "scheduler/scheduler_config.json"
        shutil.copyfile(self._shapes / settings, self._folder / settings)
        for name, pad in (("tokenizer", END), ("tokenizer_2", "!")):
            if (self._shapes / name).is_dir():
                shutil.copytree(self._shapes / name, self._folder / name)
            else:
                clip_tokenizer(pad).save_pretrained(self._folder / name)

    def _write(self, network: Any, name: str) -> None:
        shapes = {key: tuple(value.shape) for key, value in network.state_dict().items()}
        self._save({key: self._weight(key, shape) for key, shape in shapes.items()}, name)

    def _write_adapter(self, unet: Any) -> None:
        width = unet.config.cross_attention_dim
        shapes: dict[str, tuple[int, ...]] = {
            "image_proj.proj.weight": (TOKENS * width, self._vision["projection_dim"]),
            "image_proj.proj.bias": (TOKENS * width,),
            "image_proj.norm.weight": (width,),
            "image_proj.norm.bias": (width,),
        }
        layers = [name for name in unet.attn_processors if name.endswith("attn2.processor")]
        for number, name in enumerate(layers):
            inner = unet.get_submodule(name.removesuffix(".processor")).to_k.out_features
            for kind in "kv":
                shapes[f"ip_adapter.{2 * number + 1}.to_{kind}_ip.weight"] = (inner, width)
        weights = {key: self._weight(key, shape) for key, shape in shapes.items()}
        self._save(weights, "ip_adapter/base.safetensors")

    def _weight(self, key: str, shape: tuple[int, ...]) -> torch.Tensor:
        """Norms pass through, biases are nothing, everything else is drawn."""
        weight = torch.empty(shape, dtype=self._dtype, device=self._device)
        if key.endswith("bias"):
            return weight.zero_()
        if key.endswith("weight") and len(shape) == 1:
            return weight.fill_(1.0)
        # Drawing billions of numbers would take a processor minutes: every weight takes its own
        # stretch of numbers drawn once.
        flat = weight.view(-1)
        for start in range(0, len(flat), DRAWN // 2):
            part = flat[start : start + DRAWN // 2]
            first = int(torch.randint(DRAWN // 2, (1,), generator=self._dice, device=self._device))
            part.copy_(self._drawn[first : first + len(part)])
        return weight

    def _save(self, weights: dict[str, torch.Tensor], name: str) -> None:
        place = self._folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        save_file(weights, place, metadata={"format": "pt"})


def _unweighted(kind: Any, folder: Path) -> Any:
    return kind.from_config(kind.load_config(folder))


if __name__ == "__main__":
    answer({"build": build})
