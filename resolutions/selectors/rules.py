"""The operative rules in force: which edition fixes them for an assembly on a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date

from django.db.models import prefetch_related_objects

from resolutions.models import Assembly, Edition, EditionProvision, EditionRule
from resolutions.models.texts import InstrumentKind
from resolutions.rules.numbering import cite
from resolutions.rules.operative import BoundRule, RuleName, RuleSet, value_from_json
from resolutions.rules.structure import Kind, Provision
from secretariat.kernel.bilingual import Bilingual


def bylaws_in_force(*, on: date) -> Edition | None:
    """The edition of the bylaws in force on a day: of those that have begun, adopted last."""
    return (
        Edition.objects.filter(instrument__kind=InstrumentKind.BYLAWS, in_force_from__lte=on)
        .select_related("instrument")
        .order_by("-adopted_on", "-number", "-adopted_at")
        .first()
    )


def rules_source(*, assembly: Assembly, on: date) -> Edition | None:
    """Where an assembly's rules stand: the bylaws in force, else the founding rules it agreed."""
    return bylaws_in_force(on=on) or assembly.founding_rules


def rules_of_assembly(*, assembly: Assembly, on: date) -> RuleSet:
    """The operative rules for an assembly on a day; empty before a founding assembly agreed."""
    source = rules_source(assembly=assembly, on=on)
    return rules_of_edition(edition=source) if source else RuleSet(())


def rules_of_edition(*, edition: Edition) -> RuleSet:
    """The rules adopted with an edition, each with the citation of its article."""
    return rules_of_editions(editions=[edition])[edition.pk]


def rules_of_editions(*, editions: Collection[Edition]) -> dict[int, RuleSet]:
    """The rules of several editions, by primary key, each with its citation.

    Two queries, and one for the languages where they are not prefetched.
    """
    prefetch_related_objects(list(editions), "languages")
    keys = [edition.pk for edition in editions]
    rows: dict[int, list[EditionRule]] = defaultdict(list)
    for row in EditionRule.objects.filter(edition__in=keys):
        rows[row.edition_id].append(row)
    shapes: dict[int, dict[str, tuple[str, Provision]]] = defaultdict(dict)
    provisions = EditionProvision.objects.filter(edition__in=list(rows))
    for pk, key, parent, kind, number in provisions.values_list(
        "edition", "key", "parent_key", "kind", "number"
    ):
        shapes[pk][key] = (parent, Provision(key, Kind(kind), number))
    return {
        edition.pk: RuleSet(
            BoundRule(
                name=RuleName(row.name),
                value=value_from_json(RuleName(row.name), row.value),
                instrument=edition.instrument.slug,
                edition=edition.number,
                provision_key=row.provision_key,
                citation=_citation(edition, _path(shapes[edition.pk], row.provision_key)),
            )
            for row in rows[edition.pk]
        )
        for edition in editions
    }


def _path(shape: Mapping[str, tuple[str, Provision]], key: str) -> tuple[Provision, ...]:
    steps: list[Provision] = []
    while key in shape:
        key, provision = shape[key]
        steps.append(provision)
    return tuple(reversed(steps))


def _citation(edition: Edition, path: tuple[Provision, ...]) -> Bilingual:
    """By the article alone in bylaws; other texts are named too."""
    is_bylaws = edition.instrument.kind == InstrumentKind.BYLAWS
    return Bilingual(
        {
            row.language: article if is_bylaws else f"{row.title} {article}"
            for row in edition.languages.all()
            for article in [cite(path, row.language)]
        }
    )
