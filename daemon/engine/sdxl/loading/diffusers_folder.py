"""A model as a diffusers folder: one sub-folder per component, each with its config."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from daemon.engine.interface import UnloadableError
from daemon.engine.sdxl.model_files import MEND, check_weights, check_whole, read_json
from daemon.protocol.json_object import JsonObject

if TYPE_CHECKING:
    from daemon.engine.sdxl.networks import Network, TextEncoder, Tokenizer, Unet, Vae

DIFFUSION = "diffusion_pytorch_model"
MOST_TOKENS = 10_000


class Folder:
    """Reads components in the precision they will run in."""

    def __init__(self, path: Path, dtype: torch.dtype) -> None:
        self._path = path
        self._dtype = dtype

    def index(self) -> JsonObject:
        """model_index.json, once it is sure that this is an SDXL."""
        path = self._path / "model_index.json"
        if not path.is_file():
            raise UnloadableError(
                f"{self._path} is not a diffusers model: it has no model_index.json.", MEND
            )
        index = read_json(path)
        kind = str(index.get("_class_name", ""))
        if not kind.startswith("StableDiffusionXL"):
            raise UnloadableError(
                f"The model in {self._path} is of another kind ({kind or 'unnamed'}).",
                "Hotfolder paints with SDXL models (StableDiffusionXLPipeline).",
            )
        return index

    def tokenizers(self) -> tuple[Tokenizer, Tokenizer]:
        from transformers import CLIPTokenizer

        first, second = (
            CLIPTokenizer.from_pretrained(self._component(name), local_files_only=True)
            for name in ("tokenizer", "tokenizer_2")
        )
        for name, one in (("tokenizer", first), ("tokenizer_2", second)):
            check_tokenizer(self._path / name, one)
        return first, second

    def text_encoder(self, name: str) -> TextEncoder:
        from transformers import CLIPTextModel, CLIPTextModelWithProjection

        kind = CLIPTextModel if name == "text_encoder" else CLIPTextModelWithProjection
        return self._pretrained(kind, name, "model", dtype=self._dtype)

    def check_text_encoder(self, name: str) -> None:
        """Look whether it could be read, without reading it."""
        folder = self._component(name)
        read_json(folder / "config.json")
        for file in self._weights(folder, "model"):
            check_weights(file)

    def text_files(self) -> list[Path]:
        """Every file that what the text encoders say depends on."""
        found = []
        for name in ("text_encoder", "text_encoder_2"):
            found += self._weights(self._component(name), "model")
        for name in ("text_encoder", "text_encoder_2", "tokenizer", "tokenizer_2"):
            folder = self._component(name)
            found += [file for file in folder.iterdir() if file.suffix in (".json", ".txt")]
        return found

    def vae(self) -> Vae:
        from diffusers import AutoencoderKL

        return self._pretrained(AutoencoderKL, "vae", DIFFUSION, torch_dtype=self._dtype)

    def unet(self) -> Unet:
        from diffusers import UNet2DConditionModel

        return self._pretrained(UNet2DConditionModel, "unet", DIFFUSION, torch_dtype=self._dtype)

    def scheduler(self) -> JsonObject:
        config = read_json(self._component("scheduler") / "scheduler_config.json")
        if "_class_name" not in config:
            raise UnloadableError(f"The scheduler config in {self._path} names no class.", MEND)
        return config

    def feature_extractor(self) -> Path | None:
        folder = self._path / "feature_extractor"
        return folder if (folder / "preprocessor_config.json").is_file() else None

    def _component(self, name: str) -> Path:
        folder = self._path / name
        if not folder.is_dir():
            raise UnloadableError(f"The model in {self._path} has no {name} folder.", MEND)
        return folder

    def _weights(self, folder: Path, stem: str) -> list[Path]:
        variant = variant_of(folder, stem, half=self._dtype == torch.float16)
        whole = (
            folder / f"{stem}.{variant}.safetensors" if variant else folder / f"{stem}.safetensors"
        )
        if os.path.lexists(whole):
            return [whole]
        shards = sorted(folder.glob(f"{stem}*.safetensors"))
        return [file for file in shards if (variant is None) == (".fp16" not in file.name)]

    def _pretrained(
        self, kind: type[Network], name: str, stem: str, **dtype: torch.dtype
    ) -> Network:
        folder = self._component(name)
        for file in self._weights(folder, stem):
            check_weights(file)
        network, report = kind.from_pretrained(
            folder,
            variant=variant_of(folder, stem, half=self._dtype == torch.float16),
            use_safetensors=True,
            local_files_only=True,
            output_loading_info=True,
            **dtype,
        )
        check_whole(folder, report)
        return network


def check_tokenizer(folder: Path, tokenizer: Tokenizer) -> None:
    """That it reads a word, and knows how many an encoder takes at once."""
    if not 2 < tokenizer.model_max_length <= MOST_TOKENS:
        raise UnloadableError(
            f"{folder / 'tokenizer_config.json'} names no `model_max_length` that can be.", MEND
        )
    if len(tokenizer("a").input_ids) < 2 or len(tokenizer) < 3:
        raise UnloadableError(f"The tokenizer in {folder} can't read a word.", MEND)


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
