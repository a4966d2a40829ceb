"""A city's people: who acts for it and until when, who is asked to, and letters of credence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cms.components import Crumb
from members.models import City, Invitation, Mandate
from members.models.people import MandateRole
from members.policies import CityAction, city_policy
from members.rules.voices import VOTING_ROLES
from members.services.invitations import invite, renew_invitation, revoke_invitation
from members.services.mandates import attach_letter, end_mandate, rank_alternates
from secretariat.kernel.access import Access, access
from secretariat.kernel.errors import DomainError, InvalidInput
from secretariat.workspace.forms.people import EndMandateForm, InviteForm, LetterForm
from secretariat.workspace.selectors.people import Delegation, delegation_of, mandate_of_city
from secretariat.workspace.views.acting import perform, status_of, submit, summary_of
from secretariat.workspace.views.desk_frame import desk_crumbs, desk_frame, own_city


@access(Access.CITY)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def people(request: HttpRequest, city: str) -> HttpResponse:
    """Everybody who acts for the city; for its head, the order of alternates and invitations."""
    owner = own_city(request, city)
    if request.method != "POST":
        return _people_page(request, owner)
    return perform(
        request,
        delegation_deeds(request, owner),
        back=request.path,
        again=lambda refusal: _people_page(request, owner, refusal=refusal),
    )


@access(Access.CITY)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def invite_person(request: HttpRequest, city: str) -> HttpResponse:
    """Asking somebody, by e-mail, to act for the city."""
    owner = own_city(request, city)
    _require_head(request, owner)
    form = InviteForm(
        request.POST if request.method == "POST" else None,
        initial={"language": request.user.language},  # type: ignore[union-attr]
    )
    address = reverse("workspace:people", args=[owner.slug])

    def page(status: int = 200) -> HttpResponse:
        context = {
            **desk_frame(request, owner),
            "form": form,
            "crumbs": (
                *desk_crumbs(owner),
                Crumb(_("Our people"), address),
                Crumb(_("Invite somebody")),
            ),
            "handing_over": True,
        }
        return render(request, "workspace/desk/invite.html", context, status=status)

    if request.method != "POST":
        return page()

    def send(data: dict[str, Any]) -> tuple[str, str]:
        return send_invitation(request, owner, data), address

    return submit(request, form, send, again=page)


@access(Access.CITY)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def person(request: HttpRequest, city: str, mandate: UUID) -> HttpResponse:
    """One mandate: since when, until when, its letter of credence, and ending it."""
    owner = own_city(request, city)
    found = mandate_of_city(city=owner, uuid=mandate)
    if found is None:
        raise Http404
    forms = MandateForms(request)
    if request.method != "POST":
        return _person_page(request, owner, found, forms)
    return forms.submit(
        found,
        back=request.path,
        again=lambda status: _person_page(request, owner, found, forms, status=status),
    )


# ── what the desk and the office share ──────────────────────────────────────────────────────


class MandateForms:
    """The forms of one mandate's page: its letter, and its end. One is bound at a time."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.now: datetime = request.now  # type: ignore[attr-defined]
        named = request.POST.get("act") if request.method == "POST" else None
        letter = named == "letter"
        self.letter = LetterForm(
            request.POST if letter else None, request.FILES if letter else None, prefix="l"
        )
        self.end = EndMandateForm(request.POST if named == "end" else None, prefix="e")

    def submit(
        self, mandate: Mandate, *, back: str, again: Callable[[int], HttpResponse]
    ) -> HttpResponse:
        """Do what the form names; a refusal stands on its form."""
        if self.letter.is_bound:
            return submit(self.request, self.letter, self._attach(mandate, back), again=again)
        if self.end.is_bound:
            return submit(self.request, self.end, self._end(mandate, back), again=again)
        return again(400)

    def _attach(self, mandate: Mandate, back: str) -> Callable[[dict[str, Any]], tuple[str, str]]:
        def attach(data: dict[str, Any]) -> tuple[str, str]:
            attach_letter(
                mandate=mandate, upload=data["letter"], actor=self.request.user, now=self.now
            )
            return _("The letter is kept. The office reads it and accredits."), back

        return attach

    def _end(self, mandate: Mandate, back: str) -> Callable[[dict[str, Any]], tuple[str, str]]:
        def end(data: dict[str, Any]) -> tuple[str, str]:
            ended = end_mandate(
                mandate=mandate,
                ends_at=self.end.moment(self.now),
                reason=data["reason"],
                actor=self.request.user,
                now=self.now,
            )
            return _("The mandate of %(person)s ends.") % {"person": ended.person}, back

        return end


