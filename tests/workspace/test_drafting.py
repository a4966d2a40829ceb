"""The draft on the desk: the editor, its two doors, unsaved words, structure, history."""

from __future__ import annotations

import re

import pytest
from django.http import HttpResponse
from django.test import Client

from members.models import City
from resolutions.models import (
    DraftingCity,
    Instrument,
    ProvisionBuffer,
    ProvisionComment,
    ProvisionLock,
)
from resolutions.rules.drafting import words_hash
from resolutions.selectors.drafting import draft_history
from resolutions.services.drafting_room import comment_provision, name_drafting_city, take_lock
from tests.factories import city_person
from tests.resolutions.stage import QUORUM, Stage, at
from tests.workspace.hands import minute, queries, signed_in, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def text(stage: Stage) -> Instrument:
    return stage.drafted("statute", articles=3)


@pytest.fixture
def office(stage: Stage, text: Instrument) -> Client:
    return signed_in(stage.secretary)


@pytest.fixture
def alpha(stage: Stage, text: Instrument) -> City:
    name_drafting_city(
        instrument=text, city=stage.cities["alpha"], actor=stage.secretary, now=at(-60)
    )
    return stage.cities["alpha"]


@pytest.fixture
def delegate(stage: Stage, alpha: City) -> Client:
    return signed_in(stage.delegates["alpha"])


def page(key: str = "art1", name: str = "draft_provision") -> str:
    return url(name, "statute", key)


def desk(key: str = "art1", name: str = "city_draft_provision") -> str:
    return url(name, "alpha", "statute", key)


def words(text: Instrument, key: str = "art1") -> dict[str, tuple[str, str]]:
    row = text.provisions.get(key=key)
    return {each.language: (each.heading, each.text) for each in row.texts.all()}


def form(text: Instrument, *keys: str, **changes: str) -> dict[str, str]:
    """The editor's form as it was shown; `ko="…"` changes the first provision's text."""
    sent = {"act": "save", "reason": "clearer"}
    for key in keys or ("art1",):
        for code, (heading, words_) in words(text, key).items():
            sent[f"{key}:{code}:heading"] = heading
            sent[f"{key}:{code}:text"] = words_
            sent[f"{key}:{code}:base"] = words_hash(heading, words_)
    first = (keys or ("art1",))[0]
    for name, value in changes.items():
        sent[f"{first}:{name}:text" if name in ("ko", "en") else name] = value
    return sent


def said(response: HttpResponse) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


# who comes in


def test_the_office_s_drafters_and_the_named_city_s_come_in_and_nobody_else(
    stage: Stage, text: Instrument, alpha: City
) -> None:
    people = {
        "secretary": stage.secretary,
        "auditor": stage.auditor,
        "registrar": stage.registrar,
        "named": stage.delegates["alpha"],
        "named editor": city_person("editor", city=alpha),
        "named alternate": city_person("alternate", city=alpha),
        "other": stage.delegates["beta"],
    }
    found = {}
    with minute(0):
        for who, person in people.items():
            client = signed_in(person)
            found[who] = (
                client.get(url("draft", "statute")).status_code,
                client.get(url("city_draft", "alpha", "statute")).status_code,
                client.get(desk()).status_code,
                client.get(url("city_draft", "beta", "statute")).status_code,
                client.get(url("city_drafts", "alpha")).status_code,
            )
    assert found == {
        "secretary": (200, 404, 404, 404, 404),
        "auditor": (404, 404, 404, 404, 404),
        "registrar": (404, 404, 404, 404, 404),
        "named": (404, 200, 200, 404, 200),
        "named editor": (404, 200, 200, 404, 200),
        "named alternate": (404, 404, 404, 404, 404),
        "other": (404, 404, 404, 404, 404),
    }


def test_the_office_names_a_city_and_ends_its_part(
    stage: Stage, text: Instrument, office: Client
) -> None:
    address = url("draft", "statute")
    delegate = signed_in(stage.delegates["alpha"])
    with minute(0):
        nobody = office.post(address, {"act": "name_city", "city-city": ""})
        office.post(address, {"act": "name_city", "city-city": "alpha"})
        there = delegate.get(url("city_draft", "alpha", "statute"))
        listed = delegate.get(url("city_drafts", "alpha"))
        on_desk = delegate.get(url("city_desk", "alpha"))
        by_city = delegate.post(
            url("city_draft", "alpha", "statute"), {"act": "name_city", "city-city": "beta"}
        )
        office.post(address, {"act": "end_city", "city": "alpha"})
        gone = delegate.get(url("city_draft", "alpha", "statute"))
    assert (nobody.status_code, there.status_code, gone.status_code) == (422, 200, 404)
    assert "statute ko" in said(listed)
    assert url("city_draft", "alpha", "statute") in said(on_desk)
    assert by_city.status_code == 400
    named = DraftingCity.objects.get()
    assert (named.city.slug, named.named_at, named.ended_at) == ("alpha", at(0), at(0))


