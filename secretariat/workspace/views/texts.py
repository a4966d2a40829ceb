"""Texts in the office's hands: drafting, the table, editions, history."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cms.components import Crumb
from cms.legal_layout import LegalText, lay_out
from cms.paging import page_of
from cms.templatetags.formats import language_name, reader_language
from members.policies import OfficeAction
from resolutions.models import Instrument
from resolutions.models.texts import InstrumentState
from resolutions.models.votes import VoteState
from resolutions.rules.numbering import cite, render_number
from resolutions.rules.operative import RuleName, describe_value, value_from_json
from resolutions.rules.structure import TextTree
from resolutions.rules.text_lifecycle import TEXT_LIFECYCLE, Tabling, TextAction
from resolutions.selectors.drafting import draft_history
from resolutions.selectors.trees import draft_trees
from resolutions.services.texts import (
    adopt_text,
    publish_edition,
    table_text,
    take_off_the_table,
)
from secretariat.kernel.access import Access, access
from secretariat.kernel.errors import DomainError
from secretariat.workspace.acts import Act, known, obstacle
from secretariat.workspace.forms.texts import (
    EarlierAdoptionForm,
    TakeBackForm,
)
from secretariat.workspace.lifecycles import life_of_text
from secretariat.workspace.selectors.amendments import open_amendments
from secretariat.workspace.selectors.texts import (
    instrument_for_office,
    instruments_for_office,
)
from secretariat.workspace.views.acting import perform, status_of, submit, summary_of
from secretariat.workspace.views.drafting_frame import EDITABLE
from secretariat.workspace.views.drafting_history import history_rows
from secretariat.workspace.views.office import frame, may

RECENT = 8


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
        "amendments_open": open_amendments(instrument=found),
        "languages": ", ".join(language_name(code) for code in found.authentic_languages),
        "legal": laid_out(trees, found.slug if editable else ""),
        "editable": editable,
        "rules": [_rule_line(rule, trees, language) for rule in found.draft_rules.all()],
        "may_bind": editable and may(request, OfficeAction.DRAFT_TEXTS) and bool(trees),
        "history": history_rows(draft_history(instrument=found)[:RECENT], language),
        "acts": list(_acts(request, found, set(trees))),
        "take_back": (take_back or TakeBackForm()) if takes_back else None,
        "earlier": (earlier or EarlierAdoptionForm()) if adopts else None,
        "life": life_of_text(found),
        "may_correct": found.state == InstrumentState.PUBLISHED
        and may(request, OfficeAction.ADOPT_TEXTS),
        "refusal": summary_of(refusal),
    }
    status = status_of(refusal) if refusal else status
    return render(request, "workspace/office/text.html", context, status=status)


def laid_out(trees: dict[str, Any], slug: str = "") -> LegalText | None:
    """The draft side by side; with a slug each provision leads to where its words are changed."""
    if not trees:
        return None

    def address(key: str) -> str:
        return reverse("workspace:draft_provision", args=[slug, key])

    return lay_out(
        trees,
        languages=list(trees),
        number=_number,
        address=address if slug else None,
        first_heading_level=3,
    )


def _number(kind: Any, number: str, language: str) -> str:
    return render_number(kind, number, language)


def _rule_line(rule: Any, trees: dict[str, TextTree], language: str) -> dict[str, str]:
    """A rule that the draft would bring into force, in words."""
    name = RuleName(rule.name)
    tree = trees.get(language) or next(iter(trees.values()), None)
    path = tree.path(rule.provision_key) if tree else ()
    return {
        "label": name.label.in_language(language),
        "sentence": describe_value(name, value_from_json(name, rule.value)).in_language(language),
        "key": rule.provision_key,
        "article": (cite(path, language) if path else "") or rule.provision_key,
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
