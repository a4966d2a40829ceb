"""From a draft to an adopted, published edition.

draft (import or edit) → table → vote → adopt → publish. The vote is on the hash of the
tabled draft; adoption checks that the draft still has that hash and seals it as the next
edition.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import reversion
from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.policies import OfficeAction, office_policy
from resolutions.models import (
    DraftRule,
    Edition,
    EditionLanguage,
    EditionProvision,
    EditionRule,
    EditionText,
    Instrument,
    InstrumentTitle,
    Provision,
    ProvisionText,
    Publication,
    Vote,
)
from resolutions.models.assemblies import AssemblyState
from resolutions.models.texts import OperativeRuleFields
from resolutions.models.votes import Outcome, VoteState
from resolutions.rules.canonical import edition_hash, language_hash, normal_field
from resolutions.rules.operative import RuleName, value_from_json
from resolutions.rules.structure import Provision as Node
from resolutions.rules.structure import TextTree
from resolutions.rules.text_lifecycle import (
    TEXT_LIFECYCLE,
    Adoption,
    Standstill,
    Tabling,
    TextAction,
    TextState,
)
from resolutions.selectors.assemblies import day_of
from resolutions.selectors.trees import draft_languages, draft_tree
from resolutions.services.refusals import rules_speak, step
from secretariat.kernel.audit import act, canonical_json, sha256
from secretariat.kernel.calendar import network_day
from secretariat.kernel.errors import Conflict, InvalidInput, Missing, WrongState
from secretariat.kernel.models import User
from secretariat.kernel.outbox import announce

POSITION_STEP = 1 << 20


@dataclass(frozen=True, slots=True)
class RuleBinding:
    """An operative rule as a draft would bind it: name, JSON value, provision key."""

    name: str
    value: Any
    provision_key: str


def draft_text(
    *,
    slug: str,
    kind: str,
    trees: Iterable[TextTree],
    titles: Mapping[str, str] | None = None,
    authentic_languages: Iterable[str] = (),
    reason: str = "",
    actor: Any,
    now: datetime,
) -> Instrument:
    """Put imported trees into the working draft of an instrument, new or existing.

    Each tree replaces the draft in its language; provisions of the other languages keep
    their words, and what no language has any more becomes a tombstone. One revision.
    """
    trees = list(trees)
    authority = office_policy.require(actor, OfficeAction.DRAFT_TEXTS, now)
    check_slug(slug)
    with act(authority, now) as record:
        instrument, created = Instrument.objects.get_or_create(
            slug=slug,
            defaults={
                "kind": kind,
                "authentic_languages": sorted(authentic_languages) or [t.lang for t in trees],
                "created_at": now,
            },
        )
        instrument = Instrument.objects.select_for_update().get(pk=instrument.pk)
        if instrument.kind != kind:
            raise Conflict(
                _("A text of another kind has this address name. Choose another one."),
                code="kind_differs",
                where=slug,
            )
        instrument.state = _draft_state(instrument)
        if created is False and authentic_languages:
            instrument.authentic_languages = sorted(authentic_languages)
        instrument.save(update_fields=["state", "authentic_languages"])
        for tree in trees:
            title = normal_field((titles or {}).get(tree.lang) or tree.title)
            check_title(title, where=f"{slug} ({tree.lang})")
            InstrumentTitle.objects.update_or_create(
                instrument=instrument, language=tree.lang, defaults={"title": title}
            )
        with reversion.create_revision():
            _sign_revision(instrument, actor=actor, now=now, reason=reason or "import")
            for tree in trees:
                _replace_draft(instrument, tree)
        record(
            instrument.chain,
            "text.drafted",
            {
                "kind": kind,
                "authentic": sorted(instrument.authentic_languages),
                "languages": draft_hashes(instrument=instrument),
                "reason": reason,
            },
        )
    return instrument


def edit_provision(
    *,
    instrument: Instrument,
    key: str,
    language: str,
    heading: str,
    text: str,
    reason: str,
    actor: Any,
    now: datetime,
) -> Provision:
    """Change the words of one provision of a draft, in one language: one small revision."""
    authority = office_policy.require(actor, OfficeAction.DRAFT_TEXTS, now)
    with act(authority, now) as record:
        instrument = Instrument.objects.select_for_update().get(pk=instrument.pk)
        instrument.state = _draft_state(instrument)
        instrument.save(update_fields=["state"])
        provision = instrument.provisions.filter(key=key, removed=False).first()
        if provision is None:
            raise Missing(_("The draft has no such provision."), where=key)
        with reversion.create_revision():
            _sign_revision(instrument, actor=actor, now=now, reason=reason)
            ProvisionText.objects.update_or_create(
                provision=provision,
                language=language,
                defaults={"heading": normal_field(heading), "text": normal_field(text)},
            )
            reversion.add_to_revision(provision)
        record(
            instrument.chain,
            "text.edited",
            {"provision": key, "language": language, "reason": reason},
        )
    return provision


def bind_rules(
    *, instrument: Instrument, bindings: Iterable[RuleBinding], actor: Any, now: datetime
) -> None:
    """Set the operative rules that the draft would bring into force, replacing earlier ones."""
    bindings = list(bindings)
    authority = office_policy.require(actor, OfficeAction.DRAFT_TEXTS, now)
    with act(authority, now) as record:
        instrument = Instrument.objects.select_for_update().get(pk=instrument.pk)
        instrument.state = _draft_state(instrument)
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


def draft_hashes(*, instrument: Instrument) -> dict[str, str]:
    """The SHA-256 of the draft in each language it has."""
    return {
        language: language_hash(draft_tree(instrument=instrument, language=language))
        for language in draft_languages(instrument=instrument)
    }


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
        predecessor = instrument.editions.order_by("-number").first()
        edition = Edition.objects.create(
            instrument=instrument,
            number=predecessor.number + 1 if predecessor else 1,
            adopted_at=now,
            adopted_on=day,
            in_force_from=in_force_from or day,
            decision=vote,
            basis=basis,
            predecessor=predecessor,
            corrects=corrects,
            sha256=total,
        )
        _seal_draft(instrument, edition, hashes)
        instrument.state = target
        instrument.save(update_fields=["state"])
        record(
            instrument.chain,
            "text.adopted",
            {
                "edition": edition.number,
                "adopted_on": day.isoformat(),
                "in_force_from": edition.in_force_from.isoformat(),
                "decision": vote.slug if vote else None,
                "basis": basis,
                "corrects": corrects.number if corrects else None,
                "languages": hashes,
                "sha256": total,
                "titles": {row.language: row.title for row in edition.languages.all()},
                "authentic": sorted(
                    row.language for row in edition.languages.all() if row.authentic
                ),
                "rules": rules_as_json(edition.rules.all()),
            },
        )
        announce("text.adopted", instrument=instrument.slug, edition=edition.number)
    return edition


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


def check_slug(slug: str) -> None:
    """Raise InvalidInput unless `slug` can stand in an address."""
    try:
        validate_slug(slug)
    except ValidationError:
        pass
    else:
        if len(slug) <= 100:
            return
    raise InvalidInput(
        _("An address name has Latin letters, digits and hyphens, 100 at most."),
        code="bad_slug",
        where=slug[:100],
    )


def check_title(title: str, *, where: str) -> None:
    """Raise InvalidInput where a text has no title, or one that is too long."""
    if not title.strip():
        raise InvalidInput(
            _("The text has no title. Give it one."), code="title_missing", where=where
        )
    if len(title) > 500:
        raise InvalidInput(
            _("The title is longer than 500 characters. Give the text a shorter one."),
            code="title_too_long",
            where=where,
        )


def _draft_state(instrument: Instrument) -> str:
    """The state in which the text may be edited; a published text begins a new draft."""
    action = TextAction.EDIT
    if instrument.state in (TextState.PUBLISHED, TextState.WITHDRAWN):
        action = TextAction.REDRAFT
    return step(TEXT_LIFECYCLE, instrument.state, action, where=instrument.slug)


def _adopted_by(vote: Vote, instrument: Instrument) -> bool:
    return (
        vote.instrument_id == instrument.pk
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


def _replace_draft(instrument: Instrument, tree: TextTree) -> None:
    """Write one language's tree into the working rows; only what changed is saved."""
    existing = {p.key: p for p in instrument.provisions.prefetch_related("texts")}
    after = 0
    seen: set[str] = set()

    def place(nodes: Iterable[Node], parent: str) -> None:
        nonlocal after
        for node in nodes:
            seen.add(node.key)
            row = existing.get(node.key)
            if row is None:
                row = Provision(instrument=instrument, key=node.key, position=0)
            if row.position <= after and not _has_room(existing, after):
                after = _spread(existing, after)
            position = row.position if row.position > after else _position_after(existing, after)
            changed = _move(row, node, parent=parent, position=position)
            existing[node.key] = row
            after = position
            if _reword(row, node, language=tree.lang) or changed:
                reversion.add_to_revision(row)
            place(node.children, node.key)

    place(tree.provisions, "")
    for key, row in existing.items():
        if key in seen or row.removed:
            continue
        gone = [t for t in row.texts.all() if t.language == tree.lang]
        for words in gone:
            words.delete()
        if len(row.texts.all()) == len(gone):
            row.removed = True
            row.save(update_fields=["removed"])
        reversion.add_to_revision(row)


