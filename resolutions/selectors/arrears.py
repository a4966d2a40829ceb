"""The rule in force on unpaid contributions, as the rule on standing takes it."""

from __future__ import annotations

from members.rules.standing import ArrearsRule
from resolutions.rules.operative import RuleName, RuleSet


def arrears_rule(rules: RuleSet) -> ArrearsRule | None:
    """How many unpaid contributions take the vote away; None where no article fixes it."""
    if RuleName.ARREARS_LIMIT not in rules:
        return None
    return ArrearsRule(rules.number(RuleName.ARREARS_LIMIT), rules.citation(RuleName.ARREARS_LIMIT))
