"""The librarian's form for a practice in Wagtail's admin."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from cms.models import Pillar, Practice
from cms.models.practices import translation_key_of
from cms.services.practices import EARLIEST_YEAR, LATEST_YEAR, identify
from members.models import City


class PracticeForm(WagtailAdminModelForm):
    """Pillars as boxes, tags as words, the city by its address name (a list of all is too long).

    The identifier and the address are made once, from the city and the title.
    """

    pillars = forms.MultipleChoiceField(
        label=_("pillars"),
        choices=Pillar.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    tags = forms.CharField(label=_("tags"), required=False, help_text=_("Words parted by commas."))
    city = forms.ModelChoiceField(
        label=_("city"),
        queryset=City.objects.all(),
        to_field_name="slug",
        widget=forms.TextInput,
        required=False,
        help_text=_("The address name of the city, such as seoul."),
    )
    year = forms.IntegerField(
        label=_("year"), min_value=EARLIEST_YEAR, max_value=LATEST_YEAR, required=False
    )
    country = forms.RegexField(
        label=_("country (ISO 3166)"), regex=r"^[A-Z]{2}$", required=False, strip=True
    )

    class Meta:
        model = Practice
        fields = "__all__"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["tags"] = ", ".join(self.instance.tags)

    def clean_tags(self) -> list[str]:
        """The words, each once."""
        words = (word.strip() for word in self.cleaned_data["tags"].split(","))
        return list(dict.fromkeys(word for word in words if word))

    def clean(self) -> dict[str, Any]:
        """Give a new practice its identity."""
        cleaned: dict[str, Any] = super().clean()
        if not self.instance.external_id and cleaned.get("title"):
            city = cleaned.get("city")
            self.instance.external_id, self.instance.slug = identify(
                city=city, title=cleaned["title"]
            )
            self.instance.translation_key = translation_key_of(self.instance.external_id)
        return cleaned
