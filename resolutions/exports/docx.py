"""A text as DOCX: real headings, Korean fonts, real tracked changes; it comes back exactly.

Each heading and each text begins at a bookmark, and an embedded part (`STRUCTURE`) says which
provision it belongs to: key, kind, number, nesting, language. `read_docx` puts the words that
then stand there back under their keys, however Word divided its runs. What stands in the
character style `ProvisionNumber` (the rendered number, the brackets of a heading) is no text.

With `against`, what changed stands as Word's own insertions and deletions by the author
"edition N", to be accepted or refused there.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import docx
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from resolutions.exports.compared import columns_of, compared_rows, table_name
from resolutions.exports.document import NAMES, TextDocument, edition_name
from resolutions.exports.facts import WATERMARK, facts_of
from resolutions.exports.layout import Piece, Row, Run, Runs, lay_out
from resolutions.rules.comparison import Cell
from resolutions.rules.redline import Mark, Span
from resolutions.rules.structure import Kind
from secretariat.kernel.bilingual import Bilingual

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRUCTURE = "urn:network-text:docx:1"
NUMBER_STYLE = "ProvisionNumber"
SERIF, SANS = "바탕", "맑은 고딕"
UNSAFE = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NOTE_MARK = re.compile(r"(\[\^[^\]\s]+\])")
_MISSING = Bilingual(ko="이 언어로는 없음", en="Not in this language")
_NOTHING = Bilingual(ko="달라진 것이 없다.", en="Nothing differs.")


def text_docx(document: TextDocument, *, lang: str, against: TextDocument | None = None) -> bytes:
    """The file. The same document gives the same bytes. Raises LanguageMissing."""
    languages = document.in_languages(lang)
    titles, rows = lay_out(document, lang, against=against)
    body = _Body(author=_author(document), at=document.made_at)
    for code in languages:
        body.field(f"title_{code}", titles[code], style="Title", language=code)
    body.about(facts_of(document, languages, against))
    if len(languages) == 1:
        for row in rows:
            for piece in row.cells:
                assert piece is not None
                body.piece(piece)
    else:
        body.columns(languages, rows)
    part = json.dumps(_structure(document, languages, body), ensure_ascii=True)
    return _file(document, languages, body.xml(), part, against)


def comparison_docx(document: TextDocument, *, against: TextDocument, lang: str) -> bytes:
    """The table of old and new as DOCX."""
    languages = document.in_languages(lang)
    body = _Body(author=_author(document), at=document.made_at)
    for code in languages:
        body.words(document.title_in(code), style="Title", language=code)
    body.about(facts_of(document, languages, against))
    for code, compared in compared_rows(document, against, lang).items():
        shown = code if len(languages) > 1 else ""
        body.words(table_name(code, shown), style="Heading1", language=code)
        pairs = [pair for row in compared for pair in row.pairs]
        if pairs:
            body.comparison(columns_of(document, against, code), pairs, code)
        else:
            body.words(_NOTHING.in_language(code), style="ProvisionText", language=code)
    return _file(document, languages, body.xml(), "", against)


def _author(document: TextDocument) -> str:
    return edition_name(document.edition)["en"].lower()


class _Body:
    """The paragraphs of the document, as XML, and what was written where."""

    def __init__(self, *, author: str, at: datetime) -> None:
        self.pieces: list[str] = []
        self.marked = 0
        self.changes = 0
        self.fields: set[str] = set()
        self.exact: dict[str, str] = {}
        self.serial: dict[str, int] = {}
        when = at.strftime("%Y-%m-%dT%H:%M:%SZ")
        self.by = f"w:author={quoteattr(author)} w:date={quoteattr(when)}"

    def xml(self) -> str:
        return "".join(self.pieces)

    # ── text ──

    def piece(self, piece: Piece) -> None:
        """A provision with its footnotes."""
        self.pieces += self._piece(piece)

    def _piece(self, piece: Piece) -> Iterator[str]:
        number, heading = piece.number, piece.heading
        name = f"{piece.lang}_{piece.key}"
        if piece.has_heading and (number or heading):
            style = f"Heading{min(piece.level, 6)}"
            bracketed = piece.kind is Kind.ARTICLE and bool(number) and bool(heading)
            before, after = ("(" if piece.lang == "ko" else " (", ")") if bracketed else (" ", "")
            yield self._field(
                f"h_{name}",
                heading,
                style=style,
                language=piece.lang,
                label=number,
                between=before if number and heading else "",
                behind=after,
                mark=piece.mark,
            )
            number = ()
        if piece.text or number:
            inner = bool(piece.number) and not piece.has_heading
            indent = 360 * piece.depth
            style = "ProvisionText"
            if piece.kind is Kind.FOOTNOTE:
                style = "ProvisionNote"
            elif piece.kind is Kind.CLOSING:
                style = "ProvisionClosing"
            yield self._field(
                f"t_{name}",
                piece.text,
                style=style,
                language=piece.lang,
                label=number,
                between="\t" if number else "",
                mark=piece.mark,
                indent=(indent + 420, 420) if inner else (indent, 0),
            )
        for note in piece.notes.values():
            yield from self._piece(note)

    def field(self, name: str, runs: Runs, *, style: str, language: str) -> None:
        self.pieces.append(self._field(name, runs, style=style, language=language))

    def words(self, text: str, *, style: str, language: str) -> None:
        """Words that are no part of the text."""
        self.pieces.append(self._paragraph([(Mark.SAME, text, "")], style=style, language=language))

    def _field(
        self,
        name: str,
        runs: Runs,
        *,
        style: str,
        language: str,
        label: Runs = (),
        between: str = "",
        behind: str = "",
        mark: Mark = Mark.SAME,
        indent: tuple[int, int] = (0, 0),
    ) -> str:
        """A heading or a text: a paragraph for each of its lines, a bookmark at the first."""
        lines, ends = _lines(runs)
        ends[-1] = mark
        made = []
        for place, line in enumerate(lines):
            pieces = [(run.mark, run.text, "") for run in line]
            if place == 0:
                head = [(run.mark, run.text, NUMBER_STYLE) for run in label]
                if between:
                    head.append((mark, between, NUMBER_STYLE))
                pieces = head + pieces
            if place == len(lines) - 1 and behind:
                pieces.append((mark, behind, NUMBER_STYLE))
            made.append(
                self._paragraph(
                    pieces,
                    style=style,
                    language=language,
                    end=ends[place],
                    indent=indent if place == 0 else (indent[0], 0),
                    bookmark=self._bookmark(name)
                    if place == 0 and mark is not Mark.DELETED
                    else "",
                )
            )
        if mark is not Mark.DELETED:
            self.fields.add(name)
            text = "".join(run.text for run in runs if run.mark is not Mark.DELETED)
            if UNSAFE.search(text):
                self.exact[name] = text
        return "".join(made)

    def _bookmark(self, name: str) -> str:
        """A name that Word takes: letters, digits and underscores, at most 40 of them."""
        kind = name.partition("_")[0]
        self.marked += 1
        self.serial[name] = self.marked
        return f"{kind}_{self.marked}"

    def _paragraph(
        self,
        pieces: Sequence[tuple[Mark, str, str]],
        *,
        style: str,
        language: str,
        end: Mark = Mark.SAME,
        indent: tuple[int, int] = (0, 0),
        bookmark: str = "",
    ) -> str:
        left, hanging = indent
        ends = ""
        if end is not Mark.SAME:
            self.changes += 1
            tag = "ins" if end is Mark.INSERTED else "del"
            ends = f'<w:rPr><w:{tag} w:id="{self.changes}" {self.by}/></w:rPr>'
        indents = ""
        if left or hanging:
            indents = f'<w:ind w:left="{left}" w:hanging="{hanging}"/>'
        start = ""
        if bookmark:
            number = bookmark.rpartition("_")[2]
            start = (
                f'<w:bookmarkStart w:id="{number}" w:name="{bookmark}"/>'
                f'<w:bookmarkEnd w:id="{number}"/>'
            )
        content = "".join(self._run(mark, text, kind, language) for mark, text, kind in pieces)
        return (
            f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{indents}{ends}</w:pPr>{start}{content}</w:p>'
        )

    def _run(self, mark: Mark, text: str, style: str, language: str) -> str:
        lang = "ko-KR" if language == "ko" else "en-GB"
        shown = ""
        tag = "delText" if mark is Mark.DELETED else "t"
        for place, part in enumerate(_NOTE_MARK.split(text) if not style else [text]):
            if not part:
                continue
            properties = f'<w:rStyle w:val="{style}"/>' if style else ""
            raised = '<w:vertAlign w:val="superscript"/>' if place % 2 else ""
            own = f'<w:rPr>{properties}{raised}<w:lang w:val="{lang}" w:eastAsia="{lang}"/></w:rPr>'
            words = "<w:tab/>".join(
                f'<w:{tag} xml:space="preserve">{escape(UNSAFE.sub("", each))}</w:{tag}>'
                if each
                else ""
                for each in part.split("\t")
            )
            shown += f"<w:r>{own}{words}</w:r>"
        if not shown or mark is Mark.SAME:
            return shown
        self.changes += 1
        change = "ins" if mark is Mark.INSERTED else "del"
        return f'<w:{change} w:id="{self.changes}" {self.by}>{shown}</w:{change}>'

    # ── what stands around it ──

    def about(self, facts: Sequence[tuple[str, str]]) -> None:
        """What is known of the text: no part of it."""
        for place, (name, value) in enumerate(facts):
            self.pieces.append(
                self._paragraph(
                    [(Mark.SAME, f"{name}: {value}", "")],
                    style="ProvisionFacts",
                    language="ko",
                    bookmark=self._bookmark(f"about_{place}"),
                )
            )

    def columns(self, languages: Sequence[str], rows: Sequence[Row]) -> None:
        """The languages side by side, paired by key, below a header row."""
        heads = [
            self._paragraph(
                [(Mark.SAME, NAMES.get(code, code), "")],
                style="ProvisionColumn",
                language=code,
                bookmark=self._bookmark(f"about_head_{code}"),
            )
            for code in languages
        ]
        table = [_table_start(len(languages)), _row(heads, header=True)]
        for row in rows:
            cells = []
            for code, piece in zip(languages, row.cells, strict=True):
                content = "".join(self._piece(piece)) if piece is not None else ""
                if piece is None:
                    content = self._paragraph(
                        [(Mark.SAME, _MISSING.in_language(code), "")],
                        style="ProvisionFacts",
                        language=code,
                        bookmark=self._bookmark(f"about_{code}_{row.key}"),
                    )
                cells.append(content or "<w:p/>")
            table.append(_row(cells))
        table.append('</w:tbl><w:p><w:pPr><w:pStyle w:val="ProvisionFacts"/></w:pPr></w:p>')
        self.pieces += table

    def comparison(
        self, heads: Sequence[str], pairs: Sequence[tuple[Cell, Cell]], language: str
    ) -> None:
        """The table of old and new: marked by hand, as nothing in it is to be accepted."""
        shown = [
            self._paragraph([(Mark.SAME, head, "")], style="ProvisionColumn", language=language)
            for head in heads
        ]
        table = [_table_start(2), _row(shown, header=True)]
        for old, new in pairs:
            table.append(_row([self._side(old, language), self._side(new, language)]))
        table.append('</w:tbl><w:p><w:pPr><w:pStyle w:val="ProvisionFacts"/></w:pPr></w:p>')
        self.pieces += table

    def _side(self, cell: Cell, language: str) -> str:
        heading: list[Span] = list(cell.heading)
        if heading and cell.kind is Kind.ARTICLE and cell.number:
            before = "(" if language == "ko" else " ("
            heading = [Span(Mark.SAME, before), *heading, Span(Mark.SAME, ")")]
        parts = [part for part in (list(cell.number), heading, list(cell.text)) if part]
        if cell.note_text:
            parts.append([Span(Mark.SAME, cell.note_text)])
        spans: list[Span] = []
        for part in parts:
            if spans and part is not heading:
                spans.append(Span(Mark.SAME, " "))
            spans += part
        runs = "".join(_marked_run(span, language) for span in spans)
        return (
            '<w:p><w:pPr><w:pStyle w:val="ProvisionText"/>'
            f'<w:ind w:left="{240 * cell.depth}"/></w:pPr>{runs}</w:p>'
        )


def _marked_run(span: Span, language: str) -> str:
    lang = "ko-KR" if language == "ko" else "en-GB"
    look = {
        Mark.INSERTED: '<w:u w:val="single"/>',
        Mark.DELETED: "<w:strike/>",
        Mark.SAME: "",
    }[span.mark]
    lines = UNSAFE.sub("", span.text).split("\n")
    words = "<w:br/>".join(
        f'<w:t xml:space="preserve">{escape(line)}</w:t>' if line else "" for line in lines
    )
    return f'<w:r><w:rPr>{look}<w:lang w:val="{lang}" w:eastAsia="{lang}"/></w:rPr>{words}</w:r>'


def _lines(runs: Runs) -> tuple[list[list[Run]], list[Mark]]:
    """The runs of each line, and with which mark each line ends."""
    lines: list[list[Run]] = [[]]
    ends: list[Mark] = []
    for run in runs:
        for place, text in enumerate(run.text.split("\n")):
            if place:
                lines.append([])
                ends.append(run.mark)
            if text:
                lines[-1].append(Run(run.mark, text))
    return lines, [*ends, Mark.SAME]


def _table_start(columns: int) -> str:
    width = 9400 // columns
    grid = f'<w:gridCol w:w="{width}"/>' * columns
    return (
        '<w:tbl><w:tblPr><w:tblW w:w="5000" w:type="pct"/><w:tblBorders>'
        '<w:top w:val="single" w:sz="8"/><w:bottom w:val="single" w:sz="8"/>'
        '<w:insideV w:val="single" w:sz="4" w:color="AAAAAA"/></w:tblBorders>'
        '<w:tblLayout w:type="fixed"/>'
        f"</w:tblPr><w:tblGrid>{grid}</w:tblGrid>"
    )


def _row(cells: Sequence[str], *, header: bool = False) -> str:
    properties = "<w:trPr><w:tblHeader/></w:trPr>" if header else ""
    width = 9400 // len(cells)
    made = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{cell}</w:tc>' for cell in cells
    )
    return f"<w:tr>{properties}{made}</w:tr>"


# ── the embedded structure ──


def _structure(document: TextDocument, languages: Sequence[str], body: _Body) -> dict[str, Any]:
    """What `read_docx` needs: who is who, and what Word's XML cannot hold to the letter."""
    texts: dict[str, Any] = {}
    for code in languages:
        tree = document.trees[code]
        provisions = []
        depths: dict[str, int] = {}
        for provision, parent in tree.walk_with_parent():
            depths[provision.key] = depths[parent.key] + 1 if parent else 0
            name = f"{code}_{provision.key}"
            provisions.append(
                [
                    provision.key,
                    provision.kind.value,
                    provision.number,
                    depths[provision.key],
                    body.serial.get(f"h_{name}", 0),
                    body.serial.get(f"t_{name}", 0),
                ]
            )
        texts[code] = {
            "title": body.serial[f"title_{code}"],
            "sha256": document.hashes.get(code, ""),
            "provisions": provisions,
        }
    exact = {str(body.serial[name]): text for name, text in body.exact.items()}
    return {
        "slug": document.slug,
        "kind": document.kind,
        "edition": document.edition,
        "texts": texts,
        "exact": exact,
    }


