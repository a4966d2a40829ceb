"""When a city writes instead of signing in: one mechanism for every kind of act.

An app registers its kinds of acts. An officer records what a letter asks for; another one
confirms, and with that the act is done by its ordinary service, in the same transaction,
with `members.policies.ByLetter` as the actor. The city is told (handlers of
"letter.confirmed") and may contest; the office upholds the act or strikes it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID, uuid4

from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from members.models import ActByLetter, City, CityContact, LetterContest, LetterNotice, Mandate
from members.models.files import FilePurpose
from members.models.letters import LetterForm, LetterState, NoticeKind
from members.policies import (
    ByLetter,
    CityAction,
    OfficeAction,
    city_policy,
    in_force,
    office_policy,
)
from members.rules.letter_lifecycle import LETTER_LIFECYCLE, LetterAction, Officer
from members.services.files import store_file
from members.services.mandates import still_holds
from members.services.refusals import step
from secretariat.kernel.audit import act
from secretariat.kernel.calendar import network_day
from secretariat.kernel.errors import InvalidInput, Missing, NotAllowed, WrongState
from secretariat.kernel.models import User
from secretariat.kernel.outbox import announce
from secretariat.kernel.policy import Authority

Facts = Mapping[str, Any]
"""What a letter asks for, as JSON: address names and identifiers wherever there are any."""

NOTIFIED: Final = "notified"
"""The role under which the chain keeps a contest that came through the link of a notice."""

PERSONAL: Final = ("name", "email", "phone", "position")
"""What facts say of a person; kinds that name people call it so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """An act to be done for a city: `by` is the actor of its service, `officer` who confirms."""

    letter: ActByLetter
    by: ByLetter
    officer: User
    now: datetime

    @property
    def city(self) -> City:
        return self.letter.city

    @property
    def facts(self) -> Facts:
        return self.letter.facts

    @property
    def credential(self) -> str:
        """How a record names the letter: its date, and its reference where it has one."""
        return ", ".join(filter(None, [self.letter.written_on.isoformat(), self.letter.reference]))


@dataclass(frozen=True, slots=True)
class Done:
    """What a deed did: the `subject` under which pages find the letter, and what undoing needs."""

    subject: str
    undoing: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Detail:
    """What a letter says of one thing: words by language, under "" what is in no language."""

    label: str
    texts: Mapping[str, str]


def _no_details(city: City, facts: Facts) -> Sequence[Detail]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterKind:
    """One kind of act that a city may do by letter.

    `duty` is what the confirming officer's role must include, `actions` what the letter lets
    the service do for the city. `check` brings facts into their form or refuses them;
    `describe` says them in a sentence of the running language, `details` what the sentence
    leaves out and an officer compares with the paper; `perform` calls the ordinary service;
    `undo` strikes what was done by a further act (`deed.now` is the moment of
    striking, `deed.officer` who strikes), `undoing` says in words what that will be.
    """

    name: str
    label: str | Promise
    duty: OfficeAction
    actions: frozenset[CityAction]
    check: Callable[[City, Facts, datetime], Facts]
    describe: Callable[[City, Facts], str]
    perform: Callable[[Deed], Done]
    undo: Callable[[Deed], None]
    undoing: str | Promise
    details: Callable[[City, Facts], Sequence[Detail]] = _no_details


_kinds: dict[str, LetterKind] = {}


def register_letter_kind(kind: LetterKind) -> None:
    """Let an app say what a city may do by letter; at start-up, once for each name."""
    if _kinds.setdefault(kind.name, kind) is not kind:
        raise ValueError(f"the kind of letter {kind.name} is registered twice")


def letter_kinds() -> tuple[LetterKind, ...]:
    """Every kind, in the order of registration."""
    return tuple(_kinds.values())


def letter_kind(name: str) -> LetterKind:
    """One kind; Missing where no app has registered it."""
    if name not in _kinds:
        raise Missing(_("There is no such kind of letter."), where="kind")
    return _kinds[name]


def describe_letter(letter: ActByLetter) -> str:
    """What the letter asks for, in a sentence of the running language; select `city`."""
    return letter_kind(letter.kind).describe(letter.city, letter.facts)


