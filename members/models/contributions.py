"""What cities owe each year, and what was paid, waived or put right: rows that only grow."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from members.models.cities import City


class ContributionClass(models.Model):
    """What cities of a size owe for a year. A city's class is the largest that it reaches."""

    year = models.PositiveSmallIntegerField(_("year"))
    code = models.CharField(_("class"), max_length=10)
    population_from = models.PositiveIntegerField(_("population from"), default=0)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    currency = models.CharField(_("currency (ISO 4217)"), max_length=3)
    due_on = models.DateField(_("due on"))

    class Meta:
        verbose_name = _("class of contributions")
        verbose_name_plural = _("classes of contributions")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["year", "code"], name="one_class_of_a_name"),
            models.UniqueConstraint(fields=["year", "population_from"], name="one_class_of_a_size"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="class_not_below_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.code}"


class Contribution(models.Model):
    """What one city owes for one year: the amount of its class, until an entry corrects it."""

    city = models.ForeignKey(City, on_delete=models.PROTECT, related_name="contributions")
    year = models.PositiveSmallIntegerField(_("year"))
    of_class = models.ForeignKey(
        ContributionClass,
        on_delete=models.PROTECT,
        related_name="contributions",
        verbose_name=_("class"),
    )
    drawn_up_at = models.DateTimeField(_("drawn up at"))

    class Meta:
        verbose_name = _("contribution")
        verbose_name_plural = _("contributions")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["city", "year"], name="one_contribution_a_year"),
        ]
        indexes = [models.Index(fields=["year"], name="contribution_of_year")]

    def __str__(self) -> str:
        return f"{self.year}"


class ContributionEntryKind(models.TextChoices):
    PAID = "paid", _("Paid")
    WAIVED = "waived", _("Waived")
    CORRECTED = "corrected", _("Amount corrected")
    STRUCK = "struck", _("Entry struck")


class ContributionEntry(models.Model):
    """Something that happened to a contribution, from a day on; never changed or removed."""

    contribution = models.ForeignKey(Contribution, on_delete=models.PROTECT, related_name="entries")
    number = models.PositiveSmallIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=20, choices=ContributionEntryKind.choices)
    on = models.DateField(_("on"))
    amount = models.DecimalField(
        _("amount"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    strikes = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="struck_by"
    )
    reason = models.CharField(_("reason or reference"), max_length=500, blank=True)
    decision = models.CharField(_("decision behind it"), max_length=250, blank=True)
    recorded_at = models.DateTimeField(_("recorded at"))

    class Meta:
        verbose_name = _("entry on a contribution")
        verbose_name_plural = _("entries on contributions")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["contribution", "number"], name="one_entry_of_a_number"
            ),
            models.UniqueConstraint(
                fields=["strikes"], condition=Q(strikes__isnull=False), name="struck_once"
            ),
            models.CheckConstraint(
                condition=(
                    Q(kind="struck", strikes__isnull=False, amount=None)
                    | Q(kind="waived", strikes=None, amount=None)
                    | Q(kind__in=["paid", "corrected"], strikes=None, amount__gte=0)
                ),
                name="entry_says_what_its_kind_needs",
            ),
            models.CheckConstraint(
                condition=Q(strikes=None) | ~Q(strikes=F("id")), name="entry_strikes_another"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.get_kind_display()}"
