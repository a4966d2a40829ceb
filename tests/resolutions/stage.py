"""A small network for tests of decisions: six cities, their delegates, the office, bylaws.

Everything after the rows of people and cities is done by services, as the right people. The
bylaws ask for more than half of the seats (four of six), more than half of the votes cast,
two thirds for the bylaws themselves, two days of notice, two seconders, a term of two years.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from members.models import City
from resolutions.models import Assembly, Edition, Election, Instrument, Nomination, Vote
from resolutions.rules.structure import Kind, Provision, TextTree
from resolutions.services.assemblies import (
    AgendaPoint,
    AssemblyWords,
    convene_assembly,
    open_assembly,
    record_attendance,
)
from resolutions.services.elections import (
    accept_nomination,
    announce_election,
    nominate,
    open_nominations,
    open_round,
    second,
)
from resolutions.services.texts import RuleBinding, adopt_text, bind_rules, draft_text, table_text
from resolutions.services.votes import cast_vote, open_vote, prepare_vote
from secretariat.kernel.errors import Refused
from secretariat.kernel.models import AuditEntry, LedgerLine
from tests.factories import NOW, CityFactory, MembershipFactory, city_person, office_person

NAMES = {
    "alpha": ("AAA", "가람", "Alpha"),
    "beta": ("BBB", "나래", "Beta"),
    "gamma": ("CCC", "다솔", "Gamma"),
    "delta": ("DDD", "라온", "Delta"),
    "epsilon": ("EEE", "마루", "Epsilon"),
    "zeta": ("FFF", "바다", "Zeta"),
}
"""Six invented cities: slug → code, Korean name, English name."""

MAJORITY = {"base": "votes_cast", "fraction": "1/2", "strict": True, "abstentions": "left_out"}
TWO_THIRDS = {**MAJORITY, "fraction": "2/3", "strict": False}
QUORUM = {"base": "all_seats", "fraction": "1/2", "strict": True, "at_least": 0}

BYLAWS_RULES = {
    "quorum": (QUORUM, "art1"),
    "majority_ordinary": (MAJORITY, "art2.p1"),
    "majority_bylaws": (TWO_THIRDS, "art2.p2"),
    "majority_election": (MAJORITY, "art3"),
    "notice_days": (2, "art4"),
    "chair_term_years": (2, "art5"),
    "nomination_seconders": (2, "art6"),
    "tie_break": ("repeat_once_then_lot", "art7"),
}
FOUNDING_RULES = {
    name: BYLAWS_RULES[name] for name in ("quorum", "majority_ordinary", "majority_bylaws")
}
SEED = "5eed" * 16


def text_tree(title: str, lang: str = "ko", *, articles: int = 7, words: str = "") -> TextTree:
    """`articles` articles; the second has two paragraphs. `words` makes one text unlike another."""

    def article(number: int) -> Provision:
        key = f"art{number}"
        children: tuple[Provision, ...] = ()
        if number == 2:
            children = tuple(
                Provision(
                    f"{key}.p{n}", Kind.PARAGRAPH, str(n), "", f"{lang} {key} {n} {words}".strip()
                )
                for n in (1, 2)
            )
        text = "" if children else f"{lang} {key} {words}".strip()
        return Provision(key, Kind.ARTICLE, str(number), f"{lang} heading", text, children)

    return TextTree(title, lang, tuple(article(n) for n in range(1, articles + 1)))


def both(title: str, **options: Any) -> list[TextTree]:
    """The tree in Korean and in English."""
    return [text_tree(f"{title} {lang}", lang, **options) for lang in ("ko", "en")]


def bindings(rules: Mapping[str, tuple[Any, str]]) -> list[RuleBinding]:
    return [RuleBinding(name, value, key) for name, (value, key) in rules.items()]


class Stage:
    """The people and cities, and what a test needs, made when first asked for.

    Moments are minutes after `NOW`.
    """

    kind = "ordinary"
    membership = "member"

    def __init__(self) -> None:
        self.secretary = office_person("secretary_general")
        self.officer = office_person("returning_officer")
        self.registrar = office_person("registrar")
        self.auditor = office_person("auditor")
        self.cities = self._cities()
        self.delegates = {
            slug: city_person("head", city=city) for slug, city in self.cities.items()
        }

    def _cities(self) -> dict[str, City]:
        cities = {
            slug: CityFactory(slug=slug, code=code, names={"ko": ko, "en": en})
            for slug, (code, ko, en) in NAMES.items()
        }
        for city in cities.values():
            MembershipFactory(city=city, kind=self.membership)
        return cities

    @cached_property
    def bylaws(self) -> Edition:
        """The bylaws in force since November 2018, adopted before this platform."""
        return self.adopted("bylaws", "bylaws", rules=BYLAWS_RULES, on=date(2018, 11, 1))

    @cached_property
    def assembly(self) -> Assembly:
        """Convened by the rules, the present arrived, open since half an hour."""
        return self.opened(present=self.cities)

    # texts

    def drafted(
        self,
        slug: str,
        kind: str = "resolution",
        *,
        rules: Mapping[str, tuple[Any, str]] | None = None,
        **options: Any,
    ) -> Instrument:
        instrument = draft_text(
            slug=slug, kind=kind, trees=both(slug, **options), actor=self.secretary, now=at(-100)
        )
        if rules:
            bind_rules(
                instrument=instrument, bindings=bindings(rules), actor=self.secretary, now=at(-99)
            )
        return instrument

    def tabled(self, slug: str, kind: str = "resolution", **options: Any) -> Instrument:
        instrument = self.drafted(slug, kind, **options)
        table_text(instrument=instrument, actor=self.secretary, now=at(-98))
        instrument.refresh_from_db()
        return instrument

    def adopted(
        self, slug: str, kind: str = "resolution", *, on: date | None = None, **options: Any
    ) -> Edition:
        return adopt_text(
            instrument=self.tabled(slug, kind, **options),
            vote=None,
            basis="before this platform",
            adopted_on=on,
            actor=self.secretary,
            now=at(-97),
        )

    # assemblies

    def convened(self, slug: str = "2018-autumn", **changes: Any) -> Assembly:
        if self.kind == "ordinary":
            _ = self.bylaws
        given: dict[str, Any] = {
            "slug": slug,
            "kind": self.kind,
            "starts_at": at(-30),
            "ends_at": at(300),
            "host_city": next(iter(self.cities.values())),
            "words": {
                "ko": AssemblyWords("가을 총회", "회의장"),
                "en": AssemblyWords("Autumn assembly", "Hall"),
            },
            "agenda": [
                AgendaPoint("text", {"ko": "문서", "en": "A text"}, {}),
                AgendaPoint("election", {"ko": "선거", "en": "Election"}, {}),
            ],
            "actor": self.secretary,
            "now": NOW - timedelta(days=3),
        }
        return convene_assembly(**given | changes)

    def opened(self, *, present: Iterable[str], slug: str = "2018-autumn") -> Assembly:
        assembly = open_assembly(assembly=self.convened(slug), actor=self.secretary, now=at(-30))
        for city in present:
            self.arrives(city, assembly=assembly)
        return assembly

    def arrives(self, city: str, *, assembly: Assembly | None = None, minute: int = -29) -> None:
        self._attends("arrived", city, assembly, minute, mode="in_person")

    def leaves(self, city: str, *, assembly: Assembly | None = None, minute: int = 0) -> None:
        self._attends("left", city, assembly, minute)

    def _attends(
        self, kind: str, city: str, assembly: Assembly | None, minute: int, mode: str = ""
    ) -> None:
        record_attendance(
            assembly=assembly or self.assembly,
            city=self.cities[city],
            kind=kind,
            mode=mode,
            actor=self.registrar,
            now=at(minute),
        )

    # votes

    def prepared(self, **changes: Any) -> Vote:
        given: dict[str, Any] = {
            "assembly": changes.pop("assembly", None) or self.assembly,
            "titles": {"ko": "안건", "en": "A question"},
            "questions": {"ko": "찬성하십니까?", "en": "Are you for it?"},
            "mode": "roll_call",
            "actor": self.officer,
            "now": at(0),
        }
        return prepare_vote(**given | changes)

    def open_vote(self, **changes: Any) -> Vote:
        return open_vote(vote=self.prepared(**changes), actor=self.officer, now=at(1))

    def cast(self, vote: Vote, minute: int = 2, /, **choices: str) -> None:
        """`alpha="for", beta="against"`: each by its own delegate."""
        for city, choice in choices.items():
            cast_vote(
                vote=vote,
                city=self.cities[city],
                choice=choice,
                actor=self.delegates[city],
                now=at(minute),
            )

    # elections

    def announced(self, slug: str = "2018-chair", **changes: Any) -> Election:
        given: dict[str, Any] = {
            "slug": slug,
            "assembly": changes.pop("assembly", None) or self.assembly,
            "titles": {"ko": "의장도시 선거", "en": "Election of the chair city"},
            "actor": self.officer,
            "now": at(0),
        }
        return announce_election(**given | changes)

    def nominating(self, slug: str = "2018-chair") -> Election:
        return open_nominations(
            election=self.announced(slug), actor=self.officer, now=at(1), seed=SEED
        )

    def nomination(self, election: Election, city: str, *, by: str) -> Nomination:
        return nominate(
            election=election,
            city=self.cities[city],
            by=self.cities[by],
            statements={"ko": "소견", "en": "Statement"},
            actor=self.delegates[by],
            now=at(2),
        )

    def seconded(self, election: Election, city: str, *, by: str, seconders: str) -> Nomination:
        nomination = self.nomination(election, city, by=by)
        for name in seconders.split():
            nomination = second(
                nomination=nomination,
                by=self.cities[name],
                actor=self.delegates[name],
                now=at(3),
            )
        return nomination

    def race(self, *candidates: str, slug: str = "2018-chair") -> Election:
        """An election with candidates who accepted, each supported by its neighbours."""
        election = self.nominating(slug)
        order = list(self.cities)
        for city in candidates:
            place = order.index(city)
            by, first, other = (order[(place + step) % len(order)] for step in (1, 2, 3))
            nomination = self.seconded(election, city, by=by, seconders=f"{first} {other}")
            accept_nomination(nomination=nomination, actor=self.delegates[city], now=at(4))
        election.refresh_from_db()
        return election

    def open_round(self, election: Election, minute: int = 5) -> Vote:
        return open_round(election=election, actor=self.officer, now=at(minute))


class FoundingStage(Stage):
    """Before bylaws: the cities confirmed their part, and no rule is there yet."""

    kind = "founding"
    membership = "applicant"


def at(minutes: float) -> datetime:
    """So many minutes after the moment at which tests take place."""
    return NOW + timedelta(minutes=minutes)


RECORDED = ("resolutions", "members", "reversion", "kernel")


def everything_recorded() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the legal record, the drafts, their history and the audit chains."""
    rows = {}
    with connection.cursor() as cursor:
        for app in RECORDED:
            for model in apps.get_app_config(app).get_models():
                table = connection.ops.quote_name(model._meta.db_table)
                cursor.execute(f"SELECT * FROM {table} ORDER BY 1")  # noqa: S608
                rows[model._meta.label] = cursor.fetchall()
    return rows


@contextmanager
def refused(code: str, kind: type[Refused] = Refused, *, where: str = "") -> Iterator[None]:
    """What is done within is refused with this code, in words, and writes nothing at all."""
    before = everything_recorded()
    with pytest.raises(kind) as caught:
        yield
    assert caught.value.code == code
    assert len(str(caught.value)) > 10
    if where:
        assert caught.value.where == where
    assert everything_recorded() == before


@contextmanager
def records(*actions: str) -> Iterator[None]:
    """What is done within adds exactly these entries, in this order: "chain action"."""
    before = LedgerLine.objects.count()
    yield
    lines = LedgerLine.objects.filter(number__gt=before).order_by("number")
    entries = [AuditEntry.objects.get(chain=x.chain, sequence=x.sequence) for x in lines]
    assert [f"{entry.chain} {entry.action}" for entry in entries] == list(actions)
