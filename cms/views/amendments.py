"""Amendments in public: to one text, one by one, and two side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cms import amendment_layout as layout
from cms import amendment_pages as pages
from cms import drawings
from cms.components import Crumb, EmptyState, Row, RowList
from cms.navigation import site_address
from cms.selectors.amendments import ReadAmendment, for_pages, read_amendments
from cms.templatetags.formats import day, reader_language
from resolutions.models import Instrument, VotingOrder
from resolutions.models.amendments import AmendmentState
from resolutions.rules.conflicts import ConflictMatrix, conflict_matrix
from resolutions.selectors.amendments import (
    AmendmentBase,
    base_of,
    public_amendments,
    voting_order_of,
)
from secretariat.kernel.access import Access, access

GROUPS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (lambda: _("Before the assembly"), (AmendmentState.ADMITTED,)),
    (
        lambda: _("Decided"),
        (
            AmendmentState.ADOPTED,
            AmendmentState.APPLIED,
            AmendmentState.REJECTED,
            AmendmentState.FALLEN,
        ),
    ),
    (
        lambda: _("Withdrawn or not admitted"),
        (AmendmentState.WITHDRAWN, AmendmentState.INADMISSIBLE),
    ),
)


@access(Access.PUBLIC)
@require_safe
def amendments(request: HttpRequest, slug: str) -> HttpResponse:
    """Every public amendment to a text, how they stand to each other, the order of voting."""
    instrument, base, found = _public(slug)
    language = reader_language()
    groups = [
        {
            "title": title(),
            "rows": RowList([_row(each) for each in found if each.amendment.state in states]),
        }
        for title, states in GROUPS
        if any(each.amendment.state in states for each in found)
    ]
    standing = pages.standing(found, base)
    heads = pages.heads(standing, url=lambda number: _url(slug, number))
    matrix = _matrix(base, standing)
    context = {
        "title": instrument.title_in(language),
        "groups": groups,
        "empty": EmptyState(
            title=_("No amendments"),
            text=_("An amendment appears here once the office has examined it."),
        ),
        "matrix": layout.conflict_table(
            matrix, heads[: layout.MOST_IN_A_TABLE], pair_url=lambda a, b: _pair_url(slug, a, b)
        ),
        "order": pages.order_shown(standing, base, _order(found), url=lambda n: _url(slug, n)),
        "text_url": reverse("cms:text", args=[slug]),
        "crumbs": [*_crumbs(instrument), Crumb(_("Amendments"))],
    }
    return render(request, "cms/public/amendments.html", context)


@access(Access.PUBLIC)
@require_safe
def amendment(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One amendment: what it changes, why, who is behind it, what became of it."""
    instrument, base, everything = _public(slug)
    found = _of_number(everything, number)
    row = found.amendment
    applied = getattr(row, "applied_in", None)
    public_edition = applied is not None and hasattr(applied.edition, "publication")
    context = {
        **pages.amendment_context(found),
        "title": instrument.title_in(reader_language()),
        "votes": _votes(found),
        "conflicts": pages.conflicts_of(
            found,
            pages.standing(everything, base),
            base,
            url=lambda other: _pair_url(slug, *sorted((number, other))),
        )
        if row.state in pages.STANDING
        else [],
        "base_name": _("Edition %(number)d") % {"number": row.edition.number}
        if row.edition
        else _("the draft on the table"),
        "base_url": reverse("cms:edition", args=[slug, row.edition.number]) if row.edition else "",
        "edition_name": _("Edition %(number)d") % {"number": applied.edition.number}
        if applied
        else "",
        "edition_url": reverse("cms:edition", args=[slug, applied.edition.number])
        if public_edition and applied
        else "",
        "all_url": reverse("cms:amendments", args=[slug]),
        "crumbs": [
            *_crumbs(instrument),
            Crumb(_("Amendments"), reverse("cms:amendments", args=[slug])),
            Crumb(pages.name_of(row)),
        ],
    }
    return render(request, "cms/public/amendment.html", context)


@access(Access.PUBLIC)
@require_safe
def amendment_pair(request: HttpRequest, slug: str, first: int, second: int) -> HttpResponse:
    """Two amendments side by side, with the words in question."""
    instrument, base, everything = _public(slug)
    one, other = _of_number(everything, first), _of_number(everything, second)
    context = {
        **pages.pair_context(one, other, base, url=lambda number: _url(slug, number)),
        "title": instrument.title_in(reader_language()),
        "crumbs": [
            *_crumbs(instrument),
            Crumb(_("Amendments"), reverse("cms:amendments", args=[slug])),
            Crumb(pages.pair_name(first, second)),
        ],
    }
    return render(request, "cms/public/amendment_pair.html", context)


def _public(slug: str) -> tuple[Instrument, AmendmentBase, list[ReadAmendment]]:
    """The text, what is amended today, and its amendments that were examined, by number.

    Those to a draft on the table are as private as the draft itself.
    """
    instrument = (
        Instrument.objects.filter(slug=slug, editions__publication__isnull=False)
        .prefetch_related("wordings")
        .first()
    )
    if instrument is None:
        raise Http404
    base = base_of(instrument=instrument)
    rows = for_pages(public_amendments(instrument=instrument)).order_by("number")
    return instrument, base, read_amendments(rows, bases=[base])


def _of_number(found: Sequence[ReadAmendment], number: int) -> ReadAmendment:
    for each in found:
        if each.amendment.number == number:
            return each
    raise Http404


def _order(found: Sequence[ReadAmendment]) -> VotingOrder | None:
    """The order that the chair set for the assembly at which they are decided."""
    row = next((each.amendment for each in found if each.amendment.assembly), None)
    if row is None or row.assembly is None:
        return None
    return voting_order_of(instrument=row.instrument, assembly=row.assembly)


def _matrix(base: AmendmentBase, standing: Sequence[ReadAmendment]) -> ConflictMatrix:
    return conflict_matrix(base.trees, {each.number: each.operations for each in standing})


def _row(found: ReadAmendment) -> Row:
    row = found.amendment
    language = reader_language()
    return Row(
        title=pages.name_of(row),
        url=_url(row.instrument.slug, found.number),
        on=row.filed_at,
        text=pages.touches_of(found),
        meta=_("Proposed by %(city)s") % {"city": row.proposer.name_in(language)},
        badge=drawings.badge_of(row),
    )


def _votes(found: ReadAmendment) -> RowList | None:
    language = reader_language()
    rows = [
        Row(
            title=vote.title_in(language),
            url=drawings.vote_url(vote),
            meta=day(vote.opened_at),
            badge=drawings.vote_badge(vote),
        )
        for vote in found.amendment.votes.all()
        if vote.opened_at is not None
    ]
    return RowList(rows) if rows else None


def _url(slug: str, number: int) -> str:
    return reverse("cms:amendment", args=[slug, number])


def _pair_url(slug: str, first: int, second: int) -> str:
    return reverse("cms:amendment_pair", args=[slug, first, second])


def _crumbs(instrument: Instrument) -> tuple[Crumb, ...]:
    language = reader_language()
    return (
        Crumb(_("Bylaws and declarations"), site_address("texts", language)),
        Crumb(instrument.title_in(language), reverse("cms:text", args=[instrument.slug])),
    )
