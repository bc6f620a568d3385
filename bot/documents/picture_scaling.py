"""Makes pictures small enough for a model: scaled, turned as they were taken, and without what a camera notes of its owner.

Where Pillow is missing, a picture goes as it is, if it is small enough for every provider.
"""

from __future__ import annotations

import warnings
from io import BytesIO
from typing import TYPE_CHECKING

from bot.core.conversation.attached_files import Picture
from bot.core.conversation.file_kinds import picture_type
from bot.core.conversation.file_refusals import FileRefusal
from bot.documents.libraries import is_here
from bot.documents.parse_job import LONGEST_SIDE

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_PIXELS = 50_000_000
"""Pixels of a picture that is opened: a camera of today's phones has as many, and Pillow needs 270 MB for them."""
MOST_BYTES = 3_700_000
"""Bytes of a picture that every provider takes: Anthropic's vision page (November 2026) has 5 MB, of base64."""
MOST_DRAWING = 1_000_000  # bytes of a PNG: what is more is a photograph
_FORMATS = ("JPEG", "PNG", "GIF", "WEBP")
_QUALITY = 85


def read_picture(content: bytes) -> Picture | FileRefusal:
    """Returns the picture as a model takes it."""
    return scaled(content) if is_here("PIL") else as_it_is(content)


def as_it_is(content: bytes) -> Picture | FileRefusal:
    """Returns the picture unscaled, where it is small enough."""
    if len(content) > MOST_BYTES:
        return FileRefusal.TOO_LARGE
    return Picture(content, picture_type(content))


def scaled(content: bytes) -> Picture | FileRefusal:
    """Returns the picture no larger than LONGEST_SIDE. Raises what Pillow does where it is damaged."""
    from PIL import Image, ImageOps

    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            image = Image.open(BytesIO(content), formats=_FORMATS)
        except (Image.DecompressionBombWarning, Image.DecompressionBombError):
            return FileRefusal.TOO_LARGE
    if image.width * image.height > MOST_PIXELS:
        return FileRefusal.TOO_LARGE
    image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is decoded at a fraction of its size
    is_photograph = image.format == "JPEG"
    return _written(_shrunk(ImageOps.exif_transpose(image)), is_photograph=is_photograph)


def _shrunk(image: Image) -> Image:
    if image.mode.startswith("I"):
        # Sixteen bits of grey: converted as they are, all but the darkest would be white.
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if image.mode not in ("L", "LA", "RGB", "RGBA"):
        image = image.convert("RGBA" if "transparency" in image.info or image.mode == "PA" else "RGB")
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return image


def _written(image: Image, *, is_photograph: bool) -> Picture:
    """A drawing stays sharp, where that is not too large."""
    drawn = BytesIO()
    if not is_photograph:
        image.save(drawn, "PNG")
    if 0 < len(drawn.getvalue()) <= MOST_DRAWING:
        return Picture(drawn.getvalue(), "image/png")
    photograph = BytesIO()
    image.convert("RGB").save(photograph, "JPEG", quality=_QUALITY)
    return Picture(photograph.getvalue(), "image/jpeg")
