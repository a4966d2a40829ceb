"""Small images of private images, made when first asked for and kept as privately."""

from __future__ import annotations

import io
from typing import IO, Final

from django.core.files.base import ContentFile
from PIL import Image, ImageOps

from members.models import PrivateFile
from members.models.files import private_storage

WIDTHS: Final = (320, 800, 1600)
"""Widths in pixels; an image is never made larger than it is."""


def rendition(file: PrivateFile, width: int) -> IO[bytes]:
    """The image as JPEG of at most `width` pixels, upright, without metadata."""
    storage = private_storage()
    name = f"renditions/{file.uuid}-{width}.jpg"
    if not storage.exists(name):
        storage.save(name, ContentFile(_shrink(file, width)))
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
