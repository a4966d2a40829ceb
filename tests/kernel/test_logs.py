"""The log of a refusal does not give away the link that was refused."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import translation

from secretariat.kernel.logs import LINKS

PERSON = uuid4()
LETTERS = {
    "workspace:invitation": {"token": "secret"},
    "workspace:told": {"token": "secret"},
    "workspace:ready_email": {"token": "secret"},
    "sign_in_link": {"person": PERSON, "token": "secret"},
    "cms:application": {"uuid": PERSON, "key": "secret"},
    "account_confirm_email": {"key": "secret"},
    "account_reset_password_from_key": {"uidb36": "1", "key": "secret"},
}
"""The links that letters carry."""


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the console would show."""
    console = next(each for each in logging.root.handlers if each.get_name() == "console")
    assert isinstance(console, logging.StreamHandler)
    read = io.StringIO()
    shown = console.setStream(read)
    yield read
    console.setStream(shown)


@pytest.mark.django_db
@pytest.mark.parametrize("name", LETTERS)
def test_a_refused_link_is_logged_without_its_secret(name: str, log: io.StringIO) -> None:
    with translation.override("ko"):
        address = reverse(name, kwargs=LETTERS[name])
    assert Client(enforce_csrf_checks=True).post(address).status_code in (403, 404)
    (line,) = log.getvalue().splitlines()
    assert line.endswith("…/")
    assert "secret" not in line


def test_other_addresses_are_logged_as_they_are() -> None:
    for address in ("/ko/office/letters/1/", "/ko/cities/apply/sent/", "/ko/invitations/"):
        assert LINKS.sub("…", address) == address


def test_the_proxy_keeps_the_same_words_to_itself() -> None:
    proxy = (settings.BASE_DIR / "secretariat/deployment/Caddyfile").read_text(encoding="utf-8")
    said = LINKS.pattern.replace(r"\s", "")
    assert f'request>uri regexp "{said}" "$1-"' in proxy
