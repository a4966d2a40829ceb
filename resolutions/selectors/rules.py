"""The operative rules in force: which edition fixes them for an assembly on a day."""

from __future__ import annotations

from datetime import date

from resolutions.models import Assembly, Edition
from resolutions.models.texts import InstrumentKind
from resolutions.rules.numbering import cite
from resolutions.rules.operative import BoundRule, RuleName, RuleSet, value_from_json
from resolutions.selectors.trees import edition_tree
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
    trees = {
        row.language: edition_tree(edition=edition, language=row.language)
        for row in edition.languages.all()
    }
    is_bylaws = edition.instrument.kind == InstrumentKind.BYLAWS
    rules = []
    for row in edition.rules.all():
        citation = {}
        for language, tree in trees.items():
            article = cite(tree.path(row.provision_key), language)
            citation[language] = article if is_bylaws else f"{tree.title} {article}"
        name = RuleName(row.name)
        rules.append(
            BoundRule(
                name=name,
                value=value_from_json(name, row.value),
                instrument=edition.instrument.slug,
                edition=edition.number,
                provision_key=row.provision_key,
                citation=Bilingual(citation),
            )
        )
    return RuleSet(rules)
