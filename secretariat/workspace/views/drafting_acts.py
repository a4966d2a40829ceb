"""What the pages of a draft share when somebody acts on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from resolutions.rules.drafting import head_of
from resolutions.selectors.drafting import Sheet
from resolutions.services.drafting_structure import insert_provision
from secretariat.kernel.errors import DomainError
from secretariat.workspace.forms.drafting import InsertForm
from secretariat.workspace.views.drafting_frame import Room
from secretariat.workspace.views.drafting_layout import Opening, opening


def answer(
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


def opening_at(sheet: Sheet, key: str, where: str) -> Opening:
    found = opening(sheet, key, where)
    if found is None:
        raise Http404
    return found


def insert_form(found: Opening, data: Any = None) -> InsertForm:
    initial = {"kind": found.kind.value, "number": found.number}
    return InsertForm(data, kinds=found.kinds, initial=initial)


def insert(room: Room, sheet: Sheet, at: str, where: str, form: InsertForm) -> tuple[str, str]:
    found = opening_at(sheet, at, where)
    row = insert_provision(
        kind=form.cleaned_data["kind"],
        number=form.cleaned_data["number"],
        parent=found.parent,
        after=found.after,
        words=form.words,
        reason=form.cleaned_data["reason"],
        **room.doing,
    )
    return _("The new provision stands in the draft."), provision_address(room, row.key)


def unit_head(sheet: Sheet, key: str) -> str:
    by_key = sheet.by_key
    if key not in by_key:
        raise Http404
    return head_of(key, by_key)


def provision_address(room: Room, key: str, head: str = "") -> str:
    """The editor with this provision; it finds the unit in which the provision stands."""
    address = room.address("draft_provision", head or key)
    return f"{address}#{key}" if head and head != key else address
