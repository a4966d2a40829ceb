"""Bringing in cities and contacts from a table: staged, shown, then written whole or not at all.

Reading writes staged rows only, in small batches, so that nobody waits for it. Applying locks
the cities concerned, refuses where anything was done to a city since the preview was begun,
and writes in bulk within seconds, with one audit entry that carries the file's digest.
"""

from __future__ import annotations

import hashlib
import itertools
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import Any, BinaryIO, Final, cast

from django.core.files import File
from django.db import IntegrityError
from django.db.models import Max, Q
from django.utils.translation import gettext_lazy as _

from members.models import City, CityContact, CityName, ImportRow, MemberImport, Membership
from members.models.imports import Fate, ImportState
from members.policies import OfficeAction, office_policy
from members.rules.import_lifecycle import IMPORT_LIFECYCLE, ImportAction, Preview
from members.rules.member_table import read_row
from members.services.import_fates import Staging
from members.tables.reading import read_table
from secretariat.kernel.audit import act, canonical_json, sha256
from secretariat.kernel.errors import Conflict, InvalidInput, WrongState
from secretariat.kernel.models import AuditEntry
from secretariat.kernel.outbox import announce
from secretariat.kernel.transitions import TransitionRefused

CHAIN: Final = "office"
TOPIC: Final = "members.imported"
"""Announced for every thousand cities that an import wrote: `{"cities": [address name]}`."""

STAGED_AT_ONCE: Final = 500
WRITTEN_AT_ONCE: Final = 1_000
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
    _clear_away(now)
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
                    "sha256": written.digest(),
                },
            )
            for slugs in _batches(written.touched, WRITTEN_AT_ONCE):
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


def _clear_away(now: datetime) -> None:
    """Previews that nobody confirmed hold people's addresses: they go after a week."""
    for old in MemberImport.objects.filter(ended_at=None, opened_at__lt=now - KEPT):
        _discard(old, now)


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
    """What applying writes, read back from the staged rows in batches."""

    def __init__(self, member_import: MemberImport, now: datetime) -> None:
        self.rows = member_import.rows.order_by()
        self.now = now
        self.keys: dict[str, int] = {}
        self.touched: dict[str, None] = {}
        self.sealed = hashlib.sha256()

    def everything(self) -> None:
        self._cities(Fate.NEW)
        self._cities(Fate.CHANGED)
        self._contacts()

    def digest(self) -> str:
        """Over everything that was written, without names or addresses to be read in it."""
        return self.sealed.hexdigest()

    def _plans(self, **which: str) -> Iterator[list[tuple[str, dict[str, Any]]]]:
        rows = self.rows.filter(**which).order_by("line").values_list("slug", "plan")
        for batch in _batches(rows.iterator(chunk_size=WRITTEN_AT_ONCE), WRITTEN_AT_ONCE):
            for slug, plan in batch:
                self.touched[slug] = None
                self.sealed.update(sha256(canonical_json(plan)).encode())
            yield batch

    def _cities(self, fate: Fate) -> None:
        for batch in self._plans(city_fate=fate):
            cities = [City(slug=slug, **plan["city"]) for slug, plan in batch]
            if fate == Fate.NEW:
                City.objects.bulk_create(cities)
                self.keys.update((city.slug, city.pk) for city in cities)
            else:
                City.objects.bulk_create(
                    cities,
                    update_conflicts=True,
                    unique_fields=["slug"],
                    update_fields=list(CITY_FIELDS),
                )
            CityName.objects.bulk_create(
                [
                    CityName(
                        city_id=plan["key"] or self.keys[slug],
                        language=language,
                        name=name,
                        description=description,
                    )
                    for slug, plan in batch
                    for language, name, description in plan["names"]
                ],
                update_conflicts=True,
                unique_fields=["city", "language"],
                update_fields=["name", "description"],
            )
            Membership.objects.bulk_create(
                Membership(city_id=self.keys[slug], **plan["membership"])
                for slug, plan in batch
                if plan["membership"]
            )

    def _contacts(self) -> None:
        for fate in (Fate.CHANGED, Fate.NEW):
            for batch in self._plans(contact_fate=fate):
                ending = [plan["replaces"] for _slug, plan in batch if plan["replaces"]]
                CityContact.objects.filter(pk__in=ending).update(ends_at=self.now)
                CityContact.objects.bulk_create(
                    CityContact(
                        city_id=plan["key"] or self.keys[slug],
                        starts_at=self.now,
                        **plan["contact"],
                    )
                    for slug, plan in batch
                )
