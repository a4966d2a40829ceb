"""The desk of a city: what waits for it, its vote, its nominations. A city's own people only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cms.amendment_pages import proposal_context
from cms.by_letter import nomination_marks
from cms.components import Crumb
from cms.drawings import roll_call_result
from cms.legal_layout import lay_out
from cms.selectors.amendments import amendment_voted_on
from cms.templatetags.formats import reader_language
from members.models import City, Mandate
from members.policies import CityAction, city_policy, mandates_in_force
from members.rules.voices import VOTING_ROLES
from resolutions.models import Election, Nomination, Vote
from resolutions.models.texts import InstrumentState
from resolutions.models.votes import VoteMode, VoteState
from resolutions.rules.election_lifecycle import ELECTION_LIFECYCLE, ElectionAction, ElectionState
from resolutions.rules.nomination_lifecycle import (
    NOMINATION_LIFECYCLE,
    NominationAction,
    Withdrawing,
)
from resolutions.rules.nomination_lifecycle import Seconding as SecondingFacts
from resolutions.rules.numbering import render_number
from resolutions.selectors.assemblies import day_of
from resolutions.selectors.decisions import public_votes, result_document, sentence_of
from resolutions.selectors.drafting import drafts_of
from resolutions.selectors.elections import nominations_of, public_election, self_nomination_bar
from resolutions.selectors.seats import seats_of_assembly
from resolutions.selectors.trees import draft_trees
from resolutions.services.elections import (
    accept_nomination,
    nominate,
    second,
    withdraw_nomination,
)
from resolutions.services.votes import cast_vote
from secretariat.kernel.access import Access, access
from secretariat.kernel.errors import DomainError
from secretariat.kernel.models import LANGUAGES
from secretariat.workspace.acts import Act, known, obstacle
from secretariat.workspace.forms.desk import BallotForm, NominationForm
from secretariat.workspace.practice_stages import returned_practice
from secretariat.workspace.selectors.amendments import joinable
from secretariat.workspace.selectors.desk import attending, desk_of
from secretariat.workspace.selectors.votes import VotePaper, ballot_of, vote_paper
from secretariat.workspace.views.acting import perform, status_of, submit, summary_of
from secretariat.workspace.views.desk_frame import desk_crumbs, desk_frame, own_city
from secretariat.workspace.views.reauth import recently_authenticated
from secretariat.workspace.views.signatures import waiting_signatures
from secretariat.workspace.vote_drawings import choice_of, options_of, seat_drawing
from secretariat.workspace.zones import zones_of


@access(Access.CITY)
@require_safe
@never_cache
def desks(request: HttpRequest) -> HttpResponse:
    """The way to the desk: at once with one city, by choosing among several."""
    now = request.now  # type: ignore[attr-defined]
    cities = list(
        city_policy.cities(request.user, CityAction.SEE_DESK, now)
        .prefetch_related("name_rows")
        .order_by("code")
    )
    if not cities:
        raise Http404
    if len(cities) == 1:
        return redirect("workspace:city_desk", city=cities[0].slug)
    roles: dict[int, list[str]] = {}
    for mandate in mandates_in_force(request.user, now):
        roles.setdefault(mandate.city_id, []).append(mandate.get_role_display())
    context = {"cities": [(city, ", ".join(roles.get(city.pk, []))) for city in cities]}
    return render(request, "workspace/desk/choose.html", context)


@access(Access.CITY)
@require_safe
@never_cache
def desk(request: HttpRequest, city: str) -> HttpResponse:
    """What waits for the city, what was decided, who acts for it."""
    owner = own_city(request, city)
    now = request.now  # type: ignore[attr-defined]
    shown = desk_of(city=owner, now=now)
    may = _abilities(request, owner)
    unaccredited = [
        each for each in shown.people if each.role in VOTING_ROLES and each.accredited_at is None
    ]
    context = {
        **desk_frame(request, owner),
        "desk": shown,
        "unaccredited": unaccredited,
        "may": may,
        "waiting": [
            *_waiting(shown.elections, owner, may),
            *_without_letter(request, owner, unaccredited, may),
            *(_to_join(request, owner) if shown.concerns.filed else ()),
            *(waiting_signatures(request, owner) if shown.concerns.signing else ()),
            *(returned_practice(version, owner) for version in shown.returned),
        ],
        "decided": [(seat, choice_of(seat)) for seat in shown.decided],
        "zones": zones_of(owner),
        "drafts": drafts_of(city=owner) if shown.concerns.drafts and may["draft_texts"] else (),
    }
    return render(request, "workspace/desk/desk.html", context)


@access(Access.CITY)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@recently_authenticated
def ballot(request: HttpRequest, city: str, vote: str) -> HttpResponse:
    """The ballot: one question, large answers; afterwards what was cast, and the result."""
    owner = own_city(request, city)
    now = request.now  # type: ignore[attr-defined]
    paper = vote_paper(slug=vote, city=owner, now=now)
    if paper is None:
        raise Http404
    form = _ballot_form(paper, request.POST if request.method == "POST" else None)

    def page(status: int = 200) -> HttpResponse:
        return _ballot_page(request, owner, paper, form, status=status)

    if request.method != "POST":
        return page()

    def cast(data: dict[str, Any]) -> tuple[str, str]:
        cast_vote(vote=paper.vote, city=owner, choice=data["choice"], actor=request.user, now=now)
        words = dict(options_of(paper.vote))[data["choice"]]
        said = _("The vote of %(city)s is cast: %(choice)s.") % {
            "city": owner.name_in(reader_language()),
            "choice": words,
        }
        return said, request.path

    return submit(request, form, cast, again=page)


@access(Access.CITY)
@require_safe
@never_cache
def ballot_text(request: HttpRequest, city: str, vote: str) -> HttpResponse:
    """The text that is voted on, as it lies on the table."""
    owner = own_city(request, city)
    found = public_votes().filter(slug=vote, instrument__isnull=False).first()
    if found is None or found.instrument is None:
        raise Http404
    instrument = found.instrument
    proposal = proposal_of(found)
    if proposal is not None:
        context = {
            **desk_frame(request, owner),
            "vote": found,
            "proposal": proposal,
            "crumbs": (
                *desk_crumbs(owner),
                Crumb(found, _ballot_url(owner, found)),
                Crumb(proposal["name"]),
            ),
        }
        return render(request, "workspace/desk/amendment_text.html", context)
    if instrument.state not in (InstrumentState.TABLED, InstrumentState.ADOPTED):
        return redirect("cms:text", slug=instrument.slug)
    trees = draft_trees(instrument=instrument)
    context = {
        **desk_frame(request, owner),
        "vote": found,
        "legal": lay_out(trees, languages=list(trees), number=_number),
        "crumbs": (*desk_crumbs(owner), Crumb(found, _ballot_url(owner, found)), Crumb(_("Text"))),
    }
    return render(request, "workspace/desk/text.html", context)


@access(Access.CITY)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def nominations(request: HttpRequest, city: str, election: str) -> HttpResponse:
    """Proposing, seconding, accepting and withdrawing, for one city."""
    owner = own_city(request, city)
    found = public_election(slug=election)
    if found is None:
        raise Http404
    form = _nomination_form(request, owner, found)
    if request.method == "GET" or request.method == "HEAD":
        return _nominations_page(request, owner, found, form)
    if request.POST.get("act") == "nominate":
        return submit(
            request,
            form,
            lambda data: _propose(request, owner, found, form),
            again=lambda status: _nominations_page(request, owner, found, form, status=status),
        )
    fresh = _nomination_form(request, owner, found, bound=False)
    return perform(
        request,
        _nomination_deeds(request, owner, found),
        back=request.path,
        again=lambda refusal: _nominations_page(request, owner, found, fresh, refusal=refusal),
    )


MOST_IN_A_LIST: Final = 60
"""Cities; more are looked for by name."""


def proposal_of(vote: Vote) -> dict[str, Any] | None:
    """The amendment that is voted on, for the ballot; None where something else is."""
    found = amendment_voted_on(vote=vote)
    return proposal_context(found) if found is not None else None


def _abilities(request: HttpRequest, city: City) -> dict[str, bool]:
    """What the person may do for the city, for templates: `{"vote": True, …}`."""
    now = request.now  # type: ignore[attr-defined]
    names = {
        "vote": CityAction.VOTE,
        "nominate": CityAction.NOMINATE,
        "edit_profile": CityAction.EDIT_PROFILE,
        "manage_people": CityAction.MANAGE_PEOPLE,
        "draft_texts": CityAction.DRAFT_TEXTS,
    }
    return {
        name: city_policy.may(request.user, action, city, now) for name, action in names.items()
    }


def _number(kind: str, number: str, language: str) -> str:
    return render_number(kind, number, language)


# ── the ballot ──────────────────────────────────────────────────────────────────────────────


def _ballot_url(city: City, vote: Vote) -> str:
    return reverse("workspace:ballot", args=[city.slug, vote.slug])


def _ballot_form(paper: VotePaper, data: Any) -> BallotForm:
    language = reader_language()
    question = paper.vote.questions.in_language(language) or paper.vote.title_in(language)
    cast = ballot_of(paper.seat) if paper.seat else None
    return BallotForm(
        data,
        question=question,
        options=options_of(paper.vote),
        initial={"choice": cast.option.key} if cast else None,
    )


def _ballot_page(
    request: HttpRequest, city: City, paper: VotePaper, form: BallotForm, *, status: int
) -> HttpResponse:
    now = request.now  # type: ignore[attr-defined]
    vote, document = paper.vote, result_document(vote=paper.vote)
    open_now = vote.state == VoteState.OPEN
    there = attending(assembly=vote.assembly, city=city, now=vote.closed_at or now)
    context = {
        **desk_frame(request, city),
        "paper": paper,
        "vote": vote,
        "proposal": proposal_of(vote),
        "form": form,
        "open": open_now,
        "roll_call": vote.mode == VoteMode.ROLL_CALL,
        "may_vote": _abilities(request, city)["vote"],
        "cast": ballot_of(paper.seat) if paper.seat else None,
        "cast_words": choice_of(paper.seat) if paper.seat else "",
        "there": there,
        "field": seat_drawing(paper, document),
        "result": roll_call_result(vote, document),
        "sentence": sentence_of(document=document).in_language(reader_language()),
        "quorum": paper.quorum.sentence.in_language(reader_language()) if paper.quorum else "",
        "zones": zones_of(city),
        "crumbs": (*desk_crumbs(city), Crumb(vote)),
    }
    return render(request, "workspace/desk/ballot.html", context, status=status)


# ── nominations ─────────────────────────────────────────────────────────────────────────────


def _waiting(elections: Any, city: City, may: dict[str, bool]) -> Iterator[dict[str, Any]]:
    """What an election asks of the city: to accept, to second, to nominate."""
    if not may["nominate"]:
        return
    language = reader_language()
    for election in elections:
        address = reverse("workspace:nominations", args=[city.slug, election.slug])
        for nomination in election.nominations.all():
            if nomination.city_id == city.pk and nomination.state == "seconded":
                yield {
                    "title": _("Accept the nomination: %(election)s")
                    % {"election": election.title_in(language)},
                    "text": _(
                        "%(city)s is nominated and seconded. It is a candidate once it accepts."
                    )
                    % {"city": city.name_in(language)},
                    "url": address,
                }
            elif nomination.state == "proposed" and _may_second(nomination, city):
                yield {
                    "title": _("Second the nomination of %(city)s")
                    % {"city": nomination.city.name_in(language)},
                    "text": election.title_in(language),
                    "url": address,
                }
        yield {
            "title": _("Nominations are open: %(election)s")
            % {"election": election.title_in(language)},
            "text": _("Your city may propose a candidate."),
            "url": address,
        }


def _without_letter(
    request: HttpRequest, city: City, unaccredited: list[Mandate], may: dict[str, bool]
) -> Iterator[dict[str, Any]]:
    """Letters of credence that are not there: all for who can bring them, else one's own."""
    missing = [each for each in unaccredited if each.letter_id is None]
    if may["manage_people"] and missing:
        count = len(missing)
        yield {
            "title": ngettext(
                "Upload %(count)d letter of credence", "Upload %(count)d letters of credence", count
            )
            % {"count": count},
            "text": _("Without it there is no vote: %(people)s.")
            % {"people": ", ".join(dict.fromkeys(str(each.person) for each in missing))},
            "url": reverse("workspace:people", args=[city.slug]),
        }
        return
    for each in missing:
        if each.person == request.user:
            yield {
                "title": _("Your letter of credence is not there yet"),
                "text": _(
                    "You can vote once your head of delegation has brought it and the office "
                    "has accredited you."
                ),
                "url": reverse("workspace:person", args=[city.slug, each.uuid]),
            }


