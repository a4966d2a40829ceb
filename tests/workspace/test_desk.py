"""The desk: what waits for a city, its ballot and its nominations; nobody else's."""

from __future__ import annotations

from datetime import date

import pytest

from members.services.mandates import end_mandate
from resolutions.models import Ballot, Nomination, Seconding
from resolutions.services.elections import close_round
from resolutions.services.votes import close_vote
from secretariat.workspace.views import desk
from tests.factories import UserFactory, city_person, office_person
from tests.resolutions.stage import BYLAWS_RULES, Stage, at
from tests.resolutions.standing import stands
from tests.workspace.conftest import found
from tests.workspace.hands import acts_on, minute, queries, signed_in, url

pytestmark = pytest.mark.django_db
standing_stage, _django_db_helper, stage = stands("assembly", on=found)


# arriving


def test_each_kind_of_person_arrives_where_they_work(stage: Stage) -> None:
    with minute(0):
        office = signed_in(stage.secretary).get(url("arrive"))
        city = signed_in(stage.delegates["alpha"]).get(url("arrive"))
        nobody = signed_in(UserFactory()).get(url("arrive"))
    assert (office.status_code, office["Location"]) == (302, "/ko/office/")
    assert (city.status_code, city["Location"]) == (302, "/ko/desk/")
    assert (nobody.status_code, nobody["Location"]) == (302, "/ko/")


def test_one_city_leads_to_its_desk_and_several_are_chosen_from(stage: Stage) -> None:
    person = stage.delegates["alpha"]
    with minute(0):
        assert signed_in(person).get(url("desk"))["Location"] == "/ko/desk/alpha/"
        city_person("observer", city=stage.cities["beta"], person=person)
        page = signed_in(person).get(url("desk"))
    assert page.status_code == 200
    assert [city.slug for city, _roles in page.context["cities"]] == ["alpha", "beta"]


def test_nobody_sees_another_citys_desk(stage: Stage) -> None:
    vote = stage.open_vote()
    election = stage.nominating()
    client = signed_in(stage.delegates["alpha"])
    with minute(2):
        pages = [
            client.get(url("city_desk", "beta")),
            client.get(url("ballot", "beta", vote.slug)),
            client.post(url("ballot", "beta", vote.slug), {"choice": "for"}),
            client.get(url("ballot_text", "beta", vote.slug)),
            client.get(url("nominations", "beta", election.slug)),
            client.get(url("city_desk", "nowhere")),
            signed_in(stage.secretary).get(url("city_desk", "beta")),
        ]
    assert [page.status_code for page in pages] == [404] * 7
    assert Ballot.objects.count() == 0


def test_a_mandate_that_ended_opens_nothing(stage: Stage) -> None:
    vote = stage.open_vote()
    person = stage.delegates["alpha"]
    end_mandate(
        mandate=person.mandates.get(),
        ends_at=at(2),
        reason="recalled",
        actor=stage.registrar,
        now=at(1),
    )
    client = signed_in(person)
    with minute(3):
        assert client.get(url("desk")).status_code == 404
        assert client.get(url("city_desk", "alpha")).status_code == 404
        assert client.get(url("ballot", "alpha", vote.slug)).status_code == 404


# what waits


def test_an_open_vote_waits_until_the_city_has_voted(stage: Stage) -> None:
    vote = stage.open_vote()
    client = signed_in(stage.delegates["alpha"])
    with minute(2):
        before = client.get(url("city_desk", "alpha")).context["desk"]
        stage.cast(vote, alpha="for")
        after = client.get(url("city_desk", "alpha")).context["desk"]
    assert [seat.vote.slug for seat in before.waiting_ballots] == [vote.slug]
    assert before.cast_ballots == ()
    assert after.waiting_ballots == ()
    assert [seat.vote.slug for seat in after.cast_ballots] == [vote.slug]
    assert after.attending.since == at(-29)


def test_a_decision_stands_with_what_the_city_said(stage: Stage) -> None:
    vote = stage.open_vote()
    stage.cast(vote, alpha="against")
    close_vote(vote=vote, actor=stage.officer, now=at(3))
    with minute(4):
        page = signed_in(stage.delegates["alpha"]).get("/en/desk/alpha/")
    assert [(seat.vote.slug, words) for seat, words in page.context["decided"]] == [
        (vote.slug, "Against")
    ]


