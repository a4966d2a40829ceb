"""Who acts for a city: inviting, ending, letters of credence, accepting an invitation."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from members.models.people import MandateRole, OfficeRoleKind
from secretariat.kernel.calendar import day_begins_at
from secretariat.kernel.errors import InvalidInput
from secretariat.kernel.models import LANGUAGES


class LastDayField(forms.DateField):
    """A day that still counts, as a date; empty means without an end."""

    def __init__(self, **more: Any) -> None:
        super().__init__(
            label=_("Last day"),
            required=False,
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            help_text=_("Left empty: until it is ended."),
            **more,
        )

    def clean(self, value: Any) -> Any:
        """The moment at which the day is over, or None."""
        day = super().clean(value)
        if day is None:
            return None
        try:
            return day_begins_at(day + timedelta(days=1))
        except OverflowError as problem:
            raise forms.ValidationError(_("This day is too far away.")) from problem


class _InvitationForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("The letter goes there. Whoever accepts signs in with this address."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect)
    language = forms.ChoiceField(label=_("Language of the letter"), choices=LANGUAGES)
    ends_at = LastDayField()


class InviteForm(_InvitationForm):
    """Inviting somebody to act for a city."""

    rank = forms.IntegerField(
        label=_("Rank among alternates"),
        required=False,
        min_value=1,
        max_value=99,
        help_text=_("For alternates only: 1 comes first. Left empty: after those there are."),
    )
    field_order = ("email", "role", "rank", "language", "ends_at")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["role"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            (role.value, f"{role.label}: {WHAT_ROLES_DO[role]}") for role in MandateRole
        ]


class OfficeInviteForm(_InvitationForm):
    """Inviting somebody to work for the office."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["role"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = OfficeRoleKind.choices


WHAT_ROLES_DO = {
    MandateRole.HEAD: _("votes first, invites and ends the city's people"),
    MandateRole.VOTING_DELEGATE: _("votes, nominates, writes practices"),
    MandateRole.ALTERNATE: _("votes and nominates in the delegate's place, by rank"),
    MandateRole.EDITOR: _("writes practices and the city's profile, no vote"),
    MandateRole.OBSERVER: _("reads the desk, nothing else"),
}


class EndMandateForm(forms.Form):
    """Ending a mandate: today, or with a later day."""

    ends_at = LastDayField()
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("In a few words, without names. It stays in the record."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ends_at"].help_text = _("Left empty: the mandate ends at once.")

    def moment(self, now: datetime) -> datetime:
        """When it ends; a day that is today still counts to its end."""
        chosen: datetime | None = self.cleaned_data["ends_at"]
        return chosen or now


class EndRoleForm(forms.Form):
    """Why a role of the office ends."""

    reason = forms.CharField(max_length=300)

    def refusal(self) -> InvalidInput:
        """What is missing, as a refusal of the page."""
        return InvalidInput(_("Say why the role ends, without names."), where="reason")


class LetterForm(forms.Form):
    """A letter of credence, scanned or photographed."""

    letter = forms.FileField(
        label=_("Letter of credence, scanned"),
        help_text=_("A PDF, or an image (PNG or JPEG), at most 10 MB."),
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
    )


class AccreditForm(forms.Form):
    """What the officer has read in the letter."""

    credential = forms.CharField(
        label=_("Reference and date of the letter"),
        max_length=250,
        help_text=_("As the letter gives them, for instance 2018-11-20, VIE-17."),
    )
    letter = forms.UUIDField(widget=forms.HiddenInput)
    checked = forms.BooleanField(
        label=_(
            "I have read the letter: it names this person and this role and is signed for the city."
        ),
        error_messages={"required": _("Read the letter, then say so here.")},
    )


class NewPersonForm(forms.Form):
    """Somebody without an account accepts: a name and a password of one's own."""

    name = forms.CharField(
        label=_("Name"),
        max_length=200,
        help_text=_("As colleagues of other cities should read it."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=_("Choose a password"),
        strip=False,
        help_text=_("At least 12 characters; a few words that only you put together are fine."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
