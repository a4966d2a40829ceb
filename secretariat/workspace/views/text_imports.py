"""Importing a text in the office: read, shown as the tree it became, stored when confirmed."""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cms.components import Crumb
from cms.templatetags.formats import reader_language
from members.policies import OfficeAction
from resolutions.models import Instrument
from resolutions.models.texts import InstrumentKind
from resolutions.rules.numbering import cite
from resolutions.rules.parsed import ParseResult
from resolutions.rules.structure import TextTree
from resolutions.rules.text_lifecycle import TEXT_LIFECYCLE, TextAction
from resolutions.services.imports import Source, TextImport, propose_texts, read_texts
from secretariat.kernel.access import Access, access
from secretariat.kernel.errors import DomainError
from secretariat.workspace.acts import obstacle
from secretariat.workspace.forms.text_imports import ImportForm, other_language
from secretariat.workspace.views.acting import INVALID, status_of, summary_of
from secretariat.workspace.views.drafting_frame import EDITABLE
from secretariat.workspace.views.office import frame, require_page
from secretariat.workspace.views.texts import laid_out

PENDING = "pending_import"
GIVEN = ("slug", "kind", "language", "title", "authentic")
SHOWN_KEYS = 20


@dataclass(frozen=True)
class Found:
    """What to look at in one language: `(line, words)` by sort, and what would change."""

    language: str
    not_understood: list[tuple[int, str]]
    warnings: list[tuple[int, str]]
    normalised: list[tuple[int, str]]
    changes: list[dict[str, str]]
    only_here: list[str]
    more_here: int

    @property
    def is_clean(self) -> bool:
        return not (self.not_understood or self.warnings or self.only_here)


