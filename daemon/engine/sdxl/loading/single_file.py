"""A model as one .safetensors file, the form most fine-tuned SDXL models are shared in.

Such a file holds weights only, under the names of the original code. The shapes of the networks
and the tokenizer's vocabulary are the same for all of them and lie beside this file, so nothing
has to be fetched.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from safetensors import SafetensorError, safe_open

from daemon.engine.interface import UnloadableError
from daemon.engine.sdxl.device import out_of_memory
from daemon.engine.sdxl.loading.checkpoint_check import (
    check_all_used,
    check_checkpoint,
    input_channels,
)
from daemon.engine.sdxl.loading.diffusers_folder import Folder
from daemon.protocol.json_object import JsonObject
from daemon.protocol.weight_kinds import ZERO_SNR, not_safetensors

if TYPE_CHECKING:
    from daemon.engine.sdxl.networks import Network, TextEncoder, Tokenizer, Unet, Vae

BASE = Path(__file__).with_name("sdxl_base")
START, END = "<|startoftext|>", "<|endoftext|>"
WINDOW = 77

#: Keys whose presence says how the noise of a checkpoint is to be taken, with what it says.
VELOCITY = "v_pred"
PREDICTION = "modelspec.prediction_type"
"""Where kohya's trainer says it, in the file's metadata: `v` or `epsilon`."""


class SingleFile:
    """Takes components out of one file. `config` is another folder of configs and tokenizers."""

    def __init__(self, path: Path, dtype: torch.dtype, config: str | None = None) -> None:
        self._path = path
        self._dtype = dtype
        self._config = Path(config) if config else BASE
        self._shapes = Folder(self._config, dtype)
        self._weights: JsonObject = {}
        self._marks: frozenset[str] = frozenset()

    def index(self) -> JsonObject:
        """Maps the file into memory and looks whether all of an SDXL is in it."""
        self._weights = self._map()
        check_checkpoint(self._path, self._weights)
        self._marks = frozenset(self._weights.keys() & {VELOCITY, ZERO_SNR})
        with safe_open(self._path, framework="pt") as file:
            if (file.metadata() or {}).get(PREDICTION) == "v":
                self._marks |= {VELOCITY}
        return self._shapes.index()

    def tokenizers(self) -> tuple[Tokenizer, Tokenizer]:
        if (self._config / "tokenizer").is_dir():
            return self._shapes.tokenizers()
        return clip_tokenizer(END), clip_tokenizer("!")

    def text_encoder(self, name: str) -> TextEncoder:
        from diffusers.loaders.single_file_utils import create_diffusers_clip_model_from_ldm
        from transformers import CLIPTextModel, CLIPTextModelWithProjection

        kind = CLIPTextModel if name == "text_encoder" else CLIPTextModelWithProjection
        weights = self._weights or self._map()  # mapped anew when fetched again later

        def build() -> Network:
            return create_diffusers_clip_model_from_ldm(
                kind,
                checkpoint=weights,
                config=str(self._config),
                subfolder=name,
                torch_dtype=self._dtype,
                local_files_only=True,
            )

        return self._built(name.replace("_2", " 2").replace("_", " "), build)

    def check_text_encoder(self, name: str) -> None:
        """That both are in the file, `index` has seen."""

    def text_files(self) -> list[Path]:
        """Every file that what the text encoders say depends on."""
        shapes = [
            file for file in self._config.rglob("*") if file.suffix in (".json", ".txt", ".gz")
        ]
        return [self._path, *shapes]

    def vae(self) -> Vae:
        from diffusers import AutoencoderKL

        return self._built("VAE", lambda: self._converted(AutoencoderKL, "vae"))

    def unet(self) -> Unet:
        from diffusers import UNet2DConditionModel

        channels = input_channels(self._weights)

        def build() -> Unet:
            return self._converted(UNet2DConditionModel, "unet", in_channels=channels)

        unet = self._built("UNet", build)
        check_all_used(self._path, self._weights, unet)
        self._weights = {}  # the last to be taken out
        return unet

    def scheduler(self) -> JsonObject:
        config = self._shapes.scheduler()
        if VELOCITY in self._marks:
            config["prediction_type"] = "v_prediction"
        if ZERO_SNR in self._marks:
            # From noise alone on: the first step has to be the last one of training.
            config |= {"rescale_betas_zero_snr": True, "timestep_spacing": "trailing"}
        return config

    def feature_extractor(self) -> Path | None:
        return None

    def _map(self) -> JsonObject:
        from safetensors.torch import load_file

        try:
            return load_file(self._path)
        except OSError as error:
            raise UnloadableError(
                f"{self._path} can't be read: {error.strerror or error}.", "Put the file back."
            ) from error
        except SafetensorError as error:
            with open(self._path, "rb") as file:
                kind = not_safetensors(file.read(512))
            raise UnloadableError(
                f"{self._path} can't be read as safetensors. {kind}.",
                "Download the file again, as safetensors.",
            ) from error

    def _built(self, part: str, build: Callable[[], Network]) -> Network:
        """What `build` gives. Raises UnloadableError if the file has not all of it, or other
        sizes."""
        try:
            network = build()
            bare = [name for name, each in network.named_parameters() if each.is_meta]
        except (KeyError, NotImplementedError) as error:
            raise self._lacking(part, str(error)) from error
        except (ValueError, RuntimeError, AttributeError, TypeError, IndexError) as error:
            if out_of_memory(error):
                raise
            raise UnloadableError(
                f"The {part} in {self._path} does not have the layers of SDXL: it is a smaller or "
                "another model, or the file is damaged.",
                "Take a full SDXL checkpoint.",
            ) from error
        if bare:
            raise self._lacking(part, bare[0], len(bare))
        return network

    def _lacking(self, part: str, which: str, many: int = 0) -> UnloadableError:
        return UnloadableError(
            f"The {part} in {self._path} lacks {many or 'some'} of its tensors "
            f"({' '.join(which.split())[:120]}): it is a smaller model (SSD-1B, Segmind Vega), or "
            "the file was not written whole.",
            "Take a full SDXL checkpoint, or download this one again.",
        )

    def _converted(self, kind: type[Network], name: str, **changes: int) -> Network:
        return kind.from_single_file(
            self._weights,
            config=str(self._config),
            subfolder=name,
            torch_dtype=self._dtype,
            local_files_only=True,
            **changes,
        )


def clip_tokenizer(pad: str) -> Tokenizer:
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
