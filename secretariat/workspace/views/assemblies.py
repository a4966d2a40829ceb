"""An assembly's console, from which it is run, and its attendance."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cms.components import Crumb
from cms.drawings import attendance_field
from cms.rules_table import rule_rows
from cms.templatetags.formats import format_clock, reader_language
from members.models import City
from members.policies import OfficeAction
from resolutions.models import Assembly, AttendanceAct, Edition
from resolutions.models.assemblies import AttendanceActKind
from resolutions.rules.assembly_lifecycle import (
    ASSEMBLY_LIFECYCLE,
    AssemblyAction,
    Closing,
    Opening,
)
from resolutions.selectors.assemblies import attendance_log
from resolutions.services.assemblies import (
    FINISHED_ELECTIONS,
    agree_founding_rules,
    cancel_assembly,
    close_assembly,
    correct_attendance,
    open_assembly,
    pass_the_chair,
    record_arrivals,
    record_attendance,
)
from resolutions.services.founding import admit_founding_members
from resolutions.services.texts import adopt_text, publish_edition
from secretariat.kernel.access import Access, access
from secretariat.kernel.errors import DomainError
from secretariat.workspace.acts import Act, known, obstacle
from secretariat.workspace.forms.assemblies import (
    ArrivalsForm,
    CancelForm,
    CorrectionForm,
    DepartureForm,
    PassChairForm,
)
from secretariat.workspace.next_steps import next_steps
from secretariat.workspace.selectors.office import Console, console_of, founders_waiting
from secretariat.workspace.views.acting import perform, status_of, submit, summary_of
from secretariat.workspace.views.office import frame, may


@access(Access.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def console(request: HttpRequest, slug: str) -> HttpResponse:
    """The assembly as it stands: who is there, what is decided, what comes next."""
    now = request.now  # type: ignore[attr-defined]
    found = console_of(slug=slug, now=now)
    if found is None:
        raise Http404
    if request.method != "POST":
        return _console_page(request, found)
    if request.POST.get("act") == "pass_the_chair":
        form = _chair_form(found, request.POST)
        return submit(
            request,
            form,
            lambda data: _pass_the_chair(request, found, data["city"]),
            again=lambda status: _console_page(request, found, chair=form, status=status),
        )
    if request.POST.get("act") == "cancel":
        cancelling = CancelForm(request.POST)
        return submit(
            request,
            cancelling,
            lambda data: _cancel(request, found, data["reason"]),
            again=lambda status: _console_page(request, found, cancel=cancelling, status=status),
        )
    return perform(
        request,
        _deeds(request, found),
        back=request.path,
        again=lambda refusal: _console_page(request, found, refusal=refusal),
    )


@access(Access.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def attendance(request: HttpRequest, slug: str) -> HttpResponse:
    """Marking arrivals and departures, and correcting what was wrong by a further entry."""
    now = request.now  # type: ignore[attr-defined]
    found = console_of(slug=slug, now=now)
    if found is None:
        raise Http404
    forms = _attendance_forms(found)
    if request.method != "POST":
        return _attendance_page(request, found, forms)
    name = request.POST.get("act", "")
    if name not in forms:
        raise Http404
    forms = _attendance_forms(found, name, request.POST)
    deeds: dict[str, Callable[[dict[str, Any]], str]] = {
        "arrivals": lambda data: _arrive(request, found.assembly, data),
        "departure": lambda data: _leave(request, found.assembly, data),
        "correction": lambda data: _correct(request, found.assembly, data),
    }
    return submit(
        request,
        forms[name],
        lambda data: (deeds[name](data), request.path),
        again=lambda status: _attendance_page(request, found, forms, status=status),
    )


# ── the console ─────────────────────────────────────────────────────────────────────────────


def _console_page(
    request: HttpRequest,
    found: Console,
    *,
    refusal: DomainError | None = None,
    chair: PassChairForm | None = None,
    cancel: CancelForm | None = None,
    status: int = 200,
) -> HttpResponse:
    language = reader_language()
    assembly = found.assembly
    may_run = may(request, OfficeAction.RUN_ASSEMBLY)
    presiding = may_run and assembly.state == "open"
    cancellable = may(request, OfficeAction.CONVENE) and known(
        ASSEMBLY_LIFECYCLE, assembly.state, AssemblyAction.CANCEL
    )
    context = {
        **frame(request, Crumb(assembly)),
        "console": found,
        "assembly": assembly,
        "field": attendance_field(found.attendance),
        "quorum": found.attendance.quorum.sentence.in_language(language)
        if found.attendance.quorum
        else "",
        "agenda": [(item, found.votes_on(item)) for item in found.agenda],
        "rules": rule_rows(rules=found.rules, language=language),
        "steps": list(next_steps(found)),
        "acts": list(_acts(request, found)),
        "chair": (chair or _chair_form(found)) if presiding else None,
        "cancel": (cancel or CancelForm()) if cancellable else None,
        "refusal": summary_of(refusal),
        "may_record": may(request, OfficeAction.RECORD_ATTENDANCE)
        and assembly.state in ("convened", "open", "closed"),
        "may_prepare": may(request, OfficeAction.RUN_VOTES)
        and assembly.state in ("convened", "open"),
        "may_announce": may(request, OfficeAction.RUN_ELECTIONS)
        and assembly.state in ("convened", "open"),
    }
    status = status_of(refusal) if refusal else status
    return render(request, "workspace/office/console.html", context, status=status)


def _cancel(request: HttpRequest, found: Console, reason: str) -> tuple[str, str]:
    cancel_assembly(
        assembly=found.assembly,
        reason=reason,
        actor=request.user,
        now=request.now,  # type: ignore[attr-defined]
    )
    return _("The assembly is called off."), request.path


def _chair_form(found: Console, data: Any = None) -> PassChairForm:
    others = [
        city for city in found.attendance.seats if city.pk != found.assembly.presiding_city_id
    ]
    return PassChairForm(data, cities=others, language=reader_language())


def _acts(request: HttpRequest, found: Console) -> Iterator[Act]:
    """The buttons of the console that this person sees, the next one first."""
    assembly, language = found.assembly, reader_language()
    if may(request, OfficeAction.RUN_ASSEMBLY):
        if known(ASSEMBLY_LIFECYCLE, assembly.state, AssemblyAction.OPEN):
            facts = Opening(
                seats=len(found.attendance.seats), presided=assembly.presiding_city_id is not None
            )
            yield Act(
                "open",
                _("Open the assembly"),
                tone="open",
                blocked=obstacle(
                    ASSEMBLY_LIFECYCLE,
                    assembly.state,
                    AssemblyAction.OPEN,
                    facts,
                    language=language,
                ),
            )
        if found.rules_to_agree is not None:
            yield Act(
                "agree_rules",
                _("Put the assembly under its founding rules"),
                hint=_("The rules agreed by consensus: %(title)s.")
                % {"title": found.rules_to_agree.instrument.title_in(language)},
                tone="open",
            )
    if may(request, OfficeAction.ADOPT_TEXTS):
        yield from _text_acts(found)
    if may(request, OfficeAction.KEEP_CITIES) and founders_waiting(console=found):
        yield Act(
            "admit",
            _("Record the founding members"),
            hint=_(
                "The cities that confirmed their part become members by the bylaws adopted here."
            ),
            tone="open",
        )
    if may(request, OfficeAction.RUN_ASSEMBLY) and known(
        ASSEMBLY_LIFECYCLE, assembly.state, AssemblyAction.CLOSE
    ):
        running = sum(1 for each in found.elections if each.state not in FINISHED_ELECTIONS)
        closing = Closing(open_votes=len(found.open_votes), running_elections=running)
        yield Act(
            "close",
            _("Close the assembly"),
            tone="quiet",
            warning=_(
                "The business of the assembly is done. A closed assembly is not opened again."
            ),
            blocked=obstacle(
                ASSEMBLY_LIFECYCLE, assembly.state, AssemblyAction.CLOSE, closing, language=language
            ),
        )


def _text_acts(found: Console) -> Iterator[Act]:
    language = reader_language()
    for vote in found.to_adopt:
        assert vote.instrument is not None
        yield Act(
            "adopt",
            _("Adopt the text: %(title)s") % {"title": vote.instrument.title_in(language)},
            hint=_("Seals the text that was voted on as an edition. It never changes again."),
            tone="open",
            hidden=(("vote", vote.slug),),
        )
    for edition in found.to_publish:
        yield Act(
            "publish",
            _("Publish the text: %(title)s") % {"title": edition.instrument.title_in(language)},
            hint=_("Makes edition %(number)d public at its permanent address.")
            % {"number": edition.number},
            tone="open",
            hidden=(("edition", str(edition.pk)),),
        )


def _deeds(request: HttpRequest, found: Console) -> dict[str, Callable[[], str]]:
    assembly = found.assembly
    doing = {"actor": request.user, "now": request.now}  # type: ignore[attr-defined]

    def opened() -> str:
        open_assembly(assembly=assembly, **doing)
        return _("The assembly is open.")

    def closed() -> str:
        close_assembly(assembly=assembly, **doing)
        return _("The assembly is closed.")

    def agreed() -> str:
        edition = _named(found.rules_to_agree)
        agree_founding_rules(assembly=assembly, edition=edition, **doing)
        return _("The assembly works under its founding rules.")

    def admitted() -> str:
        bylaws = _named(found.bylaws_adopted)
        count = admit_founding_members(assembly=assembly, bylaws=bylaws, **doing)
        return ngettext(
            "%(count)d city is recorded as a founding member.",
            "%(count)d cities are recorded as founding members.",
            count,
        ) % {"count": count}

    def adopted() -> str:
        vote = next((v for v in found.votes if v.slug == request.POST.get("vote")), None)
        if vote is None or vote.instrument is None:
            raise Http404
        edition = adopt_text(instrument=vote.instrument, vote=vote, **doing)
        return _("The text is adopted as edition %(number)d.") % {"number": edition.number}

    def published() -> str:
        wanted = request.POST.get("edition")
        edition = next((e for e in found.to_publish if str(e.pk) == wanted), None)
        publish_edition(edition=_named(edition), **doing)
        return _("The text is public.")

    return {
        "open": opened,
        "close": closed,
        "agree_rules": agreed,
        "admit": admitted,
        "adopt": adopted,
        "publish": published,
    }


def _named(edition: Edition | None) -> Edition:
    if edition is None:
        raise Http404
    return edition


def _pass_the_chair(request: HttpRequest, found: Console, slug: str) -> tuple[str, str]:
    city = get_object_or_404(City, slug=slug)
    pass_the_chair(
        assembly=found.assembly,
        city=city,
        actor=request.user,
        now=request.now,  # type: ignore[attr-defined]
    )
    said = _("%(city)s presides from now on.") % {"city": city.name_in(reader_language())}
    return said, request.path


# ── attendance ──────────────────────────────────────────────────────────────────────────────


def _attendance_forms(found: Console, name: str = "", data: Any = None) -> dict[str, Any]:
    language = reader_language()
    there = found.attendance
    absent = [city for city in there.seats if city.slug not in there.present]
    present = [city for city in there.seats if city.slug in there.present]
    entries = attendance_log(assembly=found.assembly)
    struck = {entry.corrects_id for entry in entries if entry.corrects_id}
    correctable = [
        (entry, entry_words(entry, language))
        for entry in entries
        if entry.pk not in struck and entry.kind != AttendanceActKind.CORRECTED
    ]
    posted = {name: data}
    return {
        "arrivals": ArrivalsForm(posted.get("arrivals"), absent=absent, language=language),
        "departure": DepartureForm(posted.get("departure"), present=present, language=language),
        "correction": CorrectionForm(
            posted.get("correction"), entries=correctable, auto_id="correction_%s"
        ),
    }


def entry_words(entry: AttendanceAct, language: str) -> str:
    """An entry of the record in one line: "7. Vienna arrived, 13:31 Seoul"."""
    return f"{entry.number}. {entry.city.name_in(language)}: {entry.get_kind_display()}, " + (
        format_clock(entry.at, language)
    )


def _attendance_page(
    request: HttpRequest, found: Console, forms: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    assembly = found.assembly
    recording = may(request, OfficeAction.RECORD_ATTENDANCE)
    entries = attendance_log(assembly=assembly)
    struck = {entry.corrects.number: entry.number for entry in entries if entry.corrects}
    actions = ASSEMBLY_LIFECYCLE.actions(assembly.state)
    context = {
        **frame(
            request,
            Crumb(assembly, reverse("workspace:console", args=[assembly.slug])),
            Crumb(_("Attendance")),
        ),
        "assembly": assembly,
        "console": found,
        "forms": forms,
        "bound": next((form for form in forms.values() if form.is_bound), None),
        "field": attendance_field(found.attendance),
        "quorum": found.attendance.quorum.sentence.in_language(reader_language())
        if found.attendance.quorum
        else "",
        "entries": [(entry, struck.get(entry.number)) for entry in reversed(entries)],
        "may_record": recording and AssemblyAction.RECORD_ATTENDANCE in actions,
        "may_correct": recording and AssemblyAction.CORRECT_ATTENDANCE in actions and entries,
    }
    return render(request, "workspace/office/attendance.html", context, status=status)


def _arrive(request: HttpRequest, assembly: Assembly, data: dict[str, Any]) -> str:
    cities = dict.fromkeys(data["cities"], data["mode"])
    record_arrivals(
        assembly=assembly,
        cities=cities,
        actor=request.user,
        now=request.now,  # type: ignore[attr-defined]
    )
    return ngettext(
        "%(count)d arrival is recorded.", "%(count)d arrivals are recorded.", len(cities)
    ) % {"count": len(cities)}


def _leave(request: HttpRequest, assembly: Assembly, data: dict[str, Any]) -> str:
    city = get_object_or_404(City.objects.prefetch_related("name_rows"), slug=data["left"])
    record_attendance(
        assembly=assembly,
        city=city,
        kind=AttendanceActKind.LEFT,
        actor=request.user,
        now=request.now,  # type: ignore[attr-defined]
    )
    return _("%(city)s is recorded as having left.") % {"city": city.name_in(reader_language())}


def _correct(request: HttpRequest, assembly: Assembly, data: dict[str, Any]) -> str:
    at: datetime | None = data["at"]
    correct_attendance(
        assembly=assembly,
        number=int(data["number"]),
        reason=data["reason"],
        instead=data["instead"],
        mode=data["mode"],
        at=at,
        actor=request.user,
        now=request.now,  # type: ignore[attr-defined]
    )
    return _("Entry %(number)s is corrected by a further entry.") % {"number": data["number"]}
