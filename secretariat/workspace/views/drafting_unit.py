"""One unit of a draft: its words side by side, its structure, what is said about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import (
    Http404,
    HttpResponse,
    HttpResponseBadRequest,
    JsonResponse,
    QueryDict,
)
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from cms.components import Crumb
from cms.templatetags.formats import format_clock, reader_language
from resolutions.models import ProvisionComment
from resolutions.selectors.drafting import (
    Sheet,
    Thread,
    buffer_of,
    draft_sheet,
)
from resolutions.services.drafting import (
    Changed,
    Locked,
    confirm_translation,
    save_words,
)
from resolutions.services.drafting_room import (
    comment_provision,
    drop_buffer,
    keep_buffer,
    leave_lock,
    settle_comment,
    take_lock,
    take_over_lock,
)
from resolutions.services.drafting_structure import (
    move_provision,
    renumber_provision,
    repeal_provision,
    step_provision,
    strike_provision,
)
from secretariat.kernel.errors import DomainError
from secretariat.workspace.forms.drafting import (
    CODES,
    ActForm,
    Clash,
    CommentForm,
    MoveForm,
    RenumberForm,
    UnitForm,
    base_of,
    unsaved_fields,
)
from secretariat.workspace.views.acting import INVALID, status_of, submit, summary_of
from secretariat.workspace.views.drafting_acts import (
    answer,
    insert,
    insert_form,
    provision_address,
    unit_head,
)
from secretariat.workspace.views.drafting_frame import Room, doors, who
from secretariat.workspace.views.drafting_layout import (
    AFTER,
    BEFORE,
    INSIDE,
    heading_in,
    lines_of,
    name_of_provision,
    opening,
    places_for,
    tree_entries,
)

STRUCTURE = ("insert", "move", "renumber", "strike", "repeal")


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
    head = unit_head(sheet, key)
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
    return answer(
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
    if not room.instrument.provisions.filter(key=key).exists():
        raise Http404
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
    lines = list(lines_of(room, sheet, desk.form, language, clashes=desk.clashes))
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
    return _("The languages count as saying the same."), provision_address(room, key, head)


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
        "insert": lambda data: insert(room, sheet, at, where, form),
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
        return insert_form(found, data) if found else None
    if name == "move":
        return MoveForm(data, places=places_for(sheet, at, reader_language()))
    if name == "renumber":
        return RenumberForm(data, initial={"number": sheet.by_key[at].number})
    return ActForm(data)


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
    return _("The provision stands in its new place."), provision_address(room, at)


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
    return said, provision_address(room, at)


def _strike(room: Room, sheet: Sheet, at: str, data: dict[str, Any]) -> tuple[str, str]:
    strike_provision(key=at, reason=data["reason"], **room.doing)
    said = _("The provision is out of the draft. It can be brought back until adoption.")
    head = unit_head(sheet, at)
    return said, room.address() if head == at else room.address("draft_provision", head)


def _repeal(room: Room, at: str, data: dict[str, Any]) -> tuple[str, str]:
    repeal_provision(key=at, reason=data["reason"], **room.doing)
    return _("The provision is repealed and keeps its number."), provision_address(room, at)


provision, city_provision = doors(_provision)
unsaved, city_unsaved = doors(_unsaved, ("POST",))
