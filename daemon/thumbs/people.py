"""Who is in the picture: people by name, by noun, in groups and crowds."""

from __future__ import annotations

from daemon.thumbs.deeds import Deeds
from daemon.thumbs.drafts import Draft
from daemon.thumbs.lexicon import Word, lexicon
from daemon.thumbs.memory import Memory

_KEPT = (
    "sex",
    "age",
    "body",
    "build",
    "skin",
    "hair",
    "hair_colour",
    "beard",
    "hat",
    "hat_colour",
    "wear",
    "colour",
    "below",
    "below_colour",
)


class People(Deeds):
    """Nouns that are people, bound to their adjectives, and to the verbs before them."""

    def person(self, name: str, owns: bool = False) -> None:
        """Somebody by name, in the picture from now on."""
        if self._not or self._viewer:
            self._not = self._viewer = False
            return
        self._head = self._head or "figure"
        self._before = "figure"
        known = next((one for one in self.drafts if one.name.casefold() == name.casefold()), None)
        if known is None:
            sex = lexicon().names.get(name.split()[0].casefold()) or (
                "f" if name[-1:] in "aаяeе" and name[-2:] not in ("ke",) else "m"
            )
            known = Draft(noun=name, name=name, sets={"sex": sex})
            if words := self.cast.get(name):
                described = type(self)()
                described.read(words)
                _learn(known, described)
            self._new(known)
        self._enter(known, owns)

    def _person_noun(self, word: Word, phrase: tuple[str, ...], owns: bool) -> None:
        if self._not or self._viewer:
            self._not = self._viewer = False
            self._waiting = []
            return
        if word.value == "crowd":
            self.crowd = True
            self._count = 0
            if self._before == "group" and self._head in ("group", ""):
                self._head = "thing"  # what a crowd does is not done by those before it
            return
        count = self._count or 1
        if word.kind == "group":
            count = self._count if self._count > 1 else int(word.value)
        elif word.many and self._count < 2:
            count = 3
        noun = " ".join(phrase)
        if word.kind == "group":
            self._several(noun, count)
            return
        if count == 1 and not self._waiting:
            known = next((one for one in self.drafts if one.noun == noun and not one.name), None)
            if known is not None and (self._count != 1 or owns):
                self._enter(known, owns)
                return
        group = []
        for number in range(min(count, 5)):
            draft = Draft(noun=f"{noun}{number or ''}", sets={"sex": word.value, **word.more})
            group.append(self._new(draft))
            self._put_waiting(draft)
        self.crowd = self.crowd or count > 4
        self._waiting, self._colour = [], ""
        if len(group) > 1:
            self._enter_all(group)
        else:
            self._enter(group[0], owns)

    def _several(self, noun: str, count: int) -> None:
        pairs = {
            "couple": "mf",
            "lovers": "mf",
            "newlyweds": "mf",
            "parents": "mf",
            "family": "mfc",
        }
        kinds = pairs.get(noun, "")
        sex = "m" if noun in ("men", "boys") else "f" if noun in ("women", "girls") else "mf"
        age = "child" if noun in ("children", "kids", "boys", "girls", "дети", "детей") else "adult"
        group = []
        for number in range(min(count, 4)):
            own = kinds[number] if number < len(kinds) else sex
            sets = {"sex": "mf" if own == "c" else own, "age": "child" if own == "c" else age}
            group.append(self._new(Draft(noun=f"{noun}{number}", sets=sets)))
            self._put_waiting(group[-1])
        self.crowd = self.crowd or count > 4
        self._waiting, self._colour = [], ""
        self._enter_all(group)

    def _put_waiting(self, draft: Draft) -> None:
        for key, value in self._waiting:
            draft.say(key, value)
        if self._colour and draft.noun not in ("horse",):
            draft.say("colour", self._colour)

    def _new(self, draft: Draft) -> Draft:
        if len(self.drafts) < 8:
            self.drafts.append(draft)
        else:
            self.crowd = True
        return draft

    def _enter_all(self, group: list[Draft]) -> None:
        if self._act is not None and self.subject:
            self._target(group[0])
            return
        self.subject = [*self.subject, *group] if self._joins else group
        self._last, self._verb, self._count, self._joins, self._prep = group[0], None, 0, False, ""
        self._thing_last = False

    def _enter(self, draft: Draft, owns: bool) -> None:
        """Somebody is spoken of: the subject, one more subject, or the other side of an action."""
        for key, value in self._waiting:
            draft.say(key, value)
        self._waiting = []
        self._count = 0
        self._thing_last = False
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
        draft.only_owns = False
        if self._act is not None and draft not in self.subject:
            self._target(draft)
            return
        if self._prep in ("before",) and self.subject:
            draft.say("at", "near")
        elif self._prep == "behind" and self.subject:
            draft.say("at", "far")
        if self._prep and self._verb is not None:  # walks beside a man: he is no subject
            with_them = self._prep in ("with", "beside", "next to")
            self._last, self._prep = draft, ""
            if with_them and self.subject:
                draft.facts.setdefault("pose", self.subject[0].facts.get("pose", "standing"))
            return
        self.subject = [*self.subject, draft] if self._joins and self.subject else [draft]
        self._last, self._verb, self._joins, self._prep = draft, None, False, ""


def _learn(draft: Draft, described: Memory) -> None:
    """What a description says of a character: its first person, or its words alone."""
    found = described.drafts[0] if described.drafts else None
    if found is not None:
        draft.sets = {
            **draft.sets,
            **{k: v for k, v in found.sets.items() if not (k == "sex" and v == "mf")},
        }
        draft.facts.update({key: value for key, value in found.facts.items() if key in _KEPT})
        draft.extras += found.extras
    for key, value in described._waiting:
        if key in _KEPT:
            draft.facts.setdefault(key, value)
        elif key == "extras":
            draft.say("extras", value)
