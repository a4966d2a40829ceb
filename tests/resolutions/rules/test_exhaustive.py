"""Exhaustive rounds: worked examples, and whole elections against an independent count."""

from __future__ import annotations

import hashlib
import itertools
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolutions.rules.exhaustive import (
    Candidate,
    RoundFinding,
    acclaim,
    judge_round,
    play,
    resolve_by_lot,
)
from resolutions.rules.refusal import RuleRefused
from secretariat.kernel.bilingual import Bilingual

SEED = "5eed" * 16
SEOUL = Candidate("seoul", Bilingual(ko="서울", en="Seoul"))
VIENNA = Candidate("vienna", Bilingual(ko="빈", en="Vienna"))
HAMBURG = Candidate("hamburg", Bilingual(ko="함부르크", en="Hamburg"))
MILAN = Candidate("milan", Bilingual(ko="밀라노", en="Milan"))
THREE = (SEOUL, VIENNA, HAMBURG)
ARTICLE_12 = Bilingual(ko="제12조제3항", en="Art. 12(3)")


def keys(candidates) -> list[str]:
    return [candidate.key for candidate in candidates]


def play_rounds(candidates, *rounds: dict[str, int]) -> list[RoundFinding]:
    """Judge rounds of given votes, drawing lots where asked for."""
    history: list[RoundFinding] = []
    for votes in rounds:
        finding = judge_round(candidates=candidates, votes=votes, history=history)
        if finding.awaits_lot:
            finding = resolve_by_lot(finding, seed=SEED)
        history.append(finding)
        candidates = finding.next_candidates
    return history


def test_the_founding_round_table():
    first, second, third = play_rounds(
        THREE,
        {"seoul": 8, "vienna": 6, "hamburg": 6},
        {"seoul": 8, "vienna": 7, "hamburg": 5},
        {"seoul": 12, "vienna": 8},
    )
    assert (first.outcome, first.tied, keys(first.next_candidates)) == (
        "repeat",
        ("hamburg", "vienna"),
        ["hamburg", "seoul", "vienna"],
    )
    assert (second.outcome, second.repeat, second.eliminated, keys(second.next_candidates)) == (
        "eliminated",
        True,
        "hamburg",
        ["seoul", "vienna"],
    )
    assert (third.outcome, third.elected, third.needed, third.next_candidates) == (
        "elected",
        "seoul",
        11,
        (),
    )
    assert [first.number, second.number, third.number] == [1, 2, 3]


def test_sentences_of_a_shared_last_place():
    finding = judge_round(
        candidates=THREE, votes={"seoul": 8, "vienna": 6, "hamburg": 6}, citation=ARTICLE_12
    )
    assert finding.sentence == Bilingual(
        ko="1차 투표: 서울 8표, 함부르크 6표, 빈 6표, 기권 0표입니다. "
        "후보 득표 20표의 과반수는 11표입니다(제12조제3항). "
        "과반수를 얻은 후보가 없으며, 함부르크와 빈이 6표로 함께 최하위이므로 "
        "같은 후보로 한 번 다시 투표합니다.",
        en="Round 1: Seoul 8, Hamburg 6, Vienna 6; 0 abstaining. "
        "More than half of the 20 votes for candidates is 11 (Art. 12(3)). "
        "Nobody is elected; Hamburg and Vienna share the last place with 6 votes each: "
        "the round is repeated once with the same candidates.",
    )


def test_sentences_of_election_and_elimination():
    eliminated = judge_round(candidates=THREE, votes={"seoul": 9, "vienna": 8, "hamburg": 3})
    elected = judge_round(candidates=THREE, votes={"seoul": 11, "vienna": 9}, abstentions=2)
    assert eliminated.sentence["ko"].endswith("표가 가장 적은 함부르크가 탈락하였습니다.")
    assert eliminated.sentence["en"].endswith("Hamburg has the fewest votes and is eliminated.")
    assert elected.sentence == Bilingual(
        ko="1차 투표: 서울 11표, 빈 9표, 함부르크 0표, 기권 2표입니다. "
        "후보 득표 20표의 과반수는 11표입니다. 서울이 선출되었습니다.",
        en="Round 1: Seoul 11, Vienna 9, Hamburg 0; 2 abstaining. "
        "More than half of the 20 votes for candidates is 11. Seoul is elected.",
    )


