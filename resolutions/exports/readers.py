"""Files that texts are read from: each reader knows its own by the first bytes.

A further format (HWPX, Akoma Ntoso) is a further `Reader` before the plain text, which takes
whatever no other one knows. A reader gives a `ParseResult` for each language it finds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from resolutions.exports.docx_reading import read_docx
from resolutions.exports.json_text import FORM, JsonRefused, read_json
from resolutions.rules.parse import parse_text
from resolutions.rules.parsed import ParseRefused, ParseResult
from resolutions.rules.structure import TextTree
from secretariat.kernel.bilingual import Bilingual


@dataclass(frozen=True, slots=True)
class TextRead:
    """What was found in a file, by language. `made_here`: the keys came with it."""

    results: dict[str, ParseResult]
    format: str
    made_here: bool = False
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Reader:
    """`knows` looks at the bytes alone; `read` takes bytes, language and title."""

    name: str
    knows: Callable[[bytes], bool]
    read: Callable[[bytes, str, str], TextRead]


def read_file(raw: bytes, *, lang: str, title: str = "") -> TextRead:
    """Read a file in whatever format it is. Raises ParseRefused.

    `lang` is the language of a file that does not say it; one that was made here brings its
    languages, of which `lang` has to be one. `title` overrides its title.
    """
    reader = next(each for each in READERS if each.knows(raw))
    return reader.read(raw, lang, title)


# ── plain text ──


def _plain(raw: bytes, lang: str, title: str) -> TextRead:
    result = parse_text(raw, lang=lang, title=title or None)
    return TextRead({lang: result}, "txt")


# ── DOCX ──

_OLD_OFFICE = b"\xd0\xcf\x11\xe0"


def _is_docx(raw: bytes) -> bool:
    return raw.startswith((b"PK\x03\x04", b"PK\x05\x06", _OLD_OFFICE))


def _docx(raw: bytes, lang: str, title: str) -> TextRead:
    found = read_docx(raw)
    if not found.trees:
        result = parse_text(found.text.encode("utf-8"), lang=lang, title=title or None)
        return TextRead(
            {
                lang: replace(
                    result,
                    warnings=(*found.notes, *result.warnings),
                    not_understood=(*result.not_understood, *found.not_understood),
                )
            },
            "docx",
        )
    results = _of_trees(found.trees, lang, title)
    results[lang] = replace(
        results[lang], warnings=found.notes, not_understood=found.not_understood
    )
    return TextRead(results, "docx", made_here=True, exact=found.exact)


# ── JSON ──


def _is_json(raw: bytes) -> bool:
    return raw.lstrip()[:1] == b"{" and f'"{FORM}"'.encode() in raw[:200]


def _json(raw: bytes, lang: str, title: str) -> TextRead:
    try:
        trees = read_json(raw)
        for tree in trees.values():
            tree.by_key()
    except (JsonRefused, ValueError) as problem:
        raise _refused(
            "json_unreadable",
            f"이 JSON에서 본문을 읽을 수 없습니다({problem}). 다시 내보낸 파일을 불러오십시오.",
            f"No text can be read from this JSON ({problem}). Import a file as it was exported.",
        ) from problem
    return TextRead(_of_trees(trees, lang, title), "json", made_here=True, exact=True)


def _of_trees(trees: dict[str, TextTree], lang: str, title: str) -> dict[str, ParseResult]:
    if lang not in trees:
        there = ", ".join(trees)
        raise _refused(
            "language_differs",
            f"이 파일의 언어는 {there}입니다. 언어를 바꾸어 다시 불러오십시오.",
            f"The language of this file is {there}. Choose that language and import it again.",
        )
    results = {code: ParseResult(tree) for code, tree in trees.items()}
    if title:
        results[lang] = ParseResult(replace(trees[lang], title=title))
    return results


# ── formats of a later day ──


def _is_hwpx(raw: bytes) -> bool:
    if not raw.startswith(b"PK\x03\x04") or b"mimetype" not in raw[:64]:
        return False
    try:
        with ZipFile(BytesIO(raw)) as archive, archive.open("mimetype") as packed:
            return packed.read(64).strip() == b"application/hwp+zip"
    except (BadZipFile, KeyError, NotImplementedError, OSError, RuntimeError):
        return False


def _hwpx(raw: bytes, lang: str, title: str) -> TextRead:
    raise _refused(
        "format_not_read",
        "HWPX 파일은 아직 읽지 못합니다. 한글에서 DOCX 또는 텍스트로 저장한 뒤 불러오십시오.",
        "HWPX is not read yet. Save the file as DOCX or as plain text and import that.",
    )


def _is_akn(raw: bytes) -> bool:
    return b"<akomaNtoso" in raw[:1000]


def _akn(raw: bytes, lang: str, title: str) -> TextRead:
    raise _refused(
        "format_not_read",
        "Akoma Ntoso 파일은 아직 읽지 못합니다. DOCX, 텍스트 또는 JSON을 불러오십시오.",
        "Akoma Ntoso is not read yet. Import DOCX, plain text or JSON.",
    )


def _refused(code: str, ko: str, en: str) -> ParseRefused:
    return ParseRefused(code, 0, Bilingual(ko=ko, en=en))


READERS = (
    Reader("hwpx", _is_hwpx, _hwpx),
    Reader("docx", _is_docx, _docx),
    Reader("akn", _is_akn, _akn),
    Reader("json", _is_json, _json),
    Reader("txt", lambda raw: True, _plain),
)


# ── two languages of one text ──


@dataclass(frozen=True, slots=True)
class Pairing:
    """How the languages of one text fit: keys that one of them lacks, and kinds that differ."""

    only_in: dict[str, tuple[str, ...]] = field(default_factory=dict)
    differing: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        return not any(self.only_in.values()) and not self.differing

    def as_json(self) -> dict[str, object]:
        """`{"only_in": {"ko": […]}, "differing": […]}`."""
        return {
            "only_in": {code: list(keys) for code, keys in self.only_in.items()},
            "differing": list(self.differing),
        }


def pair(trees: dict[str, TextTree]) -> Pairing:
    """Compare the keys of several languages. Only one language pairs with itself."""
    if len(trees) < 2:
        return Pairing()
    by_key = {code: tree.by_key() for code, tree in trees.items()}
    shared = set.intersection(*(set(keys) for keys in by_key.values()))
    only = {
        code: tuple(key for key in keys if any(key not in other for other in by_key.values()))
        for code, keys in by_key.items()
    }
    first, *others = by_key.values()
    differing = tuple(
        key
        for key in first
        if key in shared
        and any(
            (first[key].kind, first[key].number) != (other[key].kind, other[key].number)
            for other in others
        )
    )
    return Pairing(only, differing)
