"""Texts: the register, editions at permanent addresses, articles, the rules in force."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from cms.components import Badge, Crumb, EmptyState, Row, RowList
from cms.legal_layout import LegalText, lay_out
from cms.navigation import site_address
from cms.paging import page_of
from cms.rules_table import RuleRow, rule_rows
from cms.templatetags.formats import day, reader_language
from resolutions.models import Edition
from resolutions.models.texts import InstrumentKind
from resolutions.rules.numbering import cite, render_number
from resolutions.rules.structure import Kind, TextTree
from resolutions.selectors import texts as selectors
from resolutions.selectors.rules import bylaws_in_force, rules_of_edition
from secretariat.kernel.access import Access, access

KINDS = (
    (InstrumentKind.BYLAWS, gettext_lazy("Bylaws")),
    (InstrumentKind.DECLARATION, gettext_lazy("Declarations")),
    (InstrumentKind.JOINT_STATEMENT, gettext_lazy("Joint statements")),
    (InstrumentKind.RESOLUTION, gettext_lazy("Resolutions")),
)
BOTH = "both"


@access(Access.PUBLIC)
@require_safe
def text_list(request: HttpRequest) -> HttpResponse:
    """Every public text by kind, with the edition in force."""
    on = timezone.localdate(request.now)  # type: ignore[attr-defined]
    language = reader_language()
    instruments = selectors.published_instruments().order_by("kind", "slug")
    page = page_of(request, instruments)
    editions = selectors.published_editions().filter(
        instrument__in=[instrument.pk for instrument in page.object_list]
    )
    found = selectors.group_editions(editions=editions, on=on)
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
        "crumbs": [Crumb(_("Bylaws and declarations"))],
    }
    return render(request, "cms/public/text_list.html", context)


@access(Access.PUBLIC)
@require_safe
def text(request: HttpRequest, slug: str) -> HttpResponse:
    """A text as it is in force; `?view=both|ko|en`."""
    found = _instrument(request, slug)
    return _show(request, found, found.shown, permanent=False)


@access(Access.PUBLIC)
@require_safe
def edition(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One edition, for ever at this address."""
    found = _instrument(request, slug)
    return _show(request, found, _edition(found, number), permanent=True)


@access(Access.PUBLIC)
@require_safe
def article(request: HttpRequest, slug: str, number: int, key: str) -> HttpResponse:
    """One article (or other provision) of an edition, for ever at this address."""
    found = _instrument(request, slug)
    shown = _edition(found, number)
    trees = selectors.edition_trees(edition=shown)
    language = _first_language(trees)
    path = next((tree.path(key) for tree in trees.values() if _has(tree, key)), None)
    if not path:
        raise Http404
    parts = {
        code: TextTree(title=tree.title, lang=code, provisions=(tree.path(key)[-1],))
        for code, tree in trees.items()
        if _has(tree, key)
    }
    languages = _languages(parts)
    citations = {
        code: cite(tree.path(key), code) for code, tree in trees.items() if _has(tree, key)
    }
    top = next((step for step in path if step.kind is Kind.ARTICLE), path[-1])
    before, after = _neighbours(trees[language], top.key)
    current = found.in_force
    context = {
        "instrument": found.instrument,
        "edition": shown,
        "title": _title(shown, reader_language()),
        "citation": citations.get(reader_language()) or next(iter(citations.values())) or key,
        "citations": citations,
        "heading": _heading(parts, reader_language()),
        "legal": lay_out(
            parts,
            languages=languages,
            number=render_number,
            address=lambda name: reverse("cms:article", args=[slug, number, name]),
            notes=_notes(shown),
            first_heading_level=2,
        ),
        "rules": [
            row
            for row in rule_rows(rules=rules_of_edition(edition=shown), language=reader_language())
            if row.provision_key == key or row.provision_key.startswith(f"{key}.")
        ],
        "before": before and _neighbour(slug, number, before),
        "after": after and _neighbour(slug, number, after),
        "current_url": reverse("cms:article", args=[slug, current.number, key])
        if current is not None and current.number != number
        else "",
        "crumbs": [
            Crumb(_("Bylaws and declarations"), site_address("texts", reader_language())),
            Crumb(_title(shown, reader_language()), reverse("cms:text", args=[slug])),
            Crumb(_("Edition %(number)d") % {"number": number}, edition_url(shown)),
            Crumb(citations.get(reader_language()) or key),
        ],
    }
    return render(request, "cms/public/article.html", context)


@access(Access.PUBLIC)
@require_safe
def rules_in_force(request: HttpRequest) -> HttpResponse:
    """The operative rules that a decision taken today would be under."""
    on = timezone.localdate(request.now)  # type: ignore[attr-defined]
    language = reader_language()
    source = bylaws_in_force(on=on)
    if source is not None and not hasattr(source, "publication"):
        source = None
    rows: list[RuleRow] = []
    if source is not None:
        rows = rule_rows(rules=rules_of_edition(edition=source), language=language, linked=True)
    context = {
        "edition": source,
        "title": _title(source, language) if source else "",
        "edition_url": edition_url(source) if source else "",
        "rules": rows,
        "on": on,
        "empty": EmptyState(
            title=_("No bylaws in force"),
            text=_("Before there are bylaws, an assembly works under rules that it agrees on."),
            url=site_address("assemblies", language),
            link=_("Assemblies"),
        ),
        "crumbs": [
            Crumb(_("Bylaws and declarations"), site_address("texts", language)),
            Crumb(_("Rules in force")),
        ],
    }
    return render(request, "cms/public/rules_in_force.html", context)


