"""What the office finds of the public site in Wagtail's admin: the library."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import UpdatedAtColumn
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from cms.models import Practice
from cms.practice_admin import (
    NotesPanel,
    PracticeActionView,
    PracticeCreateView,
    PracticeDeleteView,
    PracticeEditView,
    PracticeRevertView,
    PracticeUnpublishView,
    ReviewPanel,
)
from cms.practice_form import PracticeForm


class PracticeViewSet(SnippetViewSet):
    """The librarian's list of practices: drafts, revisions, preview, locks."""

    model = Practice
    menu_label = _("Library")
    menu_icon = "doc-full-inverse"
    menu_order = 60
    add_to_admin_menu = True
    list_display: ClassVar[list[object]] = ["title", "city", "locale", UpdatedAtColumn()]
    list_filter: ClassVar[list[str]] = ["live", "locale", "country", "instrument"]
    list_per_page = 50
    search_fields: ClassVar[list[str]] = ["title", "summary", "external_id"]
    add_view_class = PracticeCreateView
    edit_view_class = PracticeEditView
    revisions_revert_view_class = PracticeRevertView
    unpublish_view_class = PracticeUnpublishView
    workflow_action_view_class = PracticeActionView
    delete_view_class = PracticeDeleteView
    copy_view_enabled = False
    edit_handler = ObjectList(
        [
            ReviewPanel(
                [
                    NotesPanel(),
                    FieldPanel("settled"),
                    FieldPanel("comment_on"),
                    FieldPanel("comment"),
                ],
                heading=_("Review"),
            ),
            FieldPanel("title"),
            FieldPanel("summary"),
            MultiFieldPanel(
                [
                    FieldPanel("problem"),
                    FieldPanel("action"),
                    FieldPanel("results"),
                    FieldPanel("figures"),
                    FieldPanel("body"),
                ],
                heading=_("What was done"),
            ),
            MultiFieldPanel(
                [FieldPanel("city"), FieldPanel("place"), FieldPanel("country")],
                heading=_("Where"),
            ),
            MultiFieldPanel(
                [
                    FieldPanel("pillars"),
                    FieldPanel("instrument"),
                    FieldPanel("status"),
                    FieldPanel("year"),
                    FieldPanel("year_to"),
                    FieldPanel("target_groups"),
                    FieldPanel("sectors"),
                    FieldPanel("sdg_targets"),
                    FieldPanel("tags"),
                ],
                heading=_("What kind"),
            ),
            MultiFieldPanel(
                [
                    FieldPanel("legal_basis"),
                    FieldPanel("cost"),
                    FieldPanel("funding"),
                    FieldPanel("adaptation"),
                    FieldPanel("adapted_from"),
                    FieldPanel("contacts"),
                    FieldPanel("sources"),
                ],
                heading=_("Law, money, and other cities"),
            ),
        ],
        base_form_class=PracticeForm,
    )

    def get_queryset(self, request: object) -> object:
        return Practice.objects.select_related("locale", "city").prefetch_related("city__name_rows")


register_snippet(PracticeViewSet)
