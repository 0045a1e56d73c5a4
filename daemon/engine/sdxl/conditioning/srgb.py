"""Colours of a picture as every screen and model takes them: sRGB, red, green and blue.

Photographs of telephones are in Display P3, a studio's in Adobe RGB or in inks; read as sRGB their
colours would be others. A picture without a profile is sRGB (W3C CSS Color 4). Knows no file.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache

from PIL import Image, ImageCms, ImageOps

#: What a profile of sRGB calls itself; such pictures are taken as they are, to the last bit.
_OWN_NAME = "srgb"

_BITS, _COLOURS, _FROM_WHITE = 258, 262, 0  # TIFF 6.0, section 8


@dataclass(frozen=True, slots=True)
class DeepGrey:
    """How greys of more than eight bits are meant: of how many `bits`, and from which end."""

    bits: int = 16
    black_is_high: bool = False


def deep_grey_of(image: Image.Image) -> DeepGrey:
    """As the file says that `image` was opened from: a scan in TIFF may count from white."""
    tags = getattr(image, "tag_v2", None)
    if tags is None:
        return DeepGrey()
    return DeepGrey(max(tags.get(_BITS, (16,))), tags.get(_COLOURS) == _FROM_WHITE)


def to_srgb(image: Image.Image, grey: DeepGrey | None = None) -> Image.Image:
    """`image` with its profile's colours as sRGB: RGB, or RGBA if it is transparent anywhere, and
    without a profile. A profile that can't be used is left out."""
    clear = is_transparent(image)
    profile = _profile(image)
    plain = _straight(_eight_bits(image, grey or DeepGrey()))
    alpha = plain.convert("RGBA").getchannel("A") if clear else None
    colours = _converted(plain, profile) if profile else None
    if colours is None:
        colours = plain.convert("RGBA").convert("RGB") if clear else plain.convert("RGB")
    if alpha is not None:
        colours.putalpha(alpha)
    colours.info.pop("icc_profile", None)
    return colours


def is_transparent(image: Image.Image) -> bool:
    """Whether the picture can be transparent somewhere."""
    return image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info


def has_unusable_profile(image: Image.Image) -> bool:
    """Whether it has a profile that nothing can be made of."""
    if not image.info.get("icc_profile"):
        return False
    if _opened(image) is None:
        return True
    profile = _profile(image)
    return profile is not None and _converted(Image.new(image.mode, (1, 1)), profile) is None


def _eight_bits(image: Image.Image, grey: DeepGrey) -> Image.Image:
    if not image.mode.startswith("I"):
        return image
    scale = 1 / 2 ** (grey.bits - 8)  # 16 bits of grey, which convert() would clip
    plain = image.point(lambda value: value * scale).convert("L")
    return ImageOps.invert(plain) if grey.black_is_high else plain


def _straight(image: Image.Image) -> Image.Image:
    """Colours that are not multiplied by their alpha."""
    return image.convert({"La": "LA", "RGBa": "RGBA"}.get(image.mode, image.mode))


def _profile(image: Image.Image) -> ImageCms.ImageCmsProfile | None:
    """The profile of `image`, unless it is of sRGB itself or can't be read."""
    profile = _opened(image)
    if profile is None:
        return None
    name = profile.profile.profile_description or ""
    return None if name.lower().startswith(_OWN_NAME) else profile


def _opened(image: Image.Image) -> ImageCms.ImageCmsProfile | None:
    data = image.info.get("icc_profile")
    if not isinstance(data, bytes):
        return None
    try:
        return ImageCms.ImageCmsProfile(io.BytesIO(data))
    except (OSError, ValueError, TypeError, ImageCms.PyCMSError):
        return None


def _converted(image: Image.Image, profile: ImageCms.ImageCmsProfile) -> Image.Image | None:
    space = profile.profile.xcolor_space.strip()
    mode = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}.get(space)
    if mode is None or (mode == "CMYK") != (image.mode == "CMYK"):
        return None  # not a profile of this picture
    given = image if image.mode == mode else image.convert("RGBA").convert(mode)
    try:
        return ImageCms.profileToProfile(
            given,
            profile,
            _target(),
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            outputMode="RGB",
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except (ImageCms.PyCMSError, ValueError, OSError):
        return None


@cache
def _target() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
