"""What a machine has of its own: models, settings, a folder; and a render as it is made here.

The daemon names weights by name and content, pictures by content; here they become paths.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from daemon.cluster.inputs import Inputs
from daemon.cluster.weights import look_of
from daemon.errors import HotfolderError, SetupError
from daemon.models.catalogue import DRY_RUN, Card, find_named
from daemon.models.hashes import content_of
from daemon.protocol.messages import Load
from daemon.protocol.render import ControlModel, KeptPicture, Lora, Render
from daemon.root.layout import Layout
from daemon.settings import Settings
from daemon.worker.load_command import load_command
from daemon.worker.local_pool import threads_each


class LackingError(HotfolderError):
    """Weights are not here; `path` is where they lie on the daemon's machine."""

    def __init__(self, path: str, what: str) -> None:
        super().__init__(what)
        self.path = path


class Home:
    """That of the machine `name`; `folder` is for what others send, `settings` are its own."""

    def __init__(self, layout: Layout, settings: Settings, folder: Path, name: str) -> None:
        self._settings = settings
        self._shelves = [layout.root / place for place in settings.models]
        self._caches = layout.caches
        self._stages = folder / "stages" / _digest(name)
        self.inputs = Inputs(folder / "inputs")
        self._cards: dict[str, Card] = {}

    def prepare(self) -> None:
        """Its folders are there, and nothing of an earlier life in the stages. Raises OSError."""
        shutil.rmtree(self._stages, ignore_errors=True)
        for folder in (self._caches, self._stages):
            folder.mkdir(parents=True, exist_ok=True)

    def stage(self, seat: str) -> Path:
        """Where the pictures of one place lie until they are fetched. Raises OSError."""
        folder = self._stages / _digest(seat)
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    # --- the model ------------------------------------------------------------------------------

    def load(self, asked: Load, looks: dict[str, str], device: str) -> Load:
        """The same model from here, on this device; what the daemon decides stays as it is asked.
        `looks` are those of weights whose hash nobody knows. Raises LackingError."""
        card = self._card(asked)
        settings = replace(
            self._settings, device=device, threads=threads_each(self._settings), live=False
        )
        own = load_command(card, settings, self._caches)
        if card.has_files:
            self._check(asked, own, looks)
        self._cards[own.model] = card
        return replace(
            own,
            dtype=asked.dtype,
            max_batch=asked.max_batch,
            adapters={name: path for name, path in own.adapters.items() if name in asked.adapters},
            options={**own.options, "compile": asked.options.get("compile", "auto")},
        )

    def _card(self, asked: Load) -> Card:
        if not asked.model:
            return DRY_RUN
        try:
            return find_named(asked.name, self._shelves)
        except SetupError as error:
            raise LackingError(asked.model, f"it lacks the model {asked.name}: {error}") from None

    def _check(self, asked: Load, own: Load, looks: dict[str, str]) -> None:
        """Whether they are the same by content."""
        theirs = asked.sha256 or looks.get("model")
        ours = own.sha256 if asked.sha256 else look_of(own.model)
        if theirs != ours:
            raise LackingError(asked.model, f"its model {asked.name} is another one than here")
        for name in asked.adapters:
            if name not in own.adapters:
                raise LackingError(asked.model, f"it lacks the IP-Adapter {name} of {asked.name}")
            if look_of(own.adapters[name]) != looks.get(f"adapter {name}"):
                raise LackingError(asked.model, f"its IP-Adapter {name} is another one than here")

    # --- a picture ------------------------------------------------------------------------------

    def missing(self, renders: tuple[Render, ...]) -> list[str]:
        """Which of their pictures have yet to be sent, by their hashes."""
        return self.inputs.missing(picture.sha256 for picture in pictures_of(renders))

    def renders(self, asked: tuple[Render, ...], model: str, stage: Path) -> tuple[Render, ...]:
        """The same pictures made here, into this folder. Raises LackingError, WireError."""
        return tuple(self._render(one, self._cards[model], stage) for one in asked)

    def _render(self, asked: Render, card: Card, stage: Path) -> Render:
        return replace(
            asked,
            stage=str(stage / f"{asked.job}-{asked.index}.png"),
            inputs=tuple(
                replace(one, source=self._kept(one.source.sha256)) for one in asked.inputs
            ),
            loras=tuple(self._lora(one, card) for one in asked.loras),
            control_models=tuple(self._control(one, card) for one in asked.control_models),
        )

    def _kept(self, sha256: str) -> KeptPicture:
        return KeptPicture(str(self.inputs.path(sha256)), sha256)

    def _lora(self, asked: Lora, card: Card) -> Lora:
        if not card.has_files:
            return asked
        place = card.loras.get(asked.name)
        if place is None:  # it may have come since
            place = find_named(card.name, self._shelves).loras.get(asked.name)
        if place is None or (asked.sha256 and content_of(place) != asked.sha256):
            there = "another LoRA" if place else "no LoRA"
            raise LackingError(asked.path, f"it has {there} {asked.name}")
        return replace(asked, path=str(place))

    def _control(self, asked: ControlModel, card: Card) -> ControlModel:
        if not card.has_files:
            return asked
        found = card.controls.models.get(asked.name)
        if found is None or (asked.sha256 and content_of(found.file) != asked.sha256):
            there = "another control model" if found else "no control model"
            raise LackingError(asked.path, f"it has {there} {asked.name}")
        return replace(asked, path=str(found.place))


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:16]


def pictures_of(renders: tuple[Render, ...]) -> Iterator[KeptPicture]:
    """Every picture that these need."""
    for render in renders:
        yield from (one.source for one in render.inputs)
