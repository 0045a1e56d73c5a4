"""TIFF files built tag by tag, honest and hostile (TIFF 6.0, section 2; BigTIFF)."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

BYTE, SHORT, LONG, LONG8 = 1, 3, 4, 16
_LETTERS = {BYTE: "B", SHORT: "H", LONG: "I", LONG8: "Q"}
WIDTH, HEIGHT, BITS, COMPRESSION, COLOURS, STRIPS, SAMPLES = 256, 257, 258, 259, 262, 273, 277
ROWS, STRIP_SIZES, PLANAR, TILE_WIDTH, TILE_HEIGHT, TILES, TILE_SIZES = (
    278, 279, 284, 322, 323, 324, 325,
)  # fmt: skip
ORIENTATION, EXTRA, SAMPLE_FORMAT, SUBFILE, SUB_PAGES, DNG = 274, 338, 339, 254, 330, 50_706

Tags = Mapping[int, int | Sequence[int]]


def rgb(width: int = 8, height: int = 6, **tags: int | Sequence[int]) -> dict[int, object]:
    """The tags of a plain RGB picture in one strip."""
    return {
        WIDTH: width, HEIGHT: height, BITS: (8, 8, 8), COMPRESSION: 1, COLOURS: 2, SAMPLES: 3,
        ROWS: height, STRIPS: 8, STRIP_SIZES: width * height * 3,
    }  # fmt: skip


def tiff(
    tags: Tags,
    data: bytes,
    *,
    order: str = "<",
    big: bool = False,
    pages: int = 1,
    circle: bool = False,
) -> bytes:
    """A file with `data` right behind its header (at 8, or at 16 of BigTIFF), then so many pages of
    the same `tags`; the last leads to the first in a `circle`."""
    start = 16 if big else 8
    body = bytearray(data + bytes(len(data) % 2))
    letter, room = ("Q", 8) if big else ("I", 4)
    first = start + len(body)
    place, files = first, bytearray()
    for page in range(pages):
        entries, beside = [], bytearray()
        count = struct.calcsize(f"={'Q' if big else 'H'}")
        behind = place + count + len(tags) * (20 if big else 12) + room
        for tag, value in sorted(tags.items()):
            values = (value,) if isinstance(value, int) else tuple(value)
            kind = SHORT if max(values, default=0) < 65_536 else LONG
            kind = LONG8 if max(values, default=0) >= 1 << 32 else kind
            packed = struct.pack(f"{order}{len(values)}{_LETTERS[kind]}", *values)
            if len(packed) > room:
                spot = struct.pack(f"{order}{letter}", behind + len(beside))
                beside += packed + bytes(len(packed) % 2)
            else:
                spot = packed.ljust(room, b"\0")
            entries.append(struct.pack(f"{order}HH{letter}", tag, kind, len(values)) + spot)
        after = behind + len(beside)
        following = after if page + 1 < pages else first if circle else 0
        files += struct.pack(f"{order}{'Q' if big else 'H'}", len(tags)) + b"".join(entries)
        files += struct.pack(f"{order}{letter}", following) + beside
        place = after
    mark = b"II" if order == "<" else b"MM"
    head = struct.pack(f"{order}HHHQ", 43, 8, 0, first) if big else struct.pack(
        f"{order}HI", 42, first
    )  # fmt: skip
    return mark + head + bytes(body) + bytes(files)
