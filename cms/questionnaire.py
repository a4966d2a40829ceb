"""The practice questionnaire as a DOCX file: made from the guide, and read back.

Nothing that was written is lost: an answer is what stands between the heading of its question
and the next one, wherever the writer put it; what fits no question, or does not fit the
question it stands at, comes back as a leftover, to be shown and kept with the draft.

Reading goes by the words of headings in every language of the platform, not by hidden marks:
a file that went through three programs and two mail systems still has its headings. Inserted
text of tracked changes counts, deleted text does not.
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext as _
from django.utils.translation import override
from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor

from cms.models import Practice
from cms.practice_guide import CHOICES, SECTIONS, Kind, Question, questions
from cms.rich_text import clean, rich_of, typed_of
from cms.services.practice_words import (
    EARLIEST_YEAR,
    LATEST_YEAR,
    LONGEST_TITLE,
    SDG_TARGET,
    PracticeWords,
)
from secretariat.kernel.errors import InvalidInput
from secretariat.kernel.models import LANGUAGES
from secretariat.kernel.office_files import BROKEN

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LARGEST: Final = 10 * 1024 * 1024
LARGEST_UNPACKED: Final = 100 * 1024 * 1024
EMPTY_LINES: Final = 4
CHOSEN: Final = "☒☑■✓✔●◉xXvVoO○"
OPEN_BOX, CROSSED_BOX = "☐", "☒"
_NUMBERED = re.compile(r"^\s*\d{1,2}\s*[.)]\s*")
_MARKED = re.compile(rf"^\s*(?:\[\s*([{CHOSEN}]?)\s*\]|([{CHOSEN}☐□])(?=\s))\s*(.+)$")
_ASKED: Final = tuple(each for each in questions() if each.kind != Kind.FILES)


# ── making ──────────────────────────────────────────────────────────────────────────────────


def make_questionnaire(*, language: str, practice: Practice | None = None) -> bytes:
    """The questionnaire in a language, empty or with a draft's answers filled in."""
    with override(language):
        document = Document()
        document.core_properties.language = language
        document.core_properties.title = _("Questionnaire on a practice")
        document.core_properties.author = ""
        _styles(document)
        document.add_heading(_("Questionnaire on a practice"), level=0)
        document.add_paragraph(_intro(), style="Guidance")
        number = 0
        for section in SECTIONS:
            asked = [each for each in section.questions if each.kind != Kind.FILES]
            if not asked:
                continue
            document.add_heading(str(section.title), level=1)
            for each in asked:
                number += 1
                document.add_heading(f"{number}. {each.label}", level=2)
                document.add_paragraph(str(each.guidance), style="Guidance")
                _answer_place(document, each, practice)
        made = io.BytesIO()
        document.save(made)
    return made.getvalue()


def _intro() -> str:
    return _(
        "Write below each question; leave out what you cannot answer. To choose, put an x in "
        "place of the box. Leave the headings as they are: they tell where an answer belongs. "
        "Images and attachments are added after the upload."
    )


def _styles(document: Any) -> None:
    guidance = document.styles.add_style("Guidance", WD_STYLE_TYPE.PARAGRAPH)
    guidance.font.size = Pt(9.5)
    guidance.font.color.rgb = RGBColor(0x3C, 0x48, 0x55)
    for style in ("Normal", "Heading 1", "Heading 2", "Title"):
        fonts = document.styles[style].element.get_or_add_rPr().get_or_add_rFonts()
        fonts.set(qn("w:eastAsia"), "Noto Sans KR")


def _answer_place(document: Any, each: Question, practice: Practice | None) -> None:
    value = getattr(practice, each.name) if practice is not None else None
    if each.kind == Kind.ROWS:
        rows = list(value or [])
        table = document.add_table(1, len(each.columns), style="Table Grid")
        for cell, (_name, label) in zip(table.rows[0].cells, each.columns, strict=True):
            cell.text = str(label)
        for row in [*rows, *[{}] * EMPTY_LINES]:
            cells = table.add_row().cells
            for cell, (name, _label) in zip(cells, each.columns, strict=True):
                cell.text = "" if row.get(name) is None else str(row.get(name, ""))
        document.add_paragraph()
        return
    if each.kind in (Kind.CHOICE, Kind.CHOICES):
        chosen = set(value or []) if each.kind == Kind.CHOICES else {value}
        for code, label in CHOICES[each.name].choices:
            document.add_paragraph(f"{CROSSED_BOX if code in chosen else OPEN_BOX} {label}")
        if each.kind == Kind.CHOICE and value and value not in CHOICES[each.name].values:
            document.add_paragraph(str(value))
        return
    cell = document.add_table(1, 1, style="Table Grid").cell(0, 0)
    text = _typed(each, value, practice)
    lines = text.split("\n") if text else ["", ""]
    cell.text = lines[0]
    for line in lines[1:]:
        cell.add_paragraph(line)
    document.add_paragraph()


