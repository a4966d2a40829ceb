"""What waits for the office: for one person, by the roles held now. One query for each kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from wagtail.models import WorkflowState

from cms.amendment_pages import name_of
from cms.models import Practice
from members.models import ActByLetter, Application, Mandate, SecondFactorReset
from members.models.letters import LetterState
from members.models.resets import ResetState
from members.policies import OfficeAction, office_policy
from members.rules.application_lifecycle import ApplicationState
from members.rules.voices import VOTING_ROLES
from resolutions.models import Amendment, Certificate, CertificateSignature
from resolutions.services.elections import SIGNING_ROLES
from secretariat.workspace.selectors.amendments import rules_to_review


@dataclass(frozen=True, slots=True)
class Waiting:
    """Things of one kind that wait: what to do, how many and since when, and where."""

    text: str
    url: str
    since: datetime | None


def waits_for_office(*, person: Any, now: datetime) -> list[Waiting]:
    """What this person of the office can do now, what has waited longest first."""
    found = [
        waiting
        for action, kind in KINDS
        if office_policy.may(person, action, now)
        for waiting in kind(person, now)
    ]
    return sorted(found, key=lambda waiting: waiting.since or now)


def _applications(person: Any, now: datetime) -> Iterator[Waiting]:
    address = reverse("workspace:applications")
    by_state = _by_state(Application.objects.all(), "received_at")
    if received := by_state.get(ApplicationState.RECEIVED):
        text = ngettext(
            "Examine %(count)d application", "Examine %(count)d applications", received.count
        )
        yield Waiting(text % {"count": received.count}, address, received.since)
    if complete := by_state.get(ApplicationState.COMPLETE):
        text = ngettext(
            "%(count)d application waits for an assembly's decision",
            "%(count)d applications wait for an assembly's decision",
            complete.count,
        )
        yield Waiting(text % {"count": complete.count}, address, complete.since)


def _letters(person: Any, now: datetime) -> Iterator[Waiting]:
    address = reverse("workspace:letters")
    of_others = ActByLetter.objects.exclude(recorded_by=person, state=LetterState.RECORDED)
    by_state = _by_state(of_others, "recorded_at")
    if recorded := by_state.get(LetterState.RECORDED):
        text = ngettext(
            "Confirm %(count)d act by letter that another officer recorded",
            "Confirm %(count)d acts by letter that another officer recorded",
            recorded.count,
        )
        yield Waiting(text % {"count": recorded.count}, address, recorded.since)
    if contested := by_state.get(LetterState.CONTESTED):
        text = ngettext(
            "Answer %(count)d city that contests an act by letter",
            "Answer %(count)d cities that contest an act by letter",
            contested.count,
        )
        yield Waiting(text % {"count": contested.count}, address, contested.since)


def _resets(person: Any, now: datetime) -> Iterator[Waiting]:
    rows = SecondFactorReset.objects.filter(state=ResetState.ASKED)
    for count, since in _counted(rows.exclude(Q(asked_by=person) | Q(person=person)), "asked_at"):
        text = ngettext(
            "Confirm %(count)d reset of a second factor",
            "Confirm %(count)d resets of a second factor",
            count,
        ) % {"count": count}
        yield Waiting(text, reverse("workspace:resets"), since)


def _accreditations(person: Any, now: datetime) -> Iterator[Waiting]:
    rows = Mandate.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=now),
        role__in=[str(role) for role in VOTING_ROLES],
        accredited_at=None,
        letter__isnull=False,
    )
    for count, since in _counted(rows, "letter__uploaded_at"):
        text = ngettext(
            "Read %(count)d letter of credence and accredit",
            "Read %(count)d letters of credence and accredit",
            count,
        ) % {"count": count}
        yield Waiting(text, reverse("workspace:mandates"), since)


def _practices(person: Any, now: datetime) -> Iterator[Waiting]:
    rows = WorkflowState.objects.filter(
        status=WorkflowState.STATUS_IN_PROGRESS,
        base_content_type=Practice.get_base_content_type(),
    )
    for count, since in _counted(rows, "created_at"):
        text = ngettext("Review %(count)d practice", "Review %(count)d practices", count) % {
            "count": count
        }
        yield Waiting(text, reverse(Practice.snippet_viewset.get_url_name("list")), since)


def _certificates(person: Any, now: datetime) -> Iterator[Waiting]:
    roles = office_policy.roles(person, now) & set(SIGNING_ROLES)
    signed = CertificateSignature.objects.filter(certificate=OuterRef("pk"))
    rows = Certificate.objects.filter(
        ~Exists(signed.filter(role__in=roles)), ~Exists(signed.filter(person=person.uuid))
    )
    for certificate in rows.select_related("election") if roles else ():
        yield Waiting(
            ngettext("Sign %(count)d certificate", "Sign %(count)d certificates", 1) % {"count": 1},
            reverse("workspace:election", args=[certificate.election.slug]),
            certificate.drawn_up_at,
        )


def _amendments(person: Any, now: datetime) -> Iterator[Waiting]:
    """Filed ones to examine, and admitted ones whose operative rules nobody has reviewed."""
    for slug, count, since in _by_text(Amendment.objects.filter(state="filed"), "filed_at"):
        text = ngettext("Examine %(count)d amendment", "Examine %(count)d amendments", count)
        yield Waiting(text % {"count": count}, reverse("workspace:amendments", args=[slug]), since)
    for row in rules_to_review():
        yield Waiting(
            gettext("Review the operative rules that %(amendment)s touches")
            % {"amendment": name_of(row)},
            reverse("workspace:office_amendment", args=[row.instrument.slug, row.number]),
            row.examined_at,
        )


def _adopted_amendments(person: Any, now: datetime) -> Iterator[Waiting]:
    rows = Amendment.objects.filter(state="adopted")
    for slug, count, since in _by_text(rows, "votes__closed_at"):
        text = ngettext(
            "Make the next edition of %(count)d adopted amendment",
            "Make the next edition of %(count)d adopted amendments",
            count,
        ) % {"count": count}
        yield Waiting(text, reverse("workspace:amendments", args=[slug]), since)


def _by_text(rows: Any, since: str) -> list[tuple[str, int, datetime | None]]:
    """Of each text its address name, how many rows, and since when the oldest waits. One query."""
    found = rows.order_by("instrument__slug").values_list("instrument__slug")
    return list(found.annotate(count=Count("pk", distinct=True), since=Min(since)))


@dataclass(frozen=True, slots=True)
class _Heap:
    count: int
    since: datetime | None


def _by_state(rows: Any, since: str) -> dict[str, _Heap]:
    """How many rows in each state, and since when the oldest waits. One query."""
    found = rows.order_by().values("state").annotate(count=Count("pk"), since=Min(since))
    return {row["state"]: _Heap(row["count"], row["since"]) for row in found}


def _counted(rows: Any, since: str) -> Iterator[tuple[int, datetime | None]]:
    """How many rows, and since when the oldest waits; nothing for none."""
    found = rows.aggregate(count=Count("pk"), since=Min(since))
    if found["count"]:
        yield found["count"], found["since"]


Kind = Callable[[Any, datetime], Iterator[Waiting]]
KINDS: tuple[tuple[OfficeAction, Kind], ...] = (
    (OfficeAction.KEEP_CITIES, _applications),
    (OfficeAction.ACT_ON_LETTERS, _letters),
    (OfficeAction.RESET_SECOND_FACTOR, _resets),
    (OfficeAction.KEEP_MANDATES, _accreditations),
    (OfficeAction.REVIEW_PRACTICES, _practices),
    (OfficeAction.CERTIFY, _certificates),
    (OfficeAction.DRAFT_TEXTS, _amendments),
    (OfficeAction.ADOPT_TEXTS, _adopted_amendments),
)
