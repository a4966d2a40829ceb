"""DOCX read back: one made here exactly, one from elsewhere by its structure.

Tracked changes are read as accepted: insertions count, deletions do not. In a file made here
each bookmark gives what follows it, up to the next one, to its provision; what stands in the
style of numbers is no text. In a file from elsewhere every paragraph, those of tables included,
becomes a line, with the number that Word's automatic numbering shows, for `parse_text` to read.

The file comes from outside: it is unpacked within limits, and no entity is ever resolved.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import Any

from lxml import etree

from resolutions.exports.docx import NUMBER_STYLE, STRUCTURE, UNSAFE, W
from resolutions.exports.docx_numbering import Numbering
from resolutions.rules.canonical import language_hash
from resolutions.rules.normalise import Note
from resolutions.rules.parse import MAX_BYTES
from resolutions.rules.parsed import NotUnderstood, ParseRefused
from resolutions.rules.structure import Kind, Provision, TextTree
from secretariat.kernel.bilingual import Bilingual

MAX_UNPACKED = 60_000_000
MAX_MEMBERS = 2_000
_DELETED = {"del", "moveFrom"}
_OUTSIDE = {"txbxContent", "footnotePr", "endnotePr", "instrText", "delInstrText", "pict"}
_BREAKS = {"br", "cr"}


@dataclass(frozen=True, slots=True)
class DocxRead:
    """What was found in a DOCX.

    `trees` by language, where the file was made here; else empty, and `text` has its lines.
    `exact` says that nothing in it was changed since. `notes` are for people to look at;
    `not_understood` has no place in the trees.
    """

    trees: dict[str, TextTree] = field(default_factory=dict)
    exact: bool = False
    text: str = ""
    notes: tuple[Note, ...] = ()
    not_understood: tuple[NotUnderstood, ...] = ()


def read_docx(raw: bytes) -> DocxRead:
    """Read a DOCX file. Raises ParseRefused with what to do next."""
    members = _unpacked(raw)
    main = _main_part(members)
    document = _xml(members[main], main)
    body = document.find(_w("body"))
    if body is None:
        raise _broken()
    structure = _structure(members)
    tracked = _tracked(body)
    if structure is not None:
        read = _Restored(structure, body).read()
    else:
        read = _by_structure(members, main, body)
    return replace(read, notes=(*tracked, *read.notes))


# ── unpacking ──


def _unpacked(raw: bytes) -> dict[str, bytes]:
    if len(raw) > MAX_BYTES:
        raise _refused(
            "too_large",
            f"파일이 5 MB보다 큽니다({len(raw):,}바이트). 그림을 빼거나 본문만 남기십시오.",
            f"The file is larger than 5 MB ({len(raw):,} bytes). Take out pictures, or keep only "
            "the text.",
        )
    if raw.startswith(b"\xd0\xcf\x11\xe0"):
        if "EncryptedPackage".encode("utf-16-le") in raw:
            raise _refused(
                "encrypted",
                "암호가 걸린 파일입니다. 암호를 풀어 다시 저장한 뒤 불러오십시오.",
                "The file is protected by a password. Save it without one and import it again.",
            )
        raise _refused(
            "old_format",
            "옛 형식(.doc, .hwp) 파일입니다. DOCX로 저장한 뒤 불러오십시오.",
            "This is a file in an old format (.doc, .hwp). Save it as DOCX and import it again.",
        )
    members: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(BytesIO(raw)) as archive:
            entries = archive.infolist()
            if any(entry.flag_bits & 1 for entry in entries):
                raise _refused(
                    "encrypted",
                    "암호가 걸린 파일입니다. 암호를 풀어 다시 저장한 뒤 불러오십시오.",
                    "The file is protected by a password. Save it without one and import it again.",
                )
            if len(entries) > MAX_MEMBERS or sum(e.file_size for e in entries) > MAX_UNPACKED:
                raise _bomb()
            left = MAX_UNPACKED
            for entry in entries:
                if not entry.filename.endswith((".xml", ".rels")):
                    continue
                with archive.open(entry) as packed:
                    content = packed.read(left + 1)
                left -= len(content)
                if left < 0:
                    raise _bomb()
                members[entry.filename] = content
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError) as problem:
        raise _broken() from problem
    return members


def _main_part(members: dict[str, bytes]) -> str:
    if "[Content_Types].xml" not in members:
        raise _broken()
    if "word/document.xml" in members:
        return "word/document.xml"
    types = _xml(members["[Content_Types].xml"], "[Content_Types].xml")
    for override in types.iter("{*}Override"):
        name = override.get("PartName", "").lstrip("/")
        if "wordprocessingml.document.main" in override.get("ContentType", "") and name in members:
            return name
    raise _refused(
        "not_docx",
        "DOCX 파일이 아닙니다. 워드 프로세서에서 DOCX로 저장한 뒤 불러오십시오.",
        "This is not a DOCX file. Save it as DOCX in the word processor and import it again.",
    )


def _xml(raw: bytes, name: str) -> etree._Element:
    """One part, with no entity resolved and no definition of one let in."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError) as problem:
        raise _broken() from problem
    information: Any = root.getroottree().docinfo
    if information.doctype:
        raise _refused(
            "entities",
            f"파일 안의 {name}에 허용되지 않는 정의(DOCTYPE)가 있습니다. "
            "워드 프로세서에서 열어 다시 저장한 뒤 불러오십시오.",
            f"{name} in the file defines entities (DOCTYPE), which is not allowed. Open it in the "
            "word processor, save it again, and import that file.",
        )
    return root


