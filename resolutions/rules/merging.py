"""Three-way merging of words: what two changes of one sentence make together.

A text is taken apart into words (a run of Hangul, of digits, of other letters) and single other
signs. What each side changed against the base is a list of edits of words. Two edits go
together where at least one unchanged word or sign stands between them; where they touch or
overlap nobody can say what both sides meant, and there is no merged text.

Source of the method: S. Khanna, K. Kunal, B. C. Pierce, "A Formal Investigation of Diff3"
(2007): only what is separated by something stable is merged.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import NamedTuple

_WORDS = re.compile(r"[가-힣]+|[0-9]+|[^\W\d_가-힣]+|.", re.DOTALL)


@lru_cache(maxsize=16_384)
def split_words(text: str) -> tuple[str, ...]:
    """The words and signs of a text, blanks included: joined again they are the text."""
    return tuple(_WORDS.findall(text))


def count_words(text: str) -> int:
    """How many words and signs, blanks left out."""
    return sum(1 for word in split_words(text) if not word.isspace())


class WordEdit(NamedTuple):
    """In place of the words `start ≤ place < stop` of the base stand `words`.

    `reach` is where the next unchanged word that is no blank stands: an edit of another side
    that begins at it or before it touches this one.
    """

    start: int
    stop: int
    words: tuple[str, ...]
    reach: int


@lru_cache(maxsize=16_384)
def word_edits(base: str, new: str) -> tuple[WordEdit, ...]:
    """What changed from `base` to `new`, in order; edits with only blanks between are one."""
    if base == new:
        return ()
    old_words = split_words(base)
    head, tail, new_middle = _between(base, new)
    stop = len(old_words) - tail
    while head < stop and new_middle and old_words[head] == new_middle[0]:
        head, new_middle = head + 1, new_middle[1:]
    while head < stop and new_middle and old_words[stop - 1] == new_middle[-1]:
        stop, new_middle = stop - 1, new_middle[:-1]
    old_middle = old_words[head:stop]
    runs = [(0, len(old_middle), 0, len(new_middle))]
    if not set(old_middle).isdisjoint(new_middle):
        matcher = SequenceMatcher(None, old_middle, new_middle, autojunk=False)
        runs = [run for tag, *run in matcher.get_opcodes() if tag != "equal"]  # type: ignore[misc]
    joined: list[list[int]] = []
    for i1, i2, j1, j2 in runs:
        if joined and all(word.isspace() for word in old_middle[joined[-1][1] : i1]):
            joined[-1][1], joined[-1][3] = i2, j2
        else:
            joined.append([i1, i2, j1, j2])
    return tuple(
        WordEdit(head + i1, head + i2, new_middle[j1:j2], _reach(old_words, head + i2))
        for i1, i2, j1, j2 in joined
    )


def _between(base: str, new: str) -> tuple[int, int, tuple[str, ...]]:
    """How many words at the beginning and at the end surely stayed, and the new words between.

    Only whole words are left out: up to a blank, and from a blank on.
    """
    shorter = min(len(base), len(new))
    same = _common(shorter, lambda n: base[:n] == new[:n])
    start = base.rfind(" ", 0, same) + 1
    same_end = _common(shorter - same, lambda n: base[len(base) - n :] == new[len(new) - n :])
    stop = base.find(" ", len(base) - same_end)
    end = len(base) - stop if stop >= 0 else 0
    places = _word_places(base)
    head = bisect_left(places, start)
    tail = len(places) - bisect_left(places, len(base) - end)
    return head, tail, tuple(_WORDS.findall(new, start, len(new) - end))


@lru_cache(maxsize=4_096)
def _word_places(text: str) -> tuple[int, ...]:
    """Where each word begins."""
    return tuple(accumulate(map(len, split_words(text)), initial=0))[:-1]


def _common(longest: int, same: Callable[[int], bool]) -> int:
    """The greatest length for which `same` holds, by halving."""
    low, high = 0, longest
    while low < high:
        middle = (low + high + 1) // 2
        if same(middle):
            low = middle
        else:
            high = middle - 1
    return low


def go_together(mine: Sequence[WordEdit], theirs: Sequence[WordEdit]) -> bool:
    """Whether the edits of two sides are apart from one another, or the very same."""
    if not mine or not theirs:
        return True
    ours, others = iter(mine), iter(theirs)
    one, other = next(ours), next(others)
    try:
        while True:
            if one[3] < other[0]:
                one = next(ours)
            elif other[3] < one[0]:
                other = next(others)
            elif one == other:
                one = next(ours)
                other = next(others)
            else:
                return False
    except StopIteration:
        return True


def merge_words(base: str, versions: Iterable[str]) -> str | None:
    """The text that contains the changes of all versions, or None where two of them touch."""
    sides = [word_edits(base, version) for version in dict.fromkeys(versions)]
    if len(sides) == 1:
        return _apply(base, sides[0])
    together = {edit for side in sides for edit in side}
    ordered = sorted(together, key=lambda edit: (edit.start, edit.stop))
    for before, after in pairwise(ordered):
        if before.reach >= after.start:
            return None
    return _apply(base, ordered)


def _apply(base: str, edits: Sequence[WordEdit]) -> str:
    words = split_words(base)
    pieces: list[str] = []
    place = 0
    for edit in edits:
        pieces += words[place : edit.start]
        pieces += edit.words
        place = edit.stop
    pieces += words[place:]
    return "".join(pieces)


def _reach(words: Sequence[str], place: int) -> int:
    while place < len(words) and words[place].isspace():
        place += 1
    return place
