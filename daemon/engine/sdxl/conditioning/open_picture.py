"""Opening a picture that a render needs: once, by descriptor, and only of kinds we trust.

Whatever is wrong with the file becomes a RenderError that names it. Knows nothing of encoders.
"""

from __future__ import annotations

import errno
import hashlib
import io
import os
import stat
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from daemon.engine.interface import RenderError
from daemon.protocol.render import KeptPicture

FORMATS = ("PNG", "JPEG", "WEBP")
MACHINES_FAULT = (errno.EMFILE, errno.ENFILE, errno.EIO, errno.ENOMEM)
MOST_PIXELS = 50_000_000
MOST_BYTES = 200 * 1024 * 1024


def open_picture(picture: KeptPicture) -> Image.Image:
    """The picture, upright, RGB; its content is checked against the hash it is known by."""
    data = _read(picture.path)
    if picture.sha256 and hashlib.sha256(data).hexdigest() != picture.sha256:
        raise RenderError(
            f"The picture {picture.path} has changed since its job was planned.",
            remedy="Drop the job again, so that it is planned with the picture as it is now.",
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(data), formats=FORMATS)
        if image.width * image.height > MOST_PIXELS:
            raise _too_large(picture.path, f"{image.width}x{image.height} pixels")
        return flatten(ImageOps.exif_transpose(image))
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise _too_large(picture.path, str(error)) from error
    except UnidentifiedImageError as error:
        raise RenderError(
            f"The picture {picture.path} is not a PNG, JPEG or WEBP picture.",
            remedy="Save it as one of these and drop the job again.",
        ) from error
    except (OSError, ValueError, SyntaxError, MemoryError, EOFError) as error:
        raise RenderError(
            f"The picture {picture.path} is broken.",
            why=f"It can't be decoded: {error}.",
            remedy="Open it in an image program, save it anew, and drop the job again.",
        ) from error


def flatten(image: Image.Image) -> Image.Image:
    """RGB; what was transparent becomes white, as it looks in a viewer."""
    if image.mode.startswith("I"):  # 16 bits of grey, which convert() would clip
        image = image.point(lambda value: value * (1 / 256)).convert("L")
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        clear = image.convert("RGBA")
        ground = Image.new("RGBA", clear.size, "white")
        return Image.alpha_composite(ground, clear).convert("RGB")
    return image.convert("RGB")


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
