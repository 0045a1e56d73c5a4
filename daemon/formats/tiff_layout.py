"""A TIFF's first page by its tags, and the number of its pages, read without a library.

A few kilobytes can claim tiles of gigabytes and pages without end; what is claimed is told here
before anybody believes it. Layout: TIFF 6.0, sections 2 and 15; BigTIFF. Standard library only.
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from typing import BinaryIO

MAX_PAGES = 1_000
MAX_TAGS = 4_096
"""Of a page; honest ones have about twenty."""

MAX_PIECES = 200_000
"""Strips or tiles of a page."""

LARGE_TILE = 4_096 * 4_096
"""Pixels of a tile, or those of the whole picture if it has more."""

_WIDTH, _HEIGHT, _BITS, _COMPRESSION, _COLOURS = 256, 257, 258, 259, 262
_STRIPS, _STRIP_SIZES, _TILES, _TILE_SIZES = 273, 279, 324, 325
_TILE_WIDTH, _TILE_HEIGHT, _SAMPLE_FORMAT = 322, 323, 339
_SUBFILE, _SUB_PAGES, _DNG = 254, 330, 50_706
_WANTED = frozenset({
    _WIDTH, _HEIGHT, _BITS, _COMPRESSION, _COLOURS, _STRIPS, _STRIP_SIZES, _TILES, _TILE_SIZES,
    _TILE_WIDTH, _TILE_HEIGHT, _SAMPLE_FORMAT, _SUBFILE, _SUB_PAGES, _DNG,
})  # fmt: skip
_KINDS = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}  # whole numbers, by their type
_READ = (1, 2, 3, 4, 5, 6, 7, 8, 32_773, 32_946, 34_925, 50_000, 50_001)
_COMPRESSIONS = {
    34_712: "JPEG 2000", 34_887: "LERC", 34_892: "lossy raw JPEG", 50_002: "JPEG XL",
    52_546: "JPEG XL", 34_676: "SGILog", 34_677: "SGILog", 32_809: "ThunderScan", 34_661: "JBIG",
}  # fmt: skip
_LAB, _SENSOR = (8, 9, 10), (32_803, 34_892)
_WHOLE, _SIGNED = 1, 2  # sample formats; 3 is floating point

Tags = dict[int, tuple[int, ...]]


class NotTiffError(ValueError):
    """The bytes are no TIFF that anything could be told of."""


class CutOffError(ValueError):
    """The file ends before what its header names."""


@dataclass(frozen=True, slots=True)
class TiffLayout:
    """`pages` counts to `MAX_PAGES` + 1 at most; `ends` tells whether every strip or tile of the
    first page lies in the file."""

    tags: Tags
    pages: int
    ends: bool

    def why_not(self) -> str:
        """A sentence why the first page isn't read, "" if nothing speaks against it."""
        return self._kind() or self._bounds() or self._numbers()

    @property
    def bits(self) -> int:
        """Of the widest channel."""
        return max(self.tags.get(_BITS, (1,)), default=1)

    @property
    def black_is_high(self) -> bool:
        """Whether its grey counts from white (0) to black."""
        return self._one(_COLOURS, 1) == 0

    def described(self) -> str:
        """How its pixels are laid out, for who has to save it otherwise."""
        bits = "+".join(map(str, self.tags.get(_BITS, (1,))[:8]))
        how = self._one(_COMPRESSION, 1)
        return f"{bits} bits a pixel, colours of kind {self._one(_COLOURS, 1)}, compression {how}"

    def _one(self, tag: int, otherwise: int) -> int:
        return (self.tags.get(tag) or (otherwise,))[0]

    def _kind(self) -> str:
        reduced = self._one(_SUBFILE, 0) & 1 and _SUB_PAGES in self.tags
        if _DNG in self.tags or reduced or self._one(_COLOURS, 1) in _SENSOR:
            return "It is a camera's raw picture, of which only a small preview could be read."
        how = self._one(_COMPRESSION, 1)
        if how not in _READ:
            return f"Its compression, {_COMPRESSIONS.get(how, f'number {how}')}, is not read."
        return ""

    def _bounds(self) -> str:
        if self.pages > MAX_PAGES:
            return f"It has more than {MAX_PAGES:,} pages."
        pieces = max(len(self.tags.get(tag, ())) for tag in (_STRIPS, _TILES))
        if pieces >= MAX_PIECES:
            return f"It is cut into {MAX_PIECES:,} strips or tiles and more."
        tile = self._one(_TILE_WIDTH, 0), self._one(_TILE_HEIGHT, 0)
        whole = self._one(_WIDTH, 0) * self._one(_HEIGHT, 0)
        if tile[0] * tile[1] > max(LARGE_TILE, whole):
            return f"It claims tiles of {tile[0]:,}x{tile[1]:,} pixels."
        return ""

    def _numbers(self) -> str:
        numbers = self._one(_SAMPLE_FORMAT, _WHOLE)
        if numbers not in (_WHOLE, _SIGNED) or self.bits > 16:
            return f"It has {self.bits} bits a channel, in numbers whose white is unknown."
        if numbers == _SIGNED and self.bits > 8:
            return "Its channels can be below zero, so that their black is unknown."
        if self._one(_COLOURS, 1) in _LAB:
            return "Its colours are Lab, not red, green and blue."
        return ""


