"""The audit chain: every act sealed, every tampering found and named."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from io import StringIO
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import F, Model
from django.utils import translation

from secretariat.kernel import audit
from secretariat.kernel.models import AuditEntry, ChainHead, LedgerLine
from secretariat.kernel.policy import SYSTEM, Authority

pytestmark = pytest.mark.django_db

PERSON = UUID("11111111-1111-4111-8111-111111111111")
DELEGATE = Authority(person=PERSON, role="head", city="seoul")


class Unwell(Exception):
    """Something goes wrong in the middle of an act."""


@pytest.fixture
def three_acts(now: datetime) -> None:
    """Two chains: thing:a with two entries, city:b with one."""
    with audit.act(SYSTEM.authority, now) as record:
        record("thing:a", "vote.opened", {"seats": 20, "rules": {"quorum": "1/2"}})
    with audit.act(DELEGATE, now + timedelta(minutes=1)) as record:
        record("thing:a", "vote.cast", {"choice": "for"})
        record("city:b", "city.renamed", {"names": {"ko": "빈"}})


def codes() -> set[tuple[str, str]]:
    return {(finding.code, finding.where) for finding in audit.verify()}


@pytest.mark.django_db(transaction=True)
def test_an_act_that_begins_on_commit_is_one_of_its_own(now: datetime) -> None:
    """Tasks that run at once begin while the first act's transaction is being left."""

    def follow() -> None:
        with audit.act(SYSTEM.authority, now) as record:
            record("thing:a", "files.made", {})

    with audit.act(DELEGATE, now) as record:
        record("thing:a", "thing.published", {})
        transaction.on_commit(follow)
    entries = AuditEntry.objects.order_by("sequence")
    assert [(each.action, each.role) for each in entries] == [
        ("thing.published", "head"),
        ("files.made", "system"),
    ]


@pytest.mark.usefixtures("three_acts")
def test_what_is_written(now: datetime) -> None:
    entries = list(AuditEntry.objects.order_by("chain", "sequence"))
    assert [(e.chain, e.sequence, e.action, e.person, e.city, e.role) for e in entries] == [
        ("city:b", 1, "city.renamed", PERSON, "seoul", "head"),
        ("thing:a", 1, "vote.opened", None, "", "system"),
        ("thing:a", 2, "vote.cast", PERSON, "seoul", "head"),
    ]
    assert entries[2].previous == entries[1].hash
    assert entries[1].previous == audit.GENESIS
    assert entries[1].payload == '{"rules":{"quorum":"1/2"},"seats":20}'
    assert entries[1].occurred_at == now
    lines = LedgerLine.objects.order_by("number")
    assert [(line.number, line.chain, line.sequence) for line in lines] == [
        (1, "thing:a", 1),
        (2, "thing:a", 2),
        (3, "city:b", 1),
    ]
    assert audit.verify() == []
    assert audit.extent() == {"entries": 3, "chains": 2, "editions": 0}


def test_the_same_acts_give_the_same_hashes(now: datetime) -> None:
    def hashes() -> list[str]:
        with audit.act(DELEGATE, now) as record:
            record("thing:a", "vote.cast", {"choice": "for"})
        found = list(AuditEntry.objects.values_list("hash", flat=True))
        for model in (AuditEntry, LedgerLine, ChainHead):
            model.objects.all().delete()
        return found

    assert hashes() == hashes()


def test_nested_acts_join_and_keep_their_order(now: datetime) -> None:
    with audit.act(SYSTEM.authority, now) as outer:
        outer("office", "first", {})
        with audit.act(DELEGATE, now) as inner:
            inner("office", "second", {})
        outer("office", "third", {})
        assert AuditEntry.objects.count() == 0
    rows = AuditEntry.objects.order_by("sequence").values_list("action", "role")
    assert list(rows) == [("first", "system"), ("second", "head"), ("third", "system")]
    assert audit.verify() == []


def test_an_inner_act_that_fails_takes_only_its_own_entries_along(now: datetime) -> None:
    with audit.act(SYSTEM.authority, now) as outer:
        outer("office", "first", {})
        with pytest.raises(Unwell), audit.act(DELEGATE, now) as inner:
            inner("office", "lost", {})
            raise Unwell
    assert list(AuditEntry.objects.values_list("action", flat=True)) == ["first"]


