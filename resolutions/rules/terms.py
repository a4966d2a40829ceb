"""Terms of office: from the day they start, for a number of years.

A term of two years from 12 December 2018 ends on 12 December 2020, that day not included.
Where the last year has no such day (29 February), the term runs through the last day of
that month, so it ends, not included, on the first of the next.

Source: the article of the bylaws on the chair city's term (chair_term_years); counting of
years as in 민법 제160조 (the Korean Civil Act, article 160).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from members.rules.periods import Period
from resolutions.rules.refusal import RuleRefused
from secretariat.kernel.bilingual import Bilingual


def term_of_office(starts_on: date, *, years: int) -> Period[date]:
    """The term that starts on `starts_on`. Raises RuleRefused for fewer than one year."""
    if years < 1:
        raise RuleRefused(
            "term_too_short",
            Bilingual(ko="임기는 1년 이상이어야 합니다.", en="A term lasts one year or more."),
            where="years",
        )
    return Period(starts_on, _same_day_years_later(starts_on, years))


def check_free(term: Period[date], *, taken: Iterable[Period[date]]) -> None:
    """Raise RuleRefused where `term` overlaps a term of the same office."""
    for other in taken:
        if term.overlaps(other):
            raise RuleRefused(
                "terms_overlap",
                Bilingual(
                    ko=f"{other.starts.isoformat()}에 시작한 임기와 겹칩니다. "
                    "앞선 임기가 끝나는 날부터 시작하도록 정하여 주십시오.",
                    en=f"This overlaps the term that starts on {other.starts.isoformat()}. "
                    "Let it start on the day the earlier one ends.",
                ),
                where=other.starts.isoformat(),
            )


def _same_day_years_later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
