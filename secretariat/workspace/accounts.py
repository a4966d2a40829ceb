"""How allauth behaves here: accounts are given, not taken; pages speak the person's language."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
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
        network = Network.objects.filter(pk=1).first()
        name = network.name_in(get_language() or "en") if network else settings.WAGTAIL_SITE_NAME
        return f"[{name}] {subject}"
