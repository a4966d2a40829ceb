"""Amendments from the first draft to the vote: written, filed, joined, examined.

draft (change …) → file → join → examine → review rules → vote (`amendment_voting`) → into the
text (`amended_texts`). A city proposes, others join, the office examines; what the bylaws ask
of sponsors and time is taken from the operative rules in force.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from members.models import City
from members.policies import CityAction, OfficeAction, city_policy, office_policy
from members.services.mandates import still_holds
from resolutions.models import (
    Amendment,
    AmendmentSponsor,
    Assembly,
    Instrument,
)
from resolutions.models.assemblies import AssemblyState
from resolutions.rules.amending import Trees, apply, derive, written_against
from resolutions.rules.amendment_lifecycle import (
    Admission,
    AmendmentAction,
    Filing,
    Joining,
    Leaving,
    Refusal,
    Standing,
)
from resolutions.rules.operations import Op, Operation, operations_as_json, operations_hash
from resolutions.selectors.amendments import (
    AmendmentBase,
    keys_adopted,
)
from resolutions.services.amended_texts import adopt_amended, apply_adopted
from resolutions.services.amendment_record import (
    amended_base,
    announce_change,
    described,
    digest,
    is_being_voted_on,
    is_in_time,
    locked,
    read_operations,
    require_standing,
    sponsors_needed,
    stepped,
    write_words,
)
from resolutions.services.amendment_results import take_up_result
from resolutions.services.amendment_rules import review_rules
from resolutions.services.amendment_voting import prepare_amendment_vote, set_voting_order
from resolutions.services.refusals import rules_speak
from secretariat.kernel.audit import act
from secretariat.kernel.errors import Conflict, InvalidInput, WrongState
from secretariat.kernel.outbox import announce

__all__ = [
    "add_operation",
    "adopt_amended",
    "apply_adopted",
    "change_amendment",
    "draft_amendment",
    "examine_amendment",
    "file_amendment",
    "join_amendment",
    "leave_amendment",
    "prepare_amendment_vote",
    "review_rules",
    "set_voting_order",
    "take_up_result",
    "withdraw_amendment",
]


def draft_amendment(
    *,
    instrument: Instrument,
    city: City,
    trees: Trees | None = None,
    operations: Iterable[Operation] = (),
    notes: Mapping[str, str] | None = None,
    assembly: Assembly | None = None,
    actor: Any,
    now: datetime,
) -> Amendment:
    """Begin an amendment for a city with standing; nobody else reads it until it is filed.

    `trees` is the text as it should read (the operations are derived), else `operations`.
    """
    authority = city_policy.require(actor, CityAction.AMEND, city, now)
    with act(authority, now) as record:
        instrument = Instrument.objects.select_for_update().get(pk=instrument.pk)
        still_holds(actor=actor, action=CityAction.AMEND, city=city, now=now)
        require_standing(city, now)
        base = amended_base(instrument)
        amendment = Amendment(
            instrument=instrument,
            edition=base.edition,
            base_sha256=base.sha256,
            assembly=_still_to_come(assembly),
            proposer=city,
            operations=operations_as_json(_worded(base, instrument, trees, operations)),
            created_at=now,
            changed_at=now,
        )
        amendment.save()
        write_words(amendment, note=notes)
        record(amendment.chain, "amendment.drafted", described(amendment))
    return amendment


def change_amendment(
    *,
    amendment: Amendment,
    trees: Trees | None = None,
    operations: Iterable[Operation] | None = None,
    notes: Mapping[str, str] | None = None,
    assembly: Assembly | None = None,
    actor: Any,
    now: datetime,
) -> Amendment:
    """Change a draft; what is not given stays. New content is written against the text of now."""
    authority = city_policy.require(actor, CityAction.AMEND, amendment.proposer, now)
    with act(authority, now) as record:
        amendment = locked(amendment)
        still_holds(actor=actor, action=CityAction.AMEND, city=amendment.proposer, now=now)
        amendment.state = stepped(amendment, AmendmentAction.CHANGE)
        if trees is not None or operations is not None:
            base = amended_base(amendment.instrument)
            worded = _worded(base, amendment.instrument, trees, operations or ())
            amendment.operations = operations_as_json(worded)
            amendment.edition, amendment.base_sha256 = base.edition, base.sha256
        if assembly is not None:
            amendment.assembly = _still_to_come(assembly)
        amendment.changed_at = now
        amendment.save()
        write_words(amendment, note=notes)
        record(amendment.chain, "amendment.changed", described(amendment))
    return amendment


def add_operation(
    *, amendment: Amendment, operation: Operation, actor: Any, now: datetime
) -> Amendment:
    """Add one operation to a draft, on the text as the draft makes it so far.

    It may name what the draft inserts; hashes are filled in, and what cancels out is gone.
    """
    base = amended_base(amendment.instrument)
    with rules_speak():
        so_far = apply(base.trees, read_operations(amendment))
        new = apply(so_far, [written_against(so_far, operation)])
    return change_amendment(amendment=amendment, trees=new, actor=actor, now=now)


def file_amendment(
    *, amendment: Amendment, assembly: Assembly | None = None, actor: Any, now: datetime
) -> Amendment:
    """File a draft: it gets its number, stands still, and is public from here on.

    It goes to the assembly that is named, else to the next one for which it is in time. Refused
    without a change or an explanatory note, against a text that is no more, or too late.
    """
    authority = city_policy.require(actor, CityAction.AMEND, amendment.proposer, now)
    with act(authority, now) as record:
        amendment = locked(amendment)
        still_holds(actor=actor, action=CityAction.AMEND, city=amendment.proposer, now=now)
        require_standing(amendment.proposer, now)
        chosen = assembly or amendment.assembly
        amendment.assembly = _still_to_come(chosen) if chosen else _next_in_time(now)
        base = amended_base(amendment.instrument)
        operations = read_operations(amendment)
        amendment.state = stepped(
            amendment,
            AmendmentAction.FILE,
            Filing(
                operations=len(operations),
                noted=any(note.strip() for note in amendment.notes.values()),
                base_current=amendment.base_sha256 == base.sha256,
                in_time=is_in_time(amendment.assembly, now),
            ),
        )
        _require_whole(amendment.instrument, operations)
        with rules_speak():
            apply(base.trees, operations)
        given = amendment.instrument.amendments.aggregate(last=Max("number"))["last"]
        amendment.number = (given or 0) + 1
        amendment.sha256 = operations_hash(operations)
        amendment.filed_at = now
        amendment.save()
        record(
            amendment.chain,
            "amendment.filed",
            {**described(amendment), "number": amendment.number},
        )
        announce(
            "amendment.filed",
            instrument=amendment.instrument.slug,
            amendment=str(amendment.uuid),
        )
    return amendment


def join_amendment(*, amendment: Amendment, city: City, actor: Any, now: datetime) -> Amendment:
    """Stand behind a filed amendment as a further city with standing."""
    authority = city_policy.require(actor, CityAction.AMEND, city, now)
    with act(authority, now) as record:
        amendment = locked(amendment)
        still_holds(actor=actor, action=CityAction.AMEND, city=city, now=now)
        require_standing(city, now)
        sponsors = amendment.sponsors.filter(left_at=None)
        facts = Joining(
            city=city.slug,
            proposer=amendment.proposer.slug,
            sponsors=frozenset(sponsors.values_list("city__slug", flat=True)),
        )
        stepped(amendment, AmendmentAction.JOIN, facts)
        AmendmentSponsor.objects.create(amendment=amendment, city=city, joined_at=now)
        record(amendment.chain, "amendment.joined", {"city": city.slug})
        announce_change(amendment)
    return amendment


def leave_amendment(*, amendment: Amendment, city: City, actor: Any, now: datetime) -> Amendment:
    """Stand behind an amendment no more; not while it is being voted on."""
    authority = city_policy.require(actor, CityAction.AMEND, city, now)
    with act(authority, now) as record:
        amendment = locked(amendment)
        still_holds(actor=actor, action=CityAction.AMEND, city=city, now=now)
        sponsor = amendment.sponsors.filter(city=city, left_at=None).first()
        facts = Leaving(sponsor=sponsor is not None, vote_open=is_being_voted_on(amendment))
        stepped(amendment, AmendmentAction.LEAVE, facts)
        assert sponsor is not None
        sponsor.left_at = now
        sponsor.save(update_fields=["left_at"])
        record(amendment.chain, "amendment.left", {"city": city.slug})
        announce_change(amendment)
    return amendment


def withdraw_amendment(*, amendment: Amendment, actor: Any, now: datetime) -> Amendment:
    """Withdraw an amendment, on behalf of its proposer; not while it is being voted on."""
    authority = city_policy.require(actor, CityAction.AMEND, amendment.proposer, now)
    with act(authority, now) as record:
        amendment = locked(amendment)
        still_holds(actor=actor, action=CityAction.AMEND, city=amendment.proposer, now=now)
        facts = Standing(vote_open=is_being_voted_on(amendment))
        amendment.state = stepped(amendment, AmendmentAction.WITHDRAW, facts)
        amendment.ended_at = now
        amendment.save(update_fields=["state", "ended_at"])
        record(amendment.chain, "amendment.withdrawn", {})
        announce_change(amendment)
    return amendment


def examine_amendment(
    *,
    amendment: Amendment,
    admitted: bool,
    reasons: Mapping[str, str] | None = None,
    actor: Any,
    now: datetime,
) -> Amendment:
    """Say for the office whether an amendment is admitted; a refusal needs its reasons.

    Admitted is what enough cities stand behind. The chair city needs none beside it.
    """
    authority = office_policy.require(actor, OfficeAction.DRAFT_TEXTS, now)
    with act(authority, now) as record:
        amendment = locked(amendment)
        reasons = {code: text.strip() for code, text in (reasons or {}).items() if text.strip()}
        if admitted:
            facts: Admission | Refusal = Admission(
                sponsors=amendment.sponsors.filter(left_at=None).count(),
                needed=sponsors_needed(amendment=amendment, now=now),
            )
            amendment.state = stepped(amendment, AmendmentAction.ADMIT, facts)
        else:
            facts = Refusal(reason=" ".join(reasons.values()))
            amendment.state = stepped(amendment, AmendmentAction.REFUSE, facts)
            amendment.ended_at = now
        amendment.examined_at = now
        amendment.save(update_fields=["state", "examined_at", "ended_at"])
        write_words(amendment, reasons=reasons)
        record(
            amendment.chain,
            "amendment.examined",
            {"admitted": admitted, "reasons": reasons, "operations_sha256": digest(amendment)},
        )
        announce_change(amendment)
    return amendment


def _still_to_come(assembly: Assembly | None) -> Assembly | None:
    if assembly is not None and assembly.state not in (
        AssemblyState.CONVENED,
        AssemblyState.OPEN,
    ):
        raise WrongState(
            _("Amendments are filed for an assembly that is convened or open."),
            code="assembly_over",
            where=assembly.slug,
        )
    return assembly


def _next_in_time(now: datetime) -> Assembly | None:
    """The running assembly or the next one, unless only a later one can still take it."""
    to_come = list(
        Assembly.objects.filter(
            state__in=(AssemblyState.OPEN, AssemblyState.CONVENED), ends_at__gt=now
        ).order_by("starts_at", "pk")
    )
    in_time = (each for each in to_come if is_in_time(each, now))
    return next(in_time, to_come[0] if to_come else None)


def _worded(
    base: AmendmentBase,
    instrument: Instrument,
    trees: Trees | None,
    operations: Iterable[Operation],
) -> Sequence[Operation]:
    """The operations of an amendment, which can be applied to the base."""
    with rules_speak():
        made = derive(base.trees, trees) if trees is not None else tuple(operations)
        apply(base.trees, made)
    used = keys_adopted(instrument=instrument)
    present = {provision.key for tree in base.trees.values() for provision in tree.walk()}
    for operation in made:
        if operation.op is Op.INSERT_AFTER and operation.key in used - present:
            raise Conflict(
                _("An earlier edition had a provision with this key. Give the new one another."),
                code="key_used_before",
                where=operation.key,
            )
    return made


def _require_whole(instrument: Instrument, operations: Iterable[Operation]) -> None:
    """What is inserted has words in every authentic language."""
    for operation in operations:
        if operation.op is not Op.INSERT_AFTER:
            continue
        if missing := sorted(set(instrument.authentic_languages) - operation.words.keys()):
            raise InvalidInput(
                _("A new provision lacks its words in an authentic language. Add them."),
                code="words_missing",
                where=f"{operation.key} ({', '.join(missing)})",
            )
