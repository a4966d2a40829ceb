"""Texts: the register, a text on any day, editions and articles at permanent addresses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from cms import editions as words
from cms.components import Badge, Crumb, EmptyState, Row, RowList
from cms.date_control import DateControl, asked_day
from cms.legal_layout import LegalText, lay_out
from cms.paging import page_of
from cms.rules_table import rule_rows
from cms.signatory_lines import signatories_line
from cms.templatetags.formats import day, reader_language
from resolutions.models import Edition
from resolutions.models.texts import InstrumentKind
from resolutions.rules.definitions import find_definitions
from resolutions.rules.numbering import render_number
from resolutions.rules.structure import Kind, TextTree
from resolutions.selectors import texts as selectors
from resolutions.selectors.amendments import public_amendments
from resolutions.selectors.rules import rules_of_edition
from secretariat.kernel.access import Access, access

KINDS = (
    (InstrumentKind.BYLAWS, gettext_lazy("Bylaws")),
    (InstrumentKind.DECLARATION, gettext_lazy("Declarations")),
    (InstrumentKind.JOINT_STATEMENT, gettext_lazy("Joint statements")),
    (InstrumentKind.RESOLUTION, gettext_lazy("Resolutions")),
)


@access(Access.PUBLIC)
@require_safe
def text_list(request: HttpRequest) -> HttpResponse:
    """Every public text by kind, with the edition in force."""
    language = reader_language()
    instruments = selectors.published_instruments().order_by("kind", "slug")
    page = page_of(request, instruments)
    editions = selectors.published_editions().filter(
        instrument__in=[instrument.pk for instrument in page.object_list]
    )
    found = selectors.group_editions(editions=editions, on=words.today_of(request))
    order = [kind.value for kind, _label in KINDS]
    found.sort(key=lambda each: order.index(each.instrument.kind))
    labels = dict(KINDS)
    groups = [
        (labels[InstrumentKind(kind)], RowList([_row(each, language) for each in members]))
        for kind, members in groupby(found, key=lambda each: each.instrument.kind)
    ]
    context = {
        "groups": groups,
        "page": page,
        "empty": EmptyState(
            title=_("No texts yet"),
            text=_("Bylaws, declarations and resolutions appear here once they are published."),
        ),
        "feed_url": reverse("cms:texts_feed"),
        "crumbs": [Crumb(_("Bylaws and declarations"))],
    }
    return render(request, "cms/public/text_list.html", context)


@access(Access.PUBLIC)
@require_safe
def text(request: HttpRequest, slug: str) -> HttpResponse:
    """A text as it is in force: today, or on the day of `?on=`; `?view=both|ko|en`."""
    found = words.public_instrument(request, slug)
    control = asked_day(request)
    shown: Edition | None = found.shown
    if control.asked:
        shown = found.on(control.day)
    return _show(request, found, shown, control=control, permanent=False)


@access(Access.PUBLIC)
@require_safe
def edition(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One edition, for ever at this address."""
    found = words.public_instrument(request, slug)
    shown = words.public_edition(found, number)
    return _show(request, found, shown, control=asked_day(request), permanent=True)


