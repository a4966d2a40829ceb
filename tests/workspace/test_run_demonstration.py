"""The demonstration as `make run` leaves it: 14:40, the second round, three seats to vote.

It is loaded once and kept in a transaction for the tests of this file; the browser journeys
run the whole command on a new folder.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from members.models import City, Membership
from resolutions.models import Assembly, Ballot, Edition, Election, Nomination, Vote
from resolutions.selectors.seats import cities_present
from resolutions.services.elections import close_round, open_round
from resolutions.services.votes import cast_vote
from secretariat.kernel import audit, clock
from secretariat.kernel.errors import WrongState
from secretariat.kernel.models import (
    AuditEntry,
    DemonstrationClock,
    Network,
    OutboxMessage,
    User,
)
from secretariat.workspace.demonstration import loading
from secretariat.workspace.demonstration.people import address_of_delegate, address_of_officer
from secretariat.workspace.demonstration.source import read_json
from secretariat.workspace.management.commands.run_demonstration import Command

pytestmark = pytest.mark.django_db

SHOWN = clock.DEMONSTRATION_STARTS_AT


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        loading.load()
        connection.check_constraints()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def _django_db_helper(loaded: None, django_db_blocker: Any) -> Iterator[None]:
    """In place of pytest-django's own: what a test changes is undone, the demonstration stays."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


def officer(role: str) -> User:
    return User.objects.get(email=address_of_officer(role))


def missing_seats(vote: Vote) -> list[City]:
    present = cities_present(assembly=vote.assembly, now=SHOWN)
    seats = vote.seats.filter(ballot=None, city__slug__in=present).select_related("city")
    return [seat.city for seat in seats.order_by("position")]


def a_day_s_rows() -> dict[str, Any]:
    """What must be the same whenever the demonstration is loaded."""
    return {
        "acts": {
            f"{entry.chain}#{entry.sequence}": (entry.action, entry.payload, entry.hash)
            for entry in AuditEntry.objects.order_by("chain", "sequence")
        },
        "people": list(User.objects.order_by("uuid").values_list("uuid", "email")),
        "ballots": Ballot.objects.count(),
    }


def test_it_stops_at_an_interesting_moment() -> None:
    assembly = Assembly.objects.get()
    assert assembly.state == "open"
    assert len(cities_present(assembly=assembly, now=SHOWN)) == 20
    bylaws = Edition.objects.get(instrument__slug="bylaws")
    assert bylaws.publication is not None
    assert Membership.objects.filter(kind="member", ends_on=None).count() == 22
    election = Election.objects.get()
    assert (election.state, election.rounds.count()) == ("in_round", 2)
    vote = election.rounds.get(state="open")
    assert vote.round_number == 2
    assert Ballot.objects.filter(seat__vote=vote).count() == 17
    assert len(missing_seats(vote)) == 3
    assert not Edition.objects.filter(instrument__slug="joint-statement-2018").exists()
    assert audit.verify() == []


def test_nothing_that_is_recorded_lies_after_the_clock() -> None:
    assert AuditEntry.objects.filter(occurred_at__gt=SHOWN).count() == 0


@pytest.mark.parametrize("choice", ["seoul", "vienna", "hamburg", "abstain"])
def test_after_the_three_the_elimination_and_the_next_round_appear(choice: str) -> None:
    election = Election.objects.get()
    vote = election.rounds.get(state="open")
    for number, city in enumerate(missing_seats(vote)):
        delegate = User.objects.get(email=address_of_delegate(city.slug))
        cast_vote(
            vote=vote,
            city=city,
            choice=choice,
            actor=delegate,
            now=SHOWN + timedelta(minutes=number),
        )
    returning = officer("returning_officer")
    finding = close_round(election=election, actor=returning, now=SHOWN + timedelta(minutes=5))
    assert finding.eliminated == "hamburg"
    assert Nomination.objects.get(city__slug="hamburg").state == "eliminated"
    following = open_round(election=election, actor=returning, now=SHOWN + timedelta(minutes=6))
    assert following.round_number == 3
    assert set(following.options.values_list("key", flat=True)) == {"seoul", "vienna", "abstain"}


