"""Nominating, seconding and accepting by letter, and striking what a city contests."""

from __future__ import annotations

from typing import Any

import pytest

from members.models import ActByLetter
from members.selectors.letters import letters_under
from members.services.letters import (
    confirm_letter,
    contest_letter,
    describe_letter,
    strike_letter,
)
from resolutions.models import Election, Nomination, Seconding, StruckSeconding
from resolutions.selectors.elections import nominations_of
from secretariat.kernel import audit
from secretariat.kernel.errors import Missing, WrongState
from secretariat.kernel.models import AuditEntry
from tests.members.papers import recorded
from tests.resolutions.stage import Stage, at, records, refused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _private_files(settings: Any, tmp_path: Any) -> None:
    settings.PRIVATE_ROOT = tmp_path


def by_letter(stage: Stage, kind: str, of: str, /, **facts: Any) -> ActByLetter:
    """Recorded by the registrar, confirmed by the returning officer."""
    letter = recorded(kind, stage.cities[of], facts, actor=stage.registrar, now=at(4))
    return confirm_letter(letter=letter, actor=stage.officer, now=at(4))


def contested(stage: Stage, letter: ActByLetter) -> ActByLetter:
    contest_letter(
        letter=letter,
        reason="not ours",
        actor=stage.delegates[letter.city.slug],
        now=at(10),
    )
    return letter


def states(election: Election) -> dict[str, str]:
    return dict(Nomination.objects.filter(election=election).values_list("city__slug", "state"))


def test_a_whole_candidacy_by_letter(stage: Stage) -> None:
    election = stage.nominating()
    about = {"election": election.slug}
    by_letter(stage, "nomination", "beta", city="alpha", statements={"en": "Good."}, **about)
    for city in ("gamma", "delta"):
        by_letter(stage, "seconding", city, city="alpha", **about)
    with records("city:alpha letter.recorded", "city:alpha letter.confirmed",
                 f"election:{election.slug} nomination.accepted"):  # fmt: skip
        letter = by_letter(stage, "acceptance", "alpha", **about)
    assert states(election) == {"alpha": "accepted"}
    assert set(letters_under(prefix=f"election:{election.slug}/")) == {
        "election:2018-chair/alpha/nominated",
        "election:2018-chair/alpha/seconded/gamma",
        "election:2018-chair/alpha/seconded/delta",
        "election:2018-chair/alpha/accepted",
    }
    assert describe_letter(letter) != ""
    roles = AuditEntry.objects.filter(chain=election.chain, action__startswith="nomination.")
    by = {(entry.role, entry.city, entry.person) for entry in roles}
    assert by == {
        ("by_letter", city, stage.officer.uuid) for city in ("alpha", "beta", "gamma", "delta")
    }
    assert audit.verify() == []


def test_the_letter_says_what_the_lifecycle_allows(stage: Stage) -> None:
    election = stage.nominating()
    stage.nomination(election, "alpha", by="beta")
    letter = recorded(
        "seconding",
        stage.cities["beta"],
        {"election": election.slug, "city": "alpha"},
        actor=stage.registrar,
        now=at(4),
    )
    with refused("seconds_own_nomination", WrongState):
        confirm_letter(letter=letter, actor=stage.officer, now=at(4))


def test_a_letter_about_nothing_is_refused_when_recorded(stage: Stage) -> None:
    election = stage.nominating()
    for kind, facts, where in (
        ("nomination", {"election": "none", "city": "alpha"}, "election"),
        ("nomination", {"election": election.slug, "city": "none"}, "city"),
        ("seconding", {"election": election.slug, "city": "alpha"}, "city"),
        ("acceptance", {"election": election.slug}, "city"),
    ):
        with refused("missing", Missing, where=where):
            recorded(kind, stage.cities["beta"], facts, actor=stage.registrar, now=at(4))


def test_a_struck_seconding_counts_no_more(stage: Stage) -> None:
    election = stage.nominating()
    nomination = stage.seconded(election, "alpha", by="beta", seconders="gamma")
    letter = by_letter(stage, "seconding", "delta", election=election.slug, city="alpha")
    nomination.refresh_from_db()
    assert nomination.state == "seconded"
    contested(stage, letter)
    with records(
        "city:delta letter.struck",
        "election:2018-chair nomination.support_struck",
        "election:2018-chair nomination.support_lost",
    ):
        strike_letter(letter=letter, answer="Struck.", actor=stage.registrar, now=at(11))
    nomination.refresh_from_db()
    assert nomination.state == "proposed"
    assert Seconding.objects.count() == 2
    (shown,) = nominations_of(election=election)
    assert [each.city.slug for each in shown.secondings.all()] == ["gamma"]
    assert audit.verify() == []
    for column, value in (("struck_at", at(12)), ("ground", "letter:another")):
        row = StruckSeconding.objects.values(column).get()
        StruckSeconding.objects.update(**{column: value})
        assert {finding.where for finding in audit.verify()} == {"2018-chair/alpha/delta"}
        StruckSeconding.objects.update(**row)
    assert audit.verify() == []


def test_a_struck_seconding_that_was_not_needed_changes_nothing_else(stage: Stage) -> None:
    election = stage.nominating()
    stage.seconded(election, "alpha", by="beta", seconders="gamma epsilon")
    letter = by_letter(stage, "seconding", "delta", election=election.slug, city="alpha")
    contested(stage, letter)
    strike_letter(letter=letter, answer="Struck.", actor=stage.registrar, now=at(11))
    assert states(election) == {"alpha": "seconded"}
    assert audit.verify() == []


def test_a_struck_acceptance_leaves_no_candidate_and_not_in_an_open_round(stage: Stage) -> None:
    election = stage.race("beta", "gamma")
    stage.seconded(election, "alpha", by="beta", seconders="gamma delta")
    letter = by_letter(stage, "acceptance", "alpha", election=election.slug)
    contested(stage, letter)
    stage.open_round(election, minute=12)
    with refused("round_open", WrongState):
        strike_letter(letter=letter, answer="Struck.", actor=stage.registrar, now=at(13))
    letter.refresh_from_db()
    assert letter.state == "contested"


def test_a_struck_nomination_is_withdrawn(stage: Stage) -> None:
    election = stage.nominating()
    letter = by_letter(stage, "nomination", "beta", election=election.slug, city="alpha")
    contested(stage, letter)
    with records("city:beta letter.struck", "election:2018-chair nomination.withdrawn"):
        strike_letter(letter=letter, answer="Struck.", actor=stage.officer, now=at(11))
    assert states(election) == {"alpha": "withdrawn"}
    assert audit.verify() == []
