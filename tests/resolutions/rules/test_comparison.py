"""The table of old and new, as Korean bills have it."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings

from resolutions.rules.comparison import Cell, ComparisonRow, columns, comparison_rows
from resolutions.rules.redline import Mark, redline
from resolutions.rules.structure import Kind, Provision, TextTree
from tests.resolutions.rules.text_trees import trees

SIGNS = {Mark.SAME: "{}", Mark.DELETED: "[-{}-]", Mark.INSERTED: "[+{}+]"}


def paragraph(number: str, text: str, *children: Provision) -> Provision:
    return Provision(f"p{number}", Kind.PARAGRAPH, number, "", text, children)


def item(number: str, text: str) -> Provision:
    return Provision(f"i{number}", Kind.ITEM, number, "", text)


def article(number: str, text: str, *children: Provision, heading: str = "") -> Provision:
    prefixed = tuple(
        replace(
            child,
            key=f"art{number}.{child.key}",
            children=tuple(
                replace(below, key=f"art{number}.{child.key}.{below.key}")
                for below in child.children
            ),
        )
        for child in children
    )
    return Provision(f"art{number}", Kind.ARTICLE, number, heading, text, prefixed)


def tree(*provisions: Provision, title: str = "규약", lang: str = "ko") -> TextTree:
    return TextTree(title, lang, provisions)


def line(cell: Cell) -> str:
    fields = [
        "".join(SIGNS[span.mark].format(span.text) for span in spans)
        for spans in (cell.number, cell.heading, cell.text)
    ]
    return " ".join(part for part in ("·" * cell.depth, *fields, cell.note_text) if part)


def lines(row: ComparisonRow) -> list[tuple[str, str]]:
    return [(line(old), line(new)) for old, new in row.pairs]


def rows(old: TextTree, new: TextTree) -> list[list[tuple[str, str]]]:
    return [lines(row) for row in comparison_rows(redline(old, new))]


FIVE = article(
    "5",
    "",
    paragraph("1", "도시는 회원이 될 수 있다."),
    paragraph("2", "신청서를 낸다."),
    paragraph("3", "총회가 정한다.", item("1", "출석"), item("2", "표결")),
    heading="가입",
)


def test_a_word_changes_and_the_rest_is_only_named() -> None:
    one, two, three = FIVE.children
    new = replace(FIVE, children=(one, two, replace(three, text="총회가 심의하여 정한다.")))
    assert rows(tree(article("4", "가"), FIVE), tree(article("4", "가"), new)) == [
        [
            ("제5조 가입", "제5조 가입"),
            ("· ①·② (생략)", "· ①·② (현행과 같음)"),
            ("· ③ 총회가 정한다.", "· ③ 총회가 [+심의하여 +]정한다."),
            ("·· 1.·2. (생략)", "·· 1.·2. (현행과 같음)"),
        ]
    ]


def test_in_english() -> None:
    one, two, three = FIVE.children
    new = replace(FIVE, children=(replace(one, text="회원이 될 수 있다."), two, three))
    assert rows(tree(FIVE, lang="en"), tree(new, lang="en")) == [
        [
            ("Article 5 가입", "Article 5 가입"),
            ("· 1. [-도시는 -]회원이 될 수 있다.", "· 1. 회원이 될 수 있다."),
            ("· 2., 3. (omitted)", "· 2., 3. (same as now)"),
        ]
    ]
    assert columns("en") == ("Present text", "Amended text")
    assert columns("ko") == ("현행", "개정안")


def test_new_paragraph_and_deleted_item() -> None:
    one, two, three = FIVE.children
    fourth = replace(one, key="art5.p4", number="4", text="회비는 없다.")
    less = replace(three, children=three.children[:1])
    assert rows(tree(FIVE), tree(replace(FIVE, children=(one, two, less, fourth)))) == [
        [
            ("제5조 가입", "제5조 가입"),
            ("· ①·② (생략)", "· ①·② (현행과 같음)"),
            ("· ③ 총회가 정한다.", "· ③ 총회가 정한다."),
            ("·· 1. (생략)", "·· 1. (현행과 같음)"),
            ("·· [-2.-] [-표결-]", "·· <삭제>"),
            ("· <신설>", "· [+④+] [+회비는 없다.+]"),
        ]
    ]


def test_new_and_deleted_articles_are_rows_of_their_own() -> None:
    six = article("6", "", paragraph("1", "가"), paragraph("2", "나"), heading="새 조")
    found = comparison_rows(
        redline(tree(article("5", "다"), title="규약"), tree(six, title="정관"))
    )
    assert [(row.key, row.fate.value, lines(row)) for row in found] == [
        ("", "changed", [("[-규약-]", "[+정관+]")]),
        ("art5", "removed", [("[-제5조-] [-다-]", "<삭제>")]),
        (
            "art6",
            "added",
            [
                ("<신설>", "[+제6조+] [+새 조+]"),
                ("·", "· [+①+] [+가+]"),
                ("·", "· [+②+] [+나+]"),
            ],
        ),
    ]


def test_a_repealed_article_that_keeps_its_number() -> None:
    assert rows(tree(FIVE), tree(article("5", "삭제"))) == [
        [
            ("제5조 [-가입-]", "제5조 <삭제>"),
            ("· [-①-] [-도시는 회원이 될 수 있다.-]", "·"),
            ("· [-②-] [-신청서를 낸다.-]", "·"),
            ("· [-③-] [-총회가 정한다.-]", "·"),
            ("·· [-1.-] [-출석-]", "··"),
            ("·· [-2.-] [-표결-]", "··"),
        ]
    ]


def test_only_renumbered_and_only_moved() -> None:
    nine = article("9", "", paragraph("1", "가"), heading="탈퇴")
    one, two = article("1", "가"), article("2", "나")
    assert rows(tree(one, nine), tree(one, replace(nine, number="8"))) == [
        [
            ("[-제9조-] (생략)", "[+제8조+] (현행 제9조와 같음)"),
        ]
    ]
    assert rows(tree(one, nine, lang="en"), tree(one, replace(nine, number="8"), lang="en")) == [
        [("[-Article 9-] (omitted)", "[+Article 8+] (same as present Article 9)")]
    ]
    assert rows(tree(one, two, nine), tree(two, nine, one)) == [
        [("제1조 (생략)", "제1조 (현행과 같음, 자리를 옮김)")]
    ]


def test_three_in_a_row() -> None:
    changed = [paragraph(str(n), "가") for n in range(1, 6)]
    old, new = article("1", "", *changed), article("1", "", *changed[:4], paragraph("5", "나"))
    assert rows(tree(old), tree(new))[0][1] == ("· ① ∼ ④ (생략)", "· ① ∼ ④ (현행과 같음)")
    assert rows(tree(old, lang="en"), tree(new, lang="en"))[0][1] == (
        "· 1. to 4. (omitted)",
        "· 1. to 4. (same as now)",
    )


@given(trees(), trees())
@settings(max_examples=60)
def test_both_columns_have_as_many_lines_and_no_change_is_missing(
    old: TextTree, new: TextTree
) -> None:
    found = redline(old, new)
    table = comparison_rows(found)
    assert all(len(row.old) == len(row.new) == len(row.pairs) for row in table)
    assert bool(table) == found.changed
    shown = {cell.key for row in table for cell in (*row.old, *row.new)}
    assert {each.key for each in found.provisions if not each.is_same} <= shown
    for row in table:
        left = [span.mark for cell in row.old for span in (*cell.number, *cell.heading, *cell.text)]
        right = [
            span.mark for cell in row.new for span in (*cell.number, *cell.heading, *cell.text)
        ]
        assert Mark.INSERTED not in left
        assert Mark.DELETED not in right
