"""Telling a city by e-mail what was done in its name by letter, and how it can contest.

Every notice carries a link of its own, signed: a contact has no account, and a head of
delegation who was replaced no desk. Opening it changes nothing; the page asks for a reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.core import signing
from django.urls import reverse
from django.utils.translation import override

from members.models import LetterNotice, Mandate
from members.models.letters import NoticeKind
from members.services.accounts import make_sign_in_link
from members.services.letters import describe_letter
from secretariat.kernel import clock
from secretariat.kernel.models import User
from secretariat.kernel.outbox import handles
from secretariat.kernel.policy import SYSTEM
from secretariat.workspace.letters import send_letter

SALT: Final = "secretariat.workspace.letter_notices"
VALID_SECONDS: Final = 30 * 24 * 60 * 60
"""How long the link of a notice contests, in real time."""


def link_token(notice: LetterNotice) -> str:
    """The signed word of a notice's link."""
    return signing.dumps(notice.pk, salt=SALT)


def notice_of_token(token: str) -> LetterNotice | None:
    """The notice whose link this is, or None where it is not ours or too old."""
    try:
        key = signing.loads(token, salt=SALT, max_age=VALID_SECONDS)
    except signing.BadSignature:
        return None
    return (
        LetterNotice.objects.filter(pk=key)
        .select_related("letter__city", "letter__letter", "person", "contact")
        .prefetch_related("letter__city__name_rows")
        .first()
    )


@handles("letter.confirmed")
def tell_of_act(payload: Mapping[str, Any]) -> None:
    """Everybody of the city hears what was done."""
    _send(payload["letter"], NoticeKind.CONFIRMED, "by_letter_done")


@handles("letter.answered")
def tell_of_answer(payload: Mapping[str, Any]) -> None:
    """Everybody of the city hears how the contest was answered."""
    _send(payload["letter"], NoticeKind.ANSWERED, "by_letter_answered")


def _send(letter: str, kind: NoticeKind, template: str) -> None:
    """Send what was not sent yet: delivered twice, nobody is told twice."""
    waiting = (
        LetterNotice.objects.filter(letter__uuid=letter, kind=kind, sent_at=None)
        .select_related(
            "letter__city", "letter__contest", "person", "contact", "letter__confirmed_by"
        )
        .prefetch_related("letter__city__name_rows")
        .order_by("pk")
    )
    for notice in waiting:
        now = clock.now()
        reader = notice.person or notice.contact
        assert reader is not None
        with override(reader.language):
            context = _context(notice, now)
        send_letter(
            to=notice.person,
            email=reader.email,
            language=reader.language,
            template=template,
            context=context,
        )
        LetterNotice.objects.filter(pk=notice.pk).update(sent_at=now)


def _context(notice: LetterNotice, now: datetime) -> dict[str, Any]:
    letter = notice.letter
    context: dict[str, Any] = {
        "letter": letter,
        "city": letter.city,
        "says": describe_letter(letter),
        "name": str(notice.person or notice.contact),
        "path": reverse("workspace:told", args=[link_token(notice)]),
        "contest": getattr(letter, "contest", None),
    }
    if notice.kind == NoticeKind.CONFIRMED and notice.person is not None:
        context["way_in"] = _way_in(notice.person, letter.done.get("mandate", ""), now)
    return context


def _way_in(person: User, mandate: str, now: datetime) -> str:
    """The link that lets in for the first time whom the letter gave a mandate; else ""."""
    if not mandate or person.last_login is not None or person.has_usable_password():
        return ""
    if not Mandate.objects.filter(uuid=mandate, person=person).exists():
        return ""
    return make_sign_in_link(person=person, actor=SYSTEM, now=now)
