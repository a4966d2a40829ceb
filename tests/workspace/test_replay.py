"""`replay_round_table`: 12 December 2018 from the convocation to the publication.

The day is played by the command, on two empty databases, the second of which is kept in a
transaction for the tests of this file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from members.models import Membership, OfficeRole
from resolutions.models import Assembly, AttendanceAct, Ballot, Edition, Election, Nomination, Vote
from secretariat.kernel.models import AuditEntry, User
from secretariat.workspace.demonstration.source import read_json
from secretariat.workspace.management.commands.replay_round_table import Command
from tests.resolutions.stage import everything_recorded

pytestmark = pytest.mark.django_db

Day = dict[str, Any]


def replay() -> tuple[Day, str]:
    """What the command prints with --json, and what it writes to standard error."""
    out, err = StringIO(), StringIO()
    call_command("replay_round_table", "--json", stdout=out, stderr=err)
    return json.loads(out.getvalue()), err.getvalue()


@dataclass(frozen=True)
class Played:
    """Two days on two empty databases, and what was written to standard error meanwhile."""

    first: Day
    second: Day
    progress: str


@pytest.fixture(scope="module")
def played(django_db_setup: None, django_db_blocker: Any) -> Iterator[Played]:
    with django_db_blocker.unblock(), transaction.atomic():
        with transaction.atomic():
            first, _progress = replay()
            transaction.set_rollback(True)
        use_other_numbers()
        second, progress = replay()
        yield Played(first, second, progress)
        transaction.set_rollback(True)


def use_other_numbers() -> None:
    """Let the next rows have other numbers than the first rows of a new database have."""
    if connection.vendor != "sqlite":
        return  # PostgreSQL does not give a number twice, rolled back or not
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, 7)", [table])


@pytest.fixture
def _django_db_helper(played: Played, django_db_blocker: Any) -> Iterator[None]:
    """In place of pytest-django's own: what a test changes is undone, the day stays."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def day(played: Played) -> Day:
    return played.second


def test_two_empty_databases_give_the_same(played: Played) -> None:
    assert Assembly.objects.get().pk > 1
    assert played.first == played.second


def test_a_second_time_it_refuses() -> None:
    before = everything_recorded()
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("replay_round_table", "--json", stdout=out, stderr=StringIO())
    assert ended.value.code == 1
    [found] = json.loads(out.getvalue())["refused"]
    assert (found["code"], found["where"]) == ("not_empty", "database")
    assert everything_recorded() == before


def test_it_is_run_without_arguments() -> None:
    with pytest.raises(CommandError):
        call_command("replay_round_table", "now")


# the document


def test_the_shape_of_the_document(day: Day) -> None:
    assert list(day) == ["acts", "votes", "elections", "editions", "audit", "demonstration"]
    assert {tuple(act) for act in day["acts"]} == {("at", "act")}
    assert {tuple(vote) for vote in day["votes"]} == {
        (
            "vote",
            "outcome",
            "counts",
            "seats",
            "present",
            "sentence",
            "roll_sha256",
            "result_sha256",
        )
    }
    assert {tuple(election) for election in day["elections"]} == {
        ("election", "state", "elected", "rounds", "certificate", "term")
    }
    assert {tuple(edition) for edition in day["editions"]} == {
        ("instrument", "edition", "adopted_on", "published", "sha256")
    }
    assert list(day["audit"]) == ["entries", "chains", "ledger"]
    assert day["demonstration"] == {
        "ko": "시연용 자료이며 실제 결정이 아닙니다.",
        "en": "Demonstration data, not a real decision.",
    }


def test_progress_goes_to_standard_error(played: Played) -> None:
    lines = played.progress.splitlines()
    assert len(lines) == len(played.second["acts"])
    assert lines[-1] == "2018-12-12 17:00:00 close the assembly"


def test_the_acts_stand_in_the_order_of_time(day: Day) -> None:
    moments = [act["at"] for act in day["acts"]]
    assert moments == sorted(moments)
    acts = [act["act"] for act in day["acts"]]
    order = [
        "establish the network",
        "convene",
        "open the assembly",
        "adopt founding-rules",
        "adopt bylaws",
        "close round 1",
        "close round 2",
        "close round 3",
        "certify the election",
        "adopt seoul-office",
        "adopt joint-statement-2018",
        "publish joint-statement-2018",
        "close the assembly",
    ]
    assert [act for act in acts if act in order] == order


