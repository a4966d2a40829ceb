"""A text as it would read with a choice of amendments; two of them side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cms import amendment_layout as layout
from cms import amendment_pages as pages
from cms.templatetags.formats import reader_language
from resolutions.rules.numbering import cite
from resolutions.rules.references import dangling_references
from resolutions.rules.refusal import RuleRefused
from resolutions.selectors.amendments import (
    preview,
)
from secretariat.kernel.access import Access, access
from secretariat.workspace.views.amendment_table import (
    choices,
    pair_url,
    table_frame,
    table_of,
    url_of,
)


@access(Access.OFFICE)
@require_safe
@never_cache
def preview_text(request: HttpRequest, slug: str) -> HttpResponse:
    """The text as it would read with a choice of amendments: `?with=1&with=3`."""
    table = table_of(slug)
    chosen = [
        each.number for each in table.standing if str(each.number) in request.GET.getlist("with")
    ]
    conflicts = pages.meetings_within(chosen, table.matrix, pair_url=pair_url(slug), apart=True)
    merged, redline, refused = None, None, ""
    if chosen and not conflicts:
        try:
            merged = preview(instrument=table.text, numbers=chosen)
        except RuleRefused as refusal:
            refused = refusal.message.in_language(reader_language())
        else:
            redline = layout.lay_out_change(table.base.trees, merged)
    dangling = _dangling(table.base.trees, merged) if merged is not None else []
    context = {
        **table_frame(request, table.text, _("The text with amendments")),
        "dangling": dangling,
        "live": choices(table),
        "chosen": chosen,
        "conflicts": conflicts,
        "redline": redline,
        "says": refused or _what_is_shown(chosen, conflicts),
    }
    return render(request, "workspace/amendments/preview.html", context)


@access(Access.OFFICE)
@require_safe
@never_cache
def pair(request: HttpRequest, slug: str, first: int, second: int) -> HttpResponse:
    """Two amendments side by side, with the words in question."""
    table = table_of(slug)
    one, other = table.of_number(first), table.of_number(second)
    context = {
        **table_frame(request, table.text, pages.pair_name(first, second)),
        **pages.pair_context(one, other, table.base, url=url_of(slug)),
    }
    return render(request, "workspace/amendments/pair.html", context)


def _dangling(base: layout.Trees, merged: layout.Trees) -> list[tuple[str, str, str]]:
    """References that lead nowhere because of the amendments: place, words, language."""
    found = []
    for code in layout.reading_order(merged):
        before = {(each.key, each.words) for each in dangling_references(base[code])}
        for each in dangling_references(merged[code]):
            if (each.key, each.words) not in before:
                place = cite(merged[code].path(each.key), code)
                found.append((place, each.words, code))
    return found


def _what_is_shown(chosen: Sequence[int], conflicts: Sequence[Any]) -> str:
    if not chosen:
        return _("Choose the amendments with which the text is to be shown.")
    if conflicts:
        return _("With these amendments there is no text: leave out one of each pair.")
    return ngettext(
        "The articles that %(count)d amendment changes.",
        "The articles that %(count)d amendments change together.",
        len(chosen),
    ) % {"count": len(chosen)}
