"""Opening a picture that a render needs: once, by descriptor, and only of kinds we trust.

Whatever is wrong with the file becomes a RenderError that names it. Knows nothing of encoders.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import os
import stat
import warnings
from collections.abc import Iterator

from PIL import Image, ImageOps, PngImagePlugin, UnidentifiedImageError

from daemon.engine.interface import RenderError
from daemon.engine.sdxl.conditioning.srgb import deep_grey_of, to_srgb
from daemon.formats.kinds import FORMATS, HEAD, SHOWN, foreign_kind, remedy_for
from daemon.formats.png_chunks import without_texts
from daemon.formats.tiff_layout import is_tiff, tiff_refusal
from daemon.protocol.render import KeptPicture

MACHINES_FAULT = (errno.EMFILE, errno.ENFILE, errno.EIO, errno.ENOMEM)
MOST_PIXELS = 50_000_000
MOST_BYTES = 200 * 1024 * 1024
MOST_PROFILE = 8 << 20
"""Bytes of a PNG's colour profile, unpacked; those of printers have three megabytes."""


#: Greys of a mask so near to black or white are meant to be that: JPEG and soft brushes leave them.
NEARLY = 8


def open_picture(picture: KeptPicture) -> Image.Image:
    """The picture as a viewer shows it: upright, RGB in sRGB, what is transparent white; its
    content is checked against the hash it is known by."""
    return laid_on(open_as_it_is(picture), "white")


def open_mask(picture: KeptPicture) -> Image.Image:
    """The mask, upright, one channel; what is transparent is black, as nothing is drawn there."""
    grey = laid_on(open_as_it_is(picture), "black").convert("L")
    return grey.point([0 if v <= NEARLY else 255 if v >= 255 - NEARLY else v for v in range(256)])


def laid_on(image: Image.Image, ground: str) -> Image.Image:
    """RGB; `ground` where it is transparent."""
    if image.mode != "RGBA":
        return image
    return Image.alpha_composite(Image.new("RGBA", image.size, ground), image).convert("RGB")


def open_as_it_is(picture: KeptPicture) -> Image.Image:
    """The picture, upright, in sRGB: RGB, or RGBA if it can be transparent. Raises RenderError."""
    data = _read(picture.path)
    if picture.sha256 and hashlib.sha256(data).hexdigest() != picture.sha256:
        raise RenderError(
            f"The picture {picture.path} has changed since its job was planned.",
            remedy="Drop the job again, so that it is planned with the picture as it is now.",
        )
    with _explained(picture.path):
        image = _opened(picture.path, data)
        return to_srgb(ImageOps.exif_transpose(image), deep_grey_of(image))


@contextlib.contextmanager
def look_at(path: str) -> Iterator[Image.Image]:
    """The picture with nothing of it decoded yet. Raises RenderError, inside too."""
    with _explained(path):
        yield _opened(path, _read(path))


def _opened(path: str, data: bytes) -> Image.Image:
    _check_kind(path, data)
    PngImagePlugin.MAX_TEXT_CHUNK = MOST_PROFILE
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        image = Image.open(io.BytesIO(without_texts(data)), formats=FORMATS)
    if image.width * image.height > MOST_PIXELS:
        raise _too_large(path, f"{image.width}x{image.height} pixels")
    return image


def _check_kind(path: str, data: bytes) -> None:
    if kind := foreign_kind(data[:HEAD]):
        raise _unreadable(path, f"It is {kind}.", remedy_for(kind))
    if is_tiff(data) and (why := tiff_refusal(io.BytesIO(data))):
        raise _unreadable(path, why)


@contextlib.contextmanager
def _explained(path: str) -> Iterator[None]:
    """What Pillow says of a file, in words for a person."""
    try:
        yield
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise _too_large(path, str(error)) from error
    except UnidentifiedImageError as error:
        raise _unreadable(path) from error
    except (RenderError, MemoryError):  # of which the second is the machine's, not the picture's
        raise
    except Exception as error:  # a decoder's, of which there are many
        raise RenderError(
            f"The picture {path} is broken.",
            why=f"It can't be decoded: {error}.",
            remedy="Open it in an image program, save it anew, and drop the job again.",
        ) from error


def _read(path: str) -> bytes:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:
        raise RenderError(
            f"The picture {path} can't be opened.",
            why=f"The system says: {error.strerror}.",
            remedy="Put it back and drop the job again.",
            transient=error.errno in MACHINES_FAULT,
        ) from error
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise RenderError(f"The picture {path} is not a file.")
        if found.st_size > MOST_BYTES:
            raise _too_large(path, f"{found.st_size // 1_000_000} MB")
        return file.read(MOST_BYTES)


def _too_large(path: str, how: str) -> RenderError:
    return RenderError(
        f"The picture {path} is too large: {how}.",
        remedy=f"Scale it down below {MOST_PIXELS // 1_000_000} megapixels and drop the job again.",
    )


def _unreadable(path: str, why: str = "", remedy: str = "") -> RenderError:
    return RenderError(
        f"The picture {path} is not a {SHOWN} picture of 8 or 16 bits.",
        why=why,
        remedy=remedy or "Save it as one of these and drop the job again.",
    )
