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
    looks, and the places and `alike` the things that are only drawn as one like them; the `aids`:
    verbs that nobody sees done; and what is `seen` though nothing draws it."""

    deeds: Mapping[str, frozenset[str]]
    people: frozenset[str]
    likenesses: frozenset[str]
    aids: frozenset[str]
    seen: frozenset[str]
    alike: frozenset[str]


@lru_cache(maxsize=1)
def evident() -> Evident:
    """All of `data/evident.txt`."""
    kind, deeds = "", dict[str, frozenset[str]]()
    nouns: dict[str, set[str]] = {"who": set(), "place": set(), "seen": set(), "thing": set()}
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
            nouns[kind].update(words)
    aids = deeds.pop("")
    people, places, seen, things = (frozenset(one) for one in nouns.values())
    return Evident(deeds, people, places, aids, seen, things)
