"""Addresses that nobody types: a page or a 404, never an error."""

from __future__ import annotations

import pytest
from django.test import Client

from secretariat.kernel.models import Network

LISTS = ["cities", "texts", "assemblies", "decisions", "elections", "library", "search", "audit"]
ODD = ["page=0", "page=-1", "page=%00", "page=99999999999999999999", "q=%00", "q=%ff", "year=%00"]


@pytest.mark.parametrize("name", LISTS)
def test_odd_questions_are_answered(network: Network, name: str) -> None:
    answers = {odd: Client().get(f"/ko/{name}/?{odd}").status_code for odd in ODD}
    assert {odd: status for odd, status in answers.items() if status not in (200, 404)} == {}


@pytest.mark.parametrize(
    "path",
    [
        "/%00",
        "/ko/cities/%00/",
        "/ko/cities/" + "a" * 3000 + "/",
        "/ko/texts/bylaws/editions/99999999999999999999999/",
        "/ko/library/%ff/",
        "/documents/99999999999999999999/x",
        "/ko/_util/authenticate_with_password/99999999999999999999/2/",
        "/demo/",
    ],
)
def test_odd_addresses_are_not_found(network: Network, path: str) -> None:
    assert Client().get(path).status_code == 404
