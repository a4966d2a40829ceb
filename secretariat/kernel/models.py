"""What every part of the platform stands on: people, the clock, the outbox, the audit chain."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

LANGUAGES = [("ko", _("Korean")), ("en", _("English"))]


class UserManager(BaseUserManager["User"]):
    """Makes accounts; `get_by_natural_key` ignores the case of an address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person with an account. What the person may do follows from mandates and office roles."""

    uuid = models.UUIDField(_("identifier"), default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=200)
    language = models.CharField(_("language"), max_length=8, choices=LANGUAGES, default="ko")
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("staff"), default=False)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    erased_at = models.DateTimeField(_("erased at"), null=True, blank=True)
    session_generation = models.PositiveIntegerField(default=0, editable=False)

    objects = UserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="one_account_for_an_address"),
        ]

    def __str__(self) -> str:
        if self.erased_at is not None:
            return gettext("Erased account")
        return self.name or self.email

    def _get_session_auth_hash(self, secret: str | bytes | None = None) -> str:
        """The seal of this person's sessions: raising the generation ends them all."""
        salt = "secretariat.kernel.models.User.session"
        sealed = f"{self.password}|{self.session_generation}"
        return salted_hmac(salt, sealed, secret=secret, algorithm="sha256").hexdigest()

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


class Network(models.Model):
    """The network that this installation serves: one row."""

    name_ko = models.CharField(_("name in Korean"), max_length=200)
    name_en = models.CharField(_("name in English"), max_length=200)
    office_name_ko = models.CharField(_("office's name in Korean"), max_length=200, blank=True)
    office_name_en = models.CharField(_("office's name in English"), max_length=200, blank=True)
    official_languages = models.JSONField(_("official languages"), default=list)
    time_zone = models.CharField(_("time zone"), max_length=64, default="Asia/Seoul")
    demonstration = models.BooleanField(_("demonstration"), default=False)
    established_at = models.DateTimeField(_("set up at"))

    class Meta:
        verbose_name = _("network")
        verbose_name_plural = _("networks")
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="one_network_only"),
        ]

    def __str__(self) -> str:
        return self.name_in("en")

    def name_in(self, language: str) -> str:
        """The network's name in `language`, or in the other one."""
        return (self.name_ko if language.startswith("ko") else self.name_en) or self.name_en

    def office_name_in(self, language: str) -> str:
        """The office's name in `language`, or in the other one."""
        own = self.office_name_ko if language.startswith("ko") else self.office_name_en
        return own or self.office_name_en


class DemonstrationClock(models.Model):
    """What the demonstration's clock showed at a real moment; it runs on from there."""

    shows = models.DateTimeField()
    set_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.shows.isoformat()


class AuditEntry(models.Model):
    """One act, sealed: the hash covers every column and the entry before it.

    Written by `secretariat.kernel.audit` only; never changed, never deleted. It carries a
    person's UUID, city and role, never a name.
    """

    chain = models.CharField(max_length=200)
    sequence = models.PositiveIntegerField()
    occurred_at = models.DateTimeField()
    person = models.UUIDField(null=True)
    city = models.CharField(max_length=100, blank=True)
    role = models.CharField(max_length=50)
    action = models.CharField(max_length=100)
    payload = models.TextField()
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        constraints = [
            models.UniqueConstraint(fields=["chain", "sequence"], name="one_entry_for_a_place"),
        ]

    def __str__(self) -> str:
        return f"{self.chain}#{self.sequence} {self.action}"


class ChainHead(models.Model):
    """The last entry of a chain: the row that is locked while the chain grows."""

    chain = models.CharField(max_length=200, unique=True)
    sequence = models.PositiveIntegerField()
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.chain}#{self.sequence}"


class LedgerLine(models.Model):
    """One line of the published ledger of heads, itself a chain: a missing tail or chain shows."""

    number = models.PositiveBigIntegerField(unique=True)
    chain = models.CharField(max_length=200)
    sequence = models.PositiveIntegerField()
    entry_hash = models.CharField(max_length=64)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chain", "sequence"], name="one_line_for_an_entry"),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.chain}#{self.sequence}"


class OutboxMessage(models.Model):
    """Something to tell after the commit: written with the change, delivered by a task."""

    topic = models.CharField(max_length=100)
    payload = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    delivered_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        verbose_name = _("outgoing message")
        verbose_name_plural = _("outgoing messages")
        indexes = [models.Index(fields=["delivered_at", "id"], name="outbox_waiting")]

    def __str__(self) -> str:
        return f"{self.topic} #{self.pk}"


class DueWork(models.Model):
    """When a piece of work that falls due by time is due next: the row locked to take it on."""

    name = models.CharField(max_length=100, unique=True)
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.name}: {self.due_at.isoformat()}"
