"""A network of any size, made up from a seed: for measuring, for tests, for trying out a server.

The same number of cities and the same seed give the same rows, to the last identifier. People
are called by their role. For every 13 cities there are 40 people, 60 mandates and 100 practices,
as in the largest city networks; one person holds mandates of up to 200 cities.
"""

from __future__ import annotations

import hashlib
import itertools
import uuid as uuids
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final, TypeVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import Locale

from cms.models import Pillar, Practice
from cms.models.practices import InstrumentType, translation_key_of
from members.models import City, CityContact, CityName, Mandate, Membership
from members.models.cities import BodyKind, MembershipKind
from members.models.people import MandateRole
from members.services.mandates import sweep_grants
from secretariat.kernel.audit import act
from secretariat.kernel.errors import Conflict, InvalidInput
from secretariat.kernel.models import Network, User
from secretariat.kernel.policy import SYSTEM
from secretariat.workspace.demonstration.replay import network_is_empty

MOST_CITIES: Final = 26**3
"""As many as there are short codes of three letters."""

CITIES_OF_THE_TRAVELLER: Final = 200
TRAVELLER: Final = "regional-desk@network.example"
"""The person with mandates of many cities."""

BATCH: Final = 2_000
BEGINNING: Final = datetime(2015, 1, 1, tzinfo=UTC)
ENDED: Final = datetime(2018, 7, 1, tzinfo=UTC)
PER_THIRTEEN: Final = {"people": 40, "mandates": 60, "practices": 100}

SYLLABLES: Final = tuple(
    zip(
        "가 나 다 라 마 바 사 아 자 하 고 노 도 로 모 보 소 오 조 호".split(),
        "ga na da ra ma ba sa a ja ha go no do ro mo bo so o jo ho".split(),
        strict=True,
    )
)
PLACES: Final = (
    ("KR", "asia", 36, 128, "ko"),
    ("JP", "asia", 36, 138, "en"),
    ("ID", "asia", -6, 107, "en"),
    ("DE", "europe", 51, 10, "en"),
    ("AT", "europe", 47, 14, "en"),
    ("IT", "europe", 43, 12, "en"),
    ("ZA", "africa", -29, 25, "en"),
    ("SN", "africa", 14, -15, "en"),
    ("US", "americas", 40, -98, "en"),
    ("BR", "americas", -15, -48, "en"),
)
SENTENCES: Final = {
    "ko": (
        "시는 공공 부문에서 일하는 비정규직 노동자를 정규직으로 전환하였습니다.",
        "생활임금을 조례로 정하고 해마다 노동자와 사용자의 의견을 들어 금액을 고칩니다.",
        "감정노동 종사자를 보호하는 지침을 만들고 상담 창구를 열었습니다.",
        "노동이사제를 시행하여 공기업의 이사회에 노동자가 참여합니다.",
        "청년 노동자의 권리를 알리는 교육을 모든 고등학교에서 실시합니다.",
    ),
    "en": (
        "The city moved workers on short contracts in its services to regular employment.",
        "An ordinance sets a living wage, reviewed every year with workers and employers.",
        "Guidelines protect those whose work is emotionally demanding, and a desk advises them.",
        "Workers sit on the boards of municipal companies.",
        "Every school teaches the rights of young workers.",
    ),
}
TITLES: Final = {
    "ko": ("정규직 전환", "생활임금", "감정노동 보호", "노동이사제", "청년 노동 교육"),
    "en": (
        "Regular employment",
        "Living wage",
        "Care for emotional labour",
        "Workers on boards",
        "Rights of young workers",
    ),
}
ROLE_NAMES: Final = {
    "ko": {
        MandateRole.HEAD: "대표단장",
        MandateRole.VOTING_DELEGATE: "투표 대표",
        MandateRole.ALTERNATE: "교체 대표",
        MandateRole.EDITOR: "편집 담당",
        MandateRole.OBSERVER: "참관 담당",
    },
    "en": {
        MandateRole.HEAD: "head of delegation",
        MandateRole.VOTING_DELEGATE: "voting delegate",
        MandateRole.ALTERNATE: "alternate",
        MandateRole.EDITOR: "editor",
        MandateRole.OBSERVER: "observer",
    },
}
HOME_ROLES: Final = (MandateRole.HEAD, MandateRole.VOTING_DELEGATE, MandateRole.ALTERNATE)

