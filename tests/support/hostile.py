"""Files that mean harm to whoever reads them: pictures, job files, drops. Made, never kept."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

PNG = b"\x89PNG\r\n\x1a\n"


def chunk(kind: bytes, data: bytes) -> bytes:
    """One chunk of a PNG, its checksum right."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(
    file: Path,
    width: int,
    height: int,
    pixels: bytes,
    *,
    before: bytes = b"",
    end: bytes | None = None,
) -> Path:
    """A PNG with these packed pixels, whatever they are."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    tail = chunk(b"IEND", b"") if end is None else end
    file.write_bytes(PNG + header + before + chunk(b"IDAT", pixels) + tail)
    return file


def comments(file: Path, number: int, *, after: bool = False) -> Path:
    """A PNG of so many tiny tEXt chunks, 20 bytes each, before its pixels or after them."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(bytes(8 * 25)))
    text = chunk(b"tEXt", b"a\0" + b"b" * 6) * number
    body = pixels + text if after else text + pixels
    file.write_bytes(PNG + header + body + chunk(b"IEND", b""))
    return file


def stretched_zip_text(file: Path) -> Path:
    """A PNG whose zTXt and iTXt chunks unpack to 200 MB."""
    packer = zlib.compressobj(1)
    packed = b"".join(packer.compress(bytes(1 << 20)) for _ in range(200)) + packer.flush()
    texts = chunk(b"zTXt", b"a\0\0" + packed) + chunk(b"iTXt", b"hotfolder\0\1\0\0\0" + packed)
    return png(file, 8, 8, zlib.compress(bytes(8 * 25)), before=texts)
