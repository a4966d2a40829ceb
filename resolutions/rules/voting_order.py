"""In which order amendments are best voted on: furthest from the text first.

So nobody has to vote for the lesser change out of fear that the greater one comes later. How
far an amendment is from the text is counted in provisions: one that it strikes or inserts
counts 1; one whose words it changes counts by how much of them, from 0 (nothing) to 1 (not a
word stays), the average over the languages; one that it moves or renumbers counts ¼ more.
Amendments that are equally far come in the order of the text, then of their numbers.

What an adoption makes fall: every amendment that could not be applied together with it.

Source: common practice of deliberative assemblies (the amendment furthest removed in substance
from the original proposal is voted on first: UN General Assembly, Rules of Procedure, rule 90).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from resolutions.rules.conflicts import matrix_of_footprints
from resolutions.rules.footprints import Footprint, footprints
from resolutions.rules.merging import count_words, split_words, word_edits
from resolutions.rules.numerals import counted
from resolutions.rules.operations import Operation, Words
from resolutions.rules.structure import TextTree
from resolutions.rules.text_body import TextBody
from secretariat.kernel.bilingual import Bilingual

_ELSEWHERE = Fraction(1, 4)


@dataclass(frozen=True, slots=True)
class PlaceInOrder:
    """An amendment in the suggested order: how far it is, why, and what its adoption ends."""

    number: int
    distance: Fraction
    reason: Bilingual
    falls: tuple[int, ...]

    def as_json(self) -> dict[str, object]:
        """`{"number", "distance": "3/2", "reason": {ko, en}, "falls": […]}`."""
        return {
            "number": self.number,
            "distance": f"{self.distance.numerator}/{self.distance.denominator}",
            "reason": self.reason.as_dict(),
            "falls": list(self.falls),
        }


def suggested_order(
    base: Mapping[str, TextTree], amendments: Mapping[int, Sequence[Operation]]
) -> tuple[PlaceInOrder, ...]:
    """All amendments, furthest from the text first. Raises RuleRefused."""
    body = TextBody.of(base)
    made = footprints(body, amendments)
    matrix = matrix_of_footprints(body, made)
    place = {key: nth for nth, key in enumerate(body.reading_order())}
    found = []
    for number, footprint in made.items():
        touched = (footprint.edits, footprint.numbers, footprint.moves, footprint.struck)
        keys = {key for each in touched for key in each}
        keys |= footprint.parents | footprint.siblings
        first = min((place[key] for key in keys if key in place), default=-1)
        distance = _distance(body, footprint)
        order = PlaceInOrder(number, distance, _reason(footprint), matrix.apart_from(number))
        found.append(((-distance, first, number), order))
    return tuple(order for _key, order in sorted(found, key=lambda each: each[0]))


def _distance(body: TextBody, footprint: Footprint) -> Fraction:
    struck = len(footprint.gone)
    moved = footprint.numbers.keys() | footprint.moves.keys()
    total = Fraction(struck + len(footprint.inserted)) + _ELSEWHERE * len(moved)
    for key, edits in footprint.edits.items():
        languages = [code for code in body.languages if code in body.provisions]
        shares = [_share(body.words(key, code), edits[code]) for code in languages if code in edits]
        total += sum(shares, Fraction(0)) / max(len(languages), 1)
    return total


def _share(old: Words | None, new: Words) -> Fraction:
    """How much of two wordings they do not share, from 0 to 1; blanks do not count."""
    old = old or Words()
    total = changed = 0
    for before, after in ((old.heading, new.heading), (old.text, new.text)):
        words = split_words(before)
        total += count_words(before) + count_words(after)
        for edit in word_edits(before, after):
            gone = words[edit.start : edit.stop]
            changed += sum(1 for word in (*gone, *edit.words) if not word.isspace())
    return Fraction(changed, total) if total else Fraction(0)


def _reason(footprint: Footprint) -> Bilingual:
    """What the distance was counted from."""
    moved = len(footprint.numbers.keys() | footprint.moves.keys())
    parts = (
        (len(footprint.gone), "삭제", "strikes"),
        (len(footprint.inserted), "신설", "inserts"),
        (len(footprint.edits), "수정", "rewords"),
        (moved, "이동·번호 변경", "moves or renumbers"),
    )
    told = [(count, ko, en) for count, ko, en in parts if count]
    return Bilingual(
        ko=", ".join(f"{count}개 조항 {ko}" for count, ko, _en in told) or "변경 없음",
        en=", ".join(f"{en} {counted(count, 'provision')}" for count, _ko, en in told)
        or "changes nothing",
    )
