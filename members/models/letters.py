"""What a city does by letter: recorded by one officer, confirmed by another, told to the city."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from members.models.cities import City
from members.models.contacts import CityContact
from members.models.files import PrivateFile


class LetterState(models.TextChoices):
    RECORDED = "recorded", _("Waits for the second officer")
    CONFIRMED = "confirmed", _("Confirmed")
    REFUSED = "refused", pgettext_lazy("a letter", "Refused")
    WITHDRAWN = "withdrawn", _("Taken back")
    CONTESTED = "contested", _("Contested by the city")
    UPHELD = "upheld", _("Contested, upheld")
    STRUCK = "struck", _("Contested, struck")


class LetterForm(models.TextChoices):
    LETTER = "letter", _("Letter on paper")
    EMAIL = "email", _("E-mail")


class ActByLetter(models.Model):
    """One act of a city that arrived by letter or e-mail.

    `facts` says what the letter asks for, in the words of its `kind`
    (`members.services.letters`). Once confirmed the act has been done through the ordinary
    service; `subject` then names what it did, so that the act is marked wherever it is shown,
    and `done` holds what striking it would need to know: identifiers, never names.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=40)
    city = models.ForeignKey(
        City, on_delete=models.PROTECT, related_name="letters", verbose_name=_("city")
    )
    form = models.CharField(_("arrived as"), max_length=10, choices=LetterForm.choices)
    written_on = models.DateField(_("date of the letter"))
    received_on = models.DateField(_("received on"))
    reference = models.CharField(_("reference"), max_length=100, blank=True)
    signed_by = models.CharField(_("signed by (office held)"), max_length=200)
    letter = models.OneToOneField(
        PrivateFile, on_delete=models.PROTECT, related_name="act_by_letter", verbose_name=_("file")
    )
    facts = models.JSONField(default=dict)
    subject = models.CharField(max_length=250, blank=True, db_index=True)
    done = models.JSONField(default=dict)
    state = models.CharField(
        _("state"), max_length=20, choices=LetterState.choices, default=LetterState.RECORDED
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("recorded by"),
    )
    recorded_at = models.DateTimeField(_("recorded at"))
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("confirmed by"),
    )
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("refused or taken back by"),
    )
    closed_at = models.DateTimeField(_("refused or taken back at"), null=True)
    closed_reason = models.TextField(_("reason"), blank=True)

    class Meta:
        verbose_name = _("act by letter")
        verbose_name_plural = _("acts by letter")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("recorded_by")),
                name="a_second_officer_confirms_a_letter",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None, confirmed_at=None)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="a_confirmed_letter_says_by_whom_and_when",
            ),
        ]
        indexes = [
            models.Index(fields=["city", "-recorded_at"], name="letter_of_city"),
            models.Index(fields=["state", "-recorded_at"], name="letter_in_state"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.written_on}"


class LetterContest(models.Model):
    """The city says that an act by letter is not its own, or not this; the office answers.

    Contested from the desk by a person of the city, or by the link that the city was sent.
    """

    letter = models.OneToOneField(ActByLetter, on_delete=models.PROTECT, related_name="contest")
    contested_at = models.DateTimeField(_("contested at"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    contact = models.ForeignKey(CityContact, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField(_("reason"))
    answered_at = models.DateTimeField(_("answered at"), null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    answer = models.TextField(_("answer"), blank=True)

    class Meta:
        verbose_name = _("contest of an act by letter")
        verbose_name_plural = _("contests of acts by letter")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False) | Q(contact__isnull=False),
                name="somebody_of_the_city_contests",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.letter_id} {self.contested_at:%Y-%m-%d}"


class NoticeKind(models.TextChoices):
    CONFIRMED = "confirmed", _("The act was done")
    ANSWERED = "answered", _("The contest was answered")


class LetterNotice(models.Model):
    """Somebody of the city who is told by e-mail; `sent_at` once the message went out.

    Either a `person` who acts for the city or a `contact`; chosen when the thing happened,
    before and after it, so that whoever is replaced hears of it too.
    """

    letter = models.ForeignKey(ActByLetter, on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=20, choices=NoticeKind.choices)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    contact = models.ForeignKey(CityContact, on_delete=models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField(_("sent at"), null=True)

    class Meta:
        verbose_name = _("notice of an act by letter")
        verbose_name_plural = _("notices of acts by letter")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["letter", "kind", "person"],
                condition=Q(contact=None),
                name="one_notice_for_a_person",
            ),
            models.UniqueConstraint(
                fields=["letter", "kind", "contact"],
                condition=Q(person=None),
                name="one_notice_for_a_contact",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.letter_id} {self.kind}"
