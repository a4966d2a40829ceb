"""The files of a text: its draft in every format, with the changes since any edition."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cms.components import Crumb
from cms.templatetags.formats import language_name, reader_language
from cms.views.edition_files import edition_file_url, file_response
from members.policies import OfficeAction
from resolutions.exports.document import BOTH
from resolutions.exports.formats import COMPARISONS, FORMATS
from resolutions.models import Instrument
from resolutions.selectors.edition_files import files_of
from resolutions.selectors.trees import draft_languages
from resolutions.services.export import export_draft
from secretariat.kernel.access import Access, access
from secretariat.kernel.errors import DomainError
from secretariat.workspace.selectors.texts import instrument_for_office
from secretariat.workspace.views.acting import INVALID, status_of, summary_of
from secretariat.workspace.views.office import frame, require_page

TABLE = "table"


class DraftFileForm(forms.Form):
    """Which file of the draft: format, language, against which edition, and how."""

    format = forms.ChoiceField(label=gettext_lazy("Format"))
    language = forms.ChoiceField(label=gettext_lazy("Language"))
    against = forms.TypedChoiceField(
        label=gettext_lazy("Changes since"), coerce=int, empty_value=None, required=False
    )
    shown = forms.ChoiceField(
        label=gettext_lazy("How changes are shown"),
        required=False,
        choices=[
            ("", gettext_lazy("in the text (in Word as tracked changes)")),
            (TABLE, gettext_lazy("as a table of old and new")),
        ],
        help_text=gettext_lazy("The table is made as PDF or DOCX."),
    )

    def __init__(self, *args: Any, languages: list[str], editions: list[int], **more: Any) -> None:
        super().__init__(*args, **more)
        reader = reader_language()
        fields: dict[str, Any] = self.fields
        fields["format"].choices = [
            (name, each.name.in_language(reader)) for name, each in FORMATS.items()
        ]
        fields["language"].choices = [
            *([(BOTH, _("Both languages"))] if len(languages) > 1 else []),
            *[(code, language_name(code)) for code in languages],
        ]
        fields["against"].choices = [
            ("", _("none: the draft as it is")),
            *[(number, _("Edition %(number)d") % {"number": number}) for number in editions],
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("shown") == TABLE:
            if data.get("against") is None:
                self.add_error("against", _("Choose the edition with which it is compared."))
            if data.get("format") not in COMPARISONS:
                self.add_error("format", _("The table is made as PDF or DOCX."))
        return data


@access(Access.OFFICE)
@require_safe
@never_cache
def text_files(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose a file of the draft, and find those of the editions; `?format=…` gives the file."""
    require_page(request, OfficeAction.DRAFT_TEXTS)
    found = instrument_for_office(slug=slug)
    if found is None:
        raise Http404
    languages = draft_languages(instrument=found)
    editions = sorted((each.number for each in found.editions.all()), reverse=True)
    asked = {"languages": languages, "editions": editions}
    if "format" not in request.GET or not languages:
        return _page(request, found, DraftFileForm(**asked), languages)
    form = DraftFileForm(request.GET, **asked)
    if not form.is_valid():
        return _page(request, found, form, languages, status=INVALID)
    given = form.cleaned_data
    try:
        content = export_draft(
            instrument=found,
            format=given["format"],
            language=given["language"],
            against=given["against"],
            table=given["shown"] == TABLE,
            actor=request.user,
            now=request.now,  # type: ignore[attr-defined]
        )
    except DomainError as refusal:
        return _page(request, found, form, languages, refusal=refusal)
    parts = [slug, "draft"]
    if given["against"] is not None:
        parts += ["against", str(given["against"])]
    made = FORMATS[given["format"]]
    name = f"{'-'.join(parts)}.{given['language']}.{made.ending}"
    return file_response(content, name, media_type=made.media_type)


def _page(
    request: HttpRequest,
    found: Instrument,
    form: DraftFileForm,
    languages: list[str],
    *,
    refusal: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    reader = reader_language()
    editions = [
        {
            "number": edition.number,
            "files": [
                {
                    "name": FORMATS[file.format].name.in_language(reader),
                    "language": _("Both languages")
                    if file.language == BOTH
                    else language_name(file.language),
                    "sha256": file.sha256,
                    "url": edition_file_url(found.slug, edition.number, file.language, file.format),
                }
                for file in files_of(edition=edition)
            ],
        }
        for edition in sorted(found.editions.all(), key=lambda each: -each.number)
    ]
    context = {
        **frame(
            request,
            Crumb(_("Texts"), reverse("workspace:texts")),
            Crumb(found, reverse("workspace:text", args=[found.slug])),
            Crumb(_("Files")),
            place="texts",
        ),
        "text": found,
        "form": form if languages else None,
        "editions": editions,
        "refusal": summary_of(refusal) if refusal is not None else None,
    }
    status = status_of(refusal) if refusal is not None else status
    return render(request, "workspace/office/text_files.html", context, status=status)
