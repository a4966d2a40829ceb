"""Amendments in the office: examined, compared, ordered, put to the vote, applied."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cms import amendment_layout as layout
from cms import amendment_pages as pages
from cms import drawings
from cms.components import Crumb, ErrorSummary
from cms.selectors.amendments import ReadAmendment, read_amendments
from cms.templatetags.formats import day, reader_language
from members.policies import OfficeAction
from resolutions.models import Assembly, Instrument
from resolutions.models.amendments import AmendmentState
from resolutions.models.assemblies import AssemblyState
from resolutions.models.texts import InstrumentState
from resolutions.models.votes import VoteState
from resolutions.rules.conflicts import ConflictMatrix, conflict_matrix
from resolutions.rules.numbering import cite
from resolutions.rules.operations import Operation
from resolutions.rules.operative import RuleName, describe_value, value_from_json
from resolutions.rules.references import dangling_references
from resolutions.rules.refusal import RuleRefused
from resolutions.rules.structure import Kind
from resolutions.rules.text_body import TextBody
from resolutions.selectors.amendments import (
    AmendmentBase,
    base_of,
    preview,
    rules_touched,
    rules_unreviewed,
    voting_order_of,
)
from resolutions.services.amendments import (
    adopt_amended,
    apply_adopted,
    examine_amendment,
    prepare_amendment_vote,
    review_rules,
    set_voting_order,
)
from secretariat.kernel.access import Access, access
from secretariat.kernel.errors import DomainError
from secretariat.workspace.acts import Act
from secretariat.workspace.forms.amendments import (
    AdmissibilityForm,
    OrderForm,
    ReviewForm,
    VotesForm,
)
from secretariat.workspace.selectors.amendments import Terms, amendments_for_office, terms_of
from secretariat.workspace.selectors.texts import instrument_for_office
from secretariat.workspace.views.acting import INVALID, perform, status_of, submit, summary_of
from secretariat.workspace.views.amendments import sponsors_words
from secretariat.workspace.views.office import frame, may
from secretariat.workspace.views.rules import wrong_rules


@dataclass
class Table:
    """A text with every filed amendment, read against what they amend."""

    text: Instrument
    base: AmendmentBase
    found: list[ReadAmendment]
    standing: list[ReadAmendment]
    matrix: ConflictMatrix

    @cached_property
    def order(self) -> pages.OrderShown | None:
        """The order of voting: the chair's for the assembly that decides, else the suggested."""
        decides = (each.amendment.assembly for each in self.standing if each.amendment.assembly)
        assembly = next(decides, None)
        held = voting_order_of(instrument=self.text, assembly=assembly) if assembly else None
        return pages.order_shown(self.standing, self.base, held, url=_url(self.text.slug))

    @cached_property
    def assemblies(self) -> list[Assembly]:
        """The assemblies that can still decide, the next first."""
        return list(
            Assembly.objects.filter(state__in=(AssemblyState.OPEN, AssemblyState.CONVENED))
            .prefetch_related("wordings")
            .order_by("starts_at")
        )

    @cached_property
    def by_number(self) -> dict[int, ReadAmendment]:
        return {each.number: each for each in self.found}

    def of_number(self, number: int) -> ReadAmendment:
        if number not in self.by_number:
            raise Http404
        return self.by_number[number]


def _table(slug: str) -> Table:
    text = instrument_for_office(slug=slug)
    if text is None:
        raise Http404
    base = base_of(instrument=text)
    found = read_amendments(amendments_for_office(instrument=text), bases=[base])
    standing = pages.standing(found, base)
    matrix = conflict_matrix(base.trees, {each.number: each.operations for each in standing})
    return Table(text, base, found, standing, matrix)


@access(Access.OFFICE)
@require_safe
@never_cache
def preview_text(request: HttpRequest, slug: str) -> HttpResponse:
    """The text as it would read with a choice of amendments: `?with=1&with=3`."""
    table = _table(slug)
    chosen = [
        each.number for each in table.standing if str(each.number) in request.GET.getlist("with")
    ]
    conflicts = pages.meetings_within(chosen, table.matrix, pair_url=_pair_url(slug), apart=True)
    merged, redline, refused = None, None, ""
    if chosen and not conflicts:
        try:
            merged = preview(instrument=table.text, numbers=chosen)
        except RuleRefused as refusal:
            refused = refusal.message.in_language(reader_language())
        else:
            redline = layout.lay_out_change(table.base.trees, merged)
    dangling = _dangling(table.base.trees, merged) if merged is not None else []
    context = {
        **_frame(request, table.text, _("The text with amendments")),
        "dangling": dangling,
        "live": _live(table),
        "chosen": chosen,
        "conflicts": conflicts,
        "redline": redline,
        "says": refused or _what_is_shown(chosen, conflicts),
    }
    return render(request, "workspace/amendments/preview.html", context)


