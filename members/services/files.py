"""Taking in a private file: what it is said by its bytes, where it may go by its purpose."""

from __future__ import annotations

import hashlib
import io
import unicodedata
import uuid as uuids
import zipfile
from datetime import datetime
from pathlib import PurePath
from typing import Any, Final

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, UnidentifiedImageError

from members.models import City, PrivateFile
from members.models.files import FilePurpose
from secretariat.kernel.errors import InvalidInput

LARGEST: Final = 10 * 1024 * 1024
MOST_PIXELS: Final = 50_000_000

PDF, PNG, JPEG = "application/pdf", "image/png", "image/jpeg"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

ENDINGS: Final = {PDF: ".pdf", PNG: ".png", JPEG: ".jpg", DOCX: ".docx", XLSX: ".xlsx"}
LETTERS: Final = frozenset({PDF, PNG, JPEG})
TAKEN: Final[dict[str, frozenset[str]]] = {
    FilePurpose.CREDENCE: LETTERS,
    FilePurpose.APPLICATION: LETTERS,
    FilePurpose.LETTER: LETTERS,
    FilePurpose.SIGNATURE_SHEET: LETTERS,
    FilePurpose.PRACTICE_IMAGE: frozenset({PNG, JPEG}),
    FilePurpose.PRACTICE_ATTACHMENT: frozenset({PDF, PNG, JPEG, DOCX, XLSX}),
}


def store_file(
    *,
    upload: UploadedFile[Any],
    purpose: str,
    city: City | None,
    actor: Any,
    now: datetime,
    where: str = "file",
) -> PrivateFile:
    """Keep an upload; called by the service whose act it belongs to, which authorises and records.

    Raises InvalidInput (`where` names the form's field): too large, empty, of a kind that the
    purpose does not take. The kind is read from the bytes; the name is only kept.
    """
    if upload.size is not None and upload.size > LARGEST:
        raise InvalidInput(_("The file is larger than 10 MB. Make it smaller."), where=where)
    content = upload.read()
    if not content:
        raise InvalidInput(_("The file is empty. Choose it again."), where=where)
    media_type = kind_of(content)
    if media_type not in TAKEN[purpose]:
        raise InvalidInput(_refusal(purpose), where=where)
    file = PrivateFile(
        uuid=uuids.uuid4(),
        city=city,
        purpose=purpose,
        name=_name(upload.name or "", media_type),
        media_type=media_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        uploaded_by=actor if getattr(actor, "pk", None) else None,
        uploaded_at=now,
    )
    file.stored.save(f"{file.uuid}{ENDINGS[media_type]}", ContentFile(content), save=False)
    file.save(force_insert=True)
    return file


def kind_of(content: bytes) -> str:
    """The media type that the bytes show, or "" for none that is taken."""
    if content.startswith(b"%PDF-"):
        return PDF
    if content.startswith(b"PK\x03\x04"):
        return _office_document(content)
    return _image(content)


def _image(content: bytes) -> str:
    try:
        with Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as image:
            if image.width * image.height > MOST_PIXELS:
                return ""
            if image.format == "PNG":
                image.verify()
                return PNG
            # `verify` looks at no JPEG; an eighth of its size is enough to miss a piece.
            image.draft("RGB", (1, 1))
            image.load()
            return JPEG
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return ""


def _office_document(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        return ""
    if "word/document.xml" in names:
        return DOCX
    return XLSX if "xl/workbook.xml" in names else ""


def _refusal(purpose: str) -> Any:
    if purpose == FilePurpose.PRACTICE_IMAGE:
        return _("Choose an image: PNG or JPEG.")
    if purpose == FilePurpose.PRACTICE_ATTACHMENT:
        return _("Choose a PDF, DOCX, XLSX, PNG or JPEG file.")
    return _("Choose a PDF, or an image of the letter (PNG or JPEG).")


def _name(given: str, media_type: str) -> str:
    """The file's own name without folders and control characters, at most 255 characters."""
    plain = unicodedata.normalize("NFC", PurePath(given.replace("\\", "/")).name)
    plain = "".join(sign for sign in plain if sign.isprintable()).strip()
    return (plain or f"file{ENDINGS[media_type]}")[-255:]
