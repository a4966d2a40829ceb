"""Changing the address with which one signs in: allauth's page, which thinks addresses unproven."""

from __future__ import annotations

from allauth.account import views as account
from allauth.account.models import EmailAddress
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from secretariat.kernel.access import Access, access
from secretariat.kernel.models import User


@access(Access.SIGNED_IN)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def own_address(request: HttpRequest) -> HttpResponseBase:
    """allauth's page, in place of which this stands.

    Accounts are given for an address, so the own one needs no proof. allauth takes an address
    without it for one that is still to come: the next wish would drop it, account and all.
    """
    _count_as_proven(request.user)  # type: ignore[arg-type]
    answer: HttpResponseBase = account.email(request)
    return answer


def _count_as_proven(person: User) -> None:
    address = person.email.lower()
    with transaction.atomic():
        rows = EmailAddress.objects.filter(user=person)
        rows.exclude(email=address).filter(primary=True).update(primary=False)
        EmailAddress.objects.update_or_create(
            user=person, email=address, defaults={"verified": True, "primary": True}
        )
