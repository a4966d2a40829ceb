"""The register as reports, and the membership of one city: what it is, was and becomes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cms.components import Crumb
from cms.paging import page_of
from cms.templatetags.formats import country as country_name
from cms.templatetags.formats import format_day, reader_language
from members.models import City
from members.policies import OfficeAction
from members.rules.membership_lifecycle import NONE, kinds_after
from members.selectors.applications import applications_in_hand
from members.selectors.contributions import contributions_of_city
from members.selectors.people import mandates_of_city
from members.selectors.public import called, city_by_slug, membership_history
from members.selectors.reports import (
    KINDS,
    ReportLine,
    counts_by_region,
    lines_of,
    memberships_on,
    report_lines,
    voting_report,
)
from members.selectors.standing import standing_of_city
from members.services.memberships import change_membership
from secretariat.kernel.access import Access, access
from secretariat.kernel.calendar import network_day
from secretariat.workspace.forms.members import MemberFilterForm, MembershipChangeForm
from secretariat.workspace.selectors.members import (
    decision_choices,
    decisions_in_words,
    next_vote,
)
from secretariat.workspace.tables import FORMATS, table_response
from secretariat.workspace.views.acting import submit
from secretariat.workspace.views.office import frame, may

SHOWN = 50
"""Cities that may vote with something unpaid, on the page; the file holds all."""


def require_register(request: HttpRequest) -> None:
    """404 for office people whose role has nothing to do with the register."""
    if not (may(request, OfficeAction.KEEP_CITIES) or may(request, OfficeAction.READ_ALL)):
        raise Http404


def members_frame(request: HttpRequest, *crumbs: Crumb, part: str = "") -> dict[str, Any]:
    """What every page on members knows: the parts of the section and what waits in them."""
    here = (Crumb(_("Members"), reverse("workspace:members")), *crumbs) if crumbs else ()
    return {
        **frame(request, *here, place="members"),
        "part": part,
        "applications_in_hand": applications_in_hand(),
        "may_keep": may(request, OfficeAction.KEEP_CITIES),
    }


@access(Access.OFFICE)
@require_safe
@never_cache
def member_list(request: HttpRequest) -> HttpResponse:
    """Who is what on a day, by region, and the same as a file."""
    require_register(request)
    today = network_day(request.now)  # type: ignore[attr-defined]
    form, on, narrowed = _asked(request, today)
    query = request.GET.copy()
    query.pop("page", None)
    lines = counts_by_region(on=on)
    context = {
        **members_frame(request, part="members"),
        "form": form,
        "on": on,
        "today": today,
        "kinds": [kind.label for kind in KINDS],
        "lines": lines,
        "totals": [sum(line.counts[place] for line in lines) for place in range(len(KINDS))],
        "total": sum(line.total for line in lines),
        "page": page_of(
            request, memberships_on(on=on, **narrowed).order_by(called(reader_language()), "pk")
        ),
        "query": query.urlencode(),
        "formats": FORMATS,
    }
    return render(request, "workspace/members/list.html", context)


@access(Access.OFFICE)
@require_safe
@never_cache
def member_report(request: HttpRequest, format: str) -> HttpResponseBase:
    """The report as a file, each city with its standing for the next assembly."""
    require_register(request)
    if format not in FORMATS:
        raise Http404
    now = request.now  # type: ignore[attr-defined]
    _form, on, narrowed = _asked(request, network_day(now))
    coming = next_vote(now=now, today=network_day(now))
    lines = report_lines(on=on, founding=coming.founding, arrears=coming.arrears, **narrowed)
    return table_response(
        _headings(), _cells(lines), name=f"members-{on.isoformat()}", format=format
    )


@access(Access.OFFICE)
@require_safe
@never_cache
def standing(request: HttpRequest) -> HttpResponse:
    """Who may vote at the next assembly, and who may not and why."""
    require_register(request)
    now = request.now  # type: ignore[attr-defined]
    coming = next_vote(now=now, today=network_day(now))
    report = voting_report(on=coming.on, founding=coming.founding, arrears=coming.arrears)
    page = page_of(request, report.held_back)
    context = {
        **members_frame(request, Crumb(_("Standing")), part="standing"),
        "coming": coming,
        "voting": report.voting,
        "warned": len(report.warned),
        "warned_lines": lines_of(on=coming.on, cities=report.warned[:SHOWN], report=report),
        "page": page,
        "lines": lines_of(on=coming.on, cities=list(page.object_list), report=report),
    }
    return render(request, "workspace/members/standing.html", context)


@access(Access.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def member(request: HttpRequest, slug: str) -> HttpResponse:
    """One city's membership over time with what it rests on, and the next step of it."""
    require_register(request)
    found = city_by_slug(slug=slug)
    if found is None:
        raise Http404
    today = network_day(request.now)  # type: ignore[attr-defined]
    rows = membership_history(city=found)
    state = rows[0].kind if rows and rows[0].ends_on is None else NONE
    form = None
    if may(request, OfficeAction.KEEP_CITIES):
        form = MembershipChangeForm(
            request.POST if request.method == "POST" else None,
            request.FILES if request.method == "POST" else None,
            kinds=kinds_after(state, body=found.body),
            decisions=decision_choices(),
            initial={"starts_on": today},
        )

    def page(status: int = 200) -> HttpResponse:
        return _member_page(request, found, form, status=status)

    if request.method != "POST":
        return page()
    if form is None:
        raise Http404

    def change(data: dict[str, Any]) -> tuple[str, str]:
        membership = change_membership(
            city=found,
            kind=data["kind"],
            starts_on=data["starts_on"],
            decision=data["decision"],
            upload=data["letter"],
            reason=data["reason"],
            actor=request.user,
            now=request.now,  # type: ignore[attr-defined]
        )
        said = _("Recorded: %(city)s is %(kind)s from %(day)s on.") % {
            "city": found.name_in(reader_language()),
            "kind": membership.get_kind_display(),
            "day": format_day(membership.starts_on, reader_language()),
        }
        return said, request.path

    return submit(request, form, change, again=page)


