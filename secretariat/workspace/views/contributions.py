"""Contributions: a year drawn up by class, and what became of each city's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cms.components import Crumb
from cms.paging import page_of
from cms.templatetags.formats import reader_language
from members.models import City, Contribution
from members.models.contributions import ContributionEntryKind
from members.policies import OfficeAction
from members.rules.contributions import counting_entries
from members.selectors.contributions import (
    as_it_stands,
    classes_of_year,
    contribution_of,
    contributions,
    due_row,
    years_with_contributions,
)
from members.selectors.public import called
from members.services.contributions import (
    ClassTerms,
    charge_missing,
    correct_amount,
    draw_up_contributions,
    record_payment,
    strike_entry,
    waive_contribution,
)
from secretariat.kernel.access import Access, access
from secretariat.kernel.calendar import network_day
from secretariat.kernel.errors import DomainError
from secretariat.workspace.forms.members import (
    AmountForm,
    ClassForms,
    PaymentForm,
    StrikeForm,
    WaiverForm,
    YearForm,
)
from secretariat.workspace.selectors.members import decision_choices, decisions_in_words
from secretariat.workspace.views.acting import perform, status_of, submit, summary_of
from secretariat.workspace.views.members import members_frame, require_register
from secretariat.workspace.views.office import may, require_page

CITIES_PER_PAGE = 50


@access(Access.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def contribution_years(request: HttpRequest) -> HttpResponse:
    """The years drawn up, and drawing up another."""
    require_register(request)
    posted = request.POST if request.method == "POST" else None
    form = YearForm(posted)
    classes = ClassForms(posted, prefix="classes")

    def page(status: int = 200) -> HttpResponse:
        context = {
            **members_frame(request, Crumb(_("Contributions")), part="contributions"),
            "years": [(year, classes_of_year(year=year)) for year in years_with_contributions()],
            "form": form,
            "classes": classes,
        }
        return render(request, "workspace/members/years.html", context, status=status)

    if posted is None:
        return page()
    require_page(request, OfficeAction.KEEP_CITIES)
    if not classes.is_valid():
        form.is_valid()
        return page(422)

    def draw_up(data: dict[str, Any]) -> tuple[str, str]:
        count = draw_up_contributions(
            year=data["year"],
            classes=[
                ClassTerms(
                    code=each["code"],
                    population_from=each["population_from"],
                    amount=each["amount"],
                )
                for each in classes.cleaned_data
                if each.get("code")
            ],
            currency=data["currency"],
            due_on=data["due_on"],
            actor=request.user,
            now=request.now,  # type: ignore[attr-defined]
        )
        said = ngettext(
            "The contribution of %(count)d city is drawn up.",
            "The contributions of %(count)d cities are drawn up.",
            count,
        )
        address = reverse("workspace:contributions_of_year", args=[data["year"]])
        return said % {"count": count}, address

    return submit(request, form, draw_up, again=page)


@access(Access.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def contributions_of_year(request: HttpRequest, year: int) -> HttpResponse:
    """What each city owes for a year, and charging those admitted since."""
    require_register(request)
    if year not in years_with_contributions():
        raise Http404
    if request.method != "POST":
        return _year_page(request, year)
    require_page(request, OfficeAction.KEEP_CITIES)

    def charge() -> str:
        count = charge_missing(
            year=year,
            actor=request.user,
            now=request.now,  # type: ignore[attr-defined]
        )
        said = ngettext(
            "The contribution of %(count)d city is drawn up.",
            "The contributions of %(count)d cities are drawn up.",
            count,
        )
        return said % {"count": count}

    return perform(
        request,
        {"charge": charge},
        back=request.path,
        again=lambda refusal: _year_page(request, year, refusal=refusal),
    )


def _year_page(
    request: HttpRequest, year: int, *, refusal: DomainError | None = None
) -> HttpResponse:
    today = network_day(request.now)  # type: ignore[attr-defined]
    page = page_of(
        request,
        contributions().filter(year=year).order_by(called(reader_language()), "pk"),
        per_page=CITIES_PER_PAGE,
    )
    context = {
        **members_frame(request, _years_crumb(), Crumb(str(year)), part="contributions"),
        "year": year,
        "classes": classes_of_year(year=year),
        "page": page,
        "lines": [as_it_stands(each, today) for each in page],
        "refusal": summary_of(refusal),
    }
    status = status_of(refusal) if refusal else 200
    return render(request, "workspace/members/year.html", context, status=status)


@access(Access.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def contribution(request: HttpRequest, year: int, slug: str) -> HttpResponse:
    """One city's contribution of a year: its entries, and the next one."""
    require_register(request)
    city = City.objects.filter(slug=slug).first()
    found = contribution_of(city=city, year=year) if city is not None else None
    if found is None:
        raise Http404
    if request.method != "POST":
        return _contribution_page(request, found)
    require_page(request, OfficeAction.KEEP_CITIES)
    act = request.POST.get("act", "")
    deed = _deeds(request, found).get(act)
    if deed is None:
        return HttpResponseBadRequest()
    form = _forms(request, found, request.POST, only=act)[act]

    def do(data: dict[str, Any]) -> tuple[str, str]:
        return deed(data), request.path

    return submit(
        request,
        form,
        do,
        again=lambda status: _contribution_page(request, found, bound=(act, form), status=status),
    )


