"""A city's practices on its desk: the list, a new one, and one with its language versions.

Whoever sees the city's desk reads its practices, drafts too; whoever may edit its practices
writes them. A practice of another city is not there at all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cms.components import Badge, Crumb
from cms.models import Practice, PracticeNote
from cms.models.practice_review import NoteKind
from cms.paging import page_of
from cms.rules.practice_lifecycle import PRACTICE_LIFECYCLE, Facts, PracticeAction, Stage
from cms.selectors.practice_stages import draft_of, threads_of
from cms.selectors.practice_stages import stage as stage_now
from cms.services.practice_review import (
    comment_practice,
    submit_practice,
    take_back_practice,
)
from cms.services.practice_words import PracticeWords, in_words, missing_in, taken_over, words_of
from cms.services.practices import save_practice
from cms.templatetags.formats import language_name, reader_language
from members.models import City
from secretariat.kernel.access import Access, access
from secretariat.kernel.errors import DomainError
from secretariat.workspace.acts import Act
from secretariat.workspace.forms.practices import (
    BeginForm,
    NoteForm,
)
from secretariat.workspace.practice_stages import stage_badge, stage_name
from secretariat.workspace.selectors.practices import STAGES, listed, practices_of
from secretariat.workspace.views.acting import perform, status_of, submit, summary_of
from secretariat.workspace.views.desk_frame import own_city
from secretariat.workspace.views.practice_frame import (
    CODES,
    about_in_words,
    address_of,
    frame,
    key_of,
    may_write_practices,
    now_of,
    version_in,
    versions_of,
    writable_city,
)


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
        **frame(request, owner),
        "page": page,
        "rows": [
            {
                "title": row.title_in(reader_language()),
                "address": address_of(owner, row.slug),
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
        "may_write": may_write_practices(request, owner),
    }
    return render(request, "workspace/practices/list.html", context)


@access(Access.CITY)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def begin(request: HttpRequest, city: str) -> HttpResponse:
    """A new practice: a title and a language; everything else is asked in the editor."""
    owner = writable_city(request, city)
    form = BeginForm(
        request.POST if request.method == "POST" else None,
        initial={"language": reader_language()},
    )

    def page(status: int = 200) -> HttpResponse:
        context = {**frame(request, owner, Crumb(_("Write a practice"))), "form": form}
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
            now=now_of(request),
        )
        return _("The draft is begun."), address_of(owner, saved.slug, data["language"])

    return submit(request, form, start, again=page)


@access(Access.CITY)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def practice(request: HttpRequest, city: str, slug: str) -> HttpResponse:
    """One practice: its language versions, what can be done with each, what the librarian says."""
    owner = own_city(request, city)
    versions = versions_of(owner, slug)
    if request.method != "POST":
        return _practice_page(request, owner, versions)
    if not may_write_practices(request, owner):
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


def _badge_of(version: Any) -> Badge | None:
    return stage_badge(version.stage, live=version.practice.live) if version else None


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
    may_write = may_write_practices(request, city)
    cards = [
        _version_card(city, versions[code], may_write) if code in versions else {"code": code}
        for code in CODES
    ]
    context = {
        **frame(request, city, Crumb(draft_of(practice=first))),
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
        "edit": address_of(city, found.slug, code) if may_write and stage != "in_review" else "",
        "preview": reverse("workspace:practice_preview", args=[city.slug, found.slug, code]),
        "history": reverse("workspace:practice_history", args=[city.slug, found.slug, code]),
        "document": reverse("workspace:questionnaire_file", args=[city.slug, code])
        + f"?{urlencode({'practice': found.slug})}",
        "threads": [(thread, about_in_words(thread.note)) for thread in threads],
        "waiting": sum(thread.open and thread.note.by_office for thread in threads),
        "acts": list(_acts(found, draft, stage)) if may_write else [],
        "missing": in_words(missing_in(draft)),
    }


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
    found = version_in(versions, language)

    def hand_in() -> str:
        submit_practice(practice=found, actor=request.user, now=now_of(request))
        return _("The practice is with the librarian now.")

    def take_back() -> str:
        take_back_practice(practice=found, actor=request.user, now=now_of(request))
        return _("The practice is a draft of yours again.")

    return {"submit": hand_in, "take_back": take_back}


def _translate(
    request: HttpRequest, city: City, versions: dict[str, Practice], language: str
) -> str:
    """Begin another language version: facts and files are the same, texts wait to be written."""
    source = draft_of(practice=next(iter(versions.values())))
    save_practice(
        practice=None,
        city=city,
        language=language,
        words=taken_over(words_of(source)),
        external_id=source.external_id,
        actor=request.user,
        now=now_of(request),
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
        pk=key_of(request.POST.get("note")),
    )
    form = NoteForm(request.POST, auto_id=f"id_{note.pk}_%s")

    def write(data: dict[str, Any]) -> tuple[str, str]:
        comment_practice(
            practice=note.practice,
            text=data["text"],
            answers=note,
            actor=request.user,
            now=now_of(request),
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
