"""The review of a practice: submitting, taking back, returning, and the comments on the way.

Wagtail's workflow carries the state, so that the librarian's screens show it; the city's
people drive it from the desk. The people who asked are not told to Wagtail (`requested_by` is
left empty): its letters lead into the admin, which no city role may open. Ours are sent by
the listener of `practice.submitted` and `practice.reviewed`.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Final

from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _
from wagtail.models import Workflow, WorkflowContentType, WorkflowState, WorkflowTask

from cms.models import LibrarianReview, Practice, PracticeBuffer, PracticeNote
from cms.models.practice_review import NoteKind
from cms.policies import practice_policy
from cms.rules.practice_lifecycle import PracticeAction
from cms.services.practice_words import CONTENT
from cms.services.practices import (
    add_note,
    date_revision,
    lock_practice,
    newest,
    record_practice,
    require_stage,
    still_may_write,
    user_of,
)
from secretariat.kernel.audit import act, sha256
from secretariat.kernel.errors import InvalidInput, WrongState
from secretariat.kernel.models import Network
from secretariat.kernel.outbox import announce

LARGEST_BUFFER: Final = 1_000_000
LONGEST_NOTE: Final = 5_000


def review_workflow() -> Workflow:
    """The one workflow of practices, made when first needed, named in the network's language."""
    kind = ContentType.objects.get_for_model(Practice)
    bound = WorkflowContentType.objects.filter(content_type=kind, workflow__active=True).first()
    if bound is not None:
        return bound.workflow
    network = Network.objects.first()
    languages = network.official_languages if network else []
    with override(str(languages[0]) if languages else "ko"):
        name = gettext("Review by the librarian")
    task = LibrarianReview.objects.filter(active=True).first()
    if task is None:
        task = LibrarianReview.objects.create(name=name)
    workflow = Workflow.objects.create(name=name)
    WorkflowTask.objects.create(workflow=workflow, task=task.task_ptr, sort_order=0)
    WorkflowContentType.objects.update_or_create(content_type=kind, defaults={"workflow": workflow})
    return workflow


def submit_practice(*, practice: Practice, text: str = "", actor: Any, now: datetime) -> Practice:
    """Ask the librarian to judge the latest draft; `text` is a word to go with it.

    Raises NotAllowed, WrongState (in review already, nothing to publish, something missing).
    """
    authority = practice_policy.require_write(actor, practice.city, now)
    with act(authority, now) as record:
        still_may_write(authority=authority, city=practice.city, actor=actor, now=now)
        row = lock_practice(practice, actor)
        require_stage(PracticeAction.SUBMIT, row, authority)
        draft = newest(row)
        if draft.get_latest_revision() is None:
            draft.save_revision(user=user_of(actor))
            date_revision(draft, now)
        state = row.current_workflow_state
        if state is not None and state.status == WorkflowState.STATUS_NEEDS_CHANGES:
            state.resume(user=user_of(actor))
        else:
            review_workflow().start(draft, None)
        add_note(row, NoteKind.SUBMITTED, authority, actor, now, text=_words(text))
        record_practice(record, draft, "practice.submitted")
        announce("practice.submitted", practice=row.pk)
    return _again(row)


def take_back_practice(*, practice: Practice, actor: Any, now: datetime) -> Practice:
    """Take a practice out of review, to change it. Raises NotAllowed, WrongState."""
    authority = practice_policy.require_write(actor, practice.city, now)
    with act(authority, now) as record:
        still_may_write(authority=authority, city=practice.city, actor=actor, now=now)
        row = lock_practice(practice, actor)
        require_stage(PracticeAction.TAKE_BACK, row, authority)
        row.current_workflow_state.cancel(user=user_of(actor))
        add_note(row, NoteKind.TAKEN_BACK, authority, actor, now)
        record_practice(record, newest(row), "practice.taken_back")
    return _again(row)


