"""The draft on the desk: the tree at the left, one unit in every language at the right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    JsonResponse,
    QueryDict,
)
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cms.components import Crumb
from cms.templatetags.formats import format_clock, reader_language
from members.models import City
from members.selectors.public import cities_of_network
from resolutions.models import ProvisionComment
from resolutions.rules.drafting import head_of
from resolutions.selectors.drafting import (
    Sheet,
    Thread,
    buffer_of,
    draft_sheet,
    drafting_cities,
    drafts_of,
)
from resolutions.services.drafting import (
    Changed,
    Locked,
    confirm_translation,
    entitle_draft,
    save_words,
)
from resolutions.services.drafting_room import (
    comment_provision,
    drop_buffer,
    end_drafting_city,
    keep_buffer,
    leave_lock,
    name_drafting_city,
    settle_comment,
    take_lock,
    take_over_lock,
)
from resolutions.services.drafting_structure import (
    insert_provision,
    move_provision,
    renumber_provision,
    repeal_provision,
    step_provision,
    strike_provision,
    unstrike_provision,
)
from secretariat.kernel.access import Access, access
from secretariat.kernel.calendar import network_day
from secretariat.kernel.errors import DomainError
from secretariat.workspace.forms.drafting import (
    CODES,
    ActForm,
    Clash,
    CommentForm,
    DraftingCityForm,
    InsertForm,
    MoveForm,
    RenumberForm,
    TitleForm,
    UnitForm,
    base_of,
    unsaved_fields,
)
from secretariat.workspace.views.acting import INVALID, status_of, submit, summary_of
from secretariat.workspace.views.desk_frame import desk_crumbs, desk_frame
from secretariat.workspace.views.drafting_frame import Room, doors, drafting_city, who
from secretariat.workspace.views.drafting_layout import (
    AFTER,
    BEFORE,
    INSIDE,
    Opening,
    flag_badge,
    flag_sentence,
    heading_in,
    lines_of,
    name_of_provision,
    opening,
    places_for,
    rule_label,
    tree_entries,
)

STRUCTURE = ("insert", "move", "renumber", "strike", "repeal")


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
        form = InsertForm(room.request.POST, kinds=_opening(sheet, "", INSIDE).kinds)
        return submit(
            room.request,
            form,
            lambda data: _insert(room, sheet, "", INSIDE, form),
            again=lambda status: _draft_page(room, sheet, insert=form, status=status),
        )
    if name == "unstrike":
        return _answer(
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
    first = _opening(sheet, "", INSIDE)
    office = room.city is None
    asked = room.request.GET.get("act") == "insert" or not sheet.sketches
    if insert is None and asked and room.editable:
        insert = _insert_form(first)
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
        "url": room.address("draft_provision", _head(sheet, key)) + f"#{key}",
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
    return _("The provision is back, with its words."), _provision_address(room, key)


def _city_form(room: Room, data: Any = None) -> DraftingCityForm:
    language = reader_language()
    rows = cities_of_network(on=network_day(room.now))
    cities = sorted((row.city.name_in(language), row.city.slug) for row in rows)
    return DraftingCityForm(data, cities=[(slug, name) for name, slug in cities])


def _name_or_end(room: Room, sheet: Sheet, name: str) -> HttpResponse:
    people = {"instrument": room.instrument, "actor": room.request.user, "now": room.now}
    if name == "end_city":
        owner = get_object_or_404(City, slug=room.request.POST.get("city", ""))

        def end() -> tuple[str, str]:
            end_drafting_city(city=owner, **people)
            return _("The city no longer works on this draft."), room.address()

        return _answer(room, end, lambda refusal: _draft_page(room, sheet, refusal=refusal))
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


# ── one unit ────────────────────────────────────────────────────────────────────────────────


@dataclass
class Desk:
    """What the page of a unit shows beside the draft itself; acts that were refused fill it."""

    form: UnitForm
    clashes: list[Clash] = field(default_factory=list)
    gone: list[Any] = field(default_factory=list)
    structure: Any = None
    act: str = ""
    at: str = ""
    where: str = ""
    comment: CommentForm | None = None
    refusal: DomainError | None = None
    buffer: Any = None
    taken_up: bool = False
    status: int = 200


def _provision(room: Room, key: str) -> HttpResponse:
    """One unit of the draft: its words side by side, its structure, what is said about it."""
    sheet = draft_sheet(instrument=room.instrument, now=room.now, opened=key)
    head = _head(sheet, key)
    if head != key and room.request.method != "POST":
        return redirect(room.address("draft_provision", head) + f"#{key}")
    sketches = [sheet.by_key[each] for each in sheet.units[head]]
    if room.request.method != "POST":
        return _unit_page(room, sheet, head, _desk_for(room, sheet, head, sketches))
    name = room.request.POST.get("act", "")
    if name == "save":
        return _save(room, sheet, head, UnitForm(room.request.POST, sketches=sketches))
    if name in STRUCTURE:
        return _restructure(room, sheet, head, name, UnitForm(sketches=sketches))
    if name == "comment":
        return _comment(room, sheet, head, UnitForm(sketches=sketches))
    deeds: dict[str, Callable[[], tuple[str, str]]] = {
        "drop": lambda: _drop(room, head),
        "lock": lambda: _lock(room, head),
        "free": lambda: _free(room, head),
        "take_over": lambda: _take_over(room, head),
        "same": lambda: _same(room, head),
        "answer": lambda: _reply(room, head),
        "settle": lambda: _settle(room, head),
    }
    if name not in deeds or (name == "take_over" and room.city is not None):
        return HttpResponseBadRequest()
    return _answer(
        room,
        deeds[name],
        lambda refusal: _unit_page(
            room,
            sheet,
            head,
            Desk(UnitForm(sketches=sketches), refusal=refusal, status=status_of(refusal)),
        ),
    )


def _desk_for(room: Room, sheet: Sheet, head: str, sketches: list[Any]) -> Desk:
    """The page as it is opened: with unsaved words, or with the form of an act that was asked."""
    asked = room.request.GET
    desk = Desk(UnitForm(sketches=sketches))
    desk.buffer = buffer_of(instrument=room.instrument, key=head, person=room.request.user)
    if desk.buffer is not None and asked.get("unsaved") == "1":
        data = QueryDict(mutable=True)
        data.update(desk.buffer.fields)
        typed = UnitForm(data, sketches=sketches)
        desk.gone = typed.gone()
        desk.form, desk.clashes = typed.rebased()
        desk.form.full_clean()
        desk.form.errors.clear()
        desk.taken_up = True
    act, at = asked.get("act", ""), asked.get("at", head)
    if act in STRUCTURE and at in sheet.units[head] and room.editable:
        desk.act, desk.at, desk.where = act, at, asked.get("where", AFTER)
        desk.structure = _structure_form(sheet, at, act, desk.where)
        if desk.structure is None:
            raise Http404
    return desk


def _save(room: Room, sheet: Sheet, head: str, form: UnitForm) -> HttpResponse:
    """Save; where that is refused, nothing of what was typed is lost, nor left to this page."""
    gone = form.gone()
    if not form.is_valid():
        return _unit_page(room, sheet, head, Desk(form, gone=gone, status=INVALID))
    try:
        changed = save_words(
            provisions=form.provisions(),
            reason=form.cleaned_data["reason"],
            still_the_same=form.cleaned_data["same"],
            **room.doing,
        )
    except DomainError as refusal:
        _keep(room, head)
        desk = Desk(form, gone=gone, refusal=refusal, status=status_of(refusal))
        if isinstance(refusal, Changed | Locked):
            sheet = draft_sheet(instrument=room.instrument, now=room.now, opened=head)
            form.sketches = tuple(sheet.by_key[key] for key in sheet.units[head])
            desk.form, desk.clashes = form.rebased()
        return _unit_page(room, sheet, head, desk)
    drop_buffer(instrument=room.instrument, key=head, actor=room.request.user)
    leave_lock(instrument=room.instrument, key=head, actor=room.request.user)
    if changed:
        messages.success(room.request, _("The words are saved."))
    else:
        messages.info(room.request, _("Nothing was different, so nothing was saved."))
    return redirect(room.address("draft_provision", head))


def _unsaved(room: Room, key: str) -> HttpResponse:
    """Keep what is typed and not saved, and the lock with it; the editor's script calls it."""
    try:
        kept = _keep(room, key)
    except DomainError as refusal:
        return JsonResponse(dict(refusal.as_json()), status=status_of(refusal))
    language = reader_language()
    try:
        lock = take_lock(key=key, **room.doing)
    except Locked as refusal:
        said = _lock_words(room, refusal.lock, language)
        return JsonResponse({"kept_at": kept.kept_at.isoformat(), "mine": False, "lock": said})
    except DomainError as refusal:
        return JsonResponse(
            {"kept_at": kept.kept_at.isoformat(), "mine": False, "lock": str(refusal)}
        )
    said = _("Kept, not yet saved. It is yours until %(until)s.") % {
        "until": format_clock(lock.ends_at, language)
    }
    return JsonResponse({"kept_at": kept.kept_at.isoformat(), "mine": True, "lock": said})