def test_half_of_the_votes_does_not_elect():
    finding = judge_round(candidates=THREE, votes={"seoul": 10, "vienna": 6, "hamburg": 4})
    assert (finding.outcome, finding.needed, finding.eliminated) == ("eliminated", 11, "hamburg")


def test_a_candidate_without_a_vote_is_last():
    finding = judge_round(candidates=THREE, votes={"seoul": 5, "vienna": 5})
    assert (finding.outcome, finding.eliminated) == ("eliminated", "hamburg")


def test_abstentions_are_no_votes_for_a_candidate():
    finding = judge_round(candidates=THREE, votes={"seoul": 3, "vienna": 2}, abstentions=15)
    assert (finding.outcome, finding.elected, finding.valid_votes) == ("elected", "seoul", 5)


def test_a_last_place_shared_twice_is_decided_by_lot():
    tied = {"seoul": 8, "vienna": 6, "hamburg": 6}
    first = judge_round(candidates=THREE, votes=tied)
    second = judge_round(candidates=THREE, votes=tied, history=[first])
    assert (second.outcome, second.tied, second.awaits_lot, second.eliminated) == (
        "lot_eliminate",
        ("hamburg", "vienna"),
        True,
        None,
    )
    drawn = resolve_by_lot(second, seed=SEED)
    smallest = min(
        ("hamburg", "vienna"), key=lambda key: hashlib.sha256(f"{SEED}|2|{key}".encode()).digest()
    )
    assert (drawn.eliminated, drawn.awaits_lot, len(drawn.next_candidates)) == (smallest, False, 2)
    assert smallest not in keys(drawn.next_candidates)
    assert drawn.sentence["en"].startswith(second.sentence["en"])


def test_the_lot_is_drawn_among_those_who_share_the_last_place_in_the_repetition():
    history = play_rounds(
        (*THREE, MILAN),
        {"seoul": 8, "vienna": 6, "hamburg": 3, "milan": 3},
        {"seoul": 8, "vienna": 4, "hamburg": 4, "milan": 4},
    )
    assert history[1].tied == ("hamburg", "milan", "vienna")
    assert history[1].eliminated in history[1].tied


def test_a_tie_after_an_elimination_is_a_first_tie():
    history = play_rounds(
        (*THREE, MILAN),
        {"seoul": 8, "vienna": 6, "hamburg": 3, "milan": 3},
        {"seoul": 8, "vienna": 6, "hamburg": 4, "milan": 2},
        {"seoul": 8, "vienna": 6, "hamburg": 6},
    )
    assert [finding.outcome for finding in history] == ["repeat", "eliminated", "repeat"]


def test_two_equal_candidates_vote_again_and_then_the_lot_elects():
    equal = {"seoul": 10, "vienna": 10}
    first, second = play_rounds((SEOUL, VIENNA), equal, equal)
    assert (first.outcome, second.outcome) == ("repeat", "lot_elect")
    assert second.elected in {"seoul", "vienna"}
    assert second.next_candidates == ()
    assert "10 votes each" in first.sentence["en"]


def test_no_votes_at_all_end_the_election_without_a_result():
    first, second = play_rounds(THREE, {}, {})
    assert (first.outcome, second.outcome) == ("repeat", "failed")
    assert second.next_candidates == ()
    assert second.elected is None


def test_a_single_candidate_is_acclaimed():
    finding = judge_round(candidates=(SEOUL,), votes={}, citation=ARTICLE_12)
    assert finding == acclaim(SEOUL, citation=ARTICLE_12)
    assert (finding.outcome, finding.elected, finding.acclaimed) == ("elected", "seoul", True)
    assert finding.sentence == Bilingual(
        ko="후보가 서울 하나이므로 투표 없이 선출되었습니다(제12조제3항).",
        en="Seoul is the only candidate and is elected by acclamation (Art. 12(3)).",
    )