Row = TypeVar("Row", bound=models.Model)
Told = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Made:
    """How many rows of each kind were made."""

    cities: int
    people: int
    mandates: int
    practices: int
    memberships: int
    contacts: int
    permissions: int

    def as_json(self) -> dict[str, int]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Chance:
    """Numbers that follow from the seed and from what they are for, in no order of asking."""

    seed: int

    def number(self, *about: object, below: int) -> int:
        """One number from 0 up to, not including, `below`."""
        return int.from_bytes(self._digest(about)[:8], "big") % below

    def uuid(self, *about: object) -> uuids.UUID:
        return uuids.UUID(bytes=self._digest(about)[:16], version=4)

    def word(self, *about: object) -> str:
        return self._digest(about).hex()

    def _digest(self, about: tuple[object, ...]) -> bytes:
        said = ":".join(str(part) for part in (self.seed, *about))
        return hashlib.sha256(said.encode()).digest()


def make_network(*, cities: int, seed: int, now: datetime, told: Told = lambda _said: None) -> Made:
    """Fill an empty database with a network of `cities` cities; one audit entry says so.

    Raises InvalidInput (`cities` below 1 or above the number of short codes), Conflict
    ("not_empty": the database has a network, a person, a city or a recorded act).
    """
    if not 1 <= cities <= MOST_CITIES:
        raise InvalidInput(
            _("Make from 1 to 17576 cities."), code="number_of_cities", where="cities"
        )
    if not network_is_empty():
        raise Conflict(
            _("This database is not empty. Make the network on a new one (set DATABASE_URL)."),
            code="not_empty",
            where="database",
        )
    making = _Making(Chance(seed), cities, told)
    with act(SYSTEM.authority, now) as record:
        made = making.everything(now)
        record("office", "network.made", {"seed": seed, **made.as_json()})
    return made


