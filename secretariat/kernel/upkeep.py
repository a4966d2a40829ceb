"""What of the machinery falls due by time: announcements not delivered, what tasks left behind."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_tasks_db.models import DBTaskResult

from secretariat.kernel.due import falls_due
from secretariat.kernel.models import OutboxMessage
from secretariat.kernel.tasks import deliver_message

FIRST_PAUSE: Final = timedelta(minutes=5)
MOST_ATTEMPTS: Final = 8
"""The pause doubles with every attempt: the last one is made within eleven hours."""

KEPT: Final = timedelta(days=14)


@falls_due("announcements", label=_("Deliver again what could not be delivered"), every=FIRST_PAUSE)
def deliver_again(now: datetime) -> dict[str, int]:
    """Deliver announcements that failed, or whose task was lost; later with each attempt."""
    late = Q()
    for attempts in range(MOST_ATTEMPTS):
        late |= Q(attempts=attempts, created_at__lte=now - FIRST_PAUSE * 2**attempts)
    waiting = list(
        OutboxMessage.objects.filter(late, delivered_at=None)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    for key in waiting:
        deliver_message.call(key)
    failed = OutboxMessage.objects.filter(pk__in=waiting, delivered_at=None).count()
    return {"delivered": len(waiting) - failed, "failed": failed}


@falls_due("task_results", label=_("Clear away what finished tasks left"), every=timedelta(days=1))
def clear_task_results(now: datetime) -> dict[str, int]:
    """Results of tasks that ended two weeks ago are read by nobody."""
    ended = DBTaskResult.objects.finished().filter(finished_at__lte=now - KEPT)
    return {"results": ended.delete()[0]}