def _keep(room: Room, key: str) -> Any:
    posted = room.request.POST
    bases = {name: str(posted[name]) for name in posted if name.endswith(":base")}
    return keep_buffer(key=key, fields=unsaved_fields(posted), base=base_of(bases), **room.doing)


def _unit_page(room: Room, sheet: Sheet, head: str, desk: Desk) -> HttpResponse:
    language = reader_language()
    by_key = sheet.by_key
    sketch = by_key[head]
    heads = list(sheet.units)
    place = heads.index(head)
    lock = sheet.locks.get(head)
    others = lock is not None and lock.person_id != room.request.user.pk
    lines = list(lines_of(sheet, desk.form, language, clashes=desk.clashes))
    name = name_of_provision(sketch, language)
    context = {
        **room.frame(Crumb(name)),
        "sheet": sheet,
        "head": head,
        "name": name,
        "heading": heading_in(sketch, language) if sketch.words else "",
        "tree": list(tree_entries(room, sheet, language, current=head)),
        "form": desk.form,
        "lines": lines,
        "languages": CODES,
        "desk": desk,
        "refusal": summary_of(desk.refusal),
        "lock": lock,
        "others": others,
        "lock_words": _lock_words(room, lock, language) if lock and others else "",
        "may_take_over": others and room.city is None,
        "previous": room.address("draft_provision", heads[place - 1]) if place else "",
        "next": room.address("draft_provision", heads[place + 1]) if place + 1 < len(heads) else "",
        "changed_meanwhile": desk.buffer is not None
        and not desk.taken_up
        and desk.buffer.base_sha256 != desk.form.base,
        "buffer": None if desk.taken_up else desk.buffer,
        "gone": desk.gone,
        "structure": desk.structure,
        "at_name": name_of_provision(by_key[desk.at], language) if desk.at else "",
        "openings": (BEFORE, AFTER, INSIDE),
        "threads": [_thread(each, by_key, language) for each in sheet.threads],
        "comment": desk.comment or CommentForm(about=_about(sheet, head, language)),
        "here": room.address("draft_provision", head),
        "unsaved_url": room.address("draft_unsaved", head),
        "history_url": room.address("draft_provision_history", head),
        "begins_anew": room.editable and room.instrument.state != "draft",
    }
    return render(room.request, "workspace/drafting/provision.html", context, status=desk.status)


