"""An assembly from its convocation to its end, and the record of who was there.

convene → open → attendance … → close. A wrong entry of attendance is corrected by a
further entry with its reason; nothing recorded is edited.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from members.models import City
from members.policies import OfficeAction, office_policy
from resolutions.models import (
    AgendaItem,
    AgendaItemText,
    Assembly,
    AssemblyText,
    AttendanceAct,
    Edition,
    Instrument,
)
from resolutions.models.assemblies import (
    AssemblyKind,
    AssemblyState,
    AttendanceActKind,
    AttendanceMode,
)
from resolutions.models.elections import ElectionState
from resolutions.models.votes import VoteState
from resolutions.rules.assembly_lifecycle import (
    ASSEMBLY_LIFECYCLE,
    AssemblyAction,
    Closing,
    Convening,
    Opening,
)
from resolutions.rules.attendance import Act, ActKind, presences
from resolutions.rules.operative import RuleName
from resolutions.selectors.assemblies import day_of
from resolutions.selectors.rules import bylaws_in_force, rules_of_assembly
from resolutions.selectors.seats import attendance_acts, seats_of_assembly
from resolutions.services.refusals import rules_speak, step
from secretariat.kernel.audit import act, moment
from secretariat.kernel.errors import Conflict, InvalidInput, Missing, WrongState
from secretariat.kernel.outbox import announce

FINISHED_ELECTIONS = (ElectionState.DECIDED, ElectionState.CERTIFIED, ElectionState.FAILED)


@dataclass(frozen=True, slots=True)
class AssemblyWords:
    """An assembly's title, place and convocation in one language."""

    title: str
    place: str = ""
    convocation: str = ""


@dataclass(frozen=True, slots=True)
class AgendaPoint:
    """A point of the agenda: kind, titles and notes by language, the text it is about."""

    kind: str
    titles: Mapping[str, str]
    notes: Mapping[str, str]
    instrument: Instrument | None = None


def convene_assembly(
    *,
    slug: str,
    kind: str,
    starts_at: datetime,
    ends_at: datetime,
    host_city: City,
    words: Mapping[str, AssemblyWords],
    agenda: Iterable[AgendaPoint],
    actor: Any,
    now: datetime,
    time_zone: str = "Asia/Seoul",
) -> Assembly:
    """Call an assembly: its time, place and agenda. The host city presides until a chair does.

    Where bylaws are in force their notice is kept; a founding assembly has none to keep yet.
    """
    authority = office_policy.require(actor, OfficeAction.CONVENE, now)
    with act(authority, now) as record:
        if Assembly.objects.filter(slug=slug).exists():
            raise Conflict(_("An assembly with this address name exists already."), where=slug)
        if ends_at <= starts_at:
            raise InvalidInput(_("An assembly ends after it starts."), where="ends_at")
        assembly = Assembly(
            slug=slug,
            kind=kind,
            starts_at=starts_at,
            ends_at=ends_at,
            time_zone=time_zone,
            host_city=host_city,
            presiding_city=host_city,
            convened_at=now,
        )
        agenda = list(agenda)
        today = day_of(assembly=assembly, at=now)
        _refuse_second_founding(assembly, today)
        assembly.state = step(
            ASSEMBLY_LIFECYCLE,
            AssemblyState.DRAFT,
            AssemblyAction.CONVENE,
            Convening(
                agenda_items=len(agenda),
                days=(day_of(assembly=assembly, at=starts_at) - today).days,
                days_needed=_notice_needed(assembly, today),
            ),
            where=slug,
        )
        assembly.save()
        AssemblyText.objects.bulk_create(
            AssemblyText(
                assembly=assembly,
                language=language,
                title=text.title,
                place=text.place,
                convocation=text.convocation,
            )
            for language, text in words.items()
        )
        for number, point in enumerate(agenda, start=1):
            item = AgendaItem.objects.create(
                assembly=assembly, number=number, kind=point.kind, instrument=point.instrument
            )
            AgendaItemText.objects.bulk_create(
                AgendaItemText(
                    item=item, language=language, title=title, note=point.notes.get(language, "")
                )
                for language, title in point.titles.items()
            )
        record(
            assembly.chain,
            "assembly.convened",
            {
                "kind": kind,
                "starts_at": moment(starts_at),
                "ends_at": moment(ends_at),
                "host_city": host_city.slug,
                "time_zone": time_zone,
                "titles": {language: text.title for language, text in words.items()},
                "places": {language: text.place for language, text in words.items()},
                "convocations": {language: text.convocation for language, text in words.items()},
                "agenda": agenda_as_json(assembly.agenda.order_by("number")),
            },
        )
        announce("assembly.changed", assembly=slug)
    return assembly


def agenda_as_json(items: Iterable[AgendaItem]) -> list[dict[str, Any]]:
    """`[{"number", "kind", "titles", "notes", "instrument"}]`, as the convocation records it."""
    return [
        {
            "number": item.number,
            "kind": item.kind,
            "titles": item.titles.as_dict(),
            "notes": item.notes.as_dict(),
            "instrument": item.instrument.slug if item.instrument else None,
        }
        for item in items
    ]