# ── the file ──


def _file(
    document: TextDocument,
    languages: Sequence[str],
    body: str,
    part: str,
    against: TextDocument | None,
) -> bytes:
    made = docx.Document()
    first = languages[0]
    properties = made.core_properties
    properties.title = document.title_in(first)[:255]
    properties.author = document.network.in_language(first)[:255]
    properties.language = first
    properties.comments = document.sha256
    properties.created = properties.modified = document.made_at.replace(tzinfo=None)
    properties.last_modified_by = ""
    _styles(made)
    _running(made, document, first, against)
    old = made.element.body
    holder = parse_xml(f'<w:body xmlns:w="{W}">{body}</w:body>')
    holder.append(old.sectPr)
    # As a whole: moved one by one, a thousand paragraphs take seconds.
    old.getparent().replace(old, holder)
    if part:
        content = f'<text xmlns="{STRUCTURE}">{escape(part)}</text>'.encode()
        embedded = Part(
            PackURI("/customXml/network-text.xml"), "application/xml", content, made.part.package
        )
        made.part.relate_to(embedded, RELATIONSHIP_TYPE.CUSTOM_XML)
    raw = BytesIO()
    made.save(raw)
    return _dated(raw.getvalue(), document.made_at)


def _dated(raw: bytes, at: datetime) -> bytes:
    """The same archive with the moment of the text in place of the moment of writing."""
    made = BytesIO()
    moment = at.timetuple()[:6] if at.year >= 1980 else (1980, 1, 1, 0, 0, 0)
    with zipfile.ZipFile(BytesIO(raw)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, moment)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, old.read(name))
    return made.getvalue()


