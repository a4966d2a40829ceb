"""Private files: what is taken is said by the bytes, and who reads is said by the policy."""

from __future__ import annotations

import hashlib
import io
import zipfile
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from members.models import City, PrivateFile
from members.models.files import FilePurpose
from members.policies import FilePolicy, file_policy
from members.services import files as files_module
from members.services.files import DOCX, JPEG, PDF, PNG, TAKEN, XLSX, kind_of, store_file
from members.services.renditions import rendition
from secretariat.kernel.errors import InvalidInput
from secretariat.kernel.policy import SYSTEM
from tests.factories import (
    MandateFactory,
    MembershipFactory,
    UserFactory,
    city_person,
    office_person,
)


def picture(kind: str = "PNG", *, width: int = 40, height: int = 30, **more: object) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (width, height), "navy").save(made, kind, **more)
    return made.getvalue()


def archive(*names: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as container:
        for name in names:
            container.writestr(name, "x")
    return made.getvalue()


SAMPLES = {
    PDF: b"%PDF-1.7\n%%EOF",
    PNG: picture("PNG"),
    JPEG: picture("JPEG"),
    DOCX: archive("word/document.xml"),
    XLSX: archive("xl/workbook.xml"),
}
REFUSED = {
    "words": b"hello",
    "a page": b"<html><script>alert(1)</script></html>",
    "a drawing": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "a gif": picture("GIF"),
    "half a png": picture("PNG")[:30],
    "most of a jpeg": picture("JPEG", width=400, height=300)[:-400],
    "a plain archive": archive("letter.txt"),
    "half an archive": archive("word/document.xml")[:20],
    "an archive of times to come": archive("word/document.xml").replace(
        b"PK\x01\x02\x14\x03\x14", b"PK\x01\x02\x14\x03\x63"
    ),
    "a program": b"MZ\x90\x00",
}


# what the bytes say


@pytest.mark.parametrize("kind", SAMPLES)
def test_the_kind_is_read_from_the_bytes(kind: str) -> None:
    assert kind_of(SAMPLES[kind]) == kind


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_none_of_them_is_nothing(name: str) -> None:
    assert kind_of(REFUSED[name]) == ""


def test_an_image_of_too_many_points_is_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files_module, "MOST_PIXELS", 100)
    assert kind_of(picture(width=11, height=10)) == ""
    assert kind_of(picture(width=10, height=10)) == PNG


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    """As a browser sends it; the media type that it claims is never looked at."""
    return SimpleUploadedFile(name, content, "application/pdf")


# storing


@pytest.fixture
def city(db: None) -> City:
    return MembershipFactory(city__slug="hamburg").city


def test_what_is_stored_is_what_was_sent(city: City, now: datetime) -> None:
    sender = UserFactory()
    file = store_file(
        upload=upload("C:\\letters\\신임장\x07.exe", SAMPLES[PDF]),
        purpose=FilePurpose.CREDENCE,
        city=city,
        actor=sender,
        now=now,
    )
    found = PrivateFile.objects.get()
    assert (found.city, found.purpose, found.media_type) == (city, "credence", PDF)
    assert (found.name, found.size) == ("신임장.exe", len(SAMPLES[PDF]))
    assert found.sha256 == hashlib.sha256(SAMPLES[PDF]).hexdigest()
    assert (found.uploaded_by, found.uploaded_at) == (sender, now)
    assert found.stored.name == f"{file.uuid}.pdf"
    with found.stored.open("rb") as stored:
        assert stored.read() == SAMPLES[PDF]
    assert found.stored.path.startswith(str(settings.PRIVATE_ROOT))
    assert not found.stored.path.startswith(str(settings.MEDIA_ROOT))


def test_a_private_file_has_no_address_of_its_own(city: City, now: datetime) -> None:
    file = store_file(
        upload=upload("x.pdf", SAMPLES[PDF]),
        purpose=FilePurpose.CREDENCE,
        city=city,
        actor=SYSTEM,
        now=now,
    )
    assert file.uploaded_by is None
    with pytest.raises(ValueError, match="not accessible via a URL"):
        _ = file.stored.url


