"""Applications to join: sent in public, examined by the office, decided, and then a membership."""

from __future__ import annotations

import re
import uuid as uuids
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import URLValidator, validate_email
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from members.models import Application, ApplicationStep, City, Membership, PrivateFile
from members.models.applications import Sought
from members.models.cities import BodyKind, MembershipKind, Region
from members.models.files import FilePurpose
from members.policies import OfficeAction, office_policy
from members.rules.application_lifecycle import (
    APPLICATION_LIFECYCLE,
    ApplicationAction,
    Deciding,
)
from members.services.cities import register_city
from members.services.contacts import ContactDetails, set_contacts
from members.services.decisions import named_decision
from members.services.files import store_file
from members.services.memberships import record_membership
from members.services.refusals import step
from secretariat.kernel.audit import Record, act, sha256
from secretariat.kernel.errors import InvalidInput, Missing, NotAllowed, WrongState
from secretariat.kernel.models import LANGUAGES
from secretariat.kernel.outbox import announce
from secretariat.kernel.policy import Authority
from secretariat.kernel.typed import typed

APPLICANT: Final = Authority(person=None, role="applicant")
"""Who applies has no account and no city in the register yet."""

SALT: Final = "members.services.applications.status"
COUNTRY = re.compile(r"[A-Z]{2}")
LONGEST_MESSAGE: Final = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    """What an applicant says of itself. `names` by language; `language` is that of letters."""

    sought: str
    body: str
    names: Mapping[str, str]
    country: str
    region: str
    language: str
    contact_name: str
    contact_email: str
    contact_office: str = ""
    contact_phone: str = ""
    population: int | None = None
    website: str = ""
    languages: str = ""
    message: str = ""


def apply_to_join(
    *,
    applicant: Applicant,
    letter: UploadedFile[Any],
    now: datetime,
    uuid: uuids.UUID | None = None,
) -> Application:
    """Somebody applies for a city or other body; the letter of its head comes with it.

    Anybody may: what is said is examined by the office. The one act of the platform besides
    casting a secret ballot that has no actor; the chain names the role "applicant".
    """
    columns = _checked(applicant)
    with act(APPLICANT, now) as record:
        application = Application(
            uuid=uuid or uuids.uuid4(), received_at=now, letter=_keep(letter, now), **columns
        )
        application.save(force_insert=True)
        _add_step(application, ApplicationStep.Kind.RECEIVED, now, record)
    return application


def send_again(
    *,
    application: Application,
    applicant: Applicant,
    letter: UploadedFile[Any] | None,
    now: datetime,
) -> Application:
    """The applicant completes what the office sent back; without a new letter the old one stays.

    Called for whoever shows the application's own link (`is_status_key`).
    """
    columns = _checked(applicant)
    with act(APPLICANT, now) as record:
        application = _locked(application)
        state = _step(application, ApplicationAction.SEND_AGAIN)
        for name, value in columns.items():
            setattr(application, name, value)
        if letter is not None:
            application.letter = _keep(letter, now)
        application.state = state
        application.save()
        _add_step(application, ApplicationStep.Kind.SEND_AGAIN, now, record)
    return application


def withdraw_application(*, application: Application, now: datetime) -> Application:
    """The applicant withdraws; called for whoever shows the application's own link."""
    with act(APPLICANT, now) as record:
        application = _locked(application)
        application.state = _step(application, ApplicationAction.WITHDRAW)
        application.save(update_fields=["state"])
        _add_step(application, ApplicationStep.Kind.WITHDRAW, now, record)
    return application


def return_application(
    *, application: Application, missing: str, actor: Any, now: datetime
) -> Application:
    """Send it back, saying what is missing."""
    if not missing.strip():
        raise InvalidInput(_("Say what is missing."), where="missing")
    return _examine(application, ApplicationAction.RETURN, missing, actor, now)


def find_complete(*, application: Application, actor: Any, now: datetime) -> Application:
    """It is examined and complete: it goes before an assembly, or the office decides."""
    return _examine(application, ApplicationAction.FIND_COMPLETE, "", actor, now)


def refuse_application(
    *, application: Application, reason: str, actor: Any, now: datetime
) -> Application:
    """Refuse what cannot go before an assembly at all, with the reason."""
    if not reason.strip():
        raise InvalidInput(_("Give the reason."), where="reason")
    return _examine(application, ApplicationAction.REFUSE, reason, actor, now)


