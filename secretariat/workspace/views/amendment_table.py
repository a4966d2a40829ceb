"""A text with every filed amendment, as the office's pages of amendments read it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from cms import amendment_pages as pages
from cms.components import Crumb
from cms.selectors.amendments import ReadAmendment, read_amendments
from resolutions.models import Assembly, Instrument
from resolutions.models.assemblies import AssemblyState
from resolutions.rules.conflicts import ConflictMatrix, conflict_matrix
from resolutions.selectors.amendments import (
    AmendmentBase,
    base_of,
    voting_order_of,
)
from secretariat.workspace.selectors.amendments import amendments_for_office
from secretariat.workspace.selectors.texts import instrument_for_office
from secretariat.workspace.views.office import frame


@dataclass
class Table:
    """A text with every filed amendment, read against what they amend."""

    text: Instrument
    base: AmendmentBase
    found: list[ReadAmendment]
    standing: list[ReadAmendment]
    matrix: ConflictMatrix

    @cached_property
    def order(self) -> pages.OrderShown | None:
        """The order of voting: the chair's for the assembly that decides, else the suggested."""
        decides = (each.amendment.assembly for each in self.standing if each.amendment.assembly)
        assembly = next(decides, None)
        held = voting_order_of(instrument=self.text, assembly=assembly) if assembly else None
        return pages.order_shown(self.standing, self.base, held, url=url_of(self.text.slug))

    @cached_property
    def assemblies(self) -> list[Assembly]:
        """The assemblies that can still decide, the next first."""
        return list(
            Assembly.objects.filter(state__in=(AssemblyState.OPEN, AssemblyState.CONVENED))
            .prefetch_related("wordings")
            .order_by("starts_at")
        )

    @cached_property
    def by_number(self) -> dict[int, ReadAmendment]:
        return {each.number: each for each in self.found}

    def of_number(self, number: int) -> ReadAmendment:
        if number not in self.by_number:
            raise Http404
        return self.by_number[number]


def table_of(slug: str) -> Table:
    text = instrument_for_office(slug=slug)
    if text is None:
        raise Http404
    base = base_of(instrument=text)
    found = read_amendments(amendments_for_office(instrument=text), bases=[base])
    standing = pages.standing(found, base)
    matrix = conflict_matrix(base.trees, {each.number: each.operations for each in standing})
    return Table(text, base, found, standing, matrix)


def choices(table: Table) -> list[dict[str, Any]]:
    return [
        {
            "number": each.number,
            "title": pages.name_of(each.amendment),
            "touches": pages.touches_of(each),
        }
        for each in table.standing
    ]


def url_of(slug: str) -> Callable[[int], str]:
    return lambda number: reverse("workspace:office_amendment", args=[slug, number])


def pair_url(slug: str) -> Callable[[int, int], str]:
    return lambda first, second: reverse("workspace:amendment_pair", args=[slug, first, second])


def table_frame(request: HttpRequest, text: Instrument, *last: str) -> dict[str, Any]:
    steps = [
        Crumb(_("Texts"), reverse("workspace:texts")),
        Crumb(text, reverse("workspace:text", args=[text.slug])),
    ]
    if last:
        steps.append(Crumb(_("Amendments"), reverse("workspace:amendments", args=[text.slug])))
        steps += [Crumb(each) for each in last]
    else:
        steps.append(Crumb(_("Amendments")))
    return {**frame(request, *steps, place="texts"), "text": text}
