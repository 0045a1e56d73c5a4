"""A PNG file's chunks: what is text among them left out before anything decodes it.

Generators write whole workflows into their pictures, more than Pillow reads as text; to a picture
that is looked at they say nothing. Layout: W3C PNG (third edition), section 5. Standard library
only.
"""

from __future__ import annotations

import struct
from collections.abc import Collection

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_TEXTS = (b"tEXt", b"zTXt", b"iTXt")
_FRAME = 12  # length, type and checksum around a chunk's data


def without_texts(data: bytes, keep: Collection[str] = ()) -> bytes:
    """The same PNG without its text chunks but those of the keywords `keep`; anything else, and a
    broken one, as it is."""
    wanted = {key.encode("latin-1") for key in keep}
    if not data.startswith(SIGNATURE) or not any(kind in data for kind in _TEXTS):
        return data
    kept, start, place = [], 0, len(SIGNATURE)
    while place + _FRAME <= len(data):
        size, kind = struct.unpack_from(">I4s", data, place)
        after = place + _FRAME + size
        if kind in _TEXTS and data[place + 8 : place + 88].partition(b"\0")[0] not in wanted:
            kept.append(data[start:place])
            start = after
        if kind == b"IEND" or after > len(data):
            break
        place = after
    return b"".join([*kept, data[start:]])
