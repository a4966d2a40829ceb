"""Small images of private images, made when first asked for and kept as privately."""

from __future__ import annotations

import io
from typing import IO, Final

from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from members.models import PrivateFile
from members.models.files import private_storage
from secretariat.kernel.errors import InvalidInput

WIDTHS: Final = (320, 800, 1600)
"""Widths in pixels; an image is never made larger than it is."""


def rendition(file: PrivateFile, width: int) -> IO[bytes]:
    """The image as JPEG of at most `width` pixels, upright, without metadata.

    Raises InvalidInput where the file begins like an image and goes on like none.
    """
    storage = private_storage()
    name = f"renditions/{file.uuid}-{width}.jpg"
    if not storage.exists(name):
        try:
            made = _shrink(file, width)
        except (OSError, SyntaxError, ValueError) as problem:
            raise InvalidInput(_("This image cannot be shown. Upload it again.")) from problem
        storage.save(name, ContentFile(made))
    return storage.open(name, "rb")


def _shrink(file: PrivateFile, width: int) -> bytes:
    with file.stored.open("rb") as source, Image.open(source) as image:
        upright = ImageOps.exif_transpose(image).convert("RGBA")
    upright.thumbnail((width, width * 4))
    paper = Image.new("RGB", upright.size, "white")
    paper.paste(upright, mask=upright.getchannel("A"))
    made = io.BytesIO()
    paper.save(made, "JPEG", quality=85, optimize=True)
    return made.getvalue()
