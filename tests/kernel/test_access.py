"""Every address declares who may reach it, and the declaration is enforced."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.checks import run_checks
from django.http import Http404, HttpRequest, HttpResponse
from django.test import RequestFactory, override_settings
from django.urls import clear_url_caches, include, path

from secretariat.kernel.access import (
    Access,
    access,
    declare_namespace,
    every_address,
    refuse_undeclared_addresses,
    undeclared_addresses,
)
from tests.factories import city_person, office_person


def silent(request: HttpRequest) -> HttpResponse:
    return HttpResponse("reached")


declared = access(Access.PUBLIC)(silent)
with_silent_view = ModuleType("with_silent_view")
with_silent_view.urlpatterns = [path("declared/", declared), path("silent/", silent)]
named = ([path("inside/", silent)], "declared-namespace")
with_namespace = ModuleType("with_namespace")
with_namespace.urlpatterns = [path("app/", include(named))]


@pytest.fixture
def _other_addresses() -> Iterator[None]:
    clear_url_caches()
    yield
    clear_url_caches()


def test_every_address_of_the_project_declares_its_access() -> None:
    assert len(list(every_address())) > 100
    assert undeclared_addresses() == []
    refuse_undeclared_addresses()


@pytest.mark.usefixtures("_other_addresses")
@override_settings(ROOT_URLCONF=with_silent_view)
def test_an_undeclared_address_fails_the_check_and_the_start() -> None:
    assert undeclared_addresses() == ["silent/"]
    failures = [message for message in run_checks() if message.id == "kernel.E001"]
    assert [failure.msg for failure in failures] == ["The address 'silent/' declares no access."]
    with pytest.raises(RuntimeError, match="addresses without declared access: silent/"):
        refuse_undeclared_addresses()


@pytest.mark.usefixtures("_other_addresses")
@override_settings(ROOT_URLCONF=with_namespace)
def test_a_namespace_declares_for_what_is_below_it() -> None:
    assert undeclared_addresses() == ["app/inside/"]
    declare_namespace("declared-namespace", Access.PUBLIC)
    assert undeclared_addresses() == []


def ask(kind: Access, person: object, now: object) -> HttpResponse:
    request = RequestFactory().get("/somewhere/")
    request.user = person
    request.now = now
    return access(kind)(silent)(request)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [Access.SIGNED_IN, Access.CITY, Access.OFFICE])
def test_anonymous_people_are_asked_to_sign_in(kind: Access, now: object) -> None:
    answer = ask(kind, AnonymousUser(), now)
    assert (answer.status_code, answer.url.partition("?")[2]) == (302, "next=/somewhere/")


@pytest.mark.django_db
def test_what_a_person_may_not_see_is_not_found(now: object) -> None:
    delegate, officer = city_person(), office_person()
    reached = {
        (kind, person)
        for kind in (Access.PUBLIC, Access.SIGNED_IN, Access.CITY, Access.OFFICE)
        for person in (delegate, officer)
        if is_reached(kind, person, now)
    }
    assert reached == {
        (Access.PUBLIC, delegate),
        (Access.PUBLIC, officer),
        (Access.SIGNED_IN, delegate),
        (Access.SIGNED_IN, officer),
        (Access.CITY, delegate),
        (Access.OFFICE, officer),
    }


def test_demonstration_addresses_do_not_exist_outside_it(now: object) -> None:
    assert not is_reached(Access.DEMONSTRATION, AnonymousUser(), now)
    with override_settings(DEMONSTRATION=True):
        assert is_reached(Access.DEMONSTRATION, AnonymousUser(), now)


def is_reached(kind: Access, person: object, now: object) -> bool:
    try:
        return ask(kind, person, now).content == b"reached"
    except Http404:
        return False