def _structure(members: dict[str, bytes]) -> dict[str, Any] | None:
    """The embedded part, wherever the word processor has put it."""
    for name, raw in members.items():
        if "customXml" not in name or STRUCTURE.encode() not in raw:
            continue
        root = _xml(raw, name)
        if root.tag != f"{{{STRUCTURE}}}text":
            continue
        try:
            found = json.loads(root.text or "")
            if isinstance(found["texts"], dict) and isinstance(found["exact"], dict):
                return found
        except (KeyError, TypeError, ValueError):
            continue
    return None


# ── paragraphs ──


@dataclass(slots=True)
class _Line:
    """A paragraph with tracked changes accepted; two of them where the mark between is deleted."""

    text: str = ""
    label: str = ""
    starts: list[str] = field(default_factory=list)
    first: etree._Element | None = None
    vanished: bool = False
    opens: bool = False
    """Whether it is the first of the body or of a cell."""


def _lines(container: etree._Element) -> Iterator[_Line]:
    """The paragraphs of a body or a cell, tables cell by cell, in reading order."""
    waiting: _Line | None = None
    opens = True
    for block in _blocks(container):
        if block.tag == _w("tbl"):
            if waiting is not None:
                yield waiting
                waiting = None
            for cell in block.iter(_w("tc")):
                if next(cell.iterancestors(_w("tbl"))) is block:
                    yield from _lines(cell)
            opens = True
            continue
        line = waiting or _Line(opens=opens)
        opens = False
        if line.first is None:
            line.first = block
        _collect(block, line)
        if _mark_is_deleted(block):
            line.vanished = not (line.text or line.label or line.starts)
            waiting = line
            continue
        line.vanished = line.vanished and not (line.text or line.label or line.starts)
        waiting = None
        yield line
    if waiting is not None:
        yield waiting


def _blocks(container: etree._Element) -> Iterator[etree._Element]:
    """Paragraphs and tables, also within content controls and tracked insertions of rows."""
    for child in container:
        if child.tag in (_w("p"), _w("tbl")):
            yield child
        elif child.tag in (_w("sdt"), _w("sdtContent"), _w("customXml"), _w("ins"), _w("moveTo")):
            yield from _blocks(child)


def _collect(paragraph: etree._Element, line: _Line) -> None:
    pieces: list[str] = []
    label: list[str] = []
    waiting = list(reversed(paragraph))
    while waiting:
        node = waiting.pop()
        if not isinstance(node.tag, str):
            continue
        name = etree.QName(node).localname
        if name in _DELETED or name in _OUTSIDE or name == "pPr":
            continue
        if name == "bookmarkStart":
            line.starts.append(node.get(_w("name"), ""))
        elif name == "r":
            (label if _is_number(node) else pieces).append(_run_text(node))
        else:
            waiting.extend(reversed(node))
    line.text += "".join(pieces)
    line.label += "".join(label)


def _is_number(run: etree._Element) -> bool:
    style = run.find(f"{_w('rPr')}/{_w('rStyle')}")
    return style is not None and style.get(_w("val")) == NUMBER_STYLE


def _run_text(run: etree._Element) -> str:
    pieces = []
    for node in run:
        if not isinstance(node.tag, str):
            continue
        name = etree.QName(node).localname
        if name == "t":
            pieces.append(node.text or "")
        elif name in ("tab", "ptab"):
            pieces.append("\t")
        elif name in _BREAKS:
            pieces.append("\n")
        elif name == "noBreakHyphen":
            pieces.append("\u2011")
        elif name == "AlternateContent":
            for choice in node.iter(_w("t")):
                pieces.append(choice.text or "")
                break
    return "".join(pieces)


