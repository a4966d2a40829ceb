"""Texts as trees: the working draft and the adopted editions, read from their rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from resolutions.models import Edition, Instrument
from resolutions.rules.structure import Kind, Provision, TextTree


def draft_languages(*, instrument: Instrument) -> list[str]:
    """The languages in which the draft has words, Korean first."""
    found = set(
        instrument.provisions.filter(removed=False)
        .exclude(texts=None)
        .values_list("texts__language", flat=True)
    )
    return sorted(found, key=lambda language: (language != "ko", language))


def draft_trees(*, instrument: Instrument) -> dict[str, TextTree]:
    """The working draft in each language it has, Korean first. Two queries, and its titles."""
    rows = list(
        instrument.provisions.filter(removed=False).prefetch_related("texts").order_by("position")
    )
    found = {text.language for row in rows for text in row.texts.all()}
    return {
        language: build_tree(rows=rows, title=instrument.title_in(language), language=language)
        for language in sorted(found, key=lambda language: (language != "ko", language))
    }


def draft_tree(*, instrument: Instrument, language: str) -> TextTree:
    """The working draft in one language. Three queries."""
    rows = (
        instrument.provisions.filter(removed=False).prefetch_related("texts").order_by("position")
    )
    return build_tree(rows=rows, title=instrument.title_in(language), language=language)


def edition_tree(*, edition: Edition, language: str) -> TextTree:
    """An adopted edition in one language. Three queries."""
    titles = {row.language: row.title for row in edition.languages.all()}
    rows = edition.provisions.prefetch_related("texts").order_by("position")
    return build_tree(rows=rows, title=titles.get(language, ""), language=language)


def build_tree(*, rows: Iterable[Any], title: str, language: str) -> TextTree:
    """Nest provision rows (in reading order, texts prefetched) by their parent keys.

    A provision without words in `language` stands with empty heading and text as long as
    something below it has words; else it is left out.
    """
    children: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        children[row.parent_key].append(row)

    def nest(parent: str) -> tuple[Provision, ...]:
        nested = []
        for row in children[parent]:
            words = next((t for t in row.texts.all() if t.language == language), None)
            below = nest(row.key)
            if words is None and not below:
                continue
            nested.append(
                Provision(
                    key=row.key,
                    kind=Kind(row.kind),
                    number=row.number,
                    heading=words.heading if words else "",
                    text=words.text if words else "",
                    children=below,
                )
            )
        return tuple(nested)

    return TextTree(title=title, lang=language, provisions=nest(""))
