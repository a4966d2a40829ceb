"""A sheet to sign a declaration on paper: title, edition, SHA-256, and places to write.

Every label stands in each language of the platform, since the sheet travels; the languages of
the text are ticked. The same edition and city give the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from resolutions.exports.document import NAMES
from resolutions.exports.typesetting import compile_typst
from secretariat.kernel.bilingual import Bilingual

_LABELS = {
    "above": Bilingual(ko="서명 용지", en="Signing sheet"),
    "edition": Bilingual(ko="판", en="Edition"),
    "adopted": Bilingual(ko="채택일", en="Adopted on"),
    "whole": Bilingual(ko="SHA-256(전체)", en="SHA-256 (whole)"),
    "who": Bilingual(ko="서명", en="Signature"),
    "city": Bilingual(ko="도시 또는 기관", en="City or body"),
    "name": Bilingual(ko="성명", en="Name"),
    "office": Bilingual(ko="직위", en="Office held"),
    "signature": Bilingual(ko="서명", en="Signature"),
    "day": Bilingual(ko="날짜(연. 월. 일.)", en="Date (year, month, day)"),
    "read": Bilingual(ko="읽은 언어판", en="Language version read"),
    "reservation": Bilingual(ko="유보(있는 경우)", en="Reservation (if any)"),
    "reservation_hint": Bilingual(
        ko="어느 조항에 대한 유보인지 적고, 없으면 비워 둔다.",
        en="Name the provision; leave it empty if there is none.",
    ),
    "foot": Bilingual(
        ko="서명한 용지를 스캔하거나 촬영하여 사무국에 보낸다.",
        en="Send a scan or a photograph of the signed sheet to the office.",
    ),
}
_SAYS = Bilingual(
    ko="아래의 도시 또는 기관은 위 판의 본문을 읽었으며, 이 본문에 뜻을 함께하여 서명한다.",
    en="The city or body named below has read the text of this edition and stands behind it.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningSheet:
    """What is printed. `hashes` by language, the first language leads; `city` "" is a line to
    be filled in. `made_at` is the date in the file: the adoption of the edition.
    """

    titles: Mapping[str, str]
    edition: int
    adopted_on: date
    sha256: str
    hashes: Mapping[str, str]
    network: Bilingual
    made_at: datetime
    city: str = ""


def signing_sheet_pdf(sheet: SigningSheet) -> bytes:
    """The sheet as a tagged PDF of one page."""
    languages = list(sheet.hashes)
    first = languages[0]
    facts = [
        (_both("edition", languages), str(sheet.edition)),
        (_both("adopted", languages), sheet.adopted_on.isoformat()),
        (_both("whole", languages), _grouped(sheet.sha256)),
        *(
            (f"SHA-256, {NAMES.get(code, code)}", _grouped(sheet.hashes[code]))
            for code in languages
        ),
    ]
    data = {
        "above": " · ".join(filter(None, (_network(sheet, languages), _both("above", languages)))),
        "others": [{"lang": code, "title": sheet.titles.get(code, "")} for code in languages[1:]],
        "facts": facts,
        "says": [{"lang": code, "words": _SAYS[code]} for code in _spoken(languages)],
        "who": _both("who", languages),
        "city": sheet.city,
        "languages": [NAMES.get(code, code) for code in languages],
        "foot": " ".join(_LABELS["foot"][code] for code in _spoken(languages)),
        "short": sheet.sha256[:16],
        "reservation-hint": " ".join(
            _LABELS["reservation_hint"][code] for code in _spoken(languages)
        ),
        **{
            f"{name}-label": _both(name, languages)
            for name in ("city", "name", "office", "signature", "day", "read", "reservation")
        },
    }
    return compile_typst(
        _template(),
        title=sheet.titles.get(first) or next(iter(sheet.titles.values())),
        language=first,
        now=sheet.made_at,
        data=data,
    )


def _spoken(languages: Sequence[str]) -> tuple[str, ...]:
    """The languages of labels, in the order of the text's languages."""
    return tuple(sorted(_SAYS, key=lambda code: languages.index(code) if code in languages else 9))


def _both(name: str, languages: Sequence[str]) -> str:
    return " · ".join(dict.fromkeys(_LABELS[name][code] for code in _spoken(languages)))


def _network(sheet: SigningSheet, languages: Sequence[str]) -> str:
    return " · ".join(
        dict.fromkeys(filter(None, (sheet.network.get(code, "") for code in languages)))
    )


def _grouped(digest: str) -> str:
    """A hash in groups of eight digits, for eyes to compare."""
    return " ".join(digest[start : start + 8] for start in range(0, len(digest), 8))


@lru_cache
def _template() -> str:
    return (Path(__file__).parent / "templates" / "signing_sheet.typ").read_text("utf-8")