def test_everybody_can_act() -> None:
    roles = {
        "secretary_general",
        "returning_officer",
        "registrar",
        "librarian",
        "auditor",
    }
    for role in roles:
        assert officer(role).office_roles.get().role == role
    for row in read_json("cities"):
        delegate = User.objects.get(email=address_of_delegate(row["slug"]))
        assert delegate.mandates.get().city.slug == row["slug"]
        assert not delegate.has_usable_password()


def test_it_says_that_it_is_one() -> None:
    network = Network.objects.get()
    assert network.demonstration is True


def test_nothing_is_left_to_tell() -> None:
    assert OutboxMessage.objects.filter(delivered_at=None).count() == 0


# the clock


def test_the_clock_starts_at_twenty_to_three_and_runs(settings: Any) -> None:
    settings.DEMONSTRATION = True
    clock.forget()
    setting = DemonstrationClock.objects.get()
    assert setting.shows == SHOWN
    assert timedelta() <= clock.now() - SHOWN < timedelta(minutes=20)
    before = clock.now()
    assert clock.now() >= before
    settings.DEMONSTRATION = False
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)


def test_while_nobody_serves_the_clock_stands_still() -> None:
    later = SHOWN + timedelta(minutes=30)
    with audit.act(audit.Authority(person=None, role="system"), later) as record:
        record("office", "something.done", {})
    loading.resume_clock()
    assert DemonstrationClock.objects.get().shows == later
    AuditEntry.objects.filter(occurred_at__gt=SHOWN).delete()
    loading.resume_clock()
    assert DemonstrationClock.objects.get().shows == SHOWN


# starting again


def test_starting_again_gives_the_same_demonstration() -> None:
    before = a_day_s_rows()
    cast_vote(
        vote=Vote.objects.get(state="open"),
        city=City.objects.get(slug="seoul"),
        choice="vienna",
        actor=User.objects.get(email=address_of_delegate("seoul")),
        now=SHOWN + timedelta(minutes=1),
    )
    User.objects.create(email="somebody@example.org", name="Somebody")
    assert a_day_s_rows() != before
    connection.check_constraints()  # PostgreSQL empties no table with checks still to be made
    loading.start_again()
    assert a_day_s_rows() == before
    assert DemonstrationClock.objects.get().shows == SHOWN
    assert audit.verify() == []


def test_a_real_network_is_not_emptied() -> None:
    Network.objects.update(demonstration=False)
    before = AuditEntry.objects.count()
    with pytest.raises(WrongState):
        loading.start_again()
    assert AuditEntry.objects.count() == before


# the command


def test_the_command_serves_the_demonstration_only(settings: Any) -> None:
    settings.DEMONSTRATION = False
    with pytest.raises(CommandError, match="DEMONSTRATION=1"):
        call_command("run_demonstration", "--prepare-only", stdout=StringIO())


def test_a_database_made_by_this_checkout_fits() -> None:
    assert Command()._tables_fit()


def test_a_database_that_misses_a_column_or_a_table_does_not_fit() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE resolutions_vote RENAME COLUMN slug TO name")
    assert not Command()._tables_fit()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE resolutions_vote RENAME COLUMN name TO slug")
        cursor.execute("ALTER TABLE resolutions_term RENAME TO resolutions_period")
    assert not Command()._tables_fit()


def test_the_written_word_of_the_demonstration_is_what_the_data_say() -> None:
    """The texts that were adopted are those of the files, in both languages."""
    editions = Edition.objects.select_related("instrument").prefetch_related("languages")
    assert {
        (edition.instrument.slug, row.language)
        for edition in editions
        for row in edition.languages.all()
    } == {
        (slug, language)
        for slug in ("seoul-declaration", "founding-rules", "bylaws")
        for language in ("ko", "en")
    }
    entry = AuditEntry.objects.get(chain="network", action="network.founded")
    assert json.loads(entry.payload)["demonstration"] is True
