"""He, she and they: who of those that were named, here or by the board's earlier shots, they are.

Whom a board speaks of last `spoken_of` knows.
"""

from __future__ import annotations

from dataclasses import replace

from daemon.thumbs.attire import Attire
from daemon.thumbs.drafts import Draft
from daemon.thumbs.words import SPOKEN_OF, TO_WHOM


class Pronouns(Attire):
    """Pronouns, bound to people."""

    def pronoun(self, word: str) -> None:
        """He, she, they: somebody who was named, or somebody new where nobody was."""
        follows = self._prep == "behind" and self._thing_last and not self._thing_prep
        if follows and self.things:  # a dog behind her
            self.things[-1] = replace(self.things[-1], relation="after")
            self._prep = ""
            return
        if word in ("they", "они") and not self.drafts:
            self._enter_all(self._several("they", 2))
            return
        if word in ("they", "them", "они"):
            if len(self.drafts) > 1 and word != "them":
                self.subject = list(self.group if len(self.group) > 1 else self.drafts[:2])
            return
        sex = "f" if word in ("she", "her", "она") else "m"
        name = self.known.get(SPOKEN_OF[sex], "")
        sure = any(one.sex == sex and one not in self.group for one in self.drafts)
        met = word in ("her", "him") and self._prep in TO_WHOM and "camera" not in self.facts
        if met and self._is_met(sex, name):
            return
        if word in ("he", "she") and name and not sure:
            self.person(name.title())
            return
        known = self._of_sex(sex)
        if word == "her" and (self._act is None or not known):  # her hat
            self._owner = known[-1] if known else None
            return
        if self._act is not None and word in ("him", "her"):
            others = [one for one in known if one not in self.subject]
            self._target(
                others[-1] if others else self._new(Draft(noun="other", sets={"sex": sex}))
            )
            return
        if word in ("him",):
            return
        self.subject = [known[-1]] if known else [self._new(Draft(noun=word, sets={"sex": sex}))]
        self._last, self._verb, self._joins = self.subject[0], None, False
        self._before, self._is_of_before = "figure", False

    def _is_met(self, sex: str, name: str) -> bool:
        """Somebody to or beside whom it is done, who is spoken of: whether there is one."""
        others = [one for one in self.drafts if one.sex == sex and one not in self.subject]
        there = any(one.name == name.title() for one in self.drafts)
        if not others and (not name or there):
            return False
        if self._prep == "behind":  # who stands behind him is farther away
            self._prep = "opposite"
            for one in self.subject:
                one.facts.setdefault("at", "far")
        if others:
            self._enter(others[-1], owns=False)
        else:
            self.person(name.title())
        return True
