"""A practice on its way from the city to the library and back: services over Wagtail's rows."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from PIL import Image
from wagtail.models import WorkflowState

from cms.models import Practice, PracticeBuffer, PracticeFile, PracticeNote
from cms.policies import is_shown_in_public
from cms.selectors.practice_stages import (
    draft_of,
    open_comments,
    revisions_of,
    stage,
    threads_of,
)
from cms.services.practice_review import (
    comment_practice,
    keep_buffer,
    return_practice,
    settle_comment,
    submit_practice,
    take_back_practice,
)
from cms.services.practice_words import PracticeWords, words_of
from cms.services.practices import (
    NewFile,
    publish_practice,
    restore_practice,
    save_practice,
    take_down_practice,
)
from members.models import Mandate, PrivateFile
from members.policies import CityAction, city_policy, file_policy, forget
from secretariat.kernel.audit import verify
from secretariat.kernel.errors import Conflict, InvalidInput, NotAllowed, WrongState
from secretariat.kernel.models import AuditEntry, Network
from tests.factories import NOW, MembershipFactory, city_person, office_person


def picture() -> bytes:
    made = BytesIO()
    Image.new("RGB", (2, 2), "white").save(made, "PNG")
    return made.getvalue()


WORDS = PracticeWords(
    title="노동 조항",
    summary="요약",
    pillars=("rights",),
    problem="<p>문제</p>",
    action="<p>한 <b>일</b><script>x</script></p>",
    figures=({"indicator": "계약", "before": "1,250", "after": "2000.50", "year": "2018"},),
    contacts=({"office": "노동국", "email": "labour@example.org"},),
    sdg_targets=("8.5", "8.8"),
)


@pytest.fixture(autouse=True)
def _at_that_moment(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secretariat.kernel.clock.now", lambda: NOW)


class Cast:
    def __init__(self) -> None:
        self.city = MembershipFactory(city__slug="hamburg").city
        self.editor = city_person("editor", city=self.city)
        self.librarian = office_person("librarian")
        self.stranger = city_person("editor")

    def write(self, words: PracticeWords = WORDS, practice: Any = None, **more: Any) -> Practice:
        return save_practice(
            practice=practice,
            city=self.city,
            language="ko",
            words=words,
            **{"actor": self.editor, "now": NOW, **more},
        )

    def submitted(self) -> Practice:
        return submit_practice(practice=self.write(), actor=self.editor, now=NOW)


@pytest.fixture
def cast(network: Network) -> Cast:
    return Cast()


def acts() -> list[str]:
    return list(
        AuditEntry.objects.filter(chain="city:hamburg")
        .order_by("pk")
        .values_list("action", flat=True)
    )


def test_a_draft_holds_every_field_in_one_form(cast: Cast) -> None:
    practice = cast.write()
    assert (practice.action, practice.body) == ("<p>한 <strong>일</strong></p>", "한 일")
    assert practice.figures == [
        {
            "indicator": "계약",
            "before": "1250",
            "after": "2000.50",
            "unit": "",
            "year": 2018,
            "source": "",
        }
    ]
    assert (practice.live, stage(practice=practice)) == (False, "draft")
    assert words_of(draft_of(practice=practice)).sdg_targets == ("8.5", "8.8")
    assert acts() == ["practice.drafted"]


def test_submit_return_answer_submit_publish(cast: Cast) -> None:
    practice = cast.submitted()
    assert stage(practice=practice) == "in_review"
    assert WorkflowState.objects.get().status == "in_progress"
    with pytest.raises(WrongState):
        cast.write(replace(WORDS, title="다른 제목"), practice)
    comment = comment_practice(
        practice=practice, field="figures", text="출처?", actor=cast.librarian, now=NOW
    )
    return_practice(practice=practice, text="출처를 적어 주세요.", actor=cast.librarian, now=NOW)
    assert stage(practice=practice) == "returned"
    assert open_comments(practices=[practice]) == {practice.pk: 2}
    answer = comment_practice(
        practice=practice, text="적었습니다.", answers=comment, actor=cast.editor, now=NOW
    )
    assert (answer.by_office, answer.field) == (False, "figures")
    cast.write(replace(WORDS, title="출처 있는 제목"), practice)
    assert stage(practice=practice) == "returned"
    submit_practice(practice=practice, text="다시 봐 주세요.", actor=cast.editor, now=NOW)
    publish_practice(practice=practice, actor=cast.librarian, now=NOW)
    practice.refresh_from_db()
    assert (practice.live, practice.title, stage(practice=practice)) == (
        True,
        "출처 있는 제목",
        "published",
    )
    assert WorkflowState.objects.get().status == "approved"
    assert open_comments(practices=[practice]) == {}
    kinds = [thread.note.kind for thread in reversed(threads_of(practice=practice))]
    assert kinds == ["submitted", "comment", "comment", "returned", "submitted", "published"]
    assert acts() == [
        "practice.drafted",
        "practice.submitted",
        "practice.commented",
        "practice.returned",
        "practice.commented",
        "practice.drafted",
        "practice.submitted",
        "practice.published",
    ]
    assert [entry for entry in AuditEntry.objects.all() if "출처" in entry.payload] == []
    assert verify() == []


def test_letters_lead_the_office_to_the_admin_and_the_city_to_its_desk(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        practice = cast.submitted()
        return_practice(practice=practice, text="고쳐 주세요.", actor=cast.librarian, now=NOW)
    to_office, to_city = mail.outbox
    assert (to_office.to, to_city.to) == ([cast.librarian.email], [cast.editor.email])
    assert f"/admin/snippets/cms/practice/edit/{practice.pk}/" in to_office.body
    assert "/admin/" not in to_city.body
    assert "고쳐 주세요" not in to_city.body


def test_a_change_to_what_is_public_is_a_new_draft(cast: Cast) -> None:
    practice = publish_practice(practice=cast.write(), actor=cast.librarian, now=NOW)
    with pytest.raises(WrongState):
        submit_practice(practice=practice, actor=cast.editor, now=NOW)
    cast.write(replace(WORDS, title="새 초안"), practice)
    practice.refresh_from_db()
    assert (practice.title, practice.live, stage(practice=practice)) == ("노동 조항", True, "draft")
    assert draft_of(practice=practice).title == "새 초안"
    taken = take_down_practice(practice=practice, actor=cast.librarian, now=NOW)
    assert (taken.live, taken.title, draft_of(practice=taken).title) == (
        False,
        "노동 조항",
        "새 초안",
    )


def test_taking_back_opens_the_draft_again(cast: Cast) -> None:
    practice = cast.submitted()
    take_back_practice(practice=practice, actor=cast.editor, now=NOW)
    assert stage(practice=practice) == "draft"
    cast.write(replace(WORDS, title="더 나은 제목"), practice)
    submit_practice(practice=practice, actor=cast.editor, now=NOW)
    assert stage(practice=practice) == "in_review"


def test_nothing_unfinished_is_submitted_and_nothing_returned_without_a_word(cast: Cast) -> None:
    practice = cast.write(PracticeWords(title="제목만"))
    with pytest.raises(WrongState) as refused:
        submit_practice(practice=practice, actor=cast.editor, now=NOW)
    assert refused.value.code == "something_missing"
    practice = cast.write(replace(WORDS, title="다른"), None)
    submit_practice(practice=practice, actor=cast.editor, now=NOW)
    with pytest.raises(InvalidInput):
        return_practice(practice=practice, text=" ", actor=cast.librarian, now=NOW)


def test_another_city_and_the_wrong_side_do_nothing(cast: Cast) -> None:
    practice = cast.submitted()
    note = comment_practice(practice=practice, text="?", actor=cast.librarian, now=NOW)
    for act in (
        lambda who: cast.write(WORDS, practice, actor=who),
        lambda who: submit_practice(practice=practice, actor=who, now=NOW),
        lambda who: take_back_practice(practice=practice, actor=who, now=NOW),
        lambda who: return_practice(practice=practice, text="x", actor=who, now=NOW),
        lambda who: publish_practice(practice=practice, actor=who, now=NOW),
        lambda who: comment_practice(practice=practice, text="x", actor=who, now=NOW),
        lambda who: settle_comment(note=note, actor=who, now=NOW),
        lambda who: keep_buffer(practice=practice, fields={}, actor=who, now=NOW),
    ):
        with pytest.raises(NotAllowed):
            act(cast.stranger)
    for act in (
        lambda who: return_practice(practice=practice, text="x", actor=who, now=NOW),
        lambda who: publish_practice(practice=practice, actor=who, now=NOW),
        lambda who: settle_comment(note=note, actor=who, now=NOW),
    ):
        with pytest.raises(NotAllowed):
            act(cast.editor)


def test_a_mandate_that_ended_meanwhile_does_nothing(cast: Cast) -> None:
    practice = cast.write()
    held = Mandate.objects.filter(person=cast.editor)
    for act in (
        lambda **by: submit_practice(practice=practice, **by),
        lambda **by: take_back_practice(practice=practice, **by),
        lambda **by: comment_practice(practice=practice, text="?", **by),
    ):
        held.update(ends_at=None)
        forget(cast.editor)
        assert city_policy.may(cast.editor, CityAction.EDIT_PRACTICES, cast.city, NOW)
        # The person's page has asked for the right already; another process ends the mandate now.
        held.update(ends_at=NOW)
        with pytest.raises(NotAllowed):
            act(actor=cast.editor, now=NOW)
    assert stage(practice=practice) == "draft"


def test_who_saves_second_is_told_and_loses_nothing(cast: Cast) -> None:
    practice = cast.write()
    seen = practice.latest_revision_id
    cast.write(replace(WORDS, title="첫째"), practice, based_on=seen)
    with pytest.raises(Conflict):
        cast.write(replace(WORDS, title="둘째"), practice, based_on=seen)
    practice.refresh_from_db()
    assert draft_of(practice=practice).title == "첫째"


def test_an_earlier_state_comes_back_as_the_newest(cast: Cast) -> None:
    practice = cast.write()
    first = practice.latest_revision
    cast.write(replace(WORDS, title="둘째", figures=()), practice)
    restored = restore_practice(
        practice=practice, revision=first, actor=cast.editor, now=NOW + timedelta(hours=1)
    )
    assert words_of(restored) == words_of(first.as_object())
    assert len(revisions_of(practice=restored)) == 3
    other = cast.write(replace(WORDS, title="남"))
    with pytest.raises(InvalidInput):
        restore_practice(practice=other, revision=first, actor=cast.editor, now=NOW)


def test_a_buffer_is_nobodys_else_and_goes_with_saving(cast: Cast) -> None:
    practice = cast.write()
    keep_buffer(practice=practice, fields={"title": ["치다 만"]}, actor=cast.editor, now=NOW)
    keep_buffer(practice=practice, fields={"title": ["더 친"]}, actor=cast.editor, now=NOW)
    assert PracticeBuffer.objects.get().fields == {"title": ["더 친"]}
    assert len(revisions_of(practice=practice)) == 1
    with pytest.raises(InvalidInput):
        keep_buffer(practice=practice, fields={"a": ["x" * 1_000_001]}, actor=cast.editor, now=NOW)
    cast.write(replace(WORDS, title="저장"), practice)
    assert PracticeBuffer.objects.count() == 0


def test_a_file_is_public_while_a_public_version_names_it(cast: Cast) -> None:
    image = NewFile("practice_image", SimpleUploadedFile("a.png", picture()), "현장 사진")
    practice = cast.write(files=[image])
    file = PrivateFile.objects.get()
    assert practice.images == [{"file": str(file.uuid), "text": "현장 사진"}]
    assert (file.city, PracticeFile.objects.get().external_id) == (cast.city, practice.external_id)
    assert not is_shown_in_public(file)
    assert file_policy.may_read(cast.editor, file, NOW)
    assert not file_policy.may_read(cast.stranger, file, NOW)
    publish_practice(practice=practice, actor=cast.librarian, now=NOW)
    assert file_policy.may_read(cast.stranger, file, NOW)
    with pytest.raises(InvalidInput) as refused:
        cast.write(replace(WORDS, title="다른", images=tuple(practice.images)))
    assert refused.value.where == "images"
    practice.refresh_from_db()
    cast.write(replace(words_of(practice), images=()), practice)
    assert is_shown_in_public(file)
    publish_practice(practice=practice, actor=cast.librarian, now=NOW)
    assert not is_shown_in_public(file)


def test_an_image_says_what_it_shows_before_it_is_reviewed(cast: Cast) -> None:
    image = NewFile("practice_image", SimpleUploadedFile("IMG_0001.png", picture()))
    practice = cast.write(files=[image])
    assert [row["text"] for row in practice.images] == [""]
    with pytest.raises(WrongState, match="사진마다 무엇인지"), translation.override("ko"):
        submit_practice(practice=practice, actor=cast.editor, now=NOW)
    named = tuple({**row, "text": "현장"} for row in practice.images)
    cast.write(replace(words_of(practice), images=named), practice)
    submit_practice(practice=practice, actor=cast.editor, now=NOW)


def test_the_chain_names_the_editors_city_and_role_and_no_words(cast: Cast) -> None:
    cast.submitted()
    entry = AuditEntry.objects.get(action="practice.submitted")
    assert (entry.city, entry.role, entry.person) == ("hamburg", "editor", cast.editor.uuid)
    assert set(json.loads(entry.payload)) == {"practice", "language", "sha256"}
    assert PracticeNote.objects.get().by_office is False
