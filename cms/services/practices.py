"""Writing, publishing and taking down practices of the library.

A draft is a Wagtail revision; the row itself is what is public. Which act is possible when is
`cms.rules.practice_lifecycle`; the review's own acts are in `cms.services.practice_review`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail.models import Locale, Revision, WorkflowState

from cms.models import Practice, PracticeBuffer, PracticeFile, PracticeNote
from cms.models.practice_review import NoteKind
from cms.models.practices import translation_key_of
from cms.policies import practice_policy
from cms.rules.practice_lifecycle import (
    PRACTICE_LIFECYCLE,
    Facts,
    PracticeAction,
    Stage,
)
from cms.selectors.practice_stages import stage as stage_now
from cms.services.practice_words import (
    EARLIEST_YEAR,
    LATEST_YEAR,
    LONGEST_TITLE,
    PracticeWords,
    digest_of,
    in_words,
    missing_in,
    words_of,
)
from members.models import City
from members.models.files import FilePurpose
from members.policies import CityAction
from members.services.files import store_file
from members.services.mandates import still_holds
from secretariat.kernel.audit import Record, act, sha256
from secretariat.kernel.errors import Conflict, InvalidInput, WrongState
from secretariat.kernel.outbox import announce
from secretariat.kernel.policy import Authority
from secretariat.kernel.transitions import TransitionRefused

__all__ = [
    "EARLIEST_YEAR",
    "LATEST_YEAR",
    "LONGEST_TITLE",
    "NewFile",
    "PracticeWords",
    "publish_practice",
    "restore_practice",
    "save_practice",
    "take_down_practice",
]

LISTED = {
    FilePurpose.PRACTICE_IMAGE: "images",
    FilePurpose.PRACTICE_ATTACHMENT: "attachments",
}
"""In which list of rows a file of a purpose stands."""


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file that comes with a draft; `text` says what an image shows, or what a file is."""

    purpose: str
    upload: UploadedFile[Any]
    text: str = ""


def save_practice(
    *,
    practice: Practice | None,
    city: City | None,
    language: str,
    words: PracticeWords,
    external_id: str = "",
    files: Sequence[NewFile] = (),
    based_on: int | None = None,
    actor: Any,
    now: datetime,
) -> Practice:
    """Keep a draft of a new practice (`practice` None) or of a further state of one.

    Nothing becomes public by it. `external_id` joins a new row to its translations; without
    one it is made from the city and the title. `based_on` is the key of the revision that the
    writer saw (0: none). Raises NotAllowed, InvalidInput (unusable words), WrongState (locked,
    or in review), Conflict (this language exists; somebody saved in the meantime).
    """
    authority = practice_policy.require_write(actor, practice.city if practice else city, now)
    fields = words.as_fields()
    with act(authority, now) as record:
        still_may_write(
            authority=authority, city=practice.city if practice else city, actor=actor, now=now
        )
        if practice is None:
            saved = _add(city=city, language=language, fields=fields, external_id=external_id)
        else:
            row = lock_practice(practice, actor)
            require_stage(PracticeAction.SAVE, row, authority)
            _refuse_overwriting(row, based_on)
            saved = newest(row)
            for name, value in fields.items():
                setattr(saved, name, value)
        digests = _take_files(saved, files, actor, now)
        _refuse_foreign_files(saved)
        saved.save_revision(user=user_of(actor), log_action=True)
        date_revision(saved, now)
        PracticeBuffer.objects.filter(practice=saved.pk, person=user_of(actor)).delete()
        record_practice(record, saved, "practice.drafted", files=digests)
    return saved


def publish_practice(*, practice: Practice, actor: Any, now: datetime) -> Practice:
    """Make the latest draft public and end its review. Raises NotAllowed, WrongState (locked)."""
    authority = practice_policy.require_publish(actor, now)
    with act(authority, now) as record:
        row = lock_practice(practice, actor)
        require_stage(PracticeAction.PUBLISH, row, authority)
        _approve(row, user_of(actor))
        draft = newest(row)
        if draft.get_latest_revision() is None:
            draft.save_revision(user=user_of(actor))
            date_revision(draft, now)
        revision = draft.get_latest_revision()
        revision.publish(user=user_of(actor), skip_permission_checks=True)
        Practice.objects.filter(pk=row.pk).update(
            last_published_at=now, first_published_at=row.first_published_at or now
        )
        row.refresh_from_db()
        add_note(row, NoteKind.PUBLISHED, authority, actor, now)
        PracticeNote.objects.filter(practice=row, kind=NoteKind.COMMENT, settled_at=None).update(
            settled_at=now
        )
        record_practice(record, row, "practice.published")
        announce("practice.reviewed", practice=row.pk, outcome="published")
    return row


