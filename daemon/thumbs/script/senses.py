"""What a word means where it stands: noun or verb, name or person, and a guess at what is unknown.

Looks at the words before and after; what follows from a meaning `binding` and its bases know.
"""

from __future__ import annotations

from daemon.thumbs.idioms import (
    after_participle,
    around_adjective,
    is_base,
    no_verbs,
    opening,
    plainly_done,
    word_at,
)
from daemon.thumbs.lexicon import LONGEST, Word, lexicon
from daemon.thumbs.script.naming import Naming
from daemon.thumbs.script.neighbours import meant
from daemon.thumbs.script.suspects import HANDLING, SELVES
from daemon.thumbs.tokens import Token
from daemon.thumbs.words import (
    ADJECTIVES,
    ARTICLES,
    BODY,
    CAST_BY,
    DETERMINERS,
    NOUN_KINDS,
    PREPOSITIONS,
    PRONOUNS,
    VAGUE_SHOTS,
)

QUIET = Word("quiet", "")
BODILY = Word("bodily", "")
SOMEBODY = Word("figure", "mf")
DOING = Word("verb", "standing", {"guess": "1"})

_BEFORE_BASE = frozenset([
    "to", "and", "or", "can", "could", "will", "would", "must", "may", "might", "not", "then",
    "never", "should", "&",
])  # fmt: skip
"""After what a verb without an ending is somebody's deed."""


