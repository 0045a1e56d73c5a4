"""From files to a warm model, one component after the other.

Everything is read from this machine, from safetensors, straight into the precision it will run
in. Whatever is missing or broken is named together with what to do about it.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import torch

from daemon.engine.interface import Report, UnloadableError
from daemon.engine.sdxl.attention import cross_layers, install
from daemon.engine.sdxl.conditioning.caches import Memory
from daemon.engine.sdxl.conditioning.image_encoder import Vision
from daemon.engine.sdxl.conditioning.ip_adapter import check_adapter
from daemon.engine.sdxl.conditioning.text import TextEncoders
from daemon.engine.sdxl.control.control_models import ControlModels
from daemon.engine.sdxl.control.estimators import Estimators
from daemon.engine.sdxl.device import Device, out_of_memory
from daemon.engine.sdxl.loading.diffusers_folder import Folder
from daemon.engine.sdxl.loading.fits import drops_encoders
from daemon.engine.sdxl.loading.single_file import SingleFile
from daemon.engine.sdxl.model import Model
from daemon.engine.sdxl.model_files import (
    MEND,
    check_encoder,
    check_model,
    check_weights,
    plainly,
)
from daemon.engine.sdxl.offloadable import Offloadable
from daemon.engine.sdxl.schedulers import build_scheduler
from daemon.protocol.json_object import JsonObject
from daemon.protocol.messages import Load

if TYPE_CHECKING:
    from daemon.engine.sdxl.networks import Network, TextEncoder, Unet

T = TypeVar("T")

BASE = ("tokenizers", "text_encoder", "text_encoder_2", "vae", "unet", "scheduler")
WITH_REFERENCES = (*BASE, "image_encoder", "adapters")


class Loader:
    """Loads the components of one model, telling `report` about each before it starts."""

    def __init__(self, load: Load, device: Device, report: Report) -> None:
        self._load = load
        self._device = device
        self._report = report
        self._path = Path(load.model)
        self._names = WITH_REFERENCES if load.adapters else BASE
        self._done = 0
        self._seconds: dict[str, float] = {}
        self._drops = drops_encoders(load, device)

    def run(self) -> Model:
        source = self._open()
        check_model(self._load)
        index = source.index()
        memory = Memory(self._load, self._device)
        texts = self._texts(source, memory, index)
        vae = self._part("vae", lambda: self._settle(source.vae()))
        unet = self._part("unet", lambda: self._settle_unet(source.unet()))
        install(unet)
        scheduler = self._part("scheduler", source.scheduler)
        self._try_scheduler(scheduler)
        vision = self._reference_parts(source)
        unusable = self._part("adapters", lambda: self._unusable(unet)) if vision else {}
        adapters = {n: path for n, path in self._load.adapters.items() if n not in unusable}
        return Model(
            texts=texts,
            vae=vae,
            unet=unet,
            scheduler=scheduler,
            vision=vision,
            adapters=adapters,
            unusable=unusable,
            reference_cache=memory.cache("reference"),
            seen_by={
                name: memory.fingerprint([*vision[name].files(), Path(path)])
                for name, path in adapters.items()
            },
            memory=memory,
            controls=ControlModels(unet, self._device),
            estimators=Estimators(dict(self._load.options.get("estimators", {})), self._device),
            drops_encoders=self._drops,
            seconds=self._seconds,
        )

    def _texts(
        self, source: Folder | SingleFile, memory: Memory, index: Mapping[str, object]
    ) -> TextEncoders:
        """Both text encoders with their tokenizers, and what is remembered of texts."""
        tokenizers = self._part("tokenizers", source.tokenizers)
        first, second = (
            self._part(name, partial(self._drowsy, source, name))
            for name in ("text_encoder", "text_encoder_2")
        )
        return TextEncoders(
            tokenizers,
            (first, second),
            memory.cache("prompt"),
            memory.fingerprint(source.text_files()),
            zeros_for_empty=bool(index.get("force_zeros_for_empty_prompt", True)),
        )

    def _reference_parts(self, source: Folder | SingleFile) -> dict[str, Vision]:
        """The image encoder of each adapter; those in one folder are one."""
        if not self._load.adapters:
            return {}
        return self._part("image_encoder", lambda: self._visions(source.feature_extractor()))

    def _drowsy(self, source: Folder | SingleFile, name: str) -> Offloadable:
        """A text encoder: here already, or looked at and fetched with the first new prompt."""

        def fetch() -> TextEncoder:
            return self._settle(source.text_encoder(name))

        if self._drops:
            source.check_text_encoder(name)
            return Offloadable(fetch)
        return Offloadable(fetch, awake=fetch())

    def _open(self) -> Folder | SingleFile:
        if not self._path.exists():
            raise UnloadableError(
                f"There is no model at {self._path}.",
                "Run `hotfolder models list` to see what is here, or `hotfolder models pull`.",
            )
        if self._path.is_dir():
            return Folder(self._path, self._device.dtype)
        if self._path.suffix.lower() != ".safetensors":
            raise UnloadableError(
                f"{self._path} is no model that Hotfolder reads.",
                "Give a diffusers folder or one .safetensors file; other formats can carry "
                "programs.",
            )
        return SingleFile(self._path, self._device.dtype, self._load.options.get("config"))

    def _part(self, name: str, make: Callable[[], T]) -> T:
        self._done += 1
        self._report(name, self._done, len(self._names))
        began = time.monotonic()
        try:
            made = make()
        except Exception as error:
            if isinstance(error, UnloadableError) or out_of_memory(error):
                raise
            inside = self._path / name
            place = f" ({inside})" if inside.is_dir() else ""
            raise UnloadableError(
                f"The {name} of the model in {self._path} can't be loaded{place}: {plainly(error)}",
                MEND,
            ) from error
        self._seconds[name] = self._device.clock() - began
        return made

    def _settle(self, network: Network) -> Network:
        """On the device, ready for inference."""
        if self._device.dtype == torch.float16 and getattr(network.config, "force_upcast", False):
            # SDXL's own VAE overflows in half precision. diffusers casts it up for every picture
            # and down again; staying up gives the same pixels without the work.
            network = network.to(torch.float32)
        # Not requires_grad_(False): torch then takes another kernel for half precision on the CPU,
        # whose last bits are not those of a plain pipeline.
        return network.to(self._device.place).eval()

    def _settle_unet(self, unet: Unet) -> Unet:
        """On the device, or, on a card that is too small for it, in main memory: its weights are
        then streamed."""
        try:
            return self._settle(unet)
        except Exception as error:
            if self._device.kind != "cuda" or not out_of_memory(error):
                raise
            self._device.release()
            return unet.to("cpu").eval()

    def _try_scheduler(self, config: JsonObject) -> None:
        try:
            build_scheduler(config, None, None)
        except (AttributeError, ImportError, ValueError, TypeError) as error:
            traceback.print_exception(error)  # for the log: it says nothing to a person
            raise UnloadableError(
                f"The scheduler {config['_class_name']} that {self._path} names can't be used: it "
                "asks for a library that is not here, or its settings contradict each other.",
                "Name another in its scheduler_config.json, EulerDiscreteScheduler say.",
            ) from error

    def _visions(self, extractor: Path | None) -> dict[str, Vision]:
        folders = {name: self._encoder_of(name) for name in self._load.adapters}
        made = {folder: Vision(folder, extractor, self._device) for folder in set(folders.values())}
        return {name: made[folder] for name, folder in folders.items()}

    def _encoder_of(self, name: str) -> str | None:
        return self._load.encoders.get(name, self._load.image_encoder)

    def _unusable(self, unet: Unet) -> dict[str, UnloadableError]:
        """What is wrong with an adapter or its encoder, by the adapter's name."""
        layers = sum(1 for _ in cross_layers(unet))
        found: dict[str, UnloadableError] = {}
        for name, path in self._load.adapters.items():
            encoder = self._encoder_of(name)
            try:
                check_weights(Path(path))
                check_adapter(name, path, layers)
                if encoder is not None:
                    check_encoder(Path(encoder))
            except UnloadableError as error:
                found[name] = error
        return found
