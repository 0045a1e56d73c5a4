"""Pictures as cameras and studios save them, with profiles of their colours."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageCms

SIZE = (64, 64)


def profile(
    red: tuple[float, float], green: tuple[float, float], blue: tuple[float, float]
) -> bytes:
    """An ICC profile of three primaries (CIE xy), D65 white and sRGB's curve: what Display P3 and
    others are. Version 2, matrix and table (ICC.1:2001-04)."""

    def xyz(x: float, y: float) -> np.ndarray:
        return np.array([x / y, 1.0, (1 - x - y) / y])

    primaries = np.stack([xyz(*red), xyz(*green), xyz(*blue)], axis=1)
    white = xyz(0.3127, 0.3290)
    matrix = primaries * np.linalg.solve(primaries, white)
    bradford = np.array(
        [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
    )
    d50 = np.array([0.96422, 1.0, 0.82521])
    scale = np.diag((bradford @ d50) / (bradford @ white))
    matrix = np.linalg.inv(bradford) @ scale @ bradford @ matrix

    def fixed(value: float) -> bytes:
        return round(value * 65536).to_bytes(4, "big", signed=True)

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + bytes(4) + data
        return body + bytes(-len(body) % 4)

    grid = np.linspace(0, 1, 1024)
    curve = np.where(grid <= 0.04045, grid / 12.92, ((grid + 0.055) / 1.055) ** 2.4)
    table = np.round(curve * 65535).astype(">u2").tobytes()
    name = b"Wide and made up\0"
    desc = len(name).to_bytes(4, "big") + name + bytes(4 + 4 + 2 + 1 + 67)
    tags = [
        (b"desc", chunk(b"desc", desc)),
        (b"cprt", chunk(b"text", b"none\0")),
        (b"wtpt", chunk(b"XYZ ", b"".join(map(fixed, d50)))),
        *[
            (key, chunk(b"XYZ ", b"".join(fixed(v) for v in matrix[:, place])))
            for place, key in enumerate((b"rXYZ", b"gXYZ", b"bXYZ"))
        ],
        *[
            (key, chunk(b"curv", (1024).to_bytes(4, "big") + table))
            for key in (b"rTRC", b"gTRC", b"bTRC")
        ],
    ]
    place = 128 + 4 + 12 * len(tags)
    index, bodies = len(tags).to_bytes(4, "big"), b""
    for key, body in tags:
        index += key + place.to_bytes(4, "big") + len(body).to_bytes(4, "big")
        bodies, place = bodies + body, place + len(body)
    head = bytearray(128)
    head[0:4] = place.to_bytes(4, "big")
    head[8:12] = b"\x02\x40\x00\x00"
    head[12:24] = b"mntrRGB XYZ "
    head[36:40] = b"acsp"
    head[68:80] = b"".join(map(fixed, d50))
    return bytes(head) + index + bodies


DISPLAY_P3 = profile((0.680, 0.320), (0.265, 0.690), (0.150, 0.060))
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def saved(path: Path, colour, mode: str = "RGB", size=SIZE, **how) -> Path:
    Image.new(mode, size, colour).save(path, **how)
    return path


#: (230, 60, 60) of Display P3 is this in sRGB, by the matrices of CSS Color 4, section 18.
P3_RED, ITS_SRGB = (230, 60, 60), (250, 31, 49)
