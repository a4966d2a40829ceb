"""Convening an assembly, and keeping its attendance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cms.templatetags.formats import zone_label
from members.models import City
from resolutions.models import AttendanceAct, Instrument
from resolutions.models.assemblies import (
    AgendaKind,
    AssemblyKind,
    AttendanceActKind,
    AttendanceMode,
)
from secretariat.workspace.forms.wording import WordedForm

ADDRESS_NAME = RegexValidator(
    r"^[a-z0-9]+(-[a-z0-9]+)*$",
    _("An address name has small Latin letters, digits and single hyphens only."),
)


def address_name_field(**more: Any) -> forms.CharField:
    """The name of a thing in its permanent address."""
    return forms.CharField(
        label=_("Address name"),
        help_text=_(
            "Stands in the permanent address, for instance 2019-ordinary. It never changes."
        ),
        max_length=80,
        validators=[ADDRESS_NAME],
        **more,
    )


def _with_zone(label: Any) -> str:
    """ "Starts at (Seoul)": the label, and whose clock is meant."""
    return f"{label} ({zone_label(timezone.get_current_timezone_name())})"


def moment_field(label: Any, **more: Any) -> forms.DateTimeField:
    """A date and time of day where the network is; the label says where that is."""
    return forms.DateTimeField(
        label=lazy(_with_zone, str)(label),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        **more,
    )


class ConvocationForm(WordedForm):
    """An assembly's place in time and space, and what is said of it in each language."""

    worded = {
        "title": (_("Title"), {"max_length": 300}, 1),
        "place": (_("Place"), {"max_length": 300, "required": False}, 1),
        "convocation": (_("Convocation"), {"required": False, "max_length": 10000}, 8),
    }
    slug = address_name_field()
    kind = forms.ChoiceField(label=_("Kind"), choices=AssemblyKind.choices)
    host_city = forms.ChoiceField(
        label=_("Host city"), help_text=_("It presides until a chair city does.")
    )
    starts_at = moment_field(_("Starts at"))
    ends_at = moment_field(_("Ends at"))
    field_order = (
        "title_ko", "title_en", "slug", "kind", "host_city", "starts_at", "ends_at",
        "place_ko", "place_en", "convocation_ko", "convocation_en",
    )  # fmt: skip

    def __init__(self, *args: Any, cities: Iterable[City], language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = sorted((city.name_in(language), city.slug) for city in cities)
        self.fields["host_city"].choices = [("", "—"), *((slug, name) for name, slug in names)]


class AgendaPointForm(WordedForm):
    """A point of the agenda; one left empty is no point."""

    worded = {
        "title": (_("Title"), {"max_length": 300, "required": False}, 1),
        "note": (pgettext_lazy("agenda", "Note"), {"max_length": 2000, "required": False}, 2),
    }
    kind = forms.ChoiceField(
        label=_("Kind"), choices=AgendaKind.choices, initial=AgendaKind.OTHER, required=False
    )
    instrument = forms.ChoiceField(label=_("Text it is about"), required=False)
    field_order = ("title_ko", "title_en", "kind", "instrument", "note_ko", "note_en")

    def __init__(self, *args: Any, instruments: Sequence[Instrument], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["instrument"].choices = [
            ("", _("no text")),
            *((each.slug, str(each)) for each in instruments),
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        titles = self.words("title")
        if titles and len(titles) < 2:
            missing = "title_en" if "ko" in titles else "title_ko"
            self.add_error(missing, _("Give the title in each language."))
        return data


AgendaForms = forms.formset_factory(AgendaPointForm, extra=0, min_num=3, max_num=30)


class ArrivalsForm(forms.Form):
    """Seats that arrived just now, several at once."""

    cities = forms.MultipleChoiceField(
        label=_("Cities that have arrived"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick the cities that have arrived.")},
    )
    mode = forms.ChoiceField(
        label=_("How they attend"),
        choices=AttendanceMode.choices,
        initial=AttendanceMode.IN_PERSON,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, absent: Sequence[City], language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cities"].choices = [
            (city.slug, f"{city.code} {city.name_in(language)}") for city in absent
        ]


class DepartureForm(forms.Form):
    """A seat that left."""

    left = forms.ChoiceField(label=_("City that has left"))

    def __init__(self, *args: Any, present: Sequence[City], language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(city.slug, f"{city.code} {city.name_in(language)}") for city in present]
        self.fields["left"].choices = [("", "—"), *names]


class CorrectionForm(forms.Form):
    """An earlier entry was wrong: struck with its reason, and replaced where something is true."""

    number = forms.ChoiceField(label=_("Wrong entry"))
    instead = forms.ChoiceField(
        label=_("What is true instead"),
        required=False,
        choices=[
            ("", _("Nothing: the entry should not be there")),
            (AttendanceActKind.ARRIVED, _("The city arrived")),
            (AttendanceActKind.LEFT, _("The city left")),
        ],
    )
    at = moment_field(
        _("When it really happened"),
        required=False,
        help_text=_("Empty: now."),
    )
    mode = forms.ChoiceField(
        label=_("How it attends"),
        required=False,
        choices=[("", "—"), *AttendanceMode.choices],
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        help_text=_("It stays on the record beside the wrong entry."),
    )

    def __init__(
        self, *args: Any, entries: Sequence[tuple[AttendanceAct, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number"].choices = [
            ("", "—"),
            *((str(entry.number), words) for entry, words in entries),
        ]


class PassChairForm(forms.Form):
    """Which city presides from now on."""

    city = forms.ChoiceField(label=_("City that presides from now on"))

    def __init__(self, *args: Any, cities: Sequence[City], language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["city"].choices = [
            ("", "—"),
            *((city.slug, city.name_in(language)) for city in cities),
        ]


class CancelForm(forms.Form):
    """Why an assembly that was convened does not take place."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        help_text=_("It stands in the public audit chain of the assembly."),
    )
