"""What becomes searchable of the network's things, and what does not."""

from datetime import date, datetime
from typing import Any

import pytest
from wagtail.models import Locale, Page, Site

from cms.models import ForumIndexPage, ForumPage, HomePage, NewsIndexPage, NewsPage, StandardPage
from resolutions.models import (
    AgendaItem,
    AgendaItemText,
    Assembly,
    AssemblyText,
    Edition,
    EditionLanguage,
    EditionProvision,
    EditionText,
    Election,
    ElectionText,
    Instrument,
    InstrumentTitle,
    Nomination,
    NominationText,
    Publication,
    Vote,
    VoteResult,
    VoteText,
)
from search.sources import articles, assemblies, cities, decisions, elections, pages, practices
from secretariat.kernel.clock import SEOUL
from tests.factories import CityFactory, MembershipFactory

pytestmark = pytest.mark.django_db
NOON = datetime(2018, 12, 12, 12, 0, tzinfo=SEOUL)


def by_language(documents: Any) -> dict[str, Any]:
    return {document.lang: document for document in documents}


def test_practices(make_practice: Any) -> None:
    city = CityFactory(slug="vienna", country="AT", names={"ko": "빈", "en": "Vienna"})
    make_practice(
        "p1",
        title="노동시간 단축",
        summary="짧게 일한다.",
        body="시범 사업이다.",
        city=city,
        pillars=["protection", "dialogue"],
        instrument="pilot",
        year=2017,
        tags=["노동시간"],
    )
    make_practice("p1", "en", title="Shorter hours", city=city)
    make_practice("p2", live=False)
    found = by_language(practices.everything())
    assert set(found) == {"ko", "en"}
    korean = found["ko"]
    assert (korean.id, korean.kind, korean.url) == ("p1", "practice", "/ko/library/p1/")
    assert korean.every_facet() == {
        "kind": ("practice",),
        "lang": ("ko",),
        "pillar": ("protection", "dialogue"),
        "country": ("AT",),
        "city": ("vienna",),
        "instrument": ("pilot",),
        "year": ("2017",),
        "tag": ("노동시간",),
    }
    assert {"빈", "Vienna", "노동시간"} <= set(korean.keywords)
    assert list(practices.now(["p2", "nothing"])) == []
    assert len(list(practices.now(["p1"]))) == 2


def adopted(number: int, article: str, *, public: bool = True) -> None:
    instrument, _made = Instrument.objects.get_or_create(
        slug="bylaws",
        defaults={"kind": "bylaws", "created_at": NOON, "authentic_languages": ["ko", "en"]},
    )
    InstrumentTitle.objects.get_or_create(instrument=instrument, language="ko", title="규약")
    edition = Edition.objects.create(
        instrument=instrument,
        number=number,
        adopted_at=NOON,
        adopted_on=date(2018, 12, 12),
        in_force_from=date(2018, 12, 12),
        sha256="0" * 64,
    )
    if public:
        Publication.objects.create(edition=edition, published_at=NOON)
    for language, title in (("ko", "규약"), ("en", "Bylaws")):
        EditionLanguage.objects.create(
            edition=edition, language=language, title=title, authentic=True, sha256="0" * 64
        )
    rows = [
        ("pre", "", "preamble", "", {"ko": ("", "우리 도시는"), "en": ("", "We, the cities")}),
        ("ch1", "", "chapter", "1", {"ko": ("총칙", ""), "en": ("General", "")}),
        ("art1", "ch1", "article", "1", {"ko": ("목적", article), "en": ("Purpose", "To live.")}),
        ("art1.p1", "art1", "paragraph", "1", {"ko": ("", "첫째 항."), "en": ("", "First.")}),
        ("supp1", "", "supplementary", "", {"ko": ("", ""), "en": ("", "")}),
        ("supp1.art1", "supp1", "article", "1", {"ko": ("시행일", "바로"), "en": ("Entry", "Now")}),
    ]
    for position, (key, parent, kind, neutral, texts) in enumerate(rows):
        provision = EditionProvision.objects.create(
            edition=edition,
            key=key,
            parent_key=parent,
            position=position,
            kind=kind,
            number=neutral,
        )
        for language, (heading, text) in texts.items():
            EditionText.objects.create(
                provision=provision, language=language, heading=heading, text=text
            )


def test_articles_of_the_newest_edition() -> None:
    Instrument.objects.create(slug="draft", kind="resolution", created_at=NOON)
    adopted(1, "생활임금을 준다.")
    adopted(2, "생활임금을 지킨다.")
    adopted(3, "아직 알리지 않았다.", public=False)
    found = list(articles.everything())
    assert [(each.lang, each.id, each.whole) for each in found if each.lang == "ko"] == [
        ("ko", "bylaws/2/pre", "bylaws"),
        ("ko", "bylaws/2/art1", "bylaws"),
        ("ko", "bylaws/2/supp1.art1", "bylaws"),
    ]
    supplementary = by_language(each for each in found if "supp" in each.id)
    assert supplementary["ko"].title == "규약 부칙 제1조(시행일)"
    article = by_language(each for each in found if each.id == "bylaws/2/art1")
    assert article["ko"].title == "규약 제1조(목적)"
    assert article["ko"].body == "생활임금을 지킨다.\n① 첫째 항."
    assert article["ko"].url == "/ko/texts/bylaws/editions/2/art1/"
    assert article["ko"].keywords[1:] == ("제1장(총칙)",)
    assert article["en"].title == "Bylaws Article 1 (Purpose)"
    assert article["en"].facets == {"instrument": ["bylaws"], "year": ["2018"]}


