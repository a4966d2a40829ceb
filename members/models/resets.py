"""Taking away a lost second factor: asked for by one officer, confirmed by another."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class ResetState(models.TextChoices):
    ASKED = "asked", _("Waits for the second officer")
    DONE = "done", _("Done")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Taken back")


class IdentityCheck(models.TextChoices):
    """How the asking officer made sure that it is the person who asks."""

    IN_PERSON = "in_person", _("In person, with an identity document")
    VIDEO = "video", _("By video call, with an identity document")
    CALLED_BACK = "called_back", _("Called back on a number known before")
    CITY = "city", _("Confirmed by the head of the delegation or the city's contact")


class SecondFactorReset(models.Model):
    """A person lost phone and codes; two officers take the second factor away together."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="second_factor_resets",
        verbose_name=_("person"),
    )
    reason = models.TextField(_("what happened"))
    check_made = models.CharField(
        _("how the identity was checked"), max_length=20, choices=IdentityCheck.choices
    )
    check_note = models.CharField(_("what was seen or said"), max_length=300)
    state = models.CharField(
        _("state"), max_length=20, choices=ResetState.choices, default=ResetState.ASKED
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(_("asked at"))
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(_("answered at"), null=True)

    class Meta:
        verbose_name = _("reset of a second factor")
        verbose_name_plural = _("resets of second factors")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(state="asked"), name="one_reset_asked_for_a_person"
            ),
            models.CheckConstraint(
                condition=~Q(state="done")
                | (Q(answered_by__isnull=False) & ~Q(answered_by=F("asked_by"))),
                name="a_second_officer_confirms_a_reset",
            ),
            models.CheckConstraint(
                condition=~Q(asked_by=F("person")), name="nobody_asks_for_the_own_reset"
            ),
        ]
        indexes = [models.Index(fields=["state", "-asked_at"], name="reset_in_state")]

    def __str__(self) -> str:
        return f"{self.state} {self.asked_at:%Y-%m-%d}"
