"""Plain text in, tree out: Korean and English, imperfect and hostile input, nothing lost."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resolutions.rules.normalise import normalise
from resolutions.rules.numbering import render_number
from resolutions.rules.parse import MAX_BYTES, ParseRefused, ParseResult, parse_text
from resolutions.rules.structure import Kind, Provision, TextTree
from tests.resolutions.rules.text_trees import plain_texts

SHARED = Path(__file__).resolve().parents[4] / "shared" / "reference"
AUTHENTIC = SHARED / "texts" / "seoul-declaration-2017.ko.txt"
CONSTITUTIONS = sorted((SHARED / "bylaws").glob("constitution.*.txt"))


def parsed(text: str, lang: str = "ko", title: str | None = None) -> ParseResult:
    result = parse_text(text.encode(), lang=lang, title=title)
    assert_conserved(text, result, title=title)
    return result


def outline(result: ParseResult) -> list[str]:
    return [
        f"{provision.key}|{provision.heading}|{provision.text}" for provision in result.tree.walk()
    ]


def keys(result: ParseResult) -> list[str]:
    return [provision.key for provision in result.tree.walk()]


def codes(result: ParseResult) -> list[tuple[int, str]]:
    return [(note.line, note.code) for note in result.warnings]


def refused(text: str | bytes, lang: str = "ko") -> ParseRefused:
    with pytest.raises(ParseRefused) as caught:
        parse_text(text if isinstance(text, bytes) else text.encode(), lang=lang)
    assert all(caught.value.message[language] for language in ("ko", "en"))
    return caught.value


# --- The guarantee, checked without the parser's own bookkeeping of what it kept ----------------


def solid(text: str) -> str:
    return "".join(text.split())


def assert_conserved(source: str, result: ParseResult, *, title: str | None = None) -> None:
    """Source minus numbering minus what was not understood is the tree, character by character."""
    tree = result.tree if title is None else TextTree("", result.tree.lang, result.tree.provisions)
    wanted = solid(tree.concatenation())
    if title is not None and not wanted.startswith(solid(source)[:1]):
        wanted = solid(result.tree.concatenation())
    aside = {each.line: solid(each.text) for each in result.not_understood}
    pieces: dict[int, list[str]] = {}
    for cut in result.numbering:
        pieces.setdefault(cut.line, []).extend(solid(piece) for piece in cut.pieces)
    lines, _ = normalise(source)
    places = {0}
    for number, line in enumerate(lines, start=1):
        left = solid(line)
        if number in aside:
            assert aside[number] == left
            continue
        places = _ends(left, tuple(pieces.get(number, [])), wanted, places)
        assert places, f"line {number} is not in the tree: {line!r}"
    assert len(wanted) in places, wanted[max(places) :]


def _ends(line: str, pieces: tuple[str, ...], wanted: str, starts: set[int]) -> set[int]:
    """Where in `wanted` the line can end, when exactly `pieces` are taken out of it in order."""

    @cache
    def walk(at: int, piece: int, place: int) -> frozenset[int]:
        if at == len(line):
            return frozenset([place]) if piece == len(pieces) else frozenset()
        ends: frozenset[int] = frozenset()
        if piece < len(pieces) and line.startswith(pieces[piece], at):
            ends |= walk(at + len(pieces[piece]), piece + 1, place)
        step = 0
        while at + step < len(line) and wanted[place + step : place + step + 1] == line[at + step]:
            step += 1
            rest = line[at + step :]
            if at + step == len(line) or (piece < len(pieces) and rest.startswith(pieces[piece])):
                ends |= walk(at + step, piece, place + step)
        return ends

    return set().union(*(walk(0, 0, start) for start in starts))


NUMBERING = re.compile(
    r"(?:Article|ARTICLE|Art\.|Chapter|CHAPTER|Part|PART|Section|SECTION|Annex|ANNEX"
    r"|Supplementary Provisions?|SUPPLEMENTARY PROVISIONS?|bis|ter|quater|부\s*칙|별\s?표"
    r"|제|편|장|절|조|의|호|[0-9]+|[IVXLC]+|[A-Z]\.?|[a-z]{1,6}[.)]|[가-힣][.)]|\([a-z가-힣]{1,6}\)"
    r"|[①-⓿㉑-㉟㊱-㊿Ⅰ-Ⅻ]|[\s.:()\[\]【】〔〕–—-])*"
)


def assert_only_numbering_was_cut(result: ParseResult) -> None:
    for cut in result.numbering:
        for piece in cut.pieces:
            assert NUMBERING.fullmatch(piece), piece


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from(["ko", "en"]).flatmap(lambda lang: st.tuples(st.just(lang), plain_texts(lang)))
)
def test_nothing_is_ever_lost(drawn: tuple[str, str]) -> None:
    lang, text = drawn
    try:
        result = parse_text(text.encode(), lang=lang)
    except ParseRefused as refusal:
        code = refusal.code
    else:
        code = ""
    assert code in ("", "duplicate_number", "empty")
    if code:
        return
    assert_conserved(text, result)
    assert_only_numbering_was_cut(result)
    assert len(result.tree.by_key()) == len(keys(result))
    for provision in result.tree.walk():
        assert_siblings_differ(provision.children)
    assert_siblings_differ(result.tree.provisions)


def assert_siblings_differ(siblings: tuple[Provision, ...]) -> None:
    numbered = [(each.kind, each.number) for each in siblings if each.number]
    assert len(numbered) == len(set(numbered))


@settings(max_examples=200, deadline=None)
@given(
    st.binary(max_size=300)
    | st.text(max_size=300).map(lambda text: text.encode("utf-8", "ignore")),
    st.sampled_from(["ko", "en"]),
)
def test_any_bytes_are_read_or_refused(raw: bytes, lang: str) -> None:
    try:
        result = parse_text(raw, lang=lang)
    except ParseRefused as refusal:
        code = refusal.code
    else:
        code = ""
        assert_conserved(raw.decode(), result)
    assert code in ("", "not_utf8", "binary", "empty", "duplicate_number")


# --- A declaration -------------------------------------------------------------------------------

DECLARATION = """일하는 사람이 존중받는 도시를 위한 다짐

