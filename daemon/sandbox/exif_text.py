"""Texts of a picture: PNG's own, EXIF's user comment, a workflow in EXIF's tags, XMP.

Tools write their record there, each in the encoding it likes. Runs in the child alone, on an
open picture of which no pixel is decoded.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

USER_COMMENT, WORKFLOW, COMMENT = "UserComment", "workflow", "comment"

_EXIF_IFD, _USER_COMMENT = 0x8769, 0x9286
_TAGS = (0x010E, 0x010F, 0x0110)  # where ComfyUI lays `prompt:{…}` and `workflow:{…}`
_GRAPH = re.compile(r"\s*(?:prompt|workflow)\s*:\s*\{", re.IGNORECASE)
_IN_XMP = re.compile(r"<exif:UserComment>.{0,200}?<rdf:li[^>]{0,100}>(.*?)</rdf:li>", re.DOTALL)
_EXIF_IN_PNG = ("exif", "Raw profile type exif")


def texts_beside(picture: Picture) -> dict[str, str]:
    """What is found, by our keywords. Raises what PIL raises of spoiled EXIF."""
    found: dict[str, str] = {}
    if picture.format != "PNG" or any(key in picture.info for key in _EXIF_IN_PNG):
        exif = picture.getexif()
        # Fooocus lays the comment among the tags of the picture itself.
        said = exif.get_ifd(_EXIF_IFD).get(_USER_COMMENT) or exif.get(_USER_COMMENT)
        if isinstance(said, bytes | str) and (text := comment_text(said)):
            found[USER_COMMENT] = text
        graphs = [str(exif[tag])[:200] for tag in _TAGS if tag in exif]
        if any(_GRAPH.match(text) for text in graphs):
            found[WORKFLOW] = "{"
    xmp = picture.info.get("XML:com.adobe.xmp", picture.info.get("xmp", ""))
    xmp = xmp.decode("utf-8", "replace") if isinstance(xmp, bytes) else str(xmp)
    if USER_COMMENT not in found and (match := _IN_XMP.search(xmp)):
        import html  # a table of every entity's name, for the child alone

        found[USER_COMMENT] = html.unescape(match[1]).strip()
    comment = picture.info.get("comment")
    if isinstance(comment, bytes | str) and comment:
        found[COMMENT] = comment_text(comment)
    return found


def png_text(said: object) -> str:
    """A text chunk as it was meant."""
    from PIL.PngImagePlugin import iTXt

    return str(said) if isinstance(said, iTXt) else _in_utf8(str(said))


def _in_utf8(text: str) -> str:
    """What Pillow read as Latin-1, as the standards have it, and some tools (stable-diffusion.cpp,
    NovelAI) write in UTF-8, told by a pattern that no sentence in Latin-1 has."""
    try:
        return text if text.isascii() else text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def comment_text(said: bytes | str) -> str:
    """The text of a user comment: eight letters that name its encoding, then the text. Writers
    disagree about the order of UTF-16's bytes, so that is told from the text."""
    if isinstance(said, str):
        return _bare(_in_utf8(said.removeprefix("ASCII").removeprefix("UNICODE")))
    code, text = said[:8], said[8:]
    if code == b"UNICODE\0":
        return _bare(_utf16(text))
    if code not in (b"ASCII\0\0\0", b"\0" * 8, b"JIS\0\0\0\0\0"):
        text = said
    return _bare(text.decode("utf-8", "replace"))


def _bare(text: str) -> str:
    return text.strip("\0 \ufeff")


def _utf16(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    if b"\0" not in data[:400]:  # UTF-8 under a wrong name, unless it is all foreign letters
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            pass
    is_little = data[1::2].count(0) > data[::2].count(0)
    return data.decode("utf-16-le" if is_little else "utf-16-be", "replace")
