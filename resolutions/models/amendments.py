"""Amendments: operations on the provisions of a text, who is behind them, and what became of them.

The operations are JSON in the form of `resolutions.rules.operations`. They are worked on in a
draft of an amendment; from filing on they stand still, under the SHA-256 of their canonical
form.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from members.models import City
from resolutions.models.assemblies import Assembly
from resolutions.models.sealed import Sealed
from resolutions.models.texts import Edition, Instrument, OperativeRuleFields
from resolutions.models.wordings import Wording, wording
from secretariat.kernel.bilingual import Bilingual


class AmendmentState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("amendment", "Being drafted")
    FILED = "filed", pgettext_lazy("amendment", "Filed")
    ADMITTED = "admitted", pgettext_lazy("amendment", "Admitted")
    INADMISSIBLE = "inadmissible", pgettext_lazy("amendment", "Not admitted")
    WITHDRAWN = "withdrawn", pgettext_lazy("amendment", "Withdrawn")
    ADOPTED = "adopted", pgettext_lazy("amendment", "Adopted")
    REJECTED = "rejected", pgettext_lazy("amendment", "Not adopted")
    FALLEN = "fallen", pgettext_lazy("amendment", "Fallen")
    APPLIED = "applied", pgettext_lazy("amendment", "In the text")


class Amendment(models.Model):
    """What a city proposes to change in a text.

    `edition` is the edition that it amends, None where it amends the draft on the table;
    `base_sha256` is the hash of that text. `number` is given at filing. `reasons` (of the
    office, on admissibility) and the explanatory `note` are wordings.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    instrument = models.ForeignKey(Instrument, on_delete=models.PROTECT, related_name="amendments")
    number = models.PositiveIntegerField(_("number"), null=True)
    edition = models.ForeignKey(
        Edition, on_delete=models.PROTECT, null=True, related_name="amendments"
    )
    base_sha256 = models.CharField(max_length=64)
    assembly = models.ForeignKey(
        Assembly,
        on_delete=models.PROTECT,
        null=True,
        related_name="amendments",
        verbose_name=_("assembly that decides"),
    )
    proposer = models.ForeignKey(City, on_delete=models.PROTECT, related_name="amendments")
    state = models.CharField(
        _("state"), max_length=20, choices=AmendmentState.choices, default=AmendmentState.DRAFT
    )
    operations = models.JSONField(default=list)
    sha256 = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    filed_at = models.DateTimeField(_("filed at"), null=True)
    examined_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("amendment")
        verbose_name_plural = _("amendments")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["instrument", "number"], name="one_number_an_amendment"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.instrument_id} {self.number or self.uuid}"

    @property
    def notes(self) -> Bilingual:
        """The explanatory note; prefetch `wordings`."""
        return wording(self, "note")

    @property
    def reasons(self) -> Bilingual:
        """Why the office admitted it or not; prefetch `wordings`."""
        return wording(self, "reasons")

    @property
    def chain(self) -> str:
        return f"amendment:{self.uuid}"


class AmendmentText(Wording):
    """The explanatory note and the office's reasons in one language."""

    amendment = models.ForeignKey(Amendment, on_delete=models.CASCADE, related_name="wordings")
    note = models.TextField(_("explanatory note"), blank=True)
    reasons = models.TextField(_("reasons of the office"), blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["amendment", "language"], name="one_amendment_wording"),
        ]

    def __str__(self) -> str:
        return self.note[:60]


class AmendmentSponsor(models.Model):
    """A city that stands behind an amendment beside its proposer, from one moment to another."""

    amendment = models.ForeignKey(Amendment, on_delete=models.PROTECT, related_name="sponsors")
    city = models.ForeignKey(City, on_delete=models.PROTECT, related_name="amendments_sponsored")
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["amendment", "city"],
                condition=models.Q(left_at=None),
                name="one_sponsor_a_city",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amendment_id} {self.city_id}"


class AmendmentRule(OperativeRuleFields):
    """The value of an operative rule, reviewed for the case that the amendment is adopted."""

    amendment = models.ForeignKey(
        Amendment, on_delete=models.CASCADE, related_name="reviewed_rules"
    )
    reviewed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["amendment", "name"], name="one_reviewed_rule_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class VotingOrder(Sealed):
    """The order in which the chair puts amendments to the vote; the latest one holds.

    `order` lists the numbers of amendments, `suggested` what the platform suggested; `reason`
    says why the chair changed it.
    """

    instrument = models.ForeignKey(
        Instrument, on_delete=models.PROTECT, related_name="voting_orders"
    )
    assembly = models.ForeignKey(Assembly, on_delete=models.PROTECT, related_name="voting_orders")
    order = models.JSONField()
    suggested = models.JSONField()
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    set_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.instrument_id} {self.set_at}"


class EditionAmendment(Sealed):
    """An amendment that went into an edition, in the order in which it was applied."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="amended_by")
    amendment = models.OneToOneField(Amendment, on_delete=models.PROTECT, related_name="applied_in")
    position = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["edition", "position"], name="one_place_an_amendment"),
        ]

    def __str__(self) -> str:
        return f"{self.edition_id} {self.amendment_id}"
