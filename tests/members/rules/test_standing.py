"""Whether a city may vote on a day."""

from __future__ import annotations

from datetime import date

import pytest

from members.rules.standing import MembershipKind, MembershipRow, kind_on, standing_on

FOUNDED = date(2018, 12, 12)
ROWS = [
    MembershipRow(MembershipKind.APPLICANT, date(2018, 11, 1), FOUNDED),
    MembershipRow(MembershipKind.MEMBER, FOUNDED, date(2020, 1, 1)),
    MembershipRow(MembershipKind.SUSPENDED, date(2020, 1, 1), date(2020, 6, 1)),
    MembershipRow(MembershipKind.MEMBER, date(2020, 6, 1), date(2022, 1, 1)),
    MembershipRow(MembershipKind.WITHDRAWN, date(2022, 1, 1)),
]


@pytest.mark.parametrize(
    ("on", "founding", "may_vote", "code"),
    [
        (date(2018, 10, 31), False, False, "no_membership"),
        (date(2018, 12, 11), False, False, "not_yet_member"),
        (date(2018, 12, 11), True, True, "founding_participant"),
        (FOUNDED, False, True, "member"),
        (FOUNDED, True, True, "member"),
        (date(2019, 12, 31), False, True, "member"),
        (date(2020, 1, 1), False, False, "suspended"),
        (date(2020, 1, 1), True, False, "suspended"),
        (date(2020, 6, 1), False, True, "member"),
        (date(2022, 1, 1), False, False, "withdrawn"),
    ],
)
def test_standing_through_the_years(on, founding, may_vote, code):
    finding = standing_on(ROWS, on, founding=founding)
    assert (finding.may_vote, finding.code) == (may_vote, code)
    assert set(finding.reason) == {"ko", "en"}


@pytest.mark.parametrize("founding", [True, False])
@pytest.mark.parametrize("kind", [MembershipKind.OBSERVER, MembershipKind.PARTNER])
def test_observers_and_partners_never_vote(kind, founding):
    finding = standing_on([MembershipRow(kind, FOUNDED)], FOUNDED, founding=founding)
    assert (finding.may_vote, finding.code) == (False, str(kind))


def test_where_rows_overlap_the_one_that_takes_the_vote_away_counts():
    rows = [
        MembershipRow(MembershipKind.MEMBER, FOUNDED),
        MembershipRow(MembershipKind.SUSPENDED, FOUNDED),
    ]
    assert kind_on(rows, FOUNDED) is MembershipKind.SUSPENDED


@pytest.mark.parametrize("kind", MembershipKind)
def test_every_kind_has_a_reason_in_both_languages(kind):
    assert set(standing_on([MembershipRow(kind, FOUNDED)], FOUNDED).reason) == {"ko", "en"}
