"""A redline laid out for reading: what changed between two versions, in each language, row by row.

Takes `{language: Redline}` (`resolutions.rules.redline`) and gives `RedlineText`, set like the
text itself (`cms.legal_layout`) with the struck and the inserted words in it. A mark is never
told by colour alone: inserted words are underlined, deleted ones struck through, and each run
says so to a screen reader; a provision that is new, gone, moved or renumbered carries the word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from cms.seats import Text
from resolutions.rules.redline import (
    DIVISIONS,
    Fate,
    Mark,
    Redline,
    RedlineProvision,
    Span,
    is_changed,
)
from resolutions.rules.repeals import is_repealed
from resolutions.rules.structure import Kind

_OUTER = (*DIVISIONS, Kind.ANNEX)
_INNER = (Kind.PARAGRAPH, Kind.ITEM, Kind.SUBITEM, Kind.FOOTNOTE)
_UNNUMBERED = (Kind.PREAMBLE, Kind.CLOSING)

LABELS: Mapping[Fate, Text] = {
    Fate.ADDED: _("New provision"),
    Fate.REMOVED: _("Deleted provision"),
    Fate.MOVED: _("Moved provision"),
    Fate.RENUMBERED: _("Renumbered provision"),
}
"""What is said of a provision that did more than change its words."""

_TAGS: Mapping[Mark, SafeString] = {
    Mark.INSERTED: mark_safe("ins"),
    Mark.DELETED: mark_safe("del"),
}
_SAID: Mapping[Mark, Text] = {Mark.INSERTED: _("[inserted]"), Mark.DELETED: _("[deleted]")}


@dataclass(frozen=True)
class Run:
    """Words that stayed, came or went. `said` is what a screen reader says before them."""

    mark: Mark
    text: str
    said: Text = ""

    @property
    def html(self) -> SafeString:
        """The words in `<ins>` or `<del>`, or as they are."""
        tag = _TAGS.get(self.mark)
        if tag is None:
            return escape(self.text)
        if not self.said:
            return format_html("<{0}>{1}</{0}>", tag, self.text)
        return format_html('<{0} data-said="{1} ">{2}</{0}>', tag, self.said, self.text)


@dataclass(frozen=True)
class Marked:
    """A number, a heading or a paragraph with its marks; false where there is nothing in it."""

    runs: tuple[Run, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.runs)

    @property
    def html(self) -> SafeString:
        """All of it: ready for a page, escaped."""
        return mark_safe("".join(run.html for run in self.runs))  # noqa: S308 (each is escaped)


@dataclass(frozen=True)
class RedlineCell:
    """One provision in one language. `labels` say what became of it besides its words."""

    lang: str
    number: Marked = Marked()
    heading: Marked = Marked()
    paragraphs: tuple[Marked, ...] = ()
    labels: tuple[Text, ...] = ()
    changed: bool = False
    missing: bool = False
    anchor: str = ""


@dataclass(frozen=True)
class RedlineRow:
    """One provision in every language shown; `after_gap` where unchanged ones were left out."""

    key: str
    kind: Kind
    depth: int
    heading_level: int
    cells: tuple[RedlineCell, ...]
    url: str = ""
    after_gap: bool = False

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
class RedlineText:
    """A redline ready to be set: `{% component redline %}`.

    `changed` is whether anything differs in any language; with `only_changed` there are no rows
    where it is not.
    """

    template: ClassVar[str] = "cms/components/redline.html"
    languages: tuple[str, ...]
    titles: tuple[RedlineCell, ...]
    rows: tuple[RedlineRow, ...]
    changed: bool
    only_changed: bool = False
    ends_in_gap: bool = False
    show_titles: bool = True

    @property
    def columns(self) -> int:
        """How many languages stand side by side."""
        return len(self.languages)


def lay_out_redline(
    redlines: Mapping[str, Redline],
    *,
    languages: Sequence[str],
    only_changed: bool = False,
    address: Callable[[str], str] | None = None,
    first_heading_level: int = 2,
    show_titles: bool = True,
    anchors: str = "",
) -> RedlineText:
    """Pair the provisions of `redlines` by key, in the order of the first language.

    `only_changed` keeps an article (or what stands beside articles) whole where anything in it
    changed in any of `redlines`, and leaves out the others. `address` gives a provision's
    address from its key; `anchors` goes before each anchor where two redlines share a page.
    """
    shown = [language for language in languages if language in redlines]
    flat = {language: _placed(redlines[language].provisions) for language in shown}
    cells = {
        language: {placed.provision.key: placed for placed in rows}
        for language, rows in flat.items()
    }
    order = _merge_orders([flat[language] for language in shown])
    kept = (
        {each.key for redline in redlines.values() for each in redline.only_changed().provisions}
        if only_changed
        else None
    )
    divided = any(placed.provision.kind in _OUTER for placed in order)
    rows: list[RedlineRow] = []
    gap = False
    for placed in order:
        key, kind = placed.provision.key, placed.provision.kind
        if kept is not None and key not in kept:
            gap = True
            continue
        division = kind in _OUTER
        rows.append(
            RedlineRow(
                key=key,
                kind=kind,
                depth=placed.inside,
                heading_level=first_heading_level + int(divided and not division),
                cells=tuple(
                    _cell(
                        cells[language].get(key),
                        language,
                        anchors + (key if position == 0 else f"{key}.{language}"),
                    )
                    for position, language in enumerate(shown)
                ),
                url=address(key) if address else "",
                after_gap=gap and not division,
            )
        )
        gap = False
    titles = tuple(
        RedlineCell(
            language,
            heading=mark_up(redlines[language].title),
            changed=is_changed(redlines[language].title),
        )
        for language in shown
    )
    return RedlineText(
        languages=tuple(shown),
        titles=titles,
        rows=tuple(rows),
        changed=any(redline.changed for redline in redlines.values()),
        only_changed=only_changed,
        ends_in_gap=gap and bool(rows),
        show_titles=show_titles or any(title.changed for title in titles),
    )


@dataclass(frozen=True)
class _Placed:
    """A provision with its depth inside its article, and whether one above it says its fate."""

    provision: RedlineProvision
    inside: int
    said_above: bool


def _placed(provisions: Iterable[RedlineProvision]) -> list[_Placed]:
    placed: list[_Placed] = []
    above: list[tuple[int, _Placed]] = []
    said: set[tuple[Fate, str]] = set()
    for provision in provisions:
        while above and above[-1][0] >= provision.depth:
            above.pop()
        parent = above[-1][1] if above else None
        inside = parent.inside + 1 if parent and parent.provision.kind in _INNER else 0
        fate = provision.fate
        entry = _Placed(provision, inside, (fate, provision.key) in said)
        if fate is Fate.ADDED and provision.new is not None:
            said.update((fate, below.key) for below in provision.new.walk())
        gone = fate is Fate.REMOVED or _is_repeal(provision)
        if gone and provision.old is not None:
            said.update((Fate.REMOVED, below.key) for below in provision.old.walk())
        placed.append(entry)
        above.append((provision.depth, entry))
    return placed


def _cell(placed: _Placed | None, language: str, anchor: str) -> RedlineCell:
    if placed is None:
        return RedlineCell(language, missing=True, anchor=anchor)
    provision = placed.provision
    fate = provision.fate
    whole = fate in (Fate.ADDED, Fate.REMOVED)
    labels = []
    if fate in LABELS and not placed.said_above:
        labels.append(LABELS[fate])
    if _is_repeal(provision):
        labels.append(LABELS[Fate.REMOVED])
    if provision.moved and not whole and fate is not Fate.MOVED:
        labels.append(LABELS[Fate.MOVED])
    return RedlineCell(
        lang=language,
        number=mark_up(provision.number, quiet=whole),
        heading=mark_up(provision.heading, quiet=whole),
        paragraphs=paragraphs_of(provision.text, whole=whole),
        labels=tuple(labels),
        changed=not provision.is_same,
        anchor=anchor,
    )


def _is_repeal(provision: RedlineProvision) -> bool:
    """Whether nothing but its number is left of it."""
    old, new = provision.old, provision.new
    return old is not None and new is not None and is_repealed(new) and not is_repealed(old)


def mark_up(spans: Iterable[Span], *, quiet: bool = False) -> Marked:
    """Spans as they are shown; `quiet` leaves out what is said of each run."""
    return Marked(tuple(_run(span.mark, span.text, quiet=quiet) for span in spans if span.text))


def _run(mark: Mark, text: str, *, quiet: bool) -> Run:
    return Run(mark, text, "" if quiet else _SAID.get(mark, ""))


def paragraphs_of(spans: Iterable[Span], *, whole: bool) -> tuple[Marked, ...]:
    """Split at line feeds; where a line feed itself came or went, a ¶ shows it."""
    paragraphs: list[list[Run]] = [[]]
    for span in spans:
        mark = span.mark
        lines = span.text.split("\n")
        for place, line in enumerate(lines):
            ends = place + 1 < len(lines)
            shown = f"{line}¶" if ends and mark is not Mark.SAME and not whole else line
            if shown:
                paragraphs[-1].append(_run(mark, shown, quiet=whole))
            if ends:
                paragraphs.append([])
    return tuple(
        Marked(tuple(runs)) for runs in paragraphs if any(run.text.strip() for run in runs)
    )


def _merge_orders(orders: Sequence[Sequence[_Placed]]) -> list[_Placed]:
    """The first order, with what only later ones have put after its predecessor there."""
    merged = list(orders[0]) if orders else []
    known = {placed.provision.key for placed in merged}
    for order in orders[1:]:
        previous: str | None = None
        for entry in order:
            key = entry.provision.key
            if key not in known:
                keys = [placed.provision.key for placed in merged]
                merged.insert(keys.index(previous) + 1 if previous in known else 0, entry)
                known.add(key)
            previous = key
    return merged