def take_down_practice(*, practice: Practice, actor: Any, now: datetime) -> Practice:
    """Take a practice off the public site; its drafts stay. Raises NotAllowed, WrongState."""
    authority = practice_policy.require_publish(actor, now)
    with act(authority, now) as record:
        row = lock_practice(practice, actor)
        require_stage(PracticeAction.TAKE_DOWN, row, authority)
        row.unpublish(user=user_of(actor))
        row.refresh_from_db()
        add_note(row, NoteKind.TAKEN_DOWN, authority, actor, now)
        record_practice(record, row, "practice.taken_down")
        announce("practice.reviewed", practice=row.pk, outcome="taken_down")
    return row


def restore_practice(
    *, practice: Practice, revision: Revision, actor: Any, now: datetime
) -> Practice:
    """Make an earlier state the newest draft; nothing between them is lost.

    The old words go through the same door as new ones, so they are checked and sealed again.
    """
    if str(revision.object_id) != str(practice.pk):
        raise InvalidInput(_("This version is of another practice."), where="revision")
    return save_practice(
        practice=practice,
        city=practice.city,
        language=practice.language,
        words=words_of(revision.as_object()),
        actor=actor,
        now=now,
    )


# ── the acts' common parts ──────────────────────────────────────────────────────────────────


def still_may_write(*, authority: Authority, city: City | None, actor: Any, now: datetime) -> None:
    """A city's right to write, asked again within the transaction and held until the commit."""
    if city is not None and authority.city:
        still_holds(actor=actor, action=CityAction.EDIT_PRACTICES, city=city, now=now)


def lock_practice(practice: Practice, actor: Any) -> Practice:
    """The row, locked until the act ends; refused where the librarian locked it for others."""
    row = Practice.objects.select_for_update().get(pk=practice.pk)
    if row.locked and (user_of(actor) is None or row.locked_by_id != actor.pk):
        raise WrongState(
            _("The librarian has locked this practice. Ask the office."), where=row.external_id
        )
    return row


def newest(row: Practice) -> Practice:
    """The latest draft of a locked row."""
    latest = row.get_latest_revision()
    return row if latest is None else latest.as_object()


def date_revision(saved: Practice, now: datetime) -> None:
    """Wagtail dates a revision by its own clock; a draft was saved when the act took place."""
    Revision.objects.filter(pk=saved.latest_revision_id).update(created_at=now)
    if saved.latest_revision is not None:
        saved.latest_revision.created_at = now


def require_stage(action: PracticeAction, row: Practice, authority: Authority) -> Stage:
    """The stage of a locked row, in which `action` must be possible; else WrongState.

    What is in review the librarian may correct; the city takes it back first.
    """
    here = stage_now(practice=row)
    if here == Stage.IN_REVIEW and action == PracticeAction.SAVE and not authority.city:
        return here
    missing = missing_in(newest(row)) if action == PracticeAction.SUBMIT else ()
    try:
        PRACTICE_LIFECYCLE.step(here, action, Facts(live=row.live, missing=missing))
    except TransitionRefused as refusal:
        raise WrongState(
            _why(refusal, missing), code=refusal.code, where=row.external_id
        ) from refusal
    return here


def _why(refusal: TransitionRefused, missing: Sequence[str]) -> Any:
    if refusal.code == "something_missing":
        return _("Before it can be reviewed, fill in: %(fields)s.") % {"fields": in_words(missing)}
    if refusal.code == "not_public":
        return _("This practice is not public.")
    if refusal.state == Stage.IN_REVIEW:
        return _("The librarian is reviewing this practice. Take it back first to change it.")
    if refusal.state == Stage.PUBLISHED:
        return _("Everything in this practice is published. Change something first.")
    return _("This practice is not in review.")


def user_of(actor: Any) -> Any:
    """The person for Wagtail's own log; the platform itself is nobody there."""
    return actor if getattr(actor, "pk", None) else None


def add_note(
    row: Practice,
    kind: str,
    authority: Authority,
    actor: Any,
    now: datetime,
    **more: Any,
) -> PracticeNote:
    """A line of the exchange between the city and the librarian."""
    return PracticeNote.objects.create(
        practice=row,
        kind=kind,
        by_office=not authority.city,
        author=user_of(actor),
        written_at=now,
        **more,
    )


