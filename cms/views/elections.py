"""Elections: candidates, rounds with their consequences, the certificate."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cms import drawings
from cms.by_letter import NominationMarks, nomination_marks
from cms.components import Crumb, EmptyState, Row, RowList
from cms.navigation import site_address
from cms.paging import page_of
from cms.templatetags.formats import reader_language
from members.models.people import OfficeRoleKind
from resolutions.models import Election, Nomination, Vote
from resolutions.models.elections import Office
from resolutions.models.votes import VoteState
from resolutions.selectors import elections as selectors
from resolutions.selectors.decisions import seat_votes
from secretariat.kernel.access import Access, access
from secretariat.kernel.bilingual import Bilingual


@access(Access.PUBLIC)
@require_safe
def election_list(request: HttpRequest) -> HttpResponse:
    """Every election, latest first."""
    page = page_of(request, selectors.public_elections())
    language = reader_language()
    context = {
        "rows": RowList([election_row(row, language) for row in page.object_list], level=2),
        "page": page,
        "empty": EmptyState(
            title=_("No elections yet"),
            text=_("An election appears here when the office announces it."),
        ),
        "crumbs": [Crumb(_("Elections"))],
    }
    return render(request, "cms/public/election_list.html", context)


@access(Access.PUBLIC)
@require_safe
def election(request: HttpRequest, slug: str) -> HttpResponse:
    """One election."""
    found = _found(slug)
    language = reader_language()
    nominations = selectors.nominations_of(election=found)
    rounds = selectors.rounds_of(election=found)
    findings = [(vote, selectors.finding_of(round_=vote)) for vote in rounds]
    certificate = selectors.certificate_of(election=found)
    marks = nomination_marks(slug)
    context = {
        "election": found,
        "badge": drawings.badge_of(found),
        "elected": found.elected.name_in(language) if found.elected else "",
        "assembly": found.assembly,
        "candidates": [
            _candidate(nomination, place, language, marks(nomination))
            for place, nomination in enumerate(nominations)
        ],
        "rounds": [_round(vote, finding, nominations, language) for vote, finding in findings],
        "table": drawings.round_table(findings, nominations),
        "certificate": certificate,
        "seed": found.lot_seed if found.decided_at else "",
        "chain": found.chain,
        "crumbs": [
            Crumb(_("Elections"), site_address("elections", language)),
            Crumb(found.title_in(language)),
        ],
    }
    return render(request, "cms/public/election.html", context)


@access(Access.PUBLIC)
@require_safe
def certificate(request: HttpRequest, slug: str) -> HttpResponse:
    """The certificate of an election, as paper."""
    found = _found(slug)
    drawn_up = selectors.certificate_of(election=found)
    if drawn_up is None:
        raise Http404
    language = reader_language()
    document = selectors.certificate_document(certificate=drawn_up)
    signatures = {row.role: row for row in drawn_up.signatures.all()}
    context = {
        "election": found,
        "certificate": drawn_up,
        "elected": Bilingual(document["names"]).in_language(language),
        "office": Office(document["office"]).label,
        "decided_at": parse_datetime(document["decided_at"]),
        "starts_on": parse_date(document["term"]["starts_on"]),
        "ends_on": parse_date(document["term"]["ends_on"] or ""),
        "rounds": [
            {
                "name": _("Round %(number)d") % {"number": each["round"]},
                "url": reverse("cms:decision", args=[each["vote"]]),
                "sentence": Bilingual(each["sentence"]).in_language(language),
                "sha256": each["result_sha256"],
            }
            for each in document["rounds"]
        ],
        "signatures": [
            (OfficeRoleKind(role).label, signatures.get(role))
            for role in ("returning_officer", "secretary_general")
        ],
        "complete": len(signatures) > 1,
        "crumbs": [
            Crumb(_("Elections"), site_address("elections", language)),
            Crumb(found.title_in(language), reverse("cms:election", args=[slug])),
            Crumb(_("Certificate")),
        ],
    }
    return render(request, "cms/public/certificate.html", context)


def election_row(row: Election, language: str) -> Row:
    """An election in a list."""
    elected = row.elected.name_in(language) if row.elected else ""
    return Row(
        title=row.title_in(language),
        url=reverse("cms:election", args=[row.slug]),
        on=row.decided_at or row.announced_at,
        text=_("Elected: %(city)s") % {"city": elected} if elected else "",
        meta=row.assembly.title_in(language),
        badge=drawings.badge_of(row),
    )


def _found(slug: str) -> Election:
    found = selectors.public_election(slug=slug)
    if found is None:
        raise Http404
    return found


def _candidate(
    nomination: Nomination, place: int, language: str, marks: NominationMarks
) -> dict[str, Any]:
    return {
        "seat": drawings.city_seat(nomination.city, drawings.Mark.CANDIDATE, candidate=place),
        "name": nomination.city.name_in(language),
        "url": drawings.city_url(nomination.city),
        "badge": drawings.badge_of(nomination),
        "statement": nomination.statements.in_language(language),
        "nominated_by": nomination.nominated_by.name_in(language),
        "own": nomination.nominated_by_id == nomination.city_id,
        "seconders": [
            (row.city.name_in(language), marks.seconded.get(row.city.slug))
            for row in nomination.secondings.all()
        ],
        "marks": marks,
    }


def _round(
    vote: Vote, finding: Any, nominations: list[Nomination], language: str
) -> dict[str, Any]:
    seats = seat_votes(vote=vote)
    open_now = vote.state == VoteState.OPEN
    if finding is None:
        field = drawings.roll_call_field(seats, open_now=open_now)
    else:
        field = drawings.round_field(seats, nominations, candidates=list(finding.votes))
    return {
        "name": drawings.round_name(vote),
        "vote": vote,
        "url": drawings.vote_url(vote),
        "open": open_now,
        "voted": sum(1 for seat in seats if seat.voted),
        "present": sum(1 for seat in seats if seat.present or seat.voted),
        "finding": finding,
        "sentence": finding.sentence.in_language(language) if finding else "",
        "field": field,
        "badge": drawings.vote_badge(vote),
        "inquorate": getattr(getattr(vote, "result", None), "outcome", "") == "inquorate",
    }
