"""Writing one language version of a practice: editor, unsaved words, preview, history."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cms.components import Crumb
from cms.models import Practice
from cms.models.practice_review import NoteKind
from cms.practice_compare import differences
from cms.rules.practice_lifecycle import Stage
from cms.selectors.practice_stages import draft_of, revisions_of, threads_of
from cms.selectors.practice_stages import stage as stage_now
from cms.services.practice_review import (
    buffer_of,
    drop_buffer,
    keep_buffer,
    submit_practice,
)
from cms.services.practices import restore_practice, save_practice
from cms.templatetags.formats import reader_language
from members.models import City
from members.policies import CityAction, city_policy
from secretariat.kernel.access import Access, access
from secretariat.kernel.errors import Conflict, DomainError
from secretariat.workspace.forms.practices import (
    EditorForm,
    posted_again,
    unsaved_fields,
)
from secretariat.workspace.practice_stages import stage_badge
from secretariat.workspace.views.acting import INVALID, perform, status_of, summary_of
from secretariat.workspace.views.desk_frame import own_city
from secretariat.workspace.views.practice_frame import (
    about_in_words,
    address_of,
    crumbs_to,
    frame,
    key_of,
    may_write_practices,
    now_of,
    version_in,
    versions_of,
    writable_city,
)


@access(Access.CITY)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def editor(request: HttpRequest, city: str, slug: str, language: str) -> HttpResponse:
    """The editor of one language version; saving keeps a draft, nothing becomes public."""
    owner = writable_city(request, city)
    versions = versions_of(owner, slug)
    found = version_in(versions, language)
    if stage_now(practice=found) == Stage.IN_REVIEW:
        messages.info(
            request, _("The librarian is reviewing this practice. Take it back first to change it.")
        )
        return redirect(address_of(owner, slug))
    draft = draft_of(practice=found)
    if request.method != "POST":
        buffer = buffer_of(practice=found, actor=request.user)
        taken_up = buffer is not None and request.GET.get("unsaved") == "1"
        form = EditorForm(posted_again(buffer.fields) if taken_up and buffer else None, draft=draft)
        return _editor_page(
            request, owner, versions, found, form, buffer=None if taken_up else buffer
        )
    if request.POST.get("act") == "drop":
        drop_buffer(practice=found, actor=request.user, now=now_of(request))
        messages.success(request, _("What was not saved is thrown away."))
        return redirect(request.path)
    return _save(
        request, owner, versions, found, EditorForm(request.POST, request.FILES, draft=draft)
    )


@access(Access.CITY)
@require_POST
@never_cache
def unsaved(request: HttpRequest, city: str, slug: str, language: str) -> HttpResponse:
    """Keep what is typed and not saved; the editor's script calls it while somebody writes."""
    owner = writable_city(request, city)
    found = version_in(versions_of(owner, slug), language)
    try:
        kept = keep_buffer(
            practice=found,
            fields=unsaved_fields(request.POST),
            actor=request.user,
            now=now_of(request),
        )
    except DomainError as refusal:
        return JsonResponse(dict(refusal.as_json()), status=status_of(refusal))
    return JsonResponse({"kept_at": kept.kept_at.isoformat()})


@access(Access.CITY)
@require_safe
@never_cache
def preview(request: HttpRequest, city: str, slug: str, language: str) -> HttpResponse:
    """The newest draft as the public will see it."""
    owner = own_city(request, city)
    found = version_in(versions_of(owner, slug), language)
    context = {
        **frame(request, owner),
        "practice": draft_of(practice=found),
        "in_another_language": language != reader_language(),
        "library": "",
        "related": None,
        "preview": {"back": address_of(owner, slug), "edit": address_of(owner, slug, language)},
        "crumbs": (
            *crumbs_to(owner),
            Crumb(found, address_of(owner, slug)),
            Crumb(_("Preview")),
        ),
    }
    return render(request, "cms/public/practice.html", context)


@access(Access.CITY)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def history(request: HttpRequest, city: str, slug: str, language: str) -> HttpResponse:
    """Every saved version, what changed between two of them, and bringing one back."""
    owner = own_city(request, city)
    found = version_in(versions_of(owner, slug), language)
    if request.method != "POST":
        return _history_page(request, owner, found)
    if not may_write_practices(request, owner):
        raise Http404

    def restore() -> str:
        revision = get_object_or_404(found.revisions, pk=key_of(request.POST.get("revision")))
        restore_practice(practice=found, revision=revision, actor=request.user, now=now_of(request))
        return _("The earlier version is the newest draft now. The later ones stay in the history.")

    return perform(
        request,
        {"restore": restore},
        back=request.path,
        again=lambda refusal: _history_page(request, owner, found, refusal=refusal),
    )