def details_of_letter(letter: ActByLetter) -> Sequence[Detail]:
    """What the sentence leaves out, in the running language; select `city`."""
    return letter_kind(letter.kind).details(letter.city, letter.facts)


def record_letter(
    *,
    kind: str,
    city: City,
    form: str,
    written_on: date,
    received_on: date,
    signed_by: str,
    upload: UploadedFile[Any],
    facts: Facts,
    actor: Any,
    now: datetime,
    reference: str = "",
    uuid: UUID | None = None,
) -> ActByLetter:
    """Record what a city's letter asks for; nothing is done until another officer confirms.

    `signed_by` is the office held by who signed ("Mayor"), not a name; `form` a `LetterForm`.
    """
    authority = office_policy.require(actor, OfficeAction.ACT_ON_LETTERS, now)
    chosen = letter_kind(kind)
    if form not in LetterForm.values:
        raise InvalidInput(_("Say whether it came on paper or by e-mail."), where="form")
    if not signed_by.strip():
        raise InvalidInput(_("Say in which office the letter was signed."), where="signed_by")
    if received_on > network_day(now):
        raise InvalidInput(_("A letter is not received in the future."), where="received_on")
    if written_on > received_on:
        raise InvalidInput(_("A letter is written before it is received."), where="written_on")
    with act(authority, now) as record:
        city = City.objects.select_for_update().get(pk=city.pk)
        _refuse_own_city(actor, city, now)
        file = store_file(
            upload=upload,
            purpose=FilePurpose.LETTER,
            city=city,
            actor=actor,
            now=now,
            where="upload",
        )
        letter = ActByLetter.objects.create(
            uuid=uuid or uuid4(),
            kind=chosen.name,
            city=city,
            form=form,
            written_on=written_on,
            received_on=received_on,
            reference=reference.strip(),
            signed_by=signed_by.strip(),
            letter=file,
            facts=dict(chosen.check(city, facts, now)),
            recorded_by=actor,
            recorded_at=now,
        )
        record(
            city.chain,
            "letter.recorded",
            {
                "letter": str(letter.uuid),
                "kind": letter.kind,
                "form": letter.form,
                "written_on": written_on.isoformat(),
                "received_on": received_on.isoformat(),
                "sha256": file.sha256,
            },
        )
    return letter


def confirm_letter(*, letter: ActByLetter, actor: Any, now: datetime) -> ActByLetter:
    """The second officer has read the letter: the act is done now, by its ordinary service."""
    kind = letter_kind(letter.kind)
    authority = office_policy.require(actor, OfficeAction.ACT_ON_LETTERS, now)
    office_policy.require(actor, kind.duty, now)
    with act(authority, now) as record:
        letter = _locked(letter)
        letter.state = _step(letter, LetterAction.CONFIRM, actor, now)
        letter.confirmed_by, letter.confirmed_at = actor, now
        record(letter.city.chain, "letter.confirmed", _as_recorded(letter))
        before = _who_is_told(letter.city, now)
        done = kind.perform(_deed(letter, kind, actor, now))
        letter.subject, letter.done = done.subject, dict(done.undoing)
        letter.save()
        _tell(letter, NoticeKind.CONFIRMED, [*before, *_who_is_told(letter.city, now)])
        announce("letter.confirmed", letter=str(letter.uuid))
    return letter


def refuse_letter(*, letter: ActByLetter, reason: str, actor: Any, now: datetime) -> ActByLetter:
    """The second officer does not confirm; nothing was done."""
    return _close(letter, LetterAction.REFUSE, reason, actor, now)


def withdraw_letter(*, letter: ActByLetter, reason: str, actor: Any, now: datetime) -> ActByLetter:
    """The recording officer takes the record back before it is confirmed; nothing was done."""
    return _close(letter, LetterAction.WITHDRAW, reason, actor, now)


