"""The office: its assemblies, and convening one."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cms.components import Crumb
from cms.paging import page_of
from cms.templatetags.formats import reader_language
from members.models import City
from members.models.people import OfficeRoleKind
from members.policies import OfficeAction, mandates_in_force, office_policy
from members.selectors.letters import letters_waiting
from members.selectors.public import cities_of_network
from resolutions.models import Instrument
from resolutions.services.assemblies import AgendaPoint, AssemblyWords, convene_assembly
from secretariat.kernel.access import Access, access
from secretariat.kernel.calendar import network_day
from secretariat.workspace.forms.assemblies import AgendaForms, ConvocationForm
from secretariat.workspace.selectors.office import assemblies_for_office, tabled_instruments
from secretariat.workspace.selectors.waiting import waits_for_office
from secretariat.workspace.views.acting import submit


def frame(request: HttpRequest, *crumbs: Crumb, place: str = "assemblies") -> dict[str, Any]:
    """What every page of the office knows: the person's roles, the way here, the other places."""
    now = request.now  # type: ignore[attr-defined]
    roles = office_policy.roles(request.user, now)
    return {
        "office_roles": ", ".join(str(kind.label) for kind in OfficeRoleKind if kind in roles),
        "in_office": True,
        "keeps_register": may(request, OfficeAction.KEEP_CITIES)
        or may(request, OfficeAction.READ_ALL),
        "place": place,
        "keeps_mandates": may(request, OfficeAction.KEEP_MANDATES)
        or may(request, OfficeAction.READ_ALL),
        "keeps_roles": may(request, OfficeAction.APPOINT_OFFICE)
        or may(request, OfficeAction.READ_ALL),
        "own_cities": [mandate.city for mandate in mandates_in_force(request.user, now)],
        "crumbs": (Crumb(_("Office"), reverse("workspace:office")), *crumbs) if crumbs else (),
        "section": "",
        "may_handle_letters": office_policy.may(request.user, OfficeAction.ACT_ON_LETTERS, now),
        "letters_waiting": letters_waiting,
    }


def may(request: HttpRequest, action: OfficeAction) -> bool:
    """Whether the person's office roles include it."""
    return office_policy.may(request.user, action, request.now)  # type: ignore[attr-defined]


def require_page(request: HttpRequest, action: OfficeAction) -> None:
    """404 on a page that is only for those who may do what it is for."""
    if not may(request, action):
        raise Http404


@access(Access.OFFICE)
@require_safe
@never_cache
def overview(request: HttpRequest) -> HttpResponse:
    """What waits for this person, and the assemblies, latest first."""
    context = {
        **frame(request),
        "waiting": waits_for_office(person=request.user, now=request.now),  # type: ignore[attr-defined]
        "page": page_of(request, assemblies_for_office()),
        "may_convene": may(request, OfficeAction.CONVENE),
    }
    return render(request, "workspace/office/overview.html", context)


@access(Access.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def convene(request: HttpRequest) -> HttpResponse:
    """Convening an assembly: time, place, convocation and agenda in every language."""
    require_page(request, OfficeAction.CONVENE)
    now = request.now  # type: ignore[attr-defined]
    language = reader_language()
    rows = cities_of_network(on=network_day(now))
    posted = request.POST if request.method == "POST" else None
    form = ConvocationForm(posted, cities=[row.city for row in rows], language=language)
    agenda = AgendaForms(
        _with_more_points(request) if posted is not None else None,
        prefix="agenda",
        form_kwargs={"instruments": tabled_instruments()},
    )

    def page(status: int = 200) -> HttpResponse:
        context = {
            **frame(request, Crumb(_("Convene an assembly"))),
            "form": form,
            "agenda": agenda,
        }
        return render(request, "workspace/office/convene.html", context, status=status)

    if posted is None:
        return page()
    if "more" in posted:
        form.is_valid()
        form.errors.clear()
        return page()
    if not agenda.is_valid():
        form.is_valid()
        return page(422)

    def send(data: dict[str, Any]) -> tuple[str, str]:
        assembly = convene_assembly(
            slug=data["slug"],
            kind=data["kind"],
            starts_at=data["starts_at"],
            ends_at=data["ends_at"],
            time_zone=timezone.get_current_timezone_name(),
            host_city=get_object_or_404(City, slug=data["host_city"]),
            words=_words(form),
            agenda=_points(agenda),
            actor=request.user,
            now=now,
        )
        said = _("The assembly is convened.")
        return said, reverse("workspace:console", args=[assembly.slug])

    return submit(request, form, send, again=page)


def _with_more_points(request: HttpRequest) -> Any:
    """What was typed, with room for two more points where that was asked for."""
    data = request.POST.copy()
    if "more" in data:
        try:
            data["agenda-TOTAL_FORMS"] = str(int(data.get("agenda-TOTAL_FORMS", "3")) + 2)
        except ValueError:
            data["agenda-TOTAL_FORMS"] = "3"
    return data


def _words(form: ConvocationForm) -> dict[str, AssemblyWords]:
    places, convocations = form.words("place"), form.words("convocation")
    return {
        language: AssemblyWords(
            title=title,
            place=places.get(language, ""),
            convocation=convocations.get(language, ""),
        )
        for language, title in form.words("title").items()
    }


def _points(agenda: Any) -> list[AgendaPoint]:
    points = []
    for form in agenda:
        titles = form.words("title")
        if not titles:
            continue
        instrument = Instrument.objects.filter(slug=form.cleaned_data["instrument"]).first()
        points.append(
            AgendaPoint(
                kind=form.cleaned_data["kind"] or "other",
                titles=titles,
                notes=form.words("note"),
                instrument=instrument,
            )
        )
    return points
