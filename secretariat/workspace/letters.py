"""E-mail in the reader's language: one way for every letter of the platform.

A letter is two plain-text templates, `workspace/letters/<template>_subject.txt` and
`<template>_body.txt`. Both are rendered in the reader's language with what the caller
gives, the person (`to`), the network's names and `site`, the public address without a
slash at its end; a link is written `{{ site }}{% url … %}`. Nothing is escaped: it is text.
Letters are sent by handlers of announcements (`secretariat.kernel.outbox`), after the
commit, so that an act never waits for a mail server nor fails with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template import Context
from django.template.loader import get_template
from django.utils.translation import override

from secretariat.kernel.models import LANGUAGES, Network, User

FOLDER = "workspace/letters"
AUTOMATIC = {"Auto-Submitted": "auto-generated"}
"""Keeps out-of-office robots from answering (RFC 3834)."""


def send_letter(
    *,
    to: User | None,
    email: str = "",
    language: str = "",
    template: str,
    context: Mapping[str, Any],
) -> None:
    """Send a letter to a person, or to an address that belongs to no account.

    `email` and `language` are the person's own unless others are given; without either,
    the language is Korean.
    """
    email = email or (to.email if to is not None else "")
    language = language or (to.language if to is not None else "")
    language = language if language in dict(LANGUAGES) else LANGUAGES[0][0]
    network = Network.objects.filter(pk=1).first()
    with override(language):
        name = network.name_in(language) if network else str(settings.WAGTAIL_SITE_NAME)
        given = {
            "to": to,
            "network_name": name,
            "office_name": (network.office_name_in(language) if network else "") or name,
            "site": settings.PUBLIC_URL.rstrip("/"),
            "language": language,
            **context,
        }
        subject = " ".join(_text(f"{template}_subject.txt", given).split())
        body = _text(f"{template}_body.txt", given)
    EmailMessage(
        subject=f"[{name}] {subject}",
        body=body.strip() + "\n",
        to=[email],
        headers=AUTOMATIC,
    ).send()


def _text(name: str, context: Mapping[str, Any]) -> str:
    # A backend's template wraps the engine's own, which renders without escaping on request.
    template: Any = get_template(f"{FOLDER}/{name}")
    rendered: str = template.template.render(Context(dict(context), autoescape=False))
    return rendered
