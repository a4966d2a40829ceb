"""The history of a draft and of one provision: comparing two points, going back to one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from cms.components import Crumb
from cms.paging import page_of
from cms.redline_layout import RedlineText, lay_out_redline, mark_up
from cms.templatetags.formats import reader_language
from resolutions.models import DraftRevision
from resolutions.rules.redline import redline, redline_words
from resolutions.rules.structure import TextTree
from resolutions.selectors.drafting import (
    PastWords,
    draft_history,
    draft_state_at,
    provision_history,
)
from resolutions.selectors.texts import edition_trees
from resolutions.services.drafting import restore_draft, restore_provision
from secretariat.kernel.errors import DomainError
from secretariat.workspace.forms.drafting import CODES, ActForm
from secretariat.workspace.views.acting import INVALID, status_of, summary_of
from secretariat.workspace.views.drafting_frame import Room, doors, who
from secretariat.workspace.views.drafting_layout import name_of_provision


@dataclass(frozen=True, slots=True)
class Point:
    """A point of the draft's history: a revision, or an adopted edition ("e2")."""

    value: str
    label: str
    at: Any
    trees: dict[str, TextTree]


def act_words(act: str) -> str:
    """What a revision did, in words."""
    return {
        "import": _("imported"),
        "words": _("words"),
        "compared": _("languages compared"),
        "title": _("title"),
        "restored": _("went back"),
        "inserted": _("inserted"),
        "moved": _("moved"),
        "renumbered": _("renumbered"),
        "struck": _("deleted"),
        "unstruck": _("brought back"),
        "repealed": _("repealed"),
    }.get(act, act)


def _history(room: Room) -> HttpResponse:
    """Every revision of the draft; two points compared; going back to one."""
    if room.request.method != "POST":
        return _history_page(room)
    if room.request.POST.get("act") != "restore":
        return HttpResponseBadRequest()
    form = ActForm(room.request.POST)
    revision = _number(room.request.POST.get("revision"))
    if not form.is_valid():
        return _history_page(room, form=form, back=revision, status=INVALID)
    try:
        restore_draft(revision=revision, reason=form.cleaned_data["reason"], **room.doing)
    except DomainError as refusal:
        return _history_page(room, form=form, back=revision, refusal=refusal)
    messages.success(
        room.request, _("The draft reads as it did then. What came between stays in the history.")
    )
    return redirect(room.address("draft_history"))