# words


def test_words_of_both_languages_are_saved_with_a_reason(text: Instrument, office: Client) -> None:
    with minute(0):
        no_reason = office.post(page(), form(text, ko="새로", en="new", reason=""))
        done = office.post(page(), form(text, ko="새로", en="new"))
        again = office.get(page())
    assert no_reason.status_code == 422
    assert "새로" in no_reason.content.decode()
    assert (done.status_code, done["Location"]) == (302, page())
    assert words(text) == {"ko": ("ko heading", "새로"), "en": ("en heading", "new")}
    assert "새로" in said(again)
    newest = draft_history(instrument=text)[0]
    assert (newest.act, newest.revision.comment, newest.provisions) == ("words", "clearer", 1)


def test_an_article_is_edited_with_everything_in_it(text: Instrument, office: Client) -> None:
    with minute(0):
        inner = office.get(page("art2.p2"))
        shown = office.get(page("art2"))
        office.post(page("art2"), form(text, "art2.p1", "art2.p2", ko="첫째 항"))
    assert inner["Location"] == page("art2") + "#art2.p2"
    assert [line.key for line in shown.context["lines"]] == ["art2", "art2.p1", "art2.p2"]
    assert words(text, "art2.p1")["ko"] == ("", "첫째 항")


def test_one_language_alone_is_flagged_until_they_are_said_to_agree(
    text: Instrument, office: Client
) -> None:
    with minute(0):
        office.post(page(), form(text, ko="새로"))
        flagged = office.get("/en/office/texts/statute/draft/provisions/art1/")
        tree = office.get("/en/office/texts/statute/draft/")
    with minute(1):
        office.post(page(), {"act": "same", "key": "art1"})
        cleared = office.get("/en/office/texts/statute/draft/provisions/art1/")
        office.post(page("art3"), form(text, "art3", ko="새로", same="on"))
        other = office.get("/en/office/texts/statute/draft/")
    assert "Changed in one language only, last in: 한국어" in said(flagged)
    assert "one language only" in said(tree)
    assert "Changed in one language only" not in said(cleared)
    assert "one language only" not in said(other)


def test_two_drafters_the_second_is_told_and_keeps_every_word(
    stage: Stage, text: Instrument, office: Client, delegate: Client
) -> None:
    first, second = form(text, ko="첫째가 씀"), form(text, ko="둘째가 씀", en="the second's")
    with minute(0):
        assert office.post(page(), first).status_code == 302
        told = delegate.post(desk(), second)
        kept = ProvisionBuffer.objects.get(person=stage.delegates["alpha"])
    assert told.status_code == 409
    for shown in ("첫째가 씀", "둘째가 씀", "the second&#x27;s"):
        assert shown in said(told)
    assert kept.fields["art1:ko:text"] == "둘째가 씀"
    assert words(text)["ko"][1] == "첫째가 씀"
    sent = {name: str(told.context["form"][name].value()) for name in told.context["form"].fields}
    sent |= {"act": "save", "reason": "both", "same": ""}
    with minute(1):
        assert delegate.post(desk(), sent).status_code == 302
    assert words(text) == {"ko": ("ko heading", "둘째가 씀"), "en": ("en heading", "the second's")}
    assert ProvisionBuffer.objects.count() == 0


def test_what_another_changed_meanwhile_is_not_written_back(
    text: Instrument, office: Client, delegate: Client
) -> None:
    stale = form(text, "art2.p1", "art2.p2", ko="내가 고침")
    with minute(0):
        office.post(page("art2"), form(text, "art2.p2", ko="남이 고침"))
        assert delegate.post(desk("art2"), stale).status_code == 302
    assert words(text, "art2.p1")["ko"][1] == "내가 고침"
    assert words(text, "art2.p2")["ko"][1] == "남이 고침"


def test_words_for_what_was_deleted_meanwhile_are_shown(
    text: Instrument, office: Client, delegate: Client
) -> None:
    stale = form(text, "art2.p1", "art2.p2", ko="갈 곳 없는 말")
    with minute(0):
        office.post(page("art2"), {"act": "strike", "at": "art2.p1", "reason": "out"})
        told = delegate.post(desk("art2"), stale)
    assert told.status_code == 409
    assert "갈 곳 없는 말" in said(told)
    assert [key for key, _words in told.context["gone"]] == ["art2.p1"]