def _to_join(request: HttpRequest, city: City) -> Iterator[dict[str, Any]]:
    """Amendments of other cities that ask for co-sponsors, in one line."""
    if not city_policy.may(request.user, CityAction.AMEND, city, request.now):  # type: ignore[attr-defined]
        return
    count = joinable(city=city)
    if count:
        yield {
            "title": ngettext(
                "%(count)d amendment of another city can be joined",
                "%(count)d amendments of other cities can be joined",
                count,
            )
            % {"count": count},
            "text": _("The office examines it once enough cities stand behind it."),
            "url": reverse("workspace:city_amendments", args=[city.slug]),
        }


def _may_second(nomination: Nomination, city: City) -> bool:
    return NOMINATION_LIFECYCLE.allows(
        nomination.state, NominationAction.SECOND, _seconding(nomination, city)
    )


def _seconding(nomination: Nomination, city: City) -> SecondingFacts:
    proposer = nomination.nominated_by
    return SecondingFacts(
        city=city.slug,
        nominee=nomination.city.slug,
        nominated_by=proposer.slug,
        seconders=frozenset(each.city.slug for each in nomination.secondings.all()),
    )


@dataclass(frozen=True, slots=True)
class CitySearch:
    """Looking for a city by its name, where there are too many to choose from a list."""

    words: str
    found: int
    shown: int


