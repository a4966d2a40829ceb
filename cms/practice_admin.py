"""The librarian's screens over practices: Wagtail's own, with our services behind the buttons.

Wagtail saves, publishes and reviews without our audit chain. These views keep its screens and
let each press end in one of our services; a refusal is said on the page.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from wagtail.admin import messages
from wagtail.admin.panels import MultiFieldPanel, Panel
from wagtail.admin.views.generic.mixins import RevisionsRevertMixin
from wagtail.snippets.views.snippets import (
    CreateView,
    DeleteView,
    EditView,
    UnpublishView,
    WorkflowActionView,
)

from cms.models import Practice, PracticeNote
from cms.policies import practice_policy
from cms.practice_guide import question
from cms.selectors.practice_stages import threads_of
from cms.services.practice_review import (
    comment_practice,
    settle_comment,
    submit_practice,
    take_back_practice,
)
from cms.services.practices import (
    date_revision,
    publish_practice,
    record_practice,
    take_down_practice,
)
from secretariat.kernel.audit import act
from secretariat.kernel.errors import DomainError

__all__ = [
    "NotesPanel",
    "PracticeActionView",
    "PracticeCreateView",
    "PracticeDeleteView",
    "PracticeEditView",
    "PracticeRevertView",
    "PracticeUnpublishView",
    "ReviewPanel",
]


class ThroughServices:
    """Saving is sealed with the practice; publishing and reviewing are our services."""

    request: Any
    object: Any
    form: Any
    action: str

    def setup(self, *args: Any, **kwargs: Any) -> None:
        super().setup(*args, **kwargs)  # type: ignore[misc]
        # Each of Wagtail's autosaves would be an act in the audit chain.
        self.autosave_enabled = False

    def save_instance(self) -> Any:
        now = self.request.now
        authority = practice_policy.require_publish(self.request.user, now)
        with act(authority, now) as record:
            saved = super().save_instance()  # type: ignore[misc]
            date_revision(saved, now)
            record_practice(record, saved, "practice.drafted")
        self._write_notes(saved)
        return saved

    def _write_notes(self, saved: Practice) -> None:
        now, user, given = self.request.now, self.request.user, self.form.cleaned_data
        for key in given.get("settled") or ():
            note = PracticeNote.objects.filter(practice=saved.pk, pk=key).first()
            if note is not None:
                settle_comment(note=note, actor=user, now=now)
        if text := (given.get("comment") or "").strip():
            comment_practice(
                practice=saved, text=text, field=given.get("comment_on") or "", actor=user, now=now
            )

    def publish_action(self) -> Any:
        publish_practice(practice=self.object, actor=self.request.user, now=self.request.now)

    def submit_action(self) -> Any:
        submit_practice(practice=self.object, actor=self.request.user, now=self.request.now)

    def cancel_workflow_action(self) -> Any:
        take_back_practice(practice=self.object, actor=self.request.user, now=self.request.now)

    def restart_workflow_action(self) -> Any:
        self.cancel_workflow_action()
        self.submit_action()

    def form_valid(self, form: Any) -> HttpResponse:
        """Save and do what the button says; a refusal stands on the page, nothing half done."""
        try:
            with transaction.atomic():
                return super().form_valid(form)  # type: ignore[misc]
        except DomainError as refusal:
            form.add_error(refusal.where if refusal.where in form.fields else None, str(refusal))
            self.produced_error_message = str(refusal)
            return self.form_invalid(form)  # type: ignore[attr-defined]


class PracticeCreateView(ThroughServices, CreateView):  # type: ignore[misc]
    """A practice that the librarian writes."""


class PracticeEditView(ThroughServices, EditView):  # type: ignore[misc]
    """The same object that its city writes on the desk."""


class PracticeRevertView(ThroughServices, RevisionsRevertMixin, EditView):  # type: ignore[misc]
    """An earlier state, saved anew."""

    view_name = "revisions_revert"


class PracticeUnpublishView(UnpublishView):  # type: ignore[misc]
    """Taking a practice off the site."""

    def unpublish(self) -> Any:
        try:
            take_down_practice(practice=self.object, actor=self.request.user, now=self.request.now)
        except DomainError as refusal:
            messages.error(self.request, str(refusal))
            return redirect(self.get_next_url())
        return None


class PracticeActionView(WorkflowActionView):  # type: ignore[misc]
    """Publishing and returning from Wagtail's list of tasks."""

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().post(request, *args, **kwargs)
        except DomainError as refusal:
            messages.error(request, str(refusal))
            return redirect(self.redirect_url)


class PracticeDeleteView(DeleteView):  # type: ignore[misc]
    """Deleting for good, with an entry that says what was deleted."""

    def delete_action(self) -> None:
        now = self.request.now
        authority = practice_policy.require_publish(self.request.user, now)
        with act(authority, now) as record:
            record_practice(record, self.object, "practice.deleted")
            super().delete_action()


class ReviewPanel(MultiFieldPanel):  # type: ignore[misc]
    """The review of a practice that exists; a new one has none."""

    class BoundPanel(MultiFieldPanel.BoundPanel):  # type: ignore[misc]
        def is_shown(self) -> bool:
            return bool(self.instance.pk) and super().is_shown()


class NotesPanel(Panel):  # type: ignore[misc]
    """What the city and the librarian wrote to each other, above the field for a new comment."""

    class BoundPanel(Panel.BoundPanel):  # type: ignore[misc]
        template_name = "cms/admin/notes.html"

        def is_shown(self) -> bool:
            return bool(self.instance.pk)

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            context["threads"] = [
                (thread, _about(thread.note)) for thread in threads_of(practice=self.instance)
            ]
            context["city"] = self.instance.city
            return context


def _about(note: PracticeNote) -> Any:
    asked = question(note.field)
    return asked.label if asked else ""
