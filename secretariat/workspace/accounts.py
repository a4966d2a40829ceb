"""How allauth behaves here: accounts are given, not taken; pages speak the person's language."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core import context
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib import messages
from django.contrib.sites.requests import RequestSite
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.translation import get_language, gettext, override
from django.utils.translation import gettext as _

from secretariat.kernel.models import Network, User
from secretariat.workspace.devices import device_words
from secretariat.workspace.letters import send_letter
from secretariat.workspace.notices import tell_of_change
from secretariat.workspace.sealed_secrets import seal, unseal
from secretariat.workspace.sign_in_limits import Attempt

RESET_LETTERS = {"reset": "3/15m/key"}


def display_name(user: User) -> str:
    """What allauth's pages and mails call a person."""
    return user.get_full_name() or user.email


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up: the office makes accounts, for mandates and office roles."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    # ── where people go ─────────────────────────────────────────────────────────────────────

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Where people arrive, in their own language."""
        with override(request.user.language):
            return resolve_url(settings.LOGIN_REDIRECT_URL)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Choosing the first password ends where signing in does."""
        return self.get_login_redirect_url(request)

    # ── guesses ─────────────────────────────────────────────────────────────────────────────

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the guess before the password is looked at."""
        self._attempt = Attempt(request, "password", str(credentials.get("email", "")))
        if not self._attempt.is_allowed():
            raise self.validation_error("too_many_login_attempts")

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Only failures count."""
        user: User | None = super().authenticate(request, **credentials)
        if user is not None:
            self._attempt.was_right()
        return user

    def reauthenticate(self, user: User, password: str) -> bool:
        """The password once more; counted like signing in."""
        attempt = Attempt(self.request, "password", user.email)
        if not attempt.is_allowed():
            raise self.validation_error("too_many_login_attempts")
        right = user.check_password(password)
        if right:
            attempt.was_right()
        return right

    # ── letters ─────────────────────────────────────────────────────────────────────────────

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """A few for one account in a while: whoever asked, the owner has them.

        What is refused does not count, so that nobody keeps the next letter away by asking on.
        """
        if not _has_room(self.request, user):
            return
        send_letter(
            to=user,
            email=email,
            template="password_reset",
            context={"address": context["password_reset_url"]},
        )

    def send_confirmation_mail(
        self, request: HttpRequest, emailconfirmation: Any, signup: bool
    ) -> None:
        """To the new address, which becomes the person's once its link is pressed."""
        person = emailconfirmation.email_address.user
        with override(person.language):
            path = reverse("account_confirm_email", args=[emailconfirmation.key])
        send_letter(
            to=person,
            email=emailconfirmation.email_address.email,
            template="confirm_address",
            context={"address": settings.PUBLIC_URL.rstrip("/") + path},
        )

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """An address for which somebody has got an account meanwhile stays theirs."""
        taken = User.objects.filter(email__iexact=email_address.email)
        if taken.exclude(pk=email_address.user_id).exists():
            email_address.delete()
            messages.error(
                request,
                _("There is an account with this address already. Your own address stays."),
            )
            return False
        return bool(super().confirm_email(request, email_address))

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """What changed in how the person signs in, told to the person after the commit."""
        tell_of_change(
            person=user,
            change=template_prefix.rpartition("/")[2],
            request=self.request,
            email=email or "",
        )

    def format_email_subject(self, subject: Any) -> str:
        """The subject after the network's name in the running language."""
        return f"[{_network_name()}] {subject}"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """What is left of allauth's letters speaks for the network, at its public address."""
        here = RequestSite(self.request)
        here.name, here.domain = _network_name(), urlsplit(settings.PUBLIC_URL).netloc
        super().send_mail(template_prefix, email, {**context, "current_site": here})

    def get_reset_password_from_key_url(self, key: str) -> str:
        """At the public address, in the person's language, whatever host the request named."""
        path = urlsplit(super().get_reset_password_from_key_url(key)).path
        return settings.PUBLIC_URL.rstrip("/") + path

    def login(self, request: HttpRequest, user: User) -> None:
        """Whether this is the first time shows before Django writes the new one down."""
        request.signed_in_before = user.last_login is not None  # type: ignore[attr-defined]
        super().login(request, user)


def _has_room(request: HttpRequest, user: User) -> bool:
    usage = ratelimit.consume(
        request, app="workspace", action="reset", config=RESET_LETTERS, key=str(user.pk)
    )
    return usage is not None


class SecondFactorAdapter(DefaultMFAAdapter):
    """What authenticator apps and browsers show for an account here, and how secrets are kept."""

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text)

    def get_totp_issuer(self) -> str:
        return _network_name()

    def _get_site_name(self) -> str:
        return _network_name()

    def generate_authenticator_name(self, user: User, type: Any) -> str:
        """What a new key is called until its owner says better."""
        return device_words(context.request.headers.get("User-Agent", "")) or gettext("Passkey")


def _network_name() -> str:
    network = Network.objects.filter(pk=1).first()
    return network.name_in(get_language() or "en") if network else str(settings.WAGTAIL_SITE_NAME)
