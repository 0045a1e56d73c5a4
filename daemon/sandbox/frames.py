"""Whole messages over a socket: the length of each (four bytes, little-endian) before it."""

from __future__ import annotations

import struct

LENGTH = struct.Struct("<I")

MOST = 64 << 20
"""Bytes of a message that are taken."""


def framed(body: bytes) -> bytes:
    """A message as it goes over the socket."""
    return LENGTH.pack(len(body)) + body


def unframed(heard: bytearray) -> bytes | None:
    """The first message that was heard, if it is whole, which is taken out. Raises ConnectionError
    for one that is longer than any of ours."""
    if len(heard) < LENGTH.size:
        return None
    length = LENGTH.unpack_from(heard)[0]
    if length > MOST:
        raise ConnectionError
    whole = LENGTH.size + length
    if len(heard) < whole:
        return None
    message = bytes(heard[LENGTH.size : whole])
    del heard[:whole]
    return message