class Senses(Naming):
    """Chooses among meanings, by what was read before and what comes; `around` are all words of
    the text."""

    around: frozenset[str] = frozenset()

    def longest(self, stream: list[Token], place: int) -> tuple[int, tuple[Word, ...]]:
        """The longest phrase of the lexicon that begins here, and what it may mean."""
        words: list[str] = []
        opens = word_at(stream, place - 1) in ("a", "an")  # a duck under one arm
        for token in stream[place : place + LONGEST]:
            if token.is_mark:
                break
            words.append(token.word)
        for count in range(len(words), 0, -1):
            if count == 1 and (wide := around_adjective(words)):
                return wide
            if count == 1 and (found := meant(words[0], self.around)):
                return 1, found
            found = lexicon().whole(words, count)
            ends = opens and count > 1 and words[count - 1] in PREPOSITIONS
            if found and not (ends and all(map(_is_base, found))):
                return count, found
        return 1, ()

    def kinds_at(self, stream: list[Token], place: int) -> frozenset[str]:
        """The kinds of word that may begin here; empty at a mark and for what is not known."""
        if place >= len(stream) or stream[place].is_mark:
            return frozenset()
        return frozenset(one.kind for one in self.longest(stream, place)[1])

    # --- what is known in several ways ------------------------------------------------------------

    def is_modifier(self, word: Word, stream: list[Token], place: int, words: int) -> bool:
        """ "a crying child", "the parked car": a deed in -ing or -ed right before its noun."""
        last = stream[place + words - 1].word
        if word.kind not in ("verb", "act") or not last.endswith(("ing", "ed", "en")):
            return False
        before = word_at(stream, place - 1)
        if last.endswith("en") and before in PREPOSITIONS:
            return bool(self.kinds_at(stream, place + words) & {"figure", "group", "thing"})
        stands = before in ARTICLES | {"of", "some"} or self.has_adjective or self._count > 0
        stands = stands or (  # a hideous knitted sweater
            word_at(stream, place - 2) in ARTICLES
            and not self.kinds_at(stream, place - 1)
            and self._before != "figure"
        )
        opens = not before and word.form == "ing" and not self.subject
        if not (stands or opens):
            return False
        after = self.kinds_at(stream, place + words)
        busy = before in ARTICLES and word.form == "ing" and self._verb is not None
        if busy and after and after <= {"verb", "act"}:
            return is_base(word_at(stream, place + words))  # beside the falling water
        if stands and word.form == "ing" and not after and word_at(stream, place + words).isalpha():
            return before in ARTICLES  # a smoking crater
        nouns = {"figure", "group", "thing", "wear"}
        if after & nouns:
            return not (opens and "thing" in after)
        further = self.kinds_at(stream, place + words + 1)
        return stands and bool(after & {*ADJECTIVES, "colour"}) and bool(further & nouns)

    def choose(self, found: tuple[Word, ...], stream: list[Token], place: int, words: int) -> Word:
        """The meaning that fits what stands before and after."""
        first, after = stream[place], word_at(stream, place + words)
        before = word_at(stream, place - 1)
        found = _no_styles(no_verbs(found, before * (words == 1), first.word), before, after)
        kinds = {one.kind: one for one in found}
        if (
            words == 1
            and first.word in VAGUE_SHOTS
            and kinds.keys() & {"shot", "camera", "weather"}
        ):
            rest = [one for one in found if one.kind not in ("shot", "camera", "weather")]
            named = after in ("shot", "angle") or (after == "of" and before in ("a", "on", "in"))
            if (before or self._is_counted(first.word, stream, place)) and not named:
                return rest[0] if rest else QUIET
        owned = before in ("his", "her", "their") or (place > 0 and stream[place - 1].owns)
        bodily = CAST_BY if "part" in kinds else (*CAST_BY, *BODY)
        if owned and words == 1 and first.word in bodily:
            return QUIET if first.word in CAST_BY else BODILY  # what his shadow does he doesn't
        if len(found) == 1:
            return self._only(found[0], stream, place, words)
        if "shot" in kinds and not before:
            return kinds["shot"]
        if "weather" in kinds and self._before not in ("figure", "name"):
            return kinds["weather"]
        if "part" in kinds and owned:
            return kinds["part"]
        noun = next((one for one in found if one.kind in NOUN_KINDS), None)
        verb = next((one for one in found if one.kind in ("verb", "act")), None)
        if "colour" in kinds and len(kinds) == 2 and noun:
            alone = not after or after in PREPOSITIONS
            return noun if alone or (after == "and" and before in DETERMINERS) else kinds["colour"]
        if verb and "act" in kinds and "verb" in kinds:
            verb = self._act_or_pose(kinds["act"], kinds["verb"], stream, place + words)
        if noun and verb:
            return self._noun_or_verb(noun, verb, stream, place, words)
        if "place" in kinds and "thing" in kinds:
            return kinds["place"] if before in ("in", "at") or self.in_slug else kinds["thing"]
        return kinds["hat"] if "hat" in kinds and "thing" in kinds else verb or found[0]

    def _only(self, word: Word, stream: list[Token], place: int, words: int) -> Word:
        """A word with one meaning that can't have it here: "he brushes dust", "the back row"."""
        before, after = word_at(stream, place - 1), word_at(stream, place + words)
        named = before in ARTICLES and before not in ("one", "another", "that")
        named = named or self._is_named_by_adjective(word, stream, place)
        finite, typed = word.kind in ("verb", "act") and not word.form, stream[place].word
        if finite and named and self._of != "group":  # a family of four sits
            return QUIET
        bodily = words == 1 and typed in BODY and after not in DETERMINERS | {""}  # tears roll
        if finite and (bodily or self.is_a_noun(stream, place, words)):
            return QUIET
        base = word.kind == "verb" and not word.form and words == 1 and is_base(typed)
        alone = base and len(self.subject) == 1
        if alone and self._verb is not None and before and before not in _BEFORE_BASE:
            return QUIET  # watches the others swim
        if alone and not before and (self._verb is not None or after.endswith("ing")):
            return QUIET  # he sits on a throne, smoke behind
        drawn = self._before == "thing" and typed in ("drawn", "raised")
        drawn = drawn or (base and stream[place].first and not after)  # Sweat.
        if drawn or plainly_done(word, self._before or before, typed, after):
            return QUIET  # swords drawn, a trunk blocks the road
        blown = self.kinds_at(stream, place + words) & {"verb"} and after.endswith("ing")
        if blown and typed == "leaves":
            return Word("thing", "leaves")
        if word.more.get("build") == "giant" and after not in PREPOSITIONS | {"", "and"}:
            following = self.kinds_at(stream, place + words)
            if following & {"figure", "group"}:
                return Word("build", "giant")
            if not following & {"verb", "act"}:
                return QUIET
        moves = after in PREPOSITIONS | {"down", "up", "off", "out"}
        near = self._before == "figure" or (self._before == "thing" and moves)
        does = near and bool(self.subject) and self._verb is None
        ends = word.many or (word.kind == "thing" and typed.endswith("s") and moves)
        plural = word.kind in ("thing", "figure") and ends and words == 1
        if word.kind == "figure" and after and (is_base(after) or after.endswith("ing")):
            return word  # three drunk sailors carry, rival chefs glaring
        if does and plural and (after not in ("", "and") or word.kind == "figure"):
            return DOING if moves else HANDLING
        return word

    def _is_named_by_adjective(self, word: Word, stream: list[Token], place: int) -> bool:
        """ "the falling water": a noun, of whom already does something else."""
        which = word_at(stream, place - 1)
        base = word.kind in ("verb", "act") and not word.form and is_base(stream[place].word)
        if not base or self._verb is None or word_at(stream, place - 2) not in ARTICLES:
            return False
        kinds = self.kinds_at(stream, place - 1)
        return which.endswith(("ing", "ed")) or kinds <= {*ADJECTIVES, "colour", "quiet", "weather"}

    def _noun_or_verb(
        self, noun: Word, verb: Word, stream: list[Token], place: int, words: int
    ) -> Word:
        before, after = word_at(stream, place - 1), word_at(stream, place + words)
        if not verb.form and self.is_a_noun(stream, place, words):
            return noun  # digs with bare hands
        if self._is_named_by_adjective(verb, stream, place):
            return noun  # up the wet rock
        bare = not verb.form and not stream[place].word.endswith(("s", "ed"))
        alone = bool(self.subject) and self._verb is None and before not in DETERMINERS
        done_to = after in DETERMINERS or after in SELVES
        if alone and stream[place].word.endswith("s") and done_to:
            return verb  # a boy with a broken arm watches the others
        acts = after.endswith("ing") and self.kinds_at(stream, place + words) & {"verb"}
        if acts or (bare and after.endswith("ing") and not before):
            return noun  # leaves flying
        if (bare and after_participle(stream, place)) or (before == "of" and verb.form != "ing"):
            return noun
        second = word_at(stream, place - 2)  # two racks of tomato plants
        named = second == "of" and self._before != "figure" and not (verb.form or done_to)
        if named or (bare and second in opening(self._before)):
            return noun  # bury a tin box, the snowy garden
        if self._before in ("thing", "weather", "part", "verb", "act"):  # camels cross, feeds ducks
            return noun if self._before in ("verb", "act") else verb
        follows = verb.kind == "verb" and after in PREPOSITIONS | {"next"}
        if bare and not before and (follows or (self.subject and self._verb is not None)):
            return noun
        if bare and not before and len(self.subject) == 1 and is_base(stream[place].word):
            return noun  # Ruth at the table, sink light behind
        joined = before == "and" and self._joins and noun.kind == "figure"
        if joined or before in DETERMINERS or before in PREPOSITIONS or self.has_adjective:
            return noun if verb.form != "ing" else verb
        return verb if self.subject or verb.form or self.beast >= 0 else noun

    def _act_or_pose(self, act: Word, pose: Word, stream: list[Token], place: int) -> Word:
        """`act` if somebody follows before the clause is over, or several do it."""
        near = [one.word for one in stream[place : place + 4]]
        if act.value == "give" and any(
            one.kind == "thing" for word in near for one in lexicon().find((word,))
        ):
            return act
        direct = True
        for token in stream[place : place + 7]:
            if token.is_mark or token.word in ("while", "as", "and", "who"):
                break
            direct = direct and token.word not in PREPOSITIONS
            if direct and any(one.kind == "thing" for one in lexicon().find((token.word,))):
                return pose
            if token.is_capital and not token.first:
                return act
            if token.word in ("him", "her", "them", "other", "another"):
                return act
            if any(one.kind in ("figure", "group") for one in lexicon().find((token.word,))):
                return act
        return act if len(self.subject) > 1 else pose

    def is_pronoun(self, stream: list[Token], place: int) -> bool:
        """ "The two walking home" are they, too."""
        opened = (
            stream[place].word == "two" and place and stream[place - 1].word in ("the", "these")
        )
        after = self.kinds_at(stream, place + 1) if opened else frozenset[str]()
        return stream[place].word in PRONOUNS or (bool(after) and after <= {"verb", "act"})


def _no_styles(found: tuple[Word, ...], before: str, after: str) -> tuple[Word, ...]:
    """What may be a thing is a style only by itself: not a poster on a wall."""
    if after in ("style", "art") or (before in ("", "in") and not after):
        return found
    nouns = any(one.kind in NOUN_KINDS for one in found)
    return tuple(one for one in found if one.kind != "style") if nouns else found


def _is_base(word: Word) -> bool:
    return word.kind in ("verb", "act") and not word.form
