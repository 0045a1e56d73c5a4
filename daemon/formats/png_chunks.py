"""A PNG file's chunks: what is text among them left out, or before the pixels.

Generators write whole workflows into their pictures, more than Pillow reads as text; to a picture
that is looked at they say nothing. Layout: W3C PNG (third edition), section 5. Standard library
only.
"""

from __future__ import annotations

import struct
from collections.abc import Collection

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_TEXTS = (b"tEXt", b"zTXt", b"iTXt")
_EXIF = b"eXIf"
_BEHIND_HEADER = len(SIGNATURE) + 25  # IHDR comes first, and has 13 bytes
_FRAME = 12  # length, type and checksum around a chunk's data


def without_texts(data: bytes, keep: Collection[str] = ()) -> bytes:
    """The same PNG without its text chunks but those of the keywords `keep`, and with these and its
    EXIF, which says which way is up, before its pixels: programs that save a picture anew lay them
    behind, where they are found only once every pixel is decoded. Anything else, and a broken one,
    as it is."""
    if not data.startswith(SIGNATURE) or not any(kind in data for kind in (*_TEXTS, _EXIF)):
        return data
    wanted = {key.encode("latin-1") for key in keep}
    kept, moved, start, place, pixels = [], b"", 0, len(SIGNATURE), False
    while place + _FRAME <= len(data):
        size, kind = struct.unpack_from(">I4s", data, place)
        after = place + _FRAME + size
        pixels |= kind == b"IDAT"
        is_wanted = kind == _EXIF or (kind in _TEXTS and _keyword(data, place) in wanted)
        late = pixels and is_wanted
        if late or (kind in _TEXTS and not is_wanted):
            moved += data[place:after] if late else b""
            kept.append(data[start:place])
            start = after
        if kind == b"IEND" or after > len(data):
            break
        place = after
    whole = b"".join([*kept, data[start:]])
    return whole[:_BEHIND_HEADER] + moved + whole[_BEHIND_HEADER:]


def _keyword(data: bytes, place: int) -> bytes:
    return data[place + 8 : place + 88].partition(b"\0")[0]
