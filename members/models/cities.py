"""A city, its names, and what it has been to the network over time."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from secretariat.kernel.bilingual import Bilingual
from secretariat.kernel.models import LANGUAGES


class Region(models.TextChoices):
    ASIA = "asia", _("Asia and the Pacific")
    EUROPE = "europe", _("Europe")
    AFRICA = "africa", _("Africa")
    AMERICAS = "americas", _("Americas")


class BodyKind(models.TextChoices):
    """What sort of body it is. Only cities become members; others are observers or partners."""

    CITY = "city", _("City or local government")
    INTERNATIONAL = "international", _("International organisation")
    UNION = "union", _("Trade union")
    EMPLOYERS = "employers", _("Employers' organisation")
    INSTITUTE = "institute", _("Research institute")
    OTHER = "other", _("Other body")


class City(models.Model):
    """A city or other local government: one city, one seat. Or a body that stands beside them.

    Observer and partner bodies (the ILO, unions, employers, institutes) are rows of this
    table with another `body`: they hold mandates, sign and have a page in the same way, and
    never a seat.

    Rights over a city's things are guardian object permissions on the city; they are
    derived from mandates by `members.services.mandates` and never edited by hand.
    """

    slug = models.SlugField(_("address name"), max_length=100, unique=True)
    code = models.CharField(_("short code"), max_length=3, unique=True)
    body = models.CharField(
        _("kind of body"), max_length=20, choices=BodyKind.choices, default=BodyKind.CITY
    )
    country = models.CharField(_("country (ISO 3166)"), max_length=2)
    region = models.CharField(_("region"), max_length=20, choices=Region.choices)
    latitude = models.DecimalField(_("latitude"), max_digits=8, decimal_places=5, null=True)
    longitude = models.DecimalField(_("longitude"), max_digits=8, decimal_places=5, null=True)
    population = models.PositiveIntegerField(_("population"), null=True, blank=True)
    website = models.URLField(_("website"), blank=True)

    class Meta:
        verbose_name = _("city")
        verbose_name_plural = _("cities")
        default_permissions: ClassVar[tuple[str, ...]] = ("add", "change", "view")
        permissions: ClassVar[list[tuple[str, str]]] = [
            ("see_desk", _("see the city's desk")),
            ("vote_for_city", _("cast the city's vote")),
            ("nominate_for_city", _("nominate and second for the city")),
            ("manage_people_of_city", _("invite and end the city's people")),
            ("edit_practices_of_city", _("write the city's practices")),
            ("edit_profile_of_city", _("edit the city's profile")),
            ("draft_texts_of_city", _("work on drafts for the city")),
            ("amend_for_city", _("propose and sponsor amendments for the city")),
            ("sign_for_city", _("sign declarations for the city")),
        ]

    def __str__(self) -> str:
        return self.name_in(get_language() or "en")

    @property
    def names(self) -> Bilingual:
        """The names by language; prefetch `name_rows`."""
        return Bilingual({row.language: row.name for row in self.name_rows.all()})

    @property
    def descriptions(self) -> Bilingual:
        """One sentence by language; prefetch `name_rows`."""
        return Bilingual({row.language: row.description for row in self.name_rows.all()})

    def name_in(self, language: str) -> str:
        """The name in `language`, else in another, else the address name."""
        return self.names.in_language(language) or self.slug

    @property
    def chain(self) -> str:
        return f"city:{self.slug}"


class CityName(models.Model):
    """What a city is called, and described as, in one language."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, related_name="name_rows")
    language = models.CharField(_("language"), max_length=8, choices=LANGUAGES)
    name = models.CharField(_("name"), max_length=200)
    description = models.TextField(_("description"), blank=True)

    class Meta:
        verbose_name = _("name of a city")
        verbose_name_plural = _("names of cities")
        constraints = [
            models.UniqueConstraint(fields=["city", "language"], name="one_name_for_a_language"),
        ]

    def __str__(self) -> str:
        return self.name


class MembershipKind(models.TextChoices):
    APPLICANT = "applicant", _("Founding participant or applicant")
    MEMBER = "member", _("Member")
    OBSERVER = "observer", _("Observer")
    PARTNER = "partner", _("Partner")
    SUSPENDED = "suspended", _("Suspended")
    WITHDRAWN = "withdrawn", pgettext_lazy("a membership", "Withdrawn")


class Membership(models.Model):
    """What a city was to the network from one day up to, not including, another."""

    city = models.ForeignKey(City, on_delete=models.PROTECT, related_name="memberships")
    kind = models.CharField(_("kind"), max_length=20, choices=MembershipKind.choices)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until (not included)"), null=True, blank=True)
    decision = models.CharField(
        _("decision behind it"),
        max_length=250,
        blank=True,
        help_text=_(
            "The audit chain and entry of the decision, for instance vote:2018-founding-1."
        ),
    )
    letter = models.ForeignKey(
        "members.PrivateFile",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("letter behind it"),
    )
    reason = models.CharField(_("reason"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(
                fields=["city"], condition=Q(ends_on=None), name="one_open_membership"
            ),
            models.UniqueConstraint(fields=["city", "starts_on"], name="one_membership_from_a_day"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gt=F("starts_on")),
                name="membership_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.starts_on}"
