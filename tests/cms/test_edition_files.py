"""Editions as files on the public site: the stored bytes, for ever; the table of old and new."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cms.views.edition_files import compare_file_url, edition_file_url
from resolutions.exports.docx_reading import read_docx
from resolutions.models import Edition, EditionFile
from resolutions.services.edition_files import register_files
from tests.factories import NOW, office_person
from tests.resolutions.services.test_edition_files import LATER, adopted

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition() -> Edition:
    found = adopted()
    register_files(edition=found, actor=office_person("secretary_general"), now=NOW)
    return found


def test_the_stored_bytes_under_a_name_of_their_own(client: Client, edition: Edition) -> None:
    row = EditionFile.objects.get(format="docx", language="ko")
    answer = client.get(edition_file_url("statement", 1, "ko", "docx"))
    assert answer.content == bytes(row.content)
    assert {name: answer[name] for name in HEADERS} == {
        "Content-Type": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "Content-Disposition": "attachment; filename*=UTF-8''statement-1.ko.docx",
        "ETag": f'"{row.sha256}"',
        "Cache-Control": "public, max-age=31536000, immutable",
        "X-Content-Type-Options": "nosniff",
    }
    again = client.get(
        edition_file_url("statement", 1, "ko", "docx"), headers={"If-None-Match": answer["ETag"]}
    )
    assert (again.status_code, again.content) == (304, b"")


HEADERS = ("Content-Type", "Content-Disposition", "ETag", "Cache-Control", "X-Content-Type-Options")


def test_no_other_name_has_a_file(client: Client, edition: Edition) -> None:
    right: dict[str, Any] = {
        "slug": "statement",
        "number": 1,
        "name": "statement-1",
        "language": "ko",
        "format": "pdf",
    }
    assert client.get(reverse("cms:edition_file", kwargs=right)).status_code == 200
    for wrong in (
        {"number": 2, "name": "statement-2"},
        {"slug": "other", "name": "other-1"},
        {"language": "fr"},
        {"format": "exe"},
        {"name": "statement-2"},
    ):
        address = reverse("cms:edition_file", kwargs=right | wrong)
        assert client.get(address).status_code == 404, address


def test_an_unpublished_edition_has_none(client: Client) -> None:
    adopted(publish=False)
    assert client.get(edition_file_url("statement", 1, "ko", "pdf")).status_code == 404


def test_the_table_of_old_and_new(client: Client, edition: Edition) -> None:
    adopted(LATER)
    answer = client.get(compare_file_url("statement", 1, 2, "both", "pdf"))
    assert answer.content.startswith(b"%PDF-")
    assert answer["Content-Disposition"].endswith("statement-1-2.both.pdf")
    assert client.get(compare_file_url("statement", 1, 2, "both", "pdf")).content == answer.content
    word = client.get(compare_file_url("statement", 1, 2, "ko", "docx"))
    assert "현행 (제1판)" in read_docx(word.content).text
    for wrong in (
        (1, 1, "ko", "pdf"),
        (1, 3, "ko", "pdf"),
        (1, 2, "fr", "pdf"),
        (1, 2, "ko", "txt"),
    ):
        assert client.get(compare_file_url("statement", *wrong)).status_code == 404
