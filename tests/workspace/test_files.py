"""The address of a private file: its readers get it, for everybody else it is not there."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from members.models import City, PrivateFile
from members.models.files import FilePurpose
from members.policies import file_policy
from members.services.files import store_file
from secretariat.kernel import clock
from secretariat.kernel.policy import SYSTEM
from tests.factories import (
    NOW,
    MandateFactory,
    MembershipFactory,
    NetworkFactory,
    UserFactory,
    city_person,
    office_person,
)
from tests.workspace.hands import signed_in, url

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n%%EOF"


@pytest.fixture(autouse=True)
def _noon(db: None) -> Iterator[None]:
    NetworkFactory()
    with clock.held_at(NOW):
        yield


@pytest.fixture
def city() -> City:
    return MembershipFactory(city__slug="hamburg").city


def kept(city: City | None, content: bytes, purpose: str = FilePurpose.CREDENCE) -> PrivateFile:
    upload = SimpleUploadedFile("신임장 1.pdf", content)
    return store_file(upload=upload, purpose=purpose, city=city, actor=SYSTEM, now=NOW)


def image(width: int = 900) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (width, 300), "navy").save(made, "PNG")
    return made.getvalue()


@dataclass(frozen=True)
class Answer:
    """What came, with the file closed again."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def fetch(client: Client, address: str) -> Answer:
    response = client.get(address)
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return Answer(response.status_code, response.headers, content)


def test_the_city_and_the_office_read_and_nobody_else(city: City) -> None:
    file = kept(city, PDF)
    readers = [city_person("observer", city=city), office_person("auditor")]
    others = [
        city_person("head"),
        MandateFactory(city=city, role="head", ends_at=NOW).person,
        UserFactory(),
    ]
    address = url("file", str(file.uuid))
    assert [fetch(signed_in(each), address).body for each in readers] == [PDF, PDF]
    assert [signed_in(each).get(address).status_code for each in others] == [404] * 3
    assert Client().get(address).status_code == 404
    assert signed_in(readers[0]).post(address).status_code == 405


def test_how_a_private_file_is_served(city: City) -> None:
    client = signed_in(city_person("observer", city=city))
    shown = fetch(client, url("file", str(kept(city, PDF).uuid))).headers
    assert shown["Content-Type"] == "application/pdf"
    assert shown["Content-Disposition"].startswith("inline; filename")
    assert shown["Cache-Control"] == "private, no-store"
    assert shown["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert shown["X-Content-Type-Options"] == "nosniff"
    saved = fetch(client, url("file", str(kept(city, PDF).uuid)) + "?download").headers
    assert saved["Content-Disposition"].startswith("attachment; filename")


def test_a_letter_of_no_city_is_for_the_office(city: City) -> None:
    address = url("file", str(kept(None, PDF, FilePurpose.APPLICATION).uuid))
    assert fetch(signed_in(city_person("head", city=city)), address).status == 404
    assert fetch(signed_in(office_person("registrar")), address).status == 200


def test_small_images_have_the_same_readers(city: City) -> None:
    file = kept(city, image(), FilePurpose.PRACTICE_IMAGE)
    address = url("image", str(file.uuid), "320")
    reader = signed_in(city_person("editor", city=city))
    answer = fetch(reader, address)
    with Image.open(io.BytesIO(answer.body)) as small:
        assert (small.format, small.width) == ("JPEG", 320)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert signed_in(city_person("editor")).get(address).status_code == 404
    assert Client().get(address).status_code == 404
    assert reader.get(url("image", str(file.uuid), "321")).status_code == 404
    assert reader.get(url("image", str(kept(city, PDF).uuid), "320")).status_code == 404


def test_a_public_image_is_everybodys(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    file = kept(city, image(), FilePurpose.PRACTICE_IMAGE)
    draft = kept(city, image(), FilePurpose.PRACTICE_IMAGE)
    published = {FilePurpose.PRACTICE_IMAGE: lambda each: each.pk == file.pk}
    monkeypatch.setattr(file_policy, "_published", published)
    answers = [
        fetch(Client(), url("file", str(file.uuid))),
        fetch(Client(), url("image", str(file.uuid), "800")),
    ]
    assert [(each.status, each.headers["Cache-Control"]) for each in answers] == [
        (200, "public, max-age=300")
    ] * 2
    assert Client().get(url("image", str(draft.uuid), "800")).status_code == 404


def test_what_is_not_there_is_not_found() -> None:
    address = url("file", "00000000-0000-4000-8000-000000000000")
    assert signed_in(office_person("registrar")).get(address).status_code == 404


def test_an_image_that_stops_in_the_middle_is_not_there(city: City) -> None:
    begun = bytearray(image())
    place = begun.find(b"IDAT")
    begun[place + 8 : place + 12] = b"\xff\xff\xff\xff"
    packed = zlib.crc32(begun[place : begun.find(b"IEND") - 8])
    begun[begun.find(b"IEND") - 8 : begun.find(b"IEND") - 4] = packed.to_bytes(4, "big")
    file = kept(city, bytes(begun), FilePurpose.PRACTICE_IMAGE)
    client = signed_in(city_person("observer", city=city))
    assert fetch(client, f"/ko/files/{file.uuid}/320/").status == 404
