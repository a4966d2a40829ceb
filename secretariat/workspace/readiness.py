"""Ready to vote? What stands in a voter's way, line by line, and asking before an assembly.

Everybody with a desk can look at any time. Two weeks before an assembly the office asks each
voter to, once (`send_ready_checks`): what is missing then can still be put right.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from allauth.mfa.models import Authenticator
from django.core import signing
from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from cms.templatetags.formats import format_day, reader_language
from members.models import City, EmailProof, Mandate, ReadyNotice
from members.policies import in_force
from members.rules.voices import VOTING_ROLES
from members.selectors.standing import standing_of_city
from resolutions.models import Assembly
from resolutions.models.assemblies import AssemblyKind, AssemblyState
from resolutions.selectors.arrears import arrears_rule
from resolutions.selectors.assemblies import day_of
from resolutions.selectors.rules import rules_of_assembly
from resolutions.selectors.seats import seats_of_assembly
from secretariat.kernel import clock
from secretariat.kernel.calendar import network_day
from secretariat.kernel.errors import Conflict
from secretariat.kernel.models import User
from secretariat.kernel.outbox import announce, handles
from secretariat.workspace.letters import send_letter
from secretariat.workspace.second_factor import SIGNS_IN

LATELY: Final = timedelta(days=90)
BEFORE: Final = timedelta(days=14)
"""How long before an assembly voters are asked to check."""

BETWEEN_LETTERS: Final = timedelta(minutes=5)

_signer = signing.Signer(salt="secretariat.workspace.readiness", sep=".")


@dataclass(frozen=True, slots=True)
class Check:
    """One line: what was looked at, whether it is well, a sentence, and the way to put it right."""

    name: str
    title: str
    well: bool
    text: str
    url: str = ""
    link: str = ""


def checks_of(*, person: User, city: City, now: datetime) -> tuple[Check, ...]:
    """What a vote of the person for the city needs, in the order in which it is put right."""
    return (
        _mandate(person, city, now),
        _standing(city, now),
        _second_factor(person),
        _email(person, now),
    )


def next_assembly(*, now: datetime) -> Assembly | None:
    """The assembly that is open or convened next."""
    rows = Assembly.objects.filter(
        state__in=(AssemblyState.OPEN, AssemblyState.CONVENED), ends_at__gt=now
    )
    return rows.prefetch_related("wordings").order_by("starts_at", "pk").first()


# --- the lines --------------------------------------------------------------


def _mandate(person: User, city: City, now: datetime) -> Check:
    title = _("Your mandate")
    people = reverse("workspace:people", args=[city.slug])
    held = list(
        Mandate.objects.filter(in_force(now), person=person, city=city, role__in=VOTING_ROLES)
    )
    if not held:
        text = _("Your role has no vote. The head of delegation gives another one.")
        return Check("mandate", title, False, text, people, _("Our people"))
    accredited = [each for each in held if each.accredited_at is not None]
    if not accredited:
        text = (
            _("The letter of credence has come in; the office has yet to accredit you.")
            if any(each.letter_id for each in held)
            else _("The letter of credence is missing. The head of delegation uploads it.")
        )
        return Check("mandate", title, False, text, people, _("Our people"))
    best = next((each for each in accredited if each.ends_at is None), accredited[0])
    text = (
        _("You are accredited as: %(role)s, until %(day)s.")
        % {
            "role": best.get_role_display(),
            "day": format_day(best.ends_at - timedelta(seconds=1), reader_language()),
        }
        if best.ends_at
        else _("You are accredited as: %(role)s.") % {"role": best.get_role_display()}
    )
    return Check("mandate", title, True, text)


def _standing(city: City, now: datetime) -> Check:
    assembly = next_assembly(now=now)
    if assembly is None:
        finding = standing_of_city(city=city, on=network_day(now))
    else:
        on = day_of(assembly=assembly, at=max(now, assembly.starts_at))
        rules = rules_of_assembly(assembly=assembly, on=on)
        finding = standing_of_city(
            city=city,
            on=on,
            founding=assembly.kind == AssemblyKind.FOUNDING,
            arrears=arrears_rule(rules),
        )
    text = finding.reason.in_language(reader_language())
    return Check("standing", _("The city's standing"), finding.may_vote, text)


def _second_factor(person: User) -> Check:
    title = _("Your second factor")
    url, link = reverse("mfa_index"), _("Sign-in and security")
    rows = Authenticator.objects.filter(user=person, type__in=SIGNS_IN)
    if not rows.exists():
        text = _("None is set up. Without one you cannot sign in to vote.")
        return Check("second_factor", title, False, text, url, link)
    used = rows.aggregate(last=Max(Coalesce("last_used_at", "created_at")))["last"]
    if time.time() - used.timestamp() > LATELY.total_seconds():
        text = _("You have not used it for a long time. Sign out and in again with it, to be sure.")
        return Check("second_factor", title, False, text, url, link)
    text = _("It is set up; last used or set up on %(day)s.") % {
        "day": format_day(used, reader_language())
    }
    return Check("second_factor", title, True, text)


def _email(person: User, now: datetime) -> Check:
    title = _("Your e-mail")
    read = EmailProof.objects.filter(
        person=person, email__iexact=person.email, confirmed_at__gt=now - LATELY
    ).aggregate(last=Max("confirmed_at"))["last"]
    if read is None:
        text = _("We do not know whether letters reach %(email)s. Let us send one.")
        return Check("email", title, False, text % {"email": person.email})
    text = _("A letter to %(email)s was opened on %(day)s.")
    given = {"email": person.email, "day": format_day(read, reader_language())}
    return Check("email", title, True, text % given)


# --- the letter that tests an address ---------------------------------------


def email_is_read(*, person: User, now: datetime) -> None:
    """A link that was sent to the person's address has been used: its mail is read."""
    EmailProof.objects.get_or_create(
        person=person, asked_at=now, defaults={"email": person.email, "confirmed_at": now}
    )


