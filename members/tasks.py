"""Work that nobody waits for in a request."""

from __future__ import annotations

from django_tasks import task

from members.models import MemberImport
from members.models.imports import ImportState
from members.services.imports import read_import
from secretariat.kernel import clock
from secretariat.kernel.policy import SYSTEM


@task()
def read_waiting_import(import_id: int) -> None:
    """Read a file that the office brought; nothing to do where it was thrown away meanwhile."""
    waiting = MemberImport.objects.filter(pk=import_id, state=ImportState.WAITING, rows_read=0)
    found = waiting.first()
    if found is not None:
        read_import(member_import=found, actor=SYSTEM, now=clock.now())
