"""A policy practice of a city: one row for each language, the same address in all of them."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.models import (
    DraftStateMixin,
    LockableMixin,
    PreviewableMixin,
    RevisionMixin,
    TranslatableMixin,
    WorkflowMixin,
)

from members.models import City

_TRANSLATIONS = uuid.UUID("5d0c7c5e-9d5f-5b43-9b0b-3a1a0f1ea7a1")


class Pillar(models.TextChoices):
    """The four pillars of decent work (ILO), which classify everything in the library."""

    QUALITY = "quality", _("Quality of employment")
    RIGHTS = "rights", _("Rights at work")
    PROTECTION = "protection", _("Social protection")
    DIALOGUE = "dialogue", _("Social dialogue")


class InstrumentType(models.TextChoices):
    """Usual means of a policy; a practice may name another in its own words."""

    LAW = "law", _("Law")
    ORDINANCE = "ordinance", _("Ordinance")
    PROCUREMENT = "procurement", _("Public procurement")
    STANDARD = "standard", _("Standard")
    AGREEMENT = "agreement", _("Agreement")
    PROGRAMME = "programme", _("Programme")
    SERVICE = "service", _("Service")
    INSTITUTION = "institution", _("Institution")
    PILOT = "pilot", _("Pilot project")


class PracticeStatus(models.TextChoices):
    PLANNED = "planned", _("Planned")
    PILOT = "pilot", _("Being tried out")
    RUNNING = "running", _("Running")
    ENDED = "ended", _("Ended")


class TargetGroup(models.TextChoices):
    """For whom a practice is."""

    EVERYBODY = "everybody", _("All workers")
    YOUNG = "young", _("Young people")
    WOMEN = "women", _("Women")
    OLDER = "older", _("Older workers")
    MIGRANTS = "migrants", _("Migrant workers")
    DISABILITY = "disability", _("People with disabilities")
    LOW_PAID = "low_paid", _("Low-paid workers")
    PRECARIOUS = "precarious", _("Temporary and agency workers")
    PLATFORM = "platform", _("Platform and freelance workers")
    INFORMAL = "informal", _("Workers in the informal economy")
    JOBSEEKERS = "jobseekers", _("People looking for work")
    EMPLOYERS = "employers", _("Employers and small firms")


class Sector(models.TextChoices):
    """Where in the economy a practice takes hold."""

    ALL = "all", _("All sectors")
    PUBLIC = "public", _("Public service")
    CARE = "care", _("Health and care")
    EDUCATION = "education", _("Education")
    CONSTRUCTION = "construction", _("Construction")
    MANUFACTURING = "manufacturing", _("Manufacturing")
    RETAIL = "retail", _("Retail and trade")
    HOSPITALITY = "hospitality", _("Hotels and restaurants")
    TRANSPORT = "transport", _("Transport and delivery")
    CLEANING = "cleaning", _("Cleaning and security")
    DOMESTIC = "domestic", _("Domestic work")
    CULTURE = "culture", _("Culture and media")
    DIGITAL = "digital", _("Digital economy")
    AGRICULTURE = "agriculture", _("Agriculture and fishing")


def translation_key_of(external_id: str) -> uuid.UUID:
    """The key that a practice's translations share, made from its identifier."""
    return uuid.uuid5(_TRANSLATIONS, external_id)


