"""Amending sentences, as legislators write them in Korean and in English."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resolutions.rules.amending import derive
from resolutions.rules.operations import Op, Operation, Words
from resolutions.rules.parse import parse_text
from resolutions.rules.sentences import _phrases, amending_sentences
from resolutions.rules.structure import Kind, TextTree
from secretariat.kernel.bilingual import Bilingual

KO = """규약

제1장 총칙

제1조(목적) 이 규약은 도시의 목적을 정한다.

제2조(가입)
① 도시는 신청서를 내고 도시의 총회가 정하면 회원이 된다.
② 회비는 두지 아니한다.
③ 다음 도시는 참관할 수 있다.
1. 서울
2. 빈

제3조(탈퇴) 도시는 언제든지 탈퇴할 수 있다.

제4조(폐지) 이 규약은 폐지할 수 있다.

부칙

제1조(시행일) 채택한 날부터 시행한다.
"""
EN = """Bylaws

Chapter 1 General

Article 1 (Purpose)
These Bylaws state the purpose of cities.

Article 2 (Joining)
1. A city that applies is a member when the assembly of the city so decides.
2. There is no fee.
3. These cities may observe:
(a) Seoul
(b) Vienna

Article 3 (Leaving)
A city may leave at any time.

Article 4 (End)
These Bylaws may be ended.

Supplementary Provisions

