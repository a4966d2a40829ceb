"""Reading texts: redlines, editions compared, a provision's history, any date."""

from __future__ import annotations

from datetime import date
from html import escape, unescape
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from lxml import etree

from cms.editions import file_groups
from cms.redline_layout import RedlineText, lay_out_redline
from resolutions.models import Amendment, Edition, EditionAmendment, EditionFile
from resolutions.rules.redline import redline
from resolutions.rules.structure import Kind, Provision, TextTree
from resolutions.selectors.texts import trees_of_editions
from resolutions.selectors.trees import edition_tree
from secretariat.kernel.audit import sha256
from secretariat.kernel.models import Network
from tests.cms import factories
from tests.cms.test_components import Balance, render
from tests.factories import NOW, CityFactory


def article(number: int, *paragraphs: str, heading: str = "", text: str = "") -> Provision:
    key = f"art{number}"
    return Provision(
        key=key,
        kind=Kind.ARTICLE,
        number=str(number),
        heading=heading,
        text=text,
        children=tuple(
            Provision(f"{key}.p{place}", Kind.PARAGRAPH, str(place), text=words)
            for place, words in enumerate(paragraphs, start=1)
        ),
    )


def tree(lang: str, *provisions: Provision, title: str = "Charter") -> TextTree:
    return TextTree(title=title, lang=lang, provisions=provisions)


def laid_out(
    before: dict[str, tuple[Provision, ...]], after: dict[str, tuple[Provision, ...]], **more: Any
) -> RedlineText:
    return lay_out_redline(
        {lang: redline(tree(lang, *before[lang]), tree(lang, *after[lang])) for lang in before},
        languages=tuple(before),
        **more,
    )


def shown(text: RedlineText) -> str:
    with override("en"):
        html = render("{% component text %}", text=text)
    balance = Balance()
    balance.feed(html)
    assert balance.open == []
    return html


def labels_of(text: RedlineText) -> list[tuple[str, list[str]]]:
    with override("en"):
        return [(row.key, [str(label) for label in row.cells[0].labels]) for row in text.rows]


# ── the redline as it is set ────────────────────────────────────────────────────────────────


def test_a_redline_marks_words_and_says_so_without_colour() -> None:
    text = laid_out(
        {"ko": (article(5, text="의장의 임기는 2년으로 한다."),)},
        {"ko": (article(5, text="의장의 임기는 4년으로 한다."),)},
    )
    html = shown(text)
    assert '<del data-said="[deleted] ">2</del><ins data-said="[inserted] ">4</ins>' in html
    assert text.rows[0].cells[0].changed is True


def test_words_that_look_like_markup_stay_words() -> None:
    html = shown(laid_out({"en": (article(1, text="a"),)}, {"en": (article(1, text='<b> "&'),)}))
    assert '<ins data-said="[inserted] ">&lt;b&gt; &quot;&amp;</ins>' in html


def test_a_new_provision_is_named_once_and_what_is_below_it_is_not() -> None:
    new = article(2, "One.", "Two.", heading="Seat")
    text = laid_out({"en": (article(1),)}, {"en": (article(1), new)})
    assert labels_of(text) == [
        ("art1", []),
        ("art2", ["New provision"]),
        ("art2.p1", []),
        ("art2.p2", []),
    ]
    assert "<ins>Seat</ins>" in shown(text)


def test_deleted_moved_and_renumbered_provisions_say_so() -> None:
    kept = article(3, text="Kept.")
    last = Provision("art3", Kind.ARTICLE, "2", text="Kept.")
    text = laid_out(
        {"en": (article(1, text="A."), article(2, text="B."), kept)},
        {"en": (article(1, text="A."), last)},
    )
    assert labels_of(text) == [
        ("art1", []),
        ("art2", ["Deleted provision"]),
        ("art3", ["Renumbered provision"]),
    ]
    swapped = laid_out(
        {"en": (article(1, text="A."), article(2, text="B."))},
        {"en": (article(2, text="B."), article(1, text="A."))},
    )
    assert [label for _key, label in labels_of(swapped) if label] == [["Moved provision"]]


