"""What stands around a draft while it is written: who may, who is at it, and what they say.

None of it is part of the text, and none of it is the legal record.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from reversion.models import Revision

from members.models import City
from resolutions.models.texts import Instrument


class DraftingCity(models.Model):
    """A city whose people the office lets work on a draft, from one moment to another."""

    instrument = models.ForeignKey(
        Instrument, on_delete=models.CASCADE, related_name="drafting_cities"
    )
    city = models.ForeignKey(City, on_delete=models.PROTECT, related_name="drafts")
    named_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("drafting city")
        verbose_name_plural = _("drafting cities")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["instrument", "city"],
                condition=models.Q(ended_at=None),
                name="one_drafting_city",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.instrument_id} {self.city_id}"


class DraftRevision(models.Model):
    """Of which text a revision of django-reversion is, and in which role its author made it.

    `act` says what was done ("words", "moved", "import"); `city` is None for the office. The
    history of a text is found by it: the reason alone stands in the revision's comment.
    """

    revision = models.OneToOneField(Revision, on_delete=models.CASCADE, related_name="draft")
    instrument = models.ForeignKey(
        Instrument, on_delete=models.CASCADE, related_name="revisions", db_index=False
    )
    city = models.ForeignKey(
        City, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    role = models.CharField(max_length=30)
    act = models.CharField(max_length=20)

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["instrument", "revision"], name="revisions_of_a_text")]

    def __str__(self) -> str:
        return f"{self.instrument_id} {self.revision_id}"


class ProvisionLock(models.Model):
    """Somebody is at work on a provision; it ends by itself. `city` is None for the office."""

    instrument = models.ForeignKey(Instrument, on_delete=models.CASCADE, related_name="locks")
    key = models.CharField(max_length=100)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    city = models.ForeignKey(City, on_delete=models.CASCADE, null=True, related_name="+")
    role = models.CharField(max_length=30)
    taken_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["instrument", "key"], name="one_lock_a_provision"),
        ]

    def __str__(self) -> str:
        return f"{self.instrument_id} {self.key}"


class ProvisionBuffer(models.Model):
    """Words that a person typed for a provision and has not saved. Nobody else ever reads them.

    `fields` is the form as the browser would send it; `base_sha256` says what the provision
    was when they were begun.
    """

    instrument = models.ForeignKey(Instrument, on_delete=models.CASCADE, related_name="buffers")
    key = models.CharField(max_length=100)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    fields = models.JSONField(default=dict)
    base_sha256 = models.CharField(max_length=64)
    kept_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["instrument", "key", "person"], name="one_buffer_a_provision_and_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.instrument_id} {self.key}"


class ProvisionComment(models.Model):
    """A remark on a provision of a draft; settled once. `city` is None for the office."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    instrument = models.ForeignKey(Instrument, on_delete=models.CASCADE, related_name="comments")
    key = models.CharField(max_length=100)
    text = models.TextField(_("comment"))
    answers = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="answer_rows"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    city = models.ForeignKey(City, on_delete=models.PROTECT, null=True, related_name="+")
    role = models.CharField(max_length=30)
    written_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("comment on a provision")
        verbose_name_plural = _("comments on provisions")
        default_permissions = ()
        indexes = [models.Index(fields=["instrument", "key"], name="comments_of_provision")]

    def __str__(self) -> str:
        return self.text[:60]