def decline_application(
    *, application: Application, decision: str, words: str = "", actor: Any, now: datetime
) -> Application:
    """The assembly, or for observers and partners the office, decided against it."""
    decision = named_decision(decision)
    return _examine(application, ApplicationAction.DECLINE, words, actor, now, decision=decision)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """How an admitted body is entered in the register: anew, or as the `city` it already is."""

    city: City | None = None
    slug: str = ""
    code: str = ""
    latitude: Decimal | None = None
    longitude: Decimal | None = None


def admit_applicant(
    *,
    application: Application,
    entry: Entry,
    starts_on: date,
    decision: str = "",
    actor: Any,
    now: datetime,
) -> Membership:
    """Enter the applicant in the register and give it the membership it applied for.

    A member's admission names the decision of the assembly (`vote:…`). The letter becomes
    readable for the city's own people; the contact becomes the city's contact.
    """
    authority = office_policy.require(actor, OfficeAction.KEEP_CITIES, now)
    decision = named_decision(decision)
    with act(authority, now) as record:
        application = _locked(application)
        state = _step(application, ApplicationAction.ADMIT, decision=decision)
        city = entry.city or _registered(application, entry, actor, now)
        if city.body != application.body:
            raise NotAllowed(
                _("The register holds this body as another kind of body."), where="city"
            )
        membership = record_membership(
            city=city,
            kind=MembershipKind(application.sought),
            starts_on=starts_on,
            decision=decision,
            actor=actor,
            now=now,
        )
        PrivateFile.objects.filter(pk=application.letter_id).update(city=city)
        set_contacts(city=city, contacts=[_contact(application)], actor=actor, now=now)
        application.state, application.city = state, city
        application.save(update_fields=["state", "city"])
        _add_step(application, ApplicationStep.Kind.ADMIT, now, record, decision=decision)
    return membership


def forget_contact(*, application: Application, actor: Any, now: datetime) -> Application:
    """Remove the contact person from a decided application; its link works no more.

    What was decided, the letter and the steps stay.
    """
    authority = office_policy.require(actor, OfficeAction.KEEP_CITIES, now)
    with act(authority, now) as record:
        application = _locked(application)
        if APPLICATION_LIFECYCLE.actions(application.state):
            raise WrongState(
                _("The application is not decided yet. The contact is still needed."),
                code="not_decided",
                where=str(application.uuid),
            )
        columns = ("contact_name", "contact_office", "contact_email", "contact_phone")
        for column in columns:
            setattr(application, column, "")
        application.save(update_fields=columns)
        record(application.chain, "application.contact_forgotten", {})
    return application


def status_key(application: Application) -> str:
    """The secret part of the link to the application's own page; another address, another key."""
    said = f"{application.uuid}:{application.contact_email}"
    return salted_hmac(SALT, said, algorithm="sha256").hexdigest()


def is_status_key(application: Application, key: str) -> bool:
    """Whether `key` came with the link of this application."""
    return constant_time_compare(status_key(application), key)


def _examine(
    application: Application,
    action: ApplicationAction,
    words: str,
    actor: Any,
    now: datetime,
    *,
    decision: str = "",
) -> Application:
    authority = office_policy.require(actor, OfficeAction.KEEP_CITIES, now)
    with act(authority, now) as record:
        application = _locked(application)
        application.state = _step(application, action, decision=decision)
        application.save(update_fields=["state"])
        _add_step(
            application,
            ApplicationStep.Kind(action.value),
            now,
            record,
            words=words.strip(),
            decision=decision,
        )
    return application


def _step(application: Application, action: ApplicationAction, *, decision: str = "") -> str:
    facts = Deciding(sought=application.sought, decision_named=bool(decision))
    return step(
        APPLICATION_LIFECYCLE, application.state, action, facts, where=str(application.uuid)
    )


def _locked(application: Application) -> Application:
    rows = Application.objects.select_for_update(of=("self",)).select_related("letter")
    return rows.get(pk=application.pk)