def _typed(each: Question, value: Any, practice: Practice | None) -> str:
    if value is None:
        return ""
    if each.name == "action" and not value and practice is not None:
        return practice.body
    if each.kind == Kind.RICH:
        return typed_of(value)
    return ", ".join(value) if each.kind == Kind.WORDS else str(value)


# ── reading ─────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Leftover:
    """Words that became no answer: below which question ("" none), and what they say."""

    label: str
    text: str


@dataclass
class Filled:
    """A questionnaire as it was filled in."""

    language: str
    words: PracticeWords
    leftovers: list[Leftover] = field(default_factory=list)


@dataclass
class _Answer:
    """What stands below one question: paragraphs as HTML, tables as rows of texts."""

    paragraphs: list[tuple[str, str]] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)

    @property
    def html(self) -> str:
        """The paragraphs, lists put together."""
        typed = "".join(html for _text, html in self.paragraphs)
        return re.sub(r"</(ul|ol)><\1>", "", typed)

    @property
    def lines(self) -> list[str]:
        return [text for text, _html in self.paragraphs if text.strip()]

    @property
    def text(self) -> str:
        return "\n".join(text for text, _html in self.paragraphs).strip()


def read_questionnaire(*, content: bytes, name: str = "") -> Filled:
    """Read a filled-in questionnaire. Raises InvalidInput where it is no DOCX file, or empty."""
    document = _opened(content)
    answers, stray, language = _split(document)
    leftovers = [Leftover("", text) for text in stray]
    given: dict[str, Any] = {}
    for each in _ASKED:
        answer = answers.get(each.name)
        if answer is not None:
            given[each.name] = _taken(each, answer, leftovers)
    leftovers += [Leftover("", text) for text in _around(document)]
    title = str(given.pop("title", "")) or name.rpartition(".")[0] or name
    if not any(given.values()) and not answers:
        raise InvalidInput(
            _("No question of the questionnaire is found in this file. Download it anew."),
            where="file",
        )
    if len(title) > LONGEST_TITLE:
        leftovers.append(Leftover(_label("title"), title))
        title = title[:LONGEST_TITLE]
    return Filled(language, PracticeWords(title=title or _("Without a title"), **given), leftovers)


def _opened(content: bytes) -> Any:
    problem = InvalidInput(_("This is no DOCX file. Save it as DOCX and try again."), where="file")
    if len(content) > LARGEST:
        raise InvalidInput(_("The file is larger than 10 MB. Make it smaller."), where="file")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(item.file_size for item in archive.infolist()) > LARGEST_UNPACKED:
                raise problem
        return Document(io.BytesIO(content))
    except InvalidInput:
        raise
    except (PackageNotFoundError, *BROKEN) as failed:
        raise problem from failed


def _split(document: Any) -> tuple[dict[str, _Answer], list[str], str]:
    """Answers by question, what stands outside of any, and the language of the headings."""
    names, known, said = _headings(), _own_words(), dict.fromkeys(dict(LANGUAGES), 0)
    answers: dict[str, _Answer] = {}
    stray: list[str] = []
    here: str | None = None
    for block in _blocks(document):
        if block.tag == qn("w:tbl"):
            if here is None:
                stray += [" · ".join(filter(None, row)) for row in _table(document, block)]
            else:
                _add_table(answers[here], document, block)
            continue
        text = _text(block)
        plain = _key(_NUMBERED.sub("", text))
        if _is_heading(document, block) and plain in names:
            here, language = names[plain]
            said[language] = said.get(language, 0) + 1
            if here is not None:
                answers.setdefault(here, _Answer())
            continue
        if not text.strip() or _key(text) in known:
            if here is not None and answers[here].paragraphs and not text.strip():
                answers[here].paragraphs.append(("", ""))
            continue
        if here is None:
            stray.append(text.strip())
        else:
            answers[here].paragraphs.append((text, _html(document, block)))
    language = max(said, key=lambda code: said[code])
    return answers, [text for text in stray if text], language


def _headings() -> dict[str, tuple[str | None, str]]:
    """Every heading of the questionnaire in every language: `(question or None, language)`."""
    found: dict[str, tuple[str | None, str]] = {}
    for language, _name in LANGUAGES:
        with override(language):
            for section in SECTIONS:
                found.setdefault(_key(str(section.title)), (None, language))
            for each in _ASKED:
                found[_key(str(each.label))] = (each.name, language)
    return found


