"""Doing an act from a page: one service, then back to the page; a refusal is said on it.

A page's forms post to the page's own address and name their `act`. Done: a sentence, and a
redirect. Refused: the same page again, with what was typed, the reason on top, and a status
that says which kind of refusal it was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect

from cms.components import ErrorSummary, FormError
from secretariat.kernel.errors import Conflict, DomainError, NotAllowed, WrongState

Deed = Callable[[], str]
"""Calls one service and returns the sentence that says what was done."""

INVALID = 422


def status_of(refusal: DomainError) -> int:
    """403 not allowed, 409 not in this state or done already, 422 not usable."""
    if isinstance(refusal, NotAllowed):
        return 403
    return 409 if isinstance(refusal, WrongState | Conflict) else INVALID


def summary_of(refusal: DomainError | None) -> ErrorSummary | None:
    """The refusal as a page shows it on top."""
    return ErrorSummary(errors=(FormError(str(refusal)),)) if refusal else None


def perform(
    request: HttpRequest,
    deeds: Mapping[str, Deed],
    *,
    back: str,
    again: Callable[[DomainError], HttpResponse],
) -> HttpResponse:
    """Do the deed that the form names; `again` shows the page with the refusal."""
    deed = deeds.get(request.POST.get("act", ""))
    if deed is None:
        return HttpResponseBadRequest()
    try:
        said = deed()
    except DomainError as refusal:
        return again(refusal)
    messages.success(request, said)
    return redirect(back)


def submit(
    request: HttpRequest,
    form: BaseForm,
    deed: Callable[[dict[str, Any]], tuple[str, str]],
    *,
    again: Callable[[int], HttpResponse],
) -> HttpResponse:
    """Do the deed with a form's data; it returns the sentence and the address to go to.

    A refusal becomes an error of the field it names, or of the whole form.
    """
    if not form.is_valid():
        return again(INVALID)
    try:
        said, address = deed(form.cleaned_data)
    except DomainError as refusal:
        form.add_error(refusal.where if refusal.where in form.fields else None, str(refusal))
        return again(status_of(refusal))
    messages.success(request, said)
    return redirect(address)
