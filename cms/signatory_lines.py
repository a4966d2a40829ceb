"""The one line of a text's page that says who stands behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from cms.components import Badge
from cms.signatory_pages import behind_words, signing_badge
from resolutions.models import Edition
from resolutions.rules.declaration_lifecycle import SIGNABLE
from resolutions.selectors.signatures import signatories_of


@dataclass(frozen=True, slots=True)
class SignatoriesLine:
    """Words, where the signing stands, and where everybody is listed."""

    words: str
    badge: Badge
    url: str


def signatories_line(edition: Edition, *, on: date) -> SignatoriesLine | None:
    """ "6 cities and 1 partner body stand behind it", or None for a text that is not signed."""
    if edition.instrument.kind not in SIGNABLE:
        return None
    found = signatories_of(instrument=edition.instrument, on=on, edition=edition.number)
    if found is None:
        return None
    words = _("Nobody stands behind it yet")
    if found.behind:
        words = behind_words(found)
    address = reverse("cms:signatories", args=[edition.instrument.slug])
    asked = urlencode({"on": on.isoformat(), "edition": edition.number})
    return SignatoriesLine(words, signing_badge(found.shown), f"{address}?{asked}")
