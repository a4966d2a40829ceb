"""Texts in the office's hands: import with a preview, drafting, the table, editions, history."""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Callable, Iterator
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cms.components import Crumb
from cms.legal_layout import LegalText, lay_out
from cms.paging import page_of
from cms.templatetags.formats import language_name, reader_language
from members.policies import OfficeAction
from resolutions.models import Instrument, Provision
from resolutions.models.texts import InstrumentKind, InstrumentState
from resolutions.models.votes import VoteState
from resolutions.rules.numbering import cite, render_number
from resolutions.rules.operations import Words
from resolutions.rules.operative import RuleName, describe_value, value_from_json
from resolutions.rules.parsed import ParseResult
from resolutions.rules.structure import Kind, TextTree
from resolutions.rules.text_lifecycle import TEXT_LIFECYCLE, Tabling, TextAction
from resolutions.services.drafting import ProvisionWords, save_words
from resolutions.services.imports import propose_text, read_text
from resolutions.services.texts import (
    adopt_text,
    draft_text,
    publish_edition,
    table_text,
    take_off_the_table,
)
from secretariat.kernel.access import Access, access
from secretariat.kernel.errors import DomainError
from secretariat.kernel.models import LANGUAGES
from secretariat.workspace.acts import Act, known, obstacle
from secretariat.workspace.forms.texts import (
    EarlierAdoptionForm,
    ImportForm,
    ProvisionForm,
    TakeBackForm,
)
from secretariat.workspace.selectors.texts import (
    draft_history,
    draft_trees,
    instrument_for_office,
    instruments_for_office,
    provision_of_draft,
)
from secretariat.workspace.views.acting import INVALID, perform, status_of, submit, summary_of
from secretariat.workspace.views.office import frame, may, require_page

PENDING = "pending_import"
EDITABLE = (InstrumentState.DRAFT, InstrumentState.PUBLISHED, InstrumentState.WITHDRAWN)


@access(Access.OFFICE)
@require_safe
@never_cache
def text_list(request: HttpRequest) -> HttpResponse:
    """Drafts and adopted texts."""
    context = {
        **frame(request, place="texts"),
        "page": page_of(request, instruments_for_office()),
        "may_draft": may(request, OfficeAction.DRAFT_TEXTS),
    }
    return render(request, "workspace/office/text_list.html", context)