def _own_words() -> set[str]:
    """What the questionnaire itself says between its headings."""
    said = set()
    for language, _name in LANGUAGES:
        with override(language):
            said |= {_key(str(each.guidance)) for each in _ASKED}
            said |= {_key(_intro()), _key(_("Questionnaire on a practice"))}
    return said


def _key(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _label(name: str) -> str:
    return next(str(each.label) for each in _ASKED if each.name == name)


def _blocks(document: Any) -> Iterator[Any]:
    """Paragraphs and tables in reading order, those within content controls too."""

    def within(parent: Any) -> Iterator[Any]:
        for child in parent.iterchildren():
            if child.tag in (qn("w:p"), qn("w:tbl")):
                yield child
            elif child.tag in (qn("w:sdt"), qn("w:sdtContent"), qn("w:ins"), qn("w:customXml")):
                yield from within(child)

    return within(document.element.body)


def _is_heading(document: Any, paragraph: Any) -> bool:
    style = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
    if style is None:
        return False
    given = style.get(qn("w:val")) or ""
    named = next((each.name for each in document.styles if each.style_id == given), given)
    return bool(re.match(r"(heading|title|제목|개요)", str(named), re.IGNORECASE))


def _gone(node: Any) -> bool:
    """Whether a piece of text was deleted or moved away in a tracked change."""
    return any(parent.tag in (qn("w:del"), qn("w:moveFrom")) for parent in node.iterancestors())


def _text(paragraph: Any) -> str:
    signs = {qn("w:br"): "\n", qn("w:tab"): "\t"}
    nodes = paragraph.iter(qn("w:t"), *signs)
    parts = [signs.get(node.tag) or node.text or "" for node in nodes if not _gone(node)]
    return unicodedata.normalize("NFC", "".join(parts))


def _html(document: Any, paragraph: Any) -> str:
    """A paragraph with bold words, links and its place in a list."""
    parts = []
    for run in paragraph.iter(qn("w:r")):
        if _gone(run):
            continue
        words = escape(_text(run), quote=False).replace("\n", "<br>")
        bold = run.find(f"{qn('w:rPr')}/{qn('w:b')}")
        if bold is not None and bold.get(qn("w:val")) not in ("0", "false") and words.strip():
            words = f"<strong>{words}</strong>"
        parent = run.getparent()
        if parent.tag == qn("w:hyperlink"):
            relation = document.part.rels.get(parent.get(qn("r:id")) or "")
            if relation is not None and relation.is_external:
                words = f'<a href="{escape(relation.target_ref)}">{words}</a>'
        parts.append(words)
    text = "".join(parts).replace("</strong><strong>", "")
    if paragraph.find(f"{qn('w:pPr')}/{qn('w:numPr')}") is not None or _is_list(
        document, paragraph
    ):
        return f"<ul><li>{text}</li></ul>"
    if re.match(r"\s*(?:[-*•]|\d{1,3}[.)])\s+\S", _text(paragraph)):
        return rich_of(_text(paragraph))
    return f"<p>{text}</p>"


def _is_list(document: Any, paragraph: Any) -> bool:
    style = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
    return style is not None and (style.get(qn("w:val")) or "").startswith("List")


def _table(document: Any, table: Any) -> list[list[str]]:
    return [
        ["\n".join(_text(p) for p in cell.iter(qn("w:p"))).strip() for cell in row.iter(qn("w:tc"))]
        for row in table.iter(qn("w:tr"))
    ]


def _add_table(answer: _Answer, document: Any, table: Any) -> None:
    """A box for an answer holds its paragraphs; any other table is rows."""
    rows = _table(document, table)
    if len(rows) == 1 and len(rows[0]) == 1:
        for paragraph in table.iter(qn("w:p")):
            text = _text(paragraph)
            answer.paragraphs.append((text, _html(document, paragraph) if text.strip() else ""))
    else:
        answer.rows += rows


def _around(document: Any) -> Iterator[str]:
    """Words in places that hold no answers: headers, footers, footnotes; and pictures."""
    for section in document.sections:
        for part in (section.header, section.footer):
            yield from (p.text.strip() for p in part.paragraphs if p.text.strip())
    pictures = sum(1 for _each in document.element.body.iter(qn("pic:pic")))
    if pictures:
        yield _("Pictures in the file: %(count)d. Add them in the editor.") % {"count": pictures}
    for relation in document.part.rels.values():
        if relation.reltype.endswith(("/footnotes", "/endnotes")) and not relation.is_external:
            text = re.sub(r"<[^>]+>", " ", relation.target_part.blob.decode("utf-8", "replace"))
            if text.strip():
                yield " ".join(text.split())


# ── one answer ──────────────────────────────────────────────────────────────────────────────


def _taken(each: Question, answer: _Answer, leftovers: list[Leftover]) -> Any:
    """The answer in the question's form; what does not fit goes to the leftovers."""

    def left(text: str) -> None:
        if text.strip():
            leftovers.append(Leftover(str(each.label), text.strip()))

    if each.kind == Kind.ROWS:
        left(answer.text)
        return tuple(_rows(each, answer.rows, left))
    for row in answer.rows:
        left(" · ".join(filter(None, row)))
    if each.kind == Kind.RICH:
        return clean(answer.html)
    if each.kind in (Kind.CHOICE, Kind.CHOICES):
        return _chosen(each, answer.lines, left)
    if each.kind == Kind.YEAR:
        return _year(answer.text, left)
    if each.kind == Kind.WORDS:
        return _words(each, answer.text, left)
    if each.name == "adapted_from":
        return _origin(answer.text, left)
    return " ".join(answer.lines) if each.kind == Kind.LINE else answer.text


def _chosen(each: Question, lines: list[str], left: Any) -> Any:
    codes = _codes(each)
    chosen: list[str] = []
    for line in lines:
        marked = _MARKED.match(line)
        mark = (marked[1] or marked[2] or "") if marked else ""
        code = codes.get(_key(marked[3] if marked else line))
        if code is None:
            left(line)
        elif not marked or (mark and mark in CHOSEN):
            chosen.append(code)
    if each.kind == Kind.CHOICES:
        return tuple(dict.fromkeys(chosen))
    for code in chosen[1:]:
        left(code)
    return chosen[0] if chosen else ""


def _codes(each: Question) -> Mapping[str, str]:
    found = {}
    for language, _name in LANGUAGES:
        with override(language):
            for code, label in CHOICES[each.name].choices:
                found[_key(str(label))] = code
                found[_key(code)] = code
    return found


def _year(text: str, left: Any) -> int | None:
    digits = re.fullmatch(r"\s*(\d{4})\s*(?:년|年)?\.?\s*", unicodedata.normalize("NFKC", text))
    if digits and EARLIEST_YEAR <= int(digits[1]) <= LATEST_YEAR:
        return int(digits[1])
    left(text)
    return None


def _words(each: Question, text: str, left: Any) -> tuple[str, ...]:
    words = [word.strip() for word in re.split(r"[,，;\n]", text) if word.strip()]
    if each.name != "sdg_targets":
        return tuple(dict.fromkeys(words))
    for word in words:
        if not SDG_TARGET.fullmatch(word.lower()):
            left(word)
    return tuple(dict.fromkeys(w.lower() for w in words if SDG_TARGET.fullmatch(w.lower())))


def _origin(text: str, left: Any) -> str:
    slug = unquote(urlsplit(text.strip()).path).strip("/").rpartition("/")[2]
    found = Practice.objects.filter(live=True, slug=slug).first() if slug else None
    if found is None:
        left(text)
    return found.external_id if found else ""


def _rows(each: Question, rows: list[list[str]], left: Any) -> Iterator[dict[str, Any]]:
    headings = _column_names(each)
    for row in rows:
        if all(_key(cell) in headings for cell in row if cell.strip()):
            continue  # the table's own heading, or an empty line
        given = {name: cell for (name, _label), cell in zip(each.columns, row, strict=False)}
        try:
            one: dict[str, Any] = {each.name: (given,)}
            probe = PracticeWords(title="-", **one).as_fields()[each.name]
        except InvalidInput:
            left(" · ".join(filter(None, row)))
            continue
        yield from probe
        left(" · ".join(filter(None, row[len(each.columns) :])))


def _column_names(each: Question) -> set[str]:
    found = set()
    for language, _name in LANGUAGES:
        with override(language):
            found |= {_key(str(label)) for _column, label in each.columns}
    return found


def leftover_text(leftovers: list[Leftover]) -> str:
    """The leftovers as one text, to be kept with the draft."""
    return "\n\n".join(
        f"{each.label}: {each.text}" if each.label else each.text for each in leftovers
    )


__all__ = [
    "MEDIA_TYPE",
    "Filled",
    "Leftover",
    "leftover_text",
    "make_questionnaire",
    "read_questionnaire",
]
