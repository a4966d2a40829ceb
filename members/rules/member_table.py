"""A table of cities and their contacts: its columns, what a cell says, what a row would change.

One row names a city and says things about it, about one contact of it, or both; further rows
of the same city need its address name only. Headings are understood in Korean and English,
with or without spaces, brackets and underscores. An empty cell says nothing; a lone hyphen
empties what was there. Nothing is guessed: a cell that is not understood refuses its row.

Pure. The format: docs/reference/member-table.md.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Final

from secretariat.kernel.bilingual import Bilingual

Value = str | int | None
"""What a cell says: text, a whole number, or None where it empties the field."""

EMPTIES: Final = "-"
MARK: Final = "'"
"""Stands before a text that a spreadsheet would take for a formula."""

FORMULA: Final = "=+-@\t\r"
MOST_CONTACTS: Final = 5


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a cell cannot be taken; `column` is the name of a column, "" for the whole row."""

    column: str
    code: str
    message: Bilingual


@dataclass(frozen=True, slots=True)
class Change:
    """One field of a city or a contact: what it says now, and what it would say."""

    field: str
    before: Value
    after: Value


class _NotUnderstoodError(Exception):
    """A cell says something that its column does not take."""

    def __init__(self, code: str, **texts: str) -> None:
        super().__init__(code)
        self.code = code
        self.message = Bilingual(**texts)


# ── cells ───────────────────────────────────────────────────────────────────────────────────


