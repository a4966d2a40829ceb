"""Amendments on the desk and in the office: written, filed, joined, examined, voted, applied."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from resolutions.models import (
    Amendment,
    AmendmentSponsor,
    Edition,
    EditionRule,
    Vote,
    VotingOrder,
)
from resolutions.models.amendments import AmendmentState
from resolutions.rules.amending import written_against
from resolutions.rules.operations import Op, Operation, Words, operations_from_json
from resolutions.selectors.amendments import base_of, rules_touched
from resolutions.services.amendments import (
    draft_amendment,
    examine_amendment,
    file_amendment,
    join_amendment,
    review_rules,
)
from resolutions.services.texts import (
    RuleBinding,
    adopt_text,
    draft_text,
    publish_edition,
    table_text,
)
from resolutions.services.votes import close_vote, open_vote
from secretariat.workspace.selectors.waiting import waits_for_office
from tests.factories import city_person, office_person
from tests.resolutions.stage import Stage, at
from tests.resolutions.standing import stands
from tests.workspace.conftest import found
from tests.workspace.hands import acts_on, minute, queries, signed_in, url

pytestmark = pytest.mark.django_db
standing_stage, _django_db_helper, stage = stands("assembly", on=found)

NOTES = {"ko": "이유", "en": "Because"}


@pytest.fixture(autouse=True)
def _published(stage: Stage) -> None:
    publish_edition(edition=stage.bylaws, actor=stage.secretary, now=at(-90))


def drafted(stage: Stage, city: str = "alpha", **words: str) -> Amendment:
    """A draft of a city in which articles read otherwise: `art1="new words"`, in both languages."""
    made = draft_amendment(
        instrument=stage.bylaws.instrument,
        city=stage.cities[city],
        notes=NOTES,
        actor=stage.delegates[city],
        now=at(1),
    )
    if words:
        client = signed_in(stage.delegates[city])
        for key, text in words.items():
            answer = save(
                client, made, key, {f"text:{key}:{code}": f"{code} {text}" for code in ("ko", "en")}
            )
            assert answer.status_code == 302
        made.refresh_from_db()
    return made


def filed(stage: Stage, city: str = "alpha", **words: str) -> Amendment:
    return file_amendment(
        amendment=drafted(stage, city, **words), actor=stage.delegates[city], now=at(2)
    )


def admitted(stage: Stage, city: str = "alpha", **words: str) -> Amendment:
    made = filed(stage, city, **words)
    return examine_amendment(
        amendment=made, admitted=True, reasons=NOTES, actor=stage.secretary, now=at(3)
    )


def article_url(row: Amendment, key: str) -> str:
    return url("amend_article", row.proposer.slug, str(row.uuid), key)


def fields_of(page: HttpResponse) -> dict[str, Any]:
    """What the article's form would send back as it stands."""
    form = page.context["form"]
    data: dict[str, Any] = {name: form[name].value() or "" for name in form.fields}
    data = {name: value for name, value in data.items() if not name.startswith("strike:")}
    data.pop("renumber")
    return data | {"row": [row.token for row in form.rows]}


def save(
    client: Client, row: Amendment, key: str, changes: dict[str, Any], **more: Any
) -> HttpResponse:
    with minute(1):
        address = article_url(row, key)
        data = fields_of(client.get(address)) | changes | {"act": "save"} | more
        return client.post(address, data)


def substituting(stage: Stage, key: str) -> list[Operation]:
    """Other words for one provision, in both languages."""
    trees = base_of(instrument=stage.bylaws.instrument).trees
    words = {code: Words("", f"{code} other words") for code in trees}
    return [written_against(trees, Operation(op=Op.SUBSTITUTE, key=key, words=words))]


def reviewed(stage: Stage, *rows: Amendment) -> None:
    """The rules of the articles that they touch stay as they are."""
    for row in rows:
        bindings = [
            RuleBinding(rule.name, rule.value, rule.provision_key)
            for rule in rules_touched(amendment=row)
        ]
        review_rules(amendment=row, bindings=bindings, actor=stage.secretary, now=at(4))