@access(Access.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def import_text(request: HttpRequest) -> HttpResponse:
    """A text in one language or two is read and shown as the trees it became; then stored.

    What was read waits in the session, so that exactly what was shown is stored.
    """
    require_page(request, OfficeAction.DRAFT_TEXTS)
    if request.method != "POST":
        return _import_page(request, ImportForm(initial=_about(request.GET.get("slug", ""))))
    if request.POST.get("act") == "store":
        return _store(request)
    form = ImportForm(request.POST, request.FILES)
    if not form.is_valid():
        return _import_page(request, form, status=INVALID)
    given = {name: form.cleaned_data[name] for name in GIVEN}
    language = given["language"]
    raws = {language: form.raw}
    if form.pair_raw:
        raws[other_language(language)] = form.pair_raw
    for field, code in (("file", language), ("pair_file", other_language(language))):
        try:
            if code in raws:
                read_texts(sources=[_source(given, code, raws[code])])
        except DomainError as refusal:
            return _refused(request, form, field, refusal)
    try:
        return _preview_page(request, given, raws)
    except DomainError as refusal:
        return _refused(request, form, "pair_file" if len(raws) > 1 else "file", refusal)


def _source(given: Mapping[str, Any], language: str, raw: bytes) -> Source:
    title = given["title"] if language == given["language"] else ""
    return Source(raw, language, title)


def _refused(
    request: HttpRequest, form: ImportForm, field: str, refusal: DomainError
) -> HttpResponse:
    where = refusal.where
    form.add_error(field, f"{where}: {refusal}" if where.startswith("line") else str(refusal))
    return _import_page(request, form, status=status_of(refusal))


def _about(slug: str) -> dict[str, Any]:
    """What the form starts with for a text that exists."""
    found = Instrument.objects.filter(slug=slug).first()
    if found is None:
        return {}
    return {"slug": slug, "kind": found.kind, "authentic": found.authentic_languages}


def _import_page(request: HttpRequest, form: ImportForm, *, status: int = 200) -> HttpResponse:
    context = {
        **frame(
            request,
            Crumb(_("Texts"), reverse("workspace:texts")),
            Crumb(_("Import a text")),
            place="texts",
        ),
        "form": form,
    }
    return render(request, "workspace/office/import.html", context, status=status)


def _preview_page(
    request: HttpRequest, given: dict[str, Any], raws: dict[str, bytes]
) -> HttpResponse:
    language = reader_language()
    read = _read(given, raws)
    proposal = propose_texts(
        slug=given["slug"],
        kind=given["kind"],
        trees=read.trees.values(),
        dry_run=True,
        actor=request.user,
        now=request.now,  # type: ignore[attr-defined]
    )
    existing = Instrument.objects.filter(slug=given["slug"]).first()
    digest = _digest(raws)
    request.session[PENDING] = {
        **given,
        "sha256": digest,
        "raws": {code: base64.b64encode(zlib.compress(raw)).decode() for code, raw in raws.items()},
    }
    found = [_found(read, code, proposal["changes"][code], language) for code in read.results]
    context = {
        **frame(
            request,
            Crumb(_("Texts"), reverse("workspace:texts")),
            Crumb(_("Import a text"), reverse("workspace:import_text")),
            Crumb(_("Preview")),
            place="texts",
        ),
        "result": read.results[given["language"]],
        "read": read,
        "languages": list(read.results),
        "given": given,
        "kind": InstrumentKind(given["kind"]).label,
        "legal": laid_out(read.trees),
        "found": found,
        "clean": all(each.is_clean for each in found) and read.pairing.complete,
        "differing": [_place(key, read.trees[given["language"]]) for key in read.pairing.differing],
        "existing": proposal["existing"],
        "changes": found[0].changes,
        "sha256": digest,
        "blocked": _why_not_drafted(existing, language) if existing else "",
    }
    return render(request, "workspace/office/import_preview.html", context)


def _read(given: Mapping[str, Any], raws: Mapping[str, bytes]) -> TextImport:
    return read_texts(sources=[_source(given, code, raw) for code, raw in raws.items()])


def _digest(raws: Mapping[str, bytes]) -> str:
    """One hash of what was uploaded: a single file's own SHA-256."""
    digests = [hashlib.sha256(raw).hexdigest() for raw in raws.values()]
    if len(digests) == 1:
        return digests[0]
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()


def _why_not_drafted(existing: Instrument, language: str) -> str:
    """Why the text cannot take a new draft now, in words; "" where it can."""
    if existing.state in EDITABLE:
        return ""
    return obstacle(TEXT_LIFECYCLE, existing.state, TextAction.EDIT, None, language=language)


def _store(request: HttpRequest) -> HttpResponse:
    """Store what was shown; where that is gone, begin again."""
    given = request.session.get(PENDING)
    if not given or given["sha256"] != request.POST.get("sha256"):
        messages.error(request, _("The preview is gone. Choose the text again."))
        return redirect("workspace:import_text")
    raws = {
        code: zlib.decompress(base64.b64decode(packed)) for code, packed in given["raws"].items()
    }
    try:
        propose_texts(
            slug=given["slug"],
            kind=given["kind"],
            trees=_read(given, raws).trees.values(),
            dry_run=False,
            authentic_languages=given["authentic"],
            reason="import",
            actor=request.user,
            now=request.now,  # type: ignore[attr-defined]
        )
    except DomainError as refusal:
        form = ImportForm(initial={name: given[name] for name in GIVEN})
        page = {"refusal": summary_of(refusal), "form": form, **frame(request, place="texts")}
        return render(request, "workspace/office/import.html", page, status=status_of(refusal))
    del request.session[PENDING]
    messages.success(request, _("The text is stored as a draft."))
    return redirect("workspace:text", slug=given["slug"])


def _found(read: TextImport, code: str, changes: list[dict[str, Any]], language: str) -> Found:
    result: ParseResult = read.results[code]
    only = [_place(key, result.tree) for key in read.pairing.only_in.get(code, ())]
    return Found(
        language=code,
        not_understood=[(each.line, each.text) for each in result.not_understood],
        warnings=[(note.line, note.message.in_language(language)) for note in result.warnings],
        normalised=[(note.line, note.message.in_language(language)) for note in result.normalised],
        changes=[_change_words(change, result.tree) for change in changes],
        only_here=only[:SHOWN_KEYS],
        more_here=max(len(only) - SHOWN_KEYS, 0),
    )


def _place(key: str, tree: TextTree) -> str:
    """How a provision is cited; by its key where it has no citation."""
    path = tree.path(key)
    return (cite(path, tree.lang) if path else "") or key


def _change_words(change: dict[str, Any], tree: TextTree) -> dict[str, str]:
    """One line of the table of changes; what is gone is named by its key."""
    words = {
        "added": _("added"),
        "removed": _("removed"),
        "changed": _("changed"),
        "moved": _("moved"),
    }
    old, new = change["old"] or {}, change["new"] or {}
    key = change["key"]
    return {
        "change": words[change["change"]],
        "where": _place(key, tree) if key else _("Title"),
        "old": " ".join(part for part in (old.get("heading"), old.get("text")) if part),
        "new": " ".join(part for part in (new.get("heading"), new.get("text")) if part),
    }
