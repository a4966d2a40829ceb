"""What a city may do by letter about itself: its voters, its head of delegation, its contacts.

The acts of elections are in `resolutions.services.letter_kinds`.
"""

from __future__ import annotations

import unicodedata
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from members.models import City, CityContact, Mandate
from members.models.people import MandateRole
from members.policies import CityAction, OfficeAction, in_force
from members.services.accounts import create_account
from members.services.cities import correct_city
from members.services.contacts import (
    ContactDetails,
    checked_contacts,
    details_of,
    set_contacts,
)
from members.services.letters import (
    Deed,
    Detail,
    Done,
    Facts,
    LetterKind,
    register_letter_kind,
)
from members.services.mandates import accredit_mandate, end_mandate, grant_mandate, lock_people
from secretariat.kernel.audit import moment
from secretariat.kernel.calendar import day_begins_at
from secretariat.kernel.errors import InvalidInput, NotAllowed, WrongState
from secretariat.kernel.models import LANGUAGES, User

BY_LETTER_ROLES = (MandateRole.VOTING_DELEGATE, MandateRole.ALTERNATE)
"""The voters that a letter of credentials may name; a head of delegation is replaced instead."""


def mandate_subject(mandate: Mandate) -> str:
    """Under what pages find the letter behind a mandate."""
    return f"mandate:{mandate.uuid}"


def contacts_subject(city: City) -> str:
    """Under what pages find the letters behind a city's contacts."""
    return f"contacts:{city.slug}"


def _name(city: City) -> str:
    return city.name_in(get_language() or "en")


# ── people ──────────────────────────────────────────────────────────────────────────────────


def _person(facts: Facts) -> dict[str, Any]:
    """`email`, `name`, `language` and `until` of a person named in a letter, in their form."""
    email = unicodedata.normalize("NFC", str(facts.get("email", ""))).strip()
    name = unicodedata.normalize("NFC", str(facts.get("name", ""))).strip()
    language = facts.get("language")
    until = facts.get("until")
    try:
        validate_email(email)
    except ValidationError as problem:
        raise InvalidInput(_("This is not an e-mail address."), where="email") from problem
    if not name:
        raise InvalidInput(_("The account needs a name."), where="name")
    if language not in dict(LANGUAGES):
        raise InvalidInput(_("The platform does not speak this language."), where="language")
    person = {
        "email": email,
        "name": name,
        "language": language,
        "until": until.isoformat() if isinstance(until, date) else until or None,
    }
    try:
        _until(person)
    except OverflowError as problem:
        raise InvalidInput(_("This day is too far away."), where="until") from problem
    return person


def _until(facts: Facts) -> datetime | None:
    """The end of the last day that the letter names, where the network is; None without one."""
    if not facts["until"]:
        return None
    last = date.fromisoformat(facts["until"])
    return day_begins_at(last + timedelta(days=1))


def named(facts: Facts) -> str:
    """A person with the address, or that there was one whose data are erased."""
    if not facts["name"]:
        return _("a person whose data are erased")
    return f"{facts['name']} ({facts['email']})"


def _until_words(facts: Facts) -> str:
    if not facts["until"]:
        return ""
    day = date_format(date.fromisoformat(facts["until"]), "DATE_FORMAT")
    return " " + _("(until %(day)s)") % {"day": day}


def _details_of_person(city: City, facts: Facts) -> list[Detail]:
    return [Detail(_("Language of the person"), {"": str(dict(LANGUAGES)[facts["language"]])})]


def _account(deed: Deed) -> User:
    """The account of the person named, made where there is none; never the officer's own."""
    facts = deed.facts
    person = User.objects.filter(email__iexact=facts["email"]).first()
    if person is None:
        return create_account(
            email=facts["email"],
            name=facts["name"],
            language=facts["language"],
            actor=deed.officer,
            now=deed.now,
        )
    if not person.is_active:
        raise WrongState(
            _("The account of this address is closed. Ask the city to name another address."),
            code="account_closed",
            where="email",
        )
    if person.pk in (deed.officer.pk, deed.letter.recorded_by_id):
        raise NotAllowed(
            _("The letter names an officer who handles it. Two other officers are needed."),
            where="email",
        )
    return person


def _accredit(deed: Deed, mandate: Mandate) -> None:
    """Against the letter itself, by the confirming officer: that remains the office's own act."""
    accredit_mandate(
        mandate=mandate,
        credential=deed.credential,
        letter=None if mandate.letter_id else deed.letter.letter,
        actor=deed.officer,
        now=deed.now,
    )


def _grant(deed: Deed, person: User, role: str, rank: int = 0) -> Mandate:
    mandate = grant_mandate(
        person=person,
        city=deed.city,
        role=role,
        rank=rank,
        starts_at=deed.now,
        ends_at=_until(deed.facts),
        actor=deed.by,
        now=deed.now,
    )
    _accredit(deed, mandate)
    return mandate


