"""What the services of amendments share: the locked row, a step of its life, what is recorded."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from members.models import City
from members.selectors.standing import standing_of_city
from resolutions.models import Amendment, AmendmentText, Assembly, Instrument, Vote
from resolutions.models.texts import InstrumentState
from resolutions.models.votes import VoteState
from resolutions.rules.amendment_lifecycle import AMENDMENT_LIFECYCLE, AmendmentAction
from resolutions.rules.operations import Operation, operations_from_json, operations_hash
from resolutions.rules.operative import RuleName, RuleSet
from resolutions.selectors.amendments import AmendmentBase, base_of
from resolutions.selectors.arrears import arrears_rule
from resolutions.selectors.assemblies import day_of
from resolutions.selectors.elections import chair_on
from resolutions.selectors.rules import bylaws_in_force, rules_of_assembly, rules_of_edition
from resolutions.services.refusals import rules_speak, step
from resolutions.services.texts import rules_as_json
from secretariat.kernel.audit import canonical_json, sha256
from secretariat.kernel.bilingual import Bilingual
from secretariat.kernel.calendar import network_day
from secretariat.kernel.errors import WrongState
from secretariat.kernel.outbox import announce


def locked(amendment: Amendment) -> Amendment:
    """The row, locked after that of its text, for the rest of the transaction."""
    instrument = Instrument.objects.select_for_update().get(pk=amendment.instrument_id)
    row = Amendment.objects.select_for_update().get(pk=amendment.pk)
    row.instrument = instrument
    return row


def stepped(
    amendment: Amendment,
    action: AmendmentAction,
    facts: object = None,
    *,
    sentences: Mapping[str, Bilingual] | None = None,
) -> str:
    """The state after the act; refused in words, the amendment named."""
    return step(
        AMENDMENT_LIFECYCLE,
        amendment.state,
        action,
        facts,
        where=name_of(amendment),
        sentences=sentences,
    )


def name_of(amendment: Amendment) -> str:
    """ "bylaws/3", or the UUID of a draft."""
    if amendment.number is None:
        return str(amendment.uuid)
    return f"{amendment.instrument.slug}/{amendment.number}"


def read_operations(amendment: Amendment) -> tuple[Operation, ...]:
    """The operations; InvalidInput where they cannot be read."""
    with rules_speak():
        return operations_from_json(amendment.operations)


def digest(amendment: Amendment) -> str:
    """The SHA-256 of the operations as they stand in the row."""
    return operations_hash(read_operations(amendment))


def reviewed_rules_hash(amendment: Amendment) -> str:
    """The SHA-256 of the values reviewed for the case that it is adopted, in canonical form."""
    return sha256(canonical_json(rules_as_json(amendment.reviewed_rules.all())))


def is_being_voted_on(amendment: Amendment) -> bool:
    """Whether a vote on it is open."""
    return Vote.objects.filter(amendment=amendment, state=VoteState.OPEN).exists()


def write_words(amendment: Amendment, **by_field: Mapping[str, str] | None) -> None:
    """Set the notes or reasons by language; what is None stays."""
    for field, words in by_field.items():
        for language, text in (words or {}).items():
            AmendmentText.objects.update_or_create(
                amendment=amendment, language=language, defaults={field: text.strip()}
            )


def rules_in_force(now: datetime) -> RuleSet:
    """The operative rules of the bylaws in force today; none before there are bylaws."""
    bylaws = bylaws_in_force(on=network_day(now))
    return rules_of_edition(edition=bylaws) if bylaws else RuleSet(())


def require_standing(city: City, now: datetime) -> None:
    """Raise WrongState unless the city is a member with its vote today."""
    arrears = arrears_rule(rules_in_force(now))
    finding = standing_of_city(city=city, on=network_day(now), arrears=arrears)
    if not finding.may_vote:
        raise WrongState(finding.reason, code="no_standing", where=city.slug)


def described(amendment: Amendment) -> dict[str, Any]:
    """What every entry about its content carries."""
    return {
        "instrument": amendment.instrument.slug,
        "proposer": amendment.proposer.slug,
        "edition": amendment.edition.number if amendment.edition else None,
        "base_sha256": amendment.base_sha256,
        "assembly": amendment.assembly.slug if amendment.assembly else None,
        "operations_sha256": digest(amendment),
        "notes": {code: note for code, note in amendment.notes.items() if note},
    }


def sponsors_needed(*, amendment: Amendment, now: datetime) -> int:
    """How many cities have to stand behind it beside the proposer, by the rules in force."""
    today = network_day(now)
    chair = chair_on(on=today)
    if chair is not None and chair.city_id == amendment.proposer_id:
        return 0
    assembly = amendment.assembly
    rules = rules_of_assembly(assembly=assembly, on=today) if assembly else rules_in_force(now)
    if RuleName.AMENDMENT_SPONSORS not in rules:
        return 0
    return rules.number(RuleName.AMENDMENT_SPONSORS)


def is_in_time(assembly: Assembly | None, filed_at: datetime) -> bool:
    """Whether an amendment filed then is early enough for the assembly."""
    if assembly is None:
        return True
    filed_on = day_of(assembly=assembly, at=filed_at)
    rules = rules_of_assembly(assembly=assembly, on=filed_on)
    if RuleName.AMENDMENT_DAYS not in rules:
        return True
    days = timedelta(days=rules.number(RuleName.AMENDMENT_DAYS))
    return filed_on <= day_of(assembly=assembly, at=assembly.starts_at) - days


def amended_base(instrument: Instrument) -> AmendmentBase:
    """The text that is amended now; WrongState where there is none yet."""
    base = base_of(instrument=instrument)
    if base.edition is None and instrument.state != InstrumentState.TABLED:
        raise WrongState(
            _("There is nothing to amend yet: the text has no edition and is not on the table."),
            code="nothing_to_amend",
            where=instrument.slug,
        )
    return base


def announce_change(amendment: Amendment) -> None:
    """Tell of an amendment that others know of."""
    if amendment.number is not None:
        announce(
            "amendment.changed", instrument=amendment.instrument.slug, amendment=str(amendment.uuid)
        )