def cell_text(cell: object) -> str:
    """A cell of a spreadsheet as text in NFC; a whole number without a decimal point."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return (cell.date() if cell.time() == time() else cell).isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    text = unicodedata.normalize("NFC", str(cell)).replace("\r\n", "\n").strip()
    if text[:1] == MARK and text[1:2] and text[1] in FORMULA + MARK:
        return text[1:]
    return text


def guarded(text: str) -> str:
    """`text` for a cell, such that no spreadsheet calculates with it; `cell_text` takes it back."""
    if text[:1] == MARK and text[1:2] and text[1] in FORMULA + MARK:
        return MARK + text
    if text[:1] and text[0] in FORMULA and not _HARMLESS.fullmatch(text):
        return MARK + text
    return text


_HARMLESS: Final = re.compile(r"[+-][0-9][0-9 ().-]*")


def _plain(longest: int, *, lines: bool = False) -> Callable[[str], Value]:
    def read(text: str) -> Value:
        if len(text) > longest:
            raise _NotUnderstoodError(
                "too_long",
                ko=f"{longest}자까지 쓸 수 있습니다. 줄여 주십시오.",
                en=f"At most {longest} characters fit. Shorten it.",
            )
        if any(
            unicodedata.category(sign) == "Cc" and not (lines and sign == "\n") for sign in text
        ):
            raise _NotUnderstoodError(
                "control_character",
                ko="보이지 않는 제어 문자가 있습니다. 다시 입력해 주십시오.",
                en="There is an invisible control character in it. Type it again.",
            )
        return text

    return read


def _shaped(
    shape: str, code: str, *, fold: Callable[[str], str], longest: int, **said: str
) -> Callable[[str], Value]:
    pattern = re.compile(shape)

    def read(text: str) -> Value:
        folded = fold(text)
        if not pattern.fullmatch(folded) or len(folded) > longest:
            raise _NotUnderstoodError(code, **said)
        return folded

    return read


def _one_of(words: Mapping[str, tuple[str, str]]) -> Callable[[str], Value]:
    known = {
        folded(word): value for value, both in words.items() for word in (value, *both) if word
    }

    def read(text: str) -> Value:
        value = known.get(folded(text))
        if value is None:
            korean = ", ".join(ko for ko, _en in words.values())
            english = ", ".join(en for _ko, en in words.values())
            raise _NotUnderstoodError(
                "not_among_the_words",
                ko=f"다음 가운데 하나를 쓰십시오: {korean}.",
                en=f"Write one of: {english}.",
            )
        return value

    return read


def _whole_number(text: str) -> Value:
    digits = text.replace(",", "").replace(" ", "")
    if not re.fullmatch(r"[0-9]{1,10}", digits) or int(digits) > 2_000_000_000:
        raise _NotUnderstoodError(
            "not_a_whole_number",
            ko="0 이상의 정수를 쓰십시오.",
            en="Write a whole number from 0 on.",
        )
    return int(digits)


def _degrees(limit: int) -> Callable[[str], Value]:
    def read(text: str) -> Value:
        try:
            degrees = Decimal(text)
            inside = degrees.is_finite() and abs(degrees) <= limit
        except InvalidOperation:
            inside = False
        if not inside:
            raise _NotUnderstoodError(
                "not_degrees",
                ko=f"-{limit}에서 {limit}까지의 도를 소수로 쓰십시오.",
                en=f"Write degrees from -{limit} to {limit} as a decimal number.",
            )
        return str(degrees.quantize(Decimal("0.00001")) + 0)

    return read


def _day(text: str) -> Value:
    found = re.fullmatch(r"(\d{4})\s*[-./년]\s*(\d{1,2})\s*[-./월]\s*(\d{1,2})\s*[일.]?", text)
    try:
        if found is None:
            raise ValueError(text)
        return date(*(int(part) for part in found.groups())).isoformat()
    except ValueError as problem:
        raise _NotUnderstoodError(
            "not_a_day",
            ko="날짜를 2018-12-12처럼 쓰십시오.",
            en="Write the day like 2018-12-12.",
        ) from problem


def _web_address(text: str) -> Value:
    if len(text) > 200 or not re.fullmatch(r"https?://\S+", text, re.IGNORECASE):
        raise _NotUnderstoodError(
            "not_a_web_address",
            ko="https://로 시작하는 웹 주소를 쓰십시오.",
            en="Write a web address that begins with https://.",
        )
    return text


def _mail_address(text: str) -> Value:
    if len(text) > 254 or not re.fullmatch(r"[^\s@]+@[^\s@]+", text):
        raise _NotUnderstoodError(
            "not_an_address",
            ko="전자우편 주소가 아닙니다. 하나만 쓰십시오.",
            en="This is not an e-mail address. Write a single one.",
        )
    return text


# ── columns ─────────────────────────────────────────────────────────────────────────────────

REGIONS: Final = {
    "asia": ("아시아·태평양", "Asia and the Pacific"),
    "europe": ("유럽", "Europe"),
    "africa": ("아프리카", "Africa"),
    "americas": ("아메리카", "Americas"),
}
BODIES: Final = {
    "city": ("도시 또는 지방정부", "City or local government"),
    "international": ("국제기구", "International organisation"),
    "union": ("노동조합", "Trade union"),
    "employers": ("사용자단체", "Employers' organisation"),
    "institute": ("연구기관", "Research institute"),
    "other": ("그 밖의 기관", "Other body"),
}
MEMBERSHIPS: Final = {
    "applicant": ("가입 신청", "Applicant"),
    "member": ("회원", "Member"),
    "observer": ("참관", "Observer"),
    "partner": ("협력 기관", "Partner"),
    "suspended": ("자격 정지", "Suspended"),
    "withdrawn": ("탈퇴", "Withdrawn"),
}
SPOKEN: Final = {"ko": ("한국어", "Korean"), "en": ("영어", "English")}
BESIDE: Final = frozenset({"observer", "partner"})
"""What a body that is no city can be."""

CITY, MEMBERSHIP, CONTACT = "city", "membership", "contact"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its headings, what it is about, how a cell of it is read, what it takes."""

    name: str
    ko: str
    en: str
    about: str
    read: Callable[[str], Value]
    takes: Bilingual
    also: tuple[str, ...] = ()
    clearable: bool = False
    words: Mapping[str, tuple[str, str]] | None = None

    def heading(self, language: str) -> str:
        return self.ko if language.startswith("ko") else self.en

    def shown(self, value: Value, language: str) -> Value:
        """A value as people read it: a code by its word."""
        if self.words is None or not isinstance(value, str):
            return value
        both = self.words.get(value)
        return value if both is None else both[0 if language.startswith("ko") else 1]


