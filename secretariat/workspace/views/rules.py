"""Binding operative rules to the provisions of a draft: what its votes will be counted by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cms.components import Crumb, ErrorSummary, FormError
from cms.templatetags.formats import reader_language
from members.policies import OfficeAction
from resolutions.models import Instrument
from resolutions.rules.numbering import cite
from resolutions.rules.operative import RuleName
from resolutions.selectors.trees import draft_trees
from resolutions.services.texts import bind_rules
from secretariat.kernel.access import Access, access
from secretariat.kernel.errors import DomainError
from secretariat.workspace.forms.rules import RuleForm
from secretariat.workspace.selectors.texts import instrument_for_office
from secretariat.workspace.views.acting import INVALID, status_of, summary_of
from secretariat.workspace.views.office import frame, require_page
from secretariat.workspace.views.texts import EDITABLE


@access(Access.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def rules(request: HttpRequest, slug: str) -> HttpResponse:
    """Every rule that an article can fix, the value, and the provision of this draft."""
    require_page(request, OfficeAction.DRAFT_TEXTS)
    found = instrument_for_office(slug=slug)
    if found is None or found.state not in EDITABLE:
        raise Http404
    posted = request.POST if request.method == "POST" else None
    forms = _forms(found, posted)
    if posted is None:
        return _page(request, found, forms)
    wrong = [form for form in forms if not form.is_valid()]
    if wrong:
        return _page(request, found, forms, wrong=wrong_rules(wrong), status=INVALID)
    try:
        bind_rules(
            instrument=found,
            bindings=[form.binding for form in forms if form.binding],
            actor=request.user,
            now=request.now,  # type: ignore[attr-defined]
        )
    except DomainError as refusal:
        return _page(request, found, forms, wrong=summary_of(refusal), status=status_of(refusal))
    messages.success(request, _("The rules are bound. They come into force with the edition."))
    return redirect(reverse("workspace:text", args=[slug]) + "#rules")


def _forms(found: Instrument, posted: Any) -> list[RuleForm]:
    bound = {rule.name: rule for rule in found.draft_rules.all()}
    provisions = _provisions(found)
    return [
        RuleForm(
            posted,
            name=name,
            provisions=provisions,
            value=bound[name].value if name in bound else None,
            key=bound[name].provision_key if name in bound else "",
        )
        for name in RuleName
    ]


def _provisions(found: Instrument) -> list[tuple[str, str]]:
    """Key and citation of every provision, in the reader's language where it has words."""
    trees = draft_trees(instrument=found)
    for tree in [trees[code] for code in (reader_language(), *trees) if code in trees][:1]:
        named = [(each, cite(tree.path(each.key), tree.lang)) for each in tree.walk()]
        return [
            (each.key, " ".join(filter(None, (name, each.heading)))) for each, name in named if name
        ]
    return []


def wrong_rules(forms: Sequence[RuleForm]) -> ErrorSummary:
    """Everything wrong with the forms of rules, each line leading to its field."""
    return ErrorSummary(
        errors=tuple(
            FormError(
                f"{form.title}: {text}", form[field].id_for_label if field in form.fields else ""
            )
            for form in forms
            for field, texts in form.errors.items()
            for text in texts
        )
    )


def _page(
    request: HttpRequest,
    found: Instrument,
    forms: list[RuleForm],
    *,
    wrong: ErrorSummary | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        **frame(
            request,
            Crumb(_("Texts"), reverse("workspace:texts")),
            Crumb(str(found), reverse("workspace:text", args=[found.slug])),
            Crumb(_("Operative rules")),
            place="texts",
        ),
        "text": found,
        "forms": forms,
        "wrong": wrong,
    }
    return render(request, "workspace/office/rules.html", context, status=status)