def next_edition(stage: Stage, **words: str) -> Edition:
    """Edition 2, adopted elsewhere: articles read otherwise."""
    trees = base_of(instrument=stage.bylaws.instrument).trees
    changed = [
        replace(
            tree,
            provisions=tuple(
                replace(each, text=f"{code} {words[each.key]}") if each.key in words else each
                for each in tree.provisions
            ),
        )
        for code, tree in trees.items()
    ]
    doing: dict[str, Any] = {"actor": stage.secretary, "now": at(20)}
    instrument = draft_text(slug="bylaws", kind="bylaws", trees=changed, **doing)
    table_text(instrument=instrument, **doing)
    return adopt_text(instrument=instrument, vote=None, basis="elsewhere", **doing)


# who may


def test_a_draft_is_its_citys_alone(stage: Stage) -> None:
    made = drafted(stage, art1="new")
    own, other = signed_in(stage.delegates["alpha"]), signed_in(stage.delegates["beta"])
    paths = ("city_amendment", "amend_operations")
    with minute(2):
        for name in paths:
            assert own.get(url(name, "alpha", str(made.uuid))).status_code == 200
            assert other.get(url(name, "alpha", str(made.uuid))).status_code == 404
            assert other.get(url(name, "beta", str(made.uuid))).status_code == 404
        assert other.get(article_url(made, "art1")).status_code == 404
        office = signed_in(stage.secretary)
        assert office.get(url("city_amendment", "alpha", str(made.uuid))).status_code == 404
        listed = office.get(url("amendments", "bylaws"))
        assert listed.context["groups"] == []
        assert other.get(url("city_amendments", "beta")).context["others"] == []


def test_who_may_not_amend_reads_and_is_refused(stage: Stage) -> None:
    made = drafted(stage, art1="new")
    observer = signed_in(city_person("observer", city=stage.cities["alpha"]))
    with minute(2):
        page = observer.get(url("city_amendments", "alpha"))
        assert page.context["begin"] is None
        posted = observer.post(url("city_amendments", "alpha"), {"instrument": "bylaws"})
        assert posted.status_code == 403
        assert observer.get(article_url(made, "art1")).status_code == 404
        address = url("city_amendment", "alpha", str(made.uuid))
        assert acts_on(observer.get(address)) == []
        assert observer.post(address, {"act": "file"}).status_code == 403
    made.refresh_from_db()
    assert (made.state, Amendment.objects.count()) == (AmendmentState.DRAFT, 1)


def test_the_office_reads_and_only_the_right_officer_acts(stage: Stage) -> None:
    made = filed(stage, art1="new")
    address = url("office_amendment", "bylaws", "1")
    deed = {"act": "examine", "admitted": "yes", "reasons_ko": "좋음", "reasons_en": "Good"}
    with minute(3):
        for role in ("auditor", "librarian"):
            client = signed_in(office_person(role))
            page = client.get(address)
            assert (page.status_code, page.context["examine"]) == (200, None)
            assert client.post(address, deed).status_code == 403
        assert signed_in(stage.officer).post(address, deed).status_code == 403
        assert signed_in(stage.delegates["alpha"]).get(address).status_code == 404
        assert signed_in(stage.secretary).post(address, deed).status_code == 302
        assert (
            signed_in(stage.secretary).get(url("office_amendment", "bylaws", "9")).status_code
            == 404
        )
        assert signed_in(stage.secretary).get(url("amendments", "nowhere")).status_code == 404
    made.refresh_from_db()
    assert (made.state, made.reasons.as_dict()) == ("admitted", {"ko": "좋음", "en": "Good"})


# writing


def test_a_draft_is_begun_an_article_changed_and_what_changes_is_shown_first(stage: Stage) -> None:
    client = signed_in(stage.delegates["alpha"])
    with minute(1):
        begun = client.post(url("city_amendments", "alpha"), {"instrument": "bylaws"})
        made = Amendment.objects.get()
        assert begun["Location"] == url("city_amendment", "alpha", str(made.uuid))
        page = client.get(begun["Location"])
        assert [unit["name"] for unit in page.context["units"]][:2] == [
            "제1조 ko heading",
            "제2조 ko heading",
        ]
        address = article_url(made, "art1")
        data = fields_of(client.get(address)) | {
            "text:art1:ko": "ko art1 고침",
            "text:art1:en": "en art1 changed",
        }
        shown = client.post(address, data | {"act": "preview"})
        assert shown.status_code == 200
        columns = shown.context["preview"]["sentences"].columns
        said = {column.lang: column.lines for column in columns}
        assert (len(said["ko"]), len(said["en"])) == (1, 1)
        made.refresh_from_db()
        assert made.operations == []
        assert client.post(address, data | {"act": "save"}).status_code == 302
    made.refresh_from_db()
    (operation,) = operations_from_json(made.operations)
    assert (operation.op, operation.key) == (Op.SUBSTITUTE, "art1")
    assert {code: words.text for code, words in operation.words.items()} == {
        "ko": "ko art1 고침",
        "en": "en art1 changed",
    }


