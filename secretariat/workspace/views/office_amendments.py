"""All amendments to a text in the office: listed, ordered, put to the vote, applied."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cms import amendment_layout as layout
from cms import amendment_pages as pages
from cms import drawings
from cms.selectors.amendments import ReadAmendment
from cms.templatetags.formats import day, reader_language
from members.policies import OfficeAction
from resolutions.models.amendments import AmendmentState
from resolutions.models.texts import InstrumentState
from resolutions.models.votes import VoteState
from resolutions.rules.operations import Operation
from resolutions.rules.operative import RuleName, describe_value
from resolutions.rules.structure import Kind
from resolutions.rules.text_body import TextBody
from resolutions.services.amendments import (
    adopt_amended,
    apply_adopted,
    prepare_amendment_vote,
    set_voting_order,
)
from secretariat.kernel.access import Access, access
from secretariat.kernel.errors import DomainError
from secretariat.workspace.acts import Act
from secretariat.workspace.forms.amendments import (
    OrderForm,
    VotesForm,
)
from secretariat.workspace.selectors.amendments import Terms, terms_of
from secretariat.workspace.views.acting import perform, status_of, submit, summary_of
from secretariat.workspace.views.amendment_table import (
    Table,
    choices,
    pair_url,
    table_frame,
    table_of,
    url_of,
)
from secretariat.workspace.views.office import may


@access(Access.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def amendments(request: HttpRequest, slug: str) -> HttpResponse:
    """All amendments to a text: by state, against each other, in their order, to the vote."""
    table = table_of(slug)
    if request.method != "POST":
        return _list_page(request, table)
    if request.POST.get("act") == "order":
        form = _order_form(table, request.POST)
        return submit(
            request,
            form,
            lambda data: _set_order(request, table, form),
            again=lambda status: _list_page(request, table, order_form=form, status=status),
        )
    if request.POST.get("act") == "prepare":
        votes = _votes_form(table, request.POST)
        return submit(
            request,
            votes,
            lambda data: _prepare(request, table, data),
            again=lambda status: _list_page(request, table, votes_form=votes, status=status),
        )
    return perform(
        request,
        _deeds(request, table),
        back=request.path,
        again=lambda refusal: _list_page(request, table_of(slug), refusal=refusal),
    )


def groups() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The states in the order in which the office works through them."""
    state = AmendmentState
    return (
        (_("To be examined"), (state.FILED,)),
        (_("Admitted amendments"), (state.ADMITTED,)),
        (_("Adopted, to be applied"), (state.ADOPTED,)),
        (_("Part of the text"), (state.APPLIED,)),
        (_("Not adopted or fallen"), (state.REJECTED, state.FALLEN)),
        (_("Withdrawn or not admitted"), (state.WITHDRAWN, state.INADMISSIBLE)),
    )


def _list_page(
    request: HttpRequest,
    table: Table,
    *,
    refusal: DomainError | None = None,
    order_form: OrderForm | None = None,
    votes_form: VotesForm | None = None,
    status: int = 200,
) -> HttpResponse:
    slug, now = table.text.slug, request.now  # type: ignore[attr-defined]
    assemblies = table.assemblies
    terms = terms_of(assembly=None, now=now)
    runs = may(request, OfficeAction.RUN_VOTES)
    order = table.order
    votes = [vote for each in table.found for vote in each.amendment.votes.all()]
    article, articles, shown = _in_the_table(request, table)
    context = {
        **table_frame(request, table.text),
        "next_step": _next_step(table),
        "groups": [
            {
                "title": title,
                "rows": [_row(each) for each in table.found if each.amendment.state in states],
            }
            for title, states in groups()
            if any(each.amendment.state in states for each in table.found)
        ],
        "terms": _terms(terms),
        "votes": votes,
        "public_url": reverse("cms:amendments", args=[slug])
        if any(hasattr(edition, "publication") for edition in table.text.editions.all())
        else "",
        "articles": articles,
        "article": article,
        "matrix": layout.conflict_table(
            table.matrix, pages.heads(shown, url=url_of(slug)), pair_url=pair_url(slug)
        ),
        "live": choices(table),
        "preview_url": reverse("workspace:amendments_preview", args=[slug]),
        "order": order,
        "assemblies": [(each.slug, str(each)) for each in assemblies],
        "order_form": order_form or _order_form(table, None)
        if runs and order is not None and assemblies
        else None,
        "votes_form": votes_form or _votes_form(table, None)
        if runs and assemblies and _to_vote_on(table)
        else None,
        "acts": list(_acts(request, table)),
        "refusal": summary_of(refusal),
    }
    status = status_of(refusal) if refusal else status
    return render(request, "workspace/amendments/office_list.html", context, status=status)


