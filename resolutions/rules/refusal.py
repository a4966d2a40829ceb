"""What a rule says when it is given something it cannot judge.

Pure. Services turn a `RuleRefused` into the refusal that the clerk reads: the code and
the message pass through unchanged.
"""

from __future__ import annotations

from secretariat.kernel.bilingual import Bilingual


class RuleRefused(ValueError):
    """`code` is stable and for programs, `message` for people, `where` names the field."""

    def __init__(self, code: str, message: Bilingual, *, where: str = "") -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.where = where