def test_a_paragraph_is_added_without_a_script_and_nothing_typed_is_lost(stage: Stage) -> None:
    made = drafted(stage)
    client = signed_in(stage.delegates["alpha"])
    address = article_url(made, "art2")
    with minute(1):
        typed = fields_of(client.get(address)) | {"text:art2.p1:en": "typed"}
        more = client.post(address, typed | {"add": "after:art2.p2"})
        data = fields_of(more)
        assert data["text:art2.p1:en"] == "typed"
        assert (data["row"][-1], more.context["added"]) == (
            "+|art2.p3|paragraph|3|art2|art2.p2",
            "art2.p3",
        )
        half = client.post(address, data | {"text:art2.p3:ko": "새 항", "act": "save"})
        assert half.status_code == 422
        assert list(half.context["form"].errors) == ["text:art2.p3:en"]
        assert fields_of(half)["text:art2.p3:ko"] == "새 항"
        new = {"text:art2.p3:ko": "새 항", "text:art2.p3:en": "A new one", "strike:art2.p1": "on"}
        done = client.post(address, data | new | {"renumber": "on", "act": "save"})
        assert done.status_code == 302
    made.refresh_from_db()
    ops = [(each.op, each.key, each.number) for each in operations_from_json(made.operations)]
    assert sorted(ops) == [
        (Op.DELETE, "art2.p1", ""),
        (Op.INSERT_AFTER, "art2.p3", "2"),
        (Op.RENUMBER, "art2.p2", "1"),
    ]


def test_a_form_with_rows_that_it_was_not_shown_is_refused(stage: Stage) -> None:
    made = drafted(stage)
    client = signed_in(stage.delegates["alpha"])
    with minute(1):
        for wrong in ({"row": ["art1", "art2"]}, {"row": ["art1"], "add": "after:art1"}):
            assert client.post(article_url(made, "art1"), wrong).status_code == 400
        for missing in ("art99", "art2.p1"):
            assert client.get(article_url(made, missing)).status_code == 404


def test_a_new_article_is_inserted_and_an_old_one_struck(stage: Stage) -> None:
    made = drafted(stage)
    client = signed_in(stage.delegates["alpha"])
    address = url("amend_insert", "alpha", str(made.uuid), "art1")
    with minute(1):
        page = client.get(address)
        data = fields_of(page)
        assert data["row"] == ["+|art1-2|article|1-2||art1"]
        assert client.post(address, data | {"act": "save"}).status_code == 422
        words = {
            "heading:art1-2:ko": "새 조",
            "heading:art1-2:en": "New",
            "text:art1-2:ko": "글",
            "text:art1-2:en": "Words",
        }
        assert client.post(address, data | words | {"act": "save"}).status_code == 302
        assert (
            client.get(url("amend_insert", "alpha", str(made.uuid), "art2.p1")).status_code == 404
        )
    assert save(client, made, "art3", {"strike:art3": "on"}).status_code == 302
    made.refresh_from_db()
    ops = [(each.op, each.key, each.number_kept) for each in operations_from_json(made.operations)]
    assert ops == [(Op.INSERT_AFTER, "art1-2", False), (Op.DELETE, "art3", True)]
    with minute(1):
        again = client.get(article_url(made, "art1-2"))
    assert fields_of(again)["text:art1-2:en"] == "Words"