def _mark_is_deleted(paragraph: etree._Element) -> bool:
    return paragraph.find(f"{_w('pPr')}/{_w('rPr')}/{_w('del')}") is not None


def _tracked(body: etree._Element) -> tuple[Note, ...]:
    """Say that tracked changes were read as accepted, and how many there are."""
    inserted = sum(1 for _each in body.iter(_w("ins"), _w("moveTo")))
    deleted = sum(1 for _each in body.iter(_w("del"), _w("moveFrom")))
    if not inserted and not deleted:
        return ()
    message = Bilingual(
        ko=f"변경 내용 추적이 있어 모두 적용한 것으로 읽었습니다(삽입 {inserted}, 삭제 {deleted}).",
        en=f"Tracked changes were read as accepted ({inserted} insertions, {deleted} deletions).",
    )
    return (Note(0, "tracked_changes", message),)


# ── a file made here ──


class _Restored:
    """The words of a file made here, under their keys."""

    def __init__(self, structure: dict[str, Any], body: etree._Element) -> None:
        self.structure = structure
        self.body = body
        self.fields: dict[int, list[str]] = {}
        self.labels: dict[int, str] = {}
        self.notes: list[Note] = []
        self.not_understood: list[NotUnderstood] = []

    def read(self) -> DocxRead:
        self._gather()
        try:
            trees = {str(code): self._tree(code) for code in self.structure["texts"]}
        except (IndexError, KeyError, TypeError, ValueError) as problem:
            raise _broken() from problem
        exact = not self.not_understood and all(
            self.structure["texts"][code].get("sha256") == language_hash(tree)
            for code, tree in trees.items()
        )
        return DocxRead(
            trees=trees,
            exact=exact,
            notes=tuple(self.notes),
            not_understood=tuple(self.not_understood),
        )

    def _gather(self) -> None:
        current = 0
        about = True
        for number, line in enumerate(_lines(self.body), start=1):
            if line.vanished:
                continue
            begins = [name for name in line.starts if name.partition("_")[0] in _OURS]
            if begins:
                kind, _, serial = begins[0].partition("_")
                about = kind == "about" or not serial.isdigit()
                current = int(serial) if serial.isdigit() else 0
                if not about and current not in self.fields:
                    self.fields[current] = [line.text]
                    self.labels[current] = line.label
                    continue
                if about:
                    continue
            elif line.opens:
                # A cell, or what follows a table: nothing goes on from before.
                current, about = 0, not line.text.strip()
            if about and not line.text.strip():
                continue
            if current in self.fields and not about:
                self.fields[current].append(line.text)
            elif line.text.strip() and not about:
                self.not_understood.append(NotUnderstood(number, line.text))

    def _tree(self, code: str) -> TextTree:
        given = self.structure["texts"][code]
        title = self._words(int(given["title"]))
        rows = []
        for key, kind, number, depth, heading, text in given["provisions"]:
            written = [serial for serial in (heading, text) if serial]
            gone = bool(written) and not any(serial in self.fields for serial in written)
            rows.append(
                _Entry(
                    Provision(
                        key=str(key),
                        kind=Kind(kind),
                        number=str(number),
                        heading=self._words(heading),
                        text=self._words(text),
                    ),
                    depth=int(depth),
                    gone=gone,
                )
            )
        return TextTree(title, code, self._nested(rows, 0))

    def _words(self, serial: int) -> str:
        lines = self.fields.get(serial)
        if lines is None:
            return ""
        words = "\n".join(lines)
        exact = self.structure["exact"].get(str(serial))
        if isinstance(exact, str) and _visible(exact) == words:
            return exact
        return words

    def _nested(self, rows: list[_Entry], depth: int) -> tuple[Provision, ...]:
        made: list[Provision] = []
        place = 0
        while place < len(rows):
            end = place + 1
            while end < len(rows) and rows[end].depth > depth:
                end += 1
            entry = rows[place]
            below = self._nested(rows[place + 1 : end], depth + 1)
            if entry.gone and not below:
                self.notes.append(_removed(entry.provision.key))
            else:
                made.append(replace(entry.provision, children=below))
            place = end
        return tuple(made)


@dataclass(frozen=True, slots=True)
class _Entry:
    provision: Provision
    depth: int
    gone: bool


_OURS = {"h", "t", "title", "about"}


def _visible(text: str) -> str:
    """What of a text Word's XML can hold, as the writer leaves the rest out."""
    return UNSAFE.sub("", text)


