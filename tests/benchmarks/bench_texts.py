"""Long texts: read, hashed, compared, on any day in any edition, with a long history.

The text is made of the demonstration's own sentences, two hundred articles in Korean and in
English with the same keys. Beside the redline stands `lxml.html.diff` over the same text as HTML,
in the same run. docs/how-to/measure.md.
"""

from __future__ import annotations

import gc
import random
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from html import escape
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml.html.diff import htmldiff

from resolutions.models import Instrument
from resolutions.rules.canonical import language_hash
from resolutions.rules.numbering import render_number
from resolutions.rules.operations import Words
from resolutions.rules.parse import parse_text
from resolutions.rules.redline import Mark, Redline, redline
from resolutions.rules.structure import Kind, Provision, TextTree
from resolutions.selectors.drafting import draft_history, provision_history
from resolutions.selectors.texts import edition_trees, instrument_editions
from resolutions.services.drafting import ProvisionWords, draft_text, save_words
from resolutions.services.texts import adopt_text, publish_edition, table_text
from secretariat.kernel.policy import SYSTEM
from tests.architecture.project import ROOT
from tests.factories import NOW

ARTICLES = 200
EDITIONS = 20
REVISIONS = 1_000
LANGUAGES = ("ko", "en")
NEW_WORD = {"ko": "새말은", "en": "newword"}
DEMONSTRATION = ROOT / "secretariat/workspace/demonstration/data/texts"

LONG = 1_000
LONG_SECONDS = 5


def spent(work: Callable[[], Any], *, times: int = 5) -> float:
    """The fewest processor seconds that `work` takes: what other programs do counts little."""
    work()
    taken = []
    for _ in range(times):
        gc.collect()
        began = time.process_time()
        work()
        taken.append(time.process_time() - began)
    return min(taken)


@cache
def sentences(lang: str) -> tuple[str, ...]:
    """What the demonstration's bylaws say in their paragraphs and items."""
    tree = parse_text((DEMONSTRATION / f"bylaws.{lang}.txt").read_bytes(), lang=lang).tree
    inner = (Kind.PARAGRAPH, Kind.ITEM)
    return tuple(each.text for each in tree.walk() if each.kind in inner and each.text)


@cache
def plain(lang: str) -> bytes:
    """Two hundred articles of four paragraphs as plain text."""
    chosen = random.Random(4)  # noqa: S311 - the same text each time
    lines = ["긴 규약" if lang == "ko" else "Long Bylaws", ""]
    for article in range(1, ARTICLES + 1):
        lines.append(
            f"제{article}조(조문 {article})"
            if lang == "ko"
            else f"Article {article} (On {article})"
        )
        for paragraph in range(4):
            number = "①②③④"[paragraph] if lang == "ko" else f"{paragraph + 1}."
            lines.append(f"{number} {chosen.choice(sentences(lang))}")
        lines.append("")
    return "\n".join(lines).encode()


@cache
def tree(lang: str) -> TextTree:
    return parse_text(plain(lang), lang=lang).tree


def amended(text: TextTree, share: float) -> tuple[TextTree, dict[str, str]]:
    """The text with one word of each chosen paragraph another; and the words that went, by key."""
    chosen = random.Random(11)  # noqa: S311 - the same words each time
    gone: dict[str, str] = {}

    def anew(provision: Provision) -> Provision:
        children = tuple(map(anew, provision.children))
        if not provision.text or chosen.random() >= share:
            return replace(provision, children=children)
        words = provision.text.split(" ")
        place = chosen.randrange(len(words))
        gone[provision.key] = words[place]
        words[place] = NEW_WORD[text.lang]
        return replace(provision, text=" ".join(words), children=children)

    return replace(text, provisions=tuple(map(anew, text.provisions))), gone


