"""A table of cities and contacts on its way in: staged row by row, shown, then written at once."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.models.files import private_storage


class ImportState(models.TextChoices):
    WAITING = "waiting", _("Being read")
    READY = "ready", _("Preview")
    UNREADABLE = "unreadable", _("Not readable")
    APPLIED = "applied", _("Written")
    DISCARDED = "discarded", _("Thrown away")


class Fate(models.TextChoices):
    """What would become of a row, or of the city or the contact in it."""

    REFUSED = "refused", _("Refused")
    NEW = "new", _("New")
    CHANGED = "changed", _("Changed")
    SAME = "same", _("Same")


def stored_as(instance: MemberImport, _name: str) -> str:
    return f"imports/{instance.uuid}"


class MemberImport(models.Model):
    """One file. Its rows and its copy are gone once it is written or thrown away.

    `counts` is `{"rows"|"cities"|"contacts": {fate: number}}`; `notes` says what was left out
    and how the file was read. `watermark` is the last audit entry when reading began: whatever
    came after it makes the preview stale.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("file"), max_length=255)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    stored = models.FileField(storage=private_storage, upload_to=stored_as, blank=True)
    state = models.CharField(
        _("state"), max_length=20, choices=ImportState.choices, default=ImportState.WAITING
    )
    rows_read = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
    notes = models.JSONField(default=dict)
    watermark = models.PositiveBigIntegerField(default=0)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("brought by"),
    )
    opened_at = models.DateTimeField(_("brought at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    ended_at=None,
                    state__in=[ImportState.WAITING, ImportState.READY, ImportState.UNREADABLE],
                )
                | Q(ended_at__isnull=False, state__in=[ImportState.APPLIED, ImportState.DISCARDED]),
                name="import_ends_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def counted(self, what: str, fate: str) -> int:
        """How many of "rows", "cities" or "contacts" have this fate."""
        return int(self.counts.get(what, {}).get(fate, 0))

    @property
    def refused(self) -> int:
        return self.counted("rows", Fate.REFUSED)

    @property
    def to_write(self) -> int:
        """How many rows say something new."""
        return self.counted("rows", Fate.NEW) + self.counted("rows", Fate.CHANGED)


class ImportRow(models.Model):
    """One line of the file, its fate, and what would be written.

    `names` are the city's by language, `changes` holds `[field, before, after]`, `problems`
    `[column, code, {language: text}]`, `plan` what applying writes: `{"city", "names",
    "membership", "replaces", "contact"}`, without what says nothing.
    """

    member_import = models.ForeignKey(MemberImport, on_delete=models.CASCADE, related_name="rows")
    line = models.PositiveIntegerField(_("line"))
    slug = models.CharField(_("address name"), max_length=100, blank=True)
    names: models.JSONField[Any, Any] = models.JSONField(default=dict)
    fate = models.CharField(_("fate"), max_length=10, choices=Fate.choices)
    city_fate = models.CharField(max_length=10, choices=Fate.choices, blank=True)
    contact_fate = models.CharField(max_length=10, choices=Fate.choices, blank=True)
    changes: models.JSONField[Any, Any] = models.JSONField(default=list)
    problems: models.JSONField[Any, Any] = models.JSONField(default=list)
    plan: models.JSONField[Any, Any] = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of imports")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["member_import", "line"], name="one_row_for_a_line"),
        ]
        indexes = [
            models.Index(fields=["member_import", "fate", "line"], name="import_rows_by_fate"),
        ]

    def __str__(self) -> str:
        return f"{self.line}"