def _end(deed: Deed, mandate: Mandate, *, actor: Any) -> None:
    """End a mandate now, because of the letter; one that has ended already stays as it is."""
    if mandate.ends_at is None or mandate.ends_at > deed.now:
        end_mandate(
            mandate=mandate,
            ends_at=deed.now,
            reason=f"letter:{deed.letter.uuid}",
            actor=actor,
            now=deed.now,
        )


# ── credentials ─────────────────────────────────────────────────────────────────────────────


def _check_credentials(city: City, facts: Facts, now: datetime) -> Facts:
    role = str(facts.get("role", ""))
    if role not in BY_LETTER_ROLES:
        raise InvalidInput(_("Choose a voting delegate or an alternate."), where="role")
    rank = int(facts.get("rank") or 0)
    return _person(facts) | {"role": role, "rank": rank if role == MandateRole.ALTERNATE else 0}


def _describe_credentials(city: City, facts: Facts) -> str:
    said = _("%(city)s sends %(person)s as %(role)s") % {
        "city": _name(city),
        "person": named(facts),
        "role": MandateRole(facts["role"]).label,
    }
    return said + _until_words(facts)


def _details_of_credentials(city: City, facts: Facts) -> list[Detail]:
    details = _details_of_person(city, facts)
    if facts["role"] == MandateRole.ALTERNATE:
        details.append(Detail(_("Rank among the alternates"), {"": str(facts["rank"])}))
    return details


def _perform_credentials(deed: Deed) -> Done:
    """Accredit the person's mandate, granted now where there is none."""
    person, role = _account(deed), deed.facts["role"]
    held = Mandate.objects.filter(
        in_force(deed.now), person=person, city=deed.city, role=role, accredited_at=None
    ).select_related("person", "city", "letter")
    mandate = held.first()
    if mandate is None:
        mandate = _grant(deed, person, role, deed.facts["rank"])
    else:
        _accredit(deed, mandate)
    return Done(mandate_subject(mandate), {"mandate": str(mandate.uuid)})


def _undo_credentials(deed: Deed) -> None:
    mandate = Mandate.objects.select_related("person", "city").get(uuid=deed.letter.done["mandate"])
    _end(deed, mandate, actor=deed.officer)


# ── the head of delegation ──────────────────────────────────────────────────────────────────


def _check_head(city: City, facts: Facts, now: datetime) -> Facts:
    return _person(facts)


def _describe_head(city: City, facts: Facts) -> str:
    said = _("%(city)s makes %(person)s its head of delegation") % {
        "city": _name(city),
        "person": named(facts),
    }
    return said + _until_words(facts)


def _perform_head(deed: Deed) -> Done:
    """End the mandate of the head there is, and grant and accredit the one who follows."""
    former = (
        Mandate.objects.filter(in_force(deed.now), city=deed.city, role=MandateRole.HEAD)
        .select_related("person", "city")
        .first()
    )
    undoing: dict[str, Any] = {}
    if former is not None and former.person.email.casefold() == deed.facts["email"].casefold():
        raise WrongState(
            _("This person is the head of delegation already."),
            code="head_already",
            where="email",
        )
    if former is not None:
        known = User.objects.filter(email__iexact=deed.facts["email"]).values_list("pk", flat=True)
        lock_people(former.person_id, *known)
        undoing["former"] = str(former.uuid)
        undoing["former_until"] = moment(former.ends_at) if former.ends_at else None
        _end(deed, former, actor=deed.by)
    mandate = _grant(deed, _account(deed), MandateRole.HEAD)
    return Done(mandate_subject(mandate), undoing | {"mandate": str(mandate.uuid)})


def _undo_head(deed: Deed) -> None:
    """End the mandate that the letter gave; who was head before is granted it anew."""
    done = deed.letter.done
    rows = Mandate.objects.select_related("person", "city", "letter")
    given = rows.get(uuid=done["mandate"])
    former = rows.filter(uuid=done.get("former")).first() if done.get("former") else None
    lock_people(given.person_id, *([former.person_id] if former else []))
    _end(deed, given, actor=deed.officer)
    if former is None or not former.person.is_active:
        return
    until = parse_datetime(done["former_until"]) if done["former_until"] else None
    if until is not None and until.astimezone(UTC) <= deed.now:
        return
    grant_mandate(
        person=former.person,
        city=deed.city,
        role=MandateRole.HEAD,
        starts_at=deed.now,
        ends_at=until,
        credential=former.credential,
        actor=deed.officer,
        now=deed.now,
    )


# ── contacts ────────────────────────────────────────────────────────────────────────────────


def _details(facts: Facts) -> tuple[ContactDetails, ...]:
    return tuple(ContactDetails(**each) for each in facts["contacts"])


