"""Writing, publishing and taking down practices of the library."""

from __future__ import annotations

import unicodedata
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail.models import Locale

from cms.models import Pillar, Practice
from cms.models.practices import translation_key_of
from cms.policies import practice_policy
from members.models import City
from secretariat.kernel.audit import Record, act, canonical_json, sha256
from secretariat.kernel.errors import Conflict, InvalidInput, WrongState

EARLIEST_YEAR, LATEST_YEAR = 1800, 2200
LONGEST_TITLE = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeWords:
    """What a practice says in one language, and the facts that go with it."""

    title: str
    summary: str = ""
    body: str = ""
    place: str = ""
    country: str = ""
    pillars: tuple[str, ...] = ()
    instrument: str = ""
    year: int | None = None
    tags: tuple[str, ...] = ()
    source: str = ""

    def as_fields(self) -> dict[str, Any]:
        """The model's fields, texts in NFC without surrounding white space."""
        return {name: _clean(value) for name, value in asdict(self).items()}


@dataclass(frozen=True, slots=True)
class _Problem:
    where: str
    message: Any = field(compare=False)


def save_practice(
    *,
    practice: Practice | None,
    city: City | None,
    language: str,
    words: PracticeWords,
    external_id: str = "",
    actor: Any,
    now: datetime,
) -> Practice:
    """Keep a draft of a new practice (`practice` None) or of a further state of one.

    Nothing becomes public by it. `external_id` joins a new row to its translations; without
    one it is made from the city and the title. Raises NotAllowed, InvalidInput (unusable
    words), WrongState (locked by the librarian), Conflict (this language exists).
    """
    authority = practice_policy.require_write(actor, practice.city if practice else city, now)
    fields = _checked(words)
    with act(authority, now) as record:
        if practice is None:
            saved = _add(city=city, language=language, fields=fields, external_id=external_id)
        else:
            saved = _locked_row(practice)
            for name, value in fields.items():
                setattr(saved, name, value)
        saved.save_revision(user=_user(actor), log_action=True)
        _record(record, saved, "practice.drafted")
    return saved


def publish_practice(*, practice: Practice, actor: Any, now: datetime) -> Practice:
    """Make the latest draft public. Raises NotAllowed, WrongState (locked)."""
    authority = practice_policy.require_publish(actor, now)
    with act(authority, now) as record:
        row = _locked_row(practice)
        revision = row.get_latest_revision() or row.save_revision(user=_user(actor))
        revision.publish(user=_user(actor), skip_permission_checks=True)
        row.refresh_from_db()
        _record(record, row, "practice.published")
    return row


def take_down_practice(*, practice: Practice, actor: Any, now: datetime) -> Practice:
    """Take a practice off the public site; its drafts stay. Raises NotAllowed, WrongState."""
    authority = practice_policy.require_publish(actor, now)
    with act(authority, now) as record:
        row = _locked_row(practice)
        if not row.live:
            raise WrongState(_("This practice is not public."), where=row.external_id)
        row.unpublish(user=_user(actor))
        row.refresh_from_db()
        _record(record, row, "practice.taken_down")
    return row


def address_name(external_id: str, *, taken: bool = False) -> str:
    """The address name of a practice, the same in every language.

    `taken`: another practice has the plain one; a piece of the identifier's hash follows.
    """
    plain = slugify(external_id, allow_unicode=True)[:100]
    if plain and not taken:
        return plain
    return f"{plain}-{sha256(external_id)[:8]}".lstrip("-")


def identify(*, city: City | None, title: str) -> tuple[str, str]:
    """Identifier and address name for a practice that is new in every language."""
    owner = city.slug if city else "network"
    plain = f"{owner}-{slugify(title, allow_unicode=True)}"[:90]
    identifier, further = plain, 2
    while Practice.objects.filter(external_id=identifier).exists():
        identifier, further = f"{plain}-{further}", further + 1
    slug = address_name(identifier)
    taken = Practice.objects.filter(slug=slug).exists()
    return identifier, address_name(identifier, taken=taken)


def _checked(words: PracticeWords) -> dict[str, Any]:
    fields = words.as_fields()
    for problem in _problems(fields):
        raise InvalidInput(problem.message, where=problem.where)
    return fields


def _problems(fields: dict[str, Any]) -> list[_Problem]:
    found = []
    if not fields["title"]:
        found.append(_Problem("title", _("Give the practice a title.")))
    if len(fields["title"]) > LONGEST_TITLE:
        found.append(_Problem("title", _("Shorten the title to 300 characters.")))
    if any(pillar not in Pillar.values for pillar in fields["pillars"]):
        found.append(_Problem("pillars", _("Choose among the four pillars.")))
    year = fields["year"]
    if year is not None and not EARLIEST_YEAR <= year <= LATEST_YEAR:
        found.append(_Problem("year", _("Give a year in four digits.")))
    country = fields["country"]
    if country and not (len(country) == 2 and country.isascii() and country.isalpha()):
        found.append(_Problem("country", _("Give the country in two letters (ISO 3166).")))
    return found


def _add(*, city: City | None, language: str, fields: dict[str, Any], external_id: str) -> Practice:
    if external_id:
        identifier, slug = external_id, address_name(external_id)
        sibling = Practice.objects.filter(external_id=identifier).first()
        if sibling is not None and sibling.city != city:
            raise Conflict(_("Another city has a practice of this name."), where=identifier)
        if sibling is not None:
            slug = sibling.slug
        elif Practice.objects.filter(slug=slug).exists():
            slug = address_name(identifier, taken=True)
    else:
        identifier, slug = identify(city=city, title=fields["title"])
    row = Practice(
        external_id=identifier,
        slug=slug,
        locale=Locale.objects.get(language_code=language),
        translation_key=translation_key_of(identifier),
        city=city,
        live=False,
        **fields,
    )
    if not row.country and city is not None:
        row.country = city.country
    try:
        row.save()
    except IntegrityError as problem:
        raise Conflict(
            _("This practice exists in this language. Open it and change it there."),
            where=identifier,
        ) from problem
    return row


def _locked_row(practice: Practice) -> Practice:
    row = Practice.objects.select_for_update().get(pk=practice.pk)
    if row.locked:
        raise WrongState(
            _("The librarian has locked this practice. Ask the office."), where=row.external_id
        )
    latest = row.get_latest_revision()
    return row if latest is None else latest.as_object()


def _record(record: Record, practice: Practice, action: str) -> None:
    chain = practice.city.chain if practice.city else "office"
    words = {
        name: getattr(practice, name)
        for name in ("title", "summary", "body", "pillars", "instrument", "year", "tags")
    }
    record(
        chain,
        action,
        {
            "practice": practice.external_id,
            "language": practice.language,
            "sha256": sha256(canonical_json(words)),
        },
    )


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value).replace("\r\n", "\n").strip()
    if isinstance(value, tuple | list):
        return [_clean(item) for item in value]
    return value


def _user(actor: Any) -> Any:
    """The person for Wagtail's own log; the platform itself is nobody there."""
    return actor if getattr(actor, "pk", None) else None
