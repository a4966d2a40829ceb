"""To what a reservation can be entered, as readers cite it.

Pure. Titles, parts and chapters gather provisions and say nothing themselves: nobody stands
behind a text except for a chapter's title.
"""

from __future__ import annotations

from resolutions.rules.numbering import cite
from resolutions.rules.structure import Kind, TextTree

RESERVABLE = (Kind.PREAMBLE, Kind.ARTICLE, Kind.PARAGRAPH, Kind.ITEM, Kind.ANNEX)


def reservable(tree: TextTree) -> list[tuple[str, str]]:
    """Key and name ("Article 3 Wages") of each such provision, in reading order."""
    return [
        (each.key, name)
        for each in tree.walk()
        if each.kind in RESERVABLE and (name := name_of(tree, each.key))
    ]


def name_of(tree: TextTree, key: str) -> str:
    """A provision's citation, with its heading where it has one, in the tree's language."""
    path = tree.path(key)
    heading = path[-1].heading
    cited = cite(path, tree.lang)
    return " ".join(dict.fromkeys(part for part in (cited, heading) if part))