def test_a_tabled_text_is_read_and_commented_but_not_written(stage: Stage) -> None:
    instrument = stage.tabled("statute")
    client = signed_in(stage.secretary)
    with minute(0):
        shown = client.get(page())
        refused = client.post(page(), form(instrument, ko="새로"))
        client.post(page(), {"act": "comment", "comment-key": "art1", "comment-text": "Hm."})
    assert 'value="save"' not in said(shown)
    assert refused.status_code == 409
    assert "새로" in said(refused)
    assert ProvisionComment.objects.get().text == "Hm."


# unsaved words and locks


def test_what_is_typed_is_kept_held_and_offered_back(
    stage: Stage, text: Instrument, delegate: Client
) -> None:
    typed = form(text, ko="반쯤 쓴", reason="")
    with minute(0):
        answer = delegate.post(desk(name="city_draft_unsaved"), typed)
        back = delegate.get(desk())
        taken_up = delegate.get(desk() + "?unsaved=1")
        stored = words(text)
    assert (answer.status_code, answer.json()["mine"]) == (200, True)
    lock = ProvisionLock.objects.get()
    assert (lock.person, lock.key, lock.ends_at) == (stage.delegates["alpha"], "art1", at(10))
    assert "반쯤 쓴" not in said(back)
    assert "?unsaved=1" in said(back)
    assert "반쯤 쓴" in said(taken_up)
    assert stored["ko"][1] == "ko art1"
    with minute(1):
        delegate.post(desk(), {"act": "drop"})
    assert (ProvisionBuffer.objects.count(), ProvisionLock.objects.count()) == (0, 0)


def test_unsaved_words_meet_a_draft_that_changed_meanwhile(
    text: Instrument, office: Client, delegate: Client
) -> None:
    typed = form(text, ko="반쯤 쓴")
    with minute(0):
        delegate.post(desk(name="city_draft_unsaved"), typed)
    with minute(20):
        office.post(page(), form(text, ko="남이 고침", en="changed too"))
        back = delegate.get(desk())
        taken_up = delegate.get(desk() + "?unsaved=1")
    assert back.context["changed_meanwhile"]
    shown = said(taken_up)
    assert "반쯤 쓴" in shown
    assert "남이 고침" in shown
    assert taken_up.context["form"]["art1:en:text"].value() == "changed too"


def test_who_is_at_work_is_seen_without_a_name_and_others_do_not_save(
    stage: Stage, text: Instrument, alpha: City, office: Client
) -> None:
    person = stage.delegates["alpha"]
    with minute(0):
        take_lock(instrument=text, key="art1", city=alpha, actor=person, now=at(0))
        shown = office.get("/en/office/texts/statute/draft/provisions/art1/")
        refused = office.post(page(), form(text, ko="새로"))
        unsaved = office.post(page(name="draft_unsaved"), form(text, ko="새로"))
    assert "Head of delegation of Alpha is at work on this" in said(shown)
    assert person.name not in said(shown)
    assert refused.status_code == 409
    assert "새로" in said(refused)
    assert unsaved.json()["mine"] is False
    assert words(text)["ko"][1] == "ko art1"
    assert ProvisionBuffer.objects.get().fields["art1:ko:text"] == "새로"


def test_the_office_takes_over_and_a_city_does_not(
    stage: Stage, text: Instrument, alpha: City, office: Client, delegate: Client
) -> None:
    with minute(0):
        delegate.post(desk(), {"act": "lock"})
        no_reason = office.post(page(), {"act": "take_over", "reason": ""})
        taken = office.post(page(), {"act": "take_over", "reason": "urgent"})
        back = delegate.post(desk(), {"act": "take_over", "reason": "mine"})
    assert (no_reason.status_code, taken.status_code, back.status_code) == (422, 302, 400)
    assert ProvisionLock.objects.get().person == stage.secretary
    with minute(1):
        office.post(page(), {"act": "free"})
    assert ProvisionLock.objects.count() == 0


# structure


def test_an_article_is_inserted_with_its_number_suggested(text: Instrument, office: Client) -> None:
    with minute(0):
        asked = office.get(page() + "?act=insert&where=after&at=art1")
        bad = office.post(
            page(),
            {
                "act": "insert",
                "at": "art1",
                "where": "after",
                "new-kind": "article",
                "new-number": "2",
                "new-heading_ko": "새 조",
                "new-reason": "needed",
                "reason": "needed",
            },
        )
        done = office.post(
            page(),
            {
                "act": "insert",
                "at": "art1",
                "where": "after",
                "new-kind": "article",
                "new-number": "1-2",
                "new-heading_ko": "새 조",
                "new-text_en": "New words.",
                "new-reason": "needed",
            },
        )
        shown = office.get(done["Location"])
    assert asked.context["structure"].initial == {"kind": "article", "number": "1-2"}
    assert bad.status_code == 409
    assert "새 조" in said(bad)
    assert done["Location"] == page("art1-2")
    assert "제1조의2" in said(shown)
    order = text.provisions.filter(parent_key="").order_by("position")
    assert list(order.values_list("key", flat=True)) == ["art1", "art1-2", "art2", "art3"]