def _save(
    request: HttpRequest,
    city: City,
    versions: dict[str, Practice],
    found: Practice,
    form: EditorForm,
) -> HttpResponse:
    def again(status: int) -> HttpResponse:
        return _editor_page(request, city, versions, found, form, status=status)

    if not form.is_valid():
        return again(INVALID)
    now = now_of(request)
    try:
        saved = save_practice(
            practice=found,
            city=city,
            language=found.language,
            words=form.words(),
            files=form.new_files(),
            based_on=form.cleaned_data["revision"],
            actor=request.user,
            now=now,
        )
    except DomainError as refusal:
        if isinstance(refusal, Conflict):
            form.base_anew(found)
        form.add_refusal(refusal.where, str(refusal))
        return again(status_of(refusal))
    wanted = request.POST.get("act", "save")
    if wanted == "submit":
        try:
            submit_practice(practice=saved, actor=request.user, now=now)
        except DomainError as refusal:
            messages.warning(request, _("The draft is saved. %(why)s") % {"why": refusal})
            return redirect(request.path)
        messages.success(request, _("The practice is with the librarian now."))
        return redirect(address_of(city, found.slug))
    messages.success(request, _("The draft is saved."))
    if wanted == "preview":
        return redirect("workspace:practice_preview", city.slug, found.slug, found.language)
    return redirect(request.path)


def _editor_page(
    request: HttpRequest,
    city: City,
    versions: dict[str, Practice],
    found: Practice,
    form: EditorForm,
    *,
    buffer: Any = None,
    status: int = 200,
) -> HttpResponse:
    draft = form.draft
    others = [
        (code, draft_of(practice=row)) for code, row in versions.items() if code != found.language
    ]
    threads = [thread for thread in threads_of(practice=found) if thread.open]
    context = {
        **frame(request, city, Crumb(draft, address_of(city, found.slug)), Crumb(_("Edit"))),
        "practice": found,
        "draft": draft,
        "form": form,
        "other": others[0] if others else None,
        "comments": [(thread.note, about_in_words(thread.note)) for thread in threads],
        "commented": {thread.note.field for thread in threads if thread.note.field},
        "buffer": buffer,
        "leftovers": _leftovers(found),
        "stage": stage_badge(stage_now(practice=found), live=found.live),
        "back": address_of(city, found.slug),
        "unsaved_url": reverse(
            "workspace:practice_unsaved", args=[city.slug, found.slug, found.language]
        ),
    }
    return render(request, "workspace/practices/editor.html", context, status=status)


def _leftovers(found: Practice) -> str:
    """Words of a questionnaire that fitted no question; shown until the draft is submitted."""
    last = found.notes.exclude(kind__in=(NoteKind.COMMENT, NoteKind.ANSWER)).order_by("-pk").first()
    return last.text if last is not None and last.kind == NoteKind.UPLOADED else ""


def _history_page(
    request: HttpRequest, city: City, found: Practice, *, refusal: DomainError | None = None
) -> HttpResponse:
    revisions = revisions_of(practice=found)
    newer = next((row for row in revisions if row.pk == key_of(request.GET.get("newer"))), None)
    older = next((row for row in revisions if row.pk == key_of(request.GET.get("older"))), None)
    compared = None
    if newer is not None and older is not None:
        if older.pk > newer.pk:
            older, newer = newer, older
        compared = list(differences(older.as_object(), newer.as_object()))
    may_write = may_write_practices(request, city) and stage_now(practice=found) != Stage.IN_REVIEW
    office = {
        person.pk
        for person in {row.user for row in revisions if row.user is not None}
        if not city_policy.may(person, CityAction.SEE_DESK, city, now_of(request))
    }
    context = {
        **frame(
            request,
            city,
            Crumb(draft_of(practice=found), address_of(city, found.slug)),
            Crumb(_("History")),
        ),
        "practice": found,
        "revisions": [(row, row.user is None or row.user.pk in office) for row in revisions],
        "newer": newer,
        "older": older,
        "compared": compared,
        "may_write": may_write,
        "refusal": summary_of(refusal),
    }
    status = status_of(refusal) if refusal else 200
    return render(request, "workspace/practices/history.html", context, status=status)