def test_what_was_decided(day: Day) -> None:
    assert [(vote["outcome"], vote["counts"]) for vote in day["votes"]] == [
        ("adopted", {}),
        ("adopted", {"abstain": 1, "against": 1, "for": 18}),
        ("not_decided", {"abstain": 0, "hamburg": 6, "seoul": 8, "vienna": 6}),
        ("not_decided", {"abstain": 0, "hamburg": 3, "seoul": 9, "vienna": 8}),
        ("elected", {"abstain": 0, "seoul": 12, "vienna": 8}),
        ("adopted", {"abstain": 3, "against": 1, "for": 16}),
        ("adopted", {}),
    ]
    assert {(vote["seats"], vote["present"]) for vote in day["votes"]} == {(22, 20)}
    for vote in day["votes"]:
        assert set(vote["sentence"]) == {"ko", "en"}
        assert len(vote["roll_sha256"]) == len(vote["result_sha256"]) == 64
    assert day["elections"] == [
        {
            "election": "2018-chair",
            "state": "certified",
            "elected": "seoul",
            "rounds": 3,
            "certificate": "2018-001",
            "term": {"starts_on": "2018-12-13", "ends_on": "2020-12-13"},
        }
    ]
    assert [(e["instrument"], e["adopted_on"], e["published"]) for e in day["editions"]] == [
        ("bylaws", "2018-12-12", True),
        ("founding-rules", "2018-12-12", True),
        ("joint-statement-2018", "2018-12-12", True),
        ("seoul-declaration", "2017-09-06", True),
        ("seoul-office", "2018-12-12", True),
    ]


# the database


def test_everything_is_proved_intact() -> None:
    out = StringIO()
    call_command("verify_audit", "--json", stdout=out)
    document = json.loads(out.getvalue())
    assert (document["intact"], document["findings"]) == (True, [])
    assert document["editions"] == 5


def test_every_act_was_done_by_the_right_person() -> None:
    people = dict(User.objects.values_list("uuid", "email"))
    roles = dict(OfficeRole.objects.values_list("person__uuid", "role"))
    expected = {
        "vote.opened": "returning_officer",
        "vote.closed": "returning_officer",
        "election.round_closed": "returning_officer",
        "text.adopted": "secretary_general",
        "assembly.opened": "secretary_general",
        "mandate.granted": "registrar",
    }
    for action, role in expected.items():
        entries = AuditEntry.objects.filter(action=action)
        assert {roles[entry.person] for entry in entries} == {role} == {e.role for e in entries}
    for entry in AuditEntry.objects.filter(action__in=("vote.cast", "nomination.accepted")):
        assert people[entry.person] == f"delegate-{entry.city}@demonstration.example"
        assert entry.role == "head"
        assert json.loads(entry.payload)["city"] == entry.city


def test_no_person_s_name_is_in_any_entry() -> None:
    entries = "".join(AuditEntry.objects.values_list("payload", flat=True))
    for name, email in User.objects.values_list("name", "email"):
        assert name not in entries
        assert email not in entries


def test_what_is_there_at_the_end() -> None:
    assembly = Assembly.objects.get()
    assert (assembly.state, assembly.presiding_city.slug) == ("closed", "seoul")
    assert assembly.founding_rules == Edition.objects.get(instrument__slug="founding-rules")
    assert AttendanceAct.objects.count() == len(read_json("assembly")["attendance"]) == 20
    assert Ballot.objects.count() == 5 * 20
    assert dict(Nomination.objects.values_list("city__slug", "state")) == {
        "seoul": "elected",
        "vienna": "accepted",
        "hamburg": "eliminated",
    }
    members = Membership.objects.filter(kind="member", ends_on=None)
    assert members.count() == 22
    bylaws = Vote.objects.get(instrument__slug="bylaws")
    assert set(members.values_list("decision", flat=True)) == {bylaws.chain}
    assert Election.objects.get().lot_seed != ""


def test_the_bylaws_were_adopted_under_the_founding_rules_and_the_rest_under_the_bylaws() -> None:
    sources = {
        vote.slug: {rule["instrument"] for rule in json.loads(vote.rules).values()}
        for vote in Vote.objects.order_by("slug")
    }
    first, second, *others = sources.values()
    assert (first, second) == (set(), {"founding-rules"})
    assert all(source == {"bylaws"} for source in others)


def test_people_read_the_results() -> None:
    out = StringIO()
    command = Command(stdout=out)
    command.describe(
        {
            "votes": [{"vote": "v-1", "outcome": "adopted", "sentence": {"en": "Adopted."}}],
            "elections": [{"election": "2018-chair", "elected": "seoul"}],
            "editions": [{"instrument": "bylaws", "edition": 1, "sha256": "ab"}],
            "demonstration": {"ko": "시연용 자료", "en": "Demonstration data"},
        }
    )
    assert out.getvalue().splitlines() == [
        "v-1: adopted — Adopted.",
        "2018-chair: seoul",
        "bylaws/1: ab",
        "시연용 자료",
        "Demonstration data",
    ]
