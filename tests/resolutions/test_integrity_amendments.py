"""What other hands do to amendments is found and named."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from resolutions.integrity import verify_record
from resolutions.models import (
    Amendment,
    AmendmentRule,
    AmendmentSponsor,
    AmendmentText,
    Edition,
    EditionAmendment,
    VotingOrder,
)
from resolutions.services.amendments import (
    adopt_amended,
    apply_adopted,
    join_amendment,
    set_voting_order,
)
from secretariat.kernel import audit
from tests.resolutions.amending import (
    admitted,
    bylaws,
    decided,
    drafted,
    reviewed,
    texts,
)
from tests.resolutions.rules.amended_texts import reworded
from tests.resolutions.stage import Stage, at
from tests.resolutions.standing import stands
from tests.resolutions.test_integrity import change, changed, columns, findings, other, remove


class Amended(Stage):
    """A stage on which three amendments were filed, two adopted and applied."""

    @property
    def amended(self) -> list[Amendment]:
        edition = bylaws(self)
        first = reviewed(self, admitted(self, edition, self._say(edition, "art1")))
        join_amendment(
            amendment=first, city=self.cities["gamma"], actor=self.delegates["gamma"], now=at(-20)
        )
        second = reviewed(self, admitted(self, edition, self._say(edition, "art4"), "delta"))
        third = admitted(self, edition, self._say(edition, "art5"), "gamma")
        draft = drafted(self, edition, self._say(edition, "art6"), "zeta")
        set_voting_order(
            instrument=edition.instrument, assembly=self.assembly, order=[1, 2, 3],
            actor=self.officer, now=at(0),
        )  # fmt: skip
        decided(self, first, minute=1)
        decided(self, second, minute=2)
        apply_adopted(instrument=edition.instrument, actor=self.secretary, now=at(3))
        adopt_amended(instrument=edition.instrument, actor=self.secretary, now=at(4))
        return [first, second, third, draft]

    @staticmethod
    def _say(edition: Edition, key: str) -> Any:
        return reworded(texts(edition), key, key, f"{key} newly")


standing_stage, _django_db_helper, stage = stands("assembly", "amended", kind=Amended)

pytestmark = pytest.mark.django_db

ROWS: dict[Any, Callable[[], Any]] = {
    Amendment: lambda: Amendment.objects.get(number=1),
    AmendmentText: lambda: AmendmentText.objects.get(amendment__number=1, language="ko"),
    AmendmentSponsor: lambda: AmendmentSponsor.objects.get(),
    AmendmentRule: lambda: AmendmentRule.objects.get(amendment__number=2),
    VotingOrder: lambda: VotingOrder.objects.get(),
    EditionAmendment: lambda: EditionAmendment.objects.get(position=1),
}
EVERY_COLUMN = [
    pytest.param(model, column, id=f"{model.__name__}.{column}")
    for model in ROWS
    for column in columns(model)
]


@pytest.mark.usefixtures("stage")
def test_amendments_as_they_were_acted_on_are_intact() -> None:
    assert audit.verify() == []
    assert [row.state for row in Amendment.objects.order_by("pk")] == [
        "applied",
        "applied",
        "admitted",
        "draft",
    ]


@pytest.mark.usefixtures("stage")
@pytest.mark.parametrize(("model", "column"), EVERY_COLUMN)
def test_a_changed_column_of_an_amendment_is_found(model: Any, column: str) -> None:
    row = ROWS[model]()
    value = other(row, column)
    if value != getattr(row, row._meta.get_field(column).attname) and changed(row, column, value):
        assert list(verify_record()) != []


@pytest.mark.usefixtures("stage")
@pytest.mark.parametrize("model", list(ROWS), ids=lambda model: model.__name__)
def test_a_removed_row_of_an_amendment_is_found(model: Any) -> None:
    before = transaction.savepoint()
    with connection.constraint_checks_disabled():
        remove(ROWS[model]())
        assert findings() != set()
        transaction.savepoint_rollback(before)


@pytest.mark.usefixtures("stage")
def test_what_was_changed_is_named() -> None:
    row = Amendment.objects.get(number=3)
    operations = [{**row.operations[0], "words": {"ko": {"heading": "", "text": "다른 말"}}}]
    change(row, "operations", operations)
    assert findings() == {("amendment_changed", str(row.uuid))}
    change(row, "operations", row.operations)
    change(row, "state", "adopted")
    assert findings() == {("amendment_changed", str(row.uuid))}


@pytest.mark.usefixtures("stage")
def test_rows_that_nobody_recorded_are_found(stage: Stage) -> None:
    third = Amendment.objects.get(number=3)
    AmendmentSponsor.objects.create(amendment=third, city=stage.cities["zeta"], joined_at=at(0))
    assert findings() == {("amendment_changed", str(third.uuid))}
    third.sponsors.all().delete()
    edition = Edition.objects.get(instrument__slug="bylaws", number=2)
    EditionAmendment.objects.create(edition=edition, amendment=third, position=3)
    assert findings() == {("edition_amendment_not_recorded", "bylaws/2#3")}


@pytest.mark.usefixtures("stage")
def test_a_vote_that_is_said_to_be_on_another_amendment_is_found() -> None:
    first, third = (Amendment.objects.get(number=number) for number in (1, 3))
    vote = first.votes.get()
    change(vote, "amendment", third.pk)
    assert findings() == {("vote_changed", vote.slug)}
