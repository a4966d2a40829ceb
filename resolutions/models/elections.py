"""The election of an office: nominations, rounds, the certificate, the term that follows."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from members.models import City
from resolutions.models.assemblies import Assembly
from resolutions.models.sealed import Sealed
from resolutions.models.wordings import Wording, wording
from secretariat.kernel.bilingual import Bilingual


class Office(models.TextChoices):
    CHAIR_CITY = "chair_city", _("Chair City")


class ElectionState(models.TextChoices):
    ANNOUNCED = "announced", _("Announced")
    NOMINATING = "nominating", _("Nominations open")
    IN_ROUND = "in_round", _("Round open")
    BETWEEN_ROUNDS = "between_rounds", _("Between rounds")
    DECIDED = "decided", _("Decided")
    CERTIFIED = "certified", _("Certified")
    FAILED = "failed", _("Ended without election")


class Election(models.Model):
    """An election by roll-call in exhaustive rounds.

    `lot_seed` is chosen when nominations open; its commitment (SHA-256) is public from then
    on, the seed itself once the election is decided. Each round draws with a seed of its
    own made from it, committed to when the round opens, so that a draw in one round tells
    nothing about the next.
    """

    slug = models.SlugField(_("address name"), max_length=100, unique=True)
    assembly = models.ForeignKey(Assembly, on_delete=models.PROTECT, related_name="elections")
    office = models.CharField(_("office"), max_length=20, choices=Office.choices)
    state = models.CharField(
        _("state"), max_length=20, choices=ElectionState.choices, default=ElectionState.ANNOUNCED
    )
    announced_at = models.DateTimeField(_("announced at"))
    nominations_open_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    lot_seed = models.CharField(max_length=64, blank=True)
    lot_commitment = models.CharField(max_length=64, blank=True)
    elected = models.ForeignKey(
        City, on_delete=models.PROTECT, null=True, related_name="elections_won"
    )

    class Meta:
        verbose_name = _("election")
        verbose_name_plural = _("elections")

    def __str__(self) -> str:
        return self.title_in(get_language() or "en")

    @property
    def titles(self) -> Bilingual:
        return wording(self, "title")

    def title_in(self, language: str) -> str:
        return self.titles.in_language(language) or self.slug

    @property
    def chain(self) -> str:
        return f"election:{self.slug}"


class ElectionText(Wording):
    """An election's title in one language."""

    election = models.ForeignKey(Election, on_delete=models.CASCADE, related_name="wordings")
    title = models.CharField(_("title"), max_length=300)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["election", "language"], name="one_election_wording"),
        ]

    def __str__(self) -> str:
        return self.title


class NominationState(models.TextChoices):
    PROPOSED = "proposed", _("Proposed")
    SECONDED = "seconded", _("Seconded")
    ACCEPTED = "accepted", _("Accepted: a candidate")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    ELIMINATED = "eliminated", _("Eliminated")
    ELECTED = "elected", _("Elected")


class Nomination(models.Model):
    """A city is proposed for the office by a city (itself, or another)."""

    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="nominations")
    city = models.ForeignKey(City, on_delete=models.PROTECT, related_name="nominations")
    nominated_by = models.ForeignKey(
        City, on_delete=models.PROTECT, related_name="nominations_made"
    )
    state = models.CharField(
        _("state"), max_length=20, choices=NominationState.choices, default=NominationState.PROPOSED
    )
    nominated_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    eliminated_in_round = models.PositiveSmallIntegerField(null=True)

    class Meta:
        verbose_name = _("nomination")
        verbose_name_plural = _("nominations")
        constraints = [
            models.UniqueConstraint(fields=["election", "city"], name="one_nomination_for_a_city"),
        ]

    def __str__(self) -> str:
        return f"{self.election_id} {self.city_id}"

    @property
    def statements(self) -> Bilingual:
        return wording(self, "statement")


class NominationText(Wording):
    """A candidate city's statement in one language."""

    nomination = models.ForeignKey(Nomination, on_delete=models.CASCADE, related_name="wordings")
    statement = models.TextField(_("statement"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["nomination", "language"], name="one_statement"),
        ]

    def __str__(self) -> str:
        return self.statement[:80]


class Seconding(Sealed):
    """Another city supports a nomination."""

    nomination = models.ForeignKey(Nomination, on_delete=models.PROTECT, related_name="secondings")
    city = models.ForeignKey(City, on_delete=models.PROTECT, related_name="secondings")
    seconded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["nomination", "city"], name="one_seconding_by_a_city"),
        ]

    def __str__(self) -> str:
        return f"{self.nomination_id} {self.city_id}"


class StruckSeconding(Sealed):
    """A seconding that counts no more: the city had not made it. `ground` names the record."""

    seconding = models.OneToOneField(Seconding, on_delete=models.PROTECT, related_name="struck")
    struck_at = models.DateTimeField()
    ground = models.CharField(max_length=250)

    def __str__(self) -> str:
        return f"{self.seconding_id} {self.ground}"


class Certificate(Sealed):
    """What two officers certify; `document` is canonical JSON, sealed by its hash."""

    election = models.OneToOneField(Election, on_delete=models.PROTECT, related_name="certificate")
    number = models.CharField(max_length=50, unique=True)
    drawn_up_at = models.DateTimeField()
    document = models.TextField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")

    def __str__(self) -> str:
        return self.number


class CertificateSignature(Sealed):
    """One of the two who sign; the certificate holds once both have."""

    certificate = models.ForeignKey(
        Certificate, on_delete=models.PROTECT, related_name="signatures"
    )
    role = models.CharField(max_length=50)
    person = models.UUIDField()
    signed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["certificate", "role"], name="one_signature_a_role"),
            models.UniqueConstraint(
                fields=["certificate", "person"], name="one_signature_a_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.certificate_id} {self.role}"


class Term(models.Model):
    """A city holds an office from one day up to, not including, another."""

    office = models.CharField(_("office"), max_length=20, choices=Office.choices)
    city = models.ForeignKey(City, on_delete=models.PROTECT, related_name="terms")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until (not included)"))
    election = models.OneToOneField(Election, on_delete=models.PROTECT, related_name="term")

    class Meta:
        verbose_name = _("term of office")
        verbose_name_plural = _("terms of office")
        constraints = [
            models.UniqueConstraint(fields=["office", "starts_on"], name="one_term_from_a_day"),
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="term_has_length"),
        ]

    def __str__(self) -> str:
        return f"{self.office} {self.starts_on}"
