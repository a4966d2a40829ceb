"""Who acts for the cities and for the office: accounts, mandates, office roles."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.core.validators import MinValueValidator
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateTimeInput
from wagtail.admin.widgets.button import Button

from members.models import Mandate, OfficeRole
from members.models.people import MandateRole, OfficeRoleKind
from members.rules.voices import VOTING_ROLES
from members.services.accounts import create_account, make_sign_in_link
from members.services.mandates import end_mandate, grant_mandate
from members.services.office import appoint, end_appointment
from secretariat.kernel.models import LANGUAGES, User
from secretariat.workspace.admin.columns import Column
from secretariat.workspace.admin.fields import CityField, PersonField
from secretariat.workspace.admin.record_policy import MANDATES, OFFICE_ROLES, PEOPLE
from secretariat.workspace.admin.records import (
    RecordCreateView,
    RecordEditView,
    RecordForm,
    RecordIndexView,
    RecordViewSet,
)

EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)


def moment_field(label: Any, help_text: Any) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        widget=AdminDateTimeInput,
        required=False,
        help_text=help_text,
        validators=[MinValueValidator(EARLIEST)],
    )


# --- accounts ---------------------------------------------------------------


class AccountForm(RecordForm):
    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(label=_("E-mail address"))
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)


class LinkForm(RecordForm):
    """Nothing to fill in: pressing the button makes the link."""


class CreateAccountView(RecordCreateView):
    success_message = _("There is an account for %(object)s now. Make the sign-in link next.")

    def act_on(self, form: AccountForm) -> User:
        return create_account(**form.cleaned_data, actor=self.request.user, now=self.request.now)

    def get_success_url(self) -> str:
        return reverse(self.edit_url_name, args=[self.object.pk])


class MakeLinkView(RecordEditView):
    submit_button_label = _("Make a sign-in link")
    submit_button_active_label = _("Making…")

    def act_on(self, form: LinkForm) -> User:
        self.link = make_sign_in_link(
            person=self.object, actor=self.request.user, now=self.request.now
        )
        return self.object

    def get_success_message(self) -> str:
        return _("Give this link to %(person)s alone. It lets the person in once: %(link)s") % {
            "person": self.object,
            "link": self.link,
        }


def _people() -> QuerySet[User]:
    return User.objects.order_by("name", "pk")


class PersonViewSet(RecordViewSet):
    model = User
    name = "office-person"
    icon = "user"
    policy = PEOPLE
    menu_label = _("Accounts")
    add_view_class = CreateAccountView
    edit_view_class = MakeLinkView
    new_form = AccountForm
    act_form = LinkForm
    act_label = _("Sign-in link")
    title_label = _("Name")
    rows = staticmethod(_people)
    search_fields = ["name", "email"]
    extra_columns = (
        Column("email", label=_("E-mail address"), sort_key="email"),
        Column("language", label=_("Language"), accessor="get_language_display"),
        Column("last_login", label=_("Last sign-in"), sort_key="last_login"),
    )


# --- mandates ---------------------------------------------------------------


class GrantForm(RecordForm):
    city = CityField()
    person = PersonField()
    role = forms.ChoiceField(label=_("Role"), choices=MandateRole.choices)
    rank = forms.IntegerField(
        label=_("Rank"),
        min_value=0,
        max_value=99,
        initial=0,
        help_text=_("Among alternates: 1 comes first."),
    )
    starts_at = moment_field(_("From"), _("Left empty: from now on."))
    ends_at = moment_field(_("Until"), _("Left empty: until it is ended."))


class GrantMandateView(RecordCreateView):
    """The mandate gives no vote yet: the office accredits beside the letter, on its own page."""

    def act_on(self, form: GrantForm) -> Mandate:
        given = form.cleaned_data
        return grant_mandate(
            **{**given, "starts_at": given["starts_at"] or self.request.now},
            actor=self.request.user,
            now=self.request.now,
        )


class EndForm(RecordForm):
    ends_at = moment_field(_("Ends at"), _("Left empty: now."))
    reason = forms.CharField(
        label=_("Reason"), max_length=500, help_text=_("Kept in the audit chain. No names.")
    )


class EndMandateView(RecordEditView):
    submit_button_label = _("End the mandate")
    success_message = _("Ended: %(object)s")

    def act_on(self, form: EndForm) -> Mandate:
        given = form.cleaned_data
        return end_mandate(
            mandate=self.object,
            ends_at=given["ends_at"] or self.request.now,
            reason=given["reason"],
            actor=self.request.user,
            now=self.request.now,
        )

    def get_page_subtitle(self) -> str:
        return describe_mandate(self.object)


class MandateIndexView(RecordIndexView):
    """Ended mandates are read only; one without a voice yet can be accredited."""

    def get_edit_url(self, instance: Mandate) -> str | None:
        if instance.ends_at is not None and instance.ends_at <= self.request.now:
            return None
        return super().get_edit_url(instance)

    def get_list_more_buttons(self, instance: Mandate) -> list[Any]:
        buttons = super().get_list_more_buttons(instance)
        if buttons and instance.accredited_at is None and instance.role in VOTING_ROLES:
            url = reverse("workspace:office_mandate", args=[instance.uuid])
            buttons.insert(0, Button(_("Accredit"), url=url, icon_name="check"))
        return buttons


def describe_mandate(mandate: Mandate) -> str:
    return f"{mandate.city} · {mandate.get_role_display()} · {mandate.person}"


def _mandates() -> QuerySet[Mandate]:
    rows = Mandate.objects.select_related("person", "city")
    return rows.prefetch_related("city__name_rows").order_by("city__slug", "role", "rank", "pk")


class MandateViewSet(RecordViewSet):
    model = Mandate
    name = "office-mandate"
    icon = "group"
    policy = MANDATES
    index_view_class = MandateIndexView
    add_view_class = GrantMandateView
    edit_view_class = EndMandateView
    new_form = GrantForm
    act_form = EndForm
    act_label = _("End it")
    title_label = _("Person")
    title_of = staticmethod(lambda mandate: mandate.person)
    rows = staticmethod(_mandates)
    search_fields = ["person__name", "person__email", "city__slug", "city__name_rows__name"]
    list_filter = ["role"]
    extra_columns = (
        Column("city", label=_("City"), sort_key="city__slug"),
        Column("role", label=_("Role"), accessor="get_role_display", sort_key="role"),
        Column("rank", label=_("Rank")),
        Column("starts_at", label=_("From"), sort_key="starts_at"),
        Column("ends_at", label=_("Until"), sort_key="ends_at"),
        Column("accredited_at", label=_("Accredited")),
    )


# --- office roles -----------------------------------------------------------


class AppointForm(RecordForm):
    person = PersonField()
    role = forms.ChoiceField(label=_("Office role"), choices=OfficeRoleKind.choices)
    starts_at = moment_field(_("From"), _("Left empty: from now on."))
    ends_at = moment_field(_("Until"), _("Left empty: until it is ended."))


class AppointView(RecordCreateView):
    def act_on(self, form: AppointForm) -> OfficeRole:
        given = form.cleaned_data
        return appoint(
            **{**given, "starts_at": given["starts_at"] or self.request.now},
            actor=self.request.user,
            now=self.request.now,
        )


class OfficeRoleIndexView(RecordIndexView):
    """Roles that have ended are read only."""

    def get_edit_url(self, instance: OfficeRole) -> str | None:
        if instance.ends_at is not None and instance.ends_at <= self.request.now:
            return None
        return super().get_edit_url(instance)


class EndAppointmentView(RecordEditView):
    submit_button_label = _("End the office role")
    success_message = _("Ended: %(object)s")

    def act_on(self, form: EndForm) -> OfficeRole:
        given = form.cleaned_data
        return end_appointment(
            office_role=self.object,
            ends_at=given["ends_at"] or self.request.now,
            reason=given["reason"],
            actor=self.request.user,
            now=self.request.now,
        )

    def get_page_subtitle(self) -> str:
        return f"{self.object.get_role_display()} · {self.object.person}"


def _office_roles() -> QuerySet[OfficeRole]:
    return OfficeRole.objects.select_related("person").order_by("role", "-starts_at", "pk")


class OfficeRoleViewSet(RecordViewSet):
    model = OfficeRole
    name = "office-role"
    icon = "key"
    policy = OFFICE_ROLES
    index_view_class = OfficeRoleIndexView
    add_view_class = AppointView
    edit_view_class = EndAppointmentView
    new_form = AppointForm
    act_form = EndForm
    act_label = _("End it")
    title_label = _("Person")
    title_of = staticmethod(lambda office_role: office_role.person)
    rows = staticmethod(_office_roles)
    search_fields = ["person__name", "person__email"]
    list_filter = ["role"]
    extra_columns = (
        Column("role", label=_("Office role"), accessor="get_role_display", sort_key="role"),
        Column("starts_at", label=_("From"), sort_key="starts_at"),
        Column("ends_at", label=_("Until"), sort_key="ends_at"),
    )
