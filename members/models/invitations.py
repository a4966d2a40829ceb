"""Invitations: somebody is asked, by e-mail, to act for a city or to work for the office."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from members.models.cities import City
from members.models.people import Mandate, MandateRole, OfficeRole, OfficeRoleKind
from members.rules.invitation_lifecycle import InvitationState, state_at
from secretariat.kernel.models import LANGUAGES


class Invitation(models.Model):
    """An address is invited to a mandate of `city`, or without one to a role of the office.

    It lives by the right of whoever invited: `inviting_role` and `invited_by` say by which,
    and accepting asks again whether it holds. The link is signed and nothing of it is stored
    but its number: a later link ends the earlier ones. `email` is emptied when the person's
    account is erased.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    city = models.ForeignKey(
        City,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="invitations",
        verbose_name=_("city"),
    )
    role = models.CharField(_("role"), max_length=20)
    rank = models.PositiveSmallIntegerField(_("rank"), default=0)
    email = models.EmailField(_("e-mail address"), blank=True)
    language = models.CharField(_("language"), max_length=8, choices=LANGUAGES)
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    state = models.CharField(
        _("state"),
        max_length=20,
        choices=[
            (InvitationState.WAITING.value, _("Waiting")),
            (InvitationState.ACCEPTED.value, _("Accepted")),
            (InvitationState.REVOKED.value, _("Taken back")),
        ],
        default=InvitationState.WAITING.value,
    )
    link_number = models.PositiveSmallIntegerField(default=1)
    invited_at = models.DateTimeField(_("invited at"))
    expires_at = models.DateTimeField(_("expires at"))
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("invited by"),
    )
    inviting_role = models.CharField(max_length=50)
    settled_at = models.DateTimeField(_("accepted or taken back at"), null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    mandate = models.OneToOneField(
        Mandate, on_delete=models.PROTECT, null=True, blank=True, related_name="invitation"
    )
    office_role = models.OneToOneField(
        OfficeRole, on_delete=models.PROTECT, null=True, blank=True, related_name="invitation"
    )

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                "city",
                "role",
                condition=Q(state=InvitationState.WAITING.value, city__isnull=False),
                name="one_waiting_invitation_of_a_city",
            ),
            models.UniqueConstraint(
                Lower("email"),
                "role",
                condition=Q(state=InvitationState.WAITING.value, city__isnull=True),
                name="one_waiting_invitation_of_the_office",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("invited_at")),
                name="invitation_expires_after_it_is_sent",
            ),
            models.CheckConstraint(
                condition=Q(settled_at=None, state=InvitationState.WAITING.value)
                | (Q(settled_at__isnull=False) & ~Q(state=InvitationState.WAITING.value)),
                name="invitation_settled_or_waiting",
            ),
        ]
        indexes = [models.Index(fields=["city", "state"], name="invitation_of_city")]

    def __str__(self) -> str:
        return self.role_label

    @property
    def role_label(self) -> str:
        """The role of a delegation or of the office, in the reader's language."""
        kinds = OfficeRoleKind if self.city_id is None else MandateRole
        return str(kinds(self.role).label)

    def state_at(self, moment: datetime) -> InvitationState:
        """The state at a moment: one that waits expires by itself."""
        return state_at(self.state, expires_at=self.expires_at, moment=moment)