def _in_the_table(
    request: HttpRequest, table: Table
) -> tuple[str, list[tuple[str, str]], list[ReadAmendment]]:
    """Which amendments the table of conflicts shows: all, or of many those that touch one article.

    The key of the article chosen, the articles to choose from, the amendments.
    """
    if len(table.standing) <= layout.MOST_IN_A_TABLE:
        return "", [], table.standing
    body = TextBody.of(table.base.trees)
    by_article: dict[str, list[ReadAmendment]] = {}
    for each in table.standing:
        touched = {
            key
            for operation in each.operations
            for key in [_article_of(body, operation)]
            if key is not None
        }
        for key in touched:
            by_article.setdefault(key, []).append(each)
    places = {key: place for place, key in enumerate(body.reading_order())}
    keys = sorted(
        (key for key, found in by_article.items() if len(found) > 1), key=lambda key: places[key]
    )
    choices = [
        (key, f"{body.citation(key).in_language(reader_language())} ({len(by_article[key])})")
        for key in keys
    ]
    wanted = request.GET.get("article", "")
    chosen = wanted if wanted in keys else next(iter(keys), "")
    return chosen, choices, by_article.get(chosen, [])


def _article_of(body: TextBody, operation: Operation) -> str | None:
    """The article of the base in which an operation does something."""
    for key in (operation.key, operation.after, operation.parent):
        path = body.path_or_none(key) if key else ()
        for step in path:
            if body.places[step].kind is Kind.ARTICLE:
                return step
        if path:
            return path[-1]
    return None


def _row(found: ReadAmendment) -> dict[str, Any]:
    row = found.amendment
    return {
        "amendment": row,
        "title": pages.name_of(row),
        "url": url_of(row.instrument.slug)(found.number),
        "touches": pages.touches_of(found),
        "sponsors": found.sponsors,
        "badge": drawings.badge_of(row),
    }


def _terms(terms: Terms) -> list[dict[str, str]]:
    """What the rules in force ask, in words."""
    language = reader_language()
    return [
        {
            "label": name.label.in_language(language),
            "sentence": sentence,
            "citation": cited.in_language(language) if cited else "",
        }
        for name, sentence, cited in (
            (
                RuleName.AMENDMENT_SPONSORS,
                describe_value(RuleName.AMENDMENT_SPONSORS, terms.needed).in_language(language)
                if terms.needed is not None
                else "",
                terms.needed_by,
            ),
            (
                RuleName.AMENDMENT_DAYS,
                _("until %(day)s") % {"day": day(terms.until - timedelta(seconds=1))}
                if terms.until
                else "",
                terms.until_by,
            ),
        )
        if sentence
    ]


def _next_step(table: Table) -> str:
    """What the office does next, in one sentence."""
    states = [each.amendment.state for each in table.found]
    filed, adopted = states.count(AmendmentState.FILED), states.count(AmendmentState.ADOPTED)
    if table.text.state == InstrumentState.TABLED and adopted:
        return _("The adopted amendments are applied. The next edition can be adopted.")
    if filed:
        return ngettext(
            "%(count)d amendment waits to be examined.",
            "%(count)d amendments wait to be examined.",
            filed,
        ) % {"count": filed}
    if _to_vote_on(table):
        return _("Admitted amendments can be put to the vote.")
    if adopted:
        return _("Adopted amendments wait to be applied to the text.")
    if not table.found:
        return _("Cities file amendments on their desks.")
    return _("Nothing waits for the office.")


