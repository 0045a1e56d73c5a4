"""What binds words: adjectives to nouns, nouns to verbs, things to hands.

Reads from left to right and keeps who the sentence is about. Knows no pictures.
"""

from __future__ import annotations

import re

from daemon.thumbs.binding import Binder
from daemon.thumbs.lexicon import LONGEST, Word, lexicon
from daemon.thumbs.tokens import Token, tokens

NAMES_BEFORE = ("and", "is", "with", "in", "on", "at", "looks", "has", "who", "from", "to", "into")
PREPOSITIONS = frozenset(
    [
        "in",
        "on",
        "at",
        "by",
        "near",
        "with",
        "behind",
        "beside",
        "under",
        "over",
        "through",
        "into",
        "from",
        "to",
        "towards",
        "toward",
        "across",
        "along",
        "inside",
        "outside",
        "above",
        "below",
        "between",
        "around",
        "past",
        "against",
        "onto",
        "before",
        "after",
        "for",
        "without",
        "opposite",
        "alongside",
        "beneath",
        "underneath",
        "amid",
        "among",
        "holding",
    ]
)
HE, SHE, THEY = ("he", "him"), ("she", "her"), ("they", "them")
PRONOUNS = (*HE, *SHE, *THEY, "он", "она", "они")
DETERMINERS = frozenset(
    [
        "a",
        "an",
        "the",
        "his",
        "her",
        "their",
        "its",
        "my",
        "your",
        "our",
        "another",
        "this",
        "that",
        "two",
        "three",
        "some",
        "one",
    ]
)
NOUN_KINDS = (
    "figure",
    "thing",
    "group",
    "place",
    "wear",
    "hat",
    "extras",
    "below",
    "part",
    "hair",
    "beard",
)


