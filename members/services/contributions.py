"""Contributions of a year: drawn up for cities with a seat, then paid, waived, put right."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Max, Q
from django.utils.translation import gettext_lazy as _

from members.models import City, Contribution, ContributionClass, ContributionEntry
from members.models.cities import BodyKind, MembershipKind
from members.models.contributions import ContributionEntryKind
from members.policies import OfficeAction, office_policy
from members.rules.contributions import balance_on, counting_entries
from members.selectors.contributions import due_row
from members.services.decisions import named_decision
from secretariat.kernel.audit import act, canonical_json, sha256
from secretariat.kernel.calendar import network_day
from secretariat.kernel.errors import Conflict, InvalidInput, WrongState
from secretariat.kernel.outbox import announce

CODE = re.compile(r"[0-9A-Za-z가-힣]{1,10}")
CURRENCY = re.compile(r"[A-Z]{3}")
YEARS: Final = range(1990, 2101)
MOST: Final = Decimal(10) ** 11
PAYING: Final = (MembershipKind.MEMBER, MembershipKind.SUSPENDED)
BATCH = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassTerms:
    """A class: cities of at least `population_from` people owe `amount`."""

    code: str
    population_from: int
    amount: Decimal


def draw_up_contributions(
    *,
    year: int,
    classes: Sequence[ClassTerms],
    currency: str,
    due_on: date,
    actor: Any,
    now: datetime,
) -> int:
    """Fix what each class owes for `year` and draw up the contributions; how many.

    Every city that is a member, suspended or not, on the day owes what its class says; a city
    whose population is not known is of the smallest. Once a year: what is wrong with one
    city's amount is corrected there, and cities admitted later are charged by
    `charge_missing`.
    """
    authority = office_policy.require(actor, OfficeAction.KEEP_CITIES, now)
    terms = _checked(year, classes, currency)
    with act(authority, now) as record:
        if ContributionClass.objects.filter(year=year).exists():
            raise _drawn_up_already()
        rows = [
            ContributionClass(
                year=year,
                code=each.code,
                population_from=each.population_from,
                amount=each.amount,
                currency=currency,
                due_on=due_on,
            )
            for each in terms
        ]
        try:
            with transaction.atomic():
                rows = ContributionClass.objects.bulk_create(rows)
        except IntegrityError as at_once:
            raise _drawn_up_already() from at_once
        charged = _charge(year, rows, now)
        record(
            _chain(year),
            "contributions.drawn_up",
            {
                "year": year,
                "currency": currency,
                "due_on": due_on.isoformat(),
                "classes": [
                    {
                        "class": each.code,
                        "population_from": each.population_from,
                        "amount": str(each.amount),
                    }
                    for each in terms
                ],
                **_as_recorded(charged),
            },
        )
        announce("contributions.changed", year=year)
    return len(charged)


def charge_missing(*, year: int, actor: Any, now: datetime) -> int:
    """Draw up the contribution of `year` for members that have none; how many.

    For cities admitted after the year's contributions were drawn up.
    """
    authority = office_policy.require(actor, OfficeAction.KEEP_CITIES, now)
    with act(authority, now) as record:
        rows = list(ContributionClass.objects.select_for_update().filter(year=year).order_by("pk"))
        if not rows:
            raise WrongState(
                _("The contributions of this year are not drawn up yet."), where=str(year)
            )
        charged = _charge(year, rows, now)
        if not charged:
            raise Conflict(
                _("Every member has its contribution of this year."),
                code="nobody_missing",
                where=str(year),
            )
        record(_chain(year), "contributions.charged", {"year": year, **_as_recorded(charged)})
        announce("contributions.changed", year=year)
    return len(charged)


def record_payment(
    *,
    contribution: Contribution,
    amount: Decimal,
    on: date,
    reference: str = "",
    actor: Any,
    now: datetime,
) -> ContributionEntry:
    """The city has paid `amount` on the day `on`."""
    if amount <= 0:
        raise InvalidInput(_("A payment is more than nothing."), where="amount")
    return _enter(
        contribution,
        ContributionEntry(
            kind=ContributionEntryKind.PAID, on=on, amount=_money(amount), reason=reference
        ),
        actor,
        now,
    )


def waive_contribution(
    *,
    contribution: Contribution,
    on: date,
    reason: str,
    decision: str = "",
    actor: Any,
    now: datetime,
) -> ContributionEntry:
    """The network does without what is outstanding, from the day `on`."""
    if not reason.strip():
        raise InvalidInput(_("Say why it is waived."), where="reason")
    return _enter(
        contribution,
        ContributionEntry(
            kind=ContributionEntryKind.WAIVED,
            on=on,
            reason=reason,
            decision=named_decision(decision),
        ),
        actor,
        now,
    )


def correct_amount(
    *,
    contribution: Contribution,
    amount: Decimal,
    on: date,
    reason: str,
    actor: Any,
    now: datetime,
) -> ContributionEntry:
    """The city owes `amount` from the day `on`, and not what was drawn up."""
    if amount < 0:
        raise InvalidInput(_("An amount is not below zero."), where="amount")
    if not reason.strip():
        raise InvalidInput(_("Say why the amount is another."), where="reason")
    return _enter(
        contribution,
        ContributionEntry(
            kind=ContributionEntryKind.CORRECTED, on=on, amount=_money(amount), reason=reason
        ),
        actor,
        now,
    )


def strike_entry(
    *, entry: ContributionEntry, reason: str, actor: Any, now: datetime
) -> ContributionEntry:
    """An entry was wrong: from today on it does not count. It stays where it is."""
    if not reason.strip():
        raise InvalidInput(_("Say what is wrong with the entry."), where="reason")
    if entry.kind == ContributionEntryKind.STRUCK:
        raise WrongState(_("A striking is not struck. Enter what is right."), where="entry")
    return _enter(
        entry.contribution,
        ContributionEntry(
            kind=ContributionEntryKind.STRUCK, on=network_day(now), strikes=entry, reason=reason
        ),
        actor,
        now,
    )


def _enter(
    contribution: Contribution, entry: ContributionEntry, actor: Any, now: datetime
) -> ContributionEntry:
    authority = office_policy.require(actor, OfficeAction.KEEP_CITIES, now)
    today = network_day(now)
    if entry.on > today:
        raise InvalidInput(_("This day has not come yet."), where="on")
    with act(authority, now) as record:
        City.objects.select_for_update().get(pk=contribution.city_id)
        contribution = (
            Contribution.objects.select_for_update(of=("self",))
            .select_related("city", "of_class")
            .prefetch_related("entries")
            .get(pk=contribution.pk)
        )
        _refuse_pointless(contribution, entry, today)
        latest = contribution.entries.aggregate(latest=Max("number"))["latest"] or 0
        entry.contribution, entry.number = contribution, latest + 1
        entry.reason, entry.recorded_at = entry.reason.strip(), now
        entry.save(force_insert=True)
        record(
            contribution.city.chain,
            f"contribution.{entry.kind}",
            {
                "year": contribution.year,
                "entry": entry.number,
                "on": entry.on.isoformat(),
                "amount": None if entry.amount is None else str(entry.amount),
                "currency": contribution.of_class.currency,
                "strikes": entry.strikes.number if entry.strikes else None,
                "reason": entry.reason,
                "decision": entry.decision,
            },
        )
        announce("contribution.changed", city=contribution.city.slug, year=contribution.year)
    return entry


def _refuse_pointless(contribution: Contribution, entry: ContributionEntry, today: date) -> None:
    row = due_row(contribution)
    if entry.kind == ContributionEntryKind.STRUCK:
        counting = {each.number for each in counting_entries(row, today)}
        if entry.strikes is None or entry.strikes.number not in counting:
            raise Conflict(_("The entry is struck already."), code="struck_already", where="entry")
    elif entry.kind == ContributionEntryKind.WAIVED and balance_on(row, today).outstanding == 0:
        raise WrongState(
            _("Nothing of this contribution is outstanding."), code="nothing_due", where="year"
        )


def _drawn_up_already() -> Conflict:
    return Conflict(
        _("The contributions of this year are drawn up already. Correct single ones."),
        code="drawn_up_already",
        where="year",
    )


def _checked(year: int, classes: Sequence[ClassTerms], currency: str) -> list[ClassTerms]:
    if year not in YEARS:
        raise InvalidInput(_("This is no year for contributions."), where="year")
    if not CURRENCY.fullmatch(currency):
        raise InvalidInput(_("A currency has three capital letters (ISO 4217)."), where="currency")
    if not classes:
        raise InvalidInput(_("Give one class at least."), where="classes")
    for each in classes:
        if not CODE.fullmatch(each.code):
            raise InvalidInput(
                _("A class is named with up to ten letters and digits."), where="code"
            )
        if each.population_from < 0:
            raise InvalidInput(_("A population is not below zero."), where="population_from")
    if len({each.code for each in classes}) < len(classes):
        raise InvalidInput(_("Two classes have the same name."), where="code")
    if len({each.population_from for each in classes}) < len(classes):
        raise InvalidInput(_("Two classes begin at the same population."), where="population_from")
    terms = [
        ClassTerms(code=each.code, population_from=each.population_from, amount=_money(each.amount))
        for each in sorted(classes, key=lambda each: each.population_from)
    ]
    if terms[0].population_from != 0:
        raise InvalidInput(
            _("The smallest class begins at a population of zero."), where="population_from"
        )
    return terms


def _money(amount: Decimal) -> Decimal:
    exact = amount.quantize(Decimal("0.01"))
    if exact != amount or not 0 <= exact < MOST:
        raise InvalidInput(_("Give the amount with two decimal places at most."), where="amount")
    return exact


def _charge(year: int, classes: Sequence[ContributionClass], now: datetime) -> list[Contribution]:
    """The contributions of the members that have none for the year yet."""
    today = network_day(now)
    ordered = sorted(classes, key=lambda each: each.population_from, reverse=True)
    cities = (
        City.objects.filter(
            Q(memberships__ends_on=None) | Q(memberships__ends_on__gt=today),
            body=BodyKind.CITY,
            memberships__kind__in=PAYING,
            memberships__starts_on__lte=today,
        )
        .exclude(contributions__year=year)
        .distinct()
        .order_by("slug")
    )
    return Contribution.objects.bulk_create(
        [
            Contribution(
                city=city,
                year=year,
                of_class=next(
                    each for each in ordered if each.population_from <= (city.population or 0)
                ),
                drawn_up_at=now,
            )
            for city in cities
        ],
        batch_size=BATCH,
    )


def _as_recorded(charged: Sequence[Contribution]) -> dict[str, Any]:
    """How many, and a digest of which city is of which class."""
    said = [[each.city.slug, each.of_class.code] for each in charged]
    return {"cities": len(charged), "sha256": sha256(canonical_json(said))}


def _chain(year: int) -> str:
    return f"contributions:{year}"