def test_an_act_that_fails_writes_nothing(now: datetime) -> None:
    with pytest.raises(Unwell), audit.act(SYSTEM.authority, now) as record:
        record("office", "lost", {})
        raise Unwell
    assert (AuditEntry.objects.count(), ChainHead.objects.count()) == (0, 0)


def test_a_transaction_rolled_back_around_an_act_leaves_nothing(now: datetime) -> None:
    with transaction.atomic():
        with audit.act(SYSTEM.authority, now) as record:
            record("office", "lost", {})
        transaction.set_rollback(True)
    assert (AuditEntry.objects.count(), LedgerLine.objects.count()) == (0, 0)


ENTRY_COLUMNS = {
    "chain": "thing:b",
    "sequence": 7,
    "occurred_at": datetime.fromisoformat("2018-12-12T05:40:00.000001+00:00"),
    "person": None,
    "city": "busan",
    "role": "heas",
    "action": "vote.casu",
    "payload": '{"choice":"fos"}',
    "previous": "1" * 64,
    "hash": "1" * 64,
}


def test_every_column_of_an_entry_is_tried() -> None:
    columns = {field.name for field in AuditEntry._meta.get_fields()} - {"id"}
    assert set(ENTRY_COLUMNS) == columns


@pytest.mark.usefixtures("three_acts")
@pytest.mark.parametrize("column", sorted(ENTRY_COLUMNS))
def test_a_changed_column_is_found_and_named(column: str) -> None:
    entry = AuditEntry.objects.get(chain="thing:a", sequence=2)
    change(entry, column, ENTRY_COLUMNS[column])
    found = codes()
    assert found != set()
    assert any(where.startswith(("thing:a#2", "thing:b#2", "thing:a#7")) for _code, where in found)


@pytest.mark.usefixtures("three_acts")
def test_payload_that_says_the_same_in_other_bytes_is_found() -> None:
    entry = AuditEntry.objects.get(chain="thing:a", sequence=2)
    change(entry, "payload", '{"choice": "for"}')
    assert codes() == {("entry_changed", "thing:a#2")}


@pytest.mark.usefixtures("three_acts")
def test_an_entry_resealed_by_hand_differs_from_the_ledger() -> None:
    entry = AuditEntry.objects.get(chain="thing:a", sequence=2)
    entry.payload = '{"choice":"against"}'
    entry.hash = audit.entry_hash(entry)
    entry.save()
    ChainHead.objects.filter(chain="thing:a").update(hash=entry.hash)
    assert codes() == {("entry_not_as_published", "thing:a#2")}


LINE_COLUMNS = {
    "number": 9,
    "chain": "vote:c",
    "sequence": 9,
    "entry_hash": "1" * 64,
    "previous": "1" * 64,
    "hash": "1" * 64,
}


@pytest.mark.usefixtures("three_acts")
@pytest.mark.parametrize("column", sorted(LINE_COLUMNS))
def test_a_changed_ledger_line_is_found(column: str) -> None:
    change(LedgerLine.objects.get(number=2), column, LINE_COLUMNS[column])
    expected = {
        "number": ("ledger_gap", "ledger#3"),
        "previous": ("ledger_broken", "ledger#2"),
    }.get(column, ("ledger_changed", "ledger#2"))
    assert expected in codes()


@pytest.mark.usefixtures("three_acts")
def test_a_missing_last_entry_is_found() -> None:
    AuditEntry.objects.get(chain="thing:a", sequence=2).delete()
    assert codes() == {("tail_missing", "thing:a#2"), ("entries_missing", "thing:a#2")}


@pytest.mark.usefixtures("three_acts")
def test_a_missing_last_entry_is_found_though_its_head_was_turned_back() -> None:
    AuditEntry.objects.get(chain="thing:a", sequence=2).delete()
    first = AuditEntry.objects.get(chain="thing:a", sequence=1)
    ChainHead.objects.filter(chain="thing:a").update(sequence=1, hash=first.hash)
    assert codes() == {("entries_missing", "thing:a#2")}


@pytest.mark.usefixtures("three_acts")
def test_a_missing_first_entry_is_found() -> None:
    AuditEntry.objects.get(chain="thing:a", sequence=1).delete()
    assert codes() == {("entry_missing", "thing:a#2"), ("entries_missing", "thing:a#1")}


@pytest.mark.usefixtures("three_acts")
def test_a_missing_chain_is_found() -> None:
    AuditEntry.objects.filter(chain="city:b").delete()
    assert codes() == {("chain_missing", "city:b"), ("entries_missing", "city:b#1")}


