"""What a city may do by letter in an election: nominate, second, accept its own nomination."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from members.models import City
from members.policies import CityAction, OfficeAction
from members.services.letters import (
    Deed,
    Detail,
    Done,
    Facts,
    LetterKind,
    register_letter_kind,
)
from resolutions.models import Election, Nomination
from resolutions.services.elections import (
    accept_nomination,
    nominate,
    second,
    strike_nomination,
    strike_seconding,
)
from secretariat.kernel.errors import InvalidInput, Missing
from secretariat.kernel.models import LANGUAGES


def nominated_subject(election: str, city: str) -> str:
    """Under what pages find the letter behind a nomination; address names."""
    return f"election:{election}/{city}/nominated"


def seconded_subject(election: str, city: str, by: str) -> str:
    """The letter by which `by` seconded the nomination of `city`."""
    return f"election:{election}/{city}/seconded/{by}"


def accepted_subject(election: str, city: str) -> str:
    """The letter by which the nominated city accepted."""
    return f"election:{election}/{city}/accepted"


def _election(facts: Facts) -> Election:
    found = Election.objects.filter(slug=str(facts.get("election", ""))).first()
    if found is None:
        raise Missing(_("Choose the election that the letter is about."), where="election")
    return found


def _city(facts: Facts) -> City:
    found = City.objects.filter(slug=str(facts.get("city", ""))).first()
    if found is None:
        raise Missing(_("Choose the city that the letter names."), where="city")
    return found


def _nomination(facts: Facts, city: str) -> Nomination:
    found = (
        Nomination.objects.filter(election__slug=facts["election"], city__slug=city)
        .select_related("election", "city", "nominated_by")
        .first()
    )
    if found is None:
        raise Missing(_("This city is not nominated in this election."), where="city")
    return found


def _words(city: City, facts: Facts) -> dict[str, str]:
    language = get_language() or "en"
    election = Election.objects.prefetch_related("wordings").get(slug=facts["election"])
    words = {"city": city.name_in(language), "election": election.title_in(language)}
    if "city" in facts:
        words["nominee"] = City.objects.get(slug=facts["city"]).name_in(language)
    return words


# ── nominating ──────────────────────────────────────────────────────────────────────────────


def _check_nomination(city: City, facts: Facts, now: datetime) -> Facts:
    statements = {
        language: str(text).strip()
        for language, text in dict(facts.get("statements", {})).items()
        if str(text).strip()
    }
    if set(statements) - set(dict(LANGUAGES)):
        raise InvalidInput(_("The platform does not speak this language."), where="statements")
    return {
        "election": _election(facts).slug,
        "city": _city(facts).slug,
        "statements": statements,
    }


def _describe_nomination(city: City, facts: Facts) -> str:
    if facts["city"] == city.slug:
        return _("%(city)s nominates itself: %(election)s") % _words(city, facts)
    return _("%(city)s nominates %(nominee)s: %(election)s") % _words(city, facts)


def _details_of_nomination(city: City, facts: Facts) -> list[Detail]:
    return [Detail(_("Statement"), facts["statements"])] if facts["statements"] else []


def _perform_nomination(deed: Deed) -> Done:
    nominee = _city(deed.facts)
    nominate(
        election=_election(deed.facts),
        city=nominee,
        by=deed.city,
        statements=deed.facts["statements"],
        actor=deed.by,
        now=deed.now,
    )
    return Done(nominated_subject(deed.facts["election"], nominee.slug))


def _undo_nomination(deed: Deed) -> None:
    strike_nomination(
        nomination=_nomination(deed.facts, deed.facts["city"]),
        ground=f"letter:{deed.letter.uuid}",
        actor=deed.officer,
        now=deed.now,
    )


# ── seconding ───────────────────────────────────────────────────────────────────────────────


def _check_seconding(city: City, facts: Facts, now: datetime) -> Facts:
    checked = {"election": _election(facts).slug, "city": _city(facts).slug}
    _nomination(checked, checked["city"])
    return checked


def _describe_seconding(city: City, facts: Facts) -> str:
    return _("%(city)s seconds the nomination of %(nominee)s: %(election)s") % _words(city, facts)


def _perform_seconding(deed: Deed) -> Done:
    nomination = _nomination(deed.facts, deed.facts["city"])
    second(nomination=nomination, by=deed.city, actor=deed.by, now=deed.now)
    return Done(seconded_subject(deed.facts["election"], nomination.city.slug, deed.city.slug))


def _undo_seconding(deed: Deed) -> None:
    strike_seconding(
        nomination=_nomination(deed.facts, deed.facts["city"]),
        by=deed.city,
        ground=f"letter:{deed.letter.uuid}",
        actor=deed.officer,
        now=deed.now,
    )


# ── accepting ───────────────────────────────────────────────────────────────────────────────


def _check_acceptance(city: City, facts: Facts, now: datetime) -> Facts:
    checked = {"election": _election(facts).slug}
    _nomination(checked, city.slug)
    return checked


def _describe_acceptance(city: City, facts: Facts) -> str:
    return _("%(city)s accepts its nomination: %(election)s") % _words(city, facts)


def _perform_acceptance(deed: Deed) -> Done:
    nomination = _nomination(deed.facts, deed.city.slug)
    accept_nomination(nomination=nomination, actor=deed.by, now=deed.now)
    return Done(accepted_subject(deed.facts["election"], deed.city.slug))


def _undo_acceptance(deed: Deed) -> None:
    strike_nomination(
        nomination=_nomination(deed.facts, deed.city.slug),
        ground=f"letter:{deed.letter.uuid}",
        actor=deed.officer,
        now=deed.now,
    )


def connect() -> None:
    """Register these kinds; at start-up."""
    actions = frozenset({CityAction.NOMINATE})
    register_letter_kind(
        LetterKind(
            name="nomination",
            label=gettext_lazy("Nomination for an office"),
            duty=OfficeAction.ACT_ON_LETTERS,
            actions=actions,
            check=_check_nomination,
            describe=_describe_nomination,
            perform=_perform_nomination,
            undo=_undo_nomination,
            undoing=gettext_lazy(
                "The nomination is withdrawn for good. That is not possible while a round is open "
                "or once the election is decided."
            ),
            details=_details_of_nomination,
        )
    )
    register_letter_kind(
        LetterKind(
            name="seconding",
            label=gettext_lazy("Seconding of a nomination"),
            duty=OfficeAction.ACT_ON_LETTERS,
            actions=actions,
            check=_check_seconding,
            describe=_describe_seconding,
            perform=_perform_seconding,
            undo=_undo_seconding,
            undoing=gettext_lazy(
                "The seconding counts no more. A nomination that is left with too few supporters "
                "waits for others; that is not possible once a round was opened."
            ),
        )
    )
    register_letter_kind(
        LetterKind(
            name="acceptance",
            label=gettext_lazy("Acceptance of a nomination"),
            duty=OfficeAction.ACT_ON_LETTERS,
            actions=actions,
            check=_check_acceptance,
            describe=_describe_acceptance,
            perform=_perform_acceptance,
            undo=_undo_acceptance,
            undoing=gettext_lazy(
                "The nomination is withdrawn for good: the city is no candidate. That is not "
                "possible while a round is open or once the election is decided."
            ),
        )
    )
