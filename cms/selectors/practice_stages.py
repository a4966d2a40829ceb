"""In which stage practices are, read from Wagtail's rows; and what stands around one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from wagtail.models import Revision, WorkflowState

from cms.models import Practice, PracticeNote
from cms.models.practice_review import NoteKind
from cms.rules.practice_lifecycle import Stage, stage_of


def stages_of(*, practices: Iterable[Practice]) -> dict[int, Stage]:
    """The stage of each practice by its key, in one query."""
    rows = list(practices)
    states = {}
    if rows:
        active = WorkflowState.objects.active().filter(
            base_content_type=Practice.get_base_content_type(),
            object_id__in=[str(row.pk) for row in rows],
        )
        states = dict(active.values_list("object_id", "status"))
    return {
        row.pk: stage_of(
            live=row.live,
            unpublished_changes=row.has_unpublished_changes,
            workflow=states.get(str(row.pk), ""),
        )
        for row in rows
    }


def stage(*, practice: Practice) -> Stage:
    """The stage of one practice."""
    return stages_of(practices=[practice])[practice.pk]


def draft_of(*, practice: Practice) -> Practice:
    """The newest draft as a practice; what is public where there is no draft."""
    return practice.get_latest_revision_as_object()


def revisions_of(*, practice: Practice) -> list[Revision]:
    """The history, newest first, without the contents."""
    rows = Revision.objects.for_instance(practice).defer("content")
    return list(rows.select_related("user").order_by("-created_at", "-pk"))


@dataclass(frozen=True, slots=True)
class Thread:
    """A note with what was answered to it."""

    note: PracticeNote
    answers: tuple[PracticeNote, ...]

    @property
    def open(self) -> bool:
        """Whether the librarian waits for something."""
        return self.note.kind == NoteKind.COMMENT and self.note.settled_at is None


def threads_of(*, practice: Practice) -> list[Thread]:
    """The exchange about one language version, newest first, answers under what they answer."""
    rows = list(PracticeNote.objects.filter(practice=practice.pk).order_by("written_at", "pk"))
    return [
        Thread(note=row, answers=tuple(each for each in rows if each.answers_id == row.pk))
        for row in reversed(rows)
        if row.answers_id is None
    ]


def open_comments(*, practices: Iterable[Practice]) -> dict[int, int]:
    """How many comments of the office each practice has that are not settled."""
    counts: dict[int, int] = {}
    rows = PracticeNote.objects.filter(
        practice__in=[row.pk for row in practices],
        kind=NoteKind.COMMENT,
        by_office=True,
        settled_at=None,
    )
    for key in rows.values_list("practice_id", flat=True):
        counts[key] = counts.get(key, 0) + 1
    return counts


def with_open_comments(practices: QuerySet[Practice]) -> QuerySet[Any]:
    """The practices, each with `open_comments`, the number that `open_comments` counts."""
    notes = PracticeNote.objects.filter(
        practice=OuterRef("pk"), kind=NoteKind.COMMENT, by_office=True, settled_at=None
    )
    counted = notes.order_by().values("practice").annotate(number=Count("pk")).values("number")
    return practices.annotate(open_comments=Coalesce(Subquery(counted), 0))
