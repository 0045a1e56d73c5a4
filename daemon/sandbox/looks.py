"""What the child does with a file: hash it, copy it, read a PNG's texts, decode or crop a picture.

Runs in the child alone; whatever it costs, the child pays. Raises JobError for a file that is no
good.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import struct
import warnings
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, BinaryIO

from daemon.errors import JobError
from daemon.formats.endings import is_whole
from daemon.formats.kinds import FORMATS, HEAD, SHOWN, foreign_kind, remedy_for, upright_sides
from daemon.formats.png_chunks import SIGNATURE, without_texts
from daemon.formats.tiff_layout import is_tiff, read_layout, tiff_refusal
from daemon.fs import atomic
from daemon.sandbox.answer import Answer
from daemon.sandbox.exif_text import WORKFLOW, png_text, texts_beside

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

MAX_FILE = 64 * 1024 * 1024
MAX_PIXELS = 50_000_000
MAX_TEXT = 1_000_000
"""Letters of a PNG's text: a job file may have no more bytes."""

MAX_CHUNKS = 100_000
MAX_OTHER_CHUNKS = 10_000
"""Of a PNG, all told and without those of pixels; ours have about ten."""

MAX_PART = 768
"""Pixels a side of a part that is cut out: an image encoder looks at 224."""

_SHRINKABLE = frozenset({"L", "LA", "RGB", "RGBA", "CMYK"})
MAX_PROFILE = 8 << 20
"""Bytes of a PNG's colour profile, unpacked; those of printers have three megabytes."""

_BESIDE = ("XML:com.adobe.xmp", "Raw profile type exif")
_TROUBLES = (OSError, ValueError, SyntaxError, ArithmeticError, LookupError, struct.error)
"""What Pillow says of a spoiled file."""

_SAVE_TIFF = "Save it as a plain TIFF or PNG: red, green and blue, 8 or 16 bits, one layer."
_LOOK_SMALLER = "Save it smaller: about 1,000 pixels a side is all that is looked at."


def sha256(source: BinaryIO) -> Answer:
    """The content's sha256, of a file of any size."""
    digest = hashlib.sha256()
    while chunk := source.read(1 << 20):
        digest.update(chunk)
    return Answer(sha256=digest.hexdigest())


def keep(source: BinaryIO, target: BinaryIO, name: str) -> Answer:
    """Copies the picture, synced; its sha256, size and whether it is whole."""
    digest, size = hashlib.sha256(), 0
    target.truncate(0)  # a child that died over it may have written some
    target.seek(0)
    while chunk := source.read(1 << 20):
        size += len(chunk)
        if size > MAX_FILE:
            raise too_large(name)
        digest.update(chunk)
        target.write(chunk)
    target.flush()
    atomic.fsync(target.fileno())
    return replace(sides(target, name), sha256=digest.hexdigest())


def sides(source: BinaryIO, name: str) -> Answer:
    """Its size in pixels, upright, and whether it is whole; judged by its header."""
    ends = is_whole(source)
    if ends is False:
        return Answer(ends=False)
    width, height = _header(source, name)
    return Answer(width=width, height=height, ends=ends)


def decode(source: BinaryIO, name: str) -> Answer:
    """Every pixel, as the engine will."""
    found = sides(source, name)
    if found.ends is False:
        return found
    with decoding(source, name) as picture:
        picture.load()
    return replace(found, ends=True)


def crop(source: BinaryIO, target: BinaryIO, name: str, box: tuple[float, ...]) -> Answer:
    """The part `box` (x, y, width, height in fractions of the upright picture) as a picture of its
    own, synced: at most `MAX_PART` pixels a side, its colour profile kept, uncompressed, so that
    the same part of the same picture has the same content wherever it is cut out."""
    from PIL import ImageOps

    found = sides(source, name)
    if found.ends is False:
        return found
    target.truncate(0)
    target.seek(0)
    with decoding(source, name) as picture:
        profile = picture.info.get("icc_profile")
        upright = ImageOps.exif_transpose(picture)
        if upright.mode in ("P", "PA", "1"):
            upright = upright.convert("RGBA" if "transparency" in upright.info else "RGB")
        part = upright.crop(_pixels(box, *upright.size))
        if part.mode in _SHRINKABLE:
            part.thumbnail((MAX_PART, MAX_PART))
        if part.mode == "CMYK":  # which no PNG holds
            part.save(target, "JPEG", quality=95, icc_profile=profile)
        else:
            part.save(target, "PNG", compress_level=0, icc_profile=profile)
    target.flush()
    atomic.fsync(target.fileno())
    target.seek(0)
    return Answer(sha256(target).sha256, *part.size, ends=True)


def _pixels(box: tuple[float, ...], width: int, height: int) -> tuple[int, int, int, int]:
    """Corners of the part, at least a pixel of it."""
    left = min(round(box[0] * width), width - 1)
    top = min(round(box[1] * height), height - 1)
    right, bottom = round((box[0] + box[2]) * width), round((box[1] + box[3]) * height)
    return left, top, max(min(right, width), left + 1), max(min(bottom, height), top + 1)


