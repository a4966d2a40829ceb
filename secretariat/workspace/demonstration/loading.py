"""Loading the demonstration: the network, its site, and the assembly up to 14:40.

`load` fills an empty database; `start_again` empties the running one first. The clock is
set to 14:40 on 12 December 2018, in the middle of the second round, three seats still to
vote.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from members.models import PrivateFile
from members.models.files import private_storage
from resolutions.services.edition_files import register_missing
from search.indexing import rebuild_index
from secretariat.kernel import clock
from secretariat.kernel.errors import WrongState
from secretariat.kernel.models import AuditEntry, Network, OutboxMessage
from secretariat.workspace.demonstration.content import publish_content
from secretariat.workspace.demonstration.membership import fill_the_register
from secretariat.workspace.demonstration.replay import RoundTable
from secretariat.workspace.demonstration.source import moment_of

CONTENT_AT = moment_of("2018-12-10T09:00:00+09:00")


def load(*, told: Callable[[datetime, str], None] | None = None) -> None:
    """Fill an empty database with the demonstration, in one transaction, and index it."""
    with transaction.atomic():
        _fill(told)
    _index()


def start_again() -> None:
    """Empty the demonstration's database and load it anew. Refused for a real network."""
    if Network.objects.filter(pk=1, demonstration=False).exists():
        raise WrongState(_("This database serves a real network; it is not emptied."))
    files = list(PrivateFile.objects.values_list("stored", flat=True))
    with transaction.atomic():
        _empty()
        _fill(None)
    for name in files:
        private_storage().delete(name)
    clock.forget()
    _index()


def resume_clock() -> None:
    """Let the clock go on from the last recorded act: while nobody serves, it stands still."""
    last = AuditEntry.objects.order_by("-occurred_at").values_list("occurred_at", flat=True).first()
    shows = max(last or clock.DEMONSTRATION_STARTS_AT, clock.DEMONSTRATION_STARTS_AT)
    clock.set_demonstration_clock(shows=shows)


def _fill(told: Callable[[datetime, str], None] | None) -> None:
    """The network, its site, and the day up to 14:40."""
    table = RoundTable()
    table.play(until=CONTENT_AT, told=told)
    publish_content(
        librarian=table.people.officers["librarian"],
        editor=table.people.officers["secretary_general"],
        now=CONTENT_AT,
    )
    fill_the_register(
        registrar=table.people.officers["registrar"],
        second=table.people.officers["returning_officer"],
        now=CONTENT_AT,
    )
    table.play(since=CONTENT_AT, until=clock.DEMONSTRATION_STARTS_AT, told=told)
    register_missing(now=clock.DEMONSTRATION_STARTS_AT)
    clock.set_demonstration_clock(shows=clock.DEMONSTRATION_STARTS_AT)


def _index() -> None:
    """Index everything; nothing that was announced on the way is left to tell."""
    rebuild_index()
    OutboxMessage.objects.filter(delivered_at=None).update(delivered_at=Now())


def _empty() -> None:
    """Remove every row but the schema's own bookkeeping; sequences begin anew."""
    kept = {"django_migrations", "django_content_type", "auth_permission"}
    tables = [
        table
        for table in connection.introspection.django_table_names(only_existing=True)
        if table not in kept
    ]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            names = ", ".join(connection.ops.quote_name(table) for table in tables)
            cursor.execute(f"TRUNCATE {names} RESTART IDENTITY")
            return
        cursor.execute("PRAGMA defer_foreign_keys = ON")
        for table in tables:
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")  # noqa: S608
        for statement in connection.ops.sequence_reset_by_name_sql(
            no_style(), [{"table": table, "column": "id"} for table in tables]
        ):
            cursor.execute(statement)
