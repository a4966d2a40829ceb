"""Practices in Wagtail's admin: for the librarian, for nobody of a city."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cms.models import ForumPage, Practice
from cms.policies import WagtailPracticePolicy
from secretariat.kernel.models import Network
from tests.cms.factories import make_page, make_practice
from tests.factories import NOW, CityFactory, city_person, office_person
from tests.workspace.hands import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_that_moment(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secretariat.kernel.clock.now", lambda: NOW)


@pytest.mark.parametrize("action", ["add", "change", "delete", "publish", "lock", "view"])
def test_who_may_do_what_to_a_practice(action: str) -> None:
    policy = WagtailPracticePolicy(Practice)
    own = CityFactory(slug="own")
    mine, other = make_practice("mine", city=own), make_practice("other", city=CityFactory())
    editor, librarian = city_person("editor", city=own), office_person("librarian")
    assert policy.user_has_permission(editor, action) is False
    assert policy.user_has_permission(librarian, action) is True
    own_too = action not in ("publish", "lock")
    assert policy.user_has_permission_for_instance(editor, action, mine) is own_too
    assert policy.user_has_permission_for_instance(editor, action, other) is False
    assert policy.user_has_permission_for_instance(librarian, action, other) is True
    found = policy.instances_user_has_any_permission_for(editor, [action])
    assert list(found) == [mine]


def test_the_librarian_writes_and_publishes_in_the_admin(client: Client) -> None:
    CityFactory(slug="seoul")
    sign_in(client, office_person("librarian"))
    form: dict[str, Any] = {
        "title": "새 사례",
        "summary": "요약",
        "body": "본문",
        "city": "seoul",
        "country": "KR",
        "pillars": ["dialogue", "quality"],
        "tags": "하나, 둘, 하나",
        "year": "2018",
        "action-publish": "1",
    }
    response = client.post(reverse("wagtailsnippets_cms_practice:add"), form)
    assert response.status_code == 302, response.context["form"].errors
    practice = Practice.objects.get()
    assert (practice.external_id, practice.live) == ("seoul-새-사례", True)
    assert (practice.pillars, practice.tags, practice.year) == (
        ["dialogue", "quality"],
        ["하나", "둘"],
        2018,
    )
    assert client.get(f"/ko/library/{practice.slug}/").status_code == 200
    assert client.get(reverse("wagtailsnippets_cms_practice:list")).status_code == 200
    edit = reverse("wagtailsnippets_cms_practice:edit", args=[practice.pk])
    assert client.get(edit).status_code == 200


def test_a_citys_editor_finds_nothing_in_the_admin(client: Client) -> None:
    city = CityFactory()
    practice = make_practice("mine", city=city)
    sign_in(client, city_person("editor", city=city))
    for name, arguments in (("list", []), ("add", []), ("edit", [practice.pk])):
        address = reverse(f"wagtailsnippets_cms_practice:{name}", args=arguments)
        assert client.get(address).status_code in (302, 404)


def test_the_office_edits_pages_and_previews_practices(client: Client) -> None:
    sign_in(client, office_person("librarian"))
    forum = make_page(ForumPage, "forums", "forum", starts_on=NOW.date(), ends_on=NOW.date())
    assert client.get(reverse("wagtailadmin_pages:edit", args=[forum.pk])).status_code == 200
    practice = make_practice("one", body="본문")
    address = reverse("wagtailsnippets_cms_practice:preview_on_edit", args=[practice.pk])
    assert client.post(address, {"title": "고친 제목", "year": ""}).json()["is_valid"] is True
    shown = client.get(address, {"mode": ""})
    assert shown.status_code == 200
    assert "고친 제목" in shown.content.decode()