def _nomination_form(
    request: HttpRequest, owner: City, election: Election, *, bound: bool = True
) -> NominationForm:
    posted = bound and request.method == "POST" and request.POST.get("act") == "nominate"
    chosen = request.POST.get("city") if posted else None
    bar = self_nomination_bar(election=election, at=request.now)  # type: ignore[attr-defined]
    cities, search = _proposable(request, election, chosen, without=owner if bar else None)
    return NominationForm(
        request.POST if posted else None,
        cities=cities,
        search=search,
        language=reader_language(),
        note=bar.in_language(reader_language()) if bar else "",
    )


def _proposable(
    request: HttpRequest, election: Election, posted: str | None, *, without: City | None
) -> tuple[list[City], CitySearch | None]:
    """The cities to choose from; of many, those whose name or code has the words looked for."""
    now = request.now  # type: ignore[attr-defined]
    seats = seats_of_assembly(
        assembly=election.assembly, on=day_of(assembly=election.assembly, at=now)
    )
    taken = {nomination.city.slug for nomination in nominations_of(election=election)}
    if without is not None:
        taken.add(without.slug)
    free = [city for city in seats if city.slug not in taken or posted is not None]
    if len(free) <= MOST_IN_A_LIST:
        return free, None
    words = request.GET.get("q", "").strip()
    if posted is not None:
        chosen = [city for city in free if city.slug == posted]
        return chosen, CitySearch(words, len(chosen), len(chosen))
    wanted = words.casefold()
    found = [
        city
        for city in free
        if wanted
        and (
            wanted == city.code.casefold()
            or any(wanted in city.name_in(language).casefold() for language in dict(LANGUAGES))
        )
    ]
    shown = found[:MOST_IN_A_LIST]
    return shown, CitySearch(words, len(found), len(shown))