@access(Access.PUBLIC)
@require_safe
def article(request: HttpRequest, slug: str, number: int, key: str) -> HttpResponse:
    """One article (or other provision) of an edition, for ever at this address."""
    found = words.public_instrument(request, slug)
    shown = words.public_edition(found, number)
    trees = selectors.edition_trees(edition=shown)
    paths = {code: path for code, tree in trees.items() if (path := tree.path(key))}
    if not paths:
        raise Http404
    parts = {
        code: TextTree(title=trees[code].title, lang=code, provisions=(path[-1],))
        for code, path in paths.items()
    }
    languages = words.by_reader(parts)
    path = paths[languages[0]]
    top = next((step for step in path if step.kind is Kind.ARTICLE), path[-1])
    before, after = _neighbours(trees[languages[0]], top.key)
    current = found.in_force
    citation = words.citation_from(paths, reader_language()) or key
    rules = rules_of_edition(edition=shown)
    context = {
        "instrument": found.instrument,
        "edition": shown,
        "key": key,
        "title": words.title_of(shown, reader_language()),
        "citation": citation,
        "heading": parts[languages[0]].provisions[0].heading,
        "legal": lay_out(
            parts,
            languages=languages,
            number=render_number,
            address=lambda name: words.article_url(shown, name),
            notes=words.notes_on_authenticity(shown),
            first_heading_level=2,
        ),
        "cite": words.cite_lines(
            request,
            edition=shown,
            articles=words.citations_of(trees, key),
            path=words.article_url(shown, key),
        ),
        "edition_url": words.edition_url(shown),
        "history_url": reverse("cms:provision_history", args=[slug, top.key]),
        "rules": [
            row
            for row in rule_rows(rules=rules, language=reader_language())
            if row.provision_key == key or row.provision_key.startswith(f"{key}.")
        ],
        "before": before and _neighbour(shown, before),
        "after": after and _neighbour(shown, after),
        "current": current if current is not None and current.number != number else None,
        "current_url": words.article_url(current, key)
        if current is not None and selectors.has_provision(edition=current, key=key)
        else "",
        "in_force_url": reverse("cms:text", args=[slug]),
        "crumbs": words.text_crumbs(
            found,
            shown,
            Crumb(words.named(shown), words.edition_url(shown)),
            Crumb(citation),
        ),
    }
    return render(request, "cms/public/article.html", context)


def _show(
    request: HttpRequest,
    found: selectors.InstrumentEditions,
    shown: Edition | None,
    *,
    control: DateControl,
    permanent: bool,
) -> HttpResponse:
    """The page of a text; `shown` is None for a day before the first edition."""
    slug = found.instrument.slug
    home = reverse("cms:text", args=[slug])
    first = found.editions[0]
    named_by = shown or first
    view = request.GET.get("view", words.BOTH)
    kept = {"view": view} if view in words.titles_of(named_by) else {}
    language = reader_language()
    context: dict[str, Any] = {
        "instrument": found.instrument,
        "title": words.title_of(named_by, language),
        "permanent": permanent,
        "control": DateControl(
            today=control.today,
            day=control.day,
            typed=control.typed,
            action=home,
            kept=kept,
        ),
        "first": first,
        "first_starts_on": min(period.starts_on for period in found.periods.values()),
        "first_url": words.edition_url(first),
        "in_force": found.in_force,
        "in_force_url": home,
        "editions": [_edition_line(each, found, shown) for each in reversed(found.editions)],
        "feed_url": reverse("cms:text_feed", args=[slug]),
        "amendments_url": reverse("cms:amendments", args=[slug])
        if public_amendments(instrument=found.instrument).exists()
        else "",
        "crumbs": words.text_crumbs(found, named_by)
        if not permanent or shown is None
        else words.text_crumbs(found, shown, Crumb(words.named(shown))),
    }
    if shown is not None:
        context |= _edition_context(request, found, shown, view=view)
        context["signatories"] = signatories_line(shown, on=control.day)
    return render(request, "cms/public/text.html", context)


def _edition_context(
    request: HttpRequest, found: selectors.InstrumentEditions, shown: Edition, *, view: str
) -> dict[str, Any]:
    language = reader_language()
    trees = selectors.edition_trees(edition=shown)
    languages = (view,) if view in trees else words.by_reader(trees)
    legal = lay_out(
        trees,
        languages=languages,
        number=render_number,
        address=lambda key: words.article_url(shown, key),
        notes=words.notes_on_authenticity(shown),
    )
    previous = found.before(shown)
    corrected_by = [each for each in found.editions if each.corrects_id == shown.pk]
    rules = rules_of_edition(edition=shown)
    path = words.edition_url(shown)
    return {
        "edition": shown,
        "legal": legal,
        "contents": _contents(legal),
        "view": view if len(languages) == 1 else words.BOTH,
        "views": _views(request, trees) if len(trees) > 1 else [],
        "languages": sorted(
            shown.languages.all(), key=lambda row: (row.language != "ko", row.language)
        ),
        "period": words.period_words(shown, found),
        "state": words.state_badge_of(shown, found),
        "is_in_force": found.in_force is not None and found.in_force.pk == shown.pk,
        "corrected_by": [(words.named(each), words.edition_url(each)) for each in corrected_by],
        "compare_url": words.compare_url(previous, shown) if previous else "",
        "rules": rule_rows(rules=rules, language=language, linked=True),
        "definitions": _terms(shown, trees[languages[0]]),
        "files": words.file_groups(shown),
        "cite": words.cite_lines(request, edition=shown, articles=None, path=path),
        "edition_url": path,
        "edition_address": request.build_absolute_uri(path),
    }


