"""Signing in with a city's own OpenID provider.

Which providers there are is data (`OIDC_PROVIDERS`). Each answers for the addresses of its
own domains and for no others: what it says of somebody else's address is worth nothing, or
one city's server could open another city's account. An account is never made; one is linked
the first time its owner's provider vouches for exactly its address, and the owner is told.
A second factor of this platform is asked for all the same.
"""

from __future__ import annotations

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from django.http import HttpRequest
from django.shortcuts import render

from secretariat.kernel.models import User


class ProviderAdapter(DefaultSocialAccountAdapter):
    """Links to accounts that exist; keeps the address and nothing else of what was told."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Whose account it is, by an earlier link or by the address; a refusal otherwise."""
        address = vouched_address(sociallogin)
        sociallogin.account.extra_data = {"email": address}
        if sociallogin.is_existing:
            sociallogin.account.save(update_fields=["extra_data"])
            return
        person = User.objects.filter(email__iexact=address, is_active=True).first()
        adding = sociallogin.state.get("process") == AuthProcess.CONNECT
        if not address or person is None or (adding and person != request.user):
            raise ImmediateHttpResponse(
                render(
                    request,
                    "workspace/no_account.html",
                    {"provider": sociallogin.provider.name, "address": address, "section": ""},
                    status=403,
                )
            )
        if not adding:
            sociallogin.connect(request, person)


def vouched_address(sociallogin: SocialLogin) -> str:
    """The address that the provider has verified and may answer for, or ""."""
    domains = sociallogin.provider.app.settings.get("domains", [])
    for each in sociallogin.email_addresses:
        domain = each.email.rpartition("@")[2].casefold()
        if each.verified is True and domain in domains:
            return str(each.email)
    return ""
