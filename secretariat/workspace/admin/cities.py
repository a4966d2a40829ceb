"""The register of cities, and what they have been to the network."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateInput

from members.models import City, Membership
from members.models.cities import BodyKind, MembershipKind, Region
from members.services.cities import correct_city, register_city
from members.services.memberships import record_membership
from secretariat.workspace.admin.columns import Column
from secretariat.workspace.admin.fields import CityField
from secretariat.workspace.admin.record_policy import CITIES, MEMBERSHIPS
from secretariat.workspace.admin.records import (
    RecordCreateView,
    RecordEditView,
    RecordForm,
    RecordViewSet,
)

LONG_TEXT = forms.Textarea(attrs={"rows": 3})


class CityForm(RecordForm):
    """A city as the register holds it, with its names beside each other."""

    name_ko = forms.CharField(label=_("Name in Korean"), max_length=200)
    name_en = forms.CharField(label=_("Name in English"), max_length=200)
    description_ko = forms.CharField(
        label=_("One sentence in Korean"), widget=LONG_TEXT, required=False
    )
    description_en = forms.CharField(
        label=_("One sentence in English"), widget=LONG_TEXT, required=False
    )
    code = forms.CharField(
        label=_("Short code"), max_length=3, help_text=_("Three capital letters: SEL.")
    )
    country = forms.CharField(
        label=_("Country"), max_length=2, help_text=_("Two capital letters (ISO 3166): KR.")
    )
    region = forms.ChoiceField(label=_("Region"), choices=Region.choices)
    latitude = forms.DecimalField(label=_("Latitude"), required=False, decimal_places=5)
    longitude = forms.DecimalField(label=_("Longitude"), required=False, decimal_places=5)
    population = forms.IntegerField(
        label=_("Population"), required=False, min_value=0, max_value=100_000_000
    )
    website = forms.URLField(label=_("Website"), required=False, assume_scheme="https")

    @classmethod
    def initial_of(cls, instance: City) -> dict[str, Any]:
        names, descriptions = instance.names, instance.descriptions
        columns = ("code", "country", "region", "latitude", "longitude", "population", "website")
        return {
            **{column: getattr(instance, column) for column in columns},
            **{f"name_{language}": text for language, text in names.items()},
            **{f"description_{language}": text for language, text in descriptions.items()},
        }

    def arguments(self) -> dict[str, Any]:
        """What the services of cities take."""
        given = self.cleaned_data
        return {
            "code": given["code"].upper(),
            "country": given["country"].upper(),
            "region": given["region"],
            "latitude": given["latitude"],
            "longitude": given["longitude"],
            "population": given["population"],
            "website": given["website"],
            "names": {language: given[f"name_{language}"] for language in ("ko", "en")},
            "descriptions": {
                language: given[f"description_{language}"] for language in ("ko", "en")
            },
        }


class NewCityForm(CityForm):
    slug = forms.SlugField(
        label=_("Address name"),
        max_length=100,
        help_text=_("Part of the city's permanent address: small letters, digits, hyphens."),
    )
    body = forms.ChoiceField(
        label=_("Kind of body"),
        choices=BodyKind.choices,
        initial=BodyKind.CITY,
        required=False,
        help_text=_("Only cities and local governments become members."),
    )
    field_order = ("slug", "body")

    def arguments(self) -> dict[str, Any]:
        return {**super().arguments(), "body": self.cleaned_data["body"] or BodyKind.CITY}


class RegisterCityView(RecordCreateView):
    def act_on(self, form: NewCityForm) -> City:
        return register_city(
            slug=form.cleaned_data["slug"],
            **form.arguments(),
            actor=self.request.user,
            now=self.request.now,
        )


class CorrectCityView(RecordEditView):
    def act_on(self, form: CityForm) -> City:
        return correct_city(
            city=self.object, **form.arguments(), actor=self.request.user, now=self.request.now
        )


def _cities() -> QuerySet[City]:
    """The cities, each with `kind_now`, what it is by its latest membership."""
    latest = Membership.objects.filter(city=OuterRef("pk"), ends_on=None).values("kind")
    cities = City.objects.annotate(kind_now=Subquery(latest[:1]))
    return cities.prefetch_related("name_rows").order_by("slug")


def _kind_now(city: Any) -> Any:
    return MembershipKind(city.kind_now).label if city.kind_now else ""


class CityViewSet(RecordViewSet):
    model = City
    name = "office-city"
    icon = "globe"
    policy = CITIES
    add_view_class = RegisterCityView
    edit_view_class = CorrectCityView
    new_form = NewCityForm
    act_form = CityForm
    act_label = _("Correct it")
    title_label = _("City")
    rows = staticmethod(_cities)
    search_fields = ["slug", "code", "name_rows__name"]
    list_filter = ["region"]
    extra_columns = (
        Column("name_ko", label=_("Korean"), accessor=lambda city: city.name_in("ko")),
        Column("name_en", label=_("English"), accessor=lambda city: city.name_in("en")),
        Column("code", label=_("Short code"), sort_key="code"),
        Column("country", label=_("Country"), sort_key="country"),
        Column("region", label=_("Region"), accessor="get_region_display"),
        Column("kind", label=_("Membership"), accessor=_kind_now),
    )


class MembershipForm(RecordForm):
    city = CityField()
    kind = forms.ChoiceField(label=_("From then on, the city is"), choices=MembershipKind.choices)
    starts_on = forms.DateField(
        label=_("From"),
        widget=AdminDateInput,
        help_text=_("What the city was until then ends on this day."),
    )
    decision = forms.CharField(
        label=_("Decision behind it"),
        max_length=250,
        required=False,
        help_text=_("The audit chain of the decision, for instance vote:2018-founding-1."),
    )


class RecordMembershipView(RecordCreateView):
    def act_on(self, form: MembershipForm) -> Membership:
        return record_membership(**form.cleaned_data, actor=self.request.user, now=self.request.now)


def _memberships() -> QuerySet[Membership]:
    rows = Membership.objects.select_related("city").prefetch_related("city__name_rows")
    return rows.order_by("city__slug", "-starts_on")


class MembershipViewSet(RecordViewSet):
    model = Membership
    name = "office-membership"
    icon = "calendar-alt"
    policy = MEMBERSHIPS
    add_view_class = RecordMembershipView
    new_form = MembershipForm
    title_label = _("City")
    title_of = staticmethod(lambda membership: membership.city)
    rows = staticmethod(_memberships)
    search_fields = ["city__slug", "city__code", "city__name_rows__name"]
    list_filter = ["kind"]
    extra_columns = (
        Column("kind", label=_("Membership"), accessor="get_kind_display", sort_key="kind"),
        Column("starts_on", label=_("From"), sort_key="starts_on"),
        Column("ends_on", label=_("Until (not included)"), sort_key="ends_on"),
        Column("decision", label=_("Decision behind it")),
    )
