"""Signing a declaration on paper, and withdrawing a signature by letter.

The signed sheet is the letter, and the day on it the day of the signature; it carries the title,
the edition and its SHA-256 (`resolutions.services.signing_sheets`). A withdrawal counts from the
day on which it is confirmed: who stood behind the text on a past day does not change.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Any

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
from resolutions.models import Edition, Signature
from resolutions.rules.reservable import name_of
from resolutions.selectors.texts import edition_trees
from resolutions.services.signatures import (
    Reserved,
    chain_of,
    checked_reservation,
    restore_signature,
    sign,
    strike_signature,
    withdraw_signature,
)
from secretariat.kernel.errors import InvalidInput, Missing
from secretariat.kernel.models import LANGUAGES

LEAST_DIGITS = 12
"""How much of the hash on the sheet an officer has to copy at least."""


def signature_subject(signature: Signature) -> str:
    """Under what pages find the letter behind a signature; give it with edition and city."""
    return f"{chain_of(signature.edition)}/{signature.city.slug}/{signature.ordinal}"


def withdrawn_subject(signature: Signature) -> str:
    """The letter by which the signature was withdrawn."""
    return f"{signature_subject(signature)}/withdrawn"


def restored_subject(signature: Signature) -> str:
    """The letter that withdrew the signature before this one; once struck, this one restores it."""
    return f"{chain_of(signature.edition)}/{signature.city.slug}/{signature.ordinal - 1}/withdrawn"


# ── what every letter under an edition says ─────────────────────────────────────────────────


def about(edition: Edition) -> dict[str, Any]:
    """The edition as facts name it. It is sealed, so its titles can be kept."""
    return {
        "text": edition.instrument.slug,
        "edition": edition.number,
        "titles": {row.language: row.title for row in edition.languages.all()},
    }


def words_of(city: City, facts: Facts) -> dict[str, Any]:
    """City, text and number as the sentences take them, in the running language."""
    language = get_language() or "en"
    return {
        "city": city.name_in(language),
        "text": in_language(facts["titles"]) or facts["text"],
        "number": facts["edition"],
    }


def in_language(texts: Mapping[str, str]) -> str:
    """What is said in the running language, else in any."""
    return texts.get(get_language() or "en") or next(iter(texts.values()), "")


def reserved_facts(given: Any, edition: Edition) -> dict[str, Any]:
    """A reservation as facts keep it: `provision`, its name by language (`to`), `texts`."""
    key = str(given.get("provision", ""))
    if key and not edition.provisions.filter(key=key).exists():
        raise InvalidInput(_("The edition has no such provision."), where="provision")
    reserved = checked_reservation(Reserved(key, dict(given.get("texts", {}))))
    trees = edition_trees(edition=edition) if key else {}
    names = {language: name_of(tree, key) for language, tree in trees.items()}
    return {"provision": key, "to": names, "texts": dict(reserved.texts)}


def reserved_to(reserved: Mapping[str, Any]) -> str:
    """To what a reservation is, in the running language."""
    if not reserved["provision"]:
        return _("the whole text")
    return in_language(reserved["to"]) or reserved["provision"]


def reserved_detail(reserved: Mapping[str, Any]) -> Detail:
    """The words of a reservation, under what it is to."""
    return Detail(_("Reservation: %(to)s") % {"to": reserved_to(reserved)}, reserved["texts"])


def standing_signature(city: City, uuid: Any) -> Signature:
    """The city's signature that a letter is about, not withdrawn; Missing where there is none."""
    rows = (
        Signature.objects.filter(city=city, withdrawal=None)
        .select_related("city", "edition__instrument")
        .prefetch_related("edition__languages")
    )
    found = next((row for row in rows if str(row.uuid) == str(uuid)), None)
    if found is None:
        raise Missing(
            _("The city does not stand behind this edition. There is nothing to take back."),
            where="signature",
        )
    return found


# ── signing ─────────────────────────────────────────────────────────────────────────────────


