"""The practice editor on a city's desk: list, versions, editor, preview, history, questionnaire.

Whoever sees the city's desk reads its practices, drafts too; whoever may edit its practices
writes them. A practice of another city is not there at all.
"""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cms.components import Badge, Crumb
from cms.models import Practice, PracticeNote
from cms.models.practice_review import NoteKind
from cms.paging import page_of
from cms.practice_compare import differences
from cms.practice_guide import question
from cms.questionnaire import MEDIA_TYPE, make_questionnaire
from cms.rules.practice_lifecycle import PRACTICE_LIFECYCLE, Facts, PracticeAction, Stage
from cms.selectors.practice_stages import draft_of, revisions_of, threads_of
from cms.selectors.practice_stages import stage as stage_now
from cms.services.practice_intake import take_in_questionnaire
from cms.services.practice_review import (
    buffer_of,
    comment_practice,
    drop_buffer,
    keep_buffer,
    submit_practice,
    take_back_practice,
)
from cms.services.practice_words import PracticeWords, missing_in, words_of
from cms.services.practices import restore_practice, save_practice
from cms.templatetags.formats import language_name, reader_language
from members.models import City
from members.policies import CityAction, city_policy
from secretariat.kernel.access import Access, access
from secretariat.kernel.errors import Conflict, DomainError
from secretariat.kernel.models import LANGUAGES
from secretariat.workspace.acts import Act
from secretariat.workspace.forms.practices import (
    BeginForm,
    EditorForm,
    NoteForm,
    QuestionnaireForm,
    posted_again,
    unsaved_fields,
)
from secretariat.workspace.practice_stages import stage_badge, stage_name
from secretariat.workspace.selectors.practices import STAGES, listed, practices_of, versions_at
from secretariat.workspace.views.acting import INVALID, perform, status_of, submit, summary_of
from secretariat.workspace.views.desk_frame import desk_crumbs, desk_frame, own_city

CODES = tuple(code for code, _name in LANGUAGES)


@access(Access.CITY)
@require_safe
@never_cache
def practices(request: HttpRequest, city: str) -> HttpResponse:
    """The city's practices, each language beside the other; by stage, by a word of the title."""
    owner = own_city(request, city)
    chosen, search = request.GET.get("stage", ""), request.GET.get("q", "").strip()[:200]
    page = page_of(request, practices_of(city=owner, search=search, stage=chosen))
    rows = listed(city=owner, identifiers=[row["external_id"] for row in page])
    context = {
        **_frame(request, owner),
        "page": page,
        "rows": [
            {
                "title": row.title_in(reader_language()),
                "address": _address(owner, row.slug),
                "versions": [
                    (code, row.versions.get(code), _badge_of(row.versions.get(code)))
                    for code in CODES
                ],
            }
            for row in rows
        ],
        "stages": [(each.value, stage_name(each)) for each in STAGES],
        "chosen": chosen if chosen in STAGES else "",
        "search": search,
        "may_write": _may_write(request, owner),
    }
    return render(request, "workspace/practices/list.html", context)


@access(Access.CITY)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def begin(request: HttpRequest, city: str) -> HttpResponse:
    """A new practice: a title and a language; everything else is asked in the editor."""
    owner = _writable_city(request, city)
    form = BeginForm(
        request.POST if request.method == "POST" else None,
        initial={"language": reader_language()},
    )

    def page(status: int = 200) -> HttpResponse:
        context = {**_frame(request, owner, Crumb(_("Write a practice"))), "form": form}
        return render(request, "workspace/practices/begin.html", context, status=status)

    if request.method != "POST":
        return page()

    def start(data: dict[str, Any]) -> tuple[str, str]:
        saved = save_practice(
            practice=None,
            city=owner,
            language=data["language"],
            words=PracticeWords(title=data["title"]),
            actor=request.user,
            now=_now(request),
        )
        return _("The draft is begun."), _address(owner, saved.slug, data["language"])

    return submit(request, form, start, again=page)


@access(Access.CITY)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def practice(request: HttpRequest, city: str, slug: str) -> HttpResponse:
    """One practice: its language versions, what can be done with each, what the librarian says."""
    owner = own_city(request, city)
    versions = _versions(owner, slug)
    if request.method != "POST":
        return _practice_page(request, owner, versions)
    if not _may_write(request, owner):
        raise Http404
    language = request.POST.get("language", "")
    if request.POST.get("act") == "answer":
        return _answer(request, owner, versions)
    return perform(
        request,
        _deeds(request, owner, versions, language),
        back=request.path,
        again=lambda refusal: _practice_page(request, owner, versions, refusal=refusal),
    )