def _reword(row: Provision, node: Node, *, language: str) -> bool:
    """Give a working row its words in one language; whether anything changed."""
    words = next((text for text in row.texts.all() if text.language == language), None)
    heading, text = normal_field(node.heading), normal_field(node.text)
    if words is not None and (words.heading, words.text) == (heading, text):
        return False
    words = words or ProvisionText(provision=row, language=language)
    words.heading, words.text = heading, text
    words.save()
    return True


def _following(existing: Mapping[str, Provision], after: int) -> int | None:
    return min((row.position for row in existing.values() if row.position > after), default=None)


def _has_room(existing: Mapping[str, Provision], after: int) -> bool:
    following = _following(existing, after)
    return following is None or following - after > 1


def _position_after(existing: Mapping[str, Provision], after: int) -> int:
    """A free place, near `after`: what is inserted next mostly follows what was inserted last."""
    following = _following(existing, after)
    if following is None:
        return after + POSITION_STEP
    return after + max((following - after) // 64, 1)


def _spread(existing: Mapping[str, Provision], after: int) -> int:
    """Put the rows apart again, in their order; where the one at `after` stands now."""
    ordered = sorted(existing.values(), key=lambda row: row.position)
    stands = 0
    for place, row in enumerate(ordered, start=1):
        if row.position == after:
            stands = place * POSITION_STEP
        row.position = place * POSITION_STEP
        reversion.add_to_revision(row)
    Provision.objects.bulk_update(ordered, ["position"])
    return stands


def _move(row: Provision, node: Node, *, parent: str, position: int) -> bool:
    """Give a working row its place and number; whether anything changed."""
    now_it_is = (row.parent_key, row.position, row.kind, row.number, row.removed)
    should_be = (parent, position, str(node.kind), node.number, False)
    if row.pk and now_it_is == should_be:
        return False
    row.parent_key, row.position, row.kind, row.number, row.removed = should_be
    row.save()
    return True


def _sign_revision(instrument: Instrument, *, actor: Any, now: datetime, reason: str) -> None:
    if isinstance(actor, User):
        reversion.set_user(actor)
    reversion.set_date_created(now)
    reversion.set_comment(f"{instrument.chain} {reason}".strip())


def _rule_name(name: str) -> RuleName:
    try:
        return RuleName(name)
    except ValueError as unknown:
        raise InvalidInput(
            _("There is no operative rule of this name."), code="rule_unknown", where=name
        ) from unknown
