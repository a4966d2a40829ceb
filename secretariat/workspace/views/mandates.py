"""The office keeps the mandates: it reads letters of credence, accredits, invites a first head."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cms.components import Crumb
from cms.paging import page_of
from cms.templatetags.formats import reader_language
from members.models import City, Mandate, OfficeRole, PrivateFile, ReadyNotice
from members.models.people import OfficeRoleKind
from members.policies import OfficeAction
from members.rules.duties import DUTIES_APART, Duty
from members.selectors.people import find_cities, office_people
from members.services.invitations import invite_to_office, renew_invitation, revoke_invitation
from members.services.mandates import accredit_mandate
from members.services.office import end_appointment
from secretariat.kernel.access import Access, access
from secretariat.kernel.errors import DomainError
from secretariat.workspace.forms.people import (
    AccreditForm,
    EndRoleForm,
    InviteForm,
    OfficeInviteForm,
)
from secretariat.workspace.selectors.people import (
    delegation_of,
    invitations_to_office,
    mandates_for_office,
)
from secretariat.workspace.views.acting import perform, status_of, submit, summary_of
from secretariat.workspace.views.office import frame, may, require_page
from secretariat.workspace.views.people import (
    MandateForms,
    delegation_context,
    delegation_deeds,
    mandate_facts,
    posted_uuid,
    send_invitation,
)
from secretariat.workspace.views.reauth import recently_authenticated

PLACE = "mandates"


@access(Access.OFFICE)
@require_safe
@never_cache
def mandates(request: HttpRequest) -> HttpResponse:
    """Who waits to be accredited; or everybody, or those whom a word finds."""
    _require_reader(request)
    search = request.GET.get("q", "").strip().replace("\x00", "")[:100]
    everybody = bool(search) or "all" in request.GET
    now = request.now  # type: ignore[attr-defined]
    rows = mandates_for_office(now=now, search=search, only_unaccredited=not everybody)
    context = {
        **frame(request, place=PLACE),
        "page": page_of(request, rows),
        "search": search,
        "everybody": everybody,
        "cities": find_cities(search=search) if search else [],
        "may_keep": may(request, OfficeAction.KEEP_MANDATES),
    }
    return render(request, "workspace/office/mandates.html", context)


@access(Access.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@recently_authenticated(acts=("accredit",))
def mandate(request: HttpRequest, mandate: UUID) -> HttpResponse:
    """One mandate beside its letter: reading it, accrediting, ending."""
    _require_reader(request)
    rows = Mandate.objects.select_related("person", "city", "letter", "accredited_by")
    found = get_object_or_404(rows, uuid=mandate)
    posted = request.method == "POST"
    if posted:
        require_page(request, OfficeAction.KEEP_MANDATES)
    forms = MandateForms(request)
    accrediting = posted and request.POST.get("act") == "accredit"
    accredit = AccreditForm(
        request.POST if accrediting else None,
        initial={"letter": found.letter.uuid if found.letter else None},
    )

    def page(status: int = 200) -> HttpResponse:
        return _mandate_page(request, found, forms, accredit, status=status)

    if not posted:
        return page()
    if accrediting:
        return submit(request, accredit, lambda data: _accredit(request, found, data), again=page)
    return forms.submit(found, back=request.path, again=page)


@access(Access.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def city_people(request: HttpRequest, slug: str) -> HttpResponse:
    """A city's delegation as the office sees it, and inviting on the city's behalf."""
    _require_reader(request)
    city = get_object_or_404(City.objects.prefetch_related("name_rows"), slug=slug)
    if request.method != "POST":
        return _city_page(request, city, InviteForm(initial={"language": reader_language()}))
    require_page(request, OfficeAction.KEEP_MANDATES)
    form = InviteForm(request.POST if request.POST.get("act") == "invite" else None)
    if form.is_bound:
        return submit(
            request,
            form,
            lambda data: (send_invitation(request, city, data), request.path),
            again=lambda status: _city_page(request, city, form, status=status),
        )
    return perform(
        request,
        delegation_deeds(request, city),
        back=request.path,
        again=lambda refusal: _city_page(request, city, form, refusal=refusal),
    )


@access(Access.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def office_roles(request: HttpRequest) -> HttpResponse:
    """Who works for the office, who is asked to, and which duties are kept apart and why."""
    if not may(request, OfficeAction.APPOINT_OFFICE):
        require_page(request, OfficeAction.READ_ALL)
    if request.method != "POST":
        return _roles_page(request, OfficeInviteForm(initial={"language": reader_language()}))
    require_page(request, OfficeAction.APPOINT_OFFICE)
    now = request.now  # type: ignore[attr-defined]
    form = OfficeInviteForm(request.POST if request.POST.get("act") == "invite" else None)
    if form.is_bound:

        def send(data: dict[str, Any]) -> tuple[str, str]:
            invitation = invite_to_office(**data, actor=request.user, now=now)
            said = _("The invitation goes to %(email)s.") % {"email": invitation.email}
            return said, request.path

        return submit(
            request, form, send, again=lambda status: _roles_page(request, form, status=status)
        )
    return perform(
        request,
        {
            "renew": lambda: _renew(request),
            "revoke": lambda: _revoke(request),
            "end": lambda: _end_role(request),
        },
        back=request.path,
        again=lambda refusal: _roles_page(request, form, refusal=refusal),
    )


# ── what is done ────────────────────────────────────────────────────────────────────────────


def _accredit(request: HttpRequest, mandate: Mandate, data: dict[str, Any]) -> tuple[str, str]:
    letter = PrivateFile.objects.filter(uuid=data["letter"], city=mandate.city).first()
    done = accredit_mandate(
        mandate=mandate,
        credential=data["credential"],
        letter=letter,
        actor=request.user,
        now=request.now,  # type: ignore[attr-defined]
    )
    said = _("%(person)s is accredited and has a vote.") % {"person": done.person}
    return said, reverse("workspace:office_mandate", args=[mandate.uuid])


def _invitation_to_office(request: HttpRequest) -> Any:
    wanted = posted_uuid(request, "invitation")
    found = [
        each.invitation
        for each in invitations_to_office(now=request.now)  # type: ignore[attr-defined]
        if each.invitation.uuid == wanted
    ]
    if not found:
        raise Http404
    return found[0]


def _renew(request: HttpRequest) -> str:
    renewed = renew_invitation(
        invitation=_invitation_to_office(request),
        actor=request.user,
        now=request.now,  # type: ignore[attr-defined]
    )
    return _("The invitation goes to %(email)s once more. Earlier links no longer work.") % {
        "email": renewed.email
    }


def _revoke(request: HttpRequest) -> str:
    revoked = revoke_invitation(
        invitation=_invitation_to_office(request),
        actor=request.user,
        now=request.now,  # type: ignore[attr-defined]
    )
    return _("The invitation of %(email)s is taken back.") % {"email": revoked.email}


def _end_role(request: HttpRequest) -> str:
    now = request.now  # type: ignore[attr-defined]
    key = request.POST.get("role", "")
    role = get_object_or_404(OfficeRole, pk=int(key) if key.isdecimal() else 0)
    form = EndRoleForm(request.POST)
    if not form.is_valid():
        raise form.refusal()
    ended = end_appointment(
        office_role=role,
        ends_at=now,
        reason=form.cleaned_data["reason"],
        actor=request.user,
        now=now,
    )
    return _("The role of %(person)s ends.") % {"person": ended.person}


# ── pages ───────────────────────────────────────────────────────────────────────────────────


def _require_reader(request: HttpRequest) -> None:
    if not may(request, OfficeAction.KEEP_MANDATES):
        require_page(request, OfficeAction.READ_ALL)


def _crumb() -> Crumb:
    return Crumb(_("Mandates"), reverse("workspace:mandates"))


def _mandate_page(
    request: HttpRequest,
    mandate: Mandate,
    forms: MandateForms,
    accredit: AccreditForm,
    *,
    status: int,
) -> HttpResponse:
    now = request.now  # type: ignore[attr-defined]
    city = mandate.city
    people = Crumb(
        city.name_in(reader_language()), reverse("workspace:office_people", args=[city.slug])
    )
    keeps = may(request, OfficeAction.KEEP_MANDATES)
    context = {
        **frame(request, _crumb(), people, Crumb(str(mandate.person)), place=PLACE),
        **mandate_facts(mandate, now),
        "city": city,
        "forms": forms,
        "accredit": accredit,
        "may_manage": keeps,
        "own": mandate.person == request.user,
        "asked": ReadyNotice.objects.filter(person=mandate.person, city=city)
        .order_by("-sent_at")
        .first(),
    }
    return render(request, "workspace/office/mandate.html", context, status=status)


def _city_page(
    request: HttpRequest,
    city: City,
    form: InviteForm,
    *,
    refusal: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    now = request.now  # type: ignore[attr-defined]
    context = {
        **frame(request, _crumb(), Crumb(city.name_in(reader_language())), place=PLACE),
        **delegation_context(delegation_of(city=city, now=now)),
        "city": city,
        "form": form,
        "may_manage": may(request, OfficeAction.KEEP_MANDATES),
        "refusal": summary_of(refusal),
    }
    status = status_of(refusal) if refusal else status
    return render(request, "workspace/office/city_people.html", context, status=status)


def _roles_page(
    request: HttpRequest,
    form: OfficeInviteForm,
    *,
    refusal: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    now = request.now  # type: ignore[attr-defined]
    context = {
        **frame(request, Crumb(_("Office roles")), place="roles"),
        "people": office_people(now=now),
        "waiting": invitations_to_office(now=now),
        "apart": [
            (duty_name(row.first), duty_name(row.second), row.reason.in_language(reader_language()))
            for row in DUTIES_APART
        ],
        "form": form,
        "may_manage": may(request, OfficeAction.APPOINT_OFFICE),
        "refusal": summary_of(refusal),
    }
    status = status_of(refusal) if refusal else status
    return render(request, "workspace/office/roles.html", context, status=status)


def duty_name(duty: Duty) -> str:
    """What a duty is called: a role of the office, or a mandate of a city with a seat."""
    if duty is Duty.VOICE:
        return _("Vote of a city")
    if duty is Duty.MANDATE:
        return _("Mandate of a city with a seat")
    return str(OfficeRoleKind(duty.value).label)
