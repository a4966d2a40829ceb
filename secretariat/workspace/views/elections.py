"""An election in the returning officer's hands, from its announcement to the signed certificate."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cms.by_letter import nomination_marks
from cms.components import Crumb
from cms.drawings import round_table
from cms.templatetags.formats import reader_language
from members.models.people import OfficeRoleKind
from members.policies import OfficeAction, office_policy
from resolutions.models import Certificate, Election, Nomination, Vote
from resolutions.models.assemblies import AssemblyState
from resolutions.models.elections import ElectionState, NominationState
from resolutions.models.votes import VoteState
from resolutions.rules.election_lifecycle import ELECTION_LIFECYCLE, ElectionAction, Standings
from resolutions.rules.exhaustive import RoundFinding
from resolutions.selectors.elections import (
    certificate_of,
    finding_of,
    nominations_of,
    public_election,
    rounds_of,
)
from resolutions.services.elections import (
    SIGNING_ROLES,
    acclaim_candidate,
    announce_election,
    close_round,
    draw_up_certificate,
    end_election,
    open_nominations,
    open_round,
    sign_certificate,
)
from secretariat.kernel.access import Access, access
from secretariat.kernel.errors import DomainError
from secretariat.workspace.acts import Act, known, obstacle
from secretariat.workspace.forms.elections import ElectionForm, EndingForm
from secretariat.workspace.selectors.office import assembly_for_office
from secretariat.workspace.selectors.votes import VotePaper, vote_paper
from secretariat.workspace.views.acting import perform, status_of, submit, summary_of
from secretariat.workspace.views.office import frame, may, require_page
from secretariat.workspace.views.reauth import recently_authenticated
from secretariat.workspace.views.votes import closing_act
from secretariat.workspace.vote_drawings import seat_drawing


@access(Access.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def announce(request: HttpRequest, slug: str) -> HttpResponse:
    """Announcing the election of the chair city at an assembly."""
    require_page(request, OfficeAction.RUN_ELECTIONS)
    assembly = assembly_for_office(slug=slug)
    if assembly is None or assembly.state not in (AssemblyState.CONVENED, AssemblyState.OPEN):
        raise Http404
    form = ElectionForm(request.POST if request.method == "POST" else None)

    def page(status: int = 200) -> HttpResponse:
        crumb = Crumb(assembly, reverse("workspace:console", args=[slug]))
        context = {**frame(request, crumb, Crumb(_("Announce an election"))), "form": form}
        return render(request, "workspace/office/announce.html", context, status=status)

    if request.method != "POST":
        return page()

    def declare(data: dict[str, Any]) -> tuple[str, str]:
        election = announce_election(
            slug=data["slug"],
            assembly=assembly,
            titles=form.words("title"),
            actor=request.user,
            now=request.now,  # type: ignore[attr-defined]
        )
        return _("The election is announced."), reverse("workspace:election", args=[election.slug])

    return submit(request, form, declare, again=page)


@access(Access.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@recently_authenticated(acts={"draw_up", "sign"})
def election(request: HttpRequest, slug: str) -> HttpResponse:
    """Candidates, rounds and the next act."""
    found = public_election(slug=slug)
    if found is None:
        raise Http404
    if request.method != "POST":
        return _election_page(request, found)
    if request.POST.get("act") == "end":
        ending = EndingForm(request.POST)
        return submit(
            request,
            ending,
            lambda data: _end(request, found, data["reason"]),
            again=lambda status: _election_page(request, found, ending=ending, status=status),
        )
    return perform(
        request,
        _deeds(request, found),
        back=request.path,
        again=lambda refusal: _election_page(request, found, refusal=refusal),
    )


def _end(request: HttpRequest, found: Election, reason: str) -> tuple[str, str]:
    end_election(
        election=found,
        reason=reason,
        actor=request.user,
        now=request.now,  # type: ignore[attr-defined]
    )
    return _("The election has ended without a result."), request.path


def _election_page(
    request: HttpRequest,
    found: Election,
    *,
    refusal: DomainError | None = None,
    ending: EndingForm | None = None,
    status: int = 200,
) -> HttpResponse:
    now = request.now  # type: ignore[attr-defined]
    language = reader_language()
    named = nominations_of(election=found)
    marks = nomination_marks(found.slug)
    rounds = [(each, finding_of(round_=each)) for each in rounds_of(election=found)]
    running = next((each for each, _finding in rounds if each.state == VoteState.OPEN), None)
    paper = vote_paper(slug=running.slug, city=None, now=now) if running is not None else None
    last = next((finding for _each, finding in reversed(rounds) if finding is not None), None)
    certificate = certificate_of(election=found)
    ends = (
        may(request, OfficeAction.RUN_ELECTIONS)
        and found.state != ElectionState.IN_ROUND
        and known(ELECTION_LIFECYCLE, found.state, ElectionAction.END)
    )
    live = "live" in request.GET and paper is not None and request.method == "GET"
    context = {
        **frame(
            request,
            Crumb(found.assembly, reverse("workspace:console", args=[found.assembly.slug])),
            Crumb(found),
        ),
        "election": found,
        "nominations": [(each, marks(each)) for each in named],
        "rounds": round_table(rounds, named),
        "paper": paper,
        "field": seat_drawing(paper, {}) if paper else None,
        "quorum": paper.quorum.sentence.in_language(language) if paper and paper.quorum else "",
        "missing": [
            seat.city for seat in paper.seats if not seat.voted and seat.city.slug in paper.present
        ]
        if paper
        else [],
        "last": last,
        "last_sentence": last.sentence.in_language(language) if last else "",
        "next_sentence": _what_follows(found, last),
        "certificate": certificate,
        "signatures": _signatures(certificate),
        "acts": list(_acts(request, found, named, paper, certificate)),
        "ending": (ending or EndingForm()) if ends else None,
        "refusal": summary_of(refusal),
        "live": live,
    }
    status = status_of(refusal) if refusal else status
    response = render(request, "workspace/office/election.html", context, status=status)
    if live:
        response["Refresh"] = "15"
    return response


def _what_follows(found: Election, last: RoundFinding | None) -> str:
    """The sentence that says which round comes next, and who stands in it."""
    if last is None or found.state != ElectionState.BETWEEN_ROUNDS:
        return ""
    names = ", ".join(
        candidate.name.in_language(reader_language()) for candidate in last.next_candidates
    )
    return _("The next round is among %(candidates)s.") % {"candidates": names}


def _signatures(certificate: Certificate | None) -> list[tuple[str, Any]]:
    """Each of the two roles that sign, with its signature or None."""
    if certificate is None:
        return []
    signed = {signature.role: signature for signature in certificate.signatures.all()}
    return [(str(OfficeRoleKind(role).label), signed.get(role)) for role in SIGNING_ROLES]


def _acts(
    request: HttpRequest,
    found: Election,
    named: list[Nomination],
    paper: VotePaper | None,
    certificate: Certificate | None,
) -> Iterator[Act]:
    if may(request, OfficeAction.RUN_ELECTIONS):
        yield from _running_acts(found, named, paper)
    if may(request, OfficeAction.CERTIFY):
        yield from _certifying_acts(request, found, certificate)


def _running_acts(
    found: Election, named: list[Nomination], paper: VotePaper | None
) -> Iterator[Act]:
    language = reader_language()
    standing = [each for each in named if each.state == NominationState.ACCEPTED]
    facts = Standings(candidates=len(standing))
    if known(ELECTION_LIFECYCLE, found.state, ElectionAction.OPEN_NOMINATIONS):
        yield Act(
            "open_nominations",
            _("Open nominations"),
            tone="open",
            hint=_("The commitment to the seed of a possible draw by lot is published now."),
        )
    if paper is not None and found.state == ElectionState.IN_ROUND:
        yield closing_act("close_round", _("Close the round"), paper)
    acclaims = known(ELECTION_LIFECYCLE, found.state, ElectionAction.ACCLAIM)
    if acclaims and len(standing) == 1:
        yield Act(
            "acclaim",
            _("Declare the only candidate elected"),
            tone="open",
            hint=_("There is one candidate; no vote is held."),
        )
    elif known(ELECTION_LIFECYCLE, found.state, ElectionAction.OPEN_ROUND):
        yield Act(
            "open_round",
            _("Open round %(number)d") % {"number": _next_number(found)},
            tone="open",
            hint=_("Freezes the roll and the rules in force."),
            blocked=obstacle(
                ELECTION_LIFECYCLE,
                found.state,
                ElectionAction.OPEN_ROUND,
                facts,
                language=language,
            ),
        )


def _next_number(found: Election) -> int:
    return found.rounds.count() + 1


def _certifying_acts(
    request: HttpRequest, found: Election, certificate: Certificate | None
) -> Iterator[Act]:
    if found.state != ElectionState.DECIDED or found.elected is None:
        return
    if certificate is None:
        yield Act(
            "draw_up",
            _("Draw up the certificate"),
            tone="open",
            hint=_("It states the rounds, the figures and the term of office, sealed by its hash."),
        )
        return
    now = request.now  # type: ignore[attr-defined]
    own = office_policy.authority(request.user, OfficeAction.CERTIFY, now)
    signed = {signature.role for signature in certificate.signatures.all()}
    if own is not None and own.role in SIGNING_ROLES and own.role not in signed:
        yield Act(
            "sign",
            _("Sign the certificate as %(role)s") % {"role": OfficeRoleKind(own.role).label},
            tone="open",
            hint=_("The certificate holds, and the term begins, once two officers have signed."),
        )


def _deeds(request: HttpRequest, found: Election) -> dict[str, Callable[[], str]]:
    doing = {"actor": request.user, "now": request.now}  # type: ignore[attr-defined]

    def nominating() -> str:
        open_nominations(election=found, **doing)
        return _("Nominations are open.")

    def round_opened() -> str:
        vote: Vote = open_round(election=found, **doing)
        return _("%(round)s is open.") % {"round": vote.title_in(reader_language())}

    def round_closed() -> str:
        finding = close_round(election=found, **doing)
        return finding.sentence.in_language(reader_language())

    def acclaimed() -> str:
        acclaim_candidate(election=found, **doing)
        return _("The only candidate is elected.")

    def drawn_up() -> str:
        certificate = draw_up_certificate(election=found, **doing)
        return _("Certificate %(number)s is drawn up.") % {"number": certificate.number}

    def signed() -> str:
        certificate = get_object_or_404(Certificate, election=found)
        sign_certificate(certificate=certificate, **doing)
        return _("You have signed the certificate.")

    return {
        "open_nominations": nominating,
        "open_round": round_opened,
        "close_round": round_closed,
        "acclaim": acclaimed,
        "draw_up": drawn_up,
        "sign": signed,
    }
