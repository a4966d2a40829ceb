"""The demonstration's people: each is a role, never a person who might exist.

Their UUIDs follow from their addresses, so that every replay writes the same audit chain.
"""

from __future__ import annotations

from base64 import b32encode
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha1
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.totp.internal.auth import generate_totp_secret as random_secret
from django.conf import settings

from members.models import City
from members.services.accounts import create_account
from members.services.mandates import grant_mandate
from members.services.office import appoint
from secretariat.kernel.models import User
from secretariat.kernel.policy import SYSTEM

DOMAIN = "demonstration.example"

OFFICERS = {
    "secretary_general": "사무총장 (Secretary-general)",
    "returning_officer": "선거관리관 (Returning officer)",
    "registrar": "회원등록관 (Registrar of members)",
    "librarian": "사서 (Librarian)",
    "auditor": "감사 (Auditor)",
}


@dataclass(frozen=True)
class People:
    """Who acts: office people by role, delegates by city slug."""

    officers: dict[str, User]
    delegates: dict[str, User]


def address_of_officer(role: str) -> str:
    """The account of an office role."""
    return f"{role.replace('_', '-')}@{DOMAIN}"


def address_of_delegate(city: str) -> str:
    """The account of a city's head of delegation."""
    return f"delegate-{city}@{DOMAIN}"


def engage_officers(*, now: datetime) -> dict[str, User]:
    """Make the office's accounts and appoint them."""
    officers = {}
    for role, name in OFFICERS.items():
        person = _account(address_of_officer(role), name=name, language="ko", now=now)
        appoint(person=person, role=role, starts_at=now, actor=SYSTEM, now=now)
        officers[role] = person
    return officers


def send_delegates(
    *, cities: dict[str, City], by: Any, starts_at: datetime, now: datetime
) -> dict[str, User]:
    """Make an account for each city's head of delegation and accredit it."""
    delegates = {}
    for slug, city in cities.items():
        language = "ko" if city.country == "KR" else "en"
        name = f"{city.name_in('ko')} 대표 (Delegate of {city.name_in('en')})"
        person = _account(address_of_delegate(slug), name=name, language=language, now=now)
        grant_mandate(
            person=person,
            city=city,
            role="head",
            starts_at=starts_at,
            credential=f"2018-12-03, {city.code}-2018",
            actor=by,
            now=now,
        )
        delegates[slug] = person
    return delegates


def _account(email: str, *, name: str, language: str, now: datetime) -> User:
    person = create_account(
        email=email, name=name, language=language, actor=SYSTEM, now=now, uuid=_uuid(email)
    )
    enrol(person)
    return person


def enrol(person: User) -> None:
    """A second factor for somebody of the demonstration, so that its rule holds there too.

    Its secret follows from the address, so that a test, or whoever reads this, can compute
    the codes. That is why it is given where the demonstration is served and nowhere else:
    elsewhere it is a random one that nobody knows.
    """
    TOTP.activate(person, secret_of(person.email) if settings.DEMONSTRATION else random_secret())


def secret_of(email: str) -> str:
    """The secret of the authenticator app of one of the demonstration's people, in Base32."""
    return b32encode(sha1(f"totp:{email}".encode(), usedforsecurity=False).digest()).decode()


def _uuid(email: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"mailto:{email}")
