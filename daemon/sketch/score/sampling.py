"""Pictures out of a model folder with stock diffusers: what the scorer and the grids look at.

Nothing here is special to `sketch`; the engine has its own, faster way.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

#: Every general sampler the engine names, as diffusers builds it from the folder's own scheduler.
SAMPLERS: dict[str, tuple[str, dict[str, Any]]] = {
    "Euler": ("EulerDiscreteScheduler", {}),
    "Euler a": ("EulerAncestralDiscreteScheduler", {}),
    "Heun": ("HeunDiscreteScheduler", {}),
    "DPM++ 2M": ("DPMSolverMultistepScheduler", {}),
    "DPM++ 2M Karras": ("DPMSolverMultistepScheduler", {"use_karras_sigmas": True}),
    "DPM++ 2M SDE Karras": (
        "DPMSolverMultistepScheduler",
        {"use_karras_sigmas": True, "algorithm_type": "sde-dpmsolver++"},
    ),
    "DPM++ SDE Karras": (
        "DPMSolverSinglestepScheduler",
        {
            "use_karras_sigmas": True,
            "algorithm_type": "sde-dpmsolver++",
            "lower_order_final": True,
        },
    ),
    "DDIM": ("DDIMScheduler", {"clip_sample": False}),
    "UniPC": ("UniPCMultistepScheduler", {}),
}


def load(folder: Path, dtype: torch.dtype = torch.float32) -> Any:
    """The stock pipeline, quiet."""
    from diffusers import StableDiffusionXLPipeline

    pipe = StableDiffusionXLPipeline.from_pretrained(folder, dtype=dtype, local_files_only=True)
    pipe.set_progress_bar_config(disable=True)
    if torch.cuda.is_available():
        pipe.to("cuda")
    return pipe


def load_adapter(pipe: Any, folder: Path, kind: str = "base") -> None:
    """One of the folder's IP-Adapters, the stock way."""
    pipe.load_ip_adapter(str(folder), subfolder="ip_adapter", weight_name=f"{kind}.safetensors")


def set_sampler(pipe: Any, folder: Path, name: str) -> None:
    """Exchange the scheduler, as the engine does: from the folder's config, for one built from
    another scheduler's would inherit that one's spacing."""
    import diffusers

    kind, more = SAMPLERS[name]
    pipe.scheduler = getattr(diffusers, kind).from_pretrained(folder, subfolder="scheduler", **more)


def render(
    pipe: Any,
    prompts: Sequence[str],
    seeds: Sequence[int],
    steps: int = 15,
    guidance: float = 7.0,
    size: tuple[int, int] = (256, 256),
    negative: Sequence[str] | None = None,
    references: Sequence[Any] | None = None,
    batch: int = 10,
    **more: Any,
) -> list[NDArray[np.float32]]:
    """One picture (h, w, 3) in 0..1 per prompt, with the noise of its own seed, and its own
    negative prompt and reference (or list of them) where those are given."""
    images: list[NDArray[np.float32]] = []
    # Stock pipelines give every picture of a batch the same references: so one at a time.
    stride = batch if references is None else 1
    for k in range(0, len(prompts), stride):
        rows = slice(k, k + stride)
        given: dict[str, Any] = dict(more)
        if negative is not None:
            given["negative_prompt"] = list(negative[rows])
        if references is not None:
            given["ip_adapter_image"] = references[k]
        out = pipe(
            list(prompts[rows]),
            height=size[0],
            width=size[1],
            num_inference_steps=steps,
            guidance_scale=guidance,
            generator=[torch.Generator("cpu").manual_seed(s) for s in seeds[rows]],
            output_type="np",
            **given,
        )
        images += list(out.images)
    return images


def sheet(images: Sequence[NDArray[np.float32]], columns: int, gap: int = 2) -> Any:
    """A contact sheet as a Pillow image."""
    from PIL import Image

    height, width = images[0].shape[:2]
    rows = -(-len(images) // columns)
    canvas = np.ones(
        (rows * (height + gap) - gap, columns * (width + gap) - gap, 3), dtype=np.float32
    )
    for k, image in enumerate(images):
        top, left = k // columns * (height + gap), k % columns * (width + gap)
        canvas[top : top + height, left : left + width] = image
    return Image.fromarray((canvas * 255).round().astype(np.uint8))