def test_after_a_withdrawal_the_next_round_is_no_repetition():
    first = judge_round(
        candidates=(*THREE, MILAN), votes={"seoul": 8, "vienna": 4, "hamburg": 4, "milan": 4}
    )
    second = judge_round(
        candidates=THREE, votes={"seoul": 8, "vienna": 6, "hamburg": 6}, history=[first]
    )
    assert (first.outcome, second.outcome, second.repeat) == ("repeat", "repeat", False)


def test_a_withdrawal_may_leave_one_candidate():
    first = judge_round(candidates=THREE, votes={"seoul": 8, "vienna": 7, "hamburg": 5})
    second = judge_round(candidates=(VIENNA,), votes={}, history=[first])
    assert (second.number, second.elected, second.acclaimed) == (2, "vienna", True)


def test_a_round_may_be_numbered_past_one_that_did_not_count():
    first = judge_round(candidates=THREE, votes={"seoul": 8, "vienna": 6, "hamburg": 6})
    again = judge_round(
        candidates=THREE,
        votes={"seoul": 8, "vienna": 6, "hamburg": 6},
        history=[first],
        number=3,
    )
    assert (again.number, again.repeat, again.outcome) == (3, True, "lot_eliminate")
    assert again.sentence["ko"].startswith("3차 투표:")
    with pytest.raises(RuleRefused) as refused:
        judge_round(candidates=THREE, votes={}, history=[first], number=1)
    assert refused.value.code == "round_out_of_order"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"candidates": (), "votes": {}}, "no_candidates"),
        ({"candidates": (SEOUL, SEOUL), "votes": {}}, "candidate_twice"),
        ({"candidates": THREE, "votes": {"milan": 1}}, "vote_for_nobody_in_play"),
        ({"candidates": THREE, "votes": {"seoul": -1}}, "negative_number"),
        ({"candidates": THREE, "votes": {}, "abstentions": -1}, "negative_number"),
    ],
)
def test_rounds_that_cannot_be_are_refused(arguments, code):
    with pytest.raises(RuleRefused) as refused:
        judge_round(**arguments)
    assert refused.value.code == code


def test_a_round_must_follow_from_the_one_before():
    eliminated = judge_round(candidates=THREE, votes={"seoul": 9, "vienna": 8, "hamburg": 3})
    elected = judge_round(candidates=THREE, votes={"seoul": 11, "vienna": 8, "hamburg": 1})
    tied = judge_round(candidates=(SEOUL, VIENNA), votes={"seoul": 1, "vienna": 1})
    lot = judge_round(candidates=(SEOUL, VIENNA), votes={"seoul": 1, "vienna": 1}, history=[tied])
    for history, code in [
        ([eliminated], "candidate_not_in_play"),
        ([elected], "election_over"),
        ([tied, lot], "lot_awaited"),
    ]:
        with pytest.raises(RuleRefused) as refused:
            judge_round(candidates=THREE, votes={}, history=history)
        assert refused.value.code == code
    with pytest.raises(RuleRefused) as refused:
        resolve_by_lot(eliminated, seed=SEED)
    assert refused.value.code == "no_lot_awaited"


# --- against an independent count -------------------------------------------

CITIES = tuple(Candidate(key, Bilingual(ko=key, en=key.upper())) for key in "abcde")

fields = st.lists(st.sampled_from(CITIES), min_size=1, max_size=5, unique=True)
profiles = st.lists(
    st.permutations("abcde").flatmap(
        lambda order: st.integers(0, 5).map(lambda length: tuple(order[:length]))
    ),
    max_size=24,
)


