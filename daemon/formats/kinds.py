"""Which kinds of picture are read, and what a file of another kind is, told by its first bytes.

One list for everybody who opens, names or refuses a picture. Standard library only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

FORMATS = ("PNG", "JPEG", "WEBP", "TIFF")
"""Pillow's names of the kinds that are read."""

SUFFIXES = (".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".webp", ".tif", ".tiff")
SHOWN = "PNG, JPEG, WebP or TIFF"
HEAD = 64
"""Bytes from which a kind is told."""

_ORIENTATION, _TURNED = 0x0112, (5, 6, 7, 8)  # EXIF 2.32, 4.6.4 A: sides exchanged
_WIDTH, _HEIGHT = 256, 257  # TIFF 6.0, section 8
_EXIF_IN_PNG = ("exif", "Raw profile type exif")

#: Kinds by the brand of an ISO media file (ISO 14496-12, 4.3): at its bytes 8 to 12.
_BRANDS = {
    b"heic": "HEIC", b"heix": "HEIC", b"hevc": "HEIC", b"heim": "HEIC", b"mif1": "HEIC",
    b"msf1": "HEIC", b"avif": "AVIF", b"avis": "AVIF", b"crx ": "a camera's raw picture",
}  # fmt: skip

_HEADS = (
    (b"GIF8", "GIF"),
    (b"BM", "BMP"),
    (b"8BPS", "a Photoshop document (PSD)"),
    (b"gimp xcf", "a GIMP document (XCF)"),
    (b"\xff\x0a", "JPEG XL"),
    (b"\0\0\0\x0cJXL ", "JPEG XL"),
    (b"\0\0\0\x0cjP  ", "JPEG 2000"),
    (b"\xff\x4f\xff\x51", "JPEG 2000"),
    (b"%PDF", "a PDF"),
    (b"%!PS", "PostScript (EPS)"),
    (b"v/1\x01", "OpenEXR"),
    (b"#?RADIANCE", "Radiance HDR"),
    (b"FUJIFILMCCD-RAW", "a camera's raw picture"),
    (b"\0\0\x01\0", "an icon (ICO)"),
    (b"PK\x03\x04", "an archive or a painting program's document"),
    (b"SQLite format 3", "a painting program's document (Clip Studio)"),
    (b"version https://git-lfs", "a Git LFS pointer, not the picture itself"),
    (b"<svg", "SVG"),
    (b"<?xml", "SVG or another XML"),
    (b"<!doctype html", "a web page"),
    (b"<html", "a web page"),
)


class _Opened(Protocol):
    """A picture as Pillow opens it, nothing decoded yet."""

    format: str | None
    info: dict[Any, Any]

    @property
    def size(self) -> tuple[int, int]: ...

    def getexif(self) -> Mapping[int, Any]: ...


def foreign_kind(head: bytes) -> str:
    """What a file that begins with `head` is, if it is a known kind that isn't read; else ""."""
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12].lower(), "a film")
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return next((kind for mark, kind in _HEADS if start.startswith(mark.lower())), "")


def remedy_for(kind: str) -> str:
    """What to do about a picture of a foreign `kind`."""
    if kind == "HEIC":
        return (
            "Export it as JPEG or PNG (Photos: File > Export); telephones write JPEG with "
            "Settings > Camera > Formats > Most Compatible."
        )
    if kind.startswith("a Git LFS"):
        return "Fetch it with `git lfs pull`."
    return "Export it as PNG, JPEG or TIFF."


def upright_sides(picture: _Opened) -> tuple[int, int]:
    """Width and height in pixels once the picture is turned as its EXIF says."""
    width, height = picture.size
    if picture.format == "PNG" and not any(key in picture.info for key in _EXIF_IN_PNG):
        return width, height  # and asking for it would decode every pixel
    exif = picture.getexif()
    if picture.format == "TIFF":  # whose `size` is turned already, in some versions of Pillow
        width, height = int(exif[_WIDTH]), int(exif[_HEIGHT])
    return (height, width) if exif.get(_ORIENTATION, 1) in _TURNED else (width, height)