def _check_contacts(city: City, facts: Facts, now: datetime) -> Facts:
    website = str(facts.get("website", "")).strip()
    if website:
        try:
            URLValidator(schemes=["http", "https"])(website)
        except ValidationError as problem:
            raise InvalidInput(_("This is not a web address."), where="website") from problem
    contacts = checked_contacts(ContactDetails(**each) for each in facts.get("contacts", ()))
    if not contacts and not website:
        raise InvalidInput(_("Name at least one contact, or a website."), where="contacts")
    return {"contacts": [asdict(contact) for contact in contacts], "website": website}


def _describe_contacts(city: City, facts: Facts) -> str:
    parts = []
    if facts["contacts"]:
        names = ", ".join(named(each) for each in facts["contacts"])
        parts.append(
            _("%(city)s names as its contacts: %(names)s") % {"city": _name(city), "names": names}
        )
    if facts["website"]:
        parts.append(
            _("%(city)s gives its website: %(website)s")
            % {"city": _name(city), "website": facts["website"]}
        )
    return ". ".join(parts)


def _details_of_contacts(city: City, facts: Facts) -> list[Detail]:
    names = dict(LANGUAGES)
    return [
        Detail(
            _("Contact %(number)d") % {"number": number},
            {
                "": " · ".join(
                    filter(
                        None,
                        (
                            each["name"],
                            each["position"],
                            each["email"],
                            each["phone"],
                            str(names.get(each["language"], "")),
                        ),
                    )
                )
            },
        )
        for number, each in enumerate(facts["contacts"], start=1)
    ]


def _perform_contacts(deed: Deed) -> Done:
    """The contacts that the letter names instead of those there are, and the website."""
    before = list(deed.city.contacts.filter(ends_at=None).order_by("place", "pk"))
    undoing: dict[str, Any] = {}
    if deed.facts["contacts"]:
        after = set_contacts(
            city=deed.city, contacts=_details(deed.facts), actor=deed.by, now=deed.now
        )
        undoing["before"] = [row.pk for row in before]
        undoing["after"] = [row.pk for row in after]
    if deed.facts["website"]:
        undoing["website"] = deed.city.website
        _set_website(deed, deed.facts["website"], actor=deed.by)
    return Done(contacts_subject(deed.city), undoing)


def _undo_contacts(deed: Deed) -> None:
    """Put back what was there before, where nobody has changed it since."""
    done = deed.letter.done
    current = list(deed.city.contacts.filter(ends_at=None).order_by("place", "pk"))
    if "after" in done and [row.pk for row in current] == done["after"]:
        former = {row.pk: row for row in CityContact.objects.filter(pk__in=done["before"])}
        set_contacts(
            city=deed.city,
            contacts=[details_of(former[key]) for key in done["before"]],
            actor=deed.officer,
            now=deed.now,
        )
    if "website" in done and deed.city.website == deed.facts["website"]:
        _set_website(deed, done["website"], actor=deed.officer)


def _set_website(deed: Deed, website: str, *, actor: Any) -> None:
    city = City.objects.prefetch_related("name_rows").get(pk=deed.city.pk)
    correct_city(
        city=city,
        code=city.code,
        country=city.country,
        region=city.region,
        names=city.names.as_dict(),
        descriptions=city.descriptions.as_dict(),
        latitude=city.latitude,
        longitude=city.longitude,
        population=city.population,
        website=website,
        actor=actor,
        now=deed.now,
    )


def connect() -> None:
    """Register these kinds; at start-up."""
    register_letter_kind(
        LetterKind(
            name="head",
            label=gettext_lazy("A new head of delegation"),
            duty=OfficeAction.KEEP_MANDATES,
            actions=frozenset({CityAction.MANAGE_PEOPLE}),
            check=_check_head,
            describe=_describe_head,
            perform=_perform_head,
            undo=_undo_head,
            undoing=gettext_lazy(
                "The mandate given by the letter ends now; who was head of delegation before "
                "is granted it anew."
            ),
            details=_details_of_person,
        )
    )
    register_letter_kind(
        LetterKind(
            name="credentials",
            label=gettext_lazy("Credentials of a voter"),
            duty=OfficeAction.KEEP_MANDATES,
            actions=frozenset({CityAction.MANAGE_PEOPLE}),
            check=_check_credentials,
            describe=_describe_credentials,
            perform=_perform_credentials,
            undo=_undo_credentials,
            undoing=gettext_lazy("The mandate that the letter accredited ends now."),
            details=_details_of_credentials,
        )
    )
    register_letter_kind(
        LetterKind(
            name="contacts",
            label=gettext_lazy("Contacts and website"),
            duty=OfficeAction.KEEP_CITIES,
            actions=frozenset({CityAction.EDIT_PROFILE}),
            check=_check_contacts,
            describe=_describe_contacts,
            perform=_perform_contacts,
            undo=_undo_contacts,
            undoing=gettext_lazy(
                "The former contacts and website are put back, where nobody has changed them since."
            ),
            details=_details_of_contacts,
        )
    )
