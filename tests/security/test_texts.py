"""A text keeps its order whatever is inserted, and is not adopted past the assembly."""

from __future__ import annotations

import pytest
from django.test import Client

from resolutions.models import Edition, Instrument
from resolutions.rules.structure import Kind, Provision, TextTree
from resolutions.selectors.trees import draft_tree
from resolutions.services.texts import adopt_text, draft_text, table_text, take_off_the_table
from resolutions.services.votes import close_vote
from tests.resolutions.stage import Stage, at, refused
from tests.workspace.hands import minute, signed_in, url


def articles(numbers: list[int]) -> TextTree:
    """A text of articles with these numbers, in this order."""
    return TextTree(
        "Long",
        "en",
        tuple(Provision(f"art{n}", Kind.ARTICLE, str(n), "", f"Text {n}.") for n in numbers),
    )


def test_articles_stay_in_order_however_many_are_inserted(stage: Stage) -> None:
    inserted = [200 + number for number in range(70)]
    for numbers in (
        [1, 90],
        list(range(1, 91)),
        [1, 2, 3, *inserted, *range(4, 91)],
        [1, 2, 3, 900, *inserted[:35], 902, 901, *inserted[35:], *range(4, 91)],
        [90, 3, 2, 1],
        list(range(1, 91)),
    ):
        instrument = draft_text(
            slug="long",
            kind="resolution",
            trees=[articles(numbers)],
            actor=stage.secretary,
            now=at(0),
        )
        tree = draft_tree(instrument=instrument, language="en")
        assert [int(each.number) for each in tree.provisions] == numbers
        positions = list(instrument.provisions.values_list("position", flat=True))
        assert len(set(positions)) == len(positions)


@pytest.fixture
def tabled(stage: Stage) -> Instrument:
    return stage.tabled("motion")


def adopt_past_the_assembly(stage: Stage, instrument: Instrument, minutes: float) -> Edition:
    return adopt_text(
        instrument=instrument, vote=None, basis="my word", actor=stage.secretary, now=at(minutes)
    )


def test_a_text_is_not_adopted_past_the_vote_on_it(stage: Stage, tabled: Instrument) -> None:
    vote = stage.open_vote(instrument=tabled)
    with refused("put_to_a_vote", where=vote.slug):
        adopt_past_the_assembly(stage, tabled, 2)
    stage.cast(vote, alpha="against", beta="against")
    close_vote(vote=vote, actor=stage.officer, now=at(3))
    with refused("put_to_a_vote", where=vote.slug):
        adopt_past_the_assembly(stage, tabled, 4)


def test_nor_by_a_form_that_the_page_does_not_show(stage: Stage, tabled: Instrument) -> None:
    stage.open_vote(instrument=tabled)
    office: Client = signed_in(stage.secretary)
    with minute(2):
        answer = office.post(
            url("text", "motion"),
            {
                "act": "adopt_earlier",
                "basis": "my word",
                "adopted_on": "2018-12-11",
                "in_force_from": "2018-12-11",
            },
        )
    assert answer.status_code == 409
    assert not Edition.objects.filter(instrument=tabled).exists()


def test_another_text_of_the_same_name_may_rest_on_another_basis(
    stage: Stage, tabled: Instrument
) -> None:
    vote = stage.open_vote(instrument=tabled)
    stage.cast(vote, alpha="against", beta="against")
    close_vote(vote=vote, actor=stage.officer, now=at(3))
    take_off_the_table(instrument=tabled, reason="rejected", actor=stage.secretary, now=at(4))
    stage.drafted("motion", words="quite different")
    table_text(instrument=tabled, actor=stage.secretary, now=at(5))
    assert adopt_past_the_assembly(stage, tabled, 6).number == 1
