"""Amendments as a city's desk and the office see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet

from cms.selectors.amendments import for_pages, read_amendments
from members.models import City
from resolutions.models import Amendment, AmendmentSponsor, Assembly, Instrument
from resolutions.models.amendments import AmendmentState
from resolutions.models.texts import InstrumentState
from resolutions.rules.footprints import Footprint
from resolutions.rules.operative import RuleName, RuleSet
from resolutions.rules.text_body import TextBody
from resolutions.selectors.amendments import keys_adopted
from resolutions.selectors.assemblies import day_of, next_assembly, running_assembly
from resolutions.selectors.elections import chair_on
from resolutions.selectors.rules import bylaws_in_force, rules_of_assembly, rules_of_edition
from secretariat.kernel.bilingual import Bilingual
from secretariat.kernel.calendar import network_day

BEFORE_THE_ASSEMBLY = (AmendmentState.FILED, AmendmentState.ADMITTED)


def amendments_of_city(*, city: City) -> QuerySet[Amendment]:
    """What the city proposed, drafts included, latest first."""
    rows = Amendment.objects.filter(proposer=city)
    return for_pages(rows).order_by("-changed_at", "-pk")


def amendments_of_others(*, city: City) -> QuerySet[Amendment]:
    """What other cities have before the assembly, by text and number."""
    rows = Amendment.objects.filter(state__in=BEFORE_THE_ASSEMBLY).exclude(proposer=city)
    return for_pages(rows).order_by("instrument__slug", "number")


def amendment_for_desk(*, uuid: UUID, city: City) -> Amendment | None:
    """An amendment that the city's people may read: its own, or one that was filed."""
    rows = Amendment.objects.filter(Q(proposer=city) | ~Q(state=AmendmentState.DRAFT))
    return for_pages(rows).filter(uuid=uuid).first()


def texts_to_amend() -> list[Instrument]:
    """Texts with an edition that is public, and drafts on the table, by kind and title."""
    rows = (
        Instrument.objects.filter(
            Q(editions__publication__isnull=False) | Q(state=InstrumentState.TABLED)
        )
        .distinct()
        .prefetch_related("wordings")
    )
    return sorted(rows, key=lambda each: (each.kind, str(each)))


def amendments_for_office(*, instrument: Instrument) -> QuerySet[Amendment]:
    """Every amendment to a text that was filed; drafts are their cities' own."""
    rows = Amendment.objects.filter(instrument=instrument).exclude(state=AmendmentState.DRAFT)
    return for_pages(rows).order_by("number")


def keys_ever_used(*, instrument: Instrument) -> frozenset[str]:
    """The keys of all provisions that the text ever had: a new one gets none of them."""
    drafted = instrument.provisions.values_list("key", flat=True)
    return keys_adopted(instrument=instrument) | frozenset(drafted)


@dataclass(frozen=True, slots=True)
class Terms:
    """What the rules in force ask of an amendment: how many cities, and until when.

    `needed` is None where no rule says anything; `until` is the moment from which it is too
    late, None without a rule or an assembly.
    """

    assembly: Assembly | None
    needed: int | None = None
    needed_by: Bilingual | None = None
    until: datetime | None = None
    until_by: Bilingual | None = None


def terms_of(*, assembly: Assembly | None, now: datetime, proposer: City | None = None) -> Terms:
    """The terms for an assembly (the next one where none is named); the chair city needs nobody."""
    today = network_day(now)
    assembly = assembly or running_assembly() or next_assembly(now=now)
    if assembly is not None:
        rules = rules_of_assembly(assembly=assembly, on=today)
    else:
        bylaws = bylaws_in_force(on=today)
        rules = rules_of_edition(edition=bylaws) if bylaws else RuleSet(())
    needed = until = None
    if RuleName.AMENDMENT_SPONSORS in rules:
        needed = rules.number(RuleName.AMENDMENT_SPONSORS)
        chair = chair_on(on=today) if proposer is not None else None
        if chair is not None and proposer is not None and chair.city_id == proposer.pk:
            needed = 0
    if assembly is not None and RuleName.AMENDMENT_DAYS in rules:
        last = day_of(assembly=assembly, at=assembly.starts_at) - timedelta(
            days=rules.number(RuleName.AMENDMENT_DAYS)
        )
        midnight = datetime.combine(last + timedelta(days=1), time.min)
        until = midnight.replace(tzinfo=ZoneInfo(assembly.time_zone))
    return Terms(
        assembly=assembly,
        needed=needed,
        needed_by=rules.citation(RuleName.AMENDMENT_SPONSORS),
        until=until,
        until_by=rules.citation(RuleName.AMENDMENT_DAYS),
    )


def open_amendments(*, instrument: Instrument) -> int:
    """How many amendments to a text wait for the office or the assembly."""
    states = (*BEFORE_THE_ASSEMBLY, AmendmentState.ADOPTED)
    return Amendment.objects.filter(instrument=instrument, state__in=states).count()


def joinable(*, city: City) -> int:
    """How many amendments of other cities the city may still join before they are examined."""
    rows = Amendment.objects.filter(state=AmendmentState.FILED).exclude(proposer=city)
    joined = AmendmentSponsor.objects.filter(amendment=OuterRef("pk"), city=city, left_at=None)
    return rows.filter(~Exists(joined)).count()


def rules_to_review() -> list[Amendment]:
    """Admitted amendments that touch an article with an operative rule nobody has reviewed.

    The same few queries for any number of them.
    """
    rows = Amendment.objects.filter(state=AmendmentState.ADMITTED, reviewed_rules=None)
    waiting = (
        rows.filter(edition__rules__isnull=False)
        .distinct()
        .select_related("instrument", "edition")
        .prefetch_related("edition__rules", "edition__languages")
        .order_by("examined_at", "pk")
    )
    bodies: dict[int, TextBody] = {}
    found = []
    for each in read_amendments(waiting):
        edition = each.amendment.edition
        if each.base is None or edition is None:
            continue
        body = bodies.setdefault(edition.pk, TextBody.of(each.base))
        carriers = Footprint.of(body, each.operations).carriers(body)
        if any(rule.provision_key in carriers for rule in edition.rules.all()):
            found.append(each.amendment)
    return found
