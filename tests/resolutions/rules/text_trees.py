"""Hypothesis strategies for text trees and for plain texts that look like statutes."""

from __future__ import annotations

from hypothesis import strategies as st

from resolutions.rules.structure import Kind, Provision, TextTree

words = st.text(
    alphabet=st.sampled_from("가나다라도시노동자를은한 abcTZ 019.,()·①\n\t\\é"), max_size=20
)
numbers = st.sampled_from(["", "1", "2", "3", "12-2", "4.1", "A"])


@st.composite
def trees(draw: st.DrawFn) -> TextTree:
    """Any tree of up to three levels with unique keys."""
    serial = iter(range(1000))

    def provisions(depth: int) -> tuple[Provision, ...]:
        count = draw(st.integers(0, 3))
        return tuple(
            Provision(
                key=f"k{next(serial)}",
                kind=draw(st.sampled_from(list(Kind))),
                number=draw(numbers),
                heading=draw(words),
                text=draw(words),
                children=provisions(depth - 1) if depth else (),
            )
            for _ in range(count)
        )

    return TextTree(draw(words), draw(st.sampled_from(["ko", "en"])), provisions(2))


_KO_STARTS = [
    "",
    "",
    "  ",
    "    ",
    "제1장 ",
    "제2장 총칙",
    "제1절 ",
    "제1관 일반",
    "제1조(목적) ",
    "제2조(회원) ① ",
    "제3조 ",
    "제3조의2(총회) ",
    "제4조 삭제 <2019. 1. 1.>",
    "제5조",
    "제2조부터 제4조까지 삭제",
    "제○조(무엇) ",
    "① ",
    "② ",
    "③",
    "㉑ ",
    "1. ",
    "2. ",
    "3. ",
    "1의2. ",
    "가. ",
    "나. ",
    "다. ",
    "1) ",
    "2) ",
    "가) ",
    "(1) ",
    "(가) ",
    "(a) ",
    "부칙",
    "부칙 <2018. 12. 12.>",
    "부 칙",
    "별표 1 표",
    "[별지 제1호서식]",
    "전문",
    "2018년 12월 12일 서울에서 채택",
    "2018. 12. 12.",
    "- 3 -",
    "-----",
    "Ⅰ. ",
    "Ⅱ. ",
    "1.1 ",
    "1.2 ",
    "2.1. ",
    "A. ",
    "A.1 ",
    "제1조의",
    "제1조(",
    "끝.",
    "• ",
    "| ",
]
_EN_STARTS = [
    "",
    "",
    "  ",
    "    ",
    "Chapter 1 ",
    "CHAPTER II",
    "Part I",
    "Section 1. ",
    "Section 2 – Rules",
    "Article 1 (Purpose) ",
    "Article 2. Members",
    "Article 3",
    "ARTICLE IV",
    "Article 3 bis (Seat) ",
    "Article 4 [Repealed]",
    "Article ___",
    "Article 5 of ",
    "1. ",
    "2. ",
    "3. ",
    "10. ",
    "(1) ",
    "(2) ",
    "(a) ",
    "(b) ",
    "(h) ",
    "(i) ",
    "(ii) ",
    "(j) ",
    "a) ",
    "b. ",
    "i. ",
    "Preamble",
    "Supplementary Provisions",
    "Addenda <2018>",
    "Annex 1: Cities",
    "Annex",
    "Appendix A",
    "Adopted in Seoul on 12 December 2018",
    "Seoul, 12 December 2018",
    "Page 3 of 10",
    "* * *",
    "I. ",
    "II. ",
    "1.1 ",
    "1.2. ",
    "2.1. ",
    "A. ",
    "A.0. ",
    "Article 1 (",
    "Art. 7 ",
    "• ",
    "| ",
]


@st.composite
def plain_texts(draw: st.DrawFn, lang: str) -> str:
    """Lines that begin like everything a statute's lines begin with, in any order."""
    starts = _KO_STARTS if lang == "ko" else _EN_STARTS
    tail = st.sampled_from(
        ["도시는 정한다.", "노동 존중,", "다음과 같다", "제3조(목적)에 따라", ") x", "3)"]
        if lang == "ko"
        else ["Cities act.", "the purpose of", "Members", "as follows:", "Article 3 (Seat)", ") x"]
    )
    line = st.tuples(
        st.sampled_from(["", "", "", " ", "    ", "\t"]),
        st.sampled_from(starts),
        st.one_of(st.just(""), tail),
    ).map("".join)
    lines = draw(st.lists(line, min_size=1, max_size=25))
    return draw(st.sampled_from(["\n", "\r\n"])).join(lines)
