"""Cities and contacts in and out as tables: upload, preview of every row, confirming, exports."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cms.components import Badge, Crumb
from cms.paging import page_of
from cms.templatetags.formats import reader_language
from members.models import ImportRow, MemberImport
from members.models.imports import Fate, ImportState
from members.policies import OfficeAction
from members.rules.member_table import BY_NAME, Value
from members.selectors.imports import import_by_uuid, imports_of_office, rows_of
from members.selectors.member_table import member_rows
from members.services.imports import apply_import, discard_import, open_import, read_import
from members.tables.reading import unpacked_size
from members.tables.writing import CSV_TYPE, XLSX_TYPE, csv_lines, write_workbook
from members.tasks import read_waiting_import
from secretariat.kernel.access import Access, access
from secretariat.kernel.bilingual import Bilingual
from secretariat.kernel.calendar import network_day
from secretariat.kernel.errors import DomainError
from secretariat.workspace.forms.imports import TableForm
from secretariat.workspace.views.acting import perform, status_of, submit, summary_of
from secretariat.workspace.views.members import members_frame
from secretariat.workspace.views.office import require_page

READ_AT_ONCE = 256 * 1024
"""Files up to this size (bytes) are read while the officer waits; larger ones by the worker."""

UNPACKED_AT_ONCE = 2 * 1024 * 1024
"""The same for what a workbook unpacks to: a row takes about seven times the bytes of its text."""

TONES = {
    ImportState.WAITING: "waiting",
    ImportState.READY: "open",
    ImportState.UNREADABLE: "rejected",
    ImportState.APPLIED: "adopted",
    ImportState.DISCARDED: "neutral",
    Fate.REFUSED: "rejected",
    Fate.NEW: "adopted",
    Fate.CHANGED: "open",
    Fate.SAME: "neutral",
}


FIRST: Final = (Fate.REFUSED, Fate.CHANGED, Fate.NEW)
"""What a preview shows before it is asked for anything: the rows that somebody must look at."""


@dataclass(frozen=True, slots=True)
class Said:
    """One field of a row in words: before and after, as the officer reads them."""

    label: str
    before: Value
    after: Value


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One row of the preview in the reader's language; `reasons` are pairs of column and reason."""

    line: int
    city: str
    slug: str
    badge: Badge
    changes: tuple[Said, ...]
    reasons: tuple[tuple[str, str], ...]


