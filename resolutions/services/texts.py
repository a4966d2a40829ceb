"""From a draft to an adopted, published edition.

draft (`drafting`) → table → vote → adopt → publish. The vote is on the hash of the tabled
draft; adoption checks that the draft still has that hash and seals it as the next edition.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.policies import OfficeAction, office_policy
from resolutions.models import (
    Amendment,
    DraftRule,
    Edition,
    EditionAmendment,
    EditionLanguage,
    EditionProvision,
    EditionRule,
    EditionText,
    Instrument,
    Publication,
    Vote,
)
from resolutions.models.amendments import AmendmentState
from resolutions.models.assemblies import AssemblyState
from resolutions.models.texts import OperativeRuleFields
from resolutions.models.votes import Outcome, VoteState
from resolutions.rules.amendment_lifecycle import AMENDMENT_LIFECYCLE, AmendmentAction
from resolutions.rules.canonical import edition_hash
from resolutions.rules.operative import RuleName, value_from_json
from resolutions.rules.text_lifecycle import (
    TEXT_LIFECYCLE,
    Adoption,
    Standstill,
    Tabling,
    TextAction,
)
from resolutions.selectors.assemblies import day_of
from resolutions.selectors.trees import draft_languages
from resolutions.services.drafting import (
    check_slug,
    check_title,
    draft_hashes,
    draft_state,
    draft_text,
)
from resolutions.services.refusals import rules_speak, step
from secretariat.kernel.audit import Record, act, canonical_json, sha256
from secretariat.kernel.calendar import network_day
from secretariat.kernel.errors import Conflict, InvalidInput, Missing, WrongState
from secretariat.kernel.models import AuditEntry
from secretariat.kernel.outbox import announce

__all__ = [
    "RuleBinding",
    "adopt_text",
    "bind_rules",
    "check_slug",
    "check_title",
    "draft_hashes",
    "draft_rules_hash",
    "draft_text",
    "last_amended",
    "publish_edition",
    "rules_as_json",
    "seal_edition",
    "table_text",
    "take_off_the_table",
]


@dataclass(frozen=True, slots=True)
class RuleBinding:
    """An operative rule as a draft would bind it: name, JSON value, provision key."""

    name: str
    value: Any
    provision_key: str


def bind_rules(
    *, instrument: Instrument, bindings: Iterable[RuleBinding], actor: Any, now: datetime
) -> None:
    """Set the operative rules that the draft would bring into force, replacing earlier ones."""
    bindings = list(bindings)
    authority = office_policy.require(actor, OfficeAction.DRAFT_TEXTS, now)
    with act(authority, now) as record:
        instrument = Instrument.objects.select_for_update().get(pk=instrument.pk)
        instrument.state = draft_state(instrument)
        instrument.save(update_fields=["state"])
        keys = set(instrument.provisions.filter(removed=False).values_list("key", flat=True))
        for name, times in Counter(binding.name for binding in bindings).items():
            if times > 1:
                raise InvalidInput(
                    _("One rule is bound to two provisions. Leave one of them."),
                    code="rule_bound_twice",
                    where=name,
                )
        for binding in bindings:
            if binding.provision_key not in keys:
                raise Missing(
                    _("The draft has no such provision to bind a rule to."),
                    where=binding.provision_key,
                )
            with rules_speak():
                value_from_json(_rule_name(binding.name), binding.value)
        instrument.draft_rules.all().delete()
        DraftRule.objects.bulk_create(
            DraftRule(
                instrument=instrument,
                name=binding.name,
                value=binding.value,
                provision_key=binding.provision_key,
            )
            for binding in bindings
        )
        record(
            instrument.chain,
            "text.rules_bound",
            {"rules": rules_as_json(bindings)},
        )


def table_text(*, instrument: Instrument, actor: Any, now: datetime) -> str:
    """Put the draft on the table: it is not edited from here on. Returns its SHA-256."""
    authority = office_policy.require(actor, OfficeAction.DRAFT_TEXTS, now)
    with act(authority, now) as record:
        instrument = Instrument.objects.select_for_update().get(pk=instrument.pk)
        _require_provisions_of_rules(instrument)
        missing = set(instrument.authentic_languages) - set(draft_languages(instrument=instrument))
        facts = Tabling(
            provisions=instrument.provisions.filter(removed=False).count(),
            languages_missing=tuple(sorted(missing)),
        )
        instrument.state = step(
            TEXT_LIFECYCLE, instrument.state, TextAction.TABLE, facts, where=instrument.slug
        )
        instrument.save(update_fields=["state"])
        hashes = draft_hashes(instrument=instrument)
        total = edition_hash(hashes)
        record(
            instrument.chain,
            "text.tabled",
            {
                "languages": hashes,
                "sha256": total,
                "rules": rules_as_json(instrument.draft_rules.all()),
            },
        )
    return total


def take_off_the_table(*, instrument: Instrument, reason: str, actor: Any, now: datetime) -> None:
    """Return a tabled text to drafting, for instance after it was not adopted."""
    authority = office_policy.require(actor, OfficeAction.DRAFT_TEXTS, now)
    with act(authority, now) as record:
        instrument = Instrument.objects.select_for_update().get(pk=instrument.pk)
        facts = Standstill(vote_open=instrument.votes.filter(state=VoteState.OPEN).exists())
        instrument.state = step(
            TEXT_LIFECYCLE, instrument.state, TextAction.TAKE_BACK, facts, where=instrument.slug
        )
        instrument.save(update_fields=["state"])
        record(instrument.chain, "text.taken_back", {"reason": reason})


def adopt_text(
    *,
    instrument: Instrument,
    vote: Vote | None,
    actor: Any,
    now: datetime,
    in_force_from: date | None = None,
    adopted_on: date | None = None,
    basis: str = "",
    corrects: Edition | None = None,
) -> Edition:
    """Seal the tabled draft as the instrument's next edition, by the vote that adopted it.

    Without a vote of this system (a text adopted before the platform existed) `basis` says
    on what the edition rests; a text that is put to the assembly here is adopted by its vote
    alone. Raises WrongState where the vote did not adopt this text, or the draft or its
    operative rules are no longer what was voted on. One vote adopts one edition, and the day
    of adoption is the day of the vote.
    """
    authority = office_policy.require(actor, OfficeAction.ADOPT_TEXTS, now)
    with act(authority, now) as record:
        if vote is not None:
            vote = Vote.objects.select_for_update().get(pk=vote.pk)
        instrument = Instrument.objects.select_for_update().get(pk=instrument.pk)
        hashes = draft_hashes(instrument=instrument)
        total = edition_hash(hashes)
        target = step(
            TEXT_LIFECYCLE,
            instrument.state,
            TextAction.ADOPT,
            Adoption(
                decided=bool(basis) if vote is None else _adopted_by(vote, instrument),
                unchanged=vote is None or vote.text_sha256 == total,
            ),
            where=instrument.slug,
        )
        _require_rules_as_decided(instrument, vote)
        if vote is None:
            _refuse_to_pass_by_votes(instrument, text_sha256=total)
        today = network_day(now)
        day = adopted_on or (_day_of_decision(vote) if vote is not None else today)
        if adopted_on is not None and adopted_on > today:
            raise InvalidInput(
                _("A text is adopted today or was adopted earlier. Check the date."),
                code="in_the_future",
                where="adopted_on",
            )
        return seal_edition(
            instrument=instrument,
            target=target,
            hashes=hashes,
            vote=vote,
            basis=basis,
            adopted_on=day,
            in_force_from=in_force_from or day,
            corrects=corrects,
            amendments=_amendments_within(instrument, text_sha256=total),
            record=record,
            now=now,
        )


def seal_edition(
    *,
    instrument: Instrument,
    target: str,
    hashes: Mapping[str, str],
    vote: Vote | None,
    basis: str,
    adopted_on: date,
    in_force_from: date,
    record: Record,
    now: datetime,
    corrects: Edition | None = None,
    amendments: Sequence[Amendment] = (),
) -> Edition:
    """Write the locked draft as the next edition, with the amendments that are in it.

    Inside the act of whoever found that it was decided as it stands.
    """
    predecessor = instrument.editions.order_by("-number").first()
    edition = Edition.objects.create(
        instrument=instrument,
        number=predecessor.number + 1 if predecessor else 1,
        adopted_at=now,
        adopted_on=adopted_on,
        in_force_from=in_force_from,
        decision=vote,
        basis=basis,
        predecessor=predecessor,
        corrects=corrects,
        sha256=edition_hash(hashes),
    )
    _seal_draft(instrument, edition, hashes)
    instrument.provisions.filter(removed=True).delete()
    instrument.state = target
    instrument.save(update_fields=["state"])
    record(
        instrument.chain,
        "text.adopted",
        {
            "edition": edition.number,
            "adopted_on": adopted_on.isoformat(),
            "in_force_from": in_force_from.isoformat(),
            "decision": vote.slug if vote else None,
            "basis": basis,
            "corrects": corrects.number if corrects else None,
            "languages": hashes,
            "sha256": edition.sha256,
            "titles": {row.language: row.title for row in edition.languages.all()},
            "authentic": sorted(row.language for row in edition.languages.all() if row.authentic),
            "rules": rules_as_json(edition.rules.all()),
        },
    )
    for position, amendment in enumerate(amendments, start=1):
        EditionAmendment.objects.create(edition=edition, amendment=amendment, position=position)
        amendment.state = step(
            AMENDMENT_LIFECYCLE,
            amendment.state,
            AmendmentAction.APPLY,
            where=f"{instrument.slug}/{amendment.number}",
        )
        amendment.ended_at = now
        amendment.save(update_fields=["state", "ended_at"])
        record(
            amendment.chain,
            "amendment.applied",
            {"edition": f"{instrument.slug}/{edition.number}", "position": position},
        )
    announce("text.adopted", instrument=instrument.slug, edition=edition.number)
    return edition


def last_amended(*, instrument: Instrument) -> dict[str, Any] | None:
    """What the chain says of the last time that adopted amendments were applied to the draft.

    `{"base_sha256", "sha256", "amendments": [uuid, …]}`, or None.
    """
    entries = AuditEntry.objects.filter(chain=instrument.chain, action="text.amended")
    entry = entries.order_by("-sequence").first()
    return json.loads(entry.payload) if entry else None


def publish_edition(*, edition: Edition, actor: Any, now: datetime) -> Publication:
    """Make an adopted edition public, at a permanent address."""
    authority = office_policy.require(actor, OfficeAction.ADOPT_TEXTS, now)
    with act(authority, now) as record:
        instrument = Instrument.objects.select_for_update().get(pk=edition.instrument_id)
        if Publication.objects.filter(edition=edition).exists():
            raise Conflict(_("This edition is public already."), where=instrument.slug)
        instrument.state = step(
            TEXT_LIFECYCLE, instrument.state, TextAction.PUBLISH, where=instrument.slug
        )
        instrument.save(update_fields=["state"])
        publication = Publication.objects.create(edition=edition, published_at=now)
        record(
            instrument.chain,
            "text.published",
            {"edition": edition.number, "sha256": edition.sha256},
        )
        announce("text.published", instrument=instrument.slug, edition=edition.number)
    return publication


def draft_rules_hash(*, instrument: Instrument) -> str:
    """The SHA-256 of the operative rules bound to the draft, in canonical form."""
    return sha256(canonical_json(rules_as_json(instrument.draft_rules.all())))


def _amendments_within(instrument: Instrument, *, text_sha256: str) -> list[Amendment]:
    """The adopted amendments to the draft on the table that this text has in it."""
    amended = last_amended(instrument=instrument)
    if amended is None or amended["sha256"] != text_sha256:
        return []
    rows = instrument.amendments.select_for_update().filter(
        uuid__in=amended["amendments"], state=AmendmentState.ADOPTED
    )
    return list(rows.order_by("number"))


def _adopted_by(vote: Vote, instrument: Instrument) -> bool:
    return (
        vote.instrument_id == instrument.pk
        and vote.amendment_id is None
        and vote.state == VoteState.CLOSED
        and vote.result.outcome == Outcome.ADOPTED
        and not vote.editions.exists()
    )


def _day_of_decision(vote: Vote) -> date:
    """The day on which the vote was closed, where its assembly met."""
    assert vote.closed_at is not None
    return day_of(assembly=vote.assembly, at=vote.closed_at)


def rules_as_json(rules: Iterable[RuleBinding | OperativeRuleFields]) -> dict[str, Any]:
    """`{name: {"value", "provision"}}`, as the audit entries carry bound rules."""
    return {rule.name: {"value": rule.value, "provision": rule.provision_key} for rule in rules}


def _require_provisions_of_rules(instrument: Instrument) -> None:
    keys = set(instrument.provisions.filter(removed=False).values_list("key", flat=True))
    bound = set(instrument.draft_rules.values_list("provision_key", flat=True))
    if gone := sorted(bound - keys):
        raise WrongState(
            _("A rule is bound to a provision that the draft no longer has. Bind it anew."),
            code="rule_without_provision",
            where=", ".join(gone),
        )


def _require_rules_as_decided(instrument: Instrument, vote: Vote | None) -> None:
    if vote is not None and vote.text_rules_sha256 != draft_rules_hash(instrument=instrument):
        raise WrongState(
            _("The rules bound to the text have changed since it was decided on. Decide again."),
            code="rules_changed_since_decision",
            where=instrument.slug,
        )


def _refuse_to_pass_by_votes(instrument: Instrument, *, text_sha256: str) -> None:
    """Nobody adopts on other grounds what the assembly is deciding on, or has decided."""
    still_to_come = Q(state=VoteState.PREPARED) & ~Q(assembly__state=AssemblyState.CLOSED)
    asked = Q(state=VoteState.OPEN) | still_to_come
    answered = Q(state=VoteState.CLOSED, text_sha256=text_sha256)
    vote = instrument.votes.filter(asked | answered).order_by("pk").first()
    if vote is not None:
        raise WrongState(
            _("The assembly decides on this text. It is adopted by its vote, or not at all."),
            code="put_to_a_vote",
            where=vote.slug,
        )


def _seal_draft(instrument: Instrument, edition: Edition, hashes: Mapping[str, str]) -> None:
    EditionLanguage.objects.bulk_create(
        EditionLanguage(
            edition=edition,
            language=language,
            title=instrument.title_in(language),
            authentic=language in instrument.authentic_languages,
            sha256=sha256,
        )
        for language, sha256 in hashes.items()
    )
    working = list(
        instrument.provisions.filter(removed=False).prefetch_related("texts").order_by("position")
    )
    sealed = EditionProvision.objects.bulk_create(
        EditionProvision(
            edition=edition,
            key=row.key,
            parent_key=row.parent_key,
            position=index,
            kind=row.kind,
            number=row.number,
        )
        for index, row in enumerate(working)
    )
    EditionText.objects.bulk_create(
        EditionText(
            provision=provision, language=words.language, heading=words.heading, text=words.text
        )
        for provision, row in zip(sealed, working, strict=True)
        for words in row.texts.all()
    )
    EditionRule.objects.bulk_create(
        EditionRule(
            edition=edition, name=rule.name, value=rule.value, provision_key=rule.provision_key
        )
        for rule in instrument.draft_rules.all()
    )


def _rule_name(name: str) -> RuleName:
    try:
        return RuleName(name)
    except ValueError as unknown:
        raise InvalidInput(
            _("There is no operative rule of this name."), code="rule_unknown", where=name
        ) from unknown