def test_every_act_on_the_structure_works_without_scripts(text: Instrument, office: Client) -> None:
    def order() -> list[str]:
        rows = text.provisions.filter(removed=False, parent_key="").order_by("position")
        return list(rows.values_list("key", flat=True))

    with minute(0):
        for act in ("move", "renumber", "strike", "repeal"):
            assert office.get(page() + f"?act={act}&at=art1").status_code == 200
        office.post(page(), {"act": "move", "at": "art1", "move-place": "down", "move-reason": "x"})
        assert order() == ["art2", "art1", "art3"]
        office.post(
            page(), {"act": "move", "at": "art1", "move-place": "after:art3", "move-reason": "x"}
        )
        assert order() == ["art2", "art3", "art1"]
        office.post(
            page("art2"),
            {"act": "renumber", "at": "art2", "number": "1", "onward": "on", "reason": "x"},
        )
        numbers = text.provisions.filter(parent_key="").order_by("position")
        assert list(numbers.values_list("number", flat=True)) == ["1", "2", "3"]
        office.post(page("art3"), {"act": "strike", "at": "art3", "reason": "out"})
        assert order() == ["art2", "art1"]
        whole = office.get(url("draft", "statute"))
        office.post(url("draft", "statute"), {"act": "unstrike", "key": "art3"})
        assert order() == ["art2", "art3", "art1"]
        office.post(page("art1"), {"act": "repeal", "at": "art1", "reason": "out"})
    assert [each["key"] for each in whole.context["tombstones"]] == ["art3"]
    assert words(text)["ko"] == ("", "삭제")


def test_a_refused_act_says_why_and_keeps_what_was_typed(text: Instrument, office: Client) -> None:
    with minute(0):
        taken = office.post(
            page(), {"act": "renumber", "at": "art1", "number": "2", "reason": "wanted"}
        )
        nowhere = office.get(page() + "?act=insert&where=under&at=art1")
        foreign = office.post(page(), {"act": "strike", "at": "art2", "reason": "x"})
    assert taken.status_code == 409
    assert 'value="wanted"' in said(taken)
    assert (nowhere.status_code, foreign.status_code) == (404, 404)


def test_the_title_is_changed_and_goes_back(text: Instrument, office: Client) -> None:
    address = url("draft", "statute")
    with minute(0):
        first = draft_history(instrument=text)[0].revision_id
        sent = {"act": "title", "title-ko": "새 이름", "title-en": "Name", "title-reason": "x"}
        office.post(address, sent)
        assert Instrument.objects.get(pk=text.pk).titles.as_dict() == {
            "ko": "새 이름",
            "en": "Name",
        }
        history = url("draft_history", "statute")
        office.post(history, {"act": "restore", "revision": str(first), "reason": "back"})
    assert Instrument.objects.get(pk=text.pk).titles.as_dict()["en"] == "statute en"


# comments


def test_comments_are_written_answered_and_settled(
    text: Instrument, office: Client, delegate: Client
) -> None:
    with minute(0):
        empty = delegate.post(
            desk("art2"), {"act": "comment", "comment-key": "art2.p1", "comment-text": ""}
        )
        delegate.post(
            desk("art2"), {"act": "comment", "comment-key": "art2.p1", "comment-text": "너무 길다"}
        )
        comment = ProvisionComment.objects.get()
        uuid = str(comment.uuid)
        office.post(page("art2"), {"act": "answer", "comment": uuid, "text": "줄입니다"})
        shown = delegate.get(desk("art2"))
        office.post(page("art2"), {"act": "settle", "comment": uuid})
        unknown = office.post(page("art2"), {"act": "settle", "comment": "x"})
        after = office.get(page("art2"))
    assert empty.status_code == 422
    assert comment.key == "art2.p1"
    assert "너무 길다" in said(shown)
    assert "줄입니다" in said(shown)
    assert unknown.status_code == 404
    assert [thread["open"] for thread in after.context["threads"]] == [False]


# history