def ask_by_email(*, person: User, now: datetime) -> EmailProof:
    """Send a letter to the person's own address; pressing the button behind its link proves it."""
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=person.pk)
        waiting = EmailProof.objects.filter(person=person, confirmed_at=None)
        if waiting.filter(asked_at__gt=now - BETWEEN_LETTERS).exists():
            raise Conflict(
                _("A letter went out a few minutes ago. Look for it first, among spam too."),
                code="letter_on_its_way",
            )
        proof = EmailProof.objects.create(person=person, email=person.email, asked_at=now)
        announce("ready.email_asked", proof=proof.pk)
    return proof


def proof_of(*, token: str) -> EmailProof | None:
    """The test behind a link, or None where it is not ours."""
    try:
        key = int(_signer.unsign(token))
    except (signing.BadSignature, ValueError):
        return None
    return EmailProof.objects.filter(pk=key).first()


def confirm_email(*, proof: EmailProof, now: datetime) -> None:
    """The button was pressed: the letter has arrived. Pressing twice does no harm."""
    EmailProof.objects.filter(pk=proof.pk, confirmed_at=None).update(confirmed_at=now)


@handles("ready.email_asked")
def send_test(payload: Mapping[str, Any]) -> None:
    """The letter that tests an address."""
    proof = EmailProof.objects.select_related("person").filter(pk=payload["proof"]).first()
    if proof is None or proof.confirmed_at is not None or not proof.person.is_active:
        return
    send_letter(
        to=proof.person,
        email=proof.email,
        template="ready_email",
        context={"token": _signer.sign(str(proof.pk))},
    )


# --- asking before an assembly ----------------------------------------------


def send_ready_checks(*, now: datetime) -> list[ReadyNotice]:
    """Ask every voter of the assemblies of the next two weeks to check, each once."""
    soon = Assembly.objects.filter(
        state=AssemblyState.CONVENED, starts_at__gt=now, starts_at__lte=now + BEFORE
    )
    return [
        notice
        for assembly in soon.order_by("starts_at", "pk")
        for notice in _ask_voters(assembly, now)
    ]


def _ask_voters(assembly: Assembly, now: datetime) -> Iterator[ReadyNotice]:
    on = day_of(assembly=assembly, at=assembly.starts_at)
    cities = seats_of_assembly(assembly=assembly, on=on)
    voters = (
        Mandate.objects.filter(in_force(now), city__in=cities, role__in=VOTING_ROLES)
        .filter(person__is_active=True)
        .order_by("city__slug", "person_id")
        .values_list("person_id", "city_id")
        .distinct()
    )
    asked = set(
        ReadyNotice.objects.filter(assembly=assembly.slug).values_list("person_id", "city_id")
    )
    for person, city in voters:
        if (person, city) in asked:
            continue
        with transaction.atomic():
            notice, made = ReadyNotice.objects.get_or_create(
                person_id=person,
                city_id=city,
                assembly=assembly.slug,
                defaults={"sent_at": now},
            )
            if not made:  # somebody else asked in the meantime
                continue
            announce("ready.asked", notice=notice.pk)
        yield notice


@handles("ready.asked")
def send_check(payload: Mapping[str, Any]) -> None:
    """The letter that asks a voter to check; nothing any more once the assembly has begun."""
    notice = ReadyNotice.objects.select_related("person", "city").get(pk=payload["notice"])
    assembly = Assembly.objects.filter(slug=notice.assembly).first()
    if assembly is None or assembly.state != AssemblyState.CONVENED:
        return
    if assembly.starts_at <= clock.now() or not notice.person.is_active:
        return
    language = notice.person.language
    send_letter(
        to=notice.person,
        template="ready_check",
        context={
            "city": notice.city,
            "city_name": notice.city.name_in(language),
            "assembly": assembly,
            "assembly_name": assembly.title_in(language),
        },
    )
