"""The librarian's review in Wagtail's admin: the same object, our services, our chain."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cms.models import Practice, PracticeNote
from cms.selectors.practice_stages import stage
from cms.services.practice_review import submit_practice
from cms.services.practice_words import PracticeWords
from cms.services.practices import save_practice
from secretariat.kernel.audit import verify
from secretariat.kernel.models import AuditEntry, Network
from tests.factories import NOW, MembershipFactory, city_person, office_person
from tests.workspace.hands import signed_in

FORM: dict[str, Any] = {
    "title": "사서가 다듬은 제목",
    "summary": "요약",
    "problem": "",
    "action": "하는 일",
    "results": "",
    "body": "",
    "city": "hamburg",
    "country": "DE",
    "pillars": ["rights"],
    "figures": "계약 | 10 | 20.5 | 건 | 2018 | 보고서\n\n",
    "contacts": "",
    "sources": "조례 | https://law.example/",
    "sdg_targets": "8.5",
    "tags": "조달",
}


@pytest.fixture(autouse=True)
def _at_that_moment(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secretariat.kernel.clock.now", lambda: NOW)


@pytest.fixture
def submitted(network: Network) -> Practice:
    city = MembershipFactory(city__slug="hamburg").city
    editor = city_person("editor", city=city)
    practice = save_practice(
        practice=None,
        city=city,
        language="ko",
        words=PracticeWords(
            title="초안", summary="요약", pillars=("rights",), action="<p>하는 <b>일</b></p>"
        ),
        actor=editor,
        now=NOW,
    )
    return submit_practice(practice=practice, actor=editor, now=NOW)


@pytest.fixture
def librarian(network: Network) -> Client:
    return signed_in(office_person("librarian"))


def edit(client: Client, practice: Practice, **more: Any) -> Any:
    address = reverse("wagtailsnippets_cms_practice:edit", args=[practice.pk])
    return client.post(address, {**FORM, **more})


def office_acts() -> list[tuple[str, str]]:
    rows = AuditEntry.objects.filter(role="librarian").order_by("pk")
    return list(rows.values_list("chain", "action"))


def test_the_librarian_comments_returns_and_publishes(
    librarian: Client, submitted: Practice
) -> None:
    page = librarian.get(reverse("wagtailsnippets_cms_practice:edit", args=[submitted.pk]))
    assert page.status_code == 200
    assert 'name="comment"' in page.content.decode()
    assert page.context["form"]["city"].value() == "hamburg"
    answer = edit(librarian, submitted, comment="근거가 있습니까?", comment_on="legal_basis")
    assert answer.status_code == 302, answer.context["form"].errors
    note = PracticeNote.objects.get(kind="comment")
    assert (note.by_office, note.field, note.text) == (True, "legal_basis", "근거가 있습니까?")
    returned = edit(
        librarian,
        submitted,
        **{
            "action-workflow-action": "1",
            "workflow-action-name": "reject",
            "workflow-action-extra-data": '{"comment": "조례를 적어 주세요."}',
        },
    )
    assert returned.status_code == 302, returned.context["form"].errors
    assert stage(practice=submitted) == "returned"
    published = edit(librarian, submitted, settled=[str(note.pk)], **{"action-publish": "1"})
    assert published.status_code == 302, published.context["form"].errors
    submitted.refresh_from_db()
    assert (submitted.live, submitted.title) == (True, "사서가 다듬은 제목")
    assert submitted.action == "<p>하는 <strong>일</strong></p>"
    assert submitted.figures[0]["after"] == "20.5"
    assert {chain for chain, _action in office_acts()} == {"city:hamburg"}
    assert [action for _chain, action in office_acts()] == [
        "practice.drafted",
        "practice.commented",
        "practice.drafted",
        "practice.returned",
        "practice.drafted",
        "practice.comment_settled",
        "practice.published",
    ]
    assert verify() == []


def test_approving_from_the_list_of_tasks_publishes(librarian: Client, submitted: Practice) -> None:
    task = submitted.current_workflow_task_state
    address = reverse(
        "wagtailsnippets_cms_practice:workflow_action",
        args=[submitted.pk, "approve", task.pk],
    )
    assert librarian.post(address, {"comment": ""}).status_code == 302
    submitted.refresh_from_db()
    assert stage(practice=submitted) == "published"
    assert office_acts() == [("city:hamburg", "practice.published")]
    down = reverse("wagtailsnippets_cms_practice:unpublish", args=[submitted.pk])
    assert librarian.post(down).status_code == 302
    submitted.refresh_from_db()
    assert stage(practice=submitted) == "draft"
    assert office_acts()[-1] == ("city:hamburg", "practice.taken_down")


def test_a_refusal_is_said_and_nothing_is_half_done(librarian: Client, submitted: Practice) -> None:
    answer = edit(librarian, submitted, sdg_targets="99.9")
    assert answer.status_code == 200
    assert "99.9" in str(answer.context["form"].errors)
    assert office_acts() == []
    answer = edit(
        librarian,
        submitted,
        **{
            "action-workflow-action": "1",
            "workflow-action-name": "reject",
            "workflow-action-extra-data": '{"comment": " "}',
        },
    )
    assert answer.status_code == 200
    assert office_acts() == []
    assert stage(practice=submitted) == "in_review"


def test_an_earlier_state_saved_anew_is_in_the_chain(
    librarian: Client, submitted: Practice
) -> None:
    address = reverse(
        "wagtailsnippets_cms_practice:revisions_revert",
        args=[submitted.pk, submitted.latest_revision_id],
    )
    assert librarian.get(address).status_code == 200
    answer = librarian.post(address, FORM)
    assert answer.status_code == 302, answer.context["form"].errors
    assert office_acts() == [("city:hamburg", "practice.drafted")]


def test_deleting_is_in_the_chain(librarian: Client, submitted: Practice) -> None:
    address = reverse("wagtailsnippets_cms_practice:delete", args=[submitted.pk])
    assert librarian.post(address).status_code == 302
    assert Practice.objects.count() == 0
    assert office_acts() == [("city:hamburg", "practice.deleted")]
