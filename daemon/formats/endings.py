"""Whether a picture file has the end its kind must have, or breaks off.

Its kind's own structure is followed, so that what lies behind the end (a telephone's film, another
picture, a program's notes) is no damage, and an end inside a thumbnail is none. Standard library
only.
"""

from __future__ import annotations

import os
import re
import struct
from typing import BinaryIO

from daemon.formats.png_chunks import SIGNATURE
from daemon.formats.tiff_layout import CutOffError, NotTiffError, is_tiff, read_layout

MAX_SEGMENTS = 100_000
"""Of a JPEG; cameras write some dozens."""

_END_OF_IMAGE, _START_OF_SCAN = 0xD9, 0xDA
_ALONE = frozenset((0x00, 0x01, *range(0xD0, 0xD9)))
"""JPEG's markers without a length (ITU-T T.81, B.1.1.3), and a zero that is none."""

_MARKER = re.compile(rb"\xff([^\xff])")  # any number of them may come before
#: Within a scan: the next marker, past stuffed zeros and restarts.
_AFTER_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


def is_whole(stream: BinaryIO) -> bool | None:
    """Whether the picture reaches its end; None for kinds we don't know. Leaves `stream` at its
    beginning."""
    stream.seek(0)
    head = stream.read(12)
    try:
        if head.startswith(SIGNATURE):
            return _png(stream)
        if head.startswith(b"\xff\xd8"):
            return _jpeg(stream)
        if head.startswith(b"RIFF"):
            size = stream.seek(0, os.SEEK_END)
            return size >= int.from_bytes(head[4:8], "little") + 8
        return _tiff(stream) if is_tiff(head) else None
    finally:
        stream.seek(0)


def _png(stream: BinaryIO) -> bool:
    stream.seek(len(SIGNATURE))
    while len(head := stream.read(8)) == 8:
        length, kind = struct.unpack(">I4s", head)
        if kind == b"IEND":
            return True
        stream.seek(length + 4, os.SEEK_CUR)
    return False


def _jpeg(stream: BinaryIO) -> bool:
    stream.seek(0)
    data, place = stream.read(), 2
    for _ in range(MAX_SEGMENTS):
        marker = _MARKER.search(data, place)
        if marker is None:
            return False
        kind, place = marker[1][0], marker.end()
        if kind == _END_OF_IMAGE:
            return True
        if kind in _ALONE:
            continue
        if place + 2 > len(data):
            return False
        place += int.from_bytes(data[place : place + 2], "big")
        if kind == _START_OF_SCAN:
            after = _AFTER_SCAN.search(data, place)
            if after is None:
                return False
            place = after.start()
    return False


def _tiff(stream: BinaryIO) -> bool | None:
    try:
        return read_layout(stream).ends
    except CutOffError:
        return False
    except NotTiffError:
        return None