class Practice(
    WorkflowMixin,
    DraftStateMixin,
    LockableMixin,
    RevisionMixin,
    PreviewableMixin,
    TranslatableMixin,
    models.Model,
):
    """What a city, or another body, does for decent work.

    It belongs to `city`, whose editors write it; `place` names a place that has no row
    among the cities. Wagtail's revisions keep its history: a draft is a revision, the row
    itself is what is public, so everything that is drafted is a column of it.

    `problem`, `action`, `results` and `adaptation` are rich text (`cms.rich_text`). `body` is
    plain text, paragraphs parted by an empty line: what was loaded from a file, or else the
    words of `action`, which replaces it on pages. Lists of rows are JSON, checked by
    `cms.services.practice_words`:

    - `pillars`, `target_groups`, `sectors`: codes; `tags`, `sdg_targets` ("8.5"): words;
    - `figures`: `{"indicator", "before", "after", "unit", "year", "source"}`, numbers as
      decimal text, never float;
    - `contacts`: `{"office", "email", "phone"}`; `sources`: `{"title", "url"}`;
    - `images`, `attachments`: `{"file": UUID of a private file, "text"}`.

    `adapted_from` is the identifier of the practice that it was adapted from.
    """

    external_id = models.CharField(
        _("identifier"), max_length=100, help_text=_("The same in every language.")
    )
    slug = models.SlugField(_("address name"), max_length=120, allow_unicode=True)
    title = models.CharField(_("title"), max_length=300)
    summary = models.TextField(_("summary"), blank=True)
    body = models.TextField(
        pgettext_lazy("body", "text"),
        blank=True,
        help_text=_("Paragraphs are parted by an empty line."),
    )
    city = models.ForeignKey(
        City,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="practices",
        verbose_name=_("city"),
    )
    place = models.CharField(
        _("place"), max_length=200, blank=True, help_text=_("Where it is not a city of the list.")
    )
    country = models.CharField(_("country (ISO 3166)"), max_length=2, blank=True)
    pillars = models.JSONField(_("pillars"), default=list, blank=True)
    instrument = models.CharField(_("instrument"), max_length=100, blank=True)
    status = models.CharField(
        _("status"), max_length=20, choices=PracticeStatus.choices, blank=True
    )
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    year_to = models.PositiveSmallIntegerField(_("until (year)"), null=True, blank=True)
    target_groups = models.JSONField(_("target groups"), default=list, blank=True)
    sectors = models.JSONField(_("sectors"), default=list, blank=True)
    sdg_targets = models.JSONField(_("SDG targets"), default=list, blank=True)
    tags = models.JSONField(_("tags"), default=list, blank=True)
    legal_basis = models.TextField(_("legal basis"), blank=True)
    problem = models.TextField(_("problem"), blank=True)
    action = models.TextField(_("what is done"), blank=True)
    results = models.TextField(_("what came of it"), blank=True)
    figures = models.JSONField(_("results in figures"), default=list, blank=True)
    cost = models.TextField(_("cost"), blank=True)
    funding = models.TextField(_("funding"), blank=True)
    adaptation = models.TextField(_("for cities that want to adapt it"), blank=True)
    adapted_from = models.CharField(_("adapted from"), max_length=100, blank=True)
    contacts = models.JSONField(_("contacts"), default=list, blank=True)
    sources = models.JSONField(_("sources"), default=list, blank=True)
    images = models.JSONField(_("images"), default=list, blank=True)
    attachments = models.JSONField(_("attachments"), default=list, blank=True)

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("practice")
        verbose_name_plural = _("practices")
        default_permissions: ClassVar[tuple[str, ...]] = ()
        constraints = [
            models.UniqueConstraint(
                fields=["external_id", "locale"], name="one_practice_for_a_language"
            ),
            models.UniqueConstraint(fields=["slug", "locale"], name="one_practice_at_an_address"),
        ]
        indexes = [
            models.Index(fields=["locale", "live", "-first_published_at"], name="practice_newest"),
            models.Index(
                fields=["adapted_from"],
                name="practice_adapted_from",
                condition=~models.Q(adapted_from=""),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def language(self) -> str:
        """The language of this row; select `locale`."""
        return str(self.locale.language_code)

    @property
    def paragraphs(self) -> list[str]:
        return [part.strip() for part in self.body.split("\n\n") if part.strip()]

    @property
    def pillar_choices(self) -> list[tuple[str, str]]:
        """Code and name of each pillar, in their fixed order."""
        return [(one.value, str(one.label)) for one in Pillar if one.value in self.pillars]

    @property
    def pillar_labels(self) -> list[str]:
        """The pillars by name, in their fixed order."""
        return [label for _code, label in self.pillar_choices]

    @property
    def target_group_labels(self) -> list[str]:
        """For whom it is, by name, in a fixed order."""
        return [str(one.label) for one in TargetGroup if one.value in self.target_groups]

    @property
    def sector_labels(self) -> list[str]:
        """The sectors by name, in a fixed order."""
        return [str(one.label) for one in Sector if one.value in self.sectors]

    @property
    def files(self) -> list[str]:
        """The UUIDs of every image and attachment."""
        return [row["file"] for row in (*self.images, *self.attachments)]

    @property
    def instrument_label(self) -> str:
        """The instrument by name; a practice's own words stay as they are."""
        return str(dict(InstrumentType.choices).get(self.instrument, self.instrument))

    def get_preview_template(self, request: HttpRequest, mode_name: str) -> str:
        return "cms/public/practice.html"

    def get_preview_context(self, request: HttpRequest, mode_name: str) -> dict[str, Any]:
        return {**super().get_preview_context(request, mode_name), "practice": self}