def test_nominations_wait_for_seconders_and_for_the_nominated(stage: Stage) -> None:
    election = stage.nominating()
    stage.nomination(election, "alpha", by="beta")
    stage.seconded(election, "gamma", by="delta", seconders="epsilon zeta")

    def waiting(city: str) -> list[str]:
        page = signed_in(stage.delegates[city]).get(f"/en/desk/{city}/")
        return [item["title"] for item in page.context["waiting"]]

    open_now = "Nominations are open: Election of the chair city"
    with minute(4):
        assert waiting("alpha") == [open_now]
        assert waiting("gamma") == [
            "Second the nomination of Alpha",
            "Accept the nomination: Election of the chair city",
            open_now,
        ]
        assert waiting("zeta") == ["Second the nomination of Alpha", open_now]


def test_an_observer_sees_the_desk_and_is_asked_for_nothing(stage: Stage) -> None:
    vote = stage.open_vote()
    election = stage.nominating()
    observer = city_person("observer", city=stage.cities["alpha"])
    client = signed_in(observer)
    with minute(4):
        assert client.get(url("city_desk", "alpha")).context["waiting"] == []
        page = client.get(url("ballot", "alpha", vote.slug))
        refused = client.post(url("ballot", "alpha", vote.slug), {"choice": "for"})
        nominations = client.get(url("nominations", "alpha", election.slug))
    assert 'name="choice"' not in page.content.decode()
    assert refused.status_code == 403
    assert nominations.context["form"] is None
    assert Ballot.objects.count() == 0


# the ballot


def test_a_delegate_votes_and_changes_the_vote_while_it_is_open(stage: Stage) -> None:
    vote = stage.open_vote()
    client = signed_in(stage.delegates["alpha"])
    address = f"/en/desk/alpha/votes/{vote.slug}/"
    with minute(2):
        first = client.post(address, {"choice": "for"})
        shown = client.get(address).content.decode()
        client.post(address, {"choice": "abstain"})
    assert (first.status_code, first["Location"]) == (302, address)
    assert "The vote of Alpha is cast: For." in shown
    assert "Change the vote" in shown
    ballot = Ballot.objects.get()
    assert (ballot.seat.city.slug, ballot.option.key, ballot.times_cast, ballot.cast_role) == (
        "alpha",
        "abstain",
        2,
        "head",
    )


def test_an_empty_ballot_is_refused_with_the_reason(stage: Stage) -> None:
    vote = stage.open_vote()
    with minute(2):
        page = signed_in(stage.delegates["alpha"]).post(f"/en/desk/alpha/votes/{vote.slug}/", {})
    assert page.status_code == 422
    assert page.context["form"].errors == {"choice": ["Choose one of the answers on the ballot."]}
    assert Ballot.objects.count() == 0


def test_who_is_not_recorded_as_present_is_told_and_cannot_vote(stage: Stage) -> None:
    vote = stage.open_vote()
    stage.leaves("zeta", minute=1)
    client = signed_in(stage.delegates["zeta"])
    with minute(2):
        page = client.get(f"/en/desk/zeta/votes/{vote.slug}/")
        refused = client.post(f"/en/desk/zeta/votes/{vote.slug}/", {"choice": "for"})
    assert "Your city is not recorded as present and cannot vote." in page.content.decode()
    assert refused.status_code == 409
    assert "A city that is not recorded as present cannot vote." in refused.content.decode()


def test_a_closed_vote_shows_its_result_and_takes_no_ballot(stage: Stage) -> None:
    vote = stage.open_vote()
    stage.cast(vote, alpha="for", beta="for", gamma="against")
    close_vote(vote=vote, actor=stage.officer, now=at(3))
    client = signed_in(stage.delegates["alpha"])
    with minute(4):
        page = client.get(f"/en/desk/alpha/votes/{vote.slug}/")
        refused = client.post(f"/en/desk/alpha/votes/{vote.slug}/", {"choice": "against"})
    assert page.context["result"].outcome == "adopted"
    assert "The vote of Alpha: For" in page.content.decode()
    assert refused.status_code == 409
    assert Ballot.objects.get(seat__city__slug="alpha").option.key == "for"