# ── the order, the votes, the next edition ──────────────────────────────────────────────────


def _order_form(table: Table, data: Any) -> OrderForm:
    order = table.order
    return OrderForm(data, numbers=order.numbers if order else ())


def _set_order(request: HttpRequest, table: Table, form: OrderForm) -> tuple[str, str]:
    assembly = next(
        (each for each in table.assemblies if each.slug == request.POST.get("assembly")), None
    )
    if assembly is None:
        raise Http404
    set_voting_order(
        instrument=table.text,
        assembly=assembly,
        order=form.order,
        reason=form.cleaned_data["reason"],
        actor=request.user,
        now=request.now,  # type: ignore[attr-defined]
    )
    return _("The order of voting is set."), request.path


def _to_vote_on(table: Table) -> list[ReadAmendment]:
    """Admitted amendments on which no vote is prepared or open, in the order of voting."""
    waiting = {
        each.number: each
        for each in table.standing
        if each.amendment.state == AmendmentState.ADMITTED
        and not any(
            vote.state in (VoteState.PREPARED, VoteState.OPEN)
            for vote in each.amendment.votes.all()
        )
    }
    order = table.order
    numbers = order.numbers if order else tuple(waiting)
    return [waiting[number] for number in numbers if number in waiting]


def _votes_form(table: Table, data: Any) -> VotesForm:
    return VotesForm(
        data,
        amendments=[
            (each.number, f"{pages.name_of(each.amendment)} · {pages.touches_of(each)}")
            for each in _to_vote_on(table)
        ],
        assemblies=table.assemblies,
        language=reader_language(),
    )


def _prepare(request: HttpRequest, table: Table, data: dict[str, Any]) -> tuple[str, str]:
    """One vote for each amendment chosen, in the order of voting; all of them or none."""
    assembly = next(each for each in table.assemblies if each.slug == data["assembly"])
    chosen = [each for each in _to_vote_on(table) if str(each.number) in data["numbers"]]
    item = assembly.agenda.filter(instrument=table.text).first()
    with transaction.atomic():
        for each in chosen:
            prepare_amendment_vote(
                amendment=each.amendment,
                assembly=assembly,
                mode=data["mode"],
                agenda_item=item,
                actor=request.user,
                now=request.now,  # type: ignore[attr-defined]
            )
    said = ngettext("%(count)d vote is prepared.", "%(count)d votes are prepared.", len(chosen)) % {
        "count": len(chosen)
    }
    return said, reverse("workspace:amendments", args=[table.text.slug])


def _acts(request: HttpRequest, table: Table) -> Iterator[Act]:
    if not may(request, OfficeAction.ADOPT_TEXTS):
        return
    adopted = [each for each in table.found if each.amendment.state == AmendmentState.ADOPTED]
    if not adopted:
        return
    names = ", ".join(pages.name_of(each.amendment) for each in adopted)
    if table.text.state == InstrumentState.TABLED:
        yield Act(
            "adopt",
            _("Adopt the next edition"),
            tone="open",
            hint=_("With %(amendments)s, and nothing else: the platform recomputes it.")
            % {"amendments": names},
        )
    else:
        yield Act(
            "apply",
            _("Apply the adopted amendments"),
            tone="open",
            hint=_("Makes the next text of %(amendments)s and puts it on the table.")
            % {"amendments": names},
        )


def _deeds(request: HttpRequest, table: Table) -> dict[str, Callable[[], str]]:
    doing: dict[str, Any] = {"actor": request.user, "now": request.now}  # type: ignore[attr-defined]

    def applied() -> str:
        apply_adopted(instrument=table.text, **doing)
        return _("The adopted amendments are in the text on the table.")

    def adopted() -> str:
        edition = adopt_amended(instrument=table.text, **doing)
        return _("The text is adopted as edition %(number)d.") % {"number": edition.number}

    return {"apply": applied, "adopt": adopted}
