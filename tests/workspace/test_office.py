"""The office: each role sees its own acts, every act is one service, refusals are said."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from resolutions.models import Assembly, AttendanceAct, Edition, Election, Instrument, Vote
from resolutions.selectors.seats import cities_present
from resolutions.services.elections import close_round
from resolutions.services.votes import close_vote
from tests.factories import UserFactory, office_person
from tests.resolutions.stage import Stage, at
from tests.resolutions.standing import stands
from tests.workspace.conftest import found
from tests.workspace.hands import acts_on, minute, queries, signed_in, url

pytestmark = pytest.mark.django_db
standing_stage, _django_db_helper, stage = stands(on=found)


# who sees what


def test_city_people_and_strangers_find_no_office(stage: Stage) -> None:
    vote = stage.open_vote()
    addresses = [
        url("office"),
        url("console", "2018-autumn"),
        url("attendance", "2018-autumn"),
        url("vote", vote.slug),
        url("hall", vote.slug),
        url("texts"),
        url("convene"),
    ]
    with minute(2):
        delegate = signed_in(stage.delegates["alpha"])
        assert [delegate.get(address).status_code for address in addresses] == [404] * 7
        stranger = signed_in(UserFactory())
        assert [stranger.get(address).status_code for address in addresses] == [404] * 7


def test_each_role_sees_only_its_own_acts(stage: Stage) -> None:
    stage.open_vote()
    address = url("console", stage.assembly.slug)
    attendance = url("attendance", stage.assembly.slug)
    with minute(2):
        shown = {
            role: (
                acts_on(signed_in(person).get(address)),
                acts_on(signed_in(person).get(attendance)),
            )
            for role, person in {
                "secretary_general": stage.secretary,
                "returning_officer": stage.officer,
                "registrar": stage.registrar,
                "librarian": office_person("librarian"),
                "auditor": stage.auditor,
            }.items()
        }
    recording = ["arrivals", "departure", "correction"]
    assert shown == {
        "secretary_general": (["pass_the_chair"], ["departure", "correction"]),
        "returning_officer": ([], ["departure", "correction"]),
        "registrar": ([], ["departure", "correction"]),
        "librarian": ([], []),
        "auditor": ([], []),
    }
    stage.leaves("zeta", minute=3)
    with minute(4):
        assert acts_on(signed_in(stage.registrar).get(attendance)) == recording


def test_the_auditor_reads_everything_and_changes_nothing(stage: Stage) -> None:
    vote = stage.open_vote()
    election = stage.race("alpha", "beta")
    text = stage.drafted("office")
    client = signed_in(stage.auditor)
    with minute(5):
        for address in (
            url("console", stage.assembly.slug),
            url("attendance", stage.assembly.slug),
            url("vote", vote.slug),
            url("election", election.slug),
            url("text", text.slug),
        ):
            page = client.get(address)
            assert (page.status_code, acts_on(page)) == (200, [])
        refused = [
            client.post(url("vote", vote.slug), {"act": "close"}),
            client.post(url("console", stage.assembly.slug), {"act": "close"}),
            client.post(url("election", election.slug), {"act": "open_round"}),
            client.post(url("text", text.slug), {"act": "table"}),
            client.post(
                url("attendance", stage.assembly.slug), {"act": "departure", "left": "alpha"}
            ),
        ]
        hidden = [
            client.get(url("convene")),
            client.get(url("prepare_vote", stage.assembly.slug)),
            client.get(url("announce_election", stage.assembly.slug)),
            client.get(url("import_text")),
        ]
    assert [page.status_code for page in refused] == [403] * 5
    assert [page.status_code for page in hidden] == [404] * 4
    vote.refresh_from_db()
    assert vote.state == "open"


def test_an_unknown_act_is_a_bad_request(stage: Stage) -> None:
    with minute(0):
        page = signed_in(stage.secretary).post(
            url("console", stage.assembly.slug), {"act": "abolish"}
        )
    assert page.status_code == 400


# assemblies


def convocation(**changes: str) -> dict[str, str]:
    return {
        "title_ko": "정기총회",
        "title_en": "Ordinary assembly",
        "slug": "2019-ordinary",
        "kind": "ordinary",
        "host_city": "alpha",
        "starts_at": "2019-06-03T10:00",
        "ends_at": "2019-06-03T17:00",
        "place_ko": "시청",
        "agenda-TOTAL_FORMS": "2",
        "agenda-INITIAL_FORMS": "0",
        "agenda-0-title_ko": "개회",
        "agenda-0-title_en": "Opening",
        "agenda-0-kind": "opening",
        "agenda-1-title_ko": "",
        **changes,
    }


def test_the_secretary_general_convenes_an_assembly(stage: Stage) -> None:
    _ = stage.bylaws, stage.cities
    with minute(0):
        page = signed_in(stage.secretary).post(url("convene"), convocation())
    assembly = Assembly.objects.get()
    assert (page.status_code, page["Location"]) == (302, url("console", "2019-ordinary"))
    assert (assembly.state, assembly.kind, assembly.host_city.slug) == (
        "convened",
        "ordinary",
        "alpha",
    )
    assert assembly.starts_at.isoformat() == "2019-06-03T01:00:00+00:00"
    assert assembly.titles.as_dict() == {"ko": "정기총회", "en": "Ordinary assembly"}
    assert [item.titles.as_dict() for item in assembly.agenda.all()] == [
        {"ko": "개회", "en": "Opening"}
    ]


def test_a_notice_too_short_is_refused_and_what_was_typed_stays(stage: Stage) -> None:
    _ = stage.bylaws, stage.cities
    typed = convocation(starts_at="2018-12-13T10:00", ends_at="2018-12-13T17:00")
    with minute(0):
        page = signed_in(stage.secretary).post("/en/office/assemblies/convene/", typed)
    shown = page.content.decode()
    assert page.status_code == 409
    assert "The notice is shorter than the bylaws require." in shown
    assert 'value="2018-12-13T10:00"' in shown
    assert 'value="Opening"' in shown
    assert Assembly.objects.count() == 0


def test_room_for_more_items_keeps_what_was_typed(stage: Stage) -> None:
    _ = stage.cities
    with minute(0):
        page = signed_in(stage.secretary).post(url("convene"), convocation(more="1"))
    assert page.status_code == 200
    assert len(page.context["agenda"].forms) == 4
    assert 'value="Opening"' in page.content.decode()
    assert Assembly.objects.count() == 0


def test_an_assembly_is_opened_and_closed_from_its_console(stage: Stage) -> None:
    assembly = stage.convened()
    client = signed_in(stage.secretary)
    address = url("console", assembly.slug)
    with minute(0):
        before = client.get(address)
        client.post(address, {"act": "open"})
        opened = client.get(address)
        client.post(address, {"act": "close"})
    assembly.refresh_from_db()
    assert acts_on(before) == ["open", "cancel"]
    assert acts_on(opened) == ["close", "pass_the_chair"]
    assert assembly.state == "closed"


def test_an_open_vote_keeps_the_assembly_open_and_says_so(stage: Stage) -> None:
    stage.open_vote()
    with minute(2):
        page = signed_in(stage.secretary).post(
            "/en/office/assemblies/2018-autumn/", {"act": "close"}
        )
    assert page.status_code == 409
    assert "A vote is still open. Close it first." in page.content.decode()


def test_the_chair_is_passed_to_another_city(stage: Stage) -> None:
    assembly = stage.assembly
    client = signed_in(stage.secretary)
    address = url("console", assembly.slug)
    with minute(0):
        nobody = client.post(address, {"act": "pass_the_chair", "city": ""})
        client.post(address, {"act": "pass_the_chair", "city": "beta"})
    assembly.refresh_from_db()
    assert nobody.status_code == 422
    assert assembly.presiding_city.slug == "beta"


def test_arrivals_departures_and_corrections_are_recorded(stage: Stage) -> None:
    assembly = stage.opened(present=["alpha"])
    client = signed_in(stage.registrar)
    address = url("attendance", assembly.slug)
    with minute(0):
        several = {"act": "arrivals", "cities": ["beta", "gamma"], "mode": "online"}
        assert client.post(address, several).status_code == 302
        assert client.post(address, {"act": "departure", "left": "alpha"}).status_code == 302
        no_reason = client.post(address, {"act": "correction", "number": "4", "reason": ""})
        correction = {"act": "correction", "number": "4", "reason": "It only left the room."}
        assert client.post(address, correction).status_code == 302
    rows = AttendanceAct.objects.order_by("number")
    assert [(row.number, row.city.slug, row.kind, row.mode, row.reason) for row in rows] == [
        (1, "alpha", "arrived", "in_person", ""),
        (2, "beta", "arrived", "online", ""),
        (3, "gamma", "arrived", "online", ""),
        (4, "alpha", "left", "", ""),
        (5, "alpha", "corrected", "", "It only left the room."),
    ]
    assert no_reason.status_code == 422
    assert cities_present(assembly=assembly, now=at(1)) == {"alpha", "beta", "gamma"}


def test_the_console_says_what_the_quorum_still_needs(stage: Stage) -> None:
    stage.opened(present=["alpha", "beta"])
    with minute(0):
        page = signed_in(stage.registrar).get("/en/office/assemblies/2018-autumn/")
    assert [step.text for step in page.context["steps"]] == [
        "There is no quorum: 2 more seats have to be present before a vote opens."
    ]
    assert page.context["field"].quorum.needed == 4


# votes


def test_a_vote_goes_from_the_agenda_to_the_adopted_published_text(stage: Stage) -> None:
    stage.tabled("office")
    assembly = stage.assembly
    officer, secretary = signed_in(stage.officer), signed_in(stage.secretary)
    with minute(1):
        form = officer.get(url("prepare_vote", assembly.slug) + "?item=1").context["form"]
        assert form.initial["title_en"] == "A text"
        made = officer.post(
            url("prepare_vote", assembly.slug),
            {
                "agenda_item": "1",
                "instrument": "office",
                "title_ko": "사무소",
                "title_en": "The office",
                "question_ko": "채택하시겠습니까?",
                "question_en": "Shall it be adopted?",
                "mode": "roll_call",
                "majority_rule": "majority_ordinary",
            },
        )
        vote = Vote.objects.get()
        address = url("vote", vote.slug)
        assert made["Location"] == address
        assert acts_on(officer.get(address)) == ["open"]
        assert officer.post(address, {"act": "open"}).status_code == 302
    stage.cast(vote, alpha="for", beta="for", gamma="against")
    with minute(3):
        page = officer.get(address)
        assert acts_on(page) == ["close", "annul"]
        assert [city.slug for city in page.context["missing"]] == ["delta", "epsilon", "zeta"]
        officer.post(address, {"act": "close"})
        assert acts_on(officer.get(address)) == ["annul"]
        assert acts_on(secretary.get(address)) == ["adopt", "annul"]
        assert [act.name for act in secretary.get(url("console", assembly.slug)).context["acts"]][
            :1
        ] == ["adopt"]
        secretary.post(address, {"act": "adopt"})
        assert acts_on(secretary.get(address)) == ["publish"]
        secretary.post(url("console", assembly.slug), {"act": "publish", "edition": _edition_key()})
    edition = Edition.objects.get(instrument__slug="office")
    assert (edition.number, edition.decision, hasattr(edition, "publication")) == (1, vote, True)


def _edition_key() -> str:
    return str(Edition.objects.get(instrument__slug="office").pk)


def test_a_vote_without_quorum_is_not_opened_and_the_page_says_why(stage: Stage) -> None:
    assembly = stage.opened(present=["alpha", "beta"])
    vote = stage.prepared(assembly=assembly)
    client = signed_in(stage.officer)
    address = f"/en/office/votes/{vote.slug}/"
    with minute(1):
        page = client.get(address)
        refused = client.post(address, {"act": "open"})
    assert "There is no quorum, so the vote cannot be opened." in page.content.decode()
    assert acts_on(page) == []
    assert refused.status_code == 409
    assert "at least 4" in refused.content.decode()


def test_a_consensus_is_settled_with_its_objections(stage: Stage) -> None:
    vote = stage.open_vote(mode="consensus")
    client = signed_in(stage.officer)
    with minute(2):
        page = client.get(url("vote", vote.slug))
        client.post(url("vote", vote.slug), {"act": "consensus", "objections": ["beta"]})
    vote.refresh_from_db()
    assert acts_on(page) == ["consensus", "annul"]
    assert (vote.state, vote.result.outcome) == ("closed", "rejected")


def test_a_vote_is_annulled_with_a_reason_only(stage: Stage) -> None:
    vote = stage.open_vote()
    stage.cast(vote, alpha="for")
    close_vote(vote=vote, actor=stage.officer, now=at(3))
    client = signed_in(stage.secretary)
    with minute(4):
        empty = client.post(url("vote", vote.slug), {"act": "annul", "reason": ""})
        client.post(url("vote", vote.slug), {"act": "annul", "reason": "Wrong question read out."})
    vote.refresh_from_db()
    assert empty.status_code == 422
    assert (vote.state, vote.annulled_because) == ("annulled", "Wrong question read out.")


def test_the_hall_renews_itself_while_the_vote_is_open_and_says_no_choice(stage: Stage) -> None:
    vote = stage.open_vote()
    stage.cast(vote, alpha="for")
    client = signed_in(stage.officer)
    with minute(2):
        running = client.get(url("hall", vote.slug))
        still = client.get(url("hall", vote.slug) + "?still")
        close_vote(vote=vote, actor=stage.officer, now=at(2))
        over = client.get(url("hall", vote.slug))
    marks = {seat.code: str(seat.mark) for seat in running.context["field"].seats}
    assert running["Refresh"] == "5"
    assert "Refresh" not in still
    assert "Refresh" not in over
    assert marks == {"AAA": "voted"} | dict.fromkeys(
        ("BBB", "CCC", "DDD", "EEE", "FFF"), "not_voted"
    )


# elections


def test_an_election_is_run_from_its_page_to_the_signed_certificate(stage: Stage) -> None:
    assembly = stage.assembly
    officer, secretary = signed_in(stage.officer), signed_in(stage.secretary)
    with minute(0):
        made = officer.post(
            url("announce_election", assembly.slug),
            {"title_ko": "의장도시 선거", "title_en": "Chair", "slug": "2018-chair"},
        )
    address = url("election", "2018-chair")
    assert made["Location"] == address
    election = Election.objects.get()
    with minute(1):
        assert acts_on(officer.get(address)) == ["open_nominations", "end"]
        officer.post(address, {"act": "open_nominations"})
    for city, by, seconders in (
        ("alpha", "beta", "gamma delta"),
        ("zeta", "epsilon", "beta gamma"),
    ):
        nomination = stage.seconded(election, city, by=by, seconders=seconders)
        with minute(4):
            signed_in(stage.delegates[city]).post(
                url("nominations", city, "2018-chair"),
                {"act": "accept", "nomination": nomination.city.slug},
            )
    with minute(5):
        assert acts_on(officer.get(address)) == ["open_round", "end"]
        officer.post(address, {"act": "open_round"})
        assert acts_on(officer.get(address)) == ["close_round"]
        assert acts_on(secretary.get(address)) == []
    round_ = Vote.objects.get()
    stage.cast(round_, 6, alpha="alpha", beta="alpha", gamma="alpha", zeta="zeta")
    with minute(7):
        officer.post(address, {"act": "close_round"})
        page = officer.get(address)
        assert acts_on(page) == ["draw_up"]
        assert page.context["last"].elected == "alpha"
        officer.post(address, {"act": "draw_up"})
        officer.post(address, {"act": "sign"})
        assert acts_on(officer.get(address)) == []
        assert acts_on(secretary.get(address)) == ["sign"]
        signed = secretary.post(address, {"act": "sign"})
        assert signed.status_code == 302, signed.context["refusal"]
    election.refresh_from_db()
    assert (election.state, election.elected) == ("certified", stage.cities["alpha"])


def test_an_election_ends_without_a_result_for_a_reason(stage: Stage) -> None:
    election = stage.nominating()
    client = signed_in(stage.officer)
    address = url("election", election.slug)
    with minute(5):
        empty = client.post(address, {"act": "end", "reason": ""})
        client.post(address, {"act": "end", "reason": "Nobody stands."})
    election.refresh_from_db()
    assert empty.status_code == 422
    assert election.state == "failed"


def test_a_single_candidate_is_declared_elected(stage: Stage) -> None:
    election = stage.race("alpha")
    client = signed_in(stage.officer)
    address = url("election", election.slug)
    with minute(5):
        page = client.get(address)
        client.post(address, {"act": "acclaim"})
    election.refresh_from_db()
    assert acts_on(page) == ["acclaim", "end"]
    assert (election.state, election.elected) == ("decided", stage.cities["alpha"])


def test_after_an_elimination_the_next_round_and_its_candidates_appear(stage: Stage) -> None:
    election = stage.race("alpha", "beta", "gamma")
    vote = stage.open_round(election)
    stage.cast(
        vote,
        6,
        alpha="alpha",
        beta="beta",
        gamma="gamma",
        delta="alpha",
        epsilon="beta",
        zeta="beta",
    )
    client = signed_in(stage.officer)
    with minute(7):
        client.post(f"/en/office/elections/{election.slug}/", {"act": "close_round"})
        page = client.get(f"/en/office/elections/{election.slug}/")
    assert page.context["last"].eliminated == "gamma"
    assert page.context["next_sentence"] == "The next round is among Alpha, Beta."
    assert "Open round 2" in page.content.decode()


def test_the_button_that_closes_asks_to_be_sure_while_seats_have_not_voted(stage: Stage) -> None:
    election = stage.race("alpha", "beta")
    vote = stage.open_round(election)
    client = signed_in(stage.officer)
    with minute(6):
        waiting = client.get(f"/en/office/elections/{election.slug}/").content.decode()
    stage.cast(vote, 6, **dict.fromkeys(stage.cities, "alpha"))
    with minute(7):
        complete = client.get(f"/en/office/elections/{election.slug}/").content.decode()
    assert "6 seats that are present have not voted. Close all the same." in waiting
    assert 'name="checked"' not in complete
    close_round(election=election, actor=stage.officer, now=at(8))


# texts

KOREAN = """시험 결의

