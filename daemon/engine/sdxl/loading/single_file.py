"""A model as one .safetensors file, the form most fine-tuned SDXL models are shared in.

Such a file holds weights only, under the names of the original code. The shapes of the networks
and the tokenizer's vocabulary are the same for all of them and lie beside this file, so nothing
has to be fetched.
"""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from safetensors import SafetensorError

from daemon.engine.interface import UnloadableError
from daemon.engine.sdxl.loading.diffusers_folder import Folder
from daemon.protocol.json_object import JsonObject

if TYPE_CHECKING:
    from diffusers import AutoencoderKL, UNet2DConditionModel
    from transformers import CLIPTextModel, CLIPTokenizer

BASE = Path(__file__).with_name("sdxl_base")
START, END = "<|startoftext|>", "<|endoftext|>"
WINDOW = 77

#: What each component is called in the file, and how it is called for a person.
PREFIXES = {
    "model.diffusion_model.": "UNet",
    "first_stage_model.": "VAE",
    "conditioner.embedders.0.transformer.": "first text encoder",
    "conditioner.embedders.1.model.": "second text encoder",
}


class SingleFile:
    """Takes components out of one file. `config` is another folder of configs and tokenizers."""

    def __init__(self, path: Path, dtype: torch.dtype, config: str | None = None) -> None:
        self._path = path
        self._dtype = dtype
        self._config = Path(config) if config else BASE
        self._shapes = Folder(self._config, dtype)
        self._weights: dict[str, torch.Tensor] = {}
        self._predicts_velocity = False

    def index(self) -> JsonObject:
        """Maps the file into memory and looks whether all of an SDXL is in it."""
        self._weights = self._map()
        missing = [
            name
            for prefix, name in PREFIXES.items()
            if not any(key.startswith(prefix) for key in self._weights)
        ]
        if missing:
            raise UnloadableError(
                f"{self._path} is no complete SDXL model: it lacks {', '.join(missing)}.",
                "Take a full SDXL checkpoint (not a LoRA, a refiner, or an SD 1.5 model).",
            )
        return self._shapes.index()

    def tokenizers(self) -> tuple[CLIPTokenizer, CLIPTokenizer]:
        if (self._config / "tokenizer").is_dir():
            return self._shapes.tokenizers()
        return clip_tokenizer(END), clip_tokenizer("!")

    def text_encoder(self, name: str) -> CLIPTextModel:
        from diffusers.loaders.single_file_utils import create_diffusers_clip_model_from_ldm
        from transformers import CLIPTextModel, CLIPTextModelWithProjection

        return create_diffusers_clip_model_from_ldm(
            CLIPTextModel if name == "text_encoder" else CLIPTextModelWithProjection,
            checkpoint=self._weights or self._map(),  # mapped anew when fetched again later
            config=str(self._config),
            subfolder=name,
            torch_dtype=self._dtype,
            local_files_only=True,
        )

    def check_text_encoder(self, name: str) -> None:
        """That both are in the file, `index` has seen."""

    def text_files(self) -> list[Path]:
        """Every file that what the text encoders say depends on."""
        shapes = [
            file for file in self._config.rglob("*") if file.suffix in (".json", ".txt", ".gz")
        ]
        return [self._path, *shapes]

    def vae(self) -> AutoencoderKL:
        from diffusers import AutoencoderKL

        return self._converted(AutoencoderKL, "vae")

    def unet(self) -> UNet2DConditionModel:
        from diffusers import UNet2DConditionModel

        unet = self._converted(UNet2DConditionModel, "unet")
        self._predicts_velocity = "v_pred" in self._weights
        self._weights = {}  # the last to be taken out
        return unet

    def scheduler(self) -> JsonObject:
        config = self._shapes.scheduler()
        if self._predicts_velocity:
            config["prediction_type"] = "v_prediction"
        return config

    def feature_extractor(self) -> Path | None:
        return None

    def _map(self) -> dict[str, torch.Tensor]:
        from safetensors.torch import load_file

        try:
            return load_file(self._path)
        except (OSError, SafetensorError) as error:
            raise UnloadableError(
                f"{self._path} can't be read as safetensors: {error}.",
                "Copy or download the file again; it may have been cut off.",
            ) from error

    def _converted(self, kind: Any, name: str) -> Any:
        return kind.from_single_file(
            self._weights,
            config=str(self._config),
            subfolder=name,
            torch_dtype=self._dtype,
            local_files_only=True,
        )


def clip_tokenizer(pad: str) -> CLIPTokenizer:
    """CLIP's tokenizer: all bytes, all bytes that end a word, its merges, and two marks."""
    from tokenizers.pre_tokenizers import ByteLevel
    from transformers import CLIPTokenizer

    lines = gzip.decompress((BASE / "clip_merges.txt.gz").read_bytes()).decode().splitlines()
    merges = [tuple(line.split()) for line in lines]
    # In the order of the code points they stand for, printable ones first.
    letters = sorted(ByteLevel.alphabet(), key=lambda letter: (ord(letter) > 255, ord(letter)))
    names = [*letters, *(letter + "</w>" for letter in letters)]
    names += ["".join(merge) for merge in merges] + [START, END]
    return CLIPTokenizer(
        vocab={name: number for number, name in enumerate(names)},
        merges=merges,
        pad_token=pad,
        model_max_length=WINDOW,
    )
