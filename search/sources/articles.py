"""Articles of texts: the newest published edition of each instrument, provision by provision.

An article is a document with all that is below it. What stands outside articles (a preamble,
a closing formula, the paragraphs of a statement without articles) is a document of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils import translation

from resolutions.models import Edition
from resolutions.rules.numbering import render_number
from resolutions.rules.structure import Kind, Provision
from resolutions.selectors.texts import published_editions, published_instruments
from resolutions.selectors.trees import edition_tree
from search.query import Document
from search.sources.wording import address

KIND = "article"
DIVISIONS = frozenset((Kind.PART, Kind.CHAPTER, Kind.SECTION, Kind.SUPPLEMENTARY, Kind.ANNEX))
"""What only holds articles together; its heading is found with each of them."""


def everything() -> Iterator[Document]:
    """The provisions of every instrument that has a public edition."""
    yield from now(list(published_instruments().order_by("pk").values_list("slug", flat=True)))


def now(things: Sequence[str]) -> Iterator[Document]:
    """The provisions of these instruments, in every language of the newest public edition."""
    for slug in things:
        yield from _provisions(slug)


def _provisions(slug: str) -> Iterator[Document]:
    edition = published_editions().filter(instrument__slug=slug).order_by("-number").first()
    if edition is None:
        return
    for row in edition.languages.all():
        tree = edition_tree(edition=edition, language=row.language)
        for provision, above in _articles(tree.provisions, ()):
            yield _document(edition, row.language, row.title, provision, above)


def _articles(
    provisions: tuple[Provision, ...], above: tuple[Provision, ...]
) -> Iterator[tuple[Provision, tuple[Provision, ...]]]:
    for provision in provisions:
        divided = provision.kind in DIVISIONS and provision.children
        if divided:
            yield from _articles(provision.children, (*above, provision))
        else:
            yield provision, above


def _document(
    edition: Edition,
    language: str,
    title: str,
    provision: Provision,
    above: tuple[Provision, ...],
) -> Document:
    slug = edition.instrument.slug
    kind = edition.instrument.kind
    with translation.override(language):
        kind_label = str(edition.instrument.get_kind_display())
    # Their articles begin again at 1: the division is part of what an article is called.
    apart = [
        render_number(division.kind, division.number, language)
        for division in above
        if division.kind in (Kind.SUPPLEMENTARY, Kind.ANNEX)
    ]
    return Document(
        id=f"{slug}/{edition.number}/{provision.key}",
        thing=slug,
        kind=KIND,
        lang=language,
        title=" ".join(part for part in (title, *apart, _name(provision, language)) if part),
        url=address("texts", language, slug, "editions", str(edition.number), provision.key),
        body="\n".join(_words(provision, language)),
        keywords=(kind_label, *(_name(division, language) for division in above)),
        facets={"instrument": [kind], "year": [str(edition.adopted_on.year)]},
        date=edition.adopted_on,
    )


def _name(provision: Provision, language: str) -> str:
    """제3조(목적), Article 3 (Purpose)."""
    number = render_number(provision.kind, provision.number, language)
    if not provision.heading:
        return number
    if not number:
        return provision.heading
    return (
        f"{number}({provision.heading})" if language == "ko" else f"{number} ({provision.heading})"
    )


def _words(provision: Provision, language: str) -> Iterator[str]:
    if provision.text:
        yield provision.text
    for child in provision.children:
        sign = render_number(child.kind, child.number, language)
        first, *rest = list(_words(child, language)) or [""]
        yield " ".join(part for part in (sign, child.heading, first) if part)
        yield from rest