def test_operation_by_operation(stage: Stage) -> None:
    made = drafted(stage, art1="new")
    client = signed_in(stage.delegates["alpha"])
    address = url("amend_operations", "alpha", str(made.uuid))
    with minute(1):
        page = client.get(address, {"op": "renumber", "key": "art7"})
        assert page.context["form"]["number"].value() == "7"
        add = {"act": "add", "op": "renumber", "key": "art7", "number": "8"}
        assert client.post(address, add).status_code == 302
        words = {"number": "3", "text_ko": "항", "text_en": "Paragraph"}
        insert = {"act": "add", "op": "insert_after", "key": "art2.p2"} | words
        assert client.post(address, insert).status_code == 302
        assert client.post(address, {"act": "add", "op": "fly", "key": "art1"}).status_code == 400
        empty = client.post(address, {"act": "add", "op": "renumber", "key": "art7", "number": ""})
        assert empty.status_code == 422
        page = client.get(address)
        assert [one["verb"] for one in page.context["operations"]] == [
            "글 바꾸기",
            "다음에 넣기",
            "번호 바꾸기",
        ]
        gone = {"act": "remove", "place": "2", "hash": page.context["hash"]}
        assert client.post(address, gone).status_code == 302
        assert client.post(address, gone | {"place": "1"}).status_code == 302
    made.refresh_from_db()
    assert [each.op for each in operations_from_json(made.operations)] == [
        Op.SUBSTITUTE,
        Op.RENUMBER,
    ]


def test_a_note_is_kept_and_asked_for(stage: Stage) -> None:
    made = draft_amendment(
        instrument=stage.bylaws.instrument,
        city=stage.cities["alpha"],
        actor=stage.delegates["alpha"],
        now=at(1),
    )
    client = signed_in(stage.delegates["alpha"])
    assert (
        save(client, made, "art1", {"text:art1:ko": "새 글", "text:art1:en": "New"}).status_code
        == 302
    )
    address = url("city_amendment", "alpha", str(made.uuid))
    with minute(1):
        assert acts_on(client.get(address)) == ["note", "withdraw"]
        assert client.post(address, {"act": "file"}).status_code == 409
        note = {"act": "note", "note_ko": "까닭", "note_en": "Reason"}
        assert client.post(address, note).status_code == 302
        assert acts_on(client.get(address)) == ["note", "file", "withdraw"]
        assert client.post(address, {"act": "file"}).status_code == 302
        assert client.get(article_url(made, "art1")).status_code == 404
    made.refresh_from_db()
    assert (made.state, made.number, made.notes["en"]) == ("filed", 1, "Reason")


def test_a_base_that_changed_is_said_and_the_draft_renewed(stage: Stage) -> None:
    made = drafted(stage, art1="new")
    edition = next_edition(stage, art3="other")
    client = signed_in(stage.delegates["alpha"])
    address = url("city_amendment", "alpha", str(made.uuid))
    with minute(30):
        page = client.get(address)
        assert "renew" in acts_on(page)
        assert page.context["units"] == ()
        assert client.get(article_url(made, "art1"))["Location"] == address
        assert client.post(address, {"act": "file"}).status_code == 409
        assert client.post(address, {"act": "renew"}).status_code == 302
        assert client.get(address).context["renewal"] is None
    made.refresh_from_db()
    assert (made.edition, made.base_sha256) == (edition, edition.sha256)


def test_a_base_whose_words_changed_names_them_and_lets_begin_anew(stage: Stage) -> None:
    made = drafted(stage, art1="new")
    next_edition(stage, art1="other")
    client = signed_in(stage.delegates["alpha"])
    address = url("city_amendment", "alpha", str(made.uuid))
    with minute(30):
        page = client.get(address)
        assert "제1조" in page.context["renewal"]["words"]
        assert "renew" not in acts_on(page)
        assert client.post(address, {"act": "restart"}).status_code == 302
    made.refresh_from_db()
    assert (made.operations, made.notes["ko"]) == ([], "이유")


# filed, joined, examined