def _propose(
    request: HttpRequest, city: City, election: Election, form: NominationForm
) -> tuple[str, str]:
    proposed = get_object_or_404(City, slug=form.cleaned_data["city"])
    nominate(
        election=election,
        city=proposed,
        by=city,
        statements=form.words("statement"),
        actor=request.user,
        now=request.now,  # type: ignore[attr-defined]
    )
    said = _("%(city)s is nominated.") % {"city": proposed.name_in(reader_language())}
    return said, request.path


def _nomination_deeds(
    request: HttpRequest, city: City, election: Election
) -> dict[str, Callable[[], str]]:
    slug = request.POST.get("nomination", "")
    nomination = get_object_or_404(election.nominations.select_related("city"), city__slug=slug)
    name = nomination.city.name_in(reader_language())
    doing = {"actor": request.user, "now": request.now}  # type: ignore[attr-defined]

    def support() -> str:
        second(nomination=nomination, by=city, **doing)
        return _("The nomination of %(city)s is seconded by your city.") % {"city": name}

    def accept() -> str:
        accept_nomination(nomination=nomination, **doing)
        return _("%(city)s is a candidate.") % {"city": name}

    def withdraw() -> str:
        withdraw_nomination(nomination=nomination, **doing)
        return _("%(city)s has withdrawn.") % {"city": name}

    return {"second": support, "accept": accept, "withdraw": withdraw}


