"""One line of a file of practices: read, checked whole, never half taken.

A line is a JSON object with the fields of `FIELDS`; docs/reference/practices.md says what each
holds. Texts are brought to NFC. A city is named by its address name or by its name in any
language, a pillar (status, target group, sector) by its code or by its name in Korean or English.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import override

from cms.models import InstrumentType, Pillar, PracticeStatus, Sector, TargetGroup
from cms.rich_text import LONGEST as LONGEST_RICH
from cms.rich_text import TAGS, rich_of
from cms.services.practice_words import RICH, ROWS
from cms.services.practices import EARLIEST_YEAR, LATEST_YEAR, LONGEST_TITLE, PracticeWords
from members.models import City
from secretariat.kernel.errors import InvalidInput
from secretariat.kernel.models import LANGUAGES

TEXTS: Final = (*RICH, "legal_basis", "cost", "funding", "adapted_from")
CHOSEN: Final = {"target_groups": TargetGroup, "sectors": Sector}
TABLES: Final = ("figures", "contacts", "sources")
NUMBERS: Final = {"figures": frozenset(("before", "after", "year"))}
"""The columns that may be written as numbers."""

FURTHER: Final = (*TEXTS, "status", "year_to", *CHOSEN, "sdg_targets", *TABLES)
"""Fields that a practice keeps as they are where a row does not have them."""

FIELDS = (
    "id",
    "lang",
    "title",
    "summary",
    "body",
    "city",
    "country",
    "pillars",
    "instrument",
    "year",
    "tags",
    *FURTHER,
)
LONGEST_TEXT = 1_000_000
LONGEST = dict.fromkeys(TEXTS, LONGEST_RICH) | {
    "id": 100,
    "title": LONGEST_TITLE,
    "city": 200,
    "instrument": 100,
    "adapted_from": 100,
}
MOST_TAGS = 100
_NO_TEXT = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff]")
"""Control characters, and halves of surrogate pairs: JSON can carry them, a database cannot."""
_MARKED_UP = re.compile(rf"</?({'|'.join(sorted(TAGS))}|b|div|h[1-6])(\s[^<>]*)?/?>", re.IGNORECASE)


class RowRejected(Exception):
    """Why a line cannot be taken: a stable code and a sentence with the remedy."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class PracticeRow:
    """A line that can be stored. `fields` are the model's fields but identity and language.

    Those of `FURTHER` are there only where the line has them.
    """

    line: int
    external_id: str
    language: str
    fields: Mapping[str, Any]


