"""Every link leads somewhere, and a page speaks one language: nobody reads a crumb of another.

Marked `browser` with the journeys, as it needs the served demonstration.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from secretariat.workspace.demonstration.source import read_json
from tests.browser.reading import Reading
from tests.browser.running import Site
from tests.browser.walking import Walk, Walker, walk

pytestmark = pytest.mark.browser

DEMONSTRATION = {
    "ko": "시연용 자료이며 실제 결정이 아닙니다",
    "en": "Demonstration data, not a real decision",
}
LATIN, HANGUL = re.compile(r"[A-Za-z]{3,}"), re.compile(r"[가-힣]+")
# The same in every language, and not words: addresses, hashes, names of chains and provisions.
MACHINE = re.compile(
    r"https?://\S+|\S+@\S+|/(?:ko|en)/\S*|\b[0-9a-f]{8,64}\b|SHA-256"
    r"|\b(?:application|assembly|vote|election|text|city|amendment|signing):[a-z0-9-]+(?:/\d+)?"
    r"|\b20\d\d-[a-z]+\b"
    r"|\b(?:pre|closing|(?:art|ch|sec|part|supp|annex)\d[\w-]*)(?:\.[a-z]+\d[\w-]*)*\b"
)
CODES = {row["code"] for name in ("cities", "partners") for row in read_json(name)}
# Names that Korean institutional writing keeps in Latin letters, and languages in their own name.
NAMES = {
    "English", "HRD", "ILO", "JSON", "LEED", "Net", "OECD", "PIN", "RFC", "UTF", "WAPES", "WCAG",
    "Article", "JavaScript", "WebAuthn", "TOTP", "CSV", "DOCX", "EUR", "JPEG", "KRW", "PDF", "PNG",
    "SDG", "TXT", "Vienna", "XLSX",
    "Akoma", "Ntoso", "Atom", "Linux", "Windows", "Word", "XML", "macOS",
}  # fmt: skip
QUOTED = re.compile(r"“[^”]*”|‘.*?’(?![a-z])")
# Fields of the ledger's lines; how a text of either language is written; a basis given in both.
EXAMPLES = re.compile(
    r"number, chain, sequence, entry_hash, previous|제1조\(목적\), ①, 1., 가\."
    r"|제12조의2|Article 12 bis|삭제 and Repealed|영문 Repealed|Alt\+Page Down·Page Up|Ctrl\+S"
    r"|2017 서울 국제포럼 / International Forum, Seoul, 5–6 September 2017"
)
LANGUAGE_NAMES = {"한국어"}
# Roles that stand as the names of the demonstration's accounts, in both languages at once.
ACCOUNT_NAME = re.compile(
    r"[가-힣 ]+ \((?:Secretary-general|Returning officer|Registrar of members|Librarian|Auditor"
    r"|Mayor|Governor|Director-General|International desk|Delegate of [A-Z][A-Za-z ]+)\)"
)
# What the city wrote stays in its language, whoever reads it.
OF_THE_CITY = re.compile(
    r"/(?:ko|en)/desk/[^/]+/practices/[^/]+/(?:ko|en)/|/office/members/applications/.|/office/letters/."
    r"|/desk/[^/]+/letters/."
)
CHAINS = {"office", "network"}


@contextmanager
def walker(site: Site, button: str = "") -> Iterator[Walker]:
    person = Walker(site.url)
    try:
        if button:
            person.become(button)
        yield person
    finally:
        person.close()


@pytest.fixture(scope="module")
def public(site: Site) -> Walk:
    with walker(site) as person:
        return walk(person, ("/ko/", "/en/"), within=lambda address: True)


def test_the_public_site_holds_together(public: Walk) -> None:
    assert len(public.pages) > 300
    assert dead_links(public) == []
    assert faults(public) == []


def test_korean_pages_have_no_english_crumbs_and_english_ones_no_korean(public: Walk) -> None:
    assert crumbs(public) == []


def test_every_public_document_says_that_it_is_a_demonstration(public: Walk) -> None:
    documents = {
        address: answer
        for address, answer in public.answers.items()
        if not address.startswith("/static/")
    }
    kinds = {answer.kind.split(";")[0] for answer in documents.values()}
    assert {"text/html", "application/json"} <= kinds
    assert [a for a, d in documents.items() if d.headers.get("x-robots-tag") is None] == []
    assert [a for a, page in public.pages.items() if page.robots != "noindex, nofollow"] == []
    for address, document in documents.items():
        if "attachment" in document.headers.get("content-disposition", ""):
            continue  # files of an edition: tests/resolutions/exports reads them
        words = document.text
        if document.kind.startswith("application/json"):
            words = json.dumps(json.loads(words), ensure_ascii=False)
            assert all(label in words for label in DEMONSTRATION.values()), address
        else:
            assert any(label in words for label in DEMONSTRATION.values()), address


@pytest.mark.parametrize(
    ("button", "starts"),
    [
        ("뉴욕 대표 로그인", ("/ko/desk/", "/en/desk/", "/ko/accounts/2fa/", "/en/accounts/2fa/")),
        # tests/workspace/test_korean_office.py opens every Korean page of the office's roles.
        ("선거관리관 로그인", ("/en/office/",)),
        ("사무총장 로그인", ("/en/office/",)),
        ("회원등록관 로그인", ("/en/office/",)),
    ],
)
def test_desks_and_the_office_hold_together(
    site: Site, button: str, starts: tuple[str, ...]
) -> None:
    with walker(site, button) as person:
        found = walk(person, starts, within=own_pages({start[1:3] for start in starts}))
    assert len(found.pages) > 20
    assert dead_links(found) == []
    assert faults(found) == []
    assert crumbs(found) == []


def own_pages(languages: set[str]) -> Callable[[str], bool]:
    """Pages of the desk, the office and the account; of many pages of one kind, two."""
    own = re.compile(rf"/(?:{'|'.join(languages)})/(?:desk|office|accounts)/|/demo/")
    one_of_many = re.compile(
        r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}|(?<=/cities/)[^/]+|(?<=/practices/)[^/]+"
        r"|(?<=/provisions/)[^/]+|(?<=/contributions/)\d+/[^/]+|(?<=/record/)[^/]+"
    )
    opened: Counter[str] = Counter()

    def within(address: str) -> bool:
        kind = one_of_many.sub("…", address)
        if not own.match(address) or (kind != address and opened[kind] >= 2):
            return False
        opened[kind] += 1
        return True

    return within


def dead_links(found: Walk) -> list[str]:
    """Addresses that do not answer with 200, and fragments that their page lacks."""
    dead = [
        f"{source} → {target}: {found.answers[target].status}"
        for source, target, _fragment in found.links
        if target in found.answers and found.answers[target].status != 200
    ]
    identifiers = {address: set(page.identifiers) for address, page in found.pages.items()}
    dead += [
        f"{source} → {target}#{fragment}"
        for source, target, fragment in found.links
        if fragment and target in identifiers and fragment not in identifiers[target]
    ]
    return sorted(set(dead))


def faults(found: Walk) -> list[str]:
    """What every page has: its language, a title, one main heading, identifiers used once."""
    wrong = []
    for address, page in found.pages.items():
        spoken = address.split("/")[1] if address[:4] in {"/ko/", "/en/"} else page.language
        if page.language != spoken:
            wrong.append(f"{address}: lang={page.language!r}")
        if not page.title.split(" · ")[0].strip():
            wrong.append(f"{address}: no title")
        if len([heading for heading in page.headings if heading.strip()]) != 1:
            wrong.append(f"{address}: main headings {page.headings}")
        twice = [name for name, times in Counter(page.identifiers).items() if times > 1]
        if twice:
            wrong.append(f"{address}: identifiers twice: {twice}")
    return wrong


def crumbs(found: Walk) -> list[str]:
    """Words in a language other than the one they are marked with, with one page that has them."""
    seen: dict[str, str] = {}
    for address, page in found.pages.items():
        if OF_THE_CITY.search(address):
            continue
        for words in foreign_words(address, page):
            seen.setdefault(words, address)
    return [f"{address}: {words}" for words, address in seen.items()]


def foreign_words(address: str, page: Reading) -> Iterator[str]:
    for language, words in page.words:
        rest = ACCOUNT_NAME.sub("", MACHINE.sub("", EXAMPLES.sub("", words)))
        # A tag of the library is a word of the language it was written in.
        if "/library/?lang=" in address and rest == words and len(words) < 40:
            continue
        if language == "ko":
            left = set(LATIN.findall(QUOTED.sub("", rest))) - CODES - NAMES
            if "/audit/" in address:
                left -= CHAINS
        else:
            left = set(HANGUL.findall(QUOTED.sub("", rest))) - LANGUAGE_NAMES
        if left:
            yield words