def test_the_count_of_voters_and_the_quorum_are_of_this_moment(stage: Stage) -> None:
    vote = stage.open_vote()
    stage.cast(vote, alpha="for", beta="for")
    stage.leaves("zeta", minute=3)
    with minute(4):
        paper = (
            signed_in(stage.delegates["alpha"]).get(url("ballot", "alpha", vote.slug))
        ).context["paper"]
    assert (paper.voted, paper.here, paper.quorum.present, paper.quorum.needed) == (2, 5, 5, 4)


def test_a_prepared_vote_is_not_on_the_desk(stage: Stage) -> None:
    vote = stage.prepared()
    with minute(1):
        page = signed_in(stage.delegates["alpha"]).get(url("ballot", "alpha", vote.slug))
    assert page.status_code == 404


def test_the_text_on_the_table_can_be_read_before_voting(stage: Stage) -> None:
    instrument = stage.tabled("office")
    vote = stage.open_vote(instrument=instrument)
    with minute(2):
        page = signed_in(stage.delegates["alpha"]).get(url("ballot_text", "alpha", vote.slug))
    assert page.status_code == 200
    assert "en art1" in page.content.decode()
    assert vote.text_sha256[:8] in page.content.decode()


# nominations


def test_a_city_is_proposed_seconded_and_accepts_from_the_desk(stage: Stage) -> None:
    election = stage.nominating()

    def post(by: str, **data: str) -> int:
        address = f"/en/desk/{by}/elections/{election.slug}/"
        return signed_in(stage.delegates[by]).post(address, data).status_code

    with minute(5):
        assert post("beta", act="nominate", city="alpha", statement_en="Because.") == 302
        assert post("gamma", act="second", nomination="alpha") == 302
        assert post("delta", act="second", nomination="alpha") == 302
        assert post("alpha", act="accept", nomination="alpha") == 302
    nomination = Nomination.objects.get()
    assert (nomination.city.slug, nomination.nominated_by.slug, nomination.state) == (
        "alpha",
        "beta",
        "accepted",
    )
    assert nomination.statements.as_dict() == {"en": "Because."}
    assert sorted(Seconding.objects.values_list("city__slug", flat=True)) == ["delta", "gamma"]


def test_each_city_sees_only_what_it_can_do(stage: Stage) -> None:
    election = stage.nominating()
    stage.seconded(election, "alpha", by="beta", seconders="gamma delta")

    def offered(city: str) -> list[str]:
        page = signed_in(stage.delegates[city]).get(url("nominations", city, election.slug))
        return acts_on(page)

    with minute(5):
        assert offered("alpha") == ["accept", "withdraw", "nominate"]
        assert offered("beta") == ["nominate"]
        assert offered("gamma") == ["nominate"]
        assert offered("epsilon") == ["second", "nominate"]


def test_of_many_cities_one_is_found_by_its_name(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "MOST_IN_A_LIST", 2)
    election = stage.nominating()
    client = signed_in(stage.delegates["beta"])
    address = f"/en/desk/beta/elections/{election.slug}/"

    def offered(words: str) -> list[str]:
        form = client.get(address, {"q": words}).context["form"]
        return [slug for slug, _name in form.fields["city"].choices if slug]

    alpha = stage.cities["alpha"]
    with minute(5):
        assert 'name="city"' not in client.get(address).content.decode()
        assert offered("no such name") == []
        assert offered(alpha.name_in("ko")) == ["alpha"]
        assert offered(alpha.name_in("en").upper()) == ["alpha"]
        assert offered(alpha.code.lower()) == ["alpha"]
        assert len(offered("a")) == 2
        sent = {"act": "nominate", "city": "alpha", "statement_en": "Because."}
        assert client.post(address, sent | {"city": "no-such"}).status_code == 422
        assert client.post(address, sent).status_code == 302
    assert Nomination.objects.get().city == alpha


