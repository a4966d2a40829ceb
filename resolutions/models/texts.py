"""Instruments, their working draft, and their adopted editions.

A draft is made of working rows whose history django-reversion keeps (`Provision` with its
texts; never followed from the instrument). Adoption copies the draft into sealed edition
rows, with a SHA-256 for each language and one over all (docs/reference/canonical-text.md).
Korean and English share a provision's key.
"""

from __future__ import annotations

import reversion
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from resolutions.models.sealed import Sealed
from resolutions.models.wordings import Wording, wording
from secretariat.kernel.bilingual import Bilingual


class InstrumentKind(models.TextChoices):
    BYLAWS = "bylaws", _("Bylaws")
    DECLARATION = "declaration", _("Declaration")
    JOINT_STATEMENT = "joint_statement", _("Joint statement")
    RESOLUTION = "resolution", _("Resolution")


class InstrumentState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    TABLED = "tabled", _("Tabled")
    ADOPTED = "adopted", _("Adopted")
    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Instrument(models.Model):
    """A text that lives: the bylaws, a declaration, a joint statement, a resolution."""

    slug = models.SlugField(_("address name"), max_length=100, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=InstrumentKind.choices)
    state = models.CharField(
        _("state of the draft"),
        max_length=20,
        choices=InstrumentState.choices,
        default=InstrumentState.DRAFT,
    )
    authentic_languages = models.JSONField(_("authentic languages"), default=list)
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        verbose_name = _("text")
        verbose_name_plural = _("texts")

    def __str__(self) -> str:
        return self.title_in(get_language() or "en")

    @property
    def titles(self) -> Bilingual:
        return wording(self, "title")

    def title_in(self, language: str) -> str:
        return self.titles.in_language(language) or self.slug

    @property
    def chain(self) -> str:
        return f"text:{self.slug}"


class InstrumentTitle(Wording):
    """What an instrument is called in one language."""

    instrument = models.ForeignKey(Instrument, on_delete=models.CASCADE, related_name="wordings")
    title = models.CharField(_("title"), max_length=500)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["instrument", "language"], name="one_title_a_language"),
        ]

    def __str__(self) -> str:
        return self.title


class ProvisionShape(models.Model):
    """What a provision is, in a draft and in an edition alike; `parent_key` is "" at the top."""

    key = models.CharField(max_length=100)
    parent_key = models.CharField(max_length=100, blank=True)
    position = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=20)
    number = models.CharField(max_length=20, blank=True)

    class Meta:
        abstract = True


class Provision(ProvisionShape):
    """A provision of the working draft. `position` is sparse; `removed` is a tombstone."""

    instrument = models.ForeignKey(Instrument, on_delete=models.CASCADE, related_name="provisions")
    removed = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("provision")
        verbose_name_plural = _("provisions")
        constraints = [
            models.UniqueConstraint(fields=["instrument", "key"], name="one_provision_for_a_key"),
        ]

    def __str__(self) -> str:
        return self.key


class ProvisionText(models.Model):
    """The words of a provision of the draft, in one language.

    `reviewed_at` is when they were last written, or found to still say the same as the other
    languages: languages of one provision that differ in it have not been brought together.
    """

    provision = models.ForeignKey(Provision, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(max_length=8)
    heading = models.TextField(blank=True)
    text = models.TextField(blank=True)
    reviewed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provision", "language"], name="one_text_a_language"),
        ]

    def __str__(self) -> str:
        return f"{self.provision_id} {self.language}"


reversion.register(Provision, follow=("texts",))
reversion.register(ProvisionText)
reversion.register(InstrumentTitle)


class OperativeRuleFields(models.Model):
    """A typed value bound to a provision; `resolutions.rules.operative` reads it."""

    name = models.CharField(_("rule"), max_length=50)
    value = models.JSONField(_("value"))
    provision_key = models.CharField(_("provision"), max_length=100)

    class Meta:
        abstract = True


class DraftRule(OperativeRuleFields):
    """An operative rule that the draft would bring into force."""

    instrument = models.ForeignKey(Instrument, on_delete=models.CASCADE, related_name="draft_rules")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["instrument", "name"], name="one_draft_rule_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Edition(Sealed):
    """An adopted edition: it never changes. Its end follows from the next edition's beginning.

    `corrects` is the edition of which this one is the corrigendum.
    """

    instrument = models.ForeignKey(Instrument, on_delete=models.PROTECT, related_name="editions")
    number = models.PositiveIntegerField(_("edition"))
    adopted_at = models.DateTimeField(_("adopted at"))
    adopted_on = models.DateField(_("adopted on"))
    in_force_from = models.DateField(_("in force from"))
    decision = models.ForeignKey(
        "resolutions.Vote",
        on_delete=models.PROTECT,
        null=True,
        related_name="editions",
        verbose_name=_("decision"),
    )
    basis = models.CharField(_("basis, where no vote of this system"), max_length=300, blank=True)
    predecessor = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="successors"
    )
    corrects = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="corrigenda"
    )
    sha256 = models.CharField(_("SHA-256 over all languages"), max_length=64)

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        constraints = [
            models.UniqueConstraint(fields=["instrument", "number"], name="one_number_an_edition"),
        ]

    def __str__(self) -> str:
        return f"{self.instrument_id}/{self.number}"


class EditionLanguage(Sealed):
    """An edition in one language: its title and its SHA-256."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="languages")
    language = models.CharField(max_length=8)
    title = models.CharField(max_length=500)
    authentic = models.BooleanField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["edition", "language"], name="one_hash_a_language"),
        ]

    def __str__(self) -> str:
        return f"{self.edition_id} {self.language}"


class EditionProvision(Sealed, ProvisionShape):
    """A provision as adopted; `position` counts from 0 in reading order."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="provisions")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["edition", "key"], name="one_adopted_key"),
            models.UniqueConstraint(fields=["edition", "position"], name="one_adopted_position"),
        ]

    def __str__(self) -> str:
        return self.key


class EditionText(Sealed):
    """The words of an adopted provision, in one language."""

    provision = models.ForeignKey(EditionProvision, on_delete=models.PROTECT, related_name="texts")
    language = models.CharField(max_length=8)
    heading = models.TextField(blank=True)
    text = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provision", "language"], name="one_adopted_text_a_language"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provision_id} {self.language}"


class EditionRule(Sealed, OperativeRuleFields):
    """An operative rule as adopted with an edition."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="rules")

    class Meta:
        verbose_name = _("operative rule")
        verbose_name_plural = _("operative rules")
        constraints = [
            models.UniqueConstraint(fields=["edition", "name"], name="one_adopted_rule_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Publication(Sealed):
    """That, and when, an adopted edition was made public."""

    edition = models.OneToOneField(Edition, on_delete=models.PROTECT, related_name="publication")
    published_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.edition_id} {self.published_at}"


class FileFormat(models.TextChoices):
    PDF = "pdf", "PDF"
    DOCX = "docx", "DOCX"
    AKN = "akn", "Akoma Ntoso"
    TXT = "txt", _("plain text")
    JSON = "json", "JSON"


class EditionFile(Sealed):
    """The bytes of an edition in one format, made once, hashed, and given out for ever.

    `language` is a language code or "both". Another version of the tool that made it would
    make other bytes: that is why they are kept. `made_with` names the tool and its version.
    """

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="files")
    format = models.CharField(max_length=10, choices=FileFormat.choices)
    language = models.CharField(max_length=8)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64, db_index=True)
    made_with = models.CharField(max_length=100)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "format", "language"], name="one_file_a_format_and_language"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition_id} {self.format} {self.language}"