오늘 도시들은 일의 값어치를 다시 묻는다. 일터는 삶의 터전이다.

우리는 한자리에 모여 다음과 같이 다짐한다.

1. 우리는 도시마다 일자리 계획을 세운다.
2. 우리는 새 일자리를 만들고 배울 기회를 넓힌다.
3. 우리는 모일 자유와 사회 안전망을 지킨다.
4. 우리는 노동자, 사용자, 시민과 대화한다.
5. 우리는 '도시 네트워크(City Network)'를 이룬다.
6. 우리는 디지털 시대의 변화에 앞서 대비한다.
7. 국제기구는 도시의 연구를 돕는다.
8. 주최 도시는 이 다짐을 널리 알린다.

도시 회의
2017년 9월 6일 서울에서 채택
"""


def test_a_declaration_has_preamble_articles_and_closing() -> None:
    result = parsed(DECLARATION)
    assert result.tree.title == "일하는 사람이 존중받는 도시를 위한 다짐"
    assert keys(result) == [
        "pre",
        "pre.p1",
        "pre.p2",
        *(f"art{number}" for number in range(1, 9)),
        "closing",
    ]
    assert [provision.kind for provision in result.tree.provisions] == [
        Kind.PREAMBLE,
        *[Kind.ARTICLE] * 8,
        Kind.CLOSING,
    ]
    closing = result.tree.find("closing")
    assert closing is not None
    assert closing.text == "도시 회의\n2017년 9월 6일 서울에서 채택"
    assert (result.warnings, result.normalised, result.not_understood) == ((), (), ())


@pytest.mark.skipif(not AUTHENTIC.exists(), reason="the reference folder is not beside the project")
def test_the_authentic_declaration() -> None:
    source = AUTHENTIC.read_text("utf-8")
    result = parsed(source)
    kinds = [provision.kind for provision in result.tree.provisions]
    assert kinds == [Kind.PREAMBLE, *[Kind.ARTICLE] * 8, Kind.CLOSING]
    numbers = [each.number for each in result.tree.provisions if each.kind is Kind.ARTICLE]
    assert numbers == [str(number) for number in range(1, 9)]
    assert len(result.tree.provisions[0].children) == 6
    assert (result.warnings, result.not_understood) == ((), ())
    unnumbered = re.sub(r"(?m)^[1-8]\. ", "", source)
    assert solid(result.tree.concatenation()) == solid(unnumbered)


def test_a_title_of_ones_own_keeps_the_documents_first_line() -> None:
    result = parsed(DECLARATION, title="다른 제목")
    assert result.tree.title == "다른 제목"
    assert result.tree.provisions[0].heading == "일하는 사람이 존중받는 도시를 위한 다짐"
    assert codes(result) == [(1, "title_differs")]
    same = parse_text(DECLARATION.encode(), lang="ko", title=parsed(DECLARATION).tree.title)
    assert same.tree == parsed(DECLARATION).tree


# --- Bylaws, Korean and English ---

BYLAWS_KO = """도시 네트워크 규약

