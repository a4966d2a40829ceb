"""A vote as desk, office and hall draw it: its answers in words, its roll as squares."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from cms.drawings import consensus_field, roll_call_field, round_field
from cms.seats import SeatField
from cms.templatetags.formats import reader_language
from resolutions.models import Vote, VoteOption
from resolutions.models.votes import VoteMode, VoteState
from resolutions.selectors.elections import nominations_of
from secretariat.workspace.selectors.votes import VotePaper, ballot_of

WORDS_OF_CHOICES: dict[str, Callable[[], str]] = {
    "for": lambda: _("For"),
    "against": lambda: _("Against"),
    "abstain": lambda: _("Abstain"),
}


def option_words(option: VoteOption) -> str:
    """An option in the reader's language: the candidate city, or for, against, abstain."""
    if option.city is not None:
        return option.city.name_in(reader_language())
    return WORDS_OF_CHOICES.get(option.key, lambda: option.key)()


def options_of(vote: Vote) -> Iterator[tuple[str, str]]:
    """The answers on the ballot, in its order: `(key, words)`."""
    for option in sorted(vote.options.all(), key=lambda each: each.position):
        yield option.key, option_words(option)


def choice_of(seat: Any) -> str:
    """What a seat said, in words; "" where it said nothing."""
    cast = ballot_of(seat)
    return option_words(cast.option) if cast is not None else ""


def seat_drawing(paper: VotePaper, document: Mapping[str, Any]) -> SeatField:
    """The roll of a vote as squares: who has voted while it is open, afterwards how."""
    vote = paper.vote
    if vote.mode == VoteMode.CONSENSUS:
        return consensus_field(paper.seats, document.get("objections", []))
    if vote.election_id and vote.state != VoteState.OPEN and vote.election is not None:
        named = nominations_of(election=vote.election)
        keys = [option.key for option in vote.options.all()]
        return round_field(paper.seats, named, candidates=keys)
    return roll_call_field(paper.seats, open_now=vote.state == VoteState.OPEN)