def test_a_repealed_article_says_so_once() -> None:
    text = laid_out(
        {"ko": (article(7, "하나.", "둘.", heading="권리"),)},
        {"ko": (article(7, text="삭제"),)},
    )
    assert labels_of(text) == [
        ("art7", ["Deleted provision"]),
        ("art7.p1", []),
        ("art7.p2", []),
    ]


def test_a_paragraph_break_that_came_is_shown() -> None:
    text = laid_out(
        {"en": (article(1, text="One. Two."),)}, {"en": (article(1, text="One.\nTwo."),)}
    )
    paragraphs = text.rows[0].cells[0].paragraphs
    assert len(paragraphs) == 2
    assert "¶" in paragraphs[0].html


def test_an_article_changed_in_one_language_is_kept_in_both() -> None:
    same = (article(1, text="A."), article(2, "B.", "C."), article(3, text="D."))
    changed = (article(1, text="A."), article(2, "B.", "E."), article(3, text="D."))
    text = laid_out({"ko": same, "en": same}, {"ko": same, "en": changed}, only_changed=True)
    assert [row.key for row in text.rows] == ["art2", "art2.p1", "art2.p2"]
    assert [cell.changed for cell in text.rows[2].cells] == [False, True]
    assert (text.rows[0].after_gap, text.ends_in_gap) == (True, True)
    assert shown(text).count("legal__gap") == 2


def test_versions_that_are_the_same_say_so() -> None:
    same = (article(1, text="A."),)
    text = laid_out({"en": same}, {"en": same}, only_changed=True)
    assert (text.changed, text.rows) == (False, ())
    assert "Both versions read the same." in shown(text)


# ── editions ────────────────────────────────────────────────────────────────────────────────

KO = {"term": "의장의 임기는 {}년으로 한다.", "title": "헌장"}
EN = {"term": "The term of the chair is {} years.", "title": "Charter"}
DAYS = (date(2014, 12, 12), date(2016, 5, 1), date(2018, 9, 1))
RULES = {"chair_term_years": (2, "art2.p1"), "notice_days": (30, "art1")}


def charter(years: int, *more: Provision) -> dict[str, TextTree]:
    """A charter in two languages, with the chair's term in Article 2."""
    trees = {}
    for lang, said in (("ko", KO), ("en", EN)):
        first = article(1, text="도시는 함께한다." if lang == "ko" else "The cities act together.")
        second = article(2, said["term"].format(years), heading="임기" if lang == "ko" else "Term")
        trees[lang] = tree(lang, first, second, *more, title=said["title"])
    return trees


def add_editions(start: int, end: int, **fields: Any) -> list[Edition]:
    return [
        factories.make_edition_of(
            "charter", charter(2 + place), number=place + 1, on=DAYS[place], **fields
        )
        for place in range(start, end)
    ]


