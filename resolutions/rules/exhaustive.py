"""The exhaustive ballot: successive rounds with elimination, until a candidate has a majority.

1. A candidate with more than half of the votes cast for candidates is elected.
   Abstentions are not votes for a candidate.
2. Otherwise the candidate with the fewest votes, none at all included, is eliminated and
   the others go on to the next round.
3. Where two or more share the last place, nobody is eliminated and the round is repeated
   once with the same candidates. If the repeated round ends with a shared last place again,
   a draw by lot among those who then share it decides which of them is eliminated.
4. Two candidates with equal votes: the round is repeated once; if they are equal again, a
   draw by lot decides which of them is elected.
5. A round in which no candidate has a vote is repeated once; if it happens again, the
   election ends without a result. No lot is drawn over a candidate nobody voted for.
6. A single candidate is elected by acclamation, without a round.
7. Between rounds a candidate may withdraw. A round with fewer candidates than the one
   before is a new round, not a repeated one.

Sources: the election article of the bylaws; the exhaustive ballot in the manner of the ILO
Governing Body's election of the Director-General (successive ballots, the candidate with
the fewest votes eliminated after each; there the majority is of the members entitled to
vote, here of the votes cast); the single repetition and the lot are this network's own
tie-break rule (operative.TieBreak).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from resolutions.rules.korean import josa
from resolutions.rules.lot import Draw, draw
from resolutions.rules.numerals import counted, joined
from resolutions.rules.refusal import RuleRefused
from secretariat.kernel.bilingual import Bilingual


class RoundOutcome(StrEnum):
    """What a round leads to. After LOT_… the draw decides; see resolve_by_lot."""

    ELECTED = "elected"
    ELIMINATED = "eliminated"
    REPEAT = "repeat"
    LOT_ELIMINATE = "lot_eliminate"
    LOT_ELECT = "lot_elect"
    FAILED = "failed"


_LOTS = (RoundOutcome.LOT_ELIMINATE, RoundOutcome.LOT_ELECT)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A candidate city: `key` identifies it (its slug), `name` is for sentences."""

    key: str
    name: Bilingual


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundFinding:
    """One round, judged.

    `needed` is the number of votes that elects, `tied` the keys that share the last place,
    `repeat` whether this was the repetition of a tied round, `next_candidates` who is in
    play afterwards. `candidates` and keys are in the order of keys.
    """

    number: int
    repeat: bool
    candidates: tuple[Candidate, ...]
    votes: Mapping[str, int]
    abstentions: int
    valid_votes: int
    needed: int
    outcome: RoundOutcome
    elected: str | None = None
    eliminated: str | None = None
    tied: tuple[str, ...] = ()
    lot: Draw | None = None
    next_candidates: tuple[Candidate, ...] = ()
    sentence: Bilingual = field(default_factory=Bilingual)

    @property
    def awaits_lot(self) -> bool:
        """Whether a draw by lot still has to be made before anything can follow."""
        return self.outcome in _LOTS and self.lot is None

    @property
    def acclaimed(self) -> bool:
        """Whether a single candidate was elected without a vote."""
        return self.elected is not None and len(self.candidates) == 1

    @property
    def standings(self) -> tuple[tuple[str, int], ...]:
        """(key, votes), most votes first, equal votes in the order of keys."""
        return tuple(sorted(self.votes.items(), key=lambda item: (-item[1], item[0])))

    def as_json(self) -> dict[str, object]:
        """The finding as the public record and the audit entry carry it."""
        return {
            "round": self.number,
            "repeat": self.repeat,
            "candidates": [
                {"key": candidate.key, "name": candidate.name.as_dict()}
                for candidate in self.candidates
            ],
            "votes": dict(self.votes),
            "abstentions": self.abstentions,
            "valid_votes": self.valid_votes,
            "needed": self.needed,
            "outcome": str(self.outcome),
            "elected": self.elected,
            "eliminated": self.eliminated,
            "tied": list(self.tied),
            "lot": self.lot.as_json() if self.lot else None,
            "next_candidates": [candidate.key for candidate in self.next_candidates],
            "sentence": self.sentence.as_dict(),
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> RoundFinding:
        """The finding that `as_json` wrote."""
        candidates = tuple(
            Candidate(item["key"], Bilingual(item["name"])) for item in raw["candidates"]
        )
        by_key = {candidate.key: candidate for candidate in candidates}
        return cls(
            number=raw["round"],
            repeat=raw["repeat"],
            candidates=candidates,
            votes=MappingProxyType({key: raw["votes"][key] for key in sorted(raw["votes"])}),
            abstentions=raw["abstentions"],
            valid_votes=raw["valid_votes"],
            needed=raw["needed"],
            outcome=RoundOutcome(raw["outcome"]),
            elected=raw["elected"],
            eliminated=raw["eliminated"],
            tied=tuple(raw["tied"]),
            lot=Draw.from_json(raw["lot"]) if raw["lot"] else None,
            next_candidates=tuple(by_key[key] for key in raw["next_candidates"]),
            sentence=Bilingual(raw["sentence"]),
        )


def judge_round(
    *,
    candidates: Iterable[Candidate],
    votes: Mapping[str, int],
    abstentions: int = 0,
    history: Sequence[RoundFinding] = (),
    number: int | None = None,
    citation: Bilingual | None = None,
) -> RoundFinding:
    """Judge the round that follows `history` among the `candidates` in play.

    `votes` maps a candidate's key to its votes; a key left out has none. `history` holds
    the findings of every earlier round that counts, first round first. `number` is what the
    round is called where rounds that did not count (annulled, without quorum) were numbered
    too; else it is the next after `history`. Raises RuleRefused where the round cannot
    follow that history or the numbers cannot be.
    """
    in_play = tuple(sorted(candidates, key=lambda candidate: candidate.key))
    _check_candidates(in_play, history)
    counts = _checked_votes(in_play, votes, abstentions)
    number = _number(history, number)
    if len(in_play) == 1:
        return acclaim(in_play[0], history=history, number=number, citation=citation)
    valid_votes = sum(counts.values())
    plain = RoundFinding(
        number=number,
        repeat=_is_repeat(in_play, history),
        candidates=in_play,
        votes=MappingProxyType(counts),
        abstentions=abstentions,
        valid_votes=valid_votes,
        needed=valid_votes // 2 + 1,
        outcome=RoundOutcome.REPEAT,
        next_candidates=in_play,
    )
    judged = _decide(plain)
    return replace(judged, sentence=_sentence(judged, citation))


def acclaim(
    candidate: Candidate,
    *,
    history: Sequence[RoundFinding] = (),
    number: int | None = None,
    citation: Bilingual | None = None,
) -> RoundFinding:
    """Elect the only candidate, without a vote."""
    korean_article, english_article = _article(citation)
    return RoundFinding(
        number=_number(history, number),
        repeat=False,
        candidates=(candidate,),
        votes=MappingProxyType({candidate.key: 0}),
        abstentions=0,
        valid_votes=0,
        needed=0,
        outcome=RoundOutcome.ELECTED,
        elected=candidate.key,
        sentence=Bilingual(
            ko=f"후보가 {candidate.name.in_language('ko')} 하나이므로 투표 없이 "
            f"선출되었습니다{korean_article}.",
            en=f"{candidate.name.in_language('en')} is the only candidate and is elected "
            f"by acclamation{english_article}.",
        ),
    )


def resolve_by_lot(finding: RoundFinding, *, seed: str) -> RoundFinding:
    """Carry out the draw that a finding awaits, with the published seed.

    Among the tied, the candidate drawn is eliminated (LOT_ELIMINATE) or elected (LOT_ELECT).
    Raises RuleRefused where no draw is awaited or the seed is malformed.
    """
    if not finding.awaits_lot:
        raise RuleRefused(
            "no_lot_awaited",
            Bilingual(
                ko="이 회차에는 추첨할 것이 없습니다.",
                en="There is nothing to draw by lot in this round.",
            ),
            where="outcome",
        )
    lot = draw(seed, round_number=finding.number, keys=finding.tied)
    name = _names(finding)[lot.drawn]
    if finding.outcome is RoundOutcome.LOT_ELECT:
        korean = f"추첨 결과 {josa(name['ko'], '이/가')} 선출되었습니다."
        english = f"{name['en']} is drawn by lot and elected."
        settled = replace(finding, lot=lot, elected=lot.drawn, next_candidates=())
    else:
        korean = f"추첨 결과 {josa(name['ko'], '이/가')} 탈락하였습니다."
        english = f"{name['en']} is drawn by lot and eliminated."
        settled = replace(
            finding,
            lot=lot,
            eliminated=lot.drawn,
            next_candidates=_without(finding.candidates, lot.drawn),
        )
    return replace(
        settled,
        sentence=Bilingual(
            ko=f"{finding.sentence['ko']} {korean}", en=f"{finding.sentence['en']} {english}"
        ),
    )


def play(
    *, candidates: Iterable[Candidate], profile: Sequence[Sequence[str]], seed: str
) -> tuple[RoundFinding, ...]:
    """Play a whole election from preferences, for examples and for comparison with oracles.

    Each entry of `profile` is one seat's order of candidates, best first; in each round the
    seat votes for the first of them still in play and abstains where none is.
    """
    in_play = tuple(candidates)
    history: list[RoundFinding] = []
    while True:
        keys = {candidate.key for candidate in in_play}
        choices = [next((key for key in order if key in keys), None) for order in profile]
        finding = judge_round(
            candidates=in_play,
            votes={key: choices.count(key) for key in keys},
            abstentions=choices.count(None),
            history=history,
        )
        if finding.awaits_lot:
            finding = resolve_by_lot(finding, seed=seed)
        history.append(finding)
        if not finding.next_candidates:
            return tuple(history)
        in_play = finding.next_candidates


def _decide(plain: RoundFinding) -> RoundFinding:
    """The outcome by rules 1 to 5; `plain` already stands for a repetition."""
    keys = tuple(candidate.key for candidate in plain.candidates)
    if plain.valid_votes == 0:
        if plain.repeat:
            return replace(plain, outcome=RoundOutcome.FAILED, tied=keys, next_candidates=())
        return replace(plain, tied=keys)
    for key in keys:
        if plain.votes[key] >= plain.needed:
            return replace(plain, outcome=RoundOutcome.ELECTED, elected=key, next_candidates=())
    fewest = min(plain.votes.values())
    last = tuple(key for key in keys if plain.votes[key] == fewest)
    if len(last) == 1:
        return replace(
            plain,
            outcome=RoundOutcome.ELIMINATED,
            eliminated=last[0],
            next_candidates=_without(plain.candidates, last[0]),
        )
    if not plain.repeat:
        return replace(plain, tied=last)
    two_left = len(keys) == 2
    return replace(
        plain,
        outcome=RoundOutcome.LOT_ELECT if two_left else RoundOutcome.LOT_ELIMINATE,
        tied=last,
    )


def _is_repeat(in_play: tuple[Candidate, ...], history: Sequence[RoundFinding]) -> bool:
    if not history or history[-1].outcome is not RoundOutcome.REPEAT:
        return False
    return {item.key for item in history[-1].candidates} == {item.key for item in in_play}


def _number(history: Sequence[RoundFinding], number: int | None) -> int:
    last = history[-1].number if history else 0
    if number is not None and number <= last:
        raise RuleRefused(
            "round_out_of_order",
            Bilingual(
                ko=f"{last}차 투표까지 마쳤습니다. 다음 회차의 번호를 확인하여 주십시오.",
                en=f"Round {last} is behind us. Check the number of this round.",
            ),
            where="number",
        )
    return last + 1 if number is None else number


def _without(candidates: tuple[Candidate, ...], key: str) -> tuple[Candidate, ...]:
    return tuple(candidate for candidate in candidates if candidate.key != key)


def _names(finding: RoundFinding) -> dict[str, Bilingual]:
    return {
        candidate.key: Bilingual(
            ko=candidate.name.in_language("ko"), en=candidate.name.in_language("en")
        )
        for candidate in finding.candidates
    }


def _check_candidates(in_play: tuple[Candidate, ...], history: Sequence[RoundFinding]) -> None:
    keys = [candidate.key for candidate in in_play]
    if not keys:
        raise RuleRefused(
            "no_candidates",
            Bilingual(
                ko="후보가 없어 투표할 수 없습니다. 후보 추천을 다시 받거나 선거를 마치십시오.",
                en="There is no candidate left. Call for nominations again or end the election.",
            ),
            where="candidates",
        )
    if len(set(keys)) < len(keys):
        raise RuleRefused(
            "candidate_twice",
            Bilingual(
                ko="같은 후보가 두 번 있습니다. 후보 명단을 확인하여 주십시오.",
                en="A candidate is listed twice. Check the list of candidates.",
            ),
            where="candidates",
        )
    if not history:
        return
    before = history[-1]
    if before.awaits_lot:
        raise RuleRefused(
            "lot_awaited",
            Bilingual(
                ko="앞 회차의 추첨이 남아 있습니다. 먼저 추첨하여 주십시오.",
                en="The round before still awaits its draw by lot. Draw first.",
            ),
            where="history",
        )
    if not before.next_candidates:
        raise RuleRefused(
            "election_over",
            Bilingual(
                ko="선거가 이미 끝났으므로 더 투표하지 않습니다.",
                en="The election is already over; there is no further round.",
            ),
            where="history",
        )
    allowed = {candidate.key for candidate in before.next_candidates}
    for key in keys:
        if key not in allowed:
            raise RuleRefused(
                "candidate_not_in_play",
                Bilingual(
                    ko="앞 회차를 통과하지 않은 후보입니다. 후보 명단을 확인하여 주십시오.",
                    en="This candidate did not come through the round before. "
                    "Check the list of candidates.",
                ),
                where=key,
            )


def _checked_votes(
    in_play: tuple[Candidate, ...], votes: Mapping[str, int], abstentions: int
) -> dict[str, int]:
    keys = [candidate.key for candidate in in_play]
    for key in votes:
        if key not in keys:
            raise RuleRefused(
                "vote_for_nobody_in_play",
                Bilingual(
                    ko="이 회차의 후보가 아닌 도시에 표가 있습니다. 집계를 확인하여 주십시오.",
                    en="There are votes for a city that is no candidate in this round. "
                    "Check the count.",
                ),
                where=key,
            )
    if abstentions < 0 or any(number < 0 for number in votes.values()):
        raise RuleRefused(
            "negative_number",
            Bilingual(
                ko="표수는 음수일 수 없습니다. 집계를 확인하여 주십시오.",
                en="A number of votes cannot be negative. Check the count.",
            ),
            where="votes",
        )
    return {key: votes.get(key, 0) for key in keys}


def _article(citation: Bilingual | None) -> tuple[str, str]:
    if citation is None:
        return "", ""
    return f"({citation.in_language('ko')})", f" ({citation.in_language('en')})"


def _sentence(finding: RoundFinding, citation: Bilingual | None) -> Bilingual:
    ending = _ending(finding)
    korean_head, english_head = f"{finding.number}차 투표: ", f"Round {finding.number}: "
    if finding.valid_votes == 0:
        return Bilingual(
            ko=f"{korean_head}후보 득표 0표, 기권 {finding.abstentions}표입니다. {ending['ko']}",
            en=f"{english_head}no vote for a candidate, {finding.abstentions} abstaining. "
            f"{ending['en']}",
        )
    names = _names(finding)
    korean_votes = ", ".join(f"{names[key]['ko']} {n}표" for key, n in finding.standings)
    english_votes = ", ".join(f"{names[key]['en']} {n}" for key, n in finding.standings)
    korean_article, english_article = _article(citation)
    return Bilingual(
        ko=f"{korean_head}{korean_votes}, 기권 {finding.abstentions}표입니다. "
        f"후보 득표 {finding.valid_votes}표의 과반수는 {finding.needed}표입니다{korean_article}. "
        f"{ending['ko']}",
        en=f"{english_head}{english_votes}; {finding.abstentions} abstaining. "
        f"More than half of the {counted(finding.valid_votes, 'vote')} for candidates is "
        f"{finding.needed}{english_article}. {ending['en']}",
    )


def _ending(finding: RoundFinding) -> Bilingual:
    names = _names(finding)
    tied_korean = _joined_korean(tuple(names[key]["ko"] for key in finding.tied))
    tied_english = joined(tuple(names[key]["en"] for key in finding.tied))
    match finding.outcome:
        case RoundOutcome.ELECTED:
            name = names[finding.elected or ""]
            return Bilingual(
                ko=f"{josa(name['ko'], '이/가')} 선출되었습니다.", en=f"{name['en']} is elected."
            )
        case RoundOutcome.ELIMINATED:
            name = names[finding.eliminated or ""]
            return Bilingual(
                ko=f"과반수를 얻은 후보가 없으며, 표가 가장 적은 {josa(name['ko'], '이/가')} "
                "탈락하였습니다.",
                en=f"Nobody is elected; {name['en']} has the fewest votes and is eliminated.",
            )
        case RoundOutcome.FAILED:
            return Bilingual(
                ko="다시 한 투표에서도 표를 얻은 후보가 없으므로 당선자 없이 선거를 마칩니다.",
                en="In the repeated round too no candidate has a vote: "
                "the election ends without a result.",
            )
        case RoundOutcome.LOT_ELECT:
            return Bilingual(
                ko=f"다시 한 투표에서도 {tied_korean} 표가 같으므로 당선자를 추첨으로 정합니다.",
                en=f"In the repeated round too {tied_english} have equal votes: "
                "a draw by lot decides which of them is elected.",
            )
        case RoundOutcome.LOT_ELIMINATE:
            return Bilingual(
                ko="과반수를 얻은 후보가 없으며, 다시 한 투표에서도 "
                f"{tied_korean} 함께 최하위이므로 탈락할 후보를 추첨으로 정합니다.",
                en=f"Nobody is elected; in the repeated round too {tied_english} share the last "
                "place: a draw by lot decides which of them is eliminated.",
            )
        case RoundOutcome.REPEAT:
            return _ending_of_repeat(finding, tied_korean, tied_english)


def _ending_of_repeat(finding: RoundFinding, tied_korean: str, tied_english: str) -> Bilingual:
    korean = "같은 후보로 한 번 다시 투표합니다."
    english = "the round is repeated once with the same candidates."
    if finding.valid_votes == 0:
        return Bilingual(
            ko=f"표를 얻은 후보가 없으므로 {korean}", en=f"No candidate has a vote: {english}"
        )
    fewest = finding.votes[finding.tied[0]]
    each = f"{counted(fewest, 'vote')} each"
    if len(finding.candidates) == 2:
        return Bilingual(
            ko=f"{tied_korean} {fewest}표로 같으므로 {korean}",
            en=f"{tied_english} have {each}: {english}",
        )
    return Bilingual(
        ko=f"과반수를 얻은 후보가 없으며, {tied_korean} {fewest}표로 함께 최하위이므로 {korean}",
        en=f"Nobody is elected; {tied_english} share the last place with {each}: {english}",
    )


def _joined_korean(names: tuple[str, ...]) -> str:
    """서울과 빈이, 서울, 빈과 함부르크가: the last two joined, the subject particle attached."""
    if not names:
        return ""
    last = josa(names[-1], "이/가")
    if len(names) == 1:
        return last
    return ", ".join((*names[:-2], f"{josa(names[-2], '과/와')} {last}"))
