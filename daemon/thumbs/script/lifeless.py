"""Which deeds are those of things, of clothes or of the weather, and of nobody who was named."""

from __future__ import annotations

from daemon.thumbs.lexicon import Word
from daemon.thumbs.script.attire import Attire
from daemon.thumbs.uses import SEATS
from daemon.thumbs.words import CLOTHES, HUMAN


class Lifeless(Attire):
    """For `binding` to ask."""

    def _is_a_blow(self, word: Word) -> bool:
        """ "as Ruth's punch connects": she does it, to who was spoken of before."""
        stream, place, _ = self._here
        owner, others = self._owner, [one for one in self.subject if one is not self._owner]
        if owner is None or word.value not in ("punching", "kicking") or not place:
            return False
        if not stream[place - 1].owns:
            return False
        owner.only_owns, self._owner, self.subject, self._last = False, None, [owner], owner
        self._does(word)
        if others and not self.action:
            self.action, self.pair = "face", (owner, others[0])
            self.drafts = [*self.pair, *(one for one in self.drafts if one not in self.pair)]
        return True

    def _is_of_a_thing(self, word: Word, before: str) -> bool:
        """As below; a thing that flies is in nobody's hand."""
        found = self._is_no_deed(word, before)
        if found and word.value in ("flying", "falling"):
            self._let_go()
        return found

    def _is_no_deed(self, word: Word, before: str) -> bool:
        """ "her veil flying", "a taxi stops", "finds a cat sitting": no deed of the person that
        was spoken of before."""
        if self._thing_last and word.form != "ing" and all(one.only_owns for one in self.drafts):
            return bool(self.drafts)  # a woman's glove on an envelope, stamped
        if before == "thing" and self._is_watched() and not word.form:
            return True  # watches a tractor sink
        seated = not (self._new_clause and self._head == "thing")  # not suitcases dropped
        own = self._last_thing in SEATS and word.value != "driving" and seated
        own = own or (word.value in HUMAN and word.form == "ing")
        if before == "thing" and own and self.drafts and self.subject:
            return False  # lies in a bath reading
        if before == "weather" and not self._prep and self.drafts:
            return True  # as the storm breaks
        if before == "thing" and self._new_clause and self._head == "thing" and self.drafts:
            return True  # a cup leaving the table
        if word.form == "ing" and before in ("thing", "weather", "time"):
            heads = self._head == "thing" or before == "weather"
            return self._verb is not None or not self.subject or heads
        if (
            not self.subject
            and self._last is not None
            and self._last.only_owns
            and not self._of_its_body()
        ):
            return True  # his father's spectacles, folded
        if not self.drafts or self._not or (before in ("figure", "group") and self.subject):
            return False
        stream, place, _ = self._here
        done = stream[place].word.endswith("ed") and before in CLOTHES  # coat buttoned up
        flying = self._head == "wear" and (word.form == "ing" or self._aside or done)
        return flying or (self._head == "thing" and word.kind == "verb")
