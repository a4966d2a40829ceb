"""Acts by letter: the office's list, a city's own, and the marks where such acts are shown."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Case, IntegerField, QuerySet, Value, When

from members.models import ActByLetter, City
from members.models.letters import LetterState
from members.rules.letter_lifecycle import DONE

_FIRST = {LetterState.CONTESTED: 0, LetterState.RECORDED: 1}


def letters_for_office(*, state: str = "", city: City | None = None) -> QuerySet[ActByLetter]:
    """Every letter, those that wait for the office first, then the latest."""
    rows = _letters()
    if state:
        rows = rows.filter(state=state)
    if city is not None:
        rows = rows.filter(city=city)
    waiting = Case(
        *(When(state=each, then=Value(place)) for each, place in _FIRST.items()),
        default=Value(len(_FIRST)),
        output_field=IntegerField(),
    )
    return rows.order_by(waiting, "-recorded_at", "-pk")


def letters_waiting() -> int:
    """How many letters wait for an officer: to be confirmed, or a contest to be answered."""
    return ActByLetter.objects.filter(state__in=tuple(_FIRST)).count()


def letter_for_office(*, uuid: UUID) -> ActByLetter | None:
    """One letter with everything its page shows, or None."""
    return (
        _letters().prefetch_related("notices__person", "notices__contact").filter(uuid=uuid).first()
    )


def letters_of_city(*, city: City) -> QuerySet[ActByLetter]:
    """What was done for the city by letter, latest first: only what was confirmed."""
    return _letters().filter(city=city, state__in=DONE).order_by("-confirmed_at", "-pk")


def letters_on(*, subjects: Iterable[str]) -> dict[str, ActByLetter]:
    """The letter behind each of the subjects that has one, the latest. One query."""
    wanted = list(subjects)
    if not wanted:
        return {}
    rows = ActByLetter.objects.filter(subject__in=wanted, state__in=DONE)
    rows = rows.order_by("confirmed_at", "pk")
    return {row.subject: row for row in rows}


def letters_under(*, prefix: str) -> dict[str, ActByLetter]:
    """The letters whose subject begins with `prefix` ("election:2018-chair/"). One query."""
    rows = ActByLetter.objects.filter(subject__startswith=prefix, state__in=DONE)
    return {row.subject: row for row in rows.order_by("confirmed_at", "pk")}


def _letters() -> QuerySet[ActByLetter]:
    return ActByLetter.objects.select_related(
        "city", "letter", "recorded_by", "confirmed_by", "closed_by", "contest__person",
        "contest__contact", "contest__answered_by",
    ).prefetch_related("city__name_rows")  # fmt: skip
