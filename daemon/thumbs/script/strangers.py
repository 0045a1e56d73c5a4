"""What an unknown word may be by its ending and its neighbours: somebody, or a deed.

What the lexicon knows `senses` chooses from; an unknown thing `guesses` tells.
"""

from __future__ import annotations

from daemon.thumbs.guesses import LONGEST, SOMETHING, TRADES, is_a_thing
from daemon.thumbs.idioms import is_base, is_many, is_participle, seems_a_deed, word_at
from daemon.thumbs.lexicon import Word, lexicon
from daemon.thumbs.script.senses import DOING, SOMEBODY, Senses
from daemon.thumbs.script.suspects import HANDLING
from daemon.thumbs.script.unlisted import THINGS_DO, is_plural, is_somebody, joins_somebody
from daemon.thumbs.tokens import Token
from daemon.thumbs.uses import ANIMALS
from daemon.thumbs.words import (
    ADJECTIVES,
    ARTICLES,
    BODY,
    CLOTHES,
    DETERMINERS,
    NAMES_BEFORE,
    PREPOSITIONS,
)

_WORN = ("thing", "hair", "extras", "wear", "hat")
_HAS = frozenset(["has", "have", "had", "is", "are", "was", "were", "been"])
_OUT = frozenset(["out", "off", "on", "dark", "dead", "silent", "still", "up", "flying"])
_PAST = frozenset(["cut", "put", "hit", "shut", "read", "spread", "set", "let", "burst", "split"])
"""Deeds of the past that have no ending."""
_HELD = frozenset(["held", "raised", "clutched", "aloft", "tucked", "balanced", "slung"])
_THEIRS = frozenset(["his", "her", "him", "their", "them"])
_WAITS = ("standing", "sitting", "lying", "walking", "working", "dancing", "sleeping")


