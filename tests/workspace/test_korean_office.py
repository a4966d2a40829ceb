"""The Korean clerk meets no English: every page that an office role opens, in Korean.

The people, things and addresses are those of the access matrix; everything that could be
read is named in Korean there, so a Latin word on a page is one that nobody translated.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings
from wagtail.models import Page, PageLogEntry, Site

from members.models import CityName
from secretariat.kernel import clock
from secretariat.kernel.models import Network, User
from tests.resolutions.stage import NAMES as STAGE
from tests.resolutions.stage import at
from tests.security.matrix_addresses import routes
from tests.security.matrix_people import OFFICE_ROLES, Everybody
from tests.security.matrix_table import Outcome, read_row, read_table
from tests.security.matrix_walk import Walk, middleware

# Wagtail's renditions leave temporary files to the garbage collector.
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:Unclosed file <tempfile.Spooled:ResourceWarning"),
]

SPOKEN = ("alt", "aria-label", "placeholder", "title", "aria-description", "data-label")
UNSPOKEN = frozenset({"script", "style", "code", "kbd", "samp", "pre", "noscript"})
VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
LATIN = re.compile(r"[A-Za-z]{3,}")
# The same in every language: addresses, digests, chains, identifiers, names of files and formats.
MACHINE = re.compile(
    r"https?://\S+|\S+@\S+|/(?:ko|en|admin)/\S*|\b[0-9a-f]{8,64}\b|\b\S+\.(?:png|txt|json|csv|xlsx)\b"
    r"|\b[a-z_]+(?::[\w-]+)?#\d+|\b[a-z_]+:[\w-]+|\b[a-z]+(?:[._-][a-z0-9]+)+\b"
)
# Names that Korean institutional writing keeps in Latin letters, and languages in their own name;
# codes that a help text gives as examples.
NAMES = frozenset(
    "English Wagtail JSON CSV XLSX PDF PNG JPEG JPG GIF AVIF WEBP SVG HTML URL API ILO TOTP"
    " WebAuthn PIN ISO UTC SHA TXT Word Akoma Ntoso XML ODS TSV YAML DOCX UTF OIDC"
    " SDG SEL EUR KRW seoul ordinary Article".split()
)
# What the things under test are called where a machine or a draft says it.
THINGS = re.compile(
    r"\b(?:ko|en) (?:art\d+(?: \d+)?|heading)\b|\b(?:bylaws|declaration|paper) ko\b"
    r"|\((?:TOTAL|INITIAL)_FORMS hidden [^)]*\)"
)


CODES = frozenset(code for code, _ko, _en in STAGE.values()) | {"ZZZ"}


class _Words(HTMLParser):
    """What a page says, in its text and in the attributes that are read out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._open: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        language = given.get("lang", self._open[-1][1] if self._open else "ko")
        if "hidden" in given:
            language = ""
        if language == "ko":
            self.found += [given[name] for name in SPOKEN if given.get(name)]
            if tag == "input" and given.get("type") in {"submit", "button"}:
                self.found.append(given.get("value", ""))
        if tag not in VOID:
            self._open.append((tag, language))

    def handle_endtag(self, tag: str) -> None:
        while self._open and tag in [name for name, _language in self._open]:
            if self._open.pop()[0] == tag:
                return

    def handle_data(self, data: str) -> None:
        language = self._open[-1][1] if self._open else "ko"
        if language == "ko" and not {name for name, _language in self._open} & UNSPOKEN:
            self.found.append(data)


@pytest.fixture(scope="module")
def walk(django_db_setup: None, django_db_blocker: pytest.DjangoDbBlocker) -> Iterator[Walk]:
    with (
        django_db_blocker.unblock(),
        transaction.atomic(),
        override_settings(SECOND_FACTOR_REQUIRED=True, MIDDLEWARE=middleware()),
        clock.held_at(at(10)),
    ):
        everybody = Everybody()
        User.objects.update(name="담당자", language="ko")
        CityName.objects.update(name="도시", description="")
        Network.objects.update(name_en="시험 도시 네트워크")
        Page.objects.update(title="쪽", draft_title="쪽")
        PageLogEntry.objects.update(label="쪽")
        Site.objects.update(site_name="시험 도시 네트워크")
        for person in everybody.people.values():
            if person is not None:
                person.refresh_from_db()
        yield Walk(everybody)
        transaction.set_rollback(True)


def foreign_words(response: Any) -> set[str]:
    """The Latin words that a page of ours says in Korean."""
    if response.status_code in (400, 500) or response.streaming:
        return set()
    kind = response.headers.get("Content-Type", "")
    if kind.startswith("text/html"):
        pages = [response.content.decode()]
    elif kind.startswith("application/json"):
        pages = list(_pages_in(json.loads(response.content)))
    else:
        return set()
    found = set()
    for page in pages:
        words = _Words()
        words.feed(page)
        for said in (" ".join(raw.split()) for raw in words.found):
            left = MACHINE.sub("", THINGS.sub("", said))
            if set(LATIN.findall(left)) - NAMES - CODES:
                found.add(said)
    return found


def _pages_in(document: Any) -> Iterator[str]:
    """Windows of the admin come as HTML within JSON."""
    if isinstance(document, dict):
        yield from (value for value in document.values() if isinstance(value, str) and "<" in value)


@pytest.mark.parametrize("role", OFFICE_ROLES)
def test_no_page_that_a_role_opens_has_a_word_in_english(walk: Walk, role: str) -> None:
    said: dict[str, str] = {}
    for route, method in _asked(role):
        for words in foreign_words(walk.answer(method, route, role)):
            said.setdefault(words, f"{method} {route}")
    assert said == {}


def _asked(role: str) -> Iterator[tuple[str, str]]:
    """What a role asks: each page, and each form as it comes back when it was sent empty.

    What the secretary-general and the librarian both open in the admin is read once.
    """
    table = read_table()
    for route in routes():
        row = read_row(table[route])
        twice = role == "librarian" and row["GET"]["secretary_general"] == Outcome.REACHED
        if not route.startswith(("admin/", "<language>/office/", "<language>/accounts/")):
            continue
        if twice and route.startswith("admin/") and route != "admin/":
            continue
        for method in ("GET", "POST"):
            if row[method][role] in (Outcome.REACHED, Outcome.REFUSED):
                yield route, method