def texts(source: BinaryIO, keywords: tuple[str, ...]) -> Answer:
    """The picture's texts under these keywords: a PNG's chunks, and EXIF's and XMP's comments (see
    `exif_text`)."""
    try:
        with _opened(source, "", keep=(*keywords, *_BESIDE)) as picture:
            said = {key: png_text(text) for key, text in picture.info.items() if key in keywords}
            # The first keyword is our own record: beside it nothing else counts.
            if not said.keys() & set(keywords[:1]):
                beside = texts_beside(picture)
                said |= {key: text for key, text in beside.items() if key in keywords}
    except _TROUBLES as error:
        raise _no_record(source, error) from None
    found = {key: text for key, text in said.items() if len(text) <= MAX_TEXT}
    if not found and said and not said.keys() & {WORKFLOW}:
        raise JobError(
            f"The text in this picture is longer than {MAX_TEXT:,} letters.",
            remedy="Drop the picture as Hotfolder wrote it, or write a job file.",
        )
    # Of a graph only that there is one counts, and it may be megabytes.
    return Answer(texts=found | {key: said[key][:100] for key in said.keys() - found.keys()})


def too_large(name: str) -> JobError:
    """A file of more bytes than a picture may have."""
    return JobError(f"The picture {name} is larger than {MAX_FILE >> 20} MB.", remedy=_LOOK_SMALLER)


# --- inside ---------------------------------------------------------------------------------------


def _no_record(stream: BinaryIO, error: Exception) -> JobError:
    """What is said of a file whose texts can't be read."""
    stream.seek(0)
    kind = foreign_kind(stream.read(HEAD))
    why = f"{error}." if isinstance(error, ValueError) else ""
    return JobError(
        "This file is not a picture that can be read.",
        why=f"Whatever its name says, it is {kind}." if kind else why,
        remedy="Drop the PNG, JPEG or WebP as Hotfolder or another tool wrote it.",
    )


def _opened(stream: BinaryIO, name: str, keep: tuple[str, ...] = ()) -> Picture:
    """Nothing decoded yet; of a PNG's texts only those of the keywords `keep`, since Pillow takes a
    picture with larger ones than it reads for a broken one."""
    from PIL import Image, PngImagePlugin

    PngImagePlugin.MAX_TEXT_CHUNK = MAX_PROFILE
    _check_chunks(stream)
    stream.seek(0)
    if stream.read(len(SIGNATURE)) == SIGNATURE:
        stream.seek(0)
        stream = io.BytesIO(without_texts(stream.read(), keep))
    stream.seek(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return Image.open(stream, formats=FORMATS)
        except Image.DecompressionBombError:
            raise _too_many(name or "you dropped") from None


@contextlib.contextmanager
def decoding(stream: BinaryIO, name: str) -> Iterator[Picture]:
    """The picture, to be decoded inside. Raises JobError for one that can't be."""
    try:
        with _opened(stream, name) as picture:
            yield picture
    except _TROUBLES as error:
        raise JobError(
            f"The picture {name} is broken inside: {error}.",
            remedy="Copy it again, or save it anew as PNG or JPEG.",
        ) from None


def _header(stream: BinaryIO, name: str) -> tuple[int, int]:
    _check_kind(stream, name)
    try:
        with _opened(stream, name) as picture:
            width, height = upright_sides(picture)
    except _TROUBLES:
        raise _unreadable(name, stream) from None
    if width < 1 or height < 1:
        raise JobError(f"The picture {name} has no pixels.")
    if width * height > MAX_PIXELS:
        raise _too_many(name)
    return width, height


def _check_chunks(stream: BinaryIO) -> None:
    """A PNG of millions of tiny chunks costs any reader minutes, here and in the engine."""
    stream.seek(0)
    if stream.read(8) != SIGNATURE:
        return
    chunks = others = 0
    while len(head := stream.read(8)) == 8:
        length, kind = struct.unpack(">I4s", head)
        chunks, others = chunks + 1, others + (kind != b"IDAT")
        if chunks > MAX_CHUNKS or others > MAX_OTHER_CHUNKS:
            raise JobError(
                f"This PNG consists of more than {MAX_OTHER_CHUNKS:,} parts beside its pixels.",
                why="A picture has about ten; so many would keep any reader busy for minutes.",
                remedy="Open it in a picture editor and save it anew.",
            )
        stream.seek(length + 4, os.SEEK_CUR)


def _check_kind(stream: BinaryIO, name: str) -> None:
    """Raises JobError for a kind that isn't read, and for a TIFF that claims too much."""
    stream.seek(0)
    head = stream.read(HEAD)
    if kind := foreign_kind(head):
        raise JobError(
            f"The picture {name} is {kind}, and not a picture that can be read.",
            why=f"Pictures are {SHOWN}.",
            remedy=remedy_for(kind),
        )
    if is_tiff(head) and (why := tiff_refusal(stream)):
        raise JobError(
            f"The TIFF {name} is not a picture that can be read.", why=why, remedy=_SAVE_TIFF
        )


def _unreadable(name: str, stream: BinaryIO) -> JobError:
    stream.seek(0)
    if is_tiff(stream.read(HEAD)):
        how = read_layout(stream).described()
        why = f"Its pixels are laid out in a way that is not read ({how})."
        return JobError(
            f"The TIFF {name} is not a picture that can be read.", why=why, remedy=_SAVE_TIFF
        )
    return JobError(
        f"The picture {name} is not a picture that can be read.",
        why=f"It may be broken, or of a kind other than {SHOWN}.",
        remedy="Save it as PNG or JPEG, and drop the job again.",
    )


def _too_many(name: str) -> JobError:
    return JobError(
        f"The picture {name} has more than {MAX_PIXELS // 1_000_000} megapixels.",
        remedy=_LOOK_SMALLER,
    )
