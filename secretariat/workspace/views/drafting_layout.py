"""A draft laid out for its writers: the tree with its flags, and the rows of one unit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from cms.components import Badge
from cms.redline_layout import Marked, mark_up
from cms.templatetags.formats import language_name
from resolutions.models import ProvisionLock
from resolutions.rules.drafting import (
    Finding,
    Flag,
    Sketch,
    Wording,
    kinds_below,
    series_of,
    suggest_number,
)
from resolutions.rules.numbering import render_number
from resolutions.rules.operative import RuleName
from resolutions.rules.redline import redline_words
from resolutions.rules.structure import Kind
from resolutions.selectors.drafting import Sheet
from secretariat.workspace.forms.drafting import CODES, KIND_LABELS, Clash, UnitForm
from secretariat.workspace.views.drafting_frame import Room, who

_DIVISIONS = (Kind.PART, Kind.CHAPTER, Kind.SECTION, Kind.SUPPLEMENTARY, Kind.ANNEX)


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """One line of the tree: a unit of work, with what wants a look anywhere in it."""

    key: str
    url: str
    number: str
    heading: str
    depth: int
    division: bool
    current: bool
    flags: tuple[Badge, ...]
    comments: int
    held_by: str


@dataclass(frozen=True, slots=True)
class Box:
    """One language of a provision in the editor."""

    language: str
    number: str
    fields: Mapping[str, Any]
    clash: Clash | None

    @property
    def redline(self) -> Marked:
        """From what the draft says to what was typed."""
        assert self.clash is not None
        return mark_up(redline_words(self.clash.stands.text, self.clash.typed.text))


@dataclass(frozen=True, slots=True)
class Line:
    """A provision in the editor: its boxes, what wants a look, and what is said about it."""

    key: str
    name: str
    depth: int
    boxes: tuple[Box, ...]
    flags: tuple[tuple[Finding, Badge, str], ...]
    comments: int
    numbered: bool
    history: str


def name_of_provision(sketch: Sketch, language: str) -> str:
    """How a provision is called where only it stands: its number, or its kind."""
    number = render_number(sketch.kind, sketch.number, language)
    return number or str(KIND_LABELS[sketch.kind])


def heading_in(sketch: Sketch, language: str) -> str:
    """Its heading, or its first words, in this language or another one."""
    for code in (language, *sketch.words):
        words = sketch.words.get(code)
        if words and words.heading:
            return words.heading
    for code in (language, *sketch.words):
        words = sketch.words.get(code)
        if words and words.text:
            return words.text[:60]
    return ""


def tree_entries(
    room: Room, sheet: Sheet, language: str, *, current: str = ""
) -> Iterator[TreeEntry]:
    """Every unit of the draft, in reading order."""
    by_key = sheet.by_key
    depths: dict[str, int] = {}
    for head, keys in sheet.units.items():
        sketch = by_key[head]
        depths[head] = depths.get(sketch.parent_key, -1) + 1
        flags = {finding.flag: finding for key in keys for finding in sheet.flags.get(key, ())}
        lock = sheet.locks.get(head)
        yield TreeEntry(
            key=head,
            url=room.address("draft_provision", head),
            number=render_number(sketch.kind, sketch.number, language),
            heading=heading_in(sketch, language),
            depth=min(depths[head], 3),
            division=sketch.kind in _DIVISIONS,
            current=head == current,
            flags=tuple(flag_badge(flag) for flag in Flag if flag in flags),
            comments=sum(sheet.comments.get(key, 0) for key in keys),
            held_by=held_by(lock, room, language) if lock else "",
        )


def held_by(lock: ProvisionLock, room: Room, language: str) -> str:
    """Who is at work on it, "" where that is the reader."""
    if lock.person_id == room.request.user.pk:
        return ""
    return who(lock.role, lock.city, language)


def flag_badge(flag: Flag) -> Badge:
    """A flag in a word or two."""
    return {
        Flag.EMPTY: Badge(_("no words"), "waiting"),
        Flag.MISSING: Badge(_("not translated"), "waiting"),
        Flag.ONE_LANGUAGE: Badge(_("one language only"), "waiting"),
        Flag.DANGLING: Badge(_("reference"), "rejected"),
        Flag.RULE: Badge(_("rule"), "rejected"),
    }[flag]


def flag_sentence(finding: Finding, language: str) -> str:
    """What is the matter, and what to do."""
    languages = ", ".join(language_name(code) for code in finding.languages)
    match finding.flag:
        case Flag.EMPTY:
            return _("It has no words yet in any language.")
        case Flag.MISSING:
            return _("It has no words yet in: %(languages)s.") % {"languages": languages}
        case Flag.ONE_LANGUAGE:
            return _(
                "Changed in one language only, last in: %(languages)s. Bring the other up to "
                "date, or say that it still says the same."
            ) % {"languages": languages}
        case Flag.DANGLING:
            return _("A reference leads nowhere: %(references)s.") % {
                "references": ", ".join(finding.words)
            }
        case Flag.RULE:
            names = ", ".join(rule_label(name, language) for name in finding.words)
            return _(
                "A rule is bound to it, and its words have changed since: %(rules)s. Bind the "
                "rules again after a look at their values."
            ) % {"rules": names}


def rule_label(name: str, language: str) -> str:
    try:
        return RuleName(name).label.in_language(language)
    except ValueError:
        return name


def lines_of(
    room: Room,
    sheet: Sheet,
    form: UnitForm,
    language: str,
    *,
    clashes: Sequence[Clash] = (),
) -> Iterator[Line]:
    """The rows of the editor."""
    clashing = {(clash.key, clash.language): clash for clash in clashes}
    depths: dict[str, int] = {}
    for sketch in form.sketches:
        depths[sketch.key] = depths.get(sketch.parent_key, -1) + 1
        yield Line(
            key=sketch.key,
            name=name_of_provision(sketch, language),
            depth=min(depths[sketch.key], 3),
            boxes=tuple(
                Box(
                    language=code,
                    number=render_number(sketch.kind, sketch.number, code),
                    fields=form.boxes(sketch, code),
                    clash=clashing.get((sketch.key, code)),
                )
                for code in CODES
            ),
            flags=tuple(
                (finding, flag_badge(finding.flag), flag_sentence(finding, language))
                for finding in sheet.flags.get(sketch.key, ())
            ),
            comments=sheet.comments.get(sketch.key, 0),
            numbered=bool(sketch.number),
            history=room.address("draft_provision_history", sketch.key),
        )


# ── places for what is new or moves ─────────────────────────────────────────────────────────

BEFORE, AFTER, INSIDE = "before", "after", "inside"


@dataclass(frozen=True, slots=True)
class Opening:
    """Where a new provision would stand: below `parent` after `after`, of one of `kinds`."""

    parent: str
    after: str
    kinds: tuple[Kind, ...]
    kind: Kind
    number: str


def opening(sheet: Sheet, key: str, where: str) -> Opening | None:
    """The place before, after or inside a provision; `key` "" is the text itself."""
    by_key = sheet.by_key
    sketch = by_key.get(key)
    if where == INSIDE or sketch is None:
        siblings = [each for each in sheet.sketches if each.parent_key == key]
        kinds = kinds_below(sketch.kind if sketch else None)
        if not kinds:
            return None
        kind = siblings[-1].kind if siblings else _usual(kinds)
        numbers = [each.number for each in siblings if each.kind is kind]
        before = numbers[-1] if numbers else ""
        number = suggest_number(before, "") if before or not siblings else ""
        number = number if _numbered(kind) else ""
        return Opening(key, siblings[-1].key if siblings else "", kinds, kind, number)
    parent = sketch.parent_key
    siblings = [each for each in sheet.sketches if each.parent_key == parent]
    place = siblings.index(sketch) + (1 if where == AFTER else 0)
    kinds = kinds_below(by_key[parent].kind if parent else None)
    kind = sketch.kind if sketch.kind in kinds else _usual(kinds)
    earlier = [each.number for each in siblings[:place] if each.kind is kind and each.number]
    later = [each.number for each in siblings[place:] if each.kind is kind and each.number]
    if kind is Kind.ARTICLE and sketch.number and "." not in sketch.number:
        earlier, later = _articles_around(sheet, sketch, where)
    number = suggest_number(earlier[-1] if earlier else "", later[0] if later else "")
    number = number if sketch.number else ""
    return Opening(parent, siblings[place - 1].key if place else "", kinds, kind, number)


def _articles_around(sheet: Sheet, sketch: Sketch, where: str) -> tuple[list[str], list[str]]:
    """Articles are numbered through the whole text, or through one supplementary part of it."""
    by_key = sheet.by_key
    run = series_of(sketch.key, sheet.sketches)
    place = run.index(sketch.key) + (1 if where == AFTER else 0)
    numbers = [by_key[key].number for key in run]
    return numbers[:place], numbers[place:]


def _usual(kinds: Sequence[Kind]) -> Kind:
    wanted = (Kind.ARTICLE, Kind.PARAGRAPH, Kind.ITEM, Kind.SUBITEM)
    return next((kind for kind in wanted if kind in kinds), kinds[0])


def _numbered(kind: Kind) -> bool:
    return kind not in (Kind.PREAMBLE, Kind.SUPPLEMENTARY, Kind.CLOSING, Kind.ANNEX)


def places_for(sheet: Sheet, key: str, language: str) -> list[tuple[str, str]]:
    """Where a provision could go: "up", "down", "first:PARENT", "after:SIBLING" with their names.

    Only where its kind may stand, and never within itself.
    """
    by_key = sheet.by_key
    sketch = by_key[key]
    siblings = [each.key for each in sheet.sketches if each.parent_key == sketch.parent_key]
    found = []
    if siblings[0] != key:
        found.append(("up", _("one place up")))
    if siblings[-1] != key:
        found.append(("down", _("one place down")))
    within = {key}
    for each in sheet.sketches:
        if each.parent_key in within:
            within.add(each.key)
    if sketch.kind in kinds_below(None) and siblings:
        found.append(("first:", _("at the very beginning")))
    for each in sheet.sketches:
        if each.key in within:
            continue
        name = _full_name(by_key, each, language)
        above = by_key.get(each.parent_key)
        if sketch.kind in kinds_below(above.kind if above else None):
            found.append((f"after:{each.key}", _("after %(provision)s") % {"provision": name}))
        if sketch.kind in kinds_below(each.kind):
            found.append((f"first:{each.key}", _("first in %(provision)s") % {"provision": name}))
    return found


def _full_name(by_key: Mapping[str, Sketch], sketch: Sketch, language: str) -> str:
    name = name_of_provision(sketch, language)
    above = by_key.get(sketch.parent_key)
    while above is not None and sketch.kind not in (*_DIVISIONS, Kind.ARTICLE):
        name = f"{name_of_provision(above, language)} {name}"
        sketch, above = above, by_key.get(above.parent_key)
    heading = heading_in(sketch, language) if sketch.kind in (*_DIVISIONS, Kind.ARTICLE) else ""
    return f"{name} {heading}".strip()[:80]


def words_shown(words: Mapping[str, Wording]) -> list[tuple[str, Wording]]:
    """The words of each language, Korean first."""
    return sorted(words.items(), key=lambda item: (item[0] != "ko", item[0]))
