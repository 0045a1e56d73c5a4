"""Nouns for people where nobody is: who is drawn, who only says of what kind, who is elsewhere."""

from __future__ import annotations

from daemon.thumbs.idioms import word_at
from daemon.thumbs.script.referring import Referring
from daemon.thumbs.uses import SHOWING

_PICTURES = frozenset(["drawing", "drawings", "sketch", "sketches", "painting", "paintings",
                       "portrait", "mural", "poster", "doodle", "carving", "statue"])  # fmt: skip
_MANNERS = ("mood", "style", "vibe", "vibes", "feel", "aesthetic", "homage", "tone")


class Nobody(Referring):
    """For `people` and `binding` to ask."""

    def _is_nobody(self, phrase: tuple[str, ...]) -> bool:
        """ "Gordo, drunk, feeds a goat", "photos of men": nobody else."""
        stream, place, _ = self._here
        if self._of in SHOWING or self._is_drawn_by_somebody():
            return True
        if word_at(stream, place + len(phrase)) in _MANNERS:
            return True  # Coen brothers mood
        return phrase == ("drunk",) and bool(self.subject) and stream[place - 1].is_mark

    def _is_drawn_by_somebody(self) -> bool:
        """ "a child's drawing of a monster": nobody but the child."""
        stream, place, _ = self._here
        near = [word_at(stream, place - k) for k in (4, 3, 2, 1)]
        pictured = "of" in near[-3:] and bool({*near} & _PICTURES)
        return pictured and bool(self.drafts)

    def _is_shouted(self) -> bool:
        """INT. FAMILY KITCHEN, where nobody is yet."""
        stream, place, words = self._here
        here = stream[place : place + words + 1]
        return len(here) > words and all(one.typed.isupper() for one in here)

    def drop_person(self, *, worn: bool = False, all_of_them: bool = False) -> None:
        """Somebody right before another noun only says of what kind: a giant robot; or what is
        `worn` is theirs: a man in a clown costume."""
        last = self.drafts[-1] if self.drafts else None
        if last is not None and not last.name and not last.acted and not last.facts:
            if all_of_them and last in self.group:  # three drunk sailors
                self._count = len(self.group)
                self.drafts = [one for one in self.drafts if one not in self.group[:-1]]
                self.subject = [one for one in self.subject if one not in self.group]
            self.drafts.pop()
            self.subject = [one for one in self.subject if one is not last]
            self._last = self.drafts[-1] if self.drafts else None
            if worn and self.drafts:
                self._last = self.pair[1] if self.pair else self.drafts[-1]
                kept = {key: one for key, one in last.sets.items() if key not in ("sex", "age")}
                self._last.sets |= kept
                self.costumed = bool({*kept} & {"wear", "hat"})

    def forget_last(self) -> None:
        """Whoever was named last is in no picture of ours."""
        last = self._last
        if last is not None and last in self.drafts and not last.acted and last not in self.pair:
            self.drafts.remove(last)
            self.unknown.append(last.noun)
            self.subject = [one for one in self.subject if one is not last]
            self._last = self.drafts[-1] if self.drafts else None
