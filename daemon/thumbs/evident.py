"""What a drawing tells by itself, by `data/evident.txt`: data alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from daemon.thumbs.files import lines_of
from daemon.thumbs.lexicon import tenses


@dataclass(frozen=True, slots=True)
class Evident:
    """What a drawing tells: by pose or action the verbs in all their forms, who is known by their
    looks, and the places that are only drawn as one like them; and the `aids`: verbs that nobody
    sees done."""

    deeds: Mapping[str, frozenset[str]]
    people: frozenset[str]
    likenesses: frozenset[str]
    aids: frozenset[str]


@lru_cache(maxsize=1)
def evident() -> Evident:
    """All of `data/evident.txt`."""
    kind, deeds = "", dict[str, frozenset[str]]()
    people, likenesses = set[str](), set[str]()
    for line in lines_of("evident.txt"):
        if line.startswith("["):
            kind = line.strip("[]")
            continue
        head, _, rest = line.partition(":")
        words = [one.strip() for one in rest.split(",")]
        if kind in ("deed", "aid"):
            forms = {form for verb in words for form, _ in tenses(verb)}
            deeds[head.strip().replace("_", " ")] = frozenset({*words, *forms})
        else:
            (people if kind == "who" else likenesses).update(words)
    aids = deeds.pop("")
    return Evident(deeds, frozenset(people), frozenset(likenesses), aids)
