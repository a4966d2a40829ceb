"""What the public reads of elections: candidates, rounds, the certificate and terms of office."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from members.models import City
from resolutions.models import Certificate, Election, Nomination, Seconding, Term, Vote
from resolutions.models.votes import VoteState
from resolutions.rules.exhaustive import RoundFinding
from resolutions.rules.nominators import self_nomination_barred
from resolutions.selectors.assemblies import day_of
from resolutions.selectors.decisions import result_document
from resolutions.selectors.rules import rules_of_assembly
from secretariat.kernel.bilingual import Bilingual


def public_elections() -> QuerySet[Election]:
    """Elections that were announced, latest first, with wordings, assembly and who won."""
    return (
        Election.objects.select_related("assembly", "elected")
        .prefetch_related("wordings", "assembly__wordings", "elected__name_rows")
        .order_by("-announced_at", "-pk")
    )


def public_election(*, slug: str) -> Election | None:
    """One election, or None."""
    return public_elections().filter(slug=slug).first()


def nominations_of(*, election: Election) -> list[Nomination]:
    """Who was proposed, by code, with proposers, seconders and statements."""
    seconders = (
        Seconding.objects.filter(struck=None)
        .select_related("city")
        .prefetch_related("city__name_rows")
    )
    return list(
        election.nominations.select_related("city", "nominated_by")
        .prefetch_related(
            "wordings",
            "city__name_rows",
            "nominated_by__name_rows",
            Prefetch("secondings", queryset=seconders.order_by("seconded_at", "pk")),
        )
        .order_by("city__code")
    )


def self_nomination_bar(*, election: Election, at: datetime) -> Bilingual | None:
    """Why no city nominates itself in this election, with the article; None where it may."""
    on = day_of(assembly=election.assembly, at=at)
    return self_nomination_barred(rules_of_assembly(assembly=election.assembly, on=on))


def rounds_of(*, election: Election) -> list[Vote]:
    """The rounds that were opened, in order, with their results."""
    return list(
        election.rounds.exclude(state=VoteState.PREPARED)
        .select_related("result", "assembly")
        .prefetch_related("wordings")
        .order_by("round_number")
    )


def finding_of(*, round_: Vote) -> RoundFinding | None:
    """How a round was judged, None while it is open."""
    found = result_document(vote=round_).get("round")
    return RoundFinding.from_json(found) if found else None


def certificate_of(*, election: Election) -> Certificate | None:
    """The certificate with its signatures, or None."""
    return Certificate.objects.filter(election=election).prefetch_related("signatures").first()


def certificate_document(*, certificate: Certificate) -> dict[str, Any]:
    """What was certified."""
    return dict(json.loads(certificate.document))


def terms_of_city(*, city: City) -> QuerySet[Term]:
    """The terms of office of a city, latest first."""
    return Term.objects.filter(city=city).select_related("election").order_by("-starts_on")


def chair_on(*, on: date) -> Term | None:
    """The term of the chair city on a day, with the city and its names."""
    return (
        Term.objects.filter(Q(ends_on__gt=on), office="chair_city", starts_on__lte=on)
        .select_related("city", "election")
        .prefetch_related("city__name_rows")
        .first()
    )
