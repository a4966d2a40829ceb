"""Reading and hashing a long text."""

import time

from resolutions.rules.canonical import language_hash
from resolutions.rules.parse import parse_text

ARTICLES = 1_000
SECONDS = 5


def long_text() -> bytes:
    """Bylaws of a thousand articles, three paragraphs each."""
    articles = [
        f"제{number}조(목적)\n① 이 조는 회원도시의 권리를 정한다.\n"
        f"② 제1항의 권리는 다음과 같다.\n1. 출석\n2. 표결\n③ 제2항은 제{number}조에만 따른다."
        for number in range(1, ARTICLES + 1)
    ]
    return ("긴 규약\n\n" + "\n\n".join(articles)).encode()


def test_a_thousand_articles_are_read_and_hashed() -> None:
    raw = long_text()
    began = time.perf_counter()
    result = parse_text(raw, lang="ko")
    read = time.perf_counter()
    language_hash(result.tree)
    hashed = time.perf_counter()
    print(
        f"\n{ARTICLES} articles, {len(raw) // 1000} kB: read in {read - began:.2f} s, "
        f"hashed in {hashed - read:.2f} s"
    )
    assert sum(1 for each in result.tree.walk() if each.kind == "article") == ARTICLES
    assert hashed - began < SECONDS
