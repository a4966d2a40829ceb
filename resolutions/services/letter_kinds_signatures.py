"""Signing a declaration on paper: the signed sheet is the letter, two officers record it.

The sheet carries the title, the edition and its SHA-256 (`resolutions.services.signing_sheets`).
The day on the sheet is the day of the signature.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from members.models import City
from members.policies import CityAction, OfficeAction
from members.services.letters import Deed, Done, Facts, LetterKind, register_letter_kind
from resolutions.models import Edition, Signature
from resolutions.services.signatures import (
    Reserved,
    chain_of,
    checked_reservation,
    sign,
    strike_signature,
)
from secretariat.kernel.errors import InvalidInput, Missing

NAME = "signature"
LEAST_DIGITS = 12
"""How much of the hash on the sheet an officer has to copy at least."""


def signature_subject(signature: Signature) -> str:
    """Under what pages find the letter behind a signature; give it with edition and city."""
    return f"{chain_of(signature.edition)}/{signature.city.slug}/{signature.ordinal}"


def _edition(facts: Facts) -> Edition:
    found = (
        Edition.objects.filter(
            instrument__slug=str(facts.get("text", "")),
            number=int(facts.get("edition") or 0),
            publication__isnull=False,
        )
        .select_related("instrument")
        .prefetch_related("languages", "instrument__wordings")
        .first()
    )
    if found is None:
        raise Missing(_("Choose the edition that the sheet names."), where="edition")
    return found


def _check(city: City, facts: Facts, now: datetime) -> Facts:
    edition = _edition(facts)
    printed = "".join(str(facts.get("sha256", "")).lower().split())
    if len(printed) < LEAST_DIGITS or not edition.sha256.startswith(printed):
        raise InvalidInput(
            _(
                "This is not how the hash of the edition begins. Compare the sheet: it may be "
                "that of another edition."
            ),
            where="sha256",
        )
    language = str(facts.get("language", ""))
    if language not in {row.language for row in edition.languages.all()}:
        raise InvalidInput(_("The edition has no version in this language."), where="language")
    return {
        "text": edition.instrument.slug,
        "edition": edition.number,
        "sha256": edition.sha256,
        "language": language,
        "reservations": [_reservation(each, edition) for each in facts.get("reservations", [])],
    }


def _reservation(given: Any, edition: Edition) -> dict[str, Any]:
    key = str(given.get("provision", ""))
    if key and not edition.provisions.filter(key=key).exists():
        raise InvalidInput(_("The edition has no such provision."), where="provision")
    reserved = checked_reservation(Reserved(key, dict(given.get("texts", {}))))
    return {"provision": key, "texts": dict(reserved.texts)}


def _describe(city: City, facts: Facts) -> str:
    language = get_language() or "en"
    edition = _edition(facts)
    titles = {row.language: row.title for row in edition.languages.all()}
    words = {
        "city": city.name_in(language),
        "text": titles.get(language) or edition.instrument.title_in(language),
        "number": edition.number,
    }
    if facts["reservations"]:
        return _("%(city)s signs with a reservation: %(text)s, edition %(number)d") % words
    return _("%(city)s signs: %(text)s, edition %(number)d") % words


def _perform(deed: Deed) -> Done:
    facts = deed.facts
    signature = sign(
        edition=_edition(facts),
        city=deed.city,
        language=facts["language"],
        sha256=facts["sha256"],
        signed_by=deed.letter.signed_by,
        reservations=[Reserved(each["provision"], each["texts"]) for each in facts["reservations"]],
        signed_on=deed.letter.written_on,
        sheet=deed.letter.letter,
        actor=deed.by,
        now=deed.now,
    )
    return Done(signature_subject(signature), {"signature": str(signature.uuid)})


def _undo(deed: Deed) -> None:
    strike_signature(
        signature=Signature.objects.select_related("edition").get(
            uuid=deed.letter.done["signature"]
        ),
        ground=f"letter:{deed.letter.uuid}",
        actor=deed.officer,
        now=deed.now,
    )


def connect() -> None:
    """Register this kind; at start-up."""
    register_letter_kind(
        LetterKind(
            name=NAME,
            label=gettext_lazy("Signature of a declaration"),
            duty=OfficeAction.ACT_ON_LETTERS,
            actions=frozenset({CityAction.SIGN}),
            check=_check,
            describe=_describe,
            perform=_perform,
            undo=_undo,
            undoing=gettext_lazy(
                "The signature is withdrawn from that day on. It stays on the record as struck."
            ),
        )
    )