@access(Access.OFFICE)
@require_safe
@never_cache
def pair(request: HttpRequest, slug: str, first: int, second: int) -> HttpResponse:
    """Two amendments side by side, with the words in question."""
    table = _table(slug)
    one, other = table.of_number(first), table.of_number(second)
    context = {
        **_frame(request, table.text, pages.pair_name(first, second)),
        **pages.pair_context(one, other, table.base, url=_url(slug)),
    }
    return render(request, "workspace/amendments/pair.html", context)


def _dangling(base: layout.Trees, merged: layout.Trees) -> list[tuple[str, str, str]]:
    """References that lead nowhere because of the amendments: place, words, language."""
    found = []
    for code in layout.reading_order(merged):
        before = {(each.key, each.words) for each in dangling_references(base[code])}
        for each in dangling_references(merged[code]):
            if (each.key, each.words) not in before:
                place = cite(merged[code].path(each.key), code)
                found.append((place, each.words, code))
    return found


def _what_is_shown(chosen: Sequence[int], conflicts: Sequence[Any]) -> str:
    if not chosen:
        return _("Choose the amendments with which the text is to be shown.")
    if conflicts:
        return _("With these amendments there is no text: leave out one of each pair.")
    return ngettext(
        "The articles that %(count)d amendment changes.",
        "The articles that %(count)d amendments change together.",
        len(chosen),
    ) % {"count": len(chosen)}


def _live(table: Table) -> list[dict[str, Any]]:
    return [
        {
            "number": each.number,
            "title": pages.name_of(each.amendment),
            "touches": pages.touches_of(each),
        }
        for each in table.standing
    ]


def _url(slug: str) -> Callable[[int], str]:
    return lambda number: reverse("workspace:office_amendment", args=[slug, number])


def _pair_url(slug: str) -> Callable[[int, int], str]:
    return lambda first, second: reverse("workspace:amendment_pair", args=[slug, first, second])


def _frame(request: HttpRequest, text: Instrument, *last: str) -> dict[str, Any]:
    steps = [
        Crumb(_("Texts"), reverse("workspace:texts")),
        Crumb(text, reverse("workspace:text", args=[text.slug])),
    ]
    if last:
        steps.append(Crumb(_("Amendments"), reverse("workspace:amendments", args=[text.slug])))
        steps += [Crumb(each) for each in last]
    else:
        steps.append(Crumb(_("Amendments")))
    return {**frame(request, *steps, place="texts"), "text": text}


# ── all amendments to a text ────────────────────────────────────────────────────────────────


@access(Access.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def amendments(request: HttpRequest, slug: str) -> HttpResponse:
    """All amendments to a text: by state, against each other, in their order, to the vote."""
    table = _table(slug)
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
        again=lambda refusal: _list_page(request, _table(slug), refusal=refusal),
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
        **_frame(request, table.text),
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
            table.matrix, pages.heads(shown, url=_url(slug)), pair_url=_pair_url(slug)
        ),
        "live": _live(table),
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
        "url": _url(row.instrument.slug)(found.number),
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


# ── one amendment ───────────────────────────────────────────────────────────────────────────


