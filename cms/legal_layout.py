"""Legal text laid out for reading: provisions of several languages, row by row, on shared keys.

Takes text trees (`resolutions.rules.structure.TextTree`) and gives `LegalText`, whose rows the
template sets side by side. A provision missing in one language keeps its place and says so.
The mark of a footnote in the text, [^1], is a link to it, and its number there one back.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext

from cms.seats import Text


class ProvisionShape(Protocol):
    """What a provision must tell: `resolutions.rules.structure.Provision` does."""

    @property
    def key(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def number(self) -> str: ...
    @property
    def heading(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def children(self) -> Sequence[ProvisionShape]: ...


class TreeShape(Protocol):
    """What a text tree must tell."""

    @property
    def title(self) -> str: ...
    @property
    def provisions(self) -> Sequence[ProvisionShape]: ...


NumberRenderer = Callable[[str, str, str], str]
"""(kind, neutral number, language) → number as printed: ("article", "3", "ko") → "제3조"."""

_DIVISIONS = ("part", "chapter", "section", "supplementary", "annex")
_INNER = ("paragraph", "item", "subitem", "footnote")
_FOOTNOTE = "footnote"
_MARK = re.compile(r"\[\^([^\]\s]{1,8})\]")
_UNNUMBERED = ("preamble", "closing")


@dataclass(frozen=True)
class LegalCell:
    """One provision in one language; `text` split into `paragraphs`. Empty `lang` text: missing.

    `back` is the anchor of a footnote's mark in the text it explains.
    """

    lang: str
    number: str
    heading: str
    paragraphs: tuple[str, ...]
    missing: bool = False
    anchor: str = ""
    back: str = ""


@dataclass(frozen=True)
class LegalRow:
    """One provision in every language shown."""

    key: str
    kind: str
    depth: int
    heading_level: int
    cells: tuple[LegalCell, ...]
    url: str = ""

    @property
    def css_class(self) -> str:
        """Classes for the row: its kind, and how deep it is set in."""
        classes = [f"legal__row--{self.kind}"]
        if self.kind in _INNER:
            classes.append("legal__row--inner")
            if self.depth:
                classes.append(f"legal__row--in{min(self.depth, 3)}")
        return " ".join(classes)

    @property
    def has_heading(self) -> bool:
        """Whether the row opens a part of the text (and so is a heading of the page)."""
        return self.kind not in _INNER and self.kind not in _UNNUMBERED


@dataclass(frozen=True)
class ContentsEntry:
    """One line of the table of contents."""

    number: str
    heading: str
    url: str
    is_group: bool


@dataclass(frozen=True)
class Contents:
    """The table of contents of a legal text, in one language."""

    template: ClassVar[str] = "cms/components/contents.html"
    entries: tuple[ContentsEntry, ...]
    sticky: bool = True
    lang: str = ""


@dataclass(frozen=True)
class LegalText:
    """A text ready to be set: `{% component legal %}`."""

    template: ClassVar[str] = "cms/components/legal.html"
    languages: tuple[str, ...]
    titles: tuple[LegalCell, ...]
    rows: tuple[LegalRow, ...]
    notes: Mapping[str, Text]
    show_titles: bool = True

    @property
    def columns(self) -> int:
        """How many languages stand side by side."""
        return len(self.languages)

    @property
    def contents(self) -> Contents:
        """The table of contents in the first language."""
        return Contents(
            lang=self.languages[0],
            entries=tuple(
                ContentsEntry(
                    number=row.cells[0].number,
                    heading=row.cells[0].heading or ("" if row.cells[0].number else row.key),
                    url=f"#{row.key}",
                    is_group=row.kind in _DIVISIONS,
                )
                for row in self.rows
                if row.has_heading
            ),
        )


def lay_out(
    trees: Mapping[str, TreeShape],
    *,
    languages: Sequence[str],
    address: Callable[[str], str] | None = None,
    number: NumberRenderer,
    notes: Mapping[str, Text] | None = None,
    first_heading_level: int = 2,
    show_titles: bool = True,
) -> LegalText:
    """Pair the provisions of `trees` by key, in the order of the first language.

    `address` gives a provision's permanent address from its key; `number` renders numbers
    (`resolutions.rules.numbering.render_number`); `notes` says of a language what must be said
    ("translation, not authentic"). Provisions that only a later language has follow their
    nearest predecessor there.
    """
    shown = [language for language in languages if language in trees]
    flat = {language: list(_walk(trees[language].provisions, 0)) for language in shown}
    by_key = {
        language: {provision.key: provision for provision, _ in rows}
        for language, rows in flat.items()
    }
    order = _merge_orders([[(p.key, p.kind, d) for p, d in flat[language]] for language in shown])
    divided = any(kind in _DIVISIONS for _, kind, _ in order)
    marks = {language: _marks(by_key[language]) for language in shown}
    rows = []
    for key, kind, depth in order:
        cells = []
        for position, language in enumerate(shown):
            provision = by_key[language].get(key)
            anchor = key if position == 0 else f"{key}.{language}"
            cells.append(
                LegalCell(language, "", "", (), missing=True, anchor=anchor)
                if provision is None
                else LegalCell(
                    lang=language,
                    number=number(provision.kind, provision.number, language)
                    if provision.number or _needs_its_name(provision)
                    else "",
                    heading=provision.heading,
                    paragraphs=_paragraphs(provision, anchor.removeprefix(key)),
                    anchor=anchor,
                    back=f"{anchor}-mark" if key in marks[language] else "",
                )
            )
        level = first_heading_level if kind in _DIVISIONS else first_heading_level + int(divided)
        rows.append(
            LegalRow(
                key=key,
                kind=kind,
                depth=depth,
                heading_level=level,
                cells=tuple(cells),
                url=address(key) if address else "",
            )
        )
    return LegalText(
        languages=tuple(shown),
        titles=tuple(LegalCell(lang, "", trees[lang].title, ()) for lang in shown),
        rows=tuple(rows),
        notes=notes or {},
        show_titles=show_titles,
    )


def _needs_its_name(provision: ProvisionShape) -> bool:
    """Whether a heading would be empty but for the name of its kind (부칙, 별표)."""
    return provision.kind in _DIVISIONS and not provision.heading


def _marks(provisions: Mapping[str, ProvisionShape]) -> set[str]:
    """The keys of the footnotes whose marks stand in the text of the provision above them."""
    return {
        note.key
        for provision in provisions.values()
        for note in provision.children
        if note.kind == _FOOTNOTE and f"[^{note.number}]" in provision.text
    }


def _paragraphs(provision: ProvisionShape, suffix: str) -> tuple[str, ...]:
    """The paragraphs of a provision, with a link in place of the mark of each of its footnotes.

    A mark that stands there again leads to the footnote too; the way back leads to the first.
    """
    paragraphs = [part.strip() for part in provision.text.split("\n") if part.strip()]
    notes = {note.number: note.key for note in provision.children if note.kind == _FOOTNOTE}
    if not notes:
        return tuple(paragraphs)
    met: set[str] = set()

    def piece(place: int, text: str) -> str:
        if place % 2 == 0:
            return text
        if text not in notes:
            return f"[^{text}]"
        anchor = f"{notes[text]}{suffix}"
        identifier = "" if text in met else format_html(' id="{}-mark"', anchor)
        met.add(text)
        return format_html(
            '<sup class="legal__mark">'
            '<a href="#{}"{} role="doc-noteref" aria-label="{}">{}</a></sup>',
            anchor,
            identifier,
            gettext("Footnote %(number)s") % {"number": text},
            text,
        )

    return tuple(
        format_html_join(
            "", "{}", ((piece(place, text),) for place, text in enumerate(_MARK.split(paragraph)))
        )
        for paragraph in paragraphs
    )


def _walk(provisions: Iterable[ProvisionShape], depth: int) -> Iterable[tuple[ProvisionShape, int]]:
    """Provisions in reading order; depth counts levels inside an article (paragraph 0, item 1…)."""
    for provision in provisions:
        yield provision, depth
        inside = depth + 1 if provision.kind in _INNER else 0
        yield from _walk(provision.children, inside)


def _merge_orders(
    orders: Sequence[Sequence[tuple[str, str, int]]],
) -> list[tuple[str, str, int]]:
    """The first order, with what only later ones have put after its predecessor there."""
    merged = list(orders[0]) if orders else []
    known = {key for key, _, _ in merged}
    for order in orders[1:]:
        previous: str | None = None
        for entry in order:
            if entry[0] not in known:
                keys = [key for key, _, _ in merged]
                merged.insert(keys.index(previous) + 1 if previous in known else 0, entry)
                known.add(entry[0])
            previous = entry[0]
    return merged
