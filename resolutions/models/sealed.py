"""Rows of the legal record: written once, never changed, never removed."""

from __future__ import annotations

from typing import Any

from django.db import models


class SealedError(Exception):
    """Something tried to change the legal record. A correction is a further recorded act."""


class Sealed(models.Model):
    """Base of rows that the ORM adds and then leaves alone; `verify_audit` finds other hands."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise SealedError(f"{self._meta.label} {self.pk} is part of the legal record")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise SealedError(f"{self._meta.label} {self.pk} is part of the legal record")
