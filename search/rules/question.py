"""How a question is read, and what of a text answers it.

A question is words; all of them must be found. Words between quotation
marks must stand one after the other. Where nothing has all the words, the
engines ask again for any of them and say so (`Results.relaxed`).

A word becomes a row of tokens that must follow each other. A long Korean
word is also looked for written with spaces between its pairs of syllables,
because compounds are written both ways: 생활임금 finds 생활 임금.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from search.rules import analysis

LONGEST = 200
"""Characters of a question that are read; the rest is not."""
MOST_CLAUSES = 12

_PARTS = re.compile(r'["“”„«»]([^"“”„«»]*)["“”„«»]|([^\s"“”„«»]+)')
_HANGUL = re.compile(r"[가-힣]+")

EMPTY_WORDS: frozenset[str] = frozenset(
    "a an and are as at be by for from in is it of on or that the this to was were with "
    "및 등 또는 그리고".split()
)
"""Words that carry nothing by themselves; they count only inside quotation marks."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One thing that must be found: any of these rows of tokens, each row in order."""

    asked: str
    phrases: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A question as the engines receive it."""

    text: str
    clauses: tuple[Clause, ...]

    def __bool__(self) -> bool:
        return bool(self.clauses)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text, marked where it answers the question."""

    text: str
    marked: bool = False


def read_question(text: str) -> Question:
    """Read what somebody typed into a search field."""
    normal = analysis.normalise(text)[:LONGEST].strip()
    exact, loose, empty = [], [], []
    order: list[Clause] = []
    for found in _PARTS.finditer(normal):
        quoted, word = found.groups()
        clause = _clause(quoted if quoted is not None else word, exact=quoted is not None)
        if clause is None or clause in order:
            continue
        order.append(clause)
        if quoted is not None:
            exact.append(clause)
        elif word.casefold() in EMPTY_WORDS:
            empty.append(clause)
        else:
            loose.append(clause)
    kept = [clause for clause in order if clause not in empty] or order
    return Question(text=normal, clauses=tuple(kept[:MOST_CLAUSES]))


def _clause(text: str, *, exact: bool) -> Clause | None:
    row = tuple(token.text for token in analysis.tokens(text))
    if not row:
        return None
    phrases = [row]
    if not exact and _HANGUL.fullmatch(text):
        apart = row[::2]
        # 생활임금 is 생활 활임 임금; every second pair is 생활 임금. An odd syllable would be lost.
        if len(row) >= 3 and len(row) % 2 == 1:
            phrases.append(apart)
    return Clause(asked=text, phrases=tuple(phrases))


def find_answers(text: str, question: Question) -> list[tuple[int, int, int]]:
    """Where a text answers: `(start, end, number of the clause)`, sorted; NFC offsets."""
    if not question:
        return []
    found = analysis.tokens(text)
    places: dict[str, list[int]] = {}
    for position, token in enumerate(found):
        places.setdefault(token.text, []).append(position)
    answers = set()
    for number, clause in enumerate(question.clauses):
        for phrase in clause.phrases:
            for first in places.get(phrase[0], ()):
                last = first + len(phrase) - 1
                if last < len(found) and all(
                    found[first + step].text == wanted for step, wanted in enumerate(phrase)
                ):
                    answers.add((found[first].start, found[last].end, number))
    return sorted(answers)


def mark(text: str, question: Question) -> tuple[Piece, ...]:
    """The whole text in pieces, the answers marked. The pieces joined give the NFC text."""
    normal = analysis.normalise(text)
    return _pieces(normal, find_answers(normal, question), 0, len(normal))


def excerpt(text: str, question: Question, *, length: int = 200) -> tuple[Piece, ...]:
    """The stretch of at most about `length` characters that answers the most of the question."""
    normal = analysis.normalise(text)
    answers = find_answers(normal, question)
    if len(normal) <= length:
        return _pieces(normal, answers, 0, len(normal))
    start, end = 0, length
    best = -1
    for at, (first, _, _) in enumerate(answers):
        inside = {
            number
            for begin, stop, number in answers[at : at + 40]
            if stop <= first + length * 3 // 4
        }
        if len(inside) > best:
            best = len(inside)
            start = max(0, min(first - length // 4, len(normal) - length))
            end = start + length
    start, end = _at_words(normal, start, end)
    pieces = list(_pieces(normal, answers, start, end))
    if start > 0:
        pieces.insert(0, Piece("… "))
    if end < len(normal):
        pieces.append(Piece(" …"))
    return tuple(pieces)


def _at_words(text: str, start: int, end: int) -> tuple[int, int]:
    if start > 0:
        space = text.find(" ", start, start + 30)
        start = space + 1 if space != -1 else start
    if end < len(text):
        space = text.rfind(" ", max(start, end - 30), end)
        end = space if space > start else end
    return start, end


def _pieces(
    text: str, answers: list[tuple[int, int, int]], start: int, end: int
) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    at = start
    for first, last in _merged(answers):
        first, last = max(first, start), min(last, end)
        if first >= last:
            continue
        if first > at:
            pieces.append(Piece(text[at:first]))
        pieces.append(Piece(text[first:last], marked=True))
        at = last
    if at < end:
        pieces.append(Piece(text[at:end]))
    return tuple(pieces)


def _merged(answers: list[tuple[int, int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for first, last, _ in answers:
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged
