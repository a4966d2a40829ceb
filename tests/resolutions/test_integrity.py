"""The whole demonstration day is proved intact; whatever other hands change is named.

The day is played once and kept in a transaction; each test changes something in a savepoint.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import Model

from resolutions.integrity import verify_record
from resolutions.models import (
    AgendaItem,
    AgendaItemText,
    Assembly,
    AssemblyText,
    AttendanceAct,
    Ballot,
    Certificate,
    CertificateSignature,
    DraftRule,
    Edition,
    EditionAmendment,
    EditionFile,
    EditionLanguage,
    EditionProvision,
    EditionRule,
    EditionText,
    Election,
    ElectionText,
    Instrument,
    Nomination,
    NominationText,
    ProvisionText,
    Publication,
    Reservation,
    ReservationWithdrawal,
    RollSeat,
    Seconding,
    Signature,
    SignatureWithdrawal,
    Signing,
    StruckSeconding,
    Term,
    Vote,
    VoteOption,
    VoteResult,
    VoteText,
    VotingOrder,
)
from resolutions.models.sealed import Sealed
from resolutions.services.texts import bind_rules, draft_text, table_text
from secretariat.kernel import audit
from secretariat.kernel.models import AuditEntry, ChainHead, LedgerLine
from secretariat.workspace.demonstration.replay import RoundTable
from tests.factories import NOW, office_person
from tests.resolutions.stage import BYLAWS_RULES, bindings, both

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def day(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """12 December 2018, whole."""
    with django_db_blocker.unblock(), transaction.atomic():
        RoundTable().play()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def _django_db_helper(day: None, django_db_blocker: Any) -> Iterator[None]:
    """In place of pytest-django's own: what a test changes is undone, the day stays."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


def findings() -> set[tuple[str, str]]:
    return {(finding.code, finding.where) for finding in audit.verify()}


def change(row: Model, column: str, value: Any) -> None:
    """By raw SQL, as somebody with the database in hands would."""
    field = row._meta.get_field(column)
    ready = field.get_db_prep_save(value, connection)
    table = connection.ops.quote_name(row._meta.db_table)
    name = connection.ops.quote_name(field.column)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {name} = %s WHERE id = %s", [ready, row.pk])  # noqa: S608


def changed(row: Model, column: str, value: Any) -> bool:
    """Change a column; False where a constraint of the database does not let anybody."""
    try:
        with transaction.atomic():
            change(row, column, value)
    except IntegrityError:
        return False
    return True


