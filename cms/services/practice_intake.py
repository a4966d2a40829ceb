"""Taking in a questionnaire that was filled in offline, as a draft of its city."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from cms.models import Practice
from cms.models.practice_review import NoteKind
from cms.policies import practice_policy
from cms.questionnaire import Leftover, leftover_text, read_questionnaire
from cms.services.practices import add_note, record_practice, save_practice
from members.models import City
from secretariat.kernel.audit import act


def take_in_questionnaire(
    *, city: City, content: bytes, name: str, actor: Any, now: datetime
) -> tuple[Practice, list[Leftover]]:
    """A new draft from a questionnaire, and what of it fitted no question.

    The leftovers stay with the draft as a note, so that nothing that was written is lost.
    Raises NotAllowed, InvalidInput (no questionnaire).
    """
    authority = practice_policy.require_write(actor, city, now)
    filled = read_questionnaire(content=content, name=name)
    with act(authority, now) as record:
        practice = save_practice(
            practice=None,
            city=city,
            language=filled.language,
            words=filled.words,
            actor=actor,
            now=now,
        )
        text = leftover_text(filled.leftovers)
        add_note(practice, NoteKind.UPLOADED, authority, actor, now, text=text)
        record_practice(
            record,
            practice,
            "practice.taken_in",
            file=hashlib.sha256(content).hexdigest(),
        )
    return practice, filled.leftovers
