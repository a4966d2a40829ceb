"""Resetting a lost second factor, in the office: one officer asks, another one confirms."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cms.components import Badge, Crumb
from cms.paging import page_of
from members.models import Mandate, OfficeRole, SecondFactorReset
from members.models.resets import ResetState
from members.policies import OfficeAction, in_force
from members.rules.reset_lifecycle import ResetAction
from members.selectors.people import find_people
from secretariat.kernel.access import Access, access
from secretariat.kernel.errors import DomainError
from secretariat.kernel.models import User
from secretariat.workspace.acts import Act
from secretariat.workspace.forms.resets import PersonSearchForm, ResetForm
from secretariat.workspace.resets import (
    ask_reset,
    confirm_reset,
    obstacle_to,
    refuse_reset,
    resets,
    withdraw_reset,
)
from secretariat.workspace.views.acting import perform, status_of, submit, summary_of
from secretariat.workspace.views.office import frame, require_page
from secretariat.workspace.views.reauth import recently_authenticated

TONES = {
    ResetState.ASKED: "waiting",
    ResetState.DONE: "adopted",
    ResetState.REFUSED: "rejected",
    ResetState.WITHDRAWN: "neutral",
}


def _badge(reset: SecondFactorReset) -> Badge:
    return Badge(reset.get_state_display(), TONES[ResetState(reset.state)])


def _crumb() -> Crumb:
    return Crumb(_("Lost second factors"), reverse("workspace:resets"))


@access(Access.OFFICE)
@require_safe
@never_cache
def reset_list(request: HttpRequest) -> HttpResponse:
    """The requests, those that wait first, and the search for a person."""
    require_page(request, OfficeAction.RESET_SECOND_FACTOR)
    asked = "q" in request.GET
    form = PersonSearchForm(request.GET if asked else None)
    valid = asked and form.is_valid()
    page = page_of(request, resets())
    context = {
        **frame(request, place="resets"),
        "form": form,
        "asked": valid,
        "found": find_people(search=form.cleaned_data["q"]) if valid else [],
        "page": page,
        "rows": [(each, _badge(each)) for each in page.object_list],
    }
    return render(request, "workspace/office/resets.html", context)


@access(Access.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@recently_authenticated
def ask(request: HttpRequest, person: UUID) -> HttpResponse:
    """Asking for one person's reset."""
    require_page(request, OfficeAction.RESET_SECOND_FACTOR)
    found = get_object_or_404(User, uuid=person, is_active=True)
    form = ResetForm(request.POST if request.method == "POST" else None)

    def page(status: int = 200) -> HttpResponse:
        context = {
            **frame(request, _crumb(), Crumb(_("Ask for a reset")), place="resets"),
            "form": form,
            "person": found,
            "holds": _what_the_person_holds(request, found),
        }
        return render(request, "workspace/office/reset_ask.html", context, status=status)

    if request.method != "POST":
        return page()

    def send(data: dict[str, Any]) -> tuple[str, str]:
        reset = ask_reset(
            person=found,
            actor=request.user,
            now=request.now,  # type: ignore[attr-defined]
            **data,
        )
        said = _("The reset is asked for. Another officer confirms it; the person is told.")
        return said, reverse("workspace:reset", args=[reset.uuid])

    return submit(request, form, send, again=page)


@access(Access.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@recently_authenticated(acts=("confirm",))
def reset(request: HttpRequest, reset: UUID) -> HttpResponse:
    """One request, and what an officer can do with it."""
    require_page(request, OfficeAction.RESET_SECOND_FACTOR)
    found = get_object_or_404(resets(), uuid=reset)
    if request.method != "POST":
        return _reset_page(request, found)
    doing: dict[str, Any] = {
        "reset": found,
        "actor": request.user,
        "now": request.now,  # type: ignore[attr-defined]
    }

    def confirmed() -> str:
        confirm_reset(**doing)
        return _("The second factor is reset, and every session ended. The person is told.")

    def refused() -> str:
        refuse_reset(**doing)
        return _("The request is refused. Nothing changes for the person.")

    def withdrawn() -> str:
        withdraw_reset(**doing)
        return _("The request is taken back.")

    return perform(
        request,
        {"confirm": confirmed, "refuse": refused, "withdraw": withdrawn},
        back=request.path,
        again=lambda refusal: _reset_page(request, found, refusal=refusal),
    )


def _reset_page(
    request: HttpRequest, found: SecondFactorReset, *, refusal: DomainError | None = None
) -> HttpResponse:
    context = {
        **frame(request, _crumb(), Crumb(str(found.person)), place="resets"),
        "reset": found,
        "badge": _badge(found),
        "holds": _what_the_person_holds(request, found.person),
        "acts": _acts(request, found),
        "refusal": summary_of(refusal),
    }
    status = status_of(refusal) if refusal else 200
    return render(request, "workspace/office/reset.html", context, status=status)


def _acts(request: HttpRequest, found: SecondFactorReset) -> list[Act]:
    if found.state != ResetState.ASKED:
        return []
    if found.asked_by_id == request.user.pk:
        return [
            Act("withdraw", _("Take the request back"), tone="quiet",
                hint=_("Another officer confirms or refuses it."))
        ]  # fmt: skip
    blocked = obstacle_to(found, ResetAction.CONFIRM, request.user)
    confirm = Act(
        "confirm",
        _("Confirm: reset the second factor"),
        tone="open",
        warning=_("I have no doubt that the person asked for this."),
        hint=_(
            "Authenticator apps, passkeys and recovery codes are removed and every session ends. "
            "At the next sign-in the person sets up a new second factor."
        ),
        blocked=blocked,
    )
    if blocked:
        return [confirm]
    return [confirm, Act("refuse", _("Refuse the request"), tone="danger")]


def _what_the_person_holds(request: HttpRequest, person: User) -> list[str]:
    """The person's mandates and office roles in words: what is at stake."""
    now = request.now  # type: ignore[attr-defined]
    mandates = (
        Mandate.objects.filter(in_force(now), person=person)
        .select_related("city")
        .prefetch_related("city__name_rows")
        .order_by("city__slug", "role")
    )
    roles = OfficeRole.objects.filter(in_force(now), person=person).order_by("role")
    return [
        *(str(role.get_role_display()) for role in roles),
        *(f"{mandate.city}: {mandate.get_role_display()}" for mandate in mandates),
    ]
