"""`search`: ask the library from the command line; the JSON is a promise to other programs."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from search.engines import get_engine
from search.errors import SearchError
from search.indexing import NOTHING_TO_UPDATE, build_missing_index
from search.query import FACETS, Query
from search.refusal import refused, refused_for
from search.sources.wording import languages
from secretariat.kernel.replies import ReplyingCommand


class Command(ReplyingCommand):
    """Exit codes: 0 answered (also with nothing found), 1 refused, 2 wrong usage."""

    help = "Search practices, articles, decisions, elections, assemblies, cities and pages."

    def add_arguments(self, parser: CommandParser) -> None:
        """The question, and what narrows it."""
        super().add_arguments(parser)
        parser.add_argument("query", help='words; "words between quotation marks" stand together')
        parser.add_argument("--lang", choices=languages(), default="", help="only this language")
        parser.add_argument(
            "--facet",
            action="append",
            type=_facet,
            default=[],
            metavar="NAME=VALUE",
            help=f"only this value of {', '.join(FACETS)}; of one name any, of several names all",
        )
        parser.add_argument("--page", type=_page, default=1, help="ten hits a page, from 1")

    def answer(self, **options: Any) -> dict[str, Any]:
        """`{"total", "hits": [{"id", "kind", "title", "url", "lang", "score"}], "facets"}`."""
        chosen: dict[str, tuple[str, ...]] = {}
        for name, value in options["facet"]:
            chosen[name] = (*chosen.get(name, ()), value)
        query = Query(
            text=options["query"], lang=options["lang"], facets=chosen, page=options["page"]
        )
        results = get_engine().search(query)
        if results.degraded in NOTHING_TO_UPDATE:
            self.progress(_("Building the search index first …"))
            try:
                build_missing_index()
            except SearchError as problem:
                raise refused(problem) from problem
            results = get_engine().search(query)
        if results.degraded:
            raise refused_for(results.degraded)
        return {
            "total": results.total,
            "hits": [
                {
                    "id": hit.id,
                    "kind": hit.kind,
                    "title": hit.title,
                    "url": hit.url,
                    "lang": hit.lang,
                    "score": hit.score,
                }
                for hit in results.hits
            ],
            "facets": {name: dict(values) for name, values in results.facets.items()},
        }

    def describe(self, document: dict[str, Any]) -> None:
        """The same for people."""
        self.stdout.write(_("Found: %(total)d") % {"total": document["total"]})
        for hit in document["hits"]:
            self.stdout.write(
                f"{hit['score']:8.2f}  {hit['kind']:<9} {hit['lang']}  {hit['title']}"
            )
            self.stdout.write(f"{'':8}  {hit['url']}")
        for name, values in document["facets"].items():
            shown = ", ".join(f"{value} {number}" for value, number in values.items())
            self.stdout.write(f"{name}: {shown}")


def _facet(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not value or name not in FACETS:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not NAME=VALUE with one of {', '.join(FACETS)}"
        )
    return name, value


def _page(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a page: give a whole number from 1")
    return number
