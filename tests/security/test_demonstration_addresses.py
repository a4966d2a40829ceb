"""The demonstration's addresses × every kind of person × every method; elsewhere there are none."""

from __future__ import annotations

import runpy
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from django.test import override_settings

import secretariat
from secretariat.kernel.access import Access, declared_access, every_address
from secretariat.workspace.demonstration import views
from tests.security.matrix_addresses import leads_to, routes
from tests.security.matrix_people import PEOPLE
from tests.security.matrix_table import Outcome, read_table, write_row
from tests.security.matrix_walk import METHODS, Walk, walking

pytestmark = pytest.mark.django_db

TABLE = Path(__file__).with_name("access_matrix_demonstration.txt")
URLS = Path(secretariat.__file__).with_name("urls.py")


@pytest.fixture(scope="module")
def addresses() -> ModuleType:
    """The project's addresses as its own file gives them in demonstration mode."""
    module = ModuleType("addresses_in_demonstration_mode")
    with override_settings(DEMONSTRATION=True):
        module.__dict__["urlpatterns"] = runpy.run_path(str(URLS))["urlpatterns"]
    return module


@pytest.fixture(scope="module")
def walk(
    addresses: ModuleType, django_db_setup: None, django_db_blocker: pytest.DjangoDbBlocker
) -> Iterator[Walk]:
    with (
        django_db_blocker.unblock(),
        walking(DEMONSTRATION=True, ROOT_URLCONF=addresses) as walk,
        pytest.MonkeyPatch.context() as patched,
    ):
        patched.setattr(views, "start_again", _must_not_begin)
        yield walk


def _must_not_begin() -> None:
    raise AssertionError("nothing was posted, and the demonstration starts again")


def test_they_are_the_addresses_that_only_that_mode_has(walk: Walk) -> None:
    with override_settings(ROOT_URLCONF="secretariat.urls", DEMONSTRATION=False):
        elsewhere = set(routes())
    assert set(routes()) - elsewhere == set(read_table(TABLE))
    assert elsewhere - set(routes()) == set()
    declared = {
        route
        for route, pattern, namespaces in every_address()
        if declared_access(pattern, namespaces, route) is Access.DEMONSTRATION
    }
    assert declared == set(read_table(TABLE))
    assert all(leads_to(f"/{route}", route) for route in declared)


def test_everybody_is_answered_there_as_the_table_says(walk: Walk) -> None:
    table = read_table(TABLE)
    found = {route: write_row(walk.row(route), route) for route in table}
    surprises = [
        f"- {table[route]}\n+ {line}" for route, line in found.items() if table[route] != line
    ]
    assert not surprises, "\n".join([*walk.errors.values(), "rows to consider:", *surprises])


@pytest.mark.parametrize("included", [False, True], ids=["not included", "included by mistake"])
def test_outside_that_mode_nobody_finds_one(
    walk: Walk, addresses: ModuleType, included: bool
) -> None:
    given = addresses if included else "secretariat.urls"
    with override_settings(ROOT_URLCONF=given, DEMONSTRATION=False):
        found = {
            walk.ask(method, route, kind)
            for route in read_table(TABLE)
            for kind in PEOPLE
            for method in (*METHODS.values(), "HEAD")
        }
    assert found == {Outcome.NOT_FOUND}
