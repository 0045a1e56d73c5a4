"""From files to a warm model, one component after the other.

Everything is read from this machine, from safetensors, straight into the precision it will run
in. Whatever is missing or broken is named together with what to do about it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import torch

from daemon.engine.adapters import check_adapter
from daemon.engine.attention import cross_layers, install
from daemon.engine.base import Report, UnloadableError
from daemon.engine.device import Device
from daemon.engine.prompt import TextEncoders
from daemon.engine.vision import Vision
from daemon.protocol import Load

T = TypeVar("T")

BASE = ("tokenizers", "text_encoder", "text_encoder_2", "vae", "unet", "scheduler")
WITH_REFERENCES = (*BASE, "image_encoder", "adapters")
MEND = "Fetch it again with `hotfolder models pull`, or see what `hotfolder models check` says."


@dataclass(frozen=True, slots=True)
class Model:
    """A warm SDXL: everything a picture needs, and nothing about any picture."""

    texts: TextEncoders
    vae: Any
    unet: Any
    scheduler: dict[str, Any]
    vision: Vision
    adapters: dict[str, str]


class Loader:
    """Loads the components of one model, telling `report` about each before it starts."""

    def __init__(self, load: Load, device: Device, report: Report) -> None:
        self._load = load
        self._device = device
        self._report = report
        self._folder = Path(load.model)
        self._names = WITH_REFERENCES if load.adapters else BASE
        self._done = 0

    def run(self) -> Model:
        index = self._index()
        tokenizers = self._part("tokenizers", self._tokenizers)
        first = self._part("text_encoder", lambda: self._text_encoder("text_encoder"))
        second = self._part("text_encoder_2", lambda: self._text_encoder("text_encoder_2"))
        vae = self._part("vae", self._vae)
        unet = self._part("unet", self._unet)
        scheduler = self._part("scheduler", self._scheduler)
        vision = Vision(None, None, self._device)
        if self._load.adapters:
            vision = self._part("image_encoder", self._vision)
            self._part("adapters", lambda: self._check_adapters(unet))
        zeros = bool(index.get("force_zeros_for_empty_prompt", True))
        texts = TextEncoders(tokenizers, (first, second), zeros_for_empty=zeros)
        return Model(texts, vae, unet, scheduler, vision, dict(self._load.adapters))

    # --- the parts ------------------------------------------------------------------------------

    def _index(self) -> dict[str, Any]:
        if not self._folder.exists():
            raise UnloadableError(
                f"There is no model at {self._folder}.",
                "Run `hotfolder models list` to see what is here, or `hotfolder models pull`.",
            )
        path = self._folder / "model_index.json"
        if not path.is_file():
            raise UnloadableError(
                f"{self._folder} is not a diffusers model: it has no model_index.json.", MEND
            )
        index = self._json(path)
        kind = str(index.get("_class_name", ""))
        if not kind.startswith("StableDiffusionXL"):
            raise UnloadableError(
                f"The model in {self._folder} is of another kind ({kind or 'unnamed'}).",
                "Hotfolder paints with SDXL models (StableDiffusionXLPipeline).",
            )
        return index

    def _tokenizers(self) -> tuple[Any, Any]:
        from transformers import CLIPTokenizer

        first, second = (
            CLIPTokenizer.from_pretrained(self._component(name), local_files_only=True)
            for name in ("tokenizer", "tokenizer_2")
        )
        return first, second

    def _text_encoder(self, name: str) -> Any:
        from transformers import CLIPTextModel, CLIPTextModelWithProjection

        kind = CLIPTextModel if name == "text_encoder" else CLIPTextModelWithProjection
        return self._pretrained(kind, name, "model", dtype=self._device.dtype)

    def _vae(self) -> Any:
        from diffusers import AutoencoderKL

        vae = self._pretrained(
            AutoencoderKL, "vae", "diffusion_pytorch_model", torch_dtype=self._device.dtype
        )
        if self._device.dtype == torch.float16 and vae.config.force_upcast:
            # SDXL's own VAE overflows in half precision. diffusers casts it up for every picture
            # and down again; staying up gives the same pixels without the work.
            vae = vae.to(torch.float32)
        return vae

    def _unet(self) -> Any:
        from diffusers import UNet2DConditionModel

        unet = self._pretrained(
            UNet2DConditionModel,
            "unet",
            "diffusion_pytorch_model",
            torch_dtype=self._device.dtype,
        )
        install(unet)
        return unet

    def _scheduler(self) -> dict[str, Any]:
        config = self._json(self._component("scheduler") / "scheduler_config.json")
        if "_class_name" not in config:
            raise ValueError("scheduler_config.json names no class")
        return config

    def _vision(self) -> Vision:
        folder = self._load.image_encoder
        if folder is not None and not (Path(folder) / "config.json").is_file():
            raise UnloadableError(f"There is no image encoder in {folder}.", MEND)
        extractor = self._folder / "feature_extractor"
        there = (extractor / "preprocessor_config.json").is_file()
        return Vision(folder, extractor if there else None, self._device)

    def _check_adapters(self, unet: Any) -> None:
        layers = sum(1 for _ in cross_layers(unet))
        for name, path in self._load.adapters.items():
            check_adapter(name, path, layers)

    # --- how a part is read ---------------------------------------------------------------------

    def _part(self, name: str, make: Callable[[], T]) -> T:
        self._done += 1
        self._report(name, self._done, len(self._names))
        try:
            return make()
        except UnloadableError:
            raise
        except Exception as error:
            reason = " ".join(str(error).split())[:300] or type(error).__name__
            raise UnloadableError(
                f"The {name} of the model in {self._folder} can't be loaded: {reason}", MEND
            ) from error

    def _component(self, name: str) -> Path:
        folder = self._folder / name
        if not folder.is_dir():
            raise UnloadableError(f"The model in {self._folder} has no {name} folder.", MEND)
        return folder

    def _pretrained(self, kind: Any, name: str, stem: str, **dtype: torch.dtype) -> Any:
        folder = self._component(name)
        model = kind.from_pretrained(
            folder,
            variant=variant_of(folder, stem, half=self._device.dtype == torch.float16),
            use_safetensors=True,
            local_files_only=True,
            **dtype,
        )
        return model.to(self._device.place).eval()

    def _json(self, path: Path) -> dict[str, Any]:
        try:
            found = json.loads(path.read_bytes())
        except (OSError, ValueError) as error:
            raise UnloadableError(f"{path} can't be read: {error}.", MEND) from error
        if not isinstance(found, dict):
            raise UnloadableError(f"{path} does not hold what it should.", MEND)
        return found


def variant_of(folder: Path, stem: str, *, half: bool) -> str | None:
    """`fp16` where that is what is here, or is here too and is what will run."""
    plain = any(folder.glob(f"{stem}.safetensors*")) or any(folder.glob(f"{stem}-0*.safetensors"))
    small = any(folder.glob(f"{stem}.fp16*.safetensors"))
    if not plain and not small:
        raise UnloadableError(
            f"There are no weights in {folder}.",
            "Hotfolder reads .safetensors only, since other formats can carry programs. " + MEND,
        )
    return "fp16" if small and (half or not plain) else None
