"""Seal authenticator secrets with the secret key now; run it after the key was changed."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from secretariat.kernel.replies import ReplyingCommand
from secretariat.workspace.sealed_secrets import reseal


class Command(ReplyingCommand):
    help = "Seal the secrets of authenticator apps and recovery codes with SECRET_KEY, anew."

    def answer(self, **options: Any) -> dict[str, Any]:
        """`{"resealed", "current", "lost"}`: how many secrets were each."""
        return asdict(reseal())

    def describe(self, document: dict[str, Any]) -> None:
        self.stdout.write(
            "{resealed} sealed anew, {current} were already, {lost} lost".format(**document)
        )