@dataclass
class RowReader:
    """Reads lines; remembers what was odd without being wrong.

    `unknown_fields` counts the rows that carried each field nobody knows; `unknown_cities`
    the rows whose city is kept as a place.
    """

    languages: frozenset[str]
    cities: Mapping[str, City]
    unknown_fields: Counter[str] = field(default_factory=Counter)
    unknown_cities: Counter[str] = field(default_factory=Counter)
    pillars: Mapping[str, str] = field(default_factory=lambda: _names_of(Pillar))
    instruments: Mapping[str, str] = field(default_factory=lambda: _names_of(InstrumentType))
    choices: Mapping[str, Mapping[str, str]] = field(
        default_factory=lambda: {
            "status": _names_of(PracticeStatus),
            **{name: _names_of(choices) for name, choices in CHOSEN.items()},
        }
    )

    def read(self, number: int, raw: bytes | str) -> PracticeRow | None:
        """The row on line `number`, None for an empty line; raises RowRejected."""
        text = _decoded(raw)
        if not text.strip():
            return None
        given = _parsed(text)
        self.unknown_fields.update(str(name) for name in given if name not in FIELDS)
        external_id = self._text(given, "id", required=True)
        language = self._text(given, "lang", required=True).lower()
        if language not in self.languages:
            raise RowRejected(
                "unknown_language",
                _("The language %(language)r is none of this site: use %(known)s.")
                % {"language": language, "known": ", ".join(sorted(self.languages))},
            )
        fields: dict[str, Any] = {
            "title": self._text(given, "title", required=True),
            "summary": self._text(given, "summary"),
            "body": self._text(given, "body"),
            "instrument": self._instrument(given),
            "year": _year(given, "year"),
            "tags": self._words(given, "tags"),
            "pillars": self._pillars(given),
            "country": self._country(given),
        }
        fields |= self._further(given, fields)
        named = self._text(given, "city")
        city = self.cities.get(key_of(named)) if named else None
        fields |= {"city": city, "place": "" if city else named}
        if named and city is None:
            self.unknown_cities[named] += 1
        if city is not None and not fields["country"]:
            fields["country"] = city.country
        return PracticeRow(number, external_id, language, fields)

    def _further(self, given: Mapping[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
        """The fields of `FURTHER` that the line has, in the form in which the desk keeps them."""
        having = [name for name in FURTHER if name in given]
        if not having:
            return {}
        read = {name: self._one_of_further(given, name) for name in having}
        words = PracticeWords(
            title=fields["title"], body=fields["body"], year=fields["year"], **read
        )
        try:
            usable = words.as_fields()
        except InvalidInput as refusal:
            raise RowRejected("not_usable", f"{refusal.where}: {refusal}") from refusal
        return {name: usable[name] for name in (*having, "body")}

    def _one_of_further(self, given: Mapping[str, Any], name: str) -> Any:
        if name in RICH:
            return _rich(self._text(given, name))
        if name in TEXTS:
            return self._text(given, name)
        if name == "status":
            word = self._text(given, name)
            return self._chosen(name, word) if word else ""
        if name == "year_to":
            return _year(given, name)
        if name in CHOSEN:
            codes = {self._chosen(name, word) for word in self._words(given, name)}
            return tuple(code for code in CHOSEN[name].values if code in codes)
        if name in TABLES:
            return self._table(given, name)
        return tuple(self._words(given, name))

    def _chosen(self, name: str, word: str) -> str:
        """The code of a choice that is written as its code or as its name."""
        code = self.choices[name].get(key_of(word))
        if code is None:
            known = sorted(set(self.choices[name].values()))
            raise RowRejected(
                "unknown_choice",
                _("%(name)s: %(word)r is none of the choices: use %(known)s.")
                % {"name": name, "word": word, "known": ", ".join(known)},
            )
        return code

    def _table(self, given: Mapping[str, Any], name: str) -> tuple[dict[str, str], ...]:
        """The rows of a table within a line; a column that is missing is empty."""
        rows = given[name] if given[name] is not None else []
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise _wrong_kind(name, _("a list of objects"))
        odd = {column for row in rows for column in row if column not in ROWS[name]}
        self.unknown_fields.update(f"{name}.{column}" for column in odd)
        numbers = NUMBERS.get(name, frozenset())
        return tuple(
            {
                column: _cell(f"{name}.{column}", row.get(column), number=column in numbers)
                for column in ROWS[name]
            }
            for row in rows
        )

    def _text(self, given: Mapping[str, Any], name: str, *, required: bool = False) -> str:
        value = given.get(name)
        if name == "id" and isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if value is None:
            value = ""
        if not isinstance(value, str):
            raise _wrong_kind(name, _("a text"))
        text = _normalised(name, value)
        if required and not text:
            raise RowRejected("field_missing", _("The field %(name)s is missing.") % {"name": name})
        longest = LONGEST.get(name, LONGEST_TEXT)
        if len(text) > longest:
            raise RowRejected(
                "too_long",
                _("The field %(name)s has more than %(longest)d characters.")
                % {"name": name, "longest": longest},
            )
        return text

    def _words(self, given: Mapping[str, Any], name: str) -> list[str]:
        value = given.get(name)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise _wrong_kind(name, _("a list of texts"))
        words = [_normalised(name, item) for item in value]
        kept = list(dict.fromkeys(word for word in words if word))
        if len(kept) > MOST_TAGS or any(len(word) > LONGEST_TITLE for word in kept):
            raise RowRejected("too_long", _("The field %(name)s is too long.") % {"name": name})
        return kept

    def _pillars(self, given: Mapping[str, Any]) -> list[str]:
        codes = set()
        for word in self._words(given, "pillars"):
            code = self.pillars.get(key_of(word))
            if code is None:
                raise RowRejected(
                    "unknown_pillar",
                    _("%(word)r is none of the four pillars: use %(known)s.")
                    % {"word": word, "known": ", ".join(Pillar.values)},
                )
            codes.add(code)
        return [code for code in Pillar.values if code in codes]

    def _instrument(self, given: Mapping[str, Any]) -> str:
        word = self._text(given, "instrument")
        return self.instruments.get(key_of(word), word)

    def _country(self, given: Mapping[str, Any]) -> str:
        country = self._text(given, "country").upper()
        if country and not (len(country) == 2 and country.isascii() and country.isalpha()):
            raise RowRejected(
                "bad_country",
                _("The country %(country)r is not two letters (ISO 3166), such as KR.")
                % {"country": country},
            )
        return country


def key_of(name: str) -> str:
    """How names are compared: NFKC, without case and doubled white space."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _names_of(choices: Any) -> dict[str, str]:
    """Every name of the choices, in every language, to their codes."""
    names = {}
    for choice in choices:
        names[key_of(choice.value)] = choice.value
        for language, _name in LANGUAGES:
            with override(language):
                names[key_of(str(choice.label))] = choice.value
    return names


def _decoded(raw: bytes | str) -> str:
    if isinstance(raw, str):
        return raw
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise RowRejected(
            "not_utf8", _("The line is not UTF-8. Save the file as UTF-8 and load it again.")
        ) from problem


def _parsed(text: str) -> Mapping[str, Any]:
    try:
        value = json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError) as problem:
        raise RowRejected(
            "not_json", _("The line is not valid JSON: %(problem)s") % {"problem": problem}
        ) from problem
    if not isinstance(value, dict):
        raise RowRejected("not_an_object", _("The line is not a JSON object."))
    return value


def _normalised(name: str, value: str) -> str:
    text = unicodedata.normalize("NFC", value).replace("\r\n", "\n").replace("\r", "\n").strip()
    if _NO_TEXT.search(text):
        raise RowRejected(
            "not_text",
            _("The field %(name)s holds characters that are no text.") % {"name": name},
        )
    return text


def _rich(text: str) -> str:
    """Formatted text: HTML where a tag stands in it, else paragraphs parted by an empty line."""
    return text if _MARKED_UP.search(text) else rich_of(text)


def _cell(name: str, value: Any, *, number: bool) -> str:
    """One cell of a table as text; numbers exactly as they were written."""
    if value is None:
        return ""
    if number and isinstance(value, int | Decimal) and not isinstance(value, bool):
        return format(value, "f") if isinstance(value, Decimal) else str(value)
    if not isinstance(value, str):
        raise _wrong_kind(name, _("a text or a number") if number else _("a text"))
    return _normalised(name, value)


def _year(given: Mapping[str, Any], name: str) -> int | None:
    value = given.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, str) and unicodedata.normalize("NFKC", value).strip().isdecimal():
        value = int(unicodedata.normalize("NFKC", value)[:9])
    if not isinstance(value, int) or isinstance(value, bool):
        raise _wrong_kind(name, _("a whole number"))
    if not EARLIEST_YEAR <= value <= LATEST_YEAR:
        raise RowRejected(
            "year_out_of_range",
            _("The year %(year)d is not between %(first)d and %(last)d.")
            % {"year": value, "first": EARLIEST_YEAR, "last": LATEST_YEAR},
        )
    return value


def _wrong_kind(name: str, expected: str) -> RowRejected:
    return RowRejected(
        "wrong_kind",
        _("The field %(name)s must be %(expected)s.") % {"name": name, "expected": expected},
    )