def html(text: TextTree) -> str:
    """The text as a simple page: a heading for each article, a paragraph for each provision."""
    pieces = []
    for each in text.walk():
        number = escape(render_number(each.kind, each.number, text.lang))
        if each.kind is Kind.ARTICLE:
            pieces.append(f"<h3>{number} {escape(each.heading)}</h3>")
        else:
            pieces.append(f"<p>{number} {escape(each.text)}</p>")
    return "".join(pieces)


@pytest.mark.parametrize("share", [0.05, 0.25, 1.0])
def test_a_redline_of_two_editions_against_lxml(share: float) -> None:
    old = {lang: tree(lang) for lang in LANGUAGES}
    changes = {lang: amended(old[lang], share) for lang in LANGUAGES}
    pages = {lang: (html(old[lang]), html(changes[lang][0])) for lang in LANGUAGES}
    found: dict[str, Redline] = {}

    def ours() -> None:
        for lang in LANGUAGES:
            found[lang] = redline(old[lang], changes[lang][0])

    def theirs() -> None:
        for before, after in pages.values():
            htmldiff(before, after)

    mine, lxml = spent(ours), spent(theirs, times=1)
    count = sum(len(gone) for _, gone in changes.values())
    print(
        f"\nredline of {ARTICLES} articles in two languages, {count} words changed: "
        f"{mine * 1000:.0f} ms, lxml.html.diff {lxml * 1000:.0f} ms, {lxml / mine:.1f} times"
    )
    for lang, (_, gone) in changes.items():
        for each in found[lang].provisions:
            marked = {
                mark: "".join(span.text for span in each.text if span.mark is mark)
                for mark in (Mark.DELETED, Mark.INSERTED)
            }
            expected = gone.get(each.key, "")
            assert (
                marked[Mark.INSERTED] in NEW_WORD[lang] if expected else not marked[Mark.INSERTED]
            )
            assert marked[Mark.DELETED] in expected
    assert lxml >= 3 * mine


def test_a_bilingual_text_is_imported_within_a_second() -> None:
    def work() -> None:
        for lang in LANGUAGES:
            parse_text(plain(lang), lang=lang)

    taken = spent(work)
    size = sum(len(plain(lang)) for lang in LANGUAGES) // 1000
    print(f"\n{ARTICLES} articles in two languages ({size} kB) are read in {taken * 1000:.0f} ms")
    assert sum(1 for each in tree("ko").walk() if each.kind is Kind.ARTICLE) == ARTICLES
    assert [each.key for each in tree("ko").walk()] == [each.key for each in tree("en").walk()]
    assert taken < 1


@pytest.mark.django_db
def test_a_bilingual_text_is_stored_as_a_draft() -> None:
    """What reading leaves to do: every row, the first revision, the hashes. Told, not limited."""
    given = {"kind": "bylaws", "reason": "import", "actor": SYSTEM, "now": NOW}
    for slug, share, what in (("long", 0.0, "first"), ("long", 0.1, "again, a tenth changed")):
        trees = [amended(tree(lang), share)[0] for lang in LANGUAGES]
        began = time.perf_counter()
        draft_text(slug=slug, trees=trees, **given)
        print(f"\nstored {what}: {time.perf_counter() - began:.2f} s")
    assert Instrument.objects.get().provisions.filter(kind="article").count() == ARTICLES


def long_text() -> bytes:
    """Bylaws of a thousand articles, three paragraphs each."""
    articles = [
        f"제{number}조(목적)\n① 이 조는 회원도시의 권리를 정한다.\n"
        f"② 제1항의 권리는 다음과 같다.\n1. 출석\n2. 표결\n③ 제2항은 제{number}조에만 따른다."
        for number in range(1, LONG + 1)
    ]
    return ("긴 규약\n\n" + "\n\n".join(articles)).encode()


def test_a_thousand_articles_are_read_and_hashed() -> None:
    raw = long_text()
    began = time.perf_counter()
    result = parse_text(raw, lang="ko")
    read = time.perf_counter()
    language_hash(result.tree)
    hashed = time.perf_counter()
    print(
        f"\n{LONG} articles, {len(raw) // 1000} kB: read in {read - began:.2f} s, "
        f"hashed in {hashed - read:.2f} s"
    )
    assert sum(1 for each in result.tree.walk() if each.kind is Kind.ARTICLE) == LONG
    assert hashed - began < LONG_SECONDS