@access(Access.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def text(request: HttpRequest, slug: str) -> HttpResponse:
    """One text: its draft in every language, its rules, its editions and its history."""
    found = instrument_for_office(slug=slug)
    if found is None:
        raise Http404
    if request.method != "POST":
        return _text_page(request, found)
    name = request.POST.get("act", "")
    if name == "take_back":
        back = TakeBackForm(request.POST)
        return submit(
            request,
            back,
            lambda data: _take_back(request, found, data["reason"]),
            again=lambda status: _text_page(request, found, take_back=back, status=status),
        )
    if name == "adopt_earlier":
        earlier = EarlierAdoptionForm(request.POST)
        return submit(
            request,
            earlier,
            lambda data: _adopt_earlier(request, found, data),
            again=lambda status: _text_page(request, found, earlier=earlier, status=status),
        )
    return perform(
        request,
        _deeds(request, found),
        back=request.path,
        again=lambda refusal: _text_page(request, found, refusal=refusal),
    )


@access(Access.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def provision(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """The words of one provision, language by language."""
    require_page(request, OfficeAction.DRAFT_TEXTS)
    found = instrument_for_office(slug=slug)
    row = provision_of_draft(instrument=found, key=key) if found else None
    if found is None or row is None:
        raise Http404
    language = request.POST.get("language", "") if request.method == "POST" else ""
    forms = {code: _provision_form(row, code) for code, _name in LANGUAGES}
    if request.method != "POST":
        return _provision_page(request, found, row, forms)
    if language not in forms:
        raise Http404
    forms[language] = ProvisionForm(request.POST, language=language)

    def change(data: dict[str, Any]) -> tuple[str, str]:
        words = {language: Words(data["heading"], data["text"])}
        save_words(
            instrument=found,
            provisions=[ProvisionWords(key, words, {})],
            reason=data["reason"],
            actor=request.user,
            now=request.now,  # type: ignore[attr-defined]
        )
        said = _("The words in %(language)s are saved.") % {"language": language_name(language)}
        return said, reverse("workspace:text", args=[slug]) + f"#{key}"

    return submit(
        request,
        forms[language],
        change,
        again=lambda status: _provision_page(request, found, row, forms, status=status),
    )


# ── import ──────────────────────────────────────────────────────────────────────────────────


@access(Access.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def import_text(request: HttpRequest) -> HttpResponse:
    """A plain text is read and shown as the tree it became; only then is it stored.

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
    given = {
        name: form.cleaned_data[name] for name in ("slug", "kind", "language", "title", "authentic")
    }
    raw = form.raw
    try:
        return _preview_page(request, given, raw)
    except DomainError as refusal:
        where = refusal.where
        form.add_error("file", f"{where}: {refusal}" if where.startswith("line") else str(refusal))
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


def _preview_page(request: HttpRequest, given: dict[str, Any], raw: bytes) -> HttpResponse:
    language = reader_language()
    result = read_text(raw=raw, language=given["language"], title=given["title"])
    proposal = propose_text(
        slug=given["slug"],
        kind=given["kind"],
        result=result,
        dry_run=True,
        actor=request.user,
        now=request.now,  # type: ignore[attr-defined]
    )
    existing = Instrument.objects.filter(slug=given["slug"]).first()
    digest = hashlib.sha256(raw).hexdigest()
    packed = base64.b64encode(zlib.compress(raw)).decode()
    request.session[PENDING] = {**given, "raw": packed, "sha256": digest}
    context = {
        **frame(
            request,
            Crumb(_("Texts"), reverse("workspace:texts")),
            Crumb(_("Import a text"), reverse("workspace:import_text")),
            Crumb(_("Preview")),
            place="texts",
        ),
        "result": result,
        "given": given,
        "kind": InstrumentKind(given["kind"]).label,
        "legal": _laid_out({given["language"]: result.tree}),
        "notes": _notes(result, language),
        "existing": proposal["existing"],
        "changes": [_change_words(change, result.tree) for change in proposal["changes"]],
        "sha256": digest,
        "blocked": _why_not_drafted(existing, language) if existing else "",
    }
    return render(request, "workspace/office/import_preview.html", context)


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
    raw = zlib.decompress(base64.b64decode(given["raw"]))
    try:
        result = read_text(raw=raw, language=given["language"], title=given["title"])
        draft_text(
            slug=given["slug"],
            kind=given["kind"],
            trees=[result.tree],
            authentic_languages=given["authentic"],
            reason="import",
            actor=request.user,
            now=request.now,  # type: ignore[attr-defined]
        )
    except DomainError as refusal:
        form = ImportForm(initial=given)
        page = {"refusal": summary_of(refusal), "form": form, **frame(request, place="texts")}
        return render(request, "workspace/office/import.html", page, status=status_of(refusal))
    del request.session[PENDING]
    messages.success(request, _("The text is stored as a draft."))
    return redirect("workspace:text", slug=given["slug"])


def _notes(result: ParseResult, language: str) -> dict[str, list[tuple[int, str]]]:
    """What to look at before storing, by kind: `(line, words)`."""
    return {
        "not_understood": [(each.line, each.text) for each in result.not_understood],
        "warnings": [(note.line, note.message.in_language(language)) for note in result.warnings],
        "normalised": [
            (note.line, note.message.in_language(language)) for note in result.normalised
        ],
    }


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
    place = cite(tree.path(key), tree.lang) if key in tree.by_key() else key
    return {
        "change": words[change["change"]],
        "where": place or _("Title"),
        "old": " ".join(part for part in (old.get("heading"), old.get("text")) if part),
        "new": " ".join(part for part in (new.get("heading"), new.get("text")) if part),
    }


# ── one text ────────────────────────────────────────────────────────────────────────────────


def _text_page(
    request: HttpRequest,
    found: Instrument,
    *,
    refusal: DomainError | None = None,
    take_back: TakeBackForm | None = None,
    earlier: EarlierAdoptionForm | None = None,
    status: int = 200,
) -> HttpResponse:
    language = reader_language()
    trees = draft_trees(instrument=found)
    drafting = may(request, OfficeAction.DRAFT_TEXTS)
    editable = drafting and found.state in EDITABLE
    takes_back = drafting and known(TEXT_LIFECYCLE, found.state, TextAction.TAKE_BACK)
    adopts = may(request, OfficeAction.ADOPT_TEXTS) and found.state == InstrumentState.TABLED
    if adopts and any(vote.state == VoteState.OPEN for vote in found.votes.all()):
        adopts = False
    context = {
        **frame(
            request, Crumb(_("Texts"), reverse("workspace:texts")), Crumb(found), place="texts"
        ),
        "text": found,
        "languages": ", ".join(language_name(code) for code in found.authentic_languages),
        "legal": _laid_out(trees, found.slug if editable else ""),
        "editable": editable,
        "provisions": list(_provisions(trees, language)) if editable else [],
        "rules": [_rule_line(rule, language) for rule in found.draft_rules.all()],
        "may_bind": editable and may(request, OfficeAction.DRAFT_TEXTS) and bool(trees),
        "history": draft_history(instrument=found),
        "acts": list(_acts(request, found, set(trees))),
        "take_back": (take_back or TakeBackForm()) if takes_back else None,
        "earlier": (earlier or EarlierAdoptionForm()) if adopts else None,
        "refusal": summary_of(refusal),
    }
    status = status_of(refusal) if refusal else status
    return render(request, "workspace/office/text.html", context, status=status)


def _provisions(trees: dict[str, TextTree], language: str) -> Iterator[dict[str, str]]:
    """Every provision of the draft with its name and first words, for the way to each."""
    for tree in [trees[code] for code in (language, *trees) if code in trees][:1]:
        for each in tree.walk():
            name = cite(tree.path(each.key), tree.lang) or each.key
            yield {"key": each.key, "name": name, "words": each.heading or each.text}


def _laid_out(trees: dict[str, Any], slug: str = "") -> LegalText | None:
    """The draft side by side; with a slug each provision leads to where its words are changed."""
    if not trees:
        return None

    def address(key: str) -> str:
        return reverse("workspace:provision", args=[slug, key])

    return lay_out(
        trees,
        languages=list(trees),
        number=_number,
        address=address if slug else None,
        first_heading_level=3,
    )


def _number(kind: Any, number: str, language: str) -> str:
    return render_number(kind, number, language)


def _rule_line(rule: Any, language: str) -> dict[str, str]:
    """A rule that the draft would bring into force, in words."""
    name = RuleName(rule.name)
    return {
        "label": name.label.in_language(language),
        "sentence": describe_value(name, value_from_json(name, rule.value)).in_language(language),
        "key": rule.provision_key,
    }


def _acts(request: HttpRequest, found: Instrument, languages: set[str]) -> Iterator[Act]:
    reader = reader_language()
    if may(request, OfficeAction.DRAFT_TEXTS) and known(
        TEXT_LIFECYCLE, found.state, TextAction.TABLE
    ):
        facts = Tabling(
            provisions=len(languages),
            languages_missing=tuple(set(found.authentic_languages) - languages),
        )
        yield Act(
            "table",
            _("Table the text"),
            tone="open",
            hint=_("From here on it stands still, so that what is voted on is what was read."),
            blocked=obstacle(TEXT_LIFECYCLE, found.state, TextAction.TABLE, facts, language=reader),
        )
    if may(request, OfficeAction.ADOPT_TEXTS) and found.state == InstrumentState.ADOPTED:
        for edition in found.editions.all():
            if not hasattr(edition, "publication"):
                yield Act(
                    "publish",
                    _("Publish edition %(number)d") % {"number": edition.number},
                    tone="open",
                    hint=_("Makes edition %(number)d public at its permanent address.")
                    % {"number": edition.number},
                )


def _deeds(request: HttpRequest, found: Instrument) -> dict[str, Callable[[], str]]:
    doing = {"actor": request.user, "now": request.now}  # type: ignore[attr-defined]

    def tabled() -> str:
        table_text(instrument=found, **doing)
        return _("The text is tabled. It can be put to a vote.")

    def published() -> str:
        edition = next((e for e in found.editions.all() if not hasattr(e, "publication")), None)
        if edition is None:
            raise Http404
        publish_edition(edition=edition, **doing)
        return _("The text is public.")

    return {"table": tabled, "publish": published}


def _take_back(request: HttpRequest, found: Instrument, reason: str) -> tuple[str, str]:
    take_off_the_table(
        instrument=found,
        reason=reason,
        actor=request.user,
        now=request.now,  # type: ignore[attr-defined]
    )
    return _("The text is a draft again."), request.path


def _adopt_earlier(
    request: HttpRequest, found: Instrument, data: dict[str, Any]
) -> tuple[str, str]:
    edition = adopt_text(
        instrument=found,
        vote=None,
        basis=data["basis"],
        adopted_on=data["adopted_on"],
        in_force_from=data["in_force_from"],
        actor=request.user,
        now=request.now,  # type: ignore[attr-defined]
    )
    said = _("The text is adopted as edition %(number)d.") % {"number": edition.number}
    return said, request.path


# ── one provision ───────────────────────────────────────────────────────────────────────────


def _provision_form(row: Provision, language: str) -> ProvisionForm:
    words = next((text for text in row.texts.all() if text.language == language), None)
    initial = {"heading": words.heading, "text": words.text} if words else {}
    return ProvisionForm(initial=initial, language=language)


def _provision_page(
    request: HttpRequest,
    found: Instrument,
    row: Provision,
    forms: dict[str, ProvisionForm],
    *,
    status: int = 200,
) -> HttpResponse:
    number = render_number(Kind(row.kind), row.number, reader_language()) if row.number else row.key
    context = {
        **frame(
            request,
            Crumb(_("Texts"), reverse("workspace:texts")),
            Crumb(found, reverse("workspace:text", args=[found.slug])),
            Crumb(number),
            place="texts",
        ),
        "text": found,
        "number": number,
        "forms": list(forms.items()),
        "bound": next((form for form in forms.values() if form.is_bound), None),
        "begins_anew": found.state != InstrumentState.DRAFT,
        "editable": found.state in EDITABLE,
    }
    return render(request, "workspace/office/provision.html", context, status=status)
