"""The outermost addresses."""

from __future__ import annotations

import pytest
from django.test import Client, override_settings

from tests.factories import NetworkFactory

pytestmark = pytest.mark.django_db


def test_health_is_told_without_a_session() -> None:
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "database": "ok"})
    assert "no-store" in answer["Cache-Control"]
    assert answer.cookies == {}
    assert Client().post("/healthz").status_code == 405


def test_search_engines_find_the_public_site_of_a_real_network() -> None:
    NetworkFactory()
    answer = Client().get("/robots.txt")
    assert (answer["Content-Type"], "Disallow: /\n" in answer.text) == ("text/plain", False)
    assert "X-Robots-Tag" not in answer


def test_search_engines_stay_out_of_a_demonstration() -> None:
    NetworkFactory(demonstration=True)
    answer = Client().get("/robots.txt")
    assert answer.text == "User-agent: *\nDisallow: /\n"
    assert answer["X-Robots-Tag"] == "noindex, nofollow"


@override_settings(DEMONSTRATION=True)
def test_and_of_the_mode_without_a_network() -> None:
    assert Client().get("/robots.txt").text == "User-agent: *\nDisallow: /\n"


def test_what_is_not_there_is_not_looked_for_in_a_language() -> None:
    for address in ("/static/none.css", "/documents/1/none.pdf"):
        assert Client().get(address).status_code == 404
