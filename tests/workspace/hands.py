"""Clients signed in as people, at a moment that the test chooses."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from secretariat.kernel import clock
from secretariat.kernel.models import User
from tests.resolutions.stage import at

BACKEND = "django.contrib.auth.backends.ModelBackend"


def url(name: str, *args: str) -> str:
    """The Korean address of a page of the workspace."""
    with translation.override("ko"):
        return reverse(f"workspace:{name}", args=args)


def signed_in(person: User) -> Client:
    """A browser in which `person` has just signed in, with a second factor."""
    client = Client()
    sign_in(client, person)
    return client


def sign_in(client: Client, person: User) -> None:
    """Let `person` sign in, with a second factor, in this browser."""
    client.force_login(person, backend=BACKEND)
    confirm(client, person)


def confirm(client: Client, person: User, *, at: float | None = None) -> None:
    """The session as if `person` had used a second factor: just now, or at that moment."""
    moment = time.time() if at is None else at
    session = client.session
    session["account_authentication_methods"] = [
        {"method": "mfa", "type": "totp", "at": moment, "reauthenticated": True}
    ]
    session["account_authentication_methods_user"] = str(person.pk)
    session.save()


@contextmanager
def minute(minutes: float) -> Iterator[None]:
    """The clock stands so many minutes after the moment at which tests take place."""
    with clock.held_at(at(minutes)):
        yield


def queries(client: Client, address: str) -> int:
    """How many queries a page costs, once warm."""
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


class _Acts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "input" and given.get("name") == "act":
            self.names.append(str(given.get("value")))


def acts_on(response: HttpResponse) -> list[str]:
    """The acts that a page offers, in its order."""
    parser = _Acts()
    parser.feed(response.content.decode())
    return parser.names
