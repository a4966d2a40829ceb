"""Sentences in the languages of the network."""

from __future__ import annotations

import unicodedata

from django.utils.translation import override

from secretariat.kernel.bilingual import Bilingual
from secretariat.kernel.errors import NotAllowed, Refused


def test_a_reader_gets_the_own_language_or_another() -> None:
    both = Bilingual(ko="서울", en="Seoul")
    assert [both.in_language(code) for code in ("ko", "ko-kr", "en", "fr")] == [
        "서울",
        "서울",
        "Seoul",
        "Seoul",
    ]
    assert Bilingual(ko="서울").in_language("en") == "서울"
    assert Bilingual(fr="Séoul").in_language("en") == "Séoul"
    assert Bilingual().in_language("en") == ""


def test_texts_are_held_composed_and_compare_by_content() -> None:
    decomposed = unicodedata.normalize("NFD", "서울")
    assert Bilingual(ko=decomposed) == Bilingual({"ko": "서울"})
    assert hash(Bilingual(ko=decomposed)) == hash(Bilingual(ko="서울"))


def test_a_refusal_speaks_the_readers_language() -> None:
    refusal = NotAllowed(Bilingual(ko="안 됩니다.", en="No."), where="seoul")
    with override("ko"):
        assert refusal.as_json() == {
            "code": "not_allowed",
            "message": "안 됩니다.",
            "where": "seoul",
        }
    with override("en"):
        assert str(refusal) == "No."
    assert isinstance(refusal, Refused)
