"""What a practice says in one language: read from whoever wrote it, checked, brought to one form.

Texts are NFC without white space around them; formatted texts hold the tags of
`cms.rich_text` only; numbers of figures are decimal text ("1250.5"), never float.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from cms.models import Pillar, Practice, PracticeStatus, Sector, TargetGroup
from cms.rich_text import LONGEST, clean, plain_of
from secretariat.kernel.audit import canonical_json, sha256
from secretariat.kernel.errors import InvalidInput

EARLIEST_YEAR, LATEST_YEAR = 1800, 2200
LONGEST_TITLE: Final = 300
MOST_ROWS: Final = 50

RICH: Final = ("problem", "action", "results", "adaptation")
PLAIN: Final = ("summary", "legal_basis", "cost", "funding")
CODED: Final = {
    "pillars": frozenset(Pillar.values),
    "target_groups": frozenset(TargetGroup.values),
    "sectors": frozenset(Sector.values),
}
ROWS: Final[dict[str, tuple[str, ...]]] = {
    "figures": ("indicator", "before", "after", "unit", "year", "source"),
    "contacts": ("office", "email", "phone"),
    "sources": ("title", "url"),
    "images": ("file", "text"),
    "attachments": ("file", "text"),
}
"""The columns of each list of rows; the first is the one that a row cannot be without."""


class UnusableWords(InvalidInput):
    """Words that cannot be kept: each of `problems` is the field and what to change."""

    def __init__(self, problems: Iterable[tuple[str, Any]]) -> None:
        self.problems = tuple(problems)
        where, message = self.problems[0]
        super().__init__(message, where=where)


SDG_TARGET = re.compile(r"(?:[1-9]|1[0-7])\.(?:[1-9]|1[0-9]|[a-d])")


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeWords:
    """What a practice says in one language, and the facts that go with it.

    `body` is for plain texts from elsewhere; where there is an `action`, its words replace it.
    """

    title: str
    summary: str = ""
    body: str = ""
    place: str = ""
    country: str = ""
    pillars: tuple[str, ...] = ()
    instrument: str = ""
    status: str = ""
    year: int | None = None
    year_to: int | None = None
    target_groups: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    sdg_targets: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    legal_basis: str = ""
    problem: str = ""
    action: str = ""
    results: str = ""
    figures: tuple[Mapping[str, Any], ...] = ()
    cost: str = ""
    funding: str = ""
    adaptation: str = ""
    adapted_from: str = ""
    contacts: tuple[Mapping[str, Any], ...] = ()
    sources: tuple[Mapping[str, Any], ...] = ()
    images: tuple[Mapping[str, Any], ...] = ()
    attachments: tuple[Mapping[str, Any], ...] = ()

    def as_fields(self) -> dict[str, Any]:
        """The model's fields in their one form; raises UnusableWords, which names every problem."""
        problems: list[tuple[str, Any]] = []
        given = {name: _tidy(value) for name, value in asdict(self).items()}
        for name in RICH:
            given[name] = clean(given[name])
        if given["action"]:
            given["body"] = plain_of(given["action"])
        for name in ROWS:
            given[name] = _rows(name, given[name], problems)
        given["sdg_targets"] = [target.lower() for target in given["sdg_targets"]]
        problems.extend(_problems(given))
        if problems:
            raise UnusableWords(dict.fromkeys((where, str(said)) for where, said in problems))
        return given


def taken_over(words: PracticeWords) -> PracticeWords:
    """What another language version begins with: facts, figures, files, a title to translate.

    Texts are written anew in each language.
    """
    return replace(
        words,
        summary="",
        body="",
        tags=(),
        legal_basis="",
        problem="",
        action="",
        results="",
        cost="",
        funding="",
        adaptation="",
    )


CONTENT: Final = tuple(field.name for field in fields(PracticeWords))
"""Every field that a draft is made of."""


