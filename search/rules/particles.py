"""Korean particles (조사) and what must not be mistaken for one.

A "light" list, without a dictionary: what stands at the end of an eojeol
is taken off when at least two syllables remain. It is a list for finding,
not for parsing: the same function runs over the texts and over the
question, so a wrong cut costs precision at worst, and the protected tails
keep the words this field lives on (근로, 협의, 국가, 제도 …) whole.

Source: the particle classes of 표준국어문법 (격조사, 보조사, 접속조사), cut
down to those that appear in administrative and legal prose.
"""

from __future__ import annotations

from functools import lru_cache

CLOSING: tuple[str, ...] = (
    "으로부터의",
    "이라는",
    "이라고",
    "이다",
    "입니다",
    "이며",
    "이고",
    "하는",
    "하고",
    "하여",
    "하며",
    "하기",
    "하지",
    "하였다",
    "한다",
    "합니다",
    "하도록",
    "되는",
    "되고",
    "되어",
    "되며",
    "되지",
    "되었다",
    "된다",
    "됩니다",
    "되도록",
    "은",
    "는",
    "이",
    "가",
    "을",
    "를",
    "의",
    "도",
    "만",
    "된",
    "될",
    "됨",
)
"""What ends an eojeol: topic, subject, object and possessive particles, 하다/되다, 이다."""

CASE: tuple[str, ...] = (
    "으로부터",
    "로부터",
    "에게서",
    "으로서",
    "으로써",
    "로서",
    "로써",
    "에서",
    "에게",
    "한테",
    "으로",
    "까지",
    "부터",
    "처럼",
    "보다",
    "마다",
    "조차",
    "마저",
    "이나",
    "이든",
    "든지",
    "에",
    "로",
    "와",
    "과",
)
"""What may stand before a closing particle: place, direction, means, comparison."""

PLURAL = "들"

AFTER_CONSONANT: frozenset[str] = frozenset(
    ("은", "이", "을", "과", "이나", "이든", "으로", "으로서", "으로써", "으로부터")
)
AFTER_VOWEL: frozenset[str] = frozenset(("는", "가", "를", "와"))
AFTER_VOWEL_OR_RIEUL: frozenset[str] = frozenset(("로", "로서", "로써", "로부터"))
"""Which form follows which sound: 기업가 is no 기업 with 가, since that would be 기업이."""

PROTECTED_TAILS: frozenset[str] = frozenset(
    # ~의
    "협의 합의 결의 동의 심의 논의 정의 주의 명의 건의 제의 강의 문의 항의 의의 편의 회의 "
    # ~가 after a vowel
    "추가 참가 허가 휴가 대가 "
    # ~과 after a consonant
    "결과 성과 통과 학과 "
    # ~로 after a vowel or ㄹ
    "도로 과로 "
    # ~도
    "제도 정도 태도 한도 속도 보도 지도 의도 인도 연도 년도 강도 밀도 각도 수도 "
    "농도 온도 척도 기도 "
    # ~이, ~만, ~을
    "높이 길이 놀이 린이 은이 불만 백만 천만 마을 가을 노을 서울".split()
)
"""Ends of words that look like a particle and are not (노사협의, 성과평가제도)."""

BODIES_BEFORE_POSSESSIVE: tuple[str, ...] = (
    "위원회",
    "협의회",
    "이사회",
    "사회",
    "의회",
    "총회",
    "국회",
    "학회",
    "기회",
    "대회",
    "연합회",
    "분과회",
    "교류회",
    "박람회",
)
"""Bodies whose possessive looks like 회의, a meeting: 위원회의 is "of the committee"."""

ALL: frozenset[str] = frozenset((*CLOSING, *CASE, PLURAL))


def _by_last_syllable(endings: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """The endings by their last syllable, longest first: few are worth trying on a word."""
    found: dict[str, list[str]] = {}
    for ending in sorted(endings, key=len, reverse=True):
        found.setdefault(ending[-1], []).append(ending)
    return {last: tuple(each) for last, each in found.items()}


_STEPS = (_by_last_syllable(CLOSING), _by_last_syllable(CASE), _by_last_syllable((PLURAL,)))


@lru_cache(maxsize=65_536)
def strip_particles(word: str, *, shortest: int = 2) -> str:
    """Take the particles off one Hangul word and give its stem.

    `word` is Hangul syllables only, in NFC. At least `shortest` syllables
    remain. 생활임금을 → 생활임금; 노동자들에게는 → 노동자; 근로 → 근로.
    """
    for endings in _STEPS:
        for ending in endings.get(word[-1], ()):
            if len(word) - len(ending) >= shortest and word.endswith(ending):
                stem = word[: -len(ending)]
                if _follows(stem, ending) and not _is_part_of_word(word, stem, ending):
                    word = stem
                    break
    return word


def _follows(stem: str, ending: str) -> bool:
    """Whether this form of the particle can follow the last sound of the stem."""
    final = (ord(stem[-1]) - 0xAC00) % 28  # 0 is no final consonant, 8 is ㄹ
    if ending in AFTER_CONSONANT:
        return final != 0
    if ending in AFTER_VOWEL:
        return final == 0
    if ending in AFTER_VOWEL_OR_RIEUL:
        return final in (0, 8)
    return True


def _is_part_of_word(word: str, stem: str, ending: str) -> bool:
    if ending == "의" and stem.endswith(BODIES_BEFORE_POSSESSIVE):
        return False
    return word[-2:] in PROTECTED_TAILS
