"""What would become of each row of a table of members, against the register as it is now.

Rows come in batches; of earlier batches only what later rows can clash with is remembered: the
address names, the short codes and, for each city, a digest and its contacts' addresses.
"""

from __future__ import annotations

import itertools
import string
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.db.models import Q

from members.models import City, CityName, ImportRow
from members.models.imports import Fate
from members.rules.member_table import (
    BESIDE,
    BY_NAME,
    IDENTIFIERS,
    MOST_CONTACTS,
    OF_CITY,
    OF_CONTACT,
    OF_MEMBERSHIP,
    Change,
    Problem,
    Row,
    Value,
    address_name,
    changes,
    lacking,
    short_codes,
)
from members.selectors.member_table import (
    city_values,
    contact_values,
    contacts_first,
    membership_values,
)
from secretariat.kernel.bilingual import Bilingual
from secretariat.kernel.models import LANGUAGES

SPOKEN: Final = tuple(code for code, _name in LANGUAGES)
NAMES: Final = tuple(f"name_{language}" for language in SPOKEN)
CONTACT_DEFAULTS: Final[Mapping[str, Value]] = {"contact_position": "", "contact_phone": ""}


@dataclass(slots=True)
class _Seen:
    """A city that an earlier row spoke of."""

    line: int
    digest: int
    country: str
    contacts: set[str]
    place: int
    usable: bool


@dataclass(slots=True)
class _Found:
    """The cities of the register that a batch may be about."""

    by_slug: dict[str, City] = field(default_factory=dict)
    by_code: dict[str, City] = field(default_factory=dict)
    by_name: dict[tuple[str, str], list[City]] = field(default_factory=dict)