class _Making:
    """One run; rows are made in the order of their keys, in batches."""

    def __init__(self, chance: Chance, cities: int, told: Told) -> None:
        self.chance = chance
        self.told = told
        self.wanted = {name: cities * share // 13 for name, share in PER_THIRTEEN.items()}
        self.wanted["cities"] = cities
        self.cities: list[City] = []
        self.people: list[User] = []

    def everything(self, now: datetime) -> Made:
        Network.objects.create(
            pk=1,
            name_ko="시험 도시 네트워크",
            name_en="Made City Network",
            official_languages=["ko", "en"],
            demonstration=True,
            established_at=BEGINNING,
        )
        for code, _name in settings.WAGTAIL_CONTENT_LANGUAGES:
            Locale.objects.get_or_create(language_code=code)
        self.cities = self._stored(City, self._cities())
        self._stored(CityName, self._names())
        memberships = self._stored(Membership, self._memberships())
        contacts = self._stored(CityContact, self._contacts())
        self.people = self._stored(User, self._people())
        mandates = self._stored(Mandate, self._mandates())
        self.told("permissions …")
        permissions = sweep_grants(now=now)
        self._stored(Practice, self._practices(), keep=False)
        return Made(
            cities=len(self.cities),
            people=len(self.people),
            mandates=len(mandates),
            practices=self.wanted["practices"],
            memberships=len(memberships),
            contacts=len(contacts),
            permissions=permissions,
        )

    def _stored(self, model: type[Row], rows: Iterator[Row], *, keep: bool = True) -> list[Row]:
        self.told(f"{model._meta.verbose_name_plural} …")
        kept: list[Row] = []
        while batch := list(itertools.islice(rows, BATCH)):
            made = model._default_manager.bulk_create(batch)
            if keep:
                kept.extend(made)
        return kept

    # ── cities ──────────────────────────────────────────────────────────────────────────────

    def _cities(self) -> Iterator[City]:
        for number in range(self.wanted["cities"]):
            country, region, latitude, longitude, _language = self._place(number)
            yield City(
                slug=f"{self._called(number)[1]}-{number}",
                code=_letters(number),
                body=BodyKind.INSTITUTE if self._is_partner(number) else BodyKind.CITY,
                country=country,
                region=region,
                latitude=self._degrees(latitude, "latitude", number),
                longitude=self._degrees(longitude, "longitude", number),
                population=20_000 + self.chance.number("population", number, below=9_000_000),
                website=f"https://city-{number}.example/",
            )

    def _names(self) -> Iterator[CityName]:
        for number, city in enumerate(self.cities):
            korean, latin = self._called(number)
            said = {
                "ko": (f"{korean}시 {number}", f"{korean}시는 일하는 사람의 권리를 지킵니다."),
                "en": (
                    f"{latin.title()} {number}",
                    f"{latin.title()} stands for the rights of those who work.",
                ),
            }
            for language, (name, description) in said.items():
                yield CityName(city=city, language=language, name=name, description=description)

    def _memberships(self) -> Iterator[Membership]:
        for number, city in enumerate(self.cities):
            since = date(2008, 1, 1) + timedelta(
                days=self.chance.number("since", number, below=3_000)
            )
            decision = "office" if number % 2 else ""
            kind = MembershipKind.PARTNER if self._is_partner(number) else MembershipKind.MEMBER
            if not self._is_partner(number) and number % 25 == 1:
                kind = MembershipKind.APPLICANT
            then = {3: MembershipKind.SUSPENDED, 7: MembershipKind.WITHDRAWN}.get(number % 25)
            further = since + timedelta(days=400)
            yield Membership(
                city=city,
                kind=kind,
                starts_on=since,
                ends_on=further if then else None,
                decision=decision,
            )
            if then:
                yield Membership(city=city, kind=then, starts_on=further, decision=decision)

    def _contacts(self) -> Iterator[CityContact]:
        for number, city in enumerate(self.cities):
            language = self._place(number)[4]
            yield CityContact(
                city=city,
                name="국제협력 담당" if language == "ko" else "International relations desk",
                position="국제협력과" if language == "ko" else "Mayor's office",
                email=f"international@{city.slug}.example",
                phone=f"+82 2 {number:04d} 0000",
                language=language,
                starts_at=BEGINNING,
            )

    # ── people and mandates ─────────────────────────────────────────────────────────────────

    def _people(self) -> Iterator[User]:
        cities = self.wanted["cities"]
        for number in range(self.wanted["people"]):
            home, language = number % cities, self._place(number % cities)[4]
            role = ROLE_NAMES[language][self._home_role(number)]
            traveller = number == self.wanted["people"] - 1
            yield User(
                uuid=self.chance.uuid("person", number),
                email=TRAVELLER
                if traveller
                else f"person-{number}@{self.cities[home].slug}.example",
                name="Regional desk" if traveller else f"{role} {number}",
                language=language,
                password=f"!{self.chance.word('password', number)[:40]}",
                date_joined=BEGINNING,
            )

    def _mandates(self) -> Iterator[Mandate]:
        """Everybody's own role at home, the traveller's, then editors and observers beside it."""
        total = self.wanted["mandates"]
        made = itertools.chain(self._at_home(), self._of_the_traveller(), self._beside())
        for number, (person, home, role, ended) in enumerate(itertools.islice(made, total)):
            starts_at = BEGINNING + timedelta(days=self.chance.number("from", number, below=900))
            voice = role in HOME_ROLES
            yield Mandate(
                uuid=self.chance.uuid("mandate", number),
                person=self.people[person],
                city=self.cities[home],
                role=role,
                rank=1 + number % 3 if role == MandateRole.ALTERNATE else 0,
                starts_at=starts_at,
                ends_at=ENDED if ended or self._has_withdrawn(home) else None,
                accredited_at=starts_at if voice and number % 10 else None,
                credential=f"2015-{number}" if voice and number % 10 else "",
            )

    def _at_home(self) -> Iterator[tuple[int, int, MandateRole, bool]]:
        for person in range(self.wanted["people"] - 1):
            home = person % self.wanted["cities"]
            yield person, home, self._home_role(person), person % 9 == 4

    def _of_the_traveller(self) -> Iterator[tuple[int, int, MandateRole, bool]]:
        for home in range(min(CITIES_OF_THE_TRAVELLER, self.wanted["cities"])):
            yield self.wanted["people"] - 1, home, MandateRole.EDITOR, False

    def _beside(self) -> Iterator[tuple[int, int, MandateRole, bool]]:
        cities, people = self.wanted["cities"], self.wanted["people"] - 1
        for person in range(people):
            if self._home_role(person) != MandateRole.EDITOR:
                yield person, person % cities, MandateRole.EDITOR, person % 7 == 3
        for person in range(people):
            yield person, (person + 1) % cities, MandateRole.OBSERVER, person % 7 == 3

    def _home_role(self, person: int) -> MandateRole:
        place = person // self.wanted["cities"]
        return HOME_ROLES[place] if place < len(HOME_ROLES) else MandateRole.EDITOR

    # ── practices ───────────────────────────────────────────────────────────────────────────

    def _practices(self) -> Iterator[Practice]:
        locales = {locale.language_code: locale for locale in Locale.objects.all()}
        for number in range(self.wanted["practices"]):
            place = number % self.wanted["cities"]
            city, language = self.cities[place], self._place(place)[4]
            about = self.chance.number("about", number, below=len(TITLES["ko"]))
            identifier = f"{city.slug}-practice-{number}"
            live = number % 10 != 9
            written_at = BEGINNING + timedelta(hours=self.chance.number("at", number, below=25_000))
            yield Practice(
                external_id=identifier,
                slug=identifier,
                locale=locales[language],
                translation_key=translation_key_of(identifier),
                title=f"{TITLES[language][about]} {number}",
                summary=SENTENCES[language][about],
                body="\n\n".join(self._paragraphs(language, number)),
                city=city,
                country=city.country,
                pillars=[Pillar.values[about % 4]],
                instrument=InstrumentType.values[number % len(InstrumentType.values)],
                year=2000 + self.chance.number("year", number, below=18),
                tags=[TITLES[language][about]],
                live=live,
                has_unpublished_changes=not live,
                first_published_at=written_at if live else None,
                last_published_at=written_at if live else None,
            )

    def _paragraphs(self, language: str, number: int) -> Iterator[str]:
        sentences: Sequence[str] = SENTENCES[language]
        for paragraph in range(3):
            first = self.chance.number("words", number, paragraph, below=len(sentences))
            yield " ".join((*sentences[first:], *sentences[:first]))

    # ── facts ───────────────────────────────────────────────────────────────────────────────

    def _place(self, number: int) -> tuple[str, str, int, int, str]:
        return PLACES[self.chance.number("place", number, below=len(PLACES))]

    def _called(self, number: int) -> tuple[str, str]:
        """Two or three syllables in both scripts."""
        chosen = [
            SYLLABLES[self.chance.number("syllable", number, each, below=len(SYLLABLES))]
            for each in range(2 + number % 2)
        ]
        return "".join(one for one, _two in chosen), "".join(two for _one, two in chosen)

    def _has_withdrawn(self, number: int) -> bool:
        return number % 25 == 7

    def _is_partner(self, number: int) -> bool:
        return number % 50 == 49

    def _degrees(self, middle: int, *about: Any) -> Decimal:
        hundredths = self.chance.number(*about, below=600) - 300
        return Decimal(middle) + Decimal(hundredths) / 100


def _letters(number: int) -> str:
    """Three capital letters for a number: AAA, AAB, …"""
    return "".join(chr(ord("A") + number // 26**place % 26) for place in (2, 1, 0))
