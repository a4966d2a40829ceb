"""The command `do_what_is_due`: everything that falls due is there, and each does its work."""

from __future__ import annotations

import json
import signal
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django_tasks_db.models import DBTaskResult

from members.models import MemberImport
from secretariat.kernel import due
from secretariat.kernel.due import works
from secretariat.kernel.models import DueWork
from secretariat.workspace.due import clear_sessions
from secretariat.workspace.management.commands import do_what_is_due
from tests.factories import NOW, NetworkFactory, UserFactory
from tests.workspace.hands import signed_in

pytestmark = pytest.mark.django_db

EVERYTHING = [
    "announcements",
    "task_results",
    "grants",
    "previews",
    "edition_files",
    "scheduled_pages",
    "search_index",
    "ready_checks",
    "sessions",
]


def run() -> dict[str, Any]:
    out = StringIO()
    call_command("do_what_is_due", json=True, stdout=out)
    document: dict[str, Any] = json.loads(out.getvalue())
    return document


def of(name: str) -> due.Work:
    return next(work for work in works() if work.name == name)


def test_every_layer_has_registered_its_work() -> None:
    assert [work.name for work in works()] == EVERYTHING
    assert all(timedelta(minutes=5) <= work.every <= timedelta(days=1) for work in works())


def test_the_document_says_what_became_of_each() -> None:
    NetworkFactory()
    document = run()
    assert [(each["work"], each["fate"]) for each in document["work"]] == [
        (name, "done") for name in EVERYTHING
    ]
    assert document["work"][2]["counts"] == {"grants": 0, "people": 0}
    assert "refused" not in document
    assert {each["fate"] for each in run()["work"]} == {"not_due"}
    assert DueWork.objects.filter(done_at=None).count() == 0


def test_people_read_a_line_for_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(due, "_works", {"grants": of("grants")})
    out = StringIO()
    call_command("do_what_is_due", stdout=out)
    call_command("do_what_is_due", stdout=out)
    done, not_due = out.getvalue().splitlines()
    assert done.startswith(str(of("grants").label))
    assert "grants 0, people 0" in done
    assert str(DueWork.objects.get().due_at.year) in not_due


def test_a_failure_is_refused_by_name_and_ends_with_1(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(now: Any) -> dict[str, int]:
        raise RuntimeError("the index is away")

    broken = due.Work("search_index", "", timedelta(days=1), fails)
    monkeypatch.setattr(due, "_works", {"search_index": broken, "grants": of("grants")})
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("do_what_is_due", json=True, stdout=out)
    document = json.loads(out.getvalue())
    assert ended.value.code == 1
    assert document["refused"] == [
        {"code": "failed", "message": "the index is away", "where": "search_index"}
    ]
    assert [each["fate"] for each in document["work"]] == ["failed", "done"]


def test_it_goes_on_until_it_is_told_to_end(monkeypatch: pytest.MonkeyPatch) -> None:
    rounds: list[Any] = []

    def one_round(*, now: Any) -> list[Any]:
        rounds.append(now)
        if len(rounds) == 1:
            raise OperationalError("the database is away")
        if len(rounds) == 3:
            signal.raise_signal(signal.SIGTERM)
        return []

    monkeypatch.setattr(do_what_is_due, "do_what_is_due", one_round)
    monkeypatch.setattr(do_what_is_due, "close_old_connections", lambda: None)
    before = signal.getsignal(signal.SIGTERM)
    call_command("do_what_is_due", every=0.0001)
    assert len(rounds) == 3
    assert signal.getsignal(signal.SIGTERM) is before


@pytest.mark.parametrize("given", [["--every", "0"], ["--every", "soon"], ["--every", "5000"]])
def test_minutes_are_a_number_above_nothing(given: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("do_what_is_due", *given)


def test_whoever_goes_on_prints_no_document() -> None:
    with pytest.raises(CommandError) as refused:
        call_command("do_what_is_due", every=5, json=True)
    assert refused.value.returncode == 2


def test_in_a_demonstration_nothing_falls_due(settings: Any) -> None:
    settings.DEMONSTRATION = True
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("do_what_is_due", json=True, stdout=out)
    assert json.loads(out.getvalue())["refused"][0]["code"] == "demonstration_mode"
    with pytest.raises(CommandError):
        call_command("do_what_is_due", every=5)
    assert DueWork.objects.count() == 0


# what the pieces do


def test_previews_go_a_week_after_they_were_brought() -> None:
    week = timedelta(days=7)
    old = MemberImport.objects.create(name="a.csv", sha256="0" * 64, size=1, opened_at=NOW - week)
    assert of("previews").do(NOW) == {"previews": 0}
    assert of("previews").do(NOW + timedelta(seconds=1)) == {"previews": 1}
    old.refresh_from_db()
    assert old.state == "discarded"


def test_a_session_that_ran_out_goes_and_its_device_with_it() -> None:
    NetworkFactory()
    for person in (UserFactory(), UserFactory()):
        session = signed_in(person).session
        UserSession.objects.get_or_create(
            session_key=session.session_key, defaults={"user": person, "ip": "127.0.0.1"}
        )
    ended = Session.objects.order_by("pk").first()
    assert ended is not None
    Session.objects.filter(pk=ended.pk).update(expire_date=NOW)
    assert clear_sessions(NOW) == {"devices": 1}
    assert not Session.objects.filter(pk=ended.pk).exists()
    assert UserSession.objects.count() == Session.objects.count() == 1


def test_results_of_tasks_go_after_two_weeks() -> None:
    for ago in (13, 15):
        DBTaskResult.objects.create(
            status="SUCCESSFUL",
            task_path="x",
            args_kwargs={},
            backend_name="default",
            finished_at=NOW - timedelta(days=ago),
        )
    assert of("task_results").do(NOW) == {"results": 1}