제1조(목적) 이 결의는 시험을 위한 것이다.
제2조(시행) ① 오늘부터 시행한다.
② 사무국이 알린다.
"""


def upload(words: str, **changes: object) -> dict[str, object]:
    return {
        "slug": "trial",
        "kind": "resolution",
        "language": "ko",
        "title": "",
        "authentic": ["ko", "en"],
        "file": SimpleUploadedFile("trial.ko.txt", words.encode()),
        **changes,
    }


def test_an_import_is_shown_first_and_stored_when_confirmed(stage: Stage) -> None:
    client = signed_in(stage.secretary)
    with minute(0):
        preview = client.post(url("import_text"), upload(KOREAN))
        assert preview.status_code == 200
        assert Instrument.objects.count() == 0
        assert [row.key for row in preview.context["legal"].rows][:2] == ["art1", "art2"]
        stored = client.post(
            url("import_text"), {"act": "store", "sha256": preview.context["sha256"]}
        )
    text = Instrument.objects.get()
    assert stored["Location"] == url("text", "trial")
    assert (text.slug, text.state, text.authentic_languages) == ("trial", "draft", ["en", "ko"])


def test_importing_again_shows_what_would_change(stage: Stage) -> None:
    client = signed_in(stage.secretary)
    with minute(0):
        first = client.post(url("import_text"), upload(KOREAN))
        client.post(url("import_text"), {"act": "store", "sha256": first.context["sha256"]})
        again = client.post(
            "/en/office/texts/import/",
            upload("", file="", text=KOREAN.replace("오늘부터", "내일부터")),
        )
    assert again.context["changes"] == [
        {
            "change": "changed",
            "where": "제2조제1항",
            "old": "오늘부터 시행한다.",
            "new": "내일부터 시행한다.",
        }
    ]


def test_only_what_was_shown_is_stored(stage: Stage) -> None:
    client = signed_in(stage.secretary)
    with minute(0):
        client.post(url("import_text"), upload(KOREAN))
        other = client.post(url("import_text"), {"act": "store", "sha256": "0" * 64})
    assert other["Location"] == url("import_text")
    assert Instrument.objects.count() == 0


def test_a_file_that_cannot_be_read_is_refused_with_its_line(stage: Stage) -> None:
    twice = "결의\n\n제1조 하나.\n제1조 둘.\n"
    with minute(0):
        page = signed_in(stage.secretary).post("/en/office/texts/import/", upload(twice))
        not_text = signed_in(stage.secretary).post(
            url("import_text"), upload("", file=SimpleUploadedFile("x.txt", b"\xff\xfe\x00\x01"))
        )
    assert page.status_code == 422
    assert "line 4" in page.content.decode()
    assert not_text.status_code == 422
    assert Instrument.objects.count() == 0


def test_a_text_shows_the_way_to_its_draft_and_what_was_changed_last(stage: Stage) -> None:
    stage.drafted("office")
    client = signed_in(stage.secretary)
    with minute(0):
        page = client.get(url("text", "office"))
    shown = page.content.decode()
    assert url("draft", "office") in shown
    assert url("draft_provision", "office", "art1") in shown
    assert [(row["name"], row["provisions"]) for row in page.context["history"]] == [
        (stage.secretary.name, 9)
    ]


def test_a_text_is_tabled_taken_back_and_adopted_as_older_than_the_system(stage: Stage) -> None:
    stage.drafted("declaration", "declaration")
    client = signed_in(stage.secretary)
    address = url("text", "declaration")
    with minute(0):
        assert acts_on(client.get(address)) == ["table"]
        client.post(address, {"act": "table"})
        assert acts_on(client.get(address)) == ["take_back", "adopt_earlier"]
        client.post(address, {"act": "take_back", "reason": "a misprint"})
        client.post(address, {"act": "table"})
        client.post(
            address,
            {
                "act": "adopt_earlier",
                "basis": "Forum 2017",
                "adopted_on": "2017-09-06",
                "in_force_from": "2017-09-06",
            },
        )
        assert acts_on(client.get(address)) == ["publish"]
        client.post(address, {"act": "publish"})
    edition = Edition.objects.get()
    assert (edition.basis, edition.adopted_on.isoformat(), hasattr(edition, "publication")) == (
        "Forum 2017",
        "2017-09-06",
        True,
    )


# cost


def test_lists_cost_the_same_for_one_and_for_many(stage: Stage) -> None:
    client = signed_in(stage.secretary)
    stage.convened("assembly-0")
    stage.tabled("text-0")
    with minute(0):
        one = [queries(client, url("office")), queries(client, url("texts"))]
    for number in range(1, 8):
        stage.convened(f"assembly-{number}")
        stage.tabled(f"text-{number}")
    with minute(0):
        many = [queries(client, url("office")), queries(client, url("texts"))]
    assert many == one
    assert max(many) <= 18  # one for each kind of thing that can wait for the office


def test_the_console_costs_the_same_for_one_vote_and_for_many(stage: Stage) -> None:
    client = signed_in(stage.secretary)
    stage.open_vote(instrument=stage.tabled("text-0"))
    address = url("console", stage.assembly.slug)
    with minute(2):
        one = queries(client, address)
    for number in range(1, 6):
        stage.open_vote(instrument=stage.tabled(f"text-{number}"))
    with minute(2):
        assert queries(client, address) == one


def test_an_assembly_is_called_off_from_its_console_with_a_reason(stage: Stage) -> None:
    assembly = stage.convened()
    client = signed_in(stage.secretary)
    address = url("console", assembly.slug)
    with minute(-60):
        assert client.post(address, {"act": "cancel", "reason": ""}).status_code == 422
        assert client.post(address, {"act": "cancel", "reason": "태풍"}).status_code == 302
        page = client.get(address)
    assembly.refresh_from_db()
    assert assembly.state == "cancelled"
    assert acts_on(page) == []