전문

우리 도시들은 일의 존엄을 믿는다.

제1장 총칙

제1조(목적) 이 규약은 네트워크의
운영에 필요한 사항을 정한다.
제2조(회원(정회원)의 자격) ① 회원은 다음 각 호와 같다.
1. 정회원
가. 창립회원
나. 가입회원
2. 준회원
② 회원의 가입은 제9조에 따라
제3조(총회) 및 제4조에 따른다.
제2장 기관
제1절 총회
제3조(총회) ① 총회는 매년 연다.
② 삭제 <2019. 1. 1.>
제3조의2(임시총회) 의장은 임시총회를 열 수 있다.
제4조 삭제 <2019. 1. 1.>

부칙 <2018. 12. 12.>
제1조(시행일) 이 규약은 채택한 날부터 시행한다.
제2조(경과조치) 창립총회는 이 규약에 따른 것으로 본다.

별표 1 창립 도시
"""

BYLAWS_EN = """Bylaws of the City Network

Preamble

We, the cities, believe in the dignity of work.

Chapter 1 General Provisions

Article 1 (Purpose)
These bylaws set out what the network
needs in order to work.

Article 2. Eligibility of (full) members

1. The members are:
(a) full members, that is
(i) founding members;
(ii) later members;
(b) associate members.
2. Admission follows
Article 3 of these bylaws and Article 9(1).

Chapter 2
Organs

Section 1 The Assembly

Article 3: The Assembly
1. The assembly meets every year.
2. [Repealed]

Article 3 bis (Extraordinary assembly) The chair may call one.

Article 4 [Repealed]

Supplementary Provisions <2018. 12. 12.>
Article 1 (Entry into force) These bylaws enter into force on adoption.
Article 2 (Transition) The founding assembly counts as held under them.