def contest_letter(
    *,
    letter: ActByLetter,
    reason: str,
    actor: Any,
    now: datetime,
    notice: LetterNotice | None = None,
) -> LetterContest:
    """The city says that the act is not its own, or not this.

    By a person of the city on its desk (`actor`), or by whoever was told and holds the link
    of that `notice`: a contact has no account, and a replaced head no mandate any more.
    """
    authority = _contesting(letter, actor, notice, now)
    if not reason.strip():
        raise InvalidInput(
            _("Give the reason. The office answers it, and it stays on the record."), where="reason"
        )
    with act(authority, now) as record:
        letter = _locked(letter)
        if notice is None:
            still_holds(actor=actor, action=CityAction.SEE_DESK, city=letter.city, now=now)
        letter.state = _step(letter, LetterAction.CONTEST)
        letter.save(update_fields=["state"])
        contest = LetterContest.objects.create(
            letter=letter,
            contested_at=now,
            person=notice.person if notice else actor,
            contact=notice.contact if notice else None,
            reason=reason.strip(),
        )
        record(letter.city.chain, "letter.contested", _as_recorded(letter))
        announce("letter.contested", letter=str(letter.uuid))
    return contest


def uphold_letter(*, letter: ActByLetter, answer: str, actor: Any, now: datetime) -> LetterContest:
    """The act stands; by an officer who neither recorded nor confirmed it."""
    return _answer(letter, LetterAction.UPHOLD, answer, actor, now)


def strike_letter(*, letter: ActByLetter, answer: str, actor: Any, now: datetime) -> LetterContest:
    """The city is right: a further act takes back what was done. Any officer may."""
    return _answer(letter, LetterAction.STRIKE, answer, actor, now)


def forget_in_letters(*, email: str) -> int:
    """Remove a person's name and address from what letters said; how many letters changed.

    For the erasure of an account, which authorises and records it. Letters that still wait
    keep what they ask for; a city's present contacts are the city's to change. The letters'
    files stay: they are the ground of an act.
    """
    changed = 0
    for letter in ActByLetter.objects.exclude(state=LetterState.RECORDED).select_for_update():
        facts = _without(letter.facts, email.casefold())
        if facts != letter.facts:
            letter.facts = facts
            letter.save(update_fields=["facts"])
            changed += 1
    CityContact.objects.filter(email__iexact=email, ends_at__isnull=False).update(
        name="", email="", phone="", position=""
    )
    return changed


def _without(facts: Any, email: str) -> Any:
    """The facts with every person of this address made nameless, however deep."""
    if isinstance(facts, list):
        return [_without(each, email) for each in facts]
    if not isinstance(facts, dict):
        return facts
    if str(facts.get("email", "")).casefold() == email:
        return {**facts, **{name: "" for name in PERSONAL if name in facts}}
    return {name: _without(each, email) for name, each in facts.items()}


def obstacle_to(letter: ActByLetter, action: LetterAction, actor: Any, now: datetime) -> str:
    """Why an officer cannot do this now, in the running language; "" where it can be done."""
    try:
        _step(letter, action, actor, now)
    except WrongState as refusal:
        return str(refusal)
    return ""


def _close(
    letter: ActByLetter, action: LetterAction, reason: str, actor: Any, now: datetime
) -> ActByLetter:
    authority = office_policy.require(actor, OfficeAction.ACT_ON_LETTERS, now)
    if not reason.strip():
        raise InvalidInput(_("Give the reason. It stays on the record."), where="reason")
    with act(authority, now) as record:
        letter = _locked(letter)
        letter.state = _step(letter, action, actor, now)
        letter.closed_by, letter.closed_at, letter.closed_reason = actor, now, reason.strip()
        letter.save()
        record(letter.city.chain, f"letter.{letter.state}", _as_recorded(letter))
    return letter