def page(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status, address
    return unescape(response.content.decode())


@pytest.fixture
def _today(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secretariat.kernel.clock.now", lambda: NOW)
    cache.clear()


reading = pytest.mark.usefixtures("_today")

ADDRESSES = (
    "texts/charter/",
    "texts/charter/?on=2015-01-01",
    "texts/charter/editions/1/",
    "texts/charter/editions/1/art2/",
    "texts/charter/compare/1/1/",
    "texts/charter/history/art2/",
    "texts/charter/feed.xml",
    "texts/feed.xml",
    "texts/rules/",
)


@reading
@pytest.mark.parametrize("address", ADDRESSES)
def test_reading_costs_the_same_at_1_and_at_3_editions(client: Client, address: str) -> None:
    def count() -> int:
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            page(client, f"/ko/{address}")
        return len(queries)

    add_editions(0, 1, kind="bylaws", rules=RULES)
    page(client, f"/ko/{address}")
    one = count()
    add_editions(1, 3, kind="bylaws", rules=RULES)
    # The changes of an edition are found from the one before it: in four queries for all.
    assert count() - one == (4 if address.endswith(".xml") else 0)
    assert one <= 18


@reading
def test_trees_from_plain_rows_are_the_trees_of_the_rows() -> None:
    editions = add_editions(0, 2)
    found = trees_of_editions(editions=editions)
    for edition in editions:
        for language in ("ko", "en"):
            assert found[edition.pk][language] == edition_tree(edition=edition, language=language)
    assert found[editions[1].pk] == charter(3)


@reading
@pytest.mark.parametrize(
    ("on", "years"),
    [
        ("2014-12-12", 2),
        ("2016-04-30", 2),
        ("2016-05-01", 3),
        ("2018. 9. 1.", 4),
        ("2090-01-01", 4),
    ],
)
def test_a_text_is_read_on_any_day(client: Client, on: str, years: int) -> None:
    add_editions(0, 3)
    html = page(client, f"/en/texts/charter/?on={on}")
    assert f"The term of the chair is {years} years." in html
    assert f'href="/en/texts/charter/editions/{years - 1}/">http://testserver' in html
    assert ("As far as is known today" in html) is on.startswith("2090")


@reading
def test_the_view_and_the_day_stay_with_one_another(client: Client) -> None:
    add_editions(0, 2)
    html = page(client, "/en/texts/charter/?on=2015-01-01&view=ko")
    assert 'href="?on=2015-01-01&view=en"' in html
    assert '<input type="hidden" name="view" value="ko">' in html
    assert "The term of the chair" not in html
    assert 'value="2015-01-01" type="date"' in html


@reading
def test_a_day_before_the_first_edition_says_when_that_came(client: Client) -> None:
    add_editions(0, 2)
    html = page(client, "/en/texts/charter/?on=2014-12-11")
    assert "On 11 December 2014 there was no edition of this text yet." in html
    assert "The first one, edition 1, is in force from 12 December 2014." in html
    assert 'href="/en/texts/charter/editions/1/"' in html
    assert "The term of the chair" not in html


@reading
@pytest.mark.parametrize("typed", ["tomorrow", "2019-02-30", "20190101", "<b>"])
def test_what_is_no_date_is_said_and_stays_in_the_field(client: Client, typed: str) -> None:
    add_editions(0, 1)
    html = client.get("/en/texts/charter/", {"on": typed}).content.decode()
    assert f"“{escape(typed)}” is not a date." in html
    assert f'value="{escape(typed)}" type="text" aria-invalid="true"' in html
    assert "The term of the chair is 2 years." in html


@reading
def test_a_corrigendum_and_what_it_corrects_name_each_other(client: Client) -> None:
    _first, second = add_editions(0, 2)
    factories.make_edition_of("charter", charter(9), number=3, on=DAYS[2], corrects=second)
    assert "This edition is a corrigendum: it corrects edition 2." in page(
        client, "/en/texts/charter/editions/3/"
    )
    html = page(client, "/en/texts/charter/editions/2/")
    assert "This edition was corrected." in html
    assert 'href="/en/texts/charter/editions/3/"' in html
    assert "This edition was corrected." not in page(client, "/en/texts/charter/editions/1/")


@reading
def test_citations_are_ready_in_both_languages(client: Client) -> None:
    edition = add_editions(0, 1)[0]
    html = page(client, "/ko/texts/charter/editions/1/art2.p1/")
    assert (
        "「헌장」(제1판, 2014. 12. 12. 채택) 제2조제1항, "
        "http://testserver/ko/texts/charter/editions/1/art2.p1/" in html
    )
    assert (
        "Charter (edition 1, adopted 12 December 2014), Article 2(1), "
        "http://testserver/en/texts/charter/editions/1/art2.p1/" in html
    )
    assert edition.sha256 in html


@reading
def test_defined_terms_lead_to_their_article(client: Client) -> None:
    words = {
        "ko": tree("ko", article(4, text="“회원도시”란 총회가 가입을 승인한 도시를 말한다.")),
        "en": tree("en", article(4, text="“member city” means a city admitted by the assembly.")),
    }
    factories.make_edition_of("charter", words)
    html = page(client, "/en/texts/charter/")
    assert (
        '<span>member city</span> <a href="/en/texts/charter/editions/1/art4/">Article 4</a>'
        in html
    )
    html = page(client, "/en/texts/charter/?view=ko")
    assert '<span lang="ko">회원도시</span>' in html


@reading
def test_files_are_offered_with_size_and_hash(client: Client) -> None:
    edition = add_editions(0, 1)[0]
    for format_, language in (("json", "both"), ("pdf", "ko")):
        EditionFile.objects.create(
            edition=edition,
            format=format_,
            language=language,
            content=b"x" * 2048,
            sha256=sha256(format_),
            made_with="test",
            made_at=NOW,
        )
    groups = file_groups(edition)
    assert [
        (group.label, [(line.languages, line.size) for line in group.lines]) for group in groups
    ] == [("PDF", [("한국어", 2048)]), ("JSON", [("한국어 · English", 2048)])]
    html = page(client, "/en/texts/charter/")
    assert 'href="/en/texts/charter/editions/1/charter-1.ko.pdf" download>' in html
    assert "2.0\xa0KB" in html
    assert sha256("pdf")[:8] in html
    assert client.get("/en/texts/charter/editions/1/charter-1.ko.pdf").content == b"x" * 2048


# ── comparing ───────────────────────────────────────────────────────────────────────────────


@reading
def test_two_editions_are_compared_in_the_text_and_side_by_side(client: Client) -> None:
    add_editions(0, 2)
    html = page(client, "/en/texts/charter/compare/1/2/")
    assert '<del data-said="[deleted] ">2</del><ins data-said="[inserted] ">3</ins>' in html
    assert "The cities act together." not in html
    assert "In Article 2(1), for “2” substitute “3”" in html
    assert "제2조제1항 중 “2년으로”를 “3년으로”로 한다" in html
    assert "The cities act together." in page(client, "/en/texts/charter/compare/1/2/?all=1")
    table = page(client, "/en/texts/charter/compare/1/2/?view=table&lang=ko")
    assert '<table class="comparison" lang="ko">' in table
    assert '<table class="comparison" lang="en">' not in table
    assert '<th scope="col">현행 ' in table
    assert 'href="/en/texts/charter/compare/1/2/ko.docx" download>' in table


@reading
def test_editions_to_compare_are_chosen_and_have_a_permanent_address(client: Client) -> None:
    add_editions(0, 3)

    def leads_to(query: str) -> str:
        return client.get(f"/en/texts/charter/compare/{query}")["Location"]

    assert leads_to("?old=1&new=3") == "/en/texts/charter/compare/1/3/"
    assert leads_to("?old=3&new=1&view=table") == "/en/texts/charter/compare/3/1/?view=table"
    assert leads_to("") == leads_to("?old=9&new=x") == "/en/texts/charter/compare/2/3/"
    assert "Both versions read the same." in page(client, "/en/texts/charter/compare/2/2/")


@reading
def test_only_published_editions_are_compared(client: Client) -> None:
    add_editions(0, 1)
    factories.make_edition_of("charter", charter(7), number=2, published=False)
    factories.make_edition_of("hidden", charter(7), published=False)
    for address in (
        "charter/compare/1/2/",
        "charter/editions/2/",
        "hidden/compare/",
        "hidden/compare/1/1/",
        "hidden/history/art2/",
        "hidden/feed.xml",
        "charter/history/art99/",
    ):
        page(client, f"/ko/texts/{address}", status=404)
    assert "hidden" not in page(client, "/ko/texts/feed.xml")


# ── the history of an article ───────────────────────────────────────────────────────────────


@reading
def test_an_article_s_history_shows_each_wording_and_its_decision(client: Client) -> None:
    vote = factories.make_vote("amending", choices={"seoul": "for", "vienna": "against"})
    factories.make_edition_of("charter", charter(2), on=DAYS[0])
    factories.make_edition_of("charter", charter(2, article(3, text="새")), number=2, on=DAYS[1])
    factories.make_edition_of(
        "charter", charter(4, article(3, text="새")), number=3, on=DAYS[2], decision=vote
    )
    html = page(client, "/en/texts/charter/history/art2/")
    assert "2 wordings · 3 editions of the text" in html
    assert "Edition 3 · Amended" in html
    assert "Edition 1 · In the first edition" in html
    assert '<del data-said="[deleted] ">2</del><ins data-said="[inserted] ">4</ins>' in html
    assert 'href="/en/decisions/amending/"' in html
    assert "1 for." in html
    assert "Edition 2 · Added" in page(client, "/en/texts/charter/history/art3/")


@reading
def test_a_struck_article_keeps_its_history(client: Client) -> None:
    factories.make_edition_of("charter", charter(2, article(3, text="Gone.")), on=DAYS[0])
    factories.make_edition_of("charter", charter(2), number=2, on=DAYS[1])
    html = page(client, "/en/texts/charter/history/art3/")
    assert "Edition 2 · Struck from the text" in html
    assert "As it is in force" not in html
    old = page(client, "/en/texts/charter/editions/1/art3/")
    assert "The edition in force does not have it" in old
    assert 'href="/en/texts/charter/history/art3/"' in old


@reading
def test_a_wording_names_the_amendments_that_made_it(client: Client) -> None:
    editions = add_editions(0, 2)
    city = CityFactory(slug="vienna")
    for number, key in ((4, "art2.p1"), (5, "art1")):
        amendment = Amendment.objects.create(
            instrument=editions[0].instrument,
            number=number,
            edition=editions[0],
            base_sha256=editions[0].sha256,
            proposer=city,
            state="applied",
            operations=[{"op": "substitute", "key": key, "base": {}, "words": {}}],
            created_at=NOW,
            changed_at=NOW,
        )
        EditionAmendment.objects.create(edition=editions[1], amendment=amendment, position=number)
    html = page(client, "/en/texts/charter/history/art2/")
    assert 'href="/en/texts/charter/amendments/4/">Amendment 4, ' in html
    assert "amendments/5/" not in html


# ── feeds and rules ─────────────────────────────────────────────────────────────────────────

ATOM = "{http://www.w3.org/2005/Atom}"


@reading
def test_the_feed_tells_what_each_edition_changed(client: Client) -> None:
    add_editions(0, 2)
    factories.make_edition_of("other", charter(2), kind="resolution")
    response = client.get("/en/texts/charter/feed.xml")
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = etree.fromstring(response.content)
    entries = feed.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == [
        "Charter · Edition 2",
        "Charter · Edition 1",
    ]
    assert "for “2” substitute “3”" in entries[0].findtext(f"{ATOM}summary", "")
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert ids == [
        f"tag:testserver,{NOW:%Y-%m-%d}:/en/texts/charter/editions/{number}//" for number in (2, 1)
    ]
    every = etree.fromstring(client.get("/en/texts/feed.xml").content)
    assert len(every.findall(f"{ATOM}entry")) == 3
    link = '<link rel="alternate" type="application/atom+xml" href="/en/texts/charter/feed.xml"'
    assert link in page(client, "/en/texts/charter/")


@reading
def test_the_feed_says_nothing_of_an_edition_that_is_not_public(client: Client) -> None:
    factories.make_edition_of("charter", charter(7), on=DAYS[0], published=False)
    factories.make_edition_of("charter", charter(2), number=2, on=DAYS[1])
    feed = client.get("/en/texts/charter/feed.xml").content.decode()
    assert "Charter · Edition 2" in feed
    assert "substitute" not in feed
    assert "Edition 2 · In the first edition" in page(client, "/en/texts/charter/history/art2/")


@reading
def test_a_feed_asked_again_derives_nothing_again(client: Client) -> None:
    add_editions(0, 3)
    first = client.get("/en/texts/charter/feed.xml").content
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/en/texts/charter/feed.xml").content == first
    assert not any("resolutions_editiontext" in query["sql"] for query in queries)


@reading
def test_rules_are_read_on_any_day_with_how_they_came_to_be(client: Client) -> None:
    terms = (2, 2, 4)
    for place, years in enumerate(terms):
        factories.make_edition_of(
            "charter",
            charter(years),
            number=place + 1,
            kind="bylaws",
            on=DAYS[place],
            rules={"chair_term_years": (years, "art2.p1")},
        )
    html = page(client, "/en/texts/rules/?on=2017-01-01")
    assert 'href="/en/texts/charter/editions/2/art2.p1/">Article 2(1)</a>' in html
    assert "12 December 2014 to 31 August 2018" in html
    assert "since 1 September 2018" in html
    assert 'href="/en/texts/charter/editions/3/art2.p1/"' in html
    assert "No bylaws in force" in page(client, "/en/texts/rules/?on=2014-12-11")