Annex 1: Founding cities
"""


def test_korean_bylaws() -> None:
    result = parsed(BYLAWS_KO)
    assert outline(result) == [
        "pre|전문|",
        "pre.p1||우리 도시들은 일의 존엄을 믿는다.",
        "ch1|총칙|",
        "art1|목적|이 규약은 네트워크의 운영에 필요한 사항을 정한다.",
        "art2|회원(정회원)의 자격|",
        "art2.p1||회원은 다음 각 호와 같다.",
        "art2.p1.i1||정회원",
        "art2.p1.i1.s1||창립회원",
        "art2.p1.i1.s2||가입회원",
        "art2.p1.i2||준회원",
        "art2.p2||회원의 가입은 제9조에 따라 제3조(총회) 및 제4조에 따른다.",
        "ch2|기관|",
        "ch2.sec1|총회|",
        "art3|총회|",
        "art3.p1||총회는 매년 연다.",
        "art3.p2||삭제 <2019. 1. 1.>",
        "art3-2|임시총회|의장은 임시총회를 열 수 있다.",
        "art4||삭제 <2019. 1. 1.>",
        "supp1|<2018. 12. 12.>|",
        "supp1.art1|시행일|이 규약은 채택한 날부터 시행한다.",
        "supp1.art2|경과조치|창립총회는 이 규약에 따른 것으로 본다.",
        "annex1|창립 도시|",
    ]
    assert codes(result) == [(23, "repealed")]


def test_english_bylaws() -> None:
    result = parsed(BYLAWS_EN, "en")
    texts = {provision.key: provision for provision in result.tree.walk()}
    assert texts["art1"].heading == "Purpose"
    assert texts["art1"].text == "These bylaws set out what the network needs in order to work."
    assert texts["art2"].heading == "Eligibility of (full) members"
    assert texts["art2.p2"].text == (
        "Admission follows Article 3 of these bylaws and Article 9(1)."
    )
    assert texts["ch2"].heading == "Organs"
    assert texts["art3-2"].number == "3-2"
    assert codes(result) == [(34, "repealed")]


def test_both_languages_get_the_same_keys_kinds_and_numbers() -> None:
    korean, english = parsed(BYLAWS_KO).tree, parsed(BYLAWS_EN, "en").tree
    assert [(each.key, each.kind, each.number) for each in korean.walk()] == [
        (each.key, each.kind, each.number) for each in english.walk()
    ]


def rendered(tree: TextTree) -> str:
    """The text as a clerk would type it, every provision on a line of its own."""
    lines = [tree.title, ""]
    for provision in tree.walk():
        number = render_number(provision.kind, provision.number, tree.lang)
        if provision.kind is Kind.ARTICLE:
            head = (
                f"{number}({provision.heading})"
                if tree.lang == "ko"
                else (f"{number} ({provision.heading})")
            )
            lines.append(f"{head} {provision.text}".rstrip())
        else:
            lines.append(f"{number} {provision.heading}{provision.text}".rstrip())
    return "\n".join(lines) + "\n"


WORDS = {"ko": ("규약", "목적", "도시는 정한다."), "en": ("Bylaws", "Purpose", "Cities decide.")}
BELOW = ((Kind.PARAGRAPH, "p"), (Kind.ITEM, "i"), (Kind.SUBITEM, "s"))

Plan = list["Plan"]
"""How many children, and how many those have: [[], [[]]] is two, the second with one."""


def built(lang: str, plans: Plan, above: str, depth: int) -> tuple[Provision, ...]:
    if not plans:
        return ()
    kind, letter = BELOW[depth]
    return tuple(
        Provision(
            key=f"{above}.{letter}{number}",
            kind=kind,
            number=str(number),
            text=WORDS[lang][2],
            children=built(lang, plan, f"{above}.{letter}{number}", depth + 1),
        )
        for number, plan in enumerate(plans, 1)
    )


def regular(lang: str, plans: Plan) -> TextTree:
    """Well-formed bylaws of this plan."""
    title, heading, text = WORDS[lang]
    return TextTree(
        title,
        lang,
        tuple(
            Provision(
                key=f"art{number}",
                kind=Kind.ARTICLE,
                number=str(number),
                heading=heading,
                text=text,
                children=built(lang, plan, f"art{number}", 0),
            )
            for number, plan in enumerate(plans, 1)
        ),
    )


def lists_of(inner: st.SearchStrategy[Plan]) -> st.SearchStrategy[Plan]:
    return st.lists(inner, max_size=3)


leaves: st.SearchStrategy[Plan] = st.just([])
plans = st.lists(lists_of(lists_of(lists_of(leaves))), min_size=1, max_size=4)


@settings(max_examples=60, deadline=None)
@given(plans)
def test_well_formed_bylaws_come_back_exactly(plan: Plan) -> None:
    for tree in (regular("ko", plan), regular("en", plan)):
        result = parse_text(rendered(tree).encode(), lang=tree.lang)
        assert result.tree == tree
        assert result.warnings == ()


# --- Other shapes ---


def test_decimal_numbering_with_indented_lists() -> None:
    text = """Constitution

1. Introduction

   The project is an association
   of individuals.
   2. Bodies

   Each decision is made by one of:
    1. The members;
    2. The leader, who
       leads.

   Most of the rest is below.

  2.1. General rules

    1. Nothing obliges anyone.
         1. Not even this.
    2. Posts can be left.

  2.2. Procedure

   As they see fit.
   A. Voting

  A.0. Proposal

   It begins.