def send_invitation(request: HttpRequest, city: City, data: dict[str, Any]) -> str:
    """Invite, and say so."""
    invitation = invite(
        city=city,
        email=data["email"],
        role=data["role"],
        rank=data["rank"] or 0,
        language=data["language"],
        ends_at=data["ends_at"],
        actor=request.user,
        now=request.now,  # type: ignore[attr-defined]
    )
    return _("The invitation goes to %(email)s.") % {"email": invitation.email}


def delegation_deeds(request: HttpRequest, city: City) -> dict[str, Callable[[], str]]:
    """Ranking alternates, sending an invitation again, taking one back."""
    doing = {"actor": request.user, "now": request.now}  # type: ignore[attr-defined]

    def invitation() -> Invitation:
        return get_object_or_404(city.invitations, uuid=posted_uuid(request, "invitation"))

    def renew() -> str:
        renewed = renew_invitation(invitation=invitation(), **doing)
        return _("The invitation goes to %(email)s once more. Earlier links no longer work.") % {
            "email": renewed.email
        }

    def revoke() -> str:
        revoked = revoke_invitation(invitation=invitation(), **doing)
        return _("The invitation of %(email)s is taken back.") % {"email": revoked.email}

    def rank() -> str:
        seen = [_uuid(each) for each in request.POST.getlist("seen")]
        chosen = posted_uuid(request, "up")
        if chosen not in seen:
            raise InvalidInput(_("Name every alternate once."), where="order")
        place = seen.index(chosen)
        order = [*seen]
        if place:
            order[place - 1], order[place] = order[place], order[place - 1]
        rank_alternates(city=city, order=order, seen=seen, **doing)
        return _("The order of the alternates is changed.")

    return {"rank": rank, "renew": renew, "revoke": revoke}


def posted_uuid(request: HttpRequest, name: str) -> UUID:
    """An identifier that the form carries; 404 where it is none."""
    return _uuid(request.POST.get(name, ""))


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None


def mandate_facts(mandate: Mandate, now: datetime) -> dict[str, Any]:
    """What a mandate's page says of it: its state, and what can still be done."""
    ended = mandate.ends_at is not None and mandate.ends_at <= now
    votes = mandate.role in VOTING_ROLES
    return {
        "mandate": mandate,
        "ended": ended,
        "votes": votes,
        "waits_for_letter": votes and not ended and mandate.accredited_at is None,
    }


# ── pages ───────────────────────────────────────────────────────────────────────────────────


def _require_head(request: HttpRequest, city: City) -> None:
    if not _may_manage(request, city):
        raise Http404


def _may_manage(request: HttpRequest, city: City) -> bool:
    now = request.now  # type: ignore[attr-defined]
    return city_policy.may(request.user, CityAction.MANAGE_PEOPLE, city, now)


def _people_page(
    request: HttpRequest, city: City, *, refusal: DomainError | None = None
) -> HttpResponse:
    now = request.now  # type: ignore[attr-defined]
    context = {
        **desk_frame(request, city),
        **delegation_context(delegation_of(city=city, now=now)),
        "may_manage": _may_manage(request, city),
        "refusal": summary_of(refusal),
        "crumbs": (*desk_crumbs(city), Crumb(_("Our people"))),
    }
    status = status_of(refusal) if refusal else 200
    return render(request, "workspace/desk/people.html", context, status=status)


def delegation_context(delegation: Delegation) -> dict[str, Any]:
    """A delegation as the pages show it."""
    return {
        "delegation": delegation,
        "seen": [each.uuid for each in delegation.alternates],
        "ranking": len(delegation.alternates) > 1,
        "first_alternate": next(iter(delegation.alternates), None),
    }


def _person_page(
    request: HttpRequest, city: City, mandate: Mandate, forms: MandateForms, *, status: int = 200
) -> HttpResponse:
    now = request.now  # type: ignore[attr-defined]
    context = {
        **desk_frame(request, city),
        **mandate_facts(mandate, now),
        "forms": forms,
        "may_manage": _may_manage(request, city),
        "own": mandate.person == request.user,
        "leads": mandate.role == MandateRole.HEAD,
        "crumbs": (
            *desk_crumbs(city),
            Crumb(_("Our people"), reverse("workspace:people", args=[city.slug])),
            Crumb(str(mandate.person)),
        ),
    }
    return render(request, "workspace/desk/person.html", context, status=status)