def _lock_words(room: Room, lock: Any, language: str) -> str:
    return _("%(who)s is at work on this until %(until)s.") % {
        "who": who(lock.role, lock.city, language),
        "until": format_clock(lock.ends_at, language),
    }


def _about(sheet: Sheet, head: str, language: str) -> Any:
    by_key = sheet.by_key
    return ((key, name_of_provision(by_key[key], language)) for key in sheet.units[head])


def _thread(thread: Thread, by_key: Any, language: str) -> dict[str, Any]:
    def said(comment: ProvisionComment) -> dict[str, Any]:
        return {"row": comment, "who": who(comment.role, comment.city, language)}

    return {
        "about": name_of_provision(by_key[thread.comment.key], language),
        "comment": said(thread.comment),
        "answers": [said(each) for each in thread.answers],
        "open": thread.comment.settled_at is None,
    }


# ── acts on a unit ──────────────────────────────────────────────────────────────────────────


def _answer(
    room: Room,
    deed: Callable[[], tuple[str, str]],
    again: Callable[[DomainError], HttpResponse],
) -> HttpResponse:
    try:
        said, address = deed()
    except DomainError as refusal:
        return again(refusal)
    messages.success(room.request, said)
    return redirect(address)


def _drop(room: Room, head: str) -> tuple[str, str]:
    drop_buffer(instrument=room.instrument, key=head, actor=room.request.user)
    leave_lock(instrument=room.instrument, key=head, actor=room.request.user)
    return _("What was not saved is thrown away."), room.address("draft_provision", head)


