"""What lies on the registrar's table beside the assembly: partners, an application, a letter.

All of it is invented but for the names of bodies, and every page says so.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.core.files.uploadedfile import SimpleUploadedFile

from members.models import City
from members.models.cities import BodyKind
from members.services.applications import Applicant, apply_to_join
from members.services.cities import register_city
from members.services.letters import confirm_letter, record_letter
from members.services.memberships import record_membership
from resolutions.models import Edition
from secretariat.workspace.demonstration.people import DOMAIN
from secretariat.workspace.demonstration.source import read_json

PARTNERS_SINCE = date(2018, 11, 1)


SHEETS = {
    "seoul": "ko",
    "new-york": "en",
    "johannesburg": "en",
    "chefchaouen": "en",
    "hyogo": "en",
    "setagaya": "en",
    "ilo": "en",
}
"""The host and the cities of the forum of 2017, and the partner of Article 7, with the language
version that was read. That they signed sheets on this day is invented."""
SHEETS_SIGNED_ON = date(2018, 10, 12)


def fill_the_register(*, registrar: Any, second: Any, now: datetime) -> None:
    """Partners and observers; a city that applies; signed sheets of the Seoul Declaration, which
    a `second` officer confirms; a letter that waits for one.
    """
    _partners(registrar, now)
    _application(now)
    _sheets(registrar, second, now)
    _letter(registrar, now)


def paper(name: str, *lines: str) -> SimpleUploadedFile:
    """A PDF of one page with lines of plain Latin text, as a scan would be sent."""
    shown = " T* ".join(f"({line}) Tj" for line in lines)
    content = f"BT /F1 14 Tf 20 TL 72 760 Td {shown} ET"
    objects = (
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        (
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
            "/Resources << /Font << /F1 5 0 R >> >> >>"
        ),
        f"<< /Length {len(content)} >>\nstream\n{content}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    document, places = "%PDF-1.4\n", []
    for number, each in enumerate(objects, start=1):
        places.append(len(document))
        document += f"{number} 0 obj\n{each}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    document += (
        f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
        f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\n"
        f"startxref\n{len(document)}\n%%EOF\n"
    )
    return SimpleUploadedFile(name, document.encode("ascii"), content_type="application/pdf")


def _partners(registrar: Any, now: datetime) -> None:
    for row in read_json("partners"):
        body = register_city(
            slug=row["slug"],
            code=row["code"],
            body=row["body"],
            country=row["country"],
            region=row["region"],
            names=row["names"],
            descriptions=row["description"],
            latitude=row["latitude"],
            longitude=row["longitude"],
            website=row["website"],
            actor=registrar,
            now=now,
        )
        record_membership(
            city=body, kind=row["kind"], starts_on=PARTNERS_SINCE, actor=registrar, now=now
        )


def _application(now: datetime) -> None:
    apply_to_join(
        applicant=Applicant(
            sought="member",
            body="city",
            names={"ko": "부산 동래구", "en": "Dongnae-gu, Busan"},
            country="KR",
            region="asia",
            population=270_000,
            languages="한국어",
            language="ko",
            contact_name="동래구 일자리 담당 부서",
            contact_email=f"desk-dongnae@{DOMAIN}",
            message=(
                "호텔 업계와 함께 한 일자리 연계 경험을 다른 도시와 나누고자 합니다. "
                "(시연용으로 지어낸 신청입니다.)"
            ),
        ),
        letter=paper(
            "application-dongnae.pdf",
            "Demonstration data, not a real letter.",
            "Dongnae-gu, Busan, applies for membership.",
        ),
        uuid=uuid5(NAMESPACE_URL, f"application:dongnae@{DOMAIN}"),
        now=now,
    )


def _sheets(registrar: Any, second: Any, now: datetime) -> None:
    edition = Edition.objects.get(instrument__slug="seoul-declaration", number=1)
    for slug, language in SHEETS.items():
        city = City.objects.get(slug=slug)
        letter = record_letter(
            kind="signature",
            city=city,
            form="letter",
            written_on=SHEETS_SIGNED_ON,
            received_on=date(2018, 10, 22),
            reference=f"{city.code}-SD-1",
            signed_by=_office(city),
            upload=paper(
                f"sheet-{slug}.pdf",
                "Demonstration data, not a real sheet.",
                f"{city.name_in('en')} signs the Seoul Declaration, edition 1.",
                f"SHA-256 {edition.sha256[:32]}",
            ),
            facts={
                "text": "seoul-declaration",
                "edition": 1,
                "language": language,
                "sha256": edition.sha256[:16],
            },
            uuid=uuid5(NAMESPACE_URL, f"letter:{city.code}-SD-1@{DOMAIN}"),
            actor=registrar,
            now=now,
        )
        confirm_letter(letter=letter, actor=second, now=now)


def _office(city: City) -> str:
    if city.body != BodyKind.CITY:
        return "사무총장 (Director-General)"
    return "지사 (Governor)" if city.slug == "hyogo" else "시장 (Mayor)"


def _letter(registrar: Any, now: datetime) -> None:
    contact = {
        "name": "국제협력 담당 (International desk)",
        "position": "",
        "email": f"desk-chefchaouen@{DOMAIN}",
        "phone": "",
        "language": "en",
    }
    record_letter(
        kind="contacts",
        city=City.objects.get(slug="chefchaouen"),
        form="letter",
        written_on=date(2018, 12, 3),
        received_on=date(2018, 12, 9),
        reference="CHE-2018-31",
        signed_by="시장 (Mayor)",
        upload=paper(
            "letter-chefchaouen.pdf",
            "Demonstration data, not a real letter.",
            "Chefchaouen names its international desk as the contact.",
        ),
        facts={"contacts": [contact], "website": ""},
        uuid=uuid5(NAMESPACE_URL, f"letter:CHE-2018-31@{DOMAIN}"),
        actor=registrar,
        now=now,
    )
