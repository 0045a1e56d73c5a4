"""One word after the other, bound to what it belongs to: all that `grammar` asks for."""

from __future__ import annotations

from daemon.thumbs.idioms import word_at
from daemon.thumbs.lexicon import Word, lexicon
from daemon.thumbs.script.creatures import MOUTHS
from daemon.thumbs.script.memory import Memory
from daemon.thumbs.script.pets import Pets
from daemon.thumbs.words import (
    ADJECTIVES,
    ALIKE,
    BINDING,
    CARRIED,
    CAST_BY,
    CLOTHES,
    HEADS,
    KEEPING,
    LEADING,
    NOT_THERE,
    OWN_WORDS,
    RAISED,
    READY,
    SAME_AS,
    SETTING,
    SILHOUETTED,
)

_HOLES = ("keyhole", "peephole", "binocular", "binoculars", "telescope", "spyglass", "scope",
          "periscope", "camera", "drone", "window")  # fmt: skip
"""What a point of view is through, or of, right before."""


class Binder(Pets):
    """Marks, small words and settings; the rest it has from its bases."""

    def only_setting(self) -> None:
        """Forget everything but shot, time, style and the like: a board's style draws nobody."""
        kept, known = {key: one for key, one in self.facts.items() if key in SETTING}, self.unknown
        Memory.__init__(self, self.cast)
        self.facts, self.unknown = kept, known

    def end_clause(self, *, full: bool, mark: str = "") -> None:
        """A comma keeps who it is about; a full stop keeps only who was last."""
        if self._colour and self._last is not None and self._prep == "in":
            self._last.say("colour", self._colour)
        last = self._before
        self._colour = self._old_colour = self._head = self._before = self._of = ""
        self._joins = mark == "," and self._joins
        self._prep, self._not, self._count, self._adjoins = "", False, 0, False
        self._viewer, self._new_clause = False, True
        if mark == "while":
            self._finish_act()
            self._verb, self._joins, self._waiting, self._aside = None, False, [], True
        elif full:
            self._aside = False
            self._finish_act()
            for key, value in self._waiting:
                if self._last is not None and key in ADJECTIVES:
                    self._last.say(key, value)
            kept = [pair for pair in self._waiting if pair[0] == "facing" and not self.drafts]
            self._waiting, self._verb, self.in_slug, self._outside = kept, None, False, False
            self._is_of_before = True
        elif mark == "," and self._last is not None:
            for key, value in self._waiting:
                self._last.say(key, value)
            self._waiting = []
            self._joins = self._verb is None and bool(self.subject) and not self._is_of_before
            self._loosely = last not in ("figure", "group", "name")

    def number(self, count: int) -> None:
        """How many of what follows; after "a family of", of what came before."""
        if self._of == "group" and self.group:
            self._more_of_group(count)
            return
        self._count = count

    def quiet(self, phrase: tuple[str, ...]) -> None:
        """A small word, which binds others or says nothing."""
        self._adjoins, word = False, " ".join(phrase)
        if word == "of":
            self._of = self._last_thing if self._before == "thing" else self._before
        self._before = self._before if word in KEEPING else ""
        self._outside = self._outside or word in ("outside", "out of")
        self._says_how(word)
        if word in NOT_THERE or word == "except":
            self._not = word != "except" or self._excepted()
        elif word in ("and", "и", "&", "then"):
            self._joins = self._verb is None and bool(self.subject)
            if self._verb is not None and not self._verb.more.get("take"):
                self._new_clause, self._head = True, ""  # trips and a tray goes flying
            self._old_colour = self._colour or self._old_colour
        elif word in ("long", "short"):
            self._length = word
        elif word in ("another", "a second"):  # not the one who was named
            self._count, self._new_one = 1, True
        elif word == "everywhere" and len(self.group) > 1 and self.drafts == self.group:
            self.crowd = True  # kids everywhere
        elif word == "it" and not self._head and self._verb is None:
            self._head = "thing"  # it is tied to a post
        elif word in OWN_WORDS:
            if word in ("a", "an"):  # a white beard and a cap: the cap is not white
                self._count, self._old_colour = 1, ""
            if word == "his" or (word in ("her", "their") and self._last is not None):
                self._owner = self._male() if word == "his" else self._last
        elif word in MOUTHS and self._prep == "in":
            self.in_its_mouth()
        elif word in CARRIED and self._prep in ("under", "on", "over", *("in",) * (word != "back")):
            self._carried()  # not in the back of a car
        elif word in BINDING:
            self._settle_colour()
            self._prep, self._count = SAME_AS.get(word, word), 0  # both palms on the table
            self._outside = self._outside and (self.in_slug or word == "outside")

    def _says_how(self, word: str) -> None:
        """A small word that changes what was read already."""
        if word in RAISED:
            self._raise(word)
        if word in CAST_BY and self._owner is not None:
            self._head, self._owner = "thing", None
        if word in ALIKE:
            self.do_the_same()
        if word in SILHOUETTED[:2]:
            self._waiting.append(("body", "shadow"))
        for one in self.subject if word in SILHOUETTED[2:] else []:
            one.say("body", "shadow")
        if word in READY and self._thing_last and self._is_portable():
            self._carried()

    def _excepted(self) -> bool:
        """ "All sleep, except Jess": she does something else, and is there."""
        self._waiting, self.subject, self._verb = [], [], None
        return False

    def modifier(self, word: Word, after: frozenset[str]) -> None:
        """A deed that only says which: "a crying child" cries, "a parked car" does nothing."""
        if "thing" in after and not after & {"figure", "group"}:
            return
        if word.kind == "verb":
            self._waiting.append(("pose", self.pose_of(word)))
            self._waiting += [(key, said) for key, said in word.more.items() if key == "feeling"]

    def strange(self, typed: str) -> None:
        """A word that is not known: if it is what is held, nothing else is."""
        if self._verb is not None and self._verb.more.get("take") == "held" and not self._prep:
            for one in self.subject:
                if "held_colour" not in one.facts and not typed.endswith(("ly", "ed", "ing")):
                    one.facts.pop("held", None)
        if len(typed) > 1 or not typed.isascii():
            self.unknown.append(typed)

    def bind(self, word: Word, phrase: tuple[str, ...], owns: bool) -> None:
        """Take in one word or phrase of the lexicon."""
        kind = word.kind
        before, self._before = self._before, kind
        self.note_place(word, phrase)
        if kind in HEADS and not self._head and not owns:  # a child's ribbon tied to a post
            self._head = self._head_of(kind)
        self._drop_modifiers(kind, before, bare=phrase[0] not in LEADING)
        self._next_to_place = before == "place" and kind == "place"
        if kind in SETTING:
            self._setting(kind, word.value)
        elif kind in ("figure", "group"):
            self._person_noun(word, phrase, owns)
        elif kind == "thing":
            self._known_thing(word, phrase)
        elif kind == "place":
            self._place(word)
        elif kind in ("verb", "act"):
            self._done_by(word, before, phrase[-1])
        elif kind == "colour":
            self._colour = word.value
        elif kind == "hair_colour" and self._length:
            self._colour = word.value
            self._dress("hair", "hair")
        elif kind in ADJECTIVES:
            self._is_like_that(word, before)
        elif kind in ("wear", "below", "hat", "hair", "beard", "extras"):
            self._dress(kind, word.value, all_of_them=word.many)
        elif kind in ("facing", "side", "at"):
            self._stands(kind, word.value)
        elif kind == "slug":
            self.in_slug, self.slug = True, word.value
            self._outside = word.value == "out"
        elif kind in ("part", "bodily"):
            if self.action == "carry" and self._prep == "on" and phrase[-1] == "back":
                self.action = "piggyback"
            self._of_a_body(kind, word.value)

    def _is_like_that(self, word: Word, before: str) -> None:
        """An adjective, of somebody, of an animal or of both."""
        beast = before == "thing" and self.beast_feels(word.value)
        if not beast or self.is_joined_to_beast():
            self.beast_does_too(word)
            self._adjective(word.kind, word.value)
            if "awake" in word.more:  # eyes shut
                for one in self.subject or [one for one in [self._last] if one is not None]:
                    one.say("awake", "1")

    def _head_of(self, kind: str) -> str:
        """What a clause is about whose first noun is of that kind."""
        if kind == "part" and self._owner is not None:
            return "figure"  # Vera's hands
        if kind in CLOTHES:
            return "wear"
        return "thing" if kind in ("thing", "place", "part") else kind

    def _done_by(self, word: Word, before: str, last: str) -> None:
        """A deed, of whoever or whatever it is."""
        if before == "thing" and self._is_held_up(word, last):
            return
        joined = before == "thing" and self._thing_last and self.is_joined_to_beast()
        acts = self.beast_acts(word, before)
        if acts and joined:
            self._does(word)
            return
        if acts or self._is_of_a_thing(word, before):
            self.note_others(word, of_things=not self.drafts)
            return
        if self._is_a_blow(word):
            return
        if before in ("part", "bodily") and self.body_of is not None and self._new_clause:
            self.subject, self._last = [self.body_of], self.body_of  # the referee's hand counts
        self.beast_does_too(word)
        self._does(word)
        self._prep = last if last in ("behind", "under") else self._prep

    def _drop_modifiers(self, kind: str, before: str, *, bare: bool) -> None:
        """Of two nouns in a row the first only says which."""
        if bare and kind in ("figure", "thing", "place") and before == "thing":
            self.drop_modifier(kind)
        person = bare and before == "figure" and self._owner is None
        worn = kind in ("wear", "hat") and len(self.drafts) > 1
        if person and (kind == "figure" or ((kind == "thing" or worn) and self._adjoins)):
            self.drop_person(worn=worn, all_of_them=kind == "figure")
        if bare and kind in ("figure", "thing", "wear") and before == "place":
            self.weaken_place()
        self._adjoins = True

    def drop_modifier(self, kind: str) -> None:
        """A thing right before another noun only says which: a train window, a football player."""
        gone = self.things.pop() if self.things and self._thing_last else None
        if gone is not None and self.label[0] == gone.kind:
            self.label = ("", "")
        if kind == "thing":
            self._prep = self._thing_prep
        if gone is not None and self._inside and kind == "thing":
            self._set_place(self._inside, 2)
        for one in self.subject or self.drafts[-1:]:
            if gone is None and one.facts.get("held"):
                if self.label[0] == one.facts.pop("held"):
                    self.label = ("", "")
                if one.facts.get("pose") == "holding":
                    one.facts.pop("pose")
        self._thing_last = False

    def _before_here(self) -> set[str]:
        """The kinds of the word right before."""
        stream, place, _ = self._here
        return {one.kind for one in lexicon().find((word_at(stream, place - 1),))}

    def _looks_through(self) -> bool:
        """ "Keyhole POV of a man": he is seen."""
        stream, place, _ = self._here
        return word_at(stream, place - 1) in _HOLES

    def _setting(self, kind: str, value: str) -> None:
        if self._not:
            self._not = False
            return
        if value == "point of view" and self._before_here() & {"figure"}:
            self.forget_last()  # passenger POV
        self.facts[kind] = value
        self._viewer = value == "point of view" and not self._looks_through()
        self._colour = ""
