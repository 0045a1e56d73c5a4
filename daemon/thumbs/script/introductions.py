"""What a board's shots say once and later shots go by: who somebody is, and where they all are.

Reads texts in their order, each once. How a text introduces somebody `appositions` knows, what that
makes of them `people`, how long a place holds `continuity`; no files, no pictures.
"""

from __future__ import annotations

import re

from daemon.thumbs.script.appositions import appositions_in
from daemon.thumbs.script.continuity import NOWHERE, SETTING, after, setting_of
from daemon.thumbs.script.described import ALIKE
from daemon.thumbs.script.epithets import WORD, is_beast, is_she, is_twin
from daemon.thumbs.script.renamed import MOST_TEXT
from daemon.thumbs.script.tongues import in_english

MOST_NAMES = 200
"""Names that are kept of a board; the first ones are."""

SHE, HE, THEY = "(she)", "(he)", "(they)"
"""By what names those stand who were spoken of last."""
_SHE = frozenset(["she", "her", "hers", "herself", "she's"])
_THEY = frozenset(["they", "they've", "they're", "both", "together"])
_HE = frozenset(["he", "his", "him", "himself", "he's"])
_SEX = re.compile(
    r"; (?:wo)?man\b|(?:^|\s)(?:wo)?man\b|girl|boy|mother|father|daughter|\bson\b|lady"
)
_CAST = re.compile(r"; ?(?=[^\W\d_a-z][^:;\n]{0,40}: )")


class Introductions:
    """What was said so far of everybody whom a board's shots introduced, and of where it is."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}
        self._setting, self._scene = NOWHERE, ""
        self._last: dict[str, str] = {}
        self._now: dict[str, str] = {}
        self._heard: list[tuple[str, ...]] = []  # of each shot the names that it says

    def known_in(self, text: str) -> tuple[tuple[str, str], ...]:
        """Of those who were introduced so far, whom this text names: the name in small letters, and
        the words for them (see `Apposition`). In the order in which they came; where the shots
        before are comes last, by the name `SETTING`."""
        where = ((SETTING, self._setting.told()),) if self._setting != NOWHERE else ()
        if not self._known:
            return where
        words = {
            part.removesuffix("'s")
            for word in re.findall(WORD, text[:MOST_TEXT])
            if word[0].isupper()
            for part in (word.replace("’", "'").casefold(),)
        }
        found = tuple(
            (name, said) for name, said in self._known.items() if words.issuperset(name.split())
        )
        return found + self._remembered(text) + where

    def _remembered(self, text: str) -> tuple[tuple[str, str], ...]:
        """Who was spoken of last, as she and as he, where a text has such words: the name by the
        pronoun, and the words for that name."""
        text = in_english(text[:MOST_TEXT])
        spoken = {word.casefold() for word in re.findall(WORD, text)}
        made: dict[str, str] = {}
        for sex, words in ((SHE, _SHE), (HE, _HE)):
            name = self._last.get(sex, "")
            if name and spoken & words:
                made |= {sex: name, name.casefold(): self._known.get(name.casefold(), "")}
        both = self._both() if spoken & _THEY else ()
        for name in both:
            made |= {THEY: ";".join(both), name.casefold(): self._known[name.casefold()]}
        return tuple((name, said) for name, said in made.items() if said)

    def _both(self) -> tuple[str, ...]:
        """The two who were named in the last two shots before this one; () where those are none,
        or more."""
        found = {self._known[one.casefold()]: one for names in self._heard[-3:-1] for one in names}
        return tuple(found.values()) if len(found) == 2 else ()

    def read(self, text: str, style: str = "", scene: str = "") -> None:
        """Take in the next shot: its prompt, what the board's style has put at its end, and the
        `scene` that it is of: a new one ends what holds, and its heading may say where it is."""
        text = _CAST.split(text[:MOST_TEXT])[0].rstrip(" ,;").removesuffix(style.strip())
        text, scene = in_english(text), in_english(scene)
        if scene != self._scene:
            self._scene, self._setting = scene, setting_of(scene[:MOST_TEXT]).if_headed()
        for one in appositions_in(text):
            said = self._alike(one.said)
            for key in dict.fromkeys([one.name, *one.name.split()]):
                if key not in self._known and len(self._known) < MOST_NAMES:
                    self._known[key] = said
        self._make_plain(text)
        names = tuple(word for word in self._known if word in text.casefold())
        self._setting = after(self._setting, text, names)
        self._heard = [*self._heard[-2:], ()]
        self._last, self._now = dict(self._now), self._now | self._spoken_of(text)

    def _make_plain(self, text: str) -> None:
        """Whoever nobody has called he or she so far is what a text calls them that names nobody
        else."""
        words = re.findall(WORD, text)
        spoken = {word.casefold() for word in words}
        she, he = bool(spoken & _SHE), bool(spoken & _HE)
        named = {self._known.get(re.sub(r"['’]s$", "", word).casefold(), "") for word in words}
        open_ones = [said for said in self._known.values() if not _SEX.search(said)]
        named = named - {""} or {*open_ones[-1:]}
        if she == he or len(named) != 1:
            return
        said = named.pop()
        if is_beast(said.split()[-1]) or _SEX.search(said):
            return
        for name in [one for one, words in self._known.items() if words == said]:
            self._known[name] = f"{said}; {'woman' if she else 'man'}"

    def _alike(self, said: str) -> str:
        """ "her twin": what was said of whoever was spoken of last, and then this."""
        sex = HE if "brother" in said else SHE
        name = self._now.get(sex, "") if is_twin(said) else ""
        other = self._known.get(name.casefold(), "")
        return f"{other}; {said}; {ALIKE}{name}" if other else said

    def _spoken_of(self, text: str) -> dict[str, str]:
        """The last of those who were introduced that a text names, as she and as he."""
        found: dict[str, str] = {}
        for word in re.findall(WORD, text[:MOST_TEXT]):
            name = re.sub(r"['’]s$", "", word)
            said = self._known.get(name.casefold(), "") if name[0].isupper() else ""
            if said:
                last = found.get(key := SHE if is_she(said, name.casefold()) else HE, "")
                known = f"{last} {name}".casefold() in self._known  # the last name of the same
                found[key] = last if known else name.title()
                self._heard[-1] += (name.title(),)
        return found
