"""A vote in the office's hands: prepared, opened, watched, closed; and on the hall's projector."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cms.components import Crumb
from cms.drawings import attendance_field, roll_call_result
from cms.rules_table import rule_rows
from cms.seats import SeatField
from cms.templatetags.formats import reader_language
from members.models import City
from members.policies import OfficeAction
from resolutions.models import Instrument, Vote
from resolutions.models.assemblies import AssemblyState
from resolutions.models.texts import InstrumentState
from resolutions.models.votes import Outcome, VoteMode, VoteState
from resolutions.rules.vote_lifecycle import VOTE_LIFECYCLE, Annulment, VoteAction, VoteOpening
from resolutions.selectors.decisions import frozen_rules, result_document, sentence_of
from resolutions.selectors.elections import finding_of
from resolutions.services.texts import adopt_text, publish_edition
from resolutions.services.votes import annul_vote, close_vote, open_vote, prepare_vote
from secretariat.kernel.access import Access, access
from secretariat.kernel.errors import DomainError
from secretariat.workspace.acts import Act, known, obstacle
from secretariat.workspace.forms.votes import AnnulmentForm, ConsensusForm, VoteForm
from secretariat.workspace.selectors.office import (
    Console,
    console_of,
    tabled_instruments,
    votes_for_office,
)
from secretariat.workspace.selectors.votes import VotePaper, paper_of, vote_paper
from secretariat.workspace.views.acting import perform, status_of, submit, summary_of
from secretariat.workspace.views.office import frame, may, require_page
from secretariat.workspace.vote_drawings import options_of, seat_drawing

HALL_REFRESH_SECONDS = 5
LIVE_REFRESH_SECONDS = 15


@access(Access.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def prepare(request: HttpRequest, slug: str) -> HttpResponse:
    """Wording a question, from a point of the agenda or free."""
    require_page(request, OfficeAction.RUN_VOTES)
    now = request.now  # type: ignore[attr-defined]
    found = console_of(slug=slug, now=now)
    if found is None or found.assembly.state not in (AssemblyState.CONVENED, AssemblyState.OPEN):
        raise Http404
    form = VoteForm(
        request.POST if request.method == "POST" else None,
        items=found.agenda,
        instruments=tabled_instruments(),
        language=reader_language(),
        initial=_from_agenda(found, request.GET.get("item", "")),
    )

    def page(status: int = 200) -> HttpResponse:
        context = {
            **frame(
                request,
                Crumb(found.assembly, reverse("workspace:console", args=[slug])),
                Crumb(_("Prepare a vote")),
            ),
            "form": form,
            "assembly": found.assembly,
        }
        return render(request, "workspace/office/prepare_vote.html", context, status=status)

    if request.method != "POST":
        return page()

    def word(data: dict[str, Any]) -> tuple[str, str]:
        items = {str(item.number): item for item in found.agenda}
        vote = prepare_vote(
            assembly=found.assembly,
            titles=form.words("title"),
            questions=form.words("question"),
            mode=data["mode"],
            majority_rule=data["majority_rule"],
            agenda_item=items.get(data["agenda_item"]),
            instrument=Instrument.objects.filter(slug=data["instrument"]).first(),
            actor=request.user,
            now=now,
        )
        return _("The vote is prepared."), reverse("workspace:vote", args=[vote.slug])

    return submit(request, form, word, again=page)


@access(Access.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def vote(request: HttpRequest, slug: str) -> HttpResponse:
    """The vote as it stands; who has voted while it is open, its result afterwards."""
    found = _vote(slug)
    if request.method != "POST":
        return _vote_page(request, found)
    name = request.POST.get("act", "")
    paper = paper_of(vote=found, now=request.now)  # type: ignore[attr-defined]
    if name == "consensus":
        form = _consensus_form(paper, request.POST)
        return submit(
            request,
            form,
            lambda data: _settle(request, found, data["objections"]),
            again=lambda status: _vote_page(request, found, consensus=form, status=status),
        )
    if name == "annul":
        reason = AnnulmentForm(request.POST)
        return submit(
            request,
            reason,
            lambda data: _annul(request, found, data["reason"]),
            again=lambda status: _vote_page(request, found, annulment=reason, status=status),
        )
    return perform(
        request,
        _deeds(request, found),
        back=request.path,
        again=lambda refusal: _vote_page(request, found, refusal=refusal),
    )


@access(Access.OFFICE)
@require_safe
@never_cache
def hall(request: HttpRequest, slug: str) -> HttpResponse:
    """For the projector: the question, the squares, the figures. Renews itself while open."""
    now = request.now  # type: ignore[attr-defined]
    paper = vote_paper(slug=slug, city=None, now=now)
    if paper is None:
        prepared = votes_for_office().filter(slug=slug, state=VoteState.PREPARED).first()
        if prepared is None:
            raise Http404
        paper = paper_of(vote=prepared, now=now)
    document = result_document(vote=paper.vote)
    running = paper.vote.state in (VoteState.PREPARED, VoteState.OPEN)
    still = "still" in request.GET
    context = {
        **_result_context(paper, document),
        "paper": paper,
        "vote": paper.vote,
        "open": paper.vote.state == VoteState.OPEN,
        "field": _drawing(paper, document),
        "renews": running and not still,
        "running": running,
        "options": [words for _key, words in options_of(paper.vote)],
        "console_url": reverse("workspace:vote", args=[slug]),
    }
    response = render(request, "workspace/office/hall.html", context)
    if running and not still:
        response["Refresh"] = str(HALL_REFRESH_SECONDS)
    return response


# ── the vote's page ─────────────────────────────────────────────────────────────────────────


def _vote(slug: str) -> Vote:
    found = (
        votes_for_office()
        .prefetch_related("assembly__wordings", "election__wordings", "options__city__name_rows")
        .filter(slug=slug)
        .first()
    )
    if found is None:
        raise Http404
    return found


def _from_agenda(found: Console, number: str) -> dict[str, Any]:
    """What the form starts with, from a point of the agenda."""
    item = next((each for each in found.agenda if str(each.number) == number), None)
    if item is None:
        return {}
    titles = item.titles.as_dict()
    initial: dict[str, Any] = {"agenda_item": str(item.number)}
    initial |= {f"title_{code}": title for code, title in titles.items()}
    if item.instrument is not None:
        initial["instrument"] = item.instrument.slug
        if item.instrument.kind == "bylaws":
            initial["majority_rule"] = "majority_bylaws"
        names = item.instrument.titles.as_dict()
        questions = {
            "ko": f"{names.get('ko', '')} 안을 채택하시겠습니까?",
            "en": f"Shall the {names.get('en', '')} be adopted?",
        }
        initial |= {f"question_{code}": text for code, text in questions.items()}
    return initial


def _vote_page(
    request: HttpRequest,
    found: Vote,
    *,
    refusal: DomainError | None = None,
    consensus: ConsensusForm | None = None,
    annulment: AnnulmentForm | None = None,
    status: int = 200,
) -> HttpResponse:
    now = request.now  # type: ignore[attr-defined]
    paper = paper_of(vote=found, now=now)
    document = result_document(vote=found)
    rules = frozen_rules(vote=found)
    live = "live" in request.GET and found.state == VoteState.OPEN and request.method == "GET"
    closes_consensus = (
        found.state == VoteState.OPEN
        and found.mode == VoteMode.CONSENSUS
        and may(request, OfficeAction.RUN_VOTES)
    )
    if closes_consensus and consensus is None:
        consensus = _consensus_form(paper)
    context = {
        **frame(
            request,
            Crumb(found.assembly, reverse("workspace:console", args=[found.assembly.slug])),
            Crumb(found),
        ),
        **_result_context(paper, document),
        "vote": found,
        "paper": paper,
        "open": found.state == VoteState.OPEN,
        "field": _drawing(paper, document),
        "options": [words for _key, words in options_of(found)],
        "rules": rule_rows(rules=rules, language=reader_language()) if rules else [],
        "acts": list(_acts(request, found, paper)),
        "consensus": consensus if closes_consensus else None,
        "annulment": (annulment or AnnulmentForm()) if _may_annul(request, found) else None,
        "refusal": summary_of(refusal),
        "live": live,
        "missing": [
            seat.city for seat in paper.seats if not seat.voted and seat.city.slug in paper.present
        ],
    }
    status = status_of(refusal) if refusal else status
    response = render(request, "workspace/office/vote.html", context, status=status)
    if live:
        response["Refresh"] = str(LIVE_REFRESH_SECONDS)
    return response


def _result_context(paper: VotePaper, document: dict[str, Any]) -> dict[str, Any]:
    language = reader_language()
    round_ = finding_of(round_=paper.vote) if paper.vote.election_id else None
    return {
        "result": roll_call_result(paper.vote, document),
        "sentence": sentence_of(document=document).in_language(language),
        "quorum": paper.quorum.sentence.in_language(language) if paper.quorum else "",
        "standings": [
            (candidate.name.in_language(language), votes)
            for key, votes in (round_.standings if round_ else ())
            for candidate in round_.candidates
            if candidate.key == key
        ],
    }


def _drawing(paper: VotePaper, document: dict[str, Any]) -> SeatField | None:
    """The roll; before the opening, who is there."""
    if paper.vote.state == VoteState.PREPARED:
        return attendance_field(paper.attendance) if paper.attendance else None
    return seat_drawing(paper, document)


def _consensus_form(paper: VotePaper, data: Any = None) -> ConsensusForm:
    present = [seat.city for seat in paper.seats if seat.city.slug in paper.present]
    return ConsensusForm(data, present=present, language=reader_language())


def _acts(request: HttpRequest, found: Vote, paper: VotePaper) -> Iterator[Act]:
    language = reader_language()
    runs = OfficeAction.RUN_ELECTIONS if found.election_id else OfficeAction.RUN_VOTES
    if found.state == VoteState.PREPARED and may(request, runs):
        yield Act(
            "open",
            _("Open the vote"),
            tone="open",
            hint=_("Freezes the roll, the rules in force and the text."),
            blocked=_why_not_open(found, paper, language),
        )
    if (
        found.state == VoteState.OPEN
        and found.mode == VoteMode.ROLL_CALL
        and not found.election_id
        and may(request, runs)
    ):
        yield closing_act("close", _("Close the vote"), paper)
    if may(request, OfficeAction.ADOPT_TEXTS):
        yield from _text_acts(found)


def closing_act(name: str, label: str, paper: VotePaper) -> Act:
    """The button that closes a vote; it asks to be sure while seats present have not voted."""
    missing = paper.here - paper.voted
    warning = ""
    if missing:
        warning = ngettext(
            "%(count)d seat that is present has not voted. Close all the same.",
            "%(count)d seats that are present have not voted. Close all the same.",
            missing,
        ) % {"count": missing}
    return Act(
        name,
        label,
        tone="quiet" if missing else "open",
        warning=warning,
        hint=_("The result is established and sealed. A closed vote is not opened again."),
    )


def _why_not_open(found: Vote, paper: VotePaper, language: str) -> str:
    """The obstacle to opening, in words; "" where there is none."""
    on_the_text = found.instrument is not None and found.amendment_id is None
    if on_the_text and found.instrument.state != InstrumentState.TABLED:
        return _("The text is not on the table. Table it first.")
    quorum = paper.quorum
    needs_rules = found.mode == VoteMode.ROLL_CALL
    present = len(paper.attendance.present) if paper.attendance else 0
    facts = VoteOpening(
        assembly_open=found.assembly.state == AssemblyState.OPEN,
        seats=len(paper.attendance.seats) if paper.attendance else 0,
        quorum_met=quorum.met if quorum else bool(present),
        rules_in_force=quorum is not None or not needs_rules,
    )
    return obstacle(VOTE_LIFECYCLE, found.state, VoteAction.OPEN, facts, language=language)


def _text_acts(found: Vote) -> Iterator[Act]:
    result = getattr(found, "result", None)
    if (
        found.instrument is None
        or found.amendment_id is not None
        or found.state != VoteState.CLOSED
        or result is None
        or result.outcome != Outcome.ADOPTED
    ):
        return
    editions = list(found.editions.all())
    if not editions and found.instrument.state == InstrumentState.TABLED:
        yield Act(
            "adopt",
            _("Adopt the text"),
            tone="open",
            hint=_("Seals the text that was voted on as an edition. It never changes again."),
        )
    for edition in editions:
        if not hasattr(edition, "publication"):
            yield Act(
                "publish",
                _("Publish the text"),
                tone="open",
                hint=_("Makes edition %(number)d public at its permanent address.")
                % {"number": edition.number},
            )


def _may_annul(request: HttpRequest, found: Vote) -> bool:
    if not may(request, OfficeAction.CERTIFY):
        return False
    facts = Annulment(
        reason="given", relied_on=bool(found.editions.all()) or bool(found.election_id)
    )
    return known(VOTE_LIFECYCLE, found.state, VoteAction.ANNUL) and VOTE_LIFECYCLE.allows(
        found.state, VoteAction.ANNUL, facts
    )


def _deeds(request: HttpRequest, found: Vote) -> dict[str, Callable[[], str]]:
    doing = {"actor": request.user, "now": request.now}  # type: ignore[attr-defined]

    def opened() -> str:
        open_vote(vote=found, **doing)
        return _("The vote is open.")

    def closed() -> str:
        result = close_vote(vote=found, **doing)
        return _("The vote is closed: %(outcome)s.") % {"outcome": result.get_outcome_display()}

    def adopted() -> str:
        if found.instrument is None:
            raise Http404
        edition = adopt_text(instrument=found.instrument, vote=found, **doing)
        return _("The text is adopted as edition %(number)d.") % {"number": edition.number}

    def published() -> str:
        edition = next(iter(found.editions.all()), None)
        if edition is None:
            raise Http404
        publish_edition(edition=edition, **doing)
        return _("The text is public.")

    return {"open": opened, "close": closed, "adopt": adopted, "publish": published}


def _settle(request: HttpRequest, found: Vote, slugs: list[str]) -> tuple[str, str]:
    objecting = City.objects.filter(slug__in=slugs).prefetch_related("name_rows")
    result = close_vote(
        vote=found,
        objections=list(objecting),
        actor=request.user,
        now=request.now,  # type: ignore[attr-defined]
    )
    said = _("The question is settled: %(outcome)s.") % {"outcome": result.get_outcome_display()}
    return said, request.path


def _annul(request: HttpRequest, found: Vote, reason: str) -> tuple[str, str]:
    annul_vote(vote=found, reason=reason, actor=request.user, now=request.now)  # type: ignore[attr-defined]
    return _("The vote is annulled. The question can be put again in a new vote."), request.path
