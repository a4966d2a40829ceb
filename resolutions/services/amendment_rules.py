"""The operative rules of articles that an amendment changes, reviewed before it is voted on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from members.policies import OfficeAction, office_policy
from resolutions.models import Amendment, AmendmentRule
from resolutions.rules.amending import apply
from resolutions.rules.amendment_lifecycle import AmendmentAction, Standing
from resolutions.rules.operative import MAJORITIES, RuleName, value_from_json
from resolutions.selectors.amendments import rules_touched
from resolutions.services.amendment_record import (
    amended_base,
    announce_change,
    is_being_voted_on,
    locked,
    read_operations,
    stepped,
)
from resolutions.services.refusals import rules_speak
from resolutions.services.texts import RuleBinding, rules_as_json
from secretariat.kernel.audit import act
from secretariat.kernel.errors import InvalidInput, Missing

NEVER_ENDED = (RuleName.QUORUM, *MAJORITIES)
"""Rules without which nothing could be decided any more."""


def review_rules(
    *, amendment: Amendment, bindings: Iterable[RuleBinding], actor: Any, now: datetime
) -> Amendment:
    """Set what the operative rules of the changed articles are if the amendment is adopted.

    Every such rule is named, its value kept or changed; `provision_key` is a provision of the
    text as amended, or "" for a rule that ends with its article. Replaces an earlier review.
    """
    bindings = list(bindings)
    authority = office_policy.require(actor, OfficeAction.DRAFT_TEXTS, now)
    with act(authority, now) as record:
        amendment = locked(amendment)
        facts = Standing(vote_open=is_being_voted_on(amendment))
        stepped(amendment, AmendmentAction.REVIEW_RULES, facts)
        _check_bindings(amendment, bindings)
        amendment.reviewed_rules.all().delete()
        AmendmentRule.objects.bulk_create(
            AmendmentRule(
                amendment=amendment,
                name=binding.name,
                value=binding.value,
                provision_key=binding.provision_key,
                reviewed_at=now,
            )
            for binding in bindings
        )
        record(amendment.chain, "amendment.rules_reviewed", {"rules": rules_as_json(bindings)})
        announce_change(amendment)
    return amendment


def _check_bindings(amendment: Amendment, bindings: Sequence[RuleBinding]) -> None:
    for name, times in Counter(binding.name for binding in bindings).items():
        if times > 1:
            raise InvalidInput(
                _("One rule is bound to two provisions. Leave one of them."),
                code="rule_bound_twice",
                where=name,
            )
    base = amended_base(amendment.instrument)
    with rules_speak():
        amended = apply(base.trees, read_operations(amendment))
    keys = {provision.key for tree in amended.values() for provision in tree.walk()}
    for binding in bindings:
        name = _rule_name(binding.name)
        with rules_speak():
            value_from_json(name, binding.value)
        if binding.provision_key == "" and name in NEVER_ENDED:
            raise InvalidInput(
                _("Without this rule nothing could be decided. Bind it to another provision."),
                code="rule_needed",
                where=binding.name,
            )
        if binding.provision_key and binding.provision_key not in keys:
            raise Missing(
                _("The text as amended has no such provision to bind a rule to."),
                where=binding.provision_key,
            )
    named = {binding.name for binding in bindings}
    for rule in rules_touched(amendment=amendment):
        if rule.name not in named:
            raise InvalidInput(
                _("The amendment changes the article of a rule that is missing here. Name it too."),
                code="rule_not_reviewed",
                where=f"{rule.name} ({rule.provision_key})",
            )


def _rule_name(name: str) -> RuleName:
    try:
        return RuleName(name)
    except ValueError as unknown:
        raise InvalidInput(
            _("There is no operative rule of this name."), code="rule_unknown", where=name
        ) from unknown
