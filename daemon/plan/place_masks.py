"""Masks for places in a picture: white there, black elsewhere, with soft edges between.

Pure, standard library only, and the same bytes everywhere: a mask is known by its content, so its
PNG is not compressed (how well that is done differs from one version of zlib to the next).
"""

from __future__ import annotations

import struct
import zlib

from daemon.jobfile.areas import MOST, Box

SOFT = 0.125
"""How wide an edge is, in fractions of the picture's side; the middle of it lies on the edge."""

SMALLER = 8
"""How many pixels of the picture are one of its mask: what is looked at is smaller still."""

_STORED = 65_535


def place_mask(box: Box, width: int, height: int) -> bytes:
    """The mask of `box` for a picture of `width` x `height` pixels, as a grey PNG in its shape. An
    edge on the picture's own border is none."""
    x, y, wide, high = box
    across = _profile(x, wide, max(width // SMALLER, 1))
    down = _profile(y, high, max(height // SMALLER, 1))
    rows = (bytes([0, *(round(255 * one * two) for one in across)]) for two in down)
    return _grey_png(len(across), len(down), b"".join(rows))


def _profile(start: float, length: float, pixels: int) -> list[float]:
    """How much each of so many pixels in a row belongs to the area, 0 to 1."""
    end = start + length
    middles = [(number + 0.5) / pixels for number in range(pixels)]
    return [
        (1.0 if start <= 1 - 1 / MOST else _step(at - start))
        * (1.0 if end >= 1 / MOST else _step(end - at))
        for at in middles
    ]


def _step(inside: float) -> float:
    """From 0 to 1 over `SOFT`: half where `inside`, the way from the edge inwards, is 0."""
    share = min(max(inside / SOFT + 0.5, 0.0), 1.0)
    return share * share * (3 - 2 * share)


def _grey_png(width: int, height: int, rows: bytes) -> bytes:
    """Layout: W3C PNG (third edition), sections 5 and 11; stored blocks: RFC 1951, 3.2.4."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", _stored(rows)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, body) for kind, body in parts)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _stored(data: bytes) -> bytes:
    """`data` as a zlib stream that compresses nothing."""
    blocks = []
    for start in range(0, len(data), _STORED):
        part = data[start : start + _STORED]
        last = start + _STORED >= len(data)
        blocks.append(struct.pack("<BHH", last, len(part), len(part) ^ 0xFFFF) + part)
    return b"\x78\x01" + b"".join(blocks) + struct.pack(">I", zlib.adler32(data))
