"""What the public reads of the pages written in Wagtail."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from cms.models import ForumPage, NewsPage


def latest_news(*, language: str, now: datetime) -> Any:
    """The news of one language that is public by `now`, latest first."""
    return (
        NewsPage.objects.live()
        .public()
        .filter(locale__language_code=language, published_at__lte=now)
        .select_related("locale")
        .order_by("-published_at", "-pk")
    )


def latest_forums(*, language: str, limit: int) -> list[ForumPage]:
    """The forums in one language, latest first, without their programmes."""
    return list(
        ForumPage.objects.live()
        .public()
        .filter(locale__language_code=language)
        .select_related("locale")
        .defer("programme", "body")
        .order_by("-starts_on")[:limit]
    )