def _member_page(
    request: HttpRequest, found: City, form: MembershipChangeForm | None, *, status: int
) -> HttpResponse:
    now = request.now  # type: ignore[attr-defined]
    today = network_day(now)
    coming = next_vote(now=now, today=today)
    rows = membership_history(city=found)
    named = decisions_in_words(row.decision for row in rows)
    letters = {
        row.pk: row.letter
        for row in found.memberships.exclude(letter=None).select_related("letter")
    }
    finding = standing_of_city(
        city=found, on=coming.on, founding=coming.founding, arrears=coming.arrears
    )
    context = {
        **members_frame(request, Crumb(found.name_in(reader_language())), part="members"),
        "city": found,
        "today": today,
        "coming": coming,
        "standing": finding,
        "reason": finding.reason.in_language(reader_language()),
        "history": [
            (row, named.get(row.decision), letters.get(row.pk), row.starts_on > today)
            for row in rows
        ],
        "contributions": contributions_of_city(city=found, on=today),
        "people": mandates_of_city(city=found, now=now),
        "contacts": found.contacts.filter(ends_at=None).order_by("place", "pk"),
        "form": form if form is not None and form.fields["kind"].choices else None,  # type: ignore[attr-defined]
    }
    return render(request, "workspace/members/member.html", context, status=status)


def _asked(request: HttpRequest, today: date) -> tuple[MemberFilterForm, date, dict[str, str]]:
    """The form, the day and what narrows the list; what cannot be read is left out."""
    form = MemberFilterForm(request.GET or {"on": today.isoformat()})
    form.is_valid()
    data = form.cleaned_data
    return (
        form,
        data.get("on") or today,
        {
            "kind": data.get("kind", ""),
            "region": data.get("region", ""),
            "search": data.get("q", ""),
        },
    )


def _headings() -> list[str]:
    return [
        _("Address name"),
        _("Short code"),
        _("Name in Korean"),
        _("Name in English"),
        _("Kind of body"),
        _("Country"),
        _("Region"),
        _("Population"),
        _("Membership"),
        _("Since"),
        _("Decision behind it"),
        _("May vote"),
        _("Why"),
        _("Unpaid years"),
    ]


def _cells(lines: Iterator[ReportLine]) -> Iterator[list[Any]]:
    language = reader_language()
    yes, no = _("yes"), _("no")
    for line in lines:
        city, names = line.city, line.city.names
        yield [
            city.slug,
            city.code,
            names.get("ko", ""),
            names.get("en", ""),
            str(city.get_body_display()),
            str(country_name(city.country)),
            str(city.get_region_display()),
            city.population,
            str(line.membership.get_kind_display()),
            line.membership.starts_on,
            line.membership.decision,
            yes if line.standing.may_vote else no,
            line.standing.reason.in_language(language),
            ", ".join(str(year) for year in line.standing.unpaid),
        ]