def folded(text: str) -> str:
    """A heading or a word without case, spaces and signs, to be recognised by."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[\W_]+", "", plain)


def _taking(ko: str, en: str) -> Bilingual:
    return Bilingual(ko=ko, en=en)


def _said(words: Mapping[str, tuple[str, str]]) -> Bilingual:
    return Bilingual(
        ko=", ".join(ko for ko, _en in words.values()),
        en=", ".join(en for _ko, en in words.values()),
    )


COLUMNS: Final = (
    Column(
        "slug",
        "주소 이름",
        "Address name",
        CITY,
        _shaped(
            r"[a-z0-9]+(-[a-z0-9]+)*",
            "bad_slug",
            fold=lambda text: text,
            longest=100,
            ko="주소 이름에는 로마자 소문자, 숫자, 홑붙임표만 쓸 수 있습니다.",
            en="An address name has small Latin letters, digits and single hyphens only.",
        ),
        _taking(
            "예: new-york. 비우면 영문 이름에서 만듭니다.", "new-york. Empty: made from the name."
        ),
        also=("slug", "id", "city id", "도시 주소 이름"),
    ),
    Column(
        "code",
        "약칭 코드",
        "Short code",
        CITY,
        _shaped(
            "[A-Z]{3}",
            "bad_code",
            fold=str.upper,
            longest=3,
            ko="약칭 코드는 로마자 대문자 세 글자입니다.",
            en="A short code has three capital Latin letters.",
        ),
        _taking(
            "로마자 세 글자. 비우면 플랫폼이 정합니다.",
            "Three letters. Empty: the platform chooses.",
        ),
        also=("code", "약칭", "코드", "city code"),
    ),
    Column(
        "name_ko",
        "도시 이름(한국어)",
        "Name in Korean",
        CITY,
        _plain(200),
        _taking("두 이름 가운데 하나는 있어야 합니다.", "One of the two names is needed."),
        also=(
            "도시 이름",
            "도시명",
            "도시",
            "한국어 이름",
            "국문명",
            "기관명",
            "Korean name",
            "name ko",
        ),
    ),
    Column(
        "name_en",
        "도시 이름(영어)",
        "Name in English",
        CITY,
        _plain(200),
        _taking("두 이름 가운데 하나는 있어야 합니다.", "One of the two names is needed."),
        also=(
            "city",
            "city name",
            "name",
            "영어 이름",
            "영문명",
            "영문 도시명",
            "English name",
            "name en",
        ),
    ),
    Column(
        "description_ko",
        "소개(한국어)",
        "One sentence in Korean",
        CITY,
        _plain(5_000, lines=True),
        _taking("한 문장", "One sentence"),
        also=("설명(한국어)", "소개", "description ko", "Korean description"),
        clearable=True,
    ),
    Column(
        "description_en",
        "소개(영어)",
        "One sentence in English",
        CITY,
        _plain(5_000, lines=True),
        _taking("한 문장", "One sentence"),
        also=("설명(영어)", "description", "description en", "English description"),
        clearable=True,
    ),
    Column(
        "body",
        "기관 종류",
        "Kind of body",
        CITY,
        _one_of(BODIES),
        _said(BODIES),
        also=("body", "종류", "kind"),
        words=BODIES,
    ),
    Column(
        "country",
        "국가",
        "Country",
        CITY,
        _shaped(
            "[A-Z]{2}",
            "bad_country",
            fold=str.upper,
            longest=2,
            ko="국가는 로마자 두 글자(ISO 3166)로 쓰십시오. 예: KR.",
            en="Write the country in two letters (ISO 3166), for instance KR.",
        ),
        _taking("로마자 두 글자(ISO 3166): KR", "Two letters (ISO 3166): KR"),
        also=("국가 코드", "나라", "country code", "국가(ISO 3166)", "country (ISO 3166)"),
    ),
    Column(
        "region",
        "지역",
        "Region",
        CITY,
        _one_of(REGIONS),
        _said(REGIONS),
        also=("대륙", "권역", "continent"),
        words=REGIONS,
    ),
    Column(
        "latitude",
        "위도",
        "Latitude",
        CITY,
        _degrees(90),
        _taking("소수로 쓴 도: 37.56650", "Degrees as a decimal number: 37.56650"),
        also=("lat",),
        clearable=True,
    ),
    Column(
        "longitude",
        "경도",
        "Longitude",
        CITY,
        _degrees(180),
        _taking("소수로 쓴 도: 126.97800", "Degrees as a decimal number: 126.97800"),
        also=("lon", "lng", "long"),
        clearable=True,
    ),
    Column(
        "population",
        "인구",
        "Population",
        CITY,
        _whole_number,
        _taking("정수", "A whole number"),
        also=("인구수", "inhabitants"),
        clearable=True,
    ),
    Column(
        "website",
        "누리집",
        "Website",
        CITY,
        _web_address,
        _taking("https://로 시작하는 주소", "An address that begins with https://"),
        also=("홈페이지", "웹사이트", "url", "web", "homepage"),
        clearable=True,
    ),
    Column(
        "membership",
        "회원 구분",
        "Membership",
        MEMBERSHIP,
        _one_of(MEMBERSHIPS),
        _said(MEMBERSHIPS),
        also=("구분", "회원 자격", "자격", "status", "membership kind"),
        words=MEMBERSHIPS,
    ),
    Column(
        "member_since",
        "가입일",
        "Since",
        MEMBERSHIP,
        _day,
        _taking("날짜: 2018-12-12", "A day: 2018-12-12"),
        also=("가입 날짜", "시작일", "자격 시작일", "member since", "joined", "joined on", "from"),
    ),
    Column(
        "decision",
        "근거가 된 결정",
        "Decision behind it",
        MEMBERSHIP,
        _plain(250),
        _taking("감사 기록의 결정: vote:2018-founding-1", "Its audit chain: vote:2018-founding-1"),
        also=("근거", "결정", "decision"),
    ),
    Column(
        "contact_name",
        "담당자",
        "Contact",
        CONTACT,
        _plain(200),
        _taking("담당자가 있는 줄에 필요합니다.", "Needed where the row has a contact."),
        also=(
            "담당자 이름",
            "담당자명",
            "연락 담당",
            "contact name",
            "contact person",
            "focal point",
        ),
    ),
    Column(
        "contact_position",
        "담당 부서",
        "Contact's office",
        CONTACT,
        _plain(200),
        _taking("직책이나 부서", "An office or a department"),
        also=("부서", "직책", "직위", "담당자 부서", "position", "office", "department", "title"),
        clearable=True,
    ),
    Column(
        "contact_email",
        "담당자 전자우편",
        "Contact's e-mail",
        CONTACT,
        _mail_address,
        _taking("담당자가 있는 줄에 필요합니다.", "Needed where the row has a contact."),
        also=(
            "전자우편",
            "전자우편 주소",
            "이메일",
            "이메일 주소",
            "담당자 이메일",
            "e-mail",
            "mail",
            "e-mail address",
            "contact email",
        ),
    ),
    Column(
        "contact_phone",
        "담당자 전화",
        "Contact's telephone",
        CONTACT,
        _plain(50),
        _taking("국가 번호와 함께", "With the country's number"),
        also=(
            "전화",
            "전화번호",
            "연락처",
            "담당자 전화번호",
            "phone",
            "telephone",
            "tel",
            "contact phone",
        ),
        clearable=True,
    ),
    Column(
        "contact_language",
        "담당자 언어",
        "Contact's language",
        CONTACT,
        _one_of(SPOKEN),
        _said(SPOKEN),
        also=("언어", "language", "contact language"),
        words=SPOKEN,
    ),
)
BY_NAME: Final = {column.name: column for column in COLUMNS}
OF_CITY: Final = tuple(column.name for column in COLUMNS if column.about == CITY)
OF_MEMBERSHIP: Final = tuple(column.name for column in COLUMNS if column.about == MEMBERSHIP)
OF_CONTACT: Final = tuple(column.name for column in COLUMNS if column.about == CONTACT)
IDENTIFIERS: Final = frozenset({"slug", "code"})

HEADINGS: Final[Mapping[str, str]] = {
    folded(heading): column.name
    for column in reversed(COLUMNS)
    for heading in (*column.also, column.name, column.ko, column.en)
}
"""Every heading that is understood, folded → the column's name."""


