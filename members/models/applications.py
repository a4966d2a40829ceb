"""Applications: a city or other body asks to join, and what became of it."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from members.models.cities import BodyKind, City, Region
from members.models.files import PrivateFile
from secretariat.kernel.bilingual import Bilingual
from secretariat.kernel.models import LANGUAGES


class Sought(models.TextChoices):
    MEMBER = "member", _("Membership of a city, with a seat and a vote")
    OBSERVER = "observer", _("Observer, without a vote")
    PARTNER = "partner", _("Partner organisation, without a vote")


class ApplicationStateKind(models.TextChoices):
    RECEIVED = "received", _("Received")
    RETURNED = "returned", _("To be completed")
    COMPLETE = "complete", _("Before the assembly")
    ADMITTED = "admitted", _("Admitted")
    DECLINED = "declined", _("Declined by the assembly")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn by the applicant")


class Application(models.Model):
    """What the applicant says of itself, as last sent; what happened stands in its steps.

    `names` is a text by language. The contact is a person: read by the office only, and never
    written into the audit chain.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    state = models.CharField(
        _("state"),
        max_length=20,
        choices=ApplicationStateKind.choices,
        default=ApplicationStateKind.RECEIVED,
    )
    sought = models.CharField(_("applies for"), max_length=20, choices=Sought.choices)
    body = models.CharField(_("kind of body"), max_length=20, choices=BodyKind.choices)
    names = models.JSONField(_("names"), default=dict)
    country = models.CharField(_("country (ISO 3166)"), max_length=2)
    region = models.CharField(_("region"), max_length=20, choices=Region.choices)
    population = models.PositiveIntegerField(_("population"), null=True, blank=True)
    website = models.URLField(_("website"), blank=True)
    languages = models.CharField(_("languages of the city"), max_length=200, blank=True)
    language = models.CharField(_("language of letters"), max_length=8, choices=LANGUAGES)
    contact_name = models.CharField(_("contact person"), max_length=200)
    contact_office = models.CharField(_("office of the contact person"), max_length=200, blank=True)
    contact_email = models.EmailField(_("e-mail address"))
    contact_phone = models.CharField(_("telephone"), max_length=50, blank=True)
    message = models.TextField(_("why the body wishes to join"), blank=True)
    letter = models.ForeignKey(
        PrivateFile, on_delete=models.PROTECT, related_name="+", verbose_name=_("letter")
    )
    received_at = models.DateTimeField(_("received at"))
    city = models.ForeignKey(
        City,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="applications",
        verbose_name=_("city"),
    )

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(state="admitted", city__isnull=False)
                | (~Q(state="admitted") & Q(city=None)),
                name="application_admits_a_city",
            ),
            models.CheckConstraint(
                condition=~Q(sought="member") | Q(body="city"), name="only_cities_apply_for_a_seat"
            ),
        ]
        indexes = [models.Index(fields=["state", "received_at"], name="applications_waiting")]

    def __str__(self) -> str:
        return self.name_in(get_language() or "en")

    def name_in(self, language: str) -> str:
        """The applicant's name in `language`, else in another."""
        return Bilingual(self.names).in_language(language)

    @property
    def chain(self) -> str:
        return f"application:{self.uuid}"


class ApplicationStep(models.Model):
    """One step of an application: what was done, when, with what words. Never changed."""

    class Kind(models.TextChoices):
        RECEIVED = "received", _("Received")
        RETURN = "return", _("Sent back to be completed")
        SEND_AGAIN = "send_again", _("Sent again")
        FIND_COMPLETE = "find_complete", _("Examined, put before the assembly")
        ADMIT = "admit", _("Admitted")
        DECLINE = "decline", _("Declined by the assembly")
        REFUSE = "refuse", _("Refused")
        WITHDRAW = "withdraw", _("Withdrawn by the applicant")

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="steps")
    number = models.PositiveSmallIntegerField(_("number"))
    kind = models.CharField(_("step"), max_length=20, choices=Kind.choices)
    at = models.DateTimeField(_("at"))
    words = models.TextField(_("words to the applicant"), blank=True)
    letter = models.ForeignKey(
        PrivateFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decision = models.CharField(_("decision behind it"), max_length=250, blank=True)

    class Meta:
        verbose_name = _("step of an application")
        verbose_name_plural = _("steps of applications")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["application", "number"], name="one_step_of_a_number"),
            models.CheckConstraint(condition=Q(number__gte=1), name="steps_count_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.get_kind_display()}"