def _history_page(
    room: Room,
    *,
    form: ActForm | None = None,
    back: int = 0,
    refusal: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    language = reader_language()
    asked = room.request.GET
    older, newer = asked.get("older", ""), asked.get("newer", "")
    page = page_of(room.request, draft_history(instrument=room.instrument))
    editions = list(room.instrument.editions.prefetch_related("languages").order_by("-number"))
    points = [_point(room, value, editions) for value in (older, newer) if value]
    compared = None
    if len(points) == 2 and None not in points:
        compared = _compared([point for point in points if point is not None])
    back = back or _number(asked.get("back"))
    context = {
        **room.frame(Crumb(_("History"))),
        "page": page,
        "rows": history_rows(page, language),
        "editions": editions,
        "older": older,
        "newer": newer,
        "points": [point for point in points if point],
        "shown": {str(row.revision_id) for row in page} | {f"e{e.number}" for e in editions},
        "compared": compared,
        "back": back,
        "form": form or ActForm(),
        "refusal": summary_of(refusal),
    }
    status = status_of(refusal) if refusal else status
    return render(room.request, "workspace/drafting/history.html", context, status=status)


def history_rows(rows: Iterable[DraftRevision], language: str) -> list[dict[str, Any]]:
    """Revisions as pages show them: when, in which role, who, what and why."""
    return [_row(row, language) for row in rows]


def _row(row: DraftRevision, language: str) -> dict[str, Any]:
    reason = row.revision.comment
    return {
        "pk": row.revision_id,
        "at": row.revision.date_created,
        "who": who(row.role, row.city, language),
        "name": str(row.revision.user) if row.revision.user else "",
        "act": act_words(row.act),
        "reason": "" if reason in ("import", "import_text") else reason,
        "provisions": getattr(row, "provisions", 0),
    }


def _point(room: Room, value: str, editions: list[Any]) -> Point | None:
    titles = room.instrument.titles.as_dict()
    if value.startswith("e"):
        edition = next((each for each in editions if f"e{each.number}" == value), None)
        if edition is None:
            return None
        label = _("Edition %(number)d") % {"number": edition.number}
        return Point(value, label, edition.adopted_at, edition_trees(edition=edition))
    state = draft_state_at(instrument=room.instrument, revision=_number(value))
    if state is None:
        return None
    row = draft_history(instrument=room.instrument).get(revision=_number(value))
    codes = [code for code in CODES if code in state.languages]
    trees = state.trees(codes, titles=titles)
    return Point(value, row.revision.comment, row.revision.date_created, trees)


def _compared(points: list[Point]) -> RedlineText:
    older, newer = points
    if older.at > newer.at:
        older, newer = newer, older
    codes = [code for code in CODES if code in older.trees or code in newer.trees]
    redlines = {
        code: redline(
            older.trees.get(code, TextTree("", code)), newer.trees.get(code, TextTree("", code))
        )
        for code in codes
    }
    return lay_out_redline(redlines, languages=codes, only_changed=True, first_heading_level=3)


# ── one provision ───────────────────────────────────────────────────────────────────────────


def _provision_history(room: Room, key: str) -> HttpResponse:
    """What one provision was, each time with what changed; going back to one of them."""
    row = room.instrument.provisions.filter(key=key).first()
    if row is None:
        raise Http404
    if room.request.method != "POST":
        return _provision_history_page(room, key)
    form = ActForm(room.request.POST)
    revision = _number(room.request.POST.get("revision"))
    if not form.is_valid():
        return _provision_history_page(room, key, form=form, back=revision, status=INVALID)
    try:
        restore_provision(
            key=key, revision=revision, reason=form.cleaned_data["reason"], **room.doing
        )
    except DomainError as refusal:
        return _provision_history_page(room, key, form=form, back=revision, refusal=refusal)
    messages.success(room.request, _("The provision reads as it did then."))
    return redirect(room.address("draft_provision_history", key))


def _provision_history_page(
    room: Room,
    key: str,
    *,
    form: ActForm | None = None,
    back: int = 0,
    refusal: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    language = reader_language()
    past = provision_history(instrument=room.instrument, key=key)
    name = name_of_provision(past[0].provision.sketch(), language) if past else key
    context = {
        **room.frame(Crumb(name, room.address("draft_provision", key)), Crumb(_("History"))),
        "name": name,
        "past": [
            {
                **_row(each.change, language),
                "removed": each.provision.removed,
                "number": name_of_provision(each.provision.sketch(), language),
                "words": _words(each, past[place + 1] if place + 1 < len(past) else None),
            }
            for place, each in enumerate(past)
        ],
        "back": back or _number(room.request.GET.get("back")),
        "form": form or ActForm(),
        "refusal": summary_of(refusal),
        "provision_url": room.address("draft_provision", key),
    }
    status = status_of(refusal) if refusal else status
    return render(room.request, "workspace/drafting/provision_history.html", context, status=status)


def _words(each: PastWords, before: PastWords | None) -> list[dict[str, Any]]:
    """The words in each language, marked against those before."""
    shown = []
    old = before.provision.words if before else {}
    for code in CODES:
        words = each.provision.words.get(code)
        stood = old.get(code)
        if words is None and stood is None:
            continue
        heading = (stood.heading if stood else "", words.heading if words else "")
        text = (stood.text if stood else "", words.text if words else "")
        shown.append(
            {
                "language": code,
                "changed": before is None or heading[0] != heading[1] or text[0] != text[1],
                "heading": mark_up(redline_words(*heading)),
                "text": mark_up(redline_words(*text)),
            }
        )
    return shown


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 19 else 0


history, city_history = doors(_history)
provision, city_provision = doors(_provision_history)