"""
    assert outline(parsed(text.replace("\n1. Intro", "\n   1. Intro"), "en")) == [
        "ch1|Introduction|",
        "ch1.u1||The project is an association of individuals.",
        "ch2|Bodies|",
        "ch2.u1||Each decision is made by one of:",
        "ch2.p1||The members;",
        "ch2.p2||The leader, who leads.",
        "ch2.u2||Most of the rest is below.",
        "ch2.art1|General rules|",
        "ch2.art1.p1||Nothing obliges anyone.",
        "ch2.art1.p1.i1||Not even this.",
        "ch2.art1.p2||Posts can be left.",
        "ch2.art2|Procedure|As they see fit.",
        "annexa|Voting|",
        "annexa.art0|Proposal|It begins.",
    ]


@pytest.mark.skipif(not CONSTITUTIONS, reason="the reference folder is not beside the project")
@pytest.mark.parametrize("path", CONSTITUTIONS, ids=lambda path: path.name)
def test_a_real_constitution(path: Path) -> None:
    source = path.read_text("utf-8")
    result = parsed(source, "en")
    chapters = [each for each in result.tree.provisions if each.kind is Kind.CHAPTER]
    assert [each.number for each in chapters] == [str(number) for number in range(1, 10)]
    articles = [each for each in result.tree.walk() if each.kind is Kind.ARTICLE]
    sections = [each.number or each.heading.split()[0].rstrip(".") for each in articles]
    marked = re.findall(r"(?m)^ +([0-9A]\.[0-9])\. [A-Z]", source)
    assert sections == marked
    repeated = len(marked) - len(set(marked))  # the oldest versions have A.1 twice
    assert [code for _, code in codes(result)] == ["number_repeated"] * repeated
    assert result.not_understood == ()


@pytest.mark.parametrize(
    ("lang", "text", "wanted"),
    [
        ("ko", "규약\n제1장 총칙\n1. 목적이다.\n2. 회원이다.", ["ch1", "art1", "art2"]),
        ("ko", "Ⅰ. 목적\n1. 하나이다.\nⅡ. 회원\n2. 둘이다.", ["ch1", "art1", "ch2", "art2"]),
        (
            "ko",
            "규약\n제1조(가)\n1. 하나\n 1) 둘\n 가) 셋",
            ["art1", "art1.i1", "art1.i1.s1", "art1.i1.s1.s1"],
        ),
        ("ko", "규약\n제1조(가) 다음:\n① 하나\n㉑ 둘", ["art1", "art1.p1", "art1.p21"]),
        (
            "ko",
            "규약\n제1조(가)\n(1) 하나\n1. 둘\n(2) 셋",
            ["art1", "art1.p1", "art1.p1.i1", "art1.p2"],
        ),
        (
            "ko",
            "규약\n제1조(가)\n1. 하나\n1의2. 둘\n2. 셋",
            ["art1", "art1.i1", "art1.i1-2", "art1.i2"],
        ),
        (
            "en",
            "B\nArticle 1 (A)\n(1) One\n1. Two\n(a) Three\n(2) Four",
            ["art1", "art1.p1", "art1.p1.i1", "art1.p1.i1.s1", "art1.p2"],
        ),
        (
            "en",
            "B\nARTICLE I Name\nSection 1. It is.\nARTICLE II Seat\nSection 1. It is.",
            ["art1", "art1.sec1", "art2", "art2.sec1"],
        ),
        (
            "en",
            "B\nArticle 1 (A)\n1.1 One.\n1.2 Two:\n(a) x\n(b) y",
            ["art1", "art1.p1", "art1.p2", "art1.p2.i1", "art1.p2.i2"],
        ),
        (
            "en",
            "B\n1. One:\n(a) x\n(h) y\n(i) z\n(j) w",
            ["art1", "art1.i1", "art1.i8", "art1.i9", "art1.i10"],
        ),
        (
            "en",
            "B\n1. One:\n(a) x:\n(i) y\n(ii) z\n(b) w",
            ["art1", "art1.i1", "art1.i1.s1", "art1.i1.s2", "art1.i2"],
        ),
        (
            "en",
            "B\nArticle 1 (A) X.\nAnnex A: C\nArticle 1 (D) Y.",
            ["art1", "annexa", "annexa.art1"],
        ),
        (
            "en",
            "B\nChapter 1 X\nArticle 1 (A) X.\nChapter 2 Y\nArticle 1 (B) Y.",
            ["ch1", "art1", "ch2", "ch2.art1"],
        ),
        (
            "ko",
            "규약\n제1편 가\n제1장 나\n제1조(다) 라.\n제2편 마\n제1장 바\n제2조(사) 아.",
            ["part1", "ch1", "art1", "part2", "part2.ch1", "art2"],
        ),
    ],
)
def test_shapes_of_numbering(lang: str, text: str, wanted: list[str]) -> None:
    assert keys(parsed(text, lang)) == wanted


def test_supplementary_provisions_begin_again_and_may_be_several() -> None:
    text = (
        "규약\n제1조(가) 나.\n\n부칙\n이 규약은 바로 시행한다.\n\n"
        "부 칙 <2019. 1. 1.>\n① 시행한다.\n② 본다.\n"
    )
    assert outline(parsed(text)) == [
        "art1|가|나.",
        "supp1||이 규약은 바로 시행한다.",
        "supp2|<2019. 1. 1.>|",
        "supp2.p1||시행한다.",
        "supp2.p2||본다.",
    ]


@pytest.mark.parametrize(
    ("text", "lang", "closing"),
    [
        ("규약\n제1조(가) 나.\n\n2018년 12월 12일\n서울", "ko", "2018년 12월 12일\n서울"),
        ("규약\n1. 한다.\n2018. 12. 12.", "ko", "2018. 12. 12."),
        ("선언문\n\n우리는 한다.\n\n2018년 12월 12일\n서울", "ko", "2018년 12월 12일\n서울"),
        ("규약\n제1조(가) 나.\n부칙\n제1조(다) 라.\n\n끝.", "ko", "끝."),
        (
            "D\n1. We act.\n\nDone at Seoul on this 12th day of December 2018.\nThe cities",
            "en",
            "Done at Seoul on this 12th day of December 2018.\nThe cities",
        ),
        ("D\n1. We act.\n\nSeoul, 12 December 2018", "en", "Seoul, 12 December 2018"),
    ],
)
def test_closing_formulas_keep_their_place(text: str, lang: str, closing: str) -> None:
    last = parsed(text, lang).tree.provisions[-1]
    assert (last.kind, last.key, last.text) == (Kind.CLOSING, "closing", closing)


def test_a_closing_before_the_supplementary_provisions_stays_there() -> None:
    text = "규약\n제1조(가) 나.\n\n2018년 12월 12일 서울에서 채택\n\n부칙\n제1조(다) 라.\n"
    assert keys(parsed(text)) == ["art1", "closing", "supp1", "supp1.art1"]


def test_a_date_within_the_text_is_no_closing() -> None:
    text = "규약\n제1조(가) 이 규약은\n2018년 12월 12일\n부터 시행한다.\n제2조(나) 다."
    assert keys(parsed(text)) == ["art1", "art2"]


def test_headings_on_a_line_of_their_own() -> None:
    text = "규약\n제1장\n총칙\n\n제1조\n(목적)\n도시는 정한다.\n제2조 명칭\n① 이름이다.\n"
    assert outline(parsed(text)) == [
        "ch1|총칙|",
        "art1|목적|도시는 정한다.",
        "art2|명칭|",
        "art2.p1||이름이다.",
    ]
    text = "Charter\nARTICLE 1\nPURPOSE\n\nWe act.\nArticle 2\nMembers\nThe members are cities.\n"
    assert outline(parsed(text, "en")) == [
        "art1|PURPOSE|We act.",
        "art2|Members|The members are cities.",
    ]


def test_a_list_of_the_same_look_one_step_to_the_right_is_below() -> None:
    result = parsed("R\n1. Decides:\n 1. to open\n 2. to close\n2. Requests\nto act.", "en")
    assert keys(result) == ["art1", "art1.i1", "art1.i2", "art2"]


def test_a_number_in_brackets_that_goes_on_from_the_line_above_is_text() -> None:
    result = parsed("B\nArticle 1 (A)\n(1) One.\n(2) Two, under Article 9\n(1) of it.", "en")
    assert outline(result)[-1] == "art1.p2||Two, under Article 9 (1) of it."
    assert codes(result) == [(5, "taken_as_text")]


def test_wrapped_lines_join_and_empty_lines_divide() -> None:
    text = "B\nArticle 1 (A)\n\nThe decision-\nmaking body\nmeets.\n\nIt votes."
    assert outline(parsed(text, "en")) == ["art1|A|The decision-making body meets.\nIt votes."]


def test_tables_and_lists_in_an_annex_keep_their_lines() -> None:
    text = "규약\n제1조(가) 나.\n별표 1 도시\n서울 | 종로\n빈   시청\n\n함부르크"
    assert outline(parsed(text))[1:] == [
        "annex1|도시|",
        "annex1.u1||서울 | 종로\n빈   시청",
        "annex1.u2||함부르크",
    ]


# --- Not perfect ---


def test_gaps_are_warned_of() -> None:
    result = parsed("규약\n제1조(가) 나.\n제3조(다)\n1. 라\n3. 마\n")
    assert keys(result) == ["art1", "art3", "art3.i1", "art3.i3"]
    assert codes(result) == [(3, "numbering_gap"), (5, "numbering_gap")]


def test_lists_that_begin_again_hang_under_their_lead_in() -> None:
    text = (
        "규약\n제1조(가)\n1. 하나\n2. 둘\n\n또한 다음과 같다.\n\n1. 셋\n2. 넷\n1. 다섯\n2. 여섯\n"
    )
    result = parsed(text)
    assert outline(result) == [
        "art1|가|",
        "art1.i1||하나",
        "art1.i2||둘",
        "art1.u1||또한 다음과 같다.",
        "art1.u1.i1||셋",
        "art1.u1.i2||넷",
        "art1.u2||",
        "art1.u2.i1||다섯",
        "art1.u2.i2||여섯",
    ]
    assert codes(result) == [(8, "list_restarts"), (10, "list_restarts")]


def test_repealed_provisions_keep_their_numbers() -> None:
    text = (
        "규약\n제1조(가) 나.\n제2조부터 제4조까지 삭제 <2019. 1. 1.>\n제5조(다) 라.\n제6조 (삭제)\n"
    )
    result = parsed(text)
    assert [(each.number, each.text) for each in result.tree.provisions] == [
        ("1", "나."),
        ("2", "제2조부터 제4조까지 삭제 <2019. 1. 1.>"),
        ("5", "라."),
        ("6", "(삭제)"),
    ]
    assert codes(result) == [(3, "repealed"), (5, "repealed")]


def test_nfd_full_width_and_invisible_signs_are_normalised_and_reported() -> None:
    text = unicodedata.normalize("NFD", "규약\r\n") + "제１조（목적）\u200b 정한다．\r\n"
    result = parse_text(b"\xef\xbb\xbf" + text.encode(), lang="ko")
    assert outline(result) == ["art1|목적|정한다."]
    assert sorted((note.line, note.code) for note in result.normalised) == [
        (1, "byte_order_mark"),
        (1, "line_endings"),
        (1, "nfd"),
        (2, "full_width"),
        (2, "unseen_character"),
    ]
    clean = parse_text("규약\n제1조(목적) 정한다.\n".encode(), lang="ko")
    assert (clean.tree, clean.normalised) == (result.tree, ())


def test_many_normalised_lines_are_counted() -> None:
    lines = "\n".join(["규약", *["１２"] * 150])
    notes = parse_text(lines.encode(), lang="ko").normalised
    assert len(notes) == 101
    assert "50" in notes[-1].message["en"]


def test_what_is_not_understood_is_shown() -> None:
    result = parsed("규약\n제1조(가) 나.\n-----\n- 3 -\n제○조(다) 라.\n제2조(마) 바.")
    assert [each.as_json() for each in result.not_understood] == [
        {"line": 3, "text": "-----"},
        {"line": 4, "text": "- 3 -"},
        {"line": 5, "text": "제○조(다) 라."},
    ]
    assert keys(result) == ["art1", "art2"]


def test_a_reference_at_the_beginning_of_a_line_is_text() -> None:
    text = (
        "규약\n제1조(가) 회원은 제5조와\n제9조 제1항을 따르고\n"
        "제3조(다)에 따라 정한\n다. 그리고 끝난다.\n"
    )
    assert outline(parsed(text)) == [
        "art1|가|회원은 제5조와 제9조 제1항을 따르고 제3조(다)에 따라 정한 다. 그리고 끝난다."
    ]


@pytest.mark.parametrize(
    ("lang", "text", "line", "other"),
    [
        ("ko", "규약\n제1조(가) 나.\n제1조(다) 라.", 3, 2),
        ("ko", "규약\n제1조(가) 나.\n제2조(다) 라.\n제1조(마) 바.", 4, 2),
        ("ko", "규약\n제1장 가\n제2조(나) 다.\n제2장 라\n제2조(마) 바.", 5, 3),
        ("ko", "규약\n제1장 가\n제1장 나", 3, 2),
        ("ko", "규약\n제1조(가)\n① 나\n② 다\n② 라", 5, 4),
        ("ko", "규약\n제1조(가)\n1. 나\n1. 다", 4, 3),
        ("ko", "규약\n1. 나\n2. 다\n2. 라", 4, 3),
        ("ko", "규약\n제1조(가)\n1. 나\n가. 다\n나. 라\n나. 마", 6, 5),
        ("ko", "규약\n제1조(가) 나.\n부칙\n제1조(다) 라.\n제1조(마) 바.", 5, 4),
        ("ko", "규약\n제1조(가) 나.\n별표 1 다\n별표 1 라", 4, 3),
        ("en", "B\nArticle 1 (A) X.\nArticle 1 (B) Y.", 3, 2),
        ("en", "B\nArticle 1 (A)\n(a) x;\n(b) y;\n(b) z.", 5, 4),
        ("en", "B\nArticle 1 (A)\n1. x.\n2. y.\n2. z.", 5, 4),
    ],
)
def test_two_siblings_with_one_number_are_refused(
    lang: str, text: str, line: int, other: int
) -> None:
    refusal = refused(text, lang)
    assert (refusal.code, refusal.line, refusal.other_line) == ("duplicate_number", line, other)
    assert refusal.where == f"line {line}"
    for message in refusal.message.values():
        assert {str(line), str(other)} <= set(re.findall("[0-9]+", message))


@pytest.mark.parametrize(
    ("raw", "code", "line", "said"),
    [
        ("규약".encode("cp949"), "not_utf8", 1, "EUC-KR"),
        ("규약".encode("utf-16"), "not_utf8", 1, "UTF-16"),
        (b"one\ntwo\xff", "not_utf8", 2, "byte 4 (0xFF)"),
        (b"one\ntwo\n\0", "binary", 3, "line 3"),
        (b"PK\x03\x04rest", "binary", 1, "DOCX"),
        (b"%PDF-1.7", "binary", 1, "PDF"),
        (b"", "empty", 0, "no text"),
        (b" \n\t\n\xef\xbb\xbf", "empty", 0, "no text"),
        (b"a" * (MAX_BYTES + 1), "too_large", 0, "5 MB"),
    ],
)
def test_what_cannot_be_read_is_refused(raw: bytes, code: str, line: int, said: str) -> None:
    refusal = refused(raw)
    assert (refusal.code, refusal.line) == (code, line)
    assert said in refusal.message["en"]


def test_an_unknown_language_is_refused() -> None:
    assert refused("x", "fr").code == "unknown_language"


def test_bylaws_without_articles_are_warned_of() -> None:
    result = parse_text("규약\n\n그냥 글이다.".encode(), lang="ko", kind="bylaws")
    assert codes(result) == [(1, "no_articles")]


@pytest.mark.parametrize(
    "raw",
    [
        b"a" * 1_000_000,
        b"a " * 500_000,
        b"x" + b" " * 1_000_000 + b"y",
        ("제1조" + "(" * 300_000).encode(),
        "\n".join(" " * (2 * depth) + f"1. x{depth}" for depth in range(500)).encode(),
        ("T\nArticle 1\n" + "1. a\n2. b\n" * 5_000).encode(),
        ("T\n1. x\n" + "Adopted in Seoul on 2018 in the midst\n" * 20_000).encode(),
        b"a\n\n" * 20_000,
    ],
    ids=["letters", "words", "spaces", "brackets", "depth", "restarts", "formulas", "paragraphs"],
)
def test_hostile_input_ends(raw: bytes) -> None:
    result = parse_text(raw, lang="ko" if raw[:1] == b"\xec" else "en")
    assert len(result.warnings) <= 1_001
    result.as_json()


def test_json_has_the_documented_shape() -> None:
    result = parsed("규약\n-----\n제１조(가) 나.\n제3조(다) 라.")
    json = result.as_json()
    assert list(json) == ["title", "lang", "provisions", "normalised", "warnings", "not_understood"]
    assert json["normalised"] == [
        {
            "line": 3,
            "code": "full_width",
            "text": "Full-width digits, letters, brackets or spaces were made ASCII.",
        }
    ]
    assert json["warnings"] == [
        {
            "line": 4,
            "code": "numbering_gap",
            "text": "The numbering has a gap: 제3조 comes after 제1조.",
        }
    ]
    assert json["not_understood"] == [{"line": 2, "text": "-----"}]
