"""A footnote on a page: its mark leads to it, and its number back."""

from __future__ import annotations

import re

from django.template.loader import render_to_string

from cms.legal_layout import lay_out
from resolutions.rules.numbering import render_number
from resolutions.rules.parse import parse_text

KO = "규약\n\n제1조(목적) <도시>[^1]와 도시[^1]의 목적[^9].\n[^1]: 지방정부\n[^2]: 표시 없음\n"
EN = "Bylaws\n\nArticle 1 (Purpose)\nOf cities[^1].\n[^1]: Governments\n"


def page() -> str:
    trees = {
        "ko": parse_text(KO.encode(), lang="ko").tree,
        "en": parse_text(EN.encode(), lang="en").tree,
    }
    text = lay_out(
        trees,
        languages=("ko", "en"),
        number=render_number,  # type: ignore[arg-type]
    )
    return render_to_string(text.template, {"self": text})


def test_marks_lead_to_the_footnote_and_its_number_back() -> None:
    html = page()
    marks = re.findall(r'<sup class="legal__mark"><a href="#(.*?)"(?: id="(.*?)")?', html)
    assert marks == [
        ("art1.fn1", "art1.fn1-mark"),
        ("art1.fn1", ""),
        ("art1.fn1.en", "art1.fn1.en-mark"),
    ]
    back = re.findall(r'<a class="legal__number" href="#(.*?-mark)" role="doc-backlink"', html)
    assert back == ["art1.fn1-mark", "art1.fn1.en-mark"]
    assert 'id="art1.fn1"' in html
    assert 'id="art1.fn1.en"' in html


def test_words_around_a_mark_are_escaped_and_other_marks_stay_words() -> None:
    html = page()
    assert "&lt;도시&gt;<sup" in html
    assert "목적[^9]." in html
    assert html.count("legal__row--footnote") == 2
    assert '<span class="legal__number">2)</span>' in html