def return_practice(*, practice: Practice, text: str = "", actor: Any, now: datetime) -> Practice:
    """Return a practice to its city with a comment, or with those already written.

    Raises NotAllowed, WrongState (not in review), InvalidInput (nothing says what to change).
    """
    authority = practice_policy.require_publish(actor, now)
    words = _words(text)
    with act(authority, now) as record:
        row = lock_practice(practice, actor)
        require_stage(PracticeAction.RETURN, row, authority)
        waiting = PracticeNote.objects.filter(
            practice=row, kind=NoteKind.COMMENT, by_office=True, settled_at=None
        )
        if not words and not waiting.exists():
            raise InvalidInput(_("Say what the city should change."), where="comment")
        row.current_workflow_state.current_task_state.reject(user=user_of(actor), comment=words)
        if words:
            add_note(row, NoteKind.COMMENT, authority, actor, now, text=words)
        add_note(row, NoteKind.RETURNED, authority, actor, now)
        record_practice(record, newest(row), "practice.returned", comment=_seal(words))
        announce("practice.reviewed", practice=row.pk, outcome="returned")
    return _again(row)


def comment_practice(
    *,
    practice: Practice,
    text: str,
    field: str = "",
    answers: PracticeNote | None = None,
    actor: Any,
    now: datetime,
) -> PracticeNote:
    """Write a comment on the practice or one of its fields, or answer one.

    The city and the librarian write in every stage. Raises NotAllowed, InvalidInput.
    """
    authority = practice_policy.require_write(actor, practice.city, now)
    words = _words(text)
    if not words:
        raise InvalidInput(_("Write the comment first."), where="text")
    if field and field not in CONTENT:
        raise InvalidInput(_("There is no such field."), where="field")
    if answers is not None and answers.practice_id != practice.pk:
        raise InvalidInput(_("This comment is on another practice."), where="answers")
    with act(authority, now) as record:
        still_may_write(authority=authority, city=practice.city, actor=actor, now=now)
        row = Practice.objects.select_for_update().get(pk=practice.pk)
        note = add_note(
            row,
            NoteKind.ANSWER if answers else NoteKind.COMMENT,
            authority,
            actor,
            now,
            text=words,
            field=answers.field if answers else field,
            answers=answers,
        )
        record_practice(
            record, newest(row), "practice.commented", comment=_seal(words), about=note.field
        )
    return note


def settle_comment(*, note: PracticeNote, actor: Any, now: datetime) -> PracticeNote:
    """The librarian is content with what was done. Raises NotAllowed, WrongState."""
    authority = practice_policy.require_publish(actor, now)
    with act(authority, now) as record:
        note = PracticeNote.objects.select_for_update().get(pk=note.pk)
        if note.kind != NoteKind.COMMENT or note.settled_at is not None:
            raise WrongState(_("This comment is settled already."), where="note")
        note.settled_at = now
        note.save(update_fields=["settled_at"])
        record_practice(
            record, newest(note.practice), "practice.comment_settled", comment=_seal(note.text)
        )
    return note


# ── unsaved words ───────────────────────────────────────────────────────────────────────────


def keep_buffer(
    *, practice: Practice, fields: dict[str, list[str]], actor: Any, now: datetime
) -> PracticeBuffer:
    """Keep what a person has typed and not saved. No act: nothing of it is anybody else's.

    Raises NotAllowed, InvalidInput (too much).
    """
    practice_policy.require_write(actor, practice.city, now)
    if len(json.dumps(fields)) > LARGEST_BUFFER:
        raise InvalidInput(_("This is too much to keep unsaved. Save the draft."), where="fields")
    buffer, _created = PracticeBuffer.objects.update_or_create(
        practice=practice, person=actor, defaults={"fields": fields, "kept_at": now}
    )
    return buffer


def drop_buffer(*, practice: Practice, actor: Any, now: datetime) -> None:
    """Throw away what was typed and not saved."""
    practice_policy.require_write(actor, practice.city, now)
    PracticeBuffer.objects.filter(practice=practice, person=actor).delete()


def buffer_of(*, practice: Practice, actor: Any) -> PracticeBuffer | None:
    """What the person typed and did not save."""
    return PracticeBuffer.objects.filter(practice=practice, person=actor).first()


def _again(row: Practice) -> Practice:
    return Practice.objects.select_related("locale", "city").get(pk=row.pk)


def _words(text: str) -> str:
    words = text.replace("\r\n", "\n").strip()
    if len(words) > LONGEST_NOTE:
        raise InvalidInput(_("Shorten the comment to 5,000 characters."), where="comment")
    return words


def _seal(words: str) -> str:
    """A comment as the chain names it."""
    return sha256(words) if words else ""
