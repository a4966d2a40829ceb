"""Beginning a network: its row, its site, the office's groups, the first account."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from django.utils.translation import gettext_lazy as _

from cms.services.site import found_site
from members.models.people import OfficeRoleKind
from members.policies import OfficeAction, office_policy
from members.services.accounts import create_account, make_sign_in_link
from members.services.office import appoint
from secretariat.kernel.audit import act
from secretariat.kernel.errors import Conflict, InvalidInput
from secretariat.kernel.models import LANGUAGES, Network, User
from secretariat.workspace.admin.groups import ensure_office_groups

CHAIN = "network"


@dataclass(frozen=True, slots=True)
class FirstOfficer:
    """The first person of the office, who becomes its secretary-general."""

    email: str
    name: str
    language: str = "ko"
    uuid: UUID | None = None


@dataclass(frozen=True, slots=True)
class Founding:
    """What was begun: the network, its first officer, the address that lets that person in."""

    network: Network
    officer: User
    sign_in_link: str


def start_network(
    *,
    name_ko: str,
    name_en: str,
    office_name_ko: str = "",
    office_name_en: str = "",
    official_languages: Sequence[str] = ("ko", "en"),
    time_zone: str = "Asia/Seoul",
    first_officer: FirstOfficer,
    actor: Any,
    now: datetime,
) -> Founding:
    """Begin a network on an empty database, with one account that can sign in once by a link."""
    authority = office_policy.require(actor, OfficeAction.APPOINT_OFFICE, now)
    with act(authority, now):
        network = found_network(
            name_ko=name_ko,
            name_en=name_en,
            office_name_ko=office_name_ko,
            office_name_en=office_name_en,
            official_languages=official_languages,
            time_zone=time_zone,
            actor=actor,
            now=now,
        )
        officer = create_account(
            email=first_officer.email,
            name=first_officer.name,
            language=first_officer.language,
            uuid=first_officer.uuid,
            actor=actor,
            now=now,
        )
        appoint(
            person=officer,
            role=OfficeRoleKind.SECRETARY_GENERAL,
            starts_at=now,
            actor=actor,
            now=now,
        )
        link = make_sign_in_link(person=officer, actor=actor, now=now)
    return Founding(network=network, officer=officer, sign_in_link=link)


def found_network(
    *,
    name_ko: str,
    name_en: str,
    office_name_ko: str = "",
    office_name_en: str = "",
    official_languages: Sequence[str] = ("ko", "en"),
    time_zone: str = "Asia/Seoul",
    demonstration: bool = False,
    actor: Any,
    now: datetime,
) -> Network:
    """The network's one row, its public site and the office's groups. Refused where one exists."""
    authority = office_policy.require(actor, OfficeAction.APPOINT_OFFICE, now)
    names = {
        "name_ko": _clean(name_ko),
        "name_en": _clean(name_en),
        "office_name_ko": _clean(office_name_ko),
        "office_name_en": _clean(office_name_en),
    }
    for field in ("name_ko", "name_en"):
        if not names[field]:
            raise InvalidInput(_("The network needs a name in both languages."), where=field)
    languages = list(dict.fromkeys(official_languages))
    unknown = set(languages) - set(dict(LANGUAGES))
    if unknown or not languages:
        raise InvalidInput(
            _("Official languages are among those that the platform speaks: ko, en."),
            where="official_languages",
        )
    if time_zone not in available_timezones():
        raise InvalidInput(
            _("There is no such time zone. Name one as Asia/Seoul is named."), where="time_zone"
        )
    with act(authority, now) as record:
        if Network.objects.exists():
            raise Conflict(
                _("This database serves a network already. Another one needs an empty database."),
                code="network_exists",
            )
        network = Network.objects.create(
            pk=1,
            **names,
            official_languages=languages,
            time_zone=time_zone,
            demonstration=demonstration,
            established_at=now,
        )
        record(
            CHAIN,
            "network.founded",
            {
                **names,
                "official_languages": languages,
                "time_zone": time_zone,
                "demonstration": demonstration,
            },
        )
        found_site(network=network, now=now)
        ensure_office_groups()
    return network


def _clean(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip()
