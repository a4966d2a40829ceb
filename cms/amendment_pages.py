"""What pages say of amendments: names, what each touches, whom it meets, two side by side.

Values for templates from what the selectors have read; desk, office and public pages share them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from cms import drawings
from cms.amendment_layout import (
    KINDS,
    Head,
    lay_out_change,
    lay_out_sentences,
    reading_order,
    touched_articles,
)
from cms.components import Badge
from cms.redline_layout import mark_up
from cms.seats import Mark as SeatMark
from cms.seats import SeatField, SeatGroup
from cms.selectors.amendments import ReadAmendment
from cms.templatetags.formats import day, reader_language
from resolutions.models import Amendment, VotingOrder
from resolutions.models.amendments import AmendmentState
from resolutions.rules.conflicts import Conflict, ConflictMatrix, compare_amendments
from resolutions.rules.numbering import cite
from resolutions.rules.operations import Op
from resolutions.rules.redline import Mark, Span, redline_words
from resolutions.rules.structure import TextTree
from resolutions.rules.voting_order import suggested_order
from resolutions.selectors.amendments import AmendmentBase

STANDING = (AmendmentState.FILED, AmendmentState.ADMITTED, AmendmentState.ADOPTED)
"""States in which an amendment still may change the text as it is."""

Address = Callable[[int], str]
PairAddress = Callable[[int, int], str]


def name_of(amendment: Amendment) -> str:
    """ "Amendment 3"; of a draft, that it is one."""
    if amendment.number is None:
        return _("Draft amendment")
    return _("Amendment %(number)d") % {"number": amendment.number}


def pair_name(first: int, second: int) -> str:
    return _("Amendments %(first)d and %(second)d") % {"first": first, "second": second}


def touches_of(found: ReadAmendment) -> str:
    """The articles that it touches, in the reader's language; "" where its text is gone."""
    if found.base is None or found.changed is None:
        return ""
    return touched_articles(found.base, found.changed, found.operations)


def standing(found: Sequence[ReadAmendment], base: AmendmentBase) -> list[ReadAmendment]:
    """Those that are written against the text as it is and may still change it."""
    return [
        each
        for each in found
        if each.amendment.state in STANDING
        and each.amendment.base_sha256 == base.sha256
        and each.changed is not None
    ]


def heads(found: Sequence[ReadAmendment], *, url: Address) -> list[Head]:
    """The edge of the table of conflicts."""
    return [Head(each.number, each.amendment.proposer.code, url(each.number)) for each in found]


def body_context(found: ReadAmendment) -> dict[str, Any]:
    """Sentences, redline, note and reasons: what `cms/public/amendment_body.html` shows."""
    row = found.amendment
    sentences = redline = None
    if found.base is not None and found.operations:
        sentences = lay_out_sentences(found.base, found.operations, row.instrument.titles)
    if found.base is not None and found.changed is not None:
        redline = lay_out_change(found.base, found.changed)
    return {
        "sentences": sentences,
        "redline": redline,
        "notes": _in_order(row.notes.as_dict()),
        "reasons": _in_order(row.reasons.as_dict()),
    }


def amendment_context(found: ReadAmendment) -> dict[str, Any]:
    """One amendment for its page."""
    row = found.amendment
    return {
        **body_context(found),
        "amendment": row,
        "heading": name_of(row),
        "touches": touches_of(found),
        "badge": drawings.badge_of(row),
        "behind": behind(found),
        "became": became(row),
    }


def proposal_context(found: ReadAmendment) -> dict[str, Any]:
    """An amendment that is voted on: number, proposer, what it changes, its public page."""
    row = found.amendment
    public = row.edition is not None and hasattr(row.edition, "publication")
    return {
        **body_context(found),
        "name": name_of(row),
        "touches": touches_of(found),
        "proposer": row.proposer.name_in(reader_language()),
        "url": reverse("cms:amendment", args=[row.instrument.slug, row.number]) if public else "",
    }


def behind(found: ReadAmendment) -> SeatField:
    """The proposer and the co-sponsors as seats."""
    groups = [
        SeatGroup(
            (drawings.city_seat(found.amendment.proposer, SeatMark.SIGNED),), label=_("Proposer")
        )
    ]
    if found.sponsors:
        seats = tuple(drawings.city_seat(each.city, SeatMark.SIGNED) for each in found.sponsors)
        groups.append(SeatGroup(seats, label=_("Co-sponsors")))
    return SeatField(tuple(groups), legend=False, table=False)


def became(row: Amendment) -> str:
    """What became of an amendment, in one sentence."""
    applied = getattr(row, "applied_in", None)
    on = day(row.ended_at) if row.ended_at else ""
    if applied is not None:
        return _("Adopted, and part of edition %(edition)d.") % {"edition": applied.edition.number}
    if row.state == AmendmentState.ADMITTED:
        return _("Admitted. The assembly decides on it by a vote.")
    if row.state == AmendmentState.FALLEN:
        return _("Fallen: another amendment that was adopted leaves no room for it.")
    if row.state == AmendmentState.WITHDRAWN and on:
        return _("Withdrawn by its proposer on %(day)s.") % {"day": on}
    if row.state == AmendmentState.ADOPTED:
        return _("Adopted. It goes into the next edition.")
    if row.state == AmendmentState.REJECTED:
        return _("Not adopted by the assembly.")
    if row.state == AmendmentState.INADMISSIBLE:
        return _("Not admitted by the office, for the reasons below.")
    return ""


# ── conflicts ───────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Meeting:
    """An amendment that this one meets: how, in a sentence, and where both stand side by side."""

    title: str
    url: str
    sentence: str
    badge: Badge


