"""Who is in the picture: people by name, by noun, in groups and crowds."""

from __future__ import annotations

from dataclasses import replace

from daemon.thumbs.idioms import word_at
from daemon.thumbs.lexicon import Word, lexicon
from daemon.thumbs.script.described import introduce, learn
from daemon.thumbs.script.drafts import Draft
from daemon.thumbs.script.memory import Memory
from daemon.thumbs.script.nobody import Nobody
from daemon.thumbs.uses import ANIMALS

OBJECT_ACTS = {
    "punching": "hit",
    "kicking": "hit",
    "aiming": "aim",
    "pointing": "point at",
    "pulling": "drag",
    "pushing": "push",
    "hugging": "embrace",
    "carrying": "carry",
    "bowing": "help",
    "kneeling": "help",
    "giving": "give",
    "reaching": "tend",
    "working": "tend",
    "catching": "embrace",
}
"""Pose: the action it is where it is done to somebody."""


_SHOWING = ("show", "display", "present")
OF_TWO = ("shake hands", "hold hands")
"""What nobody does alone."""
CHILDREN = ("daughter", "son", "sister", "brother", "grandson", "granddaughter")
"""Who is a child where somebody carries or dresses them."""


class People(Nobody):
    """Nouns that are people, bound to their adjectives, and to the verbs before them."""

    def person(self, name: str, owns: bool = False) -> None:
        """Somebody by name, in the picture from now on."""
        if self._not or self._viewer:
            self._not = self._viewer = False
            return
        self._head = self._head or ("" if owns else "figure")
        self._before = "figure"
        known = next((one for one in self.drafts if one.name.casefold() == name.casefold()), None)
        if known is None:
            sex = lexicon().names.get(name.split()[0].casefold()) or (
                "f" if name[-1:] in "aаяeе" and name[-2:] not in ("ke",) else "m"
            )
            known = Draft(noun=name, name=name, sets={"sex": sex})
            self._describe(known)
            known.sets |= self.looks.get(name, {})
            self._new(known)
        self._enter(known, owns)

    def titled(self, name: str) -> bool:
        """ "Doctor Patel", "Granny Ruth": one person, whose name that is."""
        last = self.drafts[-1] if self.drafts else None
        if self._before != "figure" or last is None or last.name or last is not self._last:
            return False
        if any(one.name.casefold() == name.casefold() for one in self.drafts):
            self.drafts.pop()
            self.subject = [one for one in self.subject if one is not last]
            self._last = self.subject[-1] if self.subject else None
            return False
        last.name = name
        if sex := lexicon().names.get(name.split()[0].casefold()):
            last.be(sex)
        if name not in self.cast:
            self._describe(last)
        return True

    def _describe(self, draft: Draft) -> None:
        """With what the cast says of them, or else what introduced them."""
        if words := self.cast.get(draft.name):
            learn(draft, self._read_anew(words))
            return
        for words in self.known.get(draft.name.casefold(), "").split(";"):
            introduce(draft, self._read_anew(words), words)

    def _read_anew(self, words: str) -> Memory:
        described = type(self)()
        described.read(words)
        return described

    def _person_noun(self, word: Word, phrase: tuple[str, ...], owns: bool) -> None:
        ward = self.in_slug and not self.drafts and (owns or self._is_shouted())
        if self._not or self._viewer or ward or self._is_nobody(phrase):
            self._not = self._viewer = False
            self._waiting = []
            return
        if word.value == "crowd":
            self.crowd, self._count = True, 0
            if "group" in (self._before, self._of) and self._head in ("group", ""):
                self._head = "thing"  # what a crowd does is not done by those before it
            return
        if (known := self._of_family(word)) is not None:
            self._enter(known, owns)
            return
        self._same_group(word)
        count = self._how_many(word)
        noun, new, self._new_one = " ".join(phrase), self._new_one, False
        if word.kind == "group":
            self._enter_or_own(self._several(noun, count), owns)
            return
        if count == 1 and not self._waiting:
            known = next((one for one in self.drafts if one.noun == noun and not one.name), None)
            if known is not None and not new and (self._count != 1 or owns):
                self._enter(known, owns)
                return
        group = []
        for number in range(min(count, 6)):
            draft = Draft(noun=f"{noun}{number or ''}", sets={"sex": word.value, **word.more})
            group.append(self._new(draft))
            self._put_waiting(draft)
        self.crowd = self.crowd or count > 6
        self._waiting, self._colour = [], ""
        self._enter_or_own(group, owns)

    def _finish_act(self) -> None:
        """As it is for one; what nobody does alone has somebody else."""
        beast = any(one.kind in ANIMALS for one in self.things)  # a boy and a fox face each other
        alone = self._act is not None and self._act.value in OF_TWO and len(self.subject) == 1
        if alone and not beast:
            self._target(self._new(Draft(noun="other", sets={"sex": "mf"})))
        super()._finish_act()

    def _enter_all(self, group: list[Draft]) -> None:
        if self._act is not None and self.subject:
            self._target(group[0])
            return
        if self._is_object(group[0]):
            self._target(group[0])
            return
        self.group, self._told, self.beast, self._is_of_before = group, 0, -1, False
        self.subject = [*self.subject, *group] if self._joins_others() else group
        self._last, self._verb, self._count, self._joins, self._prep = group[0], None, 0, False, ""
        self._thing_last = False

    def _enter(self, draft: Draft, owns: bool) -> None:
        """Somebody is spoken of: the subject, one more subject, or the other side of an action."""
        for key, value in self._waiting:
            draft.say(key, value)
        self._waiting = []
        self._count = 0
        self._thing_last, self.beast = False, -1
        if owns:
            self._owner = draft
            self._last = self._last or draft
            new = draft in self.drafts[-1:] and not draft.acted
            draft.only_owns = new and not self.over_shoulder
            if self.over_shoulder:
                self.over_shoulder = False
                self.drafts.remove(draft)
                self.drafts.insert(0, draft)
            return
        self._is_led(draft)
        if self._act is not None and draft not in self.subject:
            if not self.subject and self._act.value in ("chase", "follow"):
                self._chased(draft)
            self._target(draft)
            if self.subject:
                return
        if self._is_object(draft):
            self._target(draft)
            return
        if self._prep in ("before",) and self.subject:
            draft.say("at", "near")
        elif self._prep == "behind" and self.subject:
            draft.say("at", "far")
        if self._prep and self._verb is not None:  # walks beside a man: he is no subject
            with_them = self._prep in ("with", "beside", "next to")
            self._towards(draft)
            self._last, self._prep = draft, ""
            if with_them and self.subject:
                draft.facts.setdefault("pose", self.subject[0].facts.get("pose", "standing"))
            return
        self.subject = [*self.subject, draft] if self._joins_others() else [draft]
        self._last, self._verb, self._joins, self._prep = draft, None, False, ""

    def _joins_others(self) -> bool:
        """ "A boxer on a stool, a trainer pressing ice to his eye": the trainer does it alone."""
        stream, place, words = self._here
        opens = not {word_at(stream, place - k) for k in (1, 2, 3)} & {"and", "&"}
        alone = self._loosely and opens and word_at(stream, place + words).endswith("ing")
        return self._joins and bool(self.subject) and not alone

    def _towards(self, draft: Draft) -> None:
        """What is done for, to or before somebody is turned to them."""
        moves = self._verb is not None and self.pose_of(self._verb) in ("walking", "running")
        turned = self._prep in ("for", "to", "at", "before") and self.subject and not moves
        if turned and not self.action and draft not in self.subject:
            self.action, self.pair = "face", (self.subject[0], draft)
            rest = [one for one in self.drafts if one not in self.pair]
            self.drafts = [*self.pair, *rest]

    def _is_led(self, draft: Draft) -> None:
        """By a beast that pulls them; who is led is there themselves."""
        draft.only_owns = self._is_of_before = False
        if self._pulled and self.things:
            self._pulled = False
            draft.say("pose", "pulling")
            self.things[-1] = replace(self.things[-1], relation="before")
            self.doers[self.things[-1].kind] = draft

    def _chased(self, draft: Draft) -> None:
        """By a beast, which was named before."""
        draft.say("pose", "running")
        if self.things:
            self.things[-1] = replace(self.things[-1], relation="after")

    def _is_object(self, draft: Draft) -> bool:
        """Whether what somebody does is done to this one: pushes an old man, scolds two boys."""
        verb = self._verb
        if (
            verb is None
            or self._prep
            or self._new_clause
            or draft in self.subject
            or not self.subject
        ):
            return False
        act = "face" if verb.more.get("guess") else OBJECT_ACTS.get(self.pose_of(verb), "")
        young = draft.sets.get("age") in ("child", "baby")
        laden = bool(self.subject[0].facts.get("held"))
        if verb.value == "holding" and self.done and self.done[-1].verb.startswith(_SHOWING):
            act = "face"
        elif (
            not act and not laden and verb.value == "holding" and (young or draft.noun in CHILDREN)
        ):
            act = "carry"
            draft.facts.setdefault("age", "child")
        if act:
            self._act = Word("act", act)
            for one in self.subject if verb.value == "catching" else []:
                one.facts.pop("held", None)
        return bool(act)
