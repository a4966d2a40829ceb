"""What every engine does, whichever it is."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from search.engines.base import Engine
from search.query import Document, Query, Results, Sort


def document(id: str, **fields: object) -> Document:
    given = {
        "kind": "practice",
        "lang": "ko",
        "title": f"제목 {id}",
        "url": f"/ko/library/{id}/",
        **fields,
    }
    return Document(id=id, **given)  # type: ignore[arg-type]


HAMBURG = document(
    "hamburg-clauses",
    lang="en",
    title="Labour clauses in public procurement",
    summary="Whoever works for the city pays fair wages.",
    body="The procurement law of the city ties contracts to working conditions.",
    keywords=("Hamburg", "함부르크"),
    facets={
        "country": ("DE",),
        "city": ("hamburg",),
        "pillar": ("quality", "rights"),
        "year": ("2013",),
    },
    date=date(2013, 6, 18),
)
LONDON = document(
    "london-wage",
    lang="en",
    title="The London living wage",
    summary="A wage one can live on.",
    body="Employers are accredited when they pay the living wage.",
    keywords=("London", "런던"),
    facets={"country": ("GB",), "city": ("london",), "pillar": ("quality",), "year": ("2005",)},
    date=date(2005, 4, 1),
)
SEOUL = document(
    "seoul-wage",
    title="서울형 생활임금",
    summary="시와 산하 기관이 먼저 지킨다.",
    body="서울시는 생활임금을 해마다 정하고 노동자의 권리를 넓힌다.",
    keywords=("서울", "Seoul"),
    facets={
        "country": ("KR",),
        "city": ("seoul",),
        "pillar": ("quality", "protection"),
        "year": ("2015",),
    },
    date=date(2015, 1, 2),
)
ARTICLE = document(
    "bylaws/1/art3",
    kind="article",
    title="제3조(목적)",
    body="도시는 생활 임금을 장려한다.",
    facets={"instrument": ("bylaws",)},
)
ALL = (HAMBURG, LONDON, SEOUL, ARTICLE)


@pytest.fixture
def filled(engine: Engine) -> Engine:
    assert engine.rebuild(iter(ALL)) == 4
    return engine


def ids(results: Results) -> list[str]:
    return [hit.id for hit in results.hits]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("생활임금", {"seoul-wage", "bylaws/1/art3"}),
        ("생활임금을", {"seoul-wage", "bylaws/1/art3"}),
        ("임금", {"seoul-wage", "bylaws/1/art3"}),
        ("노동자의 권리", {"seoul-wage"}),
        ("제3조", {"bylaws/1/art3"}),
        ("living wages", {"london-wage"}),
        ('"wage living"', set()),
        ('"living wage"', {"london-wage"}),
        ("wage", {"london-wage", "hamburg-clauses"}),
        ("함부르크", {"hamburg-clauses"}),
        ("hamburg wages", {"hamburg-clauses"}),
    ],
)
def test_finds(filled: Engine, asked: str, found: set[str]) -> None:
    results = filled.search(Query(text=asked))
    assert set(ids(results)) == found
    assert results.total == len(found)
    assert not results.relaxed


def test_any_of_the_words_where_nothing_has_all(filled: Engine) -> None:
    results = filled.search(Query(text="procurement 생활임금"))
    assert set(ids(results)) == {"hamburg-clauses", "seoul-wage", "bylaws/1/art3"}
    assert results.relaxed


def test_the_title_weighs_most(filled: Engine) -> None:
    assert ids(filled.search(Query(text="wage")))[0] == "london-wage"


def test_a_hit_shows_where_it_answers(filled: Engine) -> None:
    (hit,) = filled.search(Query(text="권리")).hits
    assert [piece.text for piece in hit.highlight if piece.marked] == ["권리"]
    assert (hit.kind, hit.lang, hit.title, hit.url) == (
        "practice",
        "ko",
        "서울형 생활임금",
        "/ko/library/seoul-wage/",
    )
    assert hit.date == date(2015, 1, 2)
    assert hit.facets["pillar"] == ("quality", "protection")


def test_language_narrows(filled: Engine) -> None:
    assert set(ids(filled.search(Query(lang="en")))) == {"hamburg-clauses", "london-wage"}


def test_facets_narrow_and_their_own_counts_stay(filled: Engine) -> None:
    results = filled.search(Query(facets={"pillar": ("rights", "protection")}))
    assert set(ids(results)) == {"hamburg-clauses", "seoul-wage"}
    assert dict(results.facets["pillar"]) == {"quality": 3, "protection": 1, "rights": 1}
    assert dict(results.facets["country"]) == {"DE": 1, "KR": 1}
    both = filled.search(Query(facets={"pillar": ("rights", "protection"), "country": ("KR",)}))
    assert ids(both) == ["seoul-wage"]


def test_counts_come_with_a_question(filled: Engine) -> None:
    results = filled.search(Query(text="생활임금"))
    assert dict(results.facets["kind"]) == {"article": 1, "practice": 1}
    assert dict(results.facets["lang"]) == {"ko": 2}


def test_an_unknown_value_finds_nothing(filled: Engine) -> None:
    results = filled.search(Query(facets={"country": ("XX",)}))
    assert (results.total, results.hits, results.pages) == (0, (), 0)


def test_order_by_date_and_title(filled: Engine) -> None:
    assert ids(filled.search(Query(sort=Sort.NEWEST)))[:3] == [
        "seoul-wage",
        "hamburg-clauses",
        "london-wage",
    ]
    assert ids(filled.search(Query(sort=Sort.OLDEST)))[:3] == [
        "london-wage",
        "hamburg-clauses",
        "seoul-wage",
    ]
    assert ids(filled.search(Query(text="wage", sort=Sort.TITLE))) == [
        "hamburg-clauses",
        "london-wage",
    ]


def test_pages(engine: Engine) -> None:
    engine.rebuild(
        document(f"p{n:02}", title="생활임금", date=date(2000, 1, 1 + n)) for n in range(25)
    )
    pages = [engine.search(Query(text="생활임금", page=number)) for number in (1, 2, 3, 4)]
    assert [len(page.hits) for page in pages] == [10, 10, 5, 0]
    assert {page.pages for page in pages} == {3}
    assert {page.total for page in pages} == {25}
    assert len({hit.id for page in pages for hit in page.hits}) == 25


def test_a_changed_document_takes_the_place_of_the_old(filled: Engine) -> None:
    filled.upsert(
        [replace(SEOUL, title="최저임금", body="", facets={"country": ("KR",), "year": ("2020",)})]
    )
    assert ids(filled.search(Query(text="권리"))) == []
    assert ids(filled.search(Query(text="최저임금"))) == ["seoul-wage"]
    assert dict(filled.search(Query()).facets["year"]) == {"2005": 1, "2013": 1, "2020": 1}
    assert filled.count() == 4


def test_a_thing_goes_in_all_its_languages(filled: Engine) -> None:
    filled.upsert([replace(SEOUL, lang="en", title="Seoul living wage")])
    assert filled.count() == 5
    filled.replace(kind="practice", things=["seoul-wage"], documents=[replace(SEOUL, lang="en")])
    assert filled.search(Query(text="서울형", lang="ko")).total == 0
    filled.delete(kind="practice", thing="seoul-wage")
    assert filled.count() == 3
    assert "KR" not in dict(filled.search(Query()).facets["country"])


def test_a_rebuild_forgets_what_is_gone(filled: Engine) -> None:
    assert filled.rebuild([SEOUL]) == 1
    assert filled.count() == 1
    assert filled.search(Query(text="procurement")).total == 0


def test_the_old_index_answers_during_a_rebuild_and_changes_win(filled: Engine) -> None:
    def slowly() -> Iterator[Document]:
        yield HAMBURG
        assert filled.search(Query(text="living wage")).total == 1
        filled.upsert([replace(SEOUL, title="새 제목")])
        filled.delete(kind="practice", thing="london-wage")
        yield SEOUL  # read before the change
        yield LONDON

    assert filled.rebuild(slowly()) == 2
    assert ids(filled.search(Query(text="제목"))) == ["seoul-wage"]
    assert filled.search(Query(text="london")).total == 0


def test_the_same_documents_give_the_same_answer_in_any_order(filled: Engine) -> None:
    before = filled.search(Query(text="생활임금"))
    filled.rebuild(reversed(ALL))
    after = filled.search(Query(text="생활임금"))
    assert set(ids(before)) == set(ids(after))
    assert before.facets == after.facets


def test_suggests_a_word_of_the_library(filled: Engine) -> None:
    assert filled.search(Query(text="procurment")).suggestion == "procurement"
    assert filled.search(Query(text="생활인금")).suggestion == "생활임금"
    assert filled.search(Query(text="procurement")).suggestion == ""


@pytest.mark.parametrize(
    "asked", ['"', "()", "AND OR NOT", "a*b^c:d", "'; DROP TABLE", "NEAR(", "\x00", "-"]
)
def test_no_question_breaks_it(filled: Engine, asked: str) -> None:
    assert filled.search(Query(text=asked)).degraded == ""