def _nomination_acts(
    election: Election, nomination: Nomination, city: City, *, may: bool
) -> Iterator[Act]:
    if not may:
        return
    hidden = (("nomination", nomination.city.slug),)
    language = reader_language()
    nominating = known(ELECTION_LIFECYCLE, election.state, ElectionAction.NOMINATE)
    own = nomination.city_id == city.pk
    if (
        nominating
        and own
        and known(NOMINATION_LIFECYCLE, nomination.state, NominationAction.ACCEPT)
    ):
        yield Act("accept", _("Accept the nomination"), tone="open", hidden=hidden)
    elif nominating and not own and _may_second(nomination, city):
        yield Act("second", _("Second the nomination"), hidden=hidden)
    if own and known(NOMINATION_LIFECYCLE, nomination.state, NominationAction.WITHDRAW):
        facts = Withdrawing(round_open=election.state == ElectionState.IN_ROUND)
        yield Act(
            "withdraw",
            _("Withdraw"),
            tone="danger",
            warning=_("A withdrawal is final: the city cannot be nominated again."),
            blocked=obstacle(
                NOMINATION_LIFECYCLE,
                nomination.state,
                NominationAction.WITHDRAW,
                facts,
                language=language,
            ),
            hidden=hidden,
        )


def _nominations_page(
    request: HttpRequest,
    city: City,
    election: Election,
    form: NominationForm,
    *,
    refusal: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    may = _abilities(request, city)["nominate"]
    found = nominations_of(election=election)
    marks = nomination_marks(election.slug)
    context = {
        **desk_frame(request, city),
        "election": election,
        "nominations": [
            (each, list(_nomination_acts(election, each, city, may=may)), marks(each))
            for each in found
        ],
        "form": form if may and election.state == ElectionState.NOMINATING else None,
        "may": may,
        "refusal": summary_of(refusal),
        "crumbs": (*desk_crumbs(city), Crumb(election)),
    }
    status = status_of(refusal) if refusal else status
    return render(request, "workspace/desk/nominations.html", context, status=status)
