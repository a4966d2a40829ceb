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
from cms.models.practice_review import (
    LibrarianReview,
    PracticeBuffer,
    PracticeFile,
    PracticeNote,
)
from cms.models.practices import (
    InstrumentType,
    Pillar,
    Practice,
    PracticeStatus,
    Sector,
    TargetGroup,
)

__all__ = [
    "ForumIndexPage",
    "ForumPage",
    "HomePage",
    "InstrumentType",
    "LibrarianReview",
    "NewsIndexPage",
    "NewsPage",
    "Pillar",
    "Practice",
    "PracticeBuffer",
    "PracticeFile",
    "PracticeNote",
    "PracticeStatus",
    "Sector",
    "SitePage",
    "StandardPage",
    "TargetGroup",
]
