"""Which model a job is made with: its card by name, looked up once and kept until it is forgotten.

Knows the catalogue and the owner's default; opens no job file. Where the engine needs no model, a
card without files stands in for every name.
"""

from __future__ import annotations

from dataclasses import replace

from daemon.errors import HotfolderError, SetupError
from daemon.jobfile import Job
from daemon.models.catalogue import DRY_RUN, Card, find_model, find_named
from daemon.plan.model_checks import second_pass
from daemon.plan.recipes import with_recipes
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
        """The card of a model by the name a job gives it (None: the default). Raises SetupError if
        it is not here."""
        if not self._needed:
            return DRY_RUN
        wanted = self._wanted(name)
        if wanted not in self._cards:
            self._cards[wanted] = self._find(wanted)
        return self._cards[wanted]

    def fixed_card(self, name: str) -> Card:
        """The card of a model that a plan was fixed with: `name` is ours, a name or the path of a
        default, now or then. Raises SetupError."""
        if not self._needed:
            return DRY_RUN
        if name not in self._cards:
            self._cards[name] = find_model(name, self._shelves)
        return self._cards[name]

    def is_default(self, card: Card) -> bool:
        """Whether jobs that name no model are made with this one."""
        try:
            return is_same(self.card(), card)
        except SetupError:
            return False

    def is_made_with(self, name: str, card: Card) -> bool:
        """Whether a job whose plan was fixed with `name` is made with this model."""
        try:
            return is_same(self.fixed_card(name), card)
        except SetupError:
            return False  # it fails by itself, when it is next

    def card_for(self, job: Job) -> Card:
        """The card a job is planned with. LoRAs come and go while a model stays warm, so those of
        a job that names any are looked up afresh; the card the worker is known by stays.
        Raises SetupError."""
        card = self.card(job.model)
        if not (job.loras or job.few_steps) or not self._needed:
            return card
        return replace(card, loras=self._find(self._wanted(job.model)).loras)

    def name_for(self, job: Job) -> str:
        """The name or path of the model a job is rendered with."""
        if not self._needed:
            return DRY_RUN.name
        wanted = self._wanted(job.model)
        return wanted if wanted == self._model else self.card(wanted).name

    def passes_of(self, job: Job) -> tuple[tuple[int, int, int], ...]:
        """(width, height, steps) of each pass over a waiting job's pictures, for estimates."""
        try:
            card = self.card(job.model)
            job = with_recipes(job, card)
            width, height, _ = picture_size(job, card)
            hires = second_pass(job, card, width, height)
        except HotfolderError:
            width, height, hires = job.width, job.height, None
        return passes(width, height, job.sampling.steps, job.strength if job.image else 1.0, hires)

    def forget(self) -> None:
        """Look at the catalogue afresh next time (a missing model may have come)."""
        self._cards.clear()

    def _find(self, wanted: str) -> Card:
        """Only the owner may name a model by its path."""
        find = find_model if wanted == self._model else find_named
        return find(wanted, self._shelves)

    def _wanted(self, name: str | None) -> str:
        if name is not None and name != self._model and name == self._own_name():
            return self._model  # records name a model given as a path by its card
        return name or self._model

    def _own_name(self) -> str | None:
        try:
            return self.card().name
        except SetupError:
            return None


def is_same(one: Card, other: Card) -> bool:
    """Whether they are cards of one model, read at different times perhaps."""
    return (one.weights, one.folder) == (other.weights, other.folder)
