"""The draft as a whole: its title, what wants a look, what was deleted, who works on it."""

from __future__ import annotations

from typing import Any

from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
)
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cms.components import Crumb
from cms.templatetags.formats import reader_language
from members.models import City
from members.selectors.public import cities_of_network
from resolutions.selectors.drafting import (
    Sheet,
    draft_sheet,
    drafting_cities,
    drafts_of,
)
from resolutions.services.drafting import (
    entitle_draft,
)
from resolutions.services.drafting_room import (
    end_drafting_city,
    name_drafting_city,
)
from resolutions.services.drafting_structure import (
    unstrike_provision,
)
from secretariat.kernel.access import Access, access
from secretariat.kernel.calendar import network_day
from secretariat.kernel.errors import DomainError
from secretariat.workspace.forms.drafting import (
    CODES,
    DraftingCityForm,
    InsertForm,
    TitleForm,
)
from secretariat.workspace.views.acting import status_of, submit, summary_of
from secretariat.workspace.views.desk_frame import desk_crumbs, desk_frame
from secretariat.workspace.views.drafting_acts import (
    answer,
    insert,
    insert_form,
    opening_at,
    provision_address,
    unit_head,
)
from secretariat.workspace.views.drafting_frame import Room, doors, drafting_city
from secretariat.workspace.views.drafting_layout import (
    INSIDE,
    flag_badge,
    flag_sentence,
    heading_in,
    name_of_provision,
    rule_label,
    tree_entries,
)


@access(Access.CITY)
@require_safe
@never_cache
def city_drafts(request: HttpRequest, city: str) -> HttpResponse:
    """The drafts on which the office works with this city."""
    owner = drafting_city(request, city)
    context = {
        **desk_frame(request, owner),
        "crumbs": (*desk_crumbs(owner), Crumb(_("Drafts"))),
        "drafts": list(drafts_of(city=owner)),
    }
    return render(request, "workspace/drafting/list.html", context)


# ── the whole draft ─────────────────────────────────────────────────────────────────────────


def _draft(room: Room) -> HttpResponse:
    """The draft as a whole: its title, what wants a look, tombstones, who works on it."""
    sheet = draft_sheet(instrument=room.instrument, now=room.now)
    if room.request.method != "POST":
        return _draft_page(room, sheet)
    name = room.request.POST.get("act", "")
    if name == "title":
        title = _title_form(room, room.request.POST)
        return submit(
            room.request,
            title,
            lambda data: _entitle(room, title),
            again=lambda status: _draft_page(room, sheet, title=title, status=status),
        )
    if name == "insert":
        form = InsertForm(room.request.POST, kinds=opening_at(sheet, "", INSIDE).kinds)
        return submit(
            room.request,
            form,
            lambda data: insert(room, sheet, "", INSIDE, form),
            again=lambda status: _draft_page(room, sheet, insert=form, status=status),
        )
    if name == "unstrike":
        return answer(
            room, lambda: _unstrike(room), lambda refusal: _draft_page(room, sheet, refusal=refusal)
        )
    if name in ("name_city", "end_city") and room.city is None:
        return _name_or_end(room, sheet, name)
    return HttpResponseBadRequest()


def _draft_page(
    room: Room,
    sheet: Sheet,
    *,
    title: TitleForm | None = None,
    insert: InsertForm | None = None,
    cities: DraftingCityForm | None = None,
    refusal: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    language = reader_language()
    first = opening_at(sheet, "", INSIDE)
    office = room.city is None
    asked = room.request.GET.get("act") == "insert" or not sheet.sketches
    if insert is None and asked and room.editable:
        insert = insert_form(first)
    looks = [_look(room, sheet, key, found, language) for key, found in sheet.flags.items()]
    context = {
        **room.frame(),
        "sheet": sheet,
        "tree": list(tree_entries(room, sheet, language)),
        "looks": looks,
        "rules_gone": [rule_label(name, language) for name in sheet.rules_without_provision],
        "title_form": title or _title_form(room),
        "insert": insert,
        "tombstones": [
            {
                "key": each.key,
                "name": name_of_provision(each, language),
                "heading": heading_in(each, language),
                "words": [(code, words.text) for code, words in each.words.items() if words.text],
            }
            for each in sheet.tombstones
            if each.parent_key not in {other.key for other in sheet.tombstones}
        ],
        "cities": list(drafting_cities(instrument=room.instrument)),
        "city_form": cities
        or (_city_form(room) if room.request.GET.get("act") == "city" and office else None),
        "office": office,
        "refusal": summary_of(refusal),
    }
    status = status_of(refusal) if refusal else status
    return render(room.request, "workspace/drafting/draft.html", context, status=status)


def _look(room: Room, sheet: Sheet, key: str, found: Any, language: str) -> dict[str, Any]:
    sketch = sheet.by_key[key]
    name = f"{name_of_provision(sketch, language)} {heading_in(sketch, language)}"
    return {
        "name": name[:80],
        "url": room.address("draft_provision", unit_head(sheet, key)) + f"#{key}",
        "flags": [(flag_badge(each.flag), flag_sentence(each, language)) for each in found],
    }


def _title_form(room: Room, data: Any = None) -> TitleForm:
    titles = room.instrument.titles.as_dict()
    return TitleForm(data, titles={code: titles.get(code, "") for code in CODES if code in titles})


def _entitle(room: Room, form: TitleForm) -> tuple[str, str]:
    entitle_draft(titles=form.titles, reason=form.cleaned_data["reason"], **room.doing)
    return _("The title is saved."), room.address()


def _unstrike(room: Room) -> tuple[str, str]:
    key = room.request.POST.get("key", "")
    reason = room.request.POST.get("reason", "") or _("brought back")
    unstrike_provision(key=key, reason=reason, **room.doing)
    return _("The provision is back, with its words."), provision_address(room, key)


def _city_form(room: Room, data: Any = None) -> DraftingCityForm:
    language = reader_language()
    rows = cities_of_network(on=network_day(room.now))
    cities = sorted((row.city.name_in(language), row.city.slug) for row in rows)
    return DraftingCityForm(data, cities=[(slug, name) for name, slug in cities])


def _name_or_end(room: Room, sheet: Sheet, name: str) -> HttpResponse:
    people: dict[str, Any] = {
        "instrument": room.instrument,
        "actor": room.request.user,
        "now": room.now,
    }
    if name == "end_city":
        owner = get_object_or_404(City, slug=room.request.POST.get("city", ""))

        def end() -> tuple[str, str]:
            end_drafting_city(city=owner, **people)
            return _("The city no longer works on this draft."), room.address()

        return answer(room, end, lambda refusal: _draft_page(room, sheet, refusal=refusal))
    form = _city_form(room, room.request.POST)

    def begin(data: dict[str, Any]) -> tuple[str, str]:
        name_drafting_city(city=get_object_or_404(City, slug=data["city"]), **people)
        return _("The city finds the draft on its desk now."), room.address()

    return submit(
        room.request,
        form,
        begin,
        again=lambda status: _draft_page(room, sheet, cities=form, status=status),
    )


draft, city_draft = doors(_draft)