def _lock(room: Room, head: str) -> tuple[str, str]:
    take_lock(key=head, **room.doing)
    return _("It is yours for ten minutes."), room.address("draft_provision", head)


def _free(room: Room, head: str) -> tuple[str, str]:
    leave_lock(instrument=room.instrument, key=head, actor=room.request.user)
    return _("It is free for others again."), room.address("draft_provision", head)


def _take_over(room: Room, head: str) -> tuple[str, str]:
    take_over_lock(
        instrument=room.instrument,
        key=head,
        reason=room.request.POST.get("reason", ""),
        actor=room.request.user,
        now=room.now,
    )
    return _("It is yours for ten minutes."), room.address("draft_provision", head)


def _same(room: Room, head: str) -> tuple[str, str]:
    key = room.request.POST.get("key", head)
    confirm_translation(key=key, **room.doing)
    return _("The languages count as saying the same."), _provision_address(room, key, head)


def _comment(room: Room, sheet: Sheet, head: str, form: UnitForm) -> HttpResponse:
    comment = CommentForm(room.request.POST, about=_about(sheet, head, reader_language()))

    def write(data: dict[str, Any]) -> tuple[str, str]:
        comment_provision(key=data["key"], text=data["text"], **room.doing)
        return _("The comment is written."), room.address("draft_provision", head) + "#comments"

    return submit(
        room.request,
        comment,
        write,
        again=lambda status: _unit_page(
            room, sheet, head, Desk(form, comment=comment, status=status)
        ),
    )


def _reply(room: Room, head: str) -> tuple[str, str]:
    comment_provision(
        key=head,
        text=room.request.POST.get("text", ""),
        answers=_comment_asked(room),
        **room.doing,
    )
    return _("The answer is written."), room.address("draft_provision", head) + "#comments"


def _settle(room: Room, head: str) -> tuple[str, str]:
    comment = _comment_asked(room)
    settle_comment(comment=comment, city=room.city, actor=room.request.user, now=room.now)
    return _("The comment is settled."), room.address("draft_provision", head) + "#comments"


def _comment_asked(room: Room) -> ProvisionComment:
    try:
        asked = UUID(room.request.POST.get("comment", ""))
    except ValueError:
        raise Http404 from None
    return get_object_or_404(room.instrument.comments.select_related("instrument"), uuid=asked)


def _restructure(room: Room, sheet: Sheet, head: str, name: str, unit: UnitForm) -> HttpResponse:
    at, where = room.request.POST.get("at", head), room.request.POST.get("where", AFTER)
    if at not in sheet.units[head]:
        raise Http404
    form = _structure_form(sheet, at, name, where, room.request.POST)
    if form is None:
        raise Http404
    deeds: dict[str, Callable[[dict[str, Any]], tuple[str, str]]] = {
        "insert": lambda data: _insert(room, sheet, at, where, form),
        "move": lambda data: _move(room, at, data),
        "renumber": lambda data: _renumber(room, at, data),
        "strike": lambda data: _strike(room, sheet, at, data),
        "repeal": lambda data: _repeal(room, at, data),
    }
    return submit(
        room.request,
        form,
        deeds[name],
        again=lambda status: _unit_page(
            room,
            sheet,
            head,
            Desk(unit, structure=form, act=name, at=at, where=where, status=status),
        ),
    )


