"""DOCX from elsewhere, by its structure, numbers and tracked changes; hostile files refused."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from io import BytesIO

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import qn

from resolutions.exports import docx_reading
from resolutions.exports.docx import W, text_docx
from resolutions.exports.docx_numbering import Numbering
from resolutions.exports.docx_reading import read_docx
from resolutions.exports.json_text import text_json
from resolutions.exports.readers import pair, read_file
from resolutions.rules.parsed import ParseRefused
from resolutions.rules.structure import TextTree
from tests.resolutions.exports.texts import demonstration

MAIN = "word/document.xml"
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-'
    'officedocument.wordprocessingml.document.main+xml"/></Types>'
)


def saved(document: docx.document.Document) -> bytes:
    made = BytesIO()
    document.save(made)
    return made.getvalue()


def written(*lines: str) -> docx.document.Document:
    made = docx.Document()
    for line in lines:
        made.add_paragraph(line)
    return made


def packed(body: str, *, before: str = "", **members: bytes) -> bytes:
    """A bare DOCX with this body."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr(
            MAIN,
            f'<?xml version="1.0"?>{before}<w:document xmlns:w="{W}"><w:body>{body}</w:body>'
            "</w:document>",
        )
        for name, content in members.items():
            archive.writestr(name, content)
    return made.getvalue()


def refusal(raw: bytes) -> str:
    with pytest.raises(ParseRefused) as refused:
        read_docx(raw)
    assert set(refused.value.message) == {"ko", "en"}
    return refused.value.code


def test_paragraphs_become_lines_and_lines_become_the_tree() -> None:
    raw = saved(written("규약", "제1조(목적) 정한다.", "제2조(회원)", "① 하나", "② 둘"))
    read = read_file(raw, lang="ko")
    assert (read.format, read.made_here) == ("docx", False)
    assert [p.key for p in read.results["ko"].tree.walk()] == ["art1", "art2", "art2.p1", "art2.p2"]
    assert read.results["ko"].tree.title == "규약"


def test_every_text_of_the_demonstration_is_read_from_bare_paragraphs() -> None:
    document = demonstration("bylaws")
    made = docx.Document(BytesIO(text_docx(document, lang="ko")))
    bare = written(
        *[p.text.replace("\t", " ") for p in made.paragraphs if p.style.name != "ProvisionFacts"]
    )
    tree = read_file(saved(bare), lang="ko").results["ko"].tree
    assert tree == document.trees["ko"]


def test_word_s_own_numbers_are_read() -> None:
    made = written("규약")
    numbering = made.part.numbering_part.element
    levels = "".join(
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
        for level, (form, text) in enumerate(
            [
                ("decimal", "제%1조"),
                ("decimalEnclosedCircle", "%2"),
                ("decimal", "%3."),
                ("ganada", "%4."),
            ]
        )
    )
    numbering.insert(
        0, parse_xml(f'<w:abstractNum xmlns:w="{W}" w:abstractNumId="90">{levels}</w:abstractNum>')
    )
    numbering.append(
        parse_xml(f'<w:num xmlns:w="{W}" w:numId="90"><w:abstractNumId w:val="90"/></w:num>')
    )
    for level, words in (
        (0, "(목적) 정한다."),
        (0, "(회원)"),
        (1, "하나"),
        (2, "가입"),
        (3, "새 도시"),
        (2, "탈퇴"),
        (1, "둘"),
        (0, "(끝) 끝난다."),
    ):
        paragraph = made.add_paragraph(words)
        paragraph._p.get_or_add_pPr().append(
            parse_xml(
                f'<w:numPr xmlns:w="{W}"><w:ilvl w:val="{level}"/><w:numId w:val="90"/></w:numPr>'
            )
        )
    read = read_docx(saved(made))
    assert [line for line in read.text.split("\n") if line] == [
        "규약",
        "제1조 (목적) 정한다.",
        "제2조 (회원)",
        "① 하나",
        "1. 가입",
        "가. 새 도시",
        "2. 탈퇴",
        "② 둘",
        "제3조 (끝) 끝난다.",
    ]
    assert [note.code for note in read.notes] == ["automatic_numbers"]
    tree = read_file(saved(made), lang="ko").results["ko"].tree
    assert [p.key for p in tree.walk()] == [
        "art1", "art2", "art2.p1", "art2.p1.i1", "art2.p1.i1.s1", "art2.p1.i2", "art2.p2", "art3",
    ]  # fmt: skip


