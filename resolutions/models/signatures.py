"""Signatures under an edition: who stands behind which text, since when, with what reservation.

A signature never changes. Withdrawing it, or a reservation, is a further row. The person who
signed is named by the audit chain alone; here stand the city or body and the office held by
who signed ("Mayor").
"""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from members.models import City, PrivateFile
from resolutions.models.sealed import Sealed
from resolutions.models.texts import Edition


class SigningState(models.TextChoices):
    OPEN = "open", _("Open for signature")
    SUPERSEDED = "superseded", _("Superseded")
    WITHDRAWN = "withdrawn", pgettext_lazy("a declaration", "Withdrawn")


class Signing(models.Model):
    """That an edition is, or was, open for signature; withdrawn by a decision, or on a `basis`."""

    edition = models.OneToOneField(Edition, on_delete=models.PROTECT, related_name="signing")
    state = models.CharField(_("state"), max_length=20, choices=SigningState.choices)
    opened_at = models.DateTimeField(_("opened for signature at"))
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    decision = models.ForeignKey(
        "resolutions.Vote",
        on_delete=models.PROTECT,
        null=True,
        related_name="signings_withdrawn",
        verbose_name=_("decision"),
    )
    basis = models.CharField(_("basis, where no vote of this system"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("signing")
        verbose_name_plural = _("signings")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.edition_id} {self.state}"


class SignatureKind(models.TextChoices):
    SIGNATURE = "signature", _("Signed")
    ACCESSION = "accession", _("Acceded")
    CONFIRMATION = "confirmation", _("Confirmed the new edition")


class Signature(Sealed):
    """A city or partner body stands behind an edition, in the language version that it read.

    `sheet` is the scan of the paper that was signed, None where a person signed here;
    `sha256` is the hash of the edition as it stood on the screen or the sheet. `ordinal` is 1,
    and one more each time the city signs again after it withdrew.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="signatures")
    city = models.ForeignKey(City, on_delete=models.PROTECT, related_name="signatures")
    ordinal = models.PositiveSmallIntegerField(default=1)
    kind = models.CharField(_("kind"), max_length=20, choices=SignatureKind.choices)
    signed_on = models.DateField(_("signed on"))
    signed_at = models.DateTimeField()
    language = models.CharField(_("language version"), max_length=8)
    signed_by = models.CharField(_("office held by who signed"), max_length=200)
    sha256 = models.CharField(max_length=64)
    sheet = models.ForeignKey(
        PrivateFile, on_delete=models.PROTECT, null=True, related_name="signatures"
    )

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "city", "ordinal"], name="one_signature_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition_id} {self.city_id}"


class SignatureWithdrawal(Sealed):
    """From a day on the city stands behind the text no more; its signature stays on record."""

    signature = models.OneToOneField(Signature, on_delete=models.PROTECT, related_name="withdrawal")
    withdrawn_on = models.DateField()
    withdrawn_at = models.DateTimeField()
    reason = models.CharField(_("reason"), max_length=500, blank=True)

    def __str__(self) -> str:
        return f"{self.signature_id} {self.withdrawn_on}"


class Reservation(Sealed):
    """A city stands behind the text except for what it says here; `provision_key` "" is the whole.

    `texts` maps language to words.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    signature = models.ForeignKey(Signature, on_delete=models.PROTECT, related_name="reservations")
    provision_key = models.CharField(_("provision"), max_length=100, blank=True)
    texts = models.JSONField(_("words of the reservation"))
    entered_on = models.DateField()
    entered_at = models.DateTimeField()

    class Meta:
        verbose_name = _("reservation")
        verbose_name_plural = _("reservations")

    def __str__(self) -> str:
        return f"{self.signature_id} {self.provision_key}"


class ReservationWithdrawal(Sealed):
    """From a day on the reservation holds no more."""

    reservation = models.OneToOneField(
        Reservation, on_delete=models.PROTECT, related_name="withdrawal"
    )
    withdrawn_on = models.DateField()
    withdrawn_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.reservation_id} {self.withdrawn_on}"