def edition_url(edition: Edition) -> str:
    """The permanent address of an edition."""
    return reverse("cms:edition", args=[edition.instrument.slug, edition.number])


def _show(
    request: HttpRequest, found: selectors.InstrumentEditions, shown: Edition, *, permanent: bool
) -> HttpResponse:
    language = reader_language()
    trees = selectors.edition_trees(edition=shown)
    view = request.GET.get("view", BOTH)
    view = view if view in trees else BOTH
    languages = (view,) if view in trees else _languages(trees)
    slug = found.instrument.slug
    legal = lay_out(
        trees,
        languages=languages,
        number=render_number,
        address=lambda key: reverse("cms:article", args=[slug, shown.number, key]),
        notes=_notes(shown),
    )
    period = found.periods.get(shown.number)
    context = {
        "instrument": found.instrument,
        "edition": shown,
        "title": _title(shown, language),
        "permanent": permanent,
        "legal": legal,
        "contents": _contents(legal),
        "view": view if len(languages) == 1 else BOTH,
        "views": [(BOTH, _("Side by side"))] + [(code, code) for code in _languages(trees)]
        if len(trees) > 1
        else [],
        "languages": sorted(
            shown.languages.all(), key=lambda row: (row.language != "ko", row.language)
        ),
        "period": period,
        "is_in_force": found.in_force is not None and found.in_force.pk == shown.pk,
        "in_force": found.in_force,
        "in_force_url": reverse("cms:text", args=[slug]),
        "editions": RowList(
            [_edition_row(each, found, shown, language) for each in reversed(found.editions)]
        ),
        "rules": rule_rows(rules=rules_of_edition(edition=shown), language=language, linked=True),
        "edition_url": edition_url(shown),
        "crumbs": [
            Crumb(_("Bylaws and declarations"), site_address("texts", language)),
            *(
                [
                    Crumb(_title(shown, language), reverse("cms:text", args=[slug])),
                    Crumb(_("Edition %(number)d") % {"number": shown.number}),
                ]
                if permanent
                else [Crumb(_title(shown, language))]
            ),
        ],
    }
    return render(request, "cms/public/text.html", context)


def _contents(legal: LegalText) -> Any:
    contents = legal.contents
    return contents if len(contents.entries) > 2 else None


def _instrument(request: HttpRequest, slug: str) -> selectors.InstrumentEditions:
    on = timezone.localdate(request.now)  # type: ignore[attr-defined]
    found = selectors.instrument_editions(slug=slug, on=on)
    if found is None:
        raise Http404
    return found


def _edition(found: selectors.InstrumentEditions, number: int) -> Edition:
    for each in found.editions:
        if each.number == number:
            return each
    raise Http404


def _title(edition: Edition, language: str) -> str:
    titles = {row.language: row.title for row in edition.languages.all()}
    return titles.get(language) or next(iter(titles.values()), edition.instrument.slug)


def _notes(edition: Edition) -> dict[str, str]:
    return {
        row.language: _("authentic") if row.authentic else _("translation, not authentic")
        for row in edition.languages.all()
    }


def _languages(trees: Mapping[str, Any]) -> tuple[str, ...]:
    """The reader's language first."""
    return tuple(sorted(trees, key=lambda code: (code != reader_language(), code)))


def _first_language(trees: Mapping[str, TextTree]) -> str:
    return _languages(trees)[0]


def _has(tree: TextTree, key: str) -> bool:
    return bool(tree.path(key))


def _heading(parts: Mapping[str, TextTree], language: str) -> str:
    part = parts.get(language) or next(iter(parts.values()))
    return part.provisions[0].heading


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


def _neighbour(slug: str, number: int, provision: Any) -> dict[str, str]:
    sign = render_number(provision.kind, provision.number, reader_language())
    return {
        "url": reverse("cms:article", args=[slug, number, provision.key]),
        "label": " ".join(filter(None, (sign, provision.heading))) or provision.key,
    }


def _row(each: selectors.InstrumentEditions, language: str) -> Row:
    shown = each.shown
    return Row(
        title=_title(shown, language),
        url=reverse("cms:text", args=[each.instrument.slug]),
        on=shown.adopted_on,
        meta=_("Edition %(number)d") % {"number": shown.number},
        badge=_state(shown, each),
    )


def _edition_row(
    edition: Edition, found: selectors.InstrumentEditions, shown: Edition, language: str
) -> Row:
    here = edition.pk == shown.pk
    return Row(
        title=_("Edition %(number)d") % {"number": edition.number},
        url=edition_url(edition),
        text=_("Adopted on %(day)s, in force from %(from)s.")
        % {"day": day(edition.adopted_on), "from": day(edition.in_force_from)},
        meta=_("This edition") if here else "",
        badge=_state(edition, found),
    )


def _state(edition: Edition, found: selectors.InstrumentEditions) -> Badge:
    if found.in_force is not None and found.in_force.pk == edition.pk:
        binding = found.instrument.kind in (InstrumentKind.BYLAWS, InstrumentKind.RESOLUTION)
        return Badge(_("In force") if binding else _("Adopted"), "adopted")
    if found.in_force is None or edition.number > found.in_force.number:
        return Badge(_("Not yet in force"), "waiting")
    return Badge(_("Superseded"))
