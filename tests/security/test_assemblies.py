"""Assemblies keep to their day and place, and nobody founds a network twice."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from resolutions.services.texts import adopt_text
from resolutions.services.votes import close_vote
from secretariat.kernel.calendar import network_day
from tests.factories import NetworkFactory
from tests.resolutions.stage import Stage, at, refused


@pytest.mark.django_db
def test_days_are_those_of_the_network() -> None:
    moment = datetime(2018, 12, 12, 23, 30, tzinfo=UTC)
    assert network_day(moment) == date(2018, 12, 13)
    NetworkFactory(time_zone="Europe/Vienna")
    assert network_day(moment) == date(2018, 12, 13)
    network = NetworkFactory()
    network.time_zone = "America/New_York"
    network.save()
    assert network_day(moment) == date(2018, 12, 12)


def test_a_decision_is_of_the_day_where_the_assembly_met(stage: Stage) -> None:
    assembly = stage.assembly
    assembly.time_zone = "Pacific/Kiritimati"
    assembly.save()
    text = stage.tabled("motion")
    vote = stage.open_vote(instrument=text)
    stage.cast(vote, alpha="for", beta="for")
    close_vote(vote=vote, actor=stage.officer, now=at(330))
    edition = adopt_text(instrument=text, vote=vote, actor=stage.secretary, now=at(331))
    assert (edition.adopted_on, edition.in_force_from) == (date(2018, 12, 13), date(2018, 12, 13))


def test_with_bylaws_nobody_convenes_a_founding_assembly(stage: Stage) -> None:
    _ = stage.bylaws
    with refused("bylaws_in_force", where="again"):
        stage.convened("again", kind="founding")


def test_a_vote_takes_points_of_its_own_agenda_only(stage: Stage) -> None:
    other = stage.convened("2018-winter")
    _ = stage.assembly
    with refused("missing", where="agenda_item"):
        stage.prepared(agenda_item=other.agenda.first())
