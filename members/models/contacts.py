"""Whom the office writes to in a city: dated rows, apart from the people who act for it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from members.models.cities import City
from secretariat.kernel.models import LANGUAGES


class CityContact(models.Model):
    """A person or a desk of a city from one moment up to, not including, another.

    A contact has no account and acts for nobody. A change is a further row; the earlier one
    ends as the next begins.
    """

    city = models.ForeignKey(
        City, on_delete=models.PROTECT, related_name="contacts", verbose_name=_("city")
    )
    name = models.CharField(_("name"), max_length=200)
    position = models.CharField(_("office or department"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail address"))
    phone = models.CharField(_("telephone"), max_length=50, blank=True)
    language = models.CharField(_("language"), max_length=8, choices=LANGUAGES, default="en")
    place = models.PositiveSmallIntegerField(
        pgettext_lazy("in a list", "place"),
        default=1,
        help_text=_("The first is written to first."),
    )
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("contact of a city")
        verbose_name_plural = _("contacts of cities")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["city", "email"],
                condition=Q(ends_at=None),
                name="one_contact_for_an_address",
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gte=F("starts_at")),
                name="contact_ends_after_it_starts",
            ),
        ]
        indexes = [models.Index(fields=["city", "ends_at"], name="contact_of_city")]

    def __str__(self) -> str:
        return self.name
