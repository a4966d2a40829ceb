"""`replay_round_table` on a database in which something was done already."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from secretariat.kernel import audit
from secretariat.kernel.policy import SYSTEM
from secretariat.workspace.demonstration.replay import network_is_empty
from tests.factories import NOW, CityFactory, NetworkFactory, UserFactory
from tests.resolutions.stage import everything_recorded

pytestmark = pytest.mark.django_db


def an_act() -> None:
    with audit.act(SYSTEM.authority, NOW) as record:
        record("office", "something.done", {})


SOMETHING: dict[str, Callable[[], Any]] = {
    "network": NetworkFactory,
    "person": UserFactory,
    "city": CityFactory,
    "act": an_act,
}


@pytest.mark.parametrize("something", SOMETHING)
def test_it_refuses_and_writes_nothing(something: str) -> None:
    assert network_is_empty()
    SOMETHING[something]()
    assert not network_is_empty()
    before = everything_recorded()
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("replay_round_table", "--json", stdout=out, stderr=StringIO())
    assert ended.value.code == 1
    document = json.loads(out.getvalue())
    assert [(each["code"], each["where"]) for each in document["refused"]] == [
        ("not_empty", "database")
    ]
    with pytest.raises(CommandError) as caught:
        call_command("replay_round_table", stdout=StringIO())
    assert caught.value.returncode == 1
    assert everything_recorded() == before