def remove(row: Model) -> None:
    table = connection.ops.quote_name(row._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE id = %s", [row.pk])  # noqa: S608


def other(row: Model, column: str) -> Any:
    """Another value that the column could hold: one byte more, one later, one of the others."""
    field = row._meta.get_field(column)
    value = getattr(row, column)
    if field.is_relation:
        rows = field.related_model._default_manager.exclude(pk=getattr(row, field.attname))
        return rows.order_by("pk").values_list("pk", flat=True).last()
    match field.get_internal_type():
        case "BooleanField":
            return not value
        case "PositiveIntegerField" | "PositiveSmallIntegerField" | "PositiveBigIntegerField":
            return 99 if value is None else value + 1
        case "DateTimeField" | "DateField":
            return value + timedelta(days=1) if value else audit_moment()
        case "JSONField":
            return ["ko"] if isinstance(value, list) else {"changed": True}
        case "UUIDField":
            return UUID(int=1)
    return _one_byte_changed(str(value))


def audit_moment() -> Any:
    return AuditEntry.objects.order_by("pk").values_list("occurred_at", flat=True)[0]


def _one_byte_changed(text: str) -> str:
    if not text:
        return "x"
    return text[:-1] + ("y" if text.endswith("x") else "x")


def columns(model: type[Model], *, but: tuple[str, ...] = ()) -> list[str]:
    return [f.name for f in model._meta.concrete_fields if f.name not in ("id", *but)]


ROWS: dict[type[Model], tuple[dict[str, Any], str]] = {
    Instrument: ({"slug": "bylaws"}, "bylaws"),
    Edition: ({"instrument__slug": "bylaws"}, "bylaws/1"),
    EditionLanguage: ({"edition__instrument__slug": "bylaws", "language": "en"}, "bylaws/1"),
    EditionProvision: ({"edition__instrument__slug": "bylaws", "key": "art13.p1"}, "bylaws/1"),
    EditionText: (
        {
            "provision__edition__instrument__slug": "bylaws",
            "provision__key": "art13",
            "language": "ko",
        },
        "bylaws/1",
    ),
    EditionRule: ({"edition__instrument__slug": "bylaws", "name": "quorum"}, "bylaws/1"),
    Publication: ({"edition__instrument__slug": "bylaws"}, "bylaws/1"),
    Assembly: ({"slug": "2018-founding"}, "2018-founding"),
    AssemblyText: ({"language": "ko"}, "2018-founding"),
    AgendaItem: ({"number": 2}, "2018-founding"),
    AgendaItemText: ({"item__number": 2, "language": "ko"}, "2018-founding"),
    AttendanceAct: ({"number": 5}, "2018-founding#5"),
    Vote: ({"instrument__slug": "bylaws"}, "2018-founding-2"),
    VoteText: ({"vote__slug": "2018-founding-2", "language": "ko"}, "2018-founding-2"),
    VoteOption: ({"vote__slug": "2018-founding-2", "key": "for"}, "2018-founding-2"),
    RollSeat: ({"vote__slug": "2018-founding-2", "city__slug": "vienna"}, "2018-founding-2"),
    Ballot: (
        {"seat__vote__slug": "2018-founding-2", "seat__city__slug": "vienna"},
        "2018-founding-2/",
    ),
    VoteResult: ({"vote__slug": "2018-founding-2"}, "2018-founding-2"),
    Election: ({"slug": "2018-chair"}, "2018-chair"),
    ElectionText: ({"language": "ko"}, "2018-chair"),
    Nomination: ({"city__slug": "hamburg"}, "2018-chair/hamburg"),
    NominationText: ({"nomination__city__slug": "hamburg", "language": "en"}, "2018-chair/hamburg"),
    Seconding: ({"nomination__city__slug": "hamburg"}, "2018-chair/hamburg"),
    Certificate: ({}, "2018-001"),
    CertificateSignature: ({"role": "returning_officer"}, "2018-001"),
    Term: ({}, "2018-chair"),
    Signing: ({}, "seoul-declaration/1"),
    Signature: ({"city__slug": "vienna"}, "seoul-declaration/1"),
}
"""A row of each table of the legal record, and how the place that is named begins."""

TRIED_ELSEWHERE = {
    StruckSeconding,  # tests/resolutions/services/test_letter_kinds.py
    EditionAmendment,
    EditionFile,
    Reservation,  # and the two below: tests/resolutions/test_integrity_signatures.py
    ReservationWithdrawal,
    SignatureWithdrawal,
    VotingOrder,
}
"""Tables in which the demonstration has no row."""

NOT_THE_RECORD = {(Vote, "agenda_item"), (Vote, "amendment")}
"""Columns that order things on pages and decide nothing."""


def row_of(model: type[Model]) -> Model:
    row = model._default_manager.filter(**ROWS[model][0]).order_by("pk").first()
    assert row is not None
    return row


EVERY_COLUMN = [
    pytest.param(model, column, id=f"{model.__name__}.{column}")
    for model in ROWS
    for column in columns(model)
    if (model, column) not in NOT_THE_RECORD | {(Signature, "sheet")}
]
"""No sheet was uploaded on that day; test_integrity_signatures.py has one."""


def test_the_day_as_it_was_played_is_intact() -> None:
    assert audit.verify() == []
    extent = audit.extent()
    assert extent["editions"] == 5
    assert extent["entries"] == AuditEntry.objects.count() == LedgerLine.objects.count() > 300


def test_every_sealed_table_is_tried() -> None:
    assert set(Sealed.__subclasses__()) - TRIED_ELSEWHERE <= set(ROWS)


@pytest.mark.parametrize(("model", "column"), EVERY_COLUMN)
def test_a_changed_column_is_found_and_named(model: type[Model], column: str) -> None:
    row = row_of(model)
    value = other(row, column)
    if not changed(row, column, value):
        return
    places = {finding.where for finding in verify_record()}  # no chain was touched
    begins = ROWS[model][1]
    assert any(place.startswith(begins) for place in places), places


@pytest.mark.parametrize("model", list(ROWS), ids=lambda model: model.__name__)
def test_a_removed_row_is_found_and_named(model: type[Model]) -> None:
    row = row_of(model)
    with connection.constraint_checks_disabled():
        remove(row)
        places = {finding.where for finding in verify_record()}
    assert any(place.startswith(ROWS[model][1]) for place in places), places


# what a hash of the text alone would not see


@pytest.mark.parametrize("bytes_of", ["nfd", "blank", "line"])
def test_other_bytes_that_look_the_same_are_found(bytes_of: str) -> None:
    row = EditionText.objects.get(
        provision__edition__instrument__slug="bylaws", provision__key="art1", language="ko"
    )
    forged = {
        "nfd": unicodedata.normalize("NFD", row.text),
        "blank": row.text + " ",
        "line": row.text + "\r\n",
    }[bytes_of]
    assert forged != row.text
    change(row, "text", forged)
    assert findings() == {("text_changed", "bylaws/1/art1/ko")}


def test_words_in_a_language_that_was_not_adopted_are_found() -> None:
    provision = EditionProvision.objects.get(edition__instrument__slug="bylaws", key="art1")
    EditionText(provision=provision, language="fr", heading="But", text="Autre chose").save()
    assert findings() == {("text_changed", "bylaws/1/art1/fr")}


def test_an_article_put_into_an_adopted_text_is_found() -> None:
    edition = Edition.objects.get(instrument__slug="bylaws")
    last = edition.provisions.count()
    added = EditionProvision(
        edition=edition, key="art99", position=last, kind="article", number="99"
    )
    added.save()
    EditionText(provision=added, language="ko", heading="", text="의장도시는 서울로 한다.").save()
    assert ("text_changed", "bylaws/1/ko") in findings()


def test_an_edition_slipped_in_is_found() -> None:
    first = Edition.objects.get(instrument__slug="bylaws")
    second = Edition(
        instrument=first.instrument,
        number=2,
        adopted_at=first.adopted_at,
        adopted_on=first.adopted_on,
        in_force_from=first.in_force_from,
        sha256=first.sha256,
    )
    second.save()
    assert ("edition_not_recorded", "bylaws/2") in findings()


def test_a_ballot_is_compared_with_what_was_cast_and_with_what_was_counted() -> None:
    vote = Vote.objects.get(slug="2018-founding-2")
    ballot = Ballot.objects.get(seat__vote=vote, seat__city__slug="vienna")
    against = vote.options.exclude(pk=ballot.option_id).first()
    change(ballot, "option", against.pk)
    assert ("ballot_changed", "2018-founding-2/vienna") in findings()
    assert ("ballots_changed", "2018-founding-2") in findings()


def test_a_ballot_stuffed_for_a_seat_that_did_not_vote_is_found() -> None:
    seat = RollSeat.objects.filter(vote__slug="2018-founding-2", ballot=None).first()
    option = VoteOption.objects.get(vote__slug="2018-founding-2", key="for")
    Ballot.objects.create(seat=seat, option=option, cast_at=audit_moment(), cast_role="head")
    assert ("ballot_not_recorded", f"2018-founding-2/{seat.city.slug}") in findings()


def test_a_result_resealed_with_its_own_hash_differs_from_its_entry() -> None:
    result = VoteResult.objects.get(vote__slug="2018-founding-2")
    document = json.loads(result.document)
    document["counts"]["for"] += 1
    forged = audit.canonical_json(document)
    change(result, "document", forged)
    change(result, "sha256", audit.sha256(forged))
    assert findings() == {("result_changed", "2018-founding-2")}


def test_a_roll_resealed_with_its_own_hash_differs_from_its_entry() -> None:
    vote = Vote.objects.get(slug="2018-founding-2")
    forged = audit.canonical_json(json.loads(vote.roll)[:-1])
    change(vote, "roll", forged)
    change(vote, "roll_hash", audit.sha256(forged))
    assert ("vote_changed", "2018-founding-2") in findings()


def test_a_tabled_draft_that_was_touched_is_found() -> None:
    doing = {"actor": office_person(), "now": NOW}
    instrument = draft_text(slug="statute", kind="resolution", trees=both("statute"), **doing)
    bind_rules(instrument=instrument, bindings=bindings(BYLAWS_RULES), **doing)
    table_text(instrument=instrument, **doing)
    assert findings() == set()
    rule = DraftRule.objects.get(instrument=instrument, name="notice_days")
    change(rule, "value", 1)
    assert findings() == {("draft_changed", "statute")}
    change(rule, "value", 2)
    assert findings() == set()
    words = ProvisionText.objects.filter(provision__instrument=instrument).first()
    change(words, "text", "something else")
    assert findings() == {("draft_changed", "statute")}


# the chains themselves


@pytest.mark.parametrize("column", columns(AuditEntry))
@pytest.mark.parametrize("place", ["first", "last"])
def test_a_changed_column_of_any_entry_is_found_and_named(column: str, place: str) -> None:
    entries = AuditEntry.objects.filter(chain="vote:2018-founding-2").order_by("sequence")
    row = entries.first() if place == "first" else entries.last()
    assert row is not None
    value = "vote:nobody" if column == "chain" else other(row, column)
    if not changed(row, column, value):
        assert column == "sequence"
        return
    assert any(where.startswith("vote:2018-founding-2") for _code, where in findings())


@pytest.mark.parametrize("chain", ["vote:2018-founding-2", "text:bylaws", "city:seoul", "office"])
def test_a_removed_last_entry_is_found(chain: str) -> None:
    remove(AuditEntry.objects.filter(chain=chain).order_by("sequence").last())
    assert any(where.startswith(chain) for _code, where in findings())


@pytest.mark.parametrize("chain", ["vote:2018-founding-2", "text:bylaws", "city:seoul", "network"])
def test_a_removed_chain_is_found_even_with_its_head(chain: str) -> None:
    AuditEntry.objects.filter(chain=chain).delete()
    ChainHead.objects.filter(chain=chain).delete()
    assert any(where.startswith(chain) for _code, where in findings())


def test_a_last_entry_removed_from_chain_head_and_ledger_leaves_the_record_unexplained() -> None:
    """Everything about the last act is taken out but what it did: the row says so."""
    entry = AuditEntry.objects.filter(chain="assembly:2018-founding").order_by("sequence").last()
    line = LedgerLine.objects.order_by("number").last()
    assert (line.chain, line.sequence) == (entry.chain, entry.sequence)
    before = AuditEntry.objects.get(chain=entry.chain, sequence=entry.sequence - 1)
    ChainHead.objects.filter(chain=entry.chain).update(sequence=before.sequence, hash=before.hash)
    last = LedgerLine.objects.get(number=line.number - 1)
    ChainHead.objects.filter(chain=audit.LEDGER).update(sequence=last.number, hash=last.hash)
    remove(entry)
    remove(line)
    assert findings() == {("assembly_changed", "2018-founding")}


def test_the_ledger_s_tail_is_missed() -> None:
    remove(LedgerLine.objects.order_by("number").last())
    assert "ledger_tail_missing" in {code for code, _where in findings()}


def test_the_command_names_what_does_not_hold() -> None:
    change(row_of(EditionText), "heading", "목적이 아님")
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("verify_audit", "--json", stdout=out)
    document = json.loads(out.getvalue())
    assert ended.value.code == 1
    assert (document["intact"], document["refused"]) == (False, document["findings"])
    assert "bylaws/1/ko" in {finding["where"] for finding in document["findings"]}
