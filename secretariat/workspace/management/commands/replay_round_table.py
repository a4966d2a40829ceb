"""`replay_round_table`: 12 December 2018 on an empty database, act by act."""

from __future__ import annotations

import json
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.utils.translation import gettext as _

from resolutions.models import Edition, Election, Term, Vote
from secretariat.kernel.audit import LEDGER, moment
from secretariat.kernel.errors import Conflict
from secretariat.kernel.models import AuditEntry, ChainHead
from secretariat.kernel.replies import ReplyingCommand, demonstration_notice
from secretariat.workspace.demonstration.replay import RoundTable, network_is_empty


class Command(ReplyingCommand):
    help = "Replay the founding round table of 12 December 2018 on an empty database."

    def answer(self, **options: Any) -> dict[str, Any]:
        if not connection.introspection.table_names():
            self.progress(_("Preparing the empty database …"))
            call_command("migrate", verbosity=0, interactive=False)
        if not network_is_empty():
            raise Conflict(
                _("This database is not empty. Replay on a new one (set DATABASE_URL)."),
                code="not_empty",
                where="database",
            )
        done = RoundTable().play(
            told=lambda at, name: self.progress(f"{at:%Y-%m-%d %H:%M:%S} {name}")
        )
        return {
            "acts": [{"at": moment(at), "act": name} for at, name in done],
            "votes": [_vote(vote) for vote in _votes()],
            "elections": [_election(election) for election in _elections()],
            "editions": [_edition(edition) for edition in _editions()],
            "audit": {
                "entries": AuditEntry.objects.count(),
                "chains": ChainHead.objects.exclude(chain=LEDGER).count(),
                "ledger": ChainHead.objects.get(chain=LEDGER).hash,
            },
            **demonstration_notice(),
        }

    def describe(self, document: dict[str, Any]) -> None:
        for vote in document["votes"]:
            self.stdout.write(f"{vote['vote']}: {vote['outcome']} — {vote['sentence']['en']}")
        for election in document["elections"]:
            self.stdout.write(f"{election['election']}: {election['elected']}")
        for edition in document["editions"]:
            self.stdout.write(f"{edition['instrument']}/{edition['edition']}: {edition['sha256']}")
        for line in document.get("demonstration", {}).values():
            self.stdout.write(line)


def _votes() -> Any:
    return Vote.objects.exclude(closed_at=None).select_related("result").order_by("opened_at")


def _vote(vote: Vote) -> dict[str, Any]:
    document = json.loads(vote.result.document)
    return {
        "vote": vote.slug,
        "outcome": vote.result.outcome,
        "counts": document["counts"],
        "seats": document["seats"],
        "present": document["present"],
        "sentence": document["sentence"],
        "roll_sha256": vote.roll_hash,
        "result_sha256": vote.result.sha256,
    }


def _elections() -> Any:
    return Election.objects.select_related("elected", "certificate").order_by("slug")


def _election(election: Election) -> dict[str, Any]:
    term = Term.objects.filter(election=election).first()
    return {
        "election": election.slug,
        "state": election.state,
        "elected": election.elected.slug if election.elected else None,
        "rounds": election.rounds.count(),
        "certificate": election.certificate.number if hasattr(election, "certificate") else None,
        "term": {"starts_on": term.starts_on.isoformat(), "ends_on": term.ends_on.isoformat()}
        if term
        else None,
    }


def _editions() -> Any:
    return Edition.objects.select_related("instrument").order_by("instrument__slug", "number")


def _edition(edition: Edition) -> dict[str, Any]:
    return {
        "instrument": edition.instrument.slug,
        "edition": edition.number,
        "adopted_on": edition.adopted_on.isoformat(),
        "published": hasattr(edition, "publication"),
        "sha256": edition.sha256,
    }
