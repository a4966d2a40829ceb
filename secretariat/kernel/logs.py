"""What the log keeps to itself: the secret words of links that were sent by e-mail."""

from __future__ import annotations

import logging
import re
from typing import Final

LINKS: Final = re.compile(
    r"(/[a-z]{2}/(?:"
    r"invitations/|letters/|ready/email/|cities/apply/[0-9a-f-]+/"
    r"|accounts/link/[0-9a-f-]+/|accounts/confirm-email/|accounts/password/reset/key/"
    r"))[^/?#\s]+"
)
"""Addresses that let in whoever knows them; the secretariat/deployment/Caddyfile has the same."""


class WithoutSecretWords(logging.Filter):
    """Django writes the address of whatever it refuses: a log is read by more than the invited."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        if (kept := LINKS.sub(r"\1…", said)) != said:
            record.msg, record.args = kept, ()
        return True