@pytest.mark.parametrize("purpose", FilePurpose.values)
@pytest.mark.parametrize("kind", SAMPLES)
def test_each_purpose_takes_its_own_kinds(
    purpose: str, kind: str, city: City, now: datetime
) -> None:
    given = {"purpose": purpose, "city": city, "actor": SYSTEM, "now": now, "where": "letter"}
    if kind in TAKEN[purpose]:
        stored = store_file(upload=upload("x", SAMPLES[kind]), **given)
        assert (stored.media_type, stored.is_image) == (kind, kind in (PNG, JPEG))
    else:
        with pytest.raises(InvalidInput) as refusal:
            store_file(upload=upload("x", SAMPLES[kind]), **given)
        assert refusal.value.where == "letter"
        assert not PrivateFile.objects.exists()


def test_what_is_too_large_or_empty_is_refused(
    city: City, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files_module, "LARGEST", 20)
    given = {"purpose": FilePurpose.LETTER, "city": city, "actor": SYSTEM, "now": now}
    for content in (b"%PDF-" + b"x" * 16, b""):
        with pytest.raises(InvalidInput) as refusal:
            store_file(upload=upload("x.pdf", content), **given)
        assert refusal.value.where == "file"
    assert store_file(upload=upload("x.pdf", b"%PDF-" + b"x" * 15), **given).size == 20


# who reads


@pytest.mark.django_db
def test_who_reads_a_private_file(city: City, now: datetime) -> None:
    file = PrivateFile(city=city, purpose=FilePurpose.CREDENCE)
    ended = MandateFactory(city=city, role="head", ends_at=now).person
    later = MandateFactory(city=city, role="editor", starts_at=now + timedelta(days=1)).person
    closed = city_person("head", city=city)
    closed.is_active = False
    expected = {
        **{city_person(role, city=city): True for role in ("head", "editor", "observer")},
        **{office_person(role): True for role in ("registrar", "auditor", "librarian")},
        city_person("head"): False,
        ended: False,
        later: False,
        closed: False,
        UserFactory(): False,
    }
    found = {person: file_policy.may_read(person, file, now) for person in expected}
    assert found == expected


@pytest.mark.django_db
def test_a_file_of_no_city_is_the_offices_alone(city: City, now: datetime) -> None:
    file = PrivateFile(city=None, purpose=FilePurpose.APPLICATION)
    assert not file_policy.may_read(city_person("head", city=city), file, now)
    assert file_policy.may_read(office_person("registrar"), file, now)


@pytest.mark.django_db
def test_an_app_says_when_a_file_is_public(city: City, now: datetime) -> None:
    policy = FilePolicy()
    image = PrivateFile(city=city, purpose=FilePurpose.PRACTICE_IMAGE, name="public.png")
    other = PrivateFile(city=city, purpose=FilePurpose.PRACTICE_IMAGE, name="draft.png")
    letter = PrivateFile(city=city, purpose=FilePurpose.CREDENCE, name="public.png")
    policy.public_when(FilePurpose.PRACTICE_IMAGE, lambda file: file.name == "public.png")
    stranger = UserFactory()
    reads = [policy.may_read(stranger, file, now) for file in (image, other, letter)]
    assert reads == [True, False, False]


# small images


@pytest.mark.django_db
def test_a_small_image_is_upright_and_says_nothing_of_the_camera(city: City, now: datetime) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned a quarter
    exif[0x010F] = "a camera"
    file = store_file(
        upload=upload("x.jpg", picture("JPEG", width=900, height=600, exif=exif)),
        purpose=FilePurpose.PRACTICE_IMAGE,
        city=city,
        actor=SYSTEM,
        now=now,
    )
    with rendition(file, 320) as made, Image.open(made) as image:
        assert (image.format, image.size) == ("JPEG", (320, 480))
        assert not image.getexif()
    with rendition(file, 1600) as made, Image.open(made) as image:
        assert image.size == (600, 900)
    again = rendition(file, 320)
    assert again.name.startswith(str(settings.PRIVATE_ROOT))
    again.close()


@pytest.mark.django_db
def test_a_transparent_image_lies_on_white(city: City, now: datetime) -> None:
    made = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(made, "PNG")
    file = store_file(
        upload=upload("x.png", made.getvalue()),
        purpose=FilePurpose.PRACTICE_IMAGE,
        city=city,
        actor=SYSTEM,
        now=now,
    )
    with rendition(file, 320) as small, Image.open(small) as image:
        assert image.getpixel((5, 5)) == (255, 255, 255)
