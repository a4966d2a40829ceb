"""Amendments and the text that they amend, read for desks, pages and services."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from resolutions.models import (
    Amendment,
    Edition,
    EditionProvision,
    Instrument,
    VotingOrder,
)
from resolutions.models.amendments import AmendmentState
from resolutions.models.assemblies import Assembly
from resolutions.models.texts import InstrumentState, OperativeRuleFields
from resolutions.rules.amending import apply_all
from resolutions.rules.canonical import edition_hash, language_hash
from resolutions.rules.footprints import Footprint
from resolutions.rules.operations import Operation, operations_from_json
from resolutions.rules.structure import TextTree
from resolutions.rules.text_body import TextBody
from resolutions.selectors.texts import edition_trees
from resolutions.selectors.trees import draft_trees


@dataclass(frozen=True, slots=True)
class AmendmentBase:
    """What an amendment to a text amends now: an edition, or the draft on the table.

    `sha256` is the hash of the text over all its languages.
    """

    edition: Edition | None
    trees: dict[str, TextTree]
    sha256: str


def base_of(*, instrument: Instrument) -> AmendmentBase:
    """The text that is amended: the draft on the table, else the latest edition.

    A draft on the table into which adopted amendments were applied is no base of its own: they
    amend the edition.
    """
    edition = instrument.editions.prefetch_related("languages").order_by("-number").first()
    if edition is not None and (
        instrument.state != InstrumentState.TABLED
        or edition.amendments.filter(state=AmendmentState.ADOPTED).exists()
    ):
        return AmendmentBase(edition, edition_trees(edition=edition), edition.sha256)
    trees = draft_trees(instrument=instrument)
    return AmendmentBase(None, trees, trees_hash(trees))


def trees_hash(trees: dict[str, TextTree]) -> str:
    """The hash over all languages; "" where there is no text."""
    if not trees:
        return ""
    return edition_hash({language: language_hash(tree) for language, tree in trees.items()})


def operations_of(*, amendment: Amendment) -> tuple[Operation, ...]:
    """The operations of an amendment, read. Raises RuleRefused."""
    return operations_from_json(amendment.operations)


def amendments_of(*, instrument: Instrument, states: Iterable[str] = ()) -> QuerySet[Amendment]:
    """The amendments to a text, by number, drafts last; of some states, or of all."""
    found = (
        instrument.amendments.select_related("instrument", "edition", "assembly", "proposer")
        .prefetch_related("wordings", "sponsors__city", "reviewed_rules")
        .order_by("number", "pk")
    )
    states = list(states)
    return found.filter(state__in=states) if states else found


def public_amendments(*, instrument: Instrument) -> QuerySet[Amendment]:
    """What the public sees: every amendment to a public edition that the office has examined."""
    return (
        amendments_of(instrument=instrument)
        .filter(number__isnull=False, edition__publication__isnull=False)
        .exclude(state=AmendmentState.FILED)
        .exclude(state=AmendmentState.WITHDRAWN, examined_at=None)
    )


def preview(*, instrument: Instrument, numbers: Iterable[int]) -> dict[str, TextTree]:
    """The text as it would read with these amendments. Raises RuleRefused."""
    wanted = instrument.amendments.filter(number__in=list(numbers))
    return apply_all(
        base_of(instrument=instrument).trees,
        {row.number: operations_of(amendment=row) for row in wanted if row.number},
        used=keys_adopted(instrument=instrument),
    )


def keys_adopted(*, instrument: Instrument) -> frozenset[str]:
    """The keys of every provision in any edition: a new provision gets none of them."""
    adopted = EditionProvision.objects.filter(edition__instrument=instrument)
    return frozenset(adopted.values_list("key", flat=True))


def rules_touched(*, amendment: Amendment) -> list[OperativeRuleFields]:
    """The operative rules of the text in articles that the amendment changes, by name."""
    edition, instrument = amendment.edition, amendment.instrument
    rules: list[OperativeRuleFields] = list(
        edition.rules.order_by("name") if edition else instrument.draft_rules.order_by("name")
    )
    if not rules:
        return []
    trees = edition_trees(edition=edition) if edition else draft_trees(instrument=instrument)
    body = TextBody.of(trees)
    carriers = Footprint.of(body, operations_of(amendment=amendment)).carriers(body)
    return [rule for rule in rules if rule.provision_key in carriers]


def rules_unreviewed(*, amendment: Amendment) -> list[OperativeRuleFields]:
    """Those of them whose values nobody has looked at yet."""
    reviewed = set(amendment.reviewed_rules.values_list("name", flat=True))
    return [rule for rule in rules_touched(amendment=amendment) if rule.name not in reviewed]


def voting_order_of(*, instrument: Instrument, assembly: Assembly) -> VotingOrder | None:
    """The order that holds: the one set last, or None."""
    orders = VotingOrder.objects.filter(instrument=instrument, assembly=assembly)
    return orders.order_by("-set_at", "-pk").first()
