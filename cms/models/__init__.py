"""The public site's own content: pages and practices."""

from cms.models.pages import (
    ForumIndexPage,
    ForumPage,
    HomePage,
    NewsIndexPage,
    NewsPage,
    SitePage,
    StandardPage,
)
from cms.models.practices import InstrumentType, Pillar, Practice

__all__ = [
    "ForumIndexPage",
    "ForumPage",
    "HomePage",
    "InstrumentType",
    "NewsIndexPage",
    "NewsPage",
    "Pillar",
    "Practice",
    "SitePage",
    "StandardPage",
]