def words_of(practice: Practice) -> PracticeWords:
    """What a practice, or one of its drafts, says."""
    values: dict[str, Any] = {name: getattr(practice, name) for name in CONTENT}
    lists = {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
    return PracticeWords(**{**values, **lists})


def digest_of(practice: Practice) -> str:
    """The SHA-256 of everything the practice says, as the audit chain names it."""
    return sha256(canonical_json({name: getattr(practice, name) for name in CONTENT}))


def missing_in(practice: Practice) -> tuple[str, ...]:
    """The fields without which a practice cannot be judged."""
    lacking = [name for name in ("summary", "pillars") if not getattr(practice, name)]
    if not (practice.action or practice.body):
        lacking.append("action")
    if not all(row.get("text") for row in practice.images):
        lacking.append("images")
    return tuple(lacking)


def in_words(missing: Iterable[str]) -> str:
    """What `missing_in` names, as the reader calls it."""
    names = (
        _("what each image shows") if name == "images" else Practice._meta.get_field(name)
        for name in missing
    )
    return ", ".join(str(getattr(name, "verbose_name", name)) for name in names)


def _tidy(value: Any) -> Any:
    if isinstance(value, str):
        text = unicodedata.normalize("NFC", value).replace("\r\n", "\n").strip()
        return "".join(
            sign for sign in text if sign in "\n\t" or unicodedata.category(sign) != "Cc"
        )
    if isinstance(value, Mapping):
        return {name: _tidy(item) for name, item in value.items()}
    if isinstance(value, tuple | list):
        return list(_once(_tidy(item) for item in value))
    return value


def _once(items: Iterable[Any]) -> Iterable[Any]:
    """The items that say something, each the first time it is said."""
    seen: list[Any] = []
    for item in items:
        if item and item not in seen:
            seen.append(item)
            yield item


def _rows(
    name: str, rows: list[Mapping[str, Any]], problems: list[tuple[str, Any]]
) -> list[dict[str, Any]]:
    """The rows that say anything, with every column, numbers in one form; `problems` grows."""
    kept = []
    for row in rows:
        full = {column: row.get(column) for column in ROWS[name]}
        full = {column: "" if value is None else value for column, value in full.items()}
        if not any(value not in ("", None) for value in full.values()):
            continue
        if name == "figures":
            for column, read in _READ_FIGURES.items():
                try:
                    full[column] = read(full[column])
                except InvalidInput as problem:
                    problems.append((problem.where, problem.message))
        kept.append(full)
    return kept


def _number(value: Any) -> str:
    """ "1,250.50" as "1250.50", "3,5" as "3.5"; "" stays. Raises InvalidInput."""
    text = unicodedata.normalize("NFKC", str(value)).replace(" ", "").replace("\u2212", "-")
    if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", text):
        text = text.replace(",", "")
    elif re.fullmatch(r"[+-]?\d+,\d+", text):
        text = text.replace(",", ".")
    if not text:
        return ""
    try:
        number = Decimal(text)
    except InvalidOperation as problem:
        raise InvalidInput(
            _("%(value)s is no number. Write the number alone; the unit has a place of its own.")
            % {"value": value},
            where="figures",
        ) from problem
    if not number.is_finite() or abs(number) >= Decimal(10) ** 18 or len(text) > 30:
        raise InvalidInput(_("A figure is too large."), where="figures")
    return format(number, "f")


def _year_of_figure(value: Any) -> int | None:
    if value in ("", None):
        return None
    text = unicodedata.normalize("NFKC", str(value)).strip()
    if not (text.isdecimal() and EARLIEST_YEAR <= int(text[:9]) <= LATEST_YEAR):
        raise InvalidInput(_("Give the year of a figure in four digits."), where="figures")
    return int(text)


_READ_FIGURES: Final[dict[str, Callable[[Any], Any]]] = {
    "before": _number,
    "after": _number,
    "year": _year_of_figure,
}


def _problems(given: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    if not given["title"]:
        yield "title", _("Give the practice a title.")
    if len(given["title"]) > LONGEST_TITLE:
        yield "title", _("Shorten the title to 300 characters.")
    for name in (*PLAIN, *RICH):
        if len(given[name]) > LONGEST:
            yield name, _("Shorten this text.")
    if any(pillar not in CODED["pillars"] for pillar in given["pillars"]):
        yield "pillars", _("Choose among the four pillars.")
    for name in ("target_groups", "sectors"):
        if any(code not in CODED[name] for code in given[name]):
            yield name, _("Choose among what is offered.")
    if given["status"] and given["status"] not in PracticeStatus.values:
        yield "status", _("Choose among what is offered.")
    yield from _problems_of_time(given)
    country = given["country"]
    if country and not (len(country) == 2 and country.isascii() and country.isalpha()):
        yield "country", _("Give the country in two letters (ISO 3166).")
    for target in given["sdg_targets"]:
        if not SDG_TARGET.fullmatch(target):
            yield (
                "sdg_targets",
                _("%(target)s is no SDG target. Write them like 8.5.") % {"target": target},
            )
    yield from _problems_of_rows(given)


def _problems_of_time(given: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    for name in ("year", "year_to"):
        year = given[name]
        if year is not None and not EARLIEST_YEAR <= year <= LATEST_YEAR:
            yield name, _("Give a year in four digits.")
    if given["year"] and given["year_to"] and given["year_to"] < given["year"]:
        yield "year_to", _("It cannot end before it began.")


def _problems_of_rows(given: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    for name, columns in ROWS.items():
        if len(given[name]) > MOST_ROWS:
            yield name, _("Keep to %(most)d rows.") % {"most": MOST_ROWS}
        for row in given[name]:
            if not row[columns[0]]:
                yield name, _MISSING[name]
            if any(len(str(value)) > 1000 for value in row.values()):
                yield name, _("Shorten the words of this row.")
    for row in given["contacts"]:
        if row["email"] and not _is_email(row["email"]):
            yield "contacts", _("%(email)s is no e-mail address.") % {"email": row["email"]}
    for row in given["sources"]:
        if row["url"] and urlsplit(row["url"]).scheme not in ("http", "https"):
            yield "sources", _("Begin the address of a source with https://.")


_MISSING: Final[dict[str, Any]] = {
    "figures": _("Say what each figure measures."),
    "contacts": _("Name the office of each contact."),
    "sources": _("Give each source a title."),
    "images": _("An image is missing."),
    "attachments": _("An attachment is missing."),
}


def _is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True
