"""Where something stands in its life, as a strip of steps made from the lifecycle's table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cms.seats import Text
from resolutions.models import Instrument, Signing
from resolutions.models.signatures import SigningState
from resolutions.models.texts import InstrumentState
from resolutions.rules.declaration_lifecycle import (
    DECLARATION_LIFECYCLE,
    SIGNABLE,
    DeclarationState,
)
from secretariat.kernel.transitions import TransitionTable, diagram


@dataclass(frozen=True)
class LifeStep:
    """A state; `mark` is "done", "here" or "later"."""

    label: Text
    mark: str


@dataclass(frozen=True)
class LifeStrip:
    """States from left to right, those that exclude each other above one another.

    `sentence` says the same in words: where it stands, and what may follow.
    """

    template: ClassVar[str] = "workspace/pieces/life.html"
    columns: tuple[tuple[LifeStep, ...], ...]
    sentence: str


def life_strip(table: TransitionTable, state: str, labels: Mapping[str, Text]) -> LifeStrip:
    """The strip of a thing that stands in `state`."""
    drawn = diagram(table)
    passed = drawn.before(state)

    def step(each: str) -> LifeStep:
        mark = "here" if each == state else "done" if each in passed else "later"
        return LifeStep(labels[each], mark)

    then = [str(labels[each]) for each in drawn.reached_from(state) if each not in passed]
    here = _("It stands here: %(state)s.") % {"state": labels[state]}
    if then:
        between = pgettext("alternatives in a list", " or ")
        here += " " + _("What may follow: %(states)s.") % {"states": between.join(then)}
    return LifeStrip(
        columns=tuple(tuple(step(each) for each in column) for column in drawn.columns),
        sentence=here,
    )


def declaration_strip(signing: Signing | None, instrument: Instrument) -> LifeStrip:
    """Where an edition stands, by its signing; without one, where the text itself does."""
    if signing is not None:
        state = signing.state
    elif instrument.state in (DeclarationState.DRAFT, DeclarationState.TABLED):
        state = instrument.state
    else:
        state = DeclarationState.ADOPTED
    return life_strip(DECLARATION_LIFECYCLE, state, declaration_labels())


def life_of_text(instrument: Instrument) -> LifeStrip | None:
    """Where the newest edition of a declaration stands; None for a text that is not signed."""
    if instrument.kind not in SIGNABLE:
        return None
    newest = Signing.objects.filter(edition__instrument=instrument)
    newest = newest.select_related("edition").order_by("-edition__number")
    signing = newest.first()
    latest = instrument.editions.order_by("-number").values_list("number", flat=True).first()
    drafting = instrument.state in (DeclarationState.DRAFT, DeclarationState.TABLED)
    if drafting or (signing is not None and signing.edition.number != latest):
        signing = None
    return declaration_strip(signing, instrument)


def declaration_labels() -> dict[str, Text]:
    """The states of a declaration in words."""
    labels: dict[str, Text] = {}
    for state in DeclarationState:
        before = state in (
            DeclarationState.DRAFT,
            DeclarationState.TABLED,
            DeclarationState.ADOPTED,
        )
        labels[str(state)] = InstrumentState(state).label if before else SigningState(state).label
    return labels