def test_other_cities_join_leave_and_the_proposer_withdraws(stage: Stage) -> None:
    EditionRule.objects.create(
        edition=stage.bylaws, name="amendment_sponsors", value=1, provision_key="art6"
    )
    made = filed(stage, art1="new")
    beta = signed_in(stage.delegates["beta"])
    address = url("city_amendment", "beta", str(made.uuid))
    with minute(3):
        desk = beta.get("/en/desk/beta/")
        assert "1 amendment of another city can be joined" in [
            item["title"] for item in desk.context["waiting"]
        ]
        assert acts_on(beta.get(address)) == ["join"]
        examine = {"act": "examine", "admitted": "yes", "reasons_ko": "ㄱ", "reasons_en": "a"}
        office = signed_in(stage.secretary)
        assert office.post(url("office_amendment", "bylaws", "1"), examine).status_code == 409
        assert beta.post(address, {"act": "join"}).status_code == 302
        assert acts_on(beta.get(address)) == ["leave"]
        assert beta.get("/en/desk/beta/").context["waiting"] == []
        assert beta.post(address, {"act": "withdraw"}).status_code == 400
        assert beta.post(address, {"act": "leave"}).status_code == 302
        assert beta.post(address, {"act": "leave"}).status_code == 409
        own = signed_in(stage.delegates["alpha"])
        mine = url("city_amendment", "alpha", str(made.uuid))
        assert acts_on(own.get(mine)) == ["withdraw"]
        assert own.post(mine, {"act": "withdraw"}).status_code == 302
        assert acts_on(own.get(mine)) == []
    made.refresh_from_db()
    assert (made.state, AmendmentSponsor.objects.get().left_at) == ("withdrawn", at(3))


def test_what_waits_for_the_office(stage: Stage) -> None:
    def texts() -> list[str]:
        return [each.text for each in waits_for_office(person=stage.secretary, now=at(5))]

    before = texts()
    filed(stage, art1="new")
    assert len(texts()) == len(before) + 1
    examine_amendment(
        amendment=Amendment.objects.get(), admitted=True, actor=stage.secretary, now=at(4)
    )
    assert len(texts()) == len(before) + 1, "art1 carries the quorum: its rule is to be reviewed"


def test_the_rules_of_touched_articles_are_reviewed(stage: Stage) -> None:
    made = admitted(stage, art4="at least five days")
    address = url("office_amendment", "bylaws", "1")
    client = signed_in(stage.secretary)
    with minute(4):
        page = client.get(address)
        assert [str(form.name) for form in page.context["rule_forms"]] == ["notice_days"]
        data = {"act": "rules", "notice_days-provision": "art4", "notice_days-number": ""}
        assert client.post(address, data).status_code == 422
        assert client.post(address, data | {"notice_days-number": "5"}).status_code == 302
        assert client.get(address).context["reviewed"][0]["sentence"] == "회의 5일 전까지"
    assert made.reviewed_rules.get().value == 5


# compared, ordered, voted on, applied


def test_the_office_sees_the_conflict_in_words_and_both_side_by_side(stage: Stage) -> None:
    admitted(stage, art3="one thing")
    admitted(stage, "beta", art3="another thing")
    admitted(stage, "gamma", art5="apart")
    client = signed_in(stage.secretary)
    with minute(4):
        page = client.get("/en/office/texts/bylaws/amendments/")
        table = page.context["matrix"]
        assert [[cell.kind if cell else "" for cell in row.cells] for row in table.rows] == [
            ["", "hard", "none"],
            ["hard", "", "none"],
            ["none", "none", ""],
        ]
        assert table.rows[1].cells[0].url == "/en/office/texts/bylaws/amendments/1/2/"
        side = client.get(table.rows[1].cells[0].url)
        assert [place["name"] for place in side.context["finding"]["places"]] == ["Article 3"] * 2
        both = client.get("/en/office/texts/bylaws/amendments/preview/?with=1&with=2")
        assert (len(both.context["conflicts"]), both.context["redline"]) == (1, None)
        merged = client.get("/en/office/texts/bylaws/amendments/preview/?with=1&with=3&with=9")
        assert merged.context["chosen"] == [1, 3]
        assert [row.key for row in merged.context["redline"].rows] == ["art3", "art5"]