def headings_of(cells: Sequence[object]) -> dict[int, str]:
    """Place → column's name, for the cells that are headings."""
    found = {}
    for place, cell in enumerate(cells):
        name = HEADINGS.get(folded(cell_text(cell)))
        if name is not None:
            found[place] = name
    return found


# ── rows ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Row:
    """What one line says: column's name → value. Columns with an empty cell are not in it."""

    line: int
    said: Mapping[str, Value]
    problems: tuple[Problem, ...] = ()

    def about(self, names: Sequence[str]) -> dict[str, Value]:
        """What it says in these columns."""
        return {name: self.said[name] for name in names if name in self.said}


def read_row(line: int, cells: Mapping[str, object]) -> Row:
    """One line by the names of its columns; every cell that cannot be taken is a problem."""
    said: dict[str, Value] = {}
    problems = []
    for name, cell in cells.items():
        text = cell_text(cell)
        if not text:
            continue
        column = BY_NAME[name]
        if text == EMPTIES and str(cell).strip()[:1] == EMPTIES:
            if column.clearable:
                said[name] = None
            else:
                problems.append(Problem(name, "cannot_be_empty", _CANNOT_BE_EMPTY))
            continue
        try:
            said[name] = column.read(text)
        except _NotUnderstoodError as problem:
            problems.append(Problem(name, problem.code, problem.message))
    contact = {name for name in said if name in OF_CONTACT}
    problems.extend(
        Problem(name, "contact_incomplete", _CONTACT_INCOMPLETE)
        for name in ("contact_name", "contact_email")
        if contact and name not in said and not any(one.column == name for one in problems)
    )
    return Row(line, said, tuple(problems))


