"""Asking an address as a kind of person, and naming what came back.

Each question is asked in a transaction that is undone, so that every kind of person finds
the same things, whatever an earlier one was able to change.
"""

from __future__ import annotations

import copy
import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from itertools import chain
from typing import Any, Final
from unittest.mock import patch
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.file import SessionStore
from django.core.handlers.base import BaseHandler
from django.core.signals import got_request_exception
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.base import Template
from django.test import RequestFactory, override_settings
from django.urls import URLResolver, reverse
from django.utils import translation
from django.utils.safestring import SafeString

from secretariat.kernel import clock
from secretariat.kernel import middleware as edge
from secretariat.kernel.models import Network
from tests.resolutions.stage import at
from tests.security.matrix_addresses import example
from tests.security.matrix_people import PEOPLE, WITHOUT_FACTOR, Asker, Everybody
from tests.security.matrix_table import BLOCKS, Outcome, Row

METHODS: Final = {"GET": "GET", "POST": "POST", "other": "PUT"}
"""Block of the table → the method by which it is asked."""

NAMED: Final = {
    400: Outcome.REFUSED,
    401: Outcome.REFUSED,
    403: Outcome.FORBIDDEN,
    404: Outcome.NOT_FOUND,
    405: Outcome.NO_SUCH_METHOD,
    409: Outcome.REFUSED,
    410: Outcome.REFUSED,
    422: Outcome.REFUSED,
}
FIRST_SENDER: Final = int(ip_address("10.0.0.0"))
REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})


class Given:
    """In the place of session and authentication middleware: the person who asks, and no queries.

    Each request has a copy of the person and of the session, so none leaves anything behind.
    """

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponseBase:
        asker: Asker | None = getattr(request, "signed_in", None)  # Wagtail's previews have none
        request.session = SessionStore()
        request.session.update(copy.deepcopy(asker.session) if asker else {})
        request.user = (asker.account() if asker else None) or AnonymousUser()
        return self.get_response(request)


class Walk:
    """The project's handler with its middleware, without what a test client adds to each page."""

    def __init__(self, everybody: Everybody) -> None:
        self.everybody = everybody
        self.handler = BaseHandler()
        self.handler.load_middleware()
        self.requests = RequestFactory()
        self.errors: dict[str, str] = {}
        self.asked = 0
        self.askers: dict[str, Asker] = {kind: everybody.asker(kind) for kind in PEOPLE}
        # A third of what a refusal costs is to look up the one network there is.
        self.network = Network.objects.get()
        with translation.override("ko"):
            self.accounts = reverse(settings.LOGIN_URL).removesuffix("login/")

    def row(self, route: str) -> Row:
        """What everybody is answered at `route`."""
        return {
            block: {kind: self.ask(METHODS[block], route, kind) for kind in chain(*groups)}
            for block, groups in BLOCKS.items()
        }

    def ask(self, method: str, route: str, kind: str) -> Outcome:
        """What `kind` of person is answered at `route`."""
        response = self.answer(method, route, kind)
        return self._name(response.asked, response, kind)

    def answer(self, method: str, route: str, kind: str) -> Any:
        """The response to `kind` of person; whatever was written for it is undone."""
        asker = self.askers[kind]
        path = example(route, self.everybody.things[asker.city.slug].named)
        self.asked += 1
        # Each from an address of its own: what limits guesses counts across questions.
        sender = str(ip_address(FIRST_SENDER + self.asked))
        request: Any = self.requests.generic(method, path, REMOTE_ADDR=sender)
        request._dont_enforce_csrf_checks = True
        request.signed_in = asker
        with (
            _undone(),
            self._heard(f"{method} {route} as {kind}"),
            translation.override("ko"),
            patch.object(edge, "_network", lambda: copy.copy(self.network)),
        ):
            response: Any = self.handler.get_response(request)
        for close in response._resource_closers:
            close()
        response.asked = request
        return response

    def _name(self, request: HttpRequest, response: HttpResponseBase, kind: str) -> Outcome:
        status = response.status_code
        if status in REDIRECTS:
            return self._direction(request, urlsplit(response["Location"]).path, kind)
        if status < 300:
            return Outcome.REACHED
        return NAMED.get(status, Outcome.BROKEN)

    def _direction(self, request: HttpRequest, to: str, kind: str) -> Outcome:
        own = request.path_info.startswith(self.accounts)
        if to == f"{self.accounts}login/" and request.path_info != to:
            return Outcome.SIGN_IN
        if kind in WITHOUT_FACTOR and to.startswith(self.accounts) and not own:
            return Outcome.SECOND_FACTOR
        if to.endswith("/reauthenticate/"):
            return Outcome.AGAIN
        # Wagtail leads who lacks a right back to its home, with a message.
        if to == "/admin/" and request.path_info.startswith("/admin/"):
            return Outcome.FORBIDDEN
        return Outcome.ELSEWHERE

    @contextmanager
    def _heard(self, question: str) -> Iterator[None]:
        """Keep what broke, to be told with the outcome."""

        def hear(**kwargs: Any) -> None:
            self.errors[question] = traceback.format_exc(limit=-3)

        got_request_exception.connect(hear)
        try:
            yield
        finally:
            got_request_exception.disconnect(hear)


@contextmanager
def walking(**more: Any) -> Iterator[Walk]:
    """A walk ten minutes into the day of the tests, under further settings; all is undone."""
    rules = {"SECOND_FACTOR_REQUIRED": True, "MIDDLEWARE": middleware(), **more}
    with (
        transaction.atomic(),
        override_settings(**rules),
        clock.held_at(at(10)),
        bare_answers(),
    ):
        yield Walk(Everybody())
        transaction.set_rollback(True)


def middleware() -> list[str]:
    """The project's, without what serves files and keeps sessions."""
    given = f"{__name__}.Given"
    replaced = {
        "django.contrib.auth.middleware.AuthenticationMiddleware": given,
        "django.contrib.sessions.middleware.SessionMiddleware": "",
        "whitenoise.middleware.WhiteNoiseMiddleware": "",
    }
    found = [replaced.get(each, each) for each in settings.MIDDLEWARE]
    assert given in found
    return [each for each in found if each]


@contextmanager
def bare_answers() -> Iterator[None]:
    """Answers without their pages: a page costs a hundred times what it takes to be let in."""

    def bare(resolver: URLResolver, view_type: int) -> Any:
        return lambda request, exception=None: HttpResponse(status=view_type)

    with (
        patch.object(URLResolver, "resolve_error_handler", bare),
        patch.object(Template, "render", lambda self, context: SafeString("")),
    ):
        logging.disable(logging.ERROR)
        try:
            yield
        finally:
            logging.disable(logging.NOTSET)


@contextmanager
def _undone() -> Iterator[None]:
    """Whatever is written meanwhile is undone; durable acts are let be the outermost."""
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]
    with block:
        yield
        transaction.set_rollback(True)