@access(Access.CITY)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def editor(request: HttpRequest, city: str, slug: str, language: str) -> HttpResponse:
    """The editor of one language version; saving keeps a draft, nothing becomes public."""
    owner = _writable_city(request, city)
    versions = _versions(owner, slug)
    found = _version(versions, language)
    if stage_now(practice=found) == Stage.IN_REVIEW:
        messages.info(
            request, _("The librarian is reviewing this practice. Take it back first to change it.")
        )
        return redirect(_address(owner, slug))
    draft = draft_of(practice=found)
    if request.method != "POST":
        buffer = buffer_of(practice=found, actor=request.user)
        taken_up = buffer is not None and request.GET.get("unsaved") == "1"
        form = EditorForm(posted_again(buffer.fields) if taken_up and buffer else None, draft=draft)
        return _editor_page(
            request, owner, versions, found, form, buffer=None if taken_up else buffer
        )
    if request.POST.get("act") == "drop":
        drop_buffer(practice=found, actor=request.user, now=_now(request))
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
    owner = _writable_city(request, city)
    found = _version(_versions(owner, slug), language)
    try:
        kept = keep_buffer(
            practice=found,
            fields=unsaved_fields(request.POST),
            actor=request.user,
            now=_now(request),
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
    found = _version(_versions(owner, slug), language)
    context = {
        **_frame(request, owner),
        "practice": draft_of(practice=found),
        "in_another_language": language != reader_language(),
        "library": "",
        "related": None,
        "preview": {"back": _address(owner, slug), "edit": _address(owner, slug, language)},
        "crumbs": (
            *_crumbs(owner),
            Crumb(found, _address(owner, slug)),
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
    found = _version(_versions(owner, slug), language)
    if request.method != "POST":
        return _history_page(request, owner, found)
    if not _may_write(request, owner):
        raise Http404

    def restore() -> str:
        revision = get_object_or_404(found.revisions, pk=_key(request.POST.get("revision")))
        restore_practice(practice=found, revision=revision, actor=request.user, now=_now(request))
        return _("The earlier version is the newest draft now. The later ones stay in the history.")

    return perform(
        request,
        {"restore": restore},
        back=request.path,
        again=lambda refusal: _history_page(request, owner, found, refusal=refusal),
    )


@access(Access.CITY)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def questionnaire(request: HttpRequest, city: str) -> HttpResponse:
    """The questionnaire to fill in offline, and the way back: a filled-in one becomes a draft."""
    owner = _writable_city(request, city)
    form = QuestionnaireForm(
        request.POST if request.method == "POST" else None, request.FILES or None
    )

    def page(status: int = 200) -> HttpResponse:
        context = {
            **_frame(request, owner, Crumb(_("Questionnaire"))),
            "form": form,
            "languages": CODES,
        }
        return render(request, "workspace/practices/questionnaire.html", context, status=status)

    if request.method != "POST":
        return page()

    def take_in(data: dict[str, Any]) -> tuple[str, str]:
        saved, leftovers = take_in_questionnaire(
            city=owner,
            content=data["file"].read(),
            name=data["file"].name,
            actor=request.user,
            now=_now(request),
        )
        said = _("The questionnaire is a draft now. Look it through before you submit it.")
        if leftovers:
            said = _(
                "The questionnaire is a draft now. Some words fitted no question: they stand on "
                "top, to be put where they belong."
            )
        return said, _address(owner, saved.slug, saved.language)

    return submit(request, form, take_in, again=page)


@access(Access.CITY)
@require_safe
@never_cache
def questionnaire_file(request: HttpRequest, city: str, language: str) -> FileResponse:
    """The DOCX file in a language; with `?practice=` filled in with that practice's draft."""
    owner = own_city(request, city)
    if language not in CODES:
        raise Http404
    draft, name = None, f"practice-{language}"
    if slug := request.GET.get("practice", ""):
        found = _version(_versions(owner, slug), language)
        draft, name = draft_of(practice=found), f"{found.slug}-{language}"
    made = make_questionnaire(language=language, practice=draft)
    return FileResponse(
        BytesIO(made), as_attachment=True, filename=f"{name}.docx", content_type=MEDIA_TYPE
    )


# ── the pages' common parts ─────────────────────────────────────────────────────────────────


def _badge_of(version: Any) -> Badge | None:
    return stage_badge(version.stage, live=version.practice.live) if version else None


def _now(request: HttpRequest) -> Any:
    return request.now  # type: ignore[attr-defined]


def _key(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 19 else 0


def _may_write(request: HttpRequest, city: City) -> bool:
    return city_policy.may(request.user, CityAction.EDIT_PRACTICES, city, _now(request))


def _writable_city(request: HttpRequest, slug: str) -> City:
    owner = own_city(request, slug)
    if not _may_write(request, owner):
        raise Http404
    return owner


def _versions(city: City, slug: str) -> dict[str, Practice]:
    versions = versions_at(city=city, slug=slug)
    if not versions:
        raise Http404
    return versions


def _version(versions: dict[str, Practice], language: str) -> Practice:
    if language not in versions:
        raise Http404
    return versions[language]


def _address(city: City, slug: str, language: str = "") -> str:
    if language:
        return reverse("workspace:practice_editor", args=[city.slug, slug, language])
    return reverse("workspace:practice", args=[city.slug, slug])


def _crumbs(city: City) -> tuple[Crumb, ...]:
    return (
        *desk_crumbs(city),
        Crumb(_("Practices"), reverse("workspace:practices", args=[city.slug])),
    )


def _frame(request: HttpRequest, city: City, *crumbs: Crumb) -> dict[str, Any]:
    way = (*_crumbs(city), *crumbs) if crumbs else (*desk_crumbs(city), Crumb(_("Practices")))
    return {**desk_frame(request, city), "crumbs": way}


# ── one practice ────────────────────────────────────────────────────────────────────────────


def _practice_page(
    request: HttpRequest,
    city: City,
    versions: dict[str, Practice],
    *,
    refusal: DomainError | None = None,
    answering: tuple[int, NoteForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    first = versions.get(reader_language()) or next(iter(versions.values()))
    may_write = _may_write(request, city)
    cards = [
        _version_card(city, versions[code], may_write) if code in versions else {"code": code}
        for code in CODES
    ]
    context = {
        **_frame(request, city, Crumb(draft_of(practice=first))),
        "first": draft_of(practice=first),
        "cards": cards,
        "may_write": may_write,
        "answering": answering,
        "answer": NoteForm(),
        "refusal": summary_of(refusal),
    }
    status = status_of(refusal) if refusal else status
    return render(request, "workspace/practices/practice.html", context, status=status)


def _version_card(city: City, found: Practice, may_write: bool) -> dict[str, Any]:
    stage = stage_now(practice=found)
    draft = draft_of(practice=found)
    code = found.language
    threads = threads_of(practice=found)
    return {
        "code": code,
        "practice": found,
        "draft": draft,
        "badge": stage_badge(stage, live=found.live),
        "changed_at": found.latest_revision.created_at if found.latest_revision else None,
        "edit": _address(city, found.slug, code) if may_write and stage != "in_review" else "",
        "preview": reverse("workspace:practice_preview", args=[city.slug, found.slug, code]),
        "history": reverse("workspace:practice_history", args=[city.slug, found.slug, code]),
        "document": reverse("workspace:questionnaire_file", args=[city.slug, code])
        + f"?{urlencode({'practice': found.slug})}",
        "threads": [(thread, _about(thread.note)) for thread in threads],
        "waiting": sum(thread.open and thread.note.by_office for thread in threads),
        "acts": list(_acts(found, draft, stage)) if may_write else [],
        "missing": missing_in(draft),
    }


def _about(note: PracticeNote) -> Any:
    """What a note is about, in the guide's words."""
    asked = question(note.field)
    return asked.label if asked else ""


def _acts(found: Practice, draft: Practice, stage: Stage) -> Any:
    hidden = (("language", found.language),)
    facts = Facts(live=found.live, missing=missing_in(draft))
    if PRACTICE_LIFECYCLE.allows(stage, PracticeAction.SUBMIT, facts):
        yield Act(
            name="submit",
            label=_("Submit for review"),
            hint=_("The librarian reads it and publishes it, or returns it with comments."),
            tone="open" if stage == Stage.RETURNED else "",
            hidden=hidden,
        )
    if PRACTICE_LIFECYCLE.allows(stage, PracticeAction.TAKE_BACK, facts):
        yield Act(
            name="take_back",
            label=_("Take it back"),
            hint=_("To change it before the librarian has decided."),
            tone="quiet",
            hidden=hidden,
        )


def _deeds(
    request: HttpRequest, city: City, versions: dict[str, Practice], language: str
) -> dict[str, Callable[[], str]]:
    if request.POST.get("act") == "translate" and language in CODES:
        return {"translate": lambda: _translate(request, city, versions, language)}
    found = _version(versions, language)

    def hand_in() -> str:
        submit_practice(practice=found, actor=request.user, now=_now(request))
        return _("The practice is with the librarian now.")

    def take_back() -> str:
        take_back_practice(practice=found, actor=request.user, now=_now(request))
        return _("The practice is a draft of yours again.")

    return {"submit": hand_in, "take_back": take_back}


def _translate(
    request: HttpRequest, city: City, versions: dict[str, Practice], language: str
) -> str:
    """Begin another language version: facts and files are the same, texts wait to be written."""
    source = draft_of(practice=next(iter(versions.values())))
    given = words_of(source)
    save_practice(
        practice=None,
        city=city,
        language=language,
        words=PracticeWords(
            title=given.title,
            country=given.country,
            place=given.place,
            pillars=given.pillars,
            instrument=given.instrument,
            status=given.status,
            year=given.year,
            year_to=given.year_to,
            target_groups=given.target_groups,
            sectors=given.sectors,
            sdg_targets=given.sdg_targets,
            figures=given.figures,
            adapted_from=given.adapted_from,
            contacts=given.contacts,
            sources=given.sources,
            images=given.images,
            attachments=given.attachments,
        ),
        external_id=source.external_id,
        actor=request.user,
        now=_now(request),
    )
    return _("The version in %(language)s is begun: facts, figures and files are taken over.") % {
        "language": language_name(language)
    }


def _answer(request: HttpRequest, city: City, versions: dict[str, Practice]) -> HttpResponse:
    """Answer a comment of the librarian on any language version."""
    note = get_object_or_404(
        PracticeNote.objects.filter(
            practice__in=[row.pk for row in versions.values()], kind=NoteKind.COMMENT
        ).select_related("practice__city", "practice__locale"),
        pk=_key(request.POST.get("note")),
    )
    form = NoteForm(request.POST, auto_id=f"id_{note.pk}_%s")

    def write(data: dict[str, Any]) -> tuple[str, str]:
        comment_practice(
            practice=note.practice,
            text=data["text"],
            answers=note,
            actor=request.user,
            now=_now(request),
        )
        return _("Your answer is written."), f"{request.path}#note-{note.pk}"

    return submit(
        request,
        form,
        write,
        again=lambda status: _practice_page(
            request, city, versions, answering=(note.pk, form), status=status
        ),
    )


# ── the editor ──────────────────────────────────────────────────────────────────────────────


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
    now = _now(request)
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
        return redirect(_address(city, found.slug))
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
        **_frame(request, city, Crumb(draft, _address(city, found.slug)), Crumb(_("Edit"))),
        "practice": found,
        "draft": draft,
        "form": form,
        "other": others[0] if others else None,
        "comments": [(thread.note, _about(thread.note)) for thread in threads],
        "commented": {thread.note.field for thread in threads if thread.note.field},
        "buffer": buffer,
        "leftovers": _leftovers(found),
        "stage": stage_badge(stage_now(practice=found), live=found.live),
        "missing": [
            asked.label for name in missing_in(draft) if (asked := question(name)) is not None
        ],
        "back": _address(city, found.slug),
        "unsaved_url": reverse(
            "workspace:practice_unsaved", args=[city.slug, found.slug, found.language]
        ),
    }
    return render(request, "workspace/practices/editor.html", context, status=status)


def _leftovers(found: Practice) -> str:
    """Words of a questionnaire that fitted no question; shown until the draft is submitted."""
    last = found.notes.exclude(kind__in=(NoteKind.COMMENT, NoteKind.ANSWER)).order_by("-pk").first()
    return last.text if last is not None and last.kind == NoteKind.UPLOADED else ""


# ── history ─────────────────────────────────────────────────────────────────────────────────


def _history_page(
    request: HttpRequest, city: City, found: Practice, *, refusal: DomainError | None = None
) -> HttpResponse:
    revisions = revisions_of(practice=found)
    newer = next((row for row in revisions if row.pk == _key(request.GET.get("newer"))), None)
    older = next((row for row in revisions if row.pk == _key(request.GET.get("older"))), None)
    compared = None
    if newer is not None and older is not None:
        if older.pk > newer.pk:
            older, newer = newer, older
        compared = list(differences(older.as_object(), newer.as_object()))
    may_write = _may_write(request, city) and stage_now(practice=found) != Stage.IN_REVIEW
    office = {
        person.pk
        for person in {row.user for row in revisions if row.user is not None}
        if not city_policy.may(person, CityAction.SEE_DESK, city, _now(request))
    }
    context = {
        **_frame(
            request,
            city,
            Crumb(draft_of(practice=found), _address(city, found.slug)),
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
