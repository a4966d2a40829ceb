import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.rules import analysis

text = st.text(
    alphabet=st.one_of(
        st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3),
        st.sampled_from("abzS'\u2019éÅ０９37 \n.-()을를의에서는이가도만들와과로"),
        st.characters(),
    )
)


@pytest.mark.parametrize(
    ("written", "stream"),
    [
        ("생활임금을", "생활 활임 임금"),
        ("생활임금", "생활 활임 임금"),
        ("노동자들에게는", "노동 동자"),
        ("위원회의 회의", "위원 원회 회의"),
        ("사회의", "사회"),
        ("노사협의", "노사 사협 협의"),
        ("초과근로를", "초과 과근 근로"),
        ("근로로", "근로"),
        ("기업가", "기업 업가"),
        ("국가가", "국가"),
        ("어린이가", "어린 린이"),
        ("성과평가제도를", "성과 과평 평가 가제 제도"),
        ("법", "법"),
        ("제3조(목적)", "제 3 조 목적"),
        ("제12조의2", "제 12 조의 2"),
        ("국제노동기구(ILO)의 권고", "국제 제노 노동 동기 기구 ilo 권고"),
        ("２０１８년에", "2018 년"),
        ("Málaga's Living-Wages", "malaga living wage"),
        ("cities, bylaws and processes", "city bylaw and process"),
        ("isn’t is't", "isnt ist"),
        ("東京都", "東京 京都"),
        (" …—! ", ""),
    ],
)
def test_text_becomes_tokens(written: str, stream: str) -> None:
    assert analysis.stream(written) == stream


@given(text)
def test_composed_and_decomposed_text_are_the_same(written: str) -> None:
    decomposed = unicodedata.normalize("NFD", written)
    assert analysis.stream(decomposed) == analysis.stream(written)


@given(text)
def test_the_stream_is_the_tokens(written: str) -> None:
    assert analysis.stream(written).split(" ") == [t.text for t in analysis.tokens(written)] or (
        analysis.stream(written) == "" and analysis.tokens(written) == []
    )


@given(text)
def test_tokens_stand_where_they_say_and_hold_no_separator(written: str) -> None:
    normal = analysis.normalise(written)
    for token in analysis.tokens(written):
        assert 0 <= token.start < token.end <= len(normal)
        assert all(char.isalnum() for char in token.text)
        assert not normal[token.start : token.end].isspace()


@given(
    st.text(
        alphabet=st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=2, max_size=8
    )
)
def test_a_particle_changes_nothing_or_is_gone(word: str) -> None:
    stem = analysis.stream(word)
    assert analysis.stream(word + "에서") == stem or analysis.stream(word + "에서").startswith(
        stem[:2]
    )
