"""Two versions of a practice, question by question, with the words that came and went."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from cms.models import Practice
from cms.practice_guide import CHOICES, Kind, Question, questions
from cms.rich_text import typed_of

WORD = re.compile(r"[가-힣]+|[0-9]+|[A-Za-z]+|\s+|.", re.DOTALL)
MOST_WORDS = 20_000
"""More than this is shown whole, before and after, instead of being compared for minutes."""


@dataclass(frozen=True, slots=True)
class Part:
    """Words that stayed (""), came ("ins") or went ("del")."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A question whose answer changed; its parts read as one text."""

    label: Any
    parts: tuple[Part, ...]


def differences(older: Practice, newer: Practice) -> Iterator[Difference]:
    """The questions whose answers differ, in their order."""
    for each in questions():
        before, after = answer_text(each, older), answer_text(each, newer)
        if before != after:
            yield Difference(each.label, tuple(compare_words(before, after)))


def answer_text(each: Question, practice: Practice) -> str:
    """An answer as words, for comparing and for reading."""
    value = getattr(practice, each.name)
    if each.name == "action" and not value:
        return practice.body
    if each.kind == Kind.RICH:
        return typed_of(value)
    if each.kind == Kind.CHOICE:
        return str(dict(CHOICES[each.name].choices).get(value, value))
    if each.kind == Kind.CHOICES:
        names = dict(CHOICES[each.name].choices)
        return ", ".join(str(names.get(code, code)) for code in value)
    if each.kind == Kind.WORDS:
        return ", ".join(value)
    if each.kind == Kind.ROWS:
        columns = [name for name, _label in each.columns]
        return "\n".join(
            " · ".join(str(row[name]) for name in columns if row[name] not in ("", None))
            for row in value
        )
    if each.kind == Kind.FILES:
        return "\n".join(row["text"] for row in value)
    return "" if value is None else str(value)


def compare_words(before: str, after: str) -> Iterator[Part]:
    """One text with what went and what came, word by word."""
    old, new = WORD.findall(before), WORD.findall(after)
    if len(old) + len(new) > MOST_WORDS:
        yield Part("del", before)
        yield Part("ins", after)
        return
    for kind, a, b, c, d in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Part("", "".join(old[a:b]))
            continue
        if a != b:
            yield Part("del", "".join(old[a:b]))
        if c != d:
            yield Part("ins", "".join(new[c:d]))
