"""A vote: the event. Its rules and roll are frozen at opening, its result at closing."""

from __future__ import annotations

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from members.models import City
from resolutions.models.assemblies import AgendaItem, Assembly
from resolutions.models.sealed import Sealed
from resolutions.models.texts import Instrument
from resolutions.models.wordings import Wording, wording
from secretariat.kernel.bilingual import Bilingual


class VoteMode(models.TextChoices):
    ROLL_CALL = "roll_call", _("Roll-call")
    CONSENSUS = "consensus", _("Consensus")


class VoteState(models.TextChoices):
    PREPARED = "prepared", _("Prepared")
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")
    ANNULLED = "annulled", _("Annulled")


class Outcome(models.TextChoices):
    ADOPTED = "adopted", _("Adopted")
    REJECTED = "rejected", _("Not adopted")
    TIED = "tied", _("Tied")
    ELECTED = "elected", _("Elected")
    NOT_DECIDED = "not_decided", _("Goes on to another round")
    FAILED = "failed", _("Ended without election")
    INQUORATE = "inquorate", _("No quorum")


class Vote(models.Model):
    """A question put to the seats.

    `rules` and `roll` are canonical JSON, "" until opening; `roll_hash` is the SHA-256 of
    `roll`. `text_sha256` is the hash of the draft that is voted on, `text_rules_sha256` that of
    the operative rules bound to it; of a vote on an amendment to the text `instrument` they are
    the hash of its operations and that of its reviewed rules. Roll-call votes have the options
    "for", "against", "abstain"; a round of an election has one option for each candidate (the
    nomination's city slug) and "abstain".
    """

    slug = models.SlugField(_("address name"), max_length=100, unique=True)
    assembly = models.ForeignKey(Assembly, on_delete=models.PROTECT, related_name="votes")
    agenda_item = models.ForeignKey(
        AgendaItem, on_delete=models.PROTECT, null=True, blank=True, related_name="votes"
    )
    election = models.ForeignKey(
        "resolutions.Election", on_delete=models.PROTECT, null=True, related_name="rounds"
    )
    round_number = models.PositiveSmallIntegerField(_("round"), null=True)
    mode = models.CharField(_("mode"), max_length=20, choices=VoteMode.choices)
    state = models.CharField(
        _("state"), max_length=20, choices=VoteState.choices, default=VoteState.PREPARED
    )
    instrument = models.ForeignKey(
        Instrument, on_delete=models.PROTECT, null=True, blank=True, related_name="votes"
    )
    amendment = models.ForeignKey(
        "resolutions.Amendment",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="votes",
    )
    text_sha256 = models.CharField(max_length=64, blank=True)
    text_rules_sha256 = models.CharField(max_length=64, blank=True)
    majority_rule = models.CharField(_("rule of the majority"), max_length=50, blank=True)
    rules = models.TextField(blank=True)
    roll = models.TextField(blank=True)
    roll_hash = models.CharField(max_length=64, blank=True)
    lot_commitment = models.CharField(max_length=64, blank=True)
    prepared_at = models.DateTimeField(_("prepared at"))
    opened_at = models.DateTimeField(_("opened at"), null=True)
    closed_at = models.DateTimeField(_("closed at"), null=True)
    annulled_at = models.DateTimeField(_("annulled at"), null=True)
    annulled_because = models.CharField(_("annulled because"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("vote")
        verbose_name_plural = _("votes")
        constraints = [
            models.UniqueConstraint(fields=["election", "round_number"], name="one_vote_a_round"),
        ]

    def __str__(self) -> str:
        return self.title_in(get_language() or "en")

    @property
    def titles(self) -> Bilingual:
        return wording(self, "title")

    @property
    def questions(self) -> Bilingual:
        return wording(self, "question")

    def title_in(self, language: str) -> str:
        return self.titles.in_language(language) or self.slug

    @property
    def chain(self) -> str:
        return f"vote:{self.slug}"


class VoteText(Wording):
    """A vote's title and question in one language."""

    vote = models.ForeignKey(Vote, on_delete=models.CASCADE, related_name="wordings")
    title = models.CharField(_("title"), max_length=300)
    question = models.TextField(_("question"), blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["vote", "language"], name="one_vote_wording"),
        ]

    def __str__(self) -> str:
        return self.title


class VoteOption(models.Model):
    """Something that a seat can choose; `city` for a candidate."""

    vote = models.ForeignKey(Vote, on_delete=models.PROTECT, related_name="options")
    key = models.CharField(max_length=100)
    position = models.PositiveSmallIntegerField()
    city = models.ForeignKey(City, on_delete=models.PROTECT, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["vote", "key"], name="one_option_for_a_key"),
        ]

    def __str__(self) -> str:
        return self.key


class RollSeat(Sealed):
    """A seat that may vote, as frozen at opening."""

    vote = models.ForeignKey(Vote, on_delete=models.PROTECT, related_name="seats")
    city = models.ForeignKey(City, on_delete=models.PROTECT, related_name="roll_seats")
    position = models.PositiveSmallIntegerField()
    present_at_opening = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["vote", "city"], name="one_seat_for_a_city"),
        ]

    def __str__(self) -> str:
        return f"{self.vote_id} {self.city_id}"


class Ballot(models.Model):
    """What a seat said, openly; a revote replaces it while the vote is open."""

    seat = models.OneToOneField(RollSeat, on_delete=models.PROTECT, related_name="ballot")
    option = models.ForeignKey(VoteOption, on_delete=models.PROTECT, related_name="ballots")
    cast_at = models.DateTimeField()
    cast_role = models.CharField(max_length=50)
    times_cast = models.PositiveSmallIntegerField(default=1)

    class Meta:
        verbose_name = _("ballot")
        verbose_name_plural = _("ballots")

    def __str__(self) -> str:
        return f"{self.seat_id} {self.option_id}"


class VoteResult(Sealed):
    """The result as established at closing; `document` is canonical JSON, sealed by its hash.

    The document has `counts` by option, `seats`, `present`, `quorum` and `majority` (or
    `round`) findings with their sentences by language, and each seat's choice.
    """

    vote = models.OneToOneField(Vote, on_delete=models.PROTECT, related_name="result")
    outcome = models.CharField(max_length=20, choices=Outcome.choices)
    document = models.TextField()
    sha256 = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.vote_id} {self.outcome}"
