"""The practice editor on the desk: what each page does, and that another city finds nothing."""

from __future__ import annotations

import io
import re
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation
from PIL import Image

from cms.models import Practice, PracticeBuffer, PracticeNote
from cms.questionnaire import make_questionnaire
from cms.selectors.practice_stages import draft_of, revisions_of, stage
from cms.services.practice_review import comment_practice, return_practice
from cms.services.practice_words import PracticeWords
from cms.services.practices import publish_practice, save_practice
from members.models import PrivateFile
from secretariat.kernel.models import Network
from tests.factories import NOW, MembershipFactory, city_person, office_person
from tests.workspace.hands import queries, signed_in, url

MOST_QUERIES = 15


@pytest.fixture(autouse=True)
def _at_that_moment(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secretariat.kernel.clock.now", lambda: NOW)


class Desk:
    def __init__(self) -> None:
        self.city = MembershipFactory(city__slug="hamburg").city
        self.editor = city_person("editor", city=self.city)
        self.browser = signed_in(self.editor)
        self.librarian = office_person("librarian")

    def write(self, title: str = "노동 조항", **more: Any) -> Practice:
        words = PracticeWords(title=title, summary="요약", pillars=("rights",), action="<p>일</p>")
        return save_practice(
            practice=None,
            city=self.city,
            language="ko",
            words=words,
            actor=self.editor,
            now=NOW,
            **more,
        )

    def post(self, practice: Practice, **fields: Any) -> Any:
        """The editor's form as a browser sends it, with these fields changed."""
        address = url("practice_editor", "hamburg", practice.slug, "ko")
        page = self.browser.get(address)
        form = page.context["form"]
        data: dict[str, Any] = {
            bound.html_name: "" if bound.value() is None else bound.value() for bound in form
        }
        for part in (*form.rows.values(), *form.kept.values()):
            for bound in part.management_form:
                data[bound.html_name] = bound.value()
            for row in part:
                data |= {bound.html_name: bound.value() or "" for bound in row}
        return self.browser.post(address, {"act": "save", **data, **fields})


@pytest.fixture
def desk(network: Network) -> Desk:
    return Desk()


def text(answer: Any) -> str:
    return unescape(answer.content.decode())


def test_from_a_title_to_the_librarian(desk: Desk) -> None:
    begun = desk.browser.post(
        url("begin_practice", "hamburg"), {"title": "공공조달의 노동 조항", "language": "ko"}
    )
    practice = Practice.objects.get()
    assert begun.url == url("practice_editor", "hamburg", practice.slug, "ko")
    picture = io.BytesIO()
    Image.new("RGB", (3, 3)).save(picture, "PNG")
    answer = desk.post(
        practice,
        act="submit",
        summary="요약",
        pillars=["rights", "quality"],
        action="첫 문단\n\n- 하나\n- 둘",
        problem="<p>굵은 <b>글</b></p>",
        **{
            "problem-form": "rich",
            "figures-0-indicator": "점검한 계약",
            "figures-0-after": "1,250",
            "new-images-upload": SimpleUploadedFile("a.png", picture.getvalue()),
            "new-images-text": "현장",
        },
    )
    assert answer.status_code == 302, answer.context["form"].errors
    assert answer.url == url("practice", "hamburg", practice.slug)
    practice.refresh_from_db()
    draft = draft_of(practice=practice)
    assert draft.action == "<p>첫 문단</p><ul><li>하나</li><li>둘</li></ul>"
    assert draft.problem == "<p>굵은 <strong>글</strong></p>"
    assert draft.figures[0]["after"] == "1250"
    assert draft.images == [{"file": str(PrivateFile.objects.get().uuid), "text": "현장"}]
    assert stage(practice=practice) == "in_review"
    page = desk.browser.get(url("practice_preview", "hamburg", practice.slug, "ko"))
    assert "<strong>글</strong>" in page.content.decode()
    assert (
        desk.browser.get(url("practice_editor", "hamburg", practice.slug, "ko")).status_code == 302
    )


def test_saving_without_touching_keeps_everything_as_it_is(desk: Desk) -> None:
    practice = desk.write()
    before = draft_of(practice=practice)
    assert desk.post(practice).status_code == 302
    after = draft_of(practice=Practice.objects.get())
    for name in ("action", "pillars", "figures", "body", "country", "title"):
        assert getattr(after, name) == getattr(before, name), name


def test_a_refusal_keeps_what_was_typed(desk: Desk) -> None:
    practice = desk.write()
    answer = desk.post(
        practice,
        title="",
        summary="새 요약",
        **{"figures-0-indicator": "비율", "figures-0-after": "30%"},
    )
    assert answer.status_code == 422
    assert "새 요약" in text(answer)
    answer = desk.post(practice, **{"figures-0-indicator": "비율", "figures-0-after": "30%"})
    assert answer.status_code == 422
    assert "‘30%’" in text(answer)
    saved_meanwhile = desk.post(practice, revision="999")
    assert saved_meanwhile.status_code == 409
    assert len(revisions_of(practice=practice)) == 1


def test_everything_that_cannot_be_kept_is_said_at_once(desk: Desk) -> None:
    practice = desk.write()
    answer = desk.post(
        practice,
        year="20",
        sdg_targets="8.5, foo",
        **{
            "figures-0-indicator": "비율",
            "figures-0-after": "30%",
            "figures-0-year": "x",
            "contacts-0-office": "조달과",
            "contacts-0-email": "nobody",
            "sources-0-title": "보고서",
            "sources-0-url": "javascript:x",
        },
    )
    assert answer.status_code == 422
    form = answer.context["form"]
    assert {name: len(said) for name, said in form.errors.items()} == {
        "year": 1,
        "sdg_targets": 1,
        "figures": 2,
        "contacts": 1,
        "sources": 1,
        "__all__": 4,
    }


def test_a_question_that_the_review_needs_is_not_called_optional(desk: Desk) -> None:
    page = text(desk.browser.get(url("practice_editor", "hamburg", desk.write().slug, "ko")))
    marks = re.findall(r'>([^<]+) <span class="field__optional">\(([^)]+)\)', page)
    assert {label for label, mark in marks if mark == "심사에 필요"} == {
        "요약",
        "좋은 일자리의 기둥",
        "하는 일",
    }


def test_comments_are_read_and_answered_on_the_desk(desk: Desk) -> None:
    practice = desk.write()
    desk.browser.post(
        url("practice", "hamburg", practice.slug), {"act": "submit", "language": "ko"}
    )
    note = comment_practice(
        practice=practice, text="근거는?", field="legal_basis", actor=desk.librarian, now=NOW
    )
    return_practice(practice=practice, actor=desk.librarian, now=NOW)
    page = text(desk.browser.get(url("practice_editor", "hamburg", practice.slug, "ko")))
    assert "근거는?" in page
    assert "question--commented" in page
    answer = desk.browser.post(
        url("practice", "hamburg", practice.slug),
        {"act": "answer", "note": note.pk, "text": "조례 제3조입니다."},
    )
    assert answer.status_code == 302
    assert PracticeNote.objects.get(answers=note).text == "조례 제3조입니다."


def test_history_is_compared_and_brought_back(desk: Desk) -> None:
    practice = desk.write()
    desk.post(practice, title="바뀐 조항")
    new, old = revisions_of(practice=practice)
    address = url("practice_history", "hamburg", practice.slug, "ko")
    page = text(desk.browser.get(address, {"older": old.pk, "newer": new.pk}))
    assert "<del>노동</del><ins>바뀐</ins> 조항" in page
    assert desk.browser.post(address, {"act": "restore", "revision": old.pk}).status_code == 302
    assert draft_of(practice=Practice.objects.get()).title == "노동 조항"
    assert desk.browser.post(address, {"act": "restore", "revision": "x"}).status_code == 404


def test_unsaved_words_wait_for_the_person_who_typed_them(desk: Desk) -> None:
    practice = desk.write()
    address = url("practice_unsaved", "hamburg", practice.slug, "ko")
    typed = {"title": "치다 만 제목", "csrfmiddlewaretoken": "secret"}
    assert desk.browser.post(address, typed).status_code == 200
    assert PracticeBuffer.objects.get().fields == {"title": ["치다 만 제목"]}
    editor = url("practice_editor", "hamburg", practice.slug, "ko")
    assert "치다 만 제목" not in text(desk.browser.get(editor))
    assert "치다 만 제목" in text(desk.browser.get(editor, {"unsaved": "1"}))
    colleague = signed_in(city_person("head", city=desk.city))
    assert "치다 만 제목" not in text(colleague.get(editor, {"unsaved": "1"}))
    assert desk.browser.post(editor, {"act": "drop"}).status_code == 302
    assert PracticeBuffer.objects.count() == 0


def test_another_language_takes_over_the_facts(desk: Desk) -> None:
    practice = desk.write()
    answer = desk.browser.post(
        url("practice", "hamburg", practice.slug), {"act": "translate", "language": "en"}
    )
    assert answer.status_code == 302
    english = Practice.objects.get(locale__language_code="en")
    assert (english.slug, english.pillars, english.action) == (practice.slug, ["rights"], "")
    listed = text(desk.browser.get(url("practices", "hamburg")))
    assert listed.count("초안") >= 2


def test_a_questionnaire_becomes_a_draft_with_what_fitted_nowhere(desk: Desk) -> None:
    draft = draft_of(practice=desk.write("질문지의 사례"))
    draft.legal_basis = "조례"
    content = make_questionnaire(language="ko", practice=draft)
    answer = desk.browser.post(
        url("questionnaire", "hamburg"), {"file": SimpleUploadedFile("q.docx", content)}
    )
    assert answer.status_code == 302, answer.context["form"].errors
    taken = Practice.objects.order_by("pk").last()
    assert (taken.title, taken.legal_basis, taken.live) == ("질문지의 사례", "조례", False)
    wrong = desk.browser.post(
        url("questionnaire", "hamburg"), {"file": SimpleUploadedFile("q.docx", b"no")}
    )
    assert wrong.status_code == 422
    empty = desk.browser.get(url("questionnaire_file", "hamburg", "en"))
    assert empty.headers["Content-Disposition"] == 'attachment; filename="practice-en.docx"'


def test_another_city_finds_not_a_trace(desk: Desk) -> None:
    practice = desk.write("함부르크만의 초안")
    milan = MembershipFactory(city__slug="milan").city
    stranger = signed_in(city_person("editor", city=milan))
    pages = [
        ("practices", ()),
        ("practice", (practice.slug,)),
        ("practice_editor", (practice.slug, "ko")),
        ("practice_preview", (practice.slug, "ko")),
        ("practice_history", (practice.slug, "ko")),
        ("practice_unsaved", (practice.slug, "ko")),
    ]
    for name, arguments in pages:
        for city in ("hamburg", "milan"):
            address = url(name, city, *arguments)
            own_list = city == "milan" and not arguments
            answer = stranger.get(address)
            expected = 405 if name == "practice_unsaved" else 200 if own_list else 404
            assert (address, answer.status_code) == (address, expected)
            assert "함부르크만의 초안" not in text(answer)
            if arguments:
                assert stranger.post(address, {"act": "save"}).status_code in (404, 405)
    document = url("questionnaire_file", "milan", "ko") + f"?practice={practice.slug}"
    assert stranger.get(document).status_code == 404
    with translation.override("ko"):
        assert Client().get(reverse("cms:practice", args=[practice.slug])).status_code == 404


def test_who_sees_the_desk_reads_and_only_editors_write(desk: Desk) -> None:
    practice = desk.write()
    observer = signed_in(city_person("observer", city=desk.city))
    assert observer.get(url("practice", "hamburg", practice.slug)).status_code == 200
    assert observer.get(url("practice_preview", "hamburg", practice.slug, "ko")).status_code == 200
    for name, arguments in (
        ("begin_practice", ()),
        ("practice_editor", (practice.slug, "ko")),
        ("questionnaire", ()),
    ):
        assert observer.get(url(name, "hamburg", *arguments)).status_code == 404
    overview = url("practice", "hamburg", practice.slug)
    assert observer.post(overview, {"act": "submit", "language": "ko"}).status_code == 404


def test_the_list_costs_the_same_at_2_and_at_20(desk: Desk) -> None:
    desk.write("하나")
    publish_practice(practice=desk.write("둘"), actor=desk.librarian, now=NOW)
    address = url("practices", "hamburg")
    few = queries(desk.browser, address)
    for number in range(18):
        desk.write(f"사례 {number}")
    assert queries(desk.browser, address) == few
    assert few <= MOST_QUERIES
    for chosen, count in (("draft", 19), ("published", 1), ("in_review", 0), ("returned", 0)):
        page = desk.browser.get(address, {"stage": chosen})
        assert (chosen, page.context["page"].paginator.count) == (chosen, count)
