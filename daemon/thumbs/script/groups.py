"""Several at once: couples, families, groups, and each of them by themselves."""

from __future__ import annotations

from collections.abc import Sequence

from daemon.thumbs.lexicon import Word, lexicon
from daemon.thumbs.script.deeds import Deeds
from daemon.thumbs.script.drafts import Draft

_MADE_OF = {
    "couple": "mf",
    "lovers": "mf",
    "newlyweds": "mf",
    "parents": "mf",
    "family": "mfc",
}
"""Who they are: m, f, or a child."""
_SEXES = {
    "m": frozenset(["men", "boys", "guys", "brothers"]),
    "f": frozenset(["women", "girls", "ladies", "sisters"]),
}
_AGES = {
    "old": frozenset(["old", "elderly", "seniors", "pensioners"]),
    "teen": frozenset(["teen", "teens", "teenage", "teenagers"]),
    "child": frozenset(["children", "kids", "toddlers", "boys", "girls", "дети", "детей"]),
}

_BODIES = frozenset(["face", "faces", "eyes", "heads", "backs", "silhouettes", "bodies", "mouths",
                     "reactions", "shoulders", "expressions", "hair"])  # fmt: skip
"""What of several is there only if they are."""


class Groups(Deeds):
    """Nouns that are more than one person."""

    def next_of_group(self, *, first: bool) -> None:
        """One of those that were named together does something by themselves."""
        self._told = 0 if first else min(self._told + 1, len(self.group) - 1)
        one = self.group[self._told]
        self.subject, self._last, self._verb = [one], one, None
        self._act, self._joins, self._prep, self._thing_last = None, False, "", False

    def together(self, does: Sequence[str]) -> None:
        """What was said as a noun, of those who were named: a duel between two knights."""
        found = next((one for one in lexicon().find(tuple(does)) if one.kind == "act"), None)
        there = [one for one in self.drafts if not one.only_owns] or list(self.drafts)
        dances = tuple(does) == ("dance",)
        if (found is None and not dances) or self.action or not there:
            return
        if len(there) == 1:
            there.append(self._new(Draft(noun="other", sets={"sex": "mf"})))
        self.action, self.pair = found.value if found else "dance", (there[0], there[1])
        for one in there[:2]:
            one.acted, one.only_owns = True, False

    def _how_many(self, word: Word) -> int:
        """Of how many a noun is; a two-shot has two."""
        if self._count > 1 or not (word.kind == "group" or word.many):
            return self._count or 1
        count = int(word.value) if word.kind == "group" else 3
        there = [one for one in self.drafts if not one.only_owns]
        pair = "two shot" in self.evidence and not there and count == 3
        return 2 if pair and "family" not in self.evidence else count

    def _enter_or_own(self, group: list[Draft], owns: bool) -> None:
        """Those that were named, who may only own what follows: parents' cars."""
        if len(group) == 1:
            self._enter(group[0], owns)
        elif owns and not self._owns_body():
            for one in group:
                one.only_owns = not self.over_shoulder
        else:
            self._enter_all(group)

    def _owns_body(self) -> bool:
        """Whether it is their own faces that follow."""
        stream, place, words = self._here
        near = [one.word for one in stream[place + words : place + words + 2]]
        return bool({*near} & _BODIES)

    def _enter_all(self, group: list[Draft]) -> None:
        """Several are spoken of; `people` knows."""
        raise NotImplementedError(group)

    def _enter(self, draft: Draft, owns: bool) -> None:
        """Somebody is spoken of; `people` knows."""
        raise NotImplementedError(draft, owns)

    def _more_of_group(self, count: int) -> None:
        """ "a family of four"."""
        while len(self.group) < min(count, 6):
            last = self.group[-1]
            more = Draft(f"{last.noun}{len(self.group)}", sets={**last.sets, "sex": "mf"})
            self.group.append(self._new(more))
        self.subject = list(self.group)
        self.crowd = self.crowd or count > 6

    def _same_group(self, word: Word) -> None:
        """ "a group of nurses": those that were named are meant, no others."""
        named = self._of == "group" and word.kind == "figure" and word.many
        if named and self.group and self.group[0] in self.drafts and not self.group[0].acted:
            self._count = max(self._count, len(self.group))
            self.drafts = [one for one in self.drafts if one not in self.group]
            self._of, self.group = "", []

    def _of_family(self, word: Word) -> Draft | None:
        """The father, where a family was named."""
        if len(self.group) < 3 or self.group[0].noun != "family0" or word.many:
            return None
        grown = word.more.get("age", "adult") in ("adult", "old")
        return self.group[0 if grown and word.value == "m" else 1 if grown else 2]

    def _several(self, noun: str, count: int) -> list[Draft]:
        """Those that a group noun stands for."""
        words = {*noun.split()}
        kinds = next((said for word, said in _MADE_OF.items() if word in words), "")
        sex = next((said for said, those in _SEXES.items() if words & those), "mf")
        age = next((said for said, those in _AGES.items() if words & those), "adult")
        group = []
        for number in range(min(count, 6)):
            own = kinds[number] if number < len(kinds) else sex
            sets = {"sex": "mf" if own == "c" else own, "age": "child" if own == "c" else age}
            group.append(self._new(Draft(noun=f"{noun}{number}", sets=sets)))
            self._put_waiting(group[-1])
        self.crowd = self.crowd or count > 6
        self._waiting, self._colour = [], ""
        return group

    def _put_waiting(self, draft: Draft) -> None:
        for key, value in self._waiting:
            draft.say(key, value)
        if self._colour and draft.noun not in ("horse",):
            draft.say("colour", self._colour)

    def _new(self, draft: Draft) -> Draft:
        self.first_noun = self.first_noun or "figure"
        draft.twin = sum(one.noun == draft.noun for one in self.drafts)
        if len(self.drafts) < 8:
            self.drafts.append(draft)
        else:
            self.crowd = True
        return draft
