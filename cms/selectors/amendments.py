"""Amendments with everything that a page shows of them, and the texts that they were written on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from resolutions.models import Amendment, AmendmentSponsor, Vote
from resolutions.rules.amending import apply
from resolutions.rules.operations import Operation, operations_from_json
from resolutions.rules.refusal import RuleRefused
from resolutions.rules.structure import TextTree
from resolutions.selectors.amendments import AmendmentBase, base_of
from resolutions.selectors.texts import trees_of_editions
from secretariat.kernel.bilingual import Bilingual

Trees = Mapping[str, TextTree]


@dataclass(frozen=True)
class ReadAmendment:
    """An amendment with the text it was written on and what it makes of it.

    `base` and `changed` are None where that text is there no more (a draft that was changed
    since); `refusal` says why it cannot be applied.
    """

    amendment: Amendment
    operations: tuple[Operation, ...]
    base: Trees | None
    changed: Trees | None
    refusal: Bilingual | None = None

    @property
    def number(self) -> int:
        """The number it was filed under; 0 of a draft."""
        return self.amendment.number or 0

    @property
    def sponsors(self) -> list[AmendmentSponsor]:
        """The cities that stand behind it now, beside the proposer."""
        return [each for each in self.amendment.sponsors.all() if each.left_at is None]


def for_pages(rows: QuerySet[Amendment]) -> QuerySet[Amendment]:
    """The rows with names, words, sponsors, votes and the edition: the same few queries.

    What the rows were to be fetched with before is forgotten.
    """
    votes = Vote.objects.select_related("result").prefetch_related("wordings")
    sponsors = AmendmentSponsor.objects.select_related("city").order_by("joined_at", "pk")
    rows = rows.prefetch_related(None).select_related(
        "instrument",
        "proposer",
        "assembly",
        "edition__publication",
        "applied_in__edition__publication",
    )
    return rows.prefetch_related(
        "wordings",
        "instrument__wordings",
        "assembly__wordings",
        "edition__languages",
        "proposer__name_rows",
        Prefetch("sponsors", queryset=sponsors.prefetch_related("city__name_rows")),
        Prefetch("votes", queryset=votes.order_by("prepared_at", "pk")),
    )


def read_amendments(
    amendments: Iterable[Amendment], *, bases: Sequence[AmendmentBase] = ()
) -> list[ReadAmendment]:
    """Each with its base; `bases` are those that the page has read already. Two queries more."""
    found = list(amendments)
    known: dict[int, Trees] = {base.edition.pk: base.trees for base in bases if base.edition}
    drafts = {base.sha256: base.trees for base in bases if base.edition is None}
    missing = {each.edition for each in found if each.edition and each.edition_id not in known}
    known |= trees_of_editions(editions=list(missing)) if missing else {}
    return [
        _read(each, known.get(each.edition_id) if each.edition_id else drafts.get(each.base_sha256))
        for each in found
    ]


def amendment_voted_on(*, vote: Vote) -> ReadAmendment | None:
    """The amendment that a vote is on, or None."""
    if vote.amendment_id is None:
        return None
    row = for_pages(Amendment.objects.filter(pk=vote.amendment_id)).get()
    bases = [base_of(instrument=row.instrument)] if row.edition_id is None else []
    return read_amendments([row], bases=bases)[0]


def _read(amendment: Amendment, base: Trees | None) -> ReadAmendment:
    try:
        operations = operations_from_json(amendment.operations)
    except RuleRefused as refusal:
        return ReadAmendment(amendment, (), base, None, refusal.message)
    if base is None:
        return ReadAmendment(amendment, operations, None, None)
    try:
        changed = apply(base, operations)
    except RuleRefused as refusal:
        return ReadAmendment(amendment, operations, base, None, refusal.message)
    return ReadAmendment(amendment, operations, base, changed)