def open_assembly(*, assembly: Assembly, actor: Any, now: datetime) -> Assembly:
    """Open a convened assembly."""
    authority = office_policy.require(actor, OfficeAction.RUN_ASSEMBLY, now)
    with act(authority, now) as record:
        assembly = locked(assembly)
        seats = seats_of_assembly(assembly=assembly, on=day_of(assembly=assembly, at=now))
        assembly.state = step(
            ASSEMBLY_LIFECYCLE,
            assembly.state,
            AssemblyAction.OPEN,
            Opening(seats=len(seats), presided=assembly.presiding_city_id is not None),
            where=assembly.slug,
        )
        assembly.opened_at = now
        assembly.save(update_fields=["state", "opened_at"])
        record(assembly.chain, "assembly.opened", {"presiding_city": assembly.presiding_city.slug})
        announce("assembly.changed", assembly=assembly.slug)
    return assembly


def record_attendance(
    *,
    assembly: Assembly,
    city: City,
    kind: str,
    actor: Any,
    now: datetime,
    mode: str = "",
    at: datetime | None = None,
) -> AttendanceAct:
    """Record that a city's seat arrived ("arrived", with its mode) or left ("left")."""
    return _record_act(
        assembly=assembly, city=city, kind=kind, actor=actor, now=now, mode=mode, at=at
    )


def correct_attendance(
    *,
    assembly: Assembly,
    number: int,
    reason: str,
    actor: Any,
    now: datetime,
    instead: str = "",
    mode: str = "",
    at: datetime | None = None,
) -> AttendanceAct:
    """Strike an earlier entry by its number, with the reason; `instead` puts one in its place."""
    struck = AttendanceAct.objects.filter(assembly=assembly, number=number).first()
    if struck is None:
        raise Missing(_("There is no entry of attendance with this number."), where=str(number))
    return _record_act(
        assembly=assembly,
        city=struck.city,
        kind=instead or AttendanceActKind.CORRECTED,
        actor=actor,
        now=now,
        mode=mode,
        at=at,
        corrects=struck,
        reason=reason,
    )


def record_arrivals(
    *, assembly: Assembly, cities: Mapping[str, str], actor: Any, now: datetime
) -> None:
    """Record that several seats arrived: `{city slug: mode}`; all or nothing."""
    authority = office_policy.require(actor, OfficeAction.RECORD_ATTENDANCE, now)
    found = {city.slug: city for city in City.objects.filter(slug__in=cities)}
    with act(authority, now):
        for slug, mode in cities.items():
            if slug not in found:
                raise Missing(_("There is no city with this address name."), where=slug)
            record_attendance(
                assembly=assembly,
                city=found[slug],
                kind=AttendanceActKind.ARRIVED,
                mode=mode,
                actor=actor,
                now=now,
            )


def agree_founding_rules(
    *, assembly: Assembly, edition: Edition, actor: Any, now: datetime
) -> Assembly:
    """Put a founding assembly under the rules that it has just agreed on by consensus.

    No rule stands above this act: it rests on the consent of every seat present, which the
    edition's own vote records.
    """
    authority = office_policy.require(actor, OfficeAction.RUN_ASSEMBLY, now)
    with act(authority, now) as record:
        assembly = locked(assembly)
        decision = edition.decision
        if assembly.kind != AssemblyKind.FOUNDING or assembly.founding_rules_id:
            raise WrongState(
                _("Only a founding assembly agrees on founding rules, and only once."),
                where=assembly.slug,
            )
        if decision is None or decision.assembly_id != assembly.pk or decision.mode != "consensus":
            raise WrongState(
                _("Founding rules need the consensus of this assembly. Record it first."),
                code="no_consensus",
                where=assembly.slug,
            )
        assembly.founding_rules = edition
        assembly.save(update_fields=["founding_rules"])
        record(
            assembly.chain,
            "assembly.rules_agreed",
            {
                "instrument": edition.instrument.slug,
                "edition": edition.number,
                "sha256": edition.sha256,
                "decision": decision.slug,
            },
        )
    return assembly


def pass_the_chair(*, assembly: Assembly, city: City, actor: Any, now: datetime) -> Assembly:
    """Let another city preside, for instance the chair city that was just elected."""
    authority = office_policy.require(actor, OfficeAction.RUN_ASSEMBLY, now)
    with act(authority, now) as record:
        assembly = locked(assembly)
        if assembly.state != AssemblyState.OPEN:
            raise WrongState(_("This assembly is not open."), where=assembly.slug)
        _require_seat(assembly, city, now)
        before = assembly.presiding_city.slug
        assembly.presiding_city = city
        assembly.save(update_fields=["presiding_city"])
        record(assembly.chain, "assembly.chair_passed", {"from": before, "to": city.slug})
    return assembly


