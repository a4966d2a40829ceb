"""Who stands behind a declaration on any day: seats, map, list, CSV."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cms import editions as words
from cms import signatory_pages as pages
from cms.by_letter import badges
from cms.components import Crumb, EmptyState
from cms.date_control import DateControl, asked_day
from cms.templatetags.formats import reader_language
from members.selectors.letters import letters_under
from resolutions.rules.declaration_lifecycle import SIGNABLE
from resolutions.selectors import texts as selectors
from resolutions.selectors.signatures import Signatories, signatories_of
from secretariat.kernel.access import Access, access


@access(Access.PUBLIC)
@require_safe
def signatories(request: HttpRequest, slug: str) -> HttpResponse:
    """Who stands behind an edition on a day; `?on=` the day, `?edition=` its number."""
    text = _declaration(request, slug)
    control = asked_day(request, action=reverse("cms:signatories", args=[slug]))
    found = _found(request, text, control)
    language = reader_language()
    context: dict[str, Any] = {
        "instrument": text.instrument,
        "title": words.title_of(found.shown.edition if found else text.shown, language),
        "text_url": reverse("cms:text", args=[slug]),
        "control": control,
        "found": found,
        "crumbs": words.text_crumbs(text, text.shown, Crumb(_("Signatories"))),
        "empty": EmptyState(
            title=_("Not open for signature yet"),
            text=_("Who stands behind this text is shown here once the office opens an edition."),
            url=reverse("cms:text", args=[slug]),
            link=_("Read the text"),
        ),
    }
    if found is not None:
        context |= _shown(found)
    return render(request, "cms/public/signatories.html", context)


@access(Access.PUBLIC)
@require_safe
def signatories_csv(request: HttpRequest, slug: str) -> StreamingHttpResponse:
    """The list of the page as a table; the same parameters."""
    text = _declaration(request, slug)
    found = _found(request, text, asked_day(request))
    if found is None:
        raise Http404
    letters = letters_under(prefix=f"signing:{slug}/{found.shown.edition.number}/")

    def letter_of(subject: str) -> str:
        letter = letters.get(subject)
        return letter.written_on.isoformat() if letter is not None else ""

    name = f"{slug}-{found.shown.edition.number}-{found.on.isoformat()}.csv"
    return StreamingHttpResponse(
        list(pages.csv_lines(found, letter_of=letter_of)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _declaration(request: HttpRequest, slug: str) -> selectors.InstrumentEditions:
    """A public text of a kind that is signed. Raises Http404."""
    found = words.public_instrument(request, slug)
    if found.instrument.kind not in SIGNABLE:
        raise Http404
    return found


def _found(
    request: HttpRequest, text: selectors.InstrumentEditions, control: DateControl
) -> Signatories | None:
    """The signatories asked for; Http404 for an edition that never was open for signature."""
    asked = request.GET.get("edition", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else None
    found = signatories_of(instrument=text.instrument, on=control.day, edition=number)
    if found is None and number is not None:
        raise Http404
    return found


def _shown(found: Signatories) -> dict[str, Any]:
    edition = found.shown.edition
    slug = edition.instrument.slug
    trees = selectors.edition_trees(edition=edition) if pages.reserved_keys(found) else {}
    paths = {
        key: {language: tree.path(key) for language, tree in trees.items()}
        for key in pages.reserved_keys(found)
    }
    asked = urlencode({"on": found.on.isoformat(), "edition": edition.number})
    return {
        "edition": edition,
        "edition_url": words.edition_url(edition),
        "badge": pages.signing_badge(found.shown),
        "lines": pages.lines_of(
            found, paths=paths, marks=badges(letters_under(prefix=f"signing:{slug}/"))
        ),
        "behind": pages.behind_words(found),
        "field": pages.signatory_field(found),
        "map": pages.signatory_map(found),
        "editions": [
            (each.edition.number, words.named(each.edition), pages.signing_badge(each).text)
            for each in found.editions
        ],
        "nobody": EmptyState(
            title=_("Nobody stands behind this edition on that day"),
            text=_("Choose a later day, or another edition."),
        ),
        "csv_url": f"{reverse('cms:signatories_csv', args=[slug])}?{asked}",
        "chain": f"signing:{slug}/{edition.number}",
    }
