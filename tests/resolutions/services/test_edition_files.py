"""Files of an edition: made once, hashed, recorded, found again; exports of drafts and editions."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Any

import pytest
from django.db import connection

from resolutions.exports.docx_reading import read_docx
from resolutions.exports.json_text import read_json
from resolutions.models import Edition, EditionFile
from resolutions.rules.structure import Kind, Provision, TextTree
from resolutions.selectors.edition_files import (
    draft_document,
    edition_document,
    file_of,
    files_of,
)
from resolutions.selectors.fingerprints import Match, identify
from resolutions.services.edition_files import (
    edition_published,
    register_files,
    register_missing,
)
from resolutions.services.export import (
    edition_meant,
    export_comparison,
    export_draft,
    export_edition,
)
from resolutions.services.texts import adopt_text, draft_text, publish_edition, table_text
from secretariat.kernel import audit
from secretariat.kernel.errors import InvalidInput, Missing, NotAllowed, WrongState
from secretariat.kernel.models import AuditEntry
from secretariat.kernel.outbox import handlers_of
from tests.factories import NOW, office_person

pytestmark = pytest.mark.django_db
WORDS = [("art1", "목적", "도시는 함께한다.", "Purpose", "Cities act together.")]
LATER = [("art1", "목적", "도시는 늘 함께한다.", "Purpose", "Cities always act together.")]


def adopted(words: Any = WORDS, *, slug: str = "statement", publish: bool = True) -> Edition:
    """An edition of a joint statement, public unless said otherwise."""
    actor = office_person("secretary_general")
    instrument = draft_text(
        slug=slug, kind="joint_statement", trees=trees(words), actor=actor, now=NOW
    )
    table_text(instrument=instrument, actor=actor, now=NOW)
    edition = adopt_text(instrument=instrument, vote=None, basis="before", actor=actor, now=NOW)
    if publish:
        publish_edition(edition=edition, actor=actor, now=NOW)
    return Edition.objects.select_related("instrument", "publication", "corrects").get(
        pk=edition.pk
    )


def trees(words: Any) -> Any:

    return [
        TextTree(
            "성명" if lang == "ko" else "Statement",
            lang,
            tuple(
                Provision(row[0], Kind.ARTICLE, "1", row[1 + 2 * place], row[2 + 2 * place])
                for row in words
            ),
        )
        for place, lang in enumerate(("ko", "en"))
    ]


def registered(edition: Edition) -> list[EditionFile]:
    return register_files(edition=edition, actor=office_person("secretary_general"), now=NOW)


def test_every_format_in_every_language_is_kept_hashed_and_recorded() -> None:
    edition = adopted()
    files = registered(edition)
    assert {(file.format, file.language) for file in files} == {
        (format, language)
        for format in ("pdf", "docx", "akn", "txt", "json")
        for language in ("ko", "en", "both")
    }
    for file in files:
        assert hashlib.sha256(file.content).hexdigest() == file.sha256
    entry = AuditEntry.objects.get(action="text.file_registered")
    payload = json.loads(entry.payload)
    assert (entry.chain, payload["edition"]) == ("text:statement", 1)
    assert {each["sha256"] for each in payload["files"]} == {file.sha256 for file in files}
    stored = file_of(slug="statement", number=1, language="both", format="json")
    assert stored is not None
    document = edition_document(edition=edition)
    assert read_json(bytes(stored.content)) == dict(document.trees)
    assert registered(edition) == []
    assert [(row.language, row.format) for row in files_of(edition=edition)][:3] == [
        ("ko", "pdf"),
        ("ko", "docx"),
        ("ko", "akn"),
    ]
    assert list(audit.verify()) == []


def test_a_changed_byte_and_a_missing_file_are_found() -> None:
    edition = adopted()
    registered(edition)
    row = EditionFile.objects.get(format="txt", language="ko")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE resolutions_editionfile SET content = %s WHERE id = %s",
            [bytes(row.content) + b" ", row.pk],
        )
        cursor.execute(
            "DELETE FROM resolutions_editionfile WHERE format = 'akn' AND language = 'en'"
        )
    assert {(finding.code, finding.where) for finding in audit.verify()} == {
        ("edition_file_changed", "statement/1/ko.txt"),
        ("edition_file_missing", "statement/1/en.akn"),
    }


def test_publication_is_listened_to_and_missing_files_are_made_later() -> None:
    adopted()
    assert EditionFile.objects.count() == 0
    assert edition_published in handlers_of("text.published")
    edition_published({"instrument": "statement", "edition": 1})
    assert EditionFile.objects.count() == 15
    adopted(slug="other")
    assert (register_missing(now=NOW), register_missing(now=NOW)) == (1, 0)
    assert EditionFile.objects.count() == 30


def test_only_a_public_edition_and_only_for_the_office() -> None:
    edition = adopted(publish=False)
    with pytest.raises(WrongState) as refusal:
        registered(edition)
    assert refusal.value.code == "not_public"
    with pytest.raises(NotAllowed):
        register_files(edition=edition, actor=office_person("librarian"), now=NOW)


def test_a_hash_is_that_of_a_file_a_language_an_edition_or_of_nothing() -> None:
    edition = adopted()
    files = {(file.format, file.language): file for file in registered(edition)}
    assert identify(sha256=files["pdf", "both"].sha256) == (Match(edition, "both", "pdf"),)
    assert identify(sha256=edition.sha256) == (Match(edition),)
    korean = edition.languages.get(language="ko")
    assert identify(sha256=korean.sha256) == (Match(edition, "ko"),)
    assert identify(sha256="0" * 64) == ()
    hidden = adopted(LATER, slug="hidden", publish=False)
    assert identify(sha256=hidden.sha256) == ()
    assert file_of(slug="hidden", number=1, language="ko", format="pdf") is None


def test_an_edition_and_what_changed_since_another() -> None:
    first = adopted()
    second = adopted(LATER)
    instrument = second.instrument
    assert (first.number, second.number) == (1, 2)
    plain = export_edition(
        instrument=instrument, number=2, format="txt", language="ko", against=1
    ).decode()
    assert "[-함께한다-]" in plain.replace(" ", "") or "{+늘" in plain
    changes = json.loads(export_edition(instrument=instrument, number=2, format="json", against=1))
    assert [change["key"] for change in changes["against"]["changes"]["en"]] == ["art1"]
    docx = export_edition(instrument=instrument, number=2, format="docx", language="en", against=1)
    assert read_docx(docx).trees["en"] == edition_document(edition=second).trees["en"]
    with pytest.raises(InvalidInput) as refused:
        export_edition(instrument=instrument, number=2, format="akn", against=1)
    assert refused.value.code == "no_changes_in_format"
    with pytest.raises(Missing):
        export_edition(instrument=instrument, number=3, format="txt")
    with pytest.raises(InvalidInput) as missing:
        export_edition(instrument=instrument, number=2, format="txt", language="fr")
    assert missing.value.code == "language_missing"
    table = export_comparison(instrument=instrument, number=2, against=1, format="pdf")
    assert table.startswith(b"%PDF-")


def test_a_draft_is_for_the_office_and_says_that_it_is_one() -> None:
    edition = adopted()
    instrument = edition.instrument
    officer = office_person("secretary_general")
    draft_text(slug="statement", kind="joint_statement", trees=trees(LATER), actor=officer, now=NOW)
    asked = {"instrument": instrument, "now": NOW}
    said = export_draft(**asked, format="txt", language="en", actor=officer).decode()
    assert said.startswith("[Draft – not adopted]\n\nStatement\n")
    assert "always" in said
    redline = export_draft(**asked, format="docx", language="en", against=1, actor=officer)
    assert [note.code for note in read_docx(redline).notes] == ["tracked_changes"]
    table = export_draft(**asked, format="docx", against=1, table=True, actor=officer)
    assert table.startswith(b"PK")
    with pytest.raises(NotAllowed):
        export_draft(**asked, format="txt", actor=office_person("auditor"))
    document = draft_document(instrument=instrument, now=NOW)
    assert document is not None
    assert (document.edition, document.status, document.sha256) == (None, "draft", "")


def test_the_edition_meant_is_the_number_the_day_s_the_one_in_force_or_the_last() -> None:
    edition = adopted()
    asked = {"instrument": edition.instrument, "on": date(2018, 12, 12)}
    assert edition_meant(**asked).number == 1
    assert edition_meant(**asked, number=1).number == 1
    assert edition_meant(instrument=edition.instrument, on=date(2000, 1, 1)).number == 1
    with pytest.raises(Missing) as refused:
        edition_meant(**asked, day=date(2000, 1, 1))
    assert refused.value.code == "not_in_force"
    hidden = adopted(slug="hidden", publish=False)
    with pytest.raises(Missing) as none:
        edition_meant(instrument=hidden.instrument, on=date(2018, 12, 12))
    assert none.value.code == "no_edition"
