"""The operative rules in force on a day, each with its article, and how its value came to be."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cms import editions as words
from cms.components import Crumb, EmptyState
from cms.date_control import asked_day
from cms.navigation import site_address
from cms.rules_table import RuleHistory, RuleRow, rule_histories, rule_rows
from cms.templatetags.formats import reader_language
from resolutions.selectors.rules import bylaws_in_force, rules_of_editions
from resolutions.selectors.texts import instrument_editions
from secretariat.kernel.access import Access, access


@access(Access.PUBLIC)
@require_safe
def rules_in_force(request: HttpRequest) -> HttpResponse:
    """The rules that a decision taken on a day would be under; today, or `?on=`."""
    language = reader_language()
    control = asked_day(request, action=reverse("cms:rules_in_force"))
    source = bylaws_in_force(on=control.day)
    found = instrument_editions(slug=source.instrument.slug, on=control.day) if source else None
    shown = found.on(control.day) if found else None
    if source is None or shown is None or shown.pk != source.pk:
        found = shown = None  # in force and not yet public, or none at all
    rows: list[RuleRow] = []
    histories: list[RuleHistory] = []
    if shown is not None and found is not None:
        in_force = [each for each in found.editions if each.number in found.periods]
        rules = rules_of_editions(editions=in_force)
        rows = rule_rows(rules=rules[shown.pk], language=language, linked=True)
        histories = rule_histories(
            periods=[(found.periods[each.number], rules[each.pk]) for each in in_force],
            language=language,
        )
    context = {
        "control": control,
        "edition": shown,
        "title": words.title_of(shown, language) if shown else "",
        "edition_url": words.edition_url(shown) if shown else "",
        "rules": rows,
        "histories": histories,
        "empty": EmptyState(
            title=_("No bylaws in force"),
            text=_("Before there are bylaws, an assembly works under rules that it agrees on."),
            url=site_address("assemblies", language),
            link=_("Assemblies"),
        ),
        "crumbs": [
            Crumb(_("Bylaws and declarations"), site_address("texts", language)),
            Crumb(_("Rules in force")),
        ],
        "on": control.day,
    }
    return render(request, "cms/public/rules_in_force.html", context)
