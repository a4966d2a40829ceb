"""DOCX made here comes back exactly, edited in Word under the same keys, with tracked changes."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import docx
import pytest
from docx.oxml.ns import qn
from hypothesis import given, settings
from lxml import etree

from resolutions.exports.document import LanguageMissing, TextDocument
from resolutions.exports.docx import NUMBER_STYLE, W, comparison_docx, text_docx
from resolutions.exports.docx_reading import read_docx
from resolutions.rules.structure import Kind, Provision, TextTree
from tests.resolutions.exports.test_pdf import amended
from tests.resolutions.exports.texts import SLUGS, demonstration, document_of, documents

P = Provision
TREE = TextTree(
    "규약",
    "ko",
    (
        P(
            "art1",
            Kind.ARTICLE,
            "1",
            "목적",
            "두 칸  띄우고\t탭과 \\ 기호[^1]\n둘째 줄 ",
            (
                P("art1.p1", Kind.PARAGRAPH, "1", "", "하나"),
                P("art1.p2", Kind.PARAGRAPH, "2", "", "둘\x0b제어"),
                P("art1.fn1", Kind.FOOTNOTE, "1", "", "각주"),
            ),
        ),
        P("art2", Kind.ARTICLE, "2", "삭제된 것", "그대로"),
    ),
)


def opened(raw: bytes) -> docx.document.Document:
    return docx.Document(BytesIO(raw))


def saved(document: docx.document.Document) -> bytes:
    made = BytesIO()
    document.save(made)
    return made.getvalue()


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("lang", ["ko", "both"])
def test_the_demonstration_s_texts_come_back(slug: str, lang: str) -> None:
    document = demonstration(slug)
    read = read_docx(text_docx(document, lang=lang))
    assert read.trees == {code: document.trees[code] for code in document.in_languages(lang)}
    assert (read.exact, read.notes, read.not_understood) == (True, (), ())


@settings(max_examples=20, deadline=None)
@given(documents())
def test_any_tree_comes_back_exactly(document: TextDocument) -> None:
    for lang in ("ko", "both"):
        read = read_docx(text_docx(document, lang=lang))
        assert read.trees == {code: document.trees[code] for code in document.in_languages(lang)}


@settings(max_examples=20, deadline=None)
@given(documents(), documents())
def test_tracked_changes_accepted_give_the_new_text(
    document: TextDocument, against: TextDocument
) -> None:
    for lang in ("ko", "both"):
        read = read_docx(text_docx(document, lang=lang, against=against))
        assert read.trees == {code: document.trees[code] for code in document.in_languages(lang)}


def test_the_same_text_makes_the_same_bytes_and_what_xml_cannot_hold_comes_back() -> None:
    document = document_of({"ko": TREE})
    made = text_docx(document, lang="ko")
    assert made == text_docx(document, lang="ko")
    assert read_docx(made).trees == {"ko": TREE}


def test_headings_numbers_and_korean_fonts_are_word_s_own() -> None:
    made = opened(text_docx(document_of({"ko": TREE}), lang="ko"))
    shown = [(p.style.name, p.text) for p in made.paragraphs if p.style.name != "ProvisionFacts"]
    assert shown == [
        ("Title", "규약"),
        ("Heading 1", "제1조(목적)"),
        ("ProvisionText", "두 칸  띄우고\t탭과 \\ 기호[^1]"),
        ("ProvisionText", "둘째 줄 "),
        ("ProvisionNote", "1\t각주"),
        ("ProvisionText", "①\t하나"),
        ("ProvisionText", "②\t둘제어"),
        ("Heading 1", "제2조(삭제된 것)"),
        ("ProvisionText", "그대로"),
    ]
    fonts = made.styles["Normal"].element.rPr.rFonts
    assert fonts.get(qn("w:eastAsia")) == "바탕"
    assert made.core_properties.title == "규약"


def test_words_edited_in_word_come_back_under_their_keys() -> None:
    made = opened(text_docx(document_of({"ko": TREE}), lang="ko"))
    for paragraph in made.paragraphs:
        for run in list(paragraph.runs):
            if run.style.name == NUMBER_STYLE or "하나" not in run.text:
                continue
            # Word divides a run where it likes, and somebody changes a word.
            run.text = "하"
            paragraph.add_run("나와 ")
            paragraph.add_run("둘").bold = True
        if paragraph.text == "그대로":
            new = paragraph.insert_paragraph_before("")
            paragraph._p.addnext(new._p)
            new.add_run("새 문단")
    read = read_docx(saved(made))
    tree = read.trees["ko"]
    assert not read.exact
    assert [p.key for p in tree.walk()] == [p.key for p in TREE.walk()]
    assert tree.by_key()["art1.p1"].text == "하나와 둘"
    assert tree.by_key()["art2"].text == "그대로\n새 문단"
    assert tree.by_key()["art1"] == replace(
        TREE.by_key()["art1"], children=tree.by_key()["art1"].children
    )


def test_a_provision_deleted_in_word_is_left_out_and_said() -> None:
    made = opened(text_docx(document_of({"ko": TREE}), lang="ko"))
    for paragraph in made.paragraphs:
        if "삭제된" in paragraph.text or "그대로" in paragraph.text or "하나" in paragraph.text:
            paragraph._p.getparent().remove(paragraph._p)
    read = read_docx(saved(made))
    assert [p.key for p in read.trees["ko"].walk()] == ["art1", "art1.p2", "art1.fn1"]
    assert [note.code for note in read.notes] == ["provision_removed", "provision_removed"]
    assert "art2" in read.notes[1].message["en"]


def test_changes_are_tracked_by_the_edition_that_made_them() -> None:
    before = demonstration("bylaws")
    after = amended(before)
    made = text_docx(after, lang="ko", against=before)
    root = opened(made).element.body
    inserted = root.findall(f".//{{{W}}}ins")
    deleted = root.findall(f".//{{{W}}}del")
    authors = {each.get(qn("w:author")) for each in (*inserted, *deleted)}
    dates = {each.get(qn("w:date")) for each in (*inserted, *deleted)}
    assert (authors, dates) == ({"edition 3"}, {"2018-12-12T05:40:00Z"})
    words = "".join(each.text or "" for each in root.iter(qn("w:delText")))
    assert "명칭과 지위" in words
    read = read_docx(made)
    assert read.trees["ko"] == after.trees["ko"]
    assert [note.code for note in read.notes] == ["tracked_changes"]


def test_both_languages_stand_in_one_table_with_a_header_row() -> None:
    made = opened(text_docx(demonstration("bylaws"), lang="both"))
    (table,) = made.tables
    assert [cell.text for cell in table.rows[0].cells] == ["한국어", "English"]
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    pairs = {row.cells[0].text: row.cells[1].text for row in table.rows}
    assert pairs["제1장 총칙"] == "Chapter 1 General provisions"


def test_the_table_of_old_and_new() -> None:
    before = demonstration("bylaws")
    made = opened(comparison_docx(amended(before), against=before, lang="ko"))
    (table,) = made.tables
    assert [cell.text for cell in table.rows[0].cells] == ["현행 (제2판)", "개정안 (제3판)"]
    lines = [[cell.text for cell in row.cells] for row in table.rows]
    assert ["제2조(명칭과 지위)", "<삭제>"] in lines
    struck = [
        run.text
        for run in table._tbl.iter(qn("w:r"))
        if run.find(".//" + qn("w:strike")) is not None
    ]
    assert struck
    same = opened(comparison_docx(before, against=before, lang="both"))
    assert (same.tables, same.paragraphs[-1].text) == ([], "Nothing differs.")


def test_the_file_is_xml_that_parses_and_a_missing_language_is_refused() -> None:
    made = opened(text_docx(document_of({"ko": TREE}), lang="ko"))
    assert etree.tostring(made.element)
    with pytest.raises(LanguageMissing):
        text_docx(demonstration("bylaws"), lang="fr")