def _styles(made: Any) -> None:
    styles = made.styles
    _font(styles["Normal"], SERIF, 10.5)
    _font(styles["Title"], SANS, 20)
    section = made.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(22)
    section.top_margin, section.bottom_margin = Mm(25), Mm(22)
    for level, size in enumerate((14, 12, 11, 10.5, 10.5, 10.5), start=1):
        style = styles[f"Heading {level}"]
        _font(style, SANS, size)
        style.font.bold, style.font.italic = True, False
        style.font.color.rgb = RGBColor(0, 0, 0)
        style.paragraph_format.space_before = Pt(14 if level < 3 else 10)
        style.paragraph_format.space_after = Pt(4)
    for name, size, after in (
        ("ProvisionText", 10.5, 4),
        ("ProvisionNote", 9, 3),
        ("ProvisionClosing", 10.5, 6),
        ("ProvisionFacts", 8.5, 1),
        ("ProvisionColumn", 9.5, 3),
    ):
        style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = styles["Normal"]
        family = SANS if name in ("ProvisionFacts", "ProvisionColumn") else SERIF
        _font(style, family, size)
        style.paragraph_format.space_after = Pt(after)
        style.paragraph_format.line_spacing = 1.25
    styles["ProvisionColumn"].font.bold = True
    styles["ProvisionClosing"].paragraph_format.space_before = Pt(14)
    styles.add_style(NUMBER_STYLE, WD_STYLE_TYPE.CHARACTER)


