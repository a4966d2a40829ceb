"""To what a reservation can be entered, as readers cite it.

Pure. Titles, parts and chapters gather provisions and say nothing themselves: nobody stands
behind a text except for a chapter's title.
"""

from __future__ import annotations

from resolutions.rules.numbering import cite
from resolutions.rules.structure import Kind, TextTree

RESERVABLE = (Kind.PREAMBLE, Kind.ARTICLE, Kind.PARAGRAPH, Kind.ITEM, Kind.ANNEX)

SHOWN_OF_TEXT = 32
"""Characters by which a provision without heading is told from others."""


def reservable(tree: TextTree) -> list[tuple[str, str]]:
    """Key and name of each such provision, in reading order.

    "Article 3 Wages"; what has no heading goes by how it begins: "Article 3 · Cities pay …".
    """
    return [
        (each.key, name if each.heading else _with_beginning(name, each.text))
        for each in tree.walk()
        if each.kind in RESERVABLE and (name := name_of(tree, each.key))
    ]


def name_of(tree: TextTree, key: str) -> str:
    """A provision's citation, with its heading where it has one, in the tree's language."""
    path = tree.path(key)
    heading = path[-1].heading
    cited = cite(path, tree.lang)
    return " ".join(dict.fromkeys(part for part in (cited, heading) if part))


def _with_beginning(name: str, text: str) -> str:
    words = " ".join(text.split())
    if not words:
        return name
    short = words if len(words) <= SHOWN_OF_TEXT else f"{words[:SHOWN_OF_TEXT].rstrip()}…"
    return f"{name} · {short}"