def close_assembly(*, assembly: Assembly, actor: Any, now: datetime) -> Assembly:
    """End an assembly; no vote may still be open."""
    authority = office_policy.require(actor, OfficeAction.RUN_ASSEMBLY, now)
    with act(authority, now) as record:
        assembly = locked(assembly)
        running = assembly.elections.exclude(state__in=FINISHED_ELECTIONS).count()
        assembly.state = step(
            ASSEMBLY_LIFECYCLE,
            assembly.state,
            AssemblyAction.CLOSE,
            Closing(
                open_votes=assembly.votes.filter(state=VoteState.OPEN).count(),
                running_elections=running,
            ),
            where=assembly.slug,
        )
        assembly.closed_at = now
        assembly.save(update_fields=["state", "closed_at"])
        record(assembly.chain, "assembly.closed", {"votes": assembly.votes.count()})
        announce("assembly.changed", assembly=assembly.slug)
    return assembly


def cancel_assembly(*, assembly: Assembly, reason: str, actor: Any, now: datetime) -> Assembly:
    """Call off an assembly that has not opened; what was recorded of it stays, with the reason."""
    authority = office_policy.require(actor, OfficeAction.CONVENE, now)
    if not reason.strip():
        raise InvalidInput(_("Say why the assembly is called off."), where="reason")
    with act(authority, now) as record:
        assembly = locked(assembly)
        running = assembly.elections.exclude(state__in=FINISHED_ELECTIONS).count()
        assembly.state = step(
            ASSEMBLY_LIFECYCLE,
            assembly.state,
            AssemblyAction.CANCEL,
            Closing(running_elections=running),
            where=assembly.slug,
        )
        assembly.save(update_fields=["state"])
        record(assembly.chain, "assembly.cancelled", {"reason": reason.strip()})
        announce("assembly.changed", assembly=assembly.slug)
    return assembly


def locked(assembly: Assembly) -> Assembly:
    """The assembly's row, locked for the rest of the transaction."""
    return Assembly.objects.select_for_update().get(pk=assembly.pk)


def _refuse_second_founding(assembly: Assembly, on: date) -> None:
    """A founding assembly stands under no bylaws, and lets applicants vote: before bylaws only."""
    if assembly.kind == AssemblyKind.FOUNDING and bylaws_in_force(on=on) is not None:
        raise WrongState(
            _("The network has its bylaws already. Convene an ordinary assembly under them."),
            code="bylaws_in_force",
            where=assembly.slug,
        )


def _notice_needed(assembly: Assembly, on: date) -> int:
    """The days of notice that the rules in force ask for; 0 where there are none yet."""
    rules = rules_of_assembly(assembly=assembly, on=on)
    return rules.number(RuleName.NOTICE_DAYS) if RuleName.NOTICE_DAYS in rules else 0


def _require_seat(assembly: Assembly, city: City, now: datetime) -> None:
    seats = seats_of_assembly(assembly=assembly, on=day_of(assembly=assembly, at=now))
    if city.pk not in {seat.pk for seat in seats}:
        raise Missing(_("This city has no seat at this assembly."), code="no_seat", where=city.slug)


def _record_act(
    *,
    assembly: Assembly,
    city: City,
    kind: str,
    actor: Any,
    now: datetime,
    mode: str,
    at: datetime | None,
    corrects: AttendanceAct | None = None,
    reason: str = "",
) -> AttendanceAct:
    authority = office_policy.require(actor, OfficeAction.RECORD_ATTENDANCE, now)
    at = at or now
    with act(authority, now) as record:
        assembly = locked(assembly)
        acting = AssemblyAction.CORRECT_ATTENDANCE if corrects else AssemblyAction.RECORD_ATTENDANCE
        step(ASSEMBLY_LIFECYCLE, assembly.state, acting, where=assembly.slug)
        if at > now:
            raise InvalidInput(
                _("Attendance is recorded when it has happened, not before."), where="at"
            )
        if kind not in AttendanceActKind.values:
            raise InvalidInput(_("A seat arrives or leaves; there is nothing else."), where="kind")
        if mode and mode not in AttendanceMode.values:
            raise InvalidInput(_("A seat attends in person or online."), where="mode")
        if corrects is None:
            _require_seat(assembly, city, now)
        earlier = attendance_acts(assembly=assembly)
        entry = Act(
            number=len(earlier) + 1,
            seat=city.slug,
            kind=ActKind(kind),
            at=at,
            mode=mode,
            corrects=corrects.number if corrects else None,
            reason=reason,
        )
        with rules_speak():
            presences([*earlier, entry])
        row = AttendanceAct.objects.create(
            assembly=assembly,
            number=entry.number,
            city=city,
            kind=kind,
            mode=mode,
            at=at,
            recorded_at=now,
            corrects=corrects,
            reason=reason,
        )
        record(
            assembly.chain,
            f"attendance.{kind}",
            {
                "number": entry.number,
                "city": city.slug,
                "mode": mode,
                "at": moment(at),
                "corrects": entry.corrects,
                "reason": reason,
            },
        )
    return row
