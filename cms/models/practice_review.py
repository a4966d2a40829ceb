"""What stands around a practice while it is written and judged: notes, unsaved words, files.

Wagtail's own comments belong to pages, so a practice has notes of its own. The review itself
is Wagtail's workflow with one task, the librarian's.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.models import Task, TaskState

from cms.models.practices import Practice
from members.models import PrivateFile
from members.policies import OfficeAction, office_policy
from secretariat.kernel import clock


class NoteKind(models.TextChoices):
    COMMENT = "comment", _("Comment")
    ANSWER = "answer", _("Answer")
    SUBMITTED = "submitted", _("Submitted for review")
    TAKEN_BACK = "taken_back", _("Taken back")
    RETURNED = "returned", _("Returned")
    PUBLISHED = "published", _("Published")
    TAKEN_DOWN = "taken_down", _("Taken off the site")
    UPLOADED = "uploaded", _("Questionnaire taken in")


class PracticeNote(models.Model):
    """One line of the exchange between a city and the librarian about one language version.

    A note never changes; a comment is settled once, by the librarian. `field` names what it is
    about ("" the whole). What the other side reads is the side that wrote, not a person.
    """

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="notes")
    kind = models.CharField(_("kind"), max_length=20, choices=NoteKind.choices)
    field = models.CharField(_("about"), max_length=40, blank=True)
    text = models.TextField(pgettext_lazy("body", "text"), blank=True)
    answers = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="answer_rows"
    )
    by_office = models.BooleanField(_("by the office"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    written_at = models.DateTimeField(_("written at"))
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)

    class Meta:
        verbose_name = _("note on a practice")
        verbose_name_plural = _("notes on practices")
        default_permissions: ClassVar[tuple[str, ...]] = ()
        indexes = [models.Index(fields=["practice", "written_at"], name="notes_of_practice")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.text[:60]}"


class PracticeBuffer(models.Model):
    """Words that a person typed into the editor and has not saved. Nobody else ever reads them.

    `fields` is the form as the browser would send it: name → list of values. It is no
    revision, and gone as soon as the person saves or throws it away.
    """

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="buffers")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    fields = models.JSONField(default=dict)
    kept_at = models.DateTimeField()

    class Meta:
        default_permissions: ClassVar[tuple[str, ...]] = ()
        constraints = [
            models.UniqueConstraint(fields=["practice", "person"], name="one_buffer_for_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.practice_id} · {self.person_id}"


class PracticeFile(models.Model):
    """Which practice an uploaded file belongs to, in all its languages.

    The file is public while a public language version names it (`cms.policies`).
    """

    file = models.OneToOneField(PrivateFile, on_delete=models.CASCADE, related_name="practice_file")
    external_id = models.CharField(max_length=100, db_index=True)

    class Meta:
        default_permissions: ClassVar[tuple[str, ...]] = ()

    def __str__(self) -> str:
        return f"{self.external_id}: {self.file_id}"


class LibrarianReview(Task):
    """The one task of the workflow: a librarian publishes, or returns with a comment.

    Wagtail calls `on_action` from its edit screen and from its list of tasks alike; both end in
    our services, which ask the policy, lock, and record.
    """

    class Meta:
        verbose_name = _("review by the librarian")
        verbose_name_plural = _("reviews by the librarian")

    def get_actions(self, obj: Any, user: Any) -> list[tuple[str, str, bool]]:
        if not _reviews(user):
            return []
        return [
            ("reject", gettext("Return with a comment"), True),
            ("approve", gettext("Approve and publish"), False),
        ]

    def user_can_access_editor(self, obj: Any, user: Any) -> bool:
        return _reviews(user)

    def locked_for_user(self, obj: Any, user: Any) -> bool:
        return not _reviews(user)

    def get_task_states_user_can_moderate(self, user: Any, **kwargs: Any) -> QuerySet[Any]:
        if not _reviews(user):
            return TaskState.objects.none()
        return TaskState.objects.filter(status=TaskState.STATUS_IN_PROGRESS, task=self.task_ptr)

    def on_action(self, task_state: Any, user: Any, action_name: str, **kwargs: Any) -> None:
        # The services stand above the models and are looked up when Wagtail acts.
        from cms.services.practice_review import return_practice
        from cms.services.practices import publish_practice

        practice = task_state.workflow_state.content_object
        if action_name == "approve":
            publish_practice(practice=practice, actor=user, now=clock.now())
        elif action_name == "reject":
            return_practice(
                practice=practice, text=kwargs.get("comment", ""), actor=user, now=clock.now()
            )

    @classmethod
    def get_description(cls) -> str:
        return gettext("The librarian publishes the practice or returns it with a comment.")


def _reviews(user: Any) -> bool:
    return office_policy.may(user, OfficeAction.REVIEW_PRACTICES, clock.now())
