"""PDF: tagged, with its edition and hashes, the same bytes each time, and every word in it."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO

import pypdf
import pytest
from hypothesis import given, settings

from resolutions.exports.document import LanguageMissing, TextDocument
from resolutions.exports.pdf import comparison_pages, comparison_pdf, text_pages, text_pdf
from resolutions.rules.structure import Kind, Provision
from tests.resolutions.exports.texts import SLUGS, demonstration, document_of, documents


def words(pdf: bytes) -> str:
    """What the file says, without white space, as lines break anywhere."""
    pages = pypdf.PdfReader(BytesIO(pdf)).pages
    return re.sub(r"\s+", "", "".join(page.extract_text() for page in pages))


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def amended(document: TextDocument) -> TextDocument:
    """The next edition: Article 1 has other words and a footnote, Article 2 is gone."""

    def changed(tree):  # type: ignore[no-untyped-def]
        opening, chapter, *rest = tree.provisions
        first, _second, *articles = chapter.children
        note = Provision("art1.fn1", Kind.FOOTNOTE, "1", "", "지방정부 / local government")
        first = replace(first, text=f"도시 cities[^1] {first.text}", children=(note,))
        chapter = replace(chapter, children=(first, *articles))
        return replace(tree, provisions=(opening, chapter, *rest))

    return document_of({code: changed(tree) for code, tree in document.trees.items()}, edition=3)


@pytest.mark.parametrize("slug", SLUGS)
def test_every_word_of_the_demonstration_is_there(slug: str) -> None:
    document = demonstration(slug)
    said = words(text_pdf(document, lang="ko"))
    for provision in document.trees["ko"].walk():
        for part in (provision.heading, *provision.text.split("\n")):
            # A page may end within it.
            assert squeezed(part)[:8] in said
            assert squeezed(part)[-8:] in said


def test_the_file_says_which_edition_it_is_and_is_made_for_everybody() -> None:
    document = demonstration("bylaws")
    made = text_pdf(document, lang="both")
    assert made == text_pdf(document, lang="both")
    reader = pypdf.PdfReader(BytesIO(made))
    root = reader.trailer["/Root"]
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == ("ko", True)
    assert "pdfuaid" in root["/Metadata"].get_object().get_data().decode()
    assert reader.metadata is not None
    assert reader.metadata.title == document.trees["ko"].title
    said = words(made)
    for expected in (
        "제2판/Edition2",
        "2018년12월12일/12December2018",
        document.sha256,
        *document.hashes.values(),
        f"1/{len(reader.pages)}",
    ):
        assert expected in said
    foot = reader.pages[-1].extract_text()
    assert document.sha256[:16] in foot
    outline = [each.title for each in reader.outline if not isinstance(each, list)]
    assert outline[:2] == ["제1장 총칙", "제2장 회원"]


def test_the_columns_are_a_table_with_a_header_row() -> None:
    reader = pypdf.PdfReader(BytesIO(text_pdf(demonstration("seoul-declaration"), lang="both")))
    tags: list[str] = []

    def walk(node: object) -> None:
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            for each in node:
                walk(each)
        elif isinstance(node, dict):
            if "/S" in node:
                tags.append(str(node["/S"]))
            if "/K" in node:
                walk(node["/K"])

    walk(reader.trailer["/Root"]["/StructTreeRoot"]["/K"])
    assert (tags.count("/Table"), tags.count("/TH")) == (1, 2)
    assert tags.count("/TD") % 2 == 0


def test_a_redline_shows_what_goes_and_what_comes_and_its_footnote() -> None:
    before = demonstration("bylaws")
    after = amended(before)
    said = words(text_pdf(after, lang="en", against=before))
    assert "Changes:inserted,deleted" in said
    assert "Edition2→Edition3" in said
    assert "citiesTheseBylawslaydown" in re.sub(r"도시|1", "", said)
    assert "지방정부/localgovernment" in said
    assert "DeletedArticle2(Nameandstatus)" in said
    plain = words(text_pdf(after, lang="en"))
    assert "Nameandstatus" not in plain
    assert "Changes:" not in plain


def test_the_table_of_old_and_new() -> None:
    before = demonstration("bylaws")
    after = amended(before)
    said = words(comparison_pdf(after, against=before, lang="both"))
    for expected in ("현행(제2판)", "개정안(제3판)", "<삭제>", "(deleted)", "신구조문대비표"):
        assert expected in said
    assert "달라진것이없다." in words(comparison_pdf(before, against=before, lang="ko"))
    assert len(comparison_pages(after, against=before, lang="ko")) == 1


def test_a_draft_bears_a_watermark_and_no_edition() -> None:
    draft = replace(
        demonstration("bylaws"), edition=None, adopted_on=None, in_force_from=None, sha256=""
    )
    reader = pypdf.PdfReader(BytesIO(text_pdf(draft, lang="en")))
    pages = [squeezed(page.extract_text()) for page in reader.pages]
    assert all("초안Draft" in page for page in pages)
    assert "Draft–notadopted." in pages[0]
    assert len(text_pages(draft, lang="en")) == len(pages)


@settings(max_examples=8, deadline=None)
@given(documents(), documents())
def test_any_tree_is_typeset_with_and_without_changes(
    document: TextDocument, other: TextDocument
) -> None:
    for lang in ("ko", "both"):
        assert text_pdf(document, lang=lang).startswith(b"%PDF-")
    assert text_pdf(document, lang="both", against=other).startswith(b"%PDF-")
    assert comparison_pdf(document, against=other, lang="both").startswith(b"%PDF-")


def test_a_language_that_is_not_there_is_refused() -> None:
    with pytest.raises(LanguageMissing):
        text_pdf(demonstration("bylaws"), lang="fr")
