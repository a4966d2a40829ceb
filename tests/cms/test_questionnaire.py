"""The questionnaire: what is filled in comes back whole, and what fits nowhere is shown."""

from __future__ import annotations

import io
from typing import Any

import pytest
from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from cms.models import Practice
from cms.questionnaire import leftover_text, make_questionnaire, read_questionnaire
from cms.services.practice_words import PracticeWords
from secretariat.kernel.errors import InvalidInput
from secretariat.kernel.models import LANGUAGES

WORDS = PracticeWords(
    title="Labour clauses",
    summary="Who does what.",
    pillars=("quality", "rights"),
    instrument="procurement",
    status="running",
    year=2013,
    target_groups=("low_paid",),
    sectors=("construction", "cleaning"),
    sdg_targets=("8.5", "8.8"),
    tags=("pay", "procurement"),
    legal_basis="Procurement act\n§ 3",
    problem="<p>Cheap <strong>won</strong>.</p>",
    action="<p>Clauses:</p><ul><li>pay</li><li>subcontractors</li></ul>",
    results="<p>Fewer complaints &amp; more checks.</p>",
    figures=(
        {"indicator": "Contracts checked", "before": "10", "after": "1250.5", "year": 2018},
        {"indicator": "Complaints", "before": "40", "after": "12", "unit": "a year"},
    ),
    cost="2 posts",
    contacts=({"office": "Labour office", "email": "labour@example.org"},),
    sources=({"title": "Act", "url": "https://law.example/act"},),
)


def drafted(words: PracticeWords = WORDS) -> Practice:
    return Practice(**words.as_fields())


@pytest.mark.parametrize("language", [code for code, _name in LANGUAGES])
def test_what_was_filled_in_comes_back_whole(language: str) -> None:
    content = make_questionnaire(language=language, practice=drafted())
    filled = read_questionnaire(content=content)
    assert filled.leftovers == []
    assert filled.language == language
    got, given = filled.words.as_fields(), WORDS.as_fields()
    # Bold is not typed into the boxes; everything else is there.
    assert got | {"problem": ""} == given | {"problem": ""}
    assert got["problem"] == "<p>Cheap won.</p>"


def test_an_empty_one_asks_to_be_filled_and_another_file_is_refused() -> None:
    filled = read_questionnaire(content=make_questionnaire(language="ko"), name="초안.docx")
    assert (filled.words.title, filled.leftovers) == ("초안", [])
    document, made = Document(), io.BytesIO()
    document.add_paragraph("A letter.")
    document.save(made)
    for content in (made.getvalue(), b"PK\x03\x04 no", b"%PDF-1.4", b""):
        with pytest.raises(InvalidInput):
            read_questionnaire(content=content)


def find(document: Any, text: str) -> Any:
    return next(p for p in document.paragraphs if p.text == text)


def saved(document: Any) -> bytes:
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def test_nothing_that_was_written_is_lost() -> None:
    document = Document(io.BytesIO(make_questionnaire(language="en", practice=drafted())))
    first = document.paragraphs[1]
    first.insert_paragraph_before("Dear office, see below.")
    find(document, "☒ Rights at work").text = "x Rights at work"
    find(document, "☐ Social dialogue").insert_paragraph_before("mostly the first one")
    heading = next(p for p in document.paragraphs if p.text.endswith("Cost"))
    heading.insert_paragraph_before("words below the box of the legal basis")
    document.sections[0].footer.paragraphs[0].text = "Draft of the labour office"
    figures = next(t for t in document.tables if t.cell(0, 0).text == "Measure")
    figures.rows[3].cells[0].text = "Share"
    figures.rows[3].cells[2].text = "about a third"
    filled = read_questionnaire(content=saved(document))
    assert filled.words.pillars == ("quality", "rights")
    assert filled.words.legal_basis.endswith("words below the box of the legal basis")
    assert len(filled.words.figures) == 2
    kept = leftover_text(filled.leftovers)
    for words in (
        "Dear office, see below.",
        "mostly the first one",
        "Draft of the labour office",
        "Share · about a third",
    ):
        assert words in kept


def test_tracked_insertions_count_and_deletions_do_not() -> None:
    document = Document(io.BytesIO(make_questionnaire(language="en", practice=drafted())))
    summary = next(t for t in document.tables if t.cell(0, 0).text == "Who does what.")
    paragraph = summary.cell(0, 0).paragraphs[0]
    run = paragraph.runs[0]._r
    gone, come = OxmlElement("w:del"), OxmlElement("w:ins")
    paragraph._p.append(gone)
    gone.append(run)
    run.find(qn("w:t")).tag = qn("w:delText")
    paragraph._p.append(come)
    new_run, new_text = OxmlElement("w:r"), OxmlElement("w:t")
    new_text.text = "Who does it now."
    new_run.append(new_text)
    come.append(new_run)
    assert read_questionnaire(content=saved(document)).words.summary == "Who does it now."


@pytest.mark.parametrize(
    ("place", "value"), [(8, 1), (10, 99), (6, 99)], ids=["encrypted", "method", "version"]
)
def test_a_damaged_document_is_said_to_be_one(place: int, value: int) -> None:
    content = bytearray(make_questionnaire(language="en"))
    content[content.find(b"PK\x01\x02") + place] = value
    with pytest.raises(InvalidInput):
        read_questionnaire(content=bytes(content))
