"""Typesetting: fonts that are certain, bytes that are the same, letters that are never lost."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO

import pypdf
import pytest

from resolutions.exports.typesetting import (
    SANS,
    SERIF,
    FontMissing,
    compile_typst,
    korean_fonts,
    require_families,
)

ON = datetime(2018, 12, 12, 5, 40, tzinfo=UTC)
SOURCE = "= #data.title\n#data.words"


def made(words: str, *, now: datetime = ON) -> bytes:
    return compile_typst(
        SOURCE, title="서울선언 #1 $x$", language="ko", now=now, data={"words": words}
    )


def text_of(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(pdf)).pages)


def test_the_file_is_tagged_titled_dated_and_in_a_language() -> None:
    reader = pypdf.PdfReader(BytesIO(made("노동 존중 도시")))
    root = reader.trailer["/Root"]
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == ("ko", True)
    assert root["/StructTreeRoot"]["/Type"] == "/StructTreeRoot"
    assert reader.metadata is not None
    assert (reader.metadata.title, reader.metadata.creation_date) == ("서울선언 #1 $x$", ON)
    assert "pdfuaid" in root["/Metadata"].get_object().get_data().decode()


def test_the_same_source_and_moment_make_the_same_bytes() -> None:
    assert made("노동") == made("노동")
    assert made("노동") != made("노동", now=datetime(2019, 1, 1, tzinfo=UTC))
    assert made("노동") == made("노동", now=ON.replace(microsecond=250_000))


def test_words_are_data_and_never_source() -> None:
    assert '#panic("x") *a* $y$ \\ // ]' in text_of(made('#panic("x") *a* $y$ \\ // ]'))


def test_a_letter_without_a_font_is_spelled_and_what_cannot_be_seen_is_left_out() -> None:
    assert "a [U+1D54F] b [U+0C0A]" in text_of(made("a \U0001d54f b\u200d \u0c0a\ufeff"))


def test_both_korean_families_are_there_and_asked_for() -> None:
    assert korean_fonts().families() == [SANS, SERIF]
    with pytest.raises(FontMissing, match=SERIF):
        require_families([SANS])
