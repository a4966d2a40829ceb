"""Two hundred articles in two languages as files, and back.

Beside each stands what its tool takes for the words alone: typst setting the same paragraphs
without structure, tags or columns; python-docx writing and reading them without keys; lxml
writing an element for each.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache
from io import BytesIO
from typing import Any

import docx
import pypdf
import typst
from lxml import etree

from resolutions.exports.akn import text_akn
from resolutions.exports.document import TextDocument
from resolutions.exports.docx import comparison_docx, text_docx
from resolutions.exports.docx_reading import read_docx
from resolutions.exports.json_text import read_json, text_json
from resolutions.exports.pdf import comparison_pdf, text_pdf
from resolutions.exports.plain import text_plain
from resolutions.exports.readers import read_file
from resolutions.exports.typesetting import SERIF, korean_fonts
from resolutions.rules.parse import parse_text
from tests.benchmarks.bench_texts import LANGUAGES, amended, plain, spent, tree
from tests.resolutions.exports.texts import document_of

PDF_SECONDS = 5
IMPORT_SECONDS = 1
BARE = '#set text(font: sys.inputs.font, size: 9pt)\n#sys.inputs.words.split("\\n").map(par).join()'


@cache
def document() -> TextDocument:
    return document_of({lang: tree(lang) for lang in LANGUAGES})


@cache
def next_edition() -> TextDocument:
    return document_of({lang: amended(tree(lang), 0.25)[0] for lang in LANGUAGES}, edition=3)


@cache
def words() -> str:
    """Every paragraph of both languages, a line each."""
    return "\n".join(plain(lang).decode() for lang in LANGUAGES)


def first(work: Callable[[], Any]) -> tuple[float, float]:
    """Seconds of the processor, all cores together, and on the clock, the first time.

    typst remembers what it has set before: a second time would say little.
    """
    korean_fonts()
    cpu, clock = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - cpu, time.perf_counter() - clock


def bare_typst() -> bytes:
    compiler = typst.Compiler(
        input=BARE.encode(),
        font_paths=korean_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"words": words(), "font": SERIF},
    )
    made = compiler.compile(format="pdf", pdf_tags=False)
    assert isinstance(made, bytes)
    return made


def bare_docx() -> bytes:
    made = docx.Document()
    for line in words().split("\n"):
        made.add_paragraph(line)
    raw = BytesIO()
    made.save(raw)
    return raw.getvalue()


def bare_xml() -> bytes:
    root = etree.Element("text")
    for line in words().split("\n"):
        etree.SubElement(root, "p").text = line
    return etree.tostring(root, encoding="UTF-8")


def test_pdf_of_both_languages() -> None:
    made: list[bytes] = []
    bare, _clock = first(bare_typst)
    mine, clock = first(lambda: made.append(text_pdf(document(), lang="both")))
    changes, _clock = first(lambda: text_pdf(next_edition(), lang="both", against=document()))
    table, _clock = first(lambda: comparison_pdf(next_edition(), against=document(), lang="both"))
    pages = len(pypdf.PdfReader(BytesIO(made[0])).pages)
    print(
        f"\nPDF of both languages, {pages} tagged pages, {len(made[0]) / 1e6:.1f} MB: {mine:.2f} s "
        f"of the processor ({clock:.2f} s on the clock); bare paragraphs in typst {bare:.2f} s; "
        f"with changes {changes:.2f} s; table of old and new {table:.2f} s"
    )
    assert mine < PDF_SECONDS


def test_docx_there_and_back() -> None:
    made = text_docx(document(), lang="both")
    assert read_docx(made).trees == dict(document().trees)
    mine = spent(lambda: text_docx(document(), lang="both"))
    bare = spent(bare_docx, times=1)
    tracked = spent(lambda: text_docx(next_edition(), lang="both", against=document()), times=2)
    table = spent(lambda: comparison_docx(next_edition(), against=document(), lang="ko"), times=2)
    back = spent(lambda: read_docx(made))
    elsewhere = bare_docx()
    foreign = spent(lambda: read_file(elsewhere, lang="ko"), times=2)
    reading = spent(lambda: [p.text for p in docx.Document(BytesIO(elsewhere)).paragraphs], times=1)
    print(
        f"\nDOCX of both languages, {len(made) / 1e3:.0f} kB: {mine:.2f} s; python-docx without "
        f"keys {bare:.2f} s; with tracked changes {tracked:.2f} s; table of old and new "
        f"{table:.2f} s; read back exactly {back:.2f} s; both languages as one foreign file "
        f"{foreign:.2f} s (python-docx, its words alone {reading:.2f} s)"
    )
    assert back < IMPORT_SECONDS
    assert foreign < 2 * IMPORT_SECONDS


def test_akoma_ntoso_json_and_plain_text() -> None:
    akn = spent(lambda: text_akn(document(), lang="both"))
    bare = spent(bare_xml)
    made = text_json(document(), lang="both")
    assert read_json(made) == dict(document().trees)
    as_json = spent(lambda: text_json(document(), lang="both"))
    as_plain = spent(lambda: text_plain(document(), lang="both"))
    parsed = spent(lambda: [parse_text(plain(lang), lang=lang) for lang in LANGUAGES])
    print(
        f"\nAkoma Ntoso of both languages: {akn * 1000:.0f} ms (lxml, an element a paragraph "
        f"{bare * 1000:.0f} ms); JSON {as_json * 1000:.0f} ms; plain text {as_plain * 1000:.0f} "
        f"ms; import of both from plain text {parsed * 1000:.0f} ms"
    )
    assert parsed < IMPORT_SECONDS
