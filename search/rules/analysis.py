"""One analysis for every engine: how text becomes tokens.

The same tokens in every engine give the same hits and the same counts;
only the ranking may differ. So the analysis is ours and the engines are
thin: they see words separated by spaces and nothing else.

- Unicode NFC; full-width letters and digits are folded; case and accents
  too (Málaga is found by malaga).
- Latin words: one token each, a plural *s* taken off (Harman's "S stemmer",
  How effective is suffixing?, JASIS 42, 1991).
- Hangul: the particle is taken off the eojeol (`particles`), the rest
  becomes overlapping pairs of syllables: 생활임금을 → 생활 활임 임금. A word of
  one syllable is its own token. Han and kana become pairs as well.
- Where scripts meet, a new token starts: 제3조 → 제 3 조, ILO와 → ilo.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from search.rules import particles

VERSION = "1"
"""Changes whenever the same text would give other tokens: older indexes are rebuilt."""

_HAN_AND_KANA = r"\u3005\u3041-\u3096\u30a1-\u30fa\u30fc\u3400-\u4dbf\u4e00-\u9fff"
_LETTER = rf"(?:(?![가-힣{_HAN_AND_KANA}])[^\W_])"
_RUNS = re.compile(
    rf"(?P<hangul>[가-힣]+)"
    rf"|(?P<pairs>[{_HAN_AND_KANA}]+)"
    rf"|(?P<word>{_LETTER}+(?:['\u2019]{_LETTER}+)*)"
)
_CHUNKS = re.compile(r"\S+")
_SENTENCE_OPENERS = frozenset("([{<「『《〈“‘\"'·/,.;:-–—")


@dataclass(frozen=True, slots=True)
class Token:
    """One token and where it stands: `text[start:end]` of the NFC text given in."""

    text: str
    start: int
    end: int


def normalise(text: str) -> str:
    """The form in which text is stored, shown and measured: NFC."""
    return unicodedata.normalize("NFC", text)


def tokens(text: str) -> list[Token]:
    """Analyse a text. Offsets are those of `normalise(text)`."""
    return [
        Token(token.text, at + token.start, at + token.end)
        for at, chunk in (
            (found.start(), found.group()) for found in _CHUNKS.finditer(normalise(text))
        )
        for token in _analysed(chunk)
    ]


def stream(text: str) -> str:
    """The tokens of a text as engines receive them: separated by single spaces."""
    return " ".join([token.text for chunk in normalise(text).split() for token in _analysed(chunk)])


def fold(word: str) -> str:
    """One form for a word of a script with letters: width, case and accents folded."""
    if word.isascii() and word.isalnum():
        return word.lower()
    decomposed = unicodedata.normalize("NFKD", word).casefold()
    kept = "".join(
        c for c in unicodedata.normalize("NFKD", decomposed) if not unicodedata.combining(c)
    )
    return "".join(c for c in unicodedata.normalize("NFC", kept) if c.isalnum())


def singular(word: str) -> str:
    """Take a plural ending off an English word: cities → city, wages → wage, bylaws → bylaw."""
    if len(word) < 4 or not word.isascii() or not word.endswith("s"):
        return word
    if word.endswith("ies") and not word.endswith(("eies", "aies")):
        return word[:-3] + "y" if len(word) > 4 else word[:-1]
    if word.endswith("es") and not word.endswith(("aes", "ees", "oes")):
        return word[:-2] if word.endswith(("sses", "shes", "ches", "xes")) else word[:-1]
    if word.endswith(("us", "ss", "is")):
        return word
    return word[:-1]


def words(text: str) -> list[str]:
    """Whole words in the folded form, particles off: what suggestions are made of."""
    found = []
    normal = normalise(text)
    for run in _RUNS.finditer(normal):
        if run["hangul"]:
            found.append(particles.strip_particles(run["hangul"]))
        elif run["word"]:
            found.append(fold(run["word"]))
    return [word for word in found if len(word) > 1 and not word.isdigit()]


def _analysed(chunk: str) -> tuple[Token, ...]:
    """What stands between two spaces is analysed by itself, so common chunks are remembered."""
    return _remembered(chunk) if len(chunk) <= 32 else tuple(_tokens(chunk))


@lru_cache(maxsize=65_536)
def _remembered(chunk: str) -> tuple[Token, ...]:
    return tuple(_tokens(chunk))


def _tokens(text: str) -> Iterator[Token]:
    for run in _RUNS.finditer(text):
        start, end = run.span()
        if run["hangul"]:
            yield from _hangul(text, start, end)
        elif run["pairs"]:
            yield from _pairs(text[start:end], start)
        else:
            word = run["word"]
            for owner in ("'s", "\u2019s"):
                if word.casefold().endswith(owner):
                    word = word[:-2]
            folded = fold(word)
            if folded:
                yield Token(singular(folded), start, start + len(word))


def _hangul(text: str, start: int, end: int) -> Iterator[Token]:
    word = text[start:end]
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    attached = before.isalnum()
    counted = before.isdigit() and word in "만도과"  # 100만, 30도, 1과
    after_a_word = not before.isspace() and before not in _SENTENCE_OPENERS  # ILO와, (ILO)의
    if word in particles.ALL and after_a_word and not counted:
        return
    if not after.isalnum():
        word = particles.strip_particles(word, shortest=1 if attached else 2)
    yield from _pairs(word, start)


def _pairs(word: str, start: int) -> Iterator[Token]:
    if len(word) == 1:
        yield Token(word, start, start + 1)
    for at in range(len(word) - 1):
        yield Token(word[at : at + 2], start + at, start + at + 2)