class Staging:
    """One reading of one table; the register is read at `now`."""

    def __init__(self, *, now: datetime) -> None:
        self.now = now
        self._seen: dict[str, _Seen] = {}
        self._codes: dict[str, str] = {}
        self._names: dict[tuple[str, str], list[str]] = {}
        self._taken: set[str] | None = None
        self._free = map("".join, itertools.product(string.ascii_uppercase, repeat=3))
        self._counts: dict[str, Counter[str]] = {
            "rows": Counter(),
            "cities": Counter(),
            "contacts": Counter(),
        }

    def take(self, rows: Iterable[Row]) -> list[ImportRow]:
        """The rows with their fates, not stored yet."""
        batch = list(rows)
        found = self._look_up(batch)
        return [self._staged(row, found) for row in batch]

    def counts(self) -> dict[str, dict[str, int]]:
        """`{"rows"|"cities"|"contacts": {fate: number}}`."""
        return {what: {fate: by[fate] for fate in Fate.values} for what, by in self._counts.items()}

    # ── the register ────────────────────────────────────────────────────────────────────────

    def _look_up(self, rows: list[Row]) -> _Found:
        slugs = {row.said["slug"] for row in rows if "slug" in row.said}
        codes = {row.said["code"] for row in rows if "code" in row.said}
        unnamed = [row for row in rows if "slug" not in row.said]
        names = {row.said[name] for row in unnamed for name in NAMES if name in row.said}
        named: list[tuple[int, str, str]] = []
        if names:
            same = CityName.objects.filter(name__in=names)
            named = list(same.values_list("city_id", "language", "name"))
        cities = (
            City.objects.filter(
                Q(slug__in=slugs) | Q(code__in=codes) | Q(pk__in={key for key, *_rest in named})
            )
            .order_by("pk")
            .prefetch_related(
                "name_rows",
                "memberships",
                contacts_first(),
            )
        )
        found, by_key = _Found(), {}
        for city in cities:
            by_key[city.pk] = city
            found.by_slug[city.slug] = city
            found.by_code[city.code] = city
        for key, language, name in named:
            found.by_name.setdefault((language, name), []).append(by_key[key])
        return found

    # ── one row ─────────────────────────────────────────────────────────────────────────────

    def _staged(self, row: Row, found: _Found) -> ImportRow:
        judged = _Judged(row)
        slug, city = self._identify(judged, found)
        seen = self._seen.get(slug) if slug else None
        if slug and seen is None:
            seen = self._first_row(judged, slug, city, found)
        elif seen is not None:
            self._further_row(judged, seen)
        if seen is not None:
            self._contact(judged, seen, city)
        return self._counted(judged, slug, city, seen)

    def _identify(self, judged: _Judged, found: _Found) -> tuple[str, City | None]:
        """The address name of the city that a row is about, and the city if it is registered."""
        said = judged.row.said
        if isinstance(said.get("slug"), str):
            slug = str(said["slug"])
            return slug, found.by_slug.get(slug)
        if isinstance(said.get("code"), str):
            code = str(said["code"])
            city = found.by_code.get(code)
            if city is not None:
                return city.slug, city
            if code in self._codes:
                return self._codes[code], None
        return self._by_name(judged, found)

    def _by_name(self, judged: _Judged, found: _Found) -> tuple[str, City | None]:
        said = judged.row.said
        names = [(name[-2:], str(said[name])) for name in NAMES if name in said]
        if not names:
            if not judged.row.problems:
                judged.refuse("", "no_city", _NO_CITY)
            return "", None
        country = said.get("country")
        cities = {
            city.pk: city
            for key in names
            for city in found.by_name.get(key, ())
            if country in (None, city.country)
        }
        new = {
            slug
            for key in names
            for slug in self._names.get(key, ())
            if country in (None, self._seen[slug].country)
        }
        if len(cities) + len(new) > 1:
            judged.refuse("slug", "several_cities", _SEVERAL)
            return "", None
        for city in cities.values():
            return city.slug, city
        for slug in new:
            return slug, None
        return self._new_slug(judged), None

    def _new_slug(self, judged: _Judged) -> str:
        """An address name for a city that is not registered; "" where none can be made."""
        said = judged.row.said
        plain = address_name(said)
        if not plain:
            if not judged.problems:
                judged.refuse("slug", "slug_missing", _SLUG_MISSING)
            return ""
        country = str(said.get("country") or "").lower()
        for slug in (plain, f"{plain}-{country}"):
            if slug not in self._seen and not City.objects.filter(slug=slug).exists():
                return slug
        judged.refuse("slug", "slug_taken", _SLUG_TAKEN)
        return ""

    def _first_row(self, judged: _Judged, slug: str, city: City | None, found: _Found) -> _Seen:
        """What the first row of a city says of it."""
        row = judged.row
        about = row.about(OF_CITY)
        if city is None:
            self._new_city(judged, slug, found)
        else:
            self._known_city(judged, city, found)
        contacts = list(city.contacts.all()) if city else []
        seen = _Seen(
            line=row.line,
            digest=_digest(row),
            country=str(about.get("country") or (city.country if city else "")),
            contacts=set(),
            place=max((contact.place for contact in contacts), default=0),
            usable=not judged.problems,
        )
        self._seen[slug] = seen
        if city is None:
            for name in NAMES:
                if name in about:
                    self._names.setdefault((name[-2:], str(about[name])), []).append(slug)
        return seen

    def _further_row(self, judged: _Judged, seen: _Seen) -> None:
        """A later row of the same city: says nothing of it, or just the same."""
        said = judged.row.said
        more = {name for name in (*OF_CITY, *OF_MEMBERSHIP) if name in said} - IDENTIFIERS
        if not IDENTIFIERS & said.keys():
            more -= set(NAMES)  # by which the city was found
        if more and _digest(judged.row) != seen.digest:
            judged.refuse("", "said_otherwise", _said_otherwise(seen.line))
        if not seen.usable:
            judged.refuse("", "city_refused", _city_refused(seen.line))

    # ── cities ──────────────────────────────────────────────────────────────────────────────

    def _new_city(self, judged: _Judged, slug: str, found: _Found) -> None:
        said = judged.row.said
        unread = {problem.column for problem in judged.problems}
        judged.problems.extend(one for one in lacking(said) if one.column not in unread)
        code = str(said["code"]) if "code" in said else ""
        if code:
            self._take_code(judged, code, slug, found)
        elif not judged.problems:
            code = self._choose_code(slug, str(said.get("name_en") or slug))
        about = {**said, "slug": slug, "code": code}
        judged.city_fate = Fate.NEW
        judged.changes.extend(
            Change(name, None, about[name])
            for name in (*OF_CITY, *OF_MEMBERSHIP)
            if about.get(name) is not None
        )
        _check_website(judged)
        self._plan_city(judged, about, {})
        if "membership" in said:
            judged.plan["membership"] = {
                "kind": said["membership"],
                "starts_on": said.get("member_since"),
                "decision": said.get("decision") or "",
            }

    def _known_city(self, judged: _Judged, city: City, found: _Found) -> None:
        now = city_values(city)
        said = judged.row.about(OF_CITY)
        changed = changes(said, now)
        for change in changed:
            if change.field == "code":
                self._take_code(judged, str(change.after), city.slug, found)
        _compare_membership(judged, city)
        if any(change.field == "website" for change in changed):
            _check_website(judged)
        judged.changes.extend(changed)
        judged.city_fate = Fate.CHANGED if changed else Fate.SAME
        if changed:
            self._plan_city(judged, said, now)

    def _plan_city(
        self,
        judged: _Judged,
        said: Mapping[str, Value],
        now: Mapping[str, Value],
    ) -> None:
        after = {**now, **said}
        names: dict[str, dict[str, Value]] = {}
        for language in SPOKEN:
            name, text = after.get(f"name_{language}"), after.get(f"description_{language}")
            if name:
                names[language] = {"name": name, "description": text or ""}
            elif text:
                judged.refuse(f"name_{language}", "description_without_name", _WITHOUT_NAME)
        judged.plan.update(
            {
                "city": {
                    "code": after.get("code") or "",
                    "body": after.get("body") or "city",
                    "country": after.get("country") or "",
                    "region": after.get("region") or "",
                    "latitude": after.get("latitude"),
                    "longitude": after.get("longitude"),
                    "population": after.get("population"),
                    "website": after.get("website") or "",
                },
                "names": names,
            }
        )

    def _take_code(self, judged: _Judged, code: str, slug: str, found: _Found) -> None:
        other = found.by_code.get(code)
        if (other is not None and other.slug != slug) or self._codes.get(code, slug) != slug:
            judged.refuse("code", "code_taken", _CODE_TAKEN)
        self._codes.setdefault(code, slug)

    def _choose_code(self, slug: str, name: str) -> str:
        """A short code that nobody has: of the name's letters, or the next that is free."""
        if self._taken is None:
            self._taken = set(City.objects.order_by().values_list("code", flat=True))
        for code in itertools.chain(short_codes(name), self._free):
            if code not in self._taken and code not in self._codes:
                self._codes[code] = slug
                return code
        return ""

    # ── contacts ────────────────────────────────────────────────────────────────────────────

    def _contact(self, judged: _Judged, seen: _Seen, city: City | None) -> None:
        said = judged.row.about(OF_CONTACT)
        if not said or "contact_email" not in said or "contact_name" not in said:
            return
        address = str(said["contact_email"]).casefold()
        if address in seen.contacts:
            judged.refuse("contact_email", "contact_twice", _TWICE)
            return
        seen.contacts.add(address)
        contacts = list(city.contacts.all()) if city else []
        present = next((one for one in contacts if one.email.casefold() == address), None)
        if present is None:
            others = {one.email.casefold() for one in contacts} | seen.contacts
            if len(others) > MOST_CONTACTS:
                judged.refuse("contact_name", "too_many_contacts", _TOO_MANY)
            seen.place += 1
            language = "ko" if seen.country == "KR" else "en"
            now: Mapping[str, Value] = {**CONTACT_DEFAULTS, "contact_language": language}
            changed = tuple(Change(name, None, value) for name, value in said.items() if value)
            judged.contact_fate = Fate.NEW
        else:
            now = contact_values(present)
            changed = changes(said, now)
            judged.contact_fate = Fate.CHANGED if changed else Fate.SAME
        judged.changes.extend(changed)
        if any(change.field == "contact_email" for change in changed):
            _check_address(judged)
        if judged.contact_fate == Fate.SAME:
            return
        after = {**now, **said}
        if present is not None:
            judged.plan["replaces"] = present.pk
        judged.plan.update(
            {
                "contact": {
                    "name": after["contact_name"],
                    "position": after["contact_position"] or "",
                    "email": after["contact_email"],
                    "phone": after["contact_phone"] or "",
                    "language": after["contact_language"],
                    "place": present.place if present else seen.place,
                },
            }
        )

    # ── the end of a row ────────────────────────────────────────────────────────────────────

    def _counted(
        self, judged: _Judged, slug: str, city: City | None, seen: _Seen | None
    ) -> ImportRow:
        fates = {judged.city_fate, judged.contact_fate}
        if judged.problems:
            fate = Fate.REFUSED
        else:
            fate = next((one for one in (Fate.NEW, Fate.CHANGED) if one in fates), Fate.SAME)
        self._counts["rows"][fate] += 1
        for what, part in (("cities", judged.city_fate), ("contacts", judged.contact_fate)):
            if part:
                self._counts[what][Fate.REFUSED if judged.problems else part] += 1
        said = judged.row.said
        names = {name[-2:]: str(said[name]) for name in NAMES if said.get(name)}
        known = city.names if city else Bilingual(names)
        return ImportRow(
            line=judged.row.line,
            slug=slug,
            names=known.as_dict(),
            fate=fate,
            city_fate=judged.city_fate,
            contact_fate=judged.contact_fate,
            changes=[[one.field, one.before, one.after] for one in judged.changes],
            problems=[[one.column, one.code, one.message.as_dict()] for one in judged.problems],
            plan={} if judged.problems or fate == Fate.SAME else _without_nothing(judged.plan),
        )


