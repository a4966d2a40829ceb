"""Reading texts: redlines, editions compared, a provision's history, any date."""

from __future__ import annotations

from typing import Any

from django.utils.translation import override

from cms.redline_layout import RedlineText, lay_out_redline
from resolutions.rules.redline import redline
from resolutions.rules.structure import Kind, Provision, TextTree
from tests.cms.test_components import Balance, render


def article(number: int, *paragraphs: str, heading: str = "", text: str = "") -> Provision:
    key = f"art{number}"
    return Provision(
        key=key,
        kind=Kind.ARTICLE,
        number=str(number),
        heading=heading,
        text=text,
        children=tuple(
            Provision(f"{key}.p{place}", Kind.PARAGRAPH, str(place), text=words)
            for place, words in enumerate(paragraphs, start=1)
        ),
    )


def tree(lang: str, *provisions: Provision, title: str = "Charter") -> TextTree:
    return TextTree(title=title, lang=lang, provisions=provisions)


def laid_out(
    before: dict[str, tuple[Provision, ...]], after: dict[str, tuple[Provision, ...]], **more: Any
) -> RedlineText:
    return lay_out_redline(
        {lang: redline(tree(lang, *before[lang]), tree(lang, *after[lang])) for lang in before},
        languages=tuple(before),
        **more,
    )


def shown(text: RedlineText) -> str:
    with override("en"):
        html = render("{% component text %}", text=text)
    balance = Balance()
    balance.feed(html)
    assert balance.open == []
    return html


# ── the redline as it is set ────────────────────────────────────────────────────────────────


def test_a_redline_marks_words_and_says_so_without_colour() -> None:
    text = laid_out(
        {"ko": (article(5, text="의장의 임기는 2년으로 한다."),)},
        {"ko": (article(5, text="의장의 임기는 4년으로 한다."),)},
    )
    html = shown(text)
    assert '<del data-said="[deleted] ">2</del><ins data-said="[inserted] ">4</ins>' in html
    assert text.rows[0].cells[0].changed is True


def test_words_that_look_like_markup_stay_words() -> None:
    html = shown(laid_out({"en": (article(1, text="a"),)}, {"en": (article(1, text='<b> "&'),)}))
    assert '<ins data-said="[inserted] ">&lt;b&gt; &quot;&amp;</ins>' in html


def test_a_new_provision_is_named_once_and_what_is_below_it_is_not() -> None:
    new = article(2, "One.", "Two.", heading="Seat")
    text = laid_out({"en": (article(1),)}, {"en": (article(1), new)})
    assert [(row.key, [str(label) for label in row.cells[0].labels]) for row in text.rows] == [
        ("art1", []),
        ("art2", ["New provision"]),
        ("art2.p1", []),
        ("art2.p2", []),
    ]
    assert "<ins>Seat</ins>" in shown(text)


def test_deleted_moved_and_renumbered_provisions_say_so() -> None:
    kept = article(3, text="Kept.")
    last = Provision("art3", Kind.ARTICLE, "2", text="Kept.")
    text = laid_out(
        {"en": (article(1, text="A."), article(2, text="B."), kept)},
        {"en": (article(1, text="A."), last)},
    )
    assert [(row.key, [str(label) for label in row.cells[0].labels]) for row in text.rows] == [
        ("art1", []),
        ("art2", ["Deleted provision"]),
        ("art3", ["Renumbered provision"]),
    ]
    swapped = laid_out(
        {"en": (article(1, text="A."), article(2, text="B."))},
        {"en": (article(2, text="B."), article(1, text="A."))},
    )
    labels = [str(label) for row in swapped.rows for label in row.cells[0].labels]
    assert labels == ["Moved provision"]


def test_a_paragraph_break_that_came_is_shown() -> None:
    text = laid_out(
        {"en": (article(1, text="One. Two."),)}, {"en": (article(1, text="One.\nTwo."),)}
    )
    paragraphs = text.rows[0].cells[0].paragraphs
    assert len(paragraphs) == 2
    assert "¶" in paragraphs[0].html


def test_an_article_changed_in_one_language_is_kept_in_both() -> None:
    same = (article(1, text="A."), article(2, "B.", "C."), article(3, text="D."))
    changed = (article(1, text="A."), article(2, "B.", "E."), article(3, text="D."))
    text = laid_out({"ko": same, "en": same}, {"ko": same, "en": changed}, only_changed=True)
    assert [row.key for row in text.rows] == ["art2", "art2.p1", "art2.p2"]
    assert [cell.changed for cell in text.rows[2].cells] == [False, True]
    assert (text.rows[0].after_gap, text.ends_in_gap) == (True, True)
    assert shown(text).count("legal__gap") == 2


def test_versions_that_are_the_same_say_so() -> None:
    same = (article(1, text="A."),)
    text = laid_out({"en": same}, {"en": same}, only_changed=True)
    assert (text.changed, text.rows) == (False, ())
    assert "Both versions read the same." in shown(text)
