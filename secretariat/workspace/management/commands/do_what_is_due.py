"""`do_what_is_due [--every MINUTES | --json]`: docs/reference/commands.md."""

from __future__ import annotations

import logging
import signal
import threading
from argparse import ArgumentTypeError
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.db import DatabaseError, close_old_connections
from django.utils.translation import gettext as _

from secretariat.kernel import clock
from secretariat.kernel.due import Fate, Outcome, do_what_is_due
from secretariat.kernel.errors import WrongState
from secretariat.kernel.replies import ReplyingCommand

logger = logging.getLogger(__name__)

WRONG_USAGE = 2


def minutes(text: str) -> float:
    """A number of minutes above 0."""
    try:
        number = float(text)
    except ValueError:
        number = 0
    if not 0 < number <= 1440:
        raise ArgumentTypeError("minutes, from above 0 to 1440")
    return number


class Command(ReplyingCommand):
    help = "Do the work that falls due by time; once, or again every few minutes."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--every", type=minutes, metavar="MINUTES", help="go on until told to end"
        )

    def handle(self, *args: Any, every: float | None = None, **options: Any) -> None:
        if every is None:
            super().handle(*args, **options)
            return
        if options["json"]:
            raise CommandError("--every prints no document", returncode=WRONG_USAGE)
        try:
            refuse_demonstration()
        except WrongState as refusal:
            self.refuse([dict(refusal.as_json())], as_json=False)
        self.go_on(every)

    def answer(self, **options: Any) -> dict[str, Any]:
        """`{"work": [{"work", "fate", "counts", "due_at", "problem"}]}`; failed: `refused` too."""
        refuse_demonstration()
        self.outcomes = do_what_is_due(now=clock.now())
        document: dict[str, Any] = {"work": [_as_json(outcome) for outcome in self.outcomes]}
        failed = [outcome for outcome in self.outcomes if outcome.fate is Fate.FAILED]
        if failed:
            document["refused"] = [
                {"code": "failed", "message": outcome.problem, "where": outcome.work.name}
                for outcome in failed
            ]
        return document

    def describe(self, document: dict[str, Any]) -> None:
        for outcome in self.outcomes:
            self.stdout.write(f"{outcome.work.label}: {_in_words(outcome)}")

    def go_on(self, every: float) -> None:
        """Do what is due, wait, do it again, until the process is told to end."""
        ended = threading.Event()
        kept = {
            number: signal.signal(number, lambda *_given: ended.set())
            for number in (signal.SIGTERM, signal.SIGINT)
        }
        try:
            while not ended.is_set():
                self.one_round()
                ended.wait(every * 60)
        finally:
            for number, handler in kept.items():
                signal.signal(number, handler)

    def one_round(self) -> None:
        """Without a database, nothing is done until the next round."""
        close_old_connections()
        try:
            do_what_is_due(now=clock.now())
        except DatabaseError as problem:
            logger.error("the database does not answer: %s", problem)
        finally:
            close_old_connections()


def refuse_demonstration() -> None:
    """In a demonstration nothing falls due: its clock stands in 2018, and its letters are play."""
    if settings.DEMONSTRATION:
        raise WrongState(
            _("In a demonstration nothing falls due by time: its clock stands on a day of 2018."),
            code="demonstration_mode",
        )


def _as_json(outcome: Outcome) -> dict[str, Any]:
    return {
        "work": outcome.work.name,
        "fate": outcome.fate.value,
        "counts": dict(outcome.counts),
        "due_at": outcome.due_at.isoformat(),
        "problem": outcome.problem,
    }


def _in_words(outcome: Outcome) -> str:
    if outcome.fate is Fate.NOT_DUE:
        return _("not due before %(moment)s") % {"moment": outcome.due_at.isoformat(" ", "minutes")}
    if outcome.fate is Fate.FAILED:
        return _("FAILED: %(problem)s") % {"problem": outcome.problem}
    said = ", ".join(f"{what} {number}" for what, number in outcome.counts.items())
    return _("done (%(counts)s)") % {"counts": said}
