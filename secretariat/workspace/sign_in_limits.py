"""How often somebody may guess a password or a code, without shutting its owner out.

Failures are counted three ways, in the cache that all processes share:

- for one address (or account) from one network address: few, and then a pause;
- for one network address, whomever it tries: more;
- for one address from all strange devices together: slowly. This alone stops guessing that is
  spread over many machines.

Each of them can be used up by somebody else: by anybody, or by whoever sits behind the same
network address, as everybody at an assembly does. So a device on which the person has signed in
before is counted by itself; nobody else has its mark. A passkey is not guessed at all, and a new
password by e-mail makes the device known.

Only failures count. What was refused by an earlier limit does not count for a later one, so
that a hundred tries from one machine cost an address no more than the first few.
"""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from allauth.core.internal import ratelimit
from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest
from django.utils.connection import ConnectionProxy

from secretariat.workspace.devices import is_known_device

SHARED = "shared"


class Attempt:
    """One guess: counted when made, taken back when it was right."""

    def __init__(self, request: HttpRequest, action: str, subject: str) -> None:
        self._request = request
        self._action = action
        self._subject = subject.strip().casefold()
        self._used: list[ratelimit.RateLimitUsage] = []

    def is_allowed(self) -> bool:
        """Count the guess; False where it may not be made now."""
        if is_known_device(self._request, self._subject):
            return self._count("pair", f"known device|{self._subject}")
        here = get_adapter().get_client_ip(self._request)
        kept = [
            ("pair", f"{here}|{self._subject}"),
            ("machine", None),
            ("address", self._subject),
        ]
        return all(self._count(limit, key) for limit, key in kept)

    def was_right(self) -> None:
        """Take the guess back: signing in is not a failure."""
        for usage in self._used:
            usage.rollback()
        self._used.clear()

    def _count(self, limit: str, key: str | None) -> bool:
        action = f"{self._action}.{limit}"
        usage = ratelimit.consume(
            self._request,
            app="workspace",
            action=action,
            config={action: settings.SIGN_IN_LIMITS.get(limit, "")},
            key=key,
        )
        if usage is not None:
            self._used.append(usage)
        return usage is not None


def connect() -> None:
    """Let allauth count in the shared cache: the default one is each process's own.

    What it keeps there are the counts of tries, the codes that were used and the tokens of
    providers that were seen; each must hold for every process.
    """
    from allauth.mfa.totp.internal import auth as totp
    from allauth.socialaccount.internal import jwtkit

    shared = ConnectionProxy(caches, SHARED)
    for module in (ratelimit, totp, jwtkit):
        module.cache = shared