class _Judged:
    """A row while it is looked at."""

    def __init__(self, row: Row) -> None:
        self.row = row
        self.problems: list[Problem] = list(row.problems)
        self.changes: list[Change] = []
        self.city_fate = ""
        self.contact_fate = ""
        self.plan: dict[str, Any] = {}

    def refuse(self, column: str, code: str, message: Bilingual) -> None:
        self.problems.append(Problem(column, code, message))


def _without_nothing(plan: dict[str, Any]) -> dict[str, Any]:
    """A plan without the keys that say nothing: in the database a missing key is NULL."""
    return {
        part: {name: value for name, value in said.items() if value is not None}
        if isinstance(said, dict)
        else said
        for part, said in plan.items()
    }


def _digest(row: Row) -> int:
    """What a row says of the city itself, to compare rows of one city with."""
    names = [name for name in (*OF_CITY, *OF_MEMBERSHIP) if name not in IDENTIFIERS]
    return hash(tuple((name, row.said[name]) for name in names if name in row.said))


def _compare_membership(judged: _Judged, city: City) -> None:
    """An import records the first membership of a new city and no other: it says so."""
    said = judged.row.about(OF_MEMBERSHIP)
    now = membership_values(city)
    for change in changes(said, now):
        judged.refuse(change.field, "membership_differs", _MEMBERSHIP_DIFFERS)
    if judged.row.said.get("body", city.body) != "city" and now.get(
        "membership", "partner"
    ) not in (BESIDE):
        judged.refuse("body", "only_beside_cities", _ONLY_BESIDE)