def by_hand(field: set[str], profile, seed: str) -> list[tuple[str, str]]:
    """The same election, counted naively: [(what happened, to whom)]."""
    log: list[tuple[str, str]] = []
    tied_before = False
    while True:
        if len(field) == 1:
            return [*log, ("elected", *field)]
        tops = Counter(
            next(name for name in order if name in field) for order in profile if set(order) & field
        )
        piles: dict[int, list[str]] = {}
        for name in field:
            piles.setdefault(tops[name], []).append(name)
        most, fewest = max(piles), min(piles)
        if most * 2 > sum(tops.values()):
            return [*log, ("elected", piles[most][0])]
        bottom = sorted(piles[fewest])
        if len(bottom) == 1:
            log.append(("eliminated", bottom[0]))
            field, tied_before = field - set(bottom), False
            continue
        if not tied_before:
            log.append(("repeat", "+".join(bottom)))
            tied_before = True
            continue
        if not tops:
            return [*log, ("failed", "")]
        number = len(log) + 1
        loser = sorted(
            bottom, key=lambda name: hashlib.sha256(f"{seed}|{number}|{name}".encode()).hexdigest()
        )[0]
        if len(field) == 2:
            return [*log, ("lot_elect", loser)]
        log.append(("lot_eliminate", loser))
        field, tied_before = field - {loser}, False


def told(finding: RoundFinding) -> tuple[str, str]:
    if finding.outcome == "repeat":
        return ("repeat", "+".join(finding.tied))
    return (str(finding.outcome), finding.elected or finding.eliminated or "")


@given(fields, profiles, st.binary(min_size=32, max_size=32).map(bytes.hex))
def test_whole_elections_agree_with_a_count_by_hand(field, profile, seed):
    findings = play(candidates=field, profile=profile, seed=seed)
    expected = by_hand({candidate.key for candidate in field}, profile, seed)
    assert [told(finding) for finding in findings] == expected


@given(fields, profiles, st.randoms(use_true_random=False))
def test_neither_the_order_of_seats_nor_of_candidates_matters(field, profile, random):
    other_field, other_profile = field[:], profile[:]
    random.shuffle(other_field)
    random.shuffle(other_profile)
    assert play(candidates=field, profile=profile, seed=SEED) == play(
        candidates=other_field, profile=other_profile, seed=SEED
    )


@given(fields, profiles)
def test_votes_and_candidates_are_conserved(field, profile):
    for finding in play(candidates=field, profile=profile, seed=SEED):
        if not finding.acclaimed:
            assert finding.valid_votes + finding.abstentions == len(profile)
            assert sum(finding.votes.values()) == finding.valid_votes
        gone = {finding.eliminated} if finding.eliminated else set()
        if finding.next_candidates:
            assert set(keys(finding.next_candidates)) == set(keys(finding.candidates)) - gone
        assert RoundFinding.from_json(finding.as_json()) == finding


@given(fields, profiles)
def test_an_election_ends(field, profile):
    findings = play(candidates=field, profile=profile, seed=SEED)
    assert len(findings) <= 2 * len(field)
    assert [finding.elected for finding in findings[:-1]] == [None] * (len(findings) - 1)
    assert (findings[-1].elected is None) is (findings[-1].outcome == "failed")


@st.composite
def free_rounds(draw):
    """Votes that change freely from round to round."""
    return draw(
        st.lists(st.lists(st.integers(0, 3), min_size=5, max_size=5), min_size=12, max_size=12)
    )


@given(free_rounds())
def test_a_repetition_is_never_repeated(rounds):
    history: list[RoundFinding] = []
    candidates = CITIES
    for numbers in rounds:
        votes = {item.key: n for item, n in zip(candidates, numbers, strict=False)}
        finding = judge_round(candidates=candidates, votes=votes, history=history)
        if finding.awaits_lot:
            finding = resolve_by_lot(finding, seed=SEED)
        history.append(finding)
        candidates = finding.next_candidates
        if not candidates:
            break
    assert not candidates
    outcomes = [finding.outcome for finding in history]
    assert ("repeat", "repeat") not in list(itertools.pairwise(outcomes))
