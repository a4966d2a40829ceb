"""Whether voters can be reached and have been asked: is the e-mail read, was the check sent?"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from members.models.cities import City


class EmailProof(models.Model):
    """A letter to a person's address, and when the button behind its link was pressed."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="email_proofs"
    )
    email = models.EmailField(_("e-mail address"))
    asked_at = models.DateTimeField(_("sent at"))
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("test of an e-mail address")
        verbose_name_plural = _("tests of e-mail addresses")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["person", "asked_at"], name="one_test_at_a_moment"),
        ]

    def __str__(self) -> str:
        return f"{self.email} {self.asked_at}"


class ReadyNotice(models.Model):
    """A voter was asked, before an assembly, to check that voting will work. Once for each."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="ready_notices"
    )
    city = models.ForeignKey(City, on_delete=models.PROTECT, related_name="+")
    assembly = models.SlugField(_("assembly"), max_length=100)
    sent_at = models.DateTimeField(_("sent at"))

    class Meta:
        verbose_name = _("reminder to check")
        verbose_name_plural = _("reminders to check")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["person", "city", "assembly"], name="one_reminder_before_an_assembly"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assembly} {self.sent_at}"
