"""Every address × every kind of person × every method, compared with the table beside it.

docs/how-to/add-an-address.md says what to do when an address is new.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from secretariat.kernel.access import Access, every_address
from tests.security.matrix_addresses import example, leads_to, routes
from tests.security.matrix_table import Outcome, read_row, read_table, write_row
from tests.security.matrix_walk import Walk, walking

# Wagtail's renditions leave temporary files to the garbage collector.
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:Unclosed file <tempfile.Spooled:ResourceWarning"),
]


@pytest.fixture(scope="module")
def walk(django_db_setup: None, django_db_blocker: pytest.DjangoDbBlocker) -> Iterator[Walk]:
    with django_db_blocker.unblock(), walking() as walk:
        yield walk


def test_every_example_leads_to_its_address(walk: Walk) -> None:
    named = walk.everybody.things["alpha"].named
    paths = {route: example(route, named) for route in routes()}
    astray = {path: route for route, path in paths.items() if not leads_to(path, route)}
    assert astray == {}


def test_everybody_is_answered_at_every_address_as_the_table_says(walk: Walk) -> None:
    table = read_table()
    assert sorted(set(table) - set(routes())) == [], "rows without an address"
    found = {route: write_row(walk.row(route), route) for route in routes()}
    surprises = [
        f"- {table.get(route, 'no row yet')}\n+ {line}"
        for route, line in found.items()
        if table.get(route) != line
    ]
    errors = [
        f"{question}:\n{error}"
        for question, error in walk.errors.items()
        if Outcome.BROKEN not in table.get(question.split(" ")[1], "")
    ]
    assert not surprises, "\n".join([*errors, "rows to consider:", *surprises])


def test_views_of_ours_answer_head_as_get_and_know_no_rarer_method(walk: Walk) -> None:
    table = {route: read_row(line) for route, line in read_table().items()}
    ours = {
        route
        for route, pattern, _namespaces in every_address()
        if isinstance(getattr(pattern.callback, "access", None), Access)
    }
    other = {
        f"{method} {route}": outcome
        for method, block in (("HEAD", "GET"), ("PATCH", "other"), ("DELETE", "other"))
        for route in sorted(ours & set(table))
        if (outcome := walk.ask(method, route, "secretary_general"))
        != table[route][block]["secretary_general"]
    }
    assert other == {}


@pytest.mark.postgres
@pytest.mark.parametrize("kind", ["public", "own head", "secretary_general"])
def test_every_page_opens_on_the_other_database(walk: Walk, kind: str) -> None:
    """The walk as everybody is made on SQLite; a page that only PostgreSQL refuses shows here."""
    table = {route: read_row(line)["GET"][kind] for route, line in read_table().items()}
    found = {route: walk.ask("GET", route, kind) for route in table}
    assert found == table, walk.errors
