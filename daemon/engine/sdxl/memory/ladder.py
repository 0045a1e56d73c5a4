"""What to do when memory runs out: the rungs, from the cheapest to the last, and where we stand.

Running out never fails a picture first. One rung after another is taken, and the stage that did
not fit is tried again, until it fits or no rung is left. The rungs taken stay in force for the next
picture of that size or larger, and are left again one by one, the last one first, after some
pictures that went well. Knows no tensor: what a rung does is done by `fallbacks`.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass

ENCODE, ENCODE_IMAGE, DENOISE, DECODE = "encode", "encode_image", "denoise", "decode"
ALWAYS = (ENCODE, ENCODE_IMAGE, DENOISE, DECODE)
OF_THE_VAE = (ENCODE_IMAGE, DECODE)
EVERYWHERE = ("cuda", "mps", "cpu")

STREAMED = "streamed"

SAME = "The pixels are the same."
ROUNDED = "The last bits of the pixels may differ."
SEAMS = "Pixels may differ slightly where the tiles meet."


@dataclass(frozen=True, slots=True)
class Rung:
    """One thing that can be done about memory, where it helps, and what it does to the pixels."""

    name: str
    stages: tuple[str, ...]
    effect: str
    pixels: str
    kinds: tuple[str, ...] = EVERYWHERE

    @property
    def exact(self) -> bool:
        return self.pixels == SAME

    @property
    def warning(self) -> str:
        return f"Memory ran short: {self.effect}. {self.pixels}"


#: Pictures that shared a call are made one by one; taken care of where calls are shared.
SPLIT = Rung("split", (DENOISE,), "pictures that shared a call were made one by one", SAME)

RUNGS = (
    Rung("tidy", ALWAYS, "what was kept for later was given back", SAME),
    Rung("encoders", ALWAYS, "the encoders left memory after use", SAME),
    Rung("rows", (DENOISE,), "negative and prompt took turns in the UNet", ROUNDED),
    Rung("slices", (DENOISE, *OF_THE_VAE), "attention was computed in slices", ROUNDED),
    Rung(STREAMED, (DENOISE,), "the UNet's weights came to it layer by layer", SAME, ("cuda",)),
    Rung("apart", OF_THE_VAE, "the UNet left the card while the VAE was at work", SAME, ("cuda",)),
    Rung("patches", (ENCODE_IMAGE,), "what was painted over was encoded in tiles", SEAMS),
    Rung(
        "small patches", (ENCODE_IMAGE,), "what was painted over was encoded in small tiles", SEAMS
    ),
    Rung("tiles", (DECODE,), "the picture was decoded in tiles", SEAMS),
    Rung("small tiles", (DECODE,), "the picture was decoded in small tiles", SEAMS),
    Rung("processor", (DECODE,), "it was decoded by the processor", ROUNDED, ("cuda", "mps")),
)


def outermost(rungs: Iterable[Rung]) -> set[Rung]:
    """Those of `rungs` that say something: small tiles leave nothing to say about tiles."""
    taken = set(rungs)
    names = {rung.name for rung in taken}
    return {rung for rung in taken if f"small {rung.name}" not in names}


PATIENCE = 4
"""Pictures that must go well before the last rung is left; twice as many each time that was in
vain."""

MOST_PATIENCE = 256


@dataclass(slots=True)
class Held:
    """A rung in force for pictures of `pixels` and more, for `left` more of them."""

    pixels: int
    left: int


class Ladder:
    """Where we stand, on one kind of device. `rehearsal` makes memory run out in tests: stages, and
    the rungs without which they don't fit (`denoise:rows+slices,decode:tiles`), each for pictures
    of so many pixels and more, if that is given (`decode:tiles@65536`)."""

    def __init__(self, kind: str, rehearsal: str = "") -> None:
        self._shortages = [_shortage(part) for part in rehearsal.split(",") if part]
        rehearsed = {name for _, _, needed in self._shortages for name in needed}
        self._rungs = [rung for rung in RUNGS if kind in rung.kinds or rung.name in rehearsed]
        self._held: dict[str, Held] = {}
        self._patience: dict[str, int] = {}
        self._lock = threading.Lock()

    def taken(self, pixels: int, *, strict: bool = False) -> tuple[Rung, ...]:
        """The rungs in force for a picture of so many pixels; a strict one has exact ones only."""
        with self._lock:
            return tuple(rung for rung in self._rungs if self._holds(rung, pixels, strict))

    def holds(self, name: str) -> bool:
        """Whether this rung is in force for pictures of any size."""
        with self._lock:
            return name in self._held

    def down(self, stage: str, pixels: int, *, strict: bool = False) -> Rung | None:
        """Memory ran out at `stage`: the next rung, in force from now on; None if none is left."""
        with self._lock:
            for rung in self._rungs:
                allowed = stage in rung.stages and (rung.exact or not strict)
                if allowed and not self._holds(rung, pixels, strict):
                    patience = self._patience.get(rung.name, PATIENCE)
                    self._patience[rung.name] = min(2 * patience, MOST_PATIENCE)
                    self._held[rung.name] = Held(pixels, patience)
                    return rung
            return None

    def made_it(self, pixels: int) -> None:
        """A picture of so many pixels came out well: perhaps the last rung can be left."""
        with self._lock:
            for rung in reversed(self._rungs):
                held = self._held.get(rung.name)
                if held is not None and pixels >= held.pixels:
                    held.left -= 1
                    if held.left <= 0:
                        del self._held[rung.name]
                    return

    def rehearse(self, stage: str, pixels: int, taken: Iterable[Rung]) -> None:
        """Run out of memory if that is being rehearsed."""
        names = {rung.name for rung in taken}
        for where, least, needed in self._shortages:
            if where == stage and pixels >= least and not needed <= names:
                raise MemoryError(f"out of memory (a rehearsal: it takes {', '.join(needed)})")

    def _holds(self, rung: Rung, pixels: int, strict: bool) -> bool:
        held = self._held.get(rung.name)
        return held is not None and pixels >= held.pixels and (rung.exact or not strict)


def _shortage(text: str) -> tuple[str, int, frozenset[str]]:
    stage, _, rest = text.partition(":")
    names, _, least = rest.partition("@")
    return stage, int(least or 0), frozenset(names.split("+"))