def test_where_a_rule_forbids_it_the_own_city_is_not_offered(stage: Stage) -> None:
    rules = {**BYLAWS_RULES, "self_nomination": ("not_allowed", "art6")}
    stage.adopted("later-bylaws", "bylaws", rules=rules, on=date(2018, 11, 20))
    election = stage.nominating()
    client = signed_in(stage.delegates["beta"])
    address = f"/en/desk/beta/elections/{election.slug}/"
    with minute(5):
        page = client.get(address)
        refused = client.post(address, {"act": "nominate", "city": "beta"})
    field = page.context["form"].fields["city"]
    assert sorted(slug for slug, _name in field.choices if slug) == sorted(
        set(stage.cities) - {"beta"}
    )
    sentence = "A city cannot nominate itself (Article 6). Another city has to nominate it."
    assert sentence in page.content.decode()
    assert (refused.status_code, Nomination.objects.count()) == (422, 0)
    assert sentence in refused.content.decode()


def test_without_such_a_rule_a_city_proposes_itself(stage: Stage) -> None:
    election = stage.nominating()
    client = signed_in(stage.delegates["beta"])
    address = f"/en/desk/beta/elections/{election.slug}/"
    with minute(5):
        choices = dict(client.get(address).context["form"].fields["city"].choices)
        assert client.post(address, {"act": "nominate", "city": "beta"}).status_code == 302
    assert "beta" in choices
    assert Nomination.objects.get().nominated_by == stage.cities["beta"]


def test_a_refused_proposal_keeps_what_was_typed(stage: Stage) -> None:
    election = stage.nominating()
    stage.nomination(election, "alpha", by="beta")
    address = f"/en/desk/gamma/elections/{election.slug}/"
    with minute(5):
        page = signed_in(stage.delegates["gamma"]).post(
            address, {"act": "nominate", "city": "alpha", "statement_en": "What was typed."}
        )
    assert page.status_code == 409
    assert "This city is nominated already." in page.content.decode()
    assert "What was typed." in page.content.decode()


def test_nobody_withdraws_while_a_round_is_open(stage: Stage) -> None:
    election = stage.race("alpha", "beta")
    stage.open_round(election)
    address = f"/en/desk/alpha/elections/{election.slug}/"
    client = signed_in(stage.delegates["alpha"])
    with minute(6):
        page = client.get(address)
        refused = client.post(address, {"act": "withdraw", "nomination": "alpha"})
    assert acts_on(page) == []
    assert "Nobody withdraws while a round is open." in page.content.decode()
    assert refused.status_code == 409


def test_the_ballot_of_a_round_names_the_candidates(stage: Stage) -> None:
    election = stage.race("alpha", "beta")
    vote = stage.open_round(election)
    client = signed_in(stage.delegates["gamma"])
    with minute(6):
        page = client.get(f"/en/desk/gamma/votes/{vote.slug}/")
        client.post(f"/en/desk/gamma/votes/{vote.slug}/", {"choice": "beta"})
    assert list(page.context["form"].fields["choice"].choices) == [
        ("alpha", "Alpha"),
        ("beta", "Beta"),
        ("abstain", "Abstain"),
    ]
    assert Ballot.objects.get().option.key == "beta"


def test_a_closed_round_shows_the_seats_with_their_candidates(stage: Stage) -> None:
    election = stage.race("alpha", "beta")
    vote = stage.open_round(election)
    stage.cast(vote, 6, alpha="alpha", beta="beta", gamma="beta", delta="beta")
    close_round(election=election, actor=stage.officer, now=at(7))
    with minute(8):
        page = signed_in(stage.delegates["alpha"]).get(f"/en/desk/alpha/votes/{vote.slug}/")
    field = page.context["field"]
    assert [(group.label, len(group.seats)) for group in field.groups] == [
        ("Alpha", 1),
        ("Beta", 3),
        ("Did not vote", 2),
    ]


# cost


def test_the_desk_costs_the_same_with_one_vote_and_with_many(stage: Stage) -> None:
    client = signed_in(stage.delegates["alpha"])
    stage.open_vote()
    with minute(2):
        one = queries(client, url("city_desk", "alpha"))
    for _ in range(4):
        vote = stage.open_vote()
        stage.cast(vote, beta="for")
    for _ in range(3):
        closed = stage.open_vote()
        stage.cast(closed, alpha="for")
        close_vote(vote=closed, actor=stage.officer, now=at(3))
    for role in ("alternate", "editor", "observer"):
        city_person(role, city=stage.cities["alpha"])
    office_person("librarian")
    with minute(4):
        many = queries(client, url("city_desk", "alpha"))
    assert many <= one + 1  # the names of candidates on ballots that were cast
