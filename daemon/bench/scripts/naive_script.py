"""N0: a script per picture, as one would write it after reading diffusers' documentation.

Imports nothing of ours. `python naive_script.py '{"model": …, "shot": …}'`
"""

from __future__ import annotations

import json
import sys

import torch
from diffusers import StableDiffusionXLPipeline
from PIL import Image
from transformers import CLIPVisionModelWithProjection


def main() -> None:
    given = json.loads(sys.argv[1])
    shot = given["shot"]
    look = shot["look"]
    dtype = getattr(torch, given["dtype"])
    torch.set_num_threads(given["threads"])

    pipe = StableDiffusionXLPipeline.from_pretrained(
        given["model"], dtype=dtype, variant=given["variant"], use_safetensors=True
    )
    more = {}
    if shot["reference"]:
        pipe.image_encoder = CLIPVisionModelWithProjection.from_pretrained(
            given["image_encoder"], dtype=dtype
        )
        pipe.load_ip_adapter(
            given["adapter_folder"],
            subfolder="",
            weight_name=given["adapter"],
            image_encoder_folder=None,
        )
        pipe.set_ip_adapter_scale(shot["scale"])
        more["ip_adapter_image"] = Image.open(shot["reference"]).convert("RGB")
    pipe.to(given["device"])

    with torch.inference_mode():
        image = pipe(
            prompt=shot["prompt"],
            negative_prompt=shot["negative_prompt"] or None,
            width=look["width"],
            height=look["height"],
            num_inference_steps=look["steps"],
            guidance_scale=look["guidance_scale"],
            generator=torch.Generator("cpu").manual_seed(shot["seed"]),
            **more,
        ).images[0]
    image.save(shot["to"])


if __name__ == "__main__":
    main()