def _edition(facts: Facts) -> Edition:
    found = (
        Edition.objects.filter(
            instrument__slug=str(facts.get("text", "")),
            number=int(facts.get("edition") or 0),
            publication__isnull=False,
        )
        .select_related("instrument")
        .prefetch_related("languages")
        .first()
    )
    if found is None:
        raise Missing(_("Choose the edition that the sheet names."), where="edition")
    return found


def _check_signing(city: City, facts: Facts, now: datetime) -> Facts:
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
        **about(edition),
        "sha256": edition.sha256,
        "language": language,
        "reservations": [reserved_facts(each, edition) for each in facts.get("reservations", [])],
    }


def _describe_signing(city: City, facts: Facts) -> str:
    if facts["reservations"]:
        said = _("%(city)s signs with a reservation: %(text)s, edition %(number)d")
    else:
        said = _("%(city)s signs: %(text)s, edition %(number)d")
    return said % words_of(city, facts)


def _details_of_signing(city: City, facts: Facts) -> list[Detail]:
    return [
        Detail(_("Language version"), {"": str(dict(LANGUAGES)[facts["language"]])}),
        Detail(_("SHA-256 of the edition"), {"": facts["sha256"]}),
        *(reserved_detail(each) for each in facts["reservations"]),
    ]


def _perform_signing(deed: Deed) -> Done:
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


def _undo_signing(deed: Deed) -> None:
    strike_signature(
        signature=Signature.objects.select_related("edition", "city", "sheet").get(
            uuid=deed.letter.done["signature"]
        ),
        ground=f"letter:{deed.letter.uuid}",
        actor=deed.officer,
        now=deed.now,
    )


# ── withdrawing ─────────────────────────────────────────────────────────────────────────────


def _check_withdrawal(city: City, facts: Facts, now: datetime) -> Facts:
    signature = standing_signature(city, facts.get("signature"))
    reason = unicodedata.normalize("NFC", str(facts.get("reason", ""))).strip()
    if len(reason) > 500:
        raise InvalidInput(_("The reason is longer than 500 characters."), where="reason")
    return {"signature": str(signature.uuid), **about(signature.edition), "reason": reason}


def _describe_withdrawal(city: City, facts: Facts) -> str:
    said = _("%(city)s withdraws its signature: %(text)s, edition %(number)d")
    return said % words_of(city, facts)


def _details_of_withdrawal(city: City, facts: Facts) -> list[Detail]:
    return [Detail(_("Reason"), {"": facts["reason"]})] if facts["reason"] else []


def _perform_withdrawal(deed: Deed) -> Done:
    signature = standing_signature(deed.city, deed.facts["signature"])
    withdraw_signature(
        signature=signature, reason=deed.facts["reason"], actor=deed.by, now=deed.now
    )
    return Done(withdrawn_subject(signature), {"signature": str(signature.uuid)})


def _undo_withdrawal(deed: Deed) -> None:
    restore_signature(
        signature=Signature.objects.select_related("edition").get(
            uuid=deed.letter.done["signature"]
        ),
        ground=f"letter:{deed.letter.uuid}",
        actor=deed.officer,
        now=deed.now,
    )


def connect() -> None:
    """Register these kinds; at start-up."""
    actions = frozenset({CityAction.SIGN})
    register_letter_kind(
        LetterKind(
            name="signature",
            label=gettext_lazy("Signature of a declaration"),
            duty=OfficeAction.ACT_ON_LETTERS,
            actions=actions,
            check=_check_signing,
            describe=_describe_signing,
            perform=_perform_signing,
            undo=_undo_signing,
            undoing=gettext_lazy(
                "The signature is withdrawn from that day on. It stays on the record as struck."
            ),
            details=_details_of_signing,
        )
    )
    register_letter_kind(
        LetterKind(
            name="signature_withdrawal",
            label=gettext_lazy("Withdrawal of a signature"),
            duty=OfficeAction.ACT_ON_LETTERS,
            actions=actions,
            check=_check_withdrawal,
            describe=_describe_withdrawal,
            perform=_perform_withdrawal,
            undo=_undo_withdrawal,
            undoing=gettext_lazy(
                "The city stands behind the text again from that day on, with the reservations "
                "that held. The withdrawal stays on the record as struck."
            ),
            details=_details_of_withdrawal,
        )
    )
