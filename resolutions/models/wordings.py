"""Child rows that say a thing in one language, and how their owner reads them."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from secretariat.kernel.bilingual import Bilingual
from secretariat.kernel.models import LANGUAGES


class Wording(models.Model):
    """Base of `(owner, language, texts)` rows; the owner's related name is `wordings`."""

    language = models.CharField(_("language"), max_length=8, choices=LANGUAGES)

    class Meta:
        abstract = True


def wording(owner: Any, field: str) -> Bilingual:
    """One field of the owner's wordings, by language; prefetch `wordings`."""
    return Bilingual({row.language: getattr(row, field) for row in owner.wordings.all()})
