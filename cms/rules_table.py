"""Operative rules as lines of a table, each citing its article."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from django.urls import reverse

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
