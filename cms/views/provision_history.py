"""One article through the editions: its wording each time it changed, and by which decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cms import editions as words
from cms.components import Badge, Crumb
from cms.drawings import vote_badge, vote_url
from cms.legal_layout import lay_out
from cms.redline_layout import lay_out_redline
from cms.templatetags.formats import reader_language
from resolutions.models import Amendment, Edition
from resolutions.rules.numbering import render_number
from resolutions.rules.redline import redline
from resolutions.rules.repeals import is_repealed
from resolutions.rules.structure import TextTree
from resolutions.selectors import texts as selectors
from resolutions.selectors.decisions import result_document, sentence_of
from secretariat.kernel.access import Access, access


@dataclass(frozen=True)
class AmendmentLink:
    """An amendment that made a version: its number, its proposer, its page."""

    label: str
    url: str


@dataclass(frozen=True)
class VersionShown:
    """One version: what happened, its words, what it changed of the one before."""

    edition: Edition
    name: str
    url: str
    article_url: str
    citation: str
    period: str
    badge: Badge
    happened: str
    body: Any
    decision: str = ""
    decision_url: str = ""
    decision_badge: Badge | None = None
    decision_sentence: str = ""
    amendments: tuple[AmendmentLink, ...] = ()


@access(Access.PUBLIC)
@require_safe
def provision_history(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Every wording that a provision had, the latest first, each against the one before."""
    found = words.public_instrument(request, slug)
    versions = selectors.provision_versions(editions=found.editions, key=key)
    if not versions:
        raise Http404
    language = reader_language()
    amendments = selectors.amendments_behind(editions=[each.edition for each in versions])
    steps: list[tuple[selectors.ProvisionVersion | None, selectors.ProvisionVersion]]
    steps = [(None, versions[0]), *pairwise(versions)]
    shown = [
        _version(found, key, before, after, amendments.get(after.edition.pk, []))
        for before, after in reversed(steps)
    ]
    latest = next(each for each in reversed(versions) if each.stands)
    citation = words.citation_from(latest.paths, language) or key
    part = latest.paths.get(language) or next(iter(latest.paths.values()))
    current = found.in_force
    until_now = [each for each in versions if current and each.edition.number <= current.number]
    context = {
        "instrument": found.instrument,
        "title": words.title_of(found.shown, language),
        "citation": citation,
        "heading": part[-1].heading,
        "versions": shown,
        "count": len(found.editions),
        "current_url": words.article_url(current, key)
        if current and until_now and until_now[-1].stands
        else "",
        "crumbs": words.text_crumbs(
            found,
            found.shown,
            Crumb(citation, words.article_url(latest.edition, key)),
            Crumb(_("History")),
        ),
    }
    return render(request, "cms/public/provision_history.html", context)


def _version(
    found: selectors.InstrumentEditions,
    key: str,
    before: selectors.ProvisionVersion | None,
    after: selectors.ProvisionVersion,
    amendments: Sequence[Amendment],
) -> VersionShown:
    language = reader_language()
    edition = after.edition
    decision = edition.decision
    paths = after.paths or (before.paths if before else {})
    keys = {
        provision.key
        for version in (before, after)
        if version is not None
        for path in version.paths.values()
        for provision in path[-1].walk()
    }
    return VersionShown(
        edition=edition,
        name=words.named(edition),
        url=words.edition_url(edition),
        article_url=words.article_url(edition, key) if after.stands else "",
        citation=words.citation_from(paths, language),
        period=words.period_words(edition, found),
        badge=words.state_badge_of(edition, found),
        happened=_happened(found, before, after),
        body=_body(before, after, f"e{edition.number}-"),
        decision=decision.title_in(language) if decision else edition.basis,
        decision_url=vote_url(decision) if decision else "",
        decision_badge=vote_badge(decision) if decision else None,
        decision_sentence=sentence_of(document=result_document(vote=decision)).in_language(language)
        if decision
        else "",
        amendments=tuple(
            AmendmentLink(
                label=_("Amendment %(number)d, %(city)s")
                % {"number": row.number, "city": row.proposer.name_in(language)},
                url=reverse("cms:amendment", args=[found.instrument.slug, row.number]),
            )
            for row in amendments
            if _touches(row, keys)
        ),
    )


def _touches(amendment: Amendment, keys: set[str]) -> bool:
    """Whether an amendment's operations name the provision, or what stands in or beside it."""
    return any(
        not keys.isdisjoint({operation.get("key"), operation.get("parent")})
        for operation in amendment.operations
    )


def _happened(
    found: selectors.InstrumentEditions,
    before: selectors.ProvisionVersion | None,
    after: selectors.ProvisionVersion,
) -> str:
    edition = after.edition
    if before is None:
        return _("In the first edition") if edition == found.editions[0] else _("Added")
    if not before.stands:
        return _("Added again")
    if not after.stands:
        return _("Struck from the text")
    if all(is_repealed(path[-1]) for path in after.paths.values()):
        return _("Repealed; the number is kept")
    numbers = {path[-1].number for path in before.paths.values()}
    if numbers != {path[-1].number for path in after.paths.values()}:
        return _("Amended; it has another number now")
    return _("Corrected by a corrigendum") if edition.corrects_id else _("Amended")


def _body(
    before: selectors.ProvisionVersion | None, after: selectors.ProvisionVersion, anchors: str
) -> Any:
    """The words as they are set: with the marks against the version before, if there is one."""
    if before is None or not before.stands:
        trees = after.trees
        languages = words.by_reader(trees)
        return lay_out(
            trees,
            languages=languages,
            number=render_number,
            first_heading_level=3,
            show_titles=False,
        )
    old, new = before.trees, after.trees
    languages = words.by_reader({**old, **new})
    return lay_out_redline(
        {code: redline(_tree(old, code), _tree(new, code)) for code in languages},
        languages=languages,
        first_heading_level=3,
        show_titles=False,
        anchors=anchors,
    )


def _tree(trees: Mapping[str, TextTree], language: str) -> TextTree:
    return trees.get(language) or TextTree(title="", lang=language)
