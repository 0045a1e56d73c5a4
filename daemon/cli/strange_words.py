"""What no model of a run of `check` has words for, gathered over all its files and told once.

Shot by shot the same three lines would bury what is worth reading; each record keeps its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from daemon.models import vocabulary
from daemon.plan.model_choice import ModelChoice
from daemon.plan.plan import Plan


def strange_words(plans: Iterable[Plan], models: ModelChoice) -> Iterator[str]:
    """A warning a model."""
    prompts: dict[str, dict[str, None]] = {}
    for plan in plans:
        if plan.model is not None and any(map(vocabulary.is_warning, plan.warnings)):
            said = prompts.setdefault(plan.model.name, {})
            for picture in plan.pictures:
                sampling = picture.render.sampling
                said |= dict.fromkeys(filter(None, (sampling.prompt, sampling.prompt_2)))
    for name, texts in prompts.items():
        card = models.fixed_card(name)
        words = vocabulary.unknown_words(texts, card.vocabulary)
        yield vocabulary.warning(card.name, card.about, words, len(card.vocabulary), most=MOST)


def others(warnings: Iterable[str]) -> list[str]:
    """What is told beside each picture."""
    return [text for text in warnings if not vocabulary.is_warning(text)]


MOST = 40
"""Words that are named."""