class Reading(Binder):
    """One text being read; `read` may be called for several, one after the other."""

    def read(self, text: str) -> None:
        """Take in a text."""
        stream = tokens(text)
        place = 0
        while place < len(stream):
            place += self._take(stream, place)
        self.end_clause(full=True)

    def learn(self, cast: dict[str, str]) -> None:
        """Characters by name with the words that describe them."""
        self.cast.update(cast)

    # --- inside -----------------------------------------------------------------------------------

    def _take(self, stream: list[Token], place: int) -> int:
        """Read what begins here; how many tokens that was."""
        token = stream[place]
        if token.is_mark:
            self.end_clause(full=token.typed not in (",",), mark=token.typed)
            return 1
        if token.word in ("over", "past", "behind") and self._over_shoulder(stream, place):
            return 1
        if used := self._cast_name(stream, place):
            return used
        words, found = self._longest(stream, place)
        if self._is_name(stream, place, found):
            return self._name(stream, place)
        if token.word == "her" and words == 1 and self._is_noun_phrase(stream, place + 1):
            self.possessive()
            return 1
        if token.word in PRONOUNS and words == 1:
            self.pronoun(token.word)
            return 1
        if words == 1 and token.number and not found:
            self.number(token.number)
            return 1
        if found:
            if words == 1 and token.number and found[0].kind == "quiet":
                self.number(token.number)
                return 1
            phrase = tuple(one.word for one in stream[place : place + words])
            word = self._choose(found, stream, place, words)
            if word.kind == "quiet":
                self.quiet(phrase)
            else:
                self.bind(word, phrase, stream[place + words - 1].owns)
            return words
        if token.number:
            self.number(token.number)
        else:
            self.strange(token.typed)
        return 1

    def _over_shoulder(self, stream: list[Token], place: int) -> bool:
        """ "over Anna's shoulder": she is in it, from behind, and the camera is there."""
        near = [one.word for one in stream[place + 1 : place + 6]]
        if "" in near:
            near = near[: near.index("")]
        if not {"shoulder", "shoulders"} & set(near) or stream[place].word == "behind":
            return False
        self.facts["camera"] = "over the shoulder"
        self.over_shoulder = True
        return True

    def _is_noun_phrase(self, stream: list[Token], place: int) -> bool:
        """Whether a noun follows, or what comes before one."""
        if place >= len(stream) or stream[place].is_mark:
            return False
        _, found = self._longest(stream, place)
        return any(one.kind in (*NOUN_KINDS, "colour", "age", "build", "feeling") for one in found)

    def _cast_name(self, stream: list[Token], place: int) -> int:
        for name in sorted(self.cast, key=len, reverse=True):
            parts = name.casefold().split()
            here = [one.word for one in stream[place : place + len(parts)]]
            if parts and here == parts and stream[place].typed[:1] == name[:1]:
                self.person(name, stream[place + len(parts) - 1].owns)
                return len(parts)
        return 0

    def _longest(self, stream: list[Token], place: int) -> tuple[int, tuple[Word, ...]]:
        words: list[str] = []
        for token in stream[place : place + LONGEST]:
            if token.is_mark:
                break
            words.append(token.word)
        for count in range(len(words), 0, -1):
            if found := lexicon().find(tuple(words[:count])):
                return count, found
        return 1, ()

    def _is_name(self, stream: list[Token], place: int, found: tuple[Word, ...]) -> bool:
        token = stream[place]
        if token.word in lexicon().names and (token.is_capital or not token.word.isascii()):
            if not token.is_capital:
                return not found
            if not token.first or not found:
                return True
            after = stream[place + 1].word if place + 1 < len(stream) else ""
            return token.owns or after in NAMES_BEFORE or after.endswith("s")
        if found or token.number or not token.is_capital or len(token.word) < 2:
            return False
        shouted = token.typed.isupper() and len(token.typed) > 1
        if shouted and self.in_slug:
            return False
        return bool(re.fullmatch(r"[^\W\d_]+(?:'[^\W\d_]+)*", token.word))

    def _name(self, stream: list[Token], place: int) -> int:
        """A first name, with the last name after it if there is one."""
        token, count = stream[place], 1
        following = stream[place + 1] if place + 1 < len(stream) else None
        name = token.typed.title() if token.typed.isupper() else token.typed
        if (
            following is not None
            and following.is_capital
            and not token.owns
            and not token.typed.isupper()
            and not self._longest(stream, place + 1)[1]
            and following.word not in lexicon().names
        ):
            count = 2
        self.person(name, stream[place + count - 1].owns)
        return count

    def _choose(self, found: tuple[Word, ...], stream: list[Token], place: int, words: int) -> Word:
        """The meaning that fits what stands before and after."""
        if len(found) == 1:
            return found[0]
        before = stream[place - 1].word if place else ""
        after = stream[place + words].word if place + words < len(stream) else ""
        noun = next((one for one in found if one.kind in NOUN_KINDS), None)
        verb = next((one for one in found if one.kind in ("verb", "act")), None)
        kinds = {one.kind: one for one in found}
        if "colour" in kinds and len(kinds) == 2 and noun:
            return (
                noun
                if not after or after in PREPOSITIONS or (after == "and" and before in DETERMINERS)
                else kinds["colour"]
            )
        if verb and "act" in kinds and "verb" in kinds:
            verb = self._act_or_pose(kinds["act"], kinds["verb"], stream, place + words)
        if noun and verb:
            if self._before == "thing":  # camels cross
                return verb
            if self._before in ("verb", "act"):  # feeds ducks
                return noun
            bare = not verb.form and not stream[place].word.endswith(("s", "ed"))
            if bare and not before and verb.kind == "verb" and after in PREPOSITIONS | {"next"}:
                return noun
            if before in DETERMINERS or before in PREPOSITIONS or self.has_adjective:
                return noun if verb.form != "ing" else verb
            return verb if self.subject or verb.form else noun
        if "place" in kinds and "thing" in kinds:
            return kinds["place"] if before in ("in", "at") or self.in_slug else kinds["thing"]
        if "hat" in kinds and "thing" in kinds:
            return kinds["hat"]
        return verb or found[0]

    def _act_or_pose(self, act: Word, pose: Word, stream: list[Token], place: int) -> Word:
        """`act` if somebody follows before the clause is over, or several do it."""
        if act.value == "give":
            near = [one.word for one in stream[place : place + 4]]
            if any(one.kind == "thing" for word in near for one in lexicon().find((word,))):
                return act
        for token in stream[place : place + 7]:
            if token.is_mark:
                break
            if token.is_capital and not token.first:
                return act
            if token.word in ("him", "her", "them", "other", "another"):
                return act
            if any(one.kind in ("figure", "group") for one in lexicon().find((token.word,))):
                return act
        return act if len(self.subject) > 1 else pose