def is_tiff(head: bytes) -> bool:
    """Whether a file that begins with `head` says that it is a TIFF."""
    return head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


def tiff_refusal(stream: BinaryIO) -> str:
    """A sentence why a file that begins as a TIFF isn't read, "" if nothing speaks against it."""
    try:
        return read_layout(stream).why_not()
    except ValueError as error:
        return f"It begins as a TIFF, but {error}."


def read_layout(stream: BinaryIO) -> TiffLayout:
    """Raises NotTiffError, or CutOffError while not even the first page's tags are there."""
    reader = _Reader(stream)
    tags, following = reader.page(reader.first)
    ends = all(
        place + length <= reader.size
        for of, lengths in ((_STRIPS, _STRIP_SIZES), (_TILES, _TILE_SIZES))
        for place, length in zip(tags.get(of, ()), tags.get(lengths, ()), strict=False)
    )
    return TiffLayout(tags, reader.pages(following), ends)


class _Reader:
    """Follows offsets within one file."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.size = stream.seek(0, os.SEEK_END)
        head = self._at(0, 16, least=8)
        if not is_tiff(head):
            raise NotTiffError("is none")
        self._order = "<" if head[:2] == b"II" else ">"
        self._big = 43 in head[2:4]
        if self._big:
            self.first = self._numbers("Q", head[8:16])[0] if len(head) == 16 else 0
        else:
            self.first = self._numbers("I", head[4:8])[0]
        if self.first < 8:
            raise NotTiffError("has no page")

    def page(self, place: int) -> tuple[Tags, int]:
        """The tags of the page at `place` that we want, and where the next one lies."""
        width, count = (20, self._count(place)) if self._big else (12, self._count(place))
        start = place + (8 if self._big else 2)
        if count > MAX_TAGS:
            raise NotTiffError(f"its page has {count:,} tags")
        table = self._at(start, count * width)
        tags: Tags = {}
        for at in range(0, len(table), width):
            tag, kind = self._numbers("HH", table[at : at + 4])
            if tag in _WANTED and kind in _KINDS:
                tags[tag] = self._value(kind, table[at + 4 : at + width])
        return tags, self._next(start + count * width)

    def pages(self, following: int) -> int:
        """How many there are, the first included; a chain that bites its tail ends there."""
        seen = {self.first}
        while following >= 8 and following not in seen and len(seen) <= MAX_PAGES:
            seen.add(following)
            width, start = (20, 8) if self._big else (12, 2)
            try:
                following = self._next(following + start + self._count(following) * width)
            except CutOffError:
                break
        return len(seen)

    def _count(self, place: int) -> int:
        return self._number(place, "Q" if self._big else "H")

    def _next(self, place: int) -> int:
        try:
            return self._number(place, "Q" if self._big else "I")
        except CutOffError:
            return 0  # some writers leave it out

    def _value(self, kind: int, entry: bytes) -> tuple[int, ...]:
        letter, room = _KINDS[kind], 8 if self._big else 4
        count = self._numbers("Q" if self._big else "I", entry[:room])[0]
        count = min(count, MAX_PIECES)
        length = count * struct.calcsize(f"={letter}")
        if length <= room:
            data = entry[room : room + length]
        else:
            data = self._at(self._numbers("Q" if self._big else "I", entry[room:])[0], length)
        return self._numbers(f"{count}{letter}", data)

    def _number(self, place: int, letter: str) -> int:
        return self._numbers(letter, self._at(place, struct.calcsize(f"={letter}")))[0]

    def _numbers(self, letters: str, data: bytes) -> tuple[int, ...]:
        return struct.unpack(f"{self._order}{letters}", data)

    def _at(self, place: int, length: int, least: int | None = None) -> bytes:
        if place + (length if least is None else least) > self.size:
            raise CutOffError("ends before what it names")
        self._stream.seek(place)
        return self._stream.read(length)
