"""Amendments on a city's desk: begun, explained, filed, joined, withdrawn."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Set
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cms import amendment_pages as pages
from cms import drawings
from cms.amendment_layout import reading_order
from cms.components import Crumb
from cms.selectors.amendments import ReadAmendment, read_amendments
from cms.templatetags.formats import reader_language
from members.models import City
from members.policies import CityAction, city_policy
from resolutions.models import Amendment
from resolutions.models.amendments import AmendmentState
from resolutions.models.votes import VoteState
from resolutions.rules.amending import apply
from resolutions.rules.amendment_lifecycle import (
    AMENDMENT_LIFECYCLE,
    AmendmentAction,
    Filing,
    Leaving,
    Standing,
)
from resolutions.rules.numbering import render_number
from resolutions.rules.operations import operations_from_json
from resolutions.rules.refusal import RuleRefused
from resolutions.rules.structure import Kind, Provision
from resolutions.selectors.amendments import AmendmentBase, base_of
from resolutions.services.amendments import (
    change_amendment,
    draft_amendment,
    file_amendment,
    join_amendment,
    leave_amendment,
    withdraw_amendment,
)
from secretariat.kernel.access import Access, access
from secretariat.kernel.bilingual import Bilingual
from secretariat.kernel.errors import DomainError
from secretariat.workspace.acts import Act, known, obstacle
from secretariat.workspace.article_editing import units
from secretariat.workspace.forms.amendments import BeginForm, NoteForm
from secretariat.workspace.selectors.amendments import (
    Terms,
    amendment_for_desk,
    amendments_for_office,
    amendments_of_city,
    amendments_of_others,
    terms_of,
    texts_to_amend,
)
from secretariat.workspace.views.acting import perform, status_of, submit, summary_of
from secretariat.workspace.views.desk_frame import desk_crumbs, desk_frame, own_city
from secretariat.workspace.zones import zones_of


@access(Access.CITY)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def amendments(request: HttpRequest, city: str) -> HttpResponse:
    """What the city proposes, what others propose, and beginning a draft."""
    owner = own_city(request, city)
    texts = texts_to_amend()
    may = _may(request, owner)
    form = BeginForm(
        request.POST if request.method == "POST" else None,
        instruments=texts,
        language=reader_language(),
    )

    def page(status: int = 200) -> HttpResponse:
        ours = read_amendments(amendments_of_city(city=owner))
        others = read_amendments(amendments_of_others(city=owner))
        context = {
            **desk_frame(request, owner),
            "begin": form if may and texts else None,
            "may_amend": may,
            "ours": [_row(owner, each) for each in ours],
            "others": [_row(owner, each) for each in others],
            "crumbs": (*desk_crumbs(owner), Crumb(_("Amendments"))),
        }
        return render(request, "workspace/amendments/list.html", context, status=status)

    if request.method != "POST":
        return page()

    def begin(data: dict[str, Any]) -> tuple[str, str]:
        instrument = next(each for each in texts if each.slug == data["instrument"])
        made = draft_amendment(
            instrument=instrument,
            city=owner,
            operations=(),
            actor=request.user,
            now=request.now,  # type: ignore[attr-defined]
        )
        return _("The draft is begun. Choose an article and change it."), _url(owner, made)

    return submit(request, form, begin, again=page)


@access(Access.CITY)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def amendment(request: HttpRequest, city: str, amendment: UUID) -> HttpResponse:
    """One amendment: what it changes, why, what it needs, and what can be done with it."""
    owner = own_city(request, city)
    row = _found(owner, amendment)
    if request.method != "POST":
        return _page(request, owner, row)
    if request.POST.get("act") == "note":
        note = NoteForm(request.POST)
        return submit(
            request,
            note,
            lambda data: _save_note(request, owner, row, note),
            again=lambda status: _page(request, owner, row, note=note, status=status),
        )
    return perform(
        request,
        _deeds(request, owner, row),
        back=request.path,
        again=lambda refusal: _page(request, owner, row, refusal=refusal),
    )


def _found(owner: City, uuid: UUID) -> Amendment:
    row = amendment_for_desk(uuid=uuid, city=owner)
    if row is None:
        raise Http404
    return row


def _may(request: HttpRequest, owner: City) -> bool:
    return city_policy.may(request.user, CityAction.AMEND, owner, request.now)  # type: ignore[attr-defined]


def _url(owner: City, row: Amendment) -> str:
    return reverse("workspace:city_amendment", args=[owner.slug, row.uuid])


def _row(owner: City, found: ReadAmendment) -> dict[str, Any]:
    row = found.amendment
    return {
        "amendment": row,
        "title": f"{row.instrument} · {pages.name_of(row)}",
        "url": _url(owner, row),
        "touches": pages.touches_of(found),
        "sponsors": found.sponsors,
        "badge": drawings.badge_of(row),
    }


# ── one amendment ───────────────────────────────────────────────────────────────────────────


def _save_note(
    request: HttpRequest, owner: City, row: Amendment, form: NoteForm
) -> tuple[str, str]:
    change_amendment(
        amendment=row,
        notes=form.words("note"),
        actor=request.user,
        now=request.now,  # type: ignore[attr-defined]
    )
    return _("The note is saved."), _url(owner, row)


def _deeds(request: HttpRequest, owner: City, row: Amendment) -> dict[str, Callable[[], str]]:
    doing: dict[str, Any] = {"amendment": row, "actor": request.user, "now": request.now}  # type: ignore[attr-defined]

    def filed() -> str:
        number = file_amendment(**doing).number
        return _("The amendment is filed under number %(number)d.") % {"number": number}

    def withdrawn() -> str:
        withdraw_amendment(**doing)
        return _("The amendment is withdrawn.")

    def joined() -> str:
        join_amendment(city=owner, **doing)
        return _("%(city)s stands behind the amendment now.") % {
            "city": owner.name_in(reader_language())
        }

    def left() -> str:
        leave_amendment(city=owner, **doing)
        return _("%(city)s does not stand behind the amendment any more.") % {
            "city": owner.name_in(reader_language())
        }

    def renewed() -> str:
        change_amendment(operations=operations_from_json(row.operations), **doing)
        return _("The draft is written against the text of today.")

    def restarted() -> str:
        change_amendment(operations=(), **doing)
        return _("The draft begins anew on the text of today.")

    own = row.proposer_id == owner.pk
    if own and row.state == AmendmentState.DRAFT:
        more = {"renew": renewed, "restart": restarted}
        return {"file": filed, "withdraw": withdrawn, **more}
    return {"file": filed, "withdraw": withdrawn} if own else {"join": joined, "leave": left}


def _units(owner: City, row: Amendment, found: ReadAmendment) -> list[dict[str, Any]]:
    """The articles to choose from, each with whether this draft changes it."""
    trees = found.changed or {}
    code = reading_order(trees)[0]
    touched = {operation.key for operation in found.operations}
    rows = []
    for unit in units({code: trees[code]}):
        sign = render_number(unit.kind, unit.number, code)
        rows.append(
            {
                "kind": unit.kind.value,
                "name": f"{sign} {unit.heading}".strip() or unit.key,
                "changed": any(each.key in touched for each in unit.walk()) or unit.key in touched,
                "url": reverse("workspace:amend_article", args=[owner.slug, row.uuid, unit.key]),
            }
        )
    return rows


def _is_touched(unit: Provision, touched: Set[str]) -> bool:
    """Whether an operation names it; of a division, itself, not the articles below it."""
    if unit.kind in (Kind.PART, Kind.CHAPTER, Kind.SECTION, Kind.SUPPLEMENTARY):
        return unit.key in touched
    return any(
        each.key in touched or any(key.startswith(f"{each.key}.") for key in touched)
        for each in unit.walk()
    )


def _page(
    request: HttpRequest,
    owner: City,
    row: Amendment,
    *,
    refusal: DomainError | None = None,
    note: NoteForm | None = None,
    status: int = 200,
) -> HttpResponse:
    now = request.now  # type: ignore[attr-defined]
    base = base_of(instrument=row.instrument)
    found = read_amendments([row], bases=[base])[0]
    own, may = row.proposer_id == owner.pk, _may(request, owner)
    editable = own and may and row.state == AmendmentState.DRAFT
    terms = terms_of(assembly=row.assembly, now=now, proposer=row.proposer)
    stale = _stale(row, base, found) if row.state in (AmendmentState.DRAFT, *pages.STANDING) else ""
    current = not stale and found.changed is not None
    if editable and note is None:
        note = NoteForm(initial={f"note_{code}": text for code, text in row.notes.items()})
    context = {
        **desk_frame(request, owner),
        **pages.body_context(found),
        "amendment": row,
        "title": pages.name_of(row),
        "badge": drawings.badge_of(row),
        "next_step": _next_step(row, found, terms, own=own),
        "editable": editable and current,
        "operations": found.operations,
        "units": _units(owner, row, found) if editable and current else (),
        "operations_url": reverse("workspace:amend_operations", args=[owner.slug, row.uuid]),
        "renewal": _renewal(row, base, stale, editable=editable) if stale else None,
        "note_form": note if editable else None,
        "conflicts": _conflicts(owner, row, found, base),
        "until": terms.until if row.state == AmendmentState.DRAFT else None,
        "until_by": _cited(terms.until_by),
        "acts": list(_acts(request, owner, found, terms, current=current)) if may else (),
        "behind": pages.behind(found),
        "sponsors_words": sponsors_words(found, terms),
        "votes": [vote for vote in row.votes.all() if vote.opened_at is not None],
        "public_url": reverse("cms:amendment", args=[row.instrument.slug, row.number])
        if row.examined_at and row.edition_id
        else "",
        "zones": zones_of(owner),
        "refusal": summary_of(refusal),
        "crumbs": (
            *desk_crumbs(owner),
            Crumb(_("Amendments"), reverse("workspace:city_amendments", args=[owner.slug])),
            Crumb(pages.name_of(row)),
        ),
    }
    status = status_of(refusal) if refusal else status
    return render(request, "workspace/amendments/amendment.html", context, status=status)


def _stale(row: Amendment, base: AmendmentBase, found: ReadAmendment) -> str:
    """Why the amendment does not fit the text as it is, in words; "" where it does."""
    if row.base_sha256 == base.sha256 and found.refusal is None:
        return ""
    try:
        apply(base.trees, found.operations)
    except RuleRefused as refusal:
        return refusal.message.in_language(reader_language())
    return _("What it changes still stands as it was found: the amendment fits the text of today.")


def _renewal(row: Amendment, base: AmendmentBase, words: str, *, editable: bool) -> dict[str, Any]:
    """That the text has changed, and the button that writes a draft against the text of today."""
    try:
        apply(base.trees, operations_from_json(row.operations))
    except RuleRefused:
        act = Act(
            "restart",
            _("Begin it anew on the text of today"),
            tone="danger",
            warning=_("What the draft changes is thrown away; the note stays."),
        )
    else:
        act = Act("renew", _("Take it over to the text of today"))
    return {"words": words, "act": act if editable else None}


def _conflicts(
    owner: City, row: Amendment, found: ReadAmendment, base: AmendmentBase
) -> list[pages.Meeting]:
    """Whom a filed amendment meets; a draft is compared with what others have filed."""
    if row.state not in (AmendmentState.DRAFT, *pages.STANDING) or found.changed is None:
        return []
    everything = read_amendments(amendments_for_office(instrument=row.instrument), bases=[base])
    others = pages.standing(everything, base)
    uuids = {each.number: each.amendment.uuid for each in others}
    return pages.conflicts_of(
        found,
        others,
        base,
        url=lambda number: reverse("workspace:city_amendment", args=[owner.slug, uuids[number]]),
    )


def _acts(
    request: HttpRequest, owner: City, found: ReadAmendment, terms: Terms, *, current: bool
) -> Iterator[Act]:
    row = found.amendment
    language = reader_language()
    voting = any(vote.state == VoteState.OPEN for vote in row.votes.all())
    if row.proposer_id == owner.pk:
        if known(AMENDMENT_LIFECYCLE, row.state, AmendmentAction.FILE):
            filing = Filing(
                operations=len(found.operations),
                noted=any(text.strip() for text in row.notes.values()),
                base_current=current,
                in_time=terms.until is None or request.now < terms.until,  # type: ignore[attr-defined]
            )
            yield Act(
                "file",
                _("File the amendment"),
                tone="open",
                hint=_("It gets its number and stands still from here on. Other cities can join."),
                blocked=obstacle(
                    AMENDMENT_LIFECYCLE,
                    row.state,
                    AmendmentAction.FILE,
                    filing,
                    language=language,
                ),
            )
        if known(AMENDMENT_LIFECYCLE, row.state, AmendmentAction.WITHDRAW):
            yield Act(
                "withdraw",
                _("Withdraw the amendment"),
                tone="danger",
                warning=_("A withdrawal is final. Whoever wants it again begins a new amendment."),
                blocked=obstacle(
                    AMENDMENT_LIFECYCLE,
                    row.state,
                    AmendmentAction.WITHDRAW,
                    Standing(vote_open=voting),
                    language=language,
                ),
            )
        return
    joined = any(each.city_id == owner.pk for each in found.sponsors)
    if not joined and known(AMENDMENT_LIFECYCLE, row.state, AmendmentAction.JOIN):
        yield Act(
            "join",
            _("Join as a co-sponsor"),
            tone="open",
            hint=_("Your city stands behind it in public. It can leave until the vote opens."),
        )
    if joined and known(AMENDMENT_LIFECYCLE, row.state, AmendmentAction.LEAVE):
        yield Act(
            "leave",
            _("Leave the co-sponsors"),
            tone="quiet",
            blocked=obstacle(
                AMENDMENT_LIFECYCLE,
                row.state,
                AmendmentAction.LEAVE,
                Leaving(sponsor=True, vote_open=voting),
                language=language,
            ),
        )


def sponsors_words(found: ReadAmendment, terms: Terms) -> str:
    """ "2 of 2 cities that the bylaws ask for have joined (Art. 24(1))." """
    if not terms.needed or found.amendment.state not in (
        AmendmentState.DRAFT,
        AmendmentState.FILED,
    ):
        return ""
    said = ngettext(
        "%(joined)d of the %(count)d other city asked for has joined.",
        "%(joined)d of the %(count)d other cities asked for have joined.",
        terms.needed,
    ) % {"joined": len(found.sponsors), "count": terms.needed}
    cited = _cited(terms.needed_by)
    return f"{said} ({cited})" if cited else said


def _cited(citation: Bilingual | None) -> str:
    return citation.in_language(reader_language()) if citation else ""


def _next_step(row: Amendment, found: ReadAmendment, terms: Terms, *, own: bool) -> str:
    """What happens next, in one sentence."""
    missing = (terms.needed or 0) - len(found.sponsors)
    if row.state == AmendmentState.DRAFT:
        return _("Change the text, say why, and file. Only your city sees it until then.")
    if row.state == AmendmentState.FILED and missing > 0:
        if own:
            return ngettext(
                "Another city has to join. Then the office examines it.",
                "%(count)d other cities have to join. Then the office examines it.",
                missing,
            ) % {"count": missing}
        return _("It needs other cities behind it. Your city may join.")
    if row.state == AmendmentState.FILED:
        return _("The office examines it now and says whether it is admitted.")
    if row.state == AmendmentState.ADMITTED and terms.assembly is not None:
        return _("Admitted. It is decided on at: %(assembly)s.") % {
            "assembly": terms.assembly.title_in(reader_language())
        }
    return pages.became(row)
