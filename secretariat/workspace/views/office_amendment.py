"""One amendment in the office: admitted or not, its operative rules reviewed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cms import amendment_layout as layout
from cms import amendment_pages as pages
from cms.components import ErrorSummary
from cms.selectors.amendments import ReadAmendment
from cms.templatetags.formats import reader_language
from members.policies import OfficeAction
from resolutions.models.amendments import AmendmentState
from resolutions.models.votes import VoteState
from resolutions.rules.numbering import cite
from resolutions.rules.operative import RuleName, describe_value, value_from_json
from resolutions.selectors.amendments import (
    rules_touched,
    rules_unreviewed,
)
from resolutions.services.amendments import (
    examine_amendment,
    review_rules,
)
from secretariat.kernel.access import Access, access
from secretariat.kernel.errors import DomainError
from secretariat.workspace.forms.amendments import (
    AdmissibilityForm,
    ReviewForm,
)
from secretariat.workspace.selectors.amendments import Terms, terms_of
from secretariat.workspace.views.acting import INVALID, status_of, submit, summary_of
from secretariat.workspace.views.amendment_table import (
    Table,
    pair_url,
    table_frame,
    table_of,
)
from secretariat.workspace.views.amendments import sponsors_words
from secretariat.workspace.views.office import may
from secretariat.workspace.views.rules import wrong_rules


@access(Access.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def amendment(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One amendment: admitted or not, its rules reviewed."""
    table = table_of(slug)
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
        **table_frame(request, table.text, pages.name_of(row)),
        **pages.amendment_context(found),
        "next_step": _waits_for(found, terms, reviewed=bool(row.reviewed_rules.all())),
        "conflicts": pages.conflicts_of(
            found,
            table.standing,
            table.base,
            url=lambda other: pair_url(slug)(*sorted((found.number, other))),
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
