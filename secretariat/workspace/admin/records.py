"""Wagtail's screens over records that change through services only.

A list, and where the policy lets somebody keep the records: a form for a new one and one
for the act on an existing one. No copy, delete, usage or reordering exists. A form's act
calls one service; its refusal becomes an error of the form, with what was typed kept.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import URLPattern, path
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import Button

from secretariat.kernel.errors import DomainError
from secretariat.workspace.admin.columns import Column
from secretariat.workspace.admin.record_policy import RecordPolicy


class RecordForm(forms.Form):
    """A form that a service answers; `instance` is the record that it is about, if any."""

    def __init__(self, *args: Any, instance: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance = instance

    @classmethod
    def initial_of(cls, instance: Any) -> dict[str, Any]:
        """What the form shows of an existing record."""
        return {}


class RecordIndexView(generic.IndexView):
    """A list of records with one link on each: its act."""

    title_label: Any = ""
    title_of: Callable[[Any], Any] = staticmethod(str)
    act_label: Any = _("Edit")
    extra_columns: tuple[Column, ...] = ()
    rows: Callable[[], QuerySet[Any]] | None = None

    @cached_property
    def columns(self) -> list[Any]:
        kind = self._get_title_column_class(TitleColumn)
        title = kind(
            "title",
            label=self.title_label,
            accessor=self.title_of,
            get_url=self.get_edit_url,
        )
        return [title, *self.extra_columns]

    def get_base_queryset(self) -> QuerySet[Any]:
        return self.rows() if self.rows else super().get_base_queryset()

    def search_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Found by any of the fields; a row with two names that match is listed once."""
        if not self.is_searching:
            return queryset
        found = super().search_queryset(self.model._default_manager.all()).values("pk")
        return queryset.filter(pk__in=found)

    def get_list_more_buttons(self, instance: Any) -> list[Any]:
        url = self.get_edit_url(instance)
        return [Button(self.act_label, url=url, icon_name="edit")] if url else []


class ActsThroughService(ABC):
    """Calls `act_on(form)`, which calls one service; a refusal goes back into the form."""

    @abstractmethod
    def act_on(self, form: Any) -> Any:
        """Call the one service with the form's data; returns the thing it acted on."""

    def form_valid(self, form: Any) -> HttpResponse:
        self.form = form
        try:
            self.object = self.act_on(form)
        except DomainError as refusal:
            field = refusal.where if refusal.where in form.fields else None
            form.add_error(field, str(refusal))
            self.produced_error_message = self.get_error_message()  # type: ignore[attr-defined]
            return self.form_invalid(form)  # type: ignore[attr-defined,no-any-return]
        return self.save_action()  # type: ignore[attr-defined,no-any-return]

    def get_success_buttons(self) -> list[Any]:
        return []


class RecordCreateView(ActsThroughService, generic.CreateView):
    """A new record; fields may be filled beforehand through the address."""

    success_message = _("Recorded: %(object)s")
    error_message = _("Nothing was recorded yet. Please look at what is marked.")
    submit_button_label = _("Record it")
    submit_button_active_label = _("Recording…")

    def get_initial(self) -> dict[str, Any]:
        return {**super().get_initial(), **self.request.GET.dict()}


class RecordEditView(ActsThroughService, generic.EditView):
    """The act on an existing record."""

    success_message = _("Recorded: %(object)s")
    error_message = _("Nothing was recorded yet. Please look at what is marked.")
    submit_button_label = _("Record it")
    submit_button_active_label = _("Recording…")

    def get_initial(self) -> dict[str, Any]:
        return {**super().get_initial(), **self.form_class.initial_of(self.object)}

    def get_side_panels(self) -> Any:
        return generic.CreateView.get_side_panels(self)


class RecordViewSet(ModelViewSet):
    """One kind of record; `policy` says who sees and who keeps it."""

    policy: RecordPolicy
    index_view_class = RecordIndexView
    title_label: Any = ""
    title_of: Callable[[Any], Any] = staticmethod(str)
    act_label: Any = _("Edit")
    extra_columns: tuple[Column, ...] = ()
    rows: Callable[[], QuerySet[Any]] | None = None
    new_form: type[RecordForm] | None = None
    act_form: type[RecordForm] | None = None
    copy_view_enabled = False
    add_to_reference_index = False
    list_per_page = 30
    search_backend_name = None

    @cached_property
    def permission_policy(self) -> RecordPolicy:
        return self.policy

    @cached_property
    def menu_item_class(self) -> type[MenuItem]:
        def is_shown(_item: MenuItem, request: Any) -> bool:
            return self.policy.user_has_permission(request.user, "view")

        return type("RecordMenuItem", (MenuItem,), {"is_shown": is_shown})

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        common = super().get_common_view_kwargs(**kwargs)
        for name, form in (("add", self.new_form), ("edit", self.act_form)):
            if form is None:
                common[f"{name}_url_name"] = None
        unused = ("copy", "delete", "history", "usage", "inspect")
        return {
            **common,
            **{f"{name}_url_name": None for name in unused},
            "permission_policy": self.policy,
        }

    def get_index_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_index_view_kwargs(
            **{
                "title_label": self.title_label,
                "title_of": self.title_of,
                "act_label": self.act_label,
                "extra_columns": self.extra_columns,
                "rows": self.rows,
                **kwargs,
            }
        )

    def get_form_class(self, for_update: bool = False) -> type[RecordForm] | None:
        return self.act_form if for_update else self.new_form

    def get_edit_handler(self) -> None:
        return None

    def get_urlpatterns(self) -> list[URLPattern]:
        patterns = [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
        ]
        if self.new_form is not None:
            patterns.append(path("new/", self.add_view, name="add"))
        if self.act_form is not None:
            patterns.append(path("<int:pk>/", self.edit_view, name="edit"))
        return patterns

    def on_register(self) -> None:
        """Only the addresses: no permissions for Wagtail's groups, no usage index."""
        self.register_menu_item()
