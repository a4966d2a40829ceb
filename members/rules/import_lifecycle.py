"""The life of an import: a file waits, is read into a preview, is written whole or not at all.

Pure. An import that was written or thrown away never changes again.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from secretariat.kernel.transitions import Transition, TransitionTable


class ImportState(StrEnum):
    """The values are those of `members.models.MemberImport`."""

    WAITING = "waiting"
    READY = "ready"
    UNREADABLE = "unreadable"
    APPLIED = "applied"
    DISCARDED = "discarded"


class ImportAction(StrEnum):
    READ = "read"
    GIVE_UP = "give_up"
    APPLY = "apply"
    DISCARD = "discard"


@dataclass(frozen=True, slots=True)
class Preview:
    """What the preview found."""

    refused: int
    to_write: int


def nothing_refused(facts: Any) -> str | None:
    """Written only as a whole: no row may be refused, and one at least says something new."""
    preview: Preview = facts
    if preview.refused:
        return "rows_refused"
    return None if preview.to_write else "nothing_to_write"


IMPORT_LIFECYCLE: Final = TransitionTable(
    "import",
    {
        (ImportState.WAITING, ImportAction.READ): Transition(ImportState.READY),
        (ImportState.WAITING, ImportAction.GIVE_UP): Transition(ImportState.UNREADABLE),
        (ImportState.WAITING, ImportAction.DISCARD): Transition(ImportState.DISCARDED),
        (ImportState.READY, ImportAction.APPLY): Transition(ImportState.APPLIED, nothing_refused),
        (ImportState.READY, ImportAction.DISCARD): Transition(ImportState.DISCARDED),
        (ImportState.UNREADABLE, ImportAction.DISCARD): Transition(ImportState.DISCARDED),
    },
)
