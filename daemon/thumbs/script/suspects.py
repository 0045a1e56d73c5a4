"""Words that may be a deed or a noun, told apart by what stands around them and who is spoken of.

A base of `senses`, which knows what words mean.
"""

from __future__ import annotations

from daemon.thumbs.idioms import is_base, word_at
from daemon.thumbs.lexicon import Word
from daemon.thumbs.script.appositions import NO_NAMES
from daemon.thumbs.script.binding import Binder
from daemon.thumbs.script.matter import is_of_matter
from daemon.thumbs.tokens import Token
from daemon.thumbs.words import BODY, DETERMINERS, NOUN_KINDS, PREPOSITIONS

_SIZES = ("single", "full", "dry", "clear", "high", "low", "light", "total", "overhead")
_NO_SUBJECTS = frozenset([
    "then", "now", "still", "again", "also", "just", "once", "here", "there", "and", "but", "she",
    "he", "they", "who", "it", "all", "both", "everyone", "one", "two", "three", "four", "some",
    "many", "other", "others", "each", "always", "never", "half", "almost", "soon", "later",
    "alone", "together", "already", "while", "as", "when", "that", "which", "not",
])  # fmt: skip
HANDLING = Word("verb", "working", {"guess": "1", "take": "held"})
SELVES = ("himself", "herself", "itself", "themselves", "him", "them", "it")


class Suspects(Binder):
    """For `senses` to ask."""

    def kinds_at(self, stream: list[Token], place: int) -> frozenset[str]:
        """The kinds of word that may begin there; `senses` knows."""
        raise NotImplementedError(stream[place])

    def _is_counted(self, word: str, stream: list[Token], place: int) -> bool:
        """ "Single car in the lot", "Full moon": no shot."""
        nouns = {"thing", "figure", "place", "time"}
        return word in _SIZES and bool(self.kinds_at(stream, place + 1) & nouns)

    def names_a_deed(
        self, found: tuple[Word, ...], stream: list[Token], place: int, words: int
    ) -> Word | None:
        """ "a woman fans herself": nouns alone are known, and none can stand there."""
        gives = any(one.value in ("give", "giving") for one in found)
        if words > 1 and gives and not word_at(stream, place - 1) and stream[place].word == "hands":
            return Word("bodily", "")  # , hands over helmet
        after, ready = word_at(stream, place + words), self.subject and self._verb is None
        done_to = after in SELVES or after in DETERMINERS or after == "each"
        if words > 1 or not ready or self._before != "figure" or not done_to:
            return None
        nouns = bool(found) and {one.kind for one in found} <= {"figure", "group", "thing", "part"}
        agrees = stream[place].word.endswith("s") == (len(self.subject) == 1)
        return HANDLING if nouns and agrees else None

    def _is_titled(self, stream: list[Token], place: int) -> bool:
        """ "Detective Bell pushes …": no bell."""
        title, name = stream[place - 1] if place else None, stream[place]
        if title is None or self._before != "figure" or name.first or title.typed.isupper():
            return False
        after = stream[place + 1] if place + 1 < len(stream) else None
        plain = after is None or not after.is_capital
        return title.is_capital and name.is_capital and plain and not name.typed.isupper()

    def is_of_something_else(self, word: Word, stream: list[Token], place: int) -> bool:
        """ ", a searchlight sweeping towards them": what is not drawn does it."""
        if word.kind == "style":
            return _says_which(stream, place)
        if word.kind not in ("verb", "act") or not self.drafts:
            return False
        if is_of_matter(word, stream, place):
            return True  # , mud flying
        if word_at(stream, place + 1) == "itself" or word_at(stream, place - 1) == "half":
            return True  # a line draws itself, the grass is half painted
        after, kinds = word_at(stream, place + 1), self.kinds_at(stream, place + 1)
        if stream[place].first and is_base(stream[place].word) and after.endswith("s"):
            return not kinds - {"verb", "act", "quiet"}  # Smoke drifts
        if self._is_done_by_a_noun(word, stream, place):
            return True
        if word.more.get("take") == "top" and self._before == "hat":
            return True  # a hat on his head
        if word.form != "ing" or self._before in ("figure", "group"):
            return False
        opens = word_at(stream, place - 2) in DETERMINERS and not word_at(stream, place - 3)
        noun = bool(word_at(stream, place - 1)) and place > 2
        return opens and noun and not self.kinds_at(stream, place - 1) - {"quiet"}

    def _is_done_by_a_noun(self, word: Word, stream: list[Token], place: int) -> bool:
        """ ", sweat flying", "Moon winks", "Ruth's gumshield flying": what is not drawn does it."""
        noun, before = word_at(stream, place - 1), word_at(stream, place - 2)
        if len(noun) < 4 or noun in _NO_SUBJECTS or noun in BODY or noun.endswith("ly"):
            return False
        if self._before in ("figure", "name", "thing") or noun in PREPOSITIONS | DETERMINERS:
            return False
        owned = place > 1 and stream[place - 2].owns
        if not (owned or not before) or self.kinds_at(stream, place - 1) - {"quiet", "verb"}:
            return False
        ends = word.form == "ing" or stream[place].word.endswith("s")
        return ends and (owned or word.form == "ing" or stream[place - 1].first)

    def is_a_noun(self, stream: list[Token], place: int, words: int) -> bool:
        """ "under northern lights", "two ranch hands hold it": no deed."""
        after = word_at(stream, place + words)
        if words > 1 or not stream[place].word.endswith("s"):
            return False
        if self._before in ("verb", "act") and self._verb is not None:
            return True  # shout questions
        named = self._before in ("figure", "name", "group")
        if not named and after and is_base(after) and "verb" in self.kinds_at(stream, place + 1):
            return not after.endswith("ing")
        ends = not after or after in PREPOSITIONS | {"and"}
        return bool(self._prep) and not self._before and ends and bool(word_at(stream, place - 1))

    def opens_otherwise(self, stream: list[Token], place: int) -> bool:
        """ "Splat.", "Comms room, wide", "Racks of clothes": a word that opens a sentence as any
        does."""
        token, after = stream[place], word_at(stream, place + 1)
        kinds = self.kinds_at(stream, place + 1)
        nouns = bool(kinds & {"thing", "place", "wear", "hat"})
        says_which = nouns and not kinds & {"verb", "act", "quiet"} and after not in PREPOSITIONS
        return token.word in NO_NAMES or after == "of" or says_which

    def is_noun_phrase(self, stream: list[Token], place: int) -> bool:
        """Whether a noun follows, or what comes before one."""
        wanted = {*NOUN_KINDS, "colour", "age", "build", "feeling"}
        return bool(self.kinds_at(stream, place) & wanted)


def _says_which(stream: list[Token], place: int) -> bool:
    """ "a small ink line": no style of the picture."""
    after = word_at(stream, place + 1)
    near = {word_at(stream, place - 1), word_at(stream, place - 2)}
    return bool(near & DETERMINERS) and bool(after) and after not in _PICTURES


_PICTURES = ("of", "style", "drawing", "sketch", "painting", "illustration", "art", "and", "look",
             "panel", "frame", "shot", "storyboard", "rendering", "wash", "comic")  # fmt: skip
"""After a style that is one."""