def test_numbers_restart_and_unknown_forms_are_said() -> None:
    xml = parse_xml(
        f'<w:numbering xmlns:w="{W}"><w:abstractNum w:abstractNumId="0">'
        '<w:lvl w:ilvl="0"><w:start w:val="3"/><w:numFmt w:val="lowerRoman"/>'
        '<w:lvlText w:val="(%1)"/></w:lvl><w:lvl w:ilvl="1"><w:numFmt w:val="bullet"/>'
        '<w:lvlText w:val="x"/></w:lvl><w:lvl w:ilvl="2"><w:numFmt w:val="hebrew1"/>'
        '<w:lvlText w:val="%3"/></w:lvl></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
        '<w:num w:numId="2"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0">'
        '<w:startOverride w:val="1"/></w:lvlOverride></w:num></w:numbering>'
    )
    numbering = Numbering(xml, None)

    def paragraph(number: int, level: int) -> str:
        return numbering.number_of(
            parse_xml(
                f'<w:p xmlns:w="{W}"><w:pPr><w:numPr><w:ilvl w:val="{level}"/>'
                f'<w:numId w:val="{number}"/></w:numPr></w:pPr></w:p>'
            )
        )

    asked = [(1, 0), (1, 0), (1, 1), (1, 2), (2, 0), (2, 0), (7, 0)]
    assert [paragraph(*each) for each in asked] == ["(iii)", "(iv)", "•", "1", "(i)", "(ii)", ""]
    assert (numbering.unknown, numbering.used) == ({"hebrew1"}, 6)


def test_insertions_count_deletions_do_not_and_tables_are_read() -> None:
    change = 'w:id="1" w:author="x" w:date="2018-12-12T00:00:00Z"'
    raw = packed(
        "<w:p><w:r><w:t>제1조 도시는 </w:t></w:r>"
        f"<w:del {change}><w:r><w:delText>안</w:delText></w:r></w:del>"
        f"<w:ins {change}><w:r><w:t>함께 정한다.</w:t></w:r></w:ins></w:p>"
        f"<w:p><w:pPr><w:rPr><w:del {change}/></w:rPr></w:pPr>"
        f"<w:del {change}><w:r><w:delText>제2조 가.</w:delText></w:r></w:del></w:p>"
        "<w:p><w:r><w:t>제2조</w:t><w:tab/><w:t>나.</w:t><w:br/><w:t>다.</w:t></w:r></w:p>"
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>도시</w:t></w:r></w:p></w:tc>"
        "<w:tc><w:p><w:r><w:t>회비</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>제3조 표 안.</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    )
    read = read_docx(raw)
    assert [line for line in read.text.split("\n") if line] == [
        "제1조 도시는 함께 정한다.",
        "제2조\t나.",
        "다.",
        "| 도시 | 회비 |",
        "제3조 표 안.",
    ]
    assert [note.code for note in read.notes] == ["tracked_changes"]
    assert "(1 insertions, 3 deletions)" in read.notes[0].message["en"]


def test_footnotes_from_elsewhere_are_shown_as_not_understood() -> None:
    note = (
        f'<w:footnotes xmlns:w="{W}"><w:footnote w:type="separator" w:id="0"><w:p/></w:footnote>'
        '<w:footnote w:id="2"><w:p><w:r><w:t>지방정부를 말한다.</w:t></w:r></w:p></w:footnote>'
        "</w:footnotes>"
    )
    raw = packed(
        "<w:p><w:r><w:t>제1조 하나.</w:t></w:r></w:p>", **{"word/footnotes.xml": note.encode()}
    )
    read = read_file(raw, lang="ko")
    assert [each.text for each in read.results["ko"].not_understood] == ["지방정부를 말한다."]


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"PK\x03\x04 and nothing else", "broken_file"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "old_format"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (b"PK\x03\x04" + b"\0" * 5_000_000, "too_large"),
        (packed(""), "empty"),
        (packed("<w:p>"), "broken_file"),
        (packed("<w:p/>", before='<!DOCTYPE x [<!ENTITY a "b">]>'), "entities"),
        (
            packed("<w:p/>", before='<!DOCTYPE x SYSTEM "file:///etc/passwd">'),
            "entities",
        ),
    ],
    ids=["broken", "doc", "password", "large", "empty", "xml", "entities", "external"],
)
def test_what_cannot_be_read_is_refused_with_the_remedy(raw: bytes, code: str) -> None:
    assert refusal(raw) == code


