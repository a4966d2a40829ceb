"""Accounts in the office's hands: who left, closing, opening again, erasing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cms.components import Crumb
from cms.paging import page_of
from members.policies import OfficeAction
from secretariat.kernel.access import Access, access
from secretariat.kernel.errors import DomainError
from secretariat.kernel.models import User
from secretariat.workspace.acts import Act
from secretariat.workspace.closing import (
    accounts_for_office,
    close_account,
    erase_account,
    may_keep_accounts,
    open_account_again,
)
from secretariat.workspace.views.acting import perform, status_of, summary_of
from secretariat.workspace.views.office import frame, require_page
from secretariat.workspace.views.reauth import recently_authenticated

STATES = ("", "left", "closed", "erased")


@access(Access.OFFICE)
@require_safe
@never_cache
def accounts(request: HttpRequest) -> HttpResponse:
    """The accounts: all, of people who left, closed, erased; found by name or address."""
    require_page(request, OfficeAction.KEEP_MANDATES)
    state = request.GET.get("state", "")
    if state not in STATES:
        raise Http404
    words = request.GET.get("q", "")[:200]
    found = accounts_for_office(words=words, state=state, now=request.now)  # type: ignore[attr-defined]
    labels = {
        "": _("All accounts"),
        "left": _("People who left"),
        "closed": _("Closed"),
        "erased": _("Erased"),
    }
    context = {
        **frame(request, place="accounts"),
        "page": page_of(request, found),
        "state": state,
        "states": labels.items(),
        "q": words,
    }
    return render(request, "workspace/office/accounts.html", context)


@access(Access.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@recently_authenticated(acts={"erase"})
def account(request: HttpRequest, person: UUID) -> HttpResponse:
    """One account: what it holds and held, and what the office may do with it."""
    require_page(request, OfficeAction.KEEP_MANDATES)
    found = get_object_or_404(User, uuid=person)
    if request.method != "POST":
        return _account_page(request, found)
    return perform(
        request,
        _deeds(request, found),
        back=request.path,
        again=lambda refusal: _account_page(request, found, refusal=refusal),
    )


def _account_page(
    request: HttpRequest, found: User, *, refusal: DomainError | None = None
) -> HttpResponse:
    mandates = found.mandates.select_related("city").prefetch_related("city__name_rows")
    context = {
        **frame(
            request,
            Crumb(_("Accounts"), reverse("workspace:accounts")),
            Crumb(found),
            place="accounts",
        ),
        "account": found,
        "mandates": mandates.order_by("-starts_at", "pk"),
        "roles": found.office_roles.order_by("-starts_at", "pk"),
        "acts": list(_acts(request, found)),
        "refusal": summary_of(refusal),
    }
    status = status_of(refusal) if refusal else 200
    return render(request, "workspace/office/account.html", context, status=status)


def _acts(request: HttpRequest, found: User) -> Iterator[Act]:
    now = request.now  # type: ignore[attr-defined]
    if found.erased_at is not None or not may_keep_accounts(request.user, found, now):
        return
    if found.closed_at is None:
        holds = accounts_for_office(now=now).get(pk=found.pk).holds  # type: ignore[attr-defined]
        yield Act(
            "close",
            _("Close the account"),
            tone="quiet",
            hint=_("Nobody signs in with it any more. It can be opened again."),
            blocked=_("The person still acts for a city or for the office. End that first.")
            if holds
            else "",
        )
        return
    yield Act(
        "open_again",
        _("Open the account again"),
        tone="quiet",
        hint=_("The person chooses a new password by e-mail, and a new second factor."),
    )
    yield Act(
        "erase",
        _("Erase the account"),
        tone="danger",
        warning=_("The person has asked for it. Name and address are removed for good."),
        hint=_("What the person did stays attributed to the city and the role."),
    )


def _deeds(request: HttpRequest, found: User) -> dict[str, Callable[[], str]]:
    doing = {"person": found, "actor": request.user, "now": request.now}  # type: ignore[attr-defined]

    def closed() -> str:
        close_account(**doing)
        return _("The account is closed.")

    def opened() -> str:
        open_account_again(**doing)
        return _("The account is open again.")

    def erased() -> str:
        erase_account(**doing)
        return _("The account is erased.")

    return {"close": closed, "open_again": opened, "erase": erased}
