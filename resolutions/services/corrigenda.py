"""Correcting a wrong adoption: a corrigendum is an edition of its own, never an edit.

What was decided stays; how it was written down is put right. So a corrigendum changes words of
provisions that exist and nothing else: no provision comes, goes or moves, and the operative
rules stay as they are. The wrong edition stays readable and says by which one it was corrected.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from members.policies import OfficeAction, office_policy
from resolutions.models import Edition, Instrument, Signing
from resolutions.models.signatures import SigningState
from resolutions.models.texts import InstrumentState
from resolutions.rules.canonical import normal_field
from resolutions.rules.structure import Provision, TextTree
from resolutions.selectors.texts import edition_trees
from resolutions.services.drafting import draft_text
from resolutions.services.signatures import open_for_signature
from resolutions.services.texts import (
    RuleBinding,
    adopt_text,
    bind_rules,
    publish_edition,
    table_text,
)
from secretariat.kernel.audit import act
from secretariat.kernel.errors import InvalidInput, Missing, WrongState

LONGEST_REASON: Final = 200


@dataclass(frozen=True, slots=True)
class CorrectWords:
    """The words of a provision in one language as they should have been adopted."""

    heading: str
    text: str


Corrections = Mapping[str, Mapping[str, CorrectWords]]
"""Provision key → language → words."""


def issue_corrigendum(
    *, edition: Edition, corrections: Corrections, reason: str, actor: Any, now: datetime
) -> Edition:
    """Adopt the corrected text as the next edition, which says what it corrects and why.

    `edition` is the latest one and public, and no draft is in hand. The corrigendum is public at
    once, in force from today, and open for signature where that one was: its signatories are
    asked to confirm. Raises WrongState, Missing, InvalidInput.
    """
    authority = office_policy.require(actor, OfficeAction.ADOPT_TEXTS, now)
    office_policy.require(actor, OfficeAction.DRAFT_TEXTS, now)
    reason = " ".join(reason.split())
    if not reason or len(reason) > LONGEST_REASON:
        raise InvalidInput(
            _("Say in at most 200 characters what went wrong. It is public."), where="reason"
        )
    doing: dict[str, Any] = {"actor": actor, "now": now}
    with act(authority, now) as record:
        instrument = Instrument.objects.select_for_update().get(pk=edition.instrument_id)
        _require_latest_at_rest(instrument, edition)
        edition = Edition.objects.select_related("instrument").get(pk=edition.pk)
        before = edition_trees(edition=edition)
        after = corrected_trees(trees=before, corrections=corrections)
        if after == before:
            raise InvalidInput(
                _("Nothing was changed. Correct a word, or leave the edition as it is."),
                code="nothing_corrected",
                where="corrections",
            )
        titles = {row.language: row.title for row in edition.languages.all()}
        draft_text(
            slug=instrument.slug,
            kind=instrument.kind,
            trees=list(after.values()),
            titles=titles,
            authentic_languages=[row.language for row in edition.languages.all() if row.authentic],
            reason=f"corrigendum: {reason}",
            **doing,
        )
        rules = list(edition.rules.all())
        bind_rules(
            instrument=instrument,
            bindings=[RuleBinding(each.name, each.value, each.provision_key) for each in rules],
            **doing,
        )
        table_text(instrument=instrument, **doing)
        corrigendum = adopt_text(
            instrument=Instrument.objects.get(pk=instrument.pk),
            vote=None,
            basis=f"정오 / Corrigendum ({edition.number}): {reason}",
            corrects=edition,
            **doing,
        )
        record(
            instrument.chain,
            "text.corrected",
            {
                "edition": edition.number,
                "by": corrigendum.number,
                "provisions": sorted(corrections),
                "reason": reason,
            },
        )
        publish_edition(edition=corrigendum, **doing)
        if Signing.objects.filter(edition=edition, state=SigningState.OPEN).exists():
            open_for_signature(edition=corrigendum, **doing)
    return corrigendum


def _require_latest_at_rest(instrument: Instrument, edition: Edition) -> None:
    """The edition is the newest, and nobody has begun to draft the next one."""
    newest = instrument.editions.order_by("-number").first()
    if newest is None or newest.pk != edition.pk:
        raise WrongState(
            _("Only the latest edition is corrected. Correct that one if it is wrong too."),
            code="later_edition",
            where=instrument.slug,
        )
    if instrument.state == InstrumentState.ADOPTED:
        raise WrongState(
            _("The edition is not public yet. Publish it first; then it can be corrected."),
            code="not_public",
            where=instrument.slug,
        )
    if instrument.state != InstrumentState.PUBLISHED:
        raise WrongState(
            _(
                "A draft of this text is in hand. Adopt it, or give it up, before a corrigendum "
                "is issued; or put the correction into the draft."
            ),
            code="draft_in_hand",
            where=instrument.slug,
        )


def corrected_trees(
    *, trees: Mapping[str, TextTree], corrections: Corrections
) -> dict[str, TextTree]:
    """The trees with the corrected words. Raises Missing for a provision that is not there."""
    for key, words in corrections.items():
        for language in words:
            if language not in trees or key not in trees[language].by_key():
                raise Missing(_("The edition has no such provision in this language."), where=key)
    return {code: _corrected(tree, corrections) for code, tree in trees.items()}


def _corrected(tree: TextTree, corrections: Corrections) -> TextTree:
    return replace(
        tree, provisions=tuple(_provision(each, tree.lang, corrections) for each in tree.provisions)
    )


def _provision(provision: Provision, language: str, corrections: Corrections) -> Provision:
    words = corrections.get(provision.key, {}).get(language)
    children = tuple(_provision(each, language, corrections) for each in provision.children)
    if words is None:
        return replace(provision, children=children)
    return replace(
        provision,
        heading=normal_field(words.heading),
        text=normal_field(words.text),
        children=children,
    )