def _check_website(judged: _Judged) -> None:
    website = judged.row.said.get("website")
    if website:
        _check(judged, "website", URLValidator(schemes=["http", "https"]), str(website))


def _check_address(judged: _Judged) -> None:
    _check(judged, "contact_email", validate_email, str(judged.row.said["contact_email"]))


def _check(judged: _Judged, column: str, validator: Any, value: str) -> None:
    try:
        validator(value)
    except ValidationError:
        message = Bilingual(
            ko=f"{BY_NAME[column].ko} 항목을 읽을 수 없습니다. 다시 확인해 주십시오.",
            en=f"{BY_NAME[column].en} is not a usable address. Check it.",
        )
        judged.refuse(column, "not_usable", message)


def _said_otherwise(line: int) -> Bilingual:
    return Bilingual(
        ko=f"{line}행이 이 도시를 다르게 적고 있습니다. 도시 항목은 한 행에만 쓰십시오.",
        en=f"Line {line} says otherwise about this city. Write its columns on one line only.",
    )


def _city_refused(line: int) -> Bilingual:
    return Bilingual(
        ko=f"이 도시의 첫 행({line}행)을 받을 수 없습니다.",
        en=f"The city's own line ({line}) is refused.",
    )


_NO_CITY: Final = Bilingual(
    ko="어느 도시인지 알 수 없습니다. 주소 이름, 약칭 코드, 이름 가운데 하나를 쓰십시오.",
    en="This names no city. Write its address name, its short code or its name.",
)
_SEVERAL: Final = Bilingual(
    ko="같은 이름의 도시가 여럿입니다. 주소 이름이나 국가를 쓰십시오.",
    en="Several cities have this name. Write the address name or the country.",
)
_SLUG_MISSING: Final = Bilingual(
    ko="새 도시에는 주소 이름이나 영어 이름이 필요합니다.",
    en="A new city needs an address name, or a name in English to make one from.",
)
_SLUG_TAKEN: Final = Bilingual(
    ko="이 이름에서 만든 주소 이름을 다른 도시가 쓰고 있습니다. 주소 이름을 쓰십시오.",
    en="Another city has the address name that this name gives. Write an address name.",
)
_CODE_TAKEN: Final = Bilingual(
    ko="다른 도시가 이 약칭 코드를 쓰고 있습니다.", en="Another city has this short code."
)
_WITHOUT_NAME: Final = Bilingual(
    ko="이 언어의 소개에는 이 언어의 이름이 필요합니다.",
    en="A description in this language needs a name in this language.",
)
_MEMBERSHIP_DIFFERS: Final = Bilingual(
    ko="등록부와 다릅니다. 회원 자격의 변경은 근거가 된 결정과 함께 사무국 화면에서 기록합니다.",
    en="The register says otherwise. A change of membership is recorded in the office, "
    "with the decision behind it.",
)
_ONLY_BESIDE: Final = Bilingual(
    ko="도시가 아닌 기관은 참관이나 협력 기관만 될 수 있습니다.",
    en="A body that is no city can be an observer or a partner only.",
)
_TWICE: Final = Bilingual(
    ko="이 도시의 같은 전자우편 주소가 앞 행에 있습니다.",
    en="An earlier line has this address for this city.",
)
_TOO_MANY: Final = Bilingual(
    ko=f"도시마다 담당자는 {MOST_CONTACTS}명까지 둘 수 있습니다.",
    en=f"A city has {MOST_CONTACTS} contacts at most.",
)
