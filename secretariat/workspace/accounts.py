"""How allauth behaves here: accounts are given, not taken; pages speak the person's language."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib.sites.requests import RequestSite
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.utils.translation import get_language, override

from secretariat.kernel.models import Network, User


def display_name(user: User) -> str:
    """What allauth's pages and mails call a person."""
    return user.get_full_name() or user.email


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up: the office makes accounts, for mandates and office roles."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Where people arrive, in their own language."""
        with override(request.user.language):
            return resolve_url(settings.LOGIN_REDIRECT_URL)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Choosing the first password ends where signing in does."""
        return self.get_login_redirect_url(request)

    def format_email_subject(self, subject: Any) -> str:
        """The subject after the network's name in the running language."""
        return f"[{_network_name()}] {subject}"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Letters speak for the network, by its name and its public address."""
        here = RequestSite(self.request)
        here.name, here.domain = _network_name(), urlsplit(settings.PUBLIC_URL).netloc
        super().send_mail(template_prefix, email, {**context, "current_site": here})

    def get_reset_password_from_key_url(self, key: str) -> str:
        """At the public address, whatever host the request named."""
        path = urlsplit(super().get_reset_password_from_key_url(key)).path
        return settings.PUBLIC_URL.rstrip("/") + path


def _network_name() -> str:
    network = Network.objects.filter(pk=1).first()
    return network.name_in(get_language() or "en") if network else settings.WAGTAIL_SITE_NAME