def _add_step(
    application: Application,
    kind: ApplicationStep.Kind,
    now: datetime,
    record: Record,
    *,
    words: str = "",
    decision: str = "",
) -> None:
    """The dated row, its entry in the chain (no person's name or address) and the announcement."""
    sent = kind in (ApplicationStep.Kind.RECEIVED, ApplicationStep.Kind.SEND_AGAIN)
    number = application.steps.count() + 1
    ApplicationStep.objects.create(
        application=application,
        number=number,
        kind=kind,
        at=now,
        words=words,
        letter=application.letter if sent else None,
        decision=decision,
    )
    said: dict[str, Any] = {"step": number, "decision": decision}
    if words:
        said["words_sha256"] = sha256(words)
    if sent:
        said |= {
            "sought": application.sought,
            "body": application.body,
            "names": application.names,
            "country": application.country,
            "letter_sha256": application.letter.sha256,
        }
    if kind == ApplicationStep.Kind.ADMIT and application.city is not None:
        said["city"] = application.city.slug
    record(application.chain, f"application.{kind.value}", said)
    announce("application.changed", application=str(application.uuid), step=number)


def _keep(letter: UploadedFile[Any], now: datetime) -> PrivateFile:
    return store_file(
        upload=letter,
        purpose=FilePurpose.APPLICATION,
        city=None,
        actor=None,
        now=now,
        where="letter",
    )


def _registered(application: Application, entry: Entry, actor: Any, now: datetime) -> City:
    if not entry.slug:
        raise Missing(
            _("Give the body an address name, or choose it from the register."), where="slug"
        )
    return register_city(
        slug=entry.slug,
        code=entry.code,
        country=application.country,
        region=application.region,
        names=application.names,
        latitude=entry.latitude,
        longitude=entry.longitude,
        population=application.population,
        website=application.website,
        body=application.body,
        actor=actor,
        now=now,
    )


def _contact(application: Application) -> ContactDetails:
    return ContactDetails(
        name=application.contact_name,
        email=application.contact_email,
        position=application.contact_office,
        phone=application.contact_phone,
        language=application.language,
    )


def _checked(applicant: Applicant) -> dict[str, Any]:
    """The columns of an application, in NFC, or InvalidInput naming the field."""
    if applicant.sought not in Sought.values:
        raise InvalidInput(_("Choose what the body applies for."), where="sought")
    if applicant.body not in BodyKind.values:
        raise InvalidInput(_("There is no such kind of body."), where="body")
    if applicant.sought == Sought.MEMBER and applicant.body != BodyKind.CITY:
        raise InvalidInput(
            _("Only cities and local governments become members. Apply as observer or partner."),
            where="sought",
        )
    if applicant.language not in dict(LANGUAGES):
        raise InvalidInput(_("The platform does not speak this language."), where="language")
    names = {
        language: typed(name)
        for language, name in sorted(applicant.names.items())
        if language in dict(LANGUAGES) and typed(name)
    }
    if not names:
        raise InvalidInput(_("A city needs a name in one language at least."), where="names")
    if not COUNTRY.fullmatch(applicant.country):
        raise InvalidInput(_("A country has two capital letters (ISO 3166)."), where="country")
    if applicant.region not in Region.values:
        raise InvalidInput(_("There is no such region."), where="region")
    if applicant.population is not None and applicant.population < 0:
        raise InvalidInput(_("A population is not below zero."), where="population")
    if applicant.website:
        _refuse_unless(
            URLValidator(schemes=["http", "https"]),
            applicant.website,
            _("This is not a web address."),
            "website",
        )
    contact_name, email = typed(applicant.contact_name), typed(applicant.contact_email)
    if not contact_name:
        raise InvalidInput(_("A contact needs a name."), where="contact_name")
    _refuse_unless(validate_email, email, _("This is not an e-mail address."), "contact_email")
    message = typed(applicant.message, lines=True)
    if len(message) > LONGEST_MESSAGE:
        raise InvalidInput(_("This is longer than 5,000 characters."), where="message")
    return {
        "sought": applicant.sought,
        "body": applicant.body,
        "names": names,
        "country": applicant.country,
        "region": applicant.region,
        "population": applicant.population,
        "website": applicant.website,
        "languages": typed(applicant.languages),
        "language": applicant.language,
        "contact_name": contact_name,
        "contact_office": typed(applicant.contact_office),
        "contact_email": email,
        "contact_phone": typed(applicant.contact_phone),
        "message": message,
    }


def _refuse_unless(validator: Any, value: str, message: Any, where: str) -> None:
    try:
        validator(value)
    except ValidationError as problem:
        raise InvalidInput(message, where=where) from problem