class Strangers(Senses):
    """Guesses, for `grammar` to bind."""

    def is_name(self, stream: list[Token], place: int, found: tuple[Word, ...]) -> bool:
        """Whoever was introduced has a name, if it is a word for something else, too."""
        token = stream[place]
        if token.is_capital and self._is_a_named_thing(stream, place):
            return False
        placed = self.in_slug and self._before != "figure" and word_at(stream, place - 1)
        if token.word in self.known and token.is_capital and not placed:  # INT. RUIZ'S FLAT
            after = word_at(stream, place + 1)
            opens = token.first and found and not token.owns
            if not opens or after in NAMES_BEFORE or after.endswith("s"):
                return True
        return super().is_name(stream, place, found)

    def _is_a_named_thing(self, stream: list[Token], place: int) -> bool:
        """ "Relay Seven, a ring station, …": nobody; but "Anna, a lighthouse behind her" is two."""
        end = place + 1
        if stream[place].word in lexicon().names or stream[place].word in self.known:
            return False
        while end < len(stream) and stream[end].is_capital and stream[end].word:
            end += 1
        opened = end + 1 < len(stream) and stream[end].typed == ","
        if not opened or stream[end + 1].word not in ("a", "an", "the"):
            return False
        last, kinds = end + 2, frozenset[str]()
        while last < len(stream) and stream[last].word and stream[last].word not in PREPOSITIONS:
            here = {one.kind for one in lexicon().find((stream[last].word,))}
            if here & {"figure", "group", "verb"} or stream[last].word in ANIMALS:
                return False
            kinds, last = frozenset(here), last + 1
        while last < len(stream) and stream[last].word:
            if stream[last].word in _THEIRS:
                return False
            last += 1
        return bool(kinds & {"thing", "place"})

    def is_who(self, stream: list[Token], place: int) -> bool:
        """ "The rider: ESPERANZA": one person."""
        after = stream[place + 1] if place + 1 < len(stream) else None
        if stream[place].typed != ":" or self._before != "figure" or after is None:
            return False
        if len(after.word) < 3 or not after.typed.isupper():
            return False
        found = self.longest(stream, place + 1)[1]
        titled = any(one.kind == "figure" for one in found)
        return titled or self.is_name(stream, place + 1, found)

    def guess(self, stream: list[Token], place: int) -> Word | None:
        """What an unknown word may be by its ending and its neighbours: somebody, or a deed."""
        token = stream[place]
        follows = word_at(stream, place + 1)
        after = self.kinds_at(stream, place + 1)
        if token.is_capital and is_many(stream, place):
            return Word("figure", "mf", many=True)
        trade = TRADES.fullmatch(token.word)
        if follows.isalpha() and not after and not follows.endswith(("s", "ed", "ing")):
            trade = trade if stream[place + 1].is_capital else None  # minimalist decor
        if trade and token.word.isascii():
            return SOMEBODY if trade[1] == "" else Word("figure", "mf", many=True)
        acts = not follows.endswith("ing") and bool(after & {"verb", "act"})
        acts = acts or seems_a_deed(stream, place + 1)
        near = self.facts.get("shot", "") in ("insert", "close-up", "extreme close-up")
        acts = acts and not (near and is_participle(follows))  # a ledger torn in half
        fresh = not self._head or self._head == self._before == "thing"  # a mushroom picker
        described = not self._head and self.has_adjective and bool(word_at(stream, place - 1))
        opens = described or (fresh and self._opened(stream, place))
        acts = acts and not self._says_only_which(stream, place)
        if opens and acts and len(token.word) > 2:
            return SOMEBODY if self._acts_as_somebody(stream, place) else self._thing_that(token)
        if self.subject and self._verb is None and self._may_do(stream, place):
            return self._deed(stream, place)
        return None

    def _says_only_which(self, stream: list[Token], place: int) -> bool:
        """ "a maze garden", "a wagging tail": one who does it gardens, and wags."""
        word, follows = stream[place].word, word_at(stream, place + 1)
        if word.endswith("ing"):
            return True
        forms = follows.endswith(("s", "ed")) or follows in _PAST
        return not is_plural(word) and not forms and is_base(follows)

    def stranger(self, stream: list[Token], place: int, found: tuple[Word, ...]) -> Word | None:
        """Somebody whom the words before and after a noun say to be one."""
        framed = not (self.drafts or self.things or self.crowd)
        joined = bool(self.subject) and self._joins and joins_somebody(stream, place, found)
        near = self.facts.get("shot", "") in ("close-up", "extreme close-up", "insert")
        joined = joined or self._meets(stream, place, found)
        if not joined and not is_somebody(stream, place, found, framed=framed, near=near):
            return None
        return Word("figure", "mf", many=True) if is_plural(stream[place].word) else SOMEBODY

    def _meets(self, stream: list[Token], place: int, found: tuple[Word, ...]) -> bool:
        """ "an argument between a cabbie and a cyclist": whether all who are named there meet."""
        opened = word_at(stream, place - 1) in ARTICLES and not found
        after = word_at(stream, place + 1)
        return self.meeting and opened and (after in PREPOSITIONS | {"and", ""})

    def _thing_that(self, token: Token) -> Word | None:
        """ "the ledger hits the floor": a thing with its word on it, unless one has one."""
        self._head = "thing"
        if self.label[1] or not token.word.isascii() or len(token.word) > LONGEST:
            return None
        self.label = (SOMETHING, token.word.upper())
        return Word("thing", SOMETHING)

    def _acts_as_somebody(self, stream: list[Token], place: int) -> bool:
        """Whether an unknown noun does what things don't: a ledger hits the floor."""
        after = place + 1
        while word_at(stream, after) in _HAS:
            after += 1
        verb = word_at(stream, after)
        if verb.startswith(("go", "went")) and word_at(stream, after + 1) in _OUT:
            return False  # the bulbs go out
        forms = (verb, verb.removesuffix("s"), verb.removesuffix("es"), verb.removesuffix("ed"))
        return not {*forms, verb.removesuffix("ing"), verb.removesuffix("d")} & THINGS_DO

    def _object_at(self, stream: list[Token], place: int) -> bool:
        """Whether something begins there that a deed can be done to."""
        return word_at(stream, place) in DETERMINERS or "thing" in self.kinds_at(stream, place)

    def _may_do(self, stream: list[Token], place: int) -> bool:
        """Whether a deed may follow what stands right before."""
        if self._before in ("figure", "group", "name", "adverb"):
            return True
        worn = self._before in CLOTHES or self._before in ("place", "thing", "bodily", "part")
        handles = word_at(stream, place + 1) in DETERMINERS and stream[place].word.endswith("s")
        return (
            worn and handles and self._last_thing not in ANIMALS
        )  # in a raincoat checks his watch

    def role_at(self, stream: list[Token], place: int) -> tuple[str, ...]:
        """An unknown trade with the word that says which: sonar operator, mushroom picker."""
        first, before = word_at(stream, place - 2), word_at(stream, place - 1)
        kinds = self.kinds_at(stream, place - 1)
        says_which = first in ARTICLES and before.isalpha() and kinds <= {"thing"}
        return (before, stream[place].word) if says_which else (stream[place].word,)

    def _opened(self, stream: list[Token], place: int) -> bool:
        """Whether an article stands before, with nothing between that is a noun or a deed."""
        for back in (1, 2, 3):
            if word_at(stream, place - back) in ARTICLES or not word_at(stream, place - back):
                return word_at(stream, place - back) in ARTICLES
            kinds = self.kinds_at(stream, place - back) - {"quiet", *ADJECTIVES, "colour"}
            if kinds and not (back == 1 and kinds == {"thing"}):  # a mushroom picker
                return False
        return False

    def _deed(self, stream: list[Token], place: int) -> Word | None:
        word, after = stream[place].word, word_at(stream, place + 1)
        follows = self._object_at(stream, place + 1) or (
            after in PREPOSITIONS and self._before != "adverb"
        )
        several = len(self.subject) > 1 and follows and not word.endswith(("ly", "y"))
        if not (word.endswith(("s", "ed", "ing")) or several) or not word.isascii():
            return None
        if word[0].isdecimal():  # 80s
            return None
        if after in PREPOSITIONS or not after:
            return DOING
        return HANDLING

    def seems_done(self, stream: list[Token], place: int, words: int) -> bool:
        """Whether a word that says nothing to be drawn is what somebody does all the same: the
        lexicon has it without its ending, too."""
        word = stream[place].word
        if words > 1 or not self.subject or self._verb is not None or word in BODY:
            return False
        if self._before not in ("figure", "name", "adverb") or word in PREPOSITIONS:
            return False
        if len(self.subject) > 1 and self._object_at(stream, place + 1):
            return word not in ("and", "of", "or", "are", "have", "with", "all")
        if not word.endswith("s") or word.endswith(("ss", "us", "is")):
            return False
        return any(lexicon().find((one,)) for one in (word[:-1], word.removesuffix("es")))

    def only_said_which(self, word: str) -> None:
        """ "sweeps cherry petals": no cherry; an unknown noun right after a thing is what is
        meant, and that is not drawn."""
        done = self._verb is not None or bool(self._prep) or self.in_slug
        noun = not word.endswith(("ly", "ing", "ed")) and word not in PREPOSITIONS
        if (
            done
            and noun
            and self._adjoins
            and self._before == "thing"
            and self._last_thing not in ANIMALS
        ):
            self.drop_modifier("thing")
        if noun and self._adjoins and self._before == "figure" and self._shows_a_thing():
            self.drop_person(worn=False, all_of_them=False)  # a guest register
        self._adjoins = False

    def _shows_a_thing(self) -> bool:
        """Whether it is an insert that has nothing so far but somebody unnamed."""
        unnamed = len(self.drafts) == 1 and not self.drafts[0].name
        return self.facts.get("shot") == "insert" and unnamed and self._verb is None

    def aims(self) -> bool:
        """Whether what follows "at" is what a deed is done to, and no place."""
        return self._prep == "at" and self._verb is not None and self._verb.value not in _WAITS

    def is_something(self, stream: list[Token], place: int) -> bool:
        """Whether an unknown word is plainly a thing; a picture has one such at most."""
        held = self._prep == "with" and word_at(stream, place + 1) in _HELD
        if self.label[1] or (self._prep and not held) or self._not or stream[place].owns:
            return False
        if held:
            return word_at(stream, place - 1) in DETERMINERS
        return is_a_thing(
            stream,
            place,
            after=self.kinds_at(stream, place + 1),
            verb=None if self._new_clause else self._verb,
            inserts=self.facts.get("shot") == "insert" and not self.drafts and not self.things,
        )

    def seen_over_shoulder(self, stream: list[Token], place: int) -> int:
        """ "over Anna's shoulder": she is in it, from behind, and the camera is there; unless
        somebody does something over a shoulder."""
        opens = stream[place].word == "looking" and stream[place].first and not self.drafts
        if opens and place + 1 < len(stream) and self.seen_over_shoulder(stream, place + 1):
            return 2  # the camera does
        if stream[place].word not in ("over", "past"):
            return 0
        near = [one.word for one in stream[place + 1 : place + 6]]
        near = near[: near.index("")] if "" in near else near
        shoulder = next((k for k, word in enumerate(near) if word in ("shoulder", "shoulders")), -1)
        if shoulder < 0:
            return 0
        if self._before in _WORN or (self.subject and self._verb is not None):
            return shoulder + 2  # a bag over her shoulder
        after = [one.word for one in stream[place + shoulder + 2 : place + shoulder + 4]]
        if after and after[0] == "of" and "thing" in self.kinds_at(stream, place + shoulder + 4):
            self.facts["camera"] = "high"  # a dragon's
            return shoulder + 3
        self.facts["camera"] = "over the shoulder"
        self.over_shoulder = True
        return 1