def _structure_form(sheet: Sheet, at: str, name: str, where: str, data: Any = None) -> Any:
    """The form of an act; None where it cannot be asked there."""
    if name == "insert":
        found = opening(sheet, at, where) if where in (BEFORE, AFTER, INSIDE) else None
        return _insert_form(found, data) if found else None
    if name == "move":
        return MoveForm(data, places=places_for(sheet, at, reader_language()))
    if name == "renumber":
        return RenumberForm(data, initial={"number": sheet.by_key[at].number})
    return ActForm(data)


def _opening(sheet: Sheet, key: str, where: str) -> Opening:
    found = opening(sheet, key, where)
    if found is None:
        raise Http404
    return found


def _insert_form(found: Opening, data: Any = None) -> InsertForm:
    initial = {"kind": found.kind.value, "number": found.number}
    return InsertForm(data, kinds=found.kinds, initial=initial)


def _insert(room: Room, sheet: Sheet, at: str, where: str, form: InsertForm) -> tuple[str, str]:
    found = _opening(sheet, at, where)
    row = insert_provision(
        kind=form.cleaned_data["kind"],
        number=form.cleaned_data["number"],
        parent=found.parent,
        after=found.after,
        words=form.words,
        reason=form.cleaned_data["reason"],
        **room.doing,
    )
    return _("The new provision stands in the draft."), _provision_address(room, row.key)


def _move(room: Room, at: str, data: dict[str, Any]) -> tuple[str, str]:
    place, reason = data["place"], data["reason"]
    if place in ("up", "down"):
        step_provision(key=at, down=place == "down", reason=reason, **room.doing)
    else:
        how, _colon, key = place.partition(":")
        row = room.instrument.provisions.filter(key=key).first() if how == "after" else None
        move_provision(
            key=at,
            parent=row.parent_key if row else key,
            after=key if row else "",
            reason=reason,
            **room.doing,
        )
    return _("The provision stands in its new place."), _provision_address(room, at)


def _renumber(room: Room, at: str, data: dict[str, Any]) -> tuple[str, str]:
    changed = renumber_provision(
        key=at,
        number=data["number"],
        onward=data["onward"],
        reason=data["reason"],
        **room.doing,
    )
    said = _("Renumbered; references in the text follow. Provisions changed: %(number)d.") % {
        "number": len(changed)
    }
    return said, _provision_address(room, at)


def _strike(room: Room, sheet: Sheet, at: str, data: dict[str, Any]) -> tuple[str, str]:
    strike_provision(key=at, reason=data["reason"], **room.doing)
    said = _("The provision is out of the draft. It can be brought back until adoption.")
    head = _head(sheet, at)
    return said, room.address() if head == at else room.address("draft_provision", head)


def _repeal(room: Room, at: str, data: dict[str, Any]) -> tuple[str, str]:
    repeal_provision(key=at, reason=data["reason"], **room.doing)
    return _("The provision is repealed and keeps its number."), _provision_address(room, at)


def _head(sheet: Sheet, key: str) -> str:
    by_key = sheet.by_key
    if key not in by_key:
        raise Http404
    return head_of(key, by_key)


def _provision_address(room: Room, key: str, head: str = "") -> str:
    """The editor with this provision; it finds the unit in which the provision stands."""
    address = room.address("draft_provision", head or key)
    return f"{address}#{key}" if head and head != key else address


draft, city_draft = doors(_draft)
provision, city_provision = doors(_provision)
unsaved, city_unsaved = doors(_unsaved, ("POST",))
