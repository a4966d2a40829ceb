"""Letters of cities in the office: recording, the second officer, and contests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cms.components import Badge, Crumb, Timeline, TimelineEntry
from cms.paging import page_of
from cms.templatetags.formats import reader_language
from members.models import ActByLetter, City
from members.models.letters import LetterState
from members.policies import OfficeAction
from members.rules.letter_lifecycle import LetterAction
from members.selectors.letters import letter_for_office, letters_for_office
from members.selectors.people import find_cities
from members.selectors.public import cities_of_network
from members.services.letters import (
    LetterKind,
    confirm_letter,
    describe_letter,
    details_of_letter,
    letter_kind,
    letter_kinds,
    obstacle_to,
    record_letter,
    refuse_letter,
    strike_letter,
    uphold_letter,
    withdraw_letter,
)
from secretariat.kernel.access import Access, access
from secretariat.kernel.calendar import network_day
from secretariat.kernel.errors import DomainError
from secretariat.workspace.acts import Act
from secretariat.workspace.forms.letters import (
    FORMS,
    AnswerForm,
    FactsForm,
    FindForm,
    PaperForm,
    ReasonForm,
    Together,
)
from secretariat.workspace.views.acting import INVALID, perform, status_of, submit, summary_of
from secretariat.workspace.views.office import frame, may, require_page
from secretariat.workspace.views.reauth import recently_authenticated

TONES = {
    LetterState.RECORDED: "waiting",
    LetterState.CONFIRMED: "adopted",
    LetterState.REFUSED: "rejected",
    LetterState.WITHDRAWN: "neutral",
    LetterState.CONTESTED: "waiting",
    LetterState.UPHELD: "adopted",
    LetterState.STRUCK: "rejected",
}


def letter_badge(letter: ActByLetter) -> Badge:
    """The state of a letter in words."""
    return Badge(letter.get_state_display(), TONES[LetterState(letter.state)])


def _crumb() -> Crumb:
    return Crumb(_("Letters"), reverse("workspace:letters"))


@access(Access.OFFICE)
@require_safe
@never_cache
def letters(request: HttpRequest) -> HttpResponse:
    """Every letter; what waits for an officer stands first."""
    require_page(request, OfficeAction.ACT_ON_LETTERS)
    city = City.objects.filter(slug=request.GET.get("city", "")).first()
    page = page_of(request, letters_for_office(city=city))
    rows = [(each, letter_badge(each), describe_letter(each)) for each in page.object_list]
    context = {**frame(request, place="letters"), "page": page, "rows": rows, "city": city}
    return render(request, "workspace/office/letters.html", context)


@access(Access.OFFICE)
@require_safe
@never_cache
def choose_letter(request: HttpRequest) -> HttpResponse:
    """Which city wrote, and what about; then the form for it."""
    require_page(request, OfficeAction.ACT_ON_LETTERS)
    kinds = [(kind.name, kind.label) for kind in letter_kinds() if kind.name in FORMS]
    asked = "q" in request.GET
    form = FindForm(request.GET if asked else None, kinds=kinds)
    found: list[City] = []
    if asked and form.is_valid():
        found = find_cities(search=form.cleaned_data["q"])
    context = {
        **frame(request, _crumb(), Crumb(_("Record a letter")), place="letters"),
        "form": form,
        "asked": asked and form.is_valid(),
        "found": found,
        "kind": form.cleaned_data["kind"] if asked and form.is_valid() else "",
    }
    return render(request, "workspace/office/letter_choose.html", context)


@access(Access.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def record(request: HttpRequest, city: str, kind: str) -> HttpResponse:
    """Writing down one letter: when it came, who signed, what it asks for, the file."""
    require_page(request, OfficeAction.ACT_ON_LETTERS)
    writer = get_object_or_404(City.objects.prefetch_related("name_rows"), slug=city)
    if kind not in FORMS:
        raise Http404
    chosen = letter_kind(kind)
    now = request.now  # type: ignore[attr-defined]
    posted = request.method == "POST"
    paper = PaperForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        initial={"received_on": network_day(now)},
    )
    facts = _facts_form(request, chosen, writer)

    def page(status: int = 200) -> HttpResponse:
        context = {
            **frame(request, _crumb(), Crumb(_("Record a letter")), place="letters"),
            "city": writer,
            "kind": chosen,
            "paper": paper,
            "facts": facts,
            "wrong": Together((facts, paper)),
            "may_confirm": may(request, chosen.duty),
        }
        return render(request, "workspace/office/letter_record.html", context, status=status)

    if not posted:
        return page()
    if not (paper.is_valid() & facts.is_valid()):
        return page(INVALID)
    try:
        letter = record_letter(
            kind=kind,
            city=writer,
            facts=facts.facts(),
            actor=request.user,
            now=now,
            **paper.cleaned_data,
        )
    except DomainError as refusal:
        form = paper if refusal.where in paper.fields else facts
        form.add_error(refusal.where if refusal.where in form.fields else None, str(refusal))
        return page(status_of(refusal))
    return _done(request, _("The letter is recorded. Another officer confirms it."), letter)


def _done(request: HttpRequest, said: str, letter: ActByLetter) -> HttpResponse:
    messages.success(request, said)
    return redirect("workspace:letter", letter.uuid)


def _facts_form(request: HttpRequest, kind: LetterKind, city: City) -> FactsForm:
    more: dict[str, Any] = {"city": city, "language": reader_language()}
    if kind.name == "nomination":
        on = network_day(request.now)  # type: ignore[attr-defined]
        more["seats"] = [row.city for row in cities_of_network(on=on)]
    return FORMS[kind.name](request.POST if request.method == "POST" else None, **more)


@access(Access.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@recently_authenticated(acts=("confirm",))
def letter(request: HttpRequest, letter: UUID) -> HttpResponse:
    """One letter: what it asks for, the file, what was done, and what an officer can do now."""
    require_page(request, OfficeAction.ACT_ON_LETTERS)
    found = letter_for_office(uuid=letter)
    if found is None:
        raise Http404
    if request.method != "POST":
        return _letter_page(request, found)
    doing = {"letter": found, "actor": request.user, "now": request.now}  # type: ignore[attr-defined]
    name = request.POST.get("act", "")
    if name == "confirm":
        return perform(
            request,
            {"confirm": lambda: _confirm(doing)},
            back=request.path,
            again=lambda refusal: _letter_page(request, found, refusal=refusal),
        )
    worded: dict[str, tuple[Any, Callable[..., Any], str]] = {
        "refuse": (ReasonForm, refuse_letter, _("The letter is refused. Nothing was done.")),
        "withdraw": (ReasonForm, withdraw_letter, _("The record is taken back.")),
        "uphold": (AnswerForm, uphold_letter, _("The act stands. The city is told.")),
        "strike": (AnswerForm, strike_letter, _("The act is struck. The city is told.")),
    }
    if name not in worded:
        return HttpResponseBadRequest()
    form_class, service, said = worded[name]
    form = form_class(request.POST)

    def do(data: dict[str, Any]) -> tuple[str, str]:
        service(**doing, **data)
        return said, request.path

    return submit(
        request,
        form,
        do,
        again=lambda status: _letter_page(request, found, bound=(name, form), status=status),
    )


def _confirm(doing: dict[str, Any]) -> str:
    done = confirm_letter(**doing)
    if done.notices.exists():
        return _("Confirmed, and done. The city is told by e-mail.")
    return _("Confirmed, and done. Nobody of the city is on record to be told: write to it.")


def _letter_page(
    request: HttpRequest,
    found: ActByLetter,
    *,
    refusal: DomainError | None = None,
    bound: tuple[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    kind = letter_kind(found.kind)
    forms = {
        "refuse": ReasonForm(auto_id="refuse_%s"),
        "withdraw": ReasonForm(auto_id="withdraw_%s"),
        "uphold": AnswerForm(auto_id="uphold_%s"),
        "strike": AnswerForm(auto_id="strike_%s"),
    }
    if bound is not None:
        forms[bound[0]] = bound[1]
    context = {
        **frame(request, _crumb(), Crumb(str(found.city)), place="letters"),
        "letter": found,
        "kind": kind,
        "badge": letter_badge(found),
        "says": describe_letter(found),
        "details": details_of_letter(found),
        "confirm": _confirm_act(request, found, kind),
        "offers": _offers(request, found, kind),
        "forms": forms,
        "bound": bound[1] if bound else None,
        "opened": bound[0] if bound else "",
        "timeline": Timeline(_history(found)),
        "notices": _notices(found),
        "refusal": summary_of(refusal),
    }
    status = status_of(refusal) if refusal else status
    return render(request, "workspace/office/letter.html", context, status=status)


def _confirm_act(request: HttpRequest, found: ActByLetter, kind: LetterKind) -> Act | None:
    if found.state != LetterState.RECORDED:
        return None
    now = request.now  # type: ignore[attr-defined]
    blocked = obstacle_to(found, LetterAction.CONFIRM, request.user, now)
    if not blocked and not may(request, kind.duty):
        blocked = _("Your office role does not include this. Ask the registrar of members.")
    return Act(
        "confirm",
        _("Confirm: it is done"),
        tone="open",
        warning=_("I have read the letter. It comes from the city and asks for exactly this."),
        hint=_("It is done at once, in the city's name, and the city is told by e-mail."),
        blocked=blocked,
    )


def _offers(request: HttpRequest, found: ActByLetter, kind: LetterKind) -> dict[str, str]:
    """What the officer can do with words: act → why not, "" where it can be done."""
    now = request.now  # type: ignore[attr-defined]
    actions = {
        LetterState.RECORDED: (LetterAction.REFUSE, LetterAction.WITHDRAW),
        LetterState.CONTESTED: (LetterAction.UPHOLD, LetterAction.STRIKE),
    }.get(LetterState(found.state), ())
    offers = {str(each): obstacle_to(found, each, request.user, now) for each in actions}
    if "strike" in offers and not offers["strike"] and not may(request, kind.duty):
        offers["strike"] = _(
            "Your office role does not include this. Ask the registrar of members."
        )
    if found.state == LetterState.RECORDED:
        return {name: "" for name, obstacle in offers.items() if not obstacle}
    return offers


def _history(found: ActByLetter) -> list[TimelineEntry]:
    """What happened with the letter, in its order."""
    entries = [
        TimelineEntry(found.recorded_at, _("Recorded"), text=str(found.recorded_by)),
    ]
    if found.confirmed_at is not None:
        entries.append(
            TimelineEntry(
                found.confirmed_at,
                _("Confirmed by the second officer, and done"),
                text=str(found.confirmed_by),
            )
        )
    if found.closed_at is not None:
        entries.append(
            TimelineEntry(
                found.closed_at,
                found.get_state_display(),
                text=f"{found.closed_by}: {found.closed_reason}",
            )
        )
    contest = getattr(found, "contest", None)
    if contest is not None:
        who = contest.person or contest.contact
        entries.append(
            TimelineEntry(
                contest.contested_at, _("Contested by the city"), text=f"{who}: {contest.reason}"
            )
        )
        if contest.answered_at is not None:
            entries.append(
                TimelineEntry(
                    contest.answered_at,
                    found.get_state_display(),
                    text=f"{contest.answered_by}: {contest.answer}",
                )
            )
    return entries


def _notices(found: ActByLetter) -> list[tuple[str, str, Any]]:
    """Who was told of what, and when: kind, name with address, moment or None."""
    rows = []
    for notice in found.notices.all():
        who = notice.person or notice.contact
        if who is not None:
            words = f"{who} <{who.email}>"
            rows.append((notice.get_kind_display(), words, notice.sent_at))
    return rows