_CANNOT_BE_EMPTY: Final = Bilingual(ko="비울 수 없는 항목입니다.", en="This cannot be emptied.")
_CONTACT_INCOMPLETE: Final = Bilingual(
    ko="담당자에게는 이름과 전자우편 주소가 모두 필요합니다.",
    en="A contact needs both a name and an e-mail address.",
)


def changes(said: Mapping[str, Value], now: Mapping[str, Value]) -> tuple[Change, ...]:
    """What a row would change of what is there; a field that it says nothing of stays.

    Texts are compared as they are read, so that white space at the ends is no change.
    """
    found = []
    for name, after in said.items():
        before = _as_read(now.get(name))
        if (after or None) != (before or None) or (after == 0) != (before == 0):
            found.append(Change(name, before, after))
    return tuple(found)


def _as_read(value: Value) -> Value:
    if not isinstance(value, str):
        return value
    return unicodedata.normalize("NFC", value).replace("\r\n", "\n").strip()


def lacking(said: Mapping[str, Value]) -> tuple[Problem, ...]:
    """What a city that is not registered yet would lack to be registered."""
    found = []
    if "name_ko" not in said and "name_en" not in said:
        found.append(
            Problem(
                "name_ko",
                "name_missing",
                Bilingual(
                    ko="등록되지 않은 도시입니다. 이름을 쓰십시오.",
                    en="This city is not registered yet. Write its name.",
                ),
            )
        )
    found.extend(
        Problem(
            name,
            f"{name}_missing",
            Bilingual(
                ko=f"새 도시에는 {BY_NAME[name].ko} 항목이 필요합니다.",
                en=f"A new city needs: {BY_NAME[name].en}.",
            ),
        )
        for name in ("country", "region")
        if name not in said
    )
    if "membership" in said and "member_since" not in said:
        found.append(
            Problem(
                "member_since",
                "member_since_missing",
                Bilingual(
                    ko="회원 구분에는 가입일이 필요합니다.",
                    en="A membership needs the day since when.",
                ),
            )
        )
    if said.get("body", "city") != "city" and said.get("membership", "partner") not in BESIDE:
        found.append(
            Problem(
                "membership",
                "only_beside_cities",
                Bilingual(
                    ko="도시가 아닌 기관은 참관이나 협력 기관만 될 수 있습니다.",
                    en="A body that is no city can be an observer or a partner only.",
                ),
            )
        )
    return tuple(found)


def address_name(names: Mapping[str, Value]) -> str:
    """An address name from the English name; "" where it has no Latin letters."""
    english = unicodedata.normalize("NFKD", str(names.get("name_en") or ""))
    plain = re.sub(r"[^a-z0-9]+", "-", english.encode("ascii", "ignore").decode().lower())
    return plain.strip("-")[:90].strip("-")


def short_codes(name: str) -> list[str]:
    """Short codes that fit a name, best first: its letters in order, the first one leading."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().upper()
    letters = re.sub("[^A-Z]", "", plain)[:8]
    return list(
        dict.fromkeys(
            letters[0] + letters[second] + letters[third]
            for third in range(2, len(letters))
            for second in range(1, third)
        )
    )
