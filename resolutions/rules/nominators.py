"""Which city may nominate which: another one always, itself unless the bylaws rule it out.

Source: the bylaws on candidates, by the operative rule `self_nomination`. Bylaws that say nothing
about it leave a city free to nominate itself.
"""

from __future__ import annotations

from resolutions.rules.operative import RuleName, RuleSet, SelfNomination
from resolutions.rules.refusal import RuleRefused
from secretariat.kernel.bilingual import Bilingual


def self_nomination_barred(rules: RuleSet) -> Bilingual | None:
    """Why no city nominates itself, with the article; None where it may."""
    rule = rules.get(RuleName.SELF_NOMINATION)
    if rule is None or rule.value is not SelfNomination.NOT_ALLOWED:
        return None
    korean, english = (rule.citation.in_language(language) for language in ("ko", "en"))
    return Bilingual(
        ko=f"도시는 스스로를 추천할 수 없습니다({korean}). 다른 도시가 추천하여야 합니다.",
        en=f"A city cannot nominate itself ({english}). Another city has to nominate it.",
    )


def check_nominator(rules: RuleSet, *, city: str, by: str) -> None:
    """Raise RuleRefused where `by` may not nominate `city` (slugs)."""
    barred = self_nomination_barred(rules)
    if barred is not None and city == by:
        raise RuleRefused("nominates_itself", barred, where=city)