def test_two_points_are_compared_and_one_is_gone_back_to(
    stage: Stage, text: Instrument, office: Client
) -> None:
    with minute(0):
        office.post(page(), form(text, ko="새 말", en="new words"))
        newer, older = [row.revision_id for row in draft_history(instrument=text)]
        address = url("draft_history", "statute")
        compared = office.get(f"{address}?older={older}&newer={newer}")
        turned = office.get(f"{address}?older={newer}&newer={older}")
        wrong = office.get(f"{address}?older=999999&newer={newer}")
        asked = office.get(f"{address}?back={older}")
        no_reason = office.post(address, {"act": "restore", "revision": str(older), "reason": ""})
        office.post(address, {"act": "restore", "revision": str(older), "reason": "was better"})
    assert "<ins" in said(compared)
    assert [row.key for row in compared.context["compared"].rows] == ["art1"]
    assert turned.status_code == 200
    assert wrong.context["compared"] is None
    assert asked.context["back"] == older
    assert no_reason.status_code == 422
    assert words(text)["ko"][1] == "ko art1"
    assert [row.act for row in draft_history(instrument=text)] == ["restored", "words", "import"]


def test_a_draft_is_compared_with_an_adopted_edition(stage: Stage) -> None:
    edition = stage.adopted("statute")
    client = signed_in(stage.secretary)
    newest = draft_history(instrument=edition.instrument)[0].revision_id
    with minute(0):
        compared = client.get(
            url("draft_history", "statute") + f"?older=e{edition.number}&newer={newest}"
        )
    assert compared.context["compared"].changed is False


def test_one_provision_s_history_shows_each_change_and_goes_back(
    text: Instrument, office: Client, delegate: Client
) -> None:
    with minute(0):
        office.post(page(), form(text, ko="새 말"))
        shown = delegate.get(desk(name="city_draft_provision_history"))
        past = shown.context["past"]
        delegate.post(
            desk(name="city_draft_provision_history"),
            {"revision": str(past[1]["pk"]), "reason": "was better"},
        )
    assert [each["reason"] for each in past] == ["clearer", ""]
    assert "<ins" in said(shown)
    assert words(text)["ko"][1] == "ko art1"
    assert draft_history(instrument=text)[0].city.slug == "alpha"


# cost


@pytest.mark.parametrize("articles", [3, 30])
def test_the_pages_cost_the_same_for_a_short_and_a_long_draft(stage: Stage, articles: int) -> None:
    """With rules bound, comments of cities on each article, and all the others held by them."""
    rules = {"quorum": (QUORUM, "art1")}
    instrument = stage.drafted("statute", articles=articles, rules=rules)
    for slug in ("alpha", "beta"):
        city, person = stage.cities[slug], stage.delegates[slug]
        doing = {"instrument": instrument, "city": city, "actor": person, "now": at(-1)}
        name_drafting_city(instrument=instrument, city=city, actor=stage.secretary, now=at(-60))
        for number in range(1, articles + 1):
            comment_provision(key=f"art{number}", text="Hm.", **doing)
            if (number % 2 == 0) == (slug == "beta"):
                take_lock(key=f"art{number}", **doing)
    office, delegate = signed_in(stage.secretary), signed_in(stage.delegates["alpha"])
    with minute(0):
        found = (
            queries(office, page("art2")),
            queries(delegate, desk("art2")),
            queries(office, url("draft", "statute")),
            queries(office, url("draft_history", "statute")),
            queries(office, page(name="draft_provision_history")),
        )
    assert found == (14, 15, 15, 10, 11)


def test_the_history_costs_the_same_for_one_change_and_for_many(
    stage: Stage, text: Instrument, office: Client
) -> None:
    with minute(0):
        office.post(page(), form(text, ko="1"))
        few = queries(office, url("draft_history", "statute"))
    for number in range(2, 8):
        with minute(number):
            office.post(page(), form(text, ko=f"{number}"))
    with minute(9):
        assert queries(office, url("draft_history", "statute")) == few


def test_a_draft_of_nothing_begins_with_its_first_provision(
    stage: Stage, office: Client, text: Instrument
) -> None:
    with minute(0):
        for number in (1, 2, 3):
            office.post(
                page(f"art{number}"), {"act": "strike", "at": f"art{number}", "reason": "out"}
            )
        empty = office.get(url("draft", "statute"))
        office.post(
            url("draft", "statute"),
            {
                "act": "insert",
                "new-kind": "article",
                "new-number": "1",
                "new-text_ko": "처음",
                "new-reason": "begin",
            },
        )
    assert empty.context["insert"] is not None
    assert list(text.provisions.filter(removed=False).values_list("key", flat=True)) == ["art1_2"]