# --- with a database


@pytest.fixture
def instrument(db: None) -> Instrument:
    return draft_text(
        slug="long-bylaws",
        kind="bylaws",
        trees=[tree(lang) for lang in LANGUAGES],
        actor=SYSTEM,
        now=NOW,
    )


def edit(instrument: Instrument, number: int) -> None:
    """One article's paragraph reads otherwise, in both languages, as one revision."""
    key = f"art{number % ARTICLES + 1}.p1"
    words = {
        lang: Words("", f"{tree(lang).by_key()[key].text} {NEW_WORD[lang]} {number}.")
        for lang in LANGUAGES
    }
    save_words(
        instrument=instrument,
        provisions=[ProvisionWords(key, words, {})],
        reason=f"{number}",
        actor=SYSTEM,
        now=NOW + timedelta(minutes=number),
    )


def test_the_text_of_any_day(instrument: Instrument) -> None:
    begin = date(2010, 1, 1)
    for number in range(1, EDITIONS + 1):
        edit(instrument, number)
        instrument.refresh_from_db()
        table_text(instrument=instrument, actor=SYSTEM, now=NOW)
        instrument.refresh_from_db()
        edition = adopt_text(
            instrument=instrument,
            vote=None,
            basis="as it was",
            adopted_on=begin + timedelta(days=100 * number),
            in_force_from=begin + timedelta(days=100 * number),
            actor=SYSTEM,
            now=NOW,
        )
        publish_edition(edition=edition, actor=SYSTEM, now=NOW)
        instrument.refresh_from_db()
    days = [begin + timedelta(days=100 * number + 50) for number in range(1, EDITIONS + 1)]

    def on(day: date) -> dict[str, TextTree]:
        found = instrument_editions(slug="long-bylaws", on=day)
        assert found is not None
        assert found.in_force is not None
        return edition_trees(edition=found.in_force)

    taken = []
    for place, day in enumerate(days, start=1):
        trees = on(day)
        assert f"{NEW_WORD['en']} {place}." in trees["en"].by_key()[f"art{place + 1}.p1"].text
        taken.append(spent(lambda day=day: on(day), times=3))
    print(
        f"\nthe text on any day, {ARTICLES} articles in two languages, {EDITIONS} editions: "
        f"{statistics.median(taken) * 1000:.1f} ms, at most {max(taken) * 1000:.1f} ms"
    )
    assert statistics.median(taken) < 0.030


def size() -> int:
    """The bytes that the database takes, free pages left out."""
    with connection.cursor() as cursor:
        pages, free, page = (
            cursor.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("page_count", "freelist_count", "page_size")
        )
    return int((pages - free) * page)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="measures the SQLite file")
def test_a_thousand_revisions(instrument: Instrument) -> None:
    for number in range(10):
        edit(instrument, number)
    few = history_queries(instrument)
    before = size()
    began = time.perf_counter()
    for number in range(10, REVISIONS + 10):
        edit(instrument, number)
    taken = time.perf_counter() - began
    grown = (size() - before) / 1_000_000
    began = time.perf_counter()
    many = history_queries(instrument)
    listed = time.perf_counter() - began
    print(
        f"\n{REVISIONS} revisions of one article each: {grown:.1f} MB, "
        f"{taken / REVISIONS * 1000:.1f} ms each; history of all listed in {listed * 1000:.0f} ms, "
        f"{many} queries"
    )
    assert few == many
    assert grown <= 8


def history_queries(instrument: Instrument) -> int:
    with CaptureQueriesContext(
        connection,
    ) as context:
        for revision in draft_history(instrument=instrument):
            assert revision.revision.comment
        provision_history(instrument=instrument, key="art1.p1")
    return len(context)