def test_a_file_that_unpacks_to_too_much_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusal(packed("<w:p/>", **{"word/x.xml": b"0" * 70_000_000})) == "unpacks_too_large"
    monkeypatch.setattr(docx_reading, "MAX_MEMBERS", 1)
    assert refusal(packed("<w:p/>")) == "unpacks_too_large"
    many = BytesIO()
    with zipfile.ZipFile(many, "w") as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
    monkeypatch.undo()
    assert refusal(many.getvalue()) == "broken_file"
    with zipfile.ZipFile(many, "a") as archive:
        archive.writestr("[Content_Types].xml", TYPES)
    assert refusal(many.getvalue()) == "not_docx"


def test_a_broken_embedded_part_is_not_believed() -> None:
    made = text_docx(demonstration("seoul-office"), lang="ko")

    def changed(change: Callable[[bytes], bytes]) -> bytes:
        out = BytesIO()
        with zipfile.ZipFile(BytesIO(made)) as old, zipfile.ZipFile(out, "w") as new:
            for name in old.namelist():
                content = old.read(name)
                new.writestr(name, change(content) if "network-text" in name else content)
        return out.getvalue()

    assert read_docx(changed(lambda part: part)).trees
    assert read_docx(changed(lambda part: part.replace(b"texts", b"other"))).trees == {}
    assert refusal(changed(lambda part: part.replace(b'"article"', b'"arti"'))) == "broken_file"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b'<?xml version="1.0"?><akomaNtoso/>', "format_not_read"),
        (b'{"form": "network-text/1", "texts": {"ko": {}}}', "json_unreadable"),
        (b"", "empty"),
    ],
)
def test_each_reader_knows_its_own(raw: bytes, code: str) -> None:
    with pytest.raises(ParseRefused) as refused:
        read_file(raw, lang="ko")
    assert refused.value.code == code


def test_hwpx_is_named() -> None:
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("mimetype", "application/hwp+zip")
    with pytest.raises(ParseRefused, match="HWPX"):
        read_file(made.getvalue(), lang="ko")


def test_a_file_made_here_brings_its_languages_and_takes_a_title() -> None:
    document = demonstration("seoul-office")
    for raw in (text_docx(document, lang="both"), text_json(document, lang="both")):
        read = read_file(raw, lang="en", title="Another title")
        assert (read.made_here, read.exact) == (True, True)
        assert read.results["ko"].tree == document.trees["ko"]
        assert read.results["en"].tree.title == "Another title"
    with pytest.raises(ParseRefused) as refused:
        read_file(text_docx(document, lang="ko"), lang="en")
    assert refused.value.code == "language_differs"


def test_languages_pair_by_key() -> None:
    document = demonstration("bylaws")
    assert pair(dict(document.trees)).complete
    english = document.trees["en"]
    fewer = TextTree(english.title, "en", english.provisions[:-1])
    last = english.provisions[-1]
    missing = tuple(p.key for p in last.walk())
    found = pair({"ko": document.trees["ko"], "en": fewer})
    assert found.only_in == {"ko": missing, "en": ()}
    assert pair({"ko": document.trees["ko"]}).complete


def test_a_list_bullet_style_numbers_by_its_style() -> None:
    made = docx.Document()
    made.add_paragraph("제1조 다음과 같다.")
    made.add_paragraph("하나", style="List Number")
    made.add_paragraph("둘", style="List Number")
    lines = [line for line in read_docx(saved(made)).text.split("\n") if line]
    assert lines == ["제1조 다음과 같다.", "1. 하나", "2. 둘"]
    assert made.styles["List Number"].element.find(f".//{qn('w:numPr')}") is not None
