"""Assemblies: when and where, the agenda, who is there, what was decided."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cms import drawings
from cms.components import Crumb, EmptyState, Row, RowList
from cms.navigation import site_address
from cms.paging import page_of
from cms.selectors.pages import latest_forums
from cms.templatetags.formats import day_range, reader_language
from cms.views.decisions import decision_row
from cms.views.elections import election_row
from resolutions.models import AgendaItem, Assembly
from resolutions.models.assemblies import AssemblyState
from resolutions.selectors import assemblies as selectors
from resolutions.selectors.decisions import public_votes
from resolutions.selectors.elections import public_elections
from resolutions.selectors.texts import published_numbers
from secretariat.kernel.access import Access, access


@access(Access.PUBLIC)
@require_safe
def assembly_list(request: HttpRequest) -> HttpResponse:
    """Assemblies, latest first, with the forums beside them."""
    page = page_of(request, selectors.public_assemblies())
    language = reader_language()
    context = {
        "rows": RowList([assembly_row(row, language) for row in page.object_list]),
        "page": page,
        "forums": [
            Row(
                title=forum.title,
                url=forum.get_url(request) or "",
                on=forum.starts_on,
                text=forum.theme,
                meta=f"{day_range(forum.starts_on, forum.ends_on)} · {forum.place}",
            )
            for forum in latest_forums(language=language, limit=6)
        ],
        "empty": EmptyState(
            title=_("No assemblies yet"),
            text=_("An assembly appears here when the office has convened it."),
        ),
        "crumbs": [Crumb(_("Assemblies and forums"))],
    }
    context["forum_rows"] = RowList(context["forums"]) if context["forums"] else None
    return render(request, "cms/public/assembly_list.html", context)


@access(Access.PUBLIC)
@require_safe
def assembly(request: HttpRequest, slug: str) -> HttpResponse:
    """One assembly."""
    found = selectors.public_assembly(slug=slug)
    if found is None:
        raise Http404
    language = reader_language()
    attendance = selectors.attendance_of(
        assembly=found,
        now=request.now,  # type: ignore[attr-defined]
    )
    public = {slug for slug, _number in published_numbers()}
    votes = list(public_votes().filter(assembly=found))
    elections = list(public_elections().filter(assembly=found))
    met = found.state != AssemblyState.CONVENED
    context = {
        "assembly": found,
        "badge": drawings.badge_of(found),
        "place": found.places.in_language(language),
        "convocation": [
            part for part in found.convocations.in_language(language).split("\n\n") if part.strip()
        ],
        "attendance": attendance,
        "field": drawings.attendance_field(attendance) if met and attendance.seats else None,
        "members": drawings.member_field(attendance.seats) if not met else None,
        "quorum_sentence": attendance.quorum.sentence.in_language(language)
        if attendance.quorum and met
        else "",
        "log": selectors.attendance_log(assembly=found),
        "agenda": [
            _agenda_item(item, public, elections, language)
            for item in selectors.agenda_of(assembly=found)
        ],
        "decisions": RowList(
            [
                decision_row(vote, language, of_assembly=True)
                for vote in votes
                if not vote.election_id
            ]
        ),
        "elections": RowList([election_row(row, language) for row in elections]),
        "founding_rules_url": _founding_rules_url(found, public),
        "chain": found.chain,
        "crumbs": [
            Crumb(_("Assemblies and forums"), site_address("assemblies", language)),
            Crumb(found.title_in(language)),
        ],
    }
    return render(request, "cms/public/assembly.html", context)


def assembly_row(row: Assembly, language: str) -> Row:
    """An assembly in a list."""
    return Row(
        title=row.title_in(language),
        url=reverse("cms:assembly", args=[row.slug]),
        on=row.starts_at,
        text=row.places.in_language(language),
        badge=drawings.badge_of(row),
    )


def _agenda_item(
    item: AgendaItem, public: set[str], elections: list[Any], language: str
) -> dict[str, Any]:
    notes = {row.language: row.note for row in item.wordings.all()}
    links = [
        (vote.title_in(language), drawings.vote_url(vote), drawings.vote_badge(vote))
        for vote in item.votes.all()
        if not vote.election_id
    ]
    if item.kind == "election":
        links += [
            (
                each.title_in(language),
                reverse("cms:election", args=[each.slug]),
                drawings.badge_of(each),
            )
            for each in elections
        ]
    instrument = item.instrument
    return {
        "number": item.number,
        "title": item.title_in(language),
        "note": notes.get(language) or "",
        "text": instrument.title_in(language) if instrument else "",
        "text_url": reverse("cms:text", args=[instrument.slug])
        if instrument and instrument.slug in public
        else "",
        "links": links,
    }


def _founding_rules_url(found: Assembly, public: set[str]) -> str:
    rules = found.founding_rules
    if rules is None or rules.instrument.slug not in public:
        return ""
    return reverse("cms:edition", args=[rules.instrument.slug, rules.number])
