"""Which words of a prompt a model has never seen, where its card lists those it knows.

Pure. Knows the shape of a prompt (words, A1111's brackets and weights), and no language but for a
few English words that say nothing by themselves.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from daemon.text.counted import counted
from daemon.text.printable import one_line

SAYS_NOTHING = frozenset(
    {
        *("a", "an", "the", "and", "or", "of", "in", "on", "at", "to", "with", "by", "for"),
        *("from", "is", "are", "it", "its", "this", "that", "there", "as"),
    }
)
"""Words whose absence from a vocabulary is no loss."""

MOST_NAMED = 8
LONGEST = 30
MOST_READ = 4_000
"""Characters of a prompt that are looked at: more than any encoder reads."""

_SYNTAX = re.compile(
    r"<[^<>]{0,300}>"  # a tag: <lora:name:1>
    r"|:\s*[+-]?[\d.]+(?=\s*[)\]])"  # a weight: (word:1.3)
    r"|\bBREAK\b|\bAND\b"
)
_WORD = re.compile(r"\w+(?:['’]\w+)*|[^\w\s]")
_POSSESSIVE = re.compile(r"['’]s?$")


def unknown_words(prompts: Iterable[str], vocabulary: Iterable[str]) -> list[str]:
    """The words of these prompts that are not in `vocabulary` (in small letters), in their order,
    each once. Case, accents' spelling, punctuation, brackets, weights and bare numbers don't
    count; signs that are pictures (emoji) are words."""
    known = {*vocabulary, *SAYS_NOTHING}
    found: dict[str, None] = {}
    for prompt in prompts:
        for word in _words(prompt[:MOST_READ]):
            if word not in known:
                found[word] = None
    return list(found)


def warning(model: str, about: str, words: list[str], size: int, *, most: int = MOST_NAMED) -> str:
    """What to tell whoever asked for them, `most` of them by name; `size` is the number of words
    the model does know."""
    named = ", ".join(one_line(word, LONGEST) for word in words[:most])
    more = f" and {len(words) - most} more" if len(words) > most else ""
    what = f" ({about})" if about else ""
    return f"The model {model}{what} knows {counted(size, 'word')}, and not: {named}{more}. {_END}"


_END = "The picture will hardly show them; `hotfolder models pull sdxl` fetches a model that does."


def is_warning(text: str) -> bool:
    """Whether this is what `warning` says."""
    return text.endswith(_END)


def _words(prompt: str) -> Iterable[str]:
    text = unicodedata.normalize("NFKC", _SYNTAX.sub(" ", prompt)).casefold()
    for match in _WORD.finditer(text.replace("_", " ").replace("\\", " ")):
        word = _POSSESSIVE.sub("", match[0])
        if word.isnumeric() or not _says_something(word):
            continue
        yield word


def _says_something(word: str) -> bool:
    return word[:1].isalnum() or unicodedata.category(word[:1] or " ") == "So"