def _views(request: HttpRequest, trees: Mapping[str, TextTree]) -> list[tuple[str, str, str]]:
    """The language views: code, label, address; the day that was asked for stays."""
    views = []
    for code in (words.BOTH, *words.by_reader(trees)):
        query = request.GET.copy()
        query["view"] = code
        views.append(
            (code, _("Side by side") if code == words.BOTH else code, f"?{query.urlencode()}")
        )
    return views


@dataclass(frozen=True)
class Term:
    """A term that the text defines, and where; `lang` where it is not in the page's language."""

    term: str
    citation: str
    url: str
    lang: str


def _terms(edition: Edition, tree: TextTree) -> list[Term]:
    return [
        Term(
            term=each.term,
            citation=each.citation,
            url=words.article_url(edition, each.key),
            lang="" if tree.lang == reader_language() else tree.lang,
        )
        for each in find_definitions(tree)
    ]


def _contents(legal: LegalText) -> Any:
    contents = legal.contents
    return contents if len(contents.entries) > 2 else None


def _neighbours(tree: TextTree, key: str) -> tuple[Any, Any]:
    """The provisions before and after in reading order, articles and what stands beside them."""
    steps = [
        provision
        for provision in tree.walk()
        if provision.kind in (Kind.ARTICLE, Kind.PREAMBLE, Kind.CLOSING, Kind.ANNEX)
    ]
    places = [place for place, step in enumerate(steps) if step.key == key]
    if not places:
        return None, None
    place = places[0]
    before = steps[place - 1] if place else None
    after = steps[place + 1] if place + 1 < len(steps) else None
    return before, after


def _neighbour(edition: Edition, provision: Any) -> dict[str, str]:
    sign = render_number(provision.kind, provision.number, reader_language())
    return {
        "url": words.article_url(edition, provision.key),
        "label": " ".join(filter(None, (sign, provision.heading))) or provision.key,
    }


def _row(each: selectors.InstrumentEditions, language: str) -> Row:
    shown = each.shown
    return Row(
        title=words.title_of(shown, language),
        url=reverse("cms:text", args=[each.instrument.slug]),
        on=shown.adopted_on,
        meta=words.named(shown),
        badge=words.state_badge_of(shown, each),
    )


@dataclass(frozen=True)
class EditionLine:
    """An edition in the list of a text's editions."""

    name: str
    url: str
    sentence: str
    badge: Badge
    here: bool
    corrects: str = ""
    compare_url: str = ""


def _edition_line(
    edition: Edition, found: selectors.InstrumentEditions, shown: Edition | None
) -> EditionLine:
    previous = found.before(edition)
    return EditionLine(
        name=words.named(edition),
        url=words.edition_url(edition),
        sentence=_("Adopted on %(day)s, %(period)s.")
        % {"day": day(edition.adopted_on), "period": words.period_words(edition, found)},
        badge=words.state_badge_of(edition, found),
        here=shown is not None and edition.pk == shown.pk,
        corrects=_("Corrigendum of edition %(number)d") % {"number": edition.corrects.number}
        if edition.corrects
        else "",
        compare_url=words.compare_url(previous, edition) if previous else "",
    )
