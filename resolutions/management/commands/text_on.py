"""`text_on SLUG --date YYYY-MM-DD`: a text as it was in force on a day."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from resolutions.models import Instrument
from resolutions.rules.in_force import EditionDates, edition_on
from resolutions.rules.numbering import render_number
from resolutions.rules.structure import Provision
from resolutions.selectors.trees import edition_tree
from secretariat.kernel.errors import Missing
from secretariat.kernel.replies import ReplyingCommand, demonstration_notice


class Command(ReplyingCommand):
    help = "Print the edition of a text that was in force on a day."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("slug", metavar="SLUG")
        parser.add_argument("--date", required=True, type=date.fromisoformat, metavar="YYYY-MM-DD")
        parser.add_argument("--lang", default="", choices=["ko", "en"])

    def answer(self, **options: Any) -> dict[str, Any]:
        slug, day = options["slug"], options["date"]
        instrument = Instrument.objects.filter(slug=slug).first()
        if instrument is None:
            raise Missing(_("There is no text with this address name."), where=slug)
        editions = {e.number: e for e in instrument.editions.exclude(publication=None)}
        found = edition_on(
            day,
            [EditionDates(e.number, e.in_force_from, e.adopted_on) for e in editions.values()],
        )
        if found is None:
            raise Missing(
                _("No edition of this text was in force on that day."),
                code="not_in_force",
                where=f"{slug} {day.isoformat()}",
            )
        edition = editions[found.number]
        languages = {row.language: row for row in edition.languages.order_by("language")}
        wanted = [options["lang"]] if options["lang"] else list(languages)
        if missing := [language for language in wanted if language not in languages]:
            raise Missing(
                _("This edition is not there in that language."),
                code="language_missing",
                where=missing[0],
            )
        return {
            "slug": slug,
            "date": day.isoformat(),
            "edition": edition.number,
            "adopted_on": edition.adopted_on.isoformat(),
            "in_force_from": edition.in_force_from.isoformat(),
            "sha256": edition.sha256,
            "texts": {
                language: {
                    **edition_tree(edition=edition, language=language).as_json(),
                    "sha256": languages[language].sha256,
                    "authentic": languages[language].authentic,
                }
                for language in wanted
            },
            **demonstration_notice(),
        }

    def describe(self, document: dict[str, Any]) -> None:
        for language, text in document["texts"].items():
            self.stdout.write(f"{text['title']} ({document['edition']}, {document['adopted_on']})")
            for node in text["provisions"]:
                self._describe_node(Provision.from_json(node), language)
            self.stdout.write("")
        for line in document.get("demonstration", {}).values():
            self.stdout.write(line)

    def _describe_node(self, node: Provision, language: str) -> None:
        number = render_number(node.kind, node.number, language)
        line = " ".join(part for part in (number, node.heading, node.text) if part)
        if line:
            self.stdout.write(line)
        for child in node.children:
            self._describe_node(child, language)
