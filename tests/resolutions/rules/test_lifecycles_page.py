"""docs/reference/lifecycles.md draws every lifecycle; the whole page is made from the tables.

After a change of a table, `python -m tests.resolutions.rules.test_lifecycles_page` writes it anew.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path

from secretariat.kernel.transitions import Diagram, TransitionTable, diagram

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs/reference/lifecycles.md"
APPS = ("members", "resolutions", "cms")
HEAD = """\
# Lifecycles

What can be done in which state, for everything that changes state: one table for each, in
`<app>/rules/*_lifecycle.py`. Buttons, services and this page come from the same table. In brackets
stands the guard: what must hold besides. Who may do it is the policies' question; why an act is
refused, in words, stands in [rules](rules.md). This page is made from the tables; a test compares.
"""


def tables() -> Iterator[TransitionTable]:
    """Every table of every lifecycle, app after app, by file."""
    for app in APPS:
        for path in sorted((ROOT / app / "rules").glob("*_lifecycle.py")):
            module = importlib.import_module(f"{app}.rules.{path.stem}")
            yield getattr(module, path.stem.upper())


def in_words(drawn: Diagram) -> Iterator[str]:
    """The drawing as a list, for who does not see it."""
    for place in drawn.places:
        acts = [
            f"`{arrow.action}` → {arrow.target}"
            for arrow in drawn.arrows
            if arrow.source == place.state
        ]
        yield f"- **{place.state}**: {', '.join(acts) if acts else 'nothing follows'}"


def guards(table: TransitionTable) -> str:
    found = {
        transition.guard.__name__: " ".join((transition.guard.__doc__ or "").split())
        for transition in table.transitions.values()
        if transition.guard
    }
    if not found:
        return ""
    rows = "".join(f"| `{name}` | {words} |\n" for name, words in found.items())
    return f"\n| Guard | Holds where |\n|---|---|\n{rows}"


def page() -> str:
    parts = [HEAD]
    for table in tables():
        title = table.name.replace("_", " ").capitalize()
        drawn = f"```mermaid\n{table.mermaid()}\n```"
        words = "\n".join(in_words(diagram(table)))
        parts.append(f"## {title}\n\n{drawn}\n\n{words}\n{guards(table)}")
    return "\n".join(parts)


def test_the_page_is_what_the_tables_give() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()


def test_every_lifecycle_has_its_part() -> None:
    names = [table.name for table in tables()]
    assert len(names) == len(set(names)) >= 12
    assert {"declaration", "text", "letter", "practice"} <= set(names)


def test_every_state_is_drawn_and_what_nothing_leads_to_stands_first() -> None:
    for table in tables():
        drawn = diagram(table)
        assert {place.state for place in drawn.places} == set(table.states)
        reached = {arrow.target for arrow in drawn.arrows if arrow.source != arrow.target}
        begins = {place.state for place in drawn.places if place.column == 0}
        assert set(table.states) - reached <= begins, table.name


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
