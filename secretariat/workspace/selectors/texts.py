"""What the office sees of texts: drafts, editions, and who changed what when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Prefetch, Q, QuerySet
from reversion.models import Revision

from resolutions.models import Edition, Instrument, Provision, ProvisionText
from resolutions.rules.structure import TextTree
from resolutions.selectors.trees import build_tree


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


def draft_trees(*, instrument: Instrument) -> dict[str, TextTree]:
    """The working draft in each language it has, Korean first. Two queries."""
    rows = list(
        instrument.provisions.filter(removed=False).prefetch_related("texts").order_by("position")
    )
    found = {text.language for row in rows for text in row.texts.all()}
    languages = sorted(found, key=lambda language: (language != "ko", language))
    return {
        language: build_tree(rows=rows, title=instrument.title_in(language), language=language)
        for language in languages
    }


def provision_of_draft(*, instrument: Instrument, key: str) -> Provision | None:
    """A provision of the draft with its words in every language, or None."""
    return instrument.provisions.filter(key=key, removed=False).prefetch_related("texts").first()


@dataclass(frozen=True, slots=True)
class DraftChange:
    """One revision of a draft: when, who ("" for the platform), why, how many texts it holds."""

    at: datetime
    who: str
    reason: str
    texts: int


def draft_history(*, instrument: Instrument, limit: int = 50) -> list[DraftChange]:
    """The revisions of a draft, latest first. One query."""
    prefix = f"{instrument.chain} "
    words = Q(version__content_type=ContentType.objects.get_for_model(ProvisionText))
    revisions = (
        Revision.objects.filter(comment__startswith=prefix)
        .select_related("user")
        .annotate(changed=Count("version", filter=words))
        .order_by("-date_created", "-pk")
    )
    return [
        DraftChange(
            at=revision.date_created,
            who=str(revision.user) if revision.user else "",
            reason=revision.comment.removeprefix(prefix),
            texts=revision.changed,
        )
        for revision in revisions[:limit]
    ]
