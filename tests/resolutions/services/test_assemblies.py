"""An assembly from its convocation to its end, and the record of who was there."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from members.models import City
from members.services.memberships import record_membership
from resolutions.models import Assembly, AttendanceAct
from resolutions.models.sealed import SealedError
from resolutions.selectors.seats import cities_present
from resolutions.services.assemblies import (
    cancel_assembly,
    close_assembly,
    correct_attendance,
    open_assembly,
    pass_the_chair,
    record_arrivals,
    record_attendance,
)
from resolutions.services.votes import close_vote
from secretariat.kernel import audit
from secretariat.kernel.errors import Conflict, InvalidInput, Missing, NotAllowed, WrongState
from secretariat.kernel.models import AuditEntry
from tests.factories import NOW, CityFactory, MembershipFactory
from tests.resolutions.stage import NAMES, FoundingStage, Stage, at, records, refused

ASSEMBLY = "assembly:2018-autumn"


def attend(stage: Stage, assembly: Assembly, city: City, kind: str, minute: int, **options: Any):
    return record_attendance(
        assembly=assembly,
        city=city,
        kind=kind,
        actor=stage.registrar,
        now=at(minute),
        **options,
    )


def correct(stage: Stage, number: int, **options: Any) -> AttendanceAct:
    given = {"reason": "misheard", "actor": stage.registrar, "now": at(30)}
    return correct_attendance(assembly=stage.assembly, number=number, **given | options)


# convening and opening


def test_an_assembly_is_convened_with_its_agenda(stage: Stage) -> None:
    _ = stage.bylaws
    with records(f"{ASSEMBLY} assembly.convened"):
        assembly = stage.convened()
    assert (assembly.state, assembly.kind) == ("convened", "ordinary")
    assert (assembly.host_city, assembly.presiding_city) == (stage.cities["alpha"],) * 2
    assert assembly.titles.as_dict() == {"ko": "가을 총회", "en": "Autumn assembly"}
    assert assembly.places.as_dict() == {"ko": "회의장", "en": "Hall"}
    agenda = assembly.agenda.order_by("number")
    assert [(item.number, item.kind, item.titles["en"]) for item in agenda] == [
        (1, "text", "A text"),
        (2, "election", "Election"),
    ]
    entry = AuditEntry.objects.get(chain=ASSEMBLY)
    assert entry.person == stage.secretary.uuid
    assert json.loads(entry.payload)["host_city"] == "alpha"


@pytest.mark.parametrize(("days", "enough"), [(3, True), (2, True), (1, False), (0, False)])
def test_the_notice_of_the_bylaws_in_force_is_kept(stage: Stage, days: int, enough: bool) -> None:
    _ = stage.bylaws
    convoked = NOW - timedelta(days=days)
    if enough:
        assert stage.convened(now=convoked).state == "convened"
    else:
        with refused("notice_too_short", WrongState, where="2018-autumn"):
            stage.convened(now=convoked)


def test_notice_counts_days_of_the_calendar_not_hours(stage: Stage) -> None:
    _ = stage.bylaws
    late_evening = (NOW - timedelta(days=2)).replace(hour=23, minute=59)
    assert stage.convened(now=late_evening).state == "convened"


def test_a_founding_assembly_has_no_notice_to_keep_yet(founding: FoundingStage) -> None:
    assert founding.convened(now=at(-60)).state == "convened"


@pytest.mark.parametrize(
    ("changes", "code", "kind"),
    [
        ({"agenda": []}, "agenda_empty", WrongState),
        ({"ends_at": at(-30)}, "invalid_input", InvalidInput),
        ({"ends_at": at(-31)}, "invalid_input", InvalidInput),
    ],
)
def test_a_convocation_that_cannot_be_is_refused(
    stage: Stage, changes: dict[str, Any], code: str, kind: type[Exception]
) -> None:
    _ = stage.bylaws
    with refused(code, kind):
        stage.convened(**changes)


def test_an_address_name_is_used_once(stage: Stage) -> None:
    stage.convened()
    with refused("conflict", Conflict, where="2018-autumn"):
        stage.convened()


@pytest.mark.parametrize("who", ["officer", "registrar", "auditor", "delegate"])
def test_only_the_secretary_general_convenes_opens_and_closes(stage: Stage, who: str) -> None:
    _ = stage.bylaws
    actor = stage.delegates["alpha"] if who == "delegate" else getattr(stage, who)
    with refused("not_allowed", NotAllowed):
        stage.convened(actor=actor)
    assembly = stage.convened()
    for service in (open_assembly, close_assembly):
        with refused("not_allowed", NotAllowed):
            service(assembly=assembly, actor=actor, now=at(0))


def test_an_assembly_is_opened_once(stage: Stage) -> None:
    assembly = stage.convened()
    with records(f"{ASSEMBLY} assembly.opened"):
        assembly = open_assembly(assembly=assembly, actor=stage.secretary, now=at(-30))
    assert (assembly.state, assembly.opened_at) == ("open", at(-30))
    with refused("not_in_this_state", WrongState):
        open_assembly(assembly=assembly, actor=stage.secretary, now=at(-29))


def test_without_a_seat_there_is_no_assembly(stage: Stage) -> None:
    assembly = stage.convened()
    for city in stage.cities.values():
        record_membership(
            city=city,
            kind="suspended",
            starts_on=NOW.date(),
            decision="vote:2018-founding-3",
            actor=stage.secretary,
            now=NOW,
        )
    with refused("no_seats", WrongState):
        open_assembly(assembly=assembly, actor=stage.secretary, now=at(0))


# attendance


def test_arrivals_and_departures_are_numbered_acts(stage: Stage) -> None:
    assembly = stage.opened(present=[])
    with records(f"{ASSEMBLY} attendance.arrived", f"{ASSEMBLY} attendance.left"):
        attend(stage, assembly, stage.cities["alpha"], "arrived", 0, mode="online")
        attend(stage, assembly, stage.cities["alpha"], "left", 5)
    rows = AttendanceAct.objects.order_by("number").values_list(
        "number", "city__slug", "kind", "mode", "at", "recorded_at"
    )
    assert list(rows) == [
        (1, "alpha", "arrived", "online", at(0), at(0)),
        (2, "alpha", "left", "", at(5), at(5)),
    ]
    for minute, expected in ((-1, set()), (0, {"alpha"}), (4, {"alpha"}), (5, set())):
        assert cities_present(assembly=assembly, now=at(minute)) == expected
    assert audit.verify() == []


def test_delegations_register_before_the_opening(stage: Stage) -> None:
    assembly = stage.convened()
    attend(stage, assembly, stage.cities["alpha"], "arrived", -40, mode="in_person")
    assert cities_present(assembly=assembly, now=at(0)) == {"alpha"}


def test_an_arrival_may_be_entered_a_little_later(stage: Stage) -> None:
    assembly = stage.opened(present=[])
    attend(stage, assembly, stage.cities["alpha"], "arrived", 5, mode="in_person", at=at(1))
    row = AttendanceAct.objects.get()
    assert (row.at, row.recorded_at) == (at(1), at(5))


@pytest.mark.parametrize(
    ("kind", "options", "code"),
    [
        ("arrived", {"mode": "in_person"}, "present_already"),
        ("arrived", {"mode": "by_pigeon"}, "invalid_input"),
        ("vanished", {}, "invalid_input"),
        ("corrected", {}, "nothing_corrected"),
        ("left", {"at": at(1)}, "invalid_input"),
        ("left", {"at": at(-60)}, "out_of_order"),
    ],
)
def test_an_act_that_cannot_have_happened_is_refused(
    stage: Stage, kind: str, options: dict[str, Any], code: str
) -> None:
    assembly = stage.assembly
    with refused(code, InvalidInput):
        attend(stage, assembly, stage.cities["alpha"], kind, 0, **options)


def test_who_is_not_there_cannot_leave(stage: Stage) -> None:
    assembly = stage.opened(present=[])
    with refused("not_present", InvalidInput):
        attend(stage, assembly, stage.cities["alpha"], "left", 0)


def test_only_a_city_with_a_seat_attends(stage: Stage) -> None:
    assembly = stage.assembly
    for city in (CityFactory(), MembershipFactory(kind="observer").city):
        with refused("no_seat", Missing, where=city.slug):
            attend(stage, assembly, city, "arrived", 0, mode="in_person")


@pytest.mark.parametrize("who", ["auditor", "delegate"])
def test_who_may_not_record_attendance(stage: Stage, who: str) -> None:
    assembly = stage.opened(present=[])
    actor = stage.delegates["alpha"] if who == "delegate" else stage.auditor
    with refused("not_allowed", NotAllowed):
        record_attendance(
            assembly=assembly, city=stage.cities["alpha"], kind="arrived", actor=actor, now=at(0)
        )


def test_several_arrivals_are_recorded_all_or_none(stage: Stage) -> None:
    assembly = stage.opened(present=[])
    modes = {"alpha": "in_person", "beta": "online"}
    record_arrivals(assembly=assembly, cities=modes, actor=stage.officer, now=at(0))
    rows = AttendanceAct.objects.order_by("number").values_list("city__slug", "mode")
    assert list(rows) == [("alpha", "in_person"), ("beta", "online")]
    for wrong, code in (("nowhere", "missing"), ("alpha", "present_already")):
        cities = {"gamma": "online", wrong: "online"}
        with refused(code):
            record_arrivals(assembly=assembly, cities=cities, actor=stage.officer, now=at(1))


# correction


def test_a_wrong_entry_is_struck_by_a_further_one(stage: Stage) -> None:
    _ = stage.assembly
    before = list(AttendanceAct.objects.order_by("number").values())
    with records(f"{ASSEMBLY} attendance.corrected"):
        row = correct(stage, 2)
    assert (row.number, row.kind, row.corrects.number) == (7, "corrected", 2)
    assert (row.city, row.reason) == (stage.cities["beta"], "misheard")
    assert list(AttendanceAct.objects.filter(number__lt=7).order_by("number").values()) == before
    assert cities_present(assembly=stage.assembly, now=at(40)) == set(NAMES) - {"beta"}
    payload = json.loads(AuditEntry.objects.get(action="attendance.corrected").payload)
    assert (payload["corrects"], payload["reason"]) == (2, "misheard")


def test_a_wrong_entry_is_replaced_by_the_right_one(stage: Stage) -> None:
    _ = stage.assembly
    correct(stage, 2, instead="arrived", mode="online", at=at(10))
    assert "beta" not in cities_present(assembly=stage.assembly, now=at(9))
    assert "beta" in cities_present(assembly=stage.assembly, now=at(10))


@pytest.mark.parametrize(
    ("number", "options", "code"),
    [
        (99, {}, "missing"),
        (2, {"reason": " "}, "reason_missing"),
        (2, {"instead": "left"}, "correction_leaves_a_gap"),
        (2, {"instead": "arrived", "at": at(31)}, "invalid_input"),
    ],
)
def test_a_correction_that_makes_no_sense_is_refused(
    stage: Stage, number: int, options: dict[str, Any], code: str
) -> None:
    _ = stage.assembly
    with refused(code):
        correct(stage, number, **options)


def test_an_entry_is_struck_once(stage: Stage) -> None:
    _ = stage.assembly
    correct(stage, 2)
    for number in (2, 7):
        with refused("corrects_struck_act", InvalidInput):
            correct(stage, number)


def test_the_record_is_corrected_even_after_the_end(stage: Stage) -> None:
    close_assembly(assembly=stage.assembly, actor=stage.secretary, now=at(20))
    with refused("not_in_this_state", WrongState):
        attend(stage, stage.assembly, stage.cities["beta"], "left", 30)
    correct(stage, 2)
    assert "beta" not in cities_present(assembly=stage.assembly, now=at(40))


def test_the_entry_of_a_city_that_is_no_member_any_more_can_be_corrected(stage: Stage) -> None:
    close_assembly(assembly=stage.assembly, actor=stage.secretary, now=at(20))
    later = NOW + timedelta(days=30)
    record_membership(
        city=stage.cities["beta"],
        kind="withdrawn",
        starts_on=later.date(),
        decision="vote:2018-founding-3",
        actor=stage.registrar,
        now=later,
    )
    row = correct(stage, 2, now=later + timedelta(days=1))
    assert row.city == stage.cities["beta"]


def test_entries_are_never_edited(stage: Stage) -> None:
    _ = stage.assembly
    row = AttendanceAct.objects.get(number=2)
    row.kind = "left"
    with pytest.raises(SealedError):
        row.save()
    with pytest.raises(SealedError):
        row.delete()


# the chair, and the end


def test_the_chair_is_passed_on_to_a_seat(stage: Stage) -> None:
    _ = stage.assembly
    with records(f"{ASSEMBLY} assembly.chair_passed"):
        pass_the_chair(
            assembly=stage.assembly, city=stage.cities["gamma"], actor=stage.secretary, now=at(1)
        )
    stage.assembly.refresh_from_db()
    assert stage.assembly.presiding_city == stage.cities["gamma"]
    stranger = CityFactory()
    with refused("no_seat", Missing, where=stranger.slug):
        pass_the_chair(assembly=stage.assembly, city=stranger, actor=stage.secretary, now=at(1))


def test_the_chair_is_passed_on_only_while_the_assembly_is_open(stage: Stage) -> None:
    assembly = stage.convened()
    with refused("wrong_state", WrongState):
        pass_the_chair(
            assembly=assembly, city=stage.cities["beta"], actor=stage.secretary, now=at(1)
        )


def test_an_assembly_ends_when_nothing_is_pending(stage: Stage) -> None:
    vote = stage.open_vote()
    with refused("votes_still_open", WrongState):
        close_assembly(assembly=stage.assembly, actor=stage.secretary, now=at(2))
    close_vote(vote=vote, actor=stage.officer, now=at(3))
    with records(f"{ASSEMBLY} assembly.closed"):
        assembly = close_assembly(assembly=stage.assembly, actor=stage.secretary, now=at(4))
    assert (assembly.state, assembly.closed_at) == ("closed", at(4))
    with refused("not_in_this_state", WrongState):
        close_assembly(assembly=stage.assembly, actor=stage.secretary, now=at(5))


def test_an_assembly_does_not_end_during_an_election(stage: Stage) -> None:
    stage.announced()
    with refused("election_under_way", WrongState):
        close_assembly(assembly=stage.assembly, actor=stage.secretary, now=at(2))


# calling off


def test_an_assembly_that_has_not_opened_is_called_off_with_a_reason(stage: Stage) -> None:
    assembly = stage.convened()
    with refused("invalid_input", InvalidInput, where="reason"):
        cancel_assembly(assembly=assembly, reason=" ", actor=stage.secretary, now=at(-40))
    with refused("not_allowed", NotAllowed):
        cancel_assembly(assembly=assembly, reason="Storm", actor=stage.officer, now=at(-40))
    with records("assembly:2018-autumn assembly.cancelled"):
        cancel_assembly(assembly=assembly, reason="Storm", actor=stage.secretary, now=at(-40))
    assembly.refresh_from_db()
    assert assembly.state == "cancelled"
    with refused("not_in_this_state", WrongState):
        open_assembly(assembly=assembly, actor=stage.secretary, now=at(-30))


def test_an_open_assembly_or_one_with_an_election_is_not_called_off(stage: Stage) -> None:
    assembly, waiting = stage.assembly, stage.convened("2019-spring")
    stage.announced("2019-chair", assembly=waiting)
    with refused("election_under_way", WrongState):
        cancel_assembly(assembly=waiting, reason="Storm", actor=stage.secretary, now=at(1))
    with refused("not_in_this_state", WrongState):
        cancel_assembly(assembly=assembly, reason="Storm", actor=stage.secretary, now=at(1))
