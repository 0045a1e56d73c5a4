"""Which model a job is made with: its card by name, looked up once and kept until it is forgotten.

Knows the catalogue and the owner's default; opens no job file. Where the engine needs no model, a
card without files stands in for every name.
"""

from __future__ import annotations

from dataclasses import replace

from daemon.errors import HotfolderError
from daemon.jobfile import Job
from daemon.models.catalogue import DRY_RUN, Card, find_model
from daemon.plan.model_checks import second_pass
from daemon.plan.sizes import picture_size
from daemon.protocol.engines import engine_spec
from daemon.protocol.render import passes
from daemon.root.layout import Layout
from daemon.settings import Settings


class ModelChoice:
    """The models of one root; `model` is the default, None the settings'."""

    def __init__(self, layout: Layout, settings: Settings, *, engine: str, model: str | None):
        self._model = model or settings.model
        self._needed = engine_spec(engine).needs_model
        self._shelves = [layout.root / place for place in settings.models]
        self._cards: dict[str, Card] = {}

    def card(self, name: str | None = None) -> Card:
        """The card of a model by name (None: the default). Raises SetupError if it is not here."""
        if not self._needed:
            return DRY_RUN
        wanted = self._wanted(name)
        if wanted not in self._cards:
            self._cards[wanted] = find_model(wanted, self._shelves)
        return self._cards[wanted]

    def card_for(self, job: Job) -> Card:
        """The card a job is planned with. LoRAs come and go while a model stays warm, so those of
        a job that names any are looked up afresh; the card the worker is known by stays.
        Raises SetupError."""
        card = self.card(job.model)
        if not job.loras or not self._needed:
            return card
        return replace(card, loras=find_model(self._wanted(job.model), self._shelves).loras)

    def name_for(self, job: Job) -> str:
        """The name or path of the model a job is rendered with."""
        return job.model or self._model if self._needed else DRY_RUN.name

    def passes_of(self, job: Job) -> tuple[tuple[int, int, int], ...]:
        """(width, height, steps) of each pass over a waiting job's pictures, for estimates."""
        try:
            card = self.card(job.model)
            width, height, _ = picture_size(job, card)
            hires = second_pass(job, card, width, height)
        except HotfolderError:
            width, height, hires = job.width, job.height, None
        return passes(width, height, job.sampling.steps, job.strength if job.image else 1.0, hires)

    def forget(self) -> None:
        """Look at the catalogue afresh next time (a missing model may have come)."""
        self._cards.clear()

    def _wanted(self, name: str | None) -> str:
        if name is not None and name != self._model and name == self._own_name():
            return self._model  # records name a model given as a path by its card
        return name or self._model

    def _own_name(self) -> str | None:
        known = self._cards.get(self._model)
        return known.name if known is not None else None