@pytest.mark.usefixtures("three_acts")
def test_a_chain_removed_with_its_head_is_found() -> None:
    AuditEntry.objects.filter(chain="city:b").delete()
    ChainHead.objects.filter(chain="city:b").delete()
    assert codes() == {("entries_missing", "city:b#1")}


@pytest.mark.usefixtures("three_acts")
def test_a_chain_removed_with_its_end_of_the_ledger_is_found() -> None:
    AuditEntry.objects.filter(chain="city:b").delete()
    ChainHead.objects.filter(chain="city:b").delete()
    LedgerLine.objects.filter(number=3).delete()
    assert codes() == {("ledger_tail_missing", "ledger#3")}


@pytest.mark.usefixtures("three_acts")
def test_missing_heads_are_found() -> None:
    ChainHead.objects.filter(chain="thing:a").delete()
    assert codes() == {("head_missing", "thing:a")}
    ChainHead.objects.filter(chain=audit.LEDGER).delete()
    assert codes() == {("head_missing", "thing:a"), ("ledger_head_missing", "ledger")}


@pytest.mark.usefixtures("three_acts")
def test_an_entry_slipped_in_is_found() -> None:
    head = ChainHead.objects.get(chain="city:b")
    entry = AuditEntry.objects.get(chain="city:b")
    entry.pk, entry.sequence, entry.previous = None, 2, entry.hash
    entry.hash = audit.entry_hash(entry)
    entry.save()
    ChainHead.objects.filter(pk=head.pk).update(sequence=F("sequence") + 1, hash=entry.hash)
    assert codes() == {("not_in_ledger", "city:b#2")}


@pytest.mark.usefixtures("three_acts")
def test_the_command_says_intact() -> None:
    out = StringIO()
    call_command("verify_audit", json=True, stdout=out)
    assert json.loads(out.getvalue()) == {
        "intact": True,
        "entries": 3,
        "chains": 2,
        "editions": 0,
        "findings": [],
    }


@pytest.mark.usefixtures("three_acts")
def test_the_command_names_what_does_not_hold() -> None:
    AuditEntry.objects.filter(chain="city:b").update(city="busan")
    out = StringIO()
    with translation.override("en"), pytest.raises(SystemExit) as end:
        call_command("verify_audit", json=True, stdout=out)
    finding = {
        "code": "entry_changed",
        "where": "city:b#1",
        "message": "city:b#1 is not as it was sealed.",
    }
    assert end.value.code == 1
    assert json.loads(out.getvalue()) == {
        "intact": False,
        "entries": 3,
        "chains": 2,
        "editions": 0,
        "findings": [finding],
        "refused": [finding],
    }


@pytest.mark.usefixtures("three_acts")
def test_people_read_it_in_their_language() -> None:
    out = StringIO()
    with translation.override("ko"):
        call_command("verify_audit", stdout=out)
    assert out.getvalue() == "온전함: 감사 기록 3건, 사슬 2개, 판 0개, 어긋난 곳 0건\n"
    AuditEntry.objects.filter(chain="city:b").update(city="busan")
    out = StringIO()
    with translation.override("en"), pytest.raises(SystemExit):
        call_command("verify_audit", stdout=out)
    assert out.getvalue() == (
        "city:b#1: city:b#1 is not as it was sealed. (entry_changed)\n"
        "NOT INTACT: 3 entries, 2 chains, 0 editions, 1 findings\n"
    )


@pytest.mark.usefixtures("three_acts")
def test_every_finding_is_said_in_korean() -> None:
    AuditEntry.objects.filter(chain="city:b").update(city="busan")
    AuditEntry.objects.filter(chain="thing:a", sequence=2).delete()
    LedgerLine.objects.filter(number=2).delete()
    ChainHead.objects.create(chain="city:c", sequence=4, hash=audit.GENESIS)
    with translation.override("en"):
        english = {finding.code: finding.message for finding in audit.verify()}
    with translation.override("ko"):
        korean = {finding.code: finding.message for finding in audit.verify()}
    assert english.keys() == korean.keys()
    assert len(korean) >= 4
    assert [code for code in korean if not re.search("[가-힣]", korean[code])] == []


def change(row: Model, column: str, value: object) -> None:
    """As somebody with the database in hand would: past constraints of the model's save."""
    assert getattr(row, column) != value
    type(row)._default_manager.filter(pk=row.pk).update(**{column: value})
    assert connection.in_atomic_block
