"""What can go wrong in the domain, as one tree.

    DomainError
    └── Refused           the act was not done; nothing was written
        ├── NotAllowed    this person may not do this to this thing
        ├── WrongState    the thing is not in a state that allows the act
        ├── Conflict      somebody else did something in the meantime, or it exists already
        ├── InvalidInput  what was given is not usable
        └── Missing       a thing that the act needs does not exist

A message says what happened and the next step, in the reader's language; `code` is
stable and for programs; `where` names the line, field or thing concerned.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from secretariat.kernel.bilingual import Bilingual


class DomainError(Exception):
    """`message` is a (lazy) translated string or a `Bilingual`."""

    default_code = "error"

    def __init__(self, message: Any, *, code: str = "", where: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.where = where

    def __str__(self) -> str:
        if isinstance(self.message, Bilingual):
            from django.utils.translation import get_language

            return self.message.in_language(get_language() or "en")
        return str(self.message)

    def as_json(self) -> Mapping[str, str]:
        """`{"code", "message", "where"}`, as the commands print it."""
        return {"code": self.code, "message": str(self), "where": self.where}


class Refused(DomainError):
    default_code = "refused"


class NotAllowed(Refused):
    default_code = "not_allowed"


class WrongState(Refused):
    default_code = "wrong_state"


class Conflict(Refused):
    default_code = "conflict"


class InvalidInput(Refused):
    default_code = "invalid_input"


class Missing(Refused):
    default_code = "missing"
