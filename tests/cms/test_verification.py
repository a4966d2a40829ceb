"""The check of a document: what a fingerprint belongs to, and a file that is sent and not kept."""

from __future__ import annotations

import hashlib
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from cms.views import verification
from cms.views.verification import read_fingerprint
from resolutions.models import Edition, EditionFile
from resolutions.selectors.fingerprints import identify
from secretariat.kernel.audit import sha256
from secretariat.kernel.models import Network
from tests.cms import factories
from tests.cms.test_reading import charter
from tests.factories import NOW

FILE = b"%PDF-1.7 the charter"
HASH = hashlib.sha256(FILE).hexdigest()


@pytest.fixture
def _today(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secretariat.kernel.clock.now", lambda: NOW)


checking = pytest.mark.usefixtures("_today")


def add_file(edition: Edition, content: bytes = FILE, **fields: Any) -> EditionFile:
    return EditionFile.objects.create(
        **{
            "edition": edition,
            "format": "pdf",
            "language": "both",
            "content": content,
            "sha256": hashlib.sha256(content).hexdigest(),
            "made_with": "test",
            "made_at": NOW,
            **fields,
        }
    )


def answer(client: Client, fingerprint: str, language: str = "en") -> str:
    response = client.get(f"/{language}/verify/", {"sha256": fingerprint})
    assert response.status_code == 200
    return unescape(response.content.decode())


def send(client: Client, content: bytes, status: int = 200) -> str:
    upload = SimpleUploadedFile("charter.pdf", content)
    response = client.post("/en/verify/", {"file": upload})
    assert response.status_code == status
    return unescape(response.content.decode())


# ── reading a fingerprint ───────────────────────────────────────────────────────────────────


@given(st.binary(min_size=32, max_size=32), st.sampled_from(["", " ", "\n", "  \t"]))
def test_a_fingerprint_is_read_however_it_was_copied(raw: bytes, apart: str) -> None:
    plain = raw.hex()
    grouped = apart.join(plain[at : at + 8] for at in range(0, 64, 8))
    for typed in (
        plain,
        plain.upper(),
        f"  {grouped}\n",
        f"sha256:{plain}",
        f"SHA-256: {grouped.upper()}",
        f"urn:sha256:{plain}",
        f"{plain}  charter.pdf",
        f"SHA256 (charter.pdf) = {plain}",
    ):
        assert read_fingerprint(typed) == plain


@pytest.mark.parametrize("typed", ["", "abc", "g" * 64, "a" * 63, "a" * 65, "a" * 128])
def test_what_is_no_fingerprint_is_none(typed: str) -> None:
    assert read_fingerprint(typed) == ""


# ── what it belongs to ──────────────────────────────────────────────────────────────────────


@checking
def test_files_texts_and_editions_are_recognised(client: Client) -> None:
    edition = factories.make_edition_of("charter", charter(2))
    add_file(edition)
    add_file(edition, b"{}", format="json", language="ko")
    by_language = {row.language: row.sha256 for row in edition.languages.all()}
    for fingerprint, what in (
        (HASH, "the file PDF, 한국어 · English, as published"),
        (hashlib.sha256(b"{}").hexdigest(), "the file JSON, 한국어, as published"),
        (by_language["ko"], "the text in 한국어, authentic"),
        (by_language["en"], "the text in English, authentic"),
        (edition.sha256, "the text in all authentic languages together"),
    ):
        html = answer(client, fingerprint)
        assert 'data-verdict="original"' in html
        assert what in html
        assert 'href="/en/texts/charter/editions/1/"' in html


@checking
def test_the_answer_says_whether_the_edition_is_in_force(client: Client) -> None:
    old = factories.make_edition_of("charter", charter(2), on=date(2014, 1, 1))
    wrong = factories.make_edition_of("charter", charter(3), number=2, on=date(2016, 1, 1))
    now = factories.make_edition_of(
        "charter", charter(4), number=3, on=date(2017, 1, 1), corrects=wrong
    )
    html = answer(client, old.sha256)
    assert "Superseded" in html
    assert 'href="/en/texts/charter/editions/3/">In force today: Edition 3</a>' in html
    assert "Read the corrigendum" not in html
    assert "Read the corrigendum, Edition 3" in answer(client, wrong.sha256)
    html = answer(client, now.sha256)
    assert "it corrects edition 2" in html
    assert "In force today" not in html


@checking
def test_a_text_adopted_again_word_for_word_is_each_of_its_editions() -> None:
    first = factories.make_edition_of("charter", charter(2), on=date(2014, 1, 1))
    again = factories.make_edition_of("charter", charter(2), number=2, on=date(2016, 1, 1))
    found = identify(sha256=first.sha256)
    assert [match.edition for match in found] == [again, first]


@checking
def test_what_is_not_published_is_not_told(client: Client) -> None:
    hidden = factories.make_edition_of("not-yet", charter(2), published=False)
    add_file(hidden)
    for fingerprint in (HASH, hidden.sha256, sha256("anything")):
        html = answer(client, fingerprint)
        assert 'data-verdict="none"' in html
        assert "not-yet" not in html


@checking
def test_a_part_of_a_fingerprint_is_told_apart_from_nonsense(client: Client) -> None:
    assert "These are 40 digits; a SHA-256 has 64." in answer(client, HASH[:40])
    assert "This is not a SHA-256" in answer(client, "the charter")
    assert "SHA-256은 64자리이니" in answer(client, HASH[:8], "ko")
    assert HASH[:8] in answer(client, HASH[:8])


@checking
def test_a_check_costs_the_same_at_1_and_at_3_editions(client: Client) -> None:
    edition = factories.make_edition_of("charter", charter(2), on=date(2014, 1, 1))
    answer(client, edition.sha256)
    counts = []
    for number in (2, 3):
        with CaptureQueriesContext(connection) as queries:
            answer(client, edition.sha256)
        counts.append(len(queries))
        factories.make_edition_of("charter", charter(1 + number), number=number)
    with CaptureQueriesContext(connection) as queries:
        answer(client, edition.sha256)
    assert {*counts, len(queries)} == {10}


# ── a file that is sent ─────────────────────────────────────────────────────────────────────


@checking
def test_a_file_is_hashed_and_kept_nowhere(client: Client, tmp_path: Path, settings: Any) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    settings.MEDIA_ROOT = str(tmp_path)
    content = FILE + bytes(5 * 1024 * 1024)  # more than is kept in memory
    add_file(factories.make_edition_of("charter", charter(2)), content)
    html = send(client, content)
    assert 'data-verdict="original"' in html
    assert "charter.pdf" in html
    assert hashlib.sha256(content).hexdigest()[:8] in html
    assert list(tmp_path.iterdir()) == []
    assert 'data-verdict="none"' in send(client, content + b"\n")


@checking
def test_a_file_that_is_too_large_is_refused(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verification, "MOST_BYTES", 100_000)
    assert "larger than 20 MB" in send(client, bytes(100_001), status=413)
    assert 'data-verdict="none"' in send(client, bytes(100_000))
    monkeypatch.setattr(verification, "REFUSED_UNREAD", 10)
    assert "larger than 20 MB" in send(client, bytes(11), status=413)


@checking
def test_no_file_is_said() -> None:
    response = Client().post("/en/verify/")
    assert response.status_code == 400
    assert "Choose the file to check." in response.content.decode()


@checking
def test_a_form_of_another_site_is_refused() -> None:
    client = Client(enforce_csrf_checks=True)
    upload = SimpleUploadedFile("charter.pdf", FILE)
    assert client.post("/en/verify/", {"file": upload}).status_code == 403
    client.get("/en/verify/")
    token = client.cookies["csrftoken"].value
    upload = SimpleUploadedFile("charter.pdf", FILE)
    form = {"csrfmiddlewaretoken": token, "file": upload}
    assert client.post("/en/verify/", form).status_code == 200


@checking
def test_the_browser_gets_the_answer_alone(client: Client) -> None:
    edition = factories.make_edition_of("charter", charter(2))
    response = client.get("/en/verify/", {"sha256": edition.sha256, "part": "result"})
    html = response.content.decode()
    assert html.startswith('<div class="notice notice--success" data-verdict="original"')
    assert "<html" not in html


@checking
def test_every_page_leads_to_the_check(client: Client) -> None:
    factories.make_edition_of("charter", charter(2))
    for address in ("", "texts/", "texts/charter/", "audit/"):
        assert 'href="/ko/verify/"' in client.get(f"/ko/{address}").content.decode(), address