@pytest.fixture
def assembly() -> Assembly:
    host = CityFactory(slug="seoul", names={"ko": "서울", "en": "Seoul"})
    made = Assembly.objects.create(
        slug="2018-founding",
        kind="founding",
        state="open",
        starts_at=NOON,
        ends_at=NOON,
        host_city=host,
        presiding_city=host,
    )
    AssemblyText.objects.create(assembly=made, language="ko", title="창립총회", place="서울시청")
    AssemblyText.objects.create(assembly=made, language="en", title="Founding assembly")
    item = AgendaItem.objects.create(assembly=made, number=1, kind="text")
    AgendaItemText.objects.create(item=item, language="ko", title="규약 채택")
    return made


def test_assemblies_once_convened(assembly: Assembly) -> None:
    found = by_language(assemblies.everything())
    assert found["ko"].title == "창립총회"
    assert found["ko"].summary == "서울시청"
    assert found["ko"].body.startswith("1. 규약 채택")
    assert found["en"].title == "Founding assembly"
    assert found["en"].url == "/en/assemblies/2018-founding/"
    assert found["en"].date == date(2018, 12, 12)
    Assembly.objects.update(state="draft")
    assert list(assemblies.now(["2018-founding"])) == []


def test_decisions_once_closed(assembly: Assembly) -> None:
    vote = Vote.objects.create(
        slug="adopt-bylaws",
        assembly=assembly,
        mode="roll_call",
        state="open",
        prepared_at=NOON,
        opened_at=NOON,
    )
    VoteText.objects.create(vote=vote, language="ko", title="규약 채택", question="채택할까요?")
    assert list(decisions.everything()) == []
    Vote.objects.update(state="closed", closed_at=NOON)
    VoteResult.objects.create(vote=vote, outcome="adopted", document="{}", sha256="0" * 64)
    found = by_language(decisions.now(["adopt-bylaws"]))
    assert found["ko"].title == "규약 채택"
    assert found["ko"].body == "채택할까요?"
    assert found["ko"].url == "/ko/decisions/adopt-bylaws/"
    assert found["en"].summary == "Adopted"
    assert found["en"].keywords[0] == "Founding assembly"


def test_elections_with_their_candidates(assembly: Assembly) -> None:
    city = CityFactory(slug="hamburg", names={"ko": "함부르크", "en": "Hamburg"})
    election = Election.objects.create(
        slug="2018-chair",
        assembly=assembly,
        office="chair_city",
        state="nominating",
        announced_at=NOON,
    )
    ElectionText.objects.create(election=election, language="ko", title="의장도시 선거")
    nomination = Nomination.objects.create(
        election=election, city=city, nominated_by=city, nominated_at=NOON
    )
    NominationText.objects.create(nomination=nomination, language="ko", statement="함께 갑시다.")
    found = by_language(elections.everything())
    assert found["ko"].title == "의장도시 선거"
    assert found["ko"].body == "함께 갑시다."
    assert {"함부르크", "Hamburg"} <= set(found["en"].keywords)
    assert found["en"].url == "/en/elections/2018-chair/"


def test_cities_of_the_network() -> None:
    CityFactory(slug="elsewhere")
    city = CityFactory(slug="vienna", country="AT", names={"ko": "빈", "en": "Vienna"})
    MembershipFactory(city=city)
    found = by_language(cities.everything())
    assert (found["ko"].title, found["ko"].summary) == ("빈", "빈.")
    assert "Vienna" in found["ko"].keywords
    assert found["en"].every_facet()["country"] == ("AT",)


@pytest.fixture
def home() -> HomePage:
    Site.objects.all().delete()
    root = Page.objects.get(depth=1)
    page = HomePage(
        title="첫 화면", slug="home", lead="한 문장", locale=Locale.objects.get(language_code="ko")
    )
    root.add_child(instance=page)
    Site.objects.create(hostname="localhost", root_page=page, is_default_site=True)
    return page


def test_public_pages(home: HomePage) -> None:
    about = StandardPage(
        title="소개",
        slug="about",
        introduction="우리는",
        body="<p>좋은 <b>일자리</b> &amp; 도시</p>",
    )
    home.add_child(instance=about)
    home.add_child(instance=StandardPage(title="초안", slug="draft", live=False))
    news = home.add_child(instance=NewsIndexPage(title="소식", slug="news"))
    news.add_child(instance=NewsPage(title="창립", slug="founded", published_at=NOON))
    news.add_child(
        instance=NewsPage(title="내일", slug="tomorrow", published_at=NOON.replace(year=2999))
    )
    forums = home.add_child(instance=ForumIndexPage(title="포럼", slug="forums"))
    day = {"date": "2018-12-11", "title": "", "slots": []}
    day["slots"] = [
        {"starts": "11:00", "minutes": 30, "sessions": [{"title": "기조 발제", "people": []}]}
    ]
    forums.add_child(
        instance=ForumPage(
            title="2018 포럼",
            slug="2018",
            starts_on=date(2018, 12, 11),
            ends_on=date(2018, 12, 12),
            place="서울시청",
            programme=[
                ("day", ForumPage.programme.field.stream_block.child_blocks["day"].to_python(day))
            ],
        )
    )
    found = {document.title: document for document in pages.everything()}
    assert set(found) == {"소개", "소식", "창립", "포럼", "2018 포럼"}
    assert found["소개"].body.split() == ["좋은", "일자리", "&", "도시"]
    assert found["소개"].summary == "우리는"
    assert found["소개"].url == "/ko/about/"
    assert found["창립"].date == date(2018, 12, 12)
    assert "기조 발제" in found["2018 포럼"].body
    assert [document.id for document in pages.now([str(about.pk)])] == [str(about.pk)]
