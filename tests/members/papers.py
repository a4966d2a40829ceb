"""Letters of cities for tests: a scan, and one recorded by the registrar."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from members.models import ActByLetter, City
from members.services.letters import record_letter

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
NEW_HEAD = {"email": "head@city.example", "name": "Head", "language": "en", "until": None}


def scan(name: str = "letter.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def recorded(
    kind: str, city: City, facts: dict[str, Any], *, actor: Any, now: datetime, **changes: Any
) -> ActByLetter:
    """A letter of 10 December 2018 with the reference "VIE-17", received the day after."""
    given: dict[str, Any] = {
        "form": "letter",
        "written_on": date(2018, 12, 10),
        "received_on": date(2018, 12, 11),
        "reference": "VIE-17",
        "signed_by": "Mayor",
        "upload": scan(),
    }
    return record_letter(kind=kind, city=city, facts=facts, actor=actor, now=now, **given | changes)
