"""A network of one's own: empty, with one person who gets in by a link."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client, override_settings
from wagtail.models import Site

from members.models import City, Mandate, OfficeRole
from members.services.office import group_name
from secretariat.kernel import audit
from secretariat.kernel.models import AuditEntry, DemonstrationClock, Network, User
from tests.architecture.project import ROOT

GIVEN = {
    "name_ko": "새 도시 네트워크",
    "name_en": "New City Network",
    "office_name_ko": "사무소",
    "office_name_en": "Office",
    "official_languages": "ko,en",
    "time_zone": "Europe/Vienna",
    "email": "first@example.org",
    "name": "First Person",
    "language": "en",
}


def start(**changes: Any) -> dict[str, Any]:
    out = StringIO()
    call_command("start_network", **{**GIVEN, **changes}, json=True, stdout=out)
    return dict(json.loads(out.getvalue()))


def refused(**changes: Any) -> dict[str, str]:
    out = StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("start_network", **{**GIVEN, **changes}, json=True, stdout=out)
    assert end.value.code == 1
    (refusal,) = json.loads(out.getvalue())["refused"]
    return dict(refusal)


@pytest.mark.django_db
def test_it_begins_empty() -> None:
    document = start()
    person = User.objects.get()
    link = document.pop("sign_in_link")
    assert document == {
        "network": {
            "name_ko": "새 도시 네트워크",
            "name_en": "New City Network",
            "office_name_ko": "사무소",
            "office_name_en": "Office",
            "official_languages": ["ko", "en"],
            "time_zone": "Europe/Vienna",
            "demonstration": False,
        },
        "officer": {
            "email": "first@example.org",
            "name": "First Person",
            "language": "en",
            "uuid": str(person.uuid),
        },
    }
    assert link.startswith(f"http://127.0.0.1:8000/en/accounts/link/{person.uuid}/")
    assert Network.objects.get().pk == 1
    assert OfficeRole.objects.get().role == "secretary_general"
    assert {group.name for group in person.groups.all()} == {group_name("secretary_general")}
    assert (City.objects.count(), Mandate.objects.count()) == (0, 0)
    assert DemonstrationClock.objects.count() == 0
    assert Site.objects.get().is_default_site
    assert "network.founded" in AuditEntry.objects.values_list("action", flat=True)
    assert audit.verify() == []


@pytest.mark.django_db
def test_it_refuses_a_second_network() -> None:
    start()
    assert refused(email="other@example.org")["code"] == "network_exists"
    assert User.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"official_languages": "ko,tlh"}, "official_languages"),
        ({"official_languages": ","}, "official_languages"),
        ({"time_zone": "Moon/Tranquility"}, "time_zone"),
        ({"email": "nobody"}, "email"),
        ({"language": "fr"}, "language"),
    ],
)
def test_what_cannot_be_begun_is_refused_whole(changes: dict[str, str], where: str) -> None:
    assert refused(**changes)["where"] == where
    assert (Network.objects.count(), User.objects.count(), AuditEntry.objects.count()) == (0, 0, 0)


@pytest.mark.django_db
@override_settings(DEMONSTRATION=True)
def test_it_does_not_begin_in_demonstration_mode() -> None:
    assert refused()["code"] == "demonstration_mode"


def test_missing_options_are_wrong_usage() -> None:
    with pytest.raises(CommandError, match="--name-en, --email") as error:
        call_command("start_network", name_ko="가", name="A", json=True)
    assert error.value.returncode == 2


@pytest.mark.django_db
def test_the_link_shows_a_button_and_pressing_it_signs_in() -> None:
    link = start()["sign_in_link"].removeprefix("http://127.0.0.1:8000")
    scanner, person = Client(), Client()
    for _time in range(3):
        page = scanner.get(link)
        assert page.status_code == 200
        assert page["Referrer-Policy"] == "strict-origin"
        assert "_auth_user_id" not in scanner.session
    answer = person.post(link)
    assert (answer.status_code, answer.url) == (302, "/en/accounts/password/set/")
    assert person.session["_auth_user_id"] == str(User.objects.get().pk)
    assert person.get(answer.url).status_code == 200
    words = {"password1": "a long word for tests", "password2": "a long word for tests"}
    chosen = person.post(answer.url, words)
    assert (chosen.status_code, chosen.url.startswith("/en/")) == (302, True)
    assert User.objects.get().check_password("a long word for tests")
    assert scanner.get(link).status_code == 410
    assert scanner.post(link).status_code == 410


@pytest.fixture
def new_database() -> Iterator[str]:
    """The address of an empty database beside that of the tests."""
    given = settings.DATABASES["default"]
    where = {"host": given["HOST"], "user": given["USER"], "dbname": "postgres"}
    with psycopg.connect(**where, autocommit=True) as server:
        server.execute("CREATE DATABASE own_network")
        yield os.environ["DATABASE_URL"].rpartition("/")[0] + "/own_network"
        server.execute("DROP DATABASE own_network WITH (FORCE)")


@pytest.mark.postgres
def test_from_no_tables_at_all(new_database: str) -> None:
    """As a person would: a process of its own, every migration, a database without tables.

    On SQLite the demonstration that the browser journeys are shown begins in the same way.
    """
    options = [f"--{name.replace('_', '-')}={value}" for name, value in GIVEN.items()]
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "secretariat.settings.test",
        "DATABASE_URL": new_database,
    }

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    begun = run("start_network", *options, "--json")
    assert begun.returncode == 0, begun.stderr
    assert json.loads(begun.stdout)["network"]["demonstration"] is False
    assert "Making the tables" in begun.stderr
    again = run("start_network", *options, "--json")
    assert (again.returncode, json.loads(again.stdout)["refused"][0]["code"]) == (
        1,
        "network_exists",
    )
    proven = run("verify_audit", "--json")
    assert json.loads(proven.stdout)["intact"] is True
