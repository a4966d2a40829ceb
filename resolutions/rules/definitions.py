"""Definitions: which terms a text defines, where, and where it uses them.

Korean: “회원도시”란 … 말한다; “협의체”라 한다, “협의체”라 줄여 쓴다; (이하 “협의체”라 한다).
English: “member city” means …; … call it “the Council”; (hereinafter “the Council”); referred to
as “the Office”. A term that only names something, without quotation marks, is no definition.

Forms: 법제처, 법령 입안·심사 기준 (정의규정, 약칭); drafting practice of treaties.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from resolutions.rules.numbering import cite
from resolutions.rules.structure import Provision, TextTree


@dataclass(frozen=True, slots=True)
class Definition:
    """A term that the provision `key` defines.

    `start` and `end` are the place of the term, without its quotation marks, in the text of the
    provision; `citation` is how the provision is cited; `short` says that the term stands for
    something named before it (약칭), not for what is explained behind it.
    """

    term: str
    key: str
    start: int
    end: int
    citation: str
    short: bool = False


@dataclass(frozen=True, slots=True)
class Use:
    """A place in the text of the provision `key` at which a defined term is used."""

    term: str
    key: str
    start: int
    end: int


_QUOTED = r"[“\"「‘'](?:the\s)?(?P<term>[^“”\"「」‘’'\n]{1,60}?),?[”\"」’']"
_OTHER = _QUOTED.replace("term", "other")
_KO_EXPLAINED = re.compile(rf"{_QUOTED}(?:이란|란|이라 함은|라 함은)(?=[ ,])")
_KO_SHORT = re.compile(
    rf"이하\s(?:각각\s|이 조에서\s|같은 항에서\s)?{_QUOTED}"
    r"(?:이?라|로|으로)\s?(?:한다|하고|줄여|부른다)"
    rf"|{_OTHER}(?:이?라|로|으로)\s?(?:줄여|약칭|부른)"
)
_EN_EXPLAINED = re.compile(
    rf"{_QUOTED}(?:\sand\s[“\"][^“”\"\n]{{1,60}}[”\"])?"
    r"\s(?:means?|includes?|refers? to|denotes?)\b"
)
_EN_SHORT = re.compile(
    r"(?:hereinafter|hereafter|referred to|known)(?:\s(?:called|referred to))?(?:\sas)?,?"
    rf"\s(?:the\s)?{_QUOTED}|\bcalls?\s(?:it|them|him|her)\s{_OTHER}"
)


def find_definitions(tree: TextTree) -> tuple[Definition, ...]:
    """The definitions of a text, in reading order; a term that is defined twice is there twice."""
    korean = tree.lang == "ko"
    explained = _KO_EXPLAINED if korean else _EN_EXPLAINED
    short = _KO_SHORT if korean else _EN_SHORT
    found: list[Definition] = []
    for provision in tree.walk():
        here = [*_found(provision, explained, tree), *_found(provision, short, tree, short=True)]
        found += sorted(here, key=lambda each: each.start)
    return tuple(found)


def _found(
    provision: Provision, pattern: re.Pattern[str], tree: TextTree, *, short: bool = False
) -> Iterator[Definition]:
    for match in pattern.finditer(provision.text):
        name = "term" if match["term"] else "other"
        yield Definition(
            term=match[name],
            key=provision.key,
            start=match.start(name),
            end=match.end(name),
            citation=cite(tree.path(provision.key), tree.lang),
            short=short,
        )


def find_uses(tree: TextTree) -> tuple[Use, ...]:
    """Where defined terms are used outside the places that define them, longest term first.

    In Korean a term may carry particles (회원도시는), but nothing may stand before it in its
    word; in English it is a word or words of its own, in the singular or with -s.
    """
    definitions = find_definitions(tree)
    if not definitions:
        return ()
    terms = sorted({each.term for each in definitions}, key=len, reverse=True)
    alternatives = "|".join(map(re.escape, terms))
    plural = "" if tree.lang == "ko" else r"(?:s|es)?\b"
    pattern = re.compile(rf"(?<![\w가-힣])({alternatives}){plural}")
    defining = {(each.key, each.start) for each in definitions}
    return tuple(
        Use(match[1], provision.key, match.start(), match.end())
        for provision in tree.walk()
        for match in pattern.finditer(provision.text)
        if (provision.key, match.start()) not in defining
    )
