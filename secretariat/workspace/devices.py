"""The devices on which a person has signed in: a signed cookie, no list of machines.

The cookie holds one mark for each account that signed in with this browser. A mark is made of
the account and the generation of its sessions: signing out everywhere makes all its devices
strange again.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import salted_hmac

from secretariat.kernel.models import User

COOKIE = "known"
SALT = "secretariat.workspace.devices"
YEAR = 365 * 24 * 3600
KEPT = 20
"""So many accounts on one browser; the oldest is forgotten."""

SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
BROWSERS = (
    ("Edg", "Edge"),
    ("Whale/", "Whale"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)


def device_words(user_agent: str) -> str:
    """What people call it: "Firefox, Windows"; "" where nothing is recognised."""
    browser = next((name for sign, name in BROWSERS if sign in user_agent), "")
    system = next((name for sign, name in SYSTEMS if sign in user_agent), "")
    return ", ".join(word for word in (browser, system) if word)


def is_known_device(request: HttpRequest, subject: str) -> bool:
    """Whether the owner of the address `subject` has signed in with this browser before."""
    marks = _marks(request)
    if not marks:
        return False
    person = User.objects.filter(email__iexact=subject).first()
    return person is not None and _mark(person) in marks


def knows(request: HttpRequest, person: User) -> bool:
    """Whether `person` has signed in with this browser before."""
    return _mark(person) in _marks(request)


def remember_device(request: HttpRequest, person: User) -> None:
    """Let the answer to this request mark the browser as one of the person's."""
    request.marked_for = person  # type: ignore[attr-defined]


def keep_mark(request: HttpRequest, response: HttpResponseBase) -> None:
    """Write what `remember_device` asked for."""
    person: Any = getattr(request, "marked_for", None)
    if person is None:
        return
    mark = _mark(person)
    marks = [mark, *(each for each in _marks(request) if each != mark)][:KEPT]
    response.set_cookie(
        COOKIE,
        signing.dumps(marks, salt=SALT),
        max_age=YEAR,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


def _mark(person: User) -> str:
    sealed = f"{person.uuid}|{person.session_generation}"
    return salted_hmac(SALT, sealed, algorithm="sha256").hexdigest()[:32]


def _marks(request: HttpRequest) -> list[str]:
    try:
        marks = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=YEAR)
    except signing.BadSignature:
        return []
    return marks if isinstance(marks, list) else []