@access(Access.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def amendment(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One amendment: admitted or not, its rules reviewed."""
    table = _table(slug)
    found = table.of_number(number)
    if request.method != "POST":
        return _page(request, table, found)
    if request.POST.get("act") == "examine":
        examine = AdmissibilityForm(request.POST)
        return submit(
            request,
            examine,
            lambda data: _examine(request, found, examine),
            again=lambda status: _page(request, table, found, examine=examine, status=status),
        )
    if request.POST.get("act") == "rules":
        return _review(request, table, found)
    return HttpResponseBadRequest()


def _examine(
    request: HttpRequest, found: ReadAmendment, form: AdmissibilityForm
) -> tuple[str, str]:
    admitted = form.cleaned_data["admitted"] == "yes"
    examine_amendment(
        amendment=found.amendment,
        admitted=admitted,
        reasons=form.words("reasons"),
        actor=request.user,
        now=request.now,  # type: ignore[attr-defined]
    )
    said = _("The amendment is admitted.") if admitted else _("The amendment is not admitted.")
    return said, request.path


def _review(request: HttpRequest, table: Table, found: ReadAmendment) -> HttpResponse:
    forms = _rule_forms(found, request.POST)
    wrong = [form for form in forms if not form.is_valid()]
    if wrong:
        return _page(
            request, table, found, rule_forms=forms, wrong=wrong_rules(wrong), status=INVALID
        )
    try:
        review_rules(
            amendment=found.amendment,
            bindings=[form.reviewed for form in forms],
            actor=request.user,
            now=request.now,  # type: ignore[attr-defined]
        )
    except DomainError as refusal:
        return _page(request, table, found, rule_forms=forms, refusal=refusal)
    messages.success(request, _("The review of the rules is recorded."))
    return redirect(request.path)


def _rule_forms(found: ReadAmendment, data: Any) -> list[ReviewForm]:
    """One form for each operative rule in an article that the amendment changes."""
    if found.changed is None:
        return []
    reviewed = {rule.name: rule for rule in found.amendment.reviewed_rules.all()}
    code = layout.reading_order(found.changed)[0]
    tree = found.changed[code]
    named = [(each, cite(tree.path(each.key), code)) for each in tree.walk()]
    provisions = [
        (each.key, " ".join(filter(None, (name, each.heading)))) for each, name in named if name
    ]
    forms = []
    for rule in rules_touched(amendment=found.amendment):
        shown = reviewed.get(rule.name, rule)
        forms.append(
            ReviewForm(
                data,
                name=RuleName(rule.name),
                provisions=provisions,
                value=shown.value,
                key=shown.provision_key,
                held=rule.value,
            )
        )
    return forms


def _page(
    request: HttpRequest,
    table: Table,
    found: ReadAmendment,
    *,
    refusal: DomainError | None = None,
    examine: AdmissibilityForm | None = None,
    rule_forms: list[ReviewForm] | None = None,
    wrong: ErrorSummary | None = None,
    status: int = 200,
) -> HttpResponse:
    slug, row = table.text.slug, found.amendment
    now = request.now  # type: ignore[attr-defined]
    drafts = may(request, OfficeAction.DRAFT_TEXTS)
    terms = terms_of(assembly=row.assembly, now=now, proposer=row.proposer)
    standing = row.state in (AmendmentState.FILED, AmendmentState.ADMITTED)
    voting = any(vote.state == VoteState.OPEN for vote in row.votes.all())
    if rule_forms is None and drafts and standing and not voting:
        rule_forms = _rule_forms(found, None)
    context = {
        **_frame(request, table.text, pages.name_of(row)),
        **pages.amendment_context(found),
        "next_step": _waits_for(found, terms, reviewed=bool(row.reviewed_rules.all())),
        "conflicts": pages.conflicts_of(
            found,
            table.standing,
            table.base,
            url=lambda other: _pair_url(slug)(*sorted((found.number, other))),
        )
        if row.state in pages.STANDING
        else [],
        "stale": _stale(table, found),
        "examine": (examine or AdmissibilityForm())
        if drafts and row.state == AmendmentState.FILED
        else None,
        "rule_forms": rule_forms or [],
        "reviewed": _reviewed(found),
        "sponsors_words": sponsors_words(found, terms),
        "votes": list(row.votes.all()),
        "wrong": wrong,
        "refusal": summary_of(refusal),
    }
    status = status_of(refusal) if refusal else status
    return render(request, "workspace/amendments/office_amendment.html", context, status=status)


def _stale(table: Table, found: ReadAmendment) -> str:
    """Why it does not fit the text as it is, in words; "" where it does, or it is over."""
    if found.amendment.state not in pages.STANDING:
        return ""
    if found.refusal is not None:
        return found.refusal.in_language(reader_language())
    if found.amendment.base_sha256 != table.base.sha256:
        return _("It was written on another edition. Its proposer has to begin it anew.")
    return ""


def _waits_for(found: ReadAmendment, terms: Terms, *, reviewed: bool) -> str:
    """What comes next for the office, in one sentence."""
    row = found.amendment
    if row.state == AmendmentState.FILED:
        missing = (terms.needed or 0) - len(found.sponsors)
        if missing > 0:
            return ngettext(
                "%(count)d other city has to join before it can be admitted.",
                "%(count)d other cities have to join before it can be admitted.",
                missing,
            ) % {"count": missing}
        return _("Examine it: is it admitted?")
    if row.state == AmendmentState.ADMITTED and not reviewed and rules_unreviewed(amendment=row):
        return _("Admitted. Review the operative rules before it is put to the vote.")
    return pages.became(row)


def _reviewed(found: ReadAmendment) -> list[dict[str, str]]:
    language = reader_language()
    rows = []
    for rule in found.amendment.reviewed_rules.all():
        name = RuleName(rule.name)
        value = value_from_json(name, rule.value)
        path = (
            found.changed[layout.reading_order(found.changed)[0]].path(rule.provision_key)
            if found.changed
            else ()
        )
        rows.append(
            {
                "label": name.label.in_language(language),
                "sentence": describe_value(name, value).in_language(language)
                if rule.provision_key
                else _("ends with its article"),
                "citation": cite(path, language) if path else rule.provision_key,
            }
        )
    return rows