def conflicts_of(
    found: ReadAmendment,
    others: Sequence[ReadAmendment],
    base: AmendmentBase,
    *,
    url: Address,
) -> list[Meeting]:
    """Those of the standing amendments that meet this one; `url` gives an address by number."""
    if found.changed is None or found.amendment.base_sha256 != base.sha256:
        return []
    meetings = []
    for each in others:
        if each.amendment.pk == found.amendment.pk:
            continue
        finding = compare_amendments(base.trees, found.operations, each.operations)
        if finding.kind is Conflict.NONE:
            continue
        meetings.append(
            Meeting(
                name_of(each.amendment),
                url(each.number),
                finding.sentence.in_language(reader_language()),
                KINDS[finding.kind].badge,
            )
        )
    return meetings


def meetings_within(
    numbers: Sequence[int], matrix: ConflictMatrix, *, pair_url: PairAddress, apart: bool
) -> list[Meeting]:
    """The pairs of a choice that meet; `apart`: only those that cannot both be adopted."""
    chosen = set(numbers)
    return [
        Meeting(
            pair_name(one, other),
            pair_url(one, other),
            finding.sentence.in_language(reader_language()),
            KINDS[finding.kind].badge,
        )
        for (one, other), finding in sorted(matrix.cells.items())
        if {one, other} <= chosen and (finding.kind.apart or not apart)
    ]


def pair_context(
    one: ReadAmendment, other: ReadAmendment, base: AmendmentBase, *, url: Address
) -> dict[str, Any]:
    """Two amendments side by side; the finding where both are written on the text as it is."""
    language = reader_language()
    finding = None
    if all(each.amendment.base_sha256 == base.sha256 for each in (one, other)):
        finding = compare_amendments(base.trees, one.operations, other.operations)
    sides = [
        {
            "title": name_of(each.amendment),
            "url": url(each.number),
            "badge": drawings.badge_of(each.amendment),
            "proposer": each.amendment.proposer.name_in(language),
            "sentences": lay_out_sentences(
                each.base, each.operations, each.amendment.instrument.titles
            )
            if each.base is not None
            else None,
        }
        for each in (one, other)
    ]
    return {
        "heading": pair_name(one.number, other.number),
        "sides": sides,
        "finding": {
            "badge": KINDS[finding.kind].badge if finding else None,
            "sentence": finding.sentence.in_language(language)
            if finding
            else _("They are written on different versions of the text and cannot be compared."),
            "places": _places(one, other, base, finding.keys) if finding else [],
        },
    }


def _places(
    one: ReadAmendment, other: ReadAmendment, base: AmendmentBase, keys: Sequence[str]
) -> list[dict[str, Any]]:
    """Each provision in question, in each language in which either changes it."""
    places = []
    for key in keys:
        for code in reading_order(base.trees):
            today = base.trees[code].find(key)
            if today is None:
                continue
            sides = [
                _side(today.text, each.changed[code] if each.changed else None, key, each, code)
                for each in (one, other)
            ]
            if not any(side["differs"] for side in sides):
                continue
            places.append(
                {
                    "name": cite(base.trees[code].path(key), reader_language()) or key,
                    "language": code,
                    "today": "\n".join(filter(None, (today.heading, today.text))),
                    "sides": sides,
                }
            )
    return places


def _side(
    today: str, changed: TextTree | None, key: str, found: ReadAmendment, code: str
) -> dict[str, Any]:
    """What one amendment makes of a provision, and what it puts beside or below it."""
    title = name_of(found.amendment)
    now = changed.find(key) if changed is not None else None
    if changed is None or now is None:
        return {"title": title, "marked": (), "words": _("is struck"), "differs": True}
    added = [
        child.text or child.heading
        for operation in found.operations
        if operation.op is Op.INSERT_AFTER and key in (operation.after, operation.parent)
        for child in [changed.find(operation.key)]
        if child is not None
    ]
    if now.text == today and not added:
        return {"title": title, "marked": (), "words": _("unchanged"), "differs": False}
    marked = [mark_up(redline_words(today, now.text))]
    marked += [mark_up([Span(Mark.INSERTED, text)]) for text in added]
    return {"title": title, "marked": marked, "words": "", "differs": True}


# ── the order of voting ─────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class OrderShown:
    """The order of voting: the suggested one, or the one that the chair set and why."""

    places: Sequence[Mapping[str, Any]]
    numbers: tuple[int, ...]
    changed: bool = False
    reason: str = ""
    set_at: datetime | None = None


def order_shown(
    standing: Sequence[ReadAmendment],
    base: AmendmentBase,
    order: VotingOrder | None,
    *,
    url: Address,
) -> OrderShown | None:
    """The order in which the admitted ones are voted on; None for fewer than two."""
    admitted = {
        each.number: each for each in standing if each.amendment.state == AmendmentState.ADMITTED
    }
    if len(admitted) < 2:
        return None
    suggested = suggested_order(
        base.trees, {number: each.operations for number, each in admitted.items()}
    )
    numbers = [place.number for place in suggested]
    changed = order is not None and set(order.order) >= set(numbers)
    if order is not None and changed:
        numbers = [number for number in order.order if number in admitted]
    by_number = {place.number: place for place in suggested}
    language = reader_language()
    places = [
        {
            "number": number,
            "title": name_of(admitted[number].amendment),
            "touches": touches_of(admitted[number]),
            "url": url(number),
            "reason": by_number[number].reason.in_language(language),
            "falls": [
                {"title": name_of(admitted[each].amendment), "url": url(each)}
                for each in by_number[number].falls
            ],
        }
        for number in numbers
    ]
    if order is None or not changed:
        return OrderShown(places, tuple(numbers))
    return OrderShown(places, tuple(numbers), True, order.reason, order.set_at)


def _in_order(words: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(code, words[code]) for code in reading_order(words) if words[code]]
