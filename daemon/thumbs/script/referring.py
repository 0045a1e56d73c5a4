"""Whom she, he and they mean: who was named, or whoever was spoken of last before this shot.

Who that is `introductions` says; how somebody comes into the picture `people` does.
"""

from __future__ import annotations

from dataclasses import replace

from daemon.thumbs.script.drafts import Draft
from daemon.thumbs.script.groups import Groups
from daemon.thumbs.words import BESIDE_WHOM, TO_WHOM

_SPOKEN_OF = {"f": "(she)", "m": "(he)"}


class Referring(Groups):
    """Pronouns across shots."""

    def person(self, name: str, owns: bool = False) -> None:
        """Somebody by name; `people` knows."""
        raise NotImplementedError(name, owns)

    def do_the_same(self) -> None:
        """As who was named before those whom the clause is about."""
        others = [one for one in self.drafts if one not in self.subject and one.acted]
        for one in self.subject if others else []:
            same = ("pose", "base", "on", "held")
            one.facts |= {key: said for key, said in others[-1].facts.items() if key in same}
            one.acted = True

    def remembered(self, sex: str, *, owns: bool = False) -> list[Draft]:
        name = self.known.get(_SPOKEN_OF.get(sex, ""), "")
        if not name or any(one.name == name for one in self.drafts):
            return []
        self.person(name, owns)
        return self.drafts[-1:]

    def pronoun(self, word: str) -> None:
        """He, she, they: somebody who was named, or somebody new where nobody was."""
        if self._prep == "behind" and self._is_behind(word):
            return
        if word in ("they", "them", "two", "они"):
            self._they(word)
            return
        sex = "f" if word in ("she", "her", "она") else "m"
        met = word in ("her", "him") and self._prep in TO_WHOM and "camera" not in self.facts
        if met and self._is_met(sex):
            return
        if word in ("her", "him") and self._is_beside(sex):
            return
        sure = any(one.sex == sex and one not in self.group for one in self.drafts)
        self._prep = "" if word in ("he", "she") else self._prep
        if word in ("he", "she") and not sure and self.remembered(sex):
            return  # kids splash, and she rides out
        known = self._of_sex(sex)
        if word == "her" and (self._act is None or not known):  # her hat
            self._owner = next(iter(known[-1:] or self.remembered(sex, owns=True)), None)
            return
        if self._act is not None and word in ("him", "her"):
            others = [one for one in known if one not in self.subject]
            self._target(
                others[-1] if others else self._new(Draft(noun="other", sets={"sex": sex}))
            )
            return
        if word in ("him",):
            return
        if not known:
            self._prep = ""
            if self.remembered(sex):
                return
        self.subject = [known[-1]] if known else [self._new(Draft(noun=word, sets={"sex": sex}))]
        self._last, self._verb, self._joins = self.subject[0], None, False
        self._before, self._is_of_before = "figure", False

    def _is_behind(self, word: str) -> bool:
        """A dog behind her, or what is behind her from here on."""
        follows = self._thing_last and not self._thing_prep
        if follows and self.things:  # a dog behind her
            self.things[-1] = replace(self.things[-1], relation="after")
            self._prep = ""
            return True
        stands = bool(self.subject) and self._verb is not None  # in the doorway behind him
        behind = word in ("her", "him", "them")
        if behind and self.drafts and not stands:
            self._prep = ""  # behind her a curtain is drawn
            self._waiting.append(("at", "far"))
            return True
        return False

    def _they(self, word: str) -> None:
        if word != "them" and not self.drafts:
            for name in filter(None, self.known.get("(they)", "").split(";")):
                self.person(name)
            self._enter_all(list(self.drafts) or self._several("they", 2))
        elif len(self.drafts) > 1 and word != "them":
            self.subject = list(self.group if len(self.group) > 1 else self.drafts[:2])

    def _is_met(self, sex: str) -> bool:
        """Somebody to or beside whom it is done, who is spoken of: whether there is one."""
        others = [one for one in self.drafts if one.sex == sex and one not in self.subject]
        far, prep = self._prep == "behind", self._prep
        self._prep = "opposite" if far else prep
        if others:
            self._enter(others[-1], owns=False)
        elif not self.subject or not self.remembered(sex):
            self._prep = prep
            return False
        met = self._last
        for one in self.drafts if far else []:  # who stands behind him is farther away
            if one is not met:
                one.facts.setdefault("at", "far")
        return True

    def _is_beside(self, sex: str) -> bool:
        """ "A girl sits down across from him": whether there is somebody whom nothing named."""
        near = self.facts.get("shot", "") in ("close-up", "extreme close-up", "insert")
        alone = len(self.drafts) == 1 and self.drafts == self.subject
        stands = {self._prep, self._led_by()} & BESIDE_WHOM
        if near or not alone or not stands or self.subject[0].sex == sex:
            return False
        named, other = self.subject[0], self._new(Draft(noun="other", sets={"sex": sex}))
        pose, on = (named.facts.get(key, "") for key in ("pose", "on"))
        if pose.startswith("sitting"):
            other.facts |= {"pose": pose} | ({"on": on} if on else {})
        self._enter(other, owns=False)
        self.subject = [named, other]  # on a bench, both
        return True