def _answer(
    letter: ActByLetter, action: LetterAction, answer: str, actor: Any, now: datetime
) -> LetterContest:
    kind = letter_kind(letter.kind)
    authority = office_policy.require(actor, OfficeAction.ACT_ON_LETTERS, now)
    if action is LetterAction.STRIKE:
        office_policy.require(actor, kind.duty, now)
    if not answer.strip():
        raise InvalidInput(_("Write the answer that the city is sent."), where="answer")
    with act(authority, now) as record:
        letter = _locked(letter)
        letter.state = _step(letter, action, actor, now)
        contest = LetterContest.objects.select_for_update(of=("self",)).get(letter=letter)
        contest.answered_at, contest.answered_by, contest.answer = now, actor, answer.strip()
        record(letter.city.chain, f"letter.{letter.state}", _as_recorded(letter))
        before = _who_is_told(letter.city, now)
        if action is LetterAction.STRIKE:
            kind.undo(_deed(letter, kind, actor, now))
        letter.save(update_fields=["state"])
        contest.save()
        contesting = (contest.person_id, contest.contact_id)
        _tell(
            letter,
            NoticeKind.ANSWERED,
            [*before, *_who_is_told(letter.city, now), contesting],
        )
        announce("letter.answered", letter=str(letter.uuid))
    return contest


def _deed(letter: ActByLetter, kind: LetterKind, officer: User, now: datetime) -> Deed:
    by = ByLetter(city=letter.city, actions=kind.actions, confirmed_by=officer.uuid)
    return Deed(letter=letter, by=by, officer=officer, now=now)


def _locked(letter: ActByLetter) -> ActByLetter:
    rows = ActByLetter.objects.select_related("city", "letter", "recorded_by", "confirmed_by")
    return rows.select_for_update(of=("self",)).get(pk=letter.pk)


def _step(
    letter: ActByLetter, action: LetterAction, officer: Any = None, now: datetime | None = None
) -> str:
    facts = _facts_of(letter, officer, now) if officer is not None and now is not None else None
    return step(LETTER_LIFECYCLE, letter.state, action, facts, where=str(letter.uuid))


def _facts_of(letter: ActByLetter, officer: Any, now: datetime) -> Officer:
    confirmed_by = letter.confirmed_by
    return Officer(
        acting=str(officer.uuid),
        recorded_by=str(letter.recorded_by.uuid),
        confirmed_by=str(confirmed_by.uuid) if confirmed_by is not None else "",
        acts_for_city=_acts_for(officer, letter.city, now),
    )


def _acts_for(officer: Any, city: City, now: datetime) -> bool:
    return Mandate.objects.filter(in_force(now), city=city, person__pk=officer.pk).exists()


def _refuse_own_city(officer: Any, city: City, now: datetime) -> None:
    if _acts_for(officer, city, now):
        raise NotAllowed(
            _("You hold a mandate of this city and cannot act on its letters in the office."),
            where=city.slug,
        )


def _contesting(
    letter: ActByLetter, actor: Any, notice: LetterNotice | None, now: datetime
) -> Authority:
    if notice is None:
        return city_policy.require(actor, CityAction.SEE_DESK, letter.city, now)
    if notice.letter_id != letter.pk:
        raise NotAllowed(_("This link belongs to another letter."), where=str(letter.uuid))
    person = notice.person.uuid if notice.person is not None else None
    return Authority(person=person, role=NOTIFIED, city=letter.city.slug)


Told = tuple[int | None, int | None]
"""Keys of a person and of a contact, one of them None."""


def _who_is_told(city: City, now: datetime) -> list[Told]:
    """Everybody who acts for the city, and its contacts with other addresses."""
    people = dict(
        Mandate.objects.filter(in_force(now), city=city, person__is_active=True)
        .order_by("pk")
        .values_list("person_id", "person__email")
    )
    known = {address.casefold() for address in people.values()}
    contacts = CityContact.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=now), city=city, starts_at__lte=now
    ).order_by("place", "pk")
    told: list[Told] = [(person, None) for person in people]
    return told + [(None, each.pk) for each in contacts if each.email.casefold() not in known]


def _tell(letter: ActByLetter, kind: str, told: list[Told]) -> None:
    LetterNotice.objects.bulk_create(
        LetterNotice(letter=letter, kind=kind, person_id=person, contact_id=contact)
        for person, contact in dict.fromkeys(told)
    )


def _as_recorded(letter: ActByLetter) -> dict[str, Any]:
    return {
        "letter": str(letter.uuid),
        "kind": letter.kind,
        "recorded_by": str(letter.recorded_by.uuid),
        "sha256": letter.letter.sha256,
    }
