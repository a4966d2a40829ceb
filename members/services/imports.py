"""Bringing in cities and contacts from a table: staged, shown, then written whole or not at all.

Reading writes staged rows only, in small batches, so that nobody waits for it. Applying locks
the cities concerned, refuses where anything was done to a city since the preview was begun,
and writes in bulk within seconds, with one audit entry that carries the file's digest.
"""

from __future__ import annotations

import hashlib
import itertools
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import Any, BinaryIO, Final, cast

from django.core.files import File
from django.db import IntegrityError, connection
from django.db.models import (
    BigIntegerField,
    DateTimeField,
    F,
    Field,
    Max,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from members.models import City, CityContact, CityName, ImportRow, MemberImport, Membership
from members.models.imports import Fate, ImportState
from members.policies import OfficeAction, office_policy
from members.rules.import_lifecycle import IMPORT_LIFECYCLE, ImportAction, Preview
from members.rules.member_table import read_row
from members.services.import_fates import Staging
from members.tables.reading import read_table
from secretariat.kernel.audit import act
from secretariat.kernel.errors import Conflict, InvalidInput, WrongState
from secretariat.kernel.models import LANGUAGES, AuditEntry
from secretariat.kernel.outbox import announce
from secretariat.kernel.transitions import TransitionRefused

CHAIN: Final = "office"
TOPIC: Final = "members.imported"
"""Announced for every thousand cities that an import wrote: `{"cities": [address name]}`."""

STAGED_AT_ONCE: Final = 500
TOLD_AT_ONCE: Final = 1_000
KEPT: Final = timedelta(days=7)
"""How long a preview waits that nobody confirms."""

TOUCHING: Final = (
    Q(action__startswith="city.")
    | Q(action__startswith="membership.")
    | Q(action__startswith="contacts.")
    | Q(action=TOPIC)
)
"""The acts that change what an import compares itself with."""

CITY_FIELDS: Final = (
    "code",
    "body",
    "country",
    "region",
    "latitude",
    "longitude",
    "population",
    "website",
)
Told = Callable[[int], None]


def open_import(*, file: BinaryIO, name: str, actor: Any, now: datetime) -> MemberImport:
    """Take in a file to be read; nothing is said about it yet."""
    office_policy.require(actor, OfficeAction.KEEP_CITIES, now)
    clear_away_previews(now=now)
    digest = hashlib.sha256()
    file.seek(0)
    while chunk := file.read(1 << 20):
        digest.update(chunk)
    size = file.tell()
    file.seek(0)
    plain = unicodedata.normalize("NFC", PurePath(name.replace("\\", "/")).name)
    member_import = MemberImport(
        name="".join(sign for sign in plain if sign.isprintable())[-255:] or "table",
        sha256=digest.hexdigest(),
        size=size,
        opened_by=actor if getattr(actor, "pk", None) else None,
        opened_at=now,
    )
    member_import.stored.save("table", File(file), save=False)
    member_import.save(force_insert=True)
    return member_import


def read_import(
    *, member_import: MemberImport, actor: Any, now: datetime, told: Told = lambda _rows: None
) -> MemberImport:
    """Read the file into staged rows, each with its fate. An unusable file is said to be so.

    Raises NotAllowed, WrongState (read already). `told` is called after each batch.
    """
    office_policy.require(actor, OfficeAction.KEEP_CITIES, now)
    _step(member_import, ImportAction.READ)
    member_import.watermark = AuditEntry.objects.aggregate(last=Max("pk"))["last"] or 0
    member_import.save(update_fields=["watermark"])
    staging = Staging(now=now)
    rows = 0
    try:
        with (
            member_import.stored.open("rb") as stored,
            read_table(cast("BinaryIO", stored.file)) as table,
        ):
            for batch in _batches(table.cells(), STAGED_AT_ONCE):
                staged = staging.take(read_row(line, cells) for line, cells in batch)
                for row in staged:
                    row.member_import = member_import
                ImportRow.objects.bulk_create(staged)
                rows += len(staged)
                MemberImport.objects.filter(pk=member_import.pk).update(rows_read=rows)
                told(rows)
            notes = {
                "unknown": list(table.unknown),
                "encoding": table.encoding,
                "sheets": list(table.sheets),
            }
            if not rows:
                raise InvalidInput(_("Below the headings there are no rows."), code="no_rows")
    except InvalidInput as refusal:
        drop_rows(member_import=member_import)
        notes, state = dict(refusal.as_json()), ImportState.UNREADABLE
    else:
        state = ImportState.READY
    read = MemberImport.objects.filter(pk=member_import.pk, state=ImportState.WAITING)
    if not read.update(state=state, counts=staging.counts(), notes=notes, rows_read=rows):
        drop_rows(member_import=member_import)  # thrown away meanwhile
    _drop_file(member_import)
    member_import.refresh_from_db()
    return member_import


def apply_import(
    *,
    member_import: MemberImport,
    digest: str,
    actor: Any,
    now: datetime,
    keep_rows: bool = False,
) -> MemberImport:
    """Write what the preview showed: every row, in one transaction with one audit entry.

    `digest` is that of the file whose preview was confirmed. The staged rows go after it, unless
    the caller still tells of them (`keep_rows`) and drops them then. Raises NotAllowed, WrongState
    (rows are refused, nothing to write, written already), Conflict ("stale": a city changed
    since the preview was begun, so it has to be shown anew).
    """
    authority = office_policy.require(actor, OfficeAction.KEEP_CITIES, now)
    try:
        with act(authority, now) as record:
            found = MemberImport.objects.select_for_update().get(pk=member_import.pk)
            _step(found, ImportAction.APPLY)
            if digest != found.sha256:
                raise Conflict(_STALE, code="stale", where=found.name)
            _lock_cities(found)
            if AuditEntry.objects.filter(TOUCHING, pk__gt=found.watermark).exists():
                raise Conflict(_STALE, code="stale", where=found.name)
            written = _Writing(found, now)
            written.everything()
            found.state, found.ended_at = ImportState.APPLIED, now
            found.save(update_fields=["state", "ended_at"])
            record(
                CHAIN,
                TOPIC,
                {
                    "file": found.sha256,
                    "rows": found.rows_read,
                    "cities": found.counts["cities"],
                    "contacts": found.counts["contacts"],
                },
            )
            for slugs in _batches(written.touched(), TOLD_AT_ONCE):
                announce(TOPIC, cities=slugs)
    except IntegrityError as problem:
        raise Conflict(_STALE, code="stale", where=member_import.name) from problem
    if not keep_rows:
        drop_rows(member_import=found)
    return found


_STALE: Final = _("Cities were changed since this preview was made. Read the file again.")


def discard_import(*, member_import: MemberImport, actor: Any, now: datetime) -> MemberImport:
    """Throw a preview away, with its rows and its copy of the file."""
    office_policy.require(actor, OfficeAction.KEEP_CITIES, now)
    _step(member_import, ImportAction.DISCARD)
    _discard(member_import, now)
    return member_import


def _discard(member_import: MemberImport, now: datetime) -> None:
    open_states = (ImportState.WAITING, ImportState.READY, ImportState.UNREADABLE)
    waiting = MemberImport.objects.filter(pk=member_import.pk, state__in=open_states)
    if waiting.update(state=ImportState.DISCARDED, ended_at=now):
        drop_rows(member_import=member_import)
        _drop_file(member_import)
    member_import.refresh_from_db()


def clear_away_previews(*, now: datetime) -> int:
    """Previews that nobody confirmed hold people's addresses: they go after a week. How many."""
    left_lying = list(MemberImport.objects.filter(ended_at=None, opened_at__lt=now - KEPT))
    for old in left_lying:
        _discard(old, now)
    return len(left_lying)


def _step(member_import: MemberImport, action: ImportAction) -> None:
    facts = Preview(refused=member_import.refused, to_write=member_import.to_write)
    try:
        IMPORT_LIFECYCLE.step(member_import.state, action, facts)
    except TransitionRefused as refusal:
        raise WrongState(
            _SAID.get(refusal.code, _SAID["not_in_this_state"]),
            code=refusal.code,
            where=member_import.name,
        ) from refusal


_SAID: Final = {
    "not_in_this_state": _("This import has ended, or is not read yet. Look at its page."),
    "rows_refused": _("Rows are refused. Correct them in the file, and read it again."),
    "nothing_to_write": _("The table says nothing new. There is nothing to write."),
}


def drop_rows(*, member_import: MemberImport) -> None:
    """Staged rows are nobody's record: they go at once, without a signal for each."""
    rows = ImportRow.objects.filter(member_import=member_import)
    rows._raw_delete(rows.db)


def _drop_file(member_import: MemberImport) -> None:
    if member_import.stored:
        member_import.stored.delete(save=False)
        MemberImport.objects.filter(pk=member_import.pk).update(stored="")


def _lock_cities(member_import: MemberImport) -> None:
    """Every city that the import writes to, in the order in which everybody locks."""
    touched = member_import.rows.filter(fate__in=(Fate.NEW, Fate.CHANGED)).values("slug")
    rows = City.objects.select_for_update().filter(slug__in=touched).order_by("pk")
    for _key in rows.values_list("pk", flat=True).iterator():
        pass


def _batches(things: Iterable[Any], size: int) -> Iterator[list[Any]]:
    rest = iter(things)
    while batch := list(itertools.islice(rest, size)):
        yield batch


class _Writing:
    """What applying writes, from the staged rows into the register within the database itself.

    One statement for each table: a hundred thousand rows are there within a second or two, and
    none of them passes through this process.
    """

    def __init__(self, member_import: MemberImport, now: datetime) -> None:
        self.rows = member_import.rows.order_by()
        self.now = now

    def everything(self) -> None:
        for fate in (Fate.NEW, Fate.CHANGED):
            self._cities(self.rows.filter(city_fate=fate))
        self._memberships(self.rows.filter(city_fate=Fate.NEW))
        for fate in (Fate.CHANGED, Fate.NEW):
            self._contacts(self.rows.filter(contact_fate=fate))

    def touched(self) -> Iterator[str]:
        """The address names of the cities that were written to, each once."""
        rows = self.rows.filter(fate__in=(Fate.NEW, Fate.CHANGED)).order_by("slug")
        return rows.values_list("slug", flat=True).distinct().iterator()

    def _cities(self, rows: QuerySet[ImportRow]) -> None:
        fields = {name: said("city", name, City) for name in CITY_FIELDS}
        insert_from(City, rows, {"slug": F("slug"), **fields}, known_by=("slug",))
        for language, _name in LANGUAGES:
            named = rows.filter(plan__names__has_key=language)
            columns = {
                "city_id": CITY_OF_ROW,
                "language": Value(language),
                "name": KT(f"plan__names__{language}__name"),
                "description": KT(f"plan__names__{language}__description"),
            }
            insert_from(CityName, named, columns, known_by=("city_id", "language"))

    def _memberships(self, rows: QuerySet[ImportRow]) -> None:
        rows = rows.filter(plan__has_key="membership")
        fields = ("kind", "starts_on", "decision")
        columns = {name: said("membership", name, Membership) for name in fields}
        insert_from(Membership, rows, {"city_id": CITY_OF_ROW, **columns})

    def _contacts(self, rows: QuerySet[ImportRow]) -> None:
        replaced = rows.filter(plan__has_key="replaces")
        keys = replaced.values_list(Cast(KT("plan__replaces"), BigIntegerField()))
        CityContact.objects.filter(pk__in=keys).update(ends_at=self.now)
        fields = ("name", "position", "email", "phone", "language", "place")
        columns = {name: said("contact", name, CityContact) for name in fields}
        starts_at = Value(self.now, output_field=DateTimeField())
        insert_from(CityContact, rows, {"city_id": CITY_OF_ROW, "starts_at": starts_at, **columns})


CITY_OF_ROW: Final = Subquery(City.objects.filter(slug=OuterRef("slug")).values("pk")[:1])


def said(part: str, name: str, model: type[Model]) -> Any:
    """What a row's plan says for a column of `model`; nothing where the plan has no such key."""
    return Cast(KT(f"plan__{part}__{name}"), cast("Field[Any, Any]", model._meta.get_field(name)))


def insert_from(
    model: type[Model],
    rows: QuerySet[ImportRow],
    columns: Mapping[str, Any],
    *,
    known_by: tuple[str, ...] = (),
) -> None:
    """INSERT … SELECT: a row of `model` for each of `rows`; one that is `known_by` is brought up.

    The SELECT is Django's own for each database; columns that are not named take their default.
    """
    chosen = dict(columns)
    for field in model._meta.concrete_fields:
        if str(field.column) not in chosen and not field.primary_key:
            chosen[str(field.column)] = Value(field.get_default(), output_field=field)
    names = {f"_{column}": expression for column, expression in chosen.items()}
    select = rows.annotate(**names).values_list(*names)
    sql, parameters = select.query.sql_with_params()
    quote = connection.ops.quote_name
    into = ", ".join(quote(column) for column in chosen)
    statement = f"INSERT INTO {quote(model._meta.db_table)} ({into}) {sql}"
    if known_by:
        bring = ", ".join(
            f"{quote(column)} = excluded.{quote(column)}"
            for column in columns
            if column not in known_by
        )
        places = ", ".join(quote(column) for column in known_by)
        statement += f" ON CONFLICT ({places}) DO UPDATE SET {bring}"
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