def _deeds(request: HttpRequest, found: Contribution) -> dict[str, Callable[[Any], str]]:
    doing = {"actor": request.user, "now": request.now}  # type: ignore[attr-defined]

    def pay(data: dict[str, Any]) -> str:
        record_payment(contribution=found, **data, **doing)
        return _("The payment is entered.")

    def waive(data: dict[str, Any]) -> str:
        waive_contribution(contribution=found, **data, **doing)
        return _("The contribution is waived.")

    def correct(data: dict[str, Any]) -> str:
        correct_amount(contribution=found, **data, **doing)
        return _("The amount is corrected.")

    def strike(data: dict[str, Any]) -> str:
        entry = found.entries.get(number=int(data["entry"]))
        strike_entry(entry=entry, reason=data["reason"], **doing)
        return _("The entry is struck.")

    return {"pay": pay, "waive": waive, "correct": correct, "strike": strike}


def _forms(
    request: HttpRequest, found: Contribution, data: Any = None, *, only: str = ""
) -> dict[str, BaseForm]:
    today = network_day(request.now)  # type: ignore[attr-defined]
    counting = {entry.number for entry in counting_entries(due_row(found), today)}
    entries = [
        (str(entry.number), f"{entry.number}. {entry.get_kind_display()} · {entry.on.isoformat()}")
        for entry in found.entries.all()
        if entry.number in counting
    ]
    initial = {"on": today}

    def given(name: str) -> Any:
        return data if name == only else None

    forms: dict[str, BaseForm] = {
        "pay": PaymentForm(given("pay"), initial=initial, prefix=None, auto_id="pay_%s"),
        "waive": WaiverForm(
            given("waive"), initial=initial, decisions=decision_choices(), auto_id="waive_%s"
        ),
        "correct": AmountForm(given("correct"), initial=initial, auto_id="correct_%s"),
    }
    if entries:
        forms["strike"] = StrikeForm(given("strike"), entries=entries, auto_id="strike_%s")
    return forms


def _contribution_page(
    request: HttpRequest,
    found: Contribution,
    *,
    bound: tuple[str, BaseForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    today = network_day(request.now)  # type: ignore[attr-defined]
    forms = _forms(request, found)
    if bound is not None:
        forms[bound[0]] = bound[1]
    entries = list(found.entries.all())
    struck = {entry.strikes.number: entry.number for entry in entries if entry.strikes}
    named = decisions_in_words(entry.decision for entry in entries)
    year = str(found.year)
    context = {
        **members_frame(
            request,
            _years_crumb(),
            Crumb(year, reverse("workspace:contributions_of_year", args=[found.year])),
            Crumb(found.city.name_in(reader_language())),
            part="contributions",
        ),
        "city": found.city,
        "contribution": found,
        "line": as_it_stands(found, today),
        "entries": [
            (entry, struck.get(entry.number), named.get(entry.decision)) for entry in entries
        ],
        "struck_kind": ContributionEntryKind.STRUCK,
        "forms": forms if may(request, OfficeAction.KEEP_CITIES) else {},
        "bound": bound[1] if bound else None,
    }
    return render(request, "workspace/members/contribution.html", context, status=status)


def _years_crumb() -> Crumb:
    return Crumb(_("Contributions"), reverse("workspace:contributions"))
