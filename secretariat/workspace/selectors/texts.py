"""What the office sees of texts: drafts and editions."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from resolutions.models import Edition, Instrument


def instruments_for_office() -> QuerySet[Instrument]:
    """Every text with its titles and editions, by kind and address name."""
    editions = Edition.objects.select_related("publication").order_by("number")
    return Instrument.objects.prefetch_related(
        "wordings", Prefetch("editions", queryset=editions)
    ).order_by("kind", "slug")


def instrument_for_office(*, slug: str) -> Instrument | None:
    """One text, or None."""
    return (
        instruments_for_office()
        .prefetch_related("draft_rules", "votes__wordings", "votes__result")
        .filter(slug=slug)
        .first()
    )
