"""What app codes and recovery codes are computed from is sealed in the database.

A copy of the database, or a backup, makes nobody a code: the key follows from `SECRET_KEY`,
which is not in it (HKDF of RFC 5869; Fernet seals). `SECRET_KEY_FALLBACKS` open what was sealed
before the key was changed, until `reseal` has sealed everything anew. A secret that no key
opens fits no code: its owner is told so, and starts again after a reset
(`secretariat.workspace.resets`).
"""

from __future__ import annotations

import logging
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import transaction

from secretariat.kernel.models import User

PURPOSE: Final = b"secretariat: authenticator secrets, 1"
FIELDS: Final = {Authenticator.Type.TOTP: "secret", Authenticator.Type.RECOVERY_CODES: "seed"}
"""Type of authenticator → the field of its data that is sealed."""

logger = logging.getLogger(__name__)


class SecretLost(Exception):
    """No key of this installation opens the secret."""


def seal(text: str) -> str:
    """`text` as it is stored: another one each time, opened by `unseal` alone."""
    return _keys()[0].encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """What was sealed, with the key now or an earlier one; `SecretLost` where none opens it."""
    try:
        return MultiFernet(_keys()).decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise SecretLost from None


def has_lost_secret(person: User) -> bool:
    """Whether a code of this person can no longer be checked."""
    rows = Authenticator.objects.filter(user=person, type__in=FIELDS)
    return any(_is_lost(row) for row in rows)


@dataclass(frozen=True, slots=True)
class Resealed:
    """How many secrets were sealed anew, were under the key already, and open with no key."""

    resealed: int
    current: int
    lost: int


def reseal() -> Resealed:
    """Seal with the key now whatever an earlier one sealed; the earlier one may go then."""
    counts = {"resealed": 0, "current": 0, "lost": 0}
    keys = Authenticator.objects.filter(type__in=FIELDS).order_by("pk")
    for key in list(keys.values_list("pk", flat=True)):
        with transaction.atomic():
            row = Authenticator.objects.select_for_update().filter(pk=key).first()
            if row is not None:
                counts[_reseal(row)] += 1
    return Resealed(**counts)


def connect() -> None:
    """Let allauth check codes with the classes below: with a lost secret no code is right."""
    from allauth.mfa.recovery_codes.internal import auth as recovery_codes
    from allauth.mfa.totp.internal import auth as totp

    totp.TOTP = _App
    recovery_codes.RecoveryCodes = _Codes


class _App(TOTP):
    def validate_code(self, code: str) -> bool:
        try:
            return super().validate_code(code)
        except SecretLost:
            _tell(self.instance)
            return False


class _Codes(RecoveryCodes):
    def generate_codes(self) -> list[str]:
        try:
            return super().generate_codes()
        except SecretLost:
            _tell(self.instance)
            return []


def _tell(row: Authenticator) -> None:
    logger.error("No key opens the secret of authenticator %s (%s).", row.pk, row.type)


def _reseal(row: Authenticator) -> str:
    field = FIELDS[Authenticator.Type(row.type)]
    sealed = row.data.get(field, "")
    try:
        _keys()[0].decrypt(sealed.encode())
    except InvalidToken:
        pass
    else:
        return "current"
    try:
        row.data[field] = seal(unseal(sealed))
    except SecretLost:
        _tell(row)
        return "lost"
    row.save(update_fields=["data"])
    return "resealed"


def _is_lost(row: Authenticator) -> bool:
    try:
        unseal(row.data.get(FIELDS[Authenticator.Type(row.type)], ""))
    except SecretLost:
        return True
    return False


def _keys() -> list[Fernet]:
    """The key now, then the earlier ones."""
    return [_key(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


@lru_cache(maxsize=8)
def _key(secret: str) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE)
    return Fernet(urlsafe_b64encode(derived.derive(secret.encode())))
