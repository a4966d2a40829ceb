"""Decisions: every vote that was opened, its result and why it is so."""

from __future__ import annotations

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from cms import drawings
from cms.amendment_pages import proposal_context
from cms.components import Crumb, EmptyState, Row, RowList
from cms.navigation import site_address
from cms.paging import page_of
from cms.rules_table import rule_rows
from cms.seats import SeatField
from cms.selectors.amendments import amendment_voted_on
from cms.templatetags.formats import reader_language
from resolutions.models import Vote
from resolutions.models.votes import VoteMode, VoteState
from resolutions.selectors import decisions as selectors
from resolutions.selectors.elections import nominations_of
from resolutions.selectors.texts import published_numbers
from secretariat.kernel.access import Access, access
from secretariat.kernel.audit import moment
from secretariat.kernel.models import Network
from secretariat.kernel.replies import DEMONSTRATION_NOTICE


@access(Access.PUBLIC)
@require_safe
def decision_list(request: HttpRequest) -> HttpResponse:
    """Every vote that was opened, latest first."""
    page = page_of(request, selectors.public_votes())
    language = reader_language()
    context = {
        "rows": RowList([decision_row(vote, language) for vote in page.object_list], level=2),
        "page": page,
        "empty": EmptyState(
            title=_("No decisions yet"),
            text=_("Each vote appears here from the moment it opens."),
            url=site_address("assemblies", language),
            link=_("Assemblies"),
        ),
        "crumbs": [Crumb(_("Decisions"))],
    }
    return render(request, "cms/public/decision_list.html", context)


@access(Access.PUBLIC)
@require_safe
def decision(request: HttpRequest, slug: str) -> HttpResponse:
    """One vote: the question, the result with its reasons, each seat, the rules and the roll."""
    vote = _public(slug)
    language = reader_language()
    document = selectors.result_document(vote=vote)
    seats = selectors.seat_votes(vote=vote)
    open_now = vote.state == VoteState.OPEN
    rules = selectors.frozen_rules(vote=vote)
    public = published_numbers()
    sentence = selectors.sentence_of(document=document).in_language(language)
    context = {
        "vote": vote,
        "badge": drawings.vote_badge(vote),
        "proposal": _proposal(vote),
        "question": vote.questions.in_language(language),
        "open_now": open_now,
        "voted": sum(1 for seat in seats if seat.voted),
        "present": sum(1 for seat in seats if seat.present),
        "seats": len(seats),
        "progress": _progress(seats) if open_now and vote.mode == VoteMode.ROLL_CALL else "",
        "field": _field(vote, seats, document),
        "result": drawings.roll_call_result(vote, document),
        "sentence": sentence,
        "quorum_sentence": selectors.sentence_of(document=document, part="quorum").in_language(
            language
        ),
        "rules": rule_rows(rules=rules, language=language, linked=True, public=public)
        if rules is not None
        else [],
        "rules_sha256": rules.hash if rules is not None else "",
        "text_url": reverse("cms:text", args=[vote.instrument.slug])
        if vote.instrument and any(name == vote.instrument.slug for name, _number in public)
        else "",
        "chain": vote.chain,
        "crumbs": [
            Crumb(_("Decisions"), site_address("decisions", language)),
            Crumb(vote.title_in(language)),
        ],
    }
    return render(request, "cms/public/decision.html", context)


@access(Access.PUBLIC)
@require_safe
def decision_json(request: HttpRequest, slug: str) -> JsonResponse:
    """The same as JSON, for whoever wants to check it: docs/reference/public-json.md."""
    vote = _public(slug)
    seats = selectors.seat_votes(vote=vote)
    document: dict[str, Any] = {}
    if Network.objects.filter(pk=1, demonstration=True).exists():
        document["notice"] = DEMONSTRATION_NOTICE
    document |= {
        "vote": vote.slug,
        "title": vote.titles.as_dict(),
        "question": vote.questions.as_dict(),
        "mode": vote.mode,
        "state": vote.state,
        "assembly": vote.assembly.slug,
        "election": vote.election.slug if vote.election else None,
        "round": vote.round_number,
        "instrument": vote.instrument.slug if vote.instrument else None,
        "amendment": vote.amendment.number if vote.amendment else None,
        "text_sha256": vote.text_sha256 or None,
        "opened_at": moment(vote.opened_at) if vote.opened_at else None,
        "closed_at": moment(vote.closed_at) if vote.closed_at else None,
        "annulled_because": vote.annulled_because or None,
        "rules": json.loads(vote.rules) if vote.rules else None,
        "roll": json.loads(vote.roll) if vote.roll else None,
        "roll_sha256": vote.roll_hash or None,
        "voted": [seat.city.slug for seat in seats if seat.voted],
        "result": selectors.result_document(vote=vote) or None,
        "result_sha256": vote.result.sha256 if hasattr(vote, "result") else None,
        "audit_chain": vote.chain,
    }
    return JsonResponse(document, json_dumps_params={"ensure_ascii": False, "indent": 2})


def decision_row(vote: Vote, language: str, *, of_assembly: bool = False) -> Row:
    """A vote in a list; in its assembly's own list the assembly is not named again."""
    document = selectors.result_document(vote=vote)
    return Row(
        title=vote.title_in(language),
        url=drawings.vote_url(vote),
        on=vote.opened_at or vote.prepared_at,
        text=selectors.sentence_of(document=document).in_language(language),
        meta="" if of_assembly else vote.assembly.title_in(language),
        badge=drawings.vote_badge(vote),
    )


def _proposal(vote: Vote) -> dict[str, Any] | None:
    """The amendment that is voted on, or None."""
    found = amendment_voted_on(vote=vote)
    return proposal_context(found) if found is not None else None


def _public(slug: str) -> Vote:
    vote = selectors.public_vote(slug=slug)
    if vote is None:
        raise Http404
    return vote


def _field(
    vote: Vote, seats: list[selectors.SeatVote], document: dict[str, Any]
) -> SeatField | None:
    if not seats:
        return None
    if vote.mode == VoteMode.CONSENSUS:
        return drawings.consensus_field(seats, document.get("objections", []))
    found = document.get("round")
    if vote.election_id and found and vote.election is not None:
        return drawings.round_field(
            seats, nominations_of(election=vote.election), candidates=list(found["votes"])
        )
    return drawings.roll_call_field(seats, open_now=vote.state == VoteState.OPEN)


def _progress(seats: list[selectors.SeatVote]) -> str:
    present = sum(1 for seat in seats if seat.present or seat.voted)
    voted = sum(1 for seat in seats if seat.voted)
    return ngettext(
        "%(voted)d of %(present)d seat present has voted.",
        "%(voted)d of %(present)d seats present have voted.",
        present,
    ) % {"voted": voted, "present": present}