Article 1 (Entry into force)
In force from the day of adoption.
"""
BASE = {
    "ko": parse_text(KO.encode(), lang="ko").tree,
    "en": parse_text(EN.encode(), lang="en").tree,
}
TITLE = Bilingual(ko="규약", en="Bylaws")


def said(lang: str, *changes: tuple[str, str]) -> list[str]:
    """The sentences in one language where the plain text is changed so."""
    raw = KO if lang == "ko" else EN
    for old, new in changes:
        assert raw.count(old) == 1
        raw = raw.replace(old, new)
    base = {lang: BASE[lang]}
    new = {lang: parse_text(raw.encode(), lang=lang).tree}
    found = amending_sentences(base, derive(base, new), title=TITLE)
    return [sentence[lang] for sentence in found][1:]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([("회비는 두지", "참가비는 두지")], ["제2조제2항 중 “회비는”을 “참가비는”으로 한다."]),
        ([("언제든지 ", "")], ["제3조 중 “언제든지”를 삭제한다."]),
        (
            [("언제든지 탈퇴", "언제든지 문서로 탈퇴")],
            ["제3조 중 “탈퇴할”을 “문서로 탈퇴할”로 한다."],
        ),
        (
            [("신청서를 내고", "신고서를 내고"), ("회원이 된다.", "참관도시가 된다.")],
            ["제2조제1항 중 “신청서를”을 “신고서를”로, “회원이”를 “참관도시가”로 한다."],
        ),
        ([("도시의 총회가", "총회가")], ["제2조제1항 중 “도시의”를 삭제한다."]),
        ([("1. 서울", "1. 서울과 파리")], ["제2조제3항제1호 중 “서울”을 “서울과 파리”로 한다."]),
        (
            [("다음 도시는 참관할", "다음 시는 참관할")],
            ["제2조제3항 각 호 외의 부분 중 “도시는”을 “시는”으로 한다."],
        ),
        (
            [("제3조(탈퇴)", "제3조(탈퇴와 제명)")],
            ["제3조의 제목 “(탈퇴)”를 “(탈퇴와 제명)”으로 한다."],
        ),
        ([("제1장 총칙", "제1장 일반")], ["제1장의 제목 “총칙”을 “일반”으로 한다."]),
        (
            [("탈퇴할 수 있다.", "탈퇴할 수 있다. 다만, 총회 중에는 그러하지 아니하다.")],
            ["제3조에 단서를 다음과 같이 신설한다.\n다만, 총회 중에는 그러하지 아니하다."],
        ),
        (
            [("탈퇴할 수 있다.", "탈퇴할 수 있다. 이 경우 서면으로 알린다.")],
            ["제3조에 후단을 다음과 같이 신설한다.\n이 경우 서면으로 알린다."],
        ),
        (
            [("도시는 언제든지 탈퇴할 수 있다.", "회원은 언제나 나갈 길을 연다.")],
            ["제3조를 다음과 같이 한다.\n제3조(탈퇴)\n회원은 언제나 나갈 길을 연다."],
        ),
        (
            [("2. 빈\n", "2. 빈\n3. 파리\n4. 도쿄\n")],
            ["제2조제3항에 제3호 및 제4호를 각각 다음과 같이 신설한다.\n3. 파리\n4. 도쿄"],
        ),
        (
            [("2. 빈\n", "2. 빈\n④ 새 항이다.\n1. 하나\n")],
            ["제2조에 제4항을 다음과 같이 신설한다.\n④ 새 항이다.\n1. 하나"],
        ),
        (
            [("제4조(폐지)", "제3조의2(제명) 총회가 정한다.\n\n제4조(폐지)")],
            ["제3조의2를 다음과 같이 신설한다.\n제3조의2(제명)\n총회가 정한다."],
        ),
        (
            [("시행한다.\n", "시행한다.\n\n제2조(경과) 종전을 따른다.\n")],
            ["부칙에 제2조를 다음과 같이 신설한다.\n제2조(경과)\n종전을 따른다."],
        ),
        ([("② 회비는 두지 아니한다.\n", "")], ["제2조제2항을 삭제한다."]),
    ],
)
def test_korean(changes: list[tuple[str, str]], expected: list[str]) -> None:
    assert said("ko", *changes) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([("no fee", "one fee")], ["In Article 2(2), for “no” substitute “one”."]),
        ([(" at any time", "")], ["In Article 3, omit “at any time”."]),
        ([("may leave", "may always leave")], ["In Article 3, before “leave” insert “always”."]),
        (
            [("that applies is", "that asks is"), ("so decides", "so agrees")],
            [
                (
                    "In Article 2(1), for “applies” substitute “asks” and for “decides” "
                    "substitute “agrees”."
                )
            ],
        ),
        (
            [("These cities may", "These towns may")],
            ["In the opening words of Article 2(3), for “cities” substitute “towns”."],
        ),
        (
            [("(Leaving)", "(Leaving and returning)")],
            ["In the heading of Article 3, for “Leaving” substitute “Leaving and returning”."],
        ),
        (
            [("at any time.", "at any time. It says so in writing.")],
            ["At the end of Article 3 add:\n“It says so in writing.”"],
        ),
        (
            [("A city may leave at any time.", "Members go when they like.")],
            ["For Article 3 substitute:\n“Article 3 (Leaving)\nMembers go when they like.”"],
        ),
        (
            [("(b) Vienna\n", "(b) Vienna\n(c) Paris\n(d) Tokyo\n")],
            ["After Article 2(3)(b) insert:\n“(c) Paris\n(d) Tokyo”"],
        ),
        (
            [("Article 4 (End)", "Article 3 bis (Expulsion)\nIt decides.\n\nArticle 4 (End)")],
            ["After Article 3 insert:\n“Article 3 bis (Expulsion)\nIt decides.”"],
        ),
        ([("2. There is no fee.\n", "")], ["Delete Article 2(2)."]),
    ],
)
def test_english(changes: list[tuple[str, str]], expected: list[str]) -> None:
    assert said("en", *changes) == expected


def sentences(*operations: Operation) -> list[dict[str, str]]:
    found = amending_sentences(BASE, operations, title=TITLE)
    return [sentence.as_dict() for sentence in found]


OPENING = {
    "ko": "규약 일부를 다음과 같이 개정한다.",
    "en": "The text “Bylaws” is amended as follows.",
}


def test_nothing_said_of_nothing() -> None:
    assert sentences() == []


def test_deleted_and_renumbered_in_a_row() -> None:
    assert sentences(
        Operation(op=Op.DELETE, key="art2"),
        Operation(op=Op.DELETE, key="supp1.art1"),
        Operation(op=Op.RENUMBER, key="art3", number="2"),
        Operation(op=Op.RENUMBER, key="art4", number="3"),
    ) == [
        OPENING,
        {
            "ko": "제2조 및 부칙 제1조를 각각 삭제한다.",
            "en": "Delete Article 2 and Supplementary Provisions, Article 1.",
        },
        {
            "ko": "제3조를 제2조로 하고, 제4조를 제3조로 한다.",
            "en": "Renumber Article 3 as Article 2 and Article 4 as Article 3.",
        },
    ]


def test_a_paragraph_gets_another_number() -> None:
    assert sentences(Operation(op=Op.RENUMBER, key="art2.p3", number="4"))[1:] == [
        {"ko": "제2조제3항을 제4항으로 한다.", "en": "Renumber Article 2(3) as Article 2(4)."}
    ]


@pytest.mark.parametrize(
    ("parent", "after", "expected"),
    [
        (
            "ch1",
            "art4",
            {"ko": "제1조를 제4조 다음으로 옮긴다.", "en": "Move Article 1 to follow Article 4."},
        ),
        (
            "supp1",
            "",
            {
                "ko": "제1조를 부칙의 처음으로 옮긴다.",
                "en": "Move Article 1 to the beginning of Supplementary Provisions.",
            },
        ),
        (
            "",
            "",
            {
                "ko": "제1조를 맨 앞으로 옮긴다.",
                "en": "Move Article 1 to the beginning of the text.",
            },
        ),
    ],
)
def test_moved(parent: str, after: str, expected: dict[str, str]) -> None:
    move = Operation(op=Op.MOVE, key="art1", parent=parent, after=after)
    assert sentences(move)[1:] == [expected]


def test_a_language_that_does_not_change_says_nothing() -> None:
    words = {"ko": Words("", "회비를 받는다.")}
    assert sentences(Operation(op=Op.SUBSTITUTE, key="art2.p2", words=words)) == [
        OPENING,
        {"ko": "제2조제2항을 다음과 같이 한다.\n② 회비를 받는다."},
    ]


def test_the_same_words_everywhere() -> None:
    words = {
        "ko": Words("", "시는 신청서를 내고 시의 총회가 정하면 회원이 된다."),
        "en": Words(
            "", "A town that applies is a member when the assembly of the town so decides."
        ),
    }
    assert sentences(Operation(op=Op.SUBSTITUTE, key="art2.p1", words=words))[1:] == [
        {
            "ko": "제2조제1항 중 “도시는”을 “시는”으로, “도시의”를 “시의”로 한다.",
            "en": "In Article 2(1), for “city”, in each place where it occurs, substitute “town”.",
        }
    ]


def test_new_provisions_below_a_new_one_come_with_it() -> None:
    def new(
        key: str, kind: Kind, number: str, parent: str, after: str, ko: str, en: str
    ) -> Operation:
        words = {"ko": Words("새것" if kind is Kind.ARTICLE else "", ko), "en": Words("", en)}
        return Operation(
            op=Op.INSERT_AFTER,
            key=key,
            kind=kind,
            number=number,
            parent=parent,
            after=after,
            words=words,
        )

    assert sentences(
        new("art5", Kind.ARTICLE, "5", "ch1", "art4", "", ""),
        new("art5.p2", Kind.PARAGRAPH, "2", "art5", "art5.p1", "둘", "Two"),
        new("art5.p1", Kind.PARAGRAPH, "1", "art5", "", "하나", "One"),
    )[1:] == [
        {
            "ko": "제5조를 다음과 같이 신설한다.\n제5조(새것)\n① 하나\n② 둘",
            "en": "After Article 4 insert:\n“Article 5\n1. One\n2. Two”",
        }
    ]


WORDS = st.lists(
    st.sampled_from(
        ["도시는", "도시가", "총회를", "회원", "정한다.", "다만,", "city", "9조", "“시”"]
    ),
    min_size=1,
    max_size=12,
).map(" ".join)


@given(WORDS, WORDS)
@settings(max_examples=150)
def test_what_is_quoted_makes_the_new_text(old: str, new: str) -> None:
    """Whoever carries the sentence out by hand arrives at the new text."""
    changes = _phrases(old, new)
    if changes is None or old == new:
        return
    places = []
    for change in changes:
        count = sum(old.startswith(change.old, at) for at in range(len(old)))
        assert count >= 1 if change.everywhere else count == 1
        start = old.find(change.old)
        while start >= 0:
            places.append((start, change))
            start = old.find(change.old, start + len(change.old))
    made = old
    for start, change in sorted(places, key=lambda each: -each[0]):
        made = made[:start] + change.new + made[start + len(change.old) :]
    assert made.split() == new.split()


@given(st.data())
@settings(max_examples=40)
def test_every_derived_operation_can_be_said(data: st.DataObject) -> None:
    lines = KO.split("\n")
    start = data.draw(st.integers(2, len(lines) - 1))
    size = data.draw(st.integers(0, 3))
    more = data.draw(st.sampled_from([[], ["새 줄이다."], ["제3조의2(새것) 정한다."]]))
    raw = "\n".join([*lines[:start], *more, *lines[start + size :]])
    base = {"ko": BASE["ko"]}
    try:
        new: dict[str, TextTree] = {"ko": parse_text(raw.encode(), lang="ko").tree}
        operations = derive(base, new)
    except Exception:  # noqa: BLE001
        return
    found = amending_sentences(base, operations, title=TITLE)
    assert bool(found) == bool(operations)
    assert all(sentence["ko"].strip() for sentence in found)