def _removed(key: str) -> Note:
    return Note(
        0,
        "provision_removed",
        Bilingual(
            ko=f"{key} 조항이 파일에서 지워져 있어 빠집니다.",
            en=f"Provision {key} is gone from the file and is left out.",
        ),
    )


# ── a file from elsewhere ──


def _by_structure(members: dict[str, bytes], main: str, body: etree._Element) -> DocxRead:
    folder = main.rpartition("/")[0]

    def part(name: str) -> etree._Element | None:
        path = f"{folder}/{name}" if folder else name
        return _xml(members[path], path) if path in members else None

    numbering = Numbering(part("numbering.xml"), part("styles.xml"))
    notes: list[Note] = []
    lines = list(_plain(body, numbering))
    if numbering.unknown:
        formats = ", ".join(sorted(numbering.unknown))
        notes.append(
            Note(
                0,
                "automatic_numbers",
                Bilingual(
                    ko=f"알 수 없는 자동 번호 형식({formats})은 십진수로 읽었습니다.",
                    en=f"Automatic numbering of an unknown form ({formats}) was read as decimals.",
                ),
            )
        )
    if numbering.used:
        notes.append(
            Note(
                0,
                "automatic_numbers",
                Bilingual(
                    ko=f"자동 번호가 붙은 문단 {numbering.used}개를 번호와 함께 읽었습니다.",
                    en=f"{numbering.used} automatically numbered paragraphs were read with their "
                    "numbers.",
                ),
            )
        )
    not_understood = [
        NotUnderstood(0, text)
        for name in ("footnotes.xml", "endnotes.xml")
        for text in _notes_of(part(name))
    ]
    text = "\n".join(lines).strip("\n")
    if not text.strip():
        raise _refused(
            "empty",
            "파일에 글자가 없습니다. 본문이 들어 있는 파일을 고르십시오.",
            "The file has no text in it. Choose the file that contains the text.",
        )
    return DocxRead(text=text + "\n", notes=tuple(notes), not_understood=tuple(not_understood))


def _plain(container: etree._Element, numbering: Numbering) -> Iterator[str]:
    """A line for each paragraph, an empty one after it; a row of a table as | a | b |."""
    tables: list[etree._Element] = [block for block in _blocks(container) if block.tag == _w("tbl")]
    by_place = {id(table) for table in tables}
    waiting = _Line()
    for block in _blocks(container):
        if id(block) in by_place:
            yield from _table_lines(block, numbering)
            yield ""
            continue
        if waiting.first is None:
            waiting.first = block
        _collect(block, waiting)
        if _mark_is_deleted(block):
            continue
        text = waiting.label + waiting.text
        number = numbering.number_of(waiting.first) if text.strip() else ""
        joined = f"{number} {text}".strip() if number else text
        yield from joined.split("\n")
        yield ""
        waiting = _Line()
    if waiting.text.strip():
        yield waiting.text


def _table_lines(table: etree._Element, numbering: Numbering) -> Iterator[str]:
    for row in table:
        if row.tag != _w("tr") or row.find(f"{_w('trPr')}/{_w('del')}") is not None:
            continue
        cells = [
            [line for line in _plain(cell, numbering) if line.strip()]
            for cell in row.iter(_w("tc"))
            if next(cell.iterancestors(_w("tbl"))) is table
        ]
        if len(cells) == 1:
            yield from cells[0]
        elif any(cells):
            yield "| " + " | ".join(" / ".join(cell) for cell in cells) + " |"


def _notes_of(part: etree._Element | None) -> Iterator[str]:
    if part is None:
        return
    for note in part:
        if note.get(_w("type")) in (None, "normal"):
            text = " ".join(line.text for line in _lines(note) if line.text.strip())
            if text:
                yield text


# ── refusals ──


def _w(name: str) -> str:
    return f"{{{W}}}{name}"


def _refused(code: str, ko: str, en: str) -> ParseRefused:
    return ParseRefused(code, 0, Bilingual(ko=ko, en=en))


def _broken() -> ParseRefused:
    return _refused(
        "broken_file",
        "DOCX 파일을 읽을 수 없습니다. 워드 프로세서에서 열어 다시 저장한 뒤 불러오십시오.",
        "The DOCX file cannot be read. Open it in the word processor, save it again, and import "
        "that file.",
    )


def _bomb() -> ParseRefused:
    return _refused(
        "unpacks_too_large",
        "풀면 지나치게 커지는 파일입니다. 본문만 새 파일에 옮겨 저장한 뒤 불러오십시오.",
        "The file unpacks to far more than a text needs. Copy the text into a new file, save that, "
        "and import it.",
    )
