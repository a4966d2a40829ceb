"""Three hundred amendments to one text: the conflict matrix, and all that goes together applied.

Beside each stands the plain way of doing it, in the same run: every pair of amendments merged
with `difflib` where both reword a provision, and one amendment applied after the other.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import combinations
from typing import Any

from resolutions.rules import merging
from resolutions.rules.amending import apply, apply_all
from resolutions.rules.conflicts import CANNOT_BOTH, conflict_matrix
from resolutions.rules.operations import Op, Operation, Words, _own_hash, provision_hash
from resolutions.rules.structure import Kind, Provision, TextTree

ARTICLES = 200
AMENDMENTS = 300
ON_ONE_ARTICLE = 30
MATRIX_SECONDS = 0.100
APPLYING_SECONDS = 0.050
KO = "회원도시는 총회가 정하는 바에 따라 해마다 한 번 그 이행 상황을 사무국에 알려야 하며".split()
EN = "each member city informs the office once a year of what it has done as decided".split()

Trees = dict[str, TextTree]


def long_text() -> Trees:
    """Two hundred articles in ten chapters, three paragraphs each, in two languages."""
    trees = {}
    for code, words in (("ko", KO), ("en", EN)):
        dice = random.Random(7)  # noqa: S311

        def sentence(words: list[str] = words, dice: random.Random = dice) -> str:
            return " ".join(dice.choice(words) for _ in range(36)) + "."

        chapters = []
        for chapter in range(ARTICLES // 20):
            articles = []
            for number in range(chapter * 20 + 1, chapter * 20 + 21):
                below = tuple(
                    Provision(f"art{number}.p{n}", Kind.PARAGRAPH, str(n), "", sentence())
                    for n in (1, 2, 3)
                )
                articles.append(
                    Provision(f"art{number}", Kind.ARTICLE, str(number), words[0], "", below)
                )
            chapters.append(
                Provision(f"ch{chapter + 1}", Kind.CHAPTER, str(chapter + 1), words[1], "",
                          tuple(articles))
            )  # fmt: skip
        trees[code] = TextTree("Long", code, tuple(chapters))
    return trees


def reword(trees: Trees, key: str, place: int, new: str) -> Operation:
    base, words = {}, {}
    for code, tree in trees.items():
        provision = tree.find(key)
        assert provision is not None
        pieces = provision.text.split()
        pieces[place] = f"{new}{code}"
        base[code] = provision_hash(provision)
        words[code] = Words("", " ".join(pieces))
    return Operation(op=Op.SUBSTITUTE, key=key, base=base, words=words)


def insert(trees: Trees, article: int, number: int) -> Operation:
    key = f"art{article}.p{number}"
    anchor = {code: tree.find(f"art{article}.p3") for code, tree in trees.items()}
    return Operation(
        op=Op.INSERT_AFTER,
        key=f"{key}n",
        kind=Kind.PARAGRAPH,
        number=str(number),
        parent=f"art{article}",
        after=f"art{article}.p3",
        base={code: provision_hash(each) for code, each in anchor.items() if each},
        words={code: Words("", "새 항 new paragraph") for code in trees},
    )


def crowded(trees: Trees) -> dict[int, Sequence[Operation]]:
    """Thirty amendments on each of ten articles; each two or three operations."""
    dice = random.Random(11)  # noqa: S311
    made: dict[int, Sequence[Operation]] = {}
    for number in range(1, AMENDMENTS + 1):
        article = (number - 1) // ON_ONE_ARTICLE * 20 + 1
        paragraphs = dice.sample((1, 2, 3), 2)
        made[number] = [
            reword(trees, f"art{article}.p{each}", dice.randrange(36), f"w{number}")
            for each in paragraphs
        ]
        if number % 5 == 0:
            made[number] = [*made[number], insert(trees, article, 4)]
    return made


def peaceful(trees: Trees) -> dict[int, Sequence[Operation]]:
    """Three hundred operations on as many provisions, some of them insertions."""
    made: dict[int, Sequence[Operation]] = {}
    for number in range(1, AMENDMENTS + 1):
        article, paragraph = (number - 1) % ARTICLES + 1, (number - 1) // ARTICLES + 1
        made[number] = [
            insert(trees, article, 4)
            if number % 10 == 0 and paragraph == 1
            else reword(trees, f"art{article}.p{paragraph}", number % 30, f"w{number}")
        ]
    return made


def forget() -> None:
    """Nothing is remembered from what was measured before."""
    for cache in (merging.split_words, merging.word_edits, merging._word_places, _own_hash):
        cache.cache_clear()


def measured(work: Callable[[], Any]) -> tuple[float, Any]:
    """The best of three, each with nothing remembered."""
    best, answer = float("inf"), None
    for _ in range(3):
        forget()
        began = time.perf_counter()
        answer = work()
        best = min(best, time.perf_counter() - began)
    return best, answer


def plain_merges(trees: Trees, amendments: Mapping[int, Sequence[Operation]]) -> int:
    """Every pair with `difflib`: how many cannot merge. A tenth of the pairs, times ten."""
    texts = {code: tree.by_key() for code, tree in trees.items()}
    apart = 0
    for one, other in combinations(list(amendments)[: AMENDMENTS // 10], 2):
        for mine in amendments[one]:
            for theirs in amendments[other]:
                if mine.op is theirs.op is Op.SUBSTITUTE and mine.key == theirs.key:
                    apart += not all(
                        _merge(texts[code][mine.key].text, mine.words[code].text,
                               theirs.words[code].text)
                        for code in trees
                    )  # fmt: skip
    return apart


def _merge(base: str, one: str, other: str) -> bool:
    words = base.split()
    touched = []
    for new in (one, other):
        codes = SequenceMatcher(None, words, new.split(), autojunk=False).get_opcodes()
        touched.append([(i1, i2) for tag, i1, i2, _j1, _j2 in codes if tag != "equal"])
    return all(a[1] < b[0] or b[1] < a[0] for a in touched[0] for b in touched[1])


def test_the_conflict_matrix_of_three_hundred_amendments() -> None:
    trees = long_text()
    amendments = crowded(trees)
    seconds, matrix = measured(lambda: conflict_matrix(trees, amendments))
    plain, _apart = measured(lambda: plain_merges(trees, amendments))
    kinds: dict[str, int] = {}
    for finding in matrix.cells.values():
        kinds[finding.kind.value] = kinds.get(finding.kind.value, 0) + 1
    print(
        f"\n{AMENDMENTS} amendments, {ON_ONE_ARTICLE} on each of {AMENDMENTS // ON_ONE_ARTICLE} "
        f"articles of {ARTICLES}: matrix in {seconds * 1000:.0f} ms (limit "
        f"{MATRIX_SECONDS * 1000:.0f}), {len(matrix.cells)} pairs meet {kinds}; the pairs of one "
        f"article through difflib {plain * 1000:.0f} ms, of all ten {plain * 10_000:.0f} ms: "
        f"{plain * 10 / seconds:.1f} times as long"
    )
    assert sum(kinds.values()) > 1000
    assert seconds < MATRIX_SECONDS


def test_three_hundred_operations_are_applied() -> None:
    trees = long_text()
    amendments = peaceful(trees)
    together = [each for operations in amendments.values() for each in operations]
    assert len(together) == AMENDMENTS
    at_once, new = measured(lambda: apply(trees, together))
    as_amendments, same = measured(lambda: apply_all(trees, amendments))
    some = dict(list(amendments.items())[:30])

    def one_by_one() -> Trees:
        text = trees
        for operations in some.values():
            text = apply(text, operations)
        return text

    slow, _text = measured(one_by_one)
    assert (
        not {each.kind for each in conflict_matrix(trees, amendments).cells.values()} & CANNOT_BOTH
    )
    assert new == same
    print(
        f"\n{AMENDMENTS} operations on {ARTICLES} articles: applied in {at_once * 1000:.0f} ms as "
        f"one amendment, in {as_amendments * 1000:.0f} ms as {AMENDMENTS} (limit "
        f"{APPLYING_SECONDS * 1000:.0f}); one after the other {slow * 10_000:.0f} ms: "
        f"{slow * 10 / as_amendments:.1f} times as long"
    )
    assert max(at_once, as_amendments) < APPLYING_SECONDS
