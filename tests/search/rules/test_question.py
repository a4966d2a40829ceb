from hypothesis import given
from hypothesis import strategies as st

from search.rules.analysis import normalise
from search.rules.question import Clause, Piece, excerpt, mark, read_question
from search.rules.suggestion import nearest


def test_words_and_quoted_rows() -> None:
    question = read_question('the "living wages" of 생활임금을')
    assert question.clauses == (
        Clause("living wages", (("living", "wage"),)),
        Clause("생활임금을", (("생활", "활임", "임금"), ("생활", "임금"))),
    )


def test_empty_words_alone_are_asked_all_the_same() -> None:
    assert [clause.asked for clause in read_question("the").clauses] == ["the"]


def test_nothing_to_ask() -> None:
    assert not read_question(' … ( ) "" ')


def test_a_word_asked_twice_counts_once() -> None:
    assert len(read_question("wage wage Wage").clauses) == 2  # as typed; found the same


def test_marks_answers_in_the_text() -> None:
    pieces = mark("서울시는 생활임금을 정하고 생활 임금을 준다", read_question("생활임금"))
    assert pieces == (
        Piece("서울시는 "),
        Piece("생활임금", marked=True),
        Piece("을 정하고 "),
        Piece("생활 임금", marked=True),
        Piece("을 준다"),
    )


def test_the_excerpt_shows_where_the_answer_is() -> None:
    text = "가나다라 " * 200 + "생활임금을 도입한다. " + "마바사 " * 200
    shown = excerpt(text, read_question("생활임금"), length=100)
    assert Piece("생활임금", marked=True) in shown
    assert shown[0] == Piece("… ")
    assert shown[-1] == Piece(" …")
    assert sum(len(piece.text) for piece in shown) <= 110


@given(st.text(), st.text(max_size=30))
def test_marking_loses_nothing(text: str, asked: str) -> None:
    assert "".join(piece.text for piece in mark(text, read_question(asked))) == normalise(text)


@given(st.text(max_size=400), st.text(max_size=30))
def test_excerpts_never_fail(text: str, asked: str) -> None:
    excerpt(text, read_question(asked), length=50)


def test_the_nearest_word() -> None:
    words = [("생활임금", 3), ("노동이사", 1), ("hamburg", 2), ("vienna", 5)]
    assert nearest("생활인금", words) == "생활임금"
    assert nearest("hambrug", words) == "hamburg"
    assert nearest("vienna", words) == ""
    assert nearest("zzzz", words) == ""
