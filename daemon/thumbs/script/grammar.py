"""A text from left to right: each word or phrase given to what binds it.

Keeps who the sentence is about. Knows no pictures; what a word means `senses` says.
"""

from __future__ import annotations

from collections.abc import Mapping

from daemon.thumbs.guesses import LONGEST as LONGEST_LABEL
from daemon.thumbs.guesses import SOMETHING, is_a_place, label_of
from daemon.thumbs.idioms import SORTS, elsewhere, in_a_picture, likens, of_a_beast, word_at
from daemon.thumbs.lexicon import NOUNS, Word, lexicon
from daemon.thumbs.script.figurative import literal
from daemon.thumbs.script.framed import as_shown
from daemon.thumbs.script.hints import words_of
from daemon.thumbs.script.naming import is_surname
from daemon.thumbs.script.renamed import with_beasts
from daemon.thumbs.script.said import without_quotes
from daemon.thumbs.script.senses import DOING, QUIET
from daemon.thumbs.script.strangers import Strangers
from daemon.thumbs.script.telling import place_in_short, slug_in
from daemon.thumbs.tokens import HERDS, Token, tokens
from daemon.thumbs.words import PREPOSITIONS

_ONE_OF = ("one", "another", "other", "first", "second", "third")
_COMPARED = {"older": True, "elder": True, "taller": True, "bigger": True, "larger": True,
             "younger": False, "shorter": False, "smaller": False}  # fmt: skip
"""Which of two it is: the first, or the other."""
_TOYS = ("toy", "model", "miniature")
_WHILE = frozenset(["while", "as", "when", "whilst"])


