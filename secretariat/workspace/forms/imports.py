"""Bringing a table of members."""

from __future__ import annotations

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from members.tables.reading import LARGEST


class TableForm(forms.Form):
    """One file."""

    file = forms.FileField(
        label=_("Table"),
        help_text=_("CSV or XLSX, at most 64 MB."),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,.tsv,.txt"}),
        error_messages={
            "required": _("Choose a file."),
            "empty": _("The file is empty. Choose it again."),
        },
    )

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if file.size is not None and file.size > LARGEST:
            raise forms.ValidationError(_("The file is larger than 64 MB. Part it."))
        return file