def record_practice(record: Record, practice: Practice, action: str, **more: Any) -> None:
    """Seal an act on a practice in its city's chain: which, in what language, what it says."""
    record(
        practice.city.chain if practice.city else "office",
        action,
        {
            "practice": practice.external_id,
            "language": practice.language,
            "sha256": digest_of(practice),
            **{name: value for name, value in more.items() if value},
        },
    )


def _refuse_overwriting(row: Practice, based_on: int | None) -> None:
    if based_on is not None and based_on != (row.latest_revision_id or 0):
        raise Conflict(
            _(
                "Somebody else saved this practice in the meantime. Your words are still here: "
                "look at the history, then save again to keep yours."
            ),
            code="saved_meanwhile",
            where=row.external_id,
        )


def _take_files(saved: Practice, files: Sequence[NewFile], actor: Any, now: datetime) -> list[str]:
    """Store what was uploaded and list it in the draft; the files' digests."""
    digests = []
    for each in files:
        column = LISTED[FilePurpose(each.purpose)]
        stored = store_file(
            upload=each.upload,
            purpose=each.purpose,
            city=saved.city,
            actor=actor,
            now=now,
            where=column,
        )
        PracticeFile.objects.create(file=stored, external_id=saved.external_id)
        unnamed = "" if column == "images" else stored.name
        row = {"file": str(stored.uuid), "text": each.text.strip() or unnamed}
        setattr(saved, column, [*getattr(saved, column), row])
        digests.append(stored.sha256)
    return digests


def _refuse_foreign_files(saved: Practice) -> None:
    """A draft names files of its own practice only."""
    for column, purpose in (("images", "practice_image"), ("attachments", "practice_attachment")):
        named = {row["file"] for row in getattr(saved, column)}
        own = PracticeFile.objects.filter(
            external_id=saved.external_id, file__purpose=purpose, file__uuid__in=named
        ).values_list("file__uuid", flat=True)
        if named - {str(key) for key in own}:
            raise InvalidInput(_("This file belongs to another practice."), where=column)


def _approve(row: Practice, user: Any) -> None:
    """End a review that is under way as approved, before Wagtail would cancel it."""
    state = row.current_workflow_state
    if state is not None and state.status == WorkflowState.STATUS_IN_PROGRESS:
        state.current_task_state.approve(user=user, update=False)
        state.status = WorkflowState.STATUS_APPROVED
        state.save()


def address_name(external_id: str, *, taken: bool = False) -> str:
    """The address name of a practice, the same in every language.

    `taken`: another practice has the plain one; a piece of the identifier's hash follows.
    """
    plain = slugify(external_id, allow_unicode=True)[:100]
    if plain and not taken:
        return plain
    return f"{plain}-{sha256(external_id)[:8]}".lstrip("-")


def identify(*, city: City | None, title: str) -> tuple[str, str]:
    """Identifier and address name for a practice that is new in every language."""
    owner = city.slug if city else "network"
    plain = f"{owner}-{slugify(title, allow_unicode=True)}"[:90]
    identifier, further = plain, 2
    while Practice.objects.filter(external_id=identifier).exists():
        identifier, further = f"{plain}-{further}", further + 1
    slug = address_name(identifier)
    taken = Practice.objects.filter(slug=slug).exists()
    return identifier, address_name(identifier, taken=taken)


def _add(*, city: City | None, language: str, fields: dict[str, Any], external_id: str) -> Practice:
    if external_id:
        identifier, slug = external_id, address_name(external_id)
        sibling = Practice.objects.filter(external_id=identifier).first()
        if sibling is not None and sibling.city != city:
            raise Conflict(_("Another city has a practice of this name."), where=identifier)
        if sibling is not None:
            slug = sibling.slug
        elif Practice.objects.filter(slug=slug).exists():
            slug = address_name(identifier, taken=True)
    else:
        identifier, slug = identify(city=city, title=fields["title"])
    row = Practice(
        external_id=identifier,
        slug=slug,
        locale=Locale.objects.get(language_code=language),
        translation_key=translation_key_of(identifier),
        city=city,
        live=False,
        **fields,
    )
    if not row.country and city is not None:
        row.country = city.country
    try:
        row.save()
    except IntegrityError as problem:
        raise Conflict(
            _("This practice exists in this language. Open it and change it there."),
            where=identifier,
        ) from problem
    return row
