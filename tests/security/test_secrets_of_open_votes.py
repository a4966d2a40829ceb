"""While a roll-call is open nobody sees how a seat votes: neither the public nor the office."""

from __future__ import annotations

import json

from django.test import Client

from resolutions.services.votes import close_vote
from tests.resolutions.stage import Stage, at
from tests.workspace.hands import minute, signed_in

AUDIT = "/admin/office-audit/"


def audit_page(stage: Stage) -> str:
    return signed_in(stage.officer).get(AUDIT).content.decode()


def test_the_offices_register_keeps_ballots_until_the_close(stage: Stage) -> None:
    vote = stage.open_vote()
    stage.cast(vote, alpha="against", beta="for")
    with minute(3):
        page = audit_page(stage)
        assert "vote.cast" in page
        assert "against&quot;" not in page
        assert page.count("투표가 마감되면 표시됩니다.") == 2
    close_vote(vote=vote, actor=stage.officer, now=at(4))
    with minute(5):
        page = audit_page(stage)
        assert "against&quot;" in page
        assert "투표가 마감되면 표시됩니다." not in page


def test_public_documents_say_who_voted_and_not_how(stage: Stage) -> None:
    vote = stage.open_vote()
    stage.cast(vote, alpha="against", beta="against")
    with minute(3):
        document = json.loads(Client().get(f"/ko/decisions/{vote.slug}.json").content)
        ledger = Client().get("/ko/audit/ledger.json").content.decode()
        page = Client().get(f"/ko/decisions/{vote.slug}/").content.decode()
    assert (document["voted"], document["result"]) == (["alpha", "beta"], None)
    assert "ballots" not in document
    assert "against" not in ledger
    assert "payload" not in ledger
    assert 'data-choice="against"' not in page
