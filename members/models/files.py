"""Files that are private to a city and the office until something they belong to is public."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.core.files.storage import FileSystemStorage, Storage, storages
from django.db import models
from django.utils.translation import gettext_lazy as _

from members.models.cities import City


def private_storage() -> Storage:
    """Where private files lie: never below MEDIA_ROOT, never at an address of their own."""
    return storages["private"]


class PrivateStorage(FileSystemStorage):
    """`PRIVATE_ROOT` on the disk, read when asked for, so that tests may move it."""

    def __init__(self) -> None:
        super().__init__(location=settings.PRIVATE_ROOT)

    def url(self, name: str | None) -> str:
        """There is none: Django would answer with an address below MEDIA_URL."""
        raise ValueError("This file is not accessible via a URL.")


class FilePurpose(models.TextChoices):
    CREDENCE = "credence", _("Letter of credence")
    APPLICATION = "application", _("Letter of application")
    LETTER = "letter", _("Letter or e-mail of a city")
    SIGNATURE_SHEET = "signature_sheet", _("Signed sheet of a declaration")
    PRACTICE_IMAGE = "practice_image", _("Image of a practice")
    PRACTICE_ATTACHMENT = "practice_attachment", _("Attachment of a practice")


class PrivateFile(models.Model):
    """One uploaded file, never changed. `city` is None while it belongs to nobody but the office.

    Read through `members.policies.file_policy` only. `media_type` is what the bytes are, not
    what the sender said; the digest is named by the act that brought the file.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    city = models.ForeignKey(
        City,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="files",
        verbose_name=_("city"),
    )
    purpose = models.CharField(_("purpose"), max_length=30, choices=FilePurpose.choices)
    name = models.CharField(_("name"), max_length=255)
    media_type = models.CharField(_("media type"), max_length=100)
    size = models.PositiveIntegerField(_("size in bytes"))
    sha256 = models.CharField(max_length=64)
    stored = models.FileField(_("file"), storage=private_storage, max_length=255)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("uploaded by"),
    )
    uploaded_at = models.DateTimeField(_("uploaded at"))

    class Meta:
        verbose_name = _("private file")
        verbose_name_plural = _("private files")
        default_permissions = ()
        indexes = [models.Index(fields=["city", "purpose"], name="file_of_city")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_image(self) -> bool:
        return self.media_type in ("image/png", "image/jpeg")
