"""Whatever other hands change in signatures, reservations and withdrawals is named.

One story is told once and kept in a transaction; each test changes something in a savepoint.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import override_settings

from members.services.letters import confirm_letter
from resolutions.models import (
    Reservation,
    ReservationWithdrawal,
    Signature,
    SignatureWithdrawal,
    Signing,
)
from resolutions.services.signatures import (
    Reserved,
    withdraw_from_signature,
    withdraw_reservation,
    withdraw_signature,
)
from secretariat.kernel import audit
from tests.factories import NOW
from tests.members.papers import recorded
from tests.resolutions.declarations import opened, signed
from tests.resolutions.stage import Stage, at
from tests.resolutions.test_integrity import changed, columns, other, remove

pytestmark = pytest.mark.django_db


def tell(stage: Stage) -> None:
    """One row at least in each table of signatures, with rows of others beside."""
    edition = opened(stage)
    actor = stage.delegates["alpha"]
    signature = signed(stage, edition, reservations=[Reserved("art1", {"ko": "다만."})])
    withdraw_reservation(reservation=signature.reservations.get(), actor=actor, now=at(1))
    withdraw_signature(signature=signature, reason="Council", actor=actor, now=at(2))
    second = signed(stage, edition, "beta", reservations=[Reserved("", {"en": "All."})])
    withdraw_reservation(
        reservation=second.reservations.get(), actor=stage.delegates["beta"], now=at(3)
    )
    third = signed(stage, edition, "gamma")
    withdraw_signature(signature=third, actor=stage.delegates["gamma"], now=at(3))
    facts = {"text": "declaration", "edition": 1, "language": "en", "sha256": edition.sha256}
    letter = recorded(
        "signature",
        stage.cities["delta"],
        facts,
        written_on=NOW.date(),
        received_on=NOW.date(),
        actor=stage.registrar,
        now=at(1),
    )
    confirm_letter(letter=letter, actor=stage.officer, now=at(4))
    withdraw_from_signature(
        edition=edition, reason="r", basis="b", actor=stage.secretary, now=at(5)
    )
    opened(stage, "other-declaration")


@pytest.fixture(scope="module")
def story(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    folder: Path = tmp_path_factory.mktemp("private")
    with (
        django_db_blocker.unblock(),
        override_settings(PRIVATE_ROOT=folder),
        transaction.atomic(),
    ):
        tell(Stage())
        yield
        transaction.set_rollback(True)


@pytest.fixture
def _django_db_helper(story: None, django_db_blocker: Any) -> Iterator[None]:
    """In place of pytest-django's own: what a test changes is undone, the story stays."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


TABLES: tuple[Any, ...] = (
    Signing,
    Signature,
    SignatureWithdrawal,
    Reservation,
    ReservationWithdrawal,
)


def places() -> set[str]:
    return {finding.where for finding in audit.verify()}


def test_the_story_is_intact() -> None:
    assert audit.verify() == []
    assert [model.objects.count() for model in TABLES] == [2, 4, 2, 2, 2]


@pytest.mark.parametrize(
    ("model", "column"),
    [
        pytest.param(model, column, id=f"{model.__name__}.{column}")
        for model in TABLES
        for column in columns(model)
        if column != "decision"
    ],
)
def test_a_changed_column_is_found_and_named(model: Any, column: str) -> None:
    row = model.objects.order_by("pk").first()
    if not changed(row, column, other(row, column)):
        return
    assert any(place.startswith("declaration/1") for place in places())


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model.__name__)
def test_a_removed_row_is_found_and_named(model: Any) -> None:
    row = model.objects.order_by("pk").first()
    with connection.constraint_checks_disabled():
        remove(row)
        found = places()
    assert any(place.startswith("declaration/1") for place in found), found
