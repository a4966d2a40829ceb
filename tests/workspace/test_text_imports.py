"""Importing in the office: two languages as a pair, Word files; files of a draft to download."""

from __future__ import annotations

from io import BytesIO

import docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from resolutions.exports.docx_reading import read_docx
from resolutions.models import Instrument
from resolutions.selectors.trees import draft_tree
from resolutions.services.export import export_draft
from tests.factories import NOW
from tests.resolutions.stage import Stage
from tests.workspace.test_office import minute, signed_in, url

pytestmark = pytest.mark.django_db
KOREAN = (
    "시험 결의\n\n제1조(목적) 이 결의는 시험을 위한 것이다.\n제2조(시행) ① 오늘부터.\n② 알린다.\n"
)
ENGLISH = (
    "Trial resolution\n\nArticle 1 (Purpose) It is a trial.\nArticle 2 (Beginning) 1. Today.\n"
)


def upload(**changes: object) -> dict[str, object]:
    given = {"slug": "trial", "kind": "resolution", "language": "ko", "title": ""}
    return {**given, "authentic": ["ko", "en"], **changes}


def word_file(*lines: str) -> SimpleUploadedFile:
    made = docx.Document()
    for line in lines:
        made.add_paragraph(line)
    raw = BytesIO()
    made.save(raw)
    return SimpleUploadedFile("trial.docx", raw.getvalue())


@pytest.fixture
def stage(db: None) -> Stage:
    return Stage()


def test_a_pair_is_matched_by_number_and_stored_together(stage: Stage) -> None:
    client = signed_in(stage.secretary)
    with minute(0):
        preview = client.post(
            "/en/office/texts/import/",
            upload(text=KOREAN, pair_file=SimpleUploadedFile("trial.en.txt", ENGLISH.encode())),
        )
        assert Instrument.objects.count() == 0
        stored = client.post(
            url("import_text"), {"act": "store", "sha256": preview.context["sha256"]}
        )
    korean, english = preview.context["found"]
    assert (korean.only_here, english.only_here) == (["제2조제2항"], [])
    assert preview.context["legal"].languages == ("ko", "en")
    assert "Only in 한국어" in preview.content.decode()
    assert stored["Location"] == url("text", "trial")
    text = Instrument.objects.get()
    assert draft_tree(instrument=text, language="en").by_key()["art1"].heading == "Purpose"
    assert draft_tree(instrument=text, language="ko").by_key()["art2.p2"].text == "알린다."


def test_a_word_file_from_elsewhere_and_one_that_was_made_here(stage: Stage) -> None:
    client = signed_in(stage.secretary)
    with minute(0):
        preview = client.post(url("import_text"), upload(file=word_file(*KOREAN.split("\n"))))
        client.post(url("import_text"), {"act": "store", "sha256": preview.context["sha256"]})
        text = Instrument.objects.get()
        made = export_draft(
            instrument=text, format="docx", language="ko", actor=stage.secretary, now=NOW
        )
        again = client.post(
            "/en/office/texts/import/", upload(file=SimpleUploadedFile("x.docx", made))
        )
    assert [row.key for row in preview.context["legal"].rows] == [
        "art1",
        "art2",
        "art2.p1",
        "art2.p2",
    ]
    assert again.context["read"].exact
    assert again.context["changes"] == []
    assert "its text was not changed since" in again.content.decode()


def test_two_files_in_one_language_and_a_broken_one_are_refused(stage: Stage) -> None:
    client = signed_in(stage.secretary)
    broken = SimpleUploadedFile("x.docx", b"PK\x03\x04 nothing")
    with minute(0):
        page = client.post(url("import_text"), upload(text=KOREAN, pair_file=broken))
        old = client.post(
            "/en/office/texts/import/",
            upload(file=SimpleUploadedFile("x.doc", b"\xd0\xcf\x11\xe0" + b"\0" * 100)),
        )
    assert page.status_code == 422
    assert list(page.context["form"].errors) == ["pair_file"]
    assert "Save it as DOCX" in old.content.decode()
    assert Instrument.objects.count() == 0


def test_the_draft_s_files_for_whoever_may_draft(stage: Stage) -> None:
    text = stage.drafted("office")
    page = url("text_files", "office")
    client = signed_in(stage.secretary)
    with minute(0):
        form = client.get(page)
        made = client.get(page, {"format": "docx", "language": "both"})
        wrong = client.get(page, {"format": "txt", "language": "both", "shown": "table"})
        others = signed_in(stage.auditor)
        hidden = (others.get(page).status_code, others.post(page).status_code)
    assert form.status_code == 200
    assert made["Content-Disposition"] == "attachment; filename*=UTF-8''office-draft.both.docx"
    assert read_docx(made.content).trees == {
        code: draft_tree(instrument=text, language=code) for code in ("ko", "en")
    }
    assert (wrong.status_code, sorted(wrong.context["form"].errors)) == (
        422,
        ["against", "format"],
    )
    assert hidden == (404, 405)
