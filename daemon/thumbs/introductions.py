"""What a board's shots say once and later shots go by: who somebody is, and where they all are.

Reads texts in their order, each once. How a text introduces somebody `appositions` knows, what that
makes of them `people`, how long a place holds `continuity`; no files, no pictures.
"""

from __future__ import annotations

import re

from daemon.thumbs.appositions import WORD, appositions_in
from daemon.thumbs.continuity import NOWHERE, SETTING, after, setting_of
from daemon.thumbs.renamed import MOST_TEXT
from daemon.thumbs.spoken_of import SpokenOf

MOST_NAMES = 200
"""Names that are kept of a board; the first ones are."""

_CAST = re.compile(r"; ?(?=[^\W\d_a-z][^:;\n]{0,40}: )")


class Introductions:
    """What was said so far of everybody whom a board's shots introduced, and of where it is."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}
        self._setting, self._scene = NOWHERE, ""
        self._spoken_of = SpokenOf()

    def known_in(self, text: str) -> tuple[tuple[str, str], ...]:
        """Of those who were introduced so far, whom this text names: the name in small letters, and
        the words for them (see `Apposition`). In the order in which they came; whom it only calls
        he or she comes after them (see `SPOKEN_OF`), where the shots before are last, by the name
        `SETTING`."""
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
        only = [
            one
            for key, name in self._spoken_of.in_text(text[:MOST_TEXT])
            for one in ((name, self._known[name]), (key, name))
        ]
        return tuple(dict.fromkeys([*found, *only])) + where

    def read(self, text: str, style: str = "", scene: str = "") -> None:
        """Take in the next shot: its prompt, what the board's style has put at its end, and the
        `scene` that it is of: a new one ends what holds, and its heading may say where it is."""
        text = _CAST.split(text[:MOST_TEXT])[0].rstrip(" ,;").removesuffix(style.strip())
        if scene != self._scene:
            self._scene, self._setting = scene, setting_of(scene[:MOST_TEXT]).if_headed()
        for one in appositions_in(text):
            for key in dict.fromkeys([one.name, *one.name.split()]):
                if key not in self._known and len(self._known) < MOST_NAMES:
                    self._known[key] = one.said
        self._spoken_of.read(text, self._known)
        names = tuple(word for word in self._known if word in text.casefold())
        self._setting = after(self._setting, text, names)