def test_the_chairs_order_needs_a_reason(stage: Stage) -> None:
    for city, key in (("alpha", "art3"), ("beta", "art5")):
        admitted(stage, city, **{key: "new"})
    client = signed_in(stage.officer)
    address = url("amendments", "bylaws")
    with minute(4):
        order = client.get(address).context["order"].numbers
        assert order == (1, 2)
        turned = {"act": "order", "assembly": stage.assembly.slug, "place_1": "2", "place_2": "1"}
        assert client.post(address, turned).status_code == 422
        assert client.post(address, turned | {"place_2": "2", "reason": "x"}).status_code == 422
        assert client.post(address, turned | {"reason": "Shorter first"}).status_code == 302
        assert client.get(address).context["order"].numbers == (2, 1)
        nobody = signed_in(stage.secretary)
        assert nobody.get(address).context["order_form"] is None
        assert nobody.post(address, turned | {"reason": "x"}).status_code == 403
    assert VotingOrder.objects.get().reason == "Shorter first"


def test_from_the_vote_to_the_next_edition(stage: Stage) -> None:
    one = admitted(stage, art3="one thing")
    other = admitted(stage, "beta", art3="another thing")
    reviewed(stage, one, other)
    address = url("amendments", "bylaws")
    officer, secretary = signed_in(stage.officer), signed_in(stage.secretary)
    with minute(5):
        prepare = {"act": "prepare", "assembly": stage.assembly.slug, "mode": "roll_call"}
        assert officer.post(address, prepare).status_code == 422
        assert officer.post(address, prepare | {"numbers": ["1"]}).status_code == 302
        assert officer.get(address).context["votes_form"].fields["numbers"].choices[0][0] == "2"
    vote = Vote.objects.get(amendment=one)
    open_vote(vote=vote, actor=stage.officer, now=at(6))
    with minute(7):
        desk = signed_in(stage.delegates["gamma"])
        ballot = desk.get(f"/en/desk/gamma/votes/{vote.slug}/")
        assert ballot.context["proposal"]["name"] == "Amendment 1"
        text = desk.get(f"/en/desk/gamma/votes/{vote.slug}/text/")
        assert (text.status_code, text.context["proposal"]["proposer"]) == (200, "Alpha")
    for_it = dict.fromkeys(("alpha", "beta", "gamma", "delta", "epsilon"), "for")
    stage.cast(vote, 7, **for_it)
    close_vote(vote=vote, actor=stage.officer, now=at(8))
    with minute(9):
        assert acts_on(officer.get(address)) == []
        assert officer.post(address, {"act": "apply"}).status_code == 403
        assert acts_on(secretary.get(address)) == ["apply"]
        assert secretary.post(address, {"act": "apply"}).status_code == 302
        assert acts_on(secretary.get(address)) == ["adopt"]
        assert secretary.post(address, {"act": "adopt"}).status_code == 302
        states = [one["title"] for one in secretary.get(address).context["groups"]]
        assert states == ["본문에 반영된 수정안", "채택되지 않았거나 자동 폐기된 수정안"]
        text = secretary.get(url("text", "bylaws"))
        assert acts_on(text) == ["publish"]
    edition = Edition.objects.get(number=2)
    other.refresh_from_db()
    assert (edition.amended_by.get().amendment, other.state) == (one, "fallen")


def test_many_amendments_cost_no_more_queries_than_few(stage: Stage) -> None:
    def costs() -> list[int]:
        with minute(4):
            return [
                queries(signed_in(stage.delegates["alpha"]), url("city_amendments", "alpha")),
                queries(signed_in(stage.delegates["alpha"]), url("city_desk", "alpha")),
                queries(signed_in(stage.secretary), url("amendments", "bylaws")),
                queries(signed_in(stage.secretary), url("office")),
                queries(Client(), "/ko/texts/bylaws/amendments/"),
            ]

    for city, key in (("alpha", "art3"), ("beta", "art5")):
        made = admitted(stage, city, **{key: "new"})
        delta = {"city": stage.cities["delta"], "actor": stage.delegates["delta"]}
        join_amendment(amendment=made, now=at(4), **delta)
    few = costs()
    for city, key in (("beta", "art6"), ("gamma", "art7"), ("alpha", "art2.p1")):
        made = draft_amendment(
            instrument=stage.bylaws.instrument,
            city=stage.cities[city],
            notes=NOTES,
            operations=substituting(stage, key),
            actor=stage.delegates[city],
            now=at(1),
        )
        file_amendment(amendment=made, actor=stage.delegates[city], now=at(2))
        join_amendment(amendment=made, now=at(2), **delta)
        examine_amendment(amendment=made, admitted=True, actor=stage.secretary, now=at(3))
    assert costs() == few
