"""An assembly: its agenda, and who was there when."""

from __future__ import annotations

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from members.models import City
from resolutions.models.sealed import Sealed
from resolutions.models.texts import Edition, Instrument
from resolutions.models.wordings import Wording, wording
from secretariat.kernel.bilingual import Bilingual


class AssemblyKind(models.TextChoices):
    FOUNDING = "founding", _("Founding assembly")
    ORDINARY = "ordinary", _("Ordinary assembly")
    EXTRAORDINARY = "extraordinary", _("Extraordinary assembly")


class AssemblyState(models.TextChoices):
    DRAFT = "draft", _("In preparation")
    CONVENED = "convened", _("Convened")
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")
    CANCELLED = "cancelled", _("Cancelled")


class Assembly(models.Model):
    """A meeting of the seats.

    Before bylaws exist a founding assembly works under `founding_rules`, an edition it
    agreed on by consensus at its opening; the host city presides.
    """

    slug = models.SlugField(_("address name"), max_length=100, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=AssemblyKind.choices)
    state = models.CharField(
        _("state"), max_length=20, choices=AssemblyState.choices, default=AssemblyState.DRAFT
    )
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"))
    time_zone = models.CharField(_("time zone"), max_length=64, default="Asia/Seoul")
    host_city = models.ForeignKey(City, on_delete=models.PROTECT, related_name="hosted_assemblies")
    presiding_city = models.ForeignKey(
        City, on_delete=models.PROTECT, related_name="presided_assemblies"
    )
    founding_rules = models.ForeignKey(Edition, on_delete=models.PROTECT, null=True, blank=True)
    convened_at = models.DateTimeField(_("convened at"), null=True, blank=True)
    opened_at = models.DateTimeField(_("opened at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("assembly")
        verbose_name_plural = _("assemblies")

    def __str__(self) -> str:
        return self.title_in(get_language() or "en")

    @property
    def titles(self) -> Bilingual:
        return wording(self, "title")

    @property
    def places(self) -> Bilingual:
        return wording(self, "place")

    @property
    def convocations(self) -> Bilingual:
        return wording(self, "convocation")

    def title_in(self, language: str) -> str:
        return self.titles.in_language(language) or self.slug

    @property
    def chain(self) -> str:
        return f"assembly:{self.slug}"


class AssemblyText(Wording):
    """An assembly's title, place and convocation in one language."""

    assembly = models.ForeignKey(Assembly, on_delete=models.CASCADE, related_name="wordings")
    title = models.CharField(_("title"), max_length=300)
    place = models.CharField(_("place"), max_length=300, blank=True)
    convocation = models.TextField(_("convocation"), blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assembly", "language"], name="one_assembly_wording"),
        ]

    def __str__(self) -> str:
        return self.title


class AgendaKind(models.TextChoices):
    OPENING = "opening", _("Opening and attendance")
    TEXT = "text", _("Decision on a text")
    ELECTION = "election", _("Election")
    OTHER = "other", _("Other business")
    CLOSING = "closing", _("Closing")


class AgendaItem(models.Model):
    """A point of the agenda, in order, tied to the text that it is about."""

    assembly = models.ForeignKey(Assembly, on_delete=models.CASCADE, related_name="agenda")
    number = models.PositiveSmallIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=20, choices=AgendaKind.choices)
    instrument = models.ForeignKey(
        Instrument, on_delete=models.PROTECT, null=True, blank=True, related_name="agenda_items"
    )

    class Meta:
        verbose_name = _("agenda item")
        verbose_name_plural = _("agenda items")
        constraints = [
            models.UniqueConstraint(fields=["assembly", "number"], name="one_item_for_a_number"),
        ]

    def __str__(self) -> str:
        return self.title_in(get_language() or "en")

    @property
    def titles(self) -> Bilingual:
        return wording(self, "title")

    @property
    def notes(self) -> Bilingual:
        return wording(self, "note")

    def title_in(self, language: str) -> str:
        return self.titles.in_language(language) or str(self.number)


class AgendaItemText(Wording):
    """An agenda item in one language."""

    item = models.ForeignKey(AgendaItem, on_delete=models.CASCADE, related_name="wordings")
    title = models.CharField(_("title"), max_length=300)
    note = models.TextField(_("note"), blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "language"], name="one_agenda_wording"),
        ]

    def __str__(self) -> str:
        return self.title


class AttendanceMode(models.TextChoices):
    IN_PERSON = "in_person", _("In person")
    ONLINE = "online", _("Online")


class AttendanceActKind(models.TextChoices):
    ARRIVED = "arrived", _("Arrived")
    LEFT = "left", _("Left")
    CORRECTED = "corrected", _("Corrected")


class AttendanceAct(Sealed):
    """A seat arrived or left; or an earlier record was wrong, which this one strikes.

    Presence at a moment is derived from the acts by `resolutions.rules.attendance`.
    """

    assembly = models.ForeignKey(Assembly, on_delete=models.PROTECT, related_name="attendance")
    number = models.PositiveIntegerField()
    city = models.ForeignKey(City, on_delete=models.PROTECT, related_name="attendance")
    kind = models.CharField(max_length=20, choices=AttendanceActKind.choices)
    mode = models.CharField(max_length=20, choices=AttendanceMode.choices, blank=True)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    corrects = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="corrections"
    )
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assembly", "number"], name="one_attendance_number"),
        ]

    def __str__(self) -> str:
        return f"{self.assembly_id}#{self.number} {self.kind}"
