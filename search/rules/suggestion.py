"""Which word of the library was probably meant.

Hangul is compared letter by letter (jamo), so that one mistyped vowel is
one difference and not a whole syllable. Ratio after Ratcliff and Obershelp
(`difflib`).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher

LIKE_ENOUGH = 0.75


def nearest(word: str, vocabulary: Iterable[tuple[str, int]]) -> str:
    """The likeliest of `(word, times seen)`, or "" where nothing is near or the word is known."""
    wanted = unicodedata.normalize("NFD", word)
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(wanted)
    best: tuple[float, int, str] = (0.0, 0, "")
    for candidate, seen in vocabulary:
        if candidate == word:
            return ""
        # One mistyped syllable leaves the first or the last one as it was.
        if candidate[0] != word[0] and candidate[-1] != word[-1]:
            continue
        matcher.set_seq1(unicodedata.normalize("NFD", candidate))
        if matcher.real_quick_ratio() < LIKE_ENOUGH or matcher.quick_ratio() < LIKE_ENOUGH:
            continue
        ratio = matcher.ratio()
        if ratio >= LIKE_ENOUGH and (ratio, seen, candidate) > best:
            best = (ratio, seen, candidate)
    return best[2]
