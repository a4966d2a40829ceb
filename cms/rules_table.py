"""Operative rules as lines of a table, each citing its article."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.urls import reverse

from resolutions.rules.in_force import InForce
from resolutions.rules.operative import RuleSet


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule in the reader's language; `url` leads to its article, where that is public."""

    label: str
    sentence: str
    citation: str
    provision_key: str
    url: str = ""


def rule_rows(
    *,
    rules: RuleSet,
    language: str,
    linked: bool = False,
    public: Set[tuple[str, int]] | None = None,
) -> list[RuleRow]:
    """The lines, in the order in which tables show rules.

    `linked` leads to the articles; `public` holds the `(slug, edition)` that may be linked
    to, None for all of them.
    """
    rows = []
    for rule in rules.values():
        may_link = linked and (public is None or (rule.instrument, rule.edition) in public)
        address = [rule.instrument, rule.edition, rule.provision_key]
        rows.append(
            RuleRow(
                label=rule.name.label.in_language(language),
                sentence=rule.describe().in_language(language),
                citation=rule.citation.in_language(language),
                provision_key=rule.provision_key,
                url=reverse("cms:article", args=address) if may_link else "",
            )
        )
    return rows


@dataclass(frozen=True, slots=True)
class RuleValue:
    """A value that a rule had for a time; `sentence` is "" while no article fixed it."""

    period: InForce
    sentence: str
    citation: str
    url: str

    @property
    def until(self) -> date | None:
        """The last day on which the rule had this value; None where it still has it."""
        ends_on = self.period.ends_on
        return ends_on - timedelta(days=1) if ends_on else None


@dataclass(frozen=True, slots=True)
class RuleHistory:
    """A rule with the values it had, the latest first."""

    label: str
    values: tuple[RuleValue, ...]


def rule_histories(
    *, periods: Sequence[tuple[InForce, RuleSet]], language: str
) -> list[RuleHistory]:
    """How the value of each rule came to be, from the periods in which editions were in force.

    `periods` come in the order of time. Periods in which a value stayed are joined; the article
    is the one of the first of them.
    """
    histories = []
    names = list(dict.fromkeys(name for _period, rules in periods for name in rules))
    for name in names:
        values: list[RuleValue] = []
        for period, rules in periods:
            rule = rules.get(name)
            sentence = rule.describe().in_language(language) if rule else ""
            if (values and values[-1].sentence == sentence) or not (values or sentence):
                if values:
                    joined = InForce(period.number, values[-1].period.starts_on, period.ends_on)
                    values[-1] = replace(values[-1], period=joined)
                continue
            address = [rule.instrument, rule.edition, rule.provision_key] if rule else []
            values.append(
                RuleValue(
                    period=period,
                    sentence=sentence,
                    citation=rule.citation.in_language(language) if rule else "",
                    url=reverse("cms:article", args=address) if rule else "",
                )
            )
        histories.append(RuleHistory(name.label.in_language(language), tuple(reversed(values))))
    return histories
