"""Steps of an amendment on the stage, each as the right person would take it."""

from __future__ import annotations

from datetime import date
from typing import Any

from resolutions.models import Amendment, Edition, Vote
from resolutions.selectors.amendments import rules_touched
from resolutions.selectors.texts import edition_trees
from resolutions.services.amendments import (
    draft_amendment,
    examine_amendment,
    file_amendment,
    prepare_amendment_vote,
    review_rules,
)
from resolutions.services.texts import RuleBinding, publish_edition
from resolutions.services.votes import close_vote, open_vote
from tests.resolutions.rules.amended_texts import Trees, reworded
from tests.resolutions.stage import Stage, at


def texts(edition: Edition) -> Trees:
    return edition_trees(edition=edition)


def statute(stage: Stage, **options: Any) -> Edition:
    """A published resolution without operative rules: seven articles, the second with two ¶."""
    edition = stage.adopted("statute", on=date(2018, 11, 1), words="one two three four", **options)
    publish_edition(edition=edition, actor=stage.secretary, now=at(-90))
    return Edition.objects.select_related("instrument").get(pk=edition.pk)


def drafted(
    stage: Stage, edition: Edition, trees: Trees, city: str = "beta", **options: Any
) -> Amendment:
    given: dict[str, Any] = {"notes": {"ko": "제안 이유", "en": "Because."}}
    return draft_amendment(
        instrument=edition.instrument,
        city=stage.cities[city],
        trees=trees,
        actor=stage.delegates[city],
        now=at(-60),
        **given | options,
    )


def filed(stage: Stage, edition: Edition, trees: Trees, city: str = "beta") -> Amendment:
    amendment = drafted(stage, edition, trees, city)
    return file_amendment(amendment=amendment, actor=stage.delegates[city], now=at(-50))


def admitted(stage: Stage, edition: Edition, trees: Trees, city: str = "beta") -> Amendment:
    amendment = filed(stage, edition, trees, city)
    return examine_amendment(amendment=amendment, admitted=True, actor=stage.secretary, now=at(-40))


def prepared(stage: Stage, amendment: Amendment) -> Vote:
    return prepare_amendment_vote(
        amendment=amendment, assembly=stage.assembly, actor=stage.officer, now=at(0)
    )


def decided(stage: Stage, amendment: Amendment, choice: str = "for", minute: int = 1) -> Vote:
    """Voted on by four seats, all of one mind."""
    vote = open_vote(vote=prepared(stage, amendment), actor=stage.officer, now=at(minute))
    stage.cast(vote, minute, **dict.fromkeys(("alpha", "beta", "gamma", "delta"), choice))
    close_vote(vote=vote, actor=stage.officer, now=at(minute))
    amendment.refresh_from_db()
    return Vote.objects.get(pk=vote.pk)


def say(edition: Edition, old: str, new: str, key: str = "art1", *languages: str) -> Trees:
    return reworded(texts(edition), key, old, new, *languages)


def reviewed(stage: Stage, amendment: Amendment, **changes: Any) -> Amendment:
    """Every touched rule kept, but for `changes`: name → (value, key)."""
    touched = rules_touched(amendment=amendment)
    rules = {rule.name: (rule.value, rule.provision_key) for rule in touched}
    return review_rules(
        amendment=amendment,
        bindings=[RuleBinding(name, *rule) for name, rule in (rules | changes).items()],
        actor=stage.secretary,
        now=at(-30),
    )


def bylaws(stage: Stage) -> Edition:
    publish_edition(edition=stage.bylaws, actor=stage.secretary, now=at(-90))
    return Edition.objects.select_related("instrument").get(pk=stage.bylaws.pk)
