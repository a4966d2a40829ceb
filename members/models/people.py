"""Who may act: mandates of a city, roles of the office. People come and go; seats stay."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from members.models.cities import City
from members.models.files import PrivateFile


class MandateRole(models.TextChoices):
    HEAD = "head", _("Head of delegation")
    VOTING_DELEGATE = "voting_delegate", _("Voting delegate")
    ALTERNATE = "alternate", _("Alternate")
    EDITOR = "editor", _("Editor")
    OBSERVER = "observer", _("Observer")


class Mandate(models.Model):
    """A person acts for a city in a role from one moment up to, not including, another."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="mandates",
        verbose_name=_("person"),
    )
    city = models.ForeignKey(
        City, on_delete=models.PROTECT, related_name="mandates", verbose_name=_("city")
    )
    role = models.CharField(_("role"), max_length=20, choices=MandateRole.choices)
    rank = models.PositiveSmallIntegerField(_("rank"), default=0)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    accredited_at = models.DateTimeField(_("accredited at"), null=True, blank=True)
    accredited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="accreditations",
        verbose_name=_("accredited by"),
    )
    credential = models.CharField(
        _("letter of credence"),
        max_length=250,
        blank=True,
        help_text=_("Reference and date of the letter."),
    )
    letter = models.ForeignKey(
        PrivateFile,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("uploaded letter"),
    )

    class Meta:
        verbose_name = _("mandate")
        verbose_name_plural = _("mandates")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "city", "role"],
                condition=Q(ends_at=None),
                name="one_open_mandate_for_a_role",
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gte=F("starts_at")),
                name="mandate_ends_after_it_starts",
            ),
        ]
        indexes = [models.Index(fields=["city", "ends_at"], name="mandate_of_city")]

    def __str__(self) -> str:
        return f"{self.get_role_display()}"


class OfficeRoleKind(models.TextChoices):
    SECRETARY_GENERAL = "secretary_general", _("Secretary-general")
    RETURNING_OFFICER = "returning_officer", _("Returning officer")
    REGISTRAR = "registrar", _("Registrar of members")
    LIBRARIAN = "librarian", _("Librarian")
    AUDITOR = "auditor", _("Auditor")


class OfficeRole(models.Model):
    """A person works for the office in a role, for a time."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="office_roles",
        verbose_name=_("person"),
    )
    role = models.CharField(_("role"), max_length=20, choices=OfficeRoleKind.choices)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("office role")
        verbose_name_plural = _("office roles")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "role"], condition=Q(ends_at=None), name="one_open_office_role"
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gte=F("starts_at")),
                name="office_role_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return self.get_role_display()