def _font(style: Any, family: str, size: float) -> None:
    style.font.name = family
    style.font.size = Pt(size)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in list(fonts.attrib):
        if name.endswith("Theme"):
            del fonts.attrib[name]
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), family)


def _running(
    made: Any, document: TextDocument, language: str, against: TextDocument | None
) -> None:
    """The running head and foot: title and edition; the hash and the page."""
    section = made.sections[0]
    name = document.name().in_language(language)
    if against is not None:
        name = f"{edition_name(against.edition).in_language(language)} → {name}"
    head = f"{document.title_in(language)} · {name}"
    if document.edition is None:
        head = f"{WATERMARK} · {head}"
    line = section.header.paragraphs[0]
    line.text = UNSAFE.sub("", " ".join(head.split()))
    line.style = made.styles["ProvisionFacts"]
    foot = section.footer.paragraphs[0]
    foot.style = made.styles["ProvisionFacts"]
    foot.text = f"SHA-256 {document.sha256[:16]}…\t\t" if document.sha256 else "\t\t"
    _page_number(foot)


def _page_number(paragraph: Paragraph) -> None:
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        run = (
            f'<w:r xmlns:w="{W}"><w:fldChar w:fldCharType="{kind}"/></w:r>'
            if kind
            else f'<w:r xmlns:w="{W}"><w:instrText>{text}</w:instrText></w:r>'
        )
        paragraph._p.append(parse_xml(run))
