"""How editions of a text are named on pages: title, state, period, files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpRequest
from django.urls import reverse, translate_url
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.citing import Citation, Cite, citation
from cms.components import Badge, Crumb
from cms.navigation import site_address
from cms.templatetags.formats import day, language_name, reader_language
from resolutions.models import Edition
from resolutions.models.texts import InstrumentKind
from resolutions.rules.numbering import cite
from resolutions.rules.structure import Provision, TextTree
from resolutions.selectors import texts as selectors

BOTH = "both"
"""All languages of a text together, in addresses and files."""


def today_of(request: HttpRequest) -> date:
    """The day it is in the network."""
    return timezone.localdate(request.now)  # type: ignore[attr-defined]


def public_instrument(request: HttpRequest, slug: str) -> selectors.InstrumentEditions:
    """A text with at least one published edition. Raises Http404."""
    found = selectors.instrument_editions(slug=slug, on=today_of(request))
    if found is None:
        raise Http404
    return found


def public_edition(found: selectors.InstrumentEditions, number: int) -> Edition:
    """One of its published editions. Raises Http404."""
    for each in found.editions:
        if each.number == number:
            return each
    raise Http404


def titles_of(edition: Edition) -> dict[str, str]:
    """The title by language; prefetch `languages`."""
    return {row.language: row.title for row in edition.languages.all()}


def title_of(edition: Edition, language: str) -> str:
    """The title in one language, else in any."""
    titles = titles_of(edition)
    return titles.get(language) or next(iter(titles.values()), edition.instrument.slug)


def named(edition: Edition) -> str:
    """ "Edition 3"."""
    return _("Edition %(number)d") % {"number": edition.number}


def edition_url(edition: Edition) -> str:
    """The permanent address of an edition."""
    return reverse("cms:edition", args=[edition.instrument.slug, edition.number])


def article_url(edition: Edition, key: str) -> str:
    """The permanent address of a provision of an edition."""
    return reverse("cms:article", args=[edition.instrument.slug, edition.number, key])


def compare_url(old: Edition, new: Edition) -> str:
    """Where two editions of one text are compared."""
    return reverse("cms:compare", args=[new.instrument.slug, old.number, new.number])


def by_reader(trees: Mapping[str, Any]) -> tuple[str, ...]:
    """The languages, the reader's first."""
    return tuple(sorted(trees, key=lambda code: (code != reader_language(), code)))


def notes_on_authenticity(edition: Edition) -> dict[str, str]:
    """What must be said of each language: whether it is authentic."""
    return {
        row.language: _("authentic") if row.authentic else _("translation, not authentic")
        for row in edition.languages.all()
    }


def state_badge_of(edition: Edition, found: selectors.InstrumentEditions) -> Badge:
    """In force, superseded, or not yet in force: as of the day for which `found` was read."""
    if found.in_force is not None and found.in_force.pk == edition.pk:
        binding = found.instrument.kind in (InstrumentKind.BYLAWS, InstrumentKind.RESOLUTION)
        return Badge(_("In force") if binding else _("Adopted"), "adopted")
    if found.in_force is None or edition.number > found.in_force.number:
        return Badge(_("Not yet in force"), "waiting")
    return Badge(_("Superseded"))


def period_words(edition: Edition, found: selectors.InstrumentEditions) -> str:
    """From when to when an edition is in force; the last day is its last."""
    period = found.periods.get(edition.number)
    if period is None:
        return _("never in force: the next edition took its place")
    first = day(period.starts_on)
    if period.ends_on is None:
        return _("in force since %(first)s") % {"first": first}
    last = day(period.ends_on - timedelta(days=1))
    return _("in force from %(first)s to %(last)s") % {"first": first, "last": last}


def text_crumbs(found: selectors.InstrumentEditions, shown: Edition, *steps: Crumb) -> list[Crumb]:
    """The way to a page of a text; the last step has no address."""
    language = reader_language()
    title = title_of(shown, language)
    slug = found.instrument.slug
    return [
        Crumb(_("Bylaws and declarations"), site_address("texts", language)),
        Crumb(title, reverse("cms:text", args=[slug]) if steps else ""),
        *steps,
    ]


def citations_of(trees: Mapping[str, TextTree], key: str) -> dict[str, str]:
    """How a provision is cited, in each language that has it."""
    return {
        language: cite(path, language)
        for language, tree in trees.items()
        if (path := tree.path(key))
    }


def cite_lines(
    request: HttpRequest, *, edition: Edition, articles: Mapping[str, str] | None, path: str
) -> Cite:
    """What one copies to cite an edition, or an article of it (`articles`: by language)."""
    titles = titles_of(edition)
    lines = [
        Citation(
            label=language_name(language),
            lang=language,
            text=citation(
                edition=edition,
                titles=titles,
                language=language,
                article=(articles or {}).get(language, ""),
                address=request.build_absolute_uri(translate_url(path, language)),
            ),
        )
        for language in titles
        if articles is None or language in articles
    ]
    return Cite(
        lines=(
            *sorted(lines, key=lambda line: line.lang != reader_language()),
            Citation(_("Permanent address"), request.build_absolute_uri(path)),
            Citation(_("SHA-256 of the edition"), edition.sha256, css_class="hash"),
        )
    )


@dataclass(frozen=True)
class FileLine:
    """A file of an edition to download."""

    label: str
    languages: str
    size: int
    sha256: str
    url: str


@dataclass(frozen=True)
class FileGroup:
    """The files of one format."""

    label: str
    lines: tuple[FileLine, ...]


FORMATS = {
    "pdf": "PDF",
    "docx": "Word (DOCX)",
    "akn": "Akoma Ntoso (XML)",
    "txt": "",
    "json": "JSON",
}
"""What people call the formats, the ones to read first; plain text has a word of each language."""


def file_groups(edition: Edition) -> list[FileGroup]:
    """The files of an edition by format, the reader's language first. One query."""
    titles = titles_of(edition)
    order = {code: place for place, code in enumerate((*by_reader(titles), BOTH))}
    rows = sorted(
        selectors.edition_files(edition=edition), key=lambda row: order.get(row.language, -1)
    )
    return [
        FileGroup(
            label=format_name(format_),
            lines=tuple(
                FileLine(
                    label=format_name(format_),
                    languages=languages_of_file(row.language, titles),
                    size=row.size,  # type: ignore[attr-defined]
                    sha256=row.sha256,
                    url=file_url(edition, row.language, row.format),
                )
                for row in rows
                if row.format == format_
            ),
        )
        for format_ in FORMATS
        if any(row.format == format_ for row in rows)
    ]


def file_url(edition: Edition, language: str, format_: str) -> str:
    """The permanent address of a file of an edition."""
    name = f"{edition.instrument.slug}-{edition.number}"
    address = [edition.instrument.slug, edition.number, name, language, format_]
    return reverse("cms:edition_file", args=address)


def format_name(format_: str) -> str:
    """What people call a file format."""
    return FORMATS.get(format_, format_) or _("plain text")


def languages_of_file(language: str, languages: Iterable[str]) -> str:
    """Which languages a file holds."""
    if language == BOTH:
        return " · ".join(language_name(code) for code in languages)
    return language_name(language)


def citation_from(paths: Mapping[str, tuple[Provision, ...]], language: str) -> str:
    """The citation of a provision from its paths, in the reader's language where there is one."""
    for code in (language, *paths):
        if code in paths and (cited := cite(paths[code], code)):
            return cited
    return ""