class Reading(Strangers):
    """One text being read; `read` may be called for several, one after the other."""

    def read(self, text: str) -> None:
        """Take in a text."""
        shown, does = as_shown(tokens(without_quotes(text)))
        self.meeting = bool(does)
        stream, gone = literal(shown)
        stream = with_beasts(stream, self.known) if self.known else stream
        self.unknown += gone
        self.around = frozenset(one.word for one in stream) | self.setting
        self.evidence, self.slug = words_of(stream), ""
        if any(one.endswith(" two shot") for one in self.evidence):
            self.evidence |= {"two shot"}
        place = 0
        while place < len(stream):
            place += self._take(stream, place)
        self.end_clause(full=True)
        self.together(does)
        if self.facts.get("shot", "") not in ("close-up", "extreme close-up", "insert"):
            self.music()

    def learn(
        self, cast: Mapping[str, str], looks: Mapping[str, Mapping[str, str]] | None = None
    ) -> None:
        """Characters by name with the words that describe them, and the colours that they have."""
        self.cast.update(cast)
        self.looks.update(looks or {})

    # --- inside -----------------------------------------------------------------------------------

    def _take(self, stream: list[Token], place: int) -> int:
        """Read what begins here; how many tokens that was."""
        token = stream[place]
        if token.is_mark and not self.is_who(stream, place):
            self.end_clause(full=token.typed not in (",",), mark=token.typed)
            return 1
        if token.is_mark:
            return 1
        if used := self.seen_over_shoulder(stream, place):
            return used
        if used := self._cast_name(stream, place):
            return used
        if used := self._only_depicted(stream, place):
            return used
        words, found = self.longest(stream, place)
        if self._says_which(found, stream, place + words):
            self.strange(stream[place + words - 1].typed)
            return words + 1
        if (words == 1 or not _is_noun(found)) and self.is_name(stream, place, found):
            return self._name(stream, place)
        before_noun = word_at(stream, place + 1) not in PREPOSITIONS
        before_noun = before_noun and self.is_noun_phrase(stream, place + 1)
        if token.word == "her" and words == 1 and before_noun:
            self.possessive()
            return 1
        if used := self._small(stream, place, words, found):
            return used
        if words == 1 and (somebody := self.stranger(stream, place, found)):
            if not found:
                self.strange(token.typed)
            self._here = (stream, place, 1)
            self.bind(somebody, self.role_at(stream, place), token.owns)
            return 1
        if found:
            self._known(found, stream, place, words)
            return words
        self._unknown(stream, place)
        return 1

    def _small(self, stream: list[Token], place: int, words: int, found: tuple[Word, ...]) -> int:
        """Pronouns, numbers and the like: how many words they were, 0 for none."""
        token = stream[place]
        if words == 1 and self.is_pronoun(stream, place):
            self._here = (stream, place, 1)
            self.pronoun(token.word)
            return 1
        if words == 1 and token.word in _ONE_OF and self._one_of(stream, place):
            return 1
        if words == 1 and token.word == "shot" and (token.first or not self.drafts):
            return 1
        high = token.word in ("high", "low") and not found
        if high and "shot" in self.kinds_at(stream, place + 1):
            self.facts["camera"] = token.word  # high wide
            return 1
        if words == 1 and token.word in _COMPARED and len(self.group) > 1:
            self.next_of_group(first=_COMPARED[token.word])
            return 1 + ("figure" in self.kinds_at(stream, place + 1))
        if words == 1 and token.word == "another" and self._another(stream, place):
            return 1
        if words == 1 and token.word == "as" and likens(stream, place):
            self._not = True
            return 1
        if words == 1 and token.word in _WHILE and (self._verb is not None or self.beast >= 0):
            self.end_clause(full=False, mark="while")
            return 1
        if token.word in HERDS and place + 1 < len(stream) and stream[place + 1].word == "of":
            self.number(HERDS[token.word])
            return 2
        if words == 1 and token.number and (not found or found[0].kind == "quiet"):
            self.number(token.number)
            return 1
        return 0

    def _known(self, found: tuple[Word, ...], stream: list[Token], place: int, words: int) -> None:
        phrase = tuple(one.word for one in stream[place : place + words])
        deed = self.names_a_deed(found, stream, place, words)
        word = deed or self.choose(found, stream, place, words)
        word = QUIET if self.is_of_something_else(word, stream, place) else word
        self._here = (stream, place, words)
        if "her" in phrase and words > 1:  # ties her shoe
            self.possessive()
            self._owner = None
        if word.kind == "thing" and stream[place - 1].word in _TOYS and place and not self.label[1]:
            word = self._toy(stream, place, words)
        if word.kind == "slug":
            self.headings.append((stream, *slug_in(stream, place)))
        if word.kind == "quiet":
            if self.seems_done(stream, place, words):
                self.note_deed(self.subject, word)
            self.quiet(phrase)
        elif self.is_modifier(word, stream, place, words):
            self.modifier(word, self.kinds_at(stream, place + words))
        else:
            after = stream[place + words].word if place + words < len(stream) else ""
            if word.kind == "act":
                self.passive = after == "by"
            self.bind(word, phrase, stream[place + words - 1].owns)
            if word.kind == "verb" and words > 1:
                self._within(word, phrase)

    def _toy(self, stream: list[Token], place: int, words: int) -> Word:
        """ "a toy tank": no tank, but a small thing with its word."""
        named = [one.word.upper() for one in stream[place - 1 : place + words]]
        both = " ".join(named)
        self.label = (SOMETHING, both if len(both) <= LONGEST_LABEL else named[-1])
        return Word("thing", SOMETHING)

    def _says_which(self, found: tuple[Word, ...], stream: list[Token], end: int) -> bool:
        """ "in tortoise formation": no tortoise."""
        nouns = {one.kind for one in found} & {"thing", "place"}
        return bool(nouns) and end < len(stream) and stream[end].word in SORTS

    def _only_depicted(self, stream: list[Token], place: int) -> int:
        """What is on a screen, in a picture or in a mirror is not there itself: how many words
        say so."""
        word = stream[place].word
        if word == "reflected" and self._before == "thing" and self._thing_last:
            self.unknown.append(self.things.pop().kind)
            self._thing_last = False
            return 1
        if self._before == "figure" and (used := in_a_picture(stream, place)):
            self.forget_last()
            return used
        used = elsewhere(stream, place, self._last_thing if self._before == "thing" else "")
        for number in range(place + 1, place + used):
            if self.kinds_at(stream, number) & {*NOUNS}:
                self.strange(stream[number].typed)
        return used

    def _within(self, word: Word, phrase: tuple[str, ...]) -> None:
        """What the phrase of a deed names beside the deed: "pushes a pram" has a pram."""
        pushed = word.value in ("pushing", "pulling") and "prop" not in word.more
        takes = word.more.get("take") in ("before", "worked", "held")
        if not (pushed or takes) or self._last is None:
            return
        own = [word.more.get(key, "") for key in ("prop", "held", "also")]
        last = lexicon().find(phrase[-2:]) if len(phrase) > 2 else ()
        for one in last or lexicon().find(phrase[-1:]):
            if one.kind == "thing" and not any(one.value in each for each in own):
                self._prep = ""
                self.label = self.label if self.label[1] else label_of(one.value, phrase)
                self._thing(one)

    def _unknown(self, stream: list[Token], place: int) -> None:
        token = stream[place]
        self.strange(token.typed)
        self._here = (stream, place, 1)
        if token.word.endswith("s") and self._before == "thing":
            self.note_others(DOING)  # a horse nuzzles the boy
        self.only_said_which(token.word)
        if guess := self.guess(stream, place):
            role = self.role_at(stream, place) if guess.kind == "figure" else (token.word,)
            self.bind(guess, role, token.owns)
        elif self.is_something(stream, place):
            written = any((one.kind, one.relation) == ("paper", "on") for one in self.things)
            self.label = ("paper" if written else SOMETHING, token.word.upper())
            if not written:  # who signs a decree has it before them
                self.bind(Word("thing", SOMETHING), (token.word,), token.owns)
        elif first := 0 if self.aims() else is_a_place(stream, place):
            self.unplaced = self.unplaced or place_in_short(stream, first, place + 1)
        elif token.word.endswith("ly"):
            self._before = self._before if self._before == "figure" else ""
        else:
            self._before = ""

    def _one_of(self, stream: list[Token], place: int) -> bool:
        """ "one plays guitar, the other sings": each of the group that was named."""
        after = self.kinds_at(stream, place + 1)
        if len(self.group) < 2 or not after & {"verb", "act"}:
            return False
        self.next_of_group(first=stream[place].word in ("one", "first"))
        return True

    def _another(self, stream: list[Token], place: int) -> bool:
        """ "one man pushes another": one more like the first."""
        after = stream[place + 1] if place + 1 < len(stream) else None
        ends = after is None or after.is_mark or after.word in PREPOSITIONS | {"off", "and"}
        before = stream[place - 1].word if place else ""
        if not ends or not self.subject or before == "one":
            return False
        first = self.subject[0]
        self._count = 1
        self.bind(Word("figure", first.sex, first.sets), (first.noun,), stream[place].owns)
        return True

    def _cast_name(self, stream: list[Token], place: int) -> int:
        for name in sorted(self.cast, key=len, reverse=True):
            parts = name.casefold().split()
            here = [one.word for one in stream[place : place + len(parts)]]
            if parts and here == parts and stream[place].typed[:1] == name[:1]:
                self.person(name, stream[place + len(parts) - 1].owns)
                return len(parts)
        return 0

    def _name(self, stream: list[Token], place: int) -> int:
        """A first name, with the last name after it if there is one."""
        if of_a_beast(stream, place):
            return 2
        token, count = stream[place], 1
        following = stream[place + 1] if place + 1 < len(stream) else None
        if following is not None and f"{token.word} {following.word}" in self.known:
            count = 2  # VERA LANE
        elif following is not None and not self.longest(stream, place + 1)[1]:
            count += is_surname(token, following)
        name = token.typed.title() if token.typed.isupper() else token.typed
        if self.titled(name):
            return count
        self.person(name, stream[place + count - 1].owns)
        return count


def _is_noun(found: tuple[Word, ...]) -> bool:
    """Whether names in it are none: a Roman legion."""
    return bool({one.kind for one in found} & {*NOUNS})
