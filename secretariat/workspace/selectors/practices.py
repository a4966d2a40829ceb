"""A city's practices as its desk lists them: each with its language versions side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db.models import CharField, Exists, F, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Cast, Coalesce
from wagtail.models import WorkflowState

from cms.models import Practice
from cms.rules.practice_lifecycle import Stage
from cms.selectors.practice_stages import stages_of, with_open_comments
from members.models import City

STAGES: Final = tuple(Stage)
_SHOWN: Final = (
    "pk",
    "external_id",
    "slug",
    "title",
    "live",
    "has_unpublished_changes",
    "last_published_at",
    "locale__language_code",
    "latest_revision__created_at",
)


@dataclass(frozen=True, slots=True)
class Version:
    """One language version: the newest draft's title, its stage, what the librarian waits for."""

    practice: Practice
    language: str
    title: str
    stage: Stage
    changed_at: datetime | None
    comments: int = 0


@dataclass(frozen=True, slots=True)
class Listed:
    """A practice in all its languages."""

    slug: str
    versions: dict[str, Version] = field(default_factory=dict)

    def title_in(self, language: str) -> tuple[str, str]:
        """The title in a language, else in another, and which it is."""
        shown = self.versions.get(language) or next(iter(self.versions.values()))
        return shown.title, shown.language


def practices_of(*, city: City, search: str = "", stage: str = "") -> QuerySet[Practice, Any]:
    """The identifiers of a city's practices, newest first: `{"external_id", "last"}`."""
    rows = Practice.objects.filter(city=city)
    if search:
        rows = rows.filter(
            Q(title__icontains=search) | Q(latest_revision__object_str__icontains=search)
        )
    if stage in STAGES:
        rows = _in_stage(rows, Stage(stage))
    newest = Max(Coalesce("latest_revision__created_at", "last_published_at"))
    return (
        rows.values("external_id")
        .annotate(last=newest)
        .order_by(F("last").desc(nulls_last=True), "external_id")
    )


def listed(*, city: City, identifiers: Sequence[str]) -> list[Listed]:
    """These practices with their versions, in this order; two queries for any number."""
    rows = list(
        with_open_comments(Practice.objects.filter(city=city, external_id__in=identifiers))
        .select_related("locale", "latest_revision")
        .only(*_SHOWN, "latest_revision__object_str")
        .order_by("locale__language_code")
    )
    stages = stages_of(practices=rows)
    found: dict[str, Listed] = {}
    for row in rows:
        draft = row.latest_revision
        version = Version(
            practice=row,
            language=row.language,
            title=draft.object_str if draft else row.title,
            stage=stages[row.pk],
            changed_at=draft.created_at if draft else row.last_published_at,
            comments=row.open_comments,
        )
        found.setdefault(row.external_id, Listed(row.slug)).versions[row.language] = version
    return [found[name] for name in identifiers if name in found]


def versions_at(*, city: City, slug: str) -> dict[str, Practice]:
    """The language versions of the city's practice at an address name; empty where none is."""
    rows = Practice.objects.filter(city=city, slug=slug).select_related(
        "locale", "city", "latest_revision"
    )
    return {row.language: row for row in rows.prefetch_related("city__name_rows")}


def _in_stage(rows: QuerySet[Practice], stage: Stage) -> QuerySet[Practice]:
    def under(*statuses: str) -> Exists:
        return Exists(
            WorkflowState.objects.filter(
                base_content_type=Practice.get_base_content_type(),
                object_id=Cast(OuterRef("pk"), CharField()),
                status__in=statuses,
            )
        )

    if stage == Stage.IN_REVIEW:
        return rows.filter(under(WorkflowState.STATUS_IN_PROGRESS))
    if stage == Stage.RETURNED:
        return rows.filter(under(WorkflowState.STATUS_NEEDS_CHANGES))
    settled = Q(live=True, has_unpublished_changes=False)
    active = under(WorkflowState.STATUS_IN_PROGRESS, WorkflowState.STATUS_NEEDS_CHANGES)
    return rows.filter(settled if stage == Stage.PUBLISHED else ~settled).exclude(active)