@access(Access.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def member_imports(request: HttpRequest) -> HttpResponse:
    """Bringing a table, and what was brought before; exports and the empty template."""
    require_page(request, OfficeAction.KEEP_CITIES)
    posted = request.method == "POST"
    form = TableForm(request.POST, request.FILES) if posted else TableForm()

    def page(status: int = 200) -> HttpResponse:
        shown = page_of(request, imports_of_office(), per_page=10)
        context = {
            **members_frame(request, Crumb(_("Import and export")), part="import"),
            "form": form,
            "page": shown,
            "rows": [(one, _state(one)) for one in shown],
        }
        return render(request, "workspace/members/imports.html", context, status=status)

    if not posted:
        return page()

    def bring(data: dict[str, Any]) -> tuple[str, str]:
        brought = open_import(
            file=data["file"].file,
            name=data["file"].name or "",
            actor=request.user,
            now=request.now,  # type: ignore[attr-defined]
        )
        if brought.size <= READ_AT_ONCE and unpacked_size(data["file"].file) <= UNPACKED_AT_ONCE:
            read_import(
                member_import=brought,
                actor=request.user,
                now=request.now,  # type: ignore[attr-defined]
            )
        else:
            transaction.on_commit(lambda: read_waiting_import.enqueue(brought.pk))
        said = _("The file is here. Nothing is written yet.")
        return said, reverse("workspace:member_import", args=[brought.uuid])

    return submit(request, form, bring, again=page)


@access(Access.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def member_import(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The preview of one table, row by row; writing it, or throwing it away."""
    require_page(request, OfficeAction.KEEP_CITIES)
    found = import_by_uuid(uuid=uuid)
    if found is None:
        raise Http404
    if request.method != "POST":
        return _preview(request, found)
    now = request.now  # type: ignore[attr-defined]

    def write() -> str:
        digest = request.POST.get("sha256", "")
        done = apply_import(member_import=found, digest=digest, actor=request.user, now=now)
        return ngettext(
            "%(count)s row is written.", "%(count)s rows are written.", done.to_write
        ) % {"count": done.to_write}

    def discard() -> str:
        discard_import(member_import=found, actor=request.user, now=now)
        return _("The table is thrown away. Nothing was written.")

    back = reverse("workspace:member_imports") if request.POST.get("act") == "discard" else ""
    return perform(
        request,
        {"write": write, "discard": discard},
        back=back or request.path,
        again=lambda refusal: _preview(request, found, refusal=refusal),
    )


@access(Access.OFFICE)
@require_safe
@never_cache
def member_export(request: HttpRequest, format: str) -> HttpResponseBase:
    """The whole register as a table that can be imported again."""
    require_page(request, OfficeAction.KEEP_CITIES)
    day = network_day(request.now).isoformat()  # type: ignore[attr-defined]
    return _table(member_rows(), name=f"cities-{day}", format=format)


@access(Access.OFFICE)
@require_safe
def member_template(request: HttpRequest, format: str) -> HttpResponseBase:
    """The headings alone, to begin with."""
    require_page(request, OfficeAction.KEEP_CITIES)
    return _table(iter(()), name="template", format=format)


def _table(rows: Any, *, name: str, format: str) -> HttpResponseBase:
    language = reader_language()
    if format == "csv":
        lines = (line.encode() for line in csv_lines(rows, language=language))
        response: HttpResponseBase = StreamingHttpResponse(lines, content_type=CSV_TYPE)
        response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
        return response
    if format != "xlsx":
        raise Http404
    whole = io.BytesIO()
    write_workbook(rows, whole, language=language)
    whole.seek(0)
    return FileResponse(whole, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX_TYPE)


def _preview(
    request: HttpRequest, found: MemberImport, *, refusal: DomainError | None = None
) -> HttpResponse:
    language = reader_language()
    fate = request.GET.get("fate", "")
    if fate == "all":
        fate = ""
    elif fate not in Fate.values:
        fate = next((one for one in FIRST if found.counted("rows", one)), "")
    shown = page_of(request, rows_of(member_import=found, fate=fate).defer("plan"))
    context = {
        **members_frame(
            request,
            Crumb(_("Import and export"), reverse("workspace:member_imports")),
            Crumb(found.name),
            part="import",
        ),
        "found": found,
        "state": _state(found),
        "reading": found.state == ImportState.WAITING,
        "unreadable": found.state == ImportState.UNREADABLE,
        "ready": found.state == ImportState.READY,
        "ended": found.ended_at is not None,
        "refused": found.refused,
        "fate": fate,
        "fates": [(one.value, one.label, found.counted("rows", one)) for one in Fate],
        "total": found.rows_read,
        "parts": [
            (label, [found.counted(what, one) for one in Fate])
            for what, label in (("cities", _("Cities")), ("contacts", _("Contacts")))
        ],
        "page": shown,
        "rows": [_shown(row, language) for row in shown],
        "refusal": summary_of(refusal),
    }
    return render(
        request,
        "workspace/members/import_preview.html",
        context,
        status=status_of(refusal) if refusal else 200,
    )


def _state(found: MemberImport) -> Badge:
    return Badge(text=found.get_state_display(), tone=TONES[ImportState(found.state)])


def _shown(row: ImportRow, language: str) -> ShownRow:
    return ShownRow(
        line=row.line,
        city=Bilingual(row.names).in_language(language) or row.slug,
        slug=row.slug,
        badge=Badge(text=Fate(row.fate).label, tone=TONES[Fate(row.fate)]),
        changes=tuple(
            Said(
                label=BY_NAME[name].heading(language),
                before=BY_NAME[name].shown(before, language),
                after=BY_NAME[name].shown(after, language),
            )
            for name, before, after in row.changes
        ),
        reasons=tuple(
            (
                BY_NAME[column].heading(language) if column else "",
                Bilingual(message).in_language(language),
            )
            for column, _code, message in row.problems
        ),
    )
